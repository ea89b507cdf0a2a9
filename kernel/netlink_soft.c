// SPDX-License-Identifier: GPL-2.0-only
/*
 * Soft SAs in answers and events, and soft-dump.
 */

#include "net.h"
#include "netlink_attr.h"

static int put_peer(struct sk_buff *skb, const struct ipd_slot *slot,
		    const struct ipd_soft_state *soft)
{
	const struct ipd_filter *filter;
	int err;

	rcu_read_lock();
	filter = ipd_table_find(rcu_dereference(slot->net->table), slot->filter_id);
	if (filter && filter->serial != slot->serial)
		filter = NULL;
	err = ipd_nl_put_endpoints(skb, filter ? &filter->spec : NULL, &soft->packet,
				   IPSECDRV_A_SOFT_LOCAL, IPSECDRV_A_SOFT_REMOTE);
	rcu_read_unlock();
	return err;
}

static int put_counters(struct sk_buff *skb, int type, const struct ipd_soft *soft, u8 dir)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_COUNTERS_PACKETS,
			      atomic64_read(&soft->packets[dir]), IPSECDRV_A_COUNTERS_PAD) ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_COUNTERS_BYTES,
			      atomic64_read(&soft->bytes[dir]), IPSECDRV_A_COUNTERS_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_times(struct sk_buff *skb, const struct ipd_soft_state *soft, bool ended)
{
	return nla_put_u64_64bit(skb, IPSECDRV_A_SOFT_AGE, soft->age, IPSECDRV_A_SOFT_PAD) ?:
	       ended ? 0 : nla_put_u64_64bit(skb, IPSECDRV_A_SOFT_LEFT, soft->left,
					     IPSECDRV_A_SOFT_PAD);
}

/**
 * ipd_nl_put_soft() - the soft SA of a slot
 * @skb: message or nest
 * @slot: under RCU or the mutex, its lock not held
 * @ended: it is over
 */
int ipd_nl_put_soft(struct sk_buff *skb, struct ipd_slot *slot, bool ended)
{
	struct ipd_soft_state soft;

	ipd_soft_look(slot, &soft);
	return nla_put_u32(skb, IPSECDRV_A_SOFT_SLOT, slot->id) ?:
	       nla_put_u32(skb, IPSECDRV_A_SOFT_FILTER, slot->filter_id) ?:
	       nla_put_u64_64bit(skb, IPSECDRV_A_SOFT_COOKIE, slot->cookie,
				 IPSECDRV_A_SOFT_PAD) ?:
	       ipd_nl_put_selector(skb, IPSECDRV_A_SOFT_SELECTOR, &slot->sel) ?:
	       put_peer(skb, slot, &soft) ?:
	       nla_put_u8(skb, IPSECDRV_A_SOFT_REASON, soft.reason) ?:
	       put_times(skb, &soft, ended) ?:
	       put_counters(skb, IPSECDRV_A_SOFT_OUT, &slot->soft, IPSECDRV_DIR_OUT) ?:
	       put_counters(skb, IPSECDRV_A_SOFT_IN, &slot->soft, IPSECDRV_DIR_IN);
}

static int put_living(struct sk_buff *skb, struct ipd_slot *slot)
{
	return ipd_nl_put_soft(skb, slot, false);
}

int ipsecdrv_nl_soft_dump_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ipd_nl_dump_slots(skb, cb, ipd_slot_soft, put_living);
}
