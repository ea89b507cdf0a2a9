// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boot mode: exemptions, read and matched, and the table of what may answer.
 */
#include <linux/socket.h>

#include <kunit/test.h>

#include "answers.h"
#include "boot_exempt.h"
#include "selector.h"

#define OUT	IPSECDRV_DIR_OUT
#define IN	IPSECDRV_DIR_IN

/* Ours is host 1. */
static struct ipd_key key(u8 family, u8 dir, u8 proto, u32 peer, u16 sport, u16 dport)
{
	struct ipd_key key = {
		.family = family, .dir = dir, .proto = proto, .sport = sport, .dport = dport,
	};
	struct in6_addr *them = dir == OUT ? &key.dst : &key.src;
	struct in6_addr *us = dir == OUT ? &key.src : &key.dst;

	us->s6_addr32[0] = htonl(1);
	them->s6_addr32[family == AF_INET ? 0 : 3] = htonl(peer);
	return key;
}

static const struct {
	const char *text;
	const char *wrong;	/* a word of what is said, NULL if it is good */
	struct ipd_boot_exempt exempt;
} texts[] = {
	{ "UDP:0:68:inbound", NULL, { 0, 68, IPPROTO_UDP, IN } },
	{ "tcp:1:65535:OUTBOUND", NULL, { 1, 65535, IPPROTO_TCP, OUT } },
	{ "ICMP:0:0:inbound", NULL, { 0, 0, IPPROTO_ICMP, IN } },
	{ "ICMPv6:0:0:inbound", NULL, { 0, 0, IPPROTO_ICMPV6, IN } },
	{ "RAW:0:0:outbound", NULL, { 0, 0, 0, OUT } },
	{ "132:80:0:inbound", NULL, { 80, 0, IPPROTO_SCTP, IN } },
	{ "255:0:0:inbound", NULL, { 0, 0, 255, IN } },
	{ "", "write PROTOCOL" },
	{ "UDP", "write PROTOCOL" },
	{ "UDP:0:68", "write PROTOCOL" },
	{ "UDP:0:68:inbound:", "write PROTOCOL" },
	{ "UDP:0:68:inbound:1", "write PROTOCOL" },
	{ ":0:68:inbound", "protocol" },
	{ "256:0:0:inbound", "protocol" },
	{ "-1:0:0:inbound", "protocol" },
	{ "UDPX:0:0:inbound", "protocol" },
	{ "UDP::68:inbound", "ports are" },
	{ "UDP:0:65536:inbound", "ports are" },
	{ "UDP:0:-1:inbound", "ports are" },
	{ "UDP:0x10:0:inbound", "ports are" },
	{ "UDP:0:68:", "direction" },
	{ "UDP:0:68:both", "direction" },
	{ "ICMP:8:0:inbound", "ports need" },
	{ "RAW:0:80:inbound", "ports need" },
	{ "50:1:0:inbound", "ports need" },
	{ "UDP:000000000000000000000000000000000000000:0:inbound", "too long" },
};

static void boot_parse(struct kunit *test)
{
	struct ipd_boot_exempt got;
	const char *wrong;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		memset(&got, 0, sizeof(got));
		wrong = ipd_boot_exempt_parse(&got, texts[i].text);
		if (!texts[i].wrong) {
			KUNIT_EXPECT_NULL_MSG(test, wrong, "%s: %s", texts[i].text, wrong);
			KUNIT_EXPECT_TRUE_MSG(test, !memcmp(&got, &texts[i].exempt, sizeof(got)),
					      "%s", texts[i].text);
			continue;
		}
		KUNIT_ASSERT_NOT_NULL_MSG(test, wrong, "%s", texts[i].text);
		KUNIT_EXPECT_TRUE_MSG(test, !!strstr(wrong, texts[i].wrong), "%s: %s",
				      texts[i].text, wrong);
	}
}

