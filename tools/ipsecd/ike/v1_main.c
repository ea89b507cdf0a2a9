// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Main mode, RFC 2409 section 5: three round trips. expect is the number of
 * the message that comes next, from 1.
 */
#include <errno.h>
#include <string.h>

#include "v1.h"

#define INITIATOR_TRIES 7

static void write_sa(struct ikev1_out *out, const struct ike_proposals *list)
{
	ikev1_sa_write(&out->b, true, list);
}

/* The SA payload's body as it is in the message, for HASH_I and HASH_R. */
static int keep_sa_body(struct ikev1 *v1, const void *msg, size_t len)
{
	const struct ike_payload *p;
	struct ike_message m;

	if (ike_message_parse(&m, msg, len))
		return -EMSGSIZE;
	p = ike_payload_get(&m, IKEV1_SA);
	return p ? ikev1_bytes_set(&v1->sa_body, p->data, p->len) : -EMSGSIZE;
}

int ikev1_main_start(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ikev1_out *out;
	size_t len;
	int err;

	ike_proposals_free(&v1->offer);
	err = ikev1_main_offer(sa->rule, &v1->offer);
	if (err)
		return err;
	out = ikev1_out_new(sa, IKEV1_MAIN_MODE, 0);
	if (!out)
		return -ENOMEM;
	/* A busy Windows wants its cookie back (MS-IKEE 3.9). */
	memcpy(out->buf + IKE_SPI_LEN, v1->dos_cookie, IKE_SPI_LEN);
	write_sa(out, &v1->offer);
	ikev1_vendor_write(out, sa);
	len = ike_build_finish(&out->b);
	err = keep_sa_body(v1, out->buf, len);
	if (err) {
		ikev1_out_free(out);
		return err;
	}
	v1->expect = 2;
	return ikev1_out_send(out, &v1->wire, false, INITIATOR_TRIES);
}

static int read_sa(const struct ike_message *m, struct ike_proposals *list)
{
	const struct ike_payload *p = ike_payload_get(m, IKEV1_SA);

	if (!p || ike_payload_count(m, IKEV1_SA) != 1)
		return -EBADMSG;
	return ikev1_sa_read(p, true, list);
}

static int send_second(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ike_proposals one = { 1, &sa->chosen };
	struct ikev1_out *out = ikev1_out_new(sa, IKEV1_MAIN_MODE, 0);

	if (!out)
		return -ENOMEM;
	write_sa(out, &one);
	ikev1_vendor_write(out, sa);
	v1->expect = 3;
	return ikev1_out_send(out, &v1->wire, false, 0);
}

int ikev1_main_answer(struct ike_sa *sa, struct ike_message *m)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ike_proposals theirs = { 0 };
	const struct ike_payload *p;
	int err = read_sa(m, &theirs);

	if (err) {
		sa->engine->counters.invalid_packets++;
		return err;
	}
	ikev1_vendor_read(sa, m);
	err = ikev1_main_choose(sa, &theirs);
	ike_proposals_free(&theirs);
	if (err == -ENOENT) {
		ike_log_failure(
			sa, IKE_CAUSE_NO_PROPOSAL,
			"no main-mode proposal of the peer is allowed by a rule for its address; compare the algorithms, groups and authentication methods of both sides");
		ikev1_notify(sa, IKE_PROTO_IKE, IKEV1_NO_PROPOSAL_CHOSEN, NULL,
			     0, NULL, 0);
	}
	p = ike_payload_get(m, IKEV1_SA);
	if (!err)
		err = ikev1_bytes_set(&v1->sa_body, p->data, p->len);
	if (!err)
		err = send_second(sa);
	if (!err)
		ikev1_wire_seen(&v1->wire, m);
	return err;
}

/* 3 and 4: key exchange, nonces, NAT detection. */
static int send_ke(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ikev1_out *out = ikev1_out_new(sa, IKEV1_MAIN_MODE, 0);
	bool initiator = sa->initiator;

	if (!out)
		return -ENOMEM;
	ikev1_ke_write(out, sa);
	ikev1_certreq_write(out, sa);
	ikev1_natd_write(out, sa);
	v1->expect = initiator ? 4 : 5;
	return ikev1_out_send(out, &v1->wire, false,
			      initiator ? INITIATOR_TRIES : 0);
}

static int take_second(struct ike_sa *sa, struct ike_message *m)
{
	struct ike_proposals theirs = { 0 };
	int err = read_sa(m, &theirs);

	if (!err)
		err = ikev1_main_check(sa, &theirs);
	ike_proposals_free(&theirs);
	if (err)
		return err;
	memcpy(sa->peer_spi, m->hdr.spi_r, IKE_SPI_LEN);
	ikev1_vendor_read(sa, m);
	err = ikev1_ke_make(sa);
	return err ?: send_ke(sa);
}

static int take_third(struct ike_sa *sa, struct ike_message *m)
{
	int err = ikev1_ke_read(sa, m);

	if (err)
		return err;
	ikev1_natd_read(sa, m);
	err = ikev1_ke_make(sa);
	if (!err)
		err = ikev1_keys_make(sa);
	return err ?: send_ke(sa);
}

