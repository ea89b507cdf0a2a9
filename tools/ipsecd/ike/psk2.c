// SPDX-License-Identifier: GPL-2.0-or-later
/* What AUTH of version 2 is made over, and AUTH by a preshared key. */
#include "auth.h"

#include "bytes.h"

#include <errno.h>

/**
 * ikev2_auth_octets() - InitiatorSignedOctets, ResponderSignedOctets
 * @k: keys of the IKE SA
 * @sk_p: SK_pi or SK_pr, of the side that signs
 * @message: its IKE_SA_INIT, whole
 * @nonce: of the other side
 * @id_body: the body of its ID payload
 * @out: message | nonce | prf(SK_p, ID body) (RFC 7296 section 2.15)
 * @size: room
 *
 * Return: the length; 0 when it does not fit, or the PRF fails.
 */
size_t ikev2_auth_octets(const struct ikev2_keys *k, const uint8_t *sk_p,
			 struct ike_blob message, struct ike_blob nonce,
			 struct ike_blob id_body, uint8_t *out, size_t size)
{
	struct iovec body = { (void *)id_body.data, id_body.len };
	size_t len = ike_prf_len(k->prf);
	struct ipsec_writer w;
	uint8_t *mac;

	ipsec_writer_init(&w, out, size);
	ipsec_write(&w, message.data, message.len);
	ipsec_write(&w, nonce.data, nonce.len);
	mac = ipsec_write_room(&w, len);
	if (!len || !mac || ike_prf(k->prf, sk_p, k->p_len, &body, 1, mac))
		return 0;
	return w.len;
}

/**
 * ikev2_psk_auth() - AUTH by a preshared key
 * @k: keys of the IKE SA
 * @psk: the key
 * @psk_len: its length
 * @octets: of ikev2_auth_octets()
 * @out: IKE_PRF_MAX bytes; ike_prf_len() of them are set
 *
 * To be compared with ike_equal().
 *
 * Return: 0, -EOPNOTSUPP or -EIO.
 */
int ikev2_psk_auth(const struct ikev2_keys *k, const uint8_t *psk,
		   size_t psk_len, struct ike_blob octets, uint8_t *out)
{
	static const char pad[] = "Key Pad for IKEv2";
	struct iovec seed = { (void *)pad, sizeof(pad) - 1 };
	struct iovec body = { (void *)octets.data, octets.len };
	uint8_t key[IKE_PRF_MAX];
	int rc;

	rc = ike_prf(k->prf, psk, psk_len, &seed, 1, key);
	if (!rc)
		rc = ike_prf(k->prf, key, ike_prf_len(k->prf), &body, 1, out);
	ike_wipe(key, sizeof(key));
	return rc;
}
