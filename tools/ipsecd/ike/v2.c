// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Version 2: which message goes where. A table says what each state takes; a
 * message that is not in it is dropped, and changes nothing.
 */
#include "v2_message.h"
#include "v2_util.h"
#include "v2_init.h"
#include "v2_auth.h"
#include "v2_child.h"
#include "v2_collide.h"

#include <errno.h>
#include <string.h>

/* What the peer may ask for in a state. */
typedef void request_fn(struct ike_sa *sa, const struct ike_path *from,
			struct ike_message *m);

static request_fn *request_of(const struct ike_sa *sa, uint8_t exchange)
{
	enum ikev2_state state = ikev2_of(sa)->state;

	if (state == IKEV2_AUTHENTICATING && !sa->initiator &&
	    exchange == IKEV2_AUTH)
		return ikev2_auth_request;
	if (state != IKEV2_UP)
		return NULL;
	switch (exchange) {
	case IKEV2_CREATE_CHILD_SA:
		return ikev2_create_request;
	case IKEV2_INFORMATIONAL:
		return ikev2_info_request;
	default:
		return NULL;
	}
}

/* An authentic request with a new message ID: it is answered in any case. */
static void handle_request(struct ike_sa *sa, const struct ike_path *from,
			   struct ike_message *m, bool chain)
{
	request_fn *fn = request_of(sa, m->hdr.exchange);
	const struct ike_payload *unknown;
	uint8_t type;

	unknown = chain ? ikev2_unknown_critical(m) : NULL;
	if (chain && !unknown) {
		fn(sa, from, m);
		return;
	}
	type = unknown ? unknown->type : 0;
	ikev2_answer_notify(sa, m, from,
			    unknown ? IKEV2_UNSUPPORTED_CRITICAL_PAYLOAD :
				      IKEV2_INVALID_SYNTAX,
			    &type, unknown ? 1 : 0);
	if (sa->state == IKE_SA_CONNECTING)
		ikev2_end_after(sa, IPSECDRV_REFUSE_REASON_POLICY,
				IKEV2_LINGER);
}

static void handle_response(struct ike_sa *sa, struct ike_message *m)
{
	struct ikev2_request r = ikev2_request_take(sa);

	switch (r.kind) {
	case IKEV2_DO_AUTH:
		ikev2_auth_response(sa, &r, m);
		break;
	case IKEV2_DO_CHILD:
	case IKEV2_DO_REKEY_CHILD:
		ikev2_create_response(sa, &r, m);
		break;
	case IKEV2_DO_REKEY:
		ikev2_rekey_response(sa, &r, m);
		break;
	default:
		ikev2_info_response(sa, &r);
		break;
	}
	ikev2_request_free(&r);
}

/* Keys of a responder are made when the first message needs them. */
static bool keys_ready(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_blob ke = { v->peer_ke.data, v->peer_ke.len };

	if (v->keyed)
		return true;
	if (v->state != IKEV2_AUTHENTICATING || sa->initiator || !v->dh)
		return false;
	if (!ikev2_init_keys(sa, ke))
		return true;
	ike_log_failure(sa, IKE_CAUSE_REFUSED,
			"the peer's key exchange value is not valid; its "
			"IKE is broken, or somebody attacks");
	ikev2_end_soon(sa, IPSECDRV_REFUSE_REASON_POLICY);
	return false;
}

static void protected_request(struct ike_sa *sa, const struct ike_path *from,
			      struct ike_message *m)
{
	uint8_t plain[IKE_MESSAGE_MAX];
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_print print;
	bool first;
	int rc;

	if (m->hdr.id + 1 == v->expected && v->expected) {
		ikev2_repeat(sa, from, m);
		return;
	}
	if (m->hdr.id != v->expected) {
		sa->engine->counters.wrong_id++;
		return;
	}
	if (!request_of(sa, m->hdr.exchange) || !keys_ready(sa)) {
		sa->engine->counters.unexpected++;
		return;
	}
	first = ikev2_print_make(m, &print);
	rc = ikev2_message_open(sa, m, plain);
	if (rc == -EBADMSG) {
		sa->engine->counters.not_authentic++;
		return;
	}
	if (first)
		v->answered.print = print;
	if (rc == -EAGAIN)
		return;
	v->expected++;
	ikev2_nat_moved(sa, from);
	ike_sa_heard(sa);
	handle_request(sa, from, m, !rc);
}

