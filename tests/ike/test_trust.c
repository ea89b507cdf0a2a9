// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which certificates of a peer are trusted, and for which identity: checklist
 * I-64 (chains) and I-69 (encodings). I-65 is in test_names.c, I-67 in
 * test_der.c.
 */
#include "mint.h"
#include "tap.h"

#include <stdlib.h>

#define ROOT "p256/root"
#define LEAF "p256/leaf"
#define HOST "a.example.org"

static X509 *root;
static struct ike_trust *trust;

static void says(struct ike_peer_certs certs, int64_t now,
		 enum ike_trust_result want, const char *what)
{
	enum ike_trust_result got = mint_check(trust, &certs, HOST, now);

	ok(got == want, "%s: %s", what, ike_trust_text(want));
	if (got != want)
		printf("# got: %s\n", ike_trust_text(got));
}

static X509 *host(X509 *issuer, const char *issuer_key)
{
	return mint_leaf("DNS:" HOST, LEAF, issuer, issuer_key);
}

static X509 *host_with(const char *a, const char *b, int64_t from, int64_t to)
{
	struct mint_cert m = { .subject = "CN=x",
			       .key = LEAF,
			       .issuer = root,
			       .issuer_key = ROOT,
			       .from = from,
			       .to = to,
			       .ext = { "subjectAltName=DNS:" HOST, a, b } };

	return mint_cert(&m);
}

static X509 *ca_with(const char *subject, const char *key, X509 *issuer,
		     const char *issuer_key, const char *a, const char *b)
{
	struct mint_cert m = { .subject = subject,
			       .key = key,
			       .issuer = issuer,
			       .issuer_key = issuer_key,
			       .ext = { a, b } };

	return mint_cert(&m);
}

static void test_time(void)
{
	X509 *x = host_with(NULL, NULL, 0, 0);
	int64_t end = MINT_NOW + 365 * MINT_DAY;
	int64_t far = INT64_C(3000000000); /* 2065, past UTCTime and 2038 */

	says(mint_send(x, NULL), MINT_NOW, IKE_TRUST_OK, "I-64 a good one");
	says(mint_send(x, NULL), end - 1, IKE_TRUST_OK, "I-64 its last second");
	says(mint_send(x, NULL), end, IKE_TRUST_EXPIRED, "I-64 a second later");
	says(mint_send(x, NULL), MINT_NOW - MINT_DAY - 1, IKE_TRUST_NOT_YET,
	     "I-64 a second before its time");
	says(mint_send(x, NULL), far, IKE_TRUST_EXPIRED, "I-64 in 2065");
	x = host_with(NULL, NULL, 0, far);
	says(mint_send(x, NULL), MINT_NOW, IKE_TRUST_OK,
	     "I-64 valid to 2065, by GeneralizedTime");
	x = host_with(NULL, NULL, INT64_C(2600000000), far);
	says(mint_send(x, NULL), MINT_NOW, IKE_TRUST_NOT_YET,
	     "I-64 valid from 2052");
}

static void test_usage(void)
{
	static const struct {
		const char *ext;
		enum ike_trust_result want;
	} cases[] = {
		{ "keyUsage=digitalSignature", IKE_TRUST_OK },
		{ "keyUsage=nonRepudiation", IKE_TRUST_OK },
		{ "keyUsage=keyEncipherment", IKE_TRUST_USAGE },
		{ "keyUsage=keyCertSign", IKE_TRUST_USAGE },
		{ "basicConstraints=CA:TRUE", IKE_TRUST_USAGE },
		{ "basicConstraints=CA:FALSE", IKE_TRUST_OK },
		{ "extendedKeyUsage=1.3.6.1.5.5.7.3.17", IKE_TRUST_OK },
		{ "extendedKeyUsage=1.3.6.1.5.5.8.2.2", IKE_TRUST_OK },
		{ "extendedKeyUsage=serverAuth", IKE_TRUST_OK },
		{ "extendedKeyUsage=anyExtendedKeyUsage", IKE_TRUST_OK },
		{ "extendedKeyUsage=codeSigning", IKE_TRUST_USAGE },
		{ "extendedKeyUsage=OCSPSigning,emailProtection",
		  IKE_TRUST_USAGE },
		{ "extendedKeyUsage=codeSigning,clientAuth", IKE_TRUST_OK },
		{ "extendedKeyUsage=DER:3000", IKE_TRUST_USAGE },
		{ "1.2.3.4=DER:0500", IKE_TRUST_OK },
		{ "1.2.3.4=critical,DER:0500", IKE_TRUST_USAGE },
	};
	X509 *x;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		x = host_with(cases[i].ext, NULL, 0, 0);
		printf("# %s\n", cases[i].ext);
		says(mint_send(x, NULL), MINT_NOW, cases[i].want,
		     "I-64 extension");
	}
	x = host_with("keyUsage=digitalSignature", "keyUsage=digitalSignature",
		      0, 0);
	says(mint_send(x, NULL), MINT_NOW, IKE_TRUST_BAD,
	     "I-64 an extension given twice");
}

