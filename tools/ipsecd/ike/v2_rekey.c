// SPDX-License-Identifier: GPL-2.0-or-later
/* CREATE_CHILD_SA that replaces the IKE SA (RFC 7296 sections 1.3.2, 2.18). */
#include "v2_message.h"
#include "v2_util.h"
#include "v2_collide.h"
#include "v2_cross.h"
#include "v2_init.h"

#include <errno.h>
#include <string.h>

/* The rule's proposals with the SPI of the new SA. */
static int offer(const struct policy_rule *rule, const uint8_t *spi,
		 struct ike_proposals *out)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; !rc && i < rule->ike.count; i++) {
		struct ike_proposal p = rule->ike.p[i];

		p.proto = IKE_PROTO_IKE;
		p.spi_len = IKE_SPI_LEN;
		memcpy(p.spi, spi, IKE_SPI_LEN);
		rc = ike_proposals_add(out, &p);
	}
	return rc;
}

static void put_payloads(struct ike_builder *b,
			 const struct ike_proposals *list,
			 const struct ikev2_nonce *nonce, uint16_t group,
			 const struct ike_dh *dh)
{
	const uint8_t *ke;
	size_t len;

	ikev2_sa_write(b, list);
	ike_bytes_write(b, IKEV2_NONCE, nonce->data, nonce->len);
	ke = ike_dh_public(dh, &len);
	ikev2_ke_write(b, group, ke, len);
}

/* One that waits for its keys: it neither begins nor answers anything. */
static struct ike_sa *new_sa(struct ike_sa *sa, bool initiator)
{
	struct ike_sa *next = ikev2_sa_new(sa->engine, initiator, &sa->path);

	if (!next)
		return NULL;
	ikev2_of(next)->state = IKEV2_AUTHENTICATING;
	ike_timer_stop(&sa->engine->timers, &next->abandon);
	next->story = sa->story;
	return next;
}

static int send_ask(struct ike_sa *sa)
{
	struct ikev2_request *r = &ikev2_of(sa)->request;
	const struct ike_transform *t =
		ike_proposal_get(&sa->chosen, IKE_TRANSFORM_KE);
	struct ikev2_chain c;
	int rc;

	if (!r->group)
		r->group = t ? t->id : 0;
	r->dh = ike_dh_new(r->group);
	if (!r->dh)
		return -EOPNOTSUPP;
	if (ikev2_nonce_make(sa->engine, &r->nonce, IKEV2_NONCE_LEN))
		return -EIO;
	rc = offer(sa->rule, r->spi, &r->offer);
	if (rc)
		return rc;
	ikev2_chain_start(&c);
	put_payloads(&c.b, &r->offer, &r->nonce, r->group, r->dh);
	return ikev2_request_send(sa, &c, IKEV2_CREATE_CHILD_SA);
}

static void start(struct ike_sa *sa, struct ike_sa *next)
{
	struct ikev2_request *r = &ikev2_of(sa)->request;
	struct ikev2_request failed;
	int rc;

	r->kind = IKEV2_DO_REKEY;
	memcpy(r->spi, next->our_spi, IKE_SPI_LEN);
	rc = send_ask(sa);
	if (!rc)
		return;
	ike_log_failure(sa, IKE_CAUSE_LOCAL, "the IKE SA cannot be rekeyed: %s",
			strerror(-rc));
	failed = ikev2_request_take(sa);
	ikev2_request_free(&failed);
	ikev2_end_soon(next, IPSECDRV_REFUSE_REASON_POLICY);
}

void ikev2_rekey_start(struct ike_sa *sa)
{
	struct ike_sa *next = new_sa(sa, true);

	if (!next)
		return;
	ike_log(sa, IKE_LOG_INFO, "rekeys the IKE SA");
	start(sa, next);
}

/* What the new SA has from the old one. */
static void inherit(const struct ike_sa *sa, struct ike_sa *next)
{
	const struct policy_rule *rule = ike_rule_now(sa->engine, sa->rule);
	const struct ikev2 *v = ikev2_of(sa);
	struct ikev2 *nv = ikev2_of(next);

	ike_sa_set_rule(next, rule);
	next->auth = &rule->auth[sa->auth - sa->rule->auth];
	next->local_id = sa->local_id;
	next->remote_id = sa->remote_id;
	next->path = sa->path;
	ikev2_redirect_inherit(sa, next);
	next->nat_local = sa->nat_local;
	next->nat_remote = sa->nat_remote;
	next->encap = sa->encap;
	nv->fragmentation = v->fragmentation;
	nv->hashes = v->hashes;
	nv->childless = v->childless;
	nv->natd = v->natd;
	nv->mixed = v->mixed;
	ikev2_cross_rekeyed(sa, next);
}

