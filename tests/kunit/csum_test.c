// SPDX-License-Identifier: GPL-2.0-only
/*
 * The copy that is summed by vectors, against the kernel's own of the same packet.
 */
#include <linux/mm.h>
#include <linux/skbuff.h>
#include <net/checksum.h>

#include <kunit/test.h>

#include "csum.h"
#include "seed.h"

#define HEAD	200
#define FRAGS	3
#define STEPS	(IS_ENABLED(CONFIG_KASAN) ? 2000U : 20000U)

#if IPD_VECTORS

/* A packet whose fragments begin and end anywhere, of @fill or random bytes. */
static struct sk_buff *packet(struct kunit *test, struct rnd_state *rnd, int fill)
{
	struct sk_buff *skb = alloc_skb(HEAD, GFP_KERNEL);
	unsigned int i, off, len;
	struct page *page;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	len = ipd_test_below(rnd, HEAD) + 1;
	prandom_bytes_state(rnd, skb_put(skb, len), len);
	for (i = 0; i < FRAGS; i++) {
		page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);
		KUNIT_ASSERT_NOT_NULL(test, page);
		prandom_bytes_state(rnd, page_address(page), PAGE_SIZE << 2);
		if (fill >= 0)
			memset(page_address(page), fill, PAGE_SIZE << 2);
		off = ipd_test_below(rnd, 100);
		len = (PAGE_SIZE << 2) - off - ipd_test_below(rnd, 100);
		skb_add_rx_frag(skb, i, page, off, len, len);
	}
	return skb;
}

/* Copies and sums as the kernel does? Nothing in front and behind is written. */
static bool same(const struct sk_buff *skb, unsigned int off, unsigned int len, u8 *to, u8 *want)
{
	__wsum csum, own;

	memset(to - 1, 0xa5, len + 2);
	csum = skb_copy_and_csum_bits(skb, off, want, len);
	if (!ipd_csum_begin())
		return false;
	own = ipd_csum_copy(skb, off, to, len);
	ipd_csum_end();
	return !memcmp(to, want, len) && to[-1] == 0xa5 && to[len] == 0xa5 &&
	       csum_fold(own) == csum_fold(csum);
}

static void csum_copies(struct kunit *test)
{
	const int fills[] = { -1, 0, 0xff };
	u8 *to, *want = kunit_kmalloc(test, SZ_128K, GFP_KERNEL);
	unsigned int off, len, step, wrong = 0, i;
	struct rnd_state rnd;
	struct sk_buff *skb;

	if (!ipd_csum_begin())
		kunit_skip(test, "no AVX2");
	ipd_csum_end();
	ipd_test_seed(test, &rnd);
	KUNIT_ASSERT_NOT_NULL(test, want);
	to = want + SZ_64K;
	for (i = 0; i < ARRAY_SIZE(fills); i++) {
		skb = packet(test, &rnd, fills[i]);
		KUNIT_EXPECT_TRUE(test, same(skb, 0, skb->len, to + 1, want));
		for (len = 0; len < 600; len++)
			wrong += !same(skb, len % 7, len, to + 1 + len % 32, want);
		for (step = 0; step < STEPS; step++) {
			off = ipd_test_below(&rnd, skb->len);
			len = min(ipd_test_below(&rnd, 3000), skb->len - off);
			wrong += !same(skb, off, len, to + 1 + ipd_test_below(&rnd, 64), want);
		}
		kfree_skb(skb);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

#else

static void csum_copies(struct kunit *test)
{
	kunit_skip(test, "no code for vectors");
}

#endif /* IPD_VECTORS */

static struct kunit_case cases[] = {
	KUNIT_CASE(csum_copies),
	{}
};

static struct kunit_suite suite = {
	.name = "ipsecdrv_csum",
	.test_cases = cases,
};

kunit_test_suite(suite);
