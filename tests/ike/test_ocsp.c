// SPDX-License-Identifier: GPL-2.0-or-later
/* OCSP: checklist I-66 (answers), I-68 (URLs) and I-72 (the cache). */
#include "mint.h"
#include "pki.h"
#include "tap.h"

#include <errno.h>

#define ROOT "p256/root"
#define HOST "a.example.org"
#define URL "http://ocsp.example.org:8080/q"

static X509 *root, *leaf, *responder;
static struct ike_peer_certs certs;
static struct ike_id id;

static X509 *leaf_with(X509 *issuer, const char *issuer_key, const char *url)
{
	char ext[512];
	struct mint_cert m = { .subject = "CN=leaf",
			       .key = "p256/leaf",
			       .issuer = issuer,
			       .issuer_key = issuer_key,
			       .ext = { "subjectAltName=DNS:" HOST, ext } };

	snprintf(ext, sizeof(ext), "authorityInfoAccess=OCSP;URI:%s", url);
	return mint_cert(&m);
}

static X509 *responder_with(X509 *issuer, const char *issuer_key,
			    const char *usage, int64_t to)
{
	struct mint_cert m = { .subject = "CN=responder",
			       .key = "p256/responder",
			       .issuer = issuer,
			       .issuer_key = issuer_key,
			       .to = to,
			       .ext = { usage } };

	return mint_cert(&m);
}

/* The check, up to the question; or what it says without one. */
static enum ike_trust_result ask(struct ike_trust *trust, int64_t now,
				 struct ike_ocsp *ocsp)
{
	enum ike_trust_result result;
	struct ike_peer_key *key;

	result = ike_trust_check(trust, &certs, &id, now, &key, ocsp);
	ike_peer_key_free(key);
	return result;
}

static enum ike_trust_result again(struct ike_trust *trust, int64_t now)
{
	return mint_check(trust, &certs, HOST, now);
}

/* How the levels end with an answer made after m; believed or not. */
static void answered(struct mint_ocsp m, bool believed,
		     enum ike_trust_result weak, enum ike_trust_result strict,
		     const char *what)
{
	struct ike_ocsp ocsp;
	struct ike_trust *trust;
	unsigned int level;
	bool good = true;
	int rc;

	for (level = IKE_CRL_OFF; level <= IKE_CRL_STRICT; level++) {
		trust = mint_trust(root, level, true);
		good = good && ask(trust, MINT_NOW, &ocsp) == IKE_TRUST_OCSP;
		if (m.request)
			m.request = &ocsp;
		rc = ike_trust_ocsp_answer(trust, &ocsp, mint_ocsp(&m),
					   MINT_NOW);
		good = good && rc == (believed ? 0 : -EBADMSG);
		good = good &&
		       again(trust, MINT_NOW) ==
			       (level == IKE_CRL_STRICT ? strict : weak);
		ike_ocsp_free(&ocsp);
		ike_trust_free(trust);
	}
	ok(good, "I-66 %s: %s", what, ike_trust_text(strict));
}

static struct mint_ocsp answer(int status)
{
	return (struct mint_ocsp){ .cert = leaf,
				   .issuer = root,
				   .signer_key = ROOT,
				   .status = status };
}

static void good_one(struct mint_ocsp m, const char *what)
{
	answered(m, true, IKE_TRUST_OK, IKE_TRUST_OK, what);
}

static void bad_one(struct mint_ocsp m, const char *what)
{
	answered(m, false, IKE_TRUST_OK, IKE_TRUST_NO_CRL, what);
}

static void test_status(void)
{
	struct mint_ocsp m = answer(V_OCSP_CERTSTATUS_GOOD);
	struct ike_ocsp any;

	good_one(m, "good");
	answered(answer(V_OCSP_CERTSTATUS_REVOKED), true, IKE_TRUST_REVOKED,
		 IKE_TRUST_REVOKED, "revoked");
	bad_one(answer(V_OCSP_CERTSTATUS_UNKNOWN), "unknown");
	m.request = &any;
	good_one(m, "with our nonce");
	m.request = NULL;
	m.wrong_nonce = true;
	bad_one(m, "with another nonce");
	m = answer(V_OCSP_CERTSTATUS_GOOD);
	m.cert = mint_leaf("DNS:" HOST, "p256/leaf", root, ROOT);
	bad_one(m, "about another certificate");
}