/* 5 and 6: who we are, encrypted. */
static int send_auth(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ikev1_out *out = ikev1_out_new(sa, IKEV1_MAIN_MODE, 0);
	bool initiator = sa->initiator;
	int err;

	if (!out)
		return -ENOMEM;
	err = ikev1_auth_write(out, sa);
	if (err) {
		ikev1_out_free(out);
		return err;
	}
	if (initiator && !ike_engine_knows_peer(sa->engine, sa))
		ikev1_notify_write(&out->b, IKE_PROTO_IKE,
				   IKEV1_INITIAL_CONTACT, out->buf,
				   2 * IKE_SPI_LEN, NULL, 0);
	v1->expect = initiator ? 6 : 0;
	return ikev1_out_send(out, &v1->wire, true,
			      initiator ? INITIATOR_TRIES : 0);
}

static int take_fourth(struct ike_sa *sa, struct ike_message *m)
{
	int err = ikev1_ke_read(sa, m);

	if (err)
		return err;
	ikev1_natd_read(sa, m);
	err = ikev1_keys_make(sa);
	if (err)
		return err;
	ikev1_natt_float(sa);
	return send_auth(sa);
}

void ikev1_main_iv_keep(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);

	memcpy(v1->last_main, v1->wire.iv, sizeof(v1->last_main));
}

static int take_fifth(struct ike_sa *sa, struct ike_message *m)
{
	int err = ikev1_auth_read(sa, m);

	/* Also the refusal of one that has proven who it is goes there. */
	if (err >= 0)
		ikev1_natt_floated(sa);
	if (!err)
		err = send_auth(sa);
	if (err)
		return err;
	ikev1_main_iv_keep(sa);
	/* Before it takes over what the peer has no more. */
	ikev1_contact_read(sa, m);
	ikev1_established(sa);
	return 0;
}

static int take_sixth(struct ike_sa *sa, struct ike_message *m)
{
	struct ikev1 *v1 = ikev1_of(sa);
	int err = ikev1_auth_read(sa, m);

	if (err)
		return err;
	v1->expect = 0;
	ikev1_main_iv_keep(sa);
	ikev1_established(sa);
	return 0;
}

static int take(struct ike_sa *sa, struct ike_message *m)
{
	switch (ikev1_of(sa)->expect) {
	case 2:
		return take_second(sa, m);
	case 3:
		return take_third(sa, m);
	case 4:
		return take_fourth(sa, m);
	case 5:
		return take_fifth(sa, m);
	case 6:
		return take_sixth(sa, m);
	default:
		return -EPROTO;
	}
}

static void failed(struct ike_sa *sa, int err)
{
	switch (err) {
	case -EBADMSG:
		sa->engine->counters.invalid_packets++;
		return; /* whoever it was: the peer's own may still come */
	case -EPROTO:
		sa->engine->counters.unexpected++;
		return;
	case -ENOENT:
		ike_log(sa, IKE_LOG_INFO,
			"an answer chose a main-mode proposal that was not offered; it is ignored");
		return;
	case -EKEYREJECTED: /* counted when it comes to its end */
	case -EAGAIN:
		return;
	}
	if (err < 0)
		ike_log_failure(sa, IKE_CAUSE_LOCAL,
				"main mode cannot go on: %s", strerror(-err));
	else
		ikev1_notify(sa, IKE_PROTO_IKE, err, NULL, 0, NULL, 0);
	ikev1_end(sa, err > 0 ? IPSECDRV_REFUSE_REASON_AUTH_FAILED :
				IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
}

/*
 * With a pre-shared key the cipher's key depends on it. It may also be
 * anybody's message, so that the negotiation goes on; it is said once.
 */
static void unreadable(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);

	if (v1->unreadable || ikev1_by_signature(sa))
		return;
	v1->unreadable = true;
	ike_log(sa, IKE_LOG_NOTICE,
		"a main-mode message cannot be decrypted: is the pre-shared key the same on both sides?");
}

void ikev1_main_message(struct ike_sa *sa, struct ike_message *m)
{
	struct ikev1 *v1 = ikev1_of(sa);
	bool encrypted = m->hdr.flags & IKEV1_FLAG_ENCRYPTED;
	uint8_t plain[IKE_MESSAGE_MAX], iv[IKE_BLOCK_MAX];
	int err = -EPROTO;

	if (ikev1_wire_duplicate(&v1->wire, m) || ikev1_doubt_enough(sa))
		return;
	memcpy(iv, v1->wire.iv, sizeof(iv));
	if (v1->expect && encrypted == (v1->expect >= 5)) {
		err = encrypted ?
			      ikev1_decrypt_message(sa, m, v1->wire.iv, plain) :
			      0;
		if (err) {
			unreadable(sa);
			return;
		}
		err = take(sa, m);
	}
	ike_wipe(plain, encrypted ? m->raw_len : 0);
	if (err) {
		/*
		 * Not the peer's: as if it had not come. But a refusal follows
		 * on what it refuses.
		 */
		if (err < 0)
			memcpy(v1->wire.iv, iv, sizeof(iv));
		failed(sa, err);
		return;
	}
	ikev1_wire_seen(&v1->wire, m);
	if (!v1->expect && sa->initiator)
		ikev1_wire_answered(&v1->wire);
}
