/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Path MTU: what fits through a pair, who is told, and what ICMP says of our packets.
 *
 * In transport mode the inner and the outer packet share a route, so the driver never
 * lowers that route's MTU: it would lower the outer packets' too. The peer's TCP learns
 * from the MSS option of our SYNs, which is clamped; our own TCP's packets are cut
 * smaller; other senders get EMSGSIZE or, where the packet may be fragmented, outer
 * fragments.
 */
#ifndef IPD_PMTU_H
#define IPD_PMTU_H

#include <linux/skbuff.h>

struct dst_entry;
struct ipd_net;
struct ipd_pair;

unsigned int ipd_pmtu_inner(const struct ipd_pair *pair, const struct dst_entry *dst);
bool ipd_pmtu_fits(struct ipd_pair *pair, const struct sk_buff *skb);
int ipd_pmtu_check(struct ipd_net *in, struct ipd_pair *pair, struct sk_buff *skb,
		   const struct dst_entry *dst);
void ipd_pmtu_clamp_mss(const struct ipd_pair *pair, struct sk_buff *skb, unsigned int thoff,
			unsigned int hlen, const struct dst_entry *dst);
bool ipd_pmtu_icmp(struct ipd_net *in, struct sk_buff *skb, u8 family);

#endif /* IPD_PMTU_H */
