/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flow tables of netfilter take the packets of a connection where they come in, and no hook
 * sees those. So only connections go there that the filters permit in clear: both ways, and on
 * both of its devices, coming and going.
 *
 * A rule of FORWARD adds a connection, once connection tracking has confirmed it. Those that may
 * not are marked before, with the mark of connection tracking for entries of which its table has
 * only one direction, IPS_NAT_CLASH: no flow table takes them. At POST_ROUTING that is the first
 * packet of a connection, if it does not leave as one that is permitted; our hook in FORWARD, the
 * first there, asks for all four. What the filters say may change. Then every flow ends, and its
 * next packet comes by here.
 *
 * A flow may have been added all the same, by a chain of the lowest priority there is, or while
 * the filters changed and the packet was in a queue of user space. It ends as soon as that packet
 * has come by one of the two places.
 */
#ifndef IPD_FLOWTABLE_H
#define IPD_FLOWTABLE_H

#include <linux/skbuff.h>

#include "verdict.h"

struct nf_hook_state;

/** ipd_flowtable_is_for() - may packets that are passed for this reason go past the hooks? */
static inline bool ipd_flowtable_is_for(u8 reason)
{
	return reason == IPD_REASON_PERMIT || reason == IPD_REASON_DEFAULT_PERMIT;
}

#if IS_ENABLED(CONFIG_NF_FLOW_TABLE)

void ipd_flowtable_judge(struct ipd_net *in, const struct sk_buff *skb,
			 const struct nf_hook_state *state);
void __ipd_flowtable_refuse(struct ipd_net *in, const struct sk_buff *skb);
void ipd_flowtable_end(void);

/**
 * ipd_flowtable_refuse() - a packet does not leave as one that the filters permit
 * @in: namespace
 * @skb: packet at POST_ROUTING
 */
static inline void ipd_flowtable_refuse(struct ipd_net *in, const struct sk_buff *skb)
{
	/* What this host sends is in no flow. */
	if (skb->skb_iif && skb_nfct(skb))
		__ipd_flowtable_refuse(in, skb);
}

#else

static inline void ipd_flowtable_refuse(struct ipd_net *in, const struct sk_buff *skb) { }
static inline void ipd_flowtable_end(void) { }

#endif

#endif /* IPD_FLOWTABLE_H */
