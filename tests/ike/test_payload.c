// SPDX-License-Identifier: GPL-2.0-or-later
/* Bodies of the small payloads: verification I-02, I-16, I-17, I-40, I-45. */
#include <errno.h>
#include <stdlib.h>

#include "ike/names.h"
#include "payload.h"
#include "rnd.h"
#include "tap.h"

/* The readers as functions of one form. */
static int read_ke(const struct ike_payload *p)
{
	struct ike_ke ke;

	return ikev2_ke_read(p, &ke);
}

static int read_notify2(const struct ike_payload *p)
{
	struct ike_notify n;

	return ikev2_notify_read(p, &n);
}

static int read_notify1(const struct ike_payload *p)
{
	struct ike_notify n;

	return ikev1_notify_read(p, &n);
}

static int read_delete2(const struct ike_payload *p)
{
	struct ike_delete d;

	return ikev2_delete_read(p, &d);
}

static int read_delete1(const struct ike_payload *p)
{
	struct ike_delete d;

	return ikev1_delete_read(p, &d);
}

static int read_auth(const struct ike_payload *p)
{
	struct ike_auth_body a;

	return ikev2_auth_read(p, &a);
}

static int read_cert(const struct ike_payload *p)
{
	struct ike_cert_body c;

	return ike_cert_read(p, &c);
}

static int read_skf(const struct ike_payload *p)
{
	struct ike_skf f;

	return ikev2_skf_read(p, &f);
}

static int read_fragment(const struct ike_payload *p)
{
	struct ikev1_fragment f;

	return ikev1_fragment_read(p, &f);
}

/* A body on the heap, exactly as long. */
static int try(int (*read)(const struct ike_payload *p), const void *data,
	       size_t len)
{
	uint8_t *body = malloc(len ? len : 1);
	struct ike_payload p = { .data = body, .len = len };
	int rc;

	memcpy(body, data, len);
	rc = read(&p);
	free(body);
	return rc;
}

#define B(text) text, sizeof(text) - 1
#define COOKIES "iiiiiiiirrrrrrrr"

