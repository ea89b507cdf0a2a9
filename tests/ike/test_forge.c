// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RSA signatures that are none, and keys that nobody should use: checklist
 * I-60 (PKCS#1 v1.5) and I-61 (numbers).
 */
#include "mint.h"
#include "pki.h"
#include "tap.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/rsa.h>
#include <time.h>

#define BYTES 256
#define KEY "rsa2048"
#define CUBE "e3"

static const uint8_t text[] = "octets";
static const struct ike_blob octets = { text, sizeof(text) };
static const uint8_t alg256[] = { 15,	0x30, 0x0d, 0x06, 0x09, 0x2a,
				  0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
				  0x01, 0x0b, 5,    0 };

/* DigestInfo with SHA-256 of the octets. */
static uint8_t info[IKE_SIGALG_MAX + 64];
static size_t info_len;

#define PREFIX 19 /* of it, before the hash */

/* By method 14 and by method 1, which must both refuse or both verify. */
static int verify(const char *key, const uint8_t *sig, size_t len)
{
	struct ike_peer_key *peer = mint_peer(key);
	uint8_t out[sizeof(alg256) + BYTES + 1];
	struct ike_auth_body auth = { 14, out, sizeof(alg256) + len };
	int rc, old;

	memcpy(out, alg256, sizeof(alg256));
	memcpy(out + sizeof(alg256), sig, len);
	rc = ikev2_verify(peer, IKE_HASH_BIT(IKE_HASH_SHA2_256), octets, &auth);
	auth = (struct ike_auth_body){ 1, sig, len };
	old = ikev2_verify(peer, 0, octets, &auth);
	ike_peer_key_free(peer);
	return rc == old ? rc : 1;
}

/* The private operation on any number below the modulus. */
static size_t raw_sign(const char *key, const uint8_t *em, uint8_t *sig)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(mint_key(key), NULL);
	size_t len = BYTES;

	EVP_PKEY_sign_init(ctx);
	EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING);
	if (EVP_PKEY_sign(ctx, sig, &len, em, BYTES) != 1)
		len = 0;
	EVP_PKEY_CTX_free(ctx);
	return len;
}

/* An encoded message: 00 type, pad times ff, 00, t, zeros. */
static int em_result(uint8_t type, size_t pad, const uint8_t *t, size_t t_len)
{
	uint8_t em[BYTES] = { 0, type }, sig[BYTES];

	memset(em + 2, 0xff, pad);
	memcpy(em + 3 + pad, t, t_len);
	return verify(KEY, sig, raw_sign(KEY, em, sig));
}

static void em_refused(uint8_t type, size_t pad, const uint8_t *t, size_t t_len,
		       const char *what)
{
	ok(em_result(type, pad, t, t_len) == -EBADMSG, "I-60 %s", what);
}

static size_t full(size_t t_len)
{
	return BYTES - 3 - t_len;
}

static void t_refused(const uint8_t *t, size_t t_len, const char *what)
{
	em_refused(1, full(t_len), t, t_len, what);
}

static void test_padding(void)
{
	uint8_t em[BYTES] = { 0, 1 }, sig[BYTES];
	bool all = true;
	size_t i;

	ok(!em_result(1, full(info_len), info, info_len),
	   "the one good encoding");
	em_refused(2, full(info_len), info, info_len, "padding of encryption");
	em_refused(0, full(info_len), info, info_len, "padding type 0");
	em_refused(1, full(info_len) - 1, info, info_len,
		   "one byte of garbage at the end");
	em_refused(1, 8, info, info_len, "the shortest padding, garbage");
	em_refused(1, 0, info, info_len, "no padding");
	for (i = 2; i < BYTES - info_len; i++) {
		memset(em + 2, 0xff, full(info_len));
		em[BYTES - info_len - 1] = 0;
		memcpy(em + BYTES - info_len, info, info_len);
		em[i] ^= 0x01;
		raw_sign(KEY, em, sig);
		all = all && verify(KEY, sig, BYTES) == -EBADMSG;
	}
	ok(all, "I-60 every byte of the padding counts");
}

