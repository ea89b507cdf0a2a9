// SPDX-License-Identifier: GPL-2.0-only
/*
 * Monitor devices.
 *
 * A device shows what its namespace's packets are while it is up and a packet socket
 * listens: then each is copied, gets a header that says what becomes of it, and goes the way
 * of a received frame. The taps there see it with its direction, and behind them our handler
 * ends it, so that no protocol ever takes it for a packet of its own. By way of the backlog,
 * for the packet path may hold locks that whoever listens must not run under.
 *
 * While no device is up, the packet path only steps over a static key.
 */
#include "monitor.h"

#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/ipsecdrv_monitor.h>
#include <linux/netdevice.h>
#include <linux/unaligned.h>
#include <net/rtnetlink.h>

#include "drop.h"
#include "net.h"
#include "verdict.h"

DEFINE_STATIC_KEY_FALSE(ipd_monitor_key);

/**
 * struct ipd_monitor - a device
 * @list: in net->monitors while it is up; rtnl, RCU
 * @dev: itself
 */
struct ipd_monitor {
	struct list_head list;
	struct net_device *dev;
};

static __be32 monitor_spi(const struct ipd_pair *pair, u8 dir)
{
	return pair->sas[(dir == IPSECDRV_DIR_IN ? pair->n : 0) + pair->n - 1].spi.key.spi;
}

/* The packet from its network header on, in memory of its own but for its page fragments. */
static struct sk_buff *monitor_copy(const struct sk_buff *skb)
{
	int off = skb_network_offset(skb);
	struct sk_buff *copy;

	if (off < 0 || off > skb_headlen(skb))
		return NULL;
	copy = __pskb_copy((struct sk_buff *)skb, ETH_HLEN, GFP_ATOMIC | __GFP_NOWARN);
	if (!copy)
		return NULL;
	__skb_pull(copy, off);
	skb_scrub_packet(copy, false);
	/* Not when it came, nor when it is to leave. */
	__net_timestamp(copy);
	return copy;
}

/**
 * struct ipd_shown - what is said of a packet
 * @dir: enum ipsecdrv_dir
 * @verdict: enum ipsecdrv_monitor_verdict
 * @spi: of the outermost SA, or 0
 */
struct ipd_shown {
	u8 dir;
	u8 verdict;
	__be32 spi;
};

static void monitor_header(struct sk_buff *skb, const struct ipd_shown *shown, int ifindex)
{
	struct ipsecdrv_monitor_frame *frame = skb_push(skb, sizeof(*frame));

	BUILD_BUG_ON(sizeof(*frame) != ETH_HLEN);

	frame->dst_oui = IPSECDRV_MONITOR_OUI;
	frame->dir = shown->dir;
	put_unaligned(shown->spi, (__be32 *)frame->spi);
	frame->src_oui = IPSECDRV_MONITOR_OUI;
	frame->verdict = shown->verdict;
	put_unaligned_be32(ifindex, frame->ifindex);
	frame->proto = skb->protocol;
	skb_reset_mac_header(skb);
	__skb_pull(skb, sizeof(*frame));
}

static void monitor_show_on(struct net_device *dev, const struct sk_buff *skb,
			    const struct ipd_shown *shown)
{
	struct sk_buff *copy = monitor_copy(skb);

	if (!copy) {
		dev_core_stats_rx_dropped_inc(dev);
		return;
	}
	dev_sw_netstats_rx_add(dev, copy->len);
	monitor_header(copy, shown, skb->dev ? skb->dev->ifindex : 0);
	copy->dev = dev;
	copy->pkt_type = shown->dir == IPSECDRV_DIR_OUT ? PACKET_OUTGOING : PACKET_HOST;
	netif_rx(copy);
}

/* Taps of all devices do not count: they see the packet anyway, as it is on the wire. */
static bool monitor_is_watched(const struct ipd_monitor *monitor)
{
	return !list_empty(&monitor->dev->ptype_all);
}

static bool monitor_any_watched(const struct ipd_net *in)
{
	const struct ipd_monitor *monitor;

	list_for_each_entry_rcu(monitor, &in->monitors, list)
		if (monitor_is_watched(monitor))
			return true;
	return false;
}

static void monitor_show(struct ipd_net *in, const struct sk_buff *skb,
			 const struct ipd_shown *shown)
{
	struct ipd_monitor *monitor;

	list_for_each_entry_rcu(monitor, &in->monitors, list)
		if (monitor_is_watched(monitor))
			monitor_show_on(monitor->dev, skb, shown);
}