static void test_times(void)
{
	struct mint_ocsp m = answer(V_OCSP_CERTSTATUS_GOOD);

	m.from = MINT_NOW - 10 * MINT_DAY;
	m.to = MINT_NOW - 400;
	bad_one(m, "that has run out");
	m.to = MINT_NOW - 200;
	good_one(m, "that ran out within the skew");
	m.from = MINT_NOW + 400;
	m.to = 0;
	bad_one(m, "of the future");
	m.from = MINT_NOW + 200;
	good_one(m, "of a clock ahead within the skew");
	m.from = MINT_NOW - 100;
	m.to = -1;
	good_one(m, "without an end, new");
	m.from = MINT_NOW - 3600;
	bad_one(m, "without an end, old");
}

static void test_signers(void)
{
	struct mint_ocsp m = answer(V_OCSP_CERTSTATUS_GOOD);

	m.signer = responder;
	m.signer_key = "p256/responder";
	good_one(m, "by an appointed responder");
	m.signer = responder_with(root, ROOT, "extendedKeyUsage=serverAuth", 0);
	bad_one(m, "by a certificate that is not for it");
	m.signer = responder_with(root, ROOT, "keyUsage=digitalSignature", 0);
	bad_one(m, "by a certificate without a purpose");
	m.signer = responder_with(root, ROOT, "extendedKeyUsage=OCSPSigning",
				  MINT_NOW - 10);
	bad_one(m, "by a responder that has expired");
	m.signer = responder_with(mint_ca("CN=root", "p256/evil", NULL, NULL),
				  "p256/evil", "extendedKeyUsage=OCSPSigning",
				  0);
	bad_one(m, "by a responder of a namesake of the CA");
	m.signer = responder_with(mint_ca("CN=sub", "p256/s", root, ROOT),
				  "p256/s", "extendedKeyUsage=OCSPSigning", 0);
	bad_one(m, "by a responder of a CA below");
	m.signer = leaf;
	m.signer_key = "p256/leaf";
	bad_one(m, "by the certificate itself");
	m.signer = mint_ca("CN=root", "p256/evil", NULL, NULL);
	m.signer_key = "p256/evil";
	bad_one(m, "by a namesake of the CA");
}

static void test_bytes(void)
{
	struct ike_trust *trust = mint_trust(root, IKE_CRL_STRICT, true);
	struct mint_ocsp m = answer(V_OCSP_CERTSTATUS_GOOD);
	struct ike_blob der = mint_ocsp(&m), copy, big;
	static uint8_t zeros[IKE_OCSP_ANSWER_MAX + 1];
	struct ike_ocsp ocsp;
	bool all = true;
	size_t i;

	ask(trust, MINT_NOW, &ocsp);
	for (i = 0; i < der.len; i++) {
		copy = mint_bytes(der.data, i);
		all = all && ike_trust_ocsp_answer(trust, &ocsp, copy,
						   MINT_NOW) == -EBADMSG;
	}
	ok(all, "I-66 an answer truncated anywhere");
	/* What is not signed says nothing, and so may change. */
	all = true;
	for (i = 0; i < der.len * 8; i += 3) {
		copy = mint_bytes(der.data, der.len);
		((uint8_t *)copy.data)[i / 8] ^= 1U << i % 8;
		ike_trust_ocsp_answer(trust, &ocsp, copy, MINT_NOW);
		all = all && again(trust, MINT_NOW) != IKE_TRUST_REVOKED;
	}
	ok(all, "I-66 an answer with a bit changed revokes nothing");
	big = mint_bytes(zeros, sizeof(zeros));
	ok(ike_trust_ocsp_answer(trust, &ocsp, big, MINT_NOW) == -EBADMSG,
	   "I-68 one that is too long");
	ike_ocsp_free(&ocsp);
	ike_trust_free(trust);
}

