// SPDX-License-Identifier: GPL-2.0-or-later
/* Traffic selectors of both versions: verification I-12 and I-13. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "rnd.h"
#include "tap.h"
#include "ts.h"

static int read2(const void *data, size_t len, struct ike_ts_list *list)
{
	uint8_t *body = malloc(len ? len : 1);
	struct ike_payload p = { .data = body, .len = len };
	int rc;

	memcpy(body, data, len);
	rc = ikev2_ts_read(&p, list);
	free(body);
	return rc;
}

static int read1(const void *data, size_t len, struct ike_ts *ts)
{
	uint8_t *body = malloc(len ? len : 1);
	struct ike_payload p = { .data = body, .len = len };
	int rc;

	memcpy(body, data, len);
	rc = ikev1_ts_read(&p, ts);
	free(body);
	return rc;
}

#define B(text) text, sizeof(text) - 1
#define TEN "\x0a\0\0\0\x0a\0\0\xff"
#define NET "\7\0\0\x10\0\0\xff\xff" TEN
#define V6 "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1"

static void test_read2(void)
{
	static const struct {
		const char *what;
		const char *body;
		size_t len;
		int want;
		unsigned int count;
	} t[] = {
		{ "one", B("\1\0\0\0" NET), 0, 1 },
		{ "IPv6", B("\1\0\0\0\x08\6\0\x28\1\xbb\1\xbb" V6 V6), 0, 1 },
		{ "both families",
		  B("\2\0\0\0" NET "\x08\0\0\x28\0\0\xff\xff" V6 V6), 0, 2 },
		{ "count 0", B("\0\0\0\0"), -EBADMSG, 0 },
		{ "count 0 and one", B("\0\0\0\0" NET), -EBADMSG, 0 },
		{ "count 2 and one", B("\2\0\0\0" NET), -EBADMSG, 0 },
		{ "count 1 and two", B("\1\0\0\0" NET NET), -EBADMSG, 0 },
		{ "count 255 and one", B("\xff\0\0\0" NET), -EBADMSG, 0 },
		{ "length 0", B("\1\0\0\0\7\0\0\0\0\0\xff\xff" TEN), -EBADMSG,
		  0 },
		{ "length 7", B("\1\0\0\0\7\0\0\7\0\0\xff\xff" TEN), -EBADMSG,
		  0 },
		{ "length 8", B("\1\0\0\0\7\0\0\x8\0\0\xff\xff"), -EBADMSG, 0 },
		{ "length 15",
		  B("\1\0\0\0\7\0\0\x0f\0\0\xff\xff\x0a\0\0\0\x0a\0\0"),
		  -EBADMSG, 0 },
		{ "length 17", B("\1\0\0\0\7\0\0\x11\0\0\xff\xff" TEN "x"),
		  -EBADMSG, 0 },
		{ "length beyond", B("\1\0\0\0\7\0\0\x12\0\0\xff\xff" TEN),
		  -EBADMSG, 0 },
		{ "IPv4 of IPv6's length",
		  B("\1\0\0\0\7\0\0\x28\0\0\xff\xff" V6 V6), -EBADMSG, 0 },
		{ "IPv6 of IPv4's length",
		  B("\1\0\0\0\x08\0\0\x10\0\0\xff\xff" TEN), -EBADMSG, 0 },
		{ "unknown type", B("\1\0\0\0\x09\0\0\x0cxxxxxxxx"), 0, 0 },
		{ "unknown type of 8 bytes", B("\1\0\0\0\x09\0\0\x08xxxx"), 0,
		  0 },
		{ "unknown type of 7 bytes", B("\1\0\0\0\x09\0\0\7xxx"),
		  -EBADMSG, 0 },
		{ "unknown type beside", B("\2\0\0\0\x09\0\0\x0cxxxxxxxx" NET),
		  0, 1 },
		{ "addresses reversed",
		  B("\1\0\0\0\7\0\0\x10\0\0\xff\xff\x0a\0\0\2\x0a\0\0\1"),
		  -EBADMSG, 0 },
		{ "ports reversed", B("\1\0\0\0\7\6\0\x10\0\2\0\1" TEN),
		  -EBADMSG, 0 },
		{ "OPAQUE ports", B("\1\0\0\0\7\6\0\x10\xff\xff\0\0" TEN), 0,
		  1 },
		{ "almost OPAQUE ports",
		  B("\1\0\0\0\7\6\0\x10\xff\xff\0\1" TEN), -EBADMSG, 0 },
	};
	struct ike_ts_list list;
	unsigned int i;
	size_t n, cut;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int rc = read2(t[i].body, t[i].len, &list);

		ok(rc == t[i].want && (rc || list.count == t[i].count),
		   "selectors: %s", t[i].what);
		for (n = cut = 0; n < t[i].len; n++)
			cut += read2(t[i].body, n, &list) == -EBADMSG;
		if (!rc && cut != n)
			ok(0, "selectors: %s: cut", t[i].what);
	}
	ok(read2("", 0, &list) == -EBADMSG, "selectors: an empty payload");
}

static void test_many(void)
{
	static uint8_t body[4 + 255 * 16];
	struct ike_ts_list list;
	unsigned int i;

	body[0] = 255;
	for (i = 0; i < 255; i++)
		memcpy(body + 4 + 16 * i, NET, 16);
	ok(!read2(body, sizeof(body), &list) && list.count == IKE_TS_MAX,
	   "of 255 selectors %d are looked at", IKE_TS_MAX);
	body[4 + 16 * 200 + 3] = 15;
	ok(read2(body, sizeof(body), &list) == -EBADMSG,
	   "but all have to be well formed");
}

static struct ike_ts ts(uint8_t proto, unsigned int a, unsigned int b,
			const char *net)
{
	struct ike_ts ts = { .proto = proto,
			     .port = { (uint16_t)a, (uint16_t)b } };
	struct ipsec_selector sel = { 0 };
	struct ike_ts local, remote;

	if (ipsec_net_parse(&sel.src, net))
		ok(0, "%s", net);
	ike_ts_from_selector(&sel, AF_INET, &local, &remote);
	memcpy(ts.addr, local.addr, sizeof(ts.addr));
	return ts;
}

static const char *text(const struct ike_ts *a)
{
	static char buf[IKE_TS_STRLEN];

	return ike_ts_text(a, buf, sizeof(buf));
}

static void test_text(void)
{
	static const struct {
		uint8_t proto;
		unsigned int a, b;
		const char *net;
		const char *want;
	} t[] = {
		{ 0, 0, 65535, "10.0.0.0/24", "10.0.0.0/24" },
		{ 0, 0, 65535, "any", "0.0.0.0/0" },
		{ 6, 443, 443, "10.0.0.1", "10.0.0.1 tcp 443" },
		{ 17, 80, 90, "10.0.0.1-10.0.0.9",
		  "10.0.0.1-10.0.0.9 udp 80-90" },
		{ 6, 65535, 0, "10.0.0.1", "10.0.0.1 tcp opaque" },
		{ 1, 0x0800, 0x08ff, "10.0.0.1", "10.0.0.1 icmp 8" },
		{ 1, 0x0304, 0x0304, "10.0.0.1", "10.0.0.1 icmp 3/4" },
		{ 1, 0x0300, 0x05ff, "10.0.0.1", "10.0.0.1 icmp 3/0-5/255" },
		{ 200, 0, 65535, "fe80::/10", "fe80::/10 proto 200" },
		{ 0, 7, 7, "::1", "::1 port 7" },
		{ 0, 0, 65535, "0.0.0.0-255.255.255.254",
		  "0.0.0.0-255.255.255.254" },
		{ 0, 0, 65535, "10.0.0.1-10.0.0.2", "10.0.0.1-10.0.0.2" },
		{ 0, 0, 65535, "10.0.0.2-10.0.0.3", "10.0.0.2/31" },
		{ 0, 0, 65535, "255.255.255.255", "255.255.255.255" },
	};
	struct ike_ts a;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		a = ts(t[i].proto, t[i].a, t[i].b, t[i].net);
		is(text(&a), t[i].want, "text: %s", t[i].want);
	}
}

static void test_intersect(void)
{
	static const struct {
		struct {
			uint8_t proto;
			unsigned int a, b;
			const char *net;
		} x, y;
		const char *want; /* NULL: nothing */
	} t[] = {
		{ { 0, 0, 65535, "10.0.0.0/24" },
		  { 6, 80, 80, "10.0.0.7" },
		  "10.0.0.7 tcp 80" },
		{ { 6, 0, 100, "10.0.0.0/24" },
		  { 6, 80, 65535, "10.0.0.128-10.0.1.5" },
		  "10.0.0.128/25 tcp 80-100" },
		{ { 6, 0, 65535, "10.0.0.0/24" },
		  { 17, 0, 65535, "10.0.0.0/24" },
		  NULL },
		{ { 6, 0, 79, "10.0.0.0/24" },
		  { 6, 80, 80, "10.0.0.0/24" },
		  NULL },
		{ { 0, 0, 65535, "10.0.0.0/24" },
		  { 0, 0, 65535, "10.0.1.0/24" },
		  NULL },
		{ { 0, 0, 65535, "any" }, { 0, 0, 65535, "::/0" }, NULL },
		{ { 6, 65535, 0, "any" },
		  { 6, 0, 65535, "any" },
		  "0.0.0.0/0 tcp opaque" },
		{ { 6, 65535, 0, "any" },
		  { 6, 65535, 0, "any" },
		  "0.0.0.0/0 tcp opaque" },
		{ { 6, 65535, 0, "any" }, { 6, 80, 80, "any" }, NULL },
		{ { 6, 65535, 0, "any" }, { 6, 0, 65534, "any" }, NULL },
	};
	struct ike_ts x, y, out, back;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		bool any, other;

		x = ts(t[i].x.proto, t[i].x.a, t[i].x.b, t[i].x.net);
		y = ts(t[i].y.proto, t[i].y.a, t[i].y.b, t[i].y.net);
		any = ike_ts_intersect(&x, &y, &out);
		other = ike_ts_intersect(&y, &x, &back);
		if (!t[i].want) {
			ok(!any && !other, "nothing in common %u", i);
			continue;
		}
		is(any ? text(&out) : "nothing", t[i].want, "in common: %s",
		   t[i].want);
		ok(other && ike_ts_equal(&out, &back) &&
			   ike_ts_contains(&x, &out) &&
			   ike_ts_contains(&y, &out),
		   "both ways, and inside of both");
	}
	x = ts(6, 0, 65535, "10.0.0.0/24");
	y = ts(0, 0, 65535, "10.0.0.0/24");
	ok(!ike_ts_contains(&x, &y) && ike_ts_contains(&y, &x) &&
		   !ike_ts_equal(&x, &y),
	   "one contains the other, not the other way");
}