static const struct {
	bool passes;
	u8 family, dir, proto;
	u16 sport, dport;
	u8 flags;
} packets[] = {
	/* By the list of boot_match(). */
	{ true, AF_INET, IN, IPPROTO_TCP, 9, 22 },
	{ true, AF_INET6, IN, IPPROTO_TCP, 9, 22 },
	{ false, AF_INET, OUT, IPPROTO_TCP, 9, 22 },
	{ false, AF_INET, IN, IPPROTO_UDP, 9, 22 },
	{ false, AF_INET, IN, IPPROTO_TCP, 22, 9 },
	{ false, AF_INET, IN, IPPROTO_TCP, 9, 22, IPD_KEY_NO_PORTS },
	{ true, AF_INET, OUT, IPPROTO_UDP, 7, 8 },
	{ false, AF_INET, OUT, IPPROTO_UDP, 7, 9 },
	{ false, AF_INET, OUT, IPPROTO_UDP, 6, 8 },
	{ true, AF_INET, OUT, IPPROTO_ICMP, 8, 0 },
	{ true, AF_INET, OUT, IPPROTO_ICMP, 0, 0, IPD_KEY_NO_PORTS },
	{ false, AF_INET, IN, IPPROTO_ICMP, 8, 0 },
	{ false, AF_INET6, OUT, IPPROTO_ICMPV6, 128, 0 },
	{ true, AF_INET, IN, IPPROTO_UDP, 9, 68, IPD_KEY_GROUP },
	/* Always. */
	{ true, AF_INET, OUT, IPPROTO_UDP, 68, 67, IPD_KEY_GROUP },
	{ true, AF_INET, IN, IPPROTO_UDP, 67, 68 },
	{ true, AF_INET, OUT, IPPROTO_UDP, 67, 68 },
	{ true, AF_INET, IN, IPPROTO_UDP, 68, 67 },
	{ false, AF_INET, IN, IPPROTO_UDP, 67, 69 },
	{ false, AF_INET6, IN, IPPROTO_UDP, 68, 67 },
	{ true, AF_INET6, OUT, IPPROTO_UDP, 546, 547 },
	{ true, AF_INET6, IN, IPPROTO_UDP, 547, 546 },
	{ false, AF_INET, IN, IPPROTO_UDP, 547, 546 },
	{ true, AF_INET6, IN, IPPROTO_ICMPV6, 133, 0 },
	{ true, AF_INET6, OUT, IPPROTO_ICMPV6, 137, 0 },
	{ false, AF_INET6, IN, IPPROTO_ICMPV6, 132, 0 },
	{ false, AF_INET6, IN, IPPROTO_ICMPV6, 138, 0 },
	{ false, AF_INET6, IN, IPPROTO_ICMPV6, 135, 0, IPD_KEY_NO_PORTS },
	{ false, AF_INET, IN, IPPROTO_ICMPV6, 135, 0 },
};

static void boot_match(struct kunit *test)
{
	struct ipd_boot_list list = {
		.n = 4,
		.exempt = {
			{ 0, 22, IPPROTO_TCP, IN },
			{ 7, 8, IPPROTO_UDP, OUT },
			{ 0, 0, IPPROTO_ICMP, OUT },
			{ 0, 68, IPPROTO_UDP, IN },
		},
	};
	unsigned int i, listed = 14;
	struct ipd_key k;

	for (i = 0; i < ARRAY_SIZE(packets); i++) {
		k = key(packets[i].family, packets[i].dir, packets[i].proto, 2,
			packets[i].sport, packets[i].dport);
		k.flags = packets[i].flags;
		KUNIT_EXPECT_EQ_MSG(test, ipd_boot_exempt_match(&list, &k), packets[i].passes,
				    "packet %u", i);
		KUNIT_EXPECT_EQ_MSG(test, ipd_boot_exempt_match(NULL, &k),
				    i >= listed && packets[i].passes, "packet %u, no list", i);
	}
	list.n = 1;
	list.exempt[0] = (struct ipd_boot_exempt){ .dir = IN };
	k = key(AF_INET, IN, IPPROTO_GRE, 2, 0, 0);
	KUNIT_EXPECT_TRUE(test, ipd_boot_exempt_match(&list, &k));
	k.dir = OUT;
	KUNIT_EXPECT_FALSE(test, ipd_boot_exempt_match(&list, &k));
}

