// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two exchanges at once (RFC 7296 sections 2.8.1, 2.8.2 and 2.25). When both
 * sides rekey the same SA there are two new ones for a while; that with the
 * lowest of the four nonces is ended by who made it, the old one by who made
 * the other. Everything else that cannot go together is refused, to be tried
 * again.
 */
#include "v2_util.h"
#include "v2_child.h"
#include "v2_collide.h"

#include <string.h>

#define REPLACED_MS 180000 /* the peer's Delete does not come: it is gone */

static const struct ikev2_nonce *lower(const struct ikev2_nonce *a,
				       const struct ikev2_nonce *b)
{
	return ikev2_nonce_compare(a, b) < 0 ? a : b;
}

uint16_t ikev2_collide_child(const struct ike_sa *sa)
{
	if (sa->state != IKE_SA_ESTABLISHED ||
	    ikev2_of(sa)->request.kind == IKEV2_DO_REKEY)
		return IKEV2_TEMPORARY_FAILURE;
	return 0;
}

static bool is_creating(const struct ike_sa *sa)
{
	enum ikev2_kind kind = ikev2_of(sa)->request.kind;

	return kind == IKEV2_DO_CHILD || kind == IKEV2_DO_REKEY_CHILD;
}

uint16_t ikev2_collide_rekey_child(const struct ike_sa *sa,
				   const struct ike_child *old)
{
	uint16_t error = ikev2_collide_child(sa);

	if (error)
		return error;
	/* One of an exchange of ours whose answer is on its way? */
	if (!old)
		return is_creating(sa) ? IKEV2_TEMPORARY_FAILURE :
					 IKEV2_CHILD_SA_NOT_FOUND;
	if (!old->id || old->spare ||
	    (old->state != IKE_CHILD_INSTALLED &&
	     old->state != IKE_CHILD_REKEYING))
		return IKEV2_TEMPORARY_FAILURE;
	return 0;
}

uint16_t ikev2_collide_rekey(const struct ike_sa *sa)
{
	const struct ikev2_request *r = &ikev2_of(sa)->request;

	if (sa->state != IKE_SA_ESTABLISHED || r->rival)
		return IKEV2_TEMPORARY_FAILURE;
	switch (r->kind) {
	case IKEV2_DO_CHILD:
	case IKEV2_DO_REKEY_CHILD:
	case IKEV2_DO_DELETE_CHILD:
		return IKEV2_TEMPORARY_FAILURE;
	default:
		return 0;
	}
}

void ikev2_collide_child_answered(struct ike_sa *sa, struct ike_child *old,
				  const struct ikev2_child_answer *a)
{
	struct ikev2_request *r = &ikev2_of(sa)->request;

	if (r->kind != IKEV2_DO_REKEY_CHILD || r->old != old->owner)
		return;
	r->rival = true;
	r->rival_child = a->child->owner;
	r->rival_nonce = *lower(&a->ni, &a->nr);
}

void ikev2_collide_answered(struct ike_sa *sa, struct ike_sa *rival,
			    const struct ikev2_nonce *ni,
			    const struct ikev2_nonce *nr)
{
	struct ikev2_request *r = &ikev2_of(sa)->request;
	struct ikev2 *rv = ikev2_of(rival);

	if (r->kind != IKEV2_DO_REKEY) {
		ikev2_collide_settle(sa, rival);
		return;
	}
	r->rival = true;
	memcpy(r->rival_spi, rival->our_spi, IKE_SPI_LEN);
	r->rival_nonce = *lower(ni, nr);
	rv->rival = true;
	memcpy(rv->rival_of, sa->our_spi, IKE_SPI_LEN);
}

void ikev2_collide_deleted(struct ike_sa *sa, uint32_t spi)
{
	struct ikev2_request *r = &ikev2_of(sa)->request;

	if (is_creating(sa) && r->deleted < IKEV2_DELETED_MAX)
		r->deleted_spi[r->deleted++] = spi;
}

bool ikev2_collide_is_deleted(const struct ikev2_request *r,
			      const struct ike_child *child)
{
	unsigned int i;

	for (i = 0; i < r->deleted; i++)
		if (r->deleted_spi[i] == child->proto[0].spi_out)
			return true;
	return false;
}

bool ikev2_collide_wins(const struct ikev2_request *r,
			const struct ikev2_nonce *nr)
{
	return ikev2_nonce_compare(lower(&r->nonce, nr), &r->rival_nonce) > 0;
}

struct ike_sa *ikev2_collide_rival(struct ike_sa *sa,
				   const struct ikev2_request *r)
{
	return r->rival ? ike_engine_find(sa->engine, r->rival_spi) : NULL;
}

void ikev2_collide_used(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_sa *old;

	if (!v->rival)
		return;
	old = ike_engine_find(sa->engine, v->rival_of);
	if (old && old->version == 2)
		ikev2_collide_settle(old, sa);
}

/* Tasks go over in their order; those of the SA itself are done by it. */
static void move_tasks(struct ike_sa *from, struct ike_sa *to)
{
	TAILQ_HEAD(, ike_task) kept = TAILQ_HEAD_INITIALIZER(kept);
	struct ike_task *task;

	while ((task = TAILQ_FIRST(&from->tasks))) {
		ike_sa_take(from, task);
		TAILQ_INSERT_TAIL(&kept, task, link);
	}
	ike_sa_move_children(from, to);
	while ((task = TAILQ_FIRST(&kept))) {
		TAILQ_REMOVE(&kept, task, link);
		if (task->child || task->kind == IKE_TASK_DELETE)
			ike_sa_queue(to, task->kind, task->child);
	}
}

/* It waits for the peer's Delete, but not for ever. */
void ikev2_collide_leave(struct ike_sa *sa)
{
	ikev2_of(sa)->rival = false;
	sa->state = IKE_SA_REPLACED;
	ike_log_end(sa, NULL);
	ike_timer_set(&sa->engine->timers, &ikev2_of(sa)->hold,
		      ike_now(sa->engine) + REPLACED_MS);
}

void ikev2_collide_settle(struct ike_sa *from, struct ike_sa *to)
{
	if (from->state == IKE_SA_ESTABLISHED) {
		move_tasks(from, to);
		ikev2_collide_leave(from);
	}
	ikev2_of(to)->rival = false;
	to->quick_modes += from->quick_modes;
	to->ops->kick(to);
}