static void num(struct ipsec_num *n, uint64_t v)
{
	*n = (struct ipsec_num){ v, true };
}

static void test_selector(void)
{
	struct ipsec_selector sel = { 0 }, back;
	struct ike_ts local, remote;
	char buf[IPSEC_SELECTOR_STRLEN], again[IPSEC_SELECTOR_STRLEN];

	ike_ts_from_selector(&sel, AF_INET, &local, &remote);
	is(text(&local), "0.0.0.0/0", "any of IPv4");
	ike_ts_from_selector(&sel, AF_INET6, &local, &remote);
	is(text(&remote), "::/0", "any of IPv6");
	ok(!ike_ts_to_selector(&local, &remote, &back) &&
		   back.family.v == AF_INET6 && !back.src.first.len &&
		   !back.proto.set,
	   "and back");
	ike_ts_from_selector(&back, AF_INET, &local, &remote);
	is(text(&local), "::/0", "the selector's own family comes first");

	ipsec_net_parse(&sel.src, "10.0.0.0/24");
	ipsec_net_parse(&sel.dst, "10.1.0.5");
	num(&sel.proto, IPPROTO_TCP);
	num(&sel.dport[0], 443);
	num(&sel.sport[0], 1024);
	num(&sel.sport[1], 65535);
	ike_ts_from_selector(&sel, AF_INET, &local, &remote);
	is(text(&local), "10.0.0.0/24 tcp 1024-65535", "the local side");
	is(text(&remote), "10.1.0.5 tcp 443", "the remote side");
	ok(!ike_ts_to_selector(&local, &remote, &back), "and back");
	is(ipsec_selector_text(&back, again, sizeof(again)),
	   ipsec_selector_text(&sel, buf, sizeof(buf)), "the same");

	memset(&sel, 0, sizeof(sel));
	num(&sel.proto, IPPROTO_ICMP);
	num(&sel.icmp_type[0], 3);
	num(&sel.icmp_code[0], 1);
	num(&sel.icmp_code[1], 4);
	ike_ts_from_selector(&sel, AF_INET, &local, &remote);
	is(text(&local), "0.0.0.0/0 icmp 3/1-3/4", "codes of ICMP");
	ok(!ike_ts_to_selector(&local, &remote, &back) &&
		   back.icmp_type[0].v == 3 && back.icmp_type[1].v == 3 &&
		   back.icmp_code[0].v == 1 && back.icmp_code[1].v == 4,
	   "and back");
	remote.port[0] = 0;
	remote.port[1] = 65535;
	ok(!ike_ts_to_selector(&local, &remote, &back) &&
		   back.icmp_type[0].v == 3,
	   "on the local side only");
	ok(!ike_ts_to_selector(&remote, &local, &back) &&
		   back.icmp_type[0].v == 3,
	   "on the remote side only");
	local.port[0] = 0x0300;
	local.port[1] = 0x05ff;
	ok(!ike_ts_to_selector(&local, &remote, &back) &&
		   back.icmp_type[1].v == 5 && !back.icmp_code[0].set,
	   "several types");
}