static void test_issuer(void)
{
	X509 *ca, *other;

	ca = mint_ca("CN=sub", "p256/sub", root, ROOT);
	says(mint_send(host(ca, "p256/sub"), ca, NULL), MINT_NOW, IKE_TRUST_OK,
	     "I-64 a CA between");
	says(mint_send(host(ca, "p256/sub"), NULL), MINT_NOW,
	     IKE_TRUST_NO_CHAIN, "I-64 it is not sent");
	ca = ca_with("CN=sub2", "p256/sub", root, ROOT,
		     "basicConstraints=CA:FALSE", NULL);
	says(mint_send(host(ca, "p256/sub"), ca, NULL), MINT_NOW,
	     IKE_TRUST_USAGE, "I-64 an issuer with CA:FALSE");
	ca = ca_with("CN=sub3", "p256/sub", root, ROOT, NULL, NULL);
	says(mint_send(host(ca, "p256/sub"), ca, NULL), MINT_NOW,
	     IKE_TRUST_USAGE, "I-64 an issuer without basicConstraints");
	ca = ca_with("CN=sub4", "p256/sub", root, ROOT,
		     "basicConstraints=critical,CA:TRUE", "keyUsage=cRLSign");
	says(mint_send(host(ca, "p256/sub"), ca, NULL), MINT_NOW,
	     IKE_TRUST_NO_CHAIN, "I-64 an issuer without keyCertSign");
	other = host(root, ROOT);
	ca = mint_ca("CN=sub5", "p256/sub", other, LEAF);
	says(mint_send(host(ca, "p256/sub"), ca, other, NULL), MINT_NOW,
	     IKE_TRUST_NO_CHAIN, "I-64 a leaf as issuer");
	other = mint_ca("CN=root", "p256/evil", NULL, NULL);
	says(mint_send(host(other, "p256/evil"), other, NULL), MINT_NOW,
	     IKE_TRUST_NO_CHAIN, "I-64 a namesake of the root");
	says(mint_send(host(other, "p256/evil"), NULL), MINT_NOW,
	     IKE_TRUST_NO_CHAIN, "I-64 signed by it, without it");
	other = mint_ca("CN=else", "p256/evil", NULL, NULL);
	says(mint_send(host(other, "p256/evil"), other, root, NULL), MINT_NOW,
	     IKE_TRUST_NO_CHAIN, "I-64 an unrelated chain");
	says(mint_send(host(NULL, NULL), NULL), MINT_NOW, IKE_TRUST_NO_CHAIN,
	     "I-64 signed by itself");
	says(mint_send(root, NULL), MINT_NOW, IKE_TRUST_USAGE,
	     "I-64 the CA itself for a host");
}

/* One name, two keys: without key identifiers only a signature tells. */
static void test_namesakes(void)
{
	static const char ca_true[] = "basicConstraints=critical,CA:TRUE";
	X509 *a = ca_with("CN=twin", "p256/a", root, ROOT, ca_true, NULL);
	X509 *b = ca_with("CN=twin", "p256/b", root, ROOT, ca_true, NULL);
	X509 *x = host(b, "p256/b");

	says(mint_send(x, a, b, NULL), MINT_NOW, IKE_TRUST_OK,
	     "I-64 same subject, the other key first");
	says(mint_send(x, b, a, NULL), MINT_NOW, IKE_TRUST_OK,
	     "I-64 same subject, the other key last");
	says(mint_send(x, a, a, a, a, a, a, NULL), MINT_NOW, IKE_TRUST_NO_CHAIN,
	     "I-64 same subject, the other key only");
}