static struct ipd_answers *answers_of(struct kunit *test)
{
	struct ipd_answers *answers = ipd_answers_create();

	KUNIT_ASSERT_NOT_NULL(test, answers);
	return answers;
}

/* After an outbound packet: is the inbound one an answer? */
static const struct {
	bool answer;
	u8 family;
	struct {
		u8 proto;
		u16 sport, dport;
		u8 flags;
	} sent, got;
	u32 peer;	/* of what was got; 2 was sent to */
} answers_table[] = {
	{ true, AF_INET, { IPPROTO_TCP, 5, 6 }, { IPPROTO_TCP, 6, 5 }, 2 },
	{ true, AF_INET6, { IPPROTO_UDP, 5, 6 }, { IPPROTO_UDP, 6, 5 }, 2 },
	{ false, AF_INET, { IPPROTO_TCP, 5, 6 }, { IPPROTO_TCP, 6, 5 }, 3 },
	{ false, AF_INET, { IPPROTO_TCP, 5, 6 }, { IPPROTO_TCP, 5, 6 }, 2 },
	{ false, AF_INET, { IPPROTO_TCP, 5, 6 }, { IPPROTO_TCP, 7, 5 }, 2 },
	{ false, AF_INET, { IPPROTO_TCP, 5, 6 }, { IPPROTO_TCP, 6, 7 }, 2 },
	{ false, AF_INET, { IPPROTO_TCP, 5, 6 }, { IPPROTO_UDP, 6, 5 }, 2 },
	{ false, AF_INET, { IPPROTO_TCP, 5, 6 }, { IPPROTO_TCP, 6, 5, IPD_KEY_NO_PORTS }, 2 },
	{ false, AF_INET, { IPPROTO_TCP, 0, 0, IPD_KEY_NO_PORTS }, { IPPROTO_TCP, 0, 0 }, 2 },
	{ false, AF_INET, { IPPROTO_UDP, 5, 6, IPD_KEY_GROUP }, { IPPROTO_UDP, 6, 5 }, 2 },
	{ false, AF_INET, { IPPROTO_UDP, 5, 6 }, { IPPROTO_UDP, 6, 5, IPD_KEY_GROUP }, 2 },
	{ true, AF_INET, { IPPROTO_GRE, 0, 0 }, { IPPROTO_GRE, 0, 0 }, 2 },
	{ true, AF_INET, { IPPROTO_ICMP, 8, 0 }, { IPPROTO_ICMP, 0, 0 }, 2 },
	{ false, AF_INET, { IPPROTO_ICMP, 8, 0 }, { IPPROTO_ICMP, 8, 0 }, 2 },
	{ false, AF_INET, { IPPROTO_ICMP, 0, 0 }, { IPPROTO_ICMP, 0, 0 }, 2 },
	{ false, AF_INET, { IPPROTO_ICMP, 0, 0 }, { IPPROTO_ICMP, 8, 0 }, 2 },
	{ true, AF_INET, { IPPROTO_ICMP, 13, 0 }, { IPPROTO_ICMP, 14, 0 }, 2 },
	{ false, AF_INET, { IPPROTO_ICMP, 8, 0 }, { IPPROTO_ICMP, 14, 0 }, 2 },
	{ true, AF_INET6, { IPPROTO_ICMPV6, 128, 0 }, { IPPROTO_ICMPV6, 129, 0 }, 2 },
	{ false, AF_INET6, { IPPROTO_ICMPV6, 129, 0 }, { IPPROTO_ICMPV6, 128, 0 }, 2 },
	{ false, AF_INET6, { IPPROTO_ICMPV6, 8, 0 }, { IPPROTO_ICMPV6, 0, 0 }, 2 },
};

