// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flow cache: what was stored is found while its generation is in force, and nothing
 * else ever is.
 */
#include <linux/bottom_half.h>
#include <linux/mutex.h>

#include <linux/slab.h>
#include <net/dst_metadata.h>

#include <kunit/test.h>

#include "forward.h"
#include "naive.h"
#include "net.h"
#include "seed.h"

static struct ipd_net *flow_net(struct kunit *test)
{
	struct ipd_net *in = kunit_kzalloc(test, sizeof(*in), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, in);
	in->generation = 1;
	mutex_init(&in->mutex);
	KUNIT_ASSERT_EQ(test, ipd_flow_net_init(in), 0);
	return in;
}

static void flow_change(struct ipd_net *in)
{
	mutex_lock(&in->mutex);
	ipd_flow_invalidate(in);
	mutex_unlock(&in->mutex);
}

static void flow_enable(struct ipd_net *in)
{
	mutex_lock(&in->mutex);
	ipd_flow_enable(in);
	mutex_unlock(&in->mutex);
}

/* Pointers are not followed: numbers will do. */
static void flow_put(struct ipd_net *in, const struct ipd_key *key, u32 generation, ulong n)
{
	u32 hash;

	local_bh_disable();
	ipd_flow_find(in, key, &hash);
	ipd_flow_store(in, key, hash, generation, (struct ipd_filter *)n,
		       (struct ipd_slot *)(~n << 1));
	local_bh_enable();
}

static ulong flow_get(struct ipd_net *in, const struct ipd_key *key)
{
	struct ipd_flow *flow;
	ulong n = 0;
	u32 hash;

	local_bh_disable();
	flow = ipd_flow_find(in, key, &hash);
	if (flow)
		n = flow->slot == ~(ulong)flow->filter << 1 ? (ulong)flow->filter : ~0UL;
	local_bh_enable();
	return n;
}

static void flow_basics(struct kunit *test)
{
	struct ipd_net *in = flow_net(test);
	struct ipd_key a = { .family = AF_INET, .proto = 6, .dport = 80 }, b = a;
	u32 old;

	/* Without memory all are misses. */
	flow_put(in, &a, in->generation, 1);
	KUNIT_EXPECT_EQ(test, flow_get(in, &a), 0);
	flow_enable(in);
	KUNIT_EXPECT_EQ(test, flow_get(in, &a), 0);
	flow_put(in, &a, in->generation, 1);
	KUNIT_EXPECT_EQ(test, flow_get(in, &a), 1);
	flow_put(in, &a, in->generation, 2);
	KUNIT_EXPECT_EQ(test, flow_get(in, &a), 2);
	flow_enable(in);
	KUNIT_EXPECT_EQ(test, flow_get(in, &a), 2);

	b.ifindex = 1;
	KUNIT_EXPECT_EQ(test, flow_get(in, &b), 0);

	/* An answer that a change overtakes is never found. */
	old = in->generation;
	flow_change(in);
	KUNIT_EXPECT_EQ(test, flow_get(in, &a), 0);
	flow_put(in, &a, old, 3);
	KUNIT_EXPECT_EQ(test, flow_get(in, &a), 0);
	flow_put(in, &a, in->generation, 4);
	KUNIT_EXPECT_EQ(test, flow_get(in, &a), 4);

	/* 0 is no generation. */
	in->generation = U32_MAX;
	flow_change(in);
	KUNIT_EXPECT_EQ(test, in->generation, 1);
	memset(&b, 0, sizeof(b));
	KUNIT_EXPECT_EQ(test, flow_get(in, &b), 0);
	ipd_flow_net_exit(in);
}

/* Each byte of the key counts, also where both lie in the same set. */
static void flow_key_bytes(struct kunit *test)
{
	struct ipd_net *in = flow_net(test);
	u8 families[] = { AF_INET, AF_INET6 };
	unsigned int f, i;

	flow_enable(in);
	for (f = 0; f < ARRAY_SIZE(families); f++) {
		struct ipd_key a = { .family = families[f] };

		for (i = 0; i < sizeof(a); i++) {
			struct ipd_key b = a;
			u32 hash;

			((u8 *)&b)[i] ^= 1 << (i % 8);
			local_bh_disable();
			ipd_flow_find(in, &b, &hash);
			ipd_flow_store(in, &a, hash, in->generation, NULL, NULL);
			local_bh_enable();
			KUNIT_EXPECT_EQ_MSG(test, flow_get(in, &b), 0, "byte %u", i);
		}
		flow_put(in, &a, in->generation, 1);
		KUNIT_EXPECT_EQ(test, flow_get(in, &a), 1);
	}
	ipd_flow_net_exit(in);
}

