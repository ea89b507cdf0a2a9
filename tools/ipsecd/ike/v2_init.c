// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_SA_INIT as initiator (RFC 7296 section 1.2). Nothing in its answers is
 * authenticated before AUTH, so that none of them ends the attempt at once,
 * and what it may make us do again is counted.
 */
#include "v2_message.h"
#include "v2_util.h"
#include "v2_init.h"
#include "v2_auth.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Longer than need be: a responder has things to add that we have not, and one
 * that sends no more than it got would ask for a cookie first.
 */
#define INIT_NONCE_LEN 96

#define COOKIE_MAX 64 /* RFC 7296 section 2.6 */

static uint16_t first_group(const struct policy_rule *rule)
{
	const struct ike_transform *t;
	unsigned int i;

	for (i = 0; i < rule->ike.count; i++) {
		t = ike_proposal_get(&rule->ike.p[i], IKE_TRANSFORM_KE);
		if (t && t->id)
			return t->id;
	}
	return IKE_GROUP_NONE;
}

static int make_secrets(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);

	if (!v->group)
		v->group = first_group(sa->rule);
	if (!v->ni.len && ikev2_nonce_make(sa->engine, &v->ni, INIT_NONCE_LEN))
		return -EIO;
	if (!v->dh)
		v->dh = ike_dh_new(v->group);
	return v->dh ? 0 : -EOPNOTSUPP;
}

int ikev2_init_features(const struct ike_sa *sa, struct ike_builder *b,
			const struct policy_rule *rule)
{
	uint8_t hashes[32];
	size_t len;

	if (rule->encap != POLICY_NO) {
		int rc = ikev2_nat_write(sa, b, rule->encap == POLICY_YES);

		if (rc)
			return rc;
	}
	if (rule->fragmentation != POLICY_NO)
		ikev2_notify_put(b, IKEV2_FRAGMENTATION_SUPPORTED, NULL, 0);
	len = ikev2_signature_hashes(hashes, sizeof(hashes));
	if (len)
		ikev2_notify_put(b, IKEV2_SIGNATURE_HASH_ALGORITHMS, hashes,
				 len);
	return 0;
}

static size_t build(struct ike_sa *sa, uint8_t *buf, size_t size)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_header h = {
		.version = IKE_V2,
		.exchange = IKEV2_SA_INIT,
		.flags = IKEV2_FLAG_INITIATOR,
	};
	struct ike_builder b;
	const uint8_t *ke;
	size_t len;

	memcpy(h.spi_i, sa->our_spi, IKE_SPI_LEN);
	ike_build(&b, buf, size, &h);
	if (v->cookie.len)
		ikev2_notify_put(&b, IKEV2_COOKIE, v->cookie.data,
				 v->cookie.len);
	ikev2_sa_write(&b, &sa->rule->ike);
	ke = ike_dh_public(v->dh, &len);
	ikev2_ke_write(&b, v->group, ke, len);
	ike_bytes_write(&b, IKEV2_NONCE, v->ni.data, v->ni.len);
	if (ikev2_init_features(sa, &b, sa->rule))
		return 0;
	if (sa->rule->redirect)
		ikev2_redirect_write(sa, &b);
	if (sa->rule->ppk != POLICY_NO)
		ikev2_notify_put(&b, IKEV2_USE_PPK, NULL, 0);
	return ike_build_finish(&b);
}

static int send_first(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_request *r = &v->request;
	uint8_t buf[IKE_MESSAGE_MAX];
	size_t len = build(sa, buf, sizeof(buf));

	if (!len)
		return -EMSGSIZE;
	r->packets.packet = calloc(1, sizeof(*r->packets.packet));
	if (!r->packets.packet ||
	    ikev2_bytes_set(&r->packets.packet[0], buf, len))
		return -ENOMEM;
	r->packets.count = 1;
	r->kind = IKEV2_DO_INIT;
	r->exchange = IKEV2_SA_INIT;
	r->id = 0;
	v->next_id = 1;
	if (ikev2_bytes_set(&v->init_sent, buf, len))
		return -ENOMEM;
	v->state = IKEV2_INIT;
	ikev2_retry_start(sa);
	return 0;
}

