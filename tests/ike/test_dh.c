// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Key exchange: known answers, and every public value that must be refused.
 * dh.c is part of this program, so that private values can be given.
 */
#include "dh.c"

#include <openssl/err.h>

#include "tap.h"
#include "vector.h"

static const uint16_t ids[] = {
	1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31, 32
};

#define IDS (sizeof(ids) / sizeof(ids[0]))

static void agree(uint16_t id)
{
	struct ike_dh *a = ike_dh_new(id), *b = ike_dh_new(id);
	uint8_t x[IKE_KE_MAX], y[IKE_KE_MAX];
	const uint8_t *pa, *pb;
	size_t la, lb, lx, ly;

	ok(a && b && ike_dh_known(id), "group %u: keys", id);
	pa = ike_dh_public(a, &la);
	pb = ike_dh_public(b, &lb);
	ok(la == lb && la == ike_dh_public_len(id) && memcmp(pa, pb, la),
	   "group %u: public values of %zu bytes, not the same", id, la);
	ok(!ike_dh_shared(a, pb, lb, x, &lx) &&
		   !ike_dh_shared(b, pa, la, y, &ly) && lx == ly &&
		   !memcmp(x, y, lx),
	   "group %u: both get the same secret", id);
	ike_dh_free(a);
	ike_dh_free(b);
}

/* Refused, with nothing left behind: a secret, an error in libcrypto. */
static bool refused(struct ike_dh *dh, const void *peer, size_t len)
{
	uint8_t secret[IKE_KE_MAX];
	size_t secret_len = 1;

	return ike_dh_shared(dh, peer, len, secret, &secret_len) == -EBADMSG &&
	       !secret_len && !ERR_peek_error();
}

static void lengths(uint16_t id)
{
	uint8_t value[IKE_KE_MAX + 2] = { 0 };
	struct ike_dh *dh = ike_dh_new(id);
	unsigned int good = 0;
	const uint8_t *public;
	size_t len, n;

	/* A valid value, cut or with zeros before it or behind. */
	public = ike_dh_public(dh, &len);
	memcpy(value + 1, public, len);
	for (n = 0; n < sizeof(value) - 1; n++)
		good += !refused(dh, value + 1, n);
	ok(good == 1 && refused(dh, value, len + 1),
	   "group %u: no other length", id);
	ike_dh_free(dh);
}

static BIGNUM *prime_of(const struct ike_dh *dh)
{
	BIGNUM *p = NULL;

	EVP_PKEY_get_bn_param(dh->key, OSSL_PKEY_PARAM_FFC_P, &p);
	return p;
}

/* The prime and a number, which may be negative. */
static bool near_prime(struct ike_dh *dh, const BIGNUM *p, int more)
{
	size_t len = dh->group->public_len;
	uint8_t value[IKE_KE_MAX];
	BIGNUM *n = BN_dup(p);
	bool bad;

	if (more < 0)
		BN_sub_word(n, (BN_ULONG)-more);
	else
		BN_add_word(n, (BN_ULONG)more);
	BN_bn2binpad(n, value, (int)len);
	bad = refused(dh, value, len);
	BN_free(n);
	return bad;
}

static void modp_edges(uint16_t id)
{
	uint8_t value[IKE_KE_MAX] = { 0 };
	struct ike_dh *dh = ike_dh_new(id);
	size_t len = dh->group->public_len;
	BIGNUM *p = prime_of(dh);

	ok(refused(dh, value, len), "group %u: 0", id);
	value[len - 1] = 1;
	ok(refused(dh, value, len), "group %u: 1", id);
	value[len - 1] = 2;
	ok(!refused(dh, value, len), "group %u: 2 is good", id);
	ok(!near_prime(dh, p, -2), "group %u: p-2 is good", id);
	ok(near_prime(dh, p, -1), "group %u: p-1", id);
	ok(near_prime(dh, p, 0), "group %u: p", id);
	ok(near_prime(dh, p, 1), "group %u: p+1", id);
	ok(near_prime(dh, p, 2), "group %u: p+2", id);
	memset(value, 0xff, len);
	ok(refused(dh, value, len), "group %u: all bits", id);
	BN_free(p);
	ike_dh_free(dh);
}

