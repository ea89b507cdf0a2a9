// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

struct ike_child *ike_child_new(struct ike_sa *sa,
				const struct policy_rule *rule, bool initiator)
{
	struct ike_engine *engine = sa->engine;
	struct ike_child *child = calloc(1, sizeof(*child));

	if (!child)
		return NULL;
	child->engine = engine;
	child->sa = sa;
	child->owner = engine->next_owner++;
	child->order = ++engine->order;
	child->initiator = initiator;
	child->mode = rule ? rule->mode : IPSECDRV_MODE_TRANSPORT;
	if (rule)
		ike_child_set_rule(child, rule);
	HASH_ADD(hh, engine->children, owner, sizeof(child->owner), child);
	if (!child->hh.tbl) {
		policy_put(child->policy);
		free(child);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&sa->children, child, link);
	return child;
}

void ike_child_set_rule(struct ike_child *child, const struct policy_rule *rule)
{
	struct policy *old = child->policy;

	child->policy = policy_get(rule->policy);
	child->rule = rule;
	policy_put(old);
}

void ike_child_set_rekeys(struct ike_child *child, struct ike_child *old)
{
	if (child->rekeys)
		child->rekeys->rekeyers--;
	child->rekeys = old;
	if (old)
		old->rekeyers++;
}

struct ike_child *ike_child_again(struct ike_sa *sa, struct ike_child *old)
{
	const struct policy_rule *rule = ike_rule_now(sa->engine, old->rule);
	struct ike_child *child = ike_child_new(sa, rule, true);

	if (!child)
		return NULL;
	child->filter = old->filter;
	child->mode = old->mode;
	child->local = old->local;
	child->remote = old->remote;
	child->wire_local = old->wire_local;
	child->wire_remote = old->wire_remote;
	child->idle_seconds = old->idle_seconds;
	ike_child_set_rekeys(child, old);
	return child;
}

void ike_child_hand_over(struct ike_child *child)
{
	unsigned int left = child->rekeyers;
	struct ike_child *other, *next;

	if (!left)
		ike_child_drain(child);
	HASH_ITER(hh, child->engine->children, other, next) {
		if (!left)
			break;
		if (other->rekeys != child)
			continue;
		ike_child_activate(other);
		left--;
	}
}

static void delete_due(struct ike_timer *timer)
{
	struct ike_child *old = ike_container(timer, struct ike_child, renew);
	struct ike_sa *sa = old->sa;

	ike_sa_queue(sa, IKE_TASK_DELETE_CHILD, old);
	sa->ops->kick(sa);
}

void ike_child_retire(struct ike_child *old, uint64_t ms)
{
	struct ike_engine *engine = old->engine;

	old->renew.fn = delete_due;
	ike_timer_set(&engine->timers, &old->renew, ike_now(engine) + ms);
}

/* Then it sends, and what it took over from does not. */
static bool was_used(const struct ike_child *child)
{
	const struct ike_env *env = child->engine->env;
	struct ipsec_sa pair = { 0 };
	struct ipsec_err err = { 0 };

	return child->used ||
	       (child->id &&
		!env->driver.sa_get(env->ctx, child->id, &pair, &err) &&
		pair.in.packets.v);
}

/* The ones that replace it, or were to. */
static void unlink_rekeys(struct ike_child *child)
{
	struct ike_child *old = child->rekeys, *other, *next;

	ike_child_set_rekeys(child, NULL);
	if (old && !was_used(child))
		ike_child_renew_failed(old);
	HASH_ITER(hh, child->engine->children, other, next) {
		if (!child->rekeyers)
			break;
		if (other->rekeys != child)
			continue;
		ike_child_activate(other);
		ike_child_set_rekeys(other, NULL);
	}
}

static void delete_pair(struct ike_child *child)
{
	const struct ike_env *env = child->engine->env;
	struct ipsec_err err = { 0 };

	/* A pair that was replaced goes on receiving, until the driver ends it. */
	if (!child->id || child->state == IKE_CHILD_REPLACED ||
	    child->engine->stopping)
		return;
	if (child->engine->ending)
		ike_child_drain(child);
	else
		env->driver.sa_del(env->ctx, child->id, &err);
}

/*
 * Of adopted ones nobody else knows that the older has no use any more. The peer
 * may not have the younger, and send by the older until it hears of a newer one.
 */
static void free_older(struct ike_child *child)
{
	struct ike_child *old = child->rekeys;

	if (child->sa || !old || old->sa)
		return;
	ike_child_set_rekeys(child, NULL);
	ike_child_drain(old);
	old->state = IKE_CHILD_REPLACED;
	ike_child_free(old);
}

static void detach(struct ike_child *child)
{
	if (child->sa) {
		ike_sa_forget_child(child->sa, child);
		TAILQ_REMOVE(&child->sa->children, child, link);
	} else {
		TAILQ_REMOVE(&child->engine->adopted, child, link);
	}
}

