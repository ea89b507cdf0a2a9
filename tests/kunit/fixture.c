// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>

#include "fixture.h"

static void net_of_test_exit(void *data)
{
	struct ipd_net *in = data;

	ipd_sadb_net_exit(in);
	ipd_acquire_net_exit(in);
	ipd_table_net_exit(in);
	ipd_flow_net_exit(in);
	rcu_barrier();
	free_percpu(in->stats);
	kfree(in);
}

static void set_sel(struct ipd_selector *sel, u32 src, u32 dst)
{
	struct in6_addr addr = addr4(htonl(src));

	sel->family = AF_INET;
	sel->sport_last = U16_MAX;
	sel->dport_last = U16_MAX;
	sel->src_plen = 24;
	sel->dst_plen = 24;
	ipd_selector_prefix(&sel->src, &sel->src_last, AF_INET, &addr, 24);
	addr = addr4(htonl(dst));
	ipd_selector_prefix(&sel->dst, &sel->dst_last, AF_INET, &addr, 24);
}

static int add_filters(struct ipd_net *in)
{
	struct ipd_filter_spec *specs = kcalloc(2, sizeof(*specs), GFP_KERNEL);
	unsigned int i;
	int err;

	if (!specs)
		return -ENOMEM;
	for (i = 0; i < 2; i++) {
		specs[i].action = IPSECDRV_ACTION_NEGOTIATE;
		specs[i].flags = IPSECDRV_FILTER_FLAGS_MIRRORED;
		specs[i].narrow = IPSECDRV_NARROW_FILTER;
	}
	specs[0].id = FILTER_HOSTS;
	set_sel(&specs[0].sel, 0xc0000200, 0xc0000200);
	specs[1].id = FILTER_TUNNEL;
	specs[1].flags |= IPSECDRV_FILTER_FLAGS_TUNNEL | IPSECDRV_FILTER_FLAGS_SOFT;
	specs[1].soft_reasons = BIT(IPSECDRV_REFUSE_REASON_NO_ANSWER);
	specs[1].soft_lifetime = 1;
	set_sel(&specs[1].sel, 0xc6336400, 0xcb007100);
	err = ipd_table_add(in, specs, 2, NULL);
	kfree(specs);
	return err;
}

struct ipd_net *ipd_test_net(struct kunit *test)
{
	struct ipd_net *in = kzalloc(sizeof(*in), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, in);
	in->net = &init_net;
	in->generation = 1;
	in->config.hold_per_flow = 16;
	in->config.hold_total = 64;
	in->config.hold_seconds = 1;
	in->config.sas_max = 100;
	in->config.filters_max = 100;
	in->config.drain_seconds = 1;
	mutex_init(&in->mutex);
	INIT_LIST_HEAD(&in->transactions);
	in->stats = alloc_percpu(struct ipd_stats);
	KUNIT_ASSERT_TRUE(test, !!in->stats);
	KUNIT_ASSERT_EQ(test, 0, ipd_flow_net_init(in));
	KUNIT_ASSERT_EQ(test, 0, ipd_acquire_net_init(in));
	KUNIT_ASSERT_EQ(test, 0, ipd_sadb_net_init(in));
	KUNIT_ASSERT_EQ(test, 0, ipd_table_net_init(in));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, net_of_test_exit, in));

	mutex_lock(&in->mutex);
	err = add_filters(in);
	mutex_unlock(&in->mutex);
	KUNIT_ASSERT_EQ(test, 0, err);
	return in;
}

/* AES-GCM between hosts 1 and 2; @n makes SPIs and keys differ. */
struct ipd_pair_spec *ipd_test_spec(struct kunit *test, u8 n)
{
	struct ipd_pair_spec *spec = kunit_kzalloc(test, sizeof(*spec), GFP_KERNEL);
	struct ipd_protection *prot;

	KUNIT_ASSERT_NOT_NULL(test, spec);
	spec->filter_id = FILTER_HOSTS;
	spec->mode = IPSECDRV_MODE_TRANSPORT;
	spec->family = AF_INET;
	spec->local = addr4(HOST(1));
	spec->remote = addr4(HOST(2));
	spec->replay_window = 64;
	spec->n = 1;
	prot = &spec->prot[0];
	prot->proto = IPSECDRV_PROTO_ESP;
	prot->encr = IPSECDRV_ENCR_AES_GCM_16;
	prot->encr_key_len = 20;
	memset(prot->encr_key[0], n, 20);
	memset(prot->encr_key[1], 128 + n, 20);
	prot->spi[0] = 0x1000 + n;
	prot->spi[1] = 0x2000 + n;
	return spec;
}

struct ipd_pair_spec *ipd_test_tunnel_spec(struct kunit *test, u8 n)
{
	struct ipd_pair_spec *spec = ipd_test_spec(test, n);

	spec->filter_id = FILTER_TUNNEL;
	spec->mode = IPSECDRV_MODE_TUNNEL;
	return spec;
}

struct ipd_pair *ipd_test_add(struct ipd_net *in, struct ipd_pair_spec *spec)
{
	struct netlink_ext_ack extack = {};
	struct ipd_pair *pair;

	mutex_lock(&in->mutex);
	pair = ipd_sadb_add(in, spec, &extack);
	mutex_unlock(&in->mutex);
	return pair;
}

struct ipd_pair *ipd_test_must_add(struct kunit *test, struct ipd_net *in, u8 n)
{
	struct ipd_pair *pair = ipd_test_add(in, ipd_test_spec(test, n));

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pair);
	return pair;
}

u32 ipd_test_count(struct ipd_net *in)
{
	u32 n;

	mutex_lock(&in->mutex);
	n = in->sadb.count;
	mutex_unlock(&in->mutex);
	return n;
}

bool ipd_test_soon(bool (*is)(struct ipd_net *in), struct ipd_net *in)
{
	unsigned int i;

	for (i = 0; i < 500 && !is(in); i++)
		msleep(20);
	return is(in);
}

bool ipd_test_no_sa(struct ipd_net *in)
{
	return !ipd_test_count(in);
}
