/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A packet's way in: verified, decrypted, and delivered with a proof of the pair it came
 * through.
 */
#ifndef IPD_INPUT_H
#define IPD_INPUT_H

#include <linux/skbuff.h>

#include "drop.h"

struct ipd_net;
struct ipd_pair;
struct ipd_sa;

/**
 * struct ipd_in_cb - a packet between where it was found and the stack
 * @seq: 64-bit sequence number of the header at @off
 * @pair: of the protocols verified so far, for comparison only
 * @sa: that the packet named when it was found, NULL if that is not known
 * @erased: ipd_sadb_erased before @sa was looked up: it is there while that has not moved
 * @off: of the protocol's header, from the network header on
 * @nexthdr_off: of the byte that names the outermost protocol
 * @sport: UDP source port, host order
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @family: of the outer header
 * @depth: protocols verified so far
 * @encap: found behind a UDP header
 * @offloaded: the device has decrypted it
 * @verified: an asynchronous transform has ended, the packet is to be delivered
 */
struct ipd_in_cb {
	u64 seq;
	const struct ipd_pair *pair;
	struct ipd_sa *sa;
	int erased;
	u16 off;
	u16 nexthdr_off;
	u16 sport;
	u8 proto;
	u8 family;
	u8 depth;
	bool encap;
	bool offloaded;
	bool verified;
};

#define IPD_IN_CB(skb) ((struct ipd_in_cb *)(skb)->cb)

/* Count and free; @name is that of the counter without in_. */
#define ipd_input_drop(in, skb, name, pair) do {	\
	ipd_drop(in, in_##name, skb, NULL, pair);	\
	kfree_skb(skb);					\
} while (0)

bool ipd_input_is_ours(struct ipd_net *in, const struct sk_buff *skb, struct ipd_in_cb *cb);
struct sk_buff *ipd_input_packet(struct sk_buff *skb);

#endif /* IPD_INPUT_H */
