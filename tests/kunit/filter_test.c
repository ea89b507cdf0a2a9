// SPDX-License-Identifier: GPL-2.0-only
/*
 * The filter table: refusals, order, conflicts, exemptions, transactions, scale.
 */
#include <linux/in.h>
#include <linux/ipsecdrv.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/socket.h>

#include <kunit/test.h>

#include "naive.h"
#include "net.h"
#include "seed.h"
#include "weight.h"

#define V4(...) ((struct in6_addr){ .s6_addr = { __VA_ARGS__ } })

static const struct ipd_iface eth0 = { .name = "eth0", .class = IPSECDRV_IFACE_CLASS_LAN };
static const struct ipd_iface lo = { .name = "lo", .class = IPSECDRV_IFACE_CLASS_LOOPBACK };

/* A namespace of its own; its events go to nobody. */
static int table_init(struct kunit *test)
{
	struct ipd_net *in = kunit_kzalloc(test, sizeof(*in), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, in);
	in->net = &init_net;
	in->generation = 1;
	in->config.filters_max = 100000;
	in->config.exemptions = IPSECDRV_EXEMPTIONS_IKE | IPSECDRV_EXEMPTIONS_ND |
				IPSECDRV_EXEMPTIONS_DHCP | IPSECDRV_EXEMPTIONS_LOOPBACK;
	mutex_init(&in->mutex);
	INIT_LIST_HEAD(&in->transactions);
	in->stats = alloc_percpu(struct ipd_stats);
	KUNIT_ASSERT_TRUE(test, !!in->stats);
	KUNIT_ASSERT_EQ(test, ipd_flow_net_init(in), 0);
	KUNIT_ASSERT_EQ(test, ipd_acquire_net_init(in), 0);
	KUNIT_ASSERT_EQ(test, ipd_sadb_net_init(in), 0);
	KUNIT_ASSERT_EQ(test, ipd_table_net_init(in), 0);
	test->priv = in;
	return 0;
}

static void table_exit(struct kunit *test)
{
	struct ipd_net *in = test->priv;

	if (!in)
		return;
	ipd_table_net_exit(in);
	ipd_sadb_net_exit(in);
	ipd_acquire_net_exit(in);
	ipd_flow_net_exit(in);
	free_percpu(in->stats);
}

static struct ipd_table *in_force(struct ipd_net *in)
{
	return rcu_dereference_protected(in->table, lockdep_is_held(&in->mutex));
}

/* KUnit's init and exit run in tasks of their own. */
static struct ipd_net *lock(struct kunit *test)
{
	struct ipd_net *in = test->priv;

	mutex_lock(&in->mutex);
	return in;
}

/* From @src/@splen to @dst/@dplen, mirrored. */
static struct ipd_filter_spec spec4(u32 id, u8 action, struct in6_addr src, u8 splen,
				    struct in6_addr dst, u8 dplen)
{
	struct ipd_filter_spec spec = {
		.id = id, .action = action, .dir = IPSECDRV_DIR_OUT,
		.flags = IPSECDRV_FILTER_FLAGS_MIRRORED,
		.sel = { .family = AF_INET, .src_plen = splen, .dst_plen = dplen,
			 .sport_last = U16_MAX, .dport_last = U16_MAX },
	};

	ipd_selector_prefix(&spec.sel.src, &spec.sel.src_last, AF_INET, &src, splen);
	ipd_selector_prefix(&spec.sel.dst, &spec.sel.dst_last, AF_INET, &dst, dplen);
	return spec;
}

static struct ipd_filter_spec tcp4(u32 id, u8 action, u16 dport)
{
	struct ipd_filter_spec spec = spec4(id, action, V4(0), 0, V4(0), 0);

	spec.sel.proto = IPPROTO_TCP;
	spec.sel.dport = dport;
	spec.sel.dport_last = dport;
	return spec;
}

static struct ipd_key key4(u8 dir, struct in6_addr src, struct in6_addr dst, u8 proto,
			   u16 sport, u16 dport)
{
	return (struct ipd_key){
		.family = AF_INET, .dir = dir, .src = src, .dst = dst, .proto = proto,
		.sport = sport, .dport = dport,
	};
}

static const struct ipd_filter *look(struct ipd_net *in, const struct ipd_key *key,
				     const struct ipd_iface *iface, bool *ambiguous)
{
	const struct ipd_filter *filter;
	bool dummy;

	rcu_read_lock();
	filter = ipd_table_lookup(rcu_dereference(in->table), key, iface, ambiguous ?: &dummy);
	rcu_read_unlock();
	return filter;
}

/* The id of the filter that decides; -1 if it is an exemption, -2 if there is none. */
static int look_id(struct ipd_net *in, const struct ipd_key *key)
{
	const struct ipd_filter *filter = look(in, key, &eth0, NULL);

	if (!filter)
		return -2;
	return filter->spec.flags & IPSECDRV_FILTER_FLAGS_EXEMPT ? -1 : filter->spec.id;
}

/* --- Refusals --- */

struct refusal {
	const char *text;
	void (*spoil)(struct ipd_filter_spec *spec);
};

#define SPOIL(name, code) static void spoil_##name(struct ipd_filter_spec *s) { code; }

SPOIL(id, s->id = 0)
SPOIL(dir, s->dir = 2)
SPOIL(action, s->action = 3)
SPOIL(flag, s->flags |= 128)
SPOIL(exempt, s->flags |= IPSECDRV_FILTER_FLAGS_EXEMPT)
SPOIL(shadowed, s->flags |= IPSECDRV_FILTER_FLAGS_SHADOWED)
SPOIL(family, s->sel.family = 0)
SPOIL(family10, s->sel.family = 255)
SPOIL(class, s->sel.iface_class = 4)
SPOIL(plen33, s->sel.src_plen = 33)
SPOIL(plen129, s->sel.dst_plen = 129)
SPOIL(host, s->sel.src.s6_addr[3] = 1)
SPOIL(last, s->sel.dst_last.s6_addr[3] = 1)
SPOIL(reversed, s->sel.src_plen = IPD_PLEN_RANGE; s->sel.src = V4(10, 0, 0, 9);
      s->sel.src_last = V4(10, 0, 0, 1))
