// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both sides begin the same in the same moment: an IKE SA, or a Child SA that
 * renews none. RFC 7296 leaves both, and each would be rekeyed for good. Here
 * one of the two is spare, as of two rekeys that cross (section 2.8.1): that
 * with the lowest nonce, or SPI. It is ended by who made the other one, since
 * that is answered, so that both sides have it. A message that was late may
 * have only one side see that the two crossed; so who made the spare one ends
 * it after a while, if it is still there. What only the spare one carries moves
 * to the other one before.
 */
#include "v2_cross.h"
#include "v2_util.h"

#include <string.h>

#define SPARE_MS 5000 /* the peer ends it by then */
#define SPARE_CHILD_MS 1000

static int compare(const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, IKEV2_NONCE_MIN);
}

static void note_origin(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	const uint8_t *lower =
		compare(v->ni.data, v->nr.data) < 0 ? v->ni.data : v->nr.data;

	v->origin.ours = sa->initiator;
	v->origin.begun = sa->order;
	v->origin.established = ++sa->engine->order;
	memcpy(v->origin.nonce, lower, sizeof(v->origin.nonce));
}

static bool same_peer(const struct ike_sa *a, const struct ike_sa *b)
{
	return ike_same_rule(a->rule, b->rule) &&
	       ike_id_equal(&a->remote_id, &b->remote_id) &&
	       ipsec_addr_equal(&a->path.remote, &b->path.remote);
}

/* One of each side; and neither was there when the other one was begun. */
static bool crossed(const struct ike_sa *sa, const struct ike_sa *other)
{
	const struct ikev2_origin *a, *b;

	if (other->version != 2 || other->state != IKE_SA_ESTABLISHED ||
	    !same_peer(sa, other))
		return false;
	a = &ikev2_of(sa)->origin;
	b = &ikev2_of(other)->origin;
	return a->ours != b->ours && a->established > b->begun &&
	       b->established > a->begun;
}

static void spare_due(struct ike_timer *timer)
{
	struct ikev2 *v = ike_container(timer, struct ikev2, spare);

	v->sa->ops->kick(v->sa);
}

static void make_spare(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);

	if (sa->spare)
		return;
	sa->spare = true;
	v->spare.fn = spare_due;
	ike_timer_set(&sa->engine->timers, &v->spare,
		      ike_now(sa->engine) + SPARE_MS);
}

void ikev2_cross_established(struct ike_sa *sa)
{
	struct ike_sa *other, *spare;

	note_origin(sa);
	if (sa->rule->master_pfs)
		return;
	TAILQ_FOREACH(other, &sa->engine->list, link) {
		if (!crossed(sa, other))
			continue;
		spare = compare(ikev2_of(sa)->origin.nonce,
				ikev2_of(other)->origin.nonce) < 0 ?
				sa :
				other;
		ike_log(spare, IKE_LOG_INFO,
			"the peer and we began one each in the same moment; "
			"this one ends");
		make_spare(spare);
		spare->ops->kick(spare);
	}
}

void ikev2_cross_rekeyed(const struct ike_sa *sa, struct ike_sa *next)
{
	ikev2_of(next)->origin = ikev2_of(sa)->origin;
	if (sa->spare)
		make_spare(next);
}

/* Is there another one for everything that it carries? */
static bool is_covered(const struct ike_sa *sa)
{
	const struct ike_child *child, *other;

	TAILQ_FOREACH(child, &sa->children, link) {
		if (!child->id || child->state == IKE_CHILD_REPLACED)
			continue;
		other = ike_child_sibling(child);
		if (!other || other->sa->state != IKE_SA_ESTABLISHED ||
		    ike_sa_ends(other->sa))
			return false;
	}
	return true;
}

/* Who did not make it, at once; who did, when it is still there. */
static bool is_ours_to_end(const struct ike_sa *sa)
{
	const struct ikev2 *v = ikev2_of(sa);

	return sa->state == IKE_SA_ESTABLISHED && !ike_sa_ends(sa) &&
	       !v->request.kind && !v->rival && TAILQ_EMPTY(&sa->tasks) &&
	       (!v->origin.ours || !ike_timer_armed(&v->spare));
}

