// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Certificates of peers. The first byte says how: a certificate as it is, or
 * what is signed of one (SEALED); with CRLs wanted or not; of 1024 bits or not.
 * A second certificate may follow the first, behind its length in two bytes.
 */
#include "pki.h"
#include "seal.h"

#include <stdlib.h>

#define SEALED 1
#define STRICT 2
#define WEAK 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { SEAL_HOST, "a@example.org", "10.0.0.1",
				     "fd00::1", "keyid:x" };
#define IDS (sizeof(names) / sizeof(names[0]))

static struct ike_trust *trusts[8];
static struct ike_id host, ids[IDS];

static void start(void)
{
	unsigned int i;
	X509 *root;

	seal_keys();
	root = seal_root();
	host = mint_id(SEAL_HOST);
	for (i = 0; i < IDS; i++)
		ids[i] = mint_id(names[i]);
	for (i = 0; i < 8; i++) {
		trusts[i] =
			mint_trust(root, i & STRICT ? IKE_CRL_STRICT : 0, true);
		if (i & WEAK)
			ike_trust_allow_weak(trusts[i]);
	}
}

/* What can be asked of one certificate, trusted or not. */
static void one(const uint8_t *der, size_t len)
{
	X509 *x = ike_cert_parse(der, len);
	enum ike_auth_method method;
	struct ike_id id;
	size_t i;

	if (!x)
		return;
	ike_cert_usage(x);
	ike_cert_is_ca(x);
	ike_pubkey_check(X509_get0_pubkey(x), false, &method);
	ike_cert_id(x, &id);
	seal_must(id.type != IKE_ID_DN || ike_cert_covers(x, &id));
	for (i = 0; i < IDS; i++)
		ike_cert_covers(x, &ids[i]);
	X509_free(x);
}

static void check(struct ike_trust *trust, const struct ike_peer_certs *certs)
{
	struct ike_peer_key *key;
	struct ike_ocsp ocsp;
	enum ike_trust_result result;
	X509 *x;

	result = ike_trust_check(trust, certs, &host, MINT_NOW, &key, &ocsp);
	seal_must((result == IKE_TRUST_OK) == (key != NULL));
	seal_must((result == IKE_TRUST_OCSP) == (ocsp.request != NULL));
	if (result == IKE_TRUST_OK || result == IKE_TRUST_OCSP) {
		x = ike_cert_parse(certs->cert[0].data, certs->cert[0].len);
		seal_must(x && ike_cert_covers(x, &host) && !ike_cert_usage(x));
		X509_free(x);
	}
	ike_peer_key_free(key);
	ike_ocsp_free(&ocsp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ike_peer_certs certs = { .count = 2 };
	uint8_t *sealed = NULL;
	size_t first, len;

	if (!trusts[0])
		start();
	if (size < 3)
		return 0;
	first = (size_t)(data[1] << 8 | data[2]);
	if (first > size - 3)
		first = size - 3;
	certs.cert[0].encoding = IKE_CERT_X509_SIGNATURE;
	certs.cert[0].data = data + 3;
	certs.cert[0].len = first;
	certs.cert[1].encoding = IKE_CERT_X509_SIGNATURE;
	certs.cert[1].data = data + 3 + first;
	certs.cert[1].len = size - 3 - first;
	if (data[0] & SEALED) {
		sealed = seal(data + 3, first, &len);
		certs.cert[0].data = sealed;
		certs.cert[0].len = len;
	}
	one(certs.cert[0].data, certs.cert[0].len);
	check(trusts[data[0] & 7], &certs);
	free(sealed);
	return 0;
}