static void test_impossible(void)
{
	static const struct {
		const char *what;
		uint8_t proto;
		unsigned int a, b;
		const char *net;
		uint8_t proto2;
		unsigned int a2, b2;
		const char *net2;
		int want;
	} t[] = {
		{ "two protocols", 6, 0, 65535, "any", 17, 0, 65535, "any",
		  -EINVAL },
		{ "a protocol on one side", 6, 1, 1, "any", 0, 0, 65535, "any",
		  0 },
		{ "a protocol on the other", 0, 0, 65535, "any", 6, 1, 1, "any",
		  0 },
		{ "two families", 6, 0, 65535, "10.0.0.1", 6, 0, 65535, "::1",
		  -EINVAL },
		{ "OPAQUE", 6, 65535, 0, "any", 6, 0, 65535, "any", -EINVAL },
		{ "OPAQUE ICMP", 1, 65535, 0, "any", 1, 0, 65535, "any",
		  -EINVAL },
		{ "ports without a protocol", 0, 1, 1, "any", 0, 0, 65535,
		  "any", -EINVAL },
		{ "ports of GRE", 47, 1, 1, "any", 47, 0, 65535, "any",
		  -EINVAL },
		{ "codes of two types", 1, 0x0301, 0x0501, "any", 1, 0, 65535,
		  "any", -EINVAL },
		{ "two sides of ICMP", 1, 0x0301, 0x0301, "any", 1, 0x0302,
		  0x0302, "any", -EINVAL },
	};
	struct ipsec_selector sel;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct ike_ts a = ts(t[i].proto, t[i].a, t[i].b, t[i].net);
		struct ike_ts b = ts(t[i].proto2, t[i].a2, t[i].b2, t[i].net2);

		ok(ike_ts_to_selector(&a, &b, &sel) == t[i].want,
		   "for the driver: %s", t[i].what);
	}
}

