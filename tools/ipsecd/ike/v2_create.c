// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CREATE_CHILD_SA: a new Child SA, or one in place of another (RFC 7296
 * sections 1.3.1 and 1.3.3).
 */
#include "v2_message.h"
#include "v2_util.h"
#include "v2_child.h"
#include "v2_collide.h"
#include "v2_cross.h"

#include <errno.h>
#include <string.h>

#define DELETE_AFTER_MS 100 /* a peer that answers first has the keys by then */

static uint8_t ike_proto(const struct ike_child *child)
{
	return child->proto[0].proto == IPSECDRV_PROTO_AH ? IKE_PROTO_AH :
							    IKE_PROTO_ESP;
}

static void put_rekey(struct ike_builder *b, const struct ike_child *old)
{
	uint32_t spi = old->proto[0].spi_in;
	uint8_t be[4] = { spi >> 24, spi >> 16, spi >> 8, spi };

	ikev2_notify_write(b, ike_proto(old), IKEV2_REKEY_SA, be, sizeof(be),
			   NULL, 0);
}

/* r says what for, and which group is wanted. */
static int send_ask(struct ike_sa *sa, struct ike_child *child,
		    const struct ike_child *old)
{
	struct ikev2_request *r = &ikev2_of(sa)->request;
	struct ikev2_chain c;
	int rc;

	if (!r->nonce.len &&
	    ikev2_nonce_make(sa->engine, &r->nonce, IKEV2_NONCE_LEN))
		return -EIO;
	r->child = child->owner;
	r->old = old ? old->owner : 0;
	ikev2_chain_start(&c);
	if (old)
		put_rekey(&c.b, old);
	rc = ikev2_child_ask(sa, child, r, &c.b);
	if (!rc)
		rc = ikev2_request_send(sa, &c, IKEV2_CREATE_CHILD_SA);
	return rc;
}

/* What was begun comes to nothing; the one to be rekeyed goes on. */
static void drop(struct ike_child *child, enum ipsecdrv_refuse_reason reason)
{
	ike_child_refuse(child, reason);
	ike_child_free(child);
}

static void start(struct ike_sa *sa, struct ike_child *child,
		  struct ike_child *old)
{
	struct ikev2_request r;
	int rc;

	ike_log_child_begin(child);
	rc = send_ask(sa, child, old);
	if (!rc)
		return;
	r = ikev2_request_take(sa);
	ikev2_request_free(&r);
	ike_log_child_failure(sa, child, IKE_CAUSE_LOCAL,
			      "CREATE_CHILD_SA cannot be sent: %s; see the "
			      "rule's methods, and the driver",
			      strerror(-rc));
	drop(child, IPSECDRV_REFUSE_REASON_POLICY);
}

void ikev2_create_start(struct ike_sa *sa, struct ike_child *child)
{
	if (child->state != IKE_CHILD_NEW)
		return;
	if (ikev2_cross_served(child)) {
		ike_child_served(child);
		ike_child_free(child);
		return;
	}
	ikev2_of(sa)->request.kind = IKEV2_DO_CHILD;
	start(sa, child, NULL);
}

void ikev2_rekey_child_start(struct ike_sa *sa, struct ike_child *old)
{
	struct ike_child *child;

	/* The peer was faster, or it ends. */
	if ((old->state != IKE_CHILD_REKEYING &&
	     old->state != IKE_CHILD_INSTALLED) ||
	    !old->id)
		return;
	/* Its turn may come yet, if it stays: v2_cross.c. */
	if (old->spare)
		return;
	child = ike_child_again(sa, old);
	old->state = IKE_CHILD_REKEYING;
	if (!child) {
		ike_child_renew_failed(old);
		return;
	}
	ikev2_of(sa)->request.kind = IKEV2_DO_REKEY_CHILD;
	start(sa, child, old);
}

/* The group that the peer wants, if we offered it. */
static bool other_group(struct ike_sa *sa, struct ikev2_request *r,
			struct ike_child *child, struct ike_child *old,
			const struct ike_message *m)
{
	struct ikev2_request *next = &ikev2_of(sa)->request;
	struct ike_notify n;
	uint16_t group;

	if (!ikev2_notify_find(m, IKEV2_INVALID_KE_PAYLOAD, &n) || n.len != 2)
		return false;
	group = n.data[0] << 8 | n.data[1];
	if (!group || group == r->group || r->groups >= IKEV2_KE_MAX ||
	    !ikev2_offers_group(&r->offer, group))
		return false;
	ike_log(sa, IKE_LOG_INFO, "the peer wants %s for the Child SA",
		ike_transform_name(IKE_TRANSFORM_KE, group));
	next->kind = r->kind;
	next->group = group;
	next->groups = r->groups + 1;
	next->rival = r->rival;
	next->rival_child = r->rival_child;
	next->rival_nonce = r->rival_nonce;
	start(sa, child, old);
	return true;
}

