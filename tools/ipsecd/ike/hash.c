// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include <openssl/evp.h>

#include "crypto_int.h"
#include "wire.h"

static struct {
	uint16_t id;
	uint8_t len;
	const char *name;
	EVP_MD *md;
} hashes[] = {
	{ .id = IKE_HASH_MD5, .len = 16, .name = "MD5" },
	{ .id = IKE_HASH_SHA1, .len = 20, .name = "SHA1" },
	{ .id = IKE_HASH_SHA2_256, .len = 32, .name = "SHA2-256" },
	{ .id = IKE_HASH_SHA2_384, .len = 48, .name = "SHA2-384" },
	{ .id = IKE_HASH_SHA2_512, .len = 64, .name = "SHA2-512" },
};

#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

void ike_hash_init(void)
{
	size_t i;

	for (i = 0; i < HASHES; i++)
		if (!hashes[i].md)
			hashes[i].md = EVP_MD_fetch(NULL, hashes[i].name, NULL);
}

/* HASHES: there is none. */
static size_t find(uint16_t hash)
{
	size_t i;

	for (i = 0; i < HASHES; i++)
		if (hashes[i].id == hash && hashes[i].md)
			break;
	return i;
}

size_t ike_hash_len(uint16_t hash)
{
	size_t i = find(hash);

	return i < HASHES ? hashes[i].len : 0;
}

static bool digest(EVP_MD_CTX *ctx, const EVP_MD *md, const struct iovec *iov,
		   unsigned int n, uint8_t *out)
{
	if (!ctx || !EVP_DigestInit_ex2(ctx, md, NULL))
		return false;
	for (; n--; iov++)
		if (iov->iov_len &&
		    !EVP_DigestUpdate(ctx, iov->iov_base, iov->iov_len))
			return false;
	return EVP_DigestFinal_ex(ctx, out, NULL);
}

/**
 * ike_hash() - a digest without a key
 * @hash: enum ike_hash or IKE_HASH_MD5
 * @iov: what is hashed, one part after the other
 * @n: of parts
 * @out: of ike_hash_len() bytes
 *
 * Return: 0, -EOPNOTSUPP or -EIO.
 */
int ike_hash(uint16_t hash, const struct iovec *iov, unsigned int n,
	     uint8_t *out)
{
	size_t i = find(hash);
	EVP_MD_CTX *ctx;
	int err = 0;

	if (i == HASHES)
		return -EOPNOTSUPP;
	ctx = EVP_MD_CTX_new();
	if (!digest(ctx, hashes[i].md, iov, n, out))
		err = ike_crypto_failed(-EIO);
	EVP_MD_CTX_free(ctx);
	return err;
}
