// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory runs out at every allocation that libcrypto makes: each call must
 * fail, say so, leave no secret behind and lose no memory; the next works.
 */
#include <errno.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "sk.h"
#include "tap.h"
#include "wire.h"

static long countdown = -1; /* allocations until one fails; < 0: none does */
static long blocks; /* that are allocated now */
static bool failed;

static bool fails(void)
{
	if (countdown < 0 || countdown--)
		return false;
	failed = true;
	return true;
}

static void *fault_malloc(size_t n, const char *file, int line)
{
	void *p = fails() ? NULL : malloc(n);

	(void)file;
	(void)line;
	blocks += !!p;
	return p;
}

static void *fault_realloc(void *p, size_t n, const char *file, int line)
{
	void *q;

	(void)file;
	(void)line;
	if (n && fails())
		return NULL;
	q = realloc(p, n);
	blocks += (q && !p) - (!q && p);
	return q;
}

static void fault_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	blocks -= !!p;
	free(p);
}

static const uint8_t some[64] = { 1, 2, 3 };

static bool empty(const void *p, size_t len)
{
	const uint8_t *b = p;

	while (len && !*b) {
		b++;
		len--;
	}
	return !len;
}

/* What is called: 0, or an error after which nothing is left in out. */
typedef int call_fn(unsigned int id, uint8_t *out);

static int call_prf_plus(unsigned int id, uint8_t *out)
{
	int err = ike_prf_plus((uint16_t)id, some, 33, some, 40, out, 200);

	return err && !empty(out, 200) ? 1 : err;
}

static int call_prf(unsigned int id, uint8_t *out)
{
	const struct iovec iov = { (void *)some, sizeof(some) };

	return ike_prf((uint16_t)id, some, 20, &iov, 1, out);
}

static int call_integ(unsigned int id, uint8_t *out)
{
	const struct iovec iov = { (void *)some, sizeof(some) };

	return ike_integ((uint16_t)id, some, &iov, 1, out);
}

static int call_hash(unsigned int id, uint8_t *out)
{
	const struct iovec iov = { (void *)some, sizeof(some) };

	return ike_hash((uint16_t)id, &iov, 1, out);
}

static int call_random(unsigned int id, uint8_t *out)
{
	return ike_random(out, id);
}

static int call_dh(unsigned int id, uint8_t *out)
{
	struct ike_dh *dh = ike_dh_new((uint16_t)id);
	const uint8_t *public;
	uint8_t peer[IKE_KE_MAX], again[IKE_KE_MAX];
	size_t len;
	int err;

	if (!dh)
		return -EIO;
	public = ike_dh_public(dh, &len);
	memcpy(peer, public, len);
	err = ike_dh_shared(dh, peer, len, out, &len);
	if (err && (len || !empty(out, 32)))
		err = 1;
	/* libcrypto gets over some failures; the secret must be the same. */
	countdown = -1;
	if (!err && (ike_dh_shared(dh, peer, ike_dh_public_len((uint16_t)id),
				   again, &len) ||
		     memcmp(again, out, len)))
		err = 1;
	ike_dh_free(dh);
	return err;
}

static void set_keys(struct ikev2_keys *k, unsigned int encr)
{
	struct ike_encr_info info;

	memset(k, 0, sizeof(*k));
	k->encr = (uint16_t)encr;
	k->integ = IKE_INTEG_HMAC_SHA2_256_128;
	if (ike_encr_info(k->encr, 128, &info))
		ike_encr_info(k->encr, 0, &info);
	k->e_len = info.key_len + info.salt;
}

static int call_sk(unsigned int id, uint8_t *out)
{
	const struct ike_header h = { .version = IKE_V2 };
	struct ike_message m;
	struct ikev2_keys k;
	uint8_t msg[256];
	size_t len;
	int err;

	set_keys(&k, id);
	len = ikev2_seal(&k, &h, 0, 0, 0, some, some, 60, msg, sizeof(msg));
	if (!len)
		return empty(msg + 28, 60) ? -EIO : 1;
	ike_message_parse(&m, msg, len);
	err = ikev2_open(&k, &m, &m.payload[0], out, &len);
	return err == -EBADMSG && !len ? -EIO : err;
}

static void propose(struct ike_proposal *p)
{
	memset(p, 0, sizeof(*p));
	ike_proposal_add(p, IKE_TRANSFORM_ENCR, IKE_ENCR_AES_CBC, 256);
	ike_proposal_add(p, IKE_TRANSFORM_PRF, IKE_PRF_HMAC_SHA1, 0);
	ike_proposal_add(p, IKE_TRANSFORM_INTEG, IKE_INTEG_HMAC_SHA1_96, 0);
}

