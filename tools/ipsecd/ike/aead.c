// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <openssl/evp.h>

#include "cipher.h"
#include "crypto_int.h"
#include "wire.h"

#define NONCE_MAX 12

struct aead {
	EVP_CIPHER_CTX *ctx;
	const struct ike_cipher *c;
	bool ccm;
	bool seal;
};

static bool ctrl(const struct aead *a, int what, int len, const void *p)
{
	return EVP_CIPHER_CTX_ctrl(a->ctx, what, len, (void *)p) > 0;
}

/*
 * CCM wants lengths and, to open, the ICV before the key; the others take the
 * ICV at any time before the end.
 */
static bool start(const struct aead *a, const void *key, const void *nonce,
		  const uint8_t *icv, int len)
{
	const struct ike_encr_info *info = &a->c->info;
	int done;

	return EVP_CipherInit_ex2(a->ctx, a->c->evp, NULL, NULL, a->seal,
				  NULL) &&
	       ctrl(a, EVP_CTRL_AEAD_SET_IVLEN, info->salt + info->iv, NULL) &&
	       (!(a->ccm || !a->seal) ||
		ctrl(a, EVP_CTRL_AEAD_SET_TAG, info->icv,
		     a->seal ? NULL : icv)) &&
	       EVP_CipherInit_ex2(a->ctx, NULL, key, nonce, a->seal, NULL) &&
	       (!a->ccm || EVP_CipherUpdate(a->ctx, NULL, &done, NULL, len));
}

/* In this order, for opening verifies in the last call or, CCM, the second. */
static bool run(const struct aead *a, const void *aad, int aad_len, void *data,
		int len)
{
	int done, rest;

	return (!aad_len ||
		EVP_CipherUpdate(a->ctx, NULL, &done, aad, aad_len)) &&
	       EVP_CipherUpdate(a->ctx, data, &done, data, len) &&
	       EVP_CipherFinal_ex(a->ctx, (uint8_t *)data + done, &rest) &&
	       done + rest == len;
}

/* Nonces are salt and IV (RFC 5282 section 4, RFC 7634 section 2). */
static int aead_new(struct aead *a, uint16_t encr, const void *key,
		    size_t key_len, const void *iv, const uint8_t *icv,
		    size_t len)
{
	uint8_t nonce[NONCE_MAX];
	const struct ike_encr_info *info;
	bool good;

	a->ctx = NULL;
	a->c = ike_cipher_find(encr, key_len);
	if (!a->c || !a->c->info.icv)
		return -EOPNOTSUPP;
	if (len > INT_MAX)
		return -EIO;
	info = &a->c->info;
	a->ccm = encr >= IKE_ENCR_AES_CCM_8 && encr <= IKE_ENCR_AES_CCM_16;
	memcpy(nonce, (const uint8_t *)key + info->key_len, info->salt);
	memcpy(nonce + info->salt, iv, info->iv);
	a->ctx = EVP_CIPHER_CTX_new();
	good = a->ctx && start(a, key, nonce, icv, (int)len);
	ike_wipe(nonce, sizeof(nonce));
	return good ? 0 : ike_crypto_failed(-EIO);
}

/**
 * ike_aead_seal() - encrypt and authenticate, in place
 * @encr: one that has an ICV
 * @key: and salt
 * @key_len: of both
 * @iv: of 8 bytes, never the same again with this key
 * @aad: what is authenticated only
 * @aad_len: of it
 * @data: the plain text, then the cipher text
 * @len: of it
 * @icv: set; its length is that of ike_encr_info()
 *
 * Return: 0, -EOPNOTSUPP or -EIO.
 */
int ike_aead_seal(uint16_t encr, const void *key, size_t key_len,
		  const void *iv, const void *aad, size_t aad_len, void *data,
		  size_t len, uint8_t *icv)
{
	struct aead a = { .seal = true };
	int err = aead_new(&a, encr, key, key_len, iv, NULL, len);

	if (!err && aad_len > INT_MAX)
		err = -EIO;
	if (!err && (!run(&a, aad, (int)aad_len, data, (int)len) ||
		     !ctrl(&a, EVP_CTRL_AEAD_GET_TAG, a.c->info.icv, icv)))
		err = ike_crypto_failed(-EIO);
	EVP_CIPHER_CTX_free(a.ctx);
	return err;
}

/**
 * ike_aead_open() - verify and decrypt, in place
 * @icv: as it was received
 *
 * The other parameters are those of ike_aead_seal(). Of what does not verify
 * nothing remains in @data.
 * Return: 0, -EBADMSG when it does not verify, -EOPNOTSUPP or -EIO.
 */
int ike_aead_open(uint16_t encr, const void *key, size_t key_len,
		  const void *iv, const void *aad, size_t aad_len, void *data,
		  size_t len, const uint8_t *icv)
{
	struct aead a = { .seal = false };
	int err = aead_new(&a, encr, key, key_len, iv, icv, len);

	if (!err && aad_len > INT_MAX)
		err = -EIO;
	if (!err && !run(&a, aad, (int)aad_len, data, (int)len)) {
		ike_wipe(data, len);
		err = ike_crypto_failed(-EBADMSG);
	}
	EVP_CIPHER_CTX_free(a.ctx);
	return err;
}
