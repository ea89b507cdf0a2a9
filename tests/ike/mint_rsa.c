// SPDX-License-Identifier: GPL-2.0-or-later
/* RSA public keys that nobody would make. */
#include "mint_int.h"

#include <openssl/bn.h>

#include <stdlib.h>

static struct ike_blob integer(const BIGNUM *v)
{
	ASN1_INTEGER *i = BN_to_ASN1_INTEGER(v, NULL);
	struct ike_blob blob;
	uint8_t *der = NULL;
	int len = i2d_ASN1_INTEGER(i, &der);

	mint_must(len > 0, "i2d_ASN1_INTEGER");
	blob = mint_bytes(der, (size_t)len);
	OPENSSL_free(der);
	ASN1_INTEGER_free(i);
	return blob;
}

struct ike_blob mint_rsa_public(const BIGNUM *n, const BIGNUM *e)
{
	struct ike_blob both = mint_join(integer(n), integer(e));
	X509_PUBKEY *pub = X509_PUBKEY_new();
	uint8_t *key = OPENSSL_malloc(both.len + 8), *der = NULL, *p = key;
	struct ike_blob blob;
	int len;

	ASN1_put_object(&p, 1, (int)both.len, V_ASN1_SEQUENCE,
			V_ASN1_UNIVERSAL);
	memcpy(p, both.data, both.len);
	p += both.len;
	mint_must(X509_PUBKEY_set0_param(pub, OBJ_nid2obj(NID_rsaEncryption),
					 V_ASN1_NULL, NULL, key,
					 (int)(p - key)),
		  "X509_PUBKEY_set0_param");
	len = i2d_X509_PUBKEY(pub, &der);
	mint_must(len > 0, "i2d_X509_PUBKEY");
	blob = mint_bytes(der, (size_t)len);
	OPENSSL_free(der);
	X509_PUBKEY_free(pub);
	return blob;
}

EVP_PKEY *mint_parse_public(struct ike_blob der)
{
	const uint8_t *p = der.data;

	return d2i_PUBKEY(NULL, &p, (long)der.len);
}
