// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * No secret outlives its use in memory of libcrypto: whatever it frees was
 * wiped, and what it keeps holds no key. dh.c is part of this program, for its
 * private values.
 */
#include <malloc.h>

#include <openssl/crypto.h>

#include "dh.c"
#include "sk.h"
#include "tap.h"

#define SECRETS_MAX 8
#define SECRET_PART 8 /* of a secret that is enough to be noticed */
#define BLOCKS_MAX 65536

static struct ike_blob secrets[SECRETS_MAX];
static unsigned int secret_count;
static void *live[BLOCKS_MAX];
static size_t live_count;
static unsigned int found;

static bool holds_secret(const void *p)
{
	size_t len = malloc_usable_size((void *)p);
	unsigned int i;
	size_t off;

	for (i = 0; i < secret_count; i++)
		for (off = 0; off + SECRET_PART <= secrets[i].len;
		     off += SECRET_PART)
			if (memmem(p, len, secrets[i].data + off, SECRET_PART))
				return true;
	return false;
}

static void *watch_malloc(size_t n, const char *file, int line)
{
	void *p = malloc(n);

	(void)file;
	(void)line;
	if (p && live_count < BLOCKS_MAX)
		live[live_count++] = p;
	return p;
}

static void watch_free(void *p, const char *file, int line)
{
	size_t i = live_count;

	(void)file;
	(void)line;
	while (p && i--)
		if (live[i] == p) {
			live[i] = live[--live_count];
			break;
		}
	if (p && holds_secret(p))
		found++;
	free(p);
}

/* Always elsewhere, for what realloc() leaves behind cannot be seen. */
static void *watch_realloc(void *p, size_t n, const char *file, int line)
{
	size_t old = p ? malloc_usable_size(p) : 0;
	void *q = n ? watch_malloc(n, file, line) : NULL;

	if (q && p)
		memcpy(q, p, old < n ? old : n);
	if (q || !n)
		watch_free(p, file, line);
	return q;
}

static void secret(const void *data, size_t len)
{
	secrets[secret_count++] = (struct ike_blob){ data, len };
}

static void reverse(uint8_t *to, const uint8_t *from, size_t len)
{
	while (len--)
		*to++ = from[len];
}

/* After a call: were there secrets in what was freed, or what is kept? */
static void check(const char *what)
{
	unsigned int kept = 0;
	size_t i;

	for (i = 0; i < live_count; i++)
		kept += holds_secret(live[i]);
	ok(!found && !kept, "%s: in %u blocks freed, %u kept", what, found,
	   kept);
	found = 0;
	secret_count = 0;
}

static const uint8_t key[64] =
	"a sentinel key that no other memory holds, of 64 bytes, as salt";

static void watcher(void)
{
	uint8_t *p = OPENSSL_malloc(64);

	secret(key, 32);
	memcpy(p, key, 64);
	ok(holds_secret(p), "the watcher finds a key");
	OPENSSL_free(p);
	ok(found == 1, "and one that was freed");
	found = 0;
	check("nothing");
}

static void macs(void)
{
	static const uint16_t prfs[] = { 1, 2, 4, 5, 6, 7, 8 };
	const struct iovec iov = { "data", 4 };
	uint8_t out[200], icv[IKE_PRF_MAX];
	char name[32];
	size_t i;

	for (i = 0; i < sizeof(prfs) / sizeof(prfs[0]); i++) {
		snprintf(name, sizeof(name), "PRF %u", prfs[i]);
		secret(key, 64);
		ike_prf(prfs[i], key, 64, &iov, 1, out);
		ike_prf(prfs[i], key, 16, &iov, 1, out);
		check(name);
		secret(key, 32);
		ike_prf_plus(prfs[i], key, 32, "seed", 4, out, sizeof(out));
		secret(out, sizeof(out));
		check(name);
	}
	secret(key, 64);
	ike_integ(IKE_INTEG_HMAC_SHA2_512_256, key, &iov, 1, icv);
	ike_integ(IKE_INTEG_AES_XCBC_96, key, &iov, 1, icv);
	check("integrity");
}

static void ciphers(void)
{
	uint8_t data[96], icv[16], plain[96];
	uint16_t id, bits;
	char name[32];

	ike_random(plain, sizeof(plain));
	for (id = IKE_ENCR_DES; id <= IKE_ENCR_CHACHA20_POLY1305; id++)
		for (bits = 0; bits <= 256; bits += 64) {
			struct ike_encr_info info;
			size_t len;

			if (ike_encr_info(id, bits, &info) ||
			    id == IKE_ENCR_NULL || id == IKE_ENCR_AES_GMAC)
				continue;
			snprintf(name, sizeof(name), "cipher %u, %u", id, bits);
			len = info.key_len + info.salt;
			memcpy(data, plain, sizeof(plain));
			secret(key, len);
			secret(plain, sizeof(plain));
			if (info.icv) {
				ike_aead_seal(id, key, len, key, "", 0, data,
					      96, icv);
				ike_aead_open(id, key, len, key, "", 0, data,
					      96, icv);
				ike_aead_open(id, key, len, key, "", 0, data,
					      96, icv);
			} else {
				ike_encrypt(id, key, len, key, data, 96);
				ike_decrypt(id, key, len, key, data, 96);
			}
			check(name);
		}
}

/* The private value: bytes as they are, or a number from the lowest byte. */
static size_t private_value(const struct ike_dh *dh, uint8_t *out)
{
	size_t len = IKE_KE_MAX;
	BIGNUM *n = NULL;

	if (dh->group->kind->raw)
		return EVP_PKEY_get_raw_private_key(dh->key, out, &len) ? len :
									  0;
	if (!EVP_PKEY_get_bn_param(dh->key, OSSL_PKEY_PARAM_PRIV_KEY, &n))
		return 0;
	len = (size_t)BN_num_bytes(n) / SECRET_PART * SECRET_PART;
	BN_bn2lebinpad(n, out, BN_num_bytes(n));
	BN_clear_free(n);
	return len;
}

static void exchanges(void)
{
	static const uint16_t ids[] = { 2, 14, 19, 20, 21, 31, 32 };
	uint8_t private[IKE_KE_MAX], drawn[IKE_KE_MAX];
	uint8_t shared[IKE_KE_MAX], words[IKE_KE_MAX];
	char name[32];
	size_t i, len, n;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct ike_dh *dh = ike_dh_new(ids[i]);
		const uint8_t *public = ike_dh_public(dh, &len);

		snprintf(name, sizeof(name), "group %u", ids[i]);
		n = private_value(dh, private);
		ike_dh_shared(dh, public, len, shared, &len);
		secret(private, n);
		ike_dh_free(dh);
		/* Random bytes become a number from its highest byte. */
		reverse(drawn, private, n);
		secret(drawn, n);
		reverse(words, shared, len);
		secret(shared, len);
		secret(words, len);
		ok(secrets[0].len >= 24, "%s: %zu private bytes", name,
		   secrets[0].len);
		check(name);
	}
}

int main(void)
{
	ok(CRYPTO_set_mem_functions(watch_malloc, watch_realloc, watch_free),
	   "allocations are ours");
	ok(!ike_crypto_init(), "init");
	watcher();
	macs();
	ciphers();
	exchanges();
	return tap_done();
}
