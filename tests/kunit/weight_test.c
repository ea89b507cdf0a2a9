// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weights bit by bit as weight.h has them, and the order they make.
 */
#include <linux/in.h>
#include <linux/ipsecdrv.h>
#include <linux/limits.h>
#include <linux/socket.h>
#include <linux/string.h>

#include <kunit/test.h>

#include "naive.h"
#include "seed.h"
#include "weight.h"

#define V4(a, b, c, d) { .s6_addr = { a, b, c, d } }
#define PORTS_ANY .sport_last = 65535, .dport_last = 65535

struct row {
	const char *what;
	struct ipd_selector sel;
	bool exempt;
	bool mirror;
	u32 addrs;
	u32 proto;
	u32 ports;
	u32 iface;
};

static const struct row rows[] = {
	{ "any", { .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255),
		   .family = AF_INET, PORTS_ANY }, false, false, 0, 0, 0, 0 },
	{ "mirror", { .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255),
		      .family = AF_INET, PORTS_ANY }, false, true, 0, 0, 0, 0 },
	{ "exempt", { .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255),
		      .family = AF_INET, PORTS_ANY }, true, false, 0, 0, 0, 0 },
	{ "hosts", { .src = V4(10, 0, 0, 1), .src_last = V4(10, 0, 0, 1),
		     .dst = V4(10, 0, 0, 2), .dst_last = V4(10, 0, 0, 2),
		     .family = AF_INET, PORTS_ANY }, false, false, 64, 0, 0, 0 },
	{ "IPv6 hosts", { .family = AF_INET6, PORTS_ANY }, false, false, 256, 0, 0, 0 },
	{ "three addresses need the room of four",
	  { .src = V4(10, 0, 0, 1), .src_last = V4(10, 0, 0, 3),
	    .dst_last = V4(255, 255, 255, 255), .family = AF_INET, PORTS_ANY },
	  false, false, 30, 0, 0, 0 },
	{ "254 addresses need the room of 256",
	  { .src = V4(10, 0, 0, 1), .src_last = V4(10, 0, 0, 254),
	    .dst_last = V4(255, 255, 255, 255), .family = AF_INET, PORTS_ANY },
	  false, false, 24, 0, 0, 0 },
	{ "two addresses across a border",
	  { .src = V4(10, 0, 0, 255), .src_last = V4(10, 0, 1, 0),
	    .dst_last = V4(255, 255, 255, 255), .family = AF_INET, PORTS_ANY },
	  false, false, 31, 0, 0, 0 },
	{ "protocol", { .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255),
			.family = AF_INET, .proto = IPPROTO_TCP, PORTS_ANY },
	  false, false, 0, 1, 0, 0 },
	{ "one port", { .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255),
			.family = AF_INET, .proto = IPPROTO_TCP, .sport_last = 65535,
			.dport = 80, .dport_last = 80 }, false, false, 0, 1, 16, 0 },
	{ "port 0", { .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255),
		      .family = AF_INET, .proto = IPPROTO_TCP, .sport_last = 65535 },
	  false, false, 0, 1, 16, 0 },
	{ "two ports", { .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255),
			 .family = AF_INET, .proto = IPPROTO_TCP, .sport = 9, .sport_last = 9,
			 .dport = 80, .dport_last = 80 }, false, false, 0, 1, 32, 0 },
	{ "high ports", { .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255),
			  .family = AF_INET, .proto = IPPROTO_TCP, .sport = 1024,
			  .sport_last = 65535, .dport_last = 65535 }, false, false, 0, 1, 0, 0 },
	{ "type and code", { .src_last = V4(255, 255, 255, 255),
			     .dst_last = V4(255, 255, 255, 255), .family = AF_INET,
			     .proto = IPPROTO_ICMP, .sport = 8, .sport_last = 8 },
	  false, false, 0, 1, 32, 0 },
	{ "class", { .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255),
		     .family = AF_INET, .iface_class = IPSECDRV_IFACE_CLASS_LAN, PORTS_ANY },
	  false, false, 0, 0, 0, 1 },
	{ "device", { .src_last = V4(255, 255, 255, 255), .dst_last = V4(255, 255, 255, 255),
		      .family = AF_INET, .ifname = "eth0", PORTS_ANY }, false, false, 0, 0, 0, 2 },
	{ "device and class", { .src_last = V4(255, 255, 255, 255),
				.dst_last = V4(255, 255, 255, 255), .family = AF_INET,
				.iface_class = IPSECDRV_IFACE_CLASS_LAN, .ifname = "eth0",
				PORTS_ANY }, false, false, 0, 0, 0, 2 },
};

