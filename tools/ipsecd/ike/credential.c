// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Our key and its certificates. The key is held by libcrypto, which wipes it
 * when it is freed.
 */
#include "pki.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <errno.h>

/* Nobody is there to be asked: an encrypted key is refused. */
static int no_passphrase(char *buf, int size, int rwflag, void *u)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	*(bool *)u = true;
	return -1;
}

static int read_key(struct ike_credential *c, struct ike_blob pem,
		    struct ipsec_err *err)
{
	bool encrypted = false;
	const char *why;
	BIO *bio;

	if (pem.len > IKE_PEM_MAX)
		return ipsec_err_at(err, 0, "longer than %d bytes",
				    IKE_PEM_MAX);
	bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	if (!bio)
		return ipsec_err_code(err, ENOMEM, "no memory");
	c->key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &encrypted);
	BIO_free(bio);
	ERR_clear_error();
	if (encrypted)
		return ipsec_err_at(
			err, 0,
			"the key is encrypted; store it without a "
			"passphrase in a file that only root reads");
	if (!c->key)
		return ipsec_err_at(err, 0, "no PEM block with a private key");
	why = ike_pubkey_check(c->key, true, &c->method);
	if (why)
		return ipsec_err_at(err, 0, "the key cannot be used: %s", why);
	c->pss = EVP_PKEY_is_a(c->key, "RSA-PSS");
	return 0;
}

/* Takes certificate number i of the list, which is as the file has it. */
static int take_cert(struct ike_credential *c, STACK_OF(X509) * list, int i,
		     struct ipsec_err *err)
{
	X509 *x = sk_X509_value(list, i);

	if (i && X509_check_issued(x, c->cert[i - 1].x) != X509_V_OK)
		return ipsec_err_at(err, 0,
				    "certificate %d did not issue the one "
				    "before it; the order is the host's own, "
				    "then the CA that issued it, and so on",
				    i + 1);
	c->cert[i].len = i2d_X509(x, &c->cert[i].der);
	if (c->cert[i].len <= 0)
		return ipsec_err_code(err, ENOMEM, "no memory");
	X509_up_ref(x);
	c->cert[i].x = x;
	c->certs++;
	return 0;
}

static int take_certs(struct ike_credential *c, STACK_OF(X509) * list,
		      struct ipsec_err *err)
{
	X509 *leaf = sk_X509_value(list, 0);
	const char *why;
	int i, rc = 0;

	if (EVP_PKEY_eq(X509_get0_pubkey(leaf), c->key) != 1)
		return ipsec_err_at(err, 0,
				    "the key is not that of the first "
				    "certificate");
	why = ike_cert_usage(leaf);
	if (why)
		return ipsec_err_at(err, 0,
				    "the certificate is not for IKE: %s", why);
	if (sk_X509_num(list) > IKE_CHAIN_MAX)
		return ipsec_err_at(err, 0,
				    "more than %d certificates; peers take no "
				    "more",
				    IKE_CHAIN_MAX);
	for (i = 0; i < sk_X509_num(list) && !rc; i++)
		rc = take_cert(c, list, i, err);
	return rc;
}

/**
 * ike_credential_new() - our key, a bare one so far
 * @key: PEM, not encrypted
 * @err: why not
 *
 * RSA (of 1024 to 8192 bits), ECDSA on P-256, P-384 and P-521, and Ed25519.
 * The caller wipes @key.
 *
 * Return: to be freed with ike_credential_free(), or NULL.
 */
struct ike_credential *ike_credential_new(struct ike_blob key,
					  struct ipsec_err *err)
{
	struct ike_credential *c = OPENSSL_zalloc(sizeof(*c));

	if (!c) {
		ipsec_err_code(err, ENOMEM, "no memory");
		return NULL;
	}
	if (read_key(c, key, err)) {
		ike_credential_free(c);
		return NULL;
	}
	return c;
}

/**
 * ike_credential_add_certs() - the certificates of our key
 * @credential: a bare key; after an error only to be freed
 * @certs: PEM, our certificate first, then those of the CAs that lead from it
 *	to what peers trust
 * @err: why not
 *
 * Return: 0, or a negative errno.
 */
int ike_credential_add_certs(struct ike_credential *credential,
			     struct ike_blob certs, struct ipsec_err *err)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	int rc;

	if (!list)
		return ipsec_err_code(err, ENOMEM, "no memory");
	rc = ike_cert_read_pem(certs, list, err);
	if (!rc)
		rc = take_certs(credential, list, err);
	sk_X509_pop_free(list, X509_free);
	ERR_clear_error();
	return rc;
}

enum ike_auth_method
ike_credential_method(const struct ike_credential *credential)
{
	return credential->method;
}

/**
 * ike_credential_prefer_pss() - sign by RSA-PSS where the peer does RFC 7427
 * @credential: with an RSA key; others are left as they are
 *
 * There is no way to learn whether a peer verifies PSS, so that PKCS#1 v1.5 is
 * what is used otherwise, except by a key that is for PSS only.
 */
void ike_credential_prefer_pss(struct ike_credential *credential)
{
	credential->pss = credential->method == IKE_AUTH_RSA;
}

/**
 * ike_credential_id() - what a rule that gives no identity uses
 * @credential: ours
 * @id: the subject of the certificate, or its first alternative name when the
 *	subject is empty; type 0 for a bare key
 */
void ike_credential_id(const struct ike_credential *credential,
		       struct ike_id *id)
{
	memset(id, 0, sizeof(*id));
	if (credential->certs)
		ike_cert_id(credential->cert[0].x, id);
}

/**
 * ike_credential_covers() - does the certificate say that we are @id?
 * @credential: ours
 * @id: the identity of a rule
 *
 * Return: as peers will judge it; true for a bare key, which says nothing.
 */
bool ike_credential_covers(const struct ike_credential *credential,
			   const struct ike_id *id)
{
	return !credential->certs || ike_cert_covers(credential->cert[0].x, id);
}

/**
 * ike_credential_cert() - our certificates for CERT payloads
 * @credential: ours
 * @index: from 0, the leaf
 * @len: the length
 *
 * Return: DER that lives as long as @credential; NULL after the last.
 */
const uint8_t *ike_credential_cert(const struct ike_credential *credential,
				   unsigned int index, size_t *len)
{
	if (index >= credential->certs)
		return NULL;
	*len = (size_t)credential->cert[index].len;
	return credential->cert[index].der;
}

/**
 * ike_credential_free() - wipes and frees
 * @credential: NULL is fine
 */
void ike_credential_free(struct ike_credential *credential)
{
	unsigned int i;

	if (!credential)
		return;
	for (i = 0; i < credential->certs; i++) {
		X509_free(credential->cert[i].x);
		OPENSSL_free(credential->cert[i].der);
	}
	EVP_PKEY_free(credential->key);
	OPENSSL_free(credential);
}
