// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2). Verifying makes the one encoding
 * that the signature must hold and compares it with what it holds: nothing of
 * the peer's is parsed, and so there is nothing to be lenient about.
 */
#include "pki.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <errno.h>

#define RSA_BYTES_MAX 1024
#define PADDING_MIN 11 /* 00 01, eight ff, 00 */

static EVP_PKEY_CTX *start(EVP_PKEY *key, int (*init)(EVP_PKEY_CTX *),
			   int padding)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	if (ctx && init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, padding) == 1)
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

/**
 * ike_rsa_sign() - signs
 * @key: RSA
 * @t: what comes after the padding: a DigestInfo, or in IKEv1 the bare hash
 * @out: IKE_SIGNATURE_MAX bytes
 * @len: the length of the key
 *
 * Return: 0 or -EIO.
 */
int ike_rsa_sign(EVP_PKEY *key, struct ike_blob t, uint8_t *out, size_t *len)
{
	EVP_PKEY_CTX *ctx = start(key, EVP_PKEY_sign_init, RSA_PKCS1_PADDING);
	int good;

	*len = IKE_SIGNATURE_MAX;
	good = ctx && EVP_PKEY_sign(ctx, out, len, t.data, t.len) == 1;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return good ? 0 : -EIO;
}

/* What was signed, of the modulus' length; 0 when sig is not below it. */
static size_t recover(EVP_PKEY *key, struct ike_blob sig, uint8_t *em)
{
	EVP_PKEY_CTX *ctx =
		start(key, EVP_PKEY_verify_recover_init, RSA_NO_PADDING);
	size_t len = RSA_BYTES_MAX;

	if (!ctx ||
	    EVP_PKEY_verify_recover(ctx, em, &len, sig.data, sig.len) != 1)
		len = 0;
	EVP_PKEY_CTX_free(ctx);
	ERR_clear_error();
	return len;
}

/**
 * ike_rsa_verify() - verifies
 * @key: RSA, one that ike_pubkey_check() takes
 * @t: what must come after the padding
 * @sig: exactly as long as the key
 *
 * Return: 0 or -EBADMSG.
 */
int ike_rsa_verify(EVP_PKEY *key, struct ike_blob t, struct ike_blob sig)
{
	uint8_t want[RSA_BYTES_MAX], em[RSA_BYTES_MAX];
	size_t len = (size_t)EVP_PKEY_get_size(key);

	if (len > RSA_BYTES_MAX || sig.len != len || t.len + PADDING_MIN > len)
		return -EBADMSG;
	memset(want, 0xff, len);
	want[0] = 0;
	want[1] = 1;
	want[len - t.len - 1] = 0;
	memcpy(want + len - t.len, t.data, t.len);
	if (recover(key, sig, em) != len || CRYPTO_memcmp(em, want, len) != 0)
		return -EBADMSG;
	return 0;
}