static void test_read1(void)
{
	static const struct {
		const char *what;
		const char *body;
		size_t len;
		int want;
		const char *text;
	} t[] = {
		{ "an address", B("\1\0\0\0\x0a\0\0\1"), 0, "10.0.0.1" },
		{ "L2TP", B("\1\x11\6\xa5\x0a\0\0\1"), 0, "10.0.0.1 udp 1701" },
		{ "a subnet", B("\4\0\0\0\x0a\0\0\0\xff\xff\xff\0"), 0,
		  "10.0.0.0/24" },
		{ "a subnet with host bits",
		  B("\4\0\0\0\x0a\0\0\7\xff\xff\xff\0"), 0, "10.0.0.0/24" },
		{ "a subnet of all", B("\4\0\0\0\0\0\0\0\0\0\0\0"), 0,
		  "0.0.0.0/0" },
		{ "a subnet of one", B("\4\0\0\0\x0a\0\0\1\xff\xff\xff\xff"), 0,
		  "10.0.0.1" },
		{ "a mask with a hole", B("\4\0\0\0\x0a\0\0\0\xff\0\xff\0"),
		  -EBADMSG, NULL },
		{ "a mask with a small hole",
		  B("\4\0\0\0\x0a\0\0\0\xff\xff\xfd\0"), -EBADMSG, NULL },
		{ "a mask of low bits", B("\4\0\0\0\x0a\0\0\0\0\0\0\xff"),
		  -EBADMSG, NULL },
		{ "a mask of 20 bits", B("\4\0\0\0\x0a\0\0\0\xff\xff\xf0\0"), 0,
		  "10.0.0.0/20" },
		{ "a range", B("\7\0\0\0\x0a\0\0\1\x0a\0\0\5"), 0,
		  "10.0.0.1-10.0.0.5" },
		{ "a reversed range", B("\7\0\0\0\x0a\0\0\5\x0a\0\0\1"),
		  -EBADMSG, NULL },
		{ "IPv6", B("\5\x3a\0\0" V6), 0, "fe80::1 icmpv6" },
		{ "a subnet of IPv6",
		  B("\6\0\0\0" V6 "\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), 0,
		  "fe80::/16" },
		{ "a range of IPv6", B("\x08\0\0\0" V6 V6), 0, "fe80::1" },
		{ "an address too short", B("\1\0\0\0\x0a\0\0"), -EBADMSG,
		  NULL },
		{ "an address too long", B("\1\0\0\0\x0a\0\0\1\1"), -EBADMSG,
		  NULL },
		{ "a port without a protocol", B("\1\0\0\1\x0a\0\0\1"),
		  -EBADMSG, NULL },
		{ "a name", B("\2\0\0\0host"), -EOPNOTSUPP, NULL },
		{ "a DN", B("\x09\0\0\0\x30\0"), -EOPNOTSUPP, NULL },
		{ "type 0", B("\0\0\0\0\x0a\0\0\1"), -EOPNOTSUPP, NULL },
		{ "type 255", B("\xff\0\0\0\x0a\0\0\1"), -EOPNOTSUPP, NULL },
		{ "nothing", B(""), -EBADMSG, NULL },
	};
	struct ike_ts a;
	unsigned int i;
	size_t n;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int rc = read1(t[i].body, t[i].len, &a);

		ok(rc == t[i].want, "identity: %s", t[i].what);
		if (!rc && t[i].text)
			is(text(&a), t[i].text, "identity: %s: the selector",
			   t[i].what);
		for (n = 0; t[i].text && n < t[i].len; n++)
			if (read1(t[i].body, n, &a) != -EBADMSG)
				ok(0, "identity: %s: cut", t[i].what);
	}
}

