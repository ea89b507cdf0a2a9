// SPDX-License-Identifier: GPL-2.0-only
/*
 * See forward.h.
 */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <net/dst.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_extend.h>
#include <net/netfilter/nf_conntrack_l4proto.h>
#include <net/route.h>
#include <net/xfrm.h>
#include <kunit/visibility.h>

#include "forward.h"
#include "monitor.h"
#include "net.h"
#include "output.h"
#include "pmtu.h"
#include "route.h"
#include "trace.h"

atomic_t ipd_forward_filters = ATOMIC_INIT(0);

static bool ipd_forward_enabled = true;
module_param_named(fastpath, ipd_forward_enabled, bool, 0644);
MODULE_PARM_DESC(fastpath, "may flows of filters with the flag fast-path take it (default: yes)");

/* Then the stack sees a packet again: what is not told to us has its say by now, and connection
 * tracking, whose shortest time is 30 s by default, does not forget the flow.
 */
#define IPD_FORWARD_FOR	(5 * HZ)

/**
 * ipd_forward_free() - the entry of the flow cache gets another content
 * @forward: what it had
 */
void ipd_forward_free(struct ipd_forward *forward)
{
	dst_release(forward->dst);
	kfree(forward);
}

/* Does it go through this host as it came, and neither out of nor into XFRM or a device that
 * makes another packet of it?
 */
static bool ipd_forward_is_plain(const struct sk_buff *skb, u8 family)
{
	if (skb->sk || skb->encapsulation || secpath_exists(skb))
		return false;
	if (family == AF_INET) {
		u16 flags = IPSKB_FORWARDED | IPSKB_DOREDIRECT | IPSKB_XFRM_TRANSFORMED;

		return (IPCB(skb)->flags & flags) == IPSKB_FORWARDED;
	}
	/* No flag tells, and back by the same device the sender is told of a better way. */
	return skb->skb_iif && skb->skb_iif != skb_dst(skb)->dev->ifindex &&
	       !(IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED);
}

/* May connection tracking miss what follows? What is changed on the way, and protocols that
 * somebody follows, are the stack's. So is TCP that begins or ends: it would be taken for half
 * open, and what comes after the end is to be looked at.
 */
static bool ipd_forward_is_settled(const struct sk_buff *skb)
{
	const struct nf_conn *ct = (const struct nf_conn *)skb_nfct(skb);

	if (!ct)
		return true;
	if (ct->status & (IPS_NAT_MASK | IPS_SEQ_ADJUST) ||
	    nf_ct_ext_exist(ct, NF_CT_EXT_HELPER))
		return false;
	return nf_ct_protonum(ct) != IPPROTO_TCP || nf_conntrack_tcp_established(ct);
}

/* Neither a VRF, whose packets are seen twice, nor a route that may go with its packet, nor one
 * that does more than to lead somewhere.
 */
static bool ipd_forward_is_route(const struct dst_entry *dst)
{
	return dst && dst->dev && !(dst->flags & (DST_FAKE_RTABLE | DST_METADATA)) &&
	       !dst_xfrm(dst) && !dst->lwtstate &&
	       !netif_is_l3_master(dst->dev) && !netif_is_l3_slave(dst->dev) &&
	       !(dst->dev->flags & IFF_LOOPBACK);
}

/* Does what the filters say at PRE_ROUTING go with what they say at POST_ROUTING? */
static bool ipd_forward_is_allowed(const struct ipd_flow *flow, const struct ipd_match *match,
				   const struct ipd_verdict *verdict)
{
	const struct ipd_filter *filter = flow->filter;

	switch (verdict->reason) {
	case IPD_REASON_PAIR:
		return match->filter->spec.flags & IPSECDRV_FILTER_FLAGS_FAST_PATH &&
		       (!filter || filter->spec.action == IPSECDRV_ACTION_PERMIT);
	case IPD_REASON_PERMIT:
	case IPD_REASON_DEFAULT_PERMIT:
		return filter && filter->spec.flags & IPSECDRV_FILTER_FLAGS_FAST_PATH;
	default:
		return false;
	}
}

/* A route of IPv6 does not end with one that is added to another table, nor when the host stops
 * to be a router.
 */
static bool ipd_forward_is_valid6(const struct ipd_net *in, const struct ipd_forward *forward)
{
	return forward->genid == rt_genid_ipv6(in->net) &&
	       READ_ONCE(in->net->ipv6.devconf_all->forwarding);
}

static bool ipd_forward_is_valid(const struct ipd_net *in, const struct ipd_forward *forward,
				 u8 family)
{
	return READ_ONCE(ipd_forward_enabled) && time_before(jiffies, forward->until) &&
	       dst_check(forward->dst, forward->cookie) &&
	       (family == AF_INET || ipd_forward_is_valid6(in, forward));
}

/* The stack has to know the flow again before another packet goes past it. */
static void ipd_forward_end(struct ipd_forward *forward)
{
	forward->until = jiffies;
}

