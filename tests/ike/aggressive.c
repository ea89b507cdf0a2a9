// SPDX-License-Identifier: GPL-2.0-or-later
/* The initiator of aggressive mode, which ipsecd never is. */
#include "aggressive.h"

#include <stdlib.h>
#include <string.h>

static void must(bool good)
{
	if (!good)
		abort();
}

void aggressive_first(struct ike_sa *sa)
{
	static const uint8_t id[] = { 1, 0, 0, 0, 10, 0, 0, 1 };
	struct ikev1 *v1 = ikev1_of(sa);
	struct ike_proposals one = { 1, &sa->chosen };
	struct ikev1_out *out = ikev1_out_new(sa, IKEV1_AGGRESSIVE, 0);

	v1->aggressive = true;
	sa->chosen = v1->offer.p[0];
	must(out && !ikev1_ke_make(sa) &&
	     !ikev1_bytes_set(&v1->id_i, id, sizeof(id)));
	ikev1_sa_write(&out->b, true, &one);
	must(!ikev1_bytes_set(&v1->sa_body, out->buf + IKE_HEADER_LEN + 4,
			      out->b.w.len - IKE_HEADER_LEN - 4));
	ikev1_ke_write(out, sa);
	ike_bytes_write(&out->b, IKEV1_ID, id, sizeof(id));
	must(!ikev1_out_send(out, &v1->wire, false, 0));
}

int aggressive_second(struct ike_sa *sa, const void *answer, size_t len)
{
	struct ikev1 *v1 = ikev1_of(sa);
	const struct ike_payload *id;
	struct ike_message m;

	must(!ike_message_parse(&m, answer, len));
	id = ike_payload_get(&m, IKEV1_ID);
	must(id && id->len > 4);
	memcpy(sa->peer_spi, m.hdr.spi_r, IKE_SPI_LEN);
	ikev1_vendor_read(sa, &m);
	must(!ikev1_bytes_set(&v1->id_r, id->data, id->len) &&
	     !ike_id_read(&sa->remote_id, id->data[0], id->data + 4,
			  id->len - 4) &&
	     !ikev1_ke_read(sa, &m) && !ikev1_keys_make(sa));
	return ikev1_auth_proof(sa, &m);
}

/* Of what proves the identity only the HASH is sent: the ID has gone. */
void aggressive_third(struct ike_sa *sa, enum aggressive_third how)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ikev1_out *whole = ikev1_out_new(sa, IKEV1_AGGRESSIVE, 0);
	struct ikev1_out *out = ikev1_out_new(sa, IKEV1_AGGRESSIVE, 0);
	const struct ike_payload *hash;
	uint8_t text[IKE_PRF_MAX];
	struct ike_message m;
	size_t len;

	must(whole && out && !ikev1_auth_write(whole, sa));
	len = ike_build_finish(&whole->b);
	must(!ike_message_parse(&m, whole->buf, len));
	hash = ike_payload_get(&m, IKEV1_HASH);
	must(hash && hash->len <= sizeof(text));
	memcpy(text, hash->data, hash->len);
	text[0] ^= how == AGGRESSIVE_FORGED;
	ike_bytes_write(&out->b, IKEV1_HASH, text, hash->len);
	if (how == AGGRESSIVE_CONTACT || how == AGGRESSIVE_CONTACT_CLEAR)
		ikev1_notify_write(&out->b, IKE_PROTO_IKE,
				   IKEV1_INITIAL_CONTACT, out->buf,
				   2 * IKE_SPI_LEN, NULL, 0);
	must(!ikev1_out_send(
		out, &v1->wire,
		how == AGGRESSIVE_ENCRYPTED || how == AGGRESSIVE_CONTACT, 0));
	ikev1_out_free(whole);
}

void aggressive_done(struct ike_sa *sa)
{
	ikev1_of(sa)->expect = 0;
	ikev1_main_iv_keep(sa);
	ikev1_established(sa);
}
