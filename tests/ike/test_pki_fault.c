// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory runs out at every allocation that libcrypto makes while a peer is
 * judged: who is not to be trusted still is not, nothing is lost, and the next
 * check is right.
 */
#include <stdlib.h>

#include <openssl/crypto.h>

#include "mint.h"
#include "tap.h"

#define ROOT "p256/root"
#define HOST "a.example.org"

static long countdown = -1; /* allocations until one fails; < 0: none does */
static bool failed;

static bool fails(void)
{
	if (countdown < 0 || countdown--)
		return false;
	failed = true;
	return true;
}

static void *fault_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : malloc(n);
}

static void *fault_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return n && fails() ? NULL : realloc(p, n);
}

static void fault_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

static X509 *root;

static enum ike_trust_result check(const struct ike_trust *trust,
				   const struct ike_peer_certs *certs,
				   const struct ike_id *id)
{
	enum ike_trust_result result;
	struct ike_peer_key *key;
	struct ike_ocsp ocsp;

	result = ike_trust_check(trust, certs, id, MINT_NOW, &key, &ocsp);
	ike_peer_key_free(key);
	ike_ocsp_free(&ocsp);
	return result;
}

/* Fails the first allocation, then the second, until none is left to fail. */
static void judged(const struct ike_trust *trust, X509 *leaf,
		   enum ike_trust_result want, const char *what)
{
	struct ike_peer_certs certs = mint_send(leaf, NULL);
	struct ike_id id = mint_id(HOST);
	enum ike_trust_result result;
	bool all = true;
	long n = 0;

	do {
		failed = false;
		countdown = n++;
		result = check(trust, &certs, &id);
		countdown = -1;
		if (want != IKE_TRUST_OK)
			all = all && result != IKE_TRUST_OK;
	} while (failed && n < 20000);
	ok(all && result == want && check(trust, &certs, &id) == want,
	   "%s: %ld allocations failed", what, n - 1);
}

static struct ike_trust *with_crl(enum ike_crl_level level, X509 *revoked)
{
	struct mint_crl m = { .issuer = root,
			      .issuer_key = ROOT,
			      .revoked = { revoked } };
	struct ike_trust *trust = mint_trust(root, level, false);
	struct ipsec_err err;

	ike_trust_add_crl(trust, mint_der_crl(mint_crl(&m)), &err);
	return trust;
}

static X509 *leaf_with(const char *ext)
{
	struct mint_cert m = { .subject = "CN=x",
			       .key = "p256",
			       .issuer = root,
			       .issuer_key = ROOT,
			       .ext = { "subjectAltName=DNS:" HOST, ext } };

	return mint_cert(&m);
}

static void test_signature(void)
{
	struct ike_credential *own = mint_credential("rsa2048");
	struct ike_peer_key *peer = mint_peer("rsa2048");
	struct ike_blob octets = { (const uint8_t *)"octets", 6 };
	uint8_t out[IKE_SIGNATURE_MAX];
	struct ike_auth_body auth = { .data = out };
	bool all = true;
	long n = 0;
	int rc;

	rc = ikev2_sign(own, ~0U, octets, &auth.method, out, &auth.len);
	out[auth.len - 1] ^= 1;
	do {
		failed = false;
		countdown = n++;
		all = all && ikev2_verify(peer, ~0U, octets, &auth);
		countdown = -1;
	} while (failed && n < 20000);
	ok(!rc && all, "a wrong signature: %ld allocations failed", n - 1);
	n = 0;
	do {
		failed = false;
		countdown = n++;
		rc = ikev2_sign(own, ~0U, octets, &auth.method, out, &auth.len);
		countdown = -1;
		all = all && (rc || !ikev2_verify(peer, ~0U, octets, &auth));
	} while (failed && n < 20000);
	ok(!rc && all, "our signature: %ld allocations failed", n - 1);
	ike_peer_key_free(peer);
	ike_credential_free(own);
}

static void test_trust(void)
{
	struct ike_trust *off = mint_trust(root, IKE_CRL_OFF, false);
	X509 *good = mint_leaf("DNS:" HOST, "p256", root, ROOT);
	X509 *evil = mint_ca("CN=root", "p256/evil", NULL, NULL);
	struct ike_trust *weak = with_crl(IKE_CRL_REVOKED, good);
	struct ike_trust *strict = with_crl(IKE_CRL_STRICT, good);

	judged(off, good, IKE_TRUST_OK, "a good one");
	judged(weak, good, IKE_TRUST_REVOKED, "revoked");
	judged(strict, good, IKE_TRUST_REVOKED, "revoked, strict");
	judged(off, mint_leaf("DNS:b.example.org", "p256", root, ROOT),
	       IKE_TRUST_ID, "another host's");
	judged(off, mint_leaf("DNS:" HOST, "p256", evil, "p256/evil"),
	       IKE_TRUST_NO_CHAIN, "another CA's");
	judged(off, leaf_with("extendedKeyUsage=codeSigning"), IKE_TRUST_USAGE,
	       "of another purpose");
	judged(off, leaf_with("keyUsage=keyEncipherment"), IKE_TRUST_USAGE,
	       "of another usage");
	judged(off, leaf_with("1.2.3.4=critical,DER:0500"), IKE_TRUST_USAGE,
	       "with a critical extension");
	ike_trust_free(off);
	ike_trust_free(weak);
	ike_trust_free(strict);
}

int main(void)
{
	CRYPTO_set_mem_functions(fault_malloc, fault_realloc, fault_free);
	root = mint_ca("CN=root", ROOT, NULL, NULL);
	test_trust();
	test_signature();
	mint_end();
	return tap_done();
}
