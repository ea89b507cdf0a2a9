// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the suites of this module share: a licence, and a seed that a failure can be
 * repeated with (insmod ipsecdrv_kunit.ko seed=...).
 */
#include <linux/module.h>
#include <linux/random.h>

#include <kunit/test.h>

#include "seed.h"

static ulong seed;
module_param(seed, ulong, 0444);
MODULE_PARM_DESC(seed, "of the random tests, 0 for another one each time");

void ipd_test_seed(struct kunit *test, struct rnd_state *rnd)
{
	u64 s = seed ?: get_random_u32();

	kunit_info(test, "seed=%llu", s);
	prandom_seed_state(rnd, s);
}

MODULE_DESCRIPTION("KUnit suites of ipsecdrv");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
