/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_AUTH_H
#define IKE_AUTH_H

#include "err.h"
#include "id.h"
#include "keys.h"
#include "payload.h"

/*
 * Credentials and trust of a rule, ready to use; made when the policy is
 * loaded, so that a bad file is refused then and not in a negotiation.
 */
enum ike_auth_method {
	IKE_AUTH_PSK,
	IKE_AUTH_RSA,
	IKE_AUTH_ECDSA,
	IKE_AUTH_ED25519,
	IKE_AUTH_METHODS,
};

enum ike_crl_level {
	IKE_CRL_OFF,
	IKE_CRL_REVOKED, /* fail only if revoked */
	IKE_CRL_STRICT, /* fail on any error */
};

/* Our certificate chain and key, one per certificate that a policy names. */
struct ike_credential;
/* Trust: CAs, their CRLs, or bare public keys. */
struct ike_trust;

/* PEM: the key, from which the method follows. */
struct ike_credential *ike_credential_new(struct ike_blob key,
					  struct ipsec_err *err);
/* PEM: its certificate followed by the chain, once; without, a bare key. */
int ike_credential_add_certs(struct ike_credential *credential,
			     struct ike_blob certs, struct ipsec_err *err);
enum ike_auth_method
ike_credential_method(const struct ike_credential *credential);
/* RSA-PSS in place of PKCS#1 v1.5 where the peer does RFC 7427. */
void ike_credential_prefer_pss(struct ike_credential *credential);
/*
 * What a rule that gives no identity uses: the subject, else the first
 * alternative name; type 0 for a bare key.
 */
void ike_credential_id(const struct ike_credential *credential,
		       struct ike_id *id);
/* Is the identity in the certificate (subject or alternative name)? */
bool ike_credential_covers(const struct ike_credential *credential,
			   const struct ike_id *id);
void ike_credential_free(struct ike_credential *credential);

struct ike_trust *ike_trust_new(enum ike_crl_level level, bool ocsp);
/* Another level, before it is used. */
void ike_trust_set_level(struct ike_trust *trust, enum ike_crl_level level);
/* RSA of 1024 bits and certificates signed with SHA-1 or MD5; not by default. */
void ike_trust_allow_weak(struct ike_trust *trust);
/* PEM, any number of certificates; a CA that is none is refused. */
int ike_trust_add_ca(struct ike_trust *trust, struct ike_blob pem,
		     struct ipsec_err *err);
/* PEM or DER; replaces an older CRL of the same issuer. */
int ike_trust_add_crl(struct ike_trust *trust, struct ike_blob crl,
		      struct ipsec_err *err);
/* A peer's bare public key or certificate, trusted as it is for one identity. */
int ike_trust_add_key(struct ike_trust *trust, const struct ike_id *id,
		      struct ike_blob pem, struct ipsec_err *err);
void ike_trust_free(struct ike_trust *trust);

/*
 * Answers of OCSP responders come from outside (the confined process cannot
 * fetch); see ike_env. The URL is http:// with neither user name nor a literal
 * address of the host itself; who fetches must see to it that the name leads
 * to none, follow no redirection, and cap time and IKE_OCSP_ANSWER_MAX bytes.
 */
#define IKE_OCSP_ANSWER_MAX 65536

struct ike_ocsp {
	char url[256];
	uint8_t *request; /* DER, to be sent by POST */
	size_t len;
	uint8_t *issuer; /* DER of the certificate that the answer answers to */
	size_t issuer_len;
};
void ike_ocsp_free(struct ike_ocsp *ocsp); /* what is in it, not itself */

/* What the peer sent: CERT payloads in their order, and its identity. */
struct ike_peer_certs {
	unsigned int count;
	struct ike_cert_body cert[8];
};

enum ike_trust_result {
	IKE_TRUST_OK,
	IKE_TRUST_NO_CHAIN,
	IKE_TRUST_EXPIRED,
	IKE_TRUST_NOT_YET,
	IKE_TRUST_REVOKED,
	IKE_TRUST_NO_CRL, /* strict, and none, or an old one */
	IKE_TRUST_USAGE, /* key usage or constraints */
	IKE_TRUST_ID, /* the identity is not in the certificate */
	IKE_TRUST_OCSP, /* an answer is needed: *ocsp says of whom */
	IKE_TRUST_BAD, /* cannot be parsed */
	IKE_TRUST_WEAK, /* a key or signature that is not used */
};
const char *ike_trust_text(enum ike_trust_result result);

