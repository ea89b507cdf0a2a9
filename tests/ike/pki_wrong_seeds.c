// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificates, lists, keys and files that are refused, or not believed. */
#include "pki_seeds.h"

#include <openssl/pem.h>

#include "daemon_seeds.h"
#include "pki.h"
#include "seal.h"

#define NAME "subjectAltName=DNS:" SEAL_HOST

/* A leaf, and who issued it behind it; none of the two needs to be believed. */
static void put_pair(pki_seeds_fn *put, X509 *leaf, X509 *issuer)
{
	struct ike_blob first = mint_der_cert(leaf);
	struct ike_blob both = mint_join(first, mint_der_cert(issuer));
	uint8_t head[3] = { 0, (uint8_t)(first.len >> 8), (uint8_t)first.len };

	put("cert", head, sizeof(head), both.data, both.len);
	head[0] = 2;
	put("cert", head, sizeof(head), both.data, both.len);
}

static void put_leaf_of(pki_seeds_fn *put, X509 *issuer, const char *key)
{
	put_pair(put, mint_leaf("DNS:" SEAL_HOST, "p256", issuer, key), issuer);
}

static void leaves(pki_seeds_fn *put, X509 *root)
{
	static const char *const ext[] = {
		"extendedKeyUsage=codeSigning",
		"2.5.29.37=DER:0500",
		"keyUsage=critical,cRLSign",
		"basicConstraints=critical,CA:TRUE",
		"1.2.3.4=critical,DER:0500",
		"basicConstraints=DER:0500",
		"subjectAltName=DER:30820000",
	};
	struct mint_cert m = { .subject = "CN=leaf",
			       .key = SEAL_LEAF,
			       .issuer = root,
			       .issuer_key = SEAL_CA };
	size_t i;

	for (i = 0; i < sizeof(ext) / sizeof(ext[0]); i++) {
		m.ext[0] = ext[i];
		m.ext[1] = i < 6 ? NAME : NULL;
		pki_put_cert(put, mint_cert(&m));
	}
	m.ext[0] = NAME;
	m.ext[1] = NULL;
	m.to = MINT_NOW - 1;
	pki_put_cert(put, mint_cert(&m));
	m.to = 0;
	m.from = MINT_NOW + 1;
	pki_put_cert(put, mint_cert(&m));
	m.from = 0;
	/* By a namesake of the CA. */
	m.issuer_key = SEAL_LEAF;
	pki_put_cert(put, mint_cert(&m));
	/* Of which the key is not used. */
	m.issuer_key = SEAL_CA;
	m.key = "rsa1024";
	pki_put_cert(put, mint_cert(&m));
	m.key = "k256";
	pki_put_cert(put, mint_cert(&m));
}

/* A time with a letter in it, under a signature that is right. */
static void bad_time(pki_seeds_fn *put, X509 *root)
{
	struct ike_blob tbs = seal_open(mint_der_cert(
		mint_leaf("DNS:" SEAL_HOST, SEAL_LEAF, root, SEAL_CA)));
	struct ike_blob bad = mint_bytes(tbs.data, tbs.len);
	uint8_t *at = memmem(bad.data, bad.len, "\x17\x0d", 2);
	uint8_t head[3] = { 1, (uint8_t)(bad.len >> 8), (uint8_t)bad.len };

	at[4] = 'x';
	put("cert", head, sizeof(head), bad.data, bad.len);
}

static void chains(pki_seeds_fn *put, X509 *root)
{
	struct mint_cert m = {
		.subject = "CN=sub",
		.key = "p256/sub",
		.issuer = root,
		.issuer_key = SEAL_CA,
	};
	X509 *sub = mint_ca("CN=sub", "p256/sub", root, SEAL_CA);
	struct mint_cert old = {
		.subject = "CN=leaf",
		.key = SEAL_LEAF,
		.issuer = sub,
		.issuer_key = "p256/sub",
		.digest = "SHA1",
		.ext = { NAME },
	};

	put_leaf_of(put, sub, "p256/sub");
	put_pair(put, mint_cert(&old), sub);
	put_leaf_of(put, mint_cert(&m), "p256/sub");
	m.ext[0] = "basicConstraints=critical,CA:TRUE";
	m.ext[1] = "keyUsage=critical,cRLSign";
	put_leaf_of(put, mint_cert(&m), "p256/sub");
	m.ext[1] = "nameConstraints=critical,excluded;DNS:example.org";
	put_leaf_of(put, mint_cert(&m), "p256/sub");
	m.ext[1] = NULL;
	m.key = "rsa1024";
	put_leaf_of(put, mint_cert(&m), "rsa1024");
	put_leaf_of(put, mint_ca("CN=nobody", "p256/nobody", NULL, NULL),
		    "p256/nobody");
}

/* Numbers that are no RSA key: the leaf has them, and nobody can sign by it. */
static void rsa_numbers(pki_seeds_fn *put)
{
	static const struct {
		const char *n; /* in hex, repeated */
		unsigned int times;
		const char *e;
	} list[] = {
		{ "fffffffe", 64, "010001" },  { "ffffffff", 31, "010001" },
		{ "ffffffff", 257, "010001" }, { "ffffffff", 64, "01" },
		{ "ffffffff", 64, "010000" },
	};
	BIGNUM *n = NULL, *e = NULL;
	struct ike_blob hex, one;
	unsigned int k;
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		one = mint_bytes(list[i].n, 8);
		hex = one;
		for (k = 1; k < list[i].times; k++)
			hex = mint_join(hex, one);
		hex = mint_join(hex, mint_bytes("", 1));
		BN_hex2bn(&n, (const char *)hex.data);
		BN_hex2bn(&e, list[i].e);
		pki_put_blob(put, "files", FILE_TRUST,
			     mint_pem("PUBLIC KEY", mint_rsa_public(n, e)));
	}
	BN_free(n);
	BN_free(e);
}

