// SPDX-License-Identifier: GPL-2.0-or-later
/* What of a peer's traffic selectors a rule allows (RFC 7296 section 2.9). */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "policy.h"
#include "ts.h"

/* The two sides of a filter, as those of a pair of SAs. */
struct sides {
	struct ike_ts local;
	struct ike_ts remote;
};

static void filter_sides(const struct ipsec_filter *f, struct sides *s)
{
	int family = (int)f->sel.family.v;

	if (f->dir.v == IPSECDRV_DIR_IN)
		ike_ts_from_selector(&f->sel, family, &s->remote, &s->local);
	else
		ike_ts_from_selector(&f->sel, family, &s->local, &s->remote);
}

/* Both sides of an SA are of one protocol. */
static bool one_protocol(struct sides *s)
{
	if (!s->local.proto)
		s->local.proto = s->remote.proto;
	if (!s->remote.proto)
		s->remote.proto = s->local.proto;
	return s->local.proto == s->remote.proto;
}

static bool meet(const struct sides *filter, const struct ike_ts *local,
		 const struct ike_ts *remote, struct sides *out)
{
	return ike_ts_intersect(&filter->local, local, &out->local) &&
	       ike_ts_intersect(&filter->remote, remote, &out->remote) &&
	       one_protocol(out);
}

bool policy_filter_meets(const struct ipsec_filter *f,
			 const struct ike_ts *local,
			 const struct ike_ts *remote)
{
	struct sides sides, both;

	filter_sides(f, &sides);
	return meet(&sides, local, remote, &both);
}

static bool within(const struct sides *outer, const struct sides *inner)
{
	return ike_ts_contains(&outer->local, &inner->local) &&
	       ike_ts_contains(&outer->remote, &inner->remote);
}

/* All of it, over some interface at least? */
bool policy_filter_holds(const struct ipsec_filter *f,
			 const struct ike_ts *local,
			 const struct ike_ts *remote)
{
	const struct sides inner = { *local, *remote };
	struct sides sides;

	filter_sides(f, &sides);
	return within(&sides, &inner);
}

/**
 * policy_filter_part() - what of a filter is between two sides
 * @f: the filter
 * @local: the one side
 * @remote: the other
 * @sel: written; in the direction of the filter
 *
 * Return: 0; -ENOENT: nothing; -EINVAL: no selector can say it.
 */
int policy_filter_part(const struct ipsec_filter *f, const struct ike_ts *local,
		       const struct ike_ts *remote, struct ipsec_selector *sel)
{
	bool in = f->dir.v == IPSECDRV_DIR_IN;
	struct sides sides, both;
	int rc;

	filter_sides(f, &sides);
	if (!meet(&sides, local, remote, &both))
		return -ENOENT;
	rc = ike_ts_to_selector(in ? &both.remote : &both.local,
				in ? &both.local : &both.remote, sel);
	sel->iface_class = f->sel.iface_class;
	strcpy(sel->ifname, f->sel.ifname);
	return rc;
}

/*
 * The first selectors may be the packet that asked, followed by wider ones: the
 * widest that still has the packet is taken.
 */
static bool meet_lists(const struct sides *filter,
		       const struct ike_ts_list *local,
		       const struct ike_ts_list *remote, struct sides *out)
{
	bool found = false;
	struct sides s;
	unsigned int i, j;

	for (i = 0; i < local->count; i++)
		for (j = 0; j < remote->count; j++)
			if (meet(filter, &local->ts[i], &remote->ts[j], &s) &&
			    (!found || within(&s, out))) {
				*out = s;
				found = true;
			}
	return found;
}

/**
 * policy_rule_narrow() - the filter that traffic selectors of a peer fall under
 * @rule: rule of the peer
 * @local: our side as the peer proposes it
 * @remote: its side
 * @local_out: what of our side is allowed
 * @remote_out: what of its side is allowed
 *
 * Of several filters the driver lets the most specific one decide, so that is
 * the one given: an inner filter that holds all of what an outer one allows.
 *
 * Return: the filter, or NULL: nothing is allowed.
 */
const struct ipsec_filter *policy_rule_narrow(const struct policy_rule *rule,
					      const struct ike_ts_list *local,
					      const struct ike_ts_list *remote,
					      struct ike_ts *local_out,
					      struct ike_ts *remote_out)
{
	const struct ipsec_filter *best = NULL;
	struct sides of_best, sides, got, now;
	unsigned int i;

	for (i = 0; i < rule->filters; i++) {
		const struct ipsec_filter *f = &rule->filter[i];

		if (f->action.v != IPSECDRV_ACTION_NEGOTIATE)
			continue;
		filter_sides(f, &sides);
		if (!meet_lists(&sides, local, remote, &now))
			continue;
		if (best && !(within(&of_best, &sides) && within(&sides, &got)))
			continue;
		best = f;
		of_best = sides;
		got = now;
	}
	if (best) {
		*local_out = got.local;
		*remote_out = got.remote;
	}
	return best;
}