/*
 * Builds and checks the chain of the peer's certificate at wall-clock second
 * now, and that id is in it. *key is an EVP_PKEY that the caller frees with
 * ike_peer_key_free().
 */
struct ike_peer_key;
enum ike_trust_result ike_trust_check(const struct ike_trust *trust,
				      const struct ike_peer_certs *certs,
				      const struct ike_id *id, int64_t now,
				      struct ike_peer_key **key,
				      struct ike_ocsp *ocsp);
/*
 * An OCSP answer (DER; empty: none came) for the request made before. Whatever
 * it is, the check is then to be repeated and does not ask this again.
 * -EBADMSG for one that is not believed.
 */
int ike_trust_ocsp_answer(struct ike_trust *trust, const struct ike_ocsp *ocsp,
			  struct ike_blob answer, int64_t now);
enum ike_auth_method ike_peer_key_method(const struct ike_peer_key *key);
void ike_peer_key_free(struct ike_peer_key *key);

/* Hashes of our CAs' public keys, and their names, for CERTREQ. */
size_t ikev2_trust_request(const struct ike_trust *trust, uint8_t *out,
			   size_t size);
/* One DER name at a time; NULL at the end. */
const uint8_t *ikev1_trust_request(const struct ike_trust *trust,
				   unsigned int index, size_t *len);
/* validity.c: of certificates and lists of ours, for who looks after them. */
struct ike_validity {
	char name[256]; /* of a CRL its issuer's */
	int64_t from; /* s since 1970 */
	int64_t until; /* 0: it does not say */
	bool revoked; /* by a list of the same rule */
};
bool ike_credential_validity(const struct ike_credential *credential,
			     const struct ike_trust *trust, unsigned int index,
			     struct ike_validity *v);
bool ike_trust_ca_validity(const struct ike_trust *trust, unsigned int index,
			   struct ike_validity *v);
bool ike_trust_crl_validity(const struct ike_trust *trust, unsigned int index,
			    struct ike_validity *v);
/* Our certificates, DER, leaf first; NULL at the end. */
const uint8_t *ike_credential_cert(const struct ike_credential *credential,
				   unsigned int index, size_t *len);

/*
 * AUTH of version 2: signs or checks octets (section 2.15, made by the caller
 * with ikev2_auth_octets()). hashes is a bit mask of enum ike_hash that the
 * peer announced; 0: no RFC 7427, the old methods are used. out has
 * IKE_SIGNATURE_MAX bytes. Signing gives 0, -EOPNOTSUPP when there is no method
 * for this key that the peer knows, or -EIO; checking -EBADMSG for a wrong
 * signature and -EOPNOTSUPP for a method that is not of the key.
 */
#define IKE_SIGNATURE_MAX 2048
#define IKE_HASH_BIT(hash) (1U << (hash))
int ikev2_sign(const struct ike_credential *credential, unsigned int hashes,
	       struct ike_blob octets, uint8_t *method, uint8_t *out,
	       size_t *len);
int ikev2_verify(const struct ike_peer_key *key, unsigned int hashes,
		 struct ike_blob octets, const struct ike_auth_body *auth);
/* Hash algorithms that we verify, as the notify's data. */
size_t ikev2_signature_hashes(uint8_t *out, size_t size);

/*
 * message | nonce of the other | prf(SK_p, ID body): what both methods of
 * AUTH are made over. 0 when it does not fit in size.
 */
size_t ikev2_auth_octets(const struct ikev2_keys *k, const uint8_t *sk_p,
			 struct ike_blob message, struct ike_blob nonce,
			 struct ike_blob id_body, uint8_t *out, size_t size);
/* prf(prf(PSK, "Key Pad for IKEv2"), octets), of the PRF's length. */
int ikev2_psk_auth(const struct ikev2_keys *k, const uint8_t *psk,
		   size_t psk_len, struct ike_blob octets, uint8_t *out);

/*
 * Version 1: HASH_I or HASH_R (RFC 2409 section 5.1), signed raw. For ECDSA it
 * is made with the hash of the method (RFC 4754), whatever was negotiated.
 * Errors and out as in version 2.
 */
int ikev1_sign(const struct ike_credential *credential, uint16_t auth,
	       struct ike_blob hash, uint8_t *out, size_t *len);
int ikev1_verify(const struct ike_peer_key *key, uint16_t auth,
		 struct ike_blob hash, struct ike_blob signature);
/* OAKLEY_AUTH_* of a method with a key; 0: none. */
uint16_t ikev1_auth_number(enum ike_auth_method method,
			   const struct ike_credential *credential);

#endif
