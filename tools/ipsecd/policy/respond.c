// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The default response: which filter it makes for a peer that asks for
 * protection of traffic that no rule is for. Both processes come to the same
 * answer, so that neither has to trust the other's.
 *
 * That filter is of two hosts, and thus before filters of subnets that block a
 * part of its traffic. Those have exceptions then: what they block of it, as
 * filters that are before it in turn. So what the policy blocks stays blocked,
 * in clear and under protection, and the peer gets the rest.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "box.h"
#include "policy.h"
#include "ts.h"

/* Above the ids of what is written in a policy (number.c). */
#define ID_FIRST 0x40000000U
#define ID_EXCEPTION 0x20000000U

/* The rule, or NULL: the policy has none. */
const struct policy_rule *policy_response(const struct policy *p)
{
	unsigned int i;

	for (i = 0; i < p->rules; i++)
		if (p->rule[i].response)
			return &p->rule[i];
	return NULL;
}

static bool is_host(const struct ike_ts *ts)
{
	return ts->addr[0].len == ts->addr[1].len &&
	       !memcmp(ts->addr[0].b, ts->addr[1].b, ts->addr[0].len);
}

/* FNV-1a; of some hundred filters hardly two have the same. */
static uint32_t hash(const char *text)
{
	uint32_t h = 2166136261U;

	while (*text)
		h = (h ^ (unsigned char)*text++) * 16777619U;
	return h;
}

static uint32_t weight(const struct ipsec_filter *f)
{
	struct ipsec_box box;

	ipsec_box_init(&box, &f->sel, (uint8_t)f->dir.v);
	return ipsec_box_weight(&box, false);
}

enum part {
	PART_NONE, /* a more specific filter permits it */
	PART_BLOCKED,
	PART_MIXED, /* of a part of it that is so */
};

/* What else is there for that which a filter blocks of the traffic? */
static enum part look_up(const struct policy *p, const struct ipsec_filter *f,
			 const struct ipsec_selector *sel)
{
	const struct ipsec_filter *other;
	enum part found = PART_BLOCKED;
	struct ike_ts local, remote;
	unsigned int i, j;

	if (f->dir.v == IPSECDRV_DIR_IN)
		ike_ts_from_selector(sel, 0, &remote, &local);
	else
		ike_ts_from_selector(sel, 0, &local, &remote);
	for (i = 0; i < p->rules; i++)
		for (j = 0; j < p->rule[i].filters; j++) {
			other = &p->rule[i].filter[j];
			if (other->action.v != IPSECDRV_ACTION_PERMIT ||
			    weight(other) <= weight(f) ||
			    !policy_filter_meets(other, &local, &remote))
				continue;
			if (policy_filter_holds(other, &local, &remote))
				return PART_NONE;
			found = PART_MIXED;
		}
	return found;
}

/* Adds what one filter blocks of it. false: there is nothing to be given. */
static bool except(const struct policy *p, const struct ipsec_filter *f,
		   const struct ike_ts *local, const struct ike_ts *remote,
		   struct ipsec_filter *list, unsigned int *count)
{
	struct ipsec_filter *e = &list[*count];
	char text[IPSEC_SELECTOR_STRLEN];

	if (f->action.v == IPSECDRV_ACTION_PERMIT ||
	    !policy_filter_meets(f, local, remote))
		return true;
	if (f->action.v == IPSECDRV_ACTION_NEGOTIATE ||
	    *count == POLICY_EXCEPTIONS_MAX)
		return false;
	*e = *f;
	if (policy_filter_part(f, local, remote, &e->sel))
		return false;
	switch (look_up(p, f, &e->sel)) {
	case PART_NONE:
		return true;
	case PART_MIXED:
		return false;
	case PART_BLOCKED:
		break;
	}
	if (policy_filter_holds(f, local, remote))
		return false;
	ipsec_selector_text(&e->sel, text, sizeof(text));
	e->id.v = ID_EXCEPTION |
		  ((hash(text) ^ (uint32_t)f->id.v) & (ID_EXCEPTION - 1));
	++*count;
	return true;
}

