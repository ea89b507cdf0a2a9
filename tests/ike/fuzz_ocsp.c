// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Answers of OCSP responders: as they are (first byte 0), a BasicOCSPResponse
 * (BASIC), or what is signed of one (SEALED). That one which is refused counts
 * for nothing is looked at only when asked for (AGAIN), since it takes long.
 */
#include "seal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SEALED 1
#define BASIC 2
#define AGAIN 4

static struct ike_peer_certs certs;
static struct ike_id host;
static struct ike_blob pem;

static void start(void)
{
	X509 *root;

	seal_keys();
	root = seal_root();
	certs = mint_send(seal_leaf(root), NULL);
	host = mint_id(SEAL_HOST);
	pem = mint_pem_cert(root);
}

static enum ike_trust_result check(const struct ike_trust *trust,
				   struct ike_ocsp *ocsp)
{
	enum ike_trust_result result;
	struct ike_peer_key *key;

	result = ike_trust_check(trust, &certs, &host, MINT_NOW, &key, ocsp);
	ike_peer_key_free(key);
	return result;
}

static void answer(struct ike_blob der, bool again)
{
	struct ike_trust *trust = ike_trust_new(IKE_CRL_STRICT, true);
	enum ike_trust_result result;
	struct ike_ocsp ocsp, none;
	struct ipsec_err err;
	int rc;

	seal_must(trust && !ike_trust_add_ca(trust, pem, &err));
	seal_must(check(trust, &ocsp) == IKE_TRUST_OCSP);
	rc = ike_trust_ocsp_answer(trust, &ocsp, der, MINT_NOW);
	if (!rc || again) {
		result = check(trust, &none);
		seal_must(rc ? result == IKE_TRUST_NO_CRL :
			       result == IKE_TRUST_OK ||
					  result == IKE_TRUST_REVOKED);
	}
	ike_ocsp_free(&ocsp);
	ike_trust_free(trust);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *basic = NULL, *whole = NULL;
	struct ike_blob der = { data + 1, size - 1 };

	if (!pem.len)
		start();
	if (!size)
		return 0;
	if (data[0] & SEALED) {
		basic = seal(der.data, der.len, &der.len);
		der.data = basic;
	}
	if (data[0] & (SEALED | BASIC)) {
		whole = seal_ocsp(der.data, der.len, &der.len);
		der.data = whole;
	}
	answer(der, data[0] & AGAIN);
	free(basic);
	free(whole);
	return 0;
}
