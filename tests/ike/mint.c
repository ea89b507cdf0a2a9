// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys, certificates and CRLs for tests. OCSP answers are in mint_ocsp.c. */
#include "mint_int.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdarg.h>
#include <stdlib.h>

#define KEYS 64

static struct {
	char name[32];
	EVP_PKEY *key;
} keys[KEYS];

/* What mint_end() frees. */
struct held {
	struct held *next;
	void *p;
	void (*release)(void *p);
};

static struct held *held;

void mint_must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "mint: %s failed\n", what);
	ERR_print_errors_fp(stderr);
	abort();
}

void *mint_hold(void *p, void (*release)(void *p))
{
	struct held *h = malloc(sizeof(*h));

	mint_must(p && h, "memory");
	*h = (struct held){ held, p, release };
	held = h;
	return p;
}

void mint_end(void)
{
	struct held *h;
	size_t i;

	while (held) {
		h = held;
		held = h->next;
		h->release(h->p);
		free(h);
	}
	for (i = 0; i < KEYS; i++) {
		EVP_PKEY_free(keys[i].key);
		keys[i].key = NULL;
	}
}

static void release_x509(void *p)
{
	X509_free(p);
}

static void release_crl(void *p)
{
	X509_CRL_free(p);
}

static EVP_PKEY *generate(const char *kind)
{
	if (!strncmp(kind, "rsa", 3))
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
					 (size_t)atoi(kind + 3));
	if (!strncmp(kind, "p256", 4))
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	if (!strncmp(kind, "p384", 4))
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	if (!strncmp(kind, "p521", 4))
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-521");
	if (!strncmp(kind, "k256", 4))
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1");
	if (!strncmp(kind, "ed448", 5))
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
	return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

EVP_PKEY *mint_key(const char *name)
{
	size_t i;

	for (i = 0; i < KEYS && keys[i].key; i++)
		if (!strcmp(keys[i].name, name))
			return keys[i].key;
	mint_must(i < KEYS, "room for a key");
	snprintf(keys[i].name, sizeof(keys[i].name), "%s", name);
	keys[i].key = generate(name);
	mint_must(keys[i].key, name);
	return keys[i].key;
}

void mint_adopt(const char *name, EVP_PKEY *key)
{
	size_t i;

	for (i = 0; i < KEYS && keys[i].key; i++)
		mint_must(strcmp(keys[i].name, name), "a new name");
	mint_must(i < KEYS && key, name);
	snprintf(keys[i].name, sizeof(keys[i].name), "%s", name);
	keys[i].key = key;
}

static X509_NAME *make_name(const char *text)
{
	X509_NAME *name = X509_NAME_new();
	char buf[256], *part, *save, *value;

	snprintf(buf, sizeof(buf), "%s", text);
	for (part = strtok_r(buf, ",", &save); part;
	     part = strtok_r(NULL, ",", &save)) {
		part += strspn(part, " ");
		value = strchr(part, '=');
		mint_must(value, "a subject");
		*value++ = '\0';
		mint_must(X509_NAME_add_entry_by_txt(name, part, MBSTRING_UTF8,
						     (uint8_t *)value, -1, -1,
						     0),
			  "a subject");
	}
	return name;
}

X509_EXTENSION *mint_extension(X509V3_CTX *ctx, const char *text)
{
	char name[64];
	const char *value = strchr(text, '=');
	X509_EXTENSION *ext;

	mint_must(value, "an extension");
	snprintf(name, sizeof(name), "%.*s", (int)(value - text), text);
	ext = X509V3_EXT_nconf(NULL, ctx, name, value + 1);
	mint_must(ext, text);
	return ext;
}

void mint_time(ASN1_TIME *t, int64_t given, int64_t other)
{
	mint_must(ASN1_TIME_set(t, given ? given : other), "a time");
}

const EVP_MD *mint_digest(EVP_PKEY *key, const char *name)
{
	if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448"))
		return NULL;
	return EVP_get_digestbyname(name ? name : "SHA256");
}

