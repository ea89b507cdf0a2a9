// SPDX-License-Identifier: GPL-2.0-or-later
/* Which identities a certificate covers: checklist I-65. */
#include "mint.h"
#include "pki.h"
#include "tap.h"

static X509 *with(const char *subject, const char *san)
{
	char ext[512];
	struct mint_cert m = { .subject = subject,
			       .key = "p256",
			       .ext = { san ? ext : NULL } };

	snprintf(ext, sizeof(ext), "subjectAltName=%s", san ? san : "");
	return mint_cert(&m);
}

static struct ike_id raw(uint8_t type, const void *data, size_t len)
{
	struct ike_id id = { .type = type, .len = (uint16_t)len };

	memcpy(id.data, data, len);
	return id;
}

static void covers(X509 *x, const char *id, bool want)
{
	struct ike_id wire = mint_id(id);

	ok(ike_cert_covers(x, &wire) == want, "I-65 %s is %s", id,
	   want ? "covered" : "not covered");
}

static void is_not(X509 *x, uint8_t type, const char *text)
{
	struct ike_id id = raw(type, text, strlen(text));

	ok(!ike_cert_covers(x, &id), "I-65 %s is none of type %u", text, type);
}

static void test_kinds(void)
{
	X509 *x = with("C=DE, O=x, CN=cn.example.org",
		       "DNS:Host.Example.Org,DNS:10.9.9.9,email:a@b.org,"
		       "IP:10.0.0.1,IP:2001:db8::1,URI:http://uri.org/");

	covers(x, "host.example.org", true);
	covers(x, "HOST.EXAMPLE.ORG", true);
	covers(x, "host.example.org.", false);
	covers(x, "ost.example.org", false);
	covers(x, "example.org", false);
	covers(x, "cn.example.org", false);
	covers(x, "uri.org", false);
	is_not(x, IKE_ID_FQDN, "a@b.org");
	covers(x, "a@b.org", true);
	covers(x, "a@B.ORG", true);
	covers(x, "A@b.org", false);
	is_not(x, IKE_ID_EMAIL, "host.example.org");
	covers(x, "10.0.0.1", true);
	covers(x, "10.0.0.2", false);
	covers(x, "10.9.9.9", false);
	is_not(x, IKE_ID_FQDN, "10.0.0.1");
	covers(x, "2001:db8::1", true);
	covers(x, "2001:db8::2", false);
	is_not(x, IKE_ID_KEY_ID, "host.example.org");
	covers(x, "C=DE, O=x, CN=cn.example.org", true);
	covers(x, "C=DE, O=x", false);
	covers(x, "CN=cn.example.org", false);
	covers(x, "CN=cn.example.org, O=x, C=DE", false);
	covers(x, "C=DE, O=X,  CN=CN.example.org", true);
}

static void test_types(void)
{
	X509 *x = with("CN=x", "IP:10.0.0.1,DNS:abcd");
	struct ike_id id;
	unsigned int type;
	bool all = true;

	for (type = 0; type < 256; type++) {
		id = raw((uint8_t)type, "\x0a\0\0\1", 4);
		all = all && ike_cert_covers(x, &id) == (type == IKE_ID_IPV4);
		id = raw((uint8_t)type, "abcd", 4);
		all = all && ike_cert_covers(x, &id) == (type == IKE_ID_FQDN);
		id = raw((uint8_t)type, "", 0);
		all = all && !ike_cert_covers(x, &id);
	}
	ok(all, "I-65 each kind only as itself, and nothing is nobody");
}

static void test_nul(void)
{
	X509 *x = with("CN=x", "DNS:host.example.org,email:a@b.org");
	struct ike_id id;

	id = raw(IKE_ID_FQDN, "host.example.org\0", 17);
	ok(!ike_cert_covers(x, &id), "I-65 NUL behind the identity");
	id = raw(IKE_ID_FQDN, "host.example.org\0.evil.org", 26);
	ok(!ike_cert_covers(x, &id), "I-65 NUL in the identity");
	id = raw(IKE_ID_EMAIL, "a@b.org\0", 8);
	ok(!ike_cert_covers(x, &id), "I-65 NUL behind an address of mail");
}

static void test_nul_in_cert(void)
{
	/* dNSName "a.org" NUL "x.org" */
	X509 *x = with("CN=x", "DER:300d820b612e6f726700782e6f7267");
	struct ike_id id = raw(IKE_ID_FQDN, "a.org\0x.org", 11);

	covers(x, "a.org", false);
	ok(!ike_cert_covers(x, &id), "I-65 not even as it is");
	/* rfc822Name "a@b" NUL "c" */
	x = with("CN=x", "DER:300781056140620063");
	covers(x, "a@b", false);
	/* dNSName "a.org" NUL */
	x = with("CN=x", "DER:30088206612e6f726700");
	covers(x, "a.org", false);
}

