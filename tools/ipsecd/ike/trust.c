// SPDX-License-Identifier: GPL-2.0-or-later
/* Whom a rule trusts: CAs, or keys as they are. */
#include "pki.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>
#include <stdlib.h>

/**
 * ike_trust_new() - trust in nobody yet
 * @level: what revocation lists are asked for
 * @ocsp: responders that certificates name may be asked
 *
 * Return: to be freed with ike_trust_free(), or NULL.
 */
struct ike_trust *ike_trust_new(enum ike_crl_level level, bool ocsp)
{
	struct ike_trust *trust = calloc(1, sizeof(*trust));

	if (!trust)
		return NULL;
	trust->level = level;
	trust->ocsp = ocsp;
	trust->store = X509_STORE_new();
	trust->cas = sk_X509_new_null();
	trust->crls = sk_X509_CRL_new_null();
	trust->seen = ike_seen_new();
	if (!trust->store || !trust->cas || !trust->crls || !trust->seen) {
		ike_trust_free(trust);
		return NULL;
	}
	return trust;
}

void ike_trust_set_level(struct ike_trust *trust, enum ike_crl_level level)
{
	trust->level = level;
}

/**
 * ike_trust_allow_weak() - for peers of the time of Windows Server 2003
 * @trust: of a rule that says so
 *
 * RSA keys of 1024 bits, and certificates signed by SHA-1 or MD5, are taken
 * too.
 */
void ike_trust_allow_weak(struct ike_trust *trust)
{
	trust->weak = true;
}

/* A CA whose key has no SHA-1 here is not asked for. */
static bool add_spki(struct ike_trust *trust, X509 *ca)
{
	void *more = reallocarray(trust->spki, trust->spkis + 1, IKE_SPKI_LEN);
	uint8_t *der = NULL;
	int len;

	if (!more)
		return false;
	trust->spki = more;
	len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(ca), &der);
	if (len > 0 && EVP_Digest(der, (size_t)len, trust->spki[trust->spkis],
				  NULL, EVP_sha1(), NULL) == 1)
		trust->spkis++;
	OPENSSL_free(der);
	return true;
}

static int add_ca(struct ike_trust *trust, X509 *ca, struct ipsec_err *err)
{
	enum ike_auth_method method;
	const char *why;

	if (!ike_cert_is_ca(ca))
		return ipsec_err_at(err, 0,
				    "a certificate of the file is not that of "
				    "a CA (basicConstraints CA:TRUE)");
	why = ike_pubkey_check(X509_get0_pubkey(ca), trust->weak, &method);
	if (why)
		return ipsec_err_at(err, 0, "the key of a CA is refused: %s",
				    why);
	if (!add_spki(trust, ca) || !X509_STORE_add_cert(trust->store, ca) ||
	    !sk_X509_push(trust->cas, ca))
		return ipsec_err_code(err, ENOMEM, "no memory");
	X509_up_ref(ca);
	return 0;
}

/**
 * ike_trust_add_ca() - trusts CAs
 * @trust: to be added to
 * @pem: any number of certificates; they need not sign themselves
 * @err: why not
 *
 * Return: 0, or -EINVAL for a certificate that is no CA's or has a key that is
 * not used; those before it have been added then.
 */
int ike_trust_add_ca(struct ike_trust *trust, struct ike_blob pem,
		     struct ipsec_err *err)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	int i, rc;

	if (!list)
		return ipsec_err_code(err, ENOMEM, "no memory");
	rc = ike_cert_read_pem(pem, list, err);
	for (i = 0; i < sk_X509_num(list) && !rc; i++)
		rc = add_ca(trust, sk_X509_value(list, i), err);
	sk_X509_pop_free(list, X509_free);
	ERR_clear_error();
	return rc;
}

