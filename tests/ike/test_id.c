// SPDX-License-Identifier: GPL-2.0-or-later
/* Identities: verification I-11, I-65. */
#include <errno.h>
#include <stdlib.h>

#include "id.h"
#include "rnd.h"
#include "tap.h"

static int read_id(struct ike_id *id, uint8_t type, const void *data,
		   size_t len)
{
	uint8_t *p = malloc(len ? len : 1);
	int rc;

	memcpy(p, data, len);
	rc = ike_id_read(id, type, p, len);
	free(p);
	return rc;
}

#define B(text) text, sizeof(text) - 1
/* C=DE, CN=x */
#define DER                                                    \
	"\x30\x19\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02" \
	"DE"                                                   \
	"\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01"         \
	"x"

static void test_read(void)
{
	static const struct {
		const char *what;
		uint8_t type;
		const char *data;
		size_t len;
		const char *text; /* NULL: refused */
	} t[] = {
		{ "IPv4", 1, B("\x0a\0\0\1"), "10.0.0.1" },
		{ "IPv4 of 3 bytes", 1, B("\x0a\0\0"), NULL },
		{ "IPv4 of 5 bytes", 1, B("\x0a\0\0\1\1"), NULL },
		{ "IPv6", 5, B("\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1"),
		  "fe80::1" },
		{ "IPv6 of 4 bytes", 5, B("\xfe\x80\0\0"), NULL },
		{ "a name", 2, B("host.example.org"), "host.example.org" },
		{ "a name of 1 byte", 2, B("h"), "h" },
		{ "an empty name", 2, B(""), NULL },
		{ "a name with NUL", 2, B("host.example.org\0.evil.org"),
		  NULL },
		{ "a name that ends with NUL", 2, B("host.example.org\0"),
		  NULL },
		{ "a name of two lines", 2, B("host\nIKE SA established"),
		  NULL },
		{ "a name with an escape", 2, B("host\x1b[2J"), NULL },
		{ "a name of other bytes", 2, B("h\xc3\xb6st\\"),
		  "h\\xc3\\xb6st\\x5c" },
		{ "a name like an address", 2, B("10.0.0.1"), "fqdn:10.0.0.1" },
		{ "a name like mail", 2, B("a@b"), "fqdn:a@b" },
		{ "a name like a DN", 2, B("CN=x"), "fqdn:CN=x" },
		{ "a name that is any", 2, B("any"), "fqdn:any" },
		{ "mail", 3, B("user@example.org"), "user@example.org" },
		{ "mail without @", 3, B("user"), "email:user" },
		{ "mail with NUL", 3, B("user@example.org\0x"), NULL },
		{ "a DN", 9, B(DER), "C=DE, CN=x" },
		{ "an empty DN", 9, B("\x30\0"), NULL },
		{ "no DN", 9, B("C=DE, CN=x"), NULL },
		{ "no bytes of a DN", 9, B(""), NULL },
		{ "a DN and a byte", 9, B(DER "x"), NULL },
		{ "a DN that lies", 9, B("\x30\x84\xff\xff\xff\xff\0"), NULL },
		{ "a DN of no end", 9, B("\x30\x80\x31\x80\0\0\0\0"), NULL },
		{ "a key ID", 11, B("secret"), "keyid:secret" },
		{ "a key ID of bytes", 11, B("\0\xff"), "keyid:0x00ff" },
		{ "a key ID like bytes", 11, B("0xff"), "keyid:0x30786666" },
		{ "an empty key ID", 11, B(""), NULL },
		{ "a general name", 10, B("\x82\1x"), "gn:0x820178" },
		{ "no identity", 13, B(""), "null" },
		{ "no identity, with bytes", 13, B("x"), NULL },
		{ "type 0", 0, B("x"), NULL },
		{ "type 0, empty", 0, B(""), NULL },
		{ "a subnet", 4, B("\x0a\0\0\0\xff\0\0\0"), NULL },
		{ "type 6", 6, B("x"), NULL },
		{ "a range", 7, B("\x0a\0\0\1\x0a\0\0\2"), NULL },
		{ "type 8", 8, B("x"), NULL },
		{ "type 255", 255, B("x"), NULL },
	};
	char buf[IKE_ID_STRLEN];
	struct ike_id id;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int rc = read_id(&id, t[i].type, t[i].data, t[i].len);

		if (t[i].text && !rc)
			is(ike_id_text(&id, buf, sizeof(buf)), t[i].text,
			   "read: %s", t[i].what);
		else
			ok(!t[i].text && rc == -EBADMSG && !id.type && !id.len,
			   "read: %s", t[i].what);
	}
}

static void test_length(void)
{
	static const size_t len[] = { 1,    255,  520,	 1023,	 1024,
				      1025, 4096, 65535, 1 << 20 };
	static uint8_t data[1 << 20];
	char buf[IKE_ID_STRLEN];
	struct ike_id id;
	unsigned int i;

	memset(data, 'a', sizeof(data));
	for (i = 0; i < sizeof(len) / sizeof(len[0]); i++) {
		int rc = read_id(&id, IKE_ID_FQDN, data, len[i]);

		ok(rc == (len[i] > IKE_ID_MAX ? -EBADMSG : 0),
		   "a name of %zu bytes", len[i]);
		ok(rc || strlen(ike_id_text(&id, buf, sizeof(buf))) <
				   sizeof(buf),
		   "and as text");
	}
}