/* Many flows and changes: whatever is found is the last that was stored. */
static void flow_model(struct kunit *test)
{
	enum { KEYS = 8192 };
	struct ipd_net *in = flow_net(test);
	unsigned int i, wrong = 0, hits = 0;
	struct rnd_state rnd;
	ulong *last;

	ipd_test_seed(test, &rnd);
	last = kunit_kcalloc(test, KEYS, sizeof(*last), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, last);
	flow_enable(in);
	for (i = 1; i < 1000000; i++) {
		u32 k = ipd_test_below(&rnd, KEYS);
		struct ipd_key key = { .family = k & 1 ? AF_INET6 : AF_INET, .dport = k };
		ulong n;

		if (i % 100000 == 0) {
			flow_change(in);
			memset(last, 0, KEYS * sizeof(*last));
		}
		n = flow_get(in, &key);
		if (n && n != last[k])
			wrong++;
		hits += !!n;
		if (!n) {
			flow_put(in, &key, in->generation, i);
			last[k] = i;
			wrong += flow_get(in, &key) != i;
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	kunit_info(test, "%u flows in %u entries: %u%% hits", KEYS,
		   IPD_FLOW_SETS * IPD_FLOW_WAYS, hits / 10000);
	/* Twice as many as there is room for: half of them would be found by luck alone. */
	KUNIT_EXPECT_GT(test, hits, 300000);
	ipd_flow_net_exit(in);
}

/* Flows that fit are nearly all found. */
static void flow_fits(struct kunit *test)
{
	struct ipd_net *in = flow_net(test);
	struct ipd_key key = { .family = AF_INET, .proto = 6 };
	unsigned int i, found = 0;

	flow_enable(in);
	for (i = 0; i < 1024; i++) {
		key.src.s6_addr32[0] = htonl(0x0a000000 + i);
		flow_put(in, &key, in->generation, 1);
	}
	for (i = 0; i < 1024; i++) {
		key.src.s6_addr32[0] = htonl(0x0a000000 + i);
		found += flow_get(in, &key);
	}
	KUNIT_EXPECT_GT(test, found, 950);
	ipd_flow_net_exit(in);
}

/* A route that is counted, with another reference for the entry of @key. */
static void flow_set_forward(struct kunit *test, struct ipd_net *in, const struct ipd_key *key,
			     struct dst_entry *dst)
{
	struct ipd_forward *forward = kzalloc(sizeof(*forward), GFP_KERNEL);
	struct ipd_flow *flow;
	u32 hash;

	KUNIT_ASSERT_NOT_NULL(test, forward);
	dst_hold(dst);
	forward->dst = dst;
	local_bh_disable();
	flow = ipd_flow_find(in, key, &hash);
	if (flow) {
		forward->slot = ipd_flow_slot(flow);
		ipd_flow_set_forward(flow, forward);
	}
	local_bh_enable();
	KUNIT_ASSERT_NOT_NULL(test, flow);
}

static unsigned int flow_refs(struct dst_entry *dst)
{
	return rcuref_read(&dst->__rcuref);
}

static struct ipd_slot *flow_slot(struct ipd_net *in, const struct ipd_key *key, bool *forward)
{
	struct ipd_slot *slot = NULL;
	struct ipd_flow *flow;
	u32 hash;

	local_bh_disable();
	flow = ipd_flow_find(in, key, &hash);
	if (flow) {
		slot = ipd_flow_slot(flow);
		*forward = ipd_flow_forward(flow);
	}
	local_bh_enable();
	return slot;
}

/* An entry with a fast path has its slot still, and its route for as long as it is the entry's. */
static void flow_forward(struct kunit *test)
{
	struct ipd_net *in = flow_net(test);
	struct ipd_key key = { .family = AF_INET, .proto = 17 };
	struct metadata_dst *md = metadata_dst_alloc(0, METADATA_XFRM, GFP_KERNEL);
	bool forward = false;

	KUNIT_ASSERT_NOT_NULL(test, md);
	flow_enable(in);
	flow_put(in, &key, in->generation, 1);
	KUNIT_EXPECT_PTR_EQ(test, flow_slot(in, &key, &forward), (struct ipd_slot *)(~1UL << 1));
	KUNIT_EXPECT_FALSE(test, forward);

	flow_set_forward(test, in, &key, &md->dst);
	KUNIT_EXPECT_PTR_EQ(test, flow_slot(in, &key, &forward), (struct ipd_slot *)(~1UL << 1));
	KUNIT_EXPECT_TRUE(test, forward);
	KUNIT_EXPECT_EQ(test, flow_refs(&md->dst), 2);

	/* another one, another answer, and the end */
	flow_set_forward(test, in, &key, &md->dst);
	KUNIT_EXPECT_EQ(test, flow_refs(&md->dst), 2);
	flow_put(in, &key, in->generation, 2);
	KUNIT_EXPECT_EQ(test, flow_refs(&md->dst), 1);
	flow_slot(in, &key, &forward);
	KUNIT_EXPECT_FALSE(test, forward);
	flow_set_forward(test, in, &key, &md->dst);
	ipd_flow_net_exit(in);
	KUNIT_EXPECT_EQ(test, flow_refs(&md->dst), 1);
	dst_release(&md->dst);
}

static struct kunit_case flow_cases[] = {
	KUNIT_CASE(flow_basics),
	KUNIT_CASE(flow_key_bytes),
	KUNIT_CASE(flow_model),
	KUNIT_CASE(flow_fits),
	KUNIT_CASE(flow_forward),
	{}
};

static struct kunit_suite flow_suite = {
	.name = "ipsecdrv_flow",
	.test_cases = flow_cases,
};

kunit_test_suite(flow_suite);