static int derive(struct ike_sa *sa, struct ike_sa *next, struct ike_dh *dh,
		  struct ike_blob peer_ke, const struct ikev2_nonce *ni,
		  const struct ikev2_nonce *nr)
{
	struct ikev2 *nv = ikev2_of(next);
	uint8_t secret[IKE_KE_MAX];
	size_t len = sizeof(secret);
	int rc = ike_dh_shared(dh, peer_ke.data, peer_ke.len, secret, &len);

	if (rc)
		return rc;
	rc = ikev2_keys_derive(&nv->keys, &next->chosen, &ikev2_of(sa)->keys,
			       (struct ike_blob){ secret, len },
			       ikev2_nonce_blob(ni), ikev2_nonce_blob(nr),
			       ike_sa_spi_i(next), ike_sa_spi_r(next));
	ike_wipe(secret, sizeof(secret));
	if (rc)
		return rc;
	nv->keyed = true;
	ikev2_keylog(next, &nv->keys);
	return 0;
}

static void establish(struct ike_sa *sa, struct ike_sa *next)
{
	char text[IKE_PROPOSAL_STRLEN];

	inherit(sa, next);
	ikev2_of(next)->state = IKEV2_UP;
	ike_sa_establish(next);
	sa->engine->counters.ike_rekeys++;
	ike_log_made(next, true, "IKE SA rekeyed: %s",
		     ike_proposal_text(&next->chosen, text, sizeof(text)));
}

/* The proposal with the peer's SPI, and its KE and nonce. */
static int take_choice(struct ike_sa *next, const struct ikev2_request *r,
		       const struct ike_message *m, struct ike_ke *ke,
		       struct ikev2_nonce *nr)
{
	const struct ike_payload *sap = ikev2_payload_one(m, IKEV2_SA);
	const struct ike_payload *kep = ikev2_payload_one(m, IKEV2_KE);
	static const uint8_t zero[IKE_SPI_LEN];
	struct ike_proposals list = { 0 };
	const struct ike_transform *t;
	int rc = -EBADMSG;

	if (!sap || !kep || ikev2_nonce_read(m, nr) || ikev2_ke_read(kep, ke) ||
	    ikev2_sa_read(sap, &list))
		goto out;
	if (list.count != 1 || list.p[0].spi_len != IKE_SPI_LEN ||
	    !memcmp(list.p[0].spi, zero, IKE_SPI_LEN) ||
	    ike_proposal_check(&r->offer, &list.p[0], true))
		goto out;
	t = ike_proposal_get(&list.p[0], IKE_TRANSFORM_KE);
	if (!t || t->id != r->group || ke->group != r->group)
		goto out;
	next->chosen = list.p[0];
	next->chosen.spi_len = 0;
	memcpy(next->peer_spi, list.p[0].spi, IKE_SPI_LEN);
	rc = 0;
out:
	ike_proposals_free(&list);
	return rc;
}

static bool other_group(struct ike_sa *sa, struct ike_sa *next,
			struct ikev2_request *r, const struct ike_message *m)
{
	struct ikev2_request *again = &ikev2_of(sa)->request;
	struct ike_notify n;
	uint16_t group;

	if (!ikev2_notify_find(m, IKEV2_INVALID_KE_PAYLOAD, &n) || n.len != 2)
		return false;
	group = n.data[0] << 8 | n.data[1];
	if (group == r->group || r->groups >= IKEV2_KE_MAX ||
	    !ikev2_offers_group(&r->offer, group))
		return false;
	again->group = group;
	again->groups = r->groups + 1;
	again->rival = r->rival;
	again->rival_nonce = r->rival_nonce;
	memcpy(again->rival_spi, r->rival_spi, IKE_SPI_LEN);
	start(sa, next);
	return true;
}

static void failed(struct ike_sa *sa, struct ike_sa *next, struct ike_sa *rival,
		   uint16_t error)
{
	ike_sa_free(next, IPSECDRV_REFUSE_REASON_POLICY);
	if (sa->state != IKE_SA_ESTABLISHED)
		return;
	if (rival) {
		ikev2_collide_settle(sa, rival);
		return;
	}
	if (error == IKEV2_TEMPORARY_FAILURE && ikev2_hold(sa)) {
		ike_sa_queue(sa, IKE_TASK_REKEY, NULL);
		return;
	}
	ike_log_failure(sa, ike_cause_of_notify(2, error, false),
			"the peer does not rekey the IKE SA: %s; it ends when "
			"its lifetime is over",
			ike_notify_name(2, error));
}

/* One of two that were made at once ends, by whoever made it. */
static void decide(struct ike_sa *sa, struct ike_sa *next, struct ike_sa *rival,
		   bool wins)
{
	struct ike_sa *ends = sa;

	if (!wins || sa->state != IKE_SA_ESTABLISHED) {
		ends = next;
		if (rival)
			ikev2_collide_settle(sa, rival);
	} else {
		if (rival)
			ikev2_collide_leave(rival);
		ikev2_collide_settle(sa, next);
	}
	ike_sa_queue(ends, IKE_TASK_DELETE, NULL);
	ends->ops->kick(ends);
}

/**
 * ikev2_rekey_response() - the answer to our rekey of the IKE SA
 */