static void test_cut(void)
{
	struct ike_id id;
	unsigned int n, cut = 0;

	for (n = 0; n < sizeof(DER) - 1; n++)
		cut += read_id(&id, IKE_ID_DN, DER, n) == -EBADMSG;
	ok(cut == n, "a DN cut at each of %u bytes", n);
}

static void test_parse(void)
{
	static const struct {
		const char *text;
		uint8_t type; /* 0: refused */
		const char *again; /* NULL: the same */
	} t[] = {
		{ "10.0.0.1", 1, NULL },
		{ "ip:10.0.0.1", 1, "10.0.0.1" },
		{ "fe80::1", 5, NULL },
		{ "2001:DB8::0", 5, "2001:db8::" },
		{ "host.example.org", 2, NULL },
		{ "*.example.org", 2, NULL },
		{ "host_1-a", 2, NULL },
		{ "fqdn:10.0.0.1", 2, NULL },
		{ "user@example.org", 3, NULL },
		{ "*@example.org", 3, NULL },
		{ "email:user@example.org", 3, "user@example.org" },
		{ "C=DE, O=x, CN=y", 9, NULL },
		{ "dn:CN=y", 9, "CN=y" },
		{ "C=DE,O=x,CN=y", 9, "C=DE, O=x, CN=y" },
		{ "C=DE, O=A\\, B, CN=*", 9, NULL },
		{ "CN=a + OU=b, O=c", 9, NULL },
		{ "2.5.4.3=y", 9, "CN=y" },
		{ "emailAddress=a@b, CN=x\\=y", 9, "emailAddress=a@b, CN=x=y" },
		{ "keyid:abc", 11, NULL },
		{ "keyid:0x00ff", 11, NULL },
		{ "10.0.0.300", 0, NULL },
		{ "10.0.0", 0, NULL },
		{ "fe80::1%eth0", 0, NULL },
		{ "::ffff:10.0.0.1", 0, NULL },
		{ "ip:host", 0, NULL },
		{ "", 0, NULL },
		{ "fqdn:", 0, NULL },
		{ "two words", 0, NULL },
		{ "@example.org", 0, NULL },
		{ "user@", 0, NULL },
		{ "email:user", 0, NULL },
		{ "dn:", 0, NULL },
		{ "CN=", 0, NULL },
		{ "CN=a,", 0, NULL },
		{ "CN=a,,CN=b", 0, NULL },
		{ "=a", 0, NULL },
		{ "NOPE=a", 0, NULL },
		{ "C=DEU", 0, NULL },
		{ "keyid:", 0, NULL },
		{ "keyid:0x", 0, NULL },
		{ "keyid:0xf", 0, NULL },
		{ "keyid:0xfg", 0, NULL },
	};
	char buf[IKE_ID_STRLEN];
	struct ipsec_err err;
	struct ike_id id;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int rc = ike_id_parse(&id, t[i].text, &err);

		if (!rc && t[i].type == id.type)
			is(ike_id_text(&id, buf, sizeof(buf)),
			   t[i].again ? t[i].again : t[i].text, "parse: '%s'",
			   t[i].text);
		else
			ok(!t[i].type && rc == -EINVAL && *err.text,
			   "parse: '%s' is refused", t[i].text);
	}
	ok(!ike_id_parse(&id, "any", &err) && !id.type, "parse: any");
}

/* What no line of a policy should do. */
static void test_parse_long(void)
{
	static char text[5000];
	struct ipsec_err err;
	struct ike_id id;
	unsigned int i;

	memset(text, 'a', sizeof(text) - 1);
	ok(ike_id_parse(&id, text, &err) == -EINVAL, "a name of 5000 bytes");
	memcpy(text, "CN=", 3);
	ok(ike_id_parse(&id, text, &err) == -EINVAL, "a CN of 5000 bytes");
	memcpy(text, "keyid:0x", 8);
	ok(ike_id_parse(&id, text, &err) == -EINVAL, "a key ID of 2500 bytes");
	for (i = 0; i + 5 < sizeof(text); i += 5)
		memcpy(text + i, "CN=a,", 5);
	text[i - 1] = '\0';
	ok(ike_id_parse(&id, text, &err) == -EINVAL, "a DN of 1000 names");
	memset(text, '=', sizeof(text) - 1);
	ok(ike_id_parse(&id, text, &err) == -EINVAL, "a DN of 5000 =");
}

