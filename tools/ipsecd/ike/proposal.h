/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_PROPOSAL_H
#define IKE_PROPOSAL_H

#include "err.h"
#include "message.h"

#define IKE_TRANSFORMS_MAX 48 /* of one proposal */
#define IKE_PROPOSALS_MAX 96 /* of one SA payload; others are not looked at */

struct ike_transform {
	uint8_t type; /* enum ike_transform_type */
	uint16_t id;
	uint16_t key_bits; /* 0: the algorithm has one length */
};

/*
 * One proposal, of the policy or of a peer. In version 1 every transform of a
 * peer becomes a proposal of its own, with the fields below v1; proposals of
 * one AH+ESP bundle have the same number.
 */
struct ike_proposal {
	uint8_t number;
	uint8_t proto; /* enum ike_protocol */
	uint8_t spi_len;
	uint8_t spi[IKE_SPI_LEN];
	unsigned int transforms;
	struct ike_transform transform[IKE_TRANSFORMS_MAX];

	/* v1 */
	uint8_t transform_number;
	uint16_t auth; /* OAKLEY_AUTH_* */
	uint16_t encap; /* DOI_ENCAP_*, 0: not said */
	uint32_t life_seconds; /* 0: not said */
	uint32_t life_kbytes;
};

struct ike_proposals {
	unsigned int count;
	struct ike_proposal *p; /* malloc */
};

/* -ENOMEM */
int ike_proposals_add(struct ike_proposals *list, const struct ike_proposal *p);
int ike_proposal_add(struct ike_proposal *p, uint8_t type, uint16_t id,
		     uint16_t key_bits);
void ike_proposals_free(struct ike_proposals *list);

/*
 * A policy writes a proposal as words joined by '-', such as
 * "aes256gcm16-prfsha256-x25519" or "aes128-sha256-modp2048"; several
 * algorithms of one type are alternatives in order of preference. A PRF not
 * named follows the integrity algorithm. Refused with a text: an unknown word,
 * encryption without integrity, an AEAD with an integrity algorithm, a weak
 * algorithm (DES, 3DES, MD5, groups 1 and 2) unless weak is given.
 */
int ike_proposal_parse(struct ike_proposal *p, uint8_t proto, const char *text,
		       bool weak, struct ipsec_err *err);
/* "AES-GCM-16-256/PRF-HMAC-SHA2-256/X25519", as logs and status show it. */
const char *ike_proposal_text(const struct ike_proposal *p, char *buf,
			      size_t size);
const char *ike_transform_name(uint8_t type, uint16_t id);

/*
 * The SA payload. Reading gives at most IKE_PROPOSALS_MAX proposals, with what
 * is unknown left in as it is, for it to match nothing. 0, -EBADMSG, -ENOMEM.
 */
int ikev2_sa_read(const struct ike_payload *p, struct ike_proposals *list);
void ikev2_sa_write(struct ike_builder *b, const struct ike_proposals *list);
/* main: phase 1 (Oakley attributes), else the IPsec DOI's. */
int ikev1_sa_read(const struct ike_payload *p, bool main,
		  struct ike_proposals *list);
/*
 * Proposals of one number are written as one bundle, and in phase 1 all as
 * transforms of one proposal.
 */
void ikev1_sa_write(struct ike_builder *b, bool main,
		    const struct ike_proposals *list);

/*
 * RFC 7296 section 2.7: the first of ours that any of theirs meets, with
 * exactly one transform of each type chosen in our order of preference.
 * *chosen has their number and SPI. ke: a group is chosen too; else both
 * sides' groups are left out of the comparison (the Child SA of IKE_AUTH).
 * -ENOENT: none.
 */
int ike_proposal_choose(const struct ike_proposals *ours,
			const struct ike_proposals *theirs, bool ke,
			struct ike_proposal *chosen);
/* As initiator: is what they chose one of what we offered? 0 or -ENOENT. */
int ike_proposal_check(const struct ike_proposals *ours,
		       const struct ike_proposal *theirs, bool ke);
/* The one transform of a type in a chosen proposal; NULL: none. */
const struct ike_transform *ike_proposal_get(const struct ike_proposal *p,
					     uint8_t type);
bool ike_proposal_has(const struct ike_proposal *p, uint8_t type, uint16_t id);

#endif
