// SPDX-License-Identifier: GPL-2.0-or-later
/* What is minted, as files and as payloads; and what trust says of it. */
#include "mint_int.h"

#include <openssl/pem.h>

#include <stdarg.h>
#include <stdlib.h>

struct ike_blob mint_bytes(const void *data, size_t len)
{
	uint8_t *copy = mint_hold(malloc(len ? len : 1), free);

	if (len)
		memcpy(copy, data, len);
	return (struct ike_blob){ copy, len };
}

struct ike_blob mint_join(struct ike_blob a, struct ike_blob b)
{
	uint8_t *both = mint_hold(malloc(a.len + b.len + 1), free);

	if (a.len)
		memcpy(both, a.data, a.len);
	if (b.len)
		memcpy(both + a.len, b.data, b.len);
	return (struct ike_blob){ both, a.len + b.len };
}

static struct ike_blob take(BIO *bio)
{
	struct ike_blob blob;
	char *data;
	long len = BIO_get_mem_data(bio, &data);

	blob = mint_bytes(data, (size_t)len);
	BIO_free(bio);
	return blob;
}

struct ike_blob mint_pem_cert(X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_X509(bio, cert);
	return take(bio);
}

struct ike_blob mint_pem_key(const char *key)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_PrivateKey(bio, mint_key(key), NULL, NULL, 0, NULL, NULL);
	return take(bio);
}

struct ike_blob mint_pem_public(const char *key)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_PUBKEY(bio, mint_key(key));
	return take(bio);
}

struct ike_blob mint_pem_crl(X509_CRL *crl)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio_X509_CRL(bio, crl);
	return take(bio);
}

struct ike_blob mint_pem(const char *name, struct ike_blob der)
{
	BIO *bio = BIO_new(BIO_s_mem());

	PEM_write_bio(bio, name, "", der.data, (long)der.len);
	return take(bio);
}

struct ike_blob mint_der_cert(X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());

	i2d_X509_bio(bio, cert);
	return take(bio);
}

struct ike_blob mint_der_crl(X509_CRL *crl)
{
	BIO *bio = BIO_new(BIO_s_mem());

	i2d_X509_CRL_bio(bio, crl);
	return take(bio);
}

struct ike_peer_certs mint_send(X509 *first, ...)
{
	struct ike_peer_certs certs = { 0 };
	struct ike_blob der;
	va_list ap;
	X509 *x;

	va_start(ap, first);
	for (x = first; x && certs.count < 8; x = va_arg(ap, X509 *)) {
		der = mint_der_cert(x);
		certs.cert[certs.count].encoding = IKE_CERT_X509_SIGNATURE;
		certs.cert[certs.count].data = der.data;
		certs.cert[certs.count++].len = der.len;
	}
	va_end(ap);
	return certs;
}

struct ike_id mint_id(const char *text)
{
	struct ipsec_err err = { 0 };
	struct ike_id id;

	mint_must(!ike_id_parse(&id, text, &err), err.text);
	return id;
}

struct ike_trust *mint_trust(X509 *ca, enum ike_crl_level level, bool ocsp)
{
	struct ike_trust *trust = ike_trust_new(level, ocsp);
	struct ipsec_err err = { 0 };

	mint_must(trust, "ike_trust_new");
	mint_must(!ike_trust_add_ca(trust, mint_pem_cert(ca), &err), err.text);
	return trust;
}

enum ike_trust_result mint_check(const struct ike_trust *trust,
				 const struct ike_peer_certs *certs,
				 const char *id, int64_t now)
{
	struct ike_id wire = mint_id(id);
	enum ike_trust_result result;
	struct ike_peer_key *key;
	struct ike_ocsp ocsp;

	result = ike_trust_check(trust, certs, &wire, now, &key, &ocsp);
	mint_must((result == IKE_TRUST_OK) == (key != NULL),
		  "a key if trusted");
	mint_must((result == IKE_TRUST_OCSP) == (ocsp.request != NULL),
		  "a request if asked for");
	ike_peer_key_free(key);
	ike_ocsp_free(&ocsp);
	return result;
}

struct ike_credential *mint_credential(const char *key)
{
	struct ipsec_err err = { 0 };
	struct ike_credential *c;

	c = ike_credential_new(mint_pem_key(key), &err);
	mint_must(c, err.text);
	return c;
}

struct ike_peer_key *mint_peer(const char *key)
{
	struct ike_trust *trust = ike_trust_new(IKE_CRL_OFF, false);
	struct ike_id id = mint_id("x.example.org");
	struct ike_peer_certs none = { 0 };
	struct ike_peer_key *peer = NULL;
	struct ipsec_err err = { 0 };
	struct ike_ocsp ocsp;

	ike_trust_allow_weak(trust);
	mint_must(!ike_trust_add_key(trust, &id, mint_pem_public(key), &err),
		  err.text);
	ike_trust_check(trust, &none, &id, MINT_NOW, &peer, &ocsp);
	mint_must(peer, "ike_trust_check");
	ike_trust_free(trust);
	return peer;
}
