/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MINT_H
#define MINT_H

#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "auth.h"

/*
 * Keys, certificates, CRLs and OCSP answers, made when a test asks for them:
 * nothing here expires in a repository. All abort when libcrypto fails; what
 * they return is freed by mint_end(), once.
 */
#define MINT_NOW 1750000000 /* the tests' present */
#define MINT_DAY 86400

/*
 * "rsa2048", "rsa3072", "p256", "ed25519", ...: a name is made once and stands
 * for that key. What follows a slash only tells keys apart: "p256/ca".
 */
EVP_PKEY *mint_key(const char *name);
/* The name stands for this one, which it owns then. */
void mint_adopt(const char *name, EVP_PKEY *key);
/* SubjectPublicKeyInfo of any numbers as an RSA key, and the key in it. */
struct ike_blob mint_rsa_public(const BIGNUM *n, const BIGNUM *e);
EVP_PKEY *mint_parse_public(struct ike_blob der);

#define MINT_EXTENSIONS 8

struct mint_cert {
	const char *subject; /* "C=DE, CN=x" */
	const char *key; /* of mint_key() */
	X509 *issuer; /* NULL: signed by itself */
	const char *issuer_key;
	const char *digest; /* NULL: SHA256, or none with Ed25519 */
	int64_t from; /* 0: a day before MINT_NOW */
	int64_t to; /* 0: a year after */
	long serial; /* 0: a new one */
	/* "name=value" of openssl's x509v3_config */
	const char *ext[MINT_EXTENSIONS];
};

X509 *mint_cert(const struct mint_cert *m);
/* With critical CA:TRUE and keyCertSign, cRLSign. issuer may be NULL. */
X509 *mint_ca(const char *subject, const char *key, X509 *issuer,
	      const char *issuer_key);
/* With one alternative name, "DNS:x". */
X509 *mint_leaf(const char *san, const char *key, X509 *issuer,
		const char *issuer_key);

struct mint_crl {
	X509 *issuer;
	const char *issuer_key;
	int64_t from; /* 0: a day before MINT_NOW */
	int64_t to; /* 0: a week after */
	X509 *revoked[4];
	const char *ext[MINT_EXTENSIONS];
};

X509_CRL *mint_crl(const struct mint_crl *m);

struct mint_ocsp {
	X509 *cert;
	X509 *issuer;
	X509 *signer; /* NULL: the issuer */
	const char *signer_key;
	int status; /* V_OCSP_CERTSTATUS_* */
	int64_t from; /* 0: an hour before MINT_NOW */
	int64_t to; /* 0: a day after; -1: none */
	const struct ike_ocsp *request; /* whose nonce is given back; or NULL */
	bool wrong_nonce;
};

/* DER. */
struct ike_blob mint_ocsp(const struct mint_ocsp *m);

struct ike_blob mint_pem_cert(X509 *cert);
struct ike_blob mint_pem_key(const char *key);
struct ike_blob mint_pem_public(const char *key);
struct ike_blob mint_pem_crl(X509_CRL *crl);
struct ike_blob mint_pem(const char *name, struct ike_blob der);
struct ike_blob mint_der_cert(X509 *cert);
struct ike_blob mint_der_crl(X509_CRL *crl);
struct ike_blob mint_join(struct ike_blob a, struct ike_blob b);
struct ike_blob mint_bytes(const void *data, size_t len);

/* CERT payloads of up to 8 certificates; NULL ends them. */
struct ike_peer_certs mint_send(X509 *first, ...);
struct ike_id mint_id(const char *text); /* of ike_id_parse() */

/* Trust in one CA, and what it says of the certificates; key is freed. */
struct ike_trust *mint_trust(X509 *ca, enum ike_crl_level level, bool ocsp);
enum ike_trust_result mint_check(const struct ike_trust *trust,
				 const struct ike_peer_certs *certs,
				 const char *id, int64_t now);

/* A bare key, ours and as a peer's; freed by the caller. */
struct ike_credential *mint_credential(const char *key);
struct ike_peer_key *mint_peer(const char *key);

void mint_end(void);

#endif