static void test_cache(void)
{
	struct ike_trust *trust = mint_trust(root, IKE_CRL_STRICT, true);
	struct mint_ocsp m = answer(V_OCSP_CERTSTATUS_GOOD);
	struct ike_blob none = { 0 };
	struct ike_ocsp ocsp;

	ok(ask(trust, MINT_NOW, &ocsp) == IKE_TRUST_OCSP, "asked");
	is(ocsp.url, URL, "of whom the certificate says");
	ok(ike_trust_ocsp_answer(trust, &ocsp, none, MINT_NOW) == -EBADMSG &&
		   again(trust, MINT_NOW) == IKE_TRUST_NO_CRL,
	   "no answer: strict fails");
	ok(again(trust, MINT_NOW + 59) == IKE_TRUST_NO_CRL &&
		   again(trust, MINT_NOW + 61) == IKE_TRUST_OCSP,
	   "and asks again after a minute");
	ike_trust_ocsp_answer(trust, &ocsp, mint_ocsp(&m), MINT_NOW);
	ok(again(trust, MINT_NOW + MINT_DAY - 1) == IKE_TRUST_OK,
	   "a good answer is kept as long as it says");
	ok(again(trust, MINT_NOW + MINT_DAY) == IKE_TRUST_OCSP,
	   "and no longer");
	m.to = MINT_NOW + 30 * MINT_DAY;
	ike_trust_ocsp_answer(trust, &ocsp, mint_ocsp(&m), MINT_NOW);
	ok(again(trust, MINT_NOW + 2 * MINT_DAY) == IKE_TRUST_OCSP,
	   "for a day at most");
	ike_ocsp_free(&ocsp);
	ike_trust_free(trust);
}

/* More certificates than entries: what was known of the last stays known. */
static void test_eviction(void)
{
	struct ike_trust *trust = mint_trust(root, IKE_CRL_STRICT, true);
	struct mint_ocsp m = answer(V_OCSP_CERTSTATUS_GOOD);
	struct ike_peer_certs before = certs;
	struct ike_ocsp ocsp;
	bool all = true;
	int i;

	for (i = 0; i < 3 * IKE_OCSP_CACHE; i++) {
		m.cert = leaf_with(root, ROOT, URL);
		m.to = MINT_NOW + 1000 + i;
		certs = mint_send(m.cert, NULL);
		all = all && ask(trust, MINT_NOW, &ocsp) == IKE_TRUST_OCSP;
		ike_trust_ocsp_answer(trust, &ocsp, mint_ocsp(&m), MINT_NOW);
		all = all && again(trust, MINT_NOW) == IKE_TRUST_OK;
		ike_ocsp_free(&ocsp);
	}
	ok(all, "I-72 a full cache");
	certs = before;
	ike_trust_free(trust);
}

static void test_urls(void)
{
	static const struct {
		const char *url;
		bool asked;
	} cases[] = {
		{ "http://ocsp.example.org/", true },
		{ "HTTP://192.0.2.7/x?y", true },
		{ "https://ocsp.example.org/", false },
		{ "file:///etc/shadow", false },
		{ "ldap://ocsp.example.org/", false },
		{ "http://localhost/", false },
		{ "http://LOCALHOST:80/", false },
		{ "http://127.0.0.1/", false },
		{ "http://127.1/", false },
		{ "http://2130706433/", false },
		{ "http://0.0.0.0/", false },
		{ "http://169.254.169.254/latest/meta-data", false },
		{ "http://[::1]/", false },
		{ "http://router/", false },
		{ "http:///x.y", false },
		{ "http://a@127.0.0.1/", false },
		{ "http://x.example.org\\@127.0.0.1/", false },
		{ "http://x.example.org/ HTTP/1.1", false },
		{ "http://", false },
	};
	struct ike_ocsp ocsp;
	size_t i;
	X509 *x;
	int rc;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		x = leaf_with(root, ROOT, cases[i].url);
		rc = ike_ocsp_ask(&ocsp, x, root);
		ok(rc == (cases[i].asked ? 0 : -ENOENT), "I-68 %s is %s",
		   cases[i].url, cases[i].asked ? "asked" : "not asked");
		ike_ocsp_free(&ocsp);
	}
}

