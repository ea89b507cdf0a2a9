// SPDX-License-Identifier: GPL-2.0-or-later
/* Revocation lists at their three levels: checklist I-66. OCSP has its own. */
#include "mint.h"
#include "tap.h"

#include <stdlib.h>

#define ROOT "p256/root"
#define SUB "p256/sub"
#define HOST "a.example.org"

static X509 *root, *sub, *leaf, *other;
static struct ike_peer_certs certs;

static int add(struct ike_trust *trust, struct ike_blob crl)
{
	struct ipsec_err err = { 0 };

	return ike_trust_add_crl(trust, crl, &err);
}

/* What each level says with up to three lists. */
static void levels(X509_CRL *a, X509_CRL *b, X509_CRL *c,
		   enum ike_trust_result revoked, enum ike_trust_result strict,
		   const char *what)
{
	enum ike_trust_result want[] = { IKE_TRUST_OK, revoked, strict }, got;
	X509_CRL *crls[] = { a, b, c };
	struct ike_trust *trust;
	unsigned int level, i;

	for (level = IKE_CRL_OFF; level <= IKE_CRL_STRICT; level++) {
		trust = mint_trust(root, level, false);
		for (i = 0; i < 3; i++)
			if (crls[i])
				add(trust, mint_pem_crl(crls[i]));
		got = mint_check(trust, &certs, HOST, MINT_NOW);
		ok(got == want[level], "I-66 %s, level %u: %s", what, level,
		   ike_trust_text(want[level]));
		if (got != want[level])
			printf("# got: %s\n", ike_trust_text(got));
		ike_trust_free(trust);
	}
}

static X509_CRL *of_root(X509 *revoked)
{
	struct mint_crl m = { .issuer = root,
			      .issuer_key = ROOT,
			      .revoked = { revoked } };

	return mint_crl(&m);
}

static X509_CRL *of_sub(X509 *revoked, const char *ext)
{
	struct mint_crl m = { .issuer = sub,
			      .issuer_key = SUB,
			      .revoked = { revoked },
			      .ext = { ext } };

	return mint_crl(&m);
}

static X509_CRL *of_sub_at(X509 *revoked, int64_t from, int64_t to)
{
	struct mint_crl m = { .issuer = sub,
			      .issuer_key = SUB,
			      .from = from,
			      .to = to,
			      .revoked = { revoked } };

	return mint_crl(&m);
}

static void test_levels(void)
{
	int64_t day = MINT_DAY, now = MINT_NOW;

	levels(NULL, NULL, NULL, IKE_TRUST_OK, IKE_TRUST_NO_CRL, "none");
	levels(of_root(NULL), NULL, NULL, IKE_TRUST_OK, IKE_TRUST_NO_CRL,
	       "none of the CA between");
	levels(of_sub(NULL, NULL), NULL, NULL, IKE_TRUST_OK, IKE_TRUST_NO_CRL,
	       "none of the root");
	levels(of_root(NULL), of_sub(NULL, NULL), NULL, IKE_TRUST_OK,
	       IKE_TRUST_OK, "both, nothing revoked");
	levels(of_root(NULL), of_sub(other, NULL), NULL, IKE_TRUST_OK,
	       IKE_TRUST_OK, "another one revoked");
	levels(of_root(NULL), of_sub(leaf, NULL), NULL, IKE_TRUST_REVOKED,
	       IKE_TRUST_REVOKED, "the leaf revoked");
	levels(of_root(sub), of_sub(NULL, NULL), NULL, IKE_TRUST_REVOKED,
	       IKE_TRUST_REVOKED, "the CA between revoked");
	levels(of_root(sub), NULL, NULL, IKE_TRUST_REVOKED, IKE_TRUST_REVOKED,
	       "the CA between revoked, no list of it");
	levels(of_root(NULL), of_sub_at(NULL, now - 9 * day, now - day), NULL,
	       IKE_TRUST_OK, IKE_TRUST_NO_CRL, "one that has run out");
	levels(of_root(NULL), of_sub_at(leaf, now - 9 * day, now - day), NULL,
	       IKE_TRUST_REVOKED, IKE_TRUST_REVOKED,
	       "the leaf in one that has run out");
	levels(of_root(NULL), of_sub_at(NULL, now + day, 0), NULL, IKE_TRUST_OK,
	       IKE_TRUST_NO_CRL, "one of tomorrow");
}