static void set_names(X509 *x, const struct mint_cert *m)
{
	X509_NAME *name = make_name(m->subject);
	static long serial = 1000;

	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x),
			 m->serial ? m->serial : serial++);
	X509_set_subject_name(x, name);
	X509_set_issuer_name(x, m->issuer ? X509_get_subject_name(m->issuer) :
					    name);
	X509_NAME_free(name);
	mint_time(X509_getm_notBefore(x), m->from, MINT_NOW - MINT_DAY);
	mint_time(X509_getm_notAfter(x), m->to, MINT_NOW + 365 * MINT_DAY);
}

X509 *mint_cert(const struct mint_cert *m)
{
	EVP_PKEY *signer = mint_key(m->issuer ? m->issuer_key : m->key);
	X509_EXTENSION *ext;
	X509 *x = X509_new();
	X509V3_CTX ctx;
	int i;

	set_names(x, m);
	X509_set_pubkey(x, mint_key(m->key));
	X509V3_set_ctx(&ctx, m->issuer ? m->issuer : x, x, NULL, NULL, 0);
	for (i = 0; i < MINT_EXTENSIONS && m->ext[i]; i++) {
		ext = mint_extension(&ctx, m->ext[i]);
		X509_add_ext(x, ext, -1);
		X509_EXTENSION_free(ext);
	}
	mint_must(X509_sign(x, signer, mint_digest(signer, m->digest)) > 0,
		  "X509_sign");
	return mint_hold(x, release_x509);
}

X509 *mint_ca(const char *subject, const char *key, X509 *issuer,
	      const char *issuer_key)
{
	struct mint_cert m = {
		.subject = subject,
		.key = key,
		.issuer = issuer,
		.issuer_key = issuer_key,
		.ext = { "basicConstraints=critical,CA:TRUE",
			 "keyUsage=critical,keyCertSign,cRLSign",
			 "subjectKeyIdentifier=hash" },
	};

	return mint_cert(&m);
}

X509 *mint_leaf(const char *san, const char *key, X509 *issuer,
		const char *issuer_key)
{
	char ext[128];
	struct mint_cert m = {
		.subject = "C=DE, O=test, CN=leaf",
		.key = key,
		.issuer = issuer,
		.issuer_key = issuer_key,
		.ext = { ext, "keyUsage=critical,digitalSignature" },
	};

	snprintf(ext, sizeof(ext), "subjectAltName=%s", san);
	return mint_cert(&m);
}

static void revoke(X509_CRL *crl, X509 *cert)
{
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, MINT_NOW - 2 * MINT_DAY);

	X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(cert));
	X509_REVOKED_set_revocationDate(r, t);
	ASN1_TIME_free(t);
	mint_must(X509_CRL_add0_revoked(crl, r), "X509_CRL_add0_revoked");
}

X509_CRL *mint_crl(const struct mint_crl *m)
{
	EVP_PKEY *signer = mint_key(m->issuer_key);
	ASN1_TIME *t = ASN1_TIME_new();
	X509_CRL *crl = X509_CRL_new();
	X509_EXTENSION *ext;
	X509V3_CTX ctx;
	int i;

	X509_CRL_set_version(crl, X509_CRL_VERSION_2);
	X509_CRL_set_issuer_name(crl, X509_get_subject_name(m->issuer));
	mint_time(t, m->from, MINT_NOW - MINT_DAY);
	X509_CRL_set1_lastUpdate(crl, t);
	mint_time(t, m->to, MINT_NOW + 7 * MINT_DAY);
	X509_CRL_set1_nextUpdate(crl, t);
	ASN1_TIME_free(t);
	for (i = 0; i < 4 && m->revoked[i]; i++)
		revoke(crl, m->revoked[i]);
	X509V3_set_ctx(&ctx, m->issuer, NULL, NULL, crl, 0);
	for (i = 0; i < MINT_EXTENSIONS && m->ext[i]; i++) {
		ext = mint_extension(&ctx, m->ext[i]);
		X509_CRL_add_ext(crl, ext, -1);
		X509_EXTENSION_free(ext);
	}
	mint_must(X509_CRL_sign(crl, signer, mint_digest(signer, NULL)) > 0,
		  "X509_CRL_sign");
	return mint_hold(crl, release_crl);
}