static void test_limits(void)
{
	static const char ca_true[] = "basicConstraints=critical,CA:TRUE";
	X509 *top = ca_with("CN=short", "p256/sub", root, ROOT,
			    "basicConstraints=critical,CA:TRUE,pathlen:0",
			    NULL);
	X509 *below = mint_ca("CN=below", "p256/a", top, "p256/sub");
	X509 *x;

	says(mint_send(host(top, "p256/sub"), top, NULL), MINT_NOW,
	     IKE_TRUST_OK, "I-64 path length 0, a leaf below");
	says(mint_send(host(below, "p256/a"), below, top, NULL), MINT_NOW,
	     IKE_TRUST_USAGE, "I-64 path length 0, a CA below");
	top = ca_with("CN=named", "p256/sub", root, ROOT, ca_true,
		      "nameConstraints=critical,permitted;DNS:.example.org");
	says(mint_send(host(top, "p256/sub"), top, NULL), MINT_NOW,
	     IKE_TRUST_OK, "I-64 name constraints met");
	top = ca_with("CN=named2", "p256/sub", root, ROOT, ca_true,
		      "nameConstraints=critical,permitted;DNS:.example.com");
	says(mint_send(host(top, "p256/sub"), top, NULL), MINT_NOW,
	     IKE_TRUST_USAGE, "I-64 not among the names permitted");
	top = ca_with("CN=named3", "p256/sub", root, ROOT, ca_true,
		      "nameConstraints=critical,excluded;DNS:example.org");
	says(mint_send(host(top, "p256/sub"), top, NULL), MINT_NOW,
	     IKE_TRUST_USAGE, "I-64 among the names excluded");
	top = ca_with("CN=expired", "p256/sub", root, ROOT, ca_true, NULL);
	x = host(top, "p256/sub");
	says(mint_send(x, top, NULL), MINT_NOW + 400 * MINT_DAY,
	     IKE_TRUST_EXPIRED, "I-64 a chain that has run out");
}

static X509 *chain[101];

static const char *chain_key(int i)
{
	static const char *const name[] = { "p256/x0", "p256/x1" };

	return name[i & 1];
}

/* 100 CAs long; what fits in a message is 8 certificates. */
static void test_length(void)
{
	struct ike_peer_certs certs;
	char name[32];
	int i;

	chain[0] = mint_ca("CN=c0", chain_key(0), root, ROOT);
	for (i = 1; i <= 100; i++) {
		snprintf(name, sizeof(name), "CN=c%d", i);
		chain[i] = mint_ca(name, chain_key(i), chain[i - 1],
				   chain_key(i - 1));
	}
	says(mint_send(host(chain[5], chain_key(5)), chain[0], chain[1],
		       chain[2], chain[3], chain[4], chain[5], NULL),
	     MINT_NOW, IKE_TRUST_OK, "I-64 six CAs between, in any order");
	says(mint_send(host(chain[6], chain_key(6)), chain[6], chain[5],
		       chain[4], chain[3], chain[2], chain[1], chain[0], NULL),
	     MINT_NOW, IKE_TRUST_NO_CHAIN, "I-64 seven");
	says(mint_send(host(chain[100], chain_key(100)), chain[100], chain[99],
		       chain[98], chain[97], chain[96], chain[95], chain[94],
		       NULL),
	     MINT_NOW, IKE_TRUST_NO_CHAIN, "I-64 a chain of 100");
	certs = mint_send(host(root, ROOT), NULL);
	certs.count = 1000;
	says(certs, MINT_NOW, IKE_TRUST_OK, "I-64 a count beyond the array");
}

