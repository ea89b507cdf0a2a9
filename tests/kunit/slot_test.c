// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots, acquires and the hold queue.
 */
#include <linux/delay.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/udp.h>

#include "fixture.h"
#include "output.h"

static u64 stat(struct ipd_net *in, enum ipd_stat which)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu_ptr(in->stats, cpu)->value[which];
	return sum;
}

#define STAT(in, name) stat(in, IPD_STAT_##name)

static unsigned int sent;
static u16 sent_ids[64];

static int sent_one(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	if (sent < ARRAY_SIZE(sent_ids))
		sent_ids[sent] = ntohs(ip_hdr(skb)->id);
	sent++;
	kfree_skb(skb);
	return 0;
}

static struct sk_buff *new_packet(struct kunit *test, __be32 src, __be32 dst, u16 id)
{
	unsigned int len = sizeof(struct iphdr) + sizeof(struct udphdr);
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);
	struct udphdr *uh;
	struct iphdr *iph;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 128);
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = init_net.loopback_dev;
	iph = skb_put_zero(skb, len);
	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(len);
	iph->ttl = 64;
	iph->protocol = IPPROTO_UDP;
	iph->id = htons(id);
	iph->saddr = src;
	iph->daddr = dst;
	iph->check = ip_fast_csum(iph, iph->ihl);
	skb_set_transport_header(skb, sizeof(*iph));
	uh = udp_hdr(skb);
	uh->source = htons(1000);
	uh->dest = htons(2000);
	uh->len = htons(sizeof(*uh));
	IPD_OUT_CB(skb)->okfn = sent_one;
	return skb;
}

static struct ipd_key new_key(__be32 src, __be32 dst)
{
	return (struct ipd_key){
		.src = addr4(src), .dst = addr4(dst), .sport = 1000, .dport = 2000,
		.proto = IPPROTO_UDP, .family = AF_INET, .dir = IPSECDRV_DIR_OUT,
	};
}

static unsigned int hold(struct kunit *test, struct ipd_net *in, u32 filter_id, __be32 src,
			 __be32 dst, u16 id)
{
	struct sk_buff *skb = new_packet(test, src, dst, id);
	struct ipd_key key = new_key(src, dst);
	struct ipd_filter *filter;
	struct ipd_slot *slot;
	unsigned int verdict;

	local_bh_disable();
	rcu_read_lock();
	filter = ipd_table_find(rcu_dereference(in->table), filter_id);
	slot = ipd_slot_lookup(in, filter, &key);
	verdict = ipd_slot_hold(in, filter, slot, &key, skb);
	rcu_read_unlock();
	local_bh_enable();
	if (verdict != NF_STOLEN)
		kfree_skb(skb);
	return verdict;
}

static struct ipd_slot *only_slot(struct ipd_net *in)
{
	struct ipd_slot *slot;

	flush_work(&in->acquires.work);
	mutex_lock(&in->mutex);
	slot = list_first_entry_or_null(&in->acquires.list, struct ipd_slot, list);
	if (in->acquires.count != 1)
		slot = NULL;
	mutex_unlock(&in->mutex);
	return slot;
}

static bool nothing_held(struct ipd_net *in)
{
	return !atomic_read(&in->acquires.held);
}

/* One acquire and a bounded queue, however many packets want to go. */
static void hold_storm(struct kunit *test)
{
	struct sk_buff *skb = new_packet(test, HOST(1), HOST(2), 0);
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_key key = new_key(HOST(1), HOST(2));
	struct ipd_filter *filter;
	struct ipd_slot *slot;
	unsigned int i, held = 0;

	in->config.hold_seconds = 300;
	for (i = 0; i < 100000; i++) {
		local_bh_disable();
		rcu_read_lock();
		filter = ipd_table_find(rcu_dereference(in->table), FILTER_HOSTS);
		slot = ipd_slot_lookup(in, filter, &key);
		if (ipd_slot_hold(in, filter, slot, &key, skb) == NF_STOLEN) {
			held++;
			skb = NULL;
		}
		rcu_read_unlock();
		local_bh_enable();
		if (!skb)
			skb = new_packet(test, HOST(1), HOST(2), 0);
		if (i % 1000 == 500)
			cond_resched();
	}
	kfree_skb(skb);
	KUNIT_EXPECT_NOT_NULL(test, only_slot(in));
	KUNIT_EXPECT_EQ(test, 16U, held);
	KUNIT_EXPECT_EQ(test, 1ULL, STAT(in, acquire));
	KUNIT_EXPECT_EQ(test, 16ULL, STAT(in, out_hold));
	KUNIT_EXPECT_EQ(test, 100000 - 16ULL, STAT(in, out_hold_full));
}

