/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_PKI_H
#define IKE_PKI_H

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "auth.h"

/* What the files behind auth.h share; nobody else includes it. */

/* Of one certificate of a peer, of a chain, and of files of the policy. */
#define IKE_CERT_MAX 16384
#define IKE_CHAIN_MAX 8
#define IKE_SPKI_LEN 20 /* SHA-1 */
#define IKE_PEM_MAX (1 << 20)
#define IKE_CRL_MAX (64 << 20)

struct ike_credential {
	EVP_PKEY *key;
	enum ike_auth_method method;
	bool pss;
	unsigned int certs;
	struct {
		X509 *x;
		uint8_t *der;
		int len;
	} cert[IKE_CHAIN_MAX];
};

struct ike_peer_key {
	EVP_PKEY *key;
	enum ike_auth_method method;
};

/* What is known of one certificate from its responder. */
enum ike_ocsp_state {
	IKE_OCSP_NONE, /* nothing: ask */
	IKE_OCSP_GOOD,
	IKE_OCSP_REVOKED,
	IKE_OCSP_FAILED, /* asked a moment ago, in vain */
};

#define IKE_OCSP_CACHE 128

struct ike_ocsp_entry {
	uint8_t id[32]; /* SHA-256 of the DER of its CertID */
	enum ike_ocsp_state state;
	int64_t until;
};

/* A key that is trusted as it is. */
struct ike_trust_key {
	struct ike_id id;
	EVP_PKEY *key;
	X509 *cert; /* NULL: a bare key */
	enum ike_auth_method method;
};

struct ike_trust {
	enum ike_crl_level level;
	bool ocsp;
	bool weak;
	X509_STORE *store; /* of cas */
	STACK_OF(X509) * cas;
	uint8_t (*spki)[IKE_SPKI_LEN]; /* of those, as CERTREQ names them */
	unsigned int spkis;
	STACK_OF(X509_CRL) * crls;
	unsigned int keys;
	struct ike_trust_key *key;
	struct ike_ocsp_entry cache[IKE_OCSP_CACHE];
	struct ike_seen *seen;
};

/* One run of X509_verify_cert(). */
struct ike_chain {
	const struct ike_trust *trust;
	STACK_OF(X509) * certs; /* leaf first, the trusted CA last */
	bool signatures; /* look for issuers by signature, not by name alone */
	unsigned int no_crl; /* bits by depth: none that is current and good */
};

/* der.c */
bool ike_der_strict(const uint8_t *data, size_t len);

/* pubkey.c */
const char *ike_pubkey_check(const EVP_PKEY *key, bool weak,
			     enum ike_auth_method *method);
size_t ike_pubkey_curve(const EVP_PKEY *key);

/* cert.c */
X509 *ike_cert_parse(const uint8_t *data, size_t len);
int ike_cert_read_pem(struct ike_blob pem, STACK_OF(X509) * to,
		      struct ipsec_err *err);
const char *ike_cert_usage(X509 *cert);
bool ike_cert_is_ca(X509 *cert);

/* seen.c */
struct ike_seen *ike_seen_new(void);
X509 *ike_seen_get(const struct ike_seen *seen, const uint8_t *der, size_t len);
bool ike_seen_chain(const struct ike_seen *seen, const X509 *x,
		    struct ike_chain *chain);
void ike_seen_add(struct ike_seen *seen, X509 *x,
		  const struct ike_chain *chain);
void ike_seen_free(struct ike_seen *seen);

/* certid.c */
bool ike_cert_covers(X509 *cert, const struct ike_id *id);
void ike_cert_id(X509 *cert, struct ike_id *id);

/* chain.c */
enum ike_trust_result ike_chain_verify(struct ike_chain *chain, X509 *leaf,
				       STACK_OF(X509) * others, int64_t now);

/* crl.c */
bool ike_crl_tolerate(struct ike_chain *chain, int error, int depth);
enum ike_trust_result ike_crl_check(const struct ike_chain *chain, int64_t now,
				    struct ike_ocsp *ocsp);

/* ocsp.c */
enum ike_ocsp_state ike_ocsp_state(const struct ike_trust *trust, X509 *cert,
				   X509 *issuer, int64_t now);
int ike_ocsp_ask(struct ike_ocsp *ocsp, X509 *cert, X509 *issuer);

/* rsa.c: PKCS#1 v1.5 of whatever it is given (T of RFC 8017 section 9.2) */
int ike_rsa_sign(EVP_PKEY *key, struct ike_blob t, uint8_t *out, size_t *len);
int ike_rsa_verify(EVP_PKEY *key, struct ike_blob t, struct ike_blob sig);

/* ecdsa.c: r and s side by side (RFC 4754), of a digest */
int ike_ecdsa_sign(EVP_PKEY *key, struct ike_blob digest, uint8_t *out,
		   size_t *len);
int ike_ecdsa_verify(EVP_PKEY *key, struct ike_blob digest,
		     struct ike_blob sig);

/* sigalg.c: AlgorithmIdentifiers of RFC 7427 */
enum ike_scheme {
	IKE_SCHEME_RSA,
	IKE_SCHEME_PSS,
	IKE_SCHEME_ECDSA,
	IKE_SCHEME_ED25519,
};

#define IKE_SIGALG_MAX 80
size_t ike_sigalg_write(enum ike_scheme scheme, uint16_t hash, uint8_t *out);
int ike_sigalg_read(struct ike_blob alg, enum ike_scheme *scheme,
		    uint16_t *hash);
const EVP_MD *ike_sigalg_md(uint16_t hash);
size_t ike_sigalg_digest_info(uint16_t hash, struct ike_blob data,
			      uint8_t *out);

#endif
