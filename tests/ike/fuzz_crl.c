// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Revocation lists, as they are or (first byte SEALED) as what is signed of
 * one; then a certificate of the same CA is checked by it, strictly or not.
 * It may come twice, or when a good one is there (AFTER).
 */
#include "seal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SEALED 1
#define STRICT 2
#define TWICE 4
#define AFTER 8

static struct ike_peer_certs certs;
static struct ike_id host;
static X509 *root;
static struct ike_blob good;

static void start(void)
{
	struct mint_crl m = { .issuer_key = SEAL_CA };

	seal_keys();
	root = seal_root();
	m.issuer = root;
	good = mint_der_crl(mint_crl(&m));
	certs = mint_send(seal_leaf(root), NULL);
	host = mint_id(SEAL_HOST);
}

static struct ike_trust *trust_new(enum ike_crl_level level)
{
	static struct ike_blob pem;
	struct ike_trust *trust = ike_trust_new(level, false);
	struct ipsec_err err;

	if (!pem.len)
		pem = mint_pem_cert(root);
	seal_must(trust && !ike_trust_add_ca(trust, pem, &err));
	return trust;
}

static void check(struct ike_blob crl, unsigned int how)
{
	bool strict = how & STRICT;
	struct ike_trust *trust =
		trust_new(strict ? IKE_CRL_STRICT : IKE_CRL_REVOKED);
	struct ipsec_err err = { 0 };
	enum ike_trust_result result;
	struct ike_peer_key *key;
	struct ike_ocsp ocsp;
	int rc;

	if (how & AFTER)
		seal_must(!ike_trust_add_crl(trust, good, &err));
	rc = ike_trust_add_crl(trust, crl, &err);
	seal_must(!rc || err.text[0]);
	if (how & TWICE)
		seal_must(ike_trust_add_crl(trust, crl, &err) == rc);
	result = ike_trust_check(trust, &certs, &host, MINT_NOW, &key, &ocsp);
	if (rc)
		seal_must(result == (strict && !(how & AFTER) ?
					     IKE_TRUST_NO_CRL :
					     IKE_TRUST_OK));
	else
		seal_must(result == IKE_TRUST_OK ||
			  result == IKE_TRUST_REVOKED ||
			  result == IKE_TRUST_NO_CRL);
	ike_peer_key_free(key);
	ike_trust_free(trust);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ike_blob crl = { data + 1, size - 1 };
	uint8_t *sealed = NULL;

	if (!root)
		start();
	if (!size)
		return 0;
	if (data[0] & SEALED) {
		sealed = seal(data + 1, size - 1, &crl.len);
		crl.data = sealed;
	}
	check(crl, data[0]);
	free(sealed);
	return 0;
}