static void test_match(void)
{
	static const struct {
		const char *pattern;
		const char *id;
		bool want;
	} t[] = {
		{ "any", "10.0.0.1", true },
		{ "any", "CN=x", true },
		{ "10.0.0.1", "10.0.0.1", true },
		{ "10.0.0.1", "10.0.0.2", false },
		{ "10.0.0.1", "fqdn:10.0.0.1", false },
		{ "host.example.org", "HOST.example.ORG", true },
		{ "host.example.org", "host.example.org.evil.org", false },
		{ "host.example.org", "xhost.example.org", false },
		{ "*.example.org", "host.example.org", true },
		{ "*.example.org", "HOST.EXAMPLE.org", true },
		{ "*.example.org", "a.b.example.org", false },
		{ "*.example.org", "example.org", false },
		{ "*.example.org", ".example.org", false },
		{ "*.example.org", "host.example.com", false },
		{ "*.example.org", "host.example.org.x", false },
		{ "*", "host", false },
		{ "*example.org", "hostexample.org", false },
		{ "host.*.org", "host.example.org", false },
		{ "*.example.org", "user@x.example.org", false },
		{ "user@example.org", "USER@example.org", true },
		{ "*@example.org", "user@example.org", true },
		{ "*@example.org", "user@x.example.org", false },
		{ "*@example.org", "email:a@b@example.org", false },
		{ "*@example.org", "example.org", false },
		{ "C=DE, O=x, CN=y", "C=DE, O=X, CN=Y", true },
		{ "C=DE, O=x, CN=y", "C=DE, O=x,   CN=y", true },
		{ "C=DE, O=x, CN=y", "O=x, C=DE, CN=y", false },
		{ "C=DE, O=x, CN=*", "C=DE, O=x, CN=anyone", true },
		{ "C=DE, O=x, CN=*", "C=DE, O=x", false },
		{ "C=DE, O=x, CN=*", "C=DE, O=x, CN=a, CN=b", false },
		{ "C=DE, O=x, CN=*", "C=DE, O=z, CN=a", false },
		{ "C=DE, O=x, CN=*", "C=DE, O=x, OU=a", false },
		{ "C=DE, O=x, CN=*", "C=DE, O=x + CN=a", false },
		{ "C=*, O=*, CN=*", "C=DE, O=x, CN=a", true },
		{ "O=*, CN=a", "O=b\\, CN\\=a, CN=a", true },
		{ "CN=x*", "CN=xyz", false },
		{ "keyid:abc", "keyid:abc", true },
		{ "keyid:abc", "keyid:ABC", false },
	};
	struct ike_id pattern, id;
	struct ipsec_err err;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (ike_id_parse(&pattern, t[i].pattern, &err) ||
		    ike_id_parse(&id, t[i].id, &err))
			ok(0, "%s", err.text);
		ok(ike_id_match(&pattern, &id) == t[i].want, "'%s' %s '%s'",
		   t[i].pattern, t[i].want ? "takes" : "does not take",
		   t[i].id);
		ok(ike_id_equal(&id, &id), "which is equal to itself");
	}
}

static void test_addr(void)
{
	struct ipsec_addr addr;
	struct ike_id id;
	char buf[IKE_ID_STRLEN];

	ipsec_addr_parse(&addr, "10.0.0.1");
	ike_id_addr(&id, &addr);
	is(ike_id_text(&id, buf, sizeof(buf)), "10.0.0.1",
	   "of an IPv4 address");
	ipsec_addr_parse(&addr, "fe80::1");
	ike_id_addr(&id, &addr);
	is(ike_id_text(&id, buf, sizeof(buf)), "fe80::1", "of an IPv6 address");
}

static void test_noise(void)
{
	static const uint8_t types[] = { IKE_ID_FQDN, IKE_ID_EMAIL, IKE_ID_DN,
					 IKE_ID_GN, IKE_ID_KEY_ID };
	uint8_t data[64];
	char buf[IKE_ID_STRLEN];
	struct ike_id id, pattern;
	struct ipsec_err err;
	unsigned int i, read = 0, clean = 0, j;

	ike_id_parse(&pattern, "C=DE, CN=*", &err);
	for (i = 0; i < 20000; i++) {
		uint8_t type = types[rnd(sizeof(types))];
		size_t len = rnd(sizeof(data));

		rnd_bytes(data, len);
		if (type == IKE_ID_DN && len >= sizeof(DER) - 1) {
			/* Near to a DN: some bytes of one are others. */
			len = sizeof(DER) - 1;
			memcpy(data, DER, len);
			data[rnd((uint32_t)len)] = (uint8_t)rnd(256);
		}
		if (read_id(&id, type, data, len))
			continue;
		read++;
		ike_id_match(&pattern, &id);
		ike_id_text(&id, buf, 1 + rnd(sizeof(buf) - 1));
		for (j = 0; buf[j] >= ' ' && buf[j] < 0x7f; j++)
			;
		clean += !buf[j];
	}
	ok(read > 1000 && clean == read,
	   "%u of %u identities of noise are printed clean", read, i);
}

int main(void)
{
	rnd_seed();
	test_read();
	test_length();
	test_cut();
	test_parse();
	test_parse_long();
	test_match();
	test_addr();
	test_noise();
	return tap_done();
}