SPOIL(ports, s->sel.proto = IPPROTO_TCP; s->sel.sport = 9; s->sel.sport_last = 8)
SPOIL(ports_any, s->sel.dport = 80; s->sel.dport_last = 80)
SPOIL(ports_gre, s->sel.proto = IPPROTO_GRE; s->sel.dport = 80; s->sel.dport_last = 80)
SPOIL(icmp6, s->sel.proto = IPPROTO_ICMPV6; s->sel.sport = 1; s->sel.sport_last = 1)
SPOIL(icmp_code, s->sel.proto = IPPROTO_ICMP; s->sel.dport_last = 0)
SPOIL(icmp_type, s->sel.proto = IPPROTO_ICMP; s->sel.sport = 8; s->sel.sport_last = 256)
SPOIL(narrow, s->narrow = 3)
SPOIL(require, s->require = 8)
SPOIL(reason, s->flags |= IPSECDRV_FILTER_FLAGS_SOFT; s->soft_reasons = 16)
SPOIL(soft, s->soft_delay = 3000)
SPOIL(group, s->sel.dst_plen = 4;
      ipd_selector_prefix(&s->sel.dst, &s->sel.dst_last, AF_INET, &V4(224, 0, 0, 0), 4))
SPOIL(broadcast, s->sel.dst_plen = 32; s->sel.dst = s->sel.dst_last = V4(255, 255, 255, 255))
SPOIL(group_src, s->sel.src_plen = 32; s->sel.src = s->sel.src_last = V4(239, 1, 2, 3))
SPOIL(transport, s->tunnel_family = AF_INET; s->tunnel_remote = V4(192, 0, 2, 1))
SPOIL(tunnel, s->flags |= IPSECDRV_FILTER_FLAGS_TUNNEL)
SPOIL(remote, s->flags |= IPSECDRV_FILTER_FLAGS_TUNNEL; s->tunnel_family = AF_INET;
      s->tunnel_local = V4(192, 0, 2, 1))
SPOIL(tunnel_group, s->flags |= IPSECDRV_FILTER_FLAGS_TUNNEL; s->tunnel_family = AF_INET;
      s->tunnel_remote = V4(224, 0, 0, 1))
SPOIL(fast, s->flags |= IPSECDRV_FILTER_FLAGS_FAST_PATH)
SPOIL(plain_fast, s->action = 0; s->flags |= IPSECDRV_FILTER_FLAGS_FAST_PATH)
SPOIL(plain_soft, s->action = IPSECDRV_ACTION_BLOCK; s->flags |= IPSECDRV_FILTER_FLAGS_SOFT)
SPOIL(plain_inpass, s->action = 0; s->flags |= IPSECDRV_FILTER_FLAGS_INPASS)
SPOIL(plain_narrow, s->action = 0; s->narrow = IPSECDRV_NARROW_PAIR)
SPOIL(plain_require, s->action = 0; s->require = IPSECDRV_REQUIRE_AH)
SPOIL(plain_delay, s->action = 0; s->soft_lifetime = 300)

static const struct refusal refusals[] = {
	{ "filter 0: 0 is not an id of a filter", spoil_id },
	{ "filter 7: unknown direction", spoil_dir },
	{ "filter 7: unknown action", spoil_action },
	{ "filter 7: unknown flag, or one that only the driver sets", spoil_flag },
	{ "filter 7: unknown flag, or one that only the driver sets", spoil_exempt },
	{ "filter 7: unknown flag, or one that only the driver sets", spoil_shadowed },
	{ "filter 7: the family is neither AF_INET nor AF_INET6", spoil_family },
	{ "filter 7: the family is neither AF_INET nor AF_INET6", spoil_family10 },
	{ "filter 7: unknown interface class", spoil_class },
	{ "filter 7: the prefix is longer than the address", spoil_plen33 },
	{ "filter 7: the prefix is longer than the address", spoil_plen129 },
	{ "filter 7: the address has bits set beyond its prefix", spoil_host },
	{ "filter 7: the last address is not that of the prefix", spoil_last },
	{ "filter 7: the last address is below the first", spoil_reversed },
	{ "filter 7: the last port is below the first", spoil_ports },
	{ "filter 7: ports need a protocol that has them, as TCP or UDP", spoil_ports_any },
	{ "filter 7: ports need a protocol that has them, as TCP or UDP", spoil_ports_gre },
	{ "filter 7: ICMP is for IPv4, ICMPv6 for IPv6", spoil_icmp6 },
	{ "filter 7: an ICMP code needs a type", spoil_icmp_code },
	{ "filter 7: ICMP types and codes end at 255", spoil_icmp_type },
	{ "filter 7: unknown way to narrow", spoil_narrow },
	{ "filter 7: unknown requirement", spoil_require },
	{ "filter 7: unknown reason for soft fallback", spoil_reason },
	{ "filter 7: settings of soft fallback need the flag soft", spoil_soft },
	{ "filter 7: multicast and broadcast cannot be negotiated", spoil_group },
	{ "filter 7: multicast and broadcast cannot be negotiated", spoil_broadcast },
	{ "filter 7: multicast and broadcast cannot be negotiated", spoil_group_src },
	{ "filter 7: tunnel endpoints need the flag tunnel", spoil_transport },
	{ "filter 7: the fast path is for tunnels", spoil_fast },
	{ "filter 7: tunnel mode needs endpoints of one family", spoil_tunnel },
	{ "filter 7: tunnel mode needs a remote endpoint", spoil_remote },
	{ "filter 7: a tunnel endpoint is no multicast or broadcast address", spoil_tunnel_group },
	{ "filter 7: tunnel, soft, inpass and fast-path need the action negotiate",
	  spoil_plain_soft },
	{ "filter 7: tunnel, soft, inpass and fast-path need the action negotiate",
	  spoil_plain_inpass },
	{ "filter 7: tunnel, soft, inpass and fast-path need the action negotiate",
	  spoil_plain_fast },
	{ "filter 7: narrow and require need the action negotiate", spoil_plain_narrow },
	{ "filter 7: narrow and require need the action negotiate", spoil_plain_require },
	{ "filter 7: soft fallback needs the action negotiate", spoil_plain_delay },
};

static void filter_check(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct ipd_filter_spec spec = spec4(7, IPSECDRV_ACTION_NEGOTIATE,
						    V4(10, 0, 0, 0), 24, V4(10, 1, 0, 0), 16);
		struct netlink_ext_ack extack = { 0 };

		KUNIT_EXPECT_EQ(test, ipd_filter_check(&spec, &extack), 0);
		KUNIT_EXPECT_NULL(test, extack._msg);
		refusals[i].spoil(&spec);
		KUNIT_EXPECT_EQ_MSG(test, ipd_filter_check(&spec, &extack), -EINVAL, "%s",
				    refusals[i].text);
		KUNIT_EXPECT_STREQ(test, extack._msg, refusals[i].text);
	}
}

/* --- Order and conflicts --- */

static void add(struct kunit *test, const struct ipd_filter_spec *spec)
{
	struct ipd_net *in = test->priv;

	KUNIT_ASSERT_EQ(test, ipd_table_add(in, spec, 1, NULL), 0);
}