void ikev2_rekey_response(struct ike_sa *sa, struct ikev2_request *r,
			  struct ike_message *m)
{
	struct ike_sa *next = ike_engine_find(sa->engine, r->spi);
	struct ike_sa *rival = ikev2_collide_rival(sa, r);
	struct ikev2_nonce nr;
	struct ike_notify n;
	struct ike_ke ke;
	uint16_t error = ikev2_notify_error(m, &n);

	if (!next || other_group(sa, next, r, m))
		return;
	if (error || take_choice(next, r, m, &ke, &nr) ||
	    derive(sa, next, r->dh, (struct ike_blob){ ke.data, ke.len },
		   &r->nonce, &nr)) {
		failed(sa, next, rival, error ? error : IKEV2_INVALID_SYNTAX);
		return;
	}
	establish(sa, next);
	ikev2_of(sa)->holds = 0;
	decide(sa, next, rival, !rival || ikev2_collide_wins(r, &nr));
}

/* What the peer asks for, and what is made of it. */
struct wish {
	struct ike_sa *sa;
	const struct ike_message *m;
	struct ike_ke ke;
	struct ikev2_nonce ni;
	struct ikev2_nonce nr;
	struct ike_proposal chosen;
	uint16_t group;
};

static uint16_t read_wish(struct wish *w)
{
	const struct ike_payload *sap = ikev2_payload_one(w->m, IKEV2_SA);
	const struct ike_payload *kep = ikev2_payload_one(w->m, IKEV2_KE);
	static const uint8_t zero[IKE_SPI_LEN];
	struct ike_proposals theirs = { 0 };
	const struct ike_transform *t;
	uint16_t error = IKEV2_NO_PROPOSAL_CHOSEN;

	if (!sap || !kep || ikev2_nonce_read(w->m, &w->ni) ||
	    ikev2_ke_read(kep, &w->ke) || ikev2_sa_read(sap, &theirs))
		return IKEV2_INVALID_SYNTAX;
	if (ike_proposal_choose(&w->sa->rule->ike, &theirs, true, &w->chosen) ||
	    w->chosen.spi_len != IKE_SPI_LEN ||
	    !memcmp(w->chosen.spi, zero, IKE_SPI_LEN))
		goto out;
	t = ike_proposal_get(&w->chosen, IKE_TRANSFORM_KE);
	w->group = t ? t->id : 0;
	if (w->ke.group != w->group)
		error = IKEV2_INVALID_KE_PAYLOAD;
	else
		error = w->ke.len == ike_dh_public_len(w->group) ?
				0 :
				IKEV2_INVALID_SYNTAX;
out:
	ike_proposals_free(&theirs);
	return error;
}

static uint16_t answer(struct wish *w, struct ike_sa *next,
		       struct ike_builder *b)
{
	struct ike_dh *dh = ike_dh_new(w->group);
	struct ike_proposal p = w->chosen;
	struct ike_proposals list = { 1, &p };
	uint16_t error = IKEV2_TEMPORARY_FAILURE;

	next->chosen = w->chosen;
	next->chosen.spi_len = 0;
	memcpy(next->peer_spi, w->chosen.spi, IKE_SPI_LEN);
	memcpy(p.spi, next->our_spi, IKE_SPI_LEN);
	if (!dh || ikev2_nonce_make(w->sa->engine, &w->nr, IKEV2_NONCE_LEN))
		goto out;
	error = IKEV2_INVALID_SYNTAX;
	if (derive(w->sa, next, dh, (struct ike_blob){ w->ke.data, w->ke.len },
		   &w->ni, &w->nr))
		goto out;
	put_payloads(b, &list, &w->nr, w->group, dh);
	error = 0;
out:
	ike_dh_free(dh);
	return error;
}

/**
 * ikev2_rekey_request() - the peer replaces the IKE SA
 */
void ikev2_rekey_request(struct ike_sa *sa, const struct ike_path *from,
			 struct ike_message *m)
{
	struct wish w = { .sa = sa, .m = m };
	struct ike_sa *next = NULL;
	uint16_t error = ikev2_collide_rekey(sa);
	struct ikev2_chain c;
	uint8_t group[2];

	if (!error)
		error = read_wish(&w);
	if (!error) {
		next = new_sa(sa, false);
		ikev2_chain_start(&c);
		error = next ? answer(&w, next, &c.b) : IKEV2_TEMPORARY_FAILURE;
	}
	if (error) {
		group[0] = w.group >> 8;
		group[1] = w.group & 0xff;
		ikev2_answer_notify(
			sa, m, from, error, group,
			error == IKEV2_INVALID_KE_PAYLOAD ? sizeof(group) : 0);
		if (next)
			ike_sa_free(next, IPSECDRV_REFUSE_REASON_POLICY);
		return;
	}
	establish(sa, next);
	ikev2_answer_send(sa, m, from, &c);
	ikev2_collide_answered(sa, next, &w.ni, &w.nr);
}