/* a issued b, b issued a. */
static void test_loop(void)
{
	X509 *a = mint_ca("CN=a", "p256/a", NULL, NULL);
	X509 *b = mint_ca("CN=b", "p256/b", a, "p256/a");

	a = mint_ca("CN=a", "p256/a", b, "p256/b");
	says(mint_send(host(a, "p256/a"), a, b, NULL), MINT_NOW,
	     IKE_TRUST_NO_CHAIN, "I-64 a loop");
	says(mint_send(host(a, "p256/a"), a, b, a, b, a, b, NULL), MINT_NOW,
	     IKE_TRUST_NO_CHAIN, "I-64 a loop with copies");
}

static X509 *weak_host(const char *key, const char *digest)
{
	struct mint_cert m = { .subject = "CN=weak",
			       .key = key,
			       .issuer = root,
			       .issuer_key = ROOT,
			       .digest = digest,
			       .ext = { "subjectAltName=DNS:" HOST } };

	return mint_cert(&m);
}

static void test_weak(void)
{
	struct ike_trust *strict = trust;
	X509 *small = weak_host("rsa1024", "SHA256");
	X509 *old = weak_host("rsa2048", "SHA1");

	says(mint_send(small, NULL), MINT_NOW, IKE_TRUST_WEAK, "RSA of 1024");
	says(mint_send(old, NULL), MINT_NOW, IKE_TRUST_WEAK, "signed by SHA-1");
	trust = mint_trust(root, IKE_CRL_OFF, false);
	ike_trust_allow_weak(trust);
	says(mint_send(small, NULL), MINT_NOW, IKE_TRUST_OK,
	     "RSA of 1024, allowed");
	says(mint_send(old, NULL), MINT_NOW, IKE_TRUST_OK,
	     "signed by SHA-1, allowed");
	says(mint_send(weak_host("rsa768", "SHA256"), NULL), MINT_NOW,
	     IKE_TRUST_WEAK, "RSA of 768 is not");
	ike_trust_free(trust);
	trust = strict;
	says(mint_send(weak_host("k256", NULL), NULL), MINT_NOW, IKE_TRUST_WEAK,
	     "secp256k1");
	says(mint_send(weak_host("ed448", NULL), NULL), MINT_NOW,
	     IKE_TRUST_WEAK, "Ed448");
}

/* The payload's encoding counts, not what is in it. */
static void test_encodings(void)
{
	static const uint8_t unsupported[] = { 0,  1,  2,  3,	5,  6,
					       7,  8,  9,  10,	11, 12,
					       13, 14, 15, 200, 255 };
	X509 *sub = mint_ca("CN=sub", "p256/sub", root, ROOT);
	X509 *x = host(sub, "p256/sub");
	struct ike_peer_certs certs;
	size_t i;
	bool all = true;

	for (i = 0; i < sizeof(unsupported); i++) {
		certs = mint_send(x, sub, NULL);
		certs.cert[0].encoding = unsupported[i];
		all = all && mint_check(trust, &certs, HOST, MINT_NOW) ==
				     IKE_TRUST_USAGE;
		certs = mint_send(x, sub, NULL);
		certs.cert[1].encoding = unsupported[i];
		all = all && mint_check(trust, &certs, HOST, MINT_NOW) ==
				     IKE_TRUST_NO_CHAIN;
	}
	ok(all, "I-69 PKCS7, hash and URL, raw keys, CRLs, ...: ignored");
	certs = mint_send(x, NULL);
	certs.cert[0].encoding = IKE_CERT_RAW_KEY;
	says(certs, MINT_NOW, IKE_TRUST_NO_CHAIN, "I-69 nothing but those");
	certs.count = 0;
	says(certs, MINT_NOW, IKE_TRUST_NO_CHAIN, "I-69 nothing at all");
}

static void test_crl_as_cert(void)
{
	struct mint_crl m = { .issuer = root, .issuer_key = ROOT };
	struct ike_blob crl = mint_der_crl(mint_crl(&m));
	struct ike_peer_certs certs = mint_send(host(root, ROOT), root, NULL);

	certs.cert[1].data = crl.data;
	certs.cert[1].len = crl.len;
	says(certs, MINT_NOW, IKE_TRUST_OK, "I-69 a CRL beside the leaf");
	certs.cert[0] = certs.cert[1];
	says(certs, MINT_NOW, IKE_TRUST_BAD, "I-69 a CRL for the leaf");
}