void ikev2_init_start(struct ike_sa *sa)
{
	char path[IKE_PATH_STRLEN];
	int rc = make_secrets(sa);

	ike_log_begin(sa, "IKE_SA_INIT: %s",
		      ike_path_text(&sa->path, path, sizeof(path)));
	if (!rc)
		rc = send_first(sa);
	if (!rc)
		return;
	ike_log_failure(sa, IKE_CAUSE_LOCAL, "IKE_SA_INIT cannot be sent: %s",
			strerror(-rc));
	ikev2_end_soon(sa, IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
}

static void start_again(struct ike_sa *sa)
{
	struct ikev2_request r = ikev2_request_take(sa);

	ikev2_request_free(&r);
	ikev2_init_start(sa);
}

static void take_cookie(struct ike_sa *sa, const struct ike_notify *n)
{
	struct ikev2 *v = ikev2_of(sa);

	if (!n->len || n->len > COOKIE_MAX || v->cookies >= IKEV2_COOKIES_MAX ||
	    ikev2_bytes_set(&v->cookie, n->data, n->len)) {
		sa->engine->counters.unexpected++;
		return;
	}
	v->cookies++;
	ike_log(sa, IKE_LOG_INFO, "the peer wants a cookie back");
	start_again(sa);
}

static void take_group(struct ike_sa *sa, const struct ike_notify *n)
{
	struct ikev2 *v = ikev2_of(sa);
	uint16_t group = n->len == 2 ? n->data[0] << 8 | n->data[1] : 0;

	if (!group || group == v->group || v->groups >= IKEV2_KE_MAX ||
	    !ikev2_offers_group(&sa->rule->ike, group)) {
		sa->engine->counters.unexpected++;
		v->refused = IKEV2_INVALID_KE_PAYLOAD;
		return;
	}
	v->groups++;
	v->group = group;
	ikev2_forget_dh(v);
	ike_log(sa, IKE_LOG_INFO, "the peer wants %s",
		ike_transform_name(IKE_TRANSFORM_KE, group));
	start_again(sa);
}

/*
 * Anyone who sees our request can refuse it, so that a refusal only shortens
 * the wait (RFC 7296 section 2.21.1).
 */
static void take_refusal(struct ike_sa *sa, uint16_t type)
{
	struct ikev2 *v = ikev2_of(sa);

	if (v->refused)
		return;
	v->refused = type;
	ike_failure_note(sa, ike_cause_of_notify(2, type, false),
			 ike_notify_name(2, type));
	ike_log(sa, IKE_LOG_INFO, "refused: %s", ike_notify_name(2, type));
	if (v->request.retries > v->request.tries + IKEV2_RETRIES_REFUSED)
		v->request.retries = v->request.tries + IKEV2_RETRIES_REFUSED;
}

static void without_sa(struct ike_sa *sa, const struct ike_message *m)
{
	struct ike_notify n;
	uint16_t type;

	if (ikev2_notify_find(m, IKEV2_COOKIE, &n)) {
		take_cookie(sa, &n);
		return;
	}
	if (ikev2_notify_find(m, IKEV2_INVALID_KE_PAYLOAD, &n)) {
		take_group(sa, &n);
		return;
	}
	if (ikev2_notify_find(m, IKEV2_REDIRECT, &n) &&
	    ikev2_redirect_take(sa, &n)) {
		start_again(sa);
		return;
	}
	type = ikev2_notify_error(m, &n);
	if (type)
		take_refusal(sa, type);
	else
		sa->engine->counters.unexpected++;
}

/* What they chose: one proposal of ours with the group of our KE. */
static int take_choice(struct ike_sa *sa, const struct ike_message *m,
		       struct ike_ke *ke)
{
	const struct ike_payload *sap = ikev2_payload_one(m, IKEV2_SA);
	const struct ike_payload *kep = ikev2_payload_one(m, IKEV2_KE);
	struct ikev2 *v = ikev2_of(sa);
	struct ike_proposals list = { 0 };
	const struct ike_transform *group;
	int rc = -EBADMSG;

	if (!sap || !kep || ikev2_nonce_read(m, &v->nr) ||
	    ikev2_ke_read(kep, ke) || ikev2_sa_read(sap, &list))
		goto out;
	if (list.count != 1 || list.p[0].spi_len ||
	    ike_proposal_check(&sa->rule->ike, &list.p[0], true))
		goto out;
	group = ike_proposal_get(&list.p[0], IKE_TRANSFORM_KE);
	if (!group || group->id != v->group || ke->group != v->group)
		goto out;
	sa->chosen = list.p[0];
	rc = 0;
out:
	ike_proposals_free(&list);
	return rc;
}

int ikev2_init_keys(struct ike_sa *sa, struct ike_blob peer_ke)
{
	struct ikev2 *v = ikev2_of(sa);
	uint8_t secret[IKE_KE_MAX];
	size_t len = sizeof(secret);
	int rc;

	rc = ike_dh_shared(v->dh, peer_ke.data, peer_ke.len, secret, &len);
	if (rc)
		return rc;
	rc = ikev2_keys_derive(&v->keys, &sa->chosen, NULL,
			       (struct ike_blob){ secret, len },
			       ikev2_nonce_blob(&v->ni),
			       ikev2_nonce_blob(&v->nr), ike_sa_spi_i(sa),
			       ike_sa_spi_r(sa));
	ike_wipe(secret, sizeof(secret));
	if (rc)
		return rc;
	v->keyed = true;
	ikev2_forget_dh(v);
	ikev2_keylog(sa, &v->keys);
	return 0;
}

/* What the peer can do. */
void ikev2_init_learn(struct ike_sa *sa, const struct ike_message *m)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_notify n;
	size_t i;

	v->fragmentation =
		ikev2_notify_find(m, IKEV2_FRAGMENTATION_SUPPORTED, &n);
	v->childless = ikev2_notify_find(m, IKEV2_CHILDLESS_SUPPORTED, &n);
	v->ppk = ikev2_notify_find(m, IKEV2_USE_PPK, &n);
	if (!ikev2_notify_find(m, IKEV2_SIGNATURE_HASH_ALGORITHMS, &n))
		return;
	for (i = 0; i + 1 < n.len; i += 2)
		if (!n.data[i] && n.data[i + 1] < 32)
			v->hashes |= IKE_HASH_BIT(n.data[i + 1]);
}