static void weight_table(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		u32 want = (u32)r->exempt << 31 | r->addrs << 22 | r->proto << 21 |
			   r->ports << 15 | r->iface << 13 | (u32)!r->mirror << 12;

		KUNIT_EXPECT_EQ_MSG(test, ipd_weight(&r->sel, r->exempt, r->mirror), want,
				    "%s", r->what);
	}
}

static void weight_rank(struct kunit *test)
{
	/* Weight, then block, negotiate, permit, then who came first. */
	KUNIT_EXPECT_GT(test, ipd_rank(2, IPSECDRV_ACTION_PERMIT, 9),
			ipd_rank(1, IPSECDRV_ACTION_BLOCK, 0));
	KUNIT_EXPECT_GT(test, ipd_rank(1, IPSECDRV_ACTION_BLOCK, 9),
			ipd_rank(1, IPSECDRV_ACTION_NEGOTIATE, 0));
	KUNIT_EXPECT_GT(test, ipd_rank(1, IPSECDRV_ACTION_NEGOTIATE, 9),
			ipd_rank(1, IPSECDRV_ACTION_PERMIT, 0));
	KUNIT_EXPECT_GT(test, ipd_rank(1, IPSECDRV_ACTION_BLOCK, 0),
			ipd_rank(1, IPSECDRV_ACTION_BLOCK, 1));
	KUNIT_EXPECT_GT(test, ipd_rank(1, IPSECDRV_ACTION_BLOCK, (1U << 30) - 1),
			ipd_rank(1, IPSECDRV_ACTION_NEGOTIATE, 0));
	KUNIT_EXPECT_GT(test, ipd_rank(1, IPSECDRV_ACTION_BLOCK, U32_MAX),
			ipd_rank(1, IPSECDRV_ACTION_NEGOTIATE, 0));
	KUNIT_EXPECT_GT(test, ipd_rank(IPD_WEIGHT_EXEMPT, IPSECDRV_ACTION_PERMIT, U32_MAX),
			ipd_rank(IPD_WEIGHT_EXEMPT - 1, IPSECDRV_ACTION_BLOCK, 0));
}

/* What lies in another selector never weighs less, and the mirror image weighs the same
 * but for its bit.
 */
static void weight_specific(struct kunit *test)
{
	unsigned int i, wrong = 0, inside = 0;
	struct rnd_state rnd;

	ipd_test_seed(test, &rnd);
	for (i = 0; i < 200000; i++) {
		struct ipd_selector a, b, swapped;

		naive_random_selector(&rnd, &a);
		naive_random_selector(&rnd, &b);
		a.ifname[0] = '\0';
		b.ifname[0] = '\0';
		a.iface_class = IPSECDRV_IFACE_CLASS_ANY;
		b.iface_class = IPSECDRV_IFACE_CLASS_ANY;
		ipd_selector_swap(&swapped, &a);
		if (ipd_weight(&a, false, false) != (ipd_weight(&swapped, false, true) | 1U << 12))
			wrong++;
		if (!ipd_selector_within(&a, &b))
			continue;
		inside++;
		if (ipd_weight(&a, false, false) < ipd_weight(&b, false, false))
			wrong++;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_GT(test, inside, 1000);
}

static struct kunit_case weight_cases[] = {
	KUNIT_CASE(weight_table),
	KUNIT_CASE(weight_rank),
	KUNIT_CASE(weight_specific),
	{}
};

static struct kunit_suite weight_suite = {
	.name = "ipsecdrv_weight",
	.test_cases = weight_cases,
};

kunit_test_suite(weight_suite);
