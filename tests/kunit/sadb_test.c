// SPDX-License-Identifier: GPL-2.0-only
/*
 * SPIs, SA pairs and their limits.
 */
#include <linux/delay.h>
#include <linux/rhashtable.h>

#include "fixture.h"

/* --- SPIs --- */

static int get_spi(struct ipd_net *in, u32 min, u32 max, u32 lifetime, u32 *spi)
{
	struct in6_addr local = addr4(HOST(1));
	int err;

	mutex_lock(&in->mutex);
	err = ipd_sadb_get_spi(in, IPPROTO_ESP, AF_INET, &local, min, max, lifetime, 0, spi, NULL);
	mutex_unlock(&in->mutex);
	return err;
}

static void spi_range(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	u64 seen = 0;
	u32 spi, i;

	KUNIT_EXPECT_EQ(test, -EINVAL, get_spi(in, 0, 1000, 0, &spi));
	KUNIT_EXPECT_EQ(test, -EINVAL, get_spi(in, 255, 1000, 0, &spi));
	KUNIT_EXPECT_EQ(test, -EINVAL, get_spi(in, 1000, 999, 0, &spi));
	for (i = 0; i < 64; i++) {
		KUNIT_ASSERT_EQ(test, 0, get_spi(in, 256, 319, 0, &spi));
		KUNIT_ASSERT_GE(test, spi, 256U);
		KUNIT_ASSERT_LE(test, spi, 319U);
		seen |= BIT_ULL(spi - 256);
	}
	KUNIT_EXPECT_EQ(test, U64_MAX, seen);
	KUNIT_EXPECT_EQ(test, -ENOENT, get_spi(in, 256, 319, 0, &spi));
	KUNIT_EXPECT_EQ(test, -ENOENT, get_spi(in, 300, 300, 0, &spi));
	KUNIT_EXPECT_EQ(test, 0, get_spi(in, 256, U32_MAX, 0, &spi));
	KUNIT_EXPECT_EQ(test, 0, get_spi(in, U32_MAX, U32_MAX, 0, &spi));
	KUNIT_EXPECT_EQ(test, 66U, ipd_test_count(in));
	in->config.sas_max = 66;
	KUNIT_EXPECT_EQ(test, -ENOBUFS, get_spi(in, 256, U32_MAX, 0, &spi));
}

static void spi_expires(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	u32 spi;

	KUNIT_ASSERT_EQ(test, 0, get_spi(in, 256, 256, 1, &spi));
	KUNIT_EXPECT_TRUE(test, ipd_test_soon(ipd_test_no_sa, in));
	KUNIT_EXPECT_EQ(test, 0, get_spi(in, 256, 256, 1, &spi));
}

static void spi_matures(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_pair_spec *spec = ipd_test_spec(test, 1);
	struct ipd_spi *found;
	struct ipd_pair *pair;
	u32 spi;

	KUNIT_ASSERT_EQ(test, 0, get_spi(in, 0x2001, 0x2001, 0, &spi));
	/* A pair that fails gives it back as it was. */
	spec->n = 2;
	spec->prot[1] = spec->prot[0];
	spec->prot[1].proto = IPSECDRV_PROTO_AH;
	spec->prot[1].encr = IPSECDRV_ENCR_NONE;
	spec->prot[1].encr_key_len = 0;
	spec->prot[1].integ = IPSECDRV_INTEG_HMAC_SHA2_256_128;
	spec->prot[1].integ_key_len = 32;
	in->config.sas_max = 0;
	KUNIT_EXPECT_EQ(test, -ENOBUFS, PTR_ERR(ipd_test_add(in, spec)));
	/* It has its place already. */
	in->config.sas_max = 1;
	pair = ipd_test_add(in, spec);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pair);
	KUNIT_EXPECT_EQ(test, 1U, ipd_test_count(in));

	rcu_read_lock();
	found = ipd_sadb_find_in(in, &ipd_pair_in(pair, 0)->spi.key);
	KUNIT_EXPECT_PTR_EQ(test, &ipd_pair_in(pair, 0)->spi, found);
	found = ipd_sadb_find_in(in, &ipd_pair_in(pair, 1)->spi.key);
	KUNIT_EXPECT_PTR_EQ(test, &ipd_pair_in(pair, 1)->spi, found);
	rcu_read_unlock();
	in->config.sas_max = 2;
	KUNIT_EXPECT_EQ(test, -ENOENT, get_spi(in, 0x2001, 0x2001, 0, &spi));
}

