/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fast path of a gateway: packets of a known flow between a tunnel and the other side of
 * this host, without the stack.
 *
 * A filter with the flag fast-path asks for it. The first packet of a flow goes through the
 * stack: routed, seen by every hook, connection tracking and FORWARD among them. When it comes
 * to POST_ROUTING, what became of it is kept with its entry of the flow cache, for the
 * direction and the device that it came in by. The next one, which finds that entry at
 * PRE_ROUTING, goes on from there: its hop limit is lowered, it is counted, protected or not,
 * and given to the device. Whatever is unusual about a packet leaves it to the stack.
 *
 * As with the flow tables of nftables, what others have changed, as FORWARD or the rules of
 * routing, does not reach flows that are under way at once, but here after five seconds: then
 * another packet goes through the stack. Our own filters, SAs and routes are asked each time.
 */
#ifndef IPD_FORWARD_H
#define IPD_FORWARD_H

#include <linux/atomic.h>

#include "flow.h"
#include "verdict.h"

struct dst_entry;
struct sk_buff;

/**
 * struct ipd_forward - where the packets of a flow go
 * @slot: what the flow's entry says of them at PRE_ROUTING
 * @out: what the filters say of them at POST_ROUTING
 * @dst: the route through this host, with a reference
 * @until: jiffies, when the stack has to see another packet
 * @cookie: for dst_check()
 * @genid: of the routes of IPv6, when @dst was one of theirs
 *
 * Belongs to an entry of the flow cache, is good for as long as that is, and is used by its CPU
 * alone, bottom halves off.
 */
struct ipd_forward {
	struct ipd_slot *slot;
	struct ipd_match out;
	struct dst_entry *dst;
	unsigned long until;
	u32 cookie;
	int genid;
};

/** ipd_flow_forward() - where the packets of an entry go past the stack, or NULL */
static inline struct ipd_forward *ipd_flow_forward(const struct ipd_flow *flow)
{
	return flow->slot & IPD_FLOW_FORWARD ?
	       (struct ipd_forward *)(flow->slot & ~IPD_FLOW_FORWARD) : NULL;
}

/** ipd_flow_slot() - the slot of an entry, or NULL */
static inline struct ipd_slot *ipd_flow_slot(const struct ipd_flow *flow)
{
	const struct ipd_forward *forward = ipd_flow_forward(flow);

	return unlikely(forward) ? forward->slot : (struct ipd_slot *)flow->slot;
}

/* Filters with the flag, in tables and on their way out of one, of all namespaces. */
extern atomic_t ipd_forward_filters;

void __ipd_forward_learn(struct ipd_net *in, const struct sk_buff *skb, const struct ipd_key *key,
			 const struct ipd_match *match, const struct ipd_verdict *verdict);

/**
 * ipd_forward_learn() - a packet leaves: may the next ones of its flow take the fast path?
 * @in: namespace
 * @skb: packet at POST_ROUTING
 * @key: of it, outbound
 * @match: the classifiers' answer
 * @verdict: what becomes of the packet
 *
 * Bottom halves off, RCU.
 */
static inline void ipd_forward_learn(struct ipd_net *in, const struct sk_buff *skb,
				     const struct ipd_key *key, const struct ipd_match *match,
				     const struct ipd_verdict *verdict)
{
	if (unlikely(atomic_read(&ipd_forward_filters)))
		__ipd_forward_learn(in, skb, key, match, verdict);
}

bool ipd_forward_protect(struct ipd_net *in, struct sk_buff *skb, const struct ipd_key *key,
			 struct ipd_forward *forward);
bool ipd_forward_clear(struct ipd_net *in, struct sk_buff *skb, const struct ipd_key *key,
		       struct ipd_forward *forward);
void ipd_forward_free(struct ipd_forward *forward);

#if IS_ENABLED(CONFIG_KUNIT)
bool ipd_forward_is_tcp_end(const struct sk_buff *skb, const struct ipd_key *key);
bool ipd_forward_is_unusual(struct sk_buff *skb, const struct ipd_key *key);
#endif

#endif /* IPD_FORWARD_H */
