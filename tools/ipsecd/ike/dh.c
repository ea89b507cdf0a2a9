// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>

#include "crypto_int.h"
#include "wire.h"

#define UNCOMPRESSED 0x04 /* of X9.62; IKE sends the coordinates only */

/* What differs between the kinds of groups. */
struct kind {
	const char *type;
	bool point; /* libcrypto's public values have UNCOMPRESSED before */
	bool raw; /* a type of its own, without parameters */
};

static const struct kind modp = { .type = "DH" };
static const struct kind ecp = { .type = "EC", .point = true };
static const struct kind x25519 = { .type = "X25519", .raw = true };
static const struct kind x448 = { .type = "X448", .raw = true };

static struct group {
	uint16_t id;
	uint16_t public_len;
	uint16_t secret_len;
	const struct kind *kind;
	const char *name;
	BIGNUM *(*prime)(BIGNUM *p); /* of a group that has no name */
	/* NULL: libcrypto has it not. Of X25519 it takes keys, see there */
	EVP_PKEY_CTX *keygen;
} groups[] = {
	{ IKE_GROUP_X25519, 32, 32, &x25519, NULL, NULL, NULL },
	{ IKE_GROUP_ECP256, 64, 32, &ecp, "P-256", NULL, NULL },
	{ IKE_GROUP_ECP384, 96, 48, &ecp, "P-384", NULL, NULL },
	{ IKE_GROUP_ECP521, 132, 66, &ecp, "P-521", NULL, NULL },
	{ IKE_GROUP_X448, 56, 56, &x448, NULL, NULL, NULL },
	{ IKE_GROUP_MODP2048, 256, 256, &modp, "modp_2048", NULL, NULL },
	{ IKE_GROUP_MODP3072, 384, 384, &modp, "modp_3072", NULL, NULL },
	{ IKE_GROUP_MODP4096, 512, 512, &modp, "modp_4096", NULL, NULL },
	{ IKE_GROUP_MODP6144, 768, 768, &modp, "modp_6144", NULL, NULL },
	{ IKE_GROUP_MODP8192, 1024, 1024, &modp, "modp_8192", NULL, NULL },
	{ IKE_GROUP_MODP1536, 192, 192, &modp, "modp_1536", NULL, NULL },
	{ IKE_GROUP_MODP1024, 128, 128, &modp, NULL, BN_get_rfc2409_prime_1024,
	  NULL },
	{ IKE_GROUP_MODP768, 96, 96, &modp, NULL, BN_get_rfc2409_prime_768,
	  NULL },
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

struct ike_dh {
	const struct group *group;
	EVP_PKEY *key;
	uint8_t public[1 + IKE_KE_MAX]; /* from the second byte */
};

static OSSL_PARAM *unnamed_params(BIGNUM *(*prime)(BIGNUM *p))
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	BIGNUM *p = prime(NULL), *g = BN_new();
	OSSL_PARAM *params = NULL;

	if (bld && p && g && BN_set_word(g, 2) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p) &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, g))
		params = OSSL_PARAM_BLD_to_param(bld);
	OSSL_PARAM_BLD_free(bld);
	BN_free(p);
	BN_free(g);
	return params;
}

static EVP_PKEY_CTX *keygen_unnamed(const struct group *g)
{
	EVP_PKEY_CTX *from =
		EVP_PKEY_CTX_new_from_name(NULL, g->kind->type, NULL);
	OSSL_PARAM *params = unnamed_params(g->prime);
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *key = NULL;

	if (from && params && EVP_PKEY_fromdata_init(from) > 0 &&
	    EVP_PKEY_fromdata(from, &key, EVP_PKEY_KEY_PARAMETERS, params) > 0)
		ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	EVP_PKEY_free(key);
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(from);
	return ctx;
}

/*
 * Bits of a private value in the groups without a name: more than twice the
 * strength that these primes give. libcrypto knows those of the others.
 */
#define PRIVATE_BITS 224

/*
 * X25519: libcrypto makes a public value by the arithmetic of Ed25519, which
 * takes up to twice the instructions of a shared secret. So it is made as the
 * secret shared with the base point (RFC 7748 section 6.1).
 */
