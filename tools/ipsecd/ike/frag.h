/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_FRAG_H
#define IKE_FRAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reassembly of one message from its fragments, of either version: one set per
 * IKE SA and direction. Version 2 adds a fragment only after its own ICV was
 * found good (RFC 7383 section 2.6). Work per fragment does not depend on how
 * many there are.
 */
#define IKE_FRAGMENTS_MAX 255
#define IKE_FRAG_BYTES_MAX 65535

struct ike_frag;

enum ike_frag_result {
	IKE_FRAG_DONE, /* the message is whole */
	IKE_FRAG_MORE,
	IKE_FRAG_IGNORED, /* a duplicate, or of an older set */
	IKE_FRAG_BAD, /* the set was discarded */
	IKE_FRAG_NOMEM,
};

/*
 * id: message ID in version 2, fragment ID in version 1. total 0: not known
 * until the one with last comes, which makes it a set of version 1. A higher
 * id, or in version 2 a larger total (RFC 7383 section 2.6.1), starts a new
 * set; IDs of version 1 have 16 bits and go round, and because some peers use
 * but one of them, a set of it that is whole gives way to the next fragment.
 * first is the type of the first inner payload, in fragment 1.
 *
 * The first of two fragments of one number counts. BAD are: a number of 0 or
 * beyond the last, a second last one, more fragments or bytes than the limits.
 * Without memory the set is as before.
 */
enum ike_frag_result ike_frag_add(struct ike_frag **set, uint32_t id,
				  unsigned int number, unsigned int total,
				  bool last, uint8_t first, const void *data,
				  size_t len);
/* Of a whole set; valid until the next add or free. */
const uint8_t *ike_frag_data(const struct ike_frag *set, size_t *len,
			     uint8_t *first);
/* Fragments of a message that is not whole yet; set may be NULL. */
unsigned int ike_frag_count(const struct ike_frag *set);
/* Wipes it: fragments of version 2 are plaintext. */
void ike_frag_free(struct ike_frag **set);

#endif
