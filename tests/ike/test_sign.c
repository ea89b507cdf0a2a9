// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * AUTH and SIG payloads of every kind of key: checklist I-30 (AUTH), I-36
 * (RFC 7427), I-62 (PSS), I-63 (ECDSA). I-60 and I-61 are in test_forge.c.
 */
#include "mint.h"
#include "pki.h"
#include "tap.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#define SHA1 IKE_HASH_BIT(IKE_HASH_SHA1)
#define SHA256 IKE_HASH_BIT(IKE_HASH_SHA2_256)
#define SHA384 IKE_HASH_BIT(IKE_HASH_SHA2_384)
#define SHA512 IKE_HASH_BIT(IKE_HASH_SHA2_512)
#define IDENTITY IKE_HASH_BIT(IKE_HASH_IDENTITY)
#define ALL (SHA256 | SHA384 | SHA512 | IDENTITY)

static const uint8_t text[] = "message | nonce | prf(SK_p, ID)";
static const struct ike_blob octets = { text, sizeof(text) };

static int check(const struct ike_peer_key *peer, unsigned int hashes,
		 uint8_t method, const uint8_t *data, size_t len)
{
	struct ike_auth_body auth = { method, data, len };

	return ikev2_verify(peer, hashes, octets, &auth);
}

static void test_round(const char *key, unsigned int hashes, uint8_t want)
{
	struct ike_credential *own = mint_credential(key);
	struct ike_peer_key *peer = mint_peer(key);
	struct ike_blob other = { text, sizeof(text) - 1 };
	uint8_t out[IKE_SIGNATURE_MAX], method = 0;
	size_t len = 0;
	int rc = ikev2_sign(own, hashes, octets, &method, out, &len);
	struct ike_auth_body auth = { method, out, len };

	ok(!rc && method == want && len <= sizeof(out),
	   "%s, hashes %#x: method %u", key, hashes, want);
	ok(!check(peer, hashes, method, out, len), "verified");
	ok(ikev2_verify(peer, hashes, other, &auth) == -EBADMSG,
	   "I-30 not over other octets");
	ok(check(peer, hashes, method, out, len - 1) &&
		   check(peer, hashes, method, out, 0),
	   "I-30 not truncated, not empty");
	out[len] = 0;
	ok(check(peer, hashes, method, out, len + 1), "I-30 not extended");
	out[len - 1] ^= 1;
	ok(check(peer, hashes, method, out, len) == -EBADMSG,
	   "I-30 not with a bit changed");
	memset(out + (method == 14 ? 1 + out[0] : 0), 0,
	       len - (method == 14 ? 1 + out[0] : 0));
	ok(check(peer, hashes, method, out, len) == -EBADMSG,
	   "I-30 not of zeros");
	ike_peer_key_free(peer);
	ike_credential_free(own);
}

static void test_rounds(void)
{
	test_round("rsa1024", ALL, 14);
	test_round("rsa2048", ALL, 14);
	test_round("rsa2048", SHA512, 14);
	test_round("rsa2048", SHA1, 1);
	test_round("rsa2048", 0, 1);
	test_round("p256", ALL, 14);
	test_round("p256", SHA384, 14);
	test_round("p256", 0, 9);
	test_round("p384", ALL, 14);
	test_round("p384", SHA256, 14);
	test_round("p384", 0, 10);
	test_round("p521", ALL, 14);
	test_round("p521", 0, 11);
	test_round("p521", IDENTITY, 11);
	test_round("ed25519", ALL, 14);
}

static void test_announced(void)
{
	struct ike_credential *own = mint_credential("ed25519");
	uint8_t out[IKE_SIGNATURE_MAX], method;
	size_t len;

	ok(ikev2_sign(own, 0, octets, &method, out, &len) == -EOPNOTSUPP &&
		   ikev2_sign(own, SHA256, octets, &method, out, &len) ==
			   -EOPNOTSUPP,
	   "Ed25519 has no method for a peer that does not know it");
	ok(ikev2_signature_hashes(out, sizeof(out)) == 8 &&
		   !memcmp(out, "\0\2\0\3\0\4\0\5", 8),
	   "SHA2 and identity are announced");
	ok(ikev2_signature_hashes(out, 7) == 0, "if there is room");
	ike_credential_free(own);
}

