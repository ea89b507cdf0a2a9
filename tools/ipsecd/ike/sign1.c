// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signatures of version 1, over HASH_I and HASH_R as they are: RSA without a
 * DigestInfo (RFC 2409 section 5.1), ECDSA (RFC 4754). Encryption with public
 * keys (sections 5.2 and 5.3) is not done, so that no answer depends on what a
 * private key decrypts.
 */
#include "pki.h"

#include <errno.h>

#define HASH_MIN 16 /* MD5 */
#define HASH_MAX 64

static const struct {
	uint16_t auth;
	uint8_t half; /* of the signature */
	uint8_t hash; /* length that goes with the curve */
} curves[] = {
	{ OAKLEY_AUTH_ECDSA_256, 32, 32 },
	{ OAKLEY_AUTH_ECDSA_384, 48, 48 },
	{ OAKLEY_AUTH_ECDSA_521, 66, 64 },
};

#define CURVES (sizeof(curves) / sizeof(curves[0]))

/* Do method, key and hash go together? */
static bool fits(const EVP_PKEY *key, uint16_t auth, size_t hash_len)
{
	size_t half = ike_pubkey_curve(key), i;

	if (auth == OAKLEY_AUTH_RSA)
		return EVP_PKEY_is_a(key, "RSA") && hash_len >= HASH_MIN &&
		       hash_len <= HASH_MAX;
	for (i = 0; i < CURVES; i++)
		if (curves[i].auth == auth)
			return curves[i].half == half &&
			       curves[i].hash == hash_len;
	return false;
}

/**
 * ikev1_sign() - our SIG payload
 * @credential: ours
 * @auth: OAKLEY_AUTH_*, as negotiated
 * @hash: HASH_I or HASH_R
 * @out: IKE_SIGNATURE_MAX bytes
 * @len: set
 *
 * Return: 0; -EOPNOTSUPP when method, key and hash do not go together; -EIO.
 */
int ikev1_sign(const struct ike_credential *credential, uint16_t auth,
	       struct ike_blob hash, uint8_t *out, size_t *len)
{
	if (!fits(credential->key, auth, hash.len))
		return -EOPNOTSUPP;
	if (auth == OAKLEY_AUTH_RSA)
		return ike_rsa_sign(credential->key, hash, out, len);
	return ike_ecdsa_sign(credential->key, hash, out, len);
}

/**
 * ikev1_verify() - the peer's SIG payload
 * @key: of ike_trust_check()
 * @auth: OAKLEY_AUTH_*, as negotiated
 * @hash: HASH_I or HASH_R
 * @signature: the body of SIG
 *
 * Return: 0; -EBADMSG; -EOPNOTSUPP when method, key and hash do not go
 * together.
 */
int ikev1_verify(const struct ike_peer_key *key, uint16_t auth,
		 struct ike_blob hash, struct ike_blob signature)
{
	if (!fits(key->key, auth, hash.len))
		return -EOPNOTSUPP;
	if (auth == OAKLEY_AUTH_RSA)
		return ike_rsa_verify(key->key, hash, signature);
	return ike_ecdsa_verify(key->key, hash, signature);
}

/**
 * ikev1_auth_number() - what to negotiate
 * @method: of a rule
 * @credential: ours; NULL for a preshared key
 *
 * Return: OAKLEY_AUTH_*; 0 for what version 1 has no number of.
 */
uint16_t ikev1_auth_number(enum ike_auth_method method,
			   const struct ike_credential *credential)
{
	size_t i;

	if (method == IKE_AUTH_PSK)
		return OAKLEY_AUTH_PSK;
	if (!credential || credential->method != method)
		return 0;
	if (method == IKE_AUTH_RSA)
		return EVP_PKEY_is_a(credential->key, "RSA") ? OAKLEY_AUTH_RSA :
							       0;
	for (i = 0; i < CURVES; i++)
		if (curves[i].half == ike_pubkey_curve(credential->key))
			return curves[i].auth;
	return 0;
}
