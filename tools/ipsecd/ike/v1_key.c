// SPDX-License-Identifier: GPL-2.0-or-later
/* Key exchange and nonces of phase 1, and the keys that follow from them. */
#include <errno.h>

#include "keylog.h"
#include "v1.h"

#define NONCE_MIN 8 /* RFC 2409 section 5 */
#define NONCE_MAX 256

int ikev1_ke_make(struct ike_sa *sa)
{
	const struct ike_transform *group =
		ike_proposal_get(&sa->chosen, IKE_TRANSFORM_KE);
	const struct ike_env *env = sa->engine->env;
	struct ikev1 *v1 = ikev1_of(sa);
	uint8_t nonce[IKEV1_NONCE_LEN];
	const uint8_t *value;
	size_t len;
	int err;

	/* Nobody has seen it, and the message was not the peer's. */
	if (v1->dh)
		return 0;
	v1->dh = group ? ike_dh_new(group->id) : NULL;
	if (!v1->dh)
		return -EOPNOTSUPP;
	value = ike_dh_public(v1->dh, &len);
	err = ikev1_bytes_set(sa->initiator ? &v1->ke_i : &v1->ke_r, value,
			      len);
	if (!err)
		err = env->random(env->ctx, nonce, sizeof(nonce));
	return err   ?:
		       ikev1_bytes_set(sa->initiator ? &v1->ni : &v1->nr, nonce,
				       sizeof(nonce));
}

void ikev1_ke_write(struct ikev1_out *out, struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ike_blob ke = ikev1_blob(sa->initiator ? &v1->ke_i : &v1->ke_r);
	struct ike_blob nonce = ikev1_blob(sa->initiator ? &v1->ni : &v1->nr);

	ike_bytes_write(&out->b, IKEV1_KE, ke.data, ke.len);
	ike_bytes_write(&out->b, IKEV1_NONCE, nonce.data, nonce.len);
}

int ikev1_ke_read(struct ike_sa *sa, const struct ike_message *m)
{
	const struct ike_payload *ke = ike_payload_get(m, IKEV1_KE);
	const struct ike_payload *nonce = ike_payload_get(m, IKEV1_NONCE);
	struct ikev1 *v1 = ikev1_of(sa);
	int err;

	if (!ke || !nonce || ike_payload_count(m, IKEV1_KE) != 1 ||
	    ike_payload_count(m, IKEV1_NONCE) != 1 || nonce->len < NONCE_MIN ||
	    nonce->len > NONCE_MAX || ke->len > IKE_KE_MAX)
		return -EBADMSG;
	err = ikev1_bytes_set(sa->initiator ? &v1->ke_r : &v1->ke_i, ke->data,
			      ke->len);
	return err   ?:
		       ikev1_bytes_set(sa->initiator ? &v1->nr : &v1->ni,
				       nonce->data, nonce->len);
}

bool ikev1_by_signature(const struct ike_sa *sa)
{
	return sa->auth->method != IKE_AUTH_PSK;
}

int ikev1_keys_make(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ike_blob peer =
		ikev1_blob(sa->initiator ? &v1->ke_r : &v1->ke_i);
	uint8_t secret[IKE_KE_MAX];
	struct ike_blob psk = { 0 };
	size_t len;
	int err;

	if (!ikev1_by_signature(sa))
		psk = (struct ike_blob){ sa->auth->psk, sa->auth->psk_len };
	err = ike_dh_shared(v1->dh, peer.data, peer.len, secret, &len);
	if (!err)
		err = ikev1_keys_derive(&v1->keys, &sa->chosen, psk,
					(struct ike_blob){ secret, len },
					ikev1_blob(&v1->ni),
					ikev1_blob(&v1->nr), ike_sa_spi_i(sa),
					ike_sa_spi_r(sa));
	ike_wipe(secret, sizeof(secret));
	if (!err)
		err = ikev1_iv_main(&v1->keys, ikev1_blob(&v1->ke_i),
				    ikev1_blob(&v1->ke_r), v1->wire.iv);
	v1->has_keys = !err;
	if (err)
		return err;
	ike_dh_free(v1->dh);
	v1->dh = NULL;
	ikev1_keylog(sa, &v1->keys);
	return 0;
}
