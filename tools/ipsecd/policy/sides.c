// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a filter as it is written to those that the driver has. Where inbound and
 * outbound are apart, one may become two: the driver's filter for both ways is
 * one negotiation, and the other way is a filter of its own that is as specific
 * and more restrictive, so that it decides.
 */
#include <stdlib.h>
#include <string.h>

#include "words.h"

#define F(name) IPSECDRV_FILTER_FLAGS_##name

static int append(struct policy_build *b, struct ipsec_filter *f,
		  struct policy_rule *rule)
{
	unsigned int size = b->filter_size ? 2 * b->filter_size : 1;
	struct ipsec_filter *list;
	int rc;

	rc = policy_number_filter(b, rule, f);
	if (rc)
		return rc;
	if (rule->filters == b->filter_size) {
		list = reallocarray(rule->filter, size, sizeof(*list));
		if (!list)
			return policy_no_memory(b);
		rule->filter = list;
		b->filter_size = size;
	}
	rule->filter[rule->filters++] = *f;
	return 0;
}

static void swap(void *a, void *b, size_t size)
{
	char tmp[sizeof(struct ipsec_net)];

	memcpy(tmp, a, size);
	memcpy(a, b, size);
	memcpy(b, tmp, size);
}

/* The half of a filter that is for packets of one direction. */
static void half(struct ipsec_filter *f, uint64_t dir)
{
	struct ipsec_selector *sel = &f->sel;
	unsigned int i;

	f->flags.v &= ~(uint64_t)F(MIRRORED);
	if (f->dir.v == dir)
		return;
	f->dir.v = dir;
	swap(&sel->src, &sel->dst, sizeof(sel->src));
	for (i = 0; i < 2; i++)
		swap(&sel->sport[i], &sel->dport[i], sizeof(sel->sport[i]));
}

/* Permits or blocks the packets of one direction. */
static int add_plain(struct policy_build *b, const struct ipsec_filter *from,
		     uint64_t dir, enum policy_side side,
		     struct policy_rule *rule)
{
	struct ipsec_filter f;

	ipsec_filter_init(&f);
	strcpy(f.name, from->name);
	f.sel = from->sel;
	f.dir = from->dir;
	f.action = (struct ipsec_num){ side == POLICY_SIDE_BLOCK ?
					       IPSECDRV_ACTION_BLOCK :
					       IPSECDRV_ACTION_PERMIT,
				       true };
	half(&f, dir);
	return append(b, &f, rule);
}

static bool negotiates(enum policy_side side)
{
	return side == POLICY_SIDE_REQUEST || side == POLICY_SIDE_REQUIRE;
}

/* What negotiates, for both directions or for inbound alone. */
static int add_negotiate(struct policy_build *b,
			 const struct policy_filters_words *w,
			 const struct ipsec_filter *from,
			 struct policy_rule *rule)
{
	struct ipsec_filter f = *from;

	f.action = (struct ipsec_num){ IPSECDRV_ACTION_NEGOTIATE, true };
	if (w->in == POLICY_SIDE_REQUEST || w->in == POLICY_SIDE_PERMIT)
		f.flags.v |= F(INPASS);
	if (w->out == POLICY_SIDE_PERMIT)
		half(&f, IPSECDRV_DIR_IN);
	return append(b, &f, rule);
}

static int add_both(struct policy_build *b,
		    const struct policy_filters_words *w,
		    const struct ipsec_filter *f, struct policy_rule *rule)
{
	int rc = 0;

	if (negotiates(w->in) || negotiates(w->out))
		rc = add_negotiate(b, w, f, rule);
	if (!rc && (!negotiates(w->out) || w->in == POLICY_SIDE_BLOCK)) {
		if (!negotiates(w->in))
			rc = add_plain(b, f, IPSECDRV_DIR_IN, w->in, rule);
		if (!rc && !negotiates(w->out))
			rc = add_plain(b, f, IPSECDRV_DIR_OUT, w->out, rule);
	}
	return rc;
}

/* Falling back is for packets that go out. */
static void forget_soft(struct ipsec_filter *f)
{
	static const struct ipsec_num none;

	f->flags.v &= ~(uint64_t)F(SOFT);
	f->soft_reasons = f->soft_delay = f->soft_lifetime = none;
}

/* A filter of one direction has no other. */
static int add_one(struct policy_build *b, const struct policy_filters_words *w,
		   struct ipsec_filter *f, struct policy_rule *rule)
{
	bool in = f->dir.v == IPSECDRV_DIR_IN;
	enum policy_side side = in ? w->in : w->out;

	if (!negotiates(side))
		return add_plain(b, f, f->dir.v, side, rule);
	if (in)
		forget_soft(f);
	if (in && side == POLICY_SIDE_REQUEST)
		f->flags.v |= F(INPASS);
	f->action = (struct ipsec_num){ IPSECDRV_ACTION_NEGOTIATE, true };
	return append(b, f, rule);
}

/**
 * policy_filter_add() - a filter as the driver takes it
 * @b: the policy so far
 * @w: what the rule says of the two directions
 * @apart: they are apart for this filter
 * @f: as written and checked
 * @rule: gets one filter or two
 *
 * Return: 0, or -ENOMEM with the error told.
 */
int policy_filter_add(struct policy_build *b,
		      const struct policy_filters_words *w, bool apart,
		      struct ipsec_filter *f, struct policy_rule *rule)
{
	if (!apart)
		return append(b, f, rule);
	return f->flags.v & F(MIRRORED) ? add_both(b, w, f, rule) :
					  add_one(b, w, f, rule);
}
