// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sieve: nothing that was added is held back, and little else gets through.
 */
#include <linux/slab.h>

#include <kunit/test.h>

#include "seed.h"
#include "sieve.h"

static void sieve_run(struct kunit *test, struct rnd_state *rnd, unsigned int words,
		      unsigned int per_word, unsigned int percent)
{
	unsigned int n = words * per_word, i, lost = 0, through = 0;
	struct ipd_sieve *sieve = ipd_sieve_alloc(words);
	u32 *hashes = kunit_kcalloc(test, n, sizeof(*hashes), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sieve);
	KUNIT_ASSERT_NOT_NULL(test, hashes);
	for (i = 0; i < n; i++)
		through += ipd_sieve_has(sieve, prandom_u32_state(rnd));
	KUNIT_EXPECT_EQ(test, through, 0);
	for (i = 0; i < n; i++) {
		hashes[i] = prandom_u32_state(rnd);
		ipd_sieve_add(sieve, hashes[i]);
	}
	for (i = 0; i < n; i++)
		lost += !ipd_sieve_has(sieve, hashes[i]);
	KUNIT_EXPECT_EQ(test, lost, 0);
	for (i = 0; i < 100000; i++)
		through += ipd_sieve_has(sieve, prandom_u32_state(rnd));
	KUNIT_EXPECT_LT(test, through, 1000 * percent);
	kvfree(sieve);
}

static void sieve_sizes(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int words;

	ipd_test_seed(test, &rnd);
	for (words = 64; words <= 4096; words *= 2) {
		sieve_run(test, &rnd, words, 4, 4);
		sieve_run(test, &rnd, words, 8, 8);
	}
}

static struct kunit_case sieve_cases[] = {
	KUNIT_CASE(sieve_sizes),
	{}
};

static struct kunit_suite sieve_suite = {
	.name = "ipsecdrv_sieve",
	.test_cases = sieve_cases,
};

kunit_test_suite(sieve_suite);