/* To the one that stays, by new ones there. */
static void move_children(struct ike_sa *sa)
{
	struct ike_sa *next =
		ike_engine_find_peer(sa->engine, sa->rule, &sa->first_path);
	struct ike_child *child;

	if (!next || next->spare || next->state != IKE_SA_ESTABLISHED)
		return;
	TAILQ_FOREACH(child, &sa->children, link)
		if (child->id && child->state == IKE_CHILD_INSTALLED &&
		    !child->rekeyers && !ike_child_sibling(child))
			ike_child_renew_on(child, next);
}

void ikev2_cross_end(struct ike_sa *sa)
{
	if (!sa->spare || !is_ours_to_end(sa))
		return;
	if (is_covered(sa))
		ike_sa_queue(sa, IKE_TASK_DELETE, NULL);
	else
		move_children(sa);
}

void ikev2_cross_ended(struct ike_sa *sa)
{
	struct ike_sa *next;

	if (!sa->spare)
		return;
	sa->state = IKE_SA_DELETING;
	next = ike_engine_find_peer(sa->engine, sa->rule, &sa->first_path);
	if (!next)
		return;
	ike_sa_hand_on(sa, next);
	next->ops->kick(next);
}

/* That of another acquire is for other packets. */
bool ikev2_cross_served(const struct ike_child *ours)
{
	const struct ike_child *other;

	TAILQ_FOREACH(other, &ours->sa->children, link)
		if (ike_child_carries(other, ours) &&
		    other->made > ours->order &&
		    (!ours->slot || !other->slot || other->slot == ours->slot))
			return true;
	return false;
}

/* The peer's, which we were asked for after we had begun ours. */
static struct ike_child *twin(const struct ike_child *ours)
{
	struct ike_child *other;

	TAILQ_FOREACH(other, &ours->sa->children, link)
		if (!other->initiator && other->order > ours->order &&
		    ike_child_carries(other, ours))
			break;
	return other;
}

static void end_child(struct ike_child *child)
{
	struct ike_sa *sa = child->sa;

	/* Whatever waits to renew it has nothing to do any more. */
	child->spare = true;
	ike_child_drain(child);
	ike_sa_queue(sa, IKE_TASK_DELETE_CHILD, child);
	sa->ops->kick(sa);
}

/* The other one may have been rekeyed by either side, or be gone. */
static void child_due(struct ike_timer *timer)
{
	struct ike_child *ours = ike_container(timer, struct ike_child, renew);
	const struct ike_child *other;

	ours->spare = false;
	if (ours->state != IKE_CHILD_INSTALLED &&
	    ours->state != IKE_CHILD_REKEYING)
		return;
	TAILQ_FOREACH(other, &ours->sa->children, link)
		if (ike_child_carries(other, ours))
			break;
	if (other)
		end_child(ours);
	else if (ours->state == IKE_CHILD_REKEYING)
		ike_child_rekey(ours);
}

void ikev2_cross_child(struct ike_child *ours)
{
	struct ike_engine *engine = ours->engine;
	struct ike_child *theirs = twin(ours);
	struct ike_sa *from = ours->rekeys ? ours->rekeys->sa : NULL;

	/* Has it moved here from a spare one? */
	if (from && from != ours->sa)
		from->ops->kick(from);
	if (!theirs)
		return;
	ike_log(ours->sa, IKE_LOG_INFO,
		"the peer asked for the same Child SA at the same time");
	if (ike_child_lowest_spi(ours) > ike_child_lowest_spi(theirs)) {
		end_child(theirs);
		return;
	}
	ours->spare = true;
	ours->renew.fn = child_due;
	ike_timer_set(&engine->timers, &ours->renew,
		      ike_now(engine) + SPARE_CHILD_MS);
}