static void test_info(void)
{
	uint8_t t[128];

	memcpy(t, info, info_len);
	t_refused(t, info_len - 1, "a hash one byte shorter");
	memcpy(t, info, info_len);
	t[info_len] = 0;
	t_refused(t, info_len + 1, "a hash one byte longer");
	t[1]++;
	t[PREFIX - 1]++;
	t_refused(t, info_len + 1, "and the lengths say so");
	memcpy(t, info, PREFIX);
	t[1] = PREFIX - 2;
	t[PREFIX - 1] = 0;
	t_refused(t, PREFIX, "an empty hash (CVE-2026-50721)");
	t_refused(info + PREFIX, 32, "no DigestInfo, as in version 1");
	memcpy(t, info, info_len);
	t[14] = 3;
	t_refused(t, info_len, "the name of SHA-512");
	memcpy(t, info, info_len);
	memmove(t + 15, t + PREFIX - 2, 34);
	t[1] -= 2;
	t[3] -= 2;
	t_refused(t, info_len - 2, "parameters missing");
	memcpy(t, info, info_len);
	t[15] = 0x30;
	t_refused(t, info_len, "parameters that are no NULL");
	t[0] = 0x30;
	t[1] = 0x81;
	t[2] = info[1];
	memcpy(t + 3, info + 2, info_len - 2);
	t_refused(t, info_len + 1, "BER: a long length");
	t[1] = 0x80;
	memcpy(t + 2, info + 2, info_len - 2);
	t[info_len] = 0;
	t[info_len + 1] = 0;
	t_refused(t, info_len + 2, "BER: an indefinite length");
	t_refused(t, 0, "nothing at all");
}

/* Garbage in the parameters: where Bleichenbacher's attack of 2006 has room. */
static void test_garbage(void)
{
	uint8_t t[BYTES] = { 0x30, 0x81, 0, 0x30, 0x81, 0 };
	size_t room = 150;

	memcpy(t + 6, info + 4, 11);
	t[17] = 0x04;
	t[18] = 0x81;
	t[19] = (uint8_t)room;
	memset(t + 20, 0xa5, room);
	memcpy(t + 20 + room, info + PREFIX - 2, 34);
	t[5] = (uint8_t)(14 + room);
	t[2] = (uint8_t)(t[5] + 3 + 34);
	t_refused(t, 20 + room + 34, "garbage in the parameters");
}

/* floor(cube root), by halving. */
static BIGNUM *cube_root(const BIGNUM *v, BN_CTX *ctx)
{
	BIGNUM *root = BN_new(), *cube = BN_new(), *try = BN_new();
	int bit;

	for (bit = BN_num_bits(v) / 3 + 1; bit >= 0; bit--) {
		BN_copy(try, root);
		BN_set_bit(try, bit);
		BN_sqr(cube, try, ctx);
		BN_mul(cube, cube, try, ctx);
		if (BN_cmp(cube, v) <= 0)
			BN_copy(root, try);
	}
	BN_free(cube);
	BN_free(try);
	return root;
}

/* Without the private key: a cube that begins as a signature would. */
static void forge_cube(size_t pad, const char *what)
{
	uint8_t em[BYTES] = { 0, 1 }, sig[BYTES], cubed[BYTES];
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *v, *root;
	size_t used = 3 + pad + info_len;

	memset(em + 2, 0xff, pad);
	memcpy(em + 3 + pad, info, info_len);
	memset(em + used, 0xff, BYTES - used);
	v = BN_bin2bn(em, BYTES, NULL);
	root = cube_root(v, ctx);
	BN_bn2binpad(root, sig, BYTES);
	BN_sqr(v, root, ctx);
	BN_mul(v, v, root, ctx);
	BN_bn2binpad(v, cubed, BYTES);
	ok(!memcmp(cubed, em, used) && verify(CUBE, sig, BYTES) == -EBADMSG,
	   "I-60 %s", what);
	BN_free(v);
	BN_free(root);
	BN_CTX_free(ctx);
}