void ike_child_free(struct ike_child *child)
{
	struct ike_engine *engine = child->engine;

	ike_log_child_end(child, NULL);
	free_older(child);
	if (child->state == IKE_CHILD_REPLACED)
		ike_child_hand_over(child);
	unlink_rekeys(child);
	delete_pair(child);
	if (child->sa && child->sa->ops && child->sa->ops->forget)
		child->sa->ops->forget(child->sa, child);
	detach(child);
	ike_timer_stop(&engine->timers, &child->renew);
	ike_timer_stop(&engine->timers, &child->fallback);
	HASH_DEL(engine->children, child);
	if (child->rule && child->rule->response)
		ike_response_release(child);
	policy_put(child->policy);
	free(child->peer_id);
	free(child);
}

void ike_child_move(struct ike_child *child, struct ike_sa *to)
{
	bool waits[IKE_TASKS_CHILD];
	unsigned int i;

	for (i = 0; i < IKE_TASKS_CHILD; i++)
		waits[i] = child->task[i].queued;
	/* What its peer has said before counts for what goes on. */
	to->answered |= child->sa && child->sa->answered;
	detach(child);
	free(child->peer_id);
	child->peer_id = NULL;
	child->sa = to;
	TAILQ_INSERT_TAIL(&to->children, child, link);
	for (i = 0; i < IKE_TASKS_CHILD; i++)
		if (waits[i])
			ike_sa_queue(to, i, child);
}

static enum ipsecdrv_proto driver_proto(uint8_t ike_proto)
{
	return ike_proto == IKE_PROTO_AH ? IPSECDRV_PROTO_AH :
					   IPSECDRV_PROTO_ESP;
}

int ike_child_spi(struct ike_child *child, uint8_t ike_proto, uint32_t *spi)
{
	struct ike_engine *engine = child->engine;
	const struct ike_env *env = engine->env;
	uint32_t *kept = ike_proto == IKE_PROTO_AH ? &child->spi_ah :
						     &child->spi_esp;
	struct ipsec_err err = { 0 };
	int ret;

	if (!*kept) {
		engine->counters.total_get_spi++;
		ret = env->driver.get_spi(env->ctx, driver_proto(ike_proto),
					  &child->sa->path.local, child->slot,
					  kept, &err);
		if (ret) {
			engine->counters.get_spi_failures++;
			ike_log(child->sa, IKE_LOG_ERROR,
				"the driver gives no SPI: %s", err.text);
			return ret;
		}
	}
	*spi = *kept;
	return 0;
}

static bool spi_is(const struct ike_child *child, enum ipsecdrv_proto proto,
		   uint32_t spi, bool in)
{
	unsigned int i;

	for (i = 0; i < child->protos; i++)
		if (child->proto[i].proto == proto &&
		    spi == (in ? child->proto[i].spi_in :
				 child->proto[i].spi_out))
			return true;
	return false;
}

static struct ike_child *by_spi(struct ike_sa *sa, uint8_t ike_proto,
				uint32_t spi, bool in)
{
	struct ike_child *child;

	TAILQ_FOREACH(child, &sa->children, link)
		if (spi_is(child, driver_proto(ike_proto), spi, in))
			return child;
	return NULL;
}

struct ike_child *ike_child_by_spi_in(struct ike_sa *sa, uint8_t ike_proto,
				      uint32_t spi)
{
	return by_spi(sa, ike_proto, spi, true);
}

struct ike_child *ike_child_by_spi_out(struct ike_sa *sa, uint8_t ike_proto,
				       uint32_t spi)
{
	return by_spi(sa, ike_proto, spi, false);
}

bool ike_child_carries(const struct ike_child *other,
		       const struct ike_child *child)
{
	return other != child && other->id && other->sa &&
	       (other->state == IKE_CHILD_INSTALLED ||
		other->state == IKE_CHILD_REKEYING) &&
	       ike_same_rule(other->rule, child->rule) &&
	       ike_ts_equal(&other->local, &child->local) &&
	       ike_ts_equal(&other->remote, &child->remote);
}

uint32_t ike_child_lowest_spi(const struct ike_child *child)
{
	const struct ike_child_proto *p = &child->proto[0];

	return p->spi_in < p->spi_out ? p->spi_in : p->spi_out;
}

const char *ike_child_state_name(enum ike_child_state state)
{
	static const char *const names[IKE_CHILD_STATES] = {
		[IKE_CHILD_NEW] = "new",
		[IKE_CHILD_INSTALLED] = "installed",
		[IKE_CHILD_REKEYING] = "rekeying",
		[IKE_CHILD_REPLACED] = "replaced",
		[IKE_CHILD_DELETING] = "deleting",
	};

	return names[state];
}