/* A public key or a certificate, whichever the first block is. */
static void read_key(struct ike_trust_key *k, struct ike_blob pem)
{
	char *name = NULL, *header = NULL;
	uint8_t *data = NULL;
	const uint8_t *p;
	long len = 0;
	BIO *bio;

	bio = pem.len > IKE_PEM_MAX ? NULL :
				      BIO_new_mem_buf(pem.data, (int)pem.len);
	if (bio && PEM_read_bio(bio, &name, &header, &data, &len) == 1 &&
	    ike_der_strict(data, (size_t)len)) {
		p = data;
		if (!strcmp(name, PEM_STRING_PUBLIC))
			k->key = d2i_PUBKEY(NULL, &p, len);
		else if (!strcmp(name, PEM_STRING_X509))
			k->cert = ike_cert_parse(data, (size_t)len);
	}
	if (k->cert)
		k->key = X509_get_pubkey(k->cert);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(data);
	BIO_free(bio);
	ERR_clear_error();
}

static void free_key(struct ike_trust_key *k)
{
	EVP_PKEY_free(k->key);
	X509_free(k->cert);
}

/**
 * ike_trust_add_key() - trusts one key for one identity
 * @trust: to be added to
 * @id: the identity that the peer will say; no pattern
 * @pem: "PUBLIC KEY" or "CERTIFICATE"; a certificate is trusted while it is
 *	valid, whoever issued it and whatever name is in it
 * @err: why not
 *
 * Return: 0, -EINVAL for what cannot be read or a key that is not used, or
 * -ENOMEM.
 */
int ike_trust_add_key(struct ike_trust *trust, const struct ike_id *id,
		      struct ike_blob pem, struct ipsec_err *err)
{
	struct ike_trust_key k = { .id = *id }, *bigger;
	const char *why;

	read_key(&k, pem);
	if (!k.key)
		return ipsec_err_at(err, 0,
				    "no PEM block 'PUBLIC KEY' or "
				    "'CERTIFICATE' that can be read");
	why = ike_pubkey_check(k.key, trust->weak, &k.method);
	if (why) {
		free_key(&k);
		return ipsec_err_at(err, 0, "the key cannot be used: %s", why);
	}
	bigger = realloc(trust->key, (trust->keys + 1) * sizeof(k));
	if (!bigger) {
		free_key(&k);
		return ipsec_err_code(err, ENOMEM, "no memory");
	}
	trust->key = bigger;
	trust->key[trust->keys++] = k;
	return 0;
}

/**
 * ike_trust_free() - frees
 * @trust: NULL is fine
 */
void ike_trust_free(struct ike_trust *trust)
{
	unsigned int i;

	if (!trust)
		return;
	for (i = 0; i < trust->keys; i++)
		free_key(&trust->key[i]);
	free(trust->key);
	free(trust->spki);
	X509_STORE_free(trust->store);
	sk_X509_pop_free(trust->cas, X509_free);
	sk_X509_CRL_pop_free(trust->crls, X509_CRL_free);
	ike_seen_free(trust->seen);
	free(trust);
}

/**
 * ikev2_trust_request() - CERTREQ of version 2
 * @trust: of the rule
 * @out: SHA-1 of each CA's SubjectPublicKeyInfo (RFC 7296 section 3.7)
 * @size: room for it; CAs that do not fit are left out
 *
 * Return: bytes written.
 */
size_t ikev2_trust_request(const struct ike_trust *trust, uint8_t *out,
			   size_t size)
{
	size_t fit = size / IKE_SPKI_LEN;
	size_t n = (fit < trust->spkis ? fit : trust->spkis) * IKE_SPKI_LEN;

	if (n)
		memcpy(out, trust->spki, n);
	return n;
}

/**
 * ikev1_trust_request() - CERTREQ of version 1, one payload for each CA
 * @trust: of the rule
 * @index: from 0
 * @len: the length
 *
 * Return: the CA's name in DER, which lives as long as @trust; NULL after the
 * last.
 */
const uint8_t *ikev1_trust_request(const struct ike_trust *trust,
				   unsigned int index, size_t *len)
{
	X509 *ca = sk_X509_value(trust->cas, (int)index);
	const uint8_t *der;

	if (!ca || !X509_NAME_get0_der(X509_get_subject_name(ca), &der, len))
		return NULL;
	return der;
}