static u32 shadow(struct kunit *test, u32 id)
{
	struct ipd_filter *filter = ipd_table_find(in_force(test->priv), id);

	KUNIT_ASSERT_NOT_NULL(test, filter);
	return filter->shadowed_by;
}

static void table_shadows(struct kunit *test)
{
	struct ipd_key key = key4(IPSECDRV_DIR_OUT, V4(10, 0, 0, 1), V4(10, 0, 0, 2), 6, 1, 80);
	struct ipd_filter_spec spec = tcp4(1, IPSECDRV_ACTION_PERMIT, 80);
	struct ipd_net *in = lock(test);

	add(test, &spec);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);

	spec.id = 2;	/* the same again: the first acts */
	add(test, &spec);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	KUNIT_EXPECT_EQ(test, shadow(test, 2), 1);

	spec.id = 3;	/* more restrictive */
	spec.action = IPSECDRV_ACTION_NEGOTIATE;
	add(test, &spec);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 3);
	KUNIT_EXPECT_EQ(test, shadow(test, 1), 3);
	KUNIT_EXPECT_EQ(test, shadow(test, 2), 3);

	spec.id = 4;
	spec.action = IPSECDRV_ACTION_BLOCK;
	add(test, &spec);
	spec.id = 5;
	add(test, &spec);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 4);
	KUNIT_EXPECT_EQ(test, shadow(test, 1), 4);
	KUNIT_EXPECT_EQ(test, shadow(test, 3), 4);
	KUNIT_EXPECT_EQ(test, shadow(test, 4), 0);
	KUNIT_EXPECT_EQ(test, shadow(test, 5), 4);

	spec.id = 6;	/* the other direction is another matter */
	spec.dir = IPSECDRV_DIR_IN;
	add(test, &spec);
	KUNIT_EXPECT_EQ(test, shadow(test, 6), 0);

	/* What is deleted shadows no more. */
	KUNIT_EXPECT_EQ(test, ipd_table_del(in, 3, NULL), 0);
	KUNIT_EXPECT_EQ(test, shadow(test, 1), 4);
	KUNIT_EXPECT_EQ(test, ipd_table_del(in, 4, NULL), 0);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 5);
	KUNIT_EXPECT_EQ(test, shadow(test, 1), 5);
	KUNIT_EXPECT_EQ(test, shadow(test, 5), 0);
	KUNIT_EXPECT_EQ(test, ipd_table_del(in, 5, NULL), 0);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	KUNIT_EXPECT_EQ(test, shadow(test, 1), 0);
	KUNIT_EXPECT_EQ(test, shadow(test, 2), 1);
	KUNIT_EXPECT_EQ(test, ipd_table_del(in, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 2);
	KUNIT_EXPECT_EQ(test, ipd_table_del(in, 1, NULL), -ENOENT);
	mutex_unlock(&in->mutex);
}

static void table_mirror(struct kunit *test)
{
	struct in6_addr a = V4(10, 0, 0, 1), b = V4(10, 0, 0, 2);
	struct ipd_key out = key4(IPSECDRV_DIR_OUT, a, b, 6, 1000, 80);
	struct ipd_key in = key4(IPSECDRV_DIR_IN, b, a, 6, 80, 1000);
	struct ipd_key wrong = key4(IPSECDRV_DIR_IN, b, a, 6, 1000, 80);
	struct ipd_filter_spec spec = spec4(1, IPSECDRV_ACTION_NEGOTIATE, a, 32, b, 32);
	struct ipd_net *net = lock(test);

	spec.sel.proto = IPPROTO_TCP;
	spec.sel.dport = 80;
	spec.sel.dport_last = 80;
	add(test, &spec);
	KUNIT_EXPECT_EQ(test, look_id(net, &out), 1);
	KUNIT_EXPECT_EQ(test, look_id(net, &in), 1);
	KUNIT_EXPECT_EQ(test, look_id(net, &wrong), -2);

	/* A filter that was written for the direction goes before a mirror image. */
	spec.id = 2;
	spec.dir = IPSECDRV_DIR_IN;
	spec.flags = 0;
	spec.action = IPSECDRV_ACTION_PERMIT;
	ipd_selector_swap(&spec.sel, &ipd_table_find(in_force(net), 1)->spec.sel);
	add(test, &spec);
	KUNIT_EXPECT_EQ(test, look_id(net, &out), 1);
	KUNIT_EXPECT_EQ(test, look_id(net, &in), 2);
	KUNIT_EXPECT_EQ(test, shadow(test, 1), 0);
	KUNIT_EXPECT_EQ(test, ipd_table_del(net, 2, NULL), 0);
	KUNIT_EXPECT_EQ(test, look_id(net, &in), 1);

	/* Groups are never negotiated. */
	out.flags |= IPD_KEY_GROUP;
	KUNIT_EXPECT_EQ(test, look_id(net, &out), -2);
	mutex_unlock(&net->mutex);
}

/* Heaviest first, and every filter in its place after any change. */
static void expect_order(struct kunit *test, unsigned int user)
{
	struct ipd_table *table = in_force(test->priv);
	const struct ipd_filter *filter;
	unsigned int n = 0;
	u64 last = U64_MAX;

	list_for_each_entry(filter, &table->filters, list) {
		u64 rank = ipd_rank(filter->weight, filter->spec.action, filter->order);

		KUNIT_EXPECT_LT(test, rank, last);
		last = rank;
		n += !(filter->spec.flags & IPSECDRV_FILTER_FLAGS_EXEMPT);
	}
	KUNIT_EXPECT_EQ(test, n, user);
	KUNIT_EXPECT_EQ(test, table->count, user);
}