static void protected_response(struct ike_sa *sa, const struct ike_path *from,
			       struct ike_message *m)
{
	uint8_t plain[IKE_MESSAGE_MAX];
	struct ikev2 *v = ikev2_of(sa);
	int rc;

	if (!v->request.kind || m->hdr.id != v->request.id ||
	    m->hdr.exchange != v->request.exchange) {
		sa->engine->counters.wrong_id++;
		return;
	}
	if (!v->keyed || v->state == IKEV2_FAILED) {
		sa->engine->counters.unexpected++;
		return;
	}
	if (ikev2_lost_hint(sa, m))
		return;
	rc = ikev2_message_open(sa, m, plain);
	if (rc == -EBADMSG)
		sa->engine->counters.not_authentic++;
	if (rc == -EBADMSG || rc == -EAGAIN)
		return;
	sa->lost = false;
	/* A chain that cannot be read says nothing; neither does a repetition. */
	if (rc)
		m->payloads = 0;
	ikev2_nat_moved(sa, from);
	ike_sa_heard(sa);
	handle_response(sa, m);
}

static bool spis_match(const struct ike_sa *sa, const struct ike_header *h)
{
	return !memcmp(h->spi_i, ike_sa_spi_i(sa), IKE_SPI_LEN) &&
	       !memcmp(h->spi_r, ike_sa_spi_r(sa), IKE_SPI_LEN);
}

static void init_message(struct ike_sa *sa, const struct ike_path *from,
			 struct ike_message *m)
{
	struct ikev2 *v = ikev2_of(sa);

	if (!(m->hdr.flags & IKEV2_FLAG_RESPONSE)) {
		ikev2_init_repeat(sa, from, m);
		return;
	}
	if (v->state != IKEV2_INIT || m->hdr.id ||
	    memcmp(m->hdr.spi_i, sa->our_spi, IKE_SPI_LEN) ||
	    v->request.kind != IKEV2_DO_INIT || ikev2_unknown_critical(m)) {
		sa->engine->counters.unexpected++;
		return;
	}
	ikev2_init_response(sa, from, m);
}

/* Finds out whether the SA has survived its message. */
static void message(struct ike_sa *sa, const struct ike_path *from,
		    struct ike_message *m)
{
	struct ike_engine *engine = sa->engine;
	uint8_t spi[IKE_SPI_LEN];

	if (!(m->hdr.flags & IKEV2_FLAG_INITIATOR) != sa->initiator) {
		engine->counters.unexpected++;
		return;
	}
	memcpy(spi, sa->our_spi, sizeof(spi));
	if (m->hdr.exchange == IKEV2_SA_INIT)
		init_message(sa, from, m);
	else if (!spis_match(sa, &m->hdr))
		engine->counters.invalid_cookies++;
	else if (m->hdr.flags & IKEV2_FLAG_RESPONSE)
		protected_response(sa, from, m);
	else
		protected_request(sa, from, m);
	sa = ike_engine_find(engine, spi);
	if (sa)
		sa->ops->kick(sa);
}

static void resume(struct ike_sa *sa)
{
	struct ike_engine *engine = sa->engine;
	uint8_t spi[IKE_SPI_LEN];

	memcpy(spi, sa->our_spi, sizeof(spi));
	ikev2_wait_resume(sa);
	sa = ike_engine_find(engine, spi);
	if (sa)
		sa->ops->kick(sa);
}

static unsigned int kept(const struct ike_sa *sa)
{
	const struct ikev2 *v = ikev2_of(sa);

	return ike_frag_count(v->frag_request) +
	       ike_frag_count(v->frag_response) + (v->state == IKEV2_OCSP);
}

const struct ike_ops ikev2_ops = {
	.message = message,
	.kick = ikev2_kick,
	.resume = resume,
	.kept = kept,
	.free = ikev2_free,
};