/* --- Pairs --- */

typedef void (*spoil_t)(struct ipd_pair_spec *spec);

#define SPOIL(name, what) static void spoil_##name(struct ipd_pair_spec *spec) { what; }
SPOIL(no_filter, spec->filter_id = 99)
SPOIL(no_slot, spec->slot = 99)
SPOIL(family, spec->family = AF_INET6)
SPOIL(zero_remote, spec->remote = (struct in6_addr){})
SPOIL(group_remote, spec->remote = addr4(htonl(0xe0000001)))
SPOIL(stranger, spec->remote = addr4(htonl(0x0a000001)))
SPOIL(mode, spec->mode = IPSECDRV_MODE_TUNNEL)
SPOIL(bad_mode, spec->mode = 7)
SPOIL(no_proto, spec->n = 0)
SPOIL(protos, spec->n = 3)
SPOIL(twice, spec->n = 2; spec->prot[1] = spec->prot[0])
SPOIL(spi, spec->prot[0].spi[1] = 255)
SPOIL(encap_half, spec->encap_local = 4500)
SPOIL(keepalive, spec->keepalive = 20)
SPOIL(window, spec->replay_window = IPSECDRV_REPLAY_WINDOW_MAX + 1)
SPOIL(esn, spec->flags = IPSECDRV_SA_FLAGS_ESN; spec->replay_window = 0)
SPOIL(df, spec->flags = IPSECDRV_SA_FLAGS_SET_DF | IPSECDRV_SA_FLAGS_COPY_DF)
SPOIL(limits, spec->limits.soft_bytes = 2; spec->limits.hard_bytes = 1)
SPOIL(key, spec->prot[0].encr_key_len = 19)
SPOIL(no_integ, spec->prot[0].encr = IPSECDRV_ENCR_AES_CBC; spec->prot[0].encr_key_len = 16)
SPOIL(same_key, memcpy(spec->prot[0].encr_key[0], spec->prot[0].encr_key[1], 20))

static const struct {
	spoil_t spoil;
	int err;
} spoils[] = {
	{ spoil_no_filter, -ENOENT },
	{ spoil_no_slot, -ENOENT },
	{ spoil_family, -EINVAL },
	{ spoil_zero_remote, -EINVAL },
	{ spoil_group_remote, -EINVAL },
	{ spoil_stranger, -EINVAL },
	{ spoil_mode, -EINVAL },
	{ spoil_bad_mode, -EINVAL },
	{ spoil_no_proto, -EINVAL },
	{ spoil_protos, -EINVAL },
	{ spoil_twice, -EINVAL },
	{ spoil_spi, -EINVAL },
	{ spoil_encap_half, -EINVAL },
	{ spoil_keepalive, -EINVAL },
	{ spoil_window, -EINVAL },
	{ spoil_esn, -EINVAL },
	{ spoil_df, -EINVAL },
	{ spoil_limits, -EINVAL },
	{ spoil_key, -EINVAL },
	{ spoil_no_integ, -EINVAL },
	{ spoil_same_key, -EINVAL },
};

static void pair_refused(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct netlink_ext_ack extack;
	struct ipd_pair *pair;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(spoils); i++) {
		struct ipd_pair_spec *spec = ipd_test_spec(test, 1);

		spoils[i].spoil(spec);
		extack = (struct netlink_ext_ack){};
		mutex_lock(&in->mutex);
		pair = ipd_sadb_add(in, spec, &extack);
		mutex_unlock(&in->mutex);
		KUNIT_EXPECT_EQ_MSG(test, spoils[i].err, PTR_ERR_OR_ZERO(pair), "case %u", i);
		KUNIT_EXPECT_NOT_NULL_MSG(test, extack._msg, "case %u", i);
		KUNIT_EXPECT_EQ(test, 0U, ipd_test_count(in));
	}
	ipd_test_must_add(test, in, 1);
}

