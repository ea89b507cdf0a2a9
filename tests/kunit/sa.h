/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SAs and packets for the suites that need no SADB.
 */
#ifndef IPD_TEST_SA_H
#define IPD_TEST_SA_H

#include <linux/bottom_half.h>
#include <linux/completion.h>
#include <linux/skbuff.h>

#include <kunit/resource.h>
#include <kunit/test.h>

#include "sadb.h"

/* Room that the tests leave before a packet, and look at afterwards. */
#define IPD_TEST_HEADROOM	32

/**
 * struct ipd_test_op - a packet and what became of it
 * @done: it was completed later, with @err
 */
struct ipd_test_op {
	struct completion done;
	struct ipd_sa *sa;
	int err;
	bool context;
};

static inline void ipd_test_sa_free(void *sa)
{
	ipd_sa_crypto_free(sa);
}

static inline void ipd_test_skb_free(void *skb)
{
	kfree_skb(skb);
}

/* An SA with the transform for @prot, which is freed after the test; NULL if it cannot be. */
static inline struct ipd_sa *ipd_test_sa(struct kunit *test, const struct ipd_protection *prot,
					 unsigned int dir, u8 family, bool esn)
{
	struct ipd_sa *sa = kunit_kzalloc(test, sizeof(*sa), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sa);
	sa->spi.key.proto = prot->proto;
	sa->spi.key.family = family;
	sa->spi.key.spi = htonl(prot->spi[dir]);
	sa->esn = esn;
	sa->dir = dir;
	if (ipd_sa_crypto_init(sa, prot, dir, NULL))
		return NULL;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, ipd_test_sa_free, sa), 0);
	return sa;
}

static inline struct sk_buff *ipd_test_skb(struct kunit *test, unsigned int len)
{
	struct ipd_test_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);
	struct sk_buff *skb = alloc_skb(IPD_TEST_HEADROOM + len, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, op && skb);
	*(struct ipd_test_op **)skb->cb = op;
	memset(skb->head, 0xa5, IPD_TEST_HEADROOM);
	skb_reserve(skb, IPD_TEST_HEADROOM);
	memset(skb_put(skb, len), 0x5a, len);
	skb_reset_network_header(skb);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, ipd_test_skb_free, skb), 0);
	return skb;
}

static inline unsigned int ipd_test_unhex(struct kunit *test, u8 *to, const char *hex)
{
	unsigned int len = hex ? strlen(hex) / 2 : 0;

	if (len)
		KUNIT_ASSERT_EQ(test, hex2bin(to, hex, len), 0);
	return len;
}

static inline struct ipd_test_op *ipd_test_op(const struct sk_buff *skb)
{
	return *(struct ipd_test_op **)skb->cb;
}

/* The tests' ipd_done_t. */
static inline void ipd_test_done(struct ipd_sa *sa, struct sk_buff *skb, int err)
{
	struct ipd_test_op *op = ipd_test_op(skb);

	op->context = in_softirq() && rcu_read_lock_held() && !in_hardirq();
	op->sa = sa;
	op->err = err;
	complete(&op->done);
}

/* Do @call as the packet path does, and wait if it takes longer; its result. */
#define ipd_test_run(test, skb, call) ({					\
	struct ipd_test_op *_op = ipd_test_op(skb);				\
	int _err;								\
										\
	init_completion(&_op->done);						\
	local_bh_disable();							\
	rcu_read_lock();							\
	_err = (call);								\
	rcu_read_unlock();							\
	local_bh_enable();							\
	ipd_test_end(test, _op, _err);						\
})

static inline int ipd_test_end(struct kunit *test, struct ipd_test_op *op, int err)
{
	if (err != -EINPROGRESS) {
		KUNIT_EXPECT_FALSE(test, completion_done(&op->done));
		return err;
	}
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&op->done, 10 * HZ), 0);
	KUNIT_EXPECT_TRUE(test, op->context);
	return op->err;
}

#endif /* IPD_TEST_SA_H */