/* The key decides, not what the payload says. */
static void test_other_method(void)
{
	static const char *const keys[] = { "rsa2048", "p256", "p384", "p521",
					    "ed25519" };
	uint8_t out[IKE_SIGNATURE_MAX], method;
	struct ike_credential *own;
	struct ike_peer_key *peer;
	unsigned int i, k, m;
	bool all = true;
	size_t len;

	for (i = 0; i < 5; i++) {
		own = mint_credential(keys[i]);
		ikev2_sign(own, ALL, octets, &method, out, &len);
		for (m = 0; m < 256; m++) {
			peer = mint_peer(keys[i]);
			all = all && (m == 14) == !check(peer, ALL, (uint8_t)m,
							 out, len);
			ike_peer_key_free(peer);
		}
		for (k = 0; k < 5; k++) {
			peer = mint_peer(keys[k]);
			all = all &&
			      (k == i) == !check(peer, ALL, 14, out, len);
			ike_peer_key_free(peer);
		}
		ike_credential_free(own);
	}
	ok(all, "I-30 no other method, no other key");
}

static void test_sha1(void)
{
	struct ike_credential *own = mint_credential("rsa2048");
	struct ike_peer_key *peer = mint_peer("rsa2048");
	uint8_t out[IKE_SIGNATURE_MAX], method;
	size_t len;

	ikev2_sign(own, 0, octets, &method, out, &len);
	ok(method == 1 && !check(peer, 0, 1, out, len),
	   "I-36 SHA-1 in method 1, of a peer without RFC 7427");
	ok(check(peer, ALL, 1, out, len) == -EBADMSG,
	   "I-36 not of one with it");
	ikev2_sign(own, ALL, octets, &method, out, &len);
	ok(check(peer, 0, 14, out, len) == -EOPNOTSUPP,
	   "I-36 method 14 without RFC 7427");
	ike_peer_key_free(peer);
	ike_credential_free(own);
}

/* Puts another AlgorithmIdentifier in front of a good signature. */
static int with_alg(const char *key, const uint8_t *alg, size_t alg_len)
{
	struct ike_credential *own = mint_credential(key);
	struct ike_peer_key *peer = mint_peer(key);
	uint8_t out[IKE_SIGNATURE_MAX], changed[IKE_SIGNATURE_MAX], method;
	size_t len, sig;
	int rc;

	ikev2_sign(own, SHA256 | IDENTITY, octets, &method, out, &len);
	sig = len - 1 - out[0];
	changed[0] = (uint8_t)alg_len;
	memcpy(changed + 1, alg, alg_len);
	memcpy(changed + 1 + alg_len, out + 1 + out[0], sig);
	rc = check(peer, ALL, 14, changed, 1 + alg_len + sig);
	ike_peer_key_free(peer);
	ike_credential_free(own);
	return rc;
}

#define RSA_OID 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01