static void pair_duplicate(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_pair_spec *spec;

	ipd_test_must_add(test, in, 1);
	KUNIT_EXPECT_EQ(test, -EEXIST, PTR_ERR_OR_ZERO(ipd_test_add(in, ipd_test_spec(test, 1))));
	/* One SPI of a living pair, of either direction. */
	spec = ipd_test_spec(test, 2);
	spec->prot[0].spi[0] = 0x1001;
	KUNIT_EXPECT_EQ(test, -EEXIST, PTR_ERR_OR_ZERO(ipd_test_add(in, spec)));
	spec = ipd_test_spec(test, 2);
	spec->prot[0].spi[1] = 0x2001;
	KUNIT_EXPECT_EQ(test, -EEXIST, PTR_ERR_OR_ZERO(ipd_test_add(in, spec)));
	/* One key, crosswise; another salt makes it another nonce space. */
	spec = ipd_test_spec(test, 2);
	memset(spec->prot[0].encr_key[1], 1, 20);
	KUNIT_EXPECT_EQ(test, -EEXIST, PTR_ERR_OR_ZERO(ipd_test_add(in, spec)));
	spec->prot[0].encr_key[1][19] = 9;
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, ipd_test_add(in, spec));
	KUNIT_EXPECT_EQ(test, 2U, ipd_test_count(in));
	mutex_lock(&in->mutex);
	ipd_sadb_flush(in, NULL, NULL, NULL, 0);
	mutex_unlock(&in->mutex);
	ipd_test_must_add(test, in, 1);
	ipd_test_must_add(test, in, 2);
}

static void pair_flush(struct kunit *test)
{
	struct in6_addr remote = addr4(HOST(2)), other = addr4(HOST(3));
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_pair *pair = ipd_test_must_add(test, in, 1);
	u32 filter = FILTER_TUNNEL;
	u64 owner = 7;

	pair->owner = 7;
	ipd_test_must_add(test, in, 2);
	mutex_lock(&in->mutex);
	ipd_sadb_flush(in, &filter, NULL, NULL, 0);
	ipd_sadb_flush(in, NULL, NULL, &other, AF_INET);
	KUNIT_EXPECT_EQ(test, 2U, in->sadb.count);
	ipd_sadb_flush(in, NULL, &owner, &remote, AF_INET);
	KUNIT_EXPECT_EQ(test, 1U, in->sadb.count);
	ipd_sadb_flush(in, NULL, NULL, &remote, AF_INET);
	KUNIT_EXPECT_EQ(test, 0U, in->sadb.count);
	mutex_unlock(&in->mutex);
}

static void pair_replaced(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_pair *old = ipd_test_must_add(test, in, 1), *new;
	struct ipd_pair_spec *spec = ipd_test_spec(test, 2);
	struct ipd_slot *slot = old->slot;

	KUNIT_EXPECT_PTR_EQ(test, old, rcu_access_pointer(slot->pair));
	spec->replaces = old->id;
	new = ipd_test_add(in, spec);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, new);
	KUNIT_EXPECT_PTR_EQ(test, new, rcu_access_pointer(slot->pair));
	KUNIT_EXPECT_EQ(test, 2U, ipd_test_count(in));
	msleep(200);
	KUNIT_EXPECT_EQ(test, 2U, ipd_test_count(in));
	msleep(1500);
	KUNIT_EXPECT_EQ(test, 1U, ipd_test_count(in));
	KUNIT_EXPECT_PTR_EQ(test, new, rcu_access_pointer(slot->pair));
}