/* Not now: the same again after a while. */
static bool try_later(struct ike_sa *sa, struct ike_child *child,
		      struct ike_child *old, bool rekey)
{
	if (rekey && (!old || old->state != IKE_CHILD_REKEYING))
		return false;
	if (!ikev2_hold(sa))
		return false;
	if (rekey) {
		ike_child_free(child);
		old->state = IKE_CHILD_REKEYING;
		ike_sa_queue(sa, IKE_TASK_REKEY_CHILD, old);
	} else {
		ike_sa_queue(sa, IKE_TASK_CHILD, child);
	}
	return true;
}

/* The peer knows nothing of the old one: a new one, if it is still needed. */
static bool begin_anew(struct ike_sa *sa, struct ike_child *child,
		       struct ike_child *old)
{
	if (!old || old->state != IKE_CHILD_REKEYING)
		return false;
	ike_log(sa, IKE_LOG_NOTICE,
		"the peer has no Child SA 0x%08x any more; negotiates anew",
		old->proto[0].spi_in);
	ike_child_set_rekeys(child, NULL);
	ike_child_free(old);
	ike_sa_queue(sa, IKE_TASK_CHILD, child);
	return true;
}

static bool single_pair(struct ike_sa *sa, struct ike_child *child)
{
	if (!child->has_packet)
		return false;
	child->has_packet = false;
	child->local = child->packet_local;
	child->remote = child->packet_remote;
	ike_sa_queue(sa, IKE_TASK_CHILD, child);
	return true;
}

static bool recover(struct ike_sa *sa, struct ike_child *child,
		    struct ikev2_request *r, uint16_t error)
{
	struct ike_child *old = r->old ? ikev2_child(sa, r->old) : NULL;
	bool rekey = r->kind == IKEV2_DO_REKEY_CHILD;

	switch (error) {
	case IKEV2_TEMPORARY_FAILURE:
		return try_later(sa, child, old, rekey);
	case IKEV2_CHILD_SA_NOT_FOUND:
		return rekey && begin_anew(sa, child, old);
	case IKEV2_SINGLE_PAIR_REQUIRED:
		return !rekey && single_pair(sa, child);
	default:
		return false;
	}
}

void ikev2_create_failed(struct ike_sa *sa, struct ike_child *child,
			 struct ikev2_request *r, uint16_t error, bool made)
{
	struct ike_child *old = r->old ? ikev2_child(sa, r->old) : NULL;
	bool rekey = r->kind == IKEV2_DO_REKEY_CHILD;

	if (!made && recover(sa, child, r, error))
		return;
	/* Another has taken its place already, or it ended: nothing is lost. */
	if (!made && rekey && (!old || old->state != IKE_CHILD_REKEYING)) {
		ike_child_free(child);
		return;
	}
	ike_log_child_failure(
		sa, child, ike_cause_of_notify(2, error, true),
		made ? "the peer's answer for the Child SA is not what "
		       "was asked for (%s)" :
		       "the peer refuses the Child SA: %s; compare "
		       "selectors, mode and methods of both sides",
		ike_notify_name(2, error));
	if (!made) {
		drop(child, ikev2_refuse_reason(error));
		return;
	}
	if (old) {
		ike_child_set_rekeys(child, NULL);
		ike_child_renew_failed(old);
	}
	ike_child_refuse(child, ikev2_refuse_reason(error));
	ike_sa_queue(sa, IKE_TASK_DELETE_CHILD, child);
}

void ikev2_create_done(struct ike_child *child)
{
	struct ike_child *old = child->rekeys;

	if (old)
		ike_child_retire(old, old->hurried ? 0 : DELETE_AFTER_MS);
}

/* Ours stays: the old one ends, and the peer ends the one it made meanwhile. */
static void won(struct ike_sa *sa, struct ikev2_request *r,
		struct ike_child *child)
{
	struct ike_child *rival = r->rival ? ikev2_child(sa, r->rival_child) :
					     NULL;

	ikev2_of(sa)->holds = 0;
	if (rival)
		ike_child_set_rekeys(rival, NULL);
	ikev2_create_done(child);
}