static void test_wildcard(void)
{
	X509 *x = with("CN=x", "DNS:*.example.org,email:*@example.org");
	struct ike_id id = raw(IKE_ID_FQDN, "*.example.org", 13);

	covers(x, "host.example.org", false);
	ok(!ike_cert_covers(x, &id), "I-65 a wildcard is no host either");
	covers(x, "a@example.org", false);
}

static void test_odd(void)
{
	struct ike_id id;
	X509 *x;

	/* IP of 5, 3 and 8 bytes (address and mask) */
	x = with("CN=x", "DER:300787050a00000100");
	covers(x, "10.0.0.1", false);
	x = with("CN=x", "DER:300a87080a000001ffffffff");
	covers(x, "10.0.0.1", false);
	x = with("CN=x", "DER:300587030a0000");
	covers(x, "10.0.0.0", false);
	/* an IPv4 address in IPv6 is another address */
	x = with("CN=x", "IP:::ffff:10.0.0.1");
	covers(x, "10.0.0.1", false);
	/* bytes that are no IA5 */
	x = with("CN=x", "DER:30048202c3a4");
	id = raw(IKE_ID_FQDN, "\xc3\xa4", 2);
	ok(!ike_cert_covers(x, &id), "I-65 a name beyond ASCII");
	/* no names, and not a sequence of them */
	x = with("CN=x", "DER:3000");
	covers(x, "a.org", false);
	x = with("CN=x", "DER:0500");
	covers(x, "a.org", false);
	x = with("CN=x", NULL);
	covers(x, "x", false);
}

/* 300 names: a certificate with more than 256 covers none. */
static void test_many(void)
{
	static char san[8192];
	struct mint_cert m = { .subject = "CN=x",
			       .key = "p256",
			       .ext = { san } };
	size_t n = (size_t)sprintf(san, "subjectAltName=DNS:a.org");
	int i;

	for (i = 0; i < 255; i++)
		n += (size_t)sprintf(san + n, ",DNS:h%d.org", i);
	covers(mint_cert(&m), "h254.org", true);
	sprintf(san + n, ",DNS:more.org");
	covers(mint_cert(&m), "a.org", false);
}

/* The subject of a certificate with other string types in it. */
static X509 *subject_of(const char *value, int type, size_t len)
{
	struct mint_cert m = { .subject = "", .key = "p256" };
	X509 *x = mint_cert(&m);

	X509_NAME_add_entry_by_NID(X509_get_subject_name(x), NID_commonName,
				   type, (const uint8_t *)value, (int)len, -1,
				   0);
	return x;
}

static void test_strings(void)
{
	struct ike_id id;

	covers(subject_of("abc", V_ASN1_PRINTABLESTRING, 3), "CN=abc", true);
	covers(subject_of("abc", V_ASN1_T61STRING, 3), "CN=abc", true);
	covers(subject_of("\0a\0b\0c", V_ASN1_BMPSTRING, 6), "CN=abc", true);
	covers(subject_of("abc\0", V_ASN1_UTF8STRING, 4), "CN=abc", false);
	covers(subject_of("abc\0x", V_ASN1_UTF8STRING, 5), "CN=abc", false);
	covers(subject_of("\0a\0b\0c\0\0", V_ASN1_BMPSTRING, 8), "CN=abc",
	       false);
	covers(subject_of("abc, CN=d", V_ASN1_UTF8STRING, 9), "CN=abc, CN=d",
	       false);
	covers(subject_of("abc/CN=d", V_ASN1_UTF8STRING, 8), "CN=abc, CN=d",
	       false);
	id = raw(IKE_ID_DN, "\x30\x00", 2);
	ok(!ike_cert_covers(with("", "DNS:a"), &id), "I-65 an empty subject");
}

static void test_malformed(void)
{
	X509 *x = with("C=DE, CN=abc", NULL);
	struct ike_id good, id;
	bool all = true;
	size_t i;

	ike_cert_id(x, &good);
	ok(ike_cert_covers(x, &good), "its own subject");
	for (i = 0; i < good.len; i++) {
		id = raw(IKE_ID_DN, good.data, i);
		all = all && !ike_cert_covers(x, &id);
	}
	id = good;
	id.data[id.len++] = 0;
	all = all && !ike_cert_covers(x, &id);
	ok(all, "I-65 truncated anywhere, or with a byte behind it");
	id = good;
	memmove(id.data + 2, id.data + 1, good.len - 1);
	id.data[1] = 0x81;
	id.len++;
	ok(!ike_cert_covers(x, &id), "I-65 a length that is not DER");
}

int main(void)
{
	test_kinds();
	test_types();
	test_nul();
	test_nul_in_cert();
	test_wildcard();
	test_odd();
	test_many();
	test_strings();
	test_malformed();
	mint_end();
	return tap_done();
}
