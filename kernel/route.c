// SPDX-License-Identifier: GPL-2.0-only
/*
 * The outer route of a pair.
 */

#include <net/dst_cache.h>
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
