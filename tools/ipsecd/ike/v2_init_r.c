// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_SA_INIT as responder. Whoever sends it has proven nothing: what is
 * malformed gets no answer, and while many wait, nothing is computed or kept
 * before a cookie came back (RFC 7296 section 2.6). An answer that is longer
 * than the request goes only to an address that has sent a cookie back, and no
 * key is made for it before.
 */
#include "v2_message.h"
#include "v2_util.h"
#include "v2_init.h"
#include "v2_proof.h"

#include <string.h>

/* The request, and what is answered. */
struct init {
	struct ike_engine *engine;
	const struct ike_path *path;
	const struct ike_message *m;
	struct ikev2_nonce ni;
	struct ike_ke ke;
	const struct ike_payload *sa;
	const struct policy_rule *rule; /* the first that could be meant */
	struct ike_proposal chosen;
	bool proven; /* a cookie came back */
};

static void start_answer(const struct init *in, const uint8_t *spi_r,
			 struct ike_builder *b, uint8_t *buf, size_t size)
{
	struct ike_header h = {
		.version = IKE_V2,
		.exchange = IKEV2_SA_INIT,
		.flags = IKEV2_FLAG_RESPONSE,
	};

	memcpy(h.spi_i, in->m->hdr.spi_i, IKE_SPI_LEN);
	if (spi_r)
		memcpy(h.spi_r, spi_r, IKE_SPI_LEN);
	ike_build(b, buf, size, &h);
}

/* An answer that leaves nothing behind here. */
static void answer_notify(const struct init *in, uint16_t type,
			  const void *data, size_t len)
{
	struct ike_builder b;
	uint8_t buf[256];
	size_t size;

	start_answer(in, NULL, &b, buf, sizeof(buf));
	ikev2_notify_put(&b, type, data, len);
	size = ike_build_finish(&b);
	if (size && size <= in->m->raw_len)
		ike_send(in->engine, in->path, buf, size);
}

static bool parse(struct init *in)
{
	const struct ike_message *m = in->m;
	const struct ike_payload *ke = ikev2_payload_one(m, IKEV2_KE);
	struct ike_sa *own;

	in->sa = ikev2_payload_one(m, IKEV2_SA);
	if (!(m->hdr.flags & IKEV2_FLAG_INITIATOR) || !in->sa || !ke ||
	    ikev2_nonce_read(m, &in->ni) || ikev2_ke_read(ke, &in->ke)) {
		in->engine->counters.invalid_packets++;
		return false;
	}
	/* Our own request, which somebody sends back. */
	own = ike_engine_find(in->engine, m->hdr.spi_i);
	if (own && own->initiator) {
		in->engine->counters.unexpected++;
		return false;
	}
	return true;
}

static bool has_cookie(const struct init *in)
{
	struct ike_notify n;

	return ikev2_notify_find(in->m, IKEV2_COOKIE, &n) &&
	       ike_cookie_good(in->engine, in->path, in->m->hdr.spi_i,
			       ikev2_nonce_blob(&in->ni), n.data, n.len);
}

static void ask_cookie(const struct init *in)
{
	uint8_t cookie[IKE_COOKIE_LEN];

	if (ike_cookie_make(in->engine, in->path, in->m->hdr.spi_i,
			    ikev2_nonce_blob(&in->ni), cookie, sizeof(cookie)))
		return;
	in->engine->counters.cookies_sent++;
	answer_notify(in, IKEV2_COOKIE, cookie, sizeof(cookie));
}

static bool pass_cookie(struct init *in)
{
	in->proven = has_cookie(in);
	if (in->proven || !ike_cookie_wanted(in->engine))
		return true;
	ask_cookie(in);
	return false;
}

/* Which rule it will be is known from the identity only. */
static bool choose(struct init *in)
{
	struct ike_engine *engine = in->engine;
	const struct policy_rule *rule = NULL;
	struct ike_proposals theirs = { 0 };
	char path[IKE_PATH_STRLEN];
	bool any = false;

	if (ikev2_sa_read(in->sa, &theirs)) {
		engine->counters.invalid_packets++;
		return false;
	}
	while (!in->rule &&
	       (rule = policy_rule_next(engine->policy, rule, &in->path->local,
					&in->path->remote, 2))) {
		any |= rule->auths > 0;
		if (rule->auths && !ike_proposal_choose(&rule->ike, &theirs,
							true, &in->chosen))
			in->rule = rule;
	}
	ike_proposals_free(&theirs);
	if (in->rule)
		return true;
	ike_path_text(in->path, path, sizeof(path));
	if (!any) {
		engine->counters.no_rule++;
		ike_log_engine(engine, IKE_LOG_INFO,
			       "%s: IKE_SA_INIT of a peer that no rule names",
			       path);
		return false;
	}
	engine->counters.negotiation_failures++;
	ike_failure_note_peer(engine, in->path, IKE_CAUSE_NO_PROPOSAL,
			      "no proposal of the peer is in a rule for it");
	ike_log_engine(engine, IKE_LOG_NOTICE,
		       "%s: no proposal of the peer is in a rule for it; "
		       "compare the rules' ike proposals with the peer's",
		       path);
	answer_notify(in, IKEV2_NO_PROPOSAL_CHOSEN, NULL, 0);
	return false;
}

static bool right_group(const struct init *in)
{
	const struct ike_transform *t =
		ike_proposal_get(&in->chosen, IKE_TRANSFORM_KE);
	uint16_t group = t ? t->id : 0;
	uint8_t be[2] = { group >> 8, group & 0xff };

	if (!ike_dh_known(group))
		return false;
	if (in->ke.group == group) {
		if (in->ke.len == ike_dh_public_len(group))
			return true;
		in->engine->counters.invalid_packets++;
		return false;
	}
	answer_notify(in, IKEV2_INVALID_KE_PAYLOAD, be, sizeof(be));
	return false;
}