static EVP_PKEY *base_point;

static EVP_PKEY_CTX *keygen_x25519(void)
{
	static const uint8_t u[32] = { 9 };
	EVP_PKEY_CTX *ctx;

	if (!base_point)
		base_point = EVP_PKEY_new_raw_public_key_ex(NULL, x25519.type,
							    NULL, u, sizeof(u));
	ctx = EVP_PKEY_CTX_new_from_name(NULL, x25519.type, NULL);
	if (base_point && ctx && EVP_PKEY_fromdata_init(ctx) > 0)
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

/* What makes keys of the group, any number of them. */
static EVP_PKEY_CTX *keygen(const struct group *g)
{
	int bits = PRIVATE_BITS;
	OSSL_PARAM named[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
						 (char *)g->name, 0),
		OSSL_PARAM_construct_end(),
	};
	OSSL_PARAM unnamed[] = {
		OSSL_PARAM_construct_int(OSSL_PKEY_PARAM_DH_PRIV_LEN, &bits),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx =
		g->prime ?
			keygen_unnamed(g) :
			EVP_PKEY_CTX_new_from_name(NULL, g->kind->type, NULL);

	if (ctx && EVP_PKEY_keygen_init(ctx) > 0 &&
	    (g->kind->raw ||
	     EVP_PKEY_CTX_set_params(ctx, g->prime ? unnamed : named) > 0))
		return ctx;
	EVP_PKEY_CTX_free(ctx);
	return NULL;
}

void ike_dh_init(void)
{
	struct group *g;

	for (g = groups; g < groups + GROUPS; g++)
		if (!g->keygen)
			g->keygen = g->kind == &x25519 ? keygen_x25519() :
							 keygen(g);
}

static const struct group *find(uint16_t id)
{
	const struct group *g;

	for (g = groups; g < groups + GROUPS; g++)
		if (g->id == id && g->keygen)
			return g;
	return NULL;
}

bool ike_dh_known(uint16_t group)
{
	return find(group);
}

size_t ike_dh_public_len(uint16_t group)
{
	const struct group *g = find(group);

	return g ? g->public_len : 0;
}

/* MODP values come without leading zeros, which IKE sends (RFC 7296, 3.4). */
static bool export_number(struct ike_dh *dh)
{
	BIGNUM *n = NULL;
	bool good =
		EVP_PKEY_get_bn_param(dh->key, OSSL_PKEY_PARAM_PUB_KEY, &n) &&
		BN_bn2binpad(n, dh->public + 1, dh->group->public_len) > 0;

	BN_free(n);
	return good;
}

static bool export_public(struct ike_dh *dh)
{
	bool point = dh->group->kind->point;
	size_t want = dh->group->public_len + point, len;

	if (dh->group->kind == &modp)
		return export_number(dh);
	return EVP_PKEY_get_octet_string_param(
		       dh->key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY,
		       dh->public + !point, want, &len) &&
	       len == want;
}

/*
 * libcrypto's generator of private numbers keeps the last block that it did
 * not give whole, hence the end of a private value, until the next such block.
 */
static void forget_private(void)
{
	uint8_t byte;

	RAND_priv_bytes(&byte, sizeof(byte));
}

/* Without the library's validation, which also wants y^q = 1 of a number. */
static bool derive(const struct ike_dh *dh, EVP_PKEY *peer, uint8_t *secret,
		   size_t *len)
{
	unsigned int pad = 1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_uint(OSSL_EXCHANGE_PARAM_PAD, &pad),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, dh->key, NULL);
	bool good;

	*len = dh->group->secret_len;
	good = ctx &&
	       EVP_PKEY_derive_init_ex(
		       ctx, dh->group->kind == &modp ? params : NULL) > 0 &&
	       EVP_PKEY_derive_set_peer_ex(ctx, peer, 0) > 0 &&
	       EVP_PKEY_derive(ctx, secret, len) > 0 &&
	       *len == dh->group->secret_len;
	EVP_PKEY_CTX_free(ctx);
	return good;
}