static void table_add_all_or_none(struct kunit *test)
{
	struct ipd_filter_spec specs[5];
	struct netlink_ext_ack extack = { 0 };
	struct ipd_net *in = lock(test);
	u32 generation = in_force(in)->generation;
	struct ipd_key key = key4(IPSECDRV_DIR_OUT, V4(1), V4(2), 6, 1, 3);
	unsigned int i, tuples = ipd_cls_tuples(in_force(in)->cls);

	for (i = 0; i < ARRAY_SIZE(specs); i++)
		specs[i] = tcp4(i + 1, IPSECDRV_ACTION_BLOCK, i);
	specs[4].id = 2;
	KUNIT_EXPECT_EQ(test, ipd_table_add(in, specs, 5, &extack), -EEXIST);
	KUNIT_EXPECT_STREQ(test, extack._msg, "filter 2: there is one of this id");
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -2);
	KUNIT_EXPECT_EQ(test, in_force(in)->generation, generation);
	KUNIT_EXPECT_EQ(test, ipd_cls_tuples(in_force(in)->cls), tuples);
	KUNIT_EXPECT_EQ(test, ipd_cls_tuples(in_force(in)->fragments), 0);
	expect_order(test, 0);

	specs[4].id = 5;
	in->config.filters_max = 4;
	KUNIT_EXPECT_EQ(test, ipd_table_add(in, specs, 5, &extack), -ENOBUFS);
	KUNIT_EXPECT_STREQ(test, extack._msg,
			   "filter 1: a table may have 4 filters (filters-max)");
	expect_order(test, 0);
	in->config.filters_max = 5;
	KUNIT_EXPECT_EQ(test, ipd_table_add(in, specs, 5, &extack), 0);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 4);
	KUNIT_EXPECT_EQ(test, in_force(in)->generation, generation + 1);
	expect_order(test, 5);
	for (i = 5; i > 0; i--)
		KUNIT_EXPECT_EQ(test, ipd_table_del(in, i, NULL), 0);
	KUNIT_EXPECT_EQ(test, ipd_cls_tuples(in_force(in)->cls), tuples);
	KUNIT_EXPECT_EQ(test, ipd_cls_tuples(in_force(in)->fragments), 0);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -2);
	mutex_unlock(&in->mutex);
}

/* --- No memory --- */

#ifdef CONFIG_FAULT_INJECTION
/* Each operation, over and over, with one allocation more until the one that fails. The
 * slab allocator must be told to fail those that may sleep:
 * echo N >/sys/kernel/debug/failslab/ignore-gfp-wait
 */
struct memory {
	struct ipd_filter_spec specs[6];
	unsigned int tuples;
	unsigned int fragments;
	unsigned int failures;
};

static int memory_add(struct ipd_net *in, struct memory *m)
{
	return ipd_table_add(in, m->specs, ARRAY_SIZE(m->specs), NULL);
}

static int memory_exempt(struct ipd_net *in, struct memory *m)
{
	return ipd_table_set_exemptions(in, in->config.exemptions);
}

static int memory_load(struct ipd_net *in, struct memory *m)
{
	struct ipd_transaction *trans = ipd_transaction_begin(in, 1, NULL);
	unsigned int i;
	int err = 0;

	if (IS_ERR(trans))
		return PTR_ERR(trans);
	for (i = 0; i < ARRAY_SIZE(m->specs) && !err; i++)
		err = ipd_transaction_add(trans, &m->specs[i], NULL);
	if (err)
		ipd_transaction_abort(trans);
	return err;
}

static int memory_commit(struct ipd_net *in, struct memory *m)
{
	return ipd_transaction_commit(ipd_transaction_find(in, 1, in->transaction_id), NULL, NULL);
}

static void memory_check(struct kunit *test, struct memory *m)
{
	struct ipd_table *table = in_force(test->priv);

	KUNIT_EXPECT_EQ(test, ipd_cls_tuples(table->cls), m->tuples);
	KUNIT_EXPECT_EQ(test, ipd_cls_tuples(table->fragments), m->fragments);
	expect_order(test, 0);
}

static void memory_empty(struct ipd_net *in)
{
	struct ipd_filter *filter, *next;

	list_for_each_entry_safe(filter, next, &in_force(in)->filters, list) {
		if (filter->spec.id)
			ipd_table_del(in, filter->spec.id, NULL);
	}
}

/* @op with its n-th allocation failing. Return: whether it had so many. */
static bool memory_fail(struct kunit *test, struct memory *m, unsigned int n,
			int (*op)(struct ipd_net *in, struct memory *m))
{
	struct ipd_net *in = test->priv;
	unsigned int left;
	int err;

	current->fail_nth = n;
	err = op(in, m);
	left = current->fail_nth;
	current->fail_nth = 0;
	if (err) {
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		KUNIT_EXPECT_EQ(test, left, 0);
		memory_check(test, m);
		/* Nothing is left that would be in the way of a second try. */
		KUNIT_EXPECT_EQ(test, op(in, m), 0);
	}
	m->failures += !left;
	return !left;
}

static void table_no_memory(struct kunit *test)
{
	struct ipd_net *in = lock(test);
	struct memory *m;
	unsigned int i;

	m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	for (i = 0; i < ARRAY_SIZE(m->specs); i++)
		m->specs[i] = tcp4(i + 1, i % 3, i % 2 ? 80 + i : 80);
	m->specs[3].sel.sport = 1;
	m->specs[4].sel.src = V4(10, 0, 0, 1);
	m->specs[4].sel.src_plen = IPD_PLEN_RANGE;
	m->tuples = ipd_cls_tuples(in_force(in)->cls);

	for (i = 1; memory_fail(test, m, i, memory_exempt); i++)
		memory_check(test, m);
	for (i = 1; memory_fail(test, m, i, memory_add); i++)
		memory_empty(in);
	memory_empty(in);
	for (i = 1; memory_fail(test, m, i, memory_load); i++)
		ipd_transaction_release(in, 1);
	for (i = 1; memory_fail(test, m, i, memory_commit); i++) {
		memory_empty(in);
		KUNIT_ASSERT_EQ(test, memory_load(in, m), 0);
	}
	mutex_unlock(&in->mutex);
	if (!m->failures)
		kunit_skip(test, "allocations that may sleep do not fail here");
	kunit_info(test, "%u allocations failed one by one", m->failures);
}
#else
static void table_no_memory(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_FAULT_INJECTION");
}
#endif

/* --- Exemptions --- */