/* Its SPI is reserved for a while yet: the driver has no call to give it back. */
static void lost(struct ike_sa *sa, struct ike_child *child)
{
	ike_log(sa, IKE_LOG_INFO,
		"the peer rekeyed at the same time, and its Child SA stays");
	ike_child_set_rekeys(child, NULL);
	ike_sa_queue(sa, IKE_TASK_DELETE_CHILD, child);
}

/**
 * ikev2_create_response() - the answer to our CREATE_CHILD_SA for a Child SA
 */
void ikev2_create_response(struct ike_sa *sa, struct ikev2_request *r,
			   struct ike_message *m)
{
	struct ike_child *child = ikev2_child(sa, r->child);
	struct ike_child *old = r->old ? ikev2_child(sa, r->old) : NULL;
	struct ikev2_nonce nr;
	bool wins = true, made;
	uint16_t error;

	if (!child || other_group(sa, r, child, old, m))
		return;
	if (r->rival && ikev2_child(sa, r->rival_child) &&
	    !ikev2_nonce_read(m, &nr))
		wins = ikev2_collide_wins(r, &nr);
	error = ikev2_child_take(sa, child, r, m, wins, &made);
	if (error)
		ikev2_create_failed(sa, child, r, error, made);
	else if (wins)
		won(sa, r, child);
	else
		lost(sa, child);
	if (!error && wins && ikev2_collide_is_deleted(r, child))
		ike_child_free(child);
	else if (!error && !r->old)
		ikev2_cross_child(child);
}

/* Which one the peer rekeys: its SPI is the one we send to. */
static uint16_t find_old(struct ike_sa *sa, const struct ike_notify *n,
			 struct ike_child **old)
{
	uint32_t spi;

	if (n->spi_len != 4 ||
	    (n->proto != IKE_PROTO_ESP && n->proto != IKE_PROTO_AH))
		return IKEV2_CHILD_SA_NOT_FOUND;
	spi = (uint32_t)n->spi[0] << 24 | n->spi[1] << 16 | n->spi[2] << 8 |
	      n->spi[3];
	*old = ike_child_by_spi_out(sa, n->proto, spi);
	return ikev2_collide_rekey_child(sa, *old);
}

static uint16_t give(struct ike_sa *sa, struct ikev2_child_answer *a,
		     const struct ike_message *m, struct ike_builder *b)
{
	struct ike_notify n;
	uint16_t error = ikev2_collide_child(sa);

	if (!error && ikev2_notify_find(m, IKEV2_REKEY_SA, &n))
		error = find_old(sa, &n, &a->old);
	if (error == IKEV2_CHILD_SA_NOT_FOUND) {
		ikev2_notify_write(b, n.proto, error, n.spi, n.spi_len, NULL,
				   0);
		return error;
	}
	if (!error && (ikev2_nonce_read(m, &a->ni) ||
		       ikev2_nonce_make(sa->engine, &a->nr, IKEV2_NONCE_LEN)))
		error = IKEV2_INVALID_SYNTAX;
	if (!error)
		error = ikev2_child_give(sa, a, m, b);
	if (error == IKEV2_INVALID_KE_PAYLOAD) {
		uint8_t group[2] = { a->group >> 8, a->group & 0xff };

		ikev2_notify_put(b, error, group, sizeof(group));
	} else if (error) {
		ikev2_notify_put(b, error, NULL, 0);
	}
	return error;
}

static bool is_ike(const struct ike_message *m)
{
	const struct ike_payload *p = ike_payload_get(m, IKEV2_SA);
	struct ike_proposals list = { 0 };
	bool ike;

	if (!p || ikev2_sa_read(p, &list))
		return false;
	ike = list.count && list.p[0].proto == IKE_PROTO_IKE;
	ike_proposals_free(&list);
	return ike;
}

void ikev2_create_request(struct ike_sa *sa, const struct ike_path *from,
			  struct ike_message *m)
{
	struct ikev2_child_answer a = { .create = true };
	struct ikev2_chain c;
	uint16_t error;

	ikev2_collide_used(sa);
	if (is_ike(m)) {
		ikev2_rekey_request(sa, from, m);
		return;
	}
	ikev2_chain_start(&c);
	error = give(sa, &a, m, &c.b);
	ikev2_answer_send(sa, m, from, &c);
	if (!error && a.old)
		ikev2_collide_child_answered(sa, a.old, &a);
}
