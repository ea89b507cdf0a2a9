/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_PROPOSAL_H
#define IKE_PROPOSAL_H

#include "err.h"
#include "message.h"

#define IKE_TRANSFORMS_MAX 64 /* of one proposal; see ikev2_sa_read() */
#define IKE_PROPOSALS_MAX 96 /* of one SA payload; others are not looked at */
#define IKE_TRANSFORM_UNKNOWN 0xffff /* an id that no proposal of ours has */
#define IKE_PROPOSAL_STRLEN 512

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
	uint8_t number; /* 0 in a policy: its place in the list */
	uint8_t proto; /* enum ike_protocol; 0 matches nothing */
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
/* -ENOSPC when it is full. */
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
/* The word of an algorithm of it that needs weak, NULL: there is none. */
const char *ike_proposal_weak(const struct ike_proposal *p);
/* "AES-GCM-16-256/PRF-HMAC-SHA2-256/X25519", as logs and status show it. */
const char *ike_proposal_text(const struct ike_proposal *p, char *buf,
			      size_t size);
/* "AES-CBC", "HMAC-SHA2-256-128"; "unknown" for what has no name here. */
const char *ike_transform_name(uint8_t type, uint16_t id);
/* Does it protect integrity by itself? GMAC is one of them. */
bool ike_encr_aead(uint16_t encr);

/*
 * The SA payload. Reading gives at most IKE_PROPOSALS_MAX proposals, with what
 * is unknown left in as it is, for it to match nothing; a transform whose
 * attributes cannot be honoured gets the id IKE_TRANSFORM_UNKNOWN, and a
 * proposal with an SPI of a wrong length, or with more types of transforms than
 * it has room for, protocol 0. A list is whole only when 0 is given; else it is
 * empty. The proposals of a new IKE SA have no SPI, those of a rekeyed one must
 * (the caller's check). 0, -EBADMSG, -ENOMEM.
 */
int ikev2_sa_read(const struct ike_payload *p, struct ike_proposals *list);
void ikev2_sa_write(struct ike_builder *b, const struct ike_proposals *list);
/* main: phase 1 (Oakley attributes), else the IPsec DOI's. */
int ikev1_sa_read(const struct ike_payload *p, bool main,
		  struct ike_proposals *list);
/*
 * Each proposal of the list has one transform of a type, see
 * ikev1_proposals_expand(). Neighbours of one number and protocol are written
 * as transforms of one proposal, protocols of one number as one bundle.
 */
void ikev1_sa_write(struct ike_builder *b, bool main,
		    const struct ike_proposals *list);
/*
 * Adds the combinations of a proposal with alternatives, in order of
 * preference, all with its number and numbered transforms. What version 1
 * cannot say is left out: in phase 1 an AEAD, or a PRF that is not the hash of
 * the integrity algorithm. -ENOENT if nothing is left, -ENOMEM.
 */
int ikev1_proposals_expand(const struct ike_proposal *p, bool main,
			   struct ike_proposals *list);

/*
 * RFC 7296 section 2.7: the first of ours that any of theirs meets, with
 * exactly one transform of each type chosen in our order of preference.
 * *chosen has their number, SPI and fields of version 1. ke: a group is chosen
 * too; else both sides' groups are left out of the comparison (the Child SA of
 * IKE_AUTH). No integrity algorithm, group or ESN is the same as number 0 of
 * it; when they name 0 it is in *chosen, because the answer must have it. Our
 * auth and encap, if set, must be theirs (theirs of 0: any encap).
 * -ENOENT: none.
 */
int ike_proposal_choose(const struct ike_proposals *ours,
			const struct ike_proposals *theirs, bool ke,
			struct ike_proposal *chosen);
/*
 * Quick mode: ours has one proposal for each of protos protocols, and all must
 * be met by proposals of one number, with one group and mode of encapsulation.
 * chosen has room for as many. -ENOENT: none.
 */
int ikev1_bundle_choose(const struct ike_proposal *ours, unsigned int protos,
			const struct ike_proposals *theirs, bool ke,
			struct ike_proposal *chosen);
/*
 * As initiator: is what they chose one of what we offered, by its number, and
 * no more than one transform of a type? 0 or -ENOENT.
 */
int ike_proposal_check(const struct ike_proposals *ours,
		       const struct ike_proposal *theirs, bool ke);
/*
 * The same whatever its number, which is of the list it was chosen from: would
 * another list, such as another rule's, have allowed what was chosen?
 */
bool ike_proposal_fits(const struct ike_proposals *ours,
		       const struct ike_proposal *chosen, bool ke);
/*
 * The one transform of a type in a chosen proposal; NULL: none, which is the
 * same as id 0 of an integrity algorithm, a group or ESN.
 */
const struct ike_transform *ike_proposal_get(const struct ike_proposal *p,
					     uint8_t type);
bool ike_proposal_has(const struct ike_proposal *p, uint8_t type, uint16_t id);

#endif