static void test_identifiers(void)
{
	static const struct {
		const char *what;
		uint8_t len;
		uint8_t der[24];
		const char *key;
	} cases[] = {
		{ "SHA-1", 15, { 0x30, 13, RSA_OID, 5, 5, 0 }, "rsa2048" },
		{ "MD5", 15, { 0x30, 13, RSA_OID, 4, 5, 0 }, "rsa2048" },
		{ "another hash",
		  15,
		  { 0x30, 13, RSA_OID, 12, 5, 0 },
		  "rsa2048" },
		{ "no parameters", 13, { 0x30, 11, RSA_OID, 11 }, "rsa2048" },
		{ "parameters twice",
		  17,
		  { 0x30, 15, RSA_OID, 11, 5, 0, 5, 0 },
		  "rsa2048" },
		{ "parameters of a kind",
		  15,
		  { 0x30, 13, RSA_OID, 11, 0x30, 0 },
		  "rsa2048" },
		{ "a long length",
		  16,
		  { 0x30, 0x81, 13, RSA_OID, 11, 5, 0 },
		  "rsa2048" },
		{ "an indefinite length",
		  17,
		  { 0x30, 0x80, RSA_OID, 11, 5, 0, 0, 0 },
		  "rsa2048" },
		{ "a length that lies",
		  15,
		  { 0x30, 14, RSA_OID, 11, 5, 0 },
		  "rsa2048" },
		{ "rsaEncryption",
		  15,
		  { 0x30, 13, RSA_OID, 1, 5, 0 },
		  "rsa2048" },
		{ "PSS without parameters",
		  13,
		  { 0x30, 11, RSA_OID, 10 },
		  "rsa2048" },
		{ "PSS of all defaults",
		  15,
		  { 0x30, 13, RSA_OID, 10, 0x30, 0 },
		  "rsa2048" },
		{ "Ed25519 with parameters",
		  9,
		  { 0x30, 7, 6, 3, 0x2b, 0x65, 0x70, 5, 0 },
		  "ed25519" },
		{ "Ed448", 7, { 0x30, 5, 6, 3, 0x2b, 0x65, 0x71 }, "ed25519" },
		{ "one byte", 1, { 0x30 }, "rsa2048" },
	};
	static const uint8_t rsa[] = { 0x30, 13, RSA_OID, 11, 5, 0 };
	size_t i;

	ok(!with_alg("rsa2048", rsa, sizeof(rsa)), "sha256WithRSAEncryption");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(with_alg(cases[i].key, cases[i].der, cases[i].len) < 0,
		   "I-36 %s", cases[i].what);
}

static void test_lengths(void)
{
	struct ike_peer_key *peer = mint_peer("rsa2048");
	static uint8_t body[300] = { 0 };
	bool all = true;
	size_t len;

	for (len = 0; len <= sizeof(body); len++) {
		body[0] = 0;
		all = all && check(peer, ALL, 14, body, len);
		body[0] = 255;
		all = all && check(peer, ALL, 14, body, len);
		body[0] = (uint8_t)len;
		all = all && check(peer, ALL, 14, body, len);
	}
	ok(all, "I-36 identifier length 0, 255, and of all the payload");
	ike_peer_key_free(peer);
}

/* A PSS signature made by hand, with any salt and any identifier. */
static int pss(int salt, const uint8_t *alg, size_t alg_len, const char *md)
{
	struct ike_peer_key *peer = mint_peer("rsa2048");
	uint8_t out[IKE_SIGNATURE_MAX];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	size_t len = 512;
	int rc;

	out[0] = (uint8_t)alg_len;
	memcpy(out + 1, alg, alg_len);
	EVP_DigestSignInit(ctx, &pctx, EVP_get_digestbyname(md), NULL,
			   mint_key("rsa2048"));
	EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
	EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, salt);
	EVP_DigestSign(ctx, out + 1 + alg_len, &len, octets.data, octets.len);
	EVP_MD_CTX_free(ctx);
	rc = check(peer, ALL, 14, out, 1 + alg_len + len);
	ike_peer_key_free(peer);
	return rc;
}

/*
 * The identifier of RFC 7427 appendix A.4.3, which has an explicit trailer
 * field at its end.
 */
static const uint8_t rfc7427[] = {
	0x30, 0x46, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01,
	0x0a, 0x30, 0x39, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
	0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a,
	0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30,
	0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
	0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x20, 0xa3, 0x03, 0x02, 0x01, 0x01,
};

#define PSS_LEN sizeof(rfc7427)

static void changed_pss(size_t at, uint8_t to, const char *what)
{
	uint8_t alg[PSS_LEN];

	memcpy(alg, rfc7427, sizeof(alg));
	alg[at] = to;
	ok(pss(32, alg, sizeof(alg), "SHA256") == -EOPNOTSUPP, "I-62 %s", what);
}

