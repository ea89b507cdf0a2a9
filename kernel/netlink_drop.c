// SPDX-License-Identifier: GPL-2.0-only
/*
 * drop-dump: the last packets that were dropped.
 */

#include "drop.h"
#include "history.h"
#include "net.h"
#include "netlink_attr.h"

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, IPSECDRV_A_DROPPED_PAD);
}

static int put_blame(struct sk_buff *skb, const struct ipd_dropped *dropped)
{
	if (dropped->spi && nla_put_u32(skb, IPSECDRV_A_DROPPED_SPI, ntohl(dropped->spi)))
		return -EMSGSIZE;
	if (dropped->filter && nla_put_u32(skb, IPSECDRV_A_DROPPED_FILTER, dropped->filter))
		return -EMSGSIZE;
	if (dropped->pair && nla_put_u32(skb, IPSECDRV_A_DROPPED_SA, dropped->pair))
		return -EMSGSIZE;
	return 0;
}

/** ipd_nl_put_dropped() - a drop by its number */
int ipd_nl_put_dropped(struct sk_buff *skb, u64 number, const struct ipd_dropped *dropped)
{
	const struct ipd_stat_info *info = ipd_drop_info(dropped->reason);

	if (put_u64(skb, IPSECDRV_A_DROPPED_NUMBER, number) ||
	    put_u64(skb, IPSECDRV_A_DROPPED_TIME, ktime_to_ns(dropped->time)) ||
	    put_u64(skb, IPSECDRV_A_DROPPED_PACKETS, dropped->packets) ||
	    nla_put_string(skb, IPSECDRV_A_DROPPED_REASON, info->name) ||
	    nla_put_string(skb, IPSECDRV_A_DROPPED_TEXT, info->text) ||
	    nla_put_u8(skb, IPSECDRV_A_DROPPED_DIR, dropped->key.dir) ||
	    nla_put_u32(skb, IPSECDRV_A_DROPPED_LENGTH, dropped->len) ||
	    put_blame(skb, dropped))
		return -EMSGSIZE;
	if (!dropped->key.family)
		return 0;
	return ipd_nl_put_key(skb, IPSECDRV_A_DROPPED_PACKET, &dropped->key);
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb, u64 number,
		    const struct ipd_dropped *dropped)
{
	void *hdr = ipd_nl_dump_put(skb, cb);

	if (!hdr)
		return -EMSGSIZE;
	if (ipd_nl_put_dropped(skb, number, dropped)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Goes on after the number of the last one that is in the answer. */
int ipsecdrv_nl_drop_dump_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ipd_net *in = ipd_net(sock_net(skb->sk));
	u64 *seen = (u64 *)cb->ctx, number;
	struct ipd_dropped dropped;
	int err;

	err = ipd_nl_check_dump(cb);
	if (err)
		return err;
	mutex_lock(&in->mutex);
	number = *seen;
	while (!err && ipd_history_next(in, &number, &dropped)) {
		err = dump_one(skb, cb, number, &dropped);
		if (!err)
			*seen = number;
	}
	mutex_unlock(&in->mutex);
	return skb->len ?: err;
}