/* From here on all goes by port 4500 if a NAT is on the way, or if so ruled. */
static void choose_port(struct ike_sa *sa)
{
	if (sa->rule->encap == POLICY_NO || !ikev2_of(sa)->natd)
		return;
	sa->encap = sa->nat_local || sa->nat_remote ||
		    sa->rule->encap == POLICY_YES;
	/* One that began there has the port of the peer's NAT. */
	if (!sa->encap || sa->path.local_port == sa->policy->natt_port)
		return;
	sa->path.local_port = sa->policy->natt_port;
	sa->path.remote_port = IKE_NATT_PORT;
}

static void log_chosen(const struct ike_sa *sa)
{
	char text[IKE_PROPOSAL_STRLEN];

	ike_log(sa, IKE_LOG_INFO, "agreed on %s",
		ike_proposal_text(&sa->chosen, text, sizeof(text)));
}

static bool accept_choice(struct ike_sa *sa, const struct ike_path *from,
			  struct ike_message *m)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_ke ke;

	memcpy(sa->peer_spi, m->hdr.spi_r, IKE_SPI_LEN);
	/* The keys last, for our secret is gone then. */
	if (take_choice(sa, m, &ke) ||
	    ikev2_bytes_set(&v->init_got, m->raw, m->raw_len) ||
	    ikev2_init_keys(sa, (struct ike_blob){ ke.data, ke.len })) {
		sa->engine->counters.invalid_packets++;
		memset(sa->peer_spi, 0, IKE_SPI_LEN);
		return false;
	}
	ikev2_init_learn(sa, m);
	v->fragmentation &= sa->rule->fragmentation != POLICY_NO;
	if (sa->rule->encap != POLICY_NO)
		ikev2_nat_read(sa, m, from);
	choose_port(sa);
	log_chosen(sa);
	return true;
}

/**
 * ikev2_init_response() - an answer to our IKE_SA_INIT
 *
 * May free the SA.
 */
void ikev2_init_response(struct ike_sa *sa, const struct ike_path *from,
			 struct ike_message *m)
{
	static const uint8_t zero[IKE_SPI_LEN];
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_request r;

	if (!ike_payload_get(m, IKEV2_SA)) {
		without_sa(sa, m);
		return;
	}
	if (!memcmp(m->hdr.spi_r, zero, IKE_SPI_LEN) ||
	    !accept_choice(sa, from, m))
		return;
	r = ikev2_request_take(sa);
	ikev2_request_free(&r);
	if (sa->rule->ppk == POLICY_YES && !v->ppk) {
		ike_log_failure(sa, IKE_CAUSE_REFUSED,
				"the peer uses no PPK, which the rule "
				"requires; set it up there, or use ppk: auto");
		ike_sa_free(sa, IPSECDRV_REFUSE_REASON_POLICY);
		return;
	}
	v->state = IKEV2_AUTHENTICATING;
	ikev2_auth_start(sa);
}
