/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UDP encapsulation (RFC 3948).
 */
#ifndef IPD_NATT_H
#define IPD_NATT_H

#include <linux/skbuff.h>

struct ipd_net;
struct ipd_pair;
struct ipd_sa;

enum ipd_natt {
	IPD_NATT_NOT_OURS,	/* IKE, or no SA of ours: to the stack */
	IPD_NATT_KEEPALIVE,	/* to be dropped */
	IPD_NATT_ESP,		/* ESP behind the UDP header */
};

enum ipd_natt ipd_natt_classify(struct ipd_net *in, struct sk_buff *skb, u8 family,
				unsigned int off);
void ipd_natt_checksum(struct sk_buff *skb);
void ipd_natt_float(struct ipd_sa *sa, const struct in6_addr *saddr, u16 sport);
void ipd_natt_keepalive(struct ipd_pair *pair);

#endif /* IPD_NATT_H */
