// SPDX-License-Identifier: GPL-2.0-only
/*
 * The outer route of a pair, and a packet's way to the device of its route.
 */

#include <net/dst_cache.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "net.h"
#include "route.h"

static struct dst_entry *ipd_route_lookup4(const struct ipd_pair *pair, struct flowi4 *fl4)
{
	struct rtable *rt;

	memset(fl4, 0, sizeof(*fl4));
	fl4->saddr = pair->local.s6_addr32[0];
	fl4->daddr = pair->remote.s6_addr32[0];
	fl4->flowi4_proto = pair->encap_local ? IPPROTO_UDP : IPPROTO_ESP;
	rt = ip_route_output_key(pair->net->net, fl4);
	return IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
}

static struct dst_entry *ipd_route_lookup6(const struct ipd_pair *pair)
{
	struct flowi6 fl6 = {
		.saddr = pair->local,
		.daddr = pair->remote,
		.flowi6_proto = pair->encap_local ? IPPROTO_UDP : IPPROTO_ESP,
	};
	struct dst_entry *dst;
	int err;

	dst = ip6_route_output(pair->net->net, NULL, &fl6);
	err = dst->error;
	if (err) {
		dst_release(dst);
		return ERR_PTR(err);
	}
	return dst;
}

/**
 * ipd_route_lookup() - ask the FIB for the way to a pair's peer
 * @pair: the pair
 *
 * Any context. The mark of the packets inside has no say, nor has their device.
 *
 * Return: route with a reference, or an error pointer.
 */
struct dst_entry *ipd_route_lookup(const struct ipd_pair *pair)
{
	struct flowi4 fl4;

	if (pair->family == AF_INET)
		return ipd_route_lookup4(pair, &fl4);
	return ipd_route_lookup6(pair);
}

/**
 * ipd_route_get() - the same, cached per CPU
 * @pair: pair in tunnel mode
 *
 * Bottom halves off.
 *
 * Return: route with a reference, or an error pointer.
 */
struct dst_entry *ipd_route_get(struct ipd_pair *pair)
{
	struct dst_entry *dst;
	struct flowi4 fl4;

	dst = dst_cache_get(&pair->dst_cache);
	if (likely(dst))
		return dst;

	if (pair->family == AF_INET) {
		dst = ipd_route_lookup4(pair, &fl4);
		if (!IS_ERR(dst))
			dst_cache_set_ip4(&pair->dst_cache, dst, fl4.saddr);
	} else {
		dst = ipd_route_lookup6(pair);
		if (!IS_ERR(dst))
			dst_cache_set_ip6(&pair->dst_cache, dst, &pair->local);
	}
	return dst;
}

/* Is there nothing to be done for it but to find the neighbour? Those who asked what it may
 * measure did not ask the route about the shortest (ipd_pmtu_fits()).
 */
static bool ipd_route_is_direct(const struct sk_buff *skb, const struct dst_entry *dst)
{
	u32 mtu = dst_metric_raw(dst, RTAX_MTU);

	return !dst->lwtstate && !dst_xfrm(dst) &&
	       skb_headroom(skb) >= LL_RESERVED_SPACE(dst->dev) &&
	       (skb_is_gso(skb) || skb->len <= (mtu ?: READ_ONCE(dst->dev->mtu)));
}

static struct neighbour *ipd_route_neigh4(struct net *net, struct sk_buff *skb, bool *other)
{
	struct rtable *rt = skb_rtable(skb);

	IP_UPD_PO_STATS(net, IPSTATS_MIB_OUT, skb->len);
	skb->protocol = htons(ETH_P_IP);
	return ip_neigh_for_gw(rt, skb, other);
}

static struct neighbour *ipd_route_neigh6(struct net *net, struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);

	IP6_UPD_PO_STATS(net, ip6_dst_idev(dst), IPSTATS_MIB_OUT, skb->len);
	skb->protocol = htons(ETH_P_IPV6);
	return ip_neigh_gw6(dst->dev, rt6_nexthop((struct rt6_info *)dst, &ipv6_hdr(skb)->daddr));
}

/**
 * ipd_route_xmit() - give a packet that no hook is to see to the device of its route
 * @net: namespace
 * @skb: packet with a route that it fits, and without a socket; consumed
 * @family: of it
 *
 * As ip_finish_output2() and ip6_finish_output2(), or by dst_output() where that does more. Bottom
 * halves off, RCU.
 *
 * Return: 0 or what the device says.
 */
int ipd_route_xmit(struct net *net, struct sk_buff *skb, u8 family)
{
	struct dst_entry *dst = skb_dst(skb);
	struct neighbour *neigh;
	bool other = false;
	bool unicast;

	unicast = family == AF_INET ? skb_rtable(skb)->rt_type == RTN_UNICAST :
				      !ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr);
	if (unlikely(!unicast || !ipd_route_is_direct(skb, dst)))
		return dst_output(net, NULL, skb);

	skb->dev = dst->dev;
	neigh = family == AF_INET ? ipd_route_neigh4(net, skb, &other) :
				    ipd_route_neigh6(net, skb);
	if (IS_ERR(neigh)) {
		kfree_skb(skb);
		return PTR_ERR(neigh);
	}
	return neigh_output(neigh, skb, other);
}
