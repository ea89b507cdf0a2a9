// SPDX-License-Identifier: GPL-2.0-or-later
/* Our keys and certificates: which files are taken, and what is made of them. */
#include "mint.h"
#include "tap.h"

#include <openssl/pem.h>

static struct ike_credential *make(struct ike_blob key, struct ike_blob certs,
				   struct ipsec_err *err)
{
	struct ike_credential *c;

	memset(err, 0, sizeof(*err));
	c = ike_credential_new(key, err);
	if (!c || !certs.len || !ike_credential_add_certs(c, certs, err))
		return c;
	ike_credential_free(c);
	return NULL;
}

static const struct ike_blob none;

static void refused(struct ike_blob key, struct ike_blob certs,
		    const char *text, const char *what)
{
	struct ipsec_err err;
	struct ike_credential *c = make(key, certs, &err);

	ok(!c && strstr(err.text, text), "refused: %s", what);
	if (!c && !strstr(err.text, text))
		printf("# got %s\n", err.text);
	ike_credential_free(c);
}

static void test_methods(void)
{
	static const struct {
		const char *key;
		enum ike_auth_method method;
	} kinds[] = {
		{ "rsa1024", IKE_AUTH_RSA }, { "rsa2048", IKE_AUTH_RSA },
		{ "p256", IKE_AUTH_ECDSA },  { "p384", IKE_AUTH_ECDSA },
		{ "p521", IKE_AUTH_ECDSA },  { "ed25519", IKE_AUTH_ED25519 },
	};
	struct ike_credential *c;
	struct ipsec_err err;
	struct ike_id id;
	size_t i, len;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		c = make(mint_pem_key(kinds[i].key), none, &err);
		ok(c && ike_credential_method(c) == kinds[i].method, "%s, bare",
		   kinds[i].key);
		ike_credential_id(c, &id);
		ok(!id.type && !ike_credential_cert(c, 0, &len),
		   "has neither identity nor certificate");
		ike_credential_free(c);
	}
}

static void test_chain(X509 *root)
{
	X509 *sub = mint_ca("CN=sub", "p256/sub", root, "rsa2048/ca");
	X509 *leaf =
		mint_leaf("DNS:a.example.org", "p256/leaf", sub, "p256/sub");
	struct ike_blob pem =
		mint_join(mint_pem_cert(leaf), mint_pem_cert(sub));
	struct ike_blob der = mint_der_cert(sub);
	struct ike_id id, want = mint_id("dn:C=DE, O=test, CN=leaf");
	struct ike_credential *c;
	struct ipsec_err err;
	const uint8_t *got;
	size_t len = 0;

	c = make(mint_pem_key("p256/leaf"), pem, &err);
	ok(c, "a certificate and its CA");
	got = ike_credential_cert(c, 1, &len);
	ok(got && len == der.len && !memcmp(got, der.data, len),
	   "are given in their order, as DER");
	ok(!ike_credential_cert(c, 2, &len), "and no third");
	ike_credential_id(c, &id);
	ok(ike_id_equal(&id, &want), "the identity is the subject");
	ok(ike_credential_covers(c, &want), "which it covers");
	id = mint_id("A.example.org");
	ok(ike_credential_covers(c, &id), "as it does the alternative name");
	id = mint_id("b.example.org");
	ok(!ike_credential_covers(c, &id), "but no other");
	ike_credential_free(c);
	refused(mint_pem_key("p256/leaf"),
		mint_join(mint_pem_cert(leaf), mint_pem_cert(root)),
		"did not issue", "a chain with a gap");
	refused(mint_pem_key("p256/other"), pem, "not that of the first",
		"another certificate's key");
}

static X509 *leaf_with(X509 *root, const char *subject, const char *ext)
{
	struct mint_cert m = { .subject = subject,
			       .key = "p256/leaf",
			       .issuer = root,
			       .issuer_key = "rsa2048/ca",
			       .ext = { ext } };

	return mint_cert(&m);
}

static void test_id(X509 *root)
{
	struct ike_blob key = mint_pem_key("p256/leaf");
	struct ike_id id, want = mint_id("email:a@example.org");
	struct ike_credential *c;
	struct ipsec_err err;
	X509 *x = leaf_with(root, "",
			    "subjectAltName=URI:http://x/,email:a@example.org");

	c = make(key, mint_pem_cert(x), &err);
	ok(c, "a certificate without a subject");
	ike_credential_id(c, &id);
	ok(ike_id_equal(&id, &want), "is named by its first usable name");
	ike_credential_free(c);
	x = leaf_with(root, "CN=x", "keyUsage=keyEncipherment");
	refused(key, mint_pem_cert(x), "digital signature", "key usage");
	x = leaf_with(root, "CN=x", "extendedKeyUsage=codeSigning");
	refused(key, mint_pem_cert(x), "extended key usage", "its purpose");
}

static void test_refused(X509 *root)
{
	static const char text[] = "no key here\n";
	struct ike_blob many = mint_pem_cert(root), key, big;
	static char zeros[(1 << 20) + 1];
	BIO *bio = BIO_new(BIO_s_mem());
	char *data;
	int i;

	refused(mint_bytes(text, sizeof(text) - 1), none, "no PEM block",
		"no key");
	refused(mint_pem_cert(root), none, "no PEM block",
		"a certificate for a key");
	refused(mint_pem_key("k256"), none, "named NIST curve", "secp256k1");
	refused(mint_pem_key("ed448"), none, "Ed25519", "Ed448");
	refused(mint_pem_key("rsa768"), none, "too short", "768 bits of RSA");
	big = mint_bytes(zeros, sizeof(zeros));
	refused(big, none, "longer than", "a file of over 1 MiB");
	PEM_write_bio_PKCS8PrivateKey(bio, mint_key("p256"), EVP_aes_128_cbc(),
				      "secret", 6, NULL, NULL);
	i = (int)BIO_get_mem_data(bio, &data);
	key = mint_bytes(data, (size_t)i);
	BIO_free(bio);
	refused(key, none, "encrypted", "an encrypted key");
	refused(mint_pem_key("rsa2048/ca"), many, "for IKE", "a CA's own");
	refused(mint_pem_key("p256"), mint_pem_key("p256"), "cannot be read",
		"a key for a certificate");
	refused(mint_pem_key("p256"), mint_bytes("x", 1), "no PEM block",
		"text for a certificate");
}

/* One more than peers take. */
static void test_long(X509 *root)
{
	X509 *up = root, *x;
	struct ike_blob pem = none;
	char name[32], key[32], last[32] = "rsa2048/ca";
	int i;

	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "CN=ca%d", i);
		snprintf(key, sizeof(key), "p256/%d", i);
		x = mint_ca(name, key, up, last);
		pem = mint_join(mint_pem_cert(x), pem);
		up = x;
		snprintf(last, sizeof(last), "%s", key);
	}
	x = mint_leaf("DNS:x", "p256/leaf", up, last);
	pem = mint_join(mint_pem_cert(x), pem);
	refused(mint_pem_key("p256/leaf"), pem, "more than 8",
		"nine certificates");
}

int main(void)
{
	X509 *root = mint_ca("CN=root", "rsa2048/ca", NULL, NULL);

	test_methods();
	test_chain(root);
	test_id(root);
	test_refused(root);
	test_long(root);
	mint_end();
	return tap_done();
}