static int find_exceptions(const struct policy *p, const struct ike_ts *local,
			   const struct ike_ts *remote,
			   struct ipsec_filter *list, unsigned int *count,
			   const struct policy_rule **by)
{
	unsigned int i, j;

	*count = 0;
	for (i = 0; i < p->rules; i++)
		for (j = 0; j < p->rule[i].filters; j++)
			if (!except(p, &p->rule[i].filter[j], local, remote,
				    list, count)) {
				*by = &p->rule[i];
				return -ENOENT;
			}
	return 0;
}

/**
 * policy_response_filter() - the filter for a peer's traffic
 * @p: the policy
 * @local: our host, and what of its traffic
 * @remote: the peer, likewise
 * @f: the filter, complete
 * @by: the rule that is in the way, if there is one; or NULL
 *
 * Return: 0; -ENOENT if the policy has no default response, or says something
 * else of the traffic; -EINVAL for what is not between two hosts.
 */
int policy_response_filter(const struct policy *p, const struct ike_ts *local,
			   const struct ike_ts *remote, struct ipsec_filter *f,
			   const struct policy_rule **by)
{
	struct ipsec_filter exception[POLICY_EXCEPTIONS_MAX + 1];
	const struct policy_rule *rule = policy_response(p), *other;
	char text[IPSEC_SELECTOR_STRLEN];
	unsigned int count;

	if (!by)
		by = &other;
	*by = NULL;
	if (!rule || find_exceptions(p, local, remote, exception, &count, by))
		return -ENOENT;
	if (!is_host(local) || !is_host(remote))
		return -EINVAL;
	ipsec_filter_init(f);
	if (ike_ts_to_selector(local, remote, &f->sel))
		return -EINVAL;
	f->action = (struct ipsec_num){ IPSECDRV_ACTION_NEGOTIATE, true };
	f->cookie = (struct ipsec_num){ rule->id, true };
	strcpy(f->name, rule->name);
	ipsec_selector_text(&f->sel, text, sizeof(text));
	f->id.v = ID_FIRST | (hash(text) & (ID_FIRST - 1));
	f->id.set = true;
	return 0;
}

/**
 * policy_response_exceptions() - what the policy blocks of a filter's traffic
 * @p: the policy
 * @f: a filter that policy_response_filter() made
 * @list: written: filters that are before it; two of one id are the same
 * @count: written
 *
 * Return: 0, or -ENOENT: the policy would not make the filter.
 */
int policy_response_exceptions(const struct policy *p,
			       const struct ipsec_filter *f,
			       struct ipsec_filter list[POLICY_EXCEPTIONS_MAX],
			       unsigned int *count)
{
	struct ipsec_filter exception[POLICY_EXCEPTIONS_MAX + 1];
	const struct policy_rule *by;
	struct ike_ts local, remote;
	int rc;

	ike_ts_from_selector(&f->sel, (int)f->sel.family.v, &local, &remote);
	rc = find_exceptions(p, &local, &remote, exception, count, &by);
	if (!rc)
		memcpy(list, exception, *count * sizeof(*list));
	return rc;
}

/**
 * policy_response_again() - a filter that the response made before
 * @p: the policy now
 * @old: the filter
 * @f: the same as the policy would make it now
 *
 * Return: 0, or that the policy makes no such filter: -ENOENT or -EINVAL.
 */
int policy_response_again(const struct policy *p,
			  const struct ipsec_filter *old,
			  struct ipsec_filter *f)
{
	struct ike_ts local, remote;
	int rc;

	if (!old->sel.family.set)
		return -EINVAL;
	ike_ts_from_selector(&old->sel, (int)old->sel.family.v, &local,
			     &remote);
	rc = policy_response_filter(p, &local, &remote, f, NULL);
	if (rc)
		return rc;
	return f->id.v == old->id.v ? 0 : -EINVAL;
}
