// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The default response: which filter it makes for a peer that asks for
 * protection of traffic that no rule is for. Both processes come to the same
 * answer, so that neither has to trust the other's.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "policy.h"
#include "ts.h"

/* Above the ids of what is written in a policy (number.c). */
#define ID_FIRST 0x40000000U

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

/* What the policy blocks or protects by a rule is not for the response. */
static bool is_ruled(const struct policy *p, const struct ike_ts *local,
		     const struct ike_ts *remote)
{
	const struct ipsec_filter *f;
	unsigned int i, j;

	for (i = 0; i < p->rules; i++)
		for (j = 0; j < p->rule[i].filters; j++) {
			f = &p->rule[i].filter[j];
			if (f->action.v != IPSECDRV_ACTION_PERMIT &&
			    policy_filter_meets(f, local, remote))
				return true;
		}
	return false;
}

/* FNV-1a; of some hundred filters hardly two have the same. */
static uint32_t hash(const char *text)
{
	uint32_t h = 2166136261U;

	while (*text)
		h = (h ^ (unsigned char)*text++) * 16777619U;
	return h;
}

/**
 * policy_response_filter() - the filter for a peer's traffic
 * @p: the policy
 * @local: our host, and what of its traffic
 * @remote: the peer, likewise
 * @f: the filter, complete
 *
 * Return: 0; -ENOENT if the policy has no default response, or says something
 * else of the traffic; -EINVAL for what is not between two hosts.
 */
int policy_response_filter(const struct policy *p, const struct ike_ts *local,
			   const struct ike_ts *remote, struct ipsec_filter *f)
{
	const struct policy_rule *rule = policy_response(p);
	char text[IPSEC_SELECTOR_STRLEN];

	if (!rule || is_ruled(p, local, remote))
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
	rc = policy_response_filter(p, &local, &remote, f);
	if (rc)
		return rc;
	return f->id.v == old->id.v ? 0 : -EINVAL;
}