static void test_long_url(void)
{
	struct ike_peer_certs before = certs;
	struct ike_trust *trust;
	char url[320] = "http://x.example.org/";
	size_t len = strlen(url);
	struct ike_ocsp ocsp;

	memset(url + len, 'a', 255 - len);
	ok(!ike_ocsp_ask(&ocsp, leaf_with(root, ROOT, url), root),
	   "I-68 255 bytes of URL");
	ike_ocsp_free(&ocsp);
	url[255] = 'a';
	certs = mint_send(leaf_with(root, ROOT, url), NULL);
	trust = mint_trust(root, IKE_CRL_STRICT, true);
	ok(again(trust, MINT_NOW) == IKE_TRUST_NO_CRL,
	   "I-68 256 are nobody's: strict fails");
	ike_trust_free(trust);
	certs = before;
}

/* Off, or not yet known to be a certificate of ours. */
static void test_stranger(void)
{
	struct ike_trust *off = mint_trust(root, IKE_CRL_REVOKED, false);
	struct ike_trust *on = mint_trust(root, IKE_CRL_STRICT, true);
	X509 *evil = mint_ca("CN=root", "p256/evil", NULL, NULL);
	struct ike_peer_certs bad =
		mint_send(leaf_with(evil, "p256/evil", URL), evil, NULL);

	ok(again(off, MINT_NOW) == IKE_TRUST_OK, "I-68 off: nobody is asked");
	ok(mint_check(on, &bad, HOST, MINT_NOW) == IKE_TRUST_NO_CHAIN,
	   "I-68 nor for a stranger");
	ok(mint_check(on, &certs, "b.example.org", MINT_NOW) == IKE_TRUST_ID,
	   "I-68 nor for another identity");
	ok(mint_check(on, &certs, HOST, MINT_NOW + 400 * MINT_DAY) ==
		   IKE_TRUST_EXPIRED,
	   "I-68 nor for what has expired");
	ike_trust_free(off);
	ike_trust_free(on);
}

static void test_chain(void)
{
	struct ike_trust *trust = mint_trust(root, IKE_CRL_STRICT, true);
	struct ike_peer_certs before = certs;
	struct mint_crl crl = { .issuer = root, .issuer_key = ROOT };
	struct mint_ocsp m = answer(V_OCSP_CERTSTATUS_GOOD);
	X509 *sub = mint_ca("CN=sub", "p256/s", root, ROOT);
	struct ipsec_err err;
	struct ike_ocsp ocsp;

	m.cert = leaf_with(sub, "p256/s", URL);
	m.issuer = sub;
	m.signer_key = "p256/s";
	certs = mint_send(m.cert, sub, NULL);
	ok(ask(trust, MINT_NOW, &ocsp) == IKE_TRUST_OCSP, "a leaf below a CA");
	ike_trust_ocsp_answer(trust, &ocsp, mint_ocsp(&m), MINT_NOW);
	ike_ocsp_free(&ocsp);
	ok(again(trust, MINT_NOW) == IKE_TRUST_NO_CRL,
	   "strict wants to know of the CA too");
	ike_trust_add_crl(trust, mint_pem_crl(mint_crl(&crl)), &err);
	ok(again(trust, MINT_NOW) == IKE_TRUST_OK,
	   "a CRL and an answer go together");
	ike_trust_free(trust);
	certs = before;
}

int main(void)
{
	root = mint_ca("CN=root", ROOT, NULL, NULL);
	leaf = leaf_with(root, ROOT, URL);
	responder =
		responder_with(root, ROOT, "extendedKeyUsage=OCSPSigning", 0);
	certs = mint_send(leaf, NULL);
	id = mint_id(HOST);
	test_status();
	test_times();
	test_signers();
	test_bytes();
	test_cache();
	test_eviction();
	test_urls();
	test_long_url();
	test_stranger();
	test_chain();
	mint_end();
	return tap_done();
}
