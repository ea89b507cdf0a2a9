// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <openssl/evp.h>

#include "cipher.h"
#include "crypto_int.h"
#include "wire.h"

/* Key length, salt, IV, block, ICV. */
#define AES(encr, name, ...)                                          \
	{ encr, { 16, __VA_ARGS__ }, "AES-128-" name, NULL },         \
		{ encr, { 24, __VA_ARGS__ }, "AES-192-" name, NULL }, \
	{                                                             \
		encr, { 32, __VA_ARGS__ }, "AES-256-" name, NULL      \
	}

static struct ike_cipher ciphers[] = {
	{ IKE_ENCR_DES, { 8, 0, 8, 8, 0 }, "DES-CBC", NULL },
	{ IKE_ENCR_3DES, { 24, 0, 8, 8, 0 }, "DES-EDE3-CBC", NULL },
	{ IKE_ENCR_NULL, { 0, 0, 0, 1, 0 }, NULL, NULL },
	AES(IKE_ENCR_AES_CBC, "CBC", 0, 16, 16, 0),
	AES(IKE_ENCR_AES_CTR, "CTR", 4, 8, 1, 0),
	AES(IKE_ENCR_AES_CCM_8, "CCM", 3, 8, 1, 8),
	AES(IKE_ENCR_AES_CCM_12, "CCM", 3, 8, 1, 12),
	AES(IKE_ENCR_AES_CCM_16, "CCM", 3, 8, 1, 16),
	AES(IKE_ENCR_AES_GCM_8, "GCM", 4, 8, 1, 8),
	AES(IKE_ENCR_AES_GCM_12, "GCM", 4, 8, 1, 12),
	AES(IKE_ENCR_AES_GCM_16, "GCM", 4, 8, 1, 16),
	{ IKE_ENCR_AES_GMAC, { 16, 4, 8, 1, 16 }, NULL, NULL },
	{ IKE_ENCR_AES_GMAC, { 24, 4, 8, 1, 16 }, NULL, NULL },
	{ IKE_ENCR_AES_GMAC, { 32, 4, 8, 1, 16 }, NULL, NULL },
	{ IKE_ENCR_CHACHA20_POLY1305,
	  { 32, 4, 8, 1, 16 },
	  "ChaCha20-Poly1305",
	  NULL },
};

#define CIPHERS (sizeof(ciphers) / sizeof(ciphers[0]))

void ike_cipher_init(void)
{
	struct ike_cipher *c;

	for (c = ciphers; c < ciphers + CIPHERS; c++)
		if (c->name && !c->evp)
			c->evp = EVP_CIPHER_fetch(NULL, c->name, NULL);
}

const struct ike_cipher *ike_cipher_find(uint16_t encr, size_t key_len)
{
	const struct ike_cipher *c;

	for (c = ciphers; c < ciphers + CIPHERS; c++)
		if (c->encr == encr && c->evp &&
		    (size_t)c->info.key_len + c->info.salt == key_len)
			return c;
	return NULL;
}

/* Key lengths are negotiated for those algorithms only that have several. */
static bool has_length(uint16_t encr)
{
	return encr >= IKE_ENCR_AES_CBC && encr <= IKE_ENCR_AES_GMAC;
}

/**
 * ike_encr_info() - what an encryption algorithm needs
 * @encr: enum ike_encr
 * @key_bits: of the transform's attribute; 0 for an algorithm of one length
 * @info: set on success
 *
 * IKE_ENCR_NULL and IKE_ENCR_AES_GMAC are known for the sake of Child SAs; no
 * message of IKE can be encrypted by them.
 * Return: 0 or -EOPNOTSUPP.
 */
int ike_encr_info(uint16_t encr, uint16_t key_bits, struct ike_encr_info *info)
{
	const struct ike_cipher *c;

	for (c = ciphers; c < ciphers + CIPHERS; c++) {
		unsigned int bits = has_length(encr) ? c->info.key_len * 8 : 0;

		if (c->encr == encr && bits == key_bits &&
		    (c->evp || !c->name)) {
			*info = c->info;
			return 0;
		}
	}
	return -EOPNOTSUPP;
}

static bool run(EVP_CIPHER_CTX *ctx, const struct ike_cipher *c,
		const void *key, const void *iv, void *data, int len,
		bool encrypt)
{
	int done, rest;

	return ctx && EVP_CipherInit_ex2(ctx, c->evp, key, iv, encrypt, NULL) &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0) &&
	       EVP_CipherUpdate(ctx, data, &done, data, len) &&
	       EVP_CipherFinal_ex(ctx, (uint8_t *)data + done, &rest) &&
	       done + rest == len;
}

/* Counter blocks are salt, IV and a number from 1 (RFC 5930). */
static int crypt(uint16_t encr, const void *key, size_t key_len, const void *iv,
		 void *data, size_t len, bool encrypt)
{
	const struct ike_cipher *c = ike_cipher_find(encr, key_len);
	uint8_t start[IKE_BLOCK_MAX] = { [IKE_BLOCK_MAX - 1] = 1 };
	EVP_CIPHER_CTX *ctx;
	bool good;

	if (!c || c->info.icv)
		return -EOPNOTSUPP;
	if (len > INT_MAX || len % c->info.block)
		return -EIO;
	if (c->info.salt)
		memcpy(start, (const uint8_t *)key + c->info.key_len,
		       c->info.salt);
	memcpy(start + c->info.salt, iv, c->info.iv);
	ctx = EVP_CIPHER_CTX_new();
	good = run(ctx, c, key, start, data, (int)len, encrypt);
	EVP_CIPHER_CTX_free(ctx);
	ike_wipe(start, sizeof(start));
	return good ? 0 : ike_crypto_failed(-EIO);
}

/**
 * ike_encrypt() - encrypt without authentication, in place
 * @encr: one that has no ICV
 * @key: and salt
 * @key_len: of both
 * @iv: of the length of ike_encr_info()
 * @data: the plain text, then the cipher text
 * @len: of it, a multiple of the block
 *
 * Return: 0, -EOPNOTSUPP or -EIO.
 */
int ike_encrypt(uint16_t encr, const void *key, size_t key_len, const void *iv,
		void *data, size_t len)
{
	return crypt(encr, key, key_len, iv, data, len, true);
}

/**
 * ike_decrypt() - the reverse of ike_encrypt()
 *
 * Parameters and result are the same.
 */
int ike_decrypt(uint16_t encr, const void *key, size_t key_len, const void *iv,
		void *data, size_t len)
{
	return crypt(encr, key, key_len, iv, data, len, false);
}