static bool wants_ppk(const struct init *in)
{
	const struct policy_rule *rule = NULL;

	while ((rule = policy_rule_next(in->engine->policy, rule,
					&in->path->local, &in->path->remote,
					2)))
		if (rule->ppk != POLICY_NO)
			return true;
	return false;
}

/* Without a key of ours yet it is as long as with one. */
static size_t build(const struct init *in, struct ike_sa *sa, uint8_t *buf,
		    size_t size)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_proposals chosen = { 1, &sa->chosen };
	const uint8_t *ke = in->ke.data;
	size_t len = in->ke.len;
	struct ike_builder b;

	start_answer(in, sa->our_spi, &b, buf, size);
	ikev2_sa_write(&b, &chosen);
	if (v->dh)
		ke = ike_dh_public(v->dh, &len);
	ikev2_ke_write(&b, in->ke.group, ke, len);
	ike_bytes_write(&b, IKEV2_NONCE, v->nr.data, v->nr.len);
	if (ikev2_init_features(sa, &b, in->rule))
		return 0;
	ikev2_notify_put(&b, IKEV2_CHILDLESS_SUPPORTED, NULL, 0);
	if (v->ppk)
		ikev2_notify_put(&b, IKEV2_USE_PPK, NULL, 0);
	ikev2_proof_certreq(in->rule, &b);
	return ike_build_finish(&b);
}

static void learn(const struct init *in, struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);

	ike_sa_set_peer(sa, in->m->hdr.spi_i);
	sa->chosen = in->chosen;
	v->ni = in->ni;
	ikev2_init_learn(sa, in->m);
	v->fragmentation &= in->rule->fragmentation != POLICY_NO;
	v->ppk &= wants_ppk(in);
	if (in->rule->encap == POLICY_NO)
		return;
	ikev2_nat_read(sa, in->m, in->path);
	sa->encap = v->natd && (sa->nat_local || sa->nat_remote ||
				in->rule->encap == POLICY_YES);
}

static bool answer(const struct init *in, struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	uint8_t buf[IKE_MESSAGE_MAX];
	size_t len;

	learn(in, sa);
	if (ikev2_nonce_make(sa->engine, &v->nr, IKEV2_NONCE_LEN))
		return false;
	/* Known before the key is made, which costs much and the peer nothing. */
	if (!in->proven && build(in, sa, buf, sizeof(buf)) > in->m->raw_len) {
		ask_cookie(in);
		return false;
	}
	v->dh = ike_dh_new(in->ke.group);
	if (!v->dh || ikev2_bytes_set(&v->peer_ke, in->ke.data, in->ke.len) ||
	    ikev2_bytes_set(&v->init_got, in->m->raw, in->m->raw_len))
		return false;
	len = build(in, sa, buf, sizeof(buf));
	if (!len || ikev2_bytes_set(&v->init_sent, buf, len))
		return false;
	v->state = IKEV2_AUTHENTICATING;
	v->expected = 1;
	ike_sa_send(sa, buf, len);
	return true;
}

static void log_begin(struct ike_sa *sa)
{
	char path[IKE_PATH_STRLEN], text[IKE_PROPOSAL_STRLEN];

	ike_log_begin(sa, "IKE_SA_INIT of the peer: %s; agreed on %s",
		      ike_path_text(&sa->path, path, sizeof(path)),
		      ike_proposal_text(&sa->chosen, text, sizeof(text)));
}

/**
 * ikev2_respond() - the first message of a peer
 * @engine: the engine
 * @path: how it came
 * @m: an IKE_SA_INIT request for which there is no IKE SA
 */
void ikev2_respond(struct ike_engine *engine, const struct ike_path *path,
		   struct ike_message *m)
{
	struct init in = { .engine = engine, .path = path, .m = m };
	const struct ike_payload *unknown = ikev2_unknown_critical(m);
	struct ike_sa *sa;

	if (unknown) {
		answer_notify(&in, IKEV2_UNSUPPORTED_CRITICAL_PAYLOAD,
			      &unknown->type, 1);
		return;
	}
	if (!parse(&in) || !pass_cookie(&in) || !choose(&in) ||
	    !right_group(&in))
		return;
	sa = ikev2_sa_new(engine, false, path);
	if (!sa)
		return;
	if (!ike_limit_take(sa)) {
		ike_log(sa, IKE_LOG_INFO,
			"not begun: the peer has too many negotiations open");
		ike_sa_free(sa, IPSECDRV_REFUSE_REASON_POLICY);
		return;
	}
	if (!answer(&in, sa)) {
		ike_sa_free(sa, IPSECDRV_REFUSE_REASON_POLICY);
		return;
	}
	log_begin(sa);
}

/**
 * ikev2_init_repeat() - an IKE_SA_INIT request for which there is an IKE SA
 *
 * Answered again only if it is the same request, and while the peer can still
 * need it.
 */
void ikev2_init_repeat(struct ike_sa *sa, const struct ike_path *from,
		       const struct ike_message *m)
{
	struct ikev2 *v = ikev2_of(sa);

	if (sa->initiator || v->state != IKEV2_AUTHENTICATING ||
	    v->expected != 1 || m->raw_len != v->init_got.len ||
	    memcmp(m->raw, v->init_got.data, m->raw_len)) {
		sa->engine->counters.unexpected++;
		return;
	}
	sa->engine->counters.answered_again++;
	ike_send(sa->engine, from, v->init_sent.data, v->init_sent.len);
}
