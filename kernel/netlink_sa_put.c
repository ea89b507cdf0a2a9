// SPDX-License-Identifier: GPL-2.0-only
/*
 * SA pairs in answers and events. No key ever is in one, only its length.
 */

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <net/dst.h>

#include "net.h"
#include "netlink_attr.h"
#include "offload.h"
#include "pmtu.h"
#include "route.h"

static int put_algorithms(struct sk_buff *skb, const struct ipd_sa *sa)
{
	const char *name = ipd_sa_crypto_name(sa);

	if (nla_put_u8(skb, IPSECDRV_A_PROTECTION_ENCR, sa->encr) ||
	    nla_put_u8(skb, IPSECDRV_A_PROTECTION_INTEG, sa->integ) ||
	    nla_put_u32(skb, IPSECDRV_A_PROTECTION_ENCR_KEY_LEN, sa->encr_bits) ||
	    nla_put_u32(skb, IPSECDRV_A_PROTECTION_INTEG_KEY_LEN, sa->integ_bits))
		return -EMSGSIZE;
	return name ? nla_put_string(skb, IPSECDRV_A_PROTECTION_ALGORITHM, name) : 0;
}

static int put_protection(struct sk_buff *skb, struct ipd_pair *pair, unsigned int i)
{
	struct nlattr *nest = nla_nest_start(skb, IPSECDRV_A_SA_PROTECTION);
	const struct ipd_sa *out = ipd_pair_out(pair, i);
	const struct ipd_sa *in = ipd_pair_in(pair, i);

	if (!nest ||
	    nla_put_u8(skb, IPSECDRV_A_PROTECTION_PROTO, out->spi.key.proto) ||
	    nla_put_u32(skb, IPSECDRV_A_PROTECTION_SPI_IN, ntohl(in->spi.key.spi)) ||
	    nla_put_u32(skb, IPSECDRV_A_PROTECTION_SPI_OUT, ntohl(out->spi.key.spi)) ||
	    put_algorithms(skb, out) ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_PROTECTION_SEQ_OUT, atomic64_read(&out->seq),
			      IPSECDRV_A_PROTECTION_PAD) ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_PROTECTION_SEQ_IN,
			      atomic64_read(&in->replay.top), IPSECDRV_A_PROTECTION_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_protections(struct sk_buff *skb, struct ipd_pair *pair)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < pair->n && !err; i++)
		err = put_protection(skb, pair, i);
	return err;
}

static int put_counter(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, IPSECDRV_A_COUNTERS_PAD);
}

/* Packets and bytes are the innermost protocol's, errors those of all. */
static int put_counters(struct sk_buff *skb, int type, const struct ipd_sa *sas,
			unsigned int n)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	u64 replay = 0, integrity = 0, errors = 0, packets;
	unsigned int i;

	packets = sas[0].dir == IPSECDRV_DIR_OUT ? atomic64_read(&sas[0].seq) :
						   atomic64_read(&sas[0].packets);
	for (i = 0; i < n; i++) {
		replay += (u32)atomic_read(&sas[i].errors_replay);
		integrity += (u32)atomic_read(&sas[i].errors_integrity);
		errors += (u32)atomic_read(&sas[i].errors_other);
	}
	if (!nest ||
	    put_counter(skb, IPSECDRV_A_COUNTERS_PACKETS, packets) ||
	    put_counter(skb, IPSECDRV_A_COUNTERS_BYTES, atomic64_read(&sas[0].bytes)) ||
	    put_counter(skb, IPSECDRV_A_COUNTERS_REPLAY, replay) ||
	    put_counter(skb, IPSECDRV_A_COUNTERS_INTEGRITY, integrity) ||
	    put_counter(skb, IPSECDRV_A_COUNTERS_ERRORS, errors))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_both_counters(struct sk_buff *skb, struct ipd_pair *pair)
{
	return put_counters(skb, IPSECDRV_A_SA_OUT, ipd_pair_out(pair, 0), pair->n) ?:
	       put_counters(skb, IPSECDRV_A_SA_IN, ipd_pair_in(pair, 0), pair->n);
}