static u32 ipd_forward_cookie(const struct dst_entry *dst, u8 family)
{
	return family == AF_INET6 ? rt6_get_cookie((const struct rt6_info *)dst) : 0;
}

/* Connection tracking will not see every segment: it must not look at their windows, nor refuse a
 * reset whose number is not the one that it expects.
 */
static void ipd_forward_tell_tracking(const struct sk_buff *skb)
{
	struct nf_conn *ct = (struct nf_conn *)skb_nfct(skb);
	unsigned int i;

	if (!ct || nf_ct_protonum(ct) != IPPROTO_TCP)
		return;
	spin_lock(&ct->lock);
	for (i = 0; i < IP_CT_DIR_MAX; i++) {
		ct->proto.tcp.seen[i].flags &= ~IP_CT_TCP_FLAG_MAXACK_SET;
		ct->proto.tcp.seen[i].flags |= IP_CT_TCP_FLAG_BE_LIBERAL;
	}
	spin_unlock(&ct->lock);
}

void __ipd_forward_learn(struct ipd_net *in, const struct sk_buff *skb, const struct ipd_key *key,
			 const struct ipd_match *match, const struct ipd_verdict *verdict)
{
	struct dst_entry *dst = skb_dst(skb);
	struct ipd_key arrived = *key;
	struct ipd_forward *forward;
	struct ipd_flow *flow;
	u32 hash;

	if (!READ_ONCE(ipd_forward_enabled) || !ipd_forward_is_route(dst) ||
	    !ipd_forward_is_plain(skb, key->family) || !ipd_forward_is_settled(skb))
		return;
	/* Errors are judged by what they quote. */
	if (key->flags || ipd_selector_proto_is_icmp(key->proto))
		return;

	arrived.dir = IPSECDRV_DIR_IN;
	arrived.ifindex = skb->skb_iif;
	flow = ipd_flow_find(in, &arrived, &hash);
	if (!flow || !ipd_forward_is_allowed(flow, match, verdict))
		return;
	forward = ipd_flow_forward(flow);
	if (forward && ipd_forward_is_valid(in, forward, key->family))
		return;

	forward = kmalloc(sizeof(*forward), GFP_ATOMIC | __GFP_NOWARN);
	if (!forward)
		return;
	if (!dst_hold_safe(dst)) {
		kfree(forward);
		return;
	}
	forward->slot = ipd_flow_slot(flow);
	forward->out = *match;
	forward->dst = dst;
	forward->cookie = ipd_forward_cookie(dst, key->family);
	forward->genid = rt_genid_ipv6(in->net);
	forward->until = jiffies + IPD_FORWARD_FOR;
	ipd_flow_set_forward(flow, forward);
	ipd_forward_tell_tracking(skb);
}

/**
 * ipd_forward_is_tcp_end() - does a packet begin or end a connection?
 * @skb: packet that ipd_forward_is_unusual() lets pass
 * @key: of it
 */
VISIBLE_IF_KUNIT bool ipd_forward_is_tcp_end(const struct sk_buff *skb, const struct ipd_key *key)
{
	unsigned int off = skb_network_offset(skb);
	const struct tcphdr *th;
	struct tcphdr buf;

	if (key->proto != IPPROTO_TCP)
		return false;
	off += key->family == AF_INET ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	th = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return !th || th->fin || th->rst || th->syn;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_forward_is_tcp_end);

/* Does somebody have plans for it? Extensions are of XFRM and tc, and of a bridge, whose frame may
 * be for another router.
 */
static bool ipd_forward_is_handled(struct sk_buff *skb)
{
	return skb->pkt_type != PACKET_HOST || skb->sk || skb_nfct(skb) ||
	       skb_has_extensions(skb) || netif_is_l3_master(skb->dev) ||
	       (skb_is_gso(skb) && !skb_shinfo(skb)->gso_type);
}

/**
 * ipd_forward_is_unusual() - is there anything about a packet that the stack has to see?
 * @skb: packet at PRE_ROUTING, its network header in the linear part
 * @key: of it
 *
 * Return: whether it goes through the stack.
 */
VISIBLE_IF_KUNIT bool ipd_forward_is_unusual(struct sk_buff *skb, const struct ipd_key *key)
{
	if (ipd_forward_is_handled(skb))
		return true;
	if (key->family == AF_INET) {
		const struct iphdr *iph = ip_hdr(skb);

		return iph->ihl != 5 || iph->ttl <= 1 || IPCB(skb)->flags & IPSKB_FRAG_COMPLETE;
	}
	return ipv6_hdr(skb)->nexthdr != key->proto || ipv6_hdr(skb)->hop_limit <= 1 ||
	       IP6CB(skb)->frag_max_size;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_forward_is_unusual);

/* May it go by the route to another host? What is too big the stack fragments, or it tells. */
static bool ipd_forward_fits(const struct sk_buff *skb, const struct dst_entry *dst, u8 family)
{
	unsigned int mtu = family == AF_INET ? ip_dst_mtu_maybe_forward(dst, true) :
					       ip6_dst_mtu_maybe_forward(dst, true);

	return skb_is_gso(skb) ? skb_gso_validate_network_len(skb, mtu) : skb->len <= mtu;
}

