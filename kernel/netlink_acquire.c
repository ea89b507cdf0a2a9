// SPDX-License-Identifier: GPL-2.0-only
/*
 * Acquires: what waits for the key daemon, and its refusals.
 */

#include <linux/idr.h>
#include <linux/jiffies.h>

#include "net.h"
#include "netlink_attr.h"

/**
 * ipd_nl_put_endpoints() - the outer addresses that the filter or the packet itself gives
 * @skb: message
 * @spec: of the filter, NULL if it has gone
 * @packet: outbound
 * @to_local: attribute for ours
 * @to_remote: attribute for the peer's
 */
int ipd_nl_put_endpoints(struct sk_buff *skb, const struct ipd_filter_spec *spec,
			 const struct ipd_key *packet, int to_local, int to_remote)
{
	const struct in6_addr *local = &packet->src, *remote = &packet->dst;
	u8 family = packet->family;

	if (spec && spec->flags & IPSECDRV_FILTER_FLAGS_TUNNEL) {
		local = &spec->tunnel_local;
		remote = &spec->tunnel_remote;
		family = spec->tunnel_family;
	}
	if (!ipv6_addr_any(local) && ipd_nl_put_addr(skb, to_local, family, local))
		return -EMSGSIZE;
	if (!ipv6_addr_any(remote) && ipd_nl_put_addr(skb, to_remote, family, remote))
		return -EMSGSIZE;
	return 0;
}

static int put_filter(struct sk_buff *skb, const struct ipd_filter *filter,
		      const struct ipd_key *packet)
{
	const struct ipd_filter_spec *spec = &filter->spec;
	u8 mode = spec->flags & IPSECDRV_FILTER_FLAGS_TUNNEL ? IPSECDRV_MODE_TUNNEL :
							       IPSECDRV_MODE_TRANSPORT;

	return nla_put_u8(skb, IPSECDRV_A_ACQUIRE_MODE, mode) ?:
	       nla_put_u32(skb, IPSECDRV_A_ACQUIRE_REQUIRE, spec->require) ?:
	       ipd_nl_put_endpoints(skb, spec, packet, IPSECDRV_A_ACQUIRE_LOCAL,
				    IPSECDRV_A_ACQUIRE_REMOTE);
}

/**
 * ipd_nl_put_acquire() - a slot that has no pair
 * @skb: message
 * @slot: under RCU or the mutex, its lock not held
 */
int ipd_nl_put_acquire(struct sk_buff *skb, struct ipd_slot *slot)
{
	const struct ipd_filter *filter;
	unsigned long since;
	struct ipd_key packet;
	int err = 0;

	spin_lock_bh(&slot->lock);
	packet = slot->packet;
	since = slot->since;
	spin_unlock_bh(&slot->lock);

	if (nla_put_u32(skb, IPSECDRV_A_ACQUIRE_SLOT, slot->id) ||
	    nla_put_u32(skb, IPSECDRV_A_ACQUIRE_FILTER, slot->filter_id) ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_ACQUIRE_COOKIE, slot->cookie,
			      IPSECDRV_A_ACQUIRE_PAD) ||
	    ipd_nl_put_selector(skb, IPSECDRV_A_ACQUIRE_SELECTOR, &slot->sel) ||
	    ipd_nl_put_key(skb, IPSECDRV_A_ACQUIRE_PACKET, &packet) ||
	    nla_put_u32(skb, IPSECDRV_A_ACQUIRE_HELD, skb_queue_len_lockless(&slot->held)) ||
	    nla_put_u32(skb, IPSECDRV_A_ACQUIRE_AGE, jiffies_to_msecs(jiffies - since)))
		return -EMSGSIZE;

	rcu_read_lock();
	filter = ipd_table_find(rcu_dereference(slot->net->table), slot->filter_id);
	if (filter && filter->serial == slot->serial)
		err = put_filter(skb, filter, &packet);
	rcu_read_unlock();
	return err;
}

static int dump_slot(struct sk_buff *skb, struct netlink_callback *cb, struct ipd_slot *slot,
		     int (*put)(struct sk_buff *skb, struct ipd_slot *slot))
{
	void *hdr = ipd_nl_dump_put(skb, cb);

	if (!hdr)
		return -EMSGSIZE;
	if (put(skb, slot)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * ipd_nl_dump_slots() - the slots that have no pair, in the order of their numbers
 * @skb: message
 * @cb: the dump; its context is the number to go on with
 * @wanted: which of them; called under the mutex
 * @put: writes one; called under the mutex
 *
 * Return: as a dumpit callback.
 */
int ipd_nl_dump_slots(struct sk_buff *skb, struct netlink_callback *cb,
		      bool (*wanted)(const struct ipd_slot *slot),
		      int (*put)(struct sk_buff *skb, struct ipd_slot *slot))
{
	struct ipd_net *in = ipd_net(sock_net(skb->sk));
	u32 *next = (u32 *)cb->ctx;
	struct ipd_slot *slot;
	int id = *next;
	int err;

	err = ipd_nl_check_dump(cb);
	if (err)
		return err;
	mutex_lock(&in->mutex);
	for (; (slot = idr_get_next(&in->acquires.ids, &id)); id++) {
		if (!wanted(slot))
			continue;
		err = dump_slot(skb, cb, slot, put);
		if (err)
			break;
	}
	*next = id;
	mutex_unlock(&in->mutex);
	return skb->len ?: err;
}

static bool is_larval(const struct ipd_slot *slot)
{
	return READ_ONCE(slot->state) == IPD_SLOT_LARVAL;
}

int ipsecdrv_nl_acquire_dump_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ipd_nl_dump_slots(skb, cb, is_larval, ipd_nl_put_acquire);
}

static int refuse(struct ipd_net *in, const struct genl_info *info, u32 id)
{
	struct ipd_slot *slot = ipd_slot_find(in, id);

	if (!slot) {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[IPSECDRV_A_ACQUIRE_SLOT],
					"there is no slot %u", id);
		return -ENOENT;
	}
	return ipd_slot_refuse(slot, nla_get_u8(info->attrs[IPSECDRV_A_ACQUIRE_REASON]),
			       nla_get_flag(info->attrs[IPSECDRV_A_ACQUIRE_SOFT]),
			       info->extack);
}

int ipsecdrv_nl_acquire_refuse_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	u32 id;
	int err;

	err = ipd_nl_get_id(info, IPSECDRV_A_ACQUIRE_SLOT, &id);
	if (err)
		return err;
	if (!info->attrs[IPSECDRV_A_ACQUIRE_REASON]) {
		IPD_NL_MISSING(info->extack, NULL, IPSECDRV_A_ACQUIRE_REASON,
			       "the reason of the refusal is missing");
		return -EINVAL;
	}
	mutex_lock(&in->mutex);
	err = refuse(in, info, id);
	mutex_unlock(&in->mutex);
	return err;
}
