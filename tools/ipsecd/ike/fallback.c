// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fallback to clear text: what becomes of an acquire whose negotiation fails.
 * The driver makes a soft SA only if the filter names the reason. Where no
 * answer is such a reason, it is made after the filter's delay, and the
 * negotiation goes on meanwhile; once the peer has said anything at all, its
 * silence is no reason any more.
 */
#include <errno.h>

#include "engine.h"

#define DELAY_MS 3000
#define LIFETIME_SECONDS 300 /* the driver's, too */

static const struct ipsec_filter *filter_of(const struct ike_child *child)
{
	return child->rule ? policy_rule_filter(child->rule, child->filter) :
			     NULL;
}

static bool is_soft(const struct ike_child *child)
{
	const struct ipsec_filter *f = filter_of(child);

	return f && f->flags.v & IPSECDRV_FILTER_FLAGS_SOFT;
}

static bool names(const struct ike_child *child,
		  enum ipsecdrv_refuse_reason reason)
{
	return is_soft(child) &&
	       filter_of(child)->soft_reasons.v & 1U << reason;
}

static bool may(const struct ike_child *child,
		enum ipsecdrv_refuse_reason reason)
{
	if (child->sa->ended)
		return false;
	if (reason == IPSECDRV_REFUSE_REASON_NO_ANSWER &&
	    (child->sa->answered || child->sa->established))
		return false;
	return names(child, reason);
}

/* False: the filter in force says otherwise. */
static bool begin(struct ike_child *child, enum ipsecdrv_refuse_reason reason)
{
	struct ike_engine *engine = child->engine;
	const struct ike_env *env = engine->env;
	const struct ipsec_num *lifetime = &filter_of(child)->soft_lifetime;
	struct ipsec_err err = { 0 };
	int rc = env->driver.refuse(env->ctx, child->slot, reason, true, &err);

	/* The peer was faster and made a pair, or the filter has gone. */
	if (rc == -EBUSY || rc == -ENOENT)
		return true;
	if (rc) {
		ike_log(child->sa, IKE_LOG_NOTICE,
			"no fallback to clear text: %s", err.text);
		return false;
	}
	child->soft = true;
	engine->counters.soft_associations++;
	ike_log(child->sa, IKE_LOG_NOTICE,
		"falls back to clear text for %u s: %s, which the rule allows",
		lifetime->v ? (unsigned int)lifetime->v : LIFETIME_SECONDS,
		ipsec_name(ipsec_names_refuse_reason, reason));
	return true;
}

static void delay_over(struct ike_timer *timer)
{
	struct ike_child *child =
		ike_container(timer, struct ike_child, fallback);

	if (child->slot && !child->id &&
	    may(child, IPSECDRV_REFUSE_REASON_NO_ANSWER))
		begin(child, IPSECDRV_REFUSE_REASON_NO_ANSWER);
}

void ike_fallback_plan(struct ike_child *child)
{
	const struct ipsec_num *delay;

	child->soft = false;
	if (!names(child, IPSECDRV_REFUSE_REASON_NO_ANSWER))
		return;
	delay = &filter_of(child)->soft_delay;
	child->fallback.fn = delay_over;
	ike_timer_set(&child->engine->timers, &child->fallback,
		      ike_now(child->engine) +
			      (delay->set ? delay->v : DELAY_MS));
}

/* Why there is none, where the rule has some. */
static void log_none(const struct ike_child *child,
		     enum ipsecdrv_refuse_reason reason)
{
	if (!is_soft(child) || child->sa->ended)
		return;
	ike_log(child->sa, IKE_LOG_NOTICE, "%s: %s, %s",
		child->soft ? "the fallback to clear text ends" :
			      "no fallback to clear text",
		ipsec_name(ipsec_names_refuse_reason, reason),
		names(child, reason) ? "but the peer has answered" :
				       "which the rule does not name");
}

/* True: there is a soft SA, or nothing that waits for one. */
static bool fall_back(struct ike_child *child,
		      enum ipsecdrv_refuse_reason reason)
{
	if (!may(child, reason)) {
		log_none(child, reason);
		return false;
	}
	/* The time of the one that is there runs from where it began. */
	if (child->soft && reason == IPSECDRV_REFUSE_REASON_NO_ANSWER)
		return true;
	return begin(child, reason);
}

void ike_child_served(struct ike_child *child)
{
	const struct ike_env *env = child->engine->env;
	struct ipsec_err err = { 0 };

	/* -EBUSY: a slot that has a pair takes it that no other will come. */
	if (child->slot)
		env->driver.refuse(env->ctx, child->slot,
				   IPSECDRV_REFUSE_REASON_POLICY, false, &err);
	child->slot = 0;
}

void ike_child_refuse(struct ike_child *child,
		      enum ipsecdrv_refuse_reason reason)
{
	struct ike_engine *engine = child->engine;
	const struct ike_env *env = engine->env;
	struct ipsec_err err = { 0 };

	if (!child->slot || child->id || engine->stopping || engine->ending)
		return;
	engine->counters.acquire_failures++;
	/* -ENOENT: it ended in the meantime */
	if (!fall_back(child, reason))
		env->driver.refuse(env->ctx, child->slot, reason, false, &err);
	child->slot = 0;
}