/* Of two that were negotiated at one time the newer one is in force, then the other. */
static void pair_simultaneous(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_pair *one = ipd_test_must_add(test, in, 1);
	struct ipd_pair *two = ipd_test_must_add(test, in, 2);
	struct ipd_slot *slot = one->slot;

	KUNIT_EXPECT_PTR_EQ(test, slot, two->slot);
	KUNIT_EXPECT_PTR_EQ(test, two, rcu_access_pointer(slot->pair));
	mutex_lock(&in->mutex);
	ipd_sadb_remove(two, IPSECDRV_EXPIRE_REASON_POLICY, false);
	KUNIT_EXPECT_PTR_EQ(test, one, rcu_access_pointer(slot->pair));
	ipd_sadb_remove(one, IPSECDRV_EXPIRE_REASON_POLICY, false);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(slot->pair));
	mutex_unlock(&in->mutex);
}

static void pair_update(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_pair_spec *spec = ipd_test_tunnel_spec(test, 1);
	struct ipd_pair_update update = { .family = AF_INET };
	struct ipd_spi_key old_key;
	struct ipd_pair *pair;

	pair = ipd_test_add(in, spec);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pair);
	old_key = ipd_pair_out(pair, 0)->spi.key;
	atomic64_set(&ipd_pair_out(pair, 0)->seq, 77);

	mutex_lock(&in->mutex);
	update.set = BIT(IPSECDRV_A_SA_REMOTE);
	KUNIT_EXPECT_EQ(test, -EINVAL, ipd_sadb_update(in, pair->id, &update, NULL));
	update.remote = addr4(HOST(9));
	KUNIT_EXPECT_EQ(test, -ENOENT, ipd_sadb_update(in, pair->id + 1, &update, NULL));
	KUNIT_EXPECT_EQ(test, 0, ipd_sadb_update(in, pair->id, &update, NULL));
	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, ipd_sadb_find_out(in, &old_key));
	old_key.daddr = addr4(HOST(9));
	KUNIT_EXPECT_PTR_EQ(test, ipd_pair_out(pair, 0), ipd_sadb_find_out(in, &old_key));
	rcu_read_unlock();

	update.set = BIT(IPSECDRV_A_SA_ENCAP_REMOTE);
	update.encap_remote = 4500;
	KUNIT_EXPECT_EQ(test, -EINVAL, ipd_sadb_update(in, pair->id, &update, NULL));
	update.set = BIT(IPSECDRV_A_SA_FLAGS);
	update.flags = IPSECDRV_SA_FLAGS_ESN;
	KUNIT_EXPECT_EQ(test, -EINVAL, ipd_sadb_update(in, pair->id, &update, NULL));
	update.flags = IPSECDRV_SA_FLAGS_SET_DF;
	KUNIT_EXPECT_EQ(test, 0, ipd_sadb_update(in, pair->id, &update, NULL));
	update.set = BIT(IPSECDRV_A_SA_LIFETIME) | BIT(IPSECDRV_A_SA_OWNER);
	update.owner = 5;
	update.limits.soft_packets = 100;
	KUNIT_EXPECT_EQ(test, 0, ipd_sadb_update(in, pair->id, &update, NULL));
	mutex_unlock(&in->mutex);

	KUNIT_EXPECT_EQ(test, 77LL, atomic64_read(&ipd_pair_out(pair, 0)->seq));
	KUNIT_EXPECT_EQ(test, 5ULL, pair->owner);
	KUNIT_EXPECT_EQ(test, 100ULL, pair->limits.soft_packets);
}

#ifdef CONFIG_FAULT_INJECTION
/* Every allocation fails once. With failslab/ignore-gfp-wait 0 these are all of them. */
static void pair_no_memory(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_pair_spec *spec = ipd_test_tunnel_spec(test, 1);
	struct ipd_pair *pair = NULL;
	unsigned int n, left;
	u32 spi;

	for (n = 1; n < 1000; n++) {
		KUNIT_ASSERT_EQ(test, 0, get_spi(in, 0x2001, 0x2001, 0, &spi));
		WRITE_ONCE(current->fail_nth, n);
		pair = ipd_test_add(in, spec);
		left = READ_ONCE(current->fail_nth);
		WRITE_ONCE(current->fail_nth, 0);
		if (!IS_ERR(pair)) {
			mutex_lock(&in->mutex);
			ipd_sadb_remove(pair, IPSECDRV_EXPIRE_REASON_POLICY, false);
			mutex_unlock(&in->mutex);
			if (left)
				break;
			continue;
		}
		/* The reservation stands. */
		KUNIT_ASSERT_EQ(test, 1U, ipd_test_count(in));
		KUNIT_ASSERT_EQ(test, -ENOENT, get_spi(in, 0x2001, 0x2001, 0, &spi));
		mutex_lock(&in->mutex);
		pair = ipd_sadb_add(in, spec, NULL);
		if (!IS_ERR(pair))
			ipd_sadb_remove(pair, IPSECDRV_EXPIRE_REASON_POLICY, false);
		mutex_unlock(&in->mutex);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pair);
	}
	KUNIT_EXPECT_LT(test, n, 1000U);
	kunit_info(test, "%u allocations\n", n - 1);
}
#endif

