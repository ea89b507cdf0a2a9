// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selectors as sets: what the functions say against what packets do.
 */
#include <linux/in.h>
#include <linux/ipsecdrv.h>
#include <linux/limits.h>
#include <linux/socket.h>

#include <kunit/test.h>

#include "naive.h"
#include "seed.h"

static void selector_match(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i, n = 0;

	ipd_test_seed(test, &rnd);
	for (i = 0; i < 500000; i++) {
		const struct ipd_iface *iface = ipd_test_below(&rnd, 8) ?
						naive_random_iface(&rnd) : NULL;
		struct ipd_selector sel;
		struct ipd_key key;

		naive_random_selector(&rnd, &sel);
		naive_random_key(&rnd, &key);
		key.family = sel.family;
		if (ipd_selector_match(&sel, &key, iface) != naive_match(&sel, &key, iface))
			n++;
		if ((ipd_selector_match_addrs(&sel, &key) &&
		     ipd_selector_match_iface(&sel, iface)) !=
		    naive_match_addrs(&sel, &key, iface))
			n++;
	}
	KUNIT_EXPECT_EQ(test, n, 0);
}

struct match_row {
	const char *what;
	struct ipd_selector sel;
	struct ipd_key key;
	bool match;
};

#define V4(a, b, c, d) { .s6_addr = { a, b, c, d } }
#define ANY4 .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255), \
	.family = AF_INET

static const struct match_row match_rows[] = {
	{ "any to any", { ANY4, .sport_last = 65535, .dport_last = 65535 },
	  { .family = AF_INET, .proto = IPPROTO_TCP, .dport = 80 }, true },
	{ "the other family", { ANY4, .sport_last = 65535, .dport_last = 65535 },
	  { .family = AF_INET6, .proto = IPPROTO_TCP, .dport = 80 }, false },
	{ "proto 0 is any", { ANY4, .sport_last = 65535, .dport_last = 65535 },
	  { .family = AF_INET, .proto = 0 }, true },
	{ "a protocol that has no name",
	  { ANY4, .proto = 253, .sport_last = 65535, .dport_last = 65535 },
	  { .family = AF_INET, .proto = 253 }, true },
	{ "fragment, no ports asked for",
	  { ANY4, .proto = IPPROTO_TCP, .sport_last = 65535, .dport_last = 65535 },
	  { .family = AF_INET, .proto = IPPROTO_TCP, .flags = IPD_KEY_NO_PORTS }, true },
	{ "fragment, port 0 asked for",
	  { ANY4, .proto = IPPROTO_TCP, .sport_last = 65535 },
	  { .family = AF_INET, .proto = IPPROTO_TCP, .flags = IPD_KEY_NO_PORTS }, false },
	{ "echo", { ANY4, .proto = IPPROTO_ICMP, .sport = 8, .sport_last = 8, .dport_last = 65535 },
	  { .family = AF_INET, .proto = IPPROTO_ICMP, .sport = 8 }, true },
	{ "not echo",
	  { ANY4, .proto = IPPROTO_ICMP, .sport = 8, .sport_last = 8, .dport_last = 65535 },
	  { .family = AF_INET, .proto = IPPROTO_ICMP, .sport = 0 }, false },
	{ "type and code", { ANY4, .proto = IPPROTO_ICMP, .sport = 3, .sport_last = 3, .dport = 4,
			     .dport_last = 4 },
	  { .family = AF_INET, .proto = IPPROTO_ICMP, .sport = 3, .dport = 4 }, true },
	{ "another code", { ANY4, .proto = IPPROTO_ICMP, .sport = 3, .sport_last = 3, .dport = 4,
			    .dport_last = 4 },
	  { .family = AF_INET, .proto = IPPROTO_ICMP, .sport = 3, .dport = 1 }, false },
	{ "first of a range", { .src = V4(10, 0, 0, 3), .src_last = V4(10, 0, 0, 9),
				.dst_last = V4(255, 255, 255, 255), .family = AF_INET,
				.sport_last = 65535, .dport_last = 65535 },
	  { .src = V4(10, 0, 0, 3), .family = AF_INET }, true },
	{ "last of a range", { .src = V4(10, 0, 0, 3), .src_last = V4(10, 0, 0, 9),
			       .dst_last = V4(255, 255, 255, 255), .family = AF_INET,
			       .sport_last = 65535, .dport_last = 65535 },
	  { .src = V4(10, 0, 0, 9), .family = AF_INET }, true },
	{ "below a range", { .src = V4(10, 0, 0, 3), .src_last = V4(10, 0, 0, 9),
			     .dst_last = V4(255, 255, 255, 255), .family = AF_INET,
			     .sport_last = 65535, .dport_last = 65535 },
	  { .src = V4(10, 0, 0, 2), .family = AF_INET }, false },
	{ "above a range", { .src = V4(10, 0, 0, 3), .src_last = V4(10, 0, 0, 9),
			     .dst_last = V4(255, 255, 255, 255), .family = AF_INET,
			     .sport_last = 65535, .dport_last = 65535 },
	  { .src = V4(10, 0, 0, 10), .family = AF_INET }, false },
};

