// SPDX-License-Identifier: GPL-2.0-or-later
/* What the driver asks for, and what it says of its pairs. */
#include <string.h>

#include "engine.h"

struct ike_sa *ike_engine_initiate(struct ike_engine *engine,
				   const struct policy_rule *rule,
				   const struct ike_path *path)
{
	return rule->version == 1 ? ikev1_initiate(engine, rule, path) :
				    ikev2_initiate(engine, rule, path);
}

struct ike_sa *ike_engine_get_sa(struct ike_engine *engine,
				 const struct policy_rule *rule,
				 const struct ike_path *path)
{
	return ike_engine_find_peer(engine, rule, path) ?:
		       ike_engine_initiate(engine, rule, path);
}

/* It was not even begun, so that nothing falls back to clear text. */
static void refuse(struct ike_engine *engine, uint32_t slot)
{
	const struct ike_env *env = engine->env;
	struct ipsec_err err = { 0 };

	engine->counters.acquire_failures++;
	env->driver.refuse(env->ctx, slot, IPSECDRV_REFUSE_REASON_POLICY, false,
			   &err);
}

/* The acquire came again while its negotiation goes on. */
static bool is_asked(struct ike_engine *engine, uint32_t slot)
{
	struct ike_child *child, *next;

	HASH_ITER(hh, engine->children, child, next) {
		if (child->slot != slot || child->state != IKE_CHILD_NEW)
			continue;
		/* Its time in clear is over. */
		if (child->soft)
			ike_fallback_plan(child);
		return true;
	}
	return false;
}

static void set_wanted(struct ike_child *child,
		       const struct ipsec_acquire *acquire)
{
	int family = ipsec_addr_family(&acquire->local);

	if (acquire->packet.src.first.len)
		family = ipsec_addr_family(&acquire->packet.src.first);
	child->slot = acquire->slot.v;
	child->filter = acquire->filter.v;
	child->mode = acquire->mode.v;
	ike_ts_from_selector(&acquire->sel, family, &child->local,
			     &child->remote);
	if (!acquire->packet.src.first.len)
		return;
	ike_ts_from_selector(&acquire->packet, family, &child->packet_local,
			     &child->packet_remote);
	child->has_packet = true;
}

void ike_engine_ask(struct ike_sa *sa, struct ike_child *child)
{
	ike_sa_queue(sa, IKE_TASK_CHILD, child);
	sa->ops->kick(sa);
}

/* What the driver says of a slot that waits. */
struct waiting {
	uint32_t slot;
	bool found;
	uint64_t ms; /* since when */
};

static void note_waiting(void *arg, const struct ipsec_acquire *acquire)
{
	struct waiting *w = arg;

	if (acquire->slot.v != w->slot)
		return;
	w->found = true;
	w->ms = acquire->age.v;
}

/* The newest one for the same traffic. */
static const struct ike_child *carrier(const struct ike_child *wanted)
{
	const struct ike_child *child, *next, *newest = NULL;

	HASH_ITER(hh, wanted->engine->children, child, next)
		if (ike_child_carries(child, wanted) &&
		    (!newest || child->made > newest->made))
			newest = child;
	return newest;
}

/*
 * The peer's pair may have come into force after the packet had asked and
 * before we read of it; one of our own would stay beside it. The driver either
 * uses it already, or waits for ours until it is told that none will come.
 */
static bool is_served(struct ike_engine *engine, const struct policy_rule *rule,
		      const struct ipsec_acquire *acquire)
{
	struct ike_child wanted = { .engine = engine, .rule = rule };
	struct waiting w = { .slot = acquire->slot.v };
	const struct ike_env *env = engine->env;
	const struct ike_child *child;
	struct ipsec_err err = { 0 };

	set_wanted(&wanted, acquire);
	child = carrier(&wanted);
	if (!child ||
	    env->driver.acquire_dump(env->ctx, note_waiting, &w, &err))
		return false;
	if (!w.found)
		return true;
	if (w.ms < ike_now(engine) - child->installed)
		return false;
	ike_child_served(&wanted);
	return true;
}

