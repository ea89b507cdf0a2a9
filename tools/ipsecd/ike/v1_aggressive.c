// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Aggressive mode, RFC 2409 section 5.4, as responder only and only where a
 * rule allows it: with a pre-shared key it gives anybody who asks a hash to
 * guess the key by, and whoever's address is given a longer message than the
 * one that asked.
 */
#include <errno.h>
#include <string.h>

#include "v1.h"

static int choose(struct ike_sa *sa, const struct ike_message *m)
{
	struct ikev1 *v1 = ikev1_of(sa);
	const struct ike_payload *p = ike_payload_get(m, IKEV1_SA);
	struct ike_proposals theirs = { 0 };
	int err = ikev1_sa_read(p, true, &theirs);

	ikev1_vendor_read(sa, m);
	if (!err)
		err = ikev1_main_choose(sa, &theirs);
	ike_proposals_free(&theirs);
	return err ?: ikev1_bytes_set(&v1->sa_body, p->data, p->len);
}

/* The identity is needed before it is proven, and kept for HASH_I. */
static int read_identity(struct ike_sa *sa, const struct ike_message *m)
{
	const struct ike_payload *p = ike_payload_get(m, IKEV1_ID);

	if (!p || p->len < 4 ||
	    ike_id_read(&sa->remote_id, p->data[0], p->data + 4, p->len - 4))
		return -EBADMSG;
	return ikev1_bytes_set(&ikev1_of(sa)->id_i, p->data, p->len);
}

static int send_second(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ikev1_out *out = ikev1_out_new(sa, IKEV1_AGGRESSIVE, 0);
	struct ike_proposals one = { 1, &sa->chosen };
	int err;

	if (!out)
		return -ENOMEM;
	ikev1_sa_write(&out->b, true, &one);
	ikev1_ke_write(out, sa);
	err = ikev1_auth_write(out, sa);
	ikev1_vendor_write(out, sa);
	ikev1_natd_write(out, sa);
	if (err) {
		ikev1_out_free(out);
		return err;
	}
	err = ikev1_out_send(out, &v1->wire, false, 0);
	v1->expect = err ? 0 : 3;
	return err;
}

int ikev1_aggressive_answer(struct ike_sa *sa, struct ike_message *m)
{
	int err = choose(sa, m);

	if (!err)
		err = ikev1_ke_read(sa, m);
	if (!err)
		err = read_identity(sa, m);
	if (!err)
		err = ikev1_ke_make(sa);
	if (!err)
		err = ikev1_keys_make(sa);
	if (!err)
		err = send_second(sa);
	if (!err)
		ikev1_wire_seen(&ikev1_of(sa)->wire, m);
	else
		ike_log_failure(sa, IKE_CAUSE_REFUSED,
				"aggressive mode is refused");
	return err;
}

static int take_third(struct ike_sa *sa, struct ike_message *m, uint8_t *plain)
{
	struct ikev1 *v1 = ikev1_of(sa);
	int err = 0;

	if (m->hdr.flags & IKEV1_FLAG_ENCRYPTED)
		err = ikev1_decrypt_message(sa, m, v1->wire.iv, plain);
	return err ?: ikev1_auth_proof(sa, m);
}

void ikev1_aggressive_message(struct ike_sa *sa, struct ike_message *m)
{
	struct ikev1 *v1 = ikev1_of(sa);
	uint8_t plain[IKE_MESSAGE_MAX], iv[IKE_BLOCK_MAX];
	int err;

	if (ikev1_wire_duplicate(&v1->wire, m) || ikev1_doubt_enough(sa))
		return;
	if (v1->expect != 3) {
		sa->engine->counters.unexpected++;
		return;
	}
	memcpy(iv, v1->wire.iv, sizeof(iv));
	err = take_third(sa, m, plain);
	if (err < 0) {
		/* Not the peer's, or too early: as if it had not come. */
		memcpy(v1->wire.iv, iv, sizeof(iv));
		return;
	}
	ikev1_natd_read(sa, m);
	ikev1_natt_floated(sa);
	if (err) {
		ikev1_notify(sa, IKE_PROTO_IKE, err, NULL, 0, NULL, 0);
		ikev1_end(sa, IPSECDRV_REFUSE_REASON_AUTH_FAILED);
		return;
	}
	v1->expect = 0;
	ikev1_wire_seen(&v1->wire, m);
	ikev1_main_iv_keep(sa);
	/* The HASH is not over it: in clear it is anybody's. */
	if (m->hdr.flags & IKEV1_FLAG_ENCRYPTED)
		ikev1_contact_read(sa, m);
	ikev1_established(sa);
}
