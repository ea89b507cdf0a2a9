// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pairs that an ipsecd before this one left in the driver. Its IKE SAs are
 * gone with it, so their peers cannot be asked to rekey or delete; they go on
 * until they are replaced by a negotiation of our own, which starts at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

#define RENEW_EVERY_MS 5 /* so that many do not begin in one moment */
#define RENEW_AGAIN_MS 30000 /* when the negotiation did not come to an end */

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

static void renew_due(struct ike_timer *timer)
{
	ike_child_renew(ike_container(timer, struct ike_child, renew));
}

void ike_child_renew_later(struct ike_child *child, uint64_t ms)
{
	child->renew.fn = renew_due;
	ike_timer_set(&child->engine->timers, &child->renew,
		      ike_now(child->engine) + ms);
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
	child->renew.fn = renew_due;
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
	ike_timer_set(&engine->timers, &child->renew,
		      ike_now(engine) + RENEW_EVERY_MS * adoption->count++);
}

/* Through a NAT only the way of the pair is open, which may have moved. */
static struct ike_path path_of(const struct ike_child *child)
{
	struct ike_engine *engine = child->engine;
	const struct ike_env *env = engine->env;
	struct ike_path path = {
		.local = child->ours,
		.remote = child->peer,
		.local_port = engine->policy->port,
		.remote_port = child->rule->remote_port,
	};
	struct ipsec_sa pair = { 0 };
	struct ipsec_err err = { 0 };

	if (env->driver.sa_get(env->ctx, child->id, &pair, &err) ||
	    !pair.encap_local.set)
		return path;
	path.remote = pair.remote;
	path.local_port = engine->policy->natt_port;
	path.remote_port = (uint16_t)pair.encap_remote.v;
	return path;
}

int ike_child_renew_on(struct ike_child *child, struct ike_sa *sa)
{
	struct ike_child *next = sa ? ike_child_new(sa, child->rule, true) :
				      NULL;

	if (!next)
		return -ENOMEM;
	next->filter = child->filter;
	next->mode = child->mode;
	next->local = child->local;
	next->remote = child->remote;
	ike_child_set_rekeys(next, child);
	if (ike_engine_ask(sa, next))
		ike_child_free(next);
	return 0;
}

static int renew(struct ike_child *child)
{
	struct ike_path path = path_of(child);

	return ike_child_renew_on(child, ike_engine_get_sa(child->engine,
							   child->rule, &path));
}

/* One that has lost its IKE SA at this moment will be tried sooner. */
void ike_child_renew_failed(struct ike_child *child)
{
	if (!child->sa && !child->rekeyers && !ike_timer_armed(&child->renew) &&
	    !child->engine->stopping && !child->engine->ending)
		ike_child_renew_later(child, RENEW_AGAIN_MS);
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

/* The peer may have been faster: then its SA is the one that stays. */
void ike_child_renew(struct ike_child *child)
{
	if (ike_child_sibling(child))
		ike_child_free(child);
	else if (!child->rekeyers && renew(child))
		ike_child_renew_failed(child);
}

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