static void random_ts(struct ike_ts *a)
{
	size_t len = rnd(2) ? 4 : 16;
	struct ipsec_addr swap;

	memset(a, 0, sizeof(*a));
	a->proto = (uint8_t)rnd(256);
	a->port[0] = (uint16_t)rnd(65536);
	a->port[1] = (uint16_t)(a->port[0] + rnd(65536U - a->port[0]));
	a->addr[0].len = a->addr[1].len = (uint8_t)len;
	rnd_bytes(a->addr[0].b, len);
	a->addr[1] = a->addr[0];
	rnd_bytes(a->addr[1].b + rnd((uint32_t)len), 1);
	if (memcmp(a->addr[0].b, a->addr[1].b, len) > 0) {
		swap = a->addr[0];
		a->addr[0] = a->addr[1];
		a->addr[1] = swap;
	}
}

static uint8_t buf[4096];
static struct ike_message m;

static const struct ike_payload *reread(struct ike_builder *b)
{
	size_t len = ike_build_finish(b), rest;

	m.hdr.version = IKE_V2;
	m.payloads = 0;
	if (!len || ike_chain_parse(&m, ike_build_first(b), buf, len, &rest))
		return NULL;
	return m.payload;
}

static bool round2(void)
{
	struct ike_ts_list list, again;
	struct ike_builder b;
	const struct ike_payload *p;
	unsigned int i;

	list.count = 1 + rnd(IKE_TS_MAX);
	for (i = 0; i < list.count; i++)
		random_ts(&list.ts[i]);
	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_ts_write(&b, IKEV2_TSR, &list);
	p = reread(&b);
	if (!p || p->type != IKEV2_TSR || read2(p->data, p->len, &again) ||
	    again.count != list.count)
		return false;
	for (i = 0; i < list.count; i++)
		if (!ike_ts_equal(&list.ts[i], &again.ts[i]))
			return false;
	return true;
}