static int put_limits(struct sk_buff *skb, const struct ipd_limits *limits)
{
	struct nlattr *nest = nla_nest_start(skb, IPSECDRV_A_SA_LIFETIME);
	const u64 value[] = {
		[IPSECDRV_A_LIFETIME_SOFT_SECONDS] = limits->soft_seconds,
		[IPSECDRV_A_LIFETIME_HARD_SECONDS] = limits->hard_seconds,
		[IPSECDRV_A_LIFETIME_SOFT_BYTES] = limits->soft_bytes,
		[IPSECDRV_A_LIFETIME_HARD_BYTES] = limits->hard_bytes,
		[IPSECDRV_A_LIFETIME_SOFT_PACKETS] = limits->soft_packets,
		[IPSECDRV_A_LIFETIME_HARD_PACKETS] = limits->hard_packets,
	};
	unsigned int i;

	if (!nest ||
	    nla_put_u32(skb, IPSECDRV_A_LIFETIME_IDLE_SECONDS, limits->idle_seconds))
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(value); i++) {
		if (value[i] && nla_put_u64_64bit(skb, i, value[i], IPSECDRV_A_LIFETIME_PAD))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* The slot goes when the pair dies, and is freed under RCU. */
static u32 slot_id(const struct ipd_pair *pair)
{
	const struct ipd_slot *slot;
	u32 id;

	rcu_read_lock();
	slot = READ_ONCE(pair->slot);
	id = slot ? READ_ONCE(slot->id) : 0;
	rcu_read_unlock();
	return id;
}

static int put_ids(struct sk_buff *skb, const struct ipd_pair *pair)
{
	u32 slot = slot_id(pair);

	if (nla_put_u32(skb, IPSECDRV_A_SA_ID, pair->id) ||
	    nla_put_u32(skb, IPSECDRV_A_SA_FILTER, pair->filter_id) ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_SA_OWNER, READ_ONCE(pair->owner),
			      IPSECDRV_A_SA_PAD))
		return -EMSGSIZE;
	return slot ? nla_put_u32(skb, IPSECDRV_A_SA_SLOT, slot) : 0;
}

/* The peer's address may move while an event is made. */
static void get_remote(struct ipd_pair *pair, struct in6_addr *remote, u16 *port)
{
	spin_lock_bh(&pair->lock);
	*remote = pair->remote;
	*port = pair->encap_remote;
	spin_unlock_bh(&pair->lock);
}

static int put_addrs(struct sk_buff *skb, struct ipd_pair *pair)
{
	struct in6_addr remote;
	u16 port;

	get_remote(pair, &remote, &port);
	return ipd_nl_put_addr(skb, IPSECDRV_A_SA_LOCAL, pair->family, &pair->local) ?:
	       ipd_nl_put_addr(skb, IPSECDRV_A_SA_REMOTE, pair->family, &remote);
}

static int put_encap(struct sk_buff *skb, struct ipd_pair *pair)
{
	struct in6_addr remote;
	u16 port;

	if (!pair->encap_local)
		return 0;
	get_remote(pair, &remote, &port);
	return nla_put_u16(skb, IPSECDRV_A_SA_ENCAP_LOCAL, pair->encap_local) ?:
	       nla_put_u16(skb, IPSECDRV_A_SA_ENCAP_REMOTE, port);
}

static u32 pair_mtu(const struct ipd_pair *pair)
{
	struct dst_entry *dst = ipd_route_lookup(pair);
	u32 mtu;

	if (IS_ERR(dst))
		return 0;
	mtu = ipd_pmtu_inner(pair, dst);
	dst_release(dst);
	return mtu;
}

/* Seconds since a packet in either direction. */
static u32 pair_idle(const struct ipd_pair *pair)
{
	unsigned long idle = ULONG_MAX, now = jiffies;
	unsigned int i;

	for (i = 0; i < 2 * pair->n; i++)
		idle = min(idle, now - READ_ONCE(pair->sas[i].last_used));
	return idle / HZ;
}

static int put_times(struct sk_buff *skb, const struct ipd_pair *pair)
{
	u64 age = ktime_get_boottime_seconds() - pair->installed;
	u32 mtu = pair_mtu(pair);

	if (nla_put_u64_64bit(skb, IPSECDRV_A_SA_AGE, age, IPSECDRV_A_SA_PAD) ||
	    nla_put_u32(skb, IPSECDRV_A_SA_IDLE, pair_idle(pair)))
		return -EMSGSIZE;
	return mtu ? nla_put_u32(skb, IPSECDRV_A_SA_MTU, mtu) : 0;
}

