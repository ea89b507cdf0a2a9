/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_OVERLAP_H
#define IPSECD_OVERLAP_H

#include "box.h"
#include "policy.h"

#define COVER_NAMED 3

/* One direction of a filter, and what acts in its place. */
struct side {
	struct ipsec_box box;
	uint32_t weight; /* as if it was written */
	bool mirror;
	unsigned int order; /* in the table */
	const struct policy_rule *rule;
	const struct ipsec_filter *filter;
	const struct side *by; /* one that matches all of it */
	unsigned int covers; /* several that do so together; of the first: */
	const struct side *cover[COVER_NAMED];
};

struct sides {
	struct side *side;
	size_t count;
	struct side **of; /* by order and mirror */
	unsigned int filters;
	unsigned int unknown; /* how many could not be compared with all */
};

static inline int ipsecd_order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* The driver's order of those that are equally specific: less is before. */
static inline int ipsecd_side_rank(const struct side *x, const struct side *y)
{
	return ipsecd_order(x->mirror, y->mirror)			      ?:
		       ipsecd_order(y->filter->action.v, x->filter->action.v) ?:
		       ipsecd_order(x->order, y->order);
}

/*
 * cover.c: of those that no single one hides. With a limit to the work; returns
 * 0, or -1: no memory.
 */
int ipsecd_cover_find(struct sides *s);

#endif