/* No answer: dropped, a while of silence, then asked again. */
static void hold_timeout(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_slot *slot;
	unsigned int i;

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, NF_STOLEN, hold(test, in, FILTER_HOSTS, HOST(1), HOST(2), i));
	slot = only_slot(in);
	KUNIT_ASSERT_NOT_NULL(test, slot);
	KUNIT_EXPECT_TRUE(test, ipd_test_soon(nothing_held, in));
	KUNIT_EXPECT_EQ(test, 3ULL, STAT(in, out_hold_timeout));
	KUNIT_EXPECT_EQ(test, NF_DROP, hold(test, in, FILTER_HOSTS, HOST(1), HOST(2), 0));
	KUNIT_EXPECT_EQ(test, 1ULL, STAT(in, out_hold_refused));
	msleep(1200);
	KUNIT_EXPECT_EQ(test, NF_STOLEN, hold(test, in, FILTER_HOSTS, HOST(1), HOST(2), 0));
	KUNIT_EXPECT_PTR_EQ(test, slot, only_slot(in));
	KUNIT_EXPECT_EQ(test, 2ULL, STAT(in, acquire));
}

/* Many destinations: the total is bounded too. */
static void hold_total(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	unsigned int i, held = 0;

	for (i = 0; i < 200; i++)
		held += hold(test, in, FILTER_HOSTS, HOST(1), HOST(2 + i), i) == NF_STOLEN;
	KUNIT_EXPECT_EQ(test, 64U, held);
	KUNIT_EXPECT_EQ(test, 136ULL, STAT(in, out_hold_full));
	flush_work(&in->acquires.work);
	mutex_lock(&in->mutex);
	ipd_slots_flush_dev(in, init_net.loopback_dev);
	KUNIT_EXPECT_EQ(test, 200U, in->acquires.count);
	mutex_unlock(&in->mutex);
	KUNIT_EXPECT_EQ(test, 64ULL, STAT(in, out_hold_flushed));
	KUNIT_EXPECT_TRUE(test, nothing_held(in));
}

static int refuse(struct ipd_net *in, struct ipd_slot *slot, u8 reason, bool soft)
{
	int err;

	mutex_lock(&in->mutex);
	err = ipd_slot_refuse(slot, reason, soft, NULL);
	mutex_unlock(&in->mutex);
	return err;
}

static void hold_soft(struct kunit *test)
{
	const __be32 src = htonl(0xc6336401), dst = htonl(0xcb007101);
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_slot *slot;
	unsigned int i;

	sent = 0;
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, NF_STOLEN, hold(test, in, FILTER_TUNNEL, src, dst, i));
	slot = only_slot(in);
	KUNIT_ASSERT_NOT_NULL(test, slot);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			refuse(in, slot, IPSECDRV_REFUSE_REASON_AUTH_FAILED, true));
	KUNIT_EXPECT_EQ(test, 0, refuse(in, slot, IPSECDRV_REFUSE_REASON_NO_ANSWER, true));
	rcu_read_lock();
	KUNIT_EXPECT_TRUE(test, ipd_slot_soft(slot));
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, ipd_test_soon(nothing_held, in));
	KUNIT_EXPECT_EQ(test, 10ULL, STAT(in, out_hold_released));
	KUNIT_EXPECT_EQ(test, NF_ACCEPT, hold(test, in, FILTER_TUNNEL, src, dst, 99));
	KUNIT_EXPECT_EQ(test, 10U, sent);
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, i, sent_ids[i]);
	msleep(1300);
	KUNIT_EXPECT_EQ(test, NF_STOLEN, hold(test, in, FILTER_TUNNEL, src, dst, 0));
}