static void table_exemptions(struct kunit *test)
{
	struct ipd_filter_spec all = spec4(1, IPSECDRV_ACTION_BLOCK, V4(0), 0, V4(0), 0);
	struct in6_addr a = V4(10, 0, 0, 1), b = V4(10, 0, 0, 2);
	struct ipd_net *in = lock(test);
	const struct ipd_filter *filter;
	unsigned int n = 0;
	struct ipd_key key;

	list_for_each_entry(filter, &in_force(in)->filters, list) {
		KUNIT_EXPECT_TRUE(test, filter->spec.flags & IPSECDRV_FILTER_FLAGS_EXEMPT);
		KUNIT_EXPECT_TRUE(test, filter->weight & IPD_WEIGHT_EXEMPT);
		KUNIT_EXPECT_EQ(test, filter->spec.id, 0);
		KUNIT_EXPECT_TRUE(test, filter->spec.name[0]);
		n++;
	}
	KUNIT_EXPECT_EQ(test, n, 11);
	KUNIT_EXPECT_EQ(test, in_force(in)->count, 0);
	add(test, &all);
	expect_order(test, 1);

	key = key4(IPSECDRV_DIR_OUT, a, b, IPPROTO_UDP, 500, 30000);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	key = key4(IPSECDRV_DIR_IN, b, a, IPPROTO_UDP, 30000, 4500);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	/* The peer's port alone opens nothing. */
	key = key4(IPSECDRV_DIR_IN, b, a, IPPROTO_UDP, 500, 30000);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	key = key4(IPSECDRV_DIR_OUT, a, b, IPPROTO_TCP, 500, 500);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	key = key4(IPSECDRV_DIR_OUT, a, V4(255, 255, 255, 255), IPPROTO_UDP, 68, 67);
	key.flags = IPD_KEY_GROUP;
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	key = key4(IPSECDRV_DIR_OUT, a, b, IPPROTO_UDP, 68, 68);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	key = key4(IPSECDRV_DIR_IN, a, b, IPPROTO_TCP, 1, 2);
	KUNIT_EXPECT_TRUE(test, look(in, &key, &lo, NULL)->spec.flags &
				IPSECDRV_FILTER_FLAGS_EXEMPT);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);

	key = (struct ipd_key){ .family = AF_INET6, .dir = IPSECDRV_DIR_IN,
				.proto = IPPROTO_ICMPV6, .sport = 137 };
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	key.sport = 138;
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -2);
	key.sport = 132;
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -2);

	KUNIT_EXPECT_EQ(test, ipd_table_set_exemptions(in, IPSECDRV_EXEMPTIONS_ND), 0);
	expect_order(test, 1);
	key.sport = 133;
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	key = key4(IPSECDRV_DIR_OUT, a, b, IPPROTO_UDP, 500, 500);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	KUNIT_EXPECT_FALSE(test, ipd_cls_uses_iface(in_force(in)->cls));
	KUNIT_EXPECT_EQ(test, ipd_table_set_exemptions(in, 0), 0);
	KUNIT_EXPECT_EQ(test, ipd_cls_tuples(in_force(in)->cls), 2);
	mutex_unlock(&in->mutex);
}

/* What Windows exempted before Server 2003, above all other filters. */
static void table_exemptions_more(struct kunit *test)
{
	struct ipd_filter_spec all = spec4(1, IPSECDRV_ACTION_BLOCK, V4(0), 0, V4(0), 0);
	struct in6_addr a = V4(10, 0, 0, 1), b = V4(10, 0, 0, 2), bcast = V4(10, 0, 0, 255);
	struct ipd_net *in = lock(test);
	struct ipd_key key;

	add(test, &all);
	KUNIT_EXPECT_EQ(test, ipd_table_set_exemptions(in, IPSECDRV_EXEMPTIONS_MULTICAST), 0);
	key = key4(IPSECDRV_DIR_IN, b, bcast, IPPROTO_UDP, 137, 137);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	key.flags = IPD_KEY_GROUP;
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	key.flags |= IPD_KEY_NO_PORTS;
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	key = key4(IPSECDRV_DIR_OUT, a, bcast, IPPROTO_UDP, 137, 137);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	key.flags = IPD_KEY_GROUP;
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);

	KUNIT_EXPECT_EQ(test, ipd_table_set_exemptions(in, IPSECDRV_EXEMPTIONS_RSVP |
							   IPSECDRV_EXEMPTIONS_KERBEROS), 0);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	key = key4(IPSECDRV_DIR_IN, b, a, IPPROTO_RSVP, 0, 0);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	key = key4(IPSECDRV_DIR_IN, b, a, IPPROTO_RSVP - 1, 0, 0);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	key = key4(IPSECDRV_DIR_IN, b, a, IPPROTO_TCP, 88, 5);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	key = key4(IPSECDRV_DIR_IN, b, a, IPPROTO_UDP, 5, 88);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	key = key4(IPSECDRV_DIR_OUT, a, b, IPPROTO_TCP, 5, 88);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	key = key4(IPSECDRV_DIR_OUT, a, b, IPPROTO_SCTP, 5, 88);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	key = key4(IPSECDRV_DIR_IN, b, a, IPPROTO_TCP, 89, 87);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	mutex_unlock(&in->mutex);
}

/* --- Fragments --- */

static void table_fragments(struct kunit *test)
{
	struct ipd_key key = key4(IPSECDRV_DIR_OUT, V4(10), V4(11), IPPROTO_TCP, 0, 0);
	struct ipd_filter_spec port = tcp4(1, IPSECDRV_ACTION_PERMIT, 80);
	struct ipd_filter_spec hosts;
	struct ipd_net *in = lock(test);
	bool ambiguous = true;

	/* A permit filter with ports makes no difference. */
	key.flags = IPD_KEY_NO_PORTS;
	add(test, &port);
	KUNIT_EXPECT_NULL(test, look(in, &key, &eth0, &ambiguous));
	KUNIT_EXPECT_FALSE(test, ambiguous);

	/* A block filter with ports does, in both directions, for its protocol. */
	port.id = 2;
	port.action = IPSECDRV_ACTION_BLOCK;
	add(test, &port);
	KUNIT_EXPECT_NULL(test, look(in, &key, &eth0, &ambiguous));
	KUNIT_EXPECT_TRUE(test, ambiguous);
	key.dir = IPSECDRV_DIR_IN;
	KUNIT_EXPECT_NULL(test, look(in, &key, &eth0, &ambiguous));
	KUNIT_EXPECT_TRUE(test, ambiguous);
	key.dir = IPSECDRV_DIR_OUT;
	key.proto = IPPROTO_UDP;
	look(in, &key, &eth0, &ambiguous);
	KUNIT_EXPECT_FALSE(test, ambiguous);
	key.proto = IPPROTO_TCP;

	/* Unless something heavier decides that does not ask for ports. */
	hosts = spec4(3, IPSECDRV_ACTION_PERMIT, V4(10), 32, V4(11), 32);
	add(test, &hosts);
	KUNIT_EXPECT_PTR_EQ(test, look(in, &key, &eth0, &ambiguous),
			    (const struct ipd_filter *)ipd_table_find(in_force(in), 3));
	KUNIT_EXPECT_FALSE(test, ambiguous);
	hosts.id = 4;
	hosts.action = IPSECDRV_ACTION_NEGOTIATE;
	hosts.sel.proto = IPPROTO_TCP;
	hosts.sel.sport = 5;
	add(test, &hosts);
	look(in, &key, &eth0, &ambiguous);
	KUNIT_EXPECT_TRUE(test, ambiguous);
	/* It negotiates nothing with groups. */
	key.flags |= IPD_KEY_GROUP;
	look(in, &key, &eth0, &ambiguous);
	KUNIT_EXPECT_FALSE(test, ambiguous);
	key.flags = 0;
	look(in, &key, &eth0, &ambiguous);
	KUNIT_EXPECT_FALSE(test, ambiguous);
	mutex_unlock(&in->mutex);
}

