/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From an skb to the key that the filters know it by.
 */
#ifndef IPD_PACKET_H
#define IPD_PACKET_H

#include <linux/skbuff.h>

#include "selector.h"

struct ipd_iface;
struct net_device;

int ipd_packet_key(struct sk_buff *skb, u8 family, u8 dir, struct ipd_key *key);
int ipd_packet_icmp_error_key(struct sk_buff *skb, const struct ipd_key *key,
			      struct ipd_key *inner);
bool ipd_packet_is_fragment6(const struct sk_buff *skb);
void ipd_packet_iface(const struct net_device *dev, struct ipd_iface *iface);

#endif /* IPD_PACKET_H */
