/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A packet's way out: classify, then permit, block, hold or protect.
 */
#ifndef IPD_OUTPUT_H
#define IPD_OUTPUT_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "mode.h"

struct ipd_filter;
struct ipd_net;
struct ipd_pair;
struct nf_hook_state;

/**
 * struct ipd_out_cb - a packet between our POST_ROUTING hook and the wire
 * @h4: the IP layer's own part, kept
 * @h6: the same
 * @okfn: what comes after the hook
 * @has_sender: skb->sk is the socket that sends this IP packet; it may be that of what lies
 *	within a tunnel of the stack's, of any family
 * @forwarded: came by the fast path of a gateway, and goes on past the hooks
 * @frame: where the headers lie
 */
struct ipd_out_cb {
	union {
		struct inet_skb_parm h4;
		struct inet6_skb_parm h6;
	};
	int (*okfn)(struct net *net, struct sock *sk, struct sk_buff *skb);
	struct ipd_frame frame;
	bool has_sender;
	bool forwarded;
};

#define IPD_OUT_CB(skb) ((struct ipd_out_cb *)(skb)->cb)

bool ipd_output_confirm(struct ipd_net *in, struct sk_buff *skb, struct ipd_filter *filter);
unsigned int ipd_output(struct ipd_net *in, struct sk_buff *skb,
			const struct nf_hook_state *state);
/* A packet of the fast path, through a pair in tunnel mode. Consumes @skb. Bottom halves off,
 * RCU.
 */
void ipd_output_forward(struct ipd_net *in, struct ipd_pair *pair, struct sk_buff *skb);
/* A held packet goes on: through the pair in force, in clear under a soft SA, or is
 * dropped. Consumes @skb. Bottom halves off, RCU.
 */
void ipd_output_release(struct ipd_net *in, struct sk_buff *skb);

#endif /* IPD_OUTPUT_H */
