// SPDX-License-Identifier: GPL-2.0-or-later
/* ECDSA with r and s side by side, each as long as the curve's order. */
#include "pki.h"

#include <openssl/ec.h>
#include <openssl/err.h>

#include <errno.h>

#define COORDINATE_MAX 66
#define DER_MAX (2 * COORDINATE_MAX + 16)

static int sign_der(EVP_PKEY *key, struct ike_blob digest, uint8_t *out,
		    size_t *len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	int good;

	*len = DER_MAX;
	good = ctx && EVP_PKEY_sign_init(ctx) == 1 &&
	       EVP_PKEY_sign(ctx, out, len, digest.data, digest.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good ? 0 : -EIO;
}

/**
 * ike_ecdsa_sign() - signs
 * @key: on one of the three curves
 * @digest: of what is signed
 * @out: r and s
 * @len: 64, 96 or 132
 *
 * Return: 0 or -EIO.
 */
int ike_ecdsa_sign(EVP_PKEY *key, struct ike_blob digest, uint8_t *out,
		   size_t *len)
{
	size_t half = ike_pubkey_curve(key), der_len;
	uint8_t der[DER_MAX];
	const uint8_t *p = der;
	ECDSA_SIG *sig = NULL;
	int rc = -EIO;

	if (half && !sign_der(key, digest, der, &der_len))
		sig = d2i_ECDSA_SIG(NULL, &p, (long)der_len);
	if (sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, (int)half) > 0 &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + half, (int)half) > 0) {
		*len = 2 * half;
		rc = 0;
	}
	ECDSA_SIG_free(sig);
	ERR_clear_error();
	return rc;
}

static ECDSA_SIG *split(struct ike_blob sig, size_t half)
{
	BIGNUM *r = BN_bin2bn(sig.data, (int)half, NULL);
	BIGNUM *s = BN_bin2bn(sig.data + half, (int)half, NULL);
	ECDSA_SIG *pair = ECDSA_SIG_new();

	if (r && s && pair && ECDSA_SIG_set0(pair, r, s))
		return pair;
	ECDSA_SIG_free(pair);
	BN_free(r);
	BN_free(s);
	return NULL;
}

/**
 * ike_ecdsa_verify() - verifies
 * @key: on one of the three curves
 * @digest: of what is signed
 * @sig: r and s, of exactly the curve's length each
 *
 * Return: 0 or -EBADMSG. libcrypto refuses r and s outside [1, n - 1].
 */
int ike_ecdsa_verify(EVP_PKEY *key, struct ike_blob digest, struct ike_blob sig)
{
	size_t half = ike_pubkey_curve(key);
	EVP_PKEY_CTX *ctx = NULL;
	ECDSA_SIG *pair = NULL;
	uint8_t *der = NULL;
	int len = 0, good;

	if (half && sig.len == 2 * half)
		pair = split(sig, half);
	if (pair)
		len = i2d_ECDSA_SIG(pair, &der);
	if (len > 0)
		ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	good = ctx && EVP_PKEY_verify_init(ctx) == 1 &&
	       EVP_PKEY_verify(ctx, der, (size_t)len, digest.data,
			       digest.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	ERR_clear_error();
	return good ? 0 : -EBADMSG;
}
