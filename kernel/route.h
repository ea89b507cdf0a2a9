/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The outer route of a pair, and a packet's way to the device of its route.
 */
#ifndef IPD_ROUTE_H
#define IPD_ROUTE_H

#include <linux/types.h>

struct dst_entry;
struct ipd_pair;
struct net;
struct sk_buff;

struct dst_entry *ipd_route_lookup(const struct ipd_pair *pair);
struct dst_entry *ipd_route_get(struct ipd_pair *pair);
int ipd_route_xmit(struct net *net, struct sk_buff *skb, u8 family);

#endif /* IPD_ROUTE_H */