static void make_cube_key(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, NULL);
	EVP_PKEY *key = NULL;
	BIGNUM *e = BN_new();

	BN_set_word(e, 3);
	EVP_PKEY_keygen_init(ctx);
	EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 2048);
	EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e);
	EVP_PKEY_keygen(ctx, &key);
	EVP_PKEY_CTX_free(ctx);
	BN_free(e);
	mint_adopt(CUBE, key);
}

static void test_cube(void)
{
	uint8_t em[BYTES] = { 0, 1 }, sig[BYTES];

	make_cube_key();
	memset(em + 2, 0xff, full(info_len));
	memcpy(em + BYTES - info_len, info, info_len);
	raw_sign(CUBE, em, sig);
	ok(!verify(CUBE, sig, BYTES), "a good signature with e = 3");
	forge_cube(8, "e = 3, a forgery with the shortest padding");
	forge_cube(0, "e = 3, a forgery without padding");
	forge_cube(24, "e = 3, a forgery with more padding");
}

static void test_lengths(void)
{
	uint8_t em[BYTES] = { 0, 1 }, sig[BYTES + 1] = { 0 };
	BIGNUM *s, *n = NULL;

	memset(em + 2, 0xff, full(info_len));
	memcpy(em + BYTES - info_len, info, info_len);
	raw_sign(KEY, em, sig + 1);
	ok(!verify(KEY, sig + 1, BYTES), "the length of the key");
	ok(verify(KEY, sig, BYTES + 1) == -EBADMSG, "I-60 a zero before it");
	ok(verify(KEY, sig + 1, BYTES - 1) == -EBADMSG, "I-60 one byte less");
	ok(verify(KEY, sig + 1, 0) == -EBADMSG, "I-60 none");
	EVP_PKEY_get_bn_param(mint_key(KEY), "n", &n);
	s = BN_bin2bn(sig + 1, BYTES, NULL);
	BN_add(s, s, n);
	if (BN_num_bytes(s) <= BYTES) {
		BN_bn2binpad(s, sig, BYTES);
		ok(verify(KEY, sig, BYTES) == -EBADMSG, "I-61 s + n");
	} else {
		BN_bn2binpad(n, sig, BYTES);
		ok(verify(KEY, sig, BYTES) == -EBADMSG, "I-61 s = n");
	}
	BN_bn2binpad(n, sig, BYTES);
	sig[BYTES - 1]++;
	ok(verify(KEY, sig, BYTES) == -EBADMSG, "I-61 s = n + 1");
	memset(sig, 0xff, BYTES);
	ok(verify(KEY, sig, BYTES) == -EBADMSG, "I-61 s of ones");
	memset(sig, 0, BYTES);
	ok(verify(KEY, sig, BYTES) == -EBADMSG, "I-61 s = 0");
	sig[BYTES - 1] = 1;
	ok(verify(KEY, sig, BYTES) == -EBADMSG, "I-61 s = 1");
	BN_free(s);
	BN_free(n);
}

/* Version 1 has no DigestInfo; what has one is for version 2. */
static void test_v1(void)
{
	struct ike_peer_key *peer = mint_peer(KEY);
	struct ike_blob hash = { info + PREFIX, 32 };
	struct ike_blob with = { info, info_len };
	uint8_t sig[IKE_SIGNATURE_MAX];
	struct ike_blob blob = { sig, 0 };

	ike_rsa_sign(mint_key(KEY), hash, sig, &blob.len);
	ok(!ikev1_verify(peer, OAKLEY_AUTH_RSA, hash, blob),
	   "version 1: the hash alone");
	ok(verify(KEY, sig, blob.len) == -EBADMSG, "I-60 is none of version 2");
	hash.len = 20;
	ok(ikev1_verify(peer, OAKLEY_AUTH_RSA, hash, blob) == -EBADMSG,
	   "I-60 nor of a hash that is cut");
	hash.len = 32;
	ike_rsa_sign(mint_key(KEY), with, sig, &blob.len);
	ok(ikev1_verify(peer, OAKLEY_AUTH_RSA, hash, blob) == -EBADMSG,
	   "I-60 version 1 with a DigestInfo");
	hash.len = 0;
	ok(ikev1_verify(peer, OAKLEY_AUTH_RSA, hash, blob) == -EOPNOTSUPP,
	   "I-60 version 1, no hash");
	ike_peer_key_free(peer);
}

