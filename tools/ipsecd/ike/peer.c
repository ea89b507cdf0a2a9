// SPDX-License-Identifier: GPL-2.0-or-later
/* What a peer shows of itself, judged by whom a rule trusts. */
#include "pki.h"

#include <openssl/err.h>

#include <stdlib.h>

static enum ike_trust_result give_key(struct ike_peer_key **out, EVP_PKEY *key,
				      enum ike_auth_method method)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return IKE_TRUST_BAD;
	EVP_PKEY_up_ref(key);
	(*out)->key = key;
	(*out)->method = method;
	return IKE_TRUST_OK;
}

/*
 * The key for id: that of the certificate the peer shows, when it is among
 * them, else the first, which a peer that shows none must have.
 */
static const struct ike_trust_key *find_key(const struct ike_trust *trust,
					    const struct ike_id *id, X509 *leaf)
{
	const struct ike_trust_key *first = NULL, *k;
	unsigned int i;

	for (i = 0; i < trust->keys; i++) {
		k = &trust->key[i];
		if (!ike_id_equal(&k->id, id))
			continue;
		if (!leaf || EVP_PKEY_eq(X509_get0_pubkey(leaf), k->key) == 1)
			return k;
		if (!first)
			first = k;
	}
	return first;
}

static enum ike_trust_result check_key(const struct ike_trust_key *k,
				       int64_t now, struct ike_peer_key **key)
{
	if (k->cert &&
	    ASN1_TIME_cmp_time_t(X509_get0_notBefore(k->cert), now) > 0)
		return IKE_TRUST_NOT_YET;
	if (k->cert &&
	    ASN1_TIME_cmp_time_t(X509_get0_notAfter(k->cert), now) < 0)
		return IKE_TRUST_EXPIRED;
	return give_key(key, k->key, k->method);
}

/*
 * The leaf is the first; the others are there to build a chain of, and what
 * cannot be read of them is as if it were not there. So are encodings other
 * than X.509: nothing is fetched, and keys without a certificate come from
 * the policy only.
 */
static enum ike_trust_result read_certs(const struct ike_trust *trust,
					const struct ike_peer_certs *certs,
					X509 **leaf, STACK_OF(X509) * others)
{
	unsigned int i;
	X509 *x;

	for (i = 0; i < certs->count && i < IKE_CHAIN_MAX; i++) {
		const uint8_t *data = certs->cert[i].data;
		size_t len = certs->cert[i].len;

		if (certs->cert[i].encoding != IKE_CERT_X509_SIGNATURE)
			continue;
		x = ike_seen_get(trust->seen, data, len) ?:
			    ike_cert_parse(data, len);
		if (!*leaf) {
			if (!x)
				return IKE_TRUST_BAD;
			*leaf = x;
		} else if (x && !sk_X509_push(others, x)) {
			X509_free(x);
		}
	}
	return IKE_TRUST_OK;
}

static enum ike_trust_result check_chain(const struct ike_trust *trust,
					 X509 *leaf, STACK_OF(X509) * others,
					 const struct ike_id *id, int64_t now,
					 struct ike_ocsp *ocsp)
{
	struct ike_chain chain = { .trust = trust };
	enum ike_trust_result result;

	result = ike_chain_verify(&chain, leaf, others, now);
	if (result == IKE_TRUST_OK && !ike_cert_covers(leaf, id))
		result = IKE_TRUST_ID;
	/* Last, since somebody may have to be asked for it. */
	if (result == IKE_TRUST_OK)
		result = ike_crl_check(&chain, now, ocsp);
	if (result == IKE_TRUST_OK)
		ike_seen_add(trust->seen, leaf, &chain);
	sk_X509_pop_free(chain.certs, X509_free);
	return result;
}

static enum ike_trust_result check_leaf(const struct ike_trust *trust,
					X509 *leaf, STACK_OF(X509) * others,
					const struct ike_id *id, int64_t now,
					struct ike_peer_key **key,
					struct ike_ocsp *ocsp)
{
	EVP_PKEY *pkey = X509_get0_pubkey(leaf);
	enum ike_trust_result result;
	enum ike_auth_method method;

	if (ike_pubkey_check(pkey, trust->weak, &method))
		return IKE_TRUST_WEAK;
	if (ike_cert_usage(leaf))
		return IKE_TRUST_USAGE;
	result = check_chain(trust, leaf, others, id, now, ocsp);
	if (result != IKE_TRUST_OK)
		return result;
	return give_key(key, pkey, method);
}

/**
 * ike_trust_check() - is the peer who it says?
 * @trust: of the rule
 * @certs: what it sent; may be none
 * @id: its identity, from its ID payload
 * @now: wall-clock seconds
 * @key: set when it is: what its signature is verified by
 * @ocsp: set for IKE_TRUST_OCSP, to be freed with ike_ocsp_free()
 *
 * Nobody is asked before the chain is found to be good and the identity to be
 * in it, so that a stranger cannot have us fetch anything.
 */
enum ike_trust_result ike_trust_check(const struct ike_trust *trust,
				      const struct ike_peer_certs *certs,
				      const struct ike_id *id, int64_t now,
				      struct ike_peer_key **key,
				      struct ike_ocsp *ocsp)
{
	STACK_OF(X509) *others = sk_X509_new_null();
	const struct ike_trust_key *pinned;
	enum ike_trust_result result;
	X509 *leaf = NULL;

	*key = NULL;
	memset(ocsp, 0, sizeof(*ocsp));
	result = others ? read_certs(trust, certs, &leaf, others) :
			  IKE_TRUST_BAD;
	pinned = find_key(trust, id, leaf);
	if (pinned)
		result = check_key(pinned, now, key);
	else if (result == IKE_TRUST_OK && !leaf)
		result = IKE_TRUST_NO_CHAIN;
	else if (result == IKE_TRUST_OK)
		result = check_leaf(trust, leaf, others, id, now, key, ocsp);
	X509_free(leaf);
	sk_X509_pop_free(others, X509_free);
	ERR_clear_error();
	return result;
}

enum ike_auth_method ike_peer_key_method(const struct ike_peer_key *key)
{
	return key->method;
}

void ike_peer_key_free(struct ike_peer_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->key);
	free(key);
}

/**
 * ike_trust_text() - a result for the log
 * @result: of ike_trust_check()
 */
const char *ike_trust_text(enum ike_trust_result result)
{
	static const char *const text[] = {
		[IKE_TRUST_OK] = "trusted",
		[IKE_TRUST_NO_CHAIN] = "no chain of certificates leads to a "
				       "trusted CA",
		[IKE_TRUST_EXPIRED] = "a certificate has expired",
		[IKE_TRUST_NOT_YET] = "a certificate is not valid yet",
		[IKE_TRUST_REVOKED] = "a certificate is revoked",
		[IKE_TRUST_NO_CRL] = "no current answer on revocation",
		[IKE_TRUST_USAGE] = "a certificate is not for this use",
		[IKE_TRUST_ID] = "the identity is not in the certificate",
		[IKE_TRUST_OCSP] = "the OCSP responder must be asked",
		[IKE_TRUST_BAD] = "the certificate cannot be read",
		[IKE_TRUST_WEAK] = "a key or a signature is too weak, or of an "
				   "unknown kind",
	};

	return text[result];
}