/* Is it a packet as all of its flow, whose route is good? */
static bool ipd_forward_may(const struct ipd_net *in, struct sk_buff *skb,
			    const struct ipd_key *key, struct ipd_forward *forward)
{
	if (!ipd_forward_is_valid(in, forward, key->family) || ipd_forward_is_unusual(skb, key))
		return false;
	if (unlikely(ipd_forward_is_tcp_end(skb, key))) {
		ipd_forward_end(forward);
		return false;
	}
	return ipd_forward_fits(skb, forward->dst, key->family);
}

static bool ipd_forward_make_writable(struct sk_buff *skb, u8 family)
{
	return !skb_ensure_writable(skb, skb_network_offset(skb) +
				    (family == AF_INET ? sizeof(struct iphdr) :
							 sizeof(struct ipv6hdr)));
}

/* What ip_forward() and ip6_forward() do to a packet. It is writable. */
static void ipd_forward_step(struct ipd_net *in, struct sk_buff *skb, u8 family,
			     const struct ipd_forward *forward)
{
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb->dev = forward->dst->dev;
	if (family == AF_INET) {
		ip_decrease_ttl(ip_hdr(skb));
		if (READ_ONCE(in->net->ipv4.sysctl_ip_fwd_update_priority))
			skb->priority = rt_tos2priority(ip_hdr(skb)->tos);
		IPCB(skb)->flags |= IPSKB_FORWARDED | IPSKB_REROUTED;
		__IP_INC_STATS(in->net, IPSTATS_MIB_OUTFORWDATAGRAMS);
	} else {
		ipv6_hdr(skb)->hop_limit--;
		IP6CB(skb)->flags |= IP6SKB_FORWARDED | IP6SKB_REROUTED;
		__IP6_INC_STATS(in->net, ip6_dst_idev(forward->dst),
				IPSTATS_MIB_OUTFORWDATAGRAMS);
	}
	if (forward->out.filter)
		ipd_filter_hit(forward->out.filter,
			       skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1, skb->len);
	IPD_STAT_INC(in, out_packets);
	IPD_STAT_INC(in, forward_fast);
}

/* @key is that of the packet as it came; who traces is told of it as it leaves. */
static void ipd_forward_trace(const struct ipd_net *in, const struct ipd_key *key,
			      const struct ipd_forward *forward, const struct ipd_verdict *verdict)
{
	struct ipd_key out;

	if (!trace_ipd_verdict_enabled())
		return;
	out = *key;
	out.dir = IPSECDRV_DIR_OUT;
	trace_ipd_verdict(in, &out, forward->out.filter, verdict->pair, verdict->decision,
			  verdict->reason);
}

/**
 * ipd_forward_protect() - send a packet that came in clear through its pair
 * @in: namespace
 * @skb: packet at PRE_ROUTING, which may go on; consumed if this returns true
 * @key: of it, inbound
 * @forward: of its flow
 *
 * Bottom halves off, RCU.
 *
 * Return: false if the packet is to go through the stack.
 */
bool ipd_forward_protect(struct ipd_net *in, struct sk_buff *skb, const struct ipd_key *key,
			 struct ipd_forward *forward)
{
	struct ipd_verdict verdict = ipd_verdict_out(in, &forward->out, key);

	if (verdict.decision != IPD_PROTECT || !ipd_forward_may(in, skb, key, forward) ||
	    !ipd_pmtu_fits(verdict.pair, skb) || !ipd_forward_make_writable(skb, key->family))
		return false;
	ipd_forward_step(in, skb, key->family, forward);
	ipd_forward_trace(in, key, forward, &verdict);
	ipd_output_forward(in, verdict.pair, skb);
	return true;
}

/**
 * ipd_forward_clear() - send a packet that came through a pair on in clear
 * @in: namespace
 * @skb: packet at PRE_ROUTING, which may go on; consumed if this returns true
 * @key: of it, inbound
 * @forward: of its flow
 *
 * Bottom halves off, RCU.
 *
 * Return: false if the packet is to go through the stack.
 */
bool ipd_forward_clear(struct ipd_net *in, struct sk_buff *skb, const struct ipd_key *key,
		       struct ipd_forward *forward)
{
	struct ipd_verdict verdict = ipd_verdict_out(in, &forward->out, key);

	if ((verdict.reason != IPD_REASON_PERMIT && verdict.reason != IPD_REASON_DEFAULT_PERMIT) ||
	    !ipd_forward_may(in, skb, key, forward) ||
	    !ipd_forward_make_writable(skb, key->family))
		return false;
	ipd_forward_step(in, skb, key->family, forward);
	IPD_STAT_INC(in, out_permit);
	ipd_forward_trace(in, key, forward, &verdict);
	ipd_monitor_pass(in, skb, IPSECDRV_DIR_OUT, NULL, verdict.reason);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, forward->dst);
	ipd_route_xmit(in->net, skb, key->family);
	return true;
}