/* A table with the tunnel's filter alone, and its reasons for soft SAs. */
static void set_reasons(struct kunit *test, struct ipd_net *in, u32 reasons)
{
	struct ipd_transaction *trans;
	struct ipd_filter_spec *spec;
	struct ipd_filter *filter;

	spec = kunit_kzalloc(test, sizeof(*spec), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, spec);
	mutex_lock(&in->mutex);
	filter = ipd_table_find(rcu_dereference_protected(in->table, true), FILTER_TUNNEL);
	*spec = filter->spec;
	spec->soft_reasons = reasons;
	spec->flags |= IPSECDRV_FILTER_FLAGS_SOFT;
	if (!reasons) {
		spec->soft_lifetime = 0;
		spec->flags &= ~IPSECDRV_FILTER_FLAGS_SOFT;
	}
	trans = ipd_transaction_begin(in, 1, NULL);
	KUNIT_EXPECT_FALSE(test, IS_ERR(trans));
	if (!IS_ERR(trans)) {
		KUNIT_EXPECT_EQ(test, 0, ipd_transaction_add(trans, spec, NULL));
		KUNIT_EXPECT_EQ(test, 0, ipd_transaction_commit(trans, NULL, NULL));
	}
	mutex_unlock(&in->mutex);
}

/* Each reason with each set of reasons that a filter may name. */
static void soft_reasons(struct kunit *test)
{
	const __be32 src = htonl(0xc6336401), dst = htonl(0xcb007101);
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_slot *slot;
	u32 named;
	u8 reason;
	bool may;

	for (named = 1; named < 16; named++) {
		set_reasons(test, in, named);
		KUNIT_EXPECT_EQ(test, NF_STOLEN, hold(test, in, FILTER_TUNNEL, src, dst, 0));
		slot = only_slot(in);
		KUNIT_ASSERT_NOT_NULL(test, slot);
		for (reason = 0; reason <= IPSECDRV_REFUSE_REASON_POLICY; reason++) {
			may = named & BIT(reason);
			KUNIT_EXPECT_EQ(test, may ? 0 : -EINVAL, refuse(in, slot, reason, true));
			rcu_read_lock();
			KUNIT_EXPECT_EQ(test, may || named & (BIT(reason) - 1),
					ipd_slot_soft(slot));
			rcu_read_unlock();
			if (may)
				KUNIT_EXPECT_EQ(test, reason, slot->soft.reason);
		}
		KUNIT_EXPECT_TRUE(test, ipd_test_soon(nothing_held, in));
		/* Without the flag it is another filter, which has no slot yet. */
		set_reasons(test, in, 0);
	}
}

/* A table that names other reasons ends what was for those of before. */
static void soft_reviewed(struct kunit *test)
{
	const __be32 src = htonl(0xc6336401), dst = htonl(0xcb007101);
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_slot *slot;

	set_reasons(test, in, 3);
	KUNIT_EXPECT_EQ(test, NF_STOLEN, hold(test, in, FILTER_TUNNEL, src, dst, 0));
	slot = only_slot(in);
	KUNIT_ASSERT_NOT_NULL(test, slot);
	KUNIT_EXPECT_EQ(test, 0, refuse(in, slot, IPSECDRV_REFUSE_REASON_NO_PROPOSAL, true));
	set_reasons(test, in, 2);
	KUNIT_EXPECT_PTR_EQ(test, slot, only_slot(in));
	KUNIT_EXPECT_EQ(test, IPD_SLOT_SOFT, slot->state);
	set_reasons(test, in, 1);
	KUNIT_EXPECT_PTR_EQ(test, slot, only_slot(in));
	KUNIT_EXPECT_EQ(test, IPD_SLOT_IDLE, slot->state);
	KUNIT_EXPECT_EQ(test, NF_STOLEN, hold(test, in, FILTER_TUNNEL, src, dst, 1));
}

/* The daemon gives up for a reason that may not fall back. */
static void soft_refused(struct kunit *test)
{
	const __be32 src = htonl(0xc6336401), dst = htonl(0xcb007101);
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_slot *slot;

	KUNIT_EXPECT_EQ(test, NF_STOLEN, hold(test, in, FILTER_TUNNEL, src, dst, 0));
	slot = only_slot(in);
	KUNIT_ASSERT_NOT_NULL(test, slot);
	KUNIT_EXPECT_EQ(test, 0, refuse(in, slot, IPSECDRV_REFUSE_REASON_NO_ANSWER, true));
	KUNIT_EXPECT_TRUE(test, ipd_test_soon(nothing_held, in));
	KUNIT_EXPECT_EQ(test, NF_ACCEPT, hold(test, in, FILTER_TUNNEL, src, dst, 1));
	/* The one that was held, too. */
	KUNIT_EXPECT_EQ(test, 2LL, atomic64_read(&slot->soft.packets[IPSECDRV_DIR_OUT]));
	KUNIT_EXPECT_EQ(test, 0, refuse(in, slot, IPSECDRV_REFUSE_REASON_AUTH_FAILED, false));
	KUNIT_EXPECT_EQ(test, NF_DROP, hold(test, in, FILTER_TUNNEL, src, dst, 2));
}

