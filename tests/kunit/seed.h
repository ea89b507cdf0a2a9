/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef IPD_TEST_SEED_H
#define IPD_TEST_SEED_H

#include <linux/prandom.h>

struct kunit;

/* Seeds @rnd and prints with what. */
void ipd_test_seed(struct kunit *test, struct rnd_state *rnd);

static inline u64 ipd_test_u64(struct rnd_state *rnd)
{
	return (u64)prandom_u32_state(rnd) << 32 | prandom_u32_state(rnd);
}

/* 0 to @n - 1 */
static inline u32 ipd_test_below(struct rnd_state *rnd, u32 n)
{
	return prandom_u32_state(rnd) % n;
}

#endif /* IPD_TEST_SEED_H */