/* A packet that was held passes for the reason that there is now. */
static u8 monitor_verdict(const struct ipd_pair *pair, u8 reason)
{
	if (pair)
		return IPSECDRV_MONITOR_PROTECT;
	switch (reason) {
	case IPD_REASON_DEFAULT_PERMIT:
		return IPSECDRV_MONITOR_DEFAULT;
	case IPD_REASON_INPASS:
		return IPSECDRV_MONITOR_INPASS;
	case IPD_REASON_SOFT:
		return IPSECDRV_MONITOR_SOFT;
	case IPD_REASON_BOOT_EXEMPT:
	case IPD_REASON_BOOT_OUT:
	case IPD_REASON_BOOT_ANSWER:
	case IPD_REASON_BOOT_STATEFUL:
		return IPSECDRV_MONITOR_BOOT;
	default:
		return IPSECDRV_MONITOR_PERMIT;
	}
}

void __ipd_monitor_pass(struct ipd_net *in, const struct sk_buff *skb, u8 dir,
			const struct ipd_pair *pair, u8 reason)
{
	struct ipd_shown shown = { .dir = dir };

	/* Before anything that costs, for a device may be left up. */
	if (likely(!monitor_any_watched(in)))
		return;
	shown.verdict = monitor_verdict(pair, reason);
	shown.spi = pair ? monitor_spi(pair, dir) : 0;
	monitor_show(in, skb, &shown);
}

void __ipd_monitor_drop(struct ipd_net *in, const struct sk_buff *skb,
			const struct ipd_dropped *dropped, const struct ipd_pair *pair)
{
	const struct ipd_shown shown = {
		.dir = dropped->key.dir,
		.verdict = IPSECDRV_MONITOR_DROP + dropped->reason,
		.spi = pair ? monitor_spi(pair, dropped->key.dir) : dropped->spi,
	};

	BUILD_BUG_ON(IPSECDRV_MONITOR_DROP + IPD_DROP_MAX > U8_MAX);

	/* Some drop under the mutex alone. */
	rcu_read_lock();
	monitor_show(in, skb, &shown);
	rcu_read_unlock();
}

static rx_handler_result_t monitor_end(struct sk_buff **pskb)
{
	consume_skb(*pskb);
	return RX_HANDLER_CONSUMED;
}

/* It only shows; what is sent by it goes nowhere. */
static netdev_tx_t monitor_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_core_stats_tx_dropped_inc(dev);
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

static int monitor_init(struct net_device *dev)
{
	struct ipd_monitor *monitor = netdev_priv(dev);
	int err;

	monitor->dev = dev;
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	/* No bridge, bond or macvlan can have it, either. */
	err = netdev_rx_handler_register(dev, monitor_end, NULL);
	if (err)
		free_percpu(dev->tstats);
	return err;
}

static void monitor_uninit(struct net_device *dev)
{
	netdev_rx_handler_unregister(dev);
	free_percpu(dev->tstats);
}

static int monitor_open(struct net_device *dev)
{
	struct ipd_monitor *monitor = netdev_priv(dev);

	list_add_tail_rcu(&monitor->list, &ipd_net(dev_net(dev))->monitors);
	static_branch_inc(&ipd_monitor_key);
	return 0;
}

static int monitor_stop(struct net_device *dev)
{
	struct ipd_monitor *monitor = netdev_priv(dev);

	static_branch_dec(&ipd_monitor_key);
	list_del_rcu(&monitor->list);
	/* It may be up again, in another namespace, at once. */
	synchronize_net();
	return 0;
}

static const struct net_device_ops monitor_ops = {
	.ndo_init = monitor_init,
	.ndo_uninit = monitor_uninit,
	.ndo_open = monitor_open,
	.ndo_stop = monitor_stop,
	.ndo_start_xmit = monitor_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
};

static void monitor_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &monitor_ops;
	dev->needs_free_netdev = true;
	dev->flags = IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE;
	/* Too small for IPv4 and IPv6, which therefore let it alone. */
	dev->mtu = 1;
	dev->min_mtu = 1;
	dev->max_mtu = 1;
}

static int monitor_validate(struct nlattr *tb[], struct nlattr *data[],
			    struct netlink_ext_ack *extack)
{
	if (!tb[IFLA_ADDRESS])
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS], "a monitor device has no address");
	return -EINVAL;
}

/* Without an alias: who may make devices in some namespace must not load the driver. */
static struct rtnl_link_ops monitor_link_ops __read_mostly = {
	.kind = "ipsecdrv",
	.priv_size = sizeof(struct ipd_monitor),
	.setup = monitor_setup,
	.validate = monitor_validate,
};

/** ipd_monitor_init() - from here on there may be devices; 0 or a negative error */
int ipd_monitor_init(void)
{
	return rtnl_link_register(&monitor_link_ops);
}

/** ipd_monitor_exit() - delete all devices; the namespaces' parts are still there */
void ipd_monitor_exit(void)
{
	rtnl_link_unregister(&monitor_link_ops);
}