static void hold_refused(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_slot *slot;

	KUNIT_EXPECT_EQ(test, NF_STOLEN, hold(test, in, FILTER_HOSTS, HOST(1), HOST(2), 0));
	slot = only_slot(in);
	KUNIT_ASSERT_NOT_NULL(test, slot);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			refuse(in, slot, IPSECDRV_REFUSE_REASON_NO_ANSWER, true));
	KUNIT_EXPECT_EQ(test, 0, refuse(in, slot, IPSECDRV_REFUSE_REASON_POLICY, false));
	KUNIT_EXPECT_TRUE(test, nothing_held(in));
	KUNIT_EXPECT_EQ(test, 1ULL, STAT(in, out_hold_refused));
	KUNIT_EXPECT_EQ(test, NF_DROP, hold(test, in, FILTER_HOSTS, HOST(1), HOST(2), 0));
	ipd_test_must_add(test, in, 1);
	KUNIT_EXPECT_EQ(test, -EBUSY, refuse(in, slot, IPSECDRV_REFUSE_REASON_POLICY, false));
}

/* A pair for more than the packet asked for, from the peer: the slot is not needed. */
static void slot_absorbed(struct kunit *test)
{
	const __be32 src = htonl(0xc6336401), dst = htonl(0xcb007101);
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_pair_spec *spec = ipd_test_tunnel_spec(test, 1);
	struct ipd_key key = new_key(src, dst);
	struct ipd_filter *filter;
	struct ipd_slot *slot;
	struct ipd_pair *pair;

	/* As if the filter asked for an SA per pair of hosts. */
	rcu_read_lock();
	filter = ipd_table_find(rcu_dereference(in->table), FILTER_TUNNEL);
	filter->spec.narrow = IPSECDRV_NARROW_PAIR;
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, NF_STOLEN, hold(test, in, FILTER_TUNNEL, src, dst, 0));
	slot = only_slot(in);
	KUNIT_ASSERT_NOT_NULL(test, slot);
	KUNIT_EXPECT_TRUE(test, slot->regular);
	pair = ipd_test_add(in, spec);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pair);
	KUNIT_EXPECT_TRUE(test, ipd_test_soon(nothing_held, in));
	slot = only_slot(in);
	KUNIT_ASSERT_NOT_NULL(test, slot);
	KUNIT_EXPECT_PTR_EQ(test, pair, rcu_access_pointer(slot->pair));
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, slot, ipd_slot_lookup(in, filter, &key));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, 1ULL, STAT(in, out_hold_released));
}

static bool keep_none(void *data, u32 serial)
{
	return false;
}

static void slot_pruned(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);

	ipd_test_must_add(test, in, 1);
	hold(test, in, FILTER_HOSTS, HOST(1), HOST(3), 0);
	flush_work(&in->acquires.work);
	mutex_lock(&in->mutex);
	KUNIT_EXPECT_EQ(test, 2U, in->acquires.count);
	ipd_slots_prune(in, keep_none, NULL);
	KUNIT_EXPECT_EQ(test, 0U, in->acquires.count);
	KUNIT_EXPECT_EQ(test, 0U, in->sadb.count);
	mutex_unlock(&in->mutex);
	KUNIT_EXPECT_TRUE(test, nothing_held(in));
	KUNIT_EXPECT_EQ(test, 1ULL, STAT(in, out_hold_flushed));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&in->acquires.unpaired));
}

static struct kunit_case slot_cases[] = {
	KUNIT_CASE(hold_storm),
	KUNIT_CASE_SLOW(hold_timeout),
	KUNIT_CASE(hold_total),
	KUNIT_CASE_SLOW(hold_soft),
	KUNIT_CASE(hold_refused),
	KUNIT_CASE(soft_reasons),
	KUNIT_CASE(soft_reviewed),
	KUNIT_CASE(soft_refused),
	KUNIT_CASE(slot_absorbed),
	KUNIT_CASE(slot_pruned),
	{}
};

static struct kunit_suite slot_suite = {
	.name = "ipsecdrv_slot",
	.test_cases = slot_cases,
};

kunit_test_suite(slot_suite);