static void test_table(void)
{
	static const struct {
		const char *what;
		int (*read)(const struct ike_payload *p);
		const char *body;
		size_t len;
		int want;
	} t[] = {
		{ "KE", read_ke, B("\0\x1f\0\0key"), 0 },
		{ "KE without a value", read_ke, B("\0\x1f\0\0"), 0 },
		{ "notify", read_notify2, B("\0\0\x40\0"), 0 },
		{ "notify with an SPI", read_notify2, B("\3\4\0\x0bspi!data"),
		  0 },
		{ "notify, the SPI is all there is", read_notify2,
		  B("\3\4\0\x0bspi!"), 0 },
		{ "notify, SPI beyond the end", read_notify2,
		  B("\3\5\0\x0bspi!"), -EBADMSG },
		{ "notify, SPI of 255", read_notify2, B("\3\xff\0\x0bspi!"),
		  -EBADMSG },
		{ "notify of an unknown protocol", read_notify2,
		  B("\xff\0\0\x0b"), 0 },
		{ "v1 notify", read_notify1, B("\0\0\0\1\1\x10\x60\2" COOKIES),
		  0 },
		{ "v1 notify, DOI 0", read_notify1, B("\0\0\0\0\1\0\x60\2"),
		  0 },
		{ "v1 notify, DOI 2", read_notify1, B("\0\0\0\2\1\0\x60\2"),
		  -EBADMSG },
		{ "v1 notify, SPI too long", read_notify1,
		  B("\0\0\0\1\1\x11\x60\2" COOKIES), -EBADMSG },
		{ "delete of the IKE SA", read_delete2, B("\1\0\0\0"), 0 },
		{ "delete of the IKE SA, with a count", read_delete2,
		  B("\1\0\xff\xff"), 0 },
		{ "delete of the IKE SA, with an SPI", read_delete2,
		  B("\1\x8\0\1iiiiiiii"), -EBADMSG },
		{ "delete of the IKE SA, and bytes", read_delete2,
		  B("\1\0\0\0x"), -EBADMSG },
		{ "delete of two", read_delete2, B("\3\4\0\2aaaabbbb"), 0 },
		{ "delete of none", read_delete2, B("\3\4\0\0"), 0 },
		{ "delete, count too high", read_delete2, B("\3\4\0\3aaaabbbb"),
		  -EBADMSG },
		{ "delete, count too low", read_delete2, B("\3\4\0\1aaaabbbb"),
		  -EBADMSG },
		{ "delete, count 65535", read_delete2, B("\3\4\xff\xff"),
		  -EBADMSG },
		{ "delete, SPI of 0", read_delete2, B("\3\0\0\2"), -EBADMSG },
		{ "delete, SPI of 8", read_delete2, B("\3\x8\0\1aaaabbbb"),
		  -EBADMSG },
		{ "delete of protocol 0", read_delete2, B("\0\4\0\1aaaa"),
		  -EBADMSG },
		{ "delete of protocol 4", read_delete2, B("\4\4\0\1aaaa"),
		  -EBADMSG },
		{ "v1 delete of ESP", read_delete1, B("\0\0\0\1\3\4\0\1aaaa"),
		  0 },
		{ "v1 delete of the IKE SA", read_delete1,
		  B("\0\0\0\1\1\x10\0\1" COOKIES), 0 },
		{ "v1 delete of the IKE SA without cookies", read_delete1,
		  B("\0\0\0\1\1\0\0\1"), -EBADMSG },
		{ "v1 delete, DOI 256", read_delete1, B("\0\0\1\0\3\4\0\1aaaa"),
		  -EBADMSG },
		{ "AUTH", read_auth, B("\2\0\0\0data"), 0 },
		{ "AUTH without data", read_auth, B("\2\0\0\0"), 0 },
		{ "CERT", read_cert, B("\4der"), 0 },
		{ "CERT without data", read_cert, B("\4"), 0 },
		{ "SKF", read_skf, B("\0\1\0\2data"), 0 },
		{ "SKF 0 of 2", read_skf, B("\0\0\0\2data"), -EBADMSG },
		{ "SKF 0 of 0", read_skf, B("\0\0\0\0data"), -EBADMSG },
		{ "SKF 1 of 0", read_skf, B("\0\1\0\0data"), -EBADMSG },
		{ "SKF 3 of 2", read_skf, B("\0\3\0\2data"), -EBADMSG },
		{ "SKF 65535 of 65535", read_skf, B("\xff\xff\xff\xff"), 0 },
		{ "v1 fragment", read_fragment, B("\0\1\1\1data"), 0 },
		{ "v1 fragment 0", read_fragment, B("\0\1\0\1data"), -EBADMSG },
		{ "v1 fragment without data", read_fragment, B("\0\1\1\1"),
		  -EBADMSG },
	};
	unsigned int i;
	size_t n;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		ok(try(t[i].read, t[i].body, t[i].len) == t[i].want, "%s",
		   t[i].what);
		/* Cut anywhere, for the sanitizer: nothing beyond is read. */
		for (n = 0; n < t[i].len; n++)
			try(t[i].read, t[i].body, n);
	}
}

static void test_empty(void)
{
	static int (*const readers[])(const struct ike_payload *p) = {
		read_ke,      read_notify2, read_notify1,
		read_delete2, read_delete1, read_auth,
		read_cert,    read_skf,	    read_fragment,
	};
	unsigned int i, refused = 0;

	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		refused += try(readers[i], "", 0) == -EBADMSG;
	ok(refused == i, "no payload has an empty body");
}

static struct ike_message m;
static uint8_t buf[IKE_MESSAGE_MAX];

/* Reads back what was built. */
static const struct ike_payload *finish(struct ike_builder *b)
{
	size_t len = ike_build_finish(b), rest;

	m.hdr.version = IKE_V2;
	m.payloads = 0;
	if (!len || ike_chain_parse(&m, ike_build_first(b), buf, len, &rest))
		return NULL;
	return m.payload;
}

static bool same(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	return a_len == b_len && !memcmp(a, b, b_len);
}

