// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When a pair is renewed, again and again until another carries its traffic. Some
 * cannot be rekeyed, so that another is negotiated as if there were none: those
 * without an IKE SA (adopt.c, lost.c), and those whose successor has ended before
 * its time and that send still. Of these nobody knows whether the peer has them
 * yet, so they are not taken up again.
 */
#include <errno.h>

#include "engine.h"

#define AGAIN_MS 30000 /* when the negotiation did not come to an end */
/*
 * After the end of a successor. The peer may be about to end both, and sees the
 * same, so that who made the old one is the first to begin.
 */
#define LEFT_MS 500
#define LEFT_PEER_MS 1500

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

/* It was replaced, and by what has ended. */
static bool is_left(const struct ike_child *child)
{
	return child->sa && child->state == IKE_CHILD_REPLACED &&
	       !child->rekeyers;
}

static uint64_t wait_for(const struct ike_child *child)
{
	if (child->left_before)
		return AGAIN_MS;
	return child->initiator ? LEFT_MS : LEFT_PEER_MS;
}

void ike_child_renew_failed(struct ike_child *child)
{
	if (child->rekeyers || child->engine->stopping || child->engine->ending)
		return;
	/* In place of its Delete, which could not wait for the negotiation. */
	if (is_left(child)) {
		ike_child_renew_later(child, wait_for(child));
		return;
	}
	if (child->sa && child->state != IKE_CHILD_REKEYING)
		return;
	child->state = IKE_CHILD_INSTALLED;
	/* One that has lost its IKE SA at this moment will be tried sooner. */
	if (!ike_timer_armed(&child->renew))
		ike_child_renew_later(child, AGAIN_MS);
}

void ike_child_rekey(struct ike_child *child)
{
	child->state = IKE_CHILD_REKEYING;
	ike_sa_queue(child->sa, IKE_TASK_REKEY_CHILD, child);
	child->sa->ops->kick(child->sa);
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

	if (child->sa)
		return child->sa->encap ? child->sa->path :
					  child->sa->first_path;
	if (env->driver.sa_get(env->ctx, child->id, &pair, &err) ||
	    !pair.encap_local.set)
		return path;
	path.remote = pair.remote;
	path.local_port = engine->policy->natt_port;
	path.remote_port = (uint16_t)pair.encap_remote.v;
	return path;
}

/* Its own, if it may make one more; one that is there, or a new one. */
static struct ike_sa *sa_for(const struct ike_child *child)
{
	const struct policy_rule *rule =
		ike_rule_now(child->engine, child->rule);
	struct ike_path path = path_of(child);

	if (child->sa && child->sa->state == IKE_SA_ESTABLISHED &&
	    !child->sa->spare && !ike_limit_used_up(child->sa))
		return child->sa;
	return ike_engine_get_sa(child->engine, rule, &path);
}

int ike_child_renew_on(struct ike_child *child, struct ike_sa *sa)
{
	struct ike_child *next = sa ? ike_child_again(sa, child) : NULL;

	if (!next)
		return -ENOMEM;
	ike_engine_ask(sa, next);
	return 0;
}

static int renew(struct ike_child *child)
{
	return ike_child_renew_on(child, sa_for(child));
}

/* Another one of the peer's for the same traffic. */
static bool is_surplus(const struct ike_child *child)
{
	const struct ike_child *other, *next;

	HASH_ITER(hh, child->engine->children, other, next)
		if (ike_child_carries(other, child) &&
		    (!child->sa || ike_id_equal(&other->sa->remote_id,
						&child->sa->remote_id)))
			return true;
	return false;
}

/* Its successor may have sent, so that the driver has ended it. */
static bool is_gone(const struct ike_child *child)
{
	const struct ike_env *env = child->engine->env;
	struct ipsec_sa pair = { 0 };
	struct ipsec_err err = { 0 };

	return !child->id ||
	       env->driver.sa_get(env->ctx, child->id, &pair, &err);
}

static void renew_left(struct ike_child *child)
{
	if (!is_left(child) || ike_sa_ends(child->sa))
		return;
	if (is_gone(child) || is_surplus(child)) {
		ike_child_retire(child, 0);
		return;
	}
	ike_log(child->sa, IKE_LOG_NOTICE,
		"what took the place of SA 0x%08x has ended; negotiates anew",
		child->proto[0].spi_in);
	child->left_before = true;
	if (renew(child))
		ike_child_renew_failed(child);
}

void ike_child_renew(struct ike_child *child)
{
	if (child->sa && child->state == IKE_CHILD_INSTALLED)
		ike_child_rekey(child);
	else if (child->sa)
		renew_left(child);
	/* The peer may have been faster: then its SA is the one that stays. */
	else if (is_surplus(child))
		ike_child_free(child);
	else if (!child->rekeyers && renew(child))
		ike_child_renew_failed(child);
}