/* The library wants a public value with the private one, but uses none. */
static bool generate_x25519(struct ike_dh *dh)
{
	uint8_t private[32], none[32] = { 0 };
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY,
						  private, sizeof(private)),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, none,
						  sizeof(none)),
		OSSL_PARAM_construct_end(),
	};
	size_t len;
	bool good = RAND_priv_bytes(private, sizeof(private)) > 0 &&
		    EVP_PKEY_fromdata(dh->group->keygen, &dh->key,
				      EVP_PKEY_KEYPAIR, params) > 0 &&
		    derive(dh, base_point, dh->public + 1, &len);

	ike_wipe(private, sizeof(private));
	return good;
}

static bool generate(struct ike_dh *dh)
{
	if (dh->group->kind == &x25519)
		return generate_x25519(dh);
	return EVP_PKEY_generate(dh->group->keygen, &dh->key) > 0 &&
	       export_public(dh);
}

/**
 * ike_dh_new() - a fresh private value and its public one
 * @group: enum ike_group
 *
 * Return: what ike_dh_free() ends; NULL for an unknown group, or when memory
 * or randomness is missing.
 */
struct ike_dh *ike_dh_new(uint16_t group)
{
	const struct group *g = find(group);
	struct ike_dh *dh = g ? calloc(1, sizeof(*dh)) : NULL;
	bool good;

	if (!dh)
		return NULL;
	dh->group = g;
	good = generate(dh);
	forget_private();
	if (good)
		return dh;
	ike_crypto_failed(0);
	ike_dh_free(dh);
	return NULL;
}

const uint8_t *ike_dh_public(const struct ike_dh *dh, size_t *len)
{
	*len = dh->group->public_len;
	return dh->public + 1;
}

/*
 * libcrypto refuses a point that is not on the curve and a number that is not
 * between 1 and p-1, both excluded: all that RFC 6989 wants of these groups,
 * whose order is a prime or twice a prime.
 */
static EVP_PKEY *import_peer(const struct ike_dh *dh, const void *peer)
{
	const struct group *g = dh->group;
	uint8_t value[1 + IKE_KE_MAX] = { UNCOMPRESSED };
	EVP_PKEY *key;

	if (g->kind->raw)
		return EVP_PKEY_new_raw_public_key_ex(NULL, g->kind->type, NULL,
						      peer, g->public_len);
	memcpy(value + 1, peer, g->public_len);
	key = EVP_PKEY_new();
	if (key && EVP_PKEY_copy_parameters(key, dh->key) > 0 &&
	    EVP_PKEY_set1_encoded_public_key(key, value + !g->kind->point,
					     g->public_len + g->kind->point))
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

/* A point of small order makes zeros of any private value (RFC 7748, 6). */
static bool all_zero(const uint8_t *secret, size_t len)
{
	uint8_t any = 0;

	while (len--)
		any |= *secret++;
	return !any;
}

/**
 * ike_dh_shared() - the secret shared with a peer
 * @dh: ours
 * @peer: the peer's public value as it is in its KE payload
 * @peer_len: of it
 * @secret: of IKE_KE_MAX bytes; zeros after an error
 * @secret_len: set: all of the prime for MODP, a coordinate for ECP
 *
 * Return: 0, -EBADMSG for a value that must be refused (RFC 6989 section 2,
 * RFC 8031 section 5), -EIO.
 */
int ike_dh_shared(struct ike_dh *dh, const void *peer, size_t peer_len,
		  uint8_t *secret, size_t *secret_len)
{
	EVP_PKEY *key;
	int err = 0;

	*secret_len = 0;
	if (peer_len != dh->group->public_len)
		return -EBADMSG;
	key = import_peer(dh, peer);
	if (!key || !derive(dh, key, secret, secret_len) ||
	    all_zero(secret, *secret_len)) {
		ike_wipe(secret, dh->group->secret_len);
		*secret_len = 0;
		err = ike_crypto_failed(-EBADMSG);
	}
	EVP_PKEY_free(key);
	return err;
}

void ike_dh_free(struct ike_dh *dh)
{
	if (!dh)
		return;
	EVP_PKEY_free(dh->key);
	free(dh);
}
