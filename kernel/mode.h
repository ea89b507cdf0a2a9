/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transport and tunnel mode: the headers around what ESP and AH protect.
 */
#ifndef IPD_MODE_H
#define IPD_MODE_H

#include <linux/ipsecdrv.h>
#include <linux/types.h>

struct dst_entry;
struct ipd_pair;
struct sk_buff;

/**
 * struct ipd_frame - where the headers of an outbound packet lie
 * @off: of each protocol's header, from the network header on, innermost first
 * @payload: bytes that the innermost protocol protects
 * @nexthdr: what follows each protocol's header
 */
struct ipd_frame {
	u16 off[IPSECDRV_PROTOS_MAX];
	u16 payload;
	u8 nexthdr[IPSECDRV_PROTOS_MAX];
};

int ipd_mode_encap(const struct ipd_pair *pair, struct sk_buff *skb, struct dst_entry *dst,
		   struct ipd_frame *frame);
int ipd_mode_decap(const struct ipd_pair *pair, struct sk_buff *skb, unsigned int off,
		   unsigned int payload, unsigned int nexthdr_off, u8 nexthdr);
void ipd_mode_strip(struct sk_buff *skb, unsigned int off, unsigned int len,
		    unsigned int nexthdr_off, u8 nexthdr);
/* What the packet was in clear, with its IP header. */
unsigned int ipd_mode_clear_len(const struct ipd_pair *pair, const struct ipd_frame *frame);
unsigned int ipd_mode_headers(const struct ipd_pair *pair);
unsigned int ipd_mode_overhead(const struct ipd_pair *pair);
unsigned int ipd_mode_outer_len(const struct ipd_pair *pair);

#endif /* IPD_MODE_H */