static void selector_table(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(match_rows); i++) {
		const struct match_row *row = &match_rows[i];

		KUNIT_EXPECT_EQ_MSG(test, ipd_selector_match(&row->sel, &row->key, NULL),
				    row->match, "%s", row->what);
	}
}

/* What is within matches no packet that the outer one does not, and is no heavier lost. */
static void selector_within(struct kunit *test)
{
	unsigned int i, j, inside = 0, wrong = 0;
	struct rnd_state rnd;

	ipd_test_seed(test, &rnd);
	for (i = 0; i < 200000; i++) {
		struct ipd_selector a, b;

		naive_random_selector(&rnd, &a);
		naive_random_selector(&rnd, &b);
		b.family = a.family;
		a.ifname[0] = '\0';
		b.ifname[0] = '\0';
		a.iface_class = IPSECDRV_IFACE_CLASS_ANY;
		b.iface_class = IPSECDRV_IFACE_CLASS_ANY;
		if (ipd_selector_equal(&a, &b) !=
		    (ipd_selector_within(&a, &b) && ipd_selector_within(&b, &a)))
			wrong++;
		if (!ipd_selector_within(&a, &b))
			continue;
		inside++;
		for (j = 0; j < 20; j++) {
			struct ipd_key key;

			naive_random_key(&rnd, &key);
			key.family = a.family;
			if (naive_match(&a, &key, NULL) && !naive_match(&b, &key, NULL))
				wrong++;
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_GT(test, inside, 1000);
}

static void key_swap(struct ipd_key *to, const struct ipd_key *from)
{
	*to = *from;
	to->src = from->dst;
	to->dst = from->src;
	if (from->proto == IPPROTO_ICMP || from->proto == IPPROTO_ICMPV6)
		return;
	to->sport = from->dport;
	to->dport = from->sport;
}

/* The mirror image matches the packets on their way back, and is its own inverse. */
static void selector_swap(struct kunit *test)
{
	unsigned int i, wrong = 0, matched = 0;
	struct rnd_state rnd;

	ipd_test_seed(test, &rnd);
	for (i = 0; i < 200000; i++) {
		const struct ipd_iface *iface = naive_random_iface(&rnd);
		struct ipd_selector sel, mirror, back;
		struct ipd_key key, reply;

		naive_random_selector(&rnd, &sel);
		naive_random_key(&rnd, &key);
		/* The driver refuses ports without a protocol that has them. */
		if (!sel.proto || sel.proto == IPPROTO_GRE) {
			sel.sport = 0;
			sel.dport = 0;
			sel.sport_last = U16_MAX;
			sel.dport_last = U16_MAX;
		}
		ipd_selector_swap(&mirror, &sel);
		ipd_selector_swap(&back, &mirror);
		if (memcmp(&back, &sel, sizeof(sel)))
			wrong++;
		key_swap(&reply, &key);
		matched += naive_match(&sel, &key, iface);
		if (naive_match(&sel, &key, iface) != naive_match(&mirror, &reply, iface))
			wrong++;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_GT(test, matched, 100);
}

/* A narrowed selector holds its packet, lies in the filter's and is what was asked for. */
static void selector_narrow(struct kunit *test)
{
	unsigned int i, wrong = 0, matched = 0;
	struct rnd_state rnd;

	ipd_test_seed(test, &rnd);
	for (i = 0; i < 500000; i++) {
		const struct ipd_iface *iface = naive_random_iface(&rnd);
		u8 narrow = ipd_test_below(&rnd, 3);
		struct ipd_selector sel, to;
		struct ipd_key key;

		naive_random_selector(&rnd, &sel);
		naive_random_key(&rnd, &key);
		if (!naive_match(&sel, &key, iface))
			continue;
		matched++;
		ipd_selector_narrow(&to, &sel, &key, narrow);
		if (!naive_match(&to, &key, iface) || !ipd_selector_within(&to, &sel))
			wrong++;
		if (narrow == IPSECDRV_NARROW_FILTER && !ipd_selector_equal(&to, &sel))
			wrong++;
		if (narrow != IPSECDRV_NARROW_FILTER &&
		    (ipd_addr_cmp(&to.src, &to.src_last) || ipd_addr_cmp(&to.dst, &to.dst_last)))
			wrong++;
		if (narrow == IPSECDRV_NARROW_FLOW && to.proto != key.proto)
			wrong++;
		if (narrow == IPSECDRV_NARROW_FLOW && !(key.flags & IPD_KEY_NO_PORTS) &&
		    key.proto == IPPROTO_TCP &&
		    (to.sport != key.sport || to.dport_last != key.dport))
			wrong++;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_GT(test, matched, 1000);
}

static void selector_prefix(struct kunit *test)
{
	struct in6_addr addr = V4(10, 1, 2, 3), first, last;
	struct in6_addr low = V4(10, 1, 0, 0), high = V4(10, 1, 3, 255);

	ipd_selector_prefix(&first, &last, AF_INET, &addr, 22);
	KUNIT_EXPECT_EQ(test, ipd_addr_cmp(&first, &low), 0);
	KUNIT_EXPECT_EQ(test, ipd_addr_cmp(&last, &high), 0);
	ipd_selector_prefix(&first, &last, AF_INET, &addr, 32);
	KUNIT_EXPECT_EQ(test, ipd_addr_cmp(&first, &addr), 0);
	KUNIT_EXPECT_EQ(test, ipd_addr_cmp(&last, &addr), 0);
	ipd_selector_prefix(&first, &last, AF_INET, &addr, 0);
	memset(&low, 0, sizeof(low));
	memset(&high, 0, sizeof(high));
	memset(&high, 0xff, 4);
	KUNIT_EXPECT_EQ(test, ipd_addr_cmp(&first, &low), 0);
	KUNIT_EXPECT_EQ(test, ipd_addr_cmp(&last, &high), 0);
	memset(&addr, 0xab, sizeof(addr));
	ipd_selector_prefix(&first, &last, AF_INET6, &addr, 65);
	KUNIT_EXPECT_EQ(test, first.s6_addr[7], 0xab);
	KUNIT_EXPECT_EQ(test, first.s6_addr[8], 0x80);
	KUNIT_EXPECT_EQ(test, first.s6_addr[9], 0);
	KUNIT_EXPECT_EQ(test, last.s6_addr[8], 0xff);
	KUNIT_EXPECT_EQ(test, last.s6_addr[15], 0xff);
	ipd_selector_prefix(&first, &last, AF_INET6, &addr, 128);
	KUNIT_EXPECT_EQ(test, ipd_addr_cmp(&first, &last), 0);
}

static struct kunit_case selector_cases[] = {
	KUNIT_CASE(selector_table),
	KUNIT_CASE(selector_match),
	KUNIT_CASE(selector_within),
	KUNIT_CASE(selector_swap),
	KUNIT_CASE(selector_narrow),
	KUNIT_CASE(selector_prefix),
	{}
};

static struct kunit_suite selector_suite = {
	.name = "ipsecdrv_selector",
	.test_cases = selector_cases,
};

kunit_test_suite(selector_suite);
