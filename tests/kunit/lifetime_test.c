// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits against a model in 128-bit arithmetic that knows neither order nor overflow.
 */
#include <linux/ipsecdrv.h>
#include <linux/math64.h>

#include <kunit/test.h>

#include "lifetime.h"
#include "seed.h"

/* Small numbers meet often, large ones overflow. */
static u64 random_number(struct rnd_state *rnd)
{
	switch (ipd_test_below(rnd, 6)) {
	case 0:
		return 0;
	case 1:
		return U64_MAX - ipd_test_below(rnd, 3);
	case 2:
		return ipd_test_u64(rnd);
	default:
		return ipd_test_below(rnd, 5);
	}
}

static struct ipd_limits random_limits(struct rnd_state *rnd)
{
	return (struct ipd_limits){
		.soft_seconds = random_number(rnd), .hard_seconds = random_number(rnd),
		.soft_bytes = random_number(rnd), .hard_bytes = random_number(rnd),
		.soft_packets = random_number(rnd), .hard_packets = random_number(rnd),
		.idle_seconds = random_number(rnd),
	};
}

/* Bits of the reasons for which a limit has been reached. */
static unsigned int reasons(u64 seconds, u64 bytes, u64 packets, u32 idle,
			    const struct ipd_usage *usage)
{
	unsigned int set = 0;

	if (seconds && (u128)usage->age + 1 > seconds)
		set |= 1 << IPSECDRV_EXPIRE_REASON_TIME;
	if (bytes && (u128)usage->bytes + 1 > bytes)
		set |= 1 << IPSECDRV_EXPIRE_REASON_BYTES;
	if (packets && (u128)usage->packets + 1 > packets)
		set |= 1 << IPSECDRV_EXPIRE_REASON_PACKETS;
	if (idle && (u128)usage->idle + 1 > idle)
		set |= 1 << IPSECDRV_EXPIRE_REASON_IDLE;
	return set;
}

static void lifetime_hit(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i, wrong = 0;

	ipd_test_seed(test, &rnd);
	for (i = 0; i < 1000000; i++) {
		struct ipd_limits l = random_limits(&rnd);
		struct ipd_usage usage = {
			.bytes = random_number(&rnd), .packets = random_number(&rnd),
			.age = random_number(&rnd), .idle = random_number(&rnd),
		};
		unsigned int hard = reasons(l.hard_seconds, l.hard_bytes, l.hard_packets,
					    l.idle_seconds, &usage);
		unsigned int soft = reasons(l.soft_seconds, l.soft_bytes, l.soft_packets, 0,
					    &usage);
		u8 reason = 31;

		switch (ipd_limits_hit(&l, &usage, &reason)) {
		case IPD_LIMIT_HARD:
			wrong += !(hard & 1U << reason);
			break;
		case IPD_LIMIT_SOFT:
			wrong += hard || !(soft & 1U << reason);
			break;
		case IPD_LIMIT_NONE:
			wrong += hard || soft || reason != 31;
			break;
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void sooner(u128 *next, u64 limit, u64 used)
{
	u128 left = (u128)limit > used ? (u128)limit - used : 0;

	if (limit && left < *next)
		*next = left;
}

static void lifetime_next(struct kunit *test)
{
	const u128 never = (u128)1 << 64;
	struct rnd_state rnd;
	unsigned int i, wrong = 0;

	ipd_test_seed(test, &rnd);
	for (i = 0; i < 1000000; i++) {
		struct ipd_limits l = random_limits(&rnd);
		bool soft_done = ipd_test_below(&rnd, 2);
		u64 age = random_number(&rnd), seconds = 42;
		u32 idle = random_number(&rnd);
		u128 next = never;

		if (!soft_done)
			sooner(&next, l.soft_seconds, age);
		sooner(&next, l.hard_seconds, age);
		sooner(&next, l.idle_seconds, idle);
		if (ipd_limits_next(&l, age, idle, soft_done, &seconds))
			wrong += seconds != next;
		else
			wrong += next != never || seconds != 42;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/* When the clock gets to what next said, and not before, a limit has been reached. */
static void lifetime_agree(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i, wrong = 0;
	u64 seconds;
	u8 reason;

	ipd_test_seed(test, &rnd);
	for (i = 0; i < 100000; i++) {
		struct ipd_limits l = {
			.soft_seconds = ipd_test_below(&rnd, 1000),
			.hard_seconds = ipd_test_below(&rnd, 1000),
			.idle_seconds = ipd_test_below(&rnd, 1000),
		};
		struct ipd_usage usage = {
			.age = ipd_test_below(&rnd, 1000), .idle = ipd_test_below(&rnd, 1000),
		};

		if (!ipd_limits_next(&l, usage.age, usage.idle, false, &seconds)) {
			wrong += ipd_limits_hit(&l, &usage, &reason) != IPD_LIMIT_NONE;
			continue;
		}
		wrong += !seconds != (ipd_limits_hit(&l, &usage, &reason) != IPD_LIMIT_NONE);
		usage.age += seconds;
		usage.idle += seconds;
		wrong += ipd_limits_hit(&l, &usage, &reason) == IPD_LIMIT_NONE;
		if (!seconds)
			continue;
		usage.age--;
		usage.idle--;
		wrong += ipd_limits_hit(&l, &usage, &reason) != IPD_LIMIT_NONE;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void lifetime_check(struct kunit *test)
{
	static const struct {
		struct ipd_limits limits;
		const char *why;
	} table[] = {
		{ { } },
		{ { .soft_seconds = 5 } },
		{ { .hard_seconds = 5 } },
		{ { .soft_seconds = 5, .hard_seconds = 5 } },
		{ { .soft_seconds = 4, .hard_seconds = 5, .idle_seconds = 9 } },
		{ { .soft_seconds = 6, .hard_seconds = 5 }, "soft-seconds is above hard-seconds" },
		{ { .soft_bytes = U64_MAX, .hard_bytes = 1 }, "soft-bytes is above hard-bytes" },
		{ { .soft_packets = 2, .hard_packets = 1 }, "soft-packets is above hard-packets" },
		{ { .soft_packets = 2, .hard_bytes = 1 } },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		const char *why = ipd_limits_check(&table[i].limits);

		if (table[i].why && why)
			KUNIT_EXPECT_STREQ(test, why, table[i].why);
		else
			KUNIT_EXPECT_PTR_EQ_MSG(test, why, table[i].why, "row %u", i);
	}
}

/* Sequence numbers: the soft limit leaves time for a rekey, the last is never reached twice. */
static void lifetime_seq(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, IPD_SEQ_MAX, 0xffffffffULL);
	KUNIT_EXPECT_LT(test, IPD_SEQ_SOFT, IPD_SEQ_MAX);
	KUNIT_EXPECT_LT(test, IPD_SEQ_SOFT_ESN, IPD_SEQ_MAX_ESN);
	KUNIT_EXPECT_LT(test, IPD_SEQ_MAX_ESN, U64_MAX);
}

static struct kunit_case lifetime_cases[] = {
	KUNIT_CASE(lifetime_check),
	KUNIT_CASE(lifetime_hit),
	KUNIT_CASE(lifetime_next),
	KUNIT_CASE(lifetime_agree),
	KUNIT_CASE(lifetime_seq),
	{}
};

static struct kunit_suite lifetime_suite = {
	.name = "ipsecdrv_lifetime",
	.test_cases = lifetime_cases,
};

kunit_test_suite(lifetime_suite);