static void add_key(const char *id, struct ike_blob pem, bool good,
		    const char *what)
{
	struct ipsec_err err = { 0 };
	struct ike_id wire = mint_id(id);
	int rc = ike_trust_add_key(trust, &wire, pem, &err);

	ok(good ? !rc : rc && err.text[0], "%s", what);
}

static void test_keys(void)
{
	struct ike_trust *before = trust;
	struct ike_peer_certs none = { 0 };
	X509 *stranger = mint_leaf("DNS:" HOST, "p256/z", NULL, NULL);

	trust = ike_trust_new(IKE_CRL_STRICT, false);
	says(none, MINT_NOW, IKE_TRUST_NO_CHAIN, "trust in nobody");
	says(mint_send(stranger, NULL), MINT_NOW, IKE_TRUST_NO_CHAIN,
	     "and a certificate");
	add_key("b.example.org", mint_pem_public("ed25519"), true,
		"a bare key for somebody else");
	says(none, MINT_NOW, IKE_TRUST_NO_CHAIN, "is not for this one");
	add_key(HOST, mint_pem_public("p256/z"), true, "one for this one");
	says(none, MINT_NOW, IKE_TRUST_OK, "no certificate is needed");
	says(mint_send(stranger, NULL), MINT_NOW, IKE_TRUST_OK,
	     "nor does one hurt");
	add_key("c.example.org", mint_pem_cert(stranger), true,
		"a certificate as it is");
	ok(mint_check(trust, &none, "c.example.org", MINT_NOW) == IKE_TRUST_OK,
	   "whatever name is in it");
	ok(mint_check(trust, &none, "c.example.org",
		      MINT_NOW + 400 * MINT_DAY) == IKE_TRUST_EXPIRED,
	   "while it is valid");
	add_key(HOST, mint_pem_public("k256"), false, "secp256k1 is refused");
	add_key(HOST, mint_pem_public("rsa1024"), false, "so is short RSA");
	add_key(HOST, mint_pem_key("p256/z"), false, "and a private key");
	add_key(HOST, mint_bytes("", 0), false, "and an empty file");
	ike_trust_free(trust);
	trust = before;
}

static void test_cas(void)
{
	struct ike_trust *t = ike_trust_new(IKE_CRL_OFF, false);
	X509 *sub = mint_ca("CN=sub", "p256/sub", root, ROOT);
	struct ike_peer_certs certs = mint_send(host(sub, "p256/sub"), NULL);
	struct ipsec_err err = { 0 };
	uint8_t hashes[64];
	const uint8_t *name;
	size_t len;

	ok(ike_trust_add_ca(t, mint_pem_cert(host(root, ROOT)), &err) &&
		   strstr(err.text, "not that of a CA"),
	   "a leaf is no CA");
	ok(ike_trust_add_ca(t, mint_bytes("x", 1), &err) &&
		   strstr(err.text, "no PEM block"),
	   "text is no CA");
	ok(!ike_trust_add_ca(t, mint_pem_cert(sub), &err),
	   "a CA that does not sign itself");
	ok(mint_check(t, &certs, HOST, MINT_NOW) == IKE_TRUST_OK,
	   "is trusted without its root");
	ok(!ike_trust_add_ca(t, mint_pem_cert(root), &err), "another CA");
	ok(ikev2_trust_request(t, hashes, sizeof(hashes)) == 40,
	   "CERTREQ of version 2: two hashes");
	ok(ikev2_trust_request(t, hashes, 39) == 20, "or what fits");
	name = ikev1_trust_request(t, 1, &len);
	ok(name && len == 17 && !memcmp(name + 13, "root", 4),
	   "CERTREQ of version 1: a name");
	ok(!ikev1_trust_request(t, 2, &len), "and no third");
	ike_trust_free(t);
}

int main(void)
{
	root = mint_ca("CN=root", ROOT, NULL, NULL);
	trust = mint_trust(root, IKE_CRL_OFF, false);
	test_time();
	test_usage();
	test_issuer();
	test_namesakes();
	test_limits();
	test_length();
	test_loop();
	test_weak();
	test_encodings();
	test_crl_as_cert();
	test_keys();
	test_cas();
	ike_trust_free(trust);
	mint_end();
	return tap_done();
}