static bool round_notify(bool one, const uint8_t *data)
{
	uint8_t proto = (uint8_t)rnd(256);
	uint16_t type = (uint16_t)rnd(65536);
	size_t spi = rnd(256), len = rnd(1000);
	struct ike_builder b;
	struct ike_notify n;
	const struct ike_payload *p;

	ike_build_chain(&b, buf, sizeof(buf));
	(one ? ikev1_notify_write : ikev2_notify_write)(&b, proto, type, data,
							spi, data, len);
	p = finish(&b);
	return p && p->type == (one ? IKEV1_NOTIFY : IKEV2_NOTIFY) &&
	       !(one ? ikev1_notify_read : ikev2_notify_read)(p, &n) &&
	       n.proto == proto && n.type == type &&
	       same(n.spi, n.spi_len, data, spi) &&
	       same(n.data, n.len, data, len);
}

static bool round_delete(bool one, const uint8_t *data)
{
	bool ike = rnd(2);
	size_t spi_len = !ike ? 4 : one ? 16 : 0;
	unsigned int count = ike ? one : rnd(200);
	struct ike_builder b;
	struct ike_delete d;
	const struct ike_payload *p;

	ike_build_chain(&b, buf, sizeof(buf));
	(one ? ikev1_delete_write : ikev2_delete_write)(
		&b, ike ? IKE_PROTO_IKE : IKE_PROTO_ESP, spi_len, count, data);
	p = finish(&b);
	return p && p->type == (one ? IKEV1_DELETE : IKEV2_DELETE) &&
	       !(one ? ikev1_delete_read : ikev2_delete_read)(p, &d) &&
	       d.count == count && d.spi_len == spi_len &&
	       !memcmp(d.spis, data, count * spi_len);
}

static bool round_others(const uint8_t *data)
{
	size_t len = rnd(1000);
	uint16_t group = (uint16_t)rnd(65536);
	struct ike_builder b;
	struct ike_auth_body a;
	struct ike_cert_body c;
	struct ike_ke ke;
	const struct ike_payload *p;

	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_ke_write(&b, group, data, len);
	ikev2_auth_write(&b, (uint8_t)group, data, len);
	ike_cert_write(&b, IKEV2_CERTREQ, (uint8_t)group, data, len);
	p = finish(&b);
	return p && m.payloads == 3 && !ikev2_ke_read(p, &ke) &&
	       ke.group == group && same(ke.data, ke.len, data, len) &&
	       !ikev2_auth_read(p + 1, &a) && a.method == (uint8_t)group &&
	       same(a.data, a.len, data, len) && !ike_cert_read(p + 2, &c) &&
	       c.encoding == (uint8_t)group && same(c.data, c.len, data, len);
}

static void test_round(void)
{
	uint8_t data[1024];
	unsigned int i, good = 0;

	for (i = 0; i < 2000; i++) {
		rnd_bytes(data, sizeof(data));
		good += round_notify(i & 1, data) &&
			round_delete(i & 1, data) && round_others(data);
	}
	ok(good == i, "%u random sets of payloads are read as written", i);
}

static void test_write(void)
{
	static const uint8_t data[300];
	struct ike_builder b;

	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_notify_write(&b, 0, 1, data, 256, NULL, 0);
	ok(!ike_build_finish(&b), "an SPI of 256 bytes is not written");
	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_delete_write(&b, IKE_PROTO_IKE, 0, 65536, NULL);
	ok(!ike_build_finish(&b), "65536 SPIs are not written");
	ike_build_chain(&b, buf, 8);
	ikev2_notify_write(&b, 0, 1, NULL, 0, NULL, 0);
	ok(ike_build_finish(&b) == 8, "a notify that just fits");
}

static void test_names(void)
{
	is(ike_exchange_name(IKEV2_AUTH), "IKE_AUTH", "name of an exchange");
	is(ike_exchange_name(243), "unknown", "an exchange without a name");
	is(ike_payload_name(IKEV2_TSI), "TSi", "name of a payload");
	is(ike_notify_name(2, 14), "NO_PROPOSAL_CHOSEN", "name of a notify");
	is(ike_notify_name(1, 14), "NO-PROPOSAL-CHOSEN",
	   "name of a notify of version 1");
	is(ike_notify_name(2, 16384), "INITIAL_CONTACT",
	   "the first status has its own name");
	is(ike_protocol_name(IKE_PROTO_ESP), "ESP", "name of a protocol");
}

int main(void)
{
	rnd_seed();
	test_table();
	test_empty();
	test_round();
	test_write();
	test_names();
	return tap_done();
}
