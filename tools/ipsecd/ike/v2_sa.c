// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What version 2 adds to an IKE SA, from its beginning to its end, and what is
 * begun on it, one after the other.
 */
#include "v2.h"
#include "v2_auth.h"
#include "v2_child.h"
#include "v2_collide.h"
#include "v2_cross.h"
#include "v2_init.h"
#include "v2_message.h"
#include "v2_util.h"

#include <stdlib.h>
#include <string.h>

static void hold_fire(struct ike_timer *timer)
{
	struct ikev2 *v = ike_container(timer, struct ikev2, hold);

	v->held_until = 0;
	if (v->state == IKEV2_FAILED)
		ike_sa_free(v->sa, v->end_reason);
	else if (v->sa->state == IKE_SA_REPLACED && !v->request.kind)
		ike_sa_free(v->sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
	else
		v->sa->ops->kick(v->sa);
}

struct ike_sa *ikev2_sa_new(struct ike_engine *engine, bool initiator,
			    const struct ike_path *path)
{
	struct ikev2 *v = calloc(1, sizeof(*v));
	struct ike_sa *sa;

	if (!v)
		return NULL;
	sa = ike_sa_new(engine, 2, initiator, path);
	if (!sa) {
		free(v);
		return NULL;
	}
	v->sa = sa;
	v->retry.fn = ikev2_retry_fire;
	v->hold.fn = hold_fire;
	sa->v = v;
	sa->ops = &ikev2_ops;
	return sa;
}

struct ike_sa *ikev2_initiate(struct ike_engine *engine,
			      const struct policy_rule *rule,
			      const struct ike_path *path)
{
	struct ike_sa *sa = ikev2_sa_new(engine, true, path);

	if (sa)
		ike_sa_set_rule(sa, rule);
	return sa;
}

void ikev2_forget_dh(struct ikev2 *v)
{
	ike_dh_free(v->dh);
	v->dh = NULL;
	ikev2_bytes_free(&v->peer_ke);
}

void ikev2_end_after(struct ike_sa *sa, enum ipsecdrv_refuse_reason reason,
		     uint64_t ms)
{
	struct ikev2 *v = ikev2_of(sa);

	v->state = IKEV2_FAILED;
	v->end_reason = reason;
	ike_timer_stop(&sa->engine->timers, &v->retry);
	ike_timer_stop(&sa->engine->timers, &sa->abandon);
	ike_timer_set(&sa->engine->timers, &v->hold, ike_now(sa->engine) + ms);
}

void ikev2_end_soon(struct ike_sa *sa, enum ipsecdrv_refuse_reason reason)
{
	ikev2_end_after(sa, reason, 0);
}

/* The SA that was to replace this one; later, for a caller may hold on to it. */
static void end_replacement(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_sa *next;

	if (v->request.kind != IKEV2_DO_REKEY)
		return;
	next = ike_engine_find(sa->engine, v->request.spi);
	if (next && next->state == IKE_SA_CONNECTING)
		ikev2_end_soon(next, IPSECDRV_REFUSE_REASON_POLICY);
}

void ikev2_free(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_timers *timers = &sa->engine->timers;

	end_replacement(sa);
	ike_timer_stop(timers, &v->retry);
	ike_timer_stop(timers, &v->hold);
	ike_timer_stop(timers, &v->spare);
	ikev2_forget_dh(v);
	ikev2_request_free(&v->request);
	ikev2_packets_free(&v->answered.packets);
	ike_frag_free(&v->frag_request);
	ike_frag_free(&v->frag_response);
	ikev2_bytes_free(&v->init_sent);
	ikev2_bytes_free(&v->init_got);
	ikev2_bytes_free(&v->cookie);
	ikev2_bytes_free(&v->id_body);
	ikev2_bytes_free(&v->wait.chain);
	ikev2_request_free(&v->wait.request);
	ike_wipe(v, sizeof(*v));
	free(v);
}

struct ike_child *ikev2_child(struct ike_sa *sa, uint64_t owner)
{
	struct ike_child *child;

	HASH_FIND(hh, sa->engine->children, &owner, sizeof(owner), child);
	return child && child->sa == sa ? child : NULL;
}

bool ikev2_hold(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	uint64_t now = ike_now(sa->engine);
	uint16_t spread = 0;

	if (++v->holds > IKEV2_HOLDS_MAX)
		return false;
	/* Both sides may have to wait: not the same time. */
	ikev2_random(sa->engine, &spread, sizeof(spread));
	v->held_until = now + IKEV2_HOLD_MIN + spread % IKEV2_HOLD_SPREAD;
	ike_timer_set(&sa->engine->timers, &v->hold, v->held_until);
	return true;
}

/* Begins a task; it may find that there is nothing to do any more. */
static void begin(struct ike_sa *sa, const struct ike_task *task)
{
	switch (task->kind) {
	case IKE_TASK_CHILD:
		ikev2_create_start(sa, task->child);
		break;
	case IKE_TASK_REKEY_CHILD:
		ikev2_rekey_child_start(sa, task->child);
		break;
	case IKE_TASK_DELETE_CHILD:
		ikev2_delete_child_start(sa, task->child);
		break;
	case IKE_TASK_REKEY:
		ikev2_rekey_start(sa);
		break;
	case IKE_TASK_LIVENESS:
		ikev2_info_start(sa);
		break;
	case IKE_TASK_DELETE:
		ikev2_delete_start(sa);
		break;
	}
}

/* An SA that was replaced, or ends, begins nothing but its own end. */
static bool may_begin(const struct ike_sa *sa, const struct ike_task *task)
{
	if (sa->state == IKE_SA_ESTABLISHED)
		return true;
	return sa->state == IKE_SA_REPLACED && task->kind == IKE_TASK_DELETE;
}

/*
 * Nothing is begun on one that the peer made while we make our own, before it
 * is known which of them stays: what it is for is still on the old one.
 */
static bool is_undecided(const struct ike_sa *sa)
{
	const struct ikev2 *v = ikev2_of(sa);

	return v->rival && ike_engine_find(sa->engine, v->rival_of);
}

/* The end of the SA before all else; and while it waits, nothing but that. */
static struct ike_task *next_task(struct ike_sa *sa)
{
	struct ike_task *end = &sa->task[IKE_TASK_DELETE];

	if (end->queued)
		return end;
	return ikev2_of(sa)->held_until || is_undecided(sa) ?
		       NULL :
		       TAILQ_FIRST(&sa->tasks);
}

void ikev2_kick(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_task *next, task;

	if (v->state == IKEV2_NEW && sa->initiator) {
		ikev2_init_start(sa);
		return;
	}
	ikev2_cross_end(sa);
	while (v->state == IKEV2_UP && !v->request.kind &&
	       (next = next_task(sa))) {
		task = ike_sa_take(sa, next);
		if (may_begin(sa, &task))
			begin(sa, &task);
	}
}