/* --- Limits --- */

static int account(struct ipd_sa *sa, unsigned int packets, unsigned int bytes)
{
	u64 seq;
	int err;

	local_bh_disable();
	rcu_read_lock();
	err = ipd_sa_account(sa, packets, bytes);
	if (!err && sa->dir == IPSECDRV_DIR_OUT)
		err = ipd_sa_take_seq(sa, packets, &seq);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

static int take(struct ipd_sa *sa, unsigned int n, u64 *seq)
{
	int err;

	local_bh_disable();
	rcu_read_lock();
	err = ipd_sa_take_seq(sa, n, seq);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

static void limit_packets(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	unsigned int dir, i;

	for (dir = 0; dir < 2; dir++) {
		struct ipd_pair_spec *spec = ipd_test_spec(test, 1);
		struct ipd_pair *pair;
		struct ipd_sa *sa;

		spec->limits.soft_packets = 3;
		spec->limits.hard_packets = 5;
		pair = ipd_test_add(in, spec);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pair);
		sa = dir ? ipd_pair_in(pair, 0) : ipd_pair_out(pair, 0);
		/* The work item has to wait. */
		mutex_lock(&in->mutex);
		for (i = 1; i <= 5; i++) {
			KUNIT_EXPECT_EQ(test, 0, account(sa, 1, 100));
			KUNIT_EXPECT_EQ(test, i < 3 ? IPSECDRV_SA_STATE_MATURE :
					IPSECDRV_SA_STATE_DYING, pair->state);
			KUNIT_EXPECT_EQ(test, i == 5, test_bit(IPD_PAIR_HARD_DONE, &pair->bits));
		}
		KUNIT_EXPECT_EQ(test, -EKEYEXPIRED, account(sa, 1, 100));
		KUNIT_EXPECT_EQ(test, IPSECDRV_EXPIRE_REASON_PACKETS, pair->expire_reason);
		mutex_unlock(&in->mutex);
		KUNIT_EXPECT_TRUE(test, ipd_test_soon(ipd_test_no_sa, in));
	}
}

static void limit_bytes(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_pair_spec *spec = ipd_test_spec(test, 1);
	struct ipd_pair *pair;
	struct ipd_sa *sa;

	spec->limits.soft_bytes = 1000;
	spec->limits.hard_bytes = 2000;
	pair = ipd_test_add(in, spec);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pair);
	sa = ipd_pair_out(pair, 0);
	mutex_lock(&in->mutex);
	KUNIT_EXPECT_EQ(test, 0, account(sa, 1, 999));
	KUNIT_EXPECT_EQ(test, IPSECDRV_SA_STATE_MATURE, pair->state);
	KUNIT_EXPECT_EQ(test, 0, account(sa, 1, 1));
	KUNIT_EXPECT_EQ(test, IPSECDRV_SA_STATE_DYING, pair->state);
	KUNIT_EXPECT_EQ(test, -EKEYEXPIRED, account(sa, 1, 1001));
	mutex_unlock(&in->mutex);
	KUNIT_EXPECT_TRUE(test, ipd_test_soon(ipd_test_no_sa, in));
}