static void test_issuers(void)
{
	struct mint_crl m = { .issuer = sub,
			      .issuer_key = "p256/evil",
			      .revoked = { leaf } };
	struct mint_cert no_sign = {
		.subject = "CN=sub",
		.key = SUB,
		.issuer = root,
		.issuer_key = ROOT,
		.ext = { "basicConstraints=critical,CA:TRUE",
			 "keyUsage=keyCertSign" },
	};
	struct ike_peer_certs before = certs;
	X509 *x;

	levels(of_root(NULL), mint_crl(&m), NULL, IKE_TRUST_REVOKED,
	       IKE_TRUST_REVOKED, "the leaf, signed by somebody else");
	m.revoked[0] = NULL;
	levels(of_root(NULL), mint_crl(&m), NULL, IKE_TRUST_OK,
	       IKE_TRUST_NO_CRL, "signed by somebody else");
	m.revoked[0] = leaf;
	m.issuer = mint_ca("CN=else", "p256/evil", NULL, NULL);
	levels(of_root(NULL), mint_crl(&m), NULL, IKE_TRUST_OK,
	       IKE_TRUST_NO_CRL, "of another issuer");
	x = mint_cert(&no_sign);
	certs = mint_send(leaf, x, NULL);
	levels(of_root(NULL), of_sub(NULL, NULL), NULL, IKE_TRUST_OK,
	       IKE_TRUST_NO_CRL, "an issuer without cRLSign");
	certs = before;
}

static void test_scope(void)
{
	X509_CRL *top = of_root(NULL);

	levels(top, of_sub(NULL, "1.2.3.4=critical,DER:0500"), NULL,
	       IKE_TRUST_OK, IKE_TRUST_NO_CRL, "unknown critical extension");
	levels(top,
	       of_sub(NULL, "issuingDistributionPoint=critical,"
			    "onlyuser:TRUE"),
	       NULL, IKE_TRUST_OK, IKE_TRUST_OK, "of end entities only");
	levels(top,
	       of_sub(NULL, "issuingDistributionPoint=critical,onlyCA:TRUE"),
	       NULL, IKE_TRUST_OK, IKE_TRUST_NO_CRL, "of CAs only");
	levels(top,
	       of_sub(NULL, "issuingDistributionPoint=critical,onlyAA:TRUE"),
	       NULL, IKE_TRUST_OK, IKE_TRUST_NO_CRL,
	       "of attribute certificates");
	levels(top,
	       of_sub(NULL, "issuingDistributionPoint=critical,"
			    "indirectCRL:TRUE"),
	       NULL, IKE_TRUST_OK, IKE_TRUST_NO_CRL, "an indirect one");
	levels(top,
	       of_sub(NULL, "issuingDistributionPoint=critical,"
			    "onlysomereasons:keyCompromise"),
	       NULL, IKE_TRUST_OK, IKE_TRUST_NO_CRL, "of some reasons");
	levels(top,
	       of_sub(NULL, "issuingDistributionPoint=critical,"
			    "fullname:URI:http://x.example.org/part1"),
	       NULL, IKE_TRUST_OK, IKE_TRUST_NO_CRL,
	       "of a part that the certificate is not of");
}

static void test_newer(void)
{
	X509_CRL *top = of_root(NULL);
	X509_CRL *old = of_sub_at(leaf, MINT_NOW - 3 * MINT_DAY, 0);
	X509_CRL *new = of_sub_at(NULL, MINT_NOW - 2 * MINT_DAY, 0);

	levels(top, old, new, IKE_TRUST_OK, IKE_TRUST_OK,
	       "a newer one replaces it");
	levels(top, new, old, IKE_TRUST_OK, IKE_TRUST_OK,
	       "an older one does not");
	old = of_sub_at(NULL, MINT_NOW - 3 * MINT_DAY, 0);
	new = of_sub_at(leaf, MINT_NOW - 2 * MINT_DAY, 0);
	levels(top, old, new, IKE_TRUST_REVOKED, IKE_TRUST_REVOKED,
	       "a newer one revokes");
}

static void refused(struct ike_blob crl, const char *text, const char *what)
{
	struct ike_trust *trust = ike_trust_new(IKE_CRL_STRICT, false);
	struct ipsec_err err = { 0 };

	ok(ike_trust_add_crl(trust, crl, &err) && strstr(err.text, text),
	   "I-66 refused: %s", what);
	ike_trust_free(trust);
}

static void test_files(void)
{
	struct ike_trust *trust = ike_trust_new(IKE_CRL_STRICT, false);
	struct ike_blob der = mint_der_crl(of_root(NULL)), long_one;

	ok(!add(trust, der), "DER");
	ok(!add(trust, mint_pem_crl(of_root(NULL))), "PEM");
	ike_trust_free(trust);
	refused(mint_der_crl(of_sub(NULL, "2.5.29.27=critical,DER:020101")),
		"delta", "a delta");
	refused(mint_der_crl(of_sub(NULL, "2.5.29.28=critical,DER:0500")),
		"cannot be read", "a malformed scope");
	refused(mint_bytes("", 0), "not a CRL", "an empty file");
	refused((struct ike_blob){ der.data, der.len - 1 }, "not a CRL",
		"a truncated one");
	refused(mint_join(der, mint_bytes("\0", 1)), "not a CRL",
		"a byte too many");
	refused(mint_der_cert(root), "not a CRL", "a certificate");
	refused(mint_pem_cert(root), "not a CRL", "a certificate in PEM");
	long_one = (struct ike_blob){ der.data, (64 << 20) + 1 };
	refused(long_one, "longer than", "over 64 MiB");
}