static void test_pss(void)
{
	uint8_t alg[PSS_LEN];
	unsigned int i, bit;
	bool all = true;

	ok(!pss(32, rfc7427, PSS_LEN, "SHA256"), "PSS as RFC 7427 shows it");
	memcpy(alg, rfc7427, sizeof(alg));
	alg[1] -= 5;
	alg[14] -= 5;
	ok(!pss(32, alg, PSS_LEN - 5, "SHA256"), "PSS without trailer field");
	ok(pss(0, rfc7427, PSS_LEN, "SHA256") == -EBADMSG, "I-62 no salt");
	ok(pss(20, rfc7427, PSS_LEN, "SHA256") == -EBADMSG, "I-62 short salt");
	ok(pss(222, rfc7427, PSS_LEN, "SHA256") == -EBADMSG, "I-62 huge salt");
	ok(pss(32, rfc7427, PSS_LEN, "SHA384") == -EBADMSG,
	   "I-62 another hash than named");
	changed_pss(66, 0xff, "salt length -1 named");
	changed_pss(66, 0, "salt length 0 named");
	changed_pss(71, 2, "trailer field 2");
	changed_pss(59, 2, "another hash of MGF1");
	changed_pss(46, 9, "another mask function");
	for (i = 0; i < PSS_LEN * 8; i++) {
		memcpy(alg, rfc7427, sizeof(alg));
		bit = i % 8;
		alg[i / 8] ^= 1U << bit;
		all = all && pss(32, alg, PSS_LEN, "SHA256");
		if (i % 16 == 7)
			all = all && pss(32, rfc7427, i / 8, "SHA256");
	}
	ok(all, "I-62 no bit of it may differ, none be missing");
}

static void pss_only(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA-PSS", NULL);
	EVP_PKEY *key = NULL;

	EVP_PKEY_keygen_init(ctx);
	EVP_PKEY_keygen(ctx, &key);
	EVP_PKEY_CTX_free(ctx);
	mint_adopt("pss", key);
}

static void test_prefer_pss(void)
{
	struct ike_credential *own = mint_credential("rsa2048");
	struct ike_peer_key *peer = mint_peer("rsa2048");
	uint8_t out[IKE_SIGNATURE_MAX], method;
	size_t len;

	ike_credential_prefer_pss(own);
	ok(!ikev2_sign(own, ALL, octets, &method, out, &len) && out[0] == 67 &&
		   !check(peer, ALL, method, out, len),
	   "PSS where it is preferred");
	ok(!ikev2_sign(own, 0, octets, &method, out, &len) && method == 1,
	   "but not without RFC 7427");
	ike_peer_key_free(peer);
	ike_credential_free(own);
	pss_only();
	own = mint_credential("pss");
	peer = mint_peer("pss");
	ok(!ikev2_sign(own, ALL, octets, &method, out, &len) && out[0] == 67 &&
		   !check(peer, ALL, method, out, len),
	   "a key that is for PSS only");
	ok(ikev2_sign(own, 0, octets, &method, out, &len) == -EOPNOTSUPP &&
		   !ikev1_auth_number(IKE_AUTH_RSA, own),
	   "signs by nothing else");
	ike_peer_key_free(peer);
	ike_credential_free(own);
}

static size_t raw_pair(uint8_t *out, const BIGNUM *r, const BIGNUM *s)
{
	BN_bn2binpad(r, out, 32);
	BN_bn2binpad(s, out + 32, 32);
	return 64;
}