static void boot_answers(struct kunit *test)
{
	struct ipd_answers *answers = answers_of(test);
	struct ipd_key sent, got;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(answers_table); i++) {
		sent = key(answers_table[i].family, OUT, answers_table[i].sent.proto, 2,
			   answers_table[i].sent.sport, answers_table[i].sent.dport);
		sent.flags = answers_table[i].sent.flags;
		got = key(answers_table[i].family, IN, answers_table[i].got.proto,
			  answers_table[i].peer, answers_table[i].got.sport,
			  answers_table[i].got.dport);
		got.flags = answers_table[i].got.flags;
		KUNIT_EXPECT_FALSE_MSG(test, ipd_answers_find(answers, &got, 1), "case %u", i);
		KUNIT_EXPECT_FALSE(test, ipd_answers_note(answers, &sent, 1));
		KUNIT_EXPECT_EQ_MSG(test, ipd_answers_find(answers, &got, 1),
				    answers_table[i].answer, "case %u", i);
		ipd_answers_clear(answers);
	}
	ipd_answers_free(answers);
}

static void boot_ageing(struct kunit *test)
{
	struct ipd_key tcp = key(AF_INET, OUT, IPPROTO_TCP, 2, 5, 6);
	struct ipd_key udp = key(AF_INET, OUT, IPPROTO_UDP, 2, 5, 6);
	struct ipd_answers *answers = answers_of(test);

	ipd_answers_note(answers, &tcp, 100);
	ipd_answers_note(answers, &udp, 100);
	KUNIT_EXPECT_TRUE(test, ipd_answers_find(answers, &udp, 99 + IPD_ANSWERS_OTHER));
	KUNIT_EXPECT_FALSE(test, ipd_answers_find(answers, &udp, 100 + IPD_ANSWERS_OTHER));
	KUNIT_EXPECT_TRUE(test, ipd_answers_find(answers, &tcp, 99 + IPD_ANSWERS_TCP));
	KUNIT_EXPECT_FALSE(test, ipd_answers_find(answers, &tcp, 100 + IPD_ANSWERS_TCP));
	/* Each packet makes it live on. */
	ipd_answers_note(answers, &udp, 200);
	KUNIT_EXPECT_TRUE(test, ipd_answers_find(answers, &udp, 199 + IPD_ANSWERS_OTHER));
	KUNIT_EXPECT_FALSE(test, ipd_answers_find(answers, &udp, 200 + IPD_ANSWERS_OTHER));
	ipd_answers_clear(answers);
	KUNIT_EXPECT_FALSE(test, ipd_answers_find(answers, &tcp, 100));
	ipd_answers_free(answers);
}

/* Of far more flows than there is room for the last stay, and each eviction is told. */
static void boot_flood(struct kunit *test)
{
	const u32 room = IPD_ANSWERS_WAYS * IPD_ANSWERS_SETS, n = 4 * room;
	struct ipd_answers *answers = answers_of(test);
	u32 i, evicted = 0, found = 0;
	struct ipd_key k;

	for (i = 0; i < n; i++) {
		k = key(AF_INET6, OUT, IPPROTO_UDP, i, 1, 2);
		evicted += ipd_answers_note(answers, &k, 1 + i / 100);
		KUNIT_ASSERT_TRUE(test, ipd_answers_find(answers, &k, 1 + i / 100));
	}
	for (i = 0; i < n; i++) {
		k = key(AF_INET6, IN, IPPROTO_UDP, i, 2, 1);
		found += ipd_answers_find(answers, &k, 1 + n / 100);
	}
	KUNIT_EXPECT_EQ(test, found, n - evicted);
	KUNIT_EXPECT_LE(test, found, room);
	KUNIT_EXPECT_GT(test, found, room * 9 / 10);
	/* What has aged makes room, and is no eviction. */
	k = key(AF_INET6, OUT, IPPROTO_UDP, n, 1, 2);
	KUNIT_EXPECT_FALSE(test, ipd_answers_note(answers, &k, n + IPD_ANSWERS_OTHER));
	ipd_answers_free(answers);
}

static struct kunit_case boot_cases[] = {
	KUNIT_CASE(boot_parse),
	KUNIT_CASE(boot_match),
	KUNIT_CASE(boot_answers),
	KUNIT_CASE(boot_ageing),
	KUNIT_CASE(boot_flood),
	{}
};

static struct kunit_suite boot_suite = {
	.name = "ipsecdrv_boot",
	.test_cases = boot_cases,
};

kunit_test_suite(boot_suite);