/*
 * A list of n certificates, put together here since libcrypto would take long.
 * Each entry: serial number of 5 bytes, UTCTime.
 */
#define ENTRY 24

/* Tag and length of a SEQUENCE of 256 bytes or more. */
static size_t header_len(size_t len)
{
	return len < 1 << 16 ? 4 : len < 1 << 24 ? 5 : 6;
}

static uint8_t *put_header(uint8_t *p, size_t len)
{
	size_t n = header_len(len) - 2, i;

	p[0] = 0x30;
	p[1] = (uint8_t)(0x80 + n);
	for (i = 0; i < n; i++)
		p[2 + i] = (uint8_t)(len >> 8 * (n - 1 - i));
	return p + 2 + n;
}

static uint8_t *put(uint8_t *p, const void *data, size_t len)
{
	memcpy(p, data, len);
	return p + len;
}

static const uint8_t sha256_ecdsa[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
					0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
static const uint8_t times[] = "\x17\x0d"
			       "250601000000Z"
			       "\x17\x0d"
			       "250801000000Z";

static uint8_t *put_entries(uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++, p += ENTRY) {
		memcpy(p, "\x30\x16\x02\x05\x40", 5);
		p[5] = (uint8_t)(i >> 24);
		p[6] = (uint8_t)(i >> 16);
		p[7] = (uint8_t)(i >> 8);
		p[8] = (uint8_t)i;
		memcpy(p + 9, times, 15);
	}
	return p;
}

static uint8_t *put_signature(uint8_t *p, const uint8_t *tbs)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t sig[128];
	size_t len = sizeof(sig);

	EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, mint_key(SUB));
	EVP_DigestSign(ctx, sig, &len, tbs, (size_t)(p - tbs));
	EVP_MD_CTX_free(ctx);
	p = put(p, sha256_ecdsa, sizeof(sha256_ecdsa));
	*p++ = 0x03;
	*p++ = (uint8_t)(len + 1);
	*p++ = 0;
	return put(p, sig, len);
}

static struct ike_blob huge(size_t n)
{
	size_t name_len, list = n * ENTRY, len;
	struct ike_blob blob;
	const uint8_t *name;
	uint8_t *all, *p, *tbs;

	X509_NAME_get0_der(X509_get_subject_name(sub), &name, &name_len);
	len = 3 + sizeof(sha256_ecdsa) + name_len + sizeof(times) - 1 +
	      header_len(list) + list;
	all = malloc(len + 256);
	tbs = all + 16;
	p = put_header(tbs, len);
	p = put(p, "\x02\x01\x01", 3);
	p = put(p, sha256_ecdsa, sizeof(sha256_ecdsa));
	p = put(p, name, name_len);
	p = put(p, times, sizeof(times) - 1);
	p = put_header(p, list);
	p = put_signature(put_entries(p, n), tbs);
	len = (size_t)(p - tbs);
	p = tbs - header_len(len);
	put_header(p, len);
	blob = mint_bytes(p, header_len(len) + len);
	free(all);
	return blob;
}

static X509 *leaf_numbered(const char *hex)
{
	X509 *x = mint_leaf("DNS:" HOST, "p256", sub, SUB);
	BIGNUM *v = NULL;

	BN_hex2bn(&v, hex);
	BN_to_ASN1_INTEGER(v, X509_get_serialNumber(x));
	BN_free(v);
	X509_sign(x, mint_key(SUB), EVP_sha256());
	return x;
}

static void test_huge(size_t n)
{
	struct ike_trust *trust = mint_trust(root, IKE_CRL_STRICT, false);
	struct ike_blob crl = huge(n);
	struct ike_peer_certs in, out;

	in = mint_send(leaf_numbered("400000ABCD"), sub, NULL);
	out = mint_send(leaf_numbered("500000ABCD"), sub, NULL);
	ok(!add(trust, mint_der_crl(of_root(NULL))) && !add(trust, crl),
	   "I-66 a list of %zu entries, %zu bytes", n, crl.len);
	ok(mint_check(trust, &in, HOST, MINT_NOW) == IKE_TRUST_REVOKED,
	   "I-66 one of them");
	ok(mint_check(trust, &out, HOST, MINT_NOW) == IKE_TRUST_OK,
	   "I-66 and not another");
	ike_trust_free(trust);
}

int main(void)
{
	root = mint_ca("CN=root", ROOT, NULL, NULL);
	sub = mint_ca("CN=sub", SUB, root, ROOT);
	leaf = mint_leaf("DNS:" HOST, "p256", sub, SUB);
	other = mint_leaf("DNS:" HOST, "p256", sub, SUB);
	certs = mint_send(leaf, sub, NULL);
	test_levels();
	test_issuers();
	test_scope();
	test_newer();
	test_files();
	test_huge(1000000);
	mint_end();
	return tap_done();
}