/* --- Transactions --- */

static struct ipd_transaction *begin(struct kunit *test, u32 portid)
{
	struct ipd_transaction *trans = ipd_transaction_begin(test->priv, portid, NULL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, trans);
	return trans;
}

static void table_commit(struct kunit *test)
{
	struct ipd_key key = key4(IPSECDRV_DIR_OUT, V4(10), V4(11), IPPROTO_TCP, 1, 80);
	struct ipd_filter_spec stays = tcp4(1, IPSECDRV_ACTION_NEGOTIATE, 80);
	struct ipd_filter_spec goes = tcp4(2, IPSECDRV_ACTION_NEGOTIATE, 81);
	struct netlink_ext_ack extack = { 0 };
	struct ipd_net *in = lock(test);
	struct ipd_transaction *trans;
	u32 serial1, serial2, wrong, generation, flow;
	u64 packets, bytes;

	trans = begin(test, 100);
	KUNIT_EXPECT_EQ(test, ipd_transaction_add(trans, &stays, NULL), 0);
	KUNIT_EXPECT_EQ(test, ipd_transaction_add(trans, &stays, &extack), -EEXIST);
	KUNIT_EXPECT_STREQ(test, extack._msg, "filter 1: there is one of this id");
	KUNIT_EXPECT_EQ(test, ipd_transaction_add(trans, &goes, NULL), 0);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -2);

	/* Only over the table that is expected. */
	generation = in_force(in)->generation;
	wrong = generation + 1;
	flow = in->generation;
	KUNIT_EXPECT_EQ(test, ipd_transaction_commit(trans, &wrong, &extack), -EBUSY);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -2);
	KUNIT_EXPECT_EQ(test, in->generation, flow);
	KUNIT_EXPECT_EQ(test, ipd_transaction_commit(trans, &generation, NULL), 0);
	KUNIT_EXPECT_EQ(test, in_force(in)->generation, generation + 1);
	KUNIT_EXPECT_NE(test, in->generation, flow);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&in->transactions));
	expect_order(test, 2);

	/* The same filter goes on under its number and with its counters. */
	serial1 = ipd_table_find(in_force(in), 1)->serial;
	serial2 = ipd_table_find(in_force(in), 2)->serial;
	KUNIT_EXPECT_NE(test, serial1, serial2);
	ipd_filter_hit(ipd_table_find(in_force(in), 1), 3, 300);
	ipd_filter_hit(ipd_table_find(in_force(in), 2), 4, 400);
	trans = begin(test, 100);
	goes.narrow = IPSECDRV_NARROW_PAIR;
	strscpy(stays.name, "renamed", sizeof(stays.name));
	KUNIT_EXPECT_EQ(test, ipd_transaction_add(trans, &goes, NULL), 0);
	KUNIT_EXPECT_EQ(test, ipd_transaction_add(trans, &stays, NULL), 0);
	KUNIT_EXPECT_EQ(test, ipd_transaction_commit(trans, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, ipd_table_find(in_force(in), 1)->serial, serial1);
	KUNIT_EXPECT_NE(test, ipd_table_find(in_force(in), 2)->serial, serial2);
	KUNIT_EXPECT_PTR_EQ(test, ipd_table_find_serial(in_force(in), serial1),
			    ipd_table_find(in_force(in), 1));
	KUNIT_EXPECT_NULL(test, ipd_table_find_serial(in_force(in), serial2));
	ipd_filter_sum(ipd_table_find(in_force(in), 1), &packets, &bytes);
	KUNIT_EXPECT_EQ(test, packets, 3);
	KUNIT_EXPECT_EQ(test, bytes, 300);
	ipd_filter_sum(ipd_table_find(in_force(in), 2), &packets, &bytes);
	KUNIT_EXPECT_EQ(test, packets, 0);

	/* An empty table is one, too, with the exemptions. */
	trans = begin(test, 100);
	KUNIT_EXPECT_EQ(test, ipd_transaction_commit(trans, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -2);
	expect_order(test, 0);
	key = key4(IPSECDRV_DIR_OUT, V4(10), V4(11), IPPROTO_UDP, 500, 500);
	KUNIT_EXPECT_EQ(test, look_id(in, &key), -1);
	mutex_unlock(&in->mutex);
}

static void table_transactions(struct kunit *test)
{
	struct ipd_filter_spec spec = tcp4(1, IPSECDRV_ACTION_BLOCK, 80);
	struct ipd_net *in = lock(test);
	struct ipd_transaction *a, *b;
	unsigned int i;

	a = begin(test, 1);
	b = begin(test, 2);
	KUNIT_EXPECT_NE(test, ipd_transaction_id(a), ipd_transaction_id(b));
	KUNIT_EXPECT_PTR_EQ(test, ipd_transaction_find(in, 1, ipd_transaction_id(a)), a);
	KUNIT_EXPECT_NULL(test, ipd_transaction_find(in, 2, ipd_transaction_id(a)));
	KUNIT_EXPECT_EQ(test, ipd_transaction_add(a, &spec, NULL), 0);
	KUNIT_EXPECT_EQ(test, ipd_transaction_add(b, &spec, NULL), 0);
	ipd_transaction_release(in, 1);
	KUNIT_EXPECT_NULL(test, ipd_transaction_find(in, 1, 1));
	KUNIT_EXPECT_FALSE(test, list_empty(&in->transactions));
	ipd_transaction_abort(b);
	KUNIT_EXPECT_TRUE(test, list_empty(&in->transactions));
	for (i = 0; i < 16; i++)
		begin(test, 3);
	KUNIT_EXPECT_EQ(test, PTR_ERR(ipd_transaction_begin(in, 4, NULL)), -EBUSY);
	/* They end with the namespace. */
	mutex_unlock(&in->mutex);
}

/* --- Against the model --- */

struct model {
	struct naive_rule *rules;	/* two for each filter */
	struct ipd_filter_spec *specs;
	unsigned int n;
	u32 order;
};

static void model_add(struct model *model, const struct ipd_filter_spec *spec)
{
	struct naive_rule *r = &model->rules[2 * model->n];
	unsigned int side;

	model->specs[model->n++] = *spec;
	for (side = 0; side < 2; side++) {
		r[side].present = !side || spec->flags & IPSECDRV_FILTER_FLAGS_MIRRORED;
		r[side].sel = spec->sel;
		if (side)
			ipd_selector_swap(&r[side].sel, &spec->sel);
		r[side].rule = (struct ipd_rule){
			.rank = ipd_rank(ipd_weight(&r[side].sel, false, side), spec->action,
					 model->order),
			.dir = spec->dir ^ side,
			.group = spec->action != IPSECDRV_ACTION_NEGOTIATE,
		};
	}
	model->order++;
}

static void model_compare(struct kunit *test, struct model *model, struct rnd_state *rnd,
			  unsigned int packets, unsigned int *wrong)
{
	struct ipd_net *in = test->priv;

	while (packets--) {
		const struct ipd_iface *iface = naive_random_iface(rnd);
		const struct ipd_filter *got;
		bool ambiguous, expect = false;
		struct ipd_rule *want;
		unsigned int i, id = 0;
		struct ipd_key key;

		naive_random_key(rnd, &key);
		got = look(in, &key, iface, &ambiguous);
		want = naive_lookup(model->rules, 2 * model->n, &key, 0, iface, false);
		for (i = 0; i < 2 * model->n; i++) {
			struct naive_rule *r = &model->rules[i];

			if (want == &r->rule)
				id = model->specs[i / 2].id;
			if (!(key.flags & IPD_KEY_NO_PORTS) || !r->present ||
			    model->specs[i / 2].action == IPSECDRV_ACTION_PERMIT ||
			    r->rule.dir != key.dir || !ipd_selector_has_ports(&r->sel) ||
			    (key.flags & IPD_KEY_GROUP && !r->rule.group))
				continue;
			if (naive_match_addrs(&r->sel, &key, iface) &&
			    (!want || r->rule.rank > want->rank))
				expect = true;
		}
		if ((got ? got->spec.id : 0) != id || ambiguous != expect)
			(*wrong)++;
	}
}

static void random_spec(struct rnd_state *rnd, struct ipd_filter_spec *spec, u32 id)
{
	memset(spec, 0, sizeof(*spec));
	spec->id = id;
	naive_random_selector(rnd, &spec->sel);
	spec->action = ipd_test_below(rnd, 3);
	spec->dir = ipd_test_below(rnd, 2);
	if (ipd_test_below(rnd, 2))
		spec->flags = IPSECDRV_FILTER_FLAGS_MIRRORED;
}

/* Tables by commit, then changed one by one. */
static void table_model(struct kunit *test)
{
	enum { MAX = 24 };
	struct ipd_net *in = lock(test);
	unsigned int i, round, wrong = 0;
	struct ipd_transaction *trans;
	struct ipd_filter_spec *spec;
	struct rnd_state rnd;
	struct model model = { 0 };

	ipd_test_seed(test, &rnd);
	in->config.exemptions = 0;
	model.rules = kunit_kcalloc(test, 2 * MAX, sizeof(*model.rules), GFP_KERNEL);
	model.specs = kunit_kcalloc(test, MAX, sizeof(*model.specs), GFP_KERNEL);
	spec = kunit_kzalloc(test, sizeof(*spec), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, model.rules);
	KUNIT_ASSERT_NOT_NULL(test, model.specs);
	KUNIT_ASSERT_NOT_NULL(test, spec);
	for (round = 0; round < 2000; round++) {
		model.n = 0;
		model.order = 0;
		trans = begin(test, 1);
		for (i = 0; i < MAX / 2; i++) {
			random_spec(&rnd, spec, i + 1);
			model_add(&model, spec);
			KUNIT_ASSERT_EQ(test, ipd_transaction_add(trans, spec, NULL), 0);
		}
		KUNIT_ASSERT_EQ(test, ipd_transaction_commit(trans, NULL, NULL), 0);
		model_compare(test, &model, &rnd, 10, &wrong);
		for (; i < MAX; i++) {
			random_spec(&rnd, spec, i + 1);
			model_add(&model, spec);
			add(test, spec);
		}
		model_compare(test, &model, &rnd, 10, &wrong);
		for (i = 0; i < MAX; i++) {
			if (ipd_test_below(&rnd, 2))
				continue;
			KUNIT_ASSERT_EQ(test, ipd_table_del(in, i + 1, NULL), 0);
			model.rules[2 * i].present = false;
			model.rules[2 * i + 1].present = false;
		}
		model_compare(test, &model, &rnd, 10, &wrong);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	mutex_unlock(&in->mutex);
}

/* --- Packets meanwhile --- */

struct race {
	struct ipd_net *in;
	atomic_t packets;
	atomic_t wrong;
};

/* As a packet does it: what is known of the flow, or ask and keep the answer. Some filter
 * always decides, and it is one that can be looked at.
 */
static void race_packet(struct race *race, u32 n)
{
	struct ipd_key key = key4(IPSECDRV_DIR_OUT, V4(10, 0, 0, n % 8), V4(10, 0, 1, 1),
				  IPPROTO_TCP, n % 64, 80);
	struct ipd_net *in = race->in;
	struct ipd_filter *filter;
	struct ipd_flow *flow;
	u32 generation, hash;
	bool ambiguous;

	local_bh_disable();
	rcu_read_lock();
	/* Before the tables, as flow.h wants it. */
	generation = smp_load_acquire(&in->generation);
	flow = ipd_flow_find(in, &key, &hash);
	if (flow) {
		filter = flow->filter;
	} else {
		filter = ipd_table_lookup(rcu_dereference(in->table), &key, &eth0, &ambiguous);
		ipd_flow_store(in, &key, hash, generation, filter, NULL);
	}
	if (!filter || filter->spec.id < 1 || filter->spec.sel.dport_last < 80)
		atomic_inc(&race->wrong);
	else
		ipd_filter_hit(filter, 1, 100);
	rcu_read_unlock();
	local_bh_enable();
	atomic_inc(&race->packets);
}

static int race_reader(void *data)
{
	u32 n = 0;

	while (!kthread_should_stop()) {
		race_packet(data, n++);
		cond_resched();
	}
	return 0;
}

/* Heavier filters come and go above one that always matches, and whole tables change. */
static void race_change(struct kunit *test, u32 round)
{
	struct ipd_filter_spec spec = spec4(1, IPSECDRV_ACTION_BLOCK, V4(10), 8, V4(10), 8);
	struct ipd_net *in = test->priv;
	struct ipd_transaction *trans;
	unsigned int i;

	trans = begin(test, 1);
	KUNIT_EXPECT_EQ(test, ipd_transaction_add(trans, &spec, NULL), 0);
	KUNIT_EXPECT_EQ(test, ipd_transaction_commit(trans, NULL, NULL), 0);
	for (i = 0; i < 8; i++) {
		spec = spec4(i + 2, (i + round) % 3, V4(10), 32 - i % 4, V4(10, 0, 1, 1), 32);
		KUNIT_EXPECT_EQ(test, ipd_table_add(in, &spec, 1, NULL), 0);
	}
	for (i = 0; i < 64; i++) {
		spec = tcp4(i + 100, IPSECDRV_ACTION_PERMIT, 80);
		spec.sel.sport = i;
		spec.sel.sport_last = i;
		KUNIT_EXPECT_EQ(test, ipd_table_add(in, &spec, 1, NULL), 0);
	}
	for (i = 0; i < 64; i += 2)
		KUNIT_EXPECT_EQ(test, ipd_table_del(in, i + 100, NULL), 0);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, ipd_table_del(in, i + 2, NULL), 0);
	cond_resched();
}

static void table_race(struct kunit *test)
{
	struct task_struct *readers[4] = { 0 };
	struct ipd_net *in = lock(test);
	struct race race = { .in = in };
	unsigned int i;

	race_change(test, 0);
	for (i = 0; i < min(num_online_cpus(), 4U); i++) {
		readers[i] = kthread_run(race_reader, &race, "ipd_race/%u", i);
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, readers[i]);
	}
	for (i = 0; i < 200; i++)
		race_change(test, i);
	for (i = 0; i < ARRAY_SIZE(readers); i++) {
		if (!IS_ERR_OR_NULL(readers[i]))
			kthread_stop(readers[i]);
	}
	mutex_unlock(&in->mutex);
	KUNIT_EXPECT_EQ(test, atomic_read(&race.wrong), 0);
	kunit_info(test, "%u CPUs, %d packets while the table changed", num_online_cpus(),
		   atomic_read(&race.packets));
}