static EVP_PKEY *modp_key(const BIGNUM *p, struct ike_blob private,
			  struct ike_blob public)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	BIGNUM *x = BN_bin2bn(private.data, (int)private.len, NULL);
	BIGNUM *y = BN_bin2bn(public.data, (int)public.len, NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *g = BN_new();
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;

	BN_set_word(g, 2);
	OSSL_PARAM_BLD_push_BN(bld, "p", p);
	OSSL_PARAM_BLD_push_BN(bld, "g", g);
	OSSL_PARAM_BLD_push_BN(bld, "priv", x);
	OSSL_PARAM_BLD_push_BN(bld, "pub", y);
	params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_fromdata_init(ctx);
	EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(g);
	BN_free(x);
	BN_free(y);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static void modp_row(const json_t *row)
{
	uint16_t id =
		(uint16_t)json_integer_value(json_object_get(row, "group"));
	struct ike_blob prime = vector_field(row, "prime");
	struct ike_blob public = vector_field(row, "public");
	struct ike_blob peer = vector_field(row, "peer");
	struct ike_blob want = vector_field(row, "secret");
	struct ike_dh *dh = ike_dh_new(id);
	BIGNUM *p = prime_of(dh);
	uint8_t out[IKE_KE_MAX];
	size_t len;

	ok(BN_bn2binpad(p, out, (int)prime.len) > 0 &&
		   !memcmp(out, prime.data, prime.len),
	   "group %u: the prime", id);
	EVP_PKEY_free(dh->key);
	dh->key = modp_key(p, vector_field(row, "private"), public);
	ok(export_public(dh) &&
		   !memcmp(ike_dh_public(dh, &len), public.data, public.len) &&
		   len == public.len,
	   "group %u: public value that begins with %02x", id, public.data[0]);
	ok(!ike_dh_shared(dh, peer.data, peer.len, out, &len) &&
		   len == want.len && !memcmp(out, want.data, len),
	   "group %u: secret that begins with %02x", id, want.data[0]);
	BN_free(p);
	ike_dh_free(dh);
}

static void modp_rows(void)
{
	json_t *rows = vector_load("ike-dh/modp.json"), *row;
	size_t i;

	json_array_foreach(rows, i, row)
		modp_row(row);
	json_decref(rows);
}

#define FF8 "ffffffffffffffff"
#define ZERO8 "0000000000000000"

/* Of order 1, 2, 4 and 8 on the curve and its twist, in every encoding. */
static const char *const small25519[] = {
	ZERO8 ZERO8 ZERO8 ZERO8,
	"0100000000000000" ZERO8 ZERO8 ZERO8,
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffff" FF8 FF8 "ffffffffffffff7f",
	"edffffffffffffff" FF8 FF8 "ffffffffffffff7f",
	"eeffffffffffffff" FF8 FF8 "ffffffffffffff7f",
};

static const char *const small448[] = {
	ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8,
	"0100000000000000" ZERO8 ZERO8 ZERO8 ZERO8 ZERO8 ZERO8,
	"feffffffffffffff" FF8 FF8 "fffffffffeffffff" FF8 FF8 FF8,
	"ffffffffffffffff" FF8 FF8 "fffffffffeffffff" FF8 FF8 FF8,
	"0000000000000000" ZERO8 ZERO8 "00000000ffffffff" FF8 FF8 FF8,
};

static void low_order(void)
{
	struct ike_dh *a = ike_dh_new(IKE_GROUP_X25519);
	struct ike_dh *b = ike_dh_new(IKE_GROUP_X448);
	uint8_t high[32];
	size_t i;

	for (i = 0; i < sizeof(small25519) / sizeof(small25519[0]); i++) {
		struct ike_blob point = vector_hex(small25519[i]);

		memcpy(high, point.data, sizeof(high));
		high[31] |= 0x80; /* a bit that is not looked at */
		ok(refused(a, point.data, point.len) &&
			   refused(a, high, sizeof(high)),
		   "X25519: low order %zu", i);
	}
	for (i = 0; i < sizeof(small448) / sizeof(small448[0]); i++) {
		struct ike_blob point = vector_hex(small448[i]);

		ok(refused(b, point.data, point.len), "X448: low order %zu", i);
	}
	ike_dh_free(a);
	ike_dh_free(b);
}

/*
 * RFC 7748 section 6 and RFC 5903 section 8.1: a private value and its public
 * one, the peer's, the secret.
 */
static const struct known {
	const char *name;
	uint16_t id;
	const char *private, *public, *peer, *secret;
} knowns[] = {
	{ "X25519", IKE_GROUP_X25519,
	  "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
	  "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
	  "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	  "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" },
	{ "X448", IKE_GROUP_X448,
	  "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d"
	  "d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
	  "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c"
	  "22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0",
	  "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b430"
	  "27d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
	  "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282b"
	  "b60c0b56fd2464c335543936521c24403085d59a449a5037514a879d" },
	{ "ECP-256", IKE_GROUP_ECP256,
	  "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
	  "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
	  "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
	  "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
	  "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
	  "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de" },
};

static EVP_PKEY *ecp_key(const struct group *g, struct ike_blob private,
			 struct ike_blob public)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	BIGNUM *n = BN_bin2bn(private.data, (int)private.len, NULL);
	uint8_t point[133] = { UNCOMPRESSED };
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;

	memcpy(point + 1, public.data, public.len);
	OSSL_PARAM_BLD_push_utf8_string(bld, "group", g->name, 0);
	OSSL_PARAM_BLD_push_BN(bld, "priv", n);
	OSSL_PARAM_BLD_push_octet_string(bld, "pub", point, 1 + public.len);
	params = OSSL_PARAM_BLD_to_param(bld);
	EVP_PKEY_fromdata_init(ctx);
	EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(n);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static void known(const struct known *k)
{
	struct ike_dh *dh = ike_dh_new(k->id);
	const struct group *g = dh->group;
	struct ike_blob private = vector_hex(k->private);
	struct ike_blob public = vector_hex(k->public);
	struct ike_blob peer = vector_hex(k->peer);
	struct ike_blob want = vector_hex(k->secret);
	uint8_t secret[IKE_KE_MAX];
	size_t len;

	EVP_PKEY_free(dh->key);
	dh->key = g->kind->raw ?
			  EVP_PKEY_new_raw_private_key_ex(NULL, g->kind->type,
							  NULL, private.data,
							  private.len) :
			  ecp_key(g, private, public);
	ok(export_public(dh) &&
		   !memcmp(ike_dh_public(dh, &len), public.data, public.len) &&
		   len == public.len,
	   "%s: public value", k->name);
	ok(!ike_dh_shared(dh, peer.data, peer.len, secret, &len) &&
		   len == want.len && !memcmp(secret, want.data, len),
	   "%s: secret", k->name);
	ike_dh_free(dh);
}

/* Off the curve by every bit of a point; beyond the field; at infinity. */
static void ecp_edges(uint16_t id)
{
	struct ike_dh *dh = ike_dh_new(id), *peer = ike_dh_new(id);
	uint8_t point[132 + 1];
	const uint8_t *public;
	bool good = true;
	size_t len, bit;

	public = ike_dh_public(peer, &len);
	memcpy(point, public, len);
	for (bit = 0; bit < len * 8; bit++) {
		point[bit / 8] ^= 1 << bit % 8;
		good &= refused(dh, point, len);
		point[bit / 8] ^= 1 << bit % 8;
	}
	ok(good, "group %u: %zu points off the curve", id, len * 8);
	ok(!refused(dh, point, len), "group %u: the point itself", id);
	memmove(point + 1, public, len);
	point[0] = UNCOMPRESSED;
	ok(refused(dh, point, len + 1), "group %u: a point with its form", id);
	point[0] = 2;
	ok(refused(dh, point, 1 + len / 2), "group %u: a compressed one", id);
	memset(point, 0, len);
	ok(refused(dh, point, len), "group %u: 0, 0", id);
	ok(refused(dh, point, 1), "group %u: infinity", id);
	memset(point, 0xff, len);
	ok(refused(dh, point, len), "group %u: all bits", id);
	ike_dh_free(dh);
	ike_dh_free(peer);
}

static void unknown(void)
{
	static const uint16_t none[] = { 0,  3,	 4,  6,	  13,	22,   23,
					 24, 30, 33, 255, 1024, 65535 };
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		good &= !ike_dh_new(none[i]) && !ike_dh_known(none[i]) &&
			!ike_dh_public_len(none[i]);
	ok(good, "unknown groups");
	ike_dh_free(NULL);
}

int main(void)
{
	size_t i;

	ok(!ike_crypto_init(), "init");
	for (i = 0; i < IDS; i++) {
		agree(ids[i]);
		lengths(ids[i]);
		if (ids[i] <= IKE_GROUP_MODP8192)
			modp_edges(ids[i]);
		else if (ids[i] <= IKE_GROUP_ECP521)
			ecp_edges(ids[i]);
	}
	modp_rows();
	low_order();
	for (i = 0; i < sizeof(knowns) / sizeof(knowns[0]); i++)
		known(&knowns[i]);
	unknown();
	vector_free();
	return tap_done();
}
