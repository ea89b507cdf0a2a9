// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include <openssl/evp.h>

#include "crypto_int.h"
#include "xcbc.h"

static EVP_CIPHER *aes;

void ike_xcbc_init(void)
{
	if (!aes)
		aes = EVP_CIPHER_fetch(NULL, "AES-128-CBC", NULL);
}

bool ike_xcbc_known(void)
{
	return aes;
}

static bool start(EVP_CIPHER_CTX *ctx, const uint8_t *key)
{
	static const uint8_t zero[IKE_XCBC_LEN];

	return EVP_EncryptInit_ex2(ctx, key ? aes : NULL, key, zero, NULL) &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0);
}

/* The next link of the chain: what was encrypted before is XORed to it. */
static bool block(EVP_CIPHER_CTX *ctx, const uint8_t *in, uint8_t *out)
{
	int len;

	return EVP_EncryptUpdate(ctx, out, &len, in, IKE_XCBC_LEN) &&
	       len == IKE_XCBC_LEN;
}

/* K1, K2 and K3 are blocks of 01, 02 and 03 encrypted with the key. */
static bool subkey(EVP_CIPHER_CTX *ctx, uint8_t n, uint8_t *out)
{
	uint8_t in[IKE_XCBC_LEN];

	memset(in, n, sizeof(in));
	return start(ctx, NULL) && block(ctx, in, out);
}

static bool schedule(struct ike_xcbc *x, const uint8_t *key)
{
	uint8_t k1[IKE_XCBC_LEN];
	bool good;

	x->cbc = EVP_CIPHER_CTX_new();
	good = x->cbc && start(x->cbc, key) && subkey(x->cbc, 1, k1) &&
	       subkey(x->cbc, 2, x->k2) && subkey(x->cbc, 3, x->k3) &&
	       start(x->cbc, k1);
	ike_wipe(k1, sizeof(k1));
	return good;
}

int ike_xcbc_start(struct ike_xcbc *x, const void *key, size_t key_len)
{
	memset(x, 0, sizeof(*x));
	if (key_len != IKE_XCBC_LEN)
		return -EIO;
	return schedule(x, key) ? 0 : ike_crypto_failed(-EIO);
}

static bool update(struct ike_xcbc *x, const uint8_t *p, size_t len)
{
	uint8_t out[IKE_XCBC_LEN];
	bool good = true;

	while (len && good) {
		size_t n = IKE_XCBC_LEN - x->held;

		if (!n) {
			good = block(x->cbc, x->last, out);
			x->held = 0;
			continue;
		}
		n = n < len ? n : len;
		memcpy(x->last + x->held, p, n);
		x->held += n;
		p += n;
		len -= n;
	}
	ike_wipe(out, sizeof(out));
	return good;
}

/* The last block: whole with K2, else padded with a bit 1, with K3. */
static bool final(struct ike_xcbc *x, uint8_t *out)
{
	const uint8_t *key = x->k2;
	size_t i;

	if (x->held < IKE_XCBC_LEN) {
		key = x->k3;
		memset(x->last + x->held, 0, IKE_XCBC_LEN - x->held);
		x->last[x->held] = 0x80;
	}
	for (i = 0; i < IKE_XCBC_LEN; i++)
		x->last[i] ^= key[i];
	return block(x->cbc, x->last, out);
}

int ike_xcbc_run(struct ike_xcbc *x, const struct iovec *iov, unsigned int n,
		 uint8_t *out)
{
	bool good = start(x->cbc, NULL);

	x->held = 0;
	for (; good && n--; iov++)
		good = update(x, iov->iov_base, iov->iov_len);
	return good && final(x, out) ? 0 : ike_crypto_failed(-EIO);
}

void ike_xcbc_done(struct ike_xcbc *x)
{
	EVP_CIPHER_CTX_free(x->cbc);
	ike_wipe(x, sizeof(*x));
}