/* Both forms: side by side (method 9), and DER (method 14). */
static void pair_refused(const struct ike_peer_key *peer, const BIGNUM *r,
			 const BIGNUM *s, const char *what)
{
	static const uint8_t alg[] = { 12,   0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
				       0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
	uint8_t out[256], *der = out + sizeof(alg);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	int len;
	bool raw;

	raw = check(peer, 0, 9, out, raw_pair(out, r, s)) == -EBADMSG;
	memcpy(out, alg, sizeof(alg));
	ECDSA_SIG_set0(sig, BN_dup(r), BN_dup(s));
	len = i2d_ECDSA_SIG(sig, &der);
	ok(raw && len > 0 &&
		   check(peer, ALL, 14, out, sizeof(alg) + (size_t)len) ==
			   -EBADMSG,
	   "I-63 %s", what);
	ECDSA_SIG_free(sig);
}

static void test_ranges(void)
{
	struct ike_peer_key *peer = mint_peer("p256");
	BIGNUM *zero = BN_new(), *one = BN_new(), *n = NULL;
	BIGNUM *more = BN_new();

	BN_zero(zero);
	BN_one(one);
	BN_hex2bn(&n, "FFFFFFFF00000000FFFFFFFFFFFFFFFF"
		      "BCE6FAADA7179E84F3B9CAC2FC632551");
	BN_add(more, n, one);
	pair_refused(peer, zero, one, "r = 0");
	pair_refused(peer, one, zero, "s = 0");
	pair_refused(peer, zero, zero, "r = s = 0");
	pair_refused(peer, n, one, "r = n");
	pair_refused(peer, one, n, "s = n");
	pair_refused(peer, more, more, "r = s = n + 1");
	pair_refused(peer, one, one, "r = s = 1");
	BN_free(zero);
	BN_free(one);
	BN_free(n);
	BN_free(more);
	ike_peer_key_free(peer);
}

static void test_negative(void)
{
	static const uint8_t alg[] = { 12,   0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
				       0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
	static const uint8_t pairs[2][8] = {
		{ 0x30, 6, 2, 1, 0xff, 2, 1, 1 },
		{ 0x30, 6, 2, 1, 1, 2, 1, 0xff },
	};
	struct ike_peer_key *peer = mint_peer("p256");
	uint8_t out[sizeof(alg) + 8];
	int i;

	memcpy(out, alg, sizeof(alg));
	for (i = 0; i < 2; i++) {
		memcpy(out + sizeof(alg), pairs[i], 8);
		ok(check(peer, ALL, 14, out, sizeof(out)) == -EBADMSG,
		   "I-63 %c = -1", "rs"[i]);
	}
	ike_peer_key_free(peer);
}

/* A good signature in forms that say the same and are not DER. */
static void test_ber(void)
{
	struct ike_credential *own = mint_credential("p521");
	struct ike_peer_key *peer = mint_peer("p521");
	uint8_t out[IKE_SIGNATURE_MAX], ber[IKE_SIGNATURE_MAX], method, *sig;
	size_t len, at;

	ikev2_sign(own, ALL, octets, &method, out, &len);
	at = 1 + out[0];
	sig = ber + at;
	memcpy(ber, out, len);
	memmove(sig + 2, sig + 1, len - at - 1);
	sig[1] = 0x82;
	sig[2] = 0;
	sig[3] = out[at + 2];
	ok(check(peer, ALL, 14, ber, len + 1) == -EBADMSG,
	   "I-63 a length in three bytes");
	memcpy(ber, out, len);
	sig[1] = 0x80;
	memmove(sig + 2, sig + 3, len - at - 3);
	memset(ber + len - 1, 0, 2);
	ok(check(peer, ALL, 14, ber, len + 1) == -EBADMSG,
	   "I-63 an indefinite length");
	memcpy(ber, out, len);
	memcpy(ber + len, "\x05", 2);
	ok(check(peer, ALL, 14, ber, len + 2) == -EBADMSG,
	   "I-63 a NULL behind it");
	ike_peer_key_free(peer);
	ike_credential_free(own);
}

/* P-256 itself, but spelt out. */
static void test_explicit(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
	EVP_PKEY *key = NULL;
	struct ike_trust *trust = ike_trust_new(IKE_CRL_OFF, false);
	struct ike_id id = mint_id("x.example.org");
	struct ipsec_err err = { 0 };

	EVP_PKEY_keygen_init(ctx);
	EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1);
	EVP_PKEY_CTX_set_ec_param_enc(ctx, 0);
	EVP_PKEY_keygen(ctx, &key);
	EVP_PKEY_CTX_free(ctx);
	mint_adopt("explicit", key);
	ok(ike_trust_add_key(trust, &id, mint_pem_public("explicit"), &err) &&
		   strstr(err.text, "named NIST curve"),
	   "I-63 a curve by explicit parameters");
	ike_trust_free(trust);
}

static void test_malleable(void)
{
	/* L of RFC 8032, little endian */
	static const uint8_t order[32] = {
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,	       0xd6,
		0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10,
	};
	struct ike_credential *own = mint_credential("ed25519");
	struct ike_peer_key *peer = mint_peer("ed25519");
	uint8_t out[IKE_SIGNATURE_MAX], method, *s;
	unsigned int i, carry = 0;
	size_t len;

	ikev2_sign(own, ALL, octets, &method, out, &len);
	s = out + len - 32;
	for (i = 0; i < 32; i++) {
		carry += s[i] + order[i];
		s[i] = (uint8_t)carry;
		carry >>= 8;
	}
	ok(check(peer, ALL, 14, out, len) == -EBADMSG, "Ed25519 with S + L");
	ike_peer_key_free(peer);
	ike_credential_free(own);
}

static void round_v1(const char *key, uint16_t auth, size_t hash_len)
{
	struct ike_credential *own = mint_credential(key);
	struct ike_peer_key *peer = mint_peer(key);
	uint8_t hash[64] = "0123456789", out[IKE_SIGNATURE_MAX];
	struct ike_blob h = { hash, hash_len }, other = { hash, hash_len - 1 };
	size_t len = 0;

	ok(ikev1_auth_number(ike_credential_method(own), own) == auth &&
		   !ikev1_sign(own, auth, h, out, &len) &&
		   !ikev1_verify(peer, auth, h, (struct ike_blob){ out, len }),
	   "version 1, %s, a hash of %zu bytes", key, hash_len);
	ok(ikev1_verify(peer, auth, other, (struct ike_blob){ out, len }) &&
		   ikev1_verify(peer, auth, h,
				(struct ike_blob){ out, len - 1 }),
	   "but no other, and not truncated");
	hash[0] ^= 1;
	ok(ikev1_verify(peer, auth, h, (struct ike_blob){ out, len }) ==
		   -EBADMSG,
	   "nor with a bit changed");
	ike_peer_key_free(peer);
	ike_credential_free(own);
}

static void test_v1(void)
{
	struct ike_credential *own = mint_credential("ed25519");
	struct ike_blob h = { text, 32 };
	uint8_t out[IKE_SIGNATURE_MAX];
	size_t len;

	round_v1("rsa1024", OAKLEY_AUTH_RSA, 16);
	round_v1("rsa2048", OAKLEY_AUTH_RSA, 20);
	round_v1("rsa2048", OAKLEY_AUTH_RSA, 64);
	round_v1("p256", OAKLEY_AUTH_ECDSA_256, 32);
	round_v1("p384", OAKLEY_AUTH_ECDSA_384, 48);
	round_v1("p521", OAKLEY_AUTH_ECDSA_521, 64);
	ok(!ikev1_auth_number(IKE_AUTH_ED25519, own),
	   "version 1 has no number of Ed25519");
	ok(ikev1_sign(own, OAKLEY_AUTH_RSA, h, out, &len) == -EOPNOTSUPP,
	   "nor is it another's");
	ike_credential_free(own);
	own = mint_credential("p256");
	h.len = 20;
	ok(ikev1_sign(own, OAKLEY_AUTH_ECDSA_256, h, out, &len) ==
			   -EOPNOTSUPP &&
		   ikev1_sign(own, OAKLEY_AUTH_RSA, h, out, &len) ==
			   -EOPNOTSUPP,
	   "ECDSA goes with its own hash");
	ok(ikev1_auth_number(IKE_AUTH_PSK, NULL) == OAKLEY_AUTH_PSK &&
		   !ikev1_auth_number(IKE_AUTH_RSA, own),
	   "preshared keys have a number, without a credential");
	ike_credential_free(own);
}

int main(void)
{
	ike_crypto_init();
	test_rounds();
	test_announced();
	test_other_method();
	test_sha1();
	test_identifiers();
	test_lengths();
	test_pss();
	test_prefer_pss();
	test_ranges();
	test_negative();
	test_ber();
	test_explicit();
	test_malleable();
	test_v1();
	mint_end();
	return tap_done();
}
