// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A peer that has forgotten an IKE SA: its daemon was killed, or the machine
 * started anew. It says so in clear, so anyone can say it: nothing ends by the
 * word alone. What has not been established is begun anew, a few times; an
 * established SA is probed, and when the peer is silent given up much sooner
 * than it would be otherwise. SA pairs go on until they are renewed.
 */
#include <stdlib.h>

#include "engine.h"

#define HINTS_EVERY_MS 1000
#define HINTS_MAX 20
#define RESTARTS_MAX 3
#define ORPHAN_MS 500 /* the peer, if it has the pair too, renews it first */

bool ike_hint_allowed(struct ike_engine *engine, size_t request, size_t answer)
{
	uint64_t now = ike_now(engine);

	if (now - engine->hints_since >= HINTS_EVERY_MS) {
		engine->hints_since = now;
		engine->hints = 0;
	}
	if (answer > request || engine->hints >= HINTS_MAX)
		return false;
	engine->hints++;
	engine->counters.hints_sent++;
	return true;
}

void ike_child_orphan(struct ike_child *child)
{
	struct ike_engine *engine = child->engine;
	struct ike_sa *sa = child->sa;

	if (sa->ops->forget)
		sa->ops->forget(sa, child);
	ike_sa_forget_child(sa, child);
	/* There is nobody who could tell the peer of its end. */
	ike_timer_stop(&engine->timers, &child->renew);
	child->peer = sa->path.remote;
	child->ours = sa->path.local;
	child->peer_id = malloc(sizeof(*child->peer_id));
	if (child->peer_id)
		*child->peer_id = sa->remote_id;
	TAILQ_REMOVE(&sa->children, child, link);
	child->sa = NULL;
	child->state = IKE_CHILD_INSTALLED;
	TAILQ_INSERT_TAIL(&engine->adopted, child, link);
}

static void take_along(struct ike_sa *next, struct ike_child *child)
{
	struct ike_sa *sa = child->sa;

	if (sa->ops->forget)
		sa->ops->forget(sa, child);
	ike_child_move(child, next);
	child->spi_esp = 0;
	child->spi_ah = 0;
	child->protos = 0;
	ike_sa_queue(next, IKE_TASK_CHILD, child);
}

struct ike_child *ike_child_sibling(const struct ike_child *child)
{
	struct ike_child *other, *next;

	HASH_ITER(hh, child->engine->children, other, next)
		if (other->sa != child->sa && ike_child_carries(other, child))
			return other;
	return NULL;
}

/* Not begun, or not answered, and what it is for is not there by another way. */
static bool wanted(const struct ike_child *child)
{
	return !child->id && child->initiator && !child->rekeys &&
	       child->state == IKE_CHILD_NEW && !ike_child_sibling(child);
}

void ike_sa_hand_on(struct ike_sa *sa, struct ike_sa *next)
{
	struct ike_child *child, *following;

	for (child = TAILQ_FIRST(&sa->children); child; child = following) {
		following = TAILQ_NEXT(child, link);
		if (wanted(child))
			take_along(next, child);
	}
}

/* Orphans are renewed by the new SA, unless the peer was faster. */
static void part_from(struct ike_sa *sa, struct ike_sa *next)
{
	struct ike_child *child, *following;

	for (child = TAILQ_FIRST(&sa->children); child; child = following) {
		following = TAILQ_NEXT(child, link);
		if (!child->id || child->state == IKE_CHILD_REPLACED ||
		    child->state == IKE_CHILD_DELETING)
			continue;
		ike_child_orphan(child);
		ike_child_renew_later(child, ORPHAN_MS);
	}
	ike_sa_hand_on(sa, next);
}

/* One that was made since the peer was last heard here: by then it had forgotten. */
static struct ike_sa *successor(struct ike_sa *sa,
				const struct policy_rule *rule)
{
	struct ike_sa *next;

	/* That is not to be found itself. */
	sa->state = IKE_SA_DELETING;
	next = ike_engine_find_peer(sa->engine, rule, &sa->first_path);
	return next && next->established > sa->heard ? next : NULL;
}

static struct ike_sa *begin_anew(struct ike_sa *sa,
				 const struct policy_rule *rule)
{
	struct ike_sa *next =
		ike_engine_initiate(sa->engine, rule, &sa->first_path);

	if (!next)
		return NULL;
	sa->engine->counters.restarts++;
	next->restarts = sa->restarts + (sa->established ? 0 : 1);
	return next;
}

void ike_sa_restart(struct ike_sa *sa)
{
	const struct policy_rule *rule;
	struct ike_sa *next = NULL;

	if (sa->rule && !ike_sa_ends(sa) && sa->restarts < RESTARTS_MAX) {
		rule = ike_rule_now(sa->engine, sa->rule);
		next = successor(sa, rule) ?: begin_anew(sa, rule);
	}
	ike_log_end(
		sa,
		!next ? "the peer does not know it any more" :
		next->established ?
			"the peer does not know it any more; another one takes its place" :
			"the peer does not know it any more; begins anew");
	if (next) {
		part_from(sa, next);
		next->ops->kick(next);
	}
	/* One that is forgotten again and again was not believed. */
	ike_sa_free(sa, sa->established ? IPSECDRV_REFUSE_REASON_NO_ANSWER :
					  IPSECDRV_REFUSE_REASON_AUTH_FAILED);
}