/* Lengths as BER may have them, and DER may not. */
static void frames(pki_seeds_fn *put)
{
	static const char *const list[] = {
		"\x30\x80",	    "\x30\x85\1\1\1\1\1",
		"\x30\x81\x7f",	    "\x30\x82\x01",
		"\x1f\1!",	    "\x30\3\4\2!",
		"\x30\x84\1\1\1\1",
	};
	uint8_t deep[72], head[3] = { 0, 0, 0 };
	size_t i, len;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		len = strlen(list[i]);
		head[2] = (uint8_t)len;
		put("cert", head, sizeof(head), list[i], len);
		put("crl", "", 1, list[i], len);
		put("id", "\x09", 1, list[i], len);
	}
	for (i = 0; i < sizeof(deep); i += 2) {
		deep[i] = 0x30;
		deep[i + 1] = (uint8_t)(sizeof(deep) - i - 2);
	}
	head[2] = sizeof(deep);
	put("cert", head, sizeof(head), deep, sizeof(deep));
}

static void lists(pki_seeds_fn *put, X509 *root)
{
	X509 *sub = mint_ca("CN=sub", "p256/sub", root, SEAL_CA);
	struct mint_crl m = { .issuer = root, .issuer_key = SEAL_LEAF };
	struct ike_blob der = mint_der_crl(mint_crl(&m));

	/* Signed by another; in part; with a byte more; in the wrong PEM. */
	pki_put_blob(put, "crl", 0, der);
	pki_put_blob(put, "crl", 2, der);
	pki_put_blob(put, "crl", 0, (struct ike_blob){ der.data, der.len - 1 });
	pki_put_blob(put, "crl", 0, mint_join(der, mint_bytes("", 1)));
	pki_put_blob(put, "crl", 0, mint_pem("CRL", der));
	pki_put_blob(put, "crl", 0, mint_pem_cert(root));
	m.issuer_key = SEAL_CA;
	m.ext[0] = "2.5.29.28=DER:0500";
	pki_put_blob(put, "crl", 0, mint_der_crl(mint_crl(&m)));
	m.ext[0] = "authorityKeyIdentifier=DER:3006800461626364";
	der = mint_der_crl(mint_crl(&m));
	pki_put_blob(put, "crl", 4, der);
	pki_put_blob(put, "crl", 8, der);
	m.ext[0] = NULL;
	m.from = MINT_NOW - 30 * MINT_DAY;
	pki_put_blob(put, "crl", 8, mint_der_crl(mint_crl(&m)));
	m.to = MINT_NOW - MINT_DAY;
	pki_put_blob(put, "crl", 2, mint_der_crl(mint_crl(&m)));
	m.from = m.to = MINT_NOW + MINT_DAY;
	pki_put_blob(put, "crl", 12, mint_der_crl(mint_crl(&m)));
	m.to += MINT_DAY;
	pki_put_blob(put, "crl", 8, mint_der_crl(mint_crl(&m)));
	m = (struct mint_crl){ .issuer = sub, .issuer_key = "p256/sub" };
	pki_put_blob(put, "crl", 8, mint_der_crl(mint_crl(&m)));
}

/* Our key is stored under a passphrase: nobody is there to give it. */
static struct ike_blob encrypted_key(void)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct ike_blob pem;
	char *text;
	long len;

	seal_must(PEM_write_bio_PKCS8PrivateKey(bio, mint_key(SEAL_LEAF),
						EVP_aes_128_cbc(), "sesame", 6,
						NULL, NULL) == 1);
	len = BIO_get_mem_data(bio, &text);
	pem = mint_bytes(text, (size_t)len);
	BIO_free(bio);
	return pem;
}

static void files(pki_seeds_fn *put, X509 *root)
{
	struct ike_blob key = mint_pem_key(SEAL_LEAF);
	struct ike_blob leaf = mint_pem_cert(seal_leaf(root)), all;
	unsigned int i;

	pki_put_blob(put, "files", FILE_CREDENTIAL, encrypted_key());
	pki_put_blob(put, "files", FILE_CREDENTIAL, mint_pem_key("k256"));
	pki_put_blob(put, "files", FILE_CREDENTIAL, leaf);
	pki_put_blob(put, "files", FILE_CREDENTIAL,
		     mint_join(mint_pem_key(SEAL_CA), mint_pem_cert(root)));
	pki_put_blob(put, "files", FILE_CREDENTIAL,
		     mint_join(mint_pem_key("p256"), leaf));
	pki_put_blob(put, "files", FILE_CREDENTIAL,
		     mint_join(key, mint_join(leaf, leaf)));
	pki_put_blob(put, "files", FILE_CREDENTIAL,
		     mint_join(key, mint_join(leaf, key)));
	for (i = 0, all = key; i <= IKE_CHAIN_MAX; i++)
		all = mint_join(all, leaf);
	pki_put_blob(put, "files", FILE_CREDENTIAL, all);
	pki_put_blob(put, "files", FILE_TRUST, key);
	pki_put_blob(put, "files", FILE_TRUST, mint_pem_public("k256"));
	pki_put_blob(put, "files", FILE_TRUST,
		     mint_pem_cert(mint_ca("CN=old", "rsa1024", NULL, NULL)));
}

void pki_wrong_seeds(pki_seeds_fn *put, X509 *root)
{
	leaves(put, root);
	bad_time(put, root);
	chains(put, root);
	rsa_numbers(put);
	frames(put);
	lists(put, root);
	files(put, root);
}
