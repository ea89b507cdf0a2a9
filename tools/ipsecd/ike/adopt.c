// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pairs that an ipsecd before this one left in the driver. Its IKE SAs are
 * gone with it, so their peers cannot be asked to rekey or delete; they go on
 * until they are replaced by a negotiation of our own, which starts at once.
 */
#include <stdlib.h>
#include <string.h>

#include "engine.h"

#define RENEW_EVERY_MS 5 /* so that many do not begin in one moment */

static const struct policy_rule *rule_of_filter(const struct policy *policy,
						uint32_t id)
{
	unsigned int i;

	for (i = 0; i < policy->rules; i++)
		if (policy_rule_filter(&policy->rule[i], id))
			return &policy->rule[i];
	return NULL;
}

static const struct policy_rule *rule_of_pair(const struct ike_engine *engine,
					      uint32_t id)
{
	return ike_response_has(engine, id) ?
		       policy_response(engine->policy) :
		       rule_of_filter(engine->policy, id);
}

static struct ike_child *adopted_new(struct ike_engine *engine,
				     const struct ipsec_sa *pair,
				     const struct policy_rule *rule)
{
	struct ike_child *child = calloc(1, sizeof(*child));

	if (!child)
		return NULL;
	child->engine = engine;
	child->owner = pair->owner.v;
	child->id = pair->id.v;
	child->state = IKE_CHILD_INSTALLED;
	ike_child_set_rule(child, rule);
	child->filter = pair->filter.v;
	child->mode = pair->mode.v;
	child->peer = pair->remote;
	child->ours = pair->local;
	child->up = true;
	HASH_ADD(hh, engine->children, owner, sizeof(child->owner), child);
	if (!child->hh.tbl) {
		policy_put(child->policy);
		free(child);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&engine->adopted, child, link);
	return child;
}

struct adoption {
	struct ike_engine *engine;
	unsigned int count;
};

/* The pair that another one took over from, or is about to. */
static struct ike_child *predecessor(struct ike_engine *engine, uint64_t id)
{
	struct ike_child *child;

	TAILQ_FOREACH(child, &engine->adopted, link)
		if (id && child->id == id)
			return child;
	return NULL;
}

static void adopt(void *arg, const struct ipsec_sa *pair)
{
	struct adoption *adoption = arg;
	struct ike_engine *engine = adoption->engine;
	const struct policy_rule *rule;
	struct ike_child *child, *old;
	uint64_t owner = pair->owner.v;

	if ((owner & IKE_OWNER_MASK) != IKE_OWNER_MAGIC ||
	    pair->flags.v & IPSECDRV_SA_FLAGS_DRAIN ||
	    (pair->state.v != IPSECDRV_SA_STATE_MATURE &&
	     pair->state.v != IPSECDRV_SA_STATE_DYING))
		return;
	HASH_FIND(hh, engine->children, &owner, sizeof(owner), child);
	rule = rule_of_pair(engine, (uint32_t)pair->filter.v);
	if (child || !rule)
		return;
	child = adopted_new(engine, pair, rule);
	if (!child)
		return;
	ike_ts_from_selector(&pair->sel, ipsec_addr_family(&pair->local),
			     &child->local, &child->remote);
	/* Only the younger one is renewed; the older ends when that is done. */
	old = predecessor(engine, pair->replaces.v);
	ike_child_set_rekeys(child, old);
	if (old)
		ike_timer_stop(&engine->timers, &old->renew);
	ike_child_renew_later(child, RENEW_EVERY_MS * adoption->count++);
}

void ike_adopted_review(struct ike_engine *engine)
{
	const struct policy_rule *rule;
	struct ike_child *child;

	TAILQ_FOREACH(child, &engine->adopted, link) {
		rule = rule_of_pair(engine, child->filter);
		if (rule)
			ike_child_set_rule(child, rule);
	}
}

/* No pair has an IKE SA yet, so that for none of them the driver is asked more. */
static void answer(void *arg, const struct ipsec_acquire *acquire)
{
	ike_engine_acquire(arg, acquire);
}

void ike_engine_adopt(struct ike_engine *engine)
{
	const struct ike_env *env = engine->env;
	struct adoption adoption = { .engine = engine };
	struct ipsec_err err = { 0 };

	if (env->driver.sa_dump(env->ctx, adopt, &adoption, &err) ||
	    env->driver.acquire_dump(env->ctx, answer, engine, &err))
		ike_log_engine(engine, IKE_LOG_ERROR,
			       "cannot read what the driver has: %s", err.text);
	if (adoption.count)
		ike_log_engine(engine, IKE_LOG_NOTICE,
			       "adopted %u SA pairs and renews them",
			       adoption.count);
}
