// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Filters that never act, because another one that matches all they match is
 * before them (several: cover.c). A filter within another is more specific and
 * hence before it, unless both fix as many bits of everything: then the
 * selectors are equal, or ranges within others. So both have one weight, and
 * are neighbours when sorted: the wider one comes first.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "findings.h"
#include "overlap.h"

#define NEIGHBOURS 64 /* within one weight, that are looked at */
#define MIRRORED IPSECDRV_FILTER_FLAGS_MIRRORED

static void add_side(struct sides *s, const struct policy_rule *rule,
		     const struct ipsec_filter *f, bool mirror)
{
	struct side *side = &s->side[s->count++];
	struct ipsec_filter one = *f;

	if (mirror)
		ipsec_filter_mirror(&one, f);
	ipsec_box_init(&side->box, &one.sel, (uint8_t)one.dir.v);
	side->weight = ipsec_box_weight(&side->box, false);
	side->mirror = mirror;
	side->order = s->filters;
	side->rule = rule;
	side->filter = f;
}

static bool list_sides(struct sides *s, const struct policy *p)
{
	unsigned int i, j, all = ipsecd_force_filters(p);

	*s = (struct sides){ .count = 0 };
	s->side = calloc(2 * (size_t)all + 1, sizeof(*s->side));
	s->of = calloc(2 * (size_t)all + 1, sizeof(struct side *));
	if (!s->side || !s->of)
		return false;
	for (i = 0; i < p->rules; i++)
		for (j = 0; j < p->rule[i].filters; j++) {
			const struct ipsec_filter *f = &p->rule[i].filter[j];

			add_side(s, &p->rule[i], f, false);
			if (f->flags.v & MIRRORED)
				add_side(s, &p->rule[i], f, true);
			s->filters++;
		}
	return true;
}

/* Of those that one of them could be within the other. */
static int by_kind(const struct side *x, const struct side *y)
{
	return ipsecd_order(x->box.dir, y->box.dir)			    ?:
		       ipsecd_order(x->box.family, y->box.family)	    ?:
		       ipsecd_order(x->box.proto, y->box.proto)		    ?:
		       ipsecd_order(x->box.iface_class, y->box.iface_class) ?:
		       strcmp(x->box.ifname, y->box.ifname)		    ?:
		       ipsecd_order(x->weight, y->weight);
}

/* The wider one first, and of equal ones the one that acts. */
static int by_box(const void *a, const void *b)
{
	const struct side *x = a, *y = b;
	int order = by_kind(x, y);
	unsigned int i;

	for (i = 0; i < 2 && !order; i++)
		order = memcmp(x->box.addr[i][0], y->box.addr[i][0], 16) ?:
				memcmp(y->box.addr[i][1], x->box.addr[i][1],
				       16);
	for (i = 0; i < 2 && !order; i++)
		order = ipsecd_order(x->box.port[i][0], y->box.port[i][0]) ?:
				ipsecd_order(y->box.port[i][1],
					     x->box.port[i][1]);
	return order ? order : ipsecd_side_rank(x, y);
}

static void find_winner(struct sides *s, size_t at)
{
	struct side *side = &s->side[at];
	size_t i;

	for (i = at; i-- && at - i <= NEIGHBOURS;) {
		const struct side *other = &s->side[i];

		if (by_kind(other, side))
			return;
		if (ipsecd_side_rank(other, side) < 0 &&
		    ipsec_box_has(&other->box, &side->box)) {
			side->by = other->by ? other->by : other;
			return;
		}
	}
}

static void find_winners(struct sides *s)
{
	size_t i;

	qsort(s->side, s->count, sizeof(*s->side), by_box);
	for (i = 0; i < s->count; i++) {
		find_winner(s, i);
		s->of[2 * s->side[i].order + s->side[i].mirror] = &s->side[i];
	}
}

static bool same_meaning(const struct side *x, const struct side *y)
{
	const struct ipsec_filter *a = x->filter, *b = y->filter;

	return a->action.v == b->action.v &&
	       (a->action.v != IPSECDRV_ACTION_NEGOTIATE ||
		(x->rule == y->rule && a->flags.v == b->flags.v &&
		 a->soft_reasons.v == b->soft_reasons.v &&
		 ipsec_addr_equal(&a->tunnel_local, &b->tunnel_local) &&
		 ipsec_addr_equal(&a->tunnel_remote, &b->tunnel_remote)));
}

static const char *action(const struct side *side)
{
	return ipsec_name(ipsec_names_action, side->filter->action.v);
}

/* "b1 (line 7)" */
static const char *place(const struct side *side, char *buf, size_t size)
{
	snprintf(buf, size, "'%s' (line %u)", side->rule->name,
		 side->rule->line);
	return buf;
}