/* --- Scale --- */

static struct ipd_filter_spec scale_spec(u32 i)
{
	struct in6_addr src = V4(10, i >> 16, i >> 8, i), dst = V4(172, 16, i >> 8, i);
	struct ipd_filter_spec spec;

	switch (i % 5) {
	case 0:
		spec = spec4(i + 1, IPSECDRV_ACTION_PERMIT, src, 32, dst, 24);
		break;
	case 1:
		spec = spec4(i + 1, IPSECDRV_ACTION_NEGOTIATE, src, 32, dst, 32);
		break;
	case 2:
		spec = spec4(i + 1, IPSECDRV_ACTION_BLOCK, src, 32, V4(0), 0);
		spec.sel.proto = IPPROTO_TCP;
		spec.sel.dport = i;
		spec.sel.dport_last = i;
		break;
	case 3:
		spec = spec4(i + 1, IPSECDRV_ACTION_NEGOTIATE, V4(0), 0, dst, 32);
		spec.sel.proto = IPPROTO_TCP;
		spec.sel.sport = i >> 2;
		spec.sel.sport_last = i >> 2;
		break;
	default:
		spec = spec4(i + 1, IPSECDRV_ACTION_BLOCK, src, 24, dst, 24);
		spec.sel.proto = 1 + i % 200;
	}
	return spec;
}

