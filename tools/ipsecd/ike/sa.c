// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "engine.h"

/* How long a negotiation may take: a responder's peer, and our own requests
 * with all their retransmissions.
 */
#define ABANDON_RESPONDER_MS 30000
#define ABANDON_INITIATOR_MS 180000

static void abandon(struct ike_timer *timer)
{
	struct ike_sa *sa = ike_container(timer, struct ike_sa, abandon);

	ike_log_failure(
		sa, IKE_CAUSE_NO_ANSWER,
		sa->initiator ?
			"the peer did not finish the negotiation; is its key daemon up, and UDP %u and %u open?" :
			"the peer did not go on; UDP %u and %u may be filtered on the way",
		IKE_PORT, IKE_NATT_PORT);
	ike_sa_free(sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
}

static void stop_timers(struct ike_sa *sa)
{
	struct ike_timers *timers = &sa->engine->timers;

	ike_timer_stop(timers, &sa->abandon);
	ike_timer_stop(timers, &sa->lifetime);
	ike_timer_stop(timers, &sa->liveness);
	ike_timer_stop(timers, &sa->keepalive);
}

static int fresh_spi(struct ike_sa *sa)
{
	static const uint8_t zero[IKE_SPI_LEN];
	const struct ike_env *env = sa->engine->env;
	int err;

	do {
		err = env->random(env->ctx, sa->our_spi, IKE_SPI_LEN);
	} while (!err && (!memcmp(sa->our_spi, zero, IKE_SPI_LEN) ||
			  ike_engine_find(sa->engine, sa->our_spi)));
	return err;
}

static void lifetime_over(struct ike_timer *timer);
static void liveness_due(struct ike_timer *timer);
static void keepalive_due(struct ike_timer *timer);

struct ike_sa *ike_sa_new(struct ike_engine *engine, unsigned int version,
			  bool initiator, const struct ike_path *path)
{
	struct ike_sa *sa = calloc(1, sizeof(*sa));

	if (!sa)
		return NULL;
	sa->engine = engine;
	sa->version = version;
	sa->initiator = initiator;
	sa->path = *path;
	sa->first_path = *path;
	sa->created = ike_now(engine);
	sa->order = ++engine->order;
	sa->heard = sa->created;
	sa->abandon.fn = abandon;
	sa->lifetime.fn = lifetime_over;
	sa->liveness.fn = liveness_due;
	sa->keepalive.fn = keepalive_due;
	TAILQ_INIT(&sa->children);
	TAILQ_INIT(&sa->tasks);
	if (fresh_spi(sa)) {
		free(sa);
		return NULL;
	}
	sa->policy = policy_get(engine->policy);
	sa->story = ++engine->stories;
	HASH_ADD(hh, engine->sas, our_spi, IKE_SPI_LEN, sa);
	if (!sa->hh.tbl) {
		policy_put(sa->policy);
		free(sa);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&engine->list, sa, link);
	ike_timer_set(&engine->timers, &sa->abandon,
		      sa->created + (initiator ? ABANDON_INITIATOR_MS :
						 ABANDON_RESPONDER_MS));
	sa->half_open = !initiator;
	engine->half_open += sa->half_open;
	return sa;
}

static void end_half_open(struct ike_sa *sa)
{
	sa->engine->half_open -= sa->half_open;
	sa->half_open = false;
}

void ike_sa_free(struct ike_sa *sa, enum ipsecdrv_refuse_reason reason)
{
	struct ike_engine *engine = sa->engine;
	struct ike_child *child;

	ike_log_end(sa, NULL);
	while ((child = TAILQ_FIRST(&sa->children))) {
		ike_child_refuse(child, reason);
		/* It may not have been replaced yet by one that only listens. */
		if (child->state == IKE_CHILD_REPLACED)
			child->state = IKE_CHILD_DELETING;
		ike_child_free(child);
	}
	stop_timers(sa);
	end_half_open(sa);
	ike_limit_give(sa, false);
	ike_limit_end(sa);
	HASH_DEL(engine->sas, sa);
	if (sa->peer_key.port)
		HASH_DELETE(hh_peer, engine->first, sa);
	TAILQ_REMOVE(&engine->list, sa, link);
	ike_sa_fetch_end(sa);
	if (sa->ops)
		sa->ops->free(sa);
	policy_put(sa->policy);
	free(sa);
}

void ike_sa_set_peer(struct ike_sa *sa, const uint8_t *spi)
{
	struct ike_path *path = &sa->path;

	memcpy(sa->peer_spi, spi, IKE_SPI_LEN);
	memset(&sa->peer_key, 0, sizeof(sa->peer_key));
	memcpy(sa->peer_key.spi, spi, IKE_SPI_LEN);
	memcpy(sa->peer_key.addr, path->remote.b, path->remote.len);
	sa->peer_key.port = path->remote_port;
	if (!sa->peer_key.port)
		return;
	HASH_ADD(hh_peer, sa->engine->first, peer_key, sizeof(sa->peer_key),
		 sa);
	if (!sa->hh_peer.tbl)
		sa->peer_key.port = 0;
}

const uint8_t *ike_sa_spi_i(const struct ike_sa *sa)
{
	return sa->initiator ? sa->our_spi : sa->peer_spi;
}

const uint8_t *ike_sa_spi_r(const struct ike_sa *sa)
{
	return sa->initiator ? sa->peer_spi : sa->our_spi;
}

void ike_sa_set_rule(struct ike_sa *sa, const struct policy_rule *rule)
{
	struct policy *old = sa->policy;

	sa->policy = policy_get(rule->policy);
	sa->rule = rule;
	policy_put(old);
}

/* Both peers choose their own moment, so that they seldom rekey at once. */
static uint64_t rekey_after(struct ike_sa *sa)
{
	const struct ike_env *env = sa->engine->env;
	uint64_t ms = sa->rule->ike_seconds * 1000ULL;
	uint16_t jitter = 0;

	env->random(env->ctx, &jitter, sizeof(jitter));
	return ms - ms / 20 - ms / 10 * jitter / UINT16_MAX;
}

static void arm_liveness(struct ike_sa *sa)
{
	uint32_t seconds = sa->rule->liveness_seconds;

	if (seconds)
		ike_timer_set(&sa->engine->timers, &sa->liveness,
			      ike_now(sa->engine) + seconds * 1000ULL);
}

static void arm_keepalive(struct ike_sa *sa)
{
	if (sa->nat_local && sa->policy->keepalive)
		ike_timer_set(&sa->engine->timers, &sa->keepalive,
			      ike_now(sa->engine) +
				      sa->policy->keepalive * 1000ULL);
}

void ike_sa_establish(struct ike_sa *sa)
{
	struct ike_engine *engine = sa->engine;

	sa->state = IKE_SA_ESTABLISHED;
	sa->established = sa->heard = ike_now(engine);
	end_half_open(sa);
	ike_limit_give(sa, true);
	ike_timer_stop(&engine->timers, &sa->abandon);
	ike_timer_set(&engine->timers, &sa->lifetime,
		      sa->established + rekey_after(sa));
	arm_liveness(sa);
	arm_keepalive(sa);
	engine->counters.main_modes++;
}

static void lifetime_over(struct ike_timer *timer)
{
	struct ike_sa *sa = ike_container(timer, struct ike_sa, lifetime);
	uint64_t end = sa->established + sa->rule->ike_seconds * 1000ULL;
	enum ike_task_kind kind = sa->lifetime_over ? IKE_TASK_DELETE :
						      IKE_TASK_REKEY;

	if (sa->state != IKE_SA_ESTABLISHED)
		return;
	if (!sa->lifetime_over)
		ike_timer_set(&sa->engine->timers, &sa->lifetime, end);
	else
		ike_log_end(sa, "its lifetime is over and it was not rekeyed");
	sa->lifetime_over = true;
	ike_sa_queue(sa, kind, NULL);
	sa->ops->kick(sa);
}

/* Protected packets of the peer prove that it lives (RFC 7296 section 2.4). */
static bool heard_packets(struct ike_sa *sa)
{
	const struct ike_env *env = sa->engine->env;
	struct ike_child *child;
	bool heard = false;

	TAILQ_FOREACH(child, &sa->children, link) {
		struct ipsec_sa pair = { 0 };
		struct ipsec_err err = { 0 };

		if (!child->id ||
		    env->driver.sa_get(env->ctx, child->id, &pair, &err))
			continue;
		heard |= pair.in.packets.v > child->in_packets;
		child->in_packets = pair.in.packets.v;
	}
	return heard;
}

static void liveness_due(struct ike_timer *timer)
{
	struct ike_sa *sa = ike_container(timer, struct ike_sa, liveness);
	uint64_t now = ike_now(sa->engine);
	uint64_t interval = sa->rule->liveness_seconds * 1000ULL;

	arm_liveness(sa);
	if (sa->state != IKE_SA_ESTABLISHED)
		return;
	if (now - sa->heard < interval || heard_packets(sa))
		return;
	ike_sa_queue(sa, IKE_TASK_LIVENESS, NULL);
	sa->ops->kick(sa);
}

/* The driver sends those of its pairs. */
static void keepalive_due(struct ike_timer *timer)
{
	struct ike_sa *sa = ike_container(timer, struct ike_sa, keepalive);
	const struct ike_env *env = sa->engine->env;
	static const uint8_t byte = 0xff;

	arm_keepalive(sa);
	if (TAILQ_EMPTY(&sa->children))
		env->send(env->ctx, &sa->path, &byte, sizeof(byte));
}

void ike_sa_deleting(struct ike_sa *sa)
{
	struct ike_child *child;

	sa->state = IKE_SA_DELETING;
	TAILQ_FOREACH(child, &sa->children, link)
		ike_child_drain(child);
}

void ike_sa_move_children(struct ike_sa *from, struct ike_sa *to)
{
	struct ike_child *child;

	while ((child = TAILQ_FIRST(&from->children)))
		ike_child_move(child, to);
}

void ike_sa_heard(struct ike_sa *sa)
{
	sa->heard = ike_now(sa->engine);
}

void ike_sa_follow(struct ike_sa *sa, const struct ike_path *path)
{
	struct ike_child *child;

	sa->path = *path;
	TAILQ_FOREACH(child, &sa->children, link)
		ike_child_update_path(child);
}

void ike_sa_queue(struct ike_sa *sa, enum ike_task_kind kind,
		  struct ike_child *child)
{
	struct ike_task *task = child ? &child->task[kind] : &sa->task[kind];

	if (task->queued)
		return;
	task->kind = kind;
	task->child = child;
	task->queued = true;
	TAILQ_INSERT_TAIL(&sa->tasks, task, link);
}

struct ike_task ike_sa_take(struct ike_sa *sa, struct ike_task *task)
{
	TAILQ_REMOVE(&sa->tasks, task, link);
	task->queued = false;
	return *task;
}

void ike_sa_forget_child(struct ike_sa *sa, struct ike_child *child)
{
	unsigned int i;

	for (i = 0; i < IKE_TASKS_CHILD; i++)
		if (child->task[i].queued)
			ike_sa_take(sa, &child->task[i]);
}

void ike_sa_send(struct ike_sa *sa, const void *msg, size_t len)
{
	ike_send(sa->engine, &sa->path, msg, len);
}

const char *ike_sa_state_name(enum ike_sa_state state)
{
	static const char *const names[IKE_SA_STATES] = {
		[IKE_SA_CONNECTING] = "connecting",
		[IKE_SA_ESTABLISHED] = "established",
		[IKE_SA_REPLACED] = "replaced",
		[IKE_SA_DELETING] = "deleting",
	};

	return names[state];
}