static int tell_never(struct ipsecd_findings *to, const struct side *side)
{
	const struct side *by = side->by;
	char sel[IPSEC_SELECTOR_STRLEN], at[POLICY_NAME_MAX + 32];

	ipsec_selector_text(&side->filter->sel, sel, sizeof(sel));
	place(by, at, sizeof(at));
	if (same_meaning(side, by))
		return ipsecd_findings_add(
			to, IPSECD_NOTE, side->rule, 0,
			"rule '%s': filter %s says what rule %s says already; "
			"remove it",
			side->rule->name, sel, at);
	if (side->filter->action.v != by->filter->action.v)
		return ipsecd_findings_add(
			to, IPSECD_ERROR, side->rule, 0,
			"rule '%s': filter %s never acts: rule %s has %s %s, "
			"and %s beats %s; remove one, or make this one more "
			"specific",
			side->rule->name, sel, at, action(by),
			ipsec_box_same(&by->box, &side->box) ?
				"for the same traffic" :
				"for a range around it",
			action(by), action(side));
	return ipsecd_findings_add(
		to, IPSECD_WARNING, side->rule, 0,
		"rule '%s': filter %s never acts: rule %s negotiates for it "
		"in its own way and comes first; remove one",
		side->rule->name, sel, at);
}

/* "'a' (line 3), 'b' (line 4) and 2 more" */
static void list_cover(const struct side *side, char *buf, size_t size)
{
	unsigned int i,
		named = side->covers < COVER_NAMED ? side->covers : COVER_NAMED;
	char at[POLICY_NAME_MAX + 32];
	size_t len = 0;

	for (i = 0; i < named && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s",
					!i		      ? "" :
					i + 1 == side->covers ? " and " :
								", ",
					place(side->cover[i], at, sizeof(at)));
	if (side->covers > named && len < size)
		snprintf(buf + len, size - len, " and %u more",
			 side->covers - named);
}

static int tell_covered(struct ipsecd_findings *to, const struct side *side)
{
	char sel[IPSEC_SELECTOR_STRLEN], by[512];

	list_cover(side, by, sizeof(by));
	return ipsecd_findings_add(
		to, IPSECD_WARNING, side->rule, 0,
		"rule '%s': filter %s never acts: %u others that come first "
		"match all of it together, those of rules %s; remove it, or "
		"one of them",
		side->rule->name,
		ipsec_selector_text(&side->filter->sel, sel, sizeof(sel)),
		side->covers, by);
}

/* The reverse of one filter against another that was written, say. */
static int tell_half(struct ipsecd_findings *to, const struct side *side)
{
	char sel[IPSEC_SELECTOR_STRLEN], at[POLICY_NAME_MAX + 32];

	if (side->filter->action.v == side->by->filter->action.v ||
	    side->rule == side->by->rule)
		return 0;
	return ipsecd_findings_add(
		to, IPSECD_NOTE, side->rule, 0,
		"rule '%s': filter %s acts in one direction only: for the "
		"other rule %s says %s; write 'mirrored: no' if that is meant",
		side->rule->name,
		ipsec_selector_text(&side->filter->sel, sel, sizeof(sel)),
		place(side->by, at, sizeof(at)), action(side->by));
}

static bool is_hidden(const struct side *side)
{
	return side->by || side->covers;
}

/* Returns whether it never acts; *rc of what was told. */
static bool tell_filter(struct ipsecd_findings *to, const struct sides *s,
			unsigned int order, int *rc)
{
	const struct side *written = s->of[2 * order];
	const struct side *mirror = s->of[2 * order + 1];

	if (is_hidden(written) && (!mirror || is_hidden(mirror))) {
		*rc = written->by ? tell_never(to, written) :
				    tell_covered(to, written);
		return true;
	}
	if (written->by)
		*rc = tell_half(to, written);
	else if (mirror && mirror->by)
		*rc = tell_half(to, mirror);
	return false;
}

static int tell_rule(struct ipsecd_findings *to, const struct sides *s,
		     const struct policy_rule *rule, unsigned int *order)
{
	unsigned int i, never = 0;
	int rc = 0;

	for (i = 0; i < rule->filters && !rc; i++)
		never += tell_filter(to, s, (*order)++, &rc);
	/* Of a single filter it has been told. */
	if (rc || rule->response || never < rule->filters || never == 1)
		return rc;
	return ipsecd_findings_add(
		to, IPSECD_WARNING, rule, 0,
		rule->filters ?
			"rule '%s' has no effect: none of its filters ever "
			"acts; remove it" :
			"rule '%s' has no effect: it has no filters, or words "
			"that stand for no address now",
		rule->name);
}

static int tell_unknown(struct ipsecd_findings *to, unsigned int unknown)
{
	if (!unknown)
		return 0;
	return ipsecd_findings_add(
		to, IPSECD_NOTE, NULL, 0,
		"%u directions of filters have too many others around them to "
		"be compared with all; whether those match all of it together "
		"is not known",
		unknown);
}

int ipsecd_overlap_find(struct ipsecd_findings *to)
{
	const struct policy *p = to->compiled->policy;
	unsigned int i, order = 0;
	struct sides s;
	int rc = -1;

	if (list_sides(&s, p)) {
		find_winners(&s);
		rc = ipsecd_cover_find(&s);
		for (i = 0; i < p->rules && !rc; i++)
			rc = tell_rule(to, &s, &p->rule[i], &order);
		if (!rc)
			rc = tell_unknown(to, s.unknown);
	}
	free(s.side);
	free(s.of);
	return rc;
}