static u64 scale_lookup_ns(struct ipd_net *in, u32 filters)
{
	struct ipd_key key = key4(IPSECDRV_DIR_OUT, V4(0), V4(0), IPPROTO_TCP, 0, 0);
	enum { PACKETS = 200000 };
	u64 start = ktime_get_ns();
	u32 i, n;

	for (i = 0; i < PACKETS; i++) {
		n = (i * 2654435761U) % filters;
		key.src = V4(10, n >> 16, n >> 8, n);
		key.dst = V4(172, 16, n >> 8, n);
		key.sport = n >> 2;
		key.dport = i;
		look(in, &key, &eth0, NULL);
	}
	return div_u64(ktime_get_ns() - start, PACKETS);
}

static void scale_run(struct kunit *test, u32 filters)
{
	struct ipd_net *in = test->priv;
	struct ipd_transaction *trans;
	u64 start, add, commit, again;
	u32 i;

	start = ktime_get_ns();
	trans = begin(test, 1);
	for (i = 0; i < filters; i++) {
		struct ipd_filter_spec spec = scale_spec(i);

		KUNIT_ASSERT_EQ(test, ipd_transaction_add(trans, &spec, NULL), 0);
		cond_resched();
	}
	add = ktime_get_ns() - start;
	start = ktime_get_ns();
	KUNIT_ASSERT_EQ(test, ipd_transaction_commit(trans, NULL, NULL), 0);
	commit = ktime_get_ns() - start;

	/* The same table again: every filter is kept, and the old one freed. */
	trans = begin(test, 1);
	for (i = 0; i < filters; i++) {
		struct ipd_filter_spec spec = scale_spec(i);

		KUNIT_ASSERT_EQ(test, ipd_transaction_add(trans, &spec, NULL), 0);
		cond_resched();
	}
	start = ktime_get_ns();
	KUNIT_ASSERT_EQ(test, ipd_transaction_commit(trans, NULL, NULL), 0);
	again = ktime_get_ns() - start;
	kunit_info(test, "%u filters: add %llu us, commit %llu us, commit over the same %llu us, %u tuples, look-up %llu ns",
		   filters, div_u64(add, 1000), div_u64(commit, 1000), div_u64(again, 1000),
		   ipd_cls_tuples(in_force(in)->cls), scale_lookup_ns(in, filters));
	KUNIT_EXPECT_EQ(test, in_force(in)->count, filters);
}

static void table_scale(struct kunit *test)
{
	/* A kernel that watches every access takes its time. */
	const u32 many = IS_ENABLED(CONFIG_KASAN) ? 5000 : 100000;
	struct ipd_filter_spec spec = scale_spec(many);
	struct ipd_net *in = lock(test);
	u64 start;

	scale_run(test, 10);
	scale_run(test, 1000);
	scale_run(test, many);
	in->config.filters_max = many + 1;
	start = ktime_get_ns();
	add(test, &spec);
	KUNIT_EXPECT_EQ(test, ipd_table_del(in, spec.id, NULL), 0);
	kunit_info(test, "one more added and deleted: %llu us",
		   div_u64(ktime_get_ns() - start, 1000));
	expect_order(test, many);
	mutex_unlock(&in->mutex);
}

static struct kunit_case filter_cases[] = {
	KUNIT_CASE(filter_check),
	KUNIT_CASE(table_shadows),
	KUNIT_CASE(table_mirror),
	KUNIT_CASE(table_add_all_or_none),
	KUNIT_CASE(table_no_memory),
	KUNIT_CASE(table_exemptions),
	KUNIT_CASE(table_exemptions_more),
	KUNIT_CASE(table_fragments),
	KUNIT_CASE(table_commit),
	KUNIT_CASE(table_transactions),
	KUNIT_CASE_SLOW(table_model),
	KUNIT_CASE_SLOW(table_race),
	KUNIT_CASE_SLOW(table_scale),
	{}
};

static struct kunit_suite filter_suite = {
	.name = "ipsecdrv_filter",
	.init = table_init,
	.exit = table_exit,
	.test_cases = filter_cases,
};

kunit_test_suite(filter_suite);
