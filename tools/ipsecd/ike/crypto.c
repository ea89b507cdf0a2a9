// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <limits.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "crypto_int.h"
#include "wire.h"

int ike_crypto_failed(int error)
{
	unsigned long e = ERR_peek_error();

	for (; e; e = ERR_get_error())
		if (ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE)
			error = -EIO;
	ERR_clear_error(); /* with the texts that read ones keep */
	return error;
}

/**
 * ike_crypto_init() - take in what libcrypto gives
 *
 * Opens files (its configuration, the legacy provider), so it is called
 * before the process is confined. A second call does nothing. The default
 * provider is named because libcrypto no longer loads it by itself once
 * another one is. Return: 0, or -EIO when there is no SHA-2, AES or randomness.
 */
int ike_crypto_init(void)
{
	static bool done;
	struct ike_encr_info info;
	uint8_t byte;

	if (done)
		return 0;
	if (!OSSL_PROVIDER_load(NULL, "default"))
		return ike_crypto_failed(-EIO);
	OSSL_PROVIDER_load(NULL, "legacy");
	ike_hash_init();
	ike_mac_algs_init();
	ike_cipher_init();
	ike_dh_init();
	/* What is missing for want of memory would be missing for good. */
	if (ike_crypto_failed(0))
		return -EIO;
	if (!ike_prf_len(IKE_PRF_HMAC_SHA2_256) ||
	    ike_encr_info(IKE_ENCR_AES_CBC, 128, &info) ||
	    ike_random(&byte, sizeof(byte)))
		return -EIO;
	done = true;
	return 0;
}

int ike_random(void *buf, size_t len)
{
	if (len > INT_MAX || RAND_bytes(buf, (int)len) != 1)
		return ike_crypto_failed(-EIO);
	return 0;
}

bool ike_equal(const void *a, const void *b, size_t len)
{
	return !CRYPTO_memcmp(a, b, len);
}

void ike_wipe(void *buf, size_t len)
{
	OPENSSL_cleanse(buf, len);
}
