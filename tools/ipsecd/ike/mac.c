// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "crypto_int.h"
#include "mac.h"

static const struct {
	const char *name;
	const char *param; /* which names its digest or cipher */
	const char *of;
	uint8_t len;
} algs[IKE_MACS] = {
	[IKE_MAC_HMAC_MD5] = { "HMAC", OSSL_MAC_PARAM_DIGEST, "MD5", 16 },
	[IKE_MAC_HMAC_SHA1] = { "HMAC", OSSL_MAC_PARAM_DIGEST, "SHA1", 20 },
	[IKE_MAC_HMAC_SHA2_256] = { "HMAC", OSSL_MAC_PARAM_DIGEST, "SHA2-256",
				    32 },
	[IKE_MAC_HMAC_SHA2_384] = { "HMAC", OSSL_MAC_PARAM_DIGEST, "SHA2-384",
				    48 },
	[IKE_MAC_HMAC_SHA2_512] = { "HMAC", OSSL_MAC_PARAM_DIGEST, "SHA2-512",
				    64 },
	[IKE_MAC_CMAC] = { "CMAC", OSSL_MAC_PARAM_CIPHER, "AES-128-CBC", 16 },
	[IKE_MAC_XCBC] = { .len = IKE_XCBC_LEN },
};

/*
 * Contexts to be copied: far cheaper than naming the digest each time, and a
 * copy is freed after use, which wipes its key. Theirs is of zeros, for CMAC
 * is not copied without one.
 */
static EVP_MAC_CTX *templates[IKE_MACS];

static EVP_MAC_CTX *template(enum ike_mac_alg alg)
{
	static const uint8_t zero[IKE_XCBC_LEN];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(algs[alg].param,
						 (char *)algs[alg].of, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, algs[alg].name, NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;

	EVP_MAC_free(mac);
	if (ctx && !EVP_MAC_init(ctx, zero, sizeof(zero), params)) {
		EVP_MAC_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

void ike_mac_algs_init(void)
{
	enum ike_mac_alg alg;

	ike_xcbc_init();
	for (alg = 0; alg < IKE_MACS; alg++)
		if (algs[alg].name && !templates[alg])
			templates[alg] = template(alg);
}

size_t ike_mac_len(enum ike_mac_alg alg)
{
	bool known = alg == IKE_MAC_XCBC ? ike_xcbc_known() :
					   alg < IKE_MACS && templates[alg];

	return known ? algs[alg].len : 0;
}

/* -EOPNOTSUPP, -EIO. */
int ike_mac_start(struct ike_mac *m, enum ike_mac_alg alg, const void *key,
		  size_t key_len)
{
	memset(m, 0, sizeof(*m));
	m->len = ike_mac_len(alg);
	if (!m->len)
		return -EOPNOTSUPP;
	if (alg == IKE_MAC_XCBC)
		return ike_xcbc_start(&m->xcbc, key, key_len);
	m->ctx = EVP_MAC_CTX_dup(templates[alg]);
	/* NULL would mean the key of the template. */
	if (!m->ctx || !EVP_MAC_init(m->ctx, key ? key : "", key_len, NULL))
		return ike_crypto_failed(-EIO);
	return 0;
}

static bool run(struct ike_mac *m, const struct iovec *iov, unsigned int n,
		uint8_t *out)
{
	size_t len;

	if (m->used && !EVP_MAC_init(m->ctx, NULL, 0, NULL))
		return false;
	m->used = true;
	for (; n--; iov++)
		if (iov->iov_len &&
		    !EVP_MAC_update(m->ctx, iov->iov_base, iov->iov_len))
			return false;
	return EVP_MAC_final(m->ctx, out, &len, m->len) && len == m->len;
}

int ike_mac_run(struct ike_mac *m, const struct iovec *iov, unsigned int n,
		uint8_t *out)
{
	if (!m->ctx)
		return ike_xcbc_run(&m->xcbc, iov, n, out);
	return run(m, iov, n, out) ? 0 : ike_crypto_failed(-EIO);
}

void ike_mac_done(struct ike_mac *m)
{
	EVP_MAC_CTX_free(m->ctx);
	ike_xcbc_done(&m->xcbc);
	ike_wipe(m, sizeof(*m));
}
