// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What version 1 does otherwise with proposals: one algorithm of each type in
 * each, and AH and ESP in a bundle.
 */
#include <errno.h>
#include <string.h>

#include "sa1.h"

/* The i-th transform of a type; NULL also stands for "none" at i of 0. */
static bool alternative(const struct ike_proposal *p, uint8_t type,
			unsigned int i, const struct ike_transform **t)
{
	unsigned int n;

	*t = NULL;
	if (!i && !ike_proposal_get(p, type))
		return true;
	for (n = 0; n < p->transforms; n++) {
		if (p->transform[n].type != type)
			continue;
		*t = &p->transform[n];
		if (!i--)
			return true;
	}
	return false;
}

static void put(struct ike_proposal *p, const struct ike_transform *t)
{
	if (t)
		ike_proposal_add(p, t->type, t->id, t->key_bits);
}

/* The PRF of phase 1 is of the hash that the integrity algorithm has. */
static void add_prf(const struct ike_proposal *p, struct ike_proposal *one)
{
	struct ikev1_attributes a;
	struct ike_proposal try;
	unsigned int i;
	uint8_t id;

	for (i = 0; i < p->transforms; i++) {
		if (p->transform[i].type != IKE_TRANSFORM_PRF)
			continue;
		try = *one;
		put(&try, &p->transform[i]);
		ikev1_attributes_from(&try, true, &id, &a);
		if (id) {
			*one = try;
			return;
		}
	}
}

/* Adds it, if version 1 has numbers for all of it. */
static int add_one(struct ike_proposals *list, bool main,
		   const struct ike_proposal *p, struct ike_proposal *one)
{
	const struct ike_proposal *last =
		list->count ? &list->p[list->count - 1] : NULL;
	struct ikev1_attributes a;
	uint8_t id;

	if (main)
		add_prf(p, one);
	ikev1_attributes_from(one, main, &id, &a);
	one->transform_number = 1;
	if (last && last->number == one->number && last->proto == one->proto)
		one->transform_number = last->transform_number + 1;
	if (!id || !one->transform_number)
		return 0;
	return ike_proposals_add(list, one);
}

static int expand_rest(const struct ike_proposal *p, bool main,
		       const struct ike_proposal *base,
		       struct ike_proposals *list)
{
	const struct ike_transform *ke, *esn;
	unsigned int i, j;
	int rc = 0;

	for (i = 0; !rc && alternative(p, IKE_TRANSFORM_KE, i, &ke); i++) {
		for (j = 0; !rc && alternative(p, IKE_TRANSFORM_ESN, j, &esn);
		     j++) {
			struct ike_proposal one = *base;

			put(&one, ke);
			put(&one, esn);
			rc = add_one(list, main, p, &one);
		}
	}
	return rc;
}

int ikev1_proposals_expand(const struct ike_proposal *p, bool main,
			   struct ike_proposals *list)
{
	const struct ike_transform *encr, *integ;
	unsigned int i, j, before = list->count;
	int rc = 0;

	for (i = 0; !rc && alternative(p, IKE_TRANSFORM_ENCR, i, &encr); i++) {
		for (j = 0;
		     !rc && alternative(p, IKE_TRANSFORM_INTEG, j, &integ);
		     j++) {
			struct ike_proposal base = *p;

			base.number = p->number ? p->number : 1;
			base.transforms = 0;
			put(&base, encr);
			put(&base, integ);
			rc = expand_rest(p, main, &base, list);
		}
	}
	if (rc)
		return rc;
	return list->count > before ? 0 : -ENOENT;
}

static uint16_t group_of(const struct ike_proposal *p)
{
	const struct ike_transform *t = ike_proposal_get(p, IKE_TRANSFORM_KE);

	return t ? t->id : IKE_GROUP_NONE;
}

/* The first of theirs of one number, from first on, that meets ours. */
static bool choose_next(const struct ike_proposal *ours,
			const struct ike_proposal *theirs, unsigned int n,
			unsigned int *first, bool ke,
			struct ike_proposal *chosen)
{
	struct ike_proposals one = { 1, (struct ike_proposal *)ours };

	for (; *first < n; (*first)++) {
		struct ike_proposals other = {
			1, (struct ike_proposal *)&theirs[*first]
		};

		if (!ike_proposal_choose(&one, &other, ke, chosen)) {
			(*first)++;
			return true;
		}
	}
	return false;
}

/* Something for the other protocols that goes with what the first got. */
static bool choose_others(const struct ike_proposal *ours, unsigned int protos,
			  const struct ike_proposal *theirs, unsigned int n,
			  bool ke, struct ike_proposal *chosen)
{
	unsigned int i, next;

	for (i = 1; i < protos; i++) {
		next = 0;
		do {
			if (!choose_next(&ours[i], theirs, n, &next, ke,
					 &chosen[i]))
				return false;
		} while (group_of(&chosen[i]) != group_of(&chosen[0]) ||
			 chosen[i].encap != chosen[0].encap);
	}
	return true;
}

/* All of one number: exactly our protocols, none beside them. */
static bool same_protos(const struct ike_proposal *ours, unsigned int protos,
			const struct ike_proposal *theirs, unsigned int n)
{
	unsigned int i, j;

	for (j = 0; j < n; j++) {
		for (i = 0; i < protos; i++)
			if (ours[i].proto == theirs[j].proto)
				break;
		if (i == protos)
			return false;
	}
	return true;
}

static bool choose_number(const struct ike_proposal *ours, unsigned int protos,
			  const struct ike_proposal *theirs, unsigned int n,
			  bool ke, struct ike_proposal *chosen)
{
	unsigned int next = 0;

	if (!same_protos(ours, protos, theirs, n))
		return false;
	while (choose_next(ours, theirs, n, &next, ke, chosen))
		if (choose_others(ours, protos, theirs, n, ke, chosen))
			return true;
	return false;
}

int ikev1_bundle_choose(const struct ike_proposal *ours, unsigned int protos,
			const struct ike_proposals *theirs, bool ke,
			struct ike_proposal *chosen)
{
	const struct ike_proposal *p = theirs->p;
	unsigned int i, n;

	for (i = 0; i < theirs->count; i += n) {
		n = 1;
		while (i + n < theirs->count && p[i + n].number == p[i].number)
			n++;
		if (choose_number(ours, protos, &p[i], n, ke, chosen))
			return 0;
	}
	return -ENOENT;
}