static int put_settings(struct sk_buff *skb, const struct ipd_pair *pair)
{
	if (nla_put_u8(skb, IPSECDRV_A_SA_STATE, READ_ONCE(pair->state)) ||
	    nla_put_u8(skb, IPSECDRV_A_SA_MODE, pair->mode) ||
	    nla_put_u32(skb, IPSECDRV_A_SA_FLAGS, pair->flags) ||
	    nla_put_u32(skb, IPSECDRV_A_SA_REPLAY_WINDOW, pair->replay_window))
		return -EMSGSIZE;
	if (pair->keepalive && nla_put_u16(skb, IPSECDRV_A_SA_KEEPALIVE, pair->keepalive))
		return -EMSGSIZE;
	if (pair->replaces && nla_put_u32(skb, IPSECDRV_A_SA_REPLACES, pair->replaces))
		return -EMSGSIZE;
	return 0;
}

static int put_offload(struct sk_buff *skb, const struct ipd_pair *pair)
{
	struct ipd_offload_info info;

	ipd_offload_fill(pair, &info);
	if (nla_put_u8(skb, IPSECDRV_A_SA_OFFLOAD_STATE, info.state))
		return -EMSGSIZE;
	if (info.dev[0] && nla_put_string(skb, IPSECDRV_A_SA_OFFLOAD_DEV, info.dev))
		return -EMSGSIZE;
	if (info.reason && nla_put_string(skb, IPSECDRV_A_SA_OFFLOAD_REASON, info.reason))
		return -EMSGSIZE;
	return 0;
}

/** ipd_nl_put_pair() - all of a pair but its keys; the namespace's mutex */
int ipd_nl_put_pair(struct sk_buff *skb, struct ipd_pair *pair)
{
	return put_ids(skb, pair) ?:
	       put_settings(skb, pair) ?:
	       put_offload(skb, pair) ?:
	       put_addrs(skb, pair) ?:
	       put_encap(skb, pair) ?:
	       ipd_nl_put_selector(skb, IPSECDRV_A_SA_SELECTOR, &pair->sel) ?:
	       put_protections(skb, pair) ?:
	       put_limits(skb, &pair->limits) ?:
	       put_times(skb, pair) ?:
	       put_both_counters(skb, pair) ?:
	       ipd_nl_put_drops(skb, IPSECDRV_A_SA_DROP, READ_ONCE(pair->drops));
}

/** ipd_nl_put_pair_event() - what tells one pair from others; the namespace's mutex */
int ipd_nl_put_pair_event(struct sk_buff *skb, struct ipd_pair *pair)
{
	return put_ids(skb, pair) ?:
	       put_settings(skb, pair) ?:
	       put_addrs(skb, pair) ?:
	       put_encap(skb, pair) ?:
	       ipd_nl_put_selector(skb, IPSECDRV_A_SA_SELECTOR, &pair->sel) ?:
	       put_protections(skb, pair) ?:
	       put_both_counters(skb, pair);
}

/** ipd_nl_put_offload_event() - who does the work of a pair; the namespace's mutex */
int ipd_nl_put_offload_event(struct sk_buff *skb, struct ipd_pair *pair)
{
	return put_ids(skb, pair) ?:
	       put_addrs(skb, pair) ?:
	       put_offload(skb, pair);
}

/** ipd_nl_put_expire() - what an expire event tells of a pair; any context */
int ipd_nl_put_expire(struct sk_buff *skb, struct ipd_pair *pair, u8 reason, bool hard)
{
	if (put_ids(skb, pair) ||
	    put_addrs(skb, pair) ||
	    put_protections(skb, pair) ||
	    put_both_counters(skb, pair) ||
	    nla_put_u8(skb, IPSECDRV_A_SA_REASON, reason))
		return -EMSGSIZE;
	return hard ? nla_put_flag(skb, IPSECDRV_A_SA_HARD) : 0;
}

/** ipd_nl_put_mapping() - what a mapping event tells of a pair; any context */
int ipd_nl_put_mapping(struct sk_buff *skb, struct ipd_pair *pair)
{
	return nla_put_u32(skb, IPSECDRV_A_SA_ID, pair->id) ?:
	       nla_put_u64_64bit(skb, IPSECDRV_A_SA_OWNER, READ_ONCE(pair->owner),
				 IPSECDRV_A_SA_PAD) ?:
	       put_addrs(skb, pair) ?:
	       put_encap(skb, pair);
}
