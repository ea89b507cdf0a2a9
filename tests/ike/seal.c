// SPDX-License-Identifier: GPL-2.0-or-later
/* Signed bytes for fuzz targets. */
#include "seal.h"

#include <stdlib.h>

#define SIG_LEN 64

static const uint8_t alg[] = { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70 };

void seal_must(bool good)
{
	if (!good)
		abort();
}

static void adopt(const char *name, uint8_t fill)
{
	uint8_t raw[32];

	memset(raw, fill, sizeof(raw));
	mint_adopt(name, EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
						      raw, sizeof(raw)));
}

void seal_keys(void)
{
	adopt(SEAL_CA, 1);
	adopt(SEAL_LEAF, 2);
}

static size_t header_len(size_t len)
{
	return (size_t)ASN1_object_size(1, (int)len, V_ASN1_SEQUENCE) - len;
}

static uint8_t *put(uint8_t *p, const void *data, size_t len)
{
	if (len)
		memcpy(p, data, len);
	return p + len;
}

static uint8_t *put_signature(uint8_t *p, const uint8_t *tbs, size_t tbs_len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = SIG_LEN;

	*p++ = V_ASN1_BIT_STRING;
	*p++ = SIG_LEN + 1;
	*p++ = 0;
	seal_must(EVP_DigestSignInit(ctx, NULL, NULL, NULL,
				     mint_key(SEAL_CA)) == 1 &&
		  EVP_DigestSign(ctx, p, &len, tbs, tbs_len) == 1);
	EVP_MD_CTX_free(ctx);
	return p + len;
}

uint8_t *seal(const uint8_t *tbs, size_t tbs_len, size_t *len)
{
	size_t body = tbs_len + sizeof(alg) + 3 + SIG_LEN;
	uint8_t *all = malloc(header_len(body) + body), *p = all;

	seal_must(all);
	ASN1_put_object(&p, 1, (int)body, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	p = put(p, tbs, tbs_len);
	p = put(p, alg, sizeof(alg));
	p = put_signature(p, tbs, tbs_len);
	*len = (size_t)(p - all);
	return all;
}

uint8_t *seal_ocsp(const uint8_t *basic, size_t basic_len, size_t *len)
{
	static const uint8_t type[] = { 0x06, 0x09, 0x2b, 0x06, 0x01, 0x05,
					0x05, 0x07, 0x30, 0x01, 0x01 };
	static const uint8_t status[] = { 0x0a, 0x01, 0x00 };
	size_t octets, both, tagged, body;
	uint8_t *all, *p;

	octets = header_len(basic_len) + basic_len;
	both = sizeof(type) + octets;
	tagged = header_len(both) + both;
	body = sizeof(status) + header_len(tagged) + tagged;
	all = malloc(header_len(body) + body);
	seal_must(all);
	p = all;
	ASN1_put_object(&p, 1, (int)body, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	p = put(p, status, sizeof(status));
	ASN1_put_object(&p, 1, (int)tagged, 0, V_ASN1_CONTEXT_SPECIFIC);
	ASN1_put_object(&p, 1, (int)both, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	p = put(p, type, sizeof(type));
	ASN1_put_object(&p, 0, (int)basic_len, V_ASN1_OCTET_STRING,
			V_ASN1_UNIVERSAL);
	p = put(p, basic, basic_len);
	*len = (size_t)(p - all);
	return all;
}

struct ike_blob seal_open(struct ike_blob sealed)
{
	const uint8_t *p = sealed.data, *tbs;
	long len;
	int tag, class;

	seal_must(ASN1_get_object(&p, &len, &tag, &class, (long)sealed.len) ==
		  V_ASN1_CONSTRUCTED);
	tbs = p;
	seal_must(ASN1_get_object(&p, &len, &tag, &class, len) ==
		  V_ASN1_CONSTRUCTED);
	return (struct ike_blob){ tbs, (size_t)(p - tbs) + (size_t)len };
}

X509 *seal_root(void)
{
	struct mint_cert m = {
		.subject = "CN=root",
		.key = SEAL_CA,
		.serial = 1,
		.ext = { "basicConstraints=critical,CA:TRUE",
			 "keyUsage=critical,keyCertSign,cRLSign" },
	};

	return mint_cert(&m);
}

X509 *seal_leaf(X509 *root)
{
	struct mint_cert m = {
		.subject = "C=DE, O=test, CN=leaf",
		.key = SEAL_LEAF,
		.issuer = root,
		.issuer_key = SEAL_CA,
		.serial = 2,
		.ext = { "subjectAltName=DNS:" SEAL_HOST ",IP:10.0.0.1,"
			 "email:a@example.org",
			 "keyUsage=critical,digitalSignature",
			 "extendedKeyUsage=1.3.6.1.5.5.7.3.17",
			 "authorityInfoAccess=OCSP;URI:http://x.example.org/" },
	};

	return mint_cert(&m);
}