static BIGNUM *number(int bits, bool odd)
{
	BIGNUM *v = BN_new();

	if (bits)
		BN_rand(v, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
	if (bits && !odd)
		BN_clear_bit(v, 0);
	return v;
}

static uint64_t cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/*
 * As a bare key, in a leaf and in the certificate of a CA. What libcrypto
 * cannot even read is refused with the rest.
 */
static void key_refused(const BIGNUM *n, const BIGNUM *e, const char *what)
{
	static X509 *root;
	static int serial;
	struct ike_blob der = mint_rsa_public(n, e);
	struct ike_trust *trust;
	struct ike_id id = mint_id("x.example.org");
	struct ipsec_err err = { 0 };
	struct ike_peer_certs certs;
	EVP_PKEY *key = mint_parse_public(der);
	uint64_t start = cpu_ms();
	char name[32];
	X509 *ca;
	bool good;

	if (!root)
		root = mint_ca("CN=root", "p256", NULL, NULL);
	trust = mint_trust(root, IKE_CRL_OFF, false);
	ike_trust_allow_weak(trust);
	good = ike_trust_add_key(trust, &id, mint_pem("PUBLIC KEY", der),
				 &err) == -EINVAL;
	if (key) {
		snprintf(name, sizeof(name), "odd%d", serial++);
		mint_adopt(name, key);
		certs = mint_send(mint_leaf("DNS:x.example.org", name, root,
					    "p256"),
				  NULL);
		good = good && mint_check(trust, &certs, "x.example.org",
					  MINT_NOW) != IKE_TRUST_OK;
		ca = mint_ca("CN=odd", name, root, "p256");
		certs = mint_send(mint_leaf("DNS:x.example.org", KEY, ca, KEY),
				  ca, NULL);
		good = good && mint_check(trust, &certs, "x.example.org",
					  MINT_NOW) == IKE_TRUST_NO_CHAIN;
	}
	ok(good, "I-61 %s", what);
	ok(cpu_ms() - start < 100, "I-61 without delay");
	ike_trust_free(trust);
}

static void test_keys(void)
{
	static const struct {
		int n_bits;
		bool n_odd;
		int e_bits;
		bool e_odd;
		const char *what;
	} cases[] = {
		{ 0, false, 17, true, "n = 0" },
		{ 1, true, 17, true, "n = 1" },
		{ 15, true, 17, true, "n of 15 bits (CVE-2018-17540)" },
		{ 512, true, 17, true, "n of 512 bits" },
		{ 1023, true, 17, true, "n of 1023 bits" },
		{ 2048, false, 17, true, "an even n" },
		{ 8193, true, 17, true, "n of 8193 bits" },
		{ 16384, true, 17, true, "n of 16384 bits" },
		{ 2048, true, 0, false, "e = 0 (CVE-2026-14957)" },
		{ 2048, true, 1, true, "e = 1" },
		{ 2048, true, 2, false, "e = 2" },
		{ 2048, true, 17, false, "an even e" },
		{ 2048, true, 65, true, "e of 65 bits" },
		{ 2048, true, 2048, true, "e as long as n" },
	};
	BIGNUM *n, *e;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		n = number(cases[i].n_bits, cases[i].n_odd);
		e = number(cases[i].e_bits, cases[i].e_odd);
		key_refused(n, e, cases[i].what);
		BN_free(n);
		BN_free(e);
	}
}

int main(void)
{
	info_len = ike_sigalg_digest_info(IKE_HASH_SHA2_256, octets, info);
	ok(info_len == PREFIX + 32, "DigestInfo");
	test_padding();
	test_info();
	test_garbage();
	test_cube();
	test_lengths();
	test_v1();
	test_keys();
	mint_end();
	return tap_done();
}
