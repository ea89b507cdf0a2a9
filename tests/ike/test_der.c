// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes that are no DER, and certificates with any bit changed: I-67. */
#include "mint.h"
#include "pki.h"
#include "tap.h"

#include <stdlib.h>

#define ROOT "p256/root"
#define HOST "a.example.org"

static X509 *root;

/* By every reader: none of them may take it. */
static bool nobody(struct ike_blob b)
{
	struct ike_trust *trust = mint_trust(root, IKE_CRL_OFF, false);
	struct ike_peer_certs certs = { .count = 1 };
	struct ike_id id = mint_id("CN=x");
	X509 *leaf = mint_leaf("DNS:" HOST, "p256", root, ROOT);
	struct ipsec_err err = { 0 };
	bool good;

	certs.cert[0].encoding = IKE_CERT_X509_SIGNATURE;
	certs.cert[0].data = b.data;
	certs.cert[0].len = b.len;
	good = mint_check(trust, &certs, HOST, MINT_NOW) == IKE_TRUST_BAD;
	good = good && ike_trust_add_crl(trust, b, &err);
	good = good &&
	       ike_trust_add_ca(trust, mint_pem("CERTIFICATE", b), &err);
	good = good &&
	       ike_trust_add_key(trust, &id, mint_pem("PUBLIC KEY", b), &err);
	if (b.len <= IKE_ID_MAX) {
		id.len = (uint16_t)b.len;
		memcpy(id.data, b.data, b.len);
		good = good && !ike_cert_covers(leaf, &id);
	}
	ike_trust_free(trust);
	return good;
}

static void refused(const void *data, size_t len, const char *what)
{
	struct ike_blob b = mint_bytes(data, len);

	ok(!ike_der_strict(b.data, b.len) && nobody(b), "I-67 %s", what);
}

static void test_lengths(void)
{
	refused("", 0, "nothing");
	refused("\x30", 1, "a tag");
	refused("\x30\x80", 2, "an indefinite length");
	refused("\x30\x80\0\0", 4, "one that ends");
	refused("\x30\x81\x05\1\1\xff\5\0", 8, "a length longer than needed");
	refused("\x30\x82\0\x80", 4, "a length that begins with 0");
	refused("\x30\x84\xff\xff\xff\xff", 6, "84 ff ff ff ff");
	refused("\x30\x85\1\0\0\0\0", 7, "a length of five bytes");
	refused("\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff", 10, "of eight");
	refused("\x30\xff\xff", 3, "of 127");
	refused("\x30\3\2\2\0", 5, "an element longer than what holds it");
	refused("\x30\3\2\1\0\0", 6, "a byte behind the end");
	refused("\x1f\x82\1\0", 4, "a tag of many bytes");
	refused("\x3f\xff\xff\xff\xff\xff\xff\x7f\0", 9, "of very many");
}

/* Each holding the next: what is deeper than any certificate. */
static void nested(size_t depth, uint8_t tag, bool indefinite, const char *what)
{
	size_t room = depth * 6 + 2, len = 0, i, n;
	uint8_t *all = malloc(room), *p = all + room;

	for (i = 0; i < depth; i++) {
		if (indefinite) {
			*--p = 0x80;
		} else if (len < 0x80) {
			*--p = (uint8_t)len;
		} else {
			for (n = 0; len >> 8 * n; n++)
				*--p = (uint8_t)(len >> 8 * n);
			*--p = (uint8_t)(0x80 + n);
		}
		*--p = tag;
		len = (size_t)(all + room - p);
	}
	refused(p, len, what);
	free(all);
}

static void test_nesting(void)
{
	nested(32, 0x30, false, "32 levels");
	nested(2000, 0x30, false, "2,000 levels");
	nested(10000, 0x30, false, "10,000 levels");
	nested(100000, 0xa0, false, "100,000 levels");
	nested(10000, 0x30, true, "10,000 levels of indefinite length");
	nested(10000, 0x24, true, "a string in 10,000 strings");
}

static void test_size(void)
{
	static uint8_t big[65536] = { 0x30, 0x82, 0xff, 0xfc };
	struct ike_blob b = { big, sizeof(big) - 4 };
	static uint8_t many[16384] = { 0x30, 0x82, 0x3f, 0xfc };
	size_t i;

	big[2] = (uint8_t)((b.len - 4) >> 8);
	big[3] = (uint8_t)(b.len - 4);
	ok(nobody(b), "I-67 64 KiB");
	for (i = 4; i < sizeof(many); i += 2)
		many[i] = 0x30;
	b = (struct ike_blob){ many, sizeof(many) };
	ok(ike_der_strict(many, sizeof(many)) && nobody(b),
	   "I-67 8,190 empty sequences");
	for (i = 4; i < sizeof(many); i += 2)
		many[i] = 0xa0 + (uint8_t)(i / 2 % 16);
	ok(nobody(b), "I-67 8,190 choices");
}

/*
 * Every bit of a certificate is signed, or of the signature; of large ones
 * some are tried.
 */
static void every_bit(X509 *x, size_t step, const char *what)
{
	struct ike_trust *trust = mint_trust(root, IKE_CRL_OFF, false);
	struct ike_blob der = mint_der_cert(x);
	struct ike_peer_certs certs = mint_send(x, NULL);
	uint8_t *copy = malloc(der.len);
	bool all;
	size_t i;

	all = mint_check(trust, &certs, HOST, MINT_NOW) == IKE_TRUST_OK;
	certs.cert[0].data = copy;
	for (i = 0; i < der.len * 8; i += step) {
		memcpy(copy, der.data, der.len);
		copy[i / 8] ^= 1U << i % 8;
		all = all &&
		      mint_check(trust, &certs, HOST, MINT_NOW) != IKE_TRUST_OK;
	}
	for (i = 0; i < der.len; i++) {
		certs.cert[0].len = i;
		all = all && mint_check(trust, &certs, HOST, MINT_NOW) ==
				     IKE_TRUST_BAD;
	}
	ok(all, "I-67 %s: no bit changed, nothing cut off", what);
	free(copy);
	ike_trust_free(trust);
}

int main(void)
{
	root = mint_ca("CN=root", ROOT, NULL, NULL);
	test_lengths();
	test_nesting();
	test_size();
	every_bit(mint_leaf("DNS:" HOST, "p256", root, ROOT), 1, "P-256");
	root = mint_ca("CN=root", "ed25519/root", NULL, NULL);
	every_bit(mint_leaf("DNS:" HOST, "ed25519", root, "ed25519/root"), 5,
		  "Ed25519");
	root = mint_ca("CN=root", "rsa2048/root", NULL, NULL);
	every_bit(mint_leaf("DNS:" HOST, "rsa2048", root, "rsa2048/root"), 7,
		  "RSA");
	mint_end();
	return tap_done();
}
