// SPDX-License-Identifier: GPL-2.0-or-later
/* Proposals: lists of them, and which of two sides' agree. */
#include "proposal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int ike_proposals_add(struct ike_proposals *list, const struct ike_proposal *p)
{
	struct ike_proposal *more;

	/* Room for 1, 2, 4, 8, ...: it is used up at each power of two. */
	if (!(list->count & (list->count - 1))) {
		more = reallocarray(list->p, list->count ? 2 * list->count : 1,
				    sizeof(*p));
		if (!more)
			return -ENOMEM;
		list->p = more;
	}
	list->p[list->count++] = *p;
	return 0;
}

int ike_proposal_add(struct ike_proposal *p, uint8_t type, uint16_t id,
		     uint16_t key_bits)
{
	if (p->transforms == IKE_TRANSFORMS_MAX)
		return -ENOSPC;
	p->transform[p->transforms++] =
		(struct ike_transform){ type, id, key_bits };
	return 0;
}

void ike_proposals_free(struct ike_proposals *list)
{
	free(list->p);
	memset(list, 0, sizeof(*list));
}

bool ike_encr_aead(uint16_t encr)
{
	switch (encr) {
	case IKE_ENCR_AES_CCM_8:
	case IKE_ENCR_AES_CCM_12:
	case IKE_ENCR_AES_CCM_16:
	case IKE_ENCR_AES_GCM_8:
	case IKE_ENCR_AES_GCM_12:
	case IKE_ENCR_AES_GCM_16:
	case IKE_ENCR_AES_GMAC:
	case IKE_ENCR_CHACHA20_POLY1305:
		return true;
	}
	return false;
}

const struct ike_transform *ike_proposal_get(const struct ike_proposal *p,
					     uint8_t type)
{
	unsigned int i;

	for (i = 0; i < p->transforms; i++)
		if (p->transform[i].type == type)
			return &p->transform[i];
	return NULL;
}

bool ike_proposal_has(const struct ike_proposal *p, uint8_t type, uint16_t id)
{
	unsigned int i;

	for (i = 0; i < p->transforms; i++)
		if (p->transform[i].type == type && p->transform[i].id == id)
			return true;
	return false;
}

/* To name none of these types is to name its number 0. */
static bool is_optional(uint8_t type)
{
	return type == IKE_TRANSFORM_INTEG || type == IKE_TRANSFORM_KE ||
	       type == IKE_TRANSFORM_ESN;
}

/* A key length given to an algorithm that has one only, or none: no match. */
static bool allows(const struct ike_proposal *p, const struct ike_transform *t)
{
	unsigned int i;

	for (i = 0; i < p->transforms; i++)
		if (p->transform[i].type == t->type &&
		    p->transform[i].id == t->id &&
		    p->transform[i].key_bits == t->key_bits)
			return true;
	return !t->id && is_optional(t->type) && !ike_proposal_get(p, t->type);
}

static bool choose_type(const struct ike_proposal *ours,
			const struct ike_proposal *theirs, uint8_t type,
			struct ike_proposal *chosen)
{
	const struct ike_transform none = { .type = type };
	const struct ike_transform *t = NULL;
	bool theirs_has = ike_proposal_get(theirs, type);
	unsigned int i;

	if (!ike_proposal_get(ours, type)) {
		if (theirs_has && !(is_optional(type) && allows(theirs, &none)))
			return false;
		t = &none;
	}
	for (i = 0; !t && i < ours->transforms; i++)
		if (ours->transform[i].type == type &&
		    allows(theirs, &ours->transform[i]))
			t = &ours->transform[i];
	if (!t)
		return false;
	return !theirs_has ||
	       !ike_proposal_add(chosen, type, t->id, t->key_bits);
}

/* A type that we do not know may ask for anything. */
static bool has_unknown_type(const struct ike_proposal *p)
{
	unsigned int i;

	for (i = 0; i < p->transforms; i++)
		if (!p->transform[i].type ||
		    p->transform[i].type >= IKE_TRANSFORM_TYPES)
			return true;
	return false;
}

static bool match(const struct ike_proposal *ours,
		  const struct ike_proposal *theirs, bool ke,
		  struct ike_proposal *chosen)
{
	uint8_t type;

	if (ours->proto != theirs->proto || has_unknown_type(theirs) ||
	    (ours->auth && ours->auth != theirs->auth) ||
	    (ours->encap && theirs->encap && ours->encap != theirs->encap))
		return false;
	*chosen = *theirs;
	chosen->transforms = 0;
	for (type = IKE_TRANSFORM_ENCR; type < IKE_TRANSFORM_TYPES; type++)
		if ((ke || type != IKE_TRANSFORM_KE) &&
		    !choose_type(ours, theirs, type, chosen))
			return false;
	return chosen->transforms;
}

int ike_proposal_choose(const struct ike_proposals *ours,
			const struct ike_proposals *theirs, bool ke,
			struct ike_proposal *chosen)
{
	unsigned int i, j;

	for (i = 0; i < ours->count; i++)
		for (j = 0; j < theirs->count; j++)
			if (match(&ours->p[i], &theirs->p[j], ke, chosen))
				return 0;
	return -ENOENT;
}

/* At most one of each type. */
static bool is_single(const struct ike_proposal *p)
{
	unsigned int i, seen = 0;

	for (i = 0; i < p->transforms; i++) {
		uint8_t type = p->transform[i].type;

		if (type >= IKE_TRANSFORM_TYPES || seen & 1U << type)
			return false;
		seen |= 1U << type;
	}
	return true;
}

int ike_proposal_check(const struct ike_proposals *ours,
		       const struct ike_proposal *theirs, bool ke)
{
	struct ike_proposal chosen;
	unsigned int i;

	if (!is_single(theirs))
		return -ENOENT;
	for (i = 0; i < ours->count; i++) {
		const struct ike_proposal *p = &ours->p[i];

		if (theirs->number == (p->number ? p->number : i + 1) &&
		    match(p, theirs, ke, &chosen))
			return 0;
	}
	return -ENOENT;
}

bool ike_proposal_fits(const struct ike_proposals *ours,
		       const struct ike_proposal *chosen, bool ke)
{
	struct ike_proposal again;
	unsigned int i;

	if (!is_single(chosen))
		return false;
	for (i = 0; i < ours->count; i++)
		if (match(&ours->p[i], chosen, ke, &again))
			return true;
	return false;
}
