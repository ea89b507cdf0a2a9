/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_SA1_H
#define IKE_SA1_H

#include "proposal.h"

/*
 * Between the SA payload of version 1 and its attributes: what one transform
 * says, in the wire's numbers.
 */
#define IKEV1_CLASSES 16 /* attributes that are known have lower numbers */

struct ikev1_attributes {
	uint16_t value[IKEV1_CLASSES];
	uint16_t seen; /* bits 1 << class */
	bool bad; /* in conflict with each other, or of a wrong form */
	uint32_t life_seconds;
	uint32_t life_kbytes;
};

/* All of r. Unknown ones are left out. 0, -EBADMSG. */
int ikev1_attributes_read(struct ipsec_reader *r, bool main,
			  struct ikev1_attributes *a);
/* Adds the transforms of p; its proto is set. */
void ikev1_attributes_to(const struct ikev1_attributes *a, bool main,
			 uint8_t transform_id, struct ike_proposal *p);
/*
 * The other way, for a proposal with one transform of each type. *transform_id
 * is 0 for what version 1 has no number for.
 */
void ikev1_attributes_from(const struct ike_proposal *p, bool main,
			   uint8_t *transform_id, struct ikev1_attributes *a);
void ikev1_attributes_write(struct ipsec_writer *w, bool main,
			    const struct ikev1_attributes *a);

#endif