static bool round1(void)
{
	struct ike_builder b;
	struct ike_ts a, again;
	const struct ike_payload *p;

	random_ts(&a);
	a.port[0] = a.proto ? (uint16_t)rnd(3) : 0;
	a.port[1] = a.port[0] ? a.port[0] : 65535;
	ike_build_chain(&b, buf, sizeof(buf));
	ikev1_ts_write(&b, &a);
	p = reread(&b);
	return p && p->type == IKEV1_ID && !read1(p->data, p->len, &again) &&
	       ike_ts_equal(&a, &again);
}

static bool round_net(void)
{
	struct ipsec_selector sel;
	struct ike_ts a, b, local, remote;

	random_ts(&a);
	b = a;
	a.proto = b.proto = rnd(2) ? IPPROTO_TCP : IPPROTO_ICMP;
	a.port[0] = b.port[0] = 0x0300;
	a.port[1] = b.port[1] = 0x03ff;
	if (ike_ts_to_selector(&a, &b, &sel))
		return false;
	ike_ts_from_selector(&sel, AF_INET, &local, &remote);
	return ike_ts_equal(&local, &a) && ike_ts_equal(&remote, &b);
}

static void test_random(void)
{
	unsigned int i, good = 0;

	for (i = 0; i < 3000; i++)
		good += round2() && round1() && round_net();
	ok(good == i, "%u random selectors are read as written", i);
}

static void test_write1(void)
{
	static const unsigned int ports[][3] = {
		{ 0, 65535, 1 }, { 1, 1, 1 }, { 65535, 65535, 1 },
		{ 0, 0, 0 },	 { 1, 2, 0 }, { 65535, 0, 0 },
	};
	struct ike_builder b;
	struct ike_ts a;
	unsigned int i;

	for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		a = ts(6, ports[i][0], ports[i][1], "10.0.0.1");
		ike_build_chain(&b, buf, sizeof(buf));
		ikev1_ts_write(&b, &a);
		ok(!!ike_build_finish(&b) == !!ports[i][2],
		   "version 1 %s ports %u to %u",
		   ports[i][2] ? "says" : "cannot say", ports[i][0],
		   ports[i][1]);
	}
}

int main(void)
{
	rnd_seed();
	test_read2();
	test_many();
	test_text();
	test_intersect();
	test_selector();
	test_impossible();
	test_read1();
	test_random();
	test_write1();
	return tap_done();
}