static bool negotiate(struct ike_engine *engine, const struct policy_rule *rule,
		      const struct ipsec_acquire *acquire)
{
	struct ike_path path = {
		.local = acquire->local,
		.remote = acquire->remote,
		.local_port = engine->policy->port,
		.remote_port = rule->remote_port,
	};
	struct ike_sa *sa = ike_engine_get_sa(engine, rule, &path);
	struct ike_child *child = sa ? ike_child_new(sa, rule, true) : NULL;

	if (!child)
		return false;
	set_wanted(child, acquire);
	ike_fallback_plan(child);
	ike_engine_ask(sa, child);
	return true;
}

void ike_engine_acquire(struct ike_engine *engine,
			const struct ipsec_acquire *acquire)
{
	const struct policy_rule *rule =
		policy_rule_by_id(engine->policy, acquire->cookie.v);

	engine->counters.total_acquires++;
	if (engine->ending || is_asked(engine, acquire->slot.v))
		return;
	if (!rule || !rule->auths) {
		ike_log_engine(
			engine, IKE_LOG_ERROR,
			"filter %u wants an SA, but no rule of the policy made it; load its table with ipsecd",
			(unsigned int)acquire->filter.v);
		refuse(engine, acquire->slot.v);
	} else if (!is_served(engine, rule, acquire) &&
		   !negotiate(engine, rule, acquire)) {
		refuse(engine, acquire->slot.v);
	}
}

static void soft_expired(struct ike_child *child)
{
	if (child->state != IKE_CHILD_INSTALLED)
		return;
	if (child->sa)
		ike_child_rekey(child);
	else
		ike_child_renew(child);
}

static void hard_expired(struct ike_child *child, const char *why)
{
	bool replaced = child->state == IKE_CHILD_REPLACED && child->rekeyers;
	struct ike_sa *sa = child->sa;

	ike_log_child_end(child, why);
	child->id = 0;
	if (!sa) {
		ike_child_free(child);
		return;
	}
	/* The peer is told already, or will be by whoever replaced it. */
	if (replaced || child->state == IKE_CHILD_DELETING)
		return;
	ike_sa_queue(sa, IKE_TASK_DELETE_CHILD, child);
	sa->ops->kick(sa);
}

void ike_engine_expire(struct ike_engine *engine, const struct ipsec_sa *pair)
{
	static const char *const why[] = {
		[IPSECDRV_EXPIRE_REASON_TIME] = "its lifetime is over",
		[IPSECDRV_EXPIRE_REASON_BYTES] = "its bytes are used up",
		[IPSECDRV_EXPIRE_REASON_PACKETS] = "its packets are used up",
		[IPSECDRV_EXPIRE_REASON_SEQUENCE] =
			"its sequence numbers are used up",
		[IPSECDRV_EXPIRE_REASON_IDLE] = "no traffic",
		[IPSECDRV_EXPIRE_REASON_POLICY] = "its filter is gone",
	};
	uint64_t owner = pair->owner.v;
	struct ike_child *child;

	HASH_FIND(hh, engine->children, &owner, sizeof(owner), child);
	if (!child || child->id != pair->id.v)
		return;
	child->used = pair->hard.v && pair->in.packets.v;
	child->idle_over = pair->reason.v == IPSECDRV_EXPIRE_REASON_IDLE;
	child->hurried = pair->reason.v == IPSECDRV_EXPIRE_REASON_BYTES ||
			 pair->reason.v == IPSECDRV_EXPIRE_REASON_PACKETS;
	if (!pair->hard.v)
		soft_expired(child);
	else
		hard_expired(child,
			     pair->reason.v < sizeof(why) / sizeof(why[0]) ?
				     why[pair->reason.v] :
				     "the driver ended it");
}