static void limit_sequence(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	unsigned int esn;

	for (esn = 0; esn < 2; esn++) {
		struct ipd_pair_spec *spec = ipd_test_spec(test, 1);
		struct ipd_pair *pair;
		struct ipd_sa *sa;
		u64 seq;

		spec->flags = esn ? IPSECDRV_SA_FLAGS_ESN : 0;
		pair = ipd_test_add(in, spec);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pair);
		sa = ipd_pair_out(pair, 0);
		KUNIT_EXPECT_EQ(test, 0, take(sa, 3, &seq));
		KUNIT_EXPECT_EQ(test, 1ULL, seq);
		KUNIT_EXPECT_EQ(test, 0, take(sa, 1, &seq));
		KUNIT_EXPECT_EQ(test, 4ULL, seq);

		mutex_lock(&in->mutex);
		atomic64_set(&sa->seq, sa->soft_seq - 1);
		KUNIT_EXPECT_EQ(test, 0, take(sa, 1, &seq));
		KUNIT_EXPECT_EQ(test, IPSECDRV_SA_STATE_MATURE, pair->state);
		KUNIT_EXPECT_EQ(test, 0, take(sa, 1, &seq));
		KUNIT_EXPECT_EQ(test, IPSECDRV_SA_STATE_DYING, pair->state);
		atomic64_set(&sa->seq, sa->max_seq - 2);
		KUNIT_EXPECT_EQ(test, -EOVERFLOW, take(sa, 3, &seq));
		KUNIT_EXPECT_EQ(test, 0, take(sa, 2, &seq));
		KUNIT_EXPECT_EQ(test, sa->max_seq - 1, seq);
		KUNIT_EXPECT_EQ(test, -EOVERFLOW, take(sa, 1, &seq));
		KUNIT_EXPECT_EQ(test, -EOVERFLOW, take(sa, 65535, &seq));
		KUNIT_EXPECT_EQ(test, sa->max_seq, (u64)atomic64_read(&sa->seq));
		KUNIT_EXPECT_EQ(test, IPSECDRV_EXPIRE_REASON_SEQUENCE, pair->expire_reason);
		mutex_unlock(&in->mutex);
		KUNIT_EXPECT_TRUE(test, ipd_test_soon(ipd_test_no_sa, in));
	}
}

static void limit_time(struct kunit *test)
{
	struct ipd_net *in = ipd_test_net(test);
	struct ipd_pair_spec *spec = ipd_test_spec(test, 1);
	unsigned long start;
	struct ipd_pair *pair;

	spec->limits.soft_seconds = 1;
	spec->limits.hard_seconds = 2;
	start = jiffies;
	pair = ipd_test_add(in, spec);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pair);
	KUNIT_EXPECT_TRUE(test, ipd_test_soon(ipd_test_no_sa, in));
	KUNIT_EXPECT_GE(test, jiffies - start, (unsigned long)HZ);
	KUNIT_EXPECT_LE(test, jiffies - start, 4UL * HZ);

	spec->limits = (struct ipd_limits){ .idle_seconds = 1 };
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ipd_test_add(in, spec));
	KUNIT_EXPECT_TRUE(test, ipd_test_soon(ipd_test_no_sa, in));
}

static struct kunit_case sadb_cases[] = {
	KUNIT_CASE(spi_range),
	KUNIT_CASE_SLOW(spi_expires),
	KUNIT_CASE(spi_matures),
	KUNIT_CASE(pair_refused),
	KUNIT_CASE(pair_duplicate),
	KUNIT_CASE(pair_flush),
	KUNIT_CASE_SLOW(pair_replaced),
	KUNIT_CASE(pair_simultaneous),
	KUNIT_CASE(pair_update),
#ifdef CONFIG_FAULT_INJECTION
	KUNIT_CASE(pair_no_memory),
#endif
	KUNIT_CASE(limit_packets),
	KUNIT_CASE(limit_bytes),
	KUNIT_CASE(limit_sequence),
	KUNIT_CASE_SLOW(limit_time),
	{}
};

static struct kunit_suite sadb_suite = {
	.name = "ipsecdrv_sadb",
	.test_cases = sadb_cases,
};

kunit_test_suite(sadb_suite);