static int call_keys2(unsigned int id, uint8_t *out)
{
	const struct ike_blob b = { some, 32 };
	struct ikev2_keys k, next;
	struct ike_proposal p;
	int err;

	(void)id;
	propose(&p);
	err = ikev2_keys_derive(&k, &p, NULL, b, b, b, some, some);
	if (err)
		return empty(&k, sizeof(k)) ? err : 1;
	next = k;
	err = ikev2_keys_ppk(&next, b);
	if (err)
		return memcmp(&k, &next, sizeof(k)) ? 1 : err;
	err = ikev2_keys_derive(&next, &p, &k, b, b, b, some, some);
	if (err)
		return empty(&next, sizeof(next)) ? err : 1;
	err = ikev2_keymat(&next, b, b, b, out, 100);
	return err && !empty(out, 100) ? 1 : err;
}

static int call_keys1(unsigned int id, uint8_t *out)
{
	const struct ike_blob b = { some, 32 }, none = { NULL, 0 };
	uint8_t iv[IKE_BLOCK_MAX];
	struct ike_proposal p;
	struct ikev1_keys k;
	int err;

	propose(&p);
	err = ikev1_keys_derive(&k, &p, id ? b : none, b, b, b, some, some);
	if (err)
		return empty(&k, sizeof(k)) ? err : 1;
	err = ikev1_iv_main(&k, b, b, iv);
	if (!err)
		err = ikev1_iv_quick(&k, iv, 1, iv);
	if (!err &&
	    (ikev1_encrypt(&k, iv, out, 64) || ikev1_decrypt(&k, iv, out, 64)))
		err = -EIO;
	if (err)
		return err;
	err = ikev1_keymat(&k, b, 3, some, b, b, out, 100);
	return err && !empty(out, 100) ? 1 : err;
}

static const struct {
	const char *name;
	call_fn *call;
	unsigned int id;
} calls[] = {
	{ "prf+ of HMAC-SHA-256", call_prf_plus, IKE_PRF_HMAC_SHA2_256 },
	{ "prf+ of AES-XCBC", call_prf_plus, IKE_PRF_AES128_XCBC },
	{ "prf+ of AES-CMAC", call_prf_plus, IKE_PRF_AES128_CMAC },
	{ "PRF HMAC-SHA-512", call_prf, IKE_PRF_HMAC_SHA2_512 },
	{ "PRF AES-XCBC", call_prf, IKE_PRF_AES128_XCBC },
	{ "PRF AES-CMAC", call_prf, IKE_PRF_AES128_CMAC },
	{ "integrity HMAC-MD5", call_integ, IKE_INTEG_HMAC_MD5_96 },
	{ "integrity AES-XCBC", call_integ, IKE_INTEG_AES_XCBC_96 },
	{ "SHA-1", call_hash, IKE_HASH_SHA1 },
	{ "random", call_random, 64 },
	{ "MODP-1024", call_dh, IKE_GROUP_MODP1024 },
	{ "MODP-2048", call_dh, IKE_GROUP_MODP2048 },
	{ "ECP-256", call_dh, IKE_GROUP_ECP256 },
	{ "ECP-384", call_dh, IKE_GROUP_ECP384 },
	{ "X25519", call_dh, IKE_GROUP_X25519 },
	{ "X448", call_dh, IKE_GROUP_X448 },
	{ "SK of AES-CBC", call_sk, IKE_ENCR_AES_CBC },
	{ "SK of AES-CTR", call_sk, IKE_ENCR_AES_CTR },
	{ "SK of AES-CCM", call_sk, IKE_ENCR_AES_CCM_16 },
	{ "SK of AES-GCM", call_sk, IKE_ENCR_AES_GCM_16 },
	{ "SK of ChaCha20", call_sk, IKE_ENCR_CHACHA20_POLY1305 },
	{ "SK of 3DES", call_sk, IKE_ENCR_3DES },
	{ "keys of version 2", call_keys2, 0 },
	{ "keys of version 1", call_keys1, 0 },
	{ "keys of version 1, PSK", call_keys1, 1 },
};

/*
 * One allocation fails, the nth: false when there was none so late. libcrypto
 * does not always tell that it was memory, hence -EBADMSG.
 */
static bool nth(call_fn *call, unsigned int id, long n, bool *good)
{
	uint8_t out[IKE_KE_MAX];
	long before = blocks;
	int err;

	memset(out, 0, sizeof(out));
	failed = false;
	countdown = n;
	err = call(id, out);
	countdown = -1;
	if (err &&
	    ((err != -EIO && err != -EBADMSG) || !failed || ERR_peek_error()))
		*good = false;
	ERR_clear_error();
	if (blocks != before)
		*good = false;
	return failed;
}

int main(void)
{
	size_t i;

	ok(CRYPTO_set_mem_functions(fault_malloc, fault_realloc, fault_free),
	   "allocations are ours");
	ok(!ike_crypto_init(), "init");
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		uint8_t out[IKE_KE_MAX] = { 0 };
		bool good = true;
		long n = 0;

		/* What libcrypto keeps after a first use is not a leak. */
		calls[i].call(calls[i].id, out);
		while (nth(calls[i].call, calls[i].id, n, &good))
			n++;
		ok(good && !calls[i].call(calls[i].id, out),
		   "%s: %ld allocations", calls[i].name, n);
	}
	return tap_done();
}
