// SPDX-License-Identifier: GPL-2.0-or-later
/* Which public keys are used at all; the rest never reaches an operation. */
#include "pki.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>

#define RSA_BITS_MIN 2048 /* RFC 8247 section 4.1.1 */
#define RSA_BITS_WEAK 1024 /* of the CAs of old peers */
#define RSA_BITS_MAX 8192
#define RSA_E_BITS_MAX 64

static const char *check_n(const BIGNUM *n, bool weak)
{
	if (BN_is_negative(n) || !BN_is_odd(n))
		return "the modulus is even";
	if (BN_num_bits(n) < (weak ? RSA_BITS_WEAK : RSA_BITS_MIN))
		return "the RSA key is too short";
	if (BN_num_bits(n) > RSA_BITS_MAX)
		return "the RSA key is longer than 8192 bits";
	return NULL;
}

static const char *check_e(const BIGNUM *e)
{
	if (BN_is_negative(e) || !BN_is_odd(e) || BN_is_one(e) ||
	    BN_num_bits(e) > RSA_E_BITS_MAX)
		return "the public exponent is no good";
	return NULL;
}

static const char *check_rsa(const EVP_PKEY *key, bool weak)
{
	const char *why = "the RSA key is incomplete";
	BIGNUM *n = NULL, *e = NULL;

	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1) {
		why = check_n(n, weak);
		if (!why)
			why = check_e(e);
	}
	BN_free(n);
	BN_free(e);
	return why;
}

/**
 * ike_pubkey_curve() - length of r, s and coordinates
 * @key: any key
 *
 * Return: 32, 48 or 66; 0 for another curve, for one that the key spells out
 * in place of naming it (CVE-2020-0601 is what comes of those), or no EC key.
 */
size_t ike_pubkey_curve(const EVP_PKEY *key)
{
	static const struct {
		const char *name;
		size_t len;
	} curves[] = {
		{ "prime256v1", 32 },
		{ "secp384r1", 48 },
		{ "secp521r1", 66 },
	};
	int explicit = 0;
	char name[32];
	size_t i;

	if (!EVP_PKEY_is_a(key, "EC") ||
	    !EVP_PKEY_get_group_name(key, name, sizeof(name), NULL))
		return 0;
	EVP_PKEY_get_int_param(key,
			       OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
			       &explicit);
	for (i = 0; !explicit && i < sizeof(curves) / sizeof(curves[0]); i++)
		if (!strcmp(name, curves[i].name))
			return curves[i].len;
	return 0;
}

/**
 * ike_pubkey_check() - may this key be used?
 * @key: of a certificate or a file
 * @weak: RSA keys of 1024 bits are taken too
 * @method: what it authenticates by, when it may
 *
 * Cheap: no operation of the key is done.
 *
 * Return: NULL, or why not.
 */
const char *ike_pubkey_check(const EVP_PKEY *key, bool weak,
			     enum ike_auth_method *method)
{
	const char *why = "neither RSA, ECDSA on a named NIST curve nor "
			  "Ed25519";

	if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS")) {
		*method = IKE_AUTH_RSA;
		why = check_rsa(key, weak);
	} else if (EVP_PKEY_is_a(key, "ED25519")) {
		*method = IKE_AUTH_ED25519;
		why = NULL;
	} else if (ike_pubkey_curve(key)) {
		*method = IKE_AUTH_ECDSA;
		why = NULL;
	}
	ERR_clear_error();
	return why;
}
