// SPDX-License-Identifier: GPL-2.0-only
/*
 * A packet's way out, from POST_ROUTING on:
 *
 *   ipd_output()          whose packet, which filter, which verdict
 *   ipd_output_protect()  does it fit, outer route, private copy or segments
 *   ipd_output_one()      headers, then each protocol's transform
 *   ipd_output_send()     on to the wire, a batch as one packet where that is possible
 *
 * The hook is the last but conntrack's own, so what the filters see is what goes on the
 * wire, after NAT, and a packet that needs protection is taken out of the stack there.
 * ESP and AH only ever write into linear memory of an skb that nobody else holds.
 */

#include <linux/netfilter.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>

#include "ah.h"
#include "classify.h"
#include "drop.h"
#include "esp.h"
#include "flowtable.h"
#include "forward.h"
#include "gso.h"
#include "monitor.h"
#include "natt.h"
#include "net.h"
#include "offload.h"
#include "output.h"
#include "packet.h"
#include "pmtu.h"
#include "route.h"
#include "segment.h"
#include "trace.h"

/* Room for the longest link header and whatever a device asks for. */
static unsigned int ipd_output_headroom(const struct ipd_pair *pair, const struct dst_entry *dst)
{
	return LL_RESERVED_SPACE(dst->dev) + dst->header_len + pair->headers;
}

static unsigned int ipd_output_tailroom(const struct ipd_pair *pair)
{
	return pair->overhead - pair->headers;
}

/* What this CPU has just handed to IP, bottom halves off. */
static DEFINE_PER_CPU(const struct sk_buff *, ipd_output_sent);

/* Is it at POST_ROUTING for the first time since? The next time it is somebody else's. */
static bool ipd_output_comes_back(const struct sk_buff *skb)
{
	if (this_cpu_read(ipd_output_sent) != skb)
		return false;
	this_cpu_write(ipd_output_sent, NULL);
	return true;
}

/* Is this a packet that we protected? The flag tells that somebody
 * transformed it; only the way it came or an SPI of ours tells that it was us.
 */
static bool ipd_output_is_ours(struct ipd_net *in, const struct sk_buff *skb, u8 family)
{
	struct ipd_spi_key key = { .family = family };
	unsigned int off;

	if (family == AF_INET) {
		if (likely(!(IPCB(skb)->flags & IPSKB_XFRM_TRANSFORMED)))
			return false;
		key.daddr.s6_addr32[0] = ip_hdr(skb)->daddr;
		key.proto = ip_hdr(skb)->protocol;
		off = ip_hdrlen(skb);
	} else {
		if (likely(!(IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED)))
			return false;
		key.daddr = ipv6_hdr(skb)->daddr;
		key.proto = ipv6_hdr(skb)->nexthdr;
		off = sizeof(struct ipv6hdr);
	}
	if (likely(ipd_output_comes_back(skb)))
		return true;
	if (key.proto == IPPROTO_UDP) {
		off += sizeof(struct udphdr);
		key.proto = IPPROTO_ESP;
	} else if (key.proto == IPPROTO_AH) {
		off += offsetof(struct ip_auth_hdr, spi);
	}
	if (skb_copy_bits(skb, skb_network_offset(skb) + off, &key.spi, sizeof(key.spi)))
		return false;
	return ipd_sadb_find_out(in, &key);
}

/**
 * ipd_output_confirm() - confirm the conntrack entry of a packet
 * @in: namespace
 * @skb: packet that is about to be protected or held
 * @filter: that decided so
 *
 * Conntrack's own hook comes after ours and will not see the packet; one that it would not
 * know leaves without its entry. RCU.
 *
 * Return: false if conntrack refuses the packet; it is counted, and the caller's to drop.
 */
bool ipd_output_confirm(struct ipd_net *in, struct sk_buff *skb, struct ipd_filter *filter)
{
	struct nf_conn *ct = (struct nf_conn *)skb_nfct(skb);
	const struct nf_ct_hook *ct_hook;

	if (!ct)
		return true;
	/* Only the first packet of a connection is to be confirmed. */
	if (!nf_ct_is_confirmed(ct)) {
		ct_hook = rcu_dereference(nf_ct_hook);
		if (ct_hook && ct_hook->confirm(skb) != NF_ACCEPT) {
			ipd_drop(in, out_conntrack, skb, filter, NULL);
			return false;
		}
	}
	nf_reset_ct(skb);
	return true;
}

static enum ipd_drop_reason ipd_output_reason(int err)
{
	switch (err) {
	case -EOVERFLOW:
		return IPD_DROP_out_sequence;
	case -EKEYEXPIRED:
		return IPD_DROP_out_expired;
	case -EMSGSIZE:
		return IPD_DROP_out_too_big;
	case -ENOMEM:
		return IPD_DROP_out_no_memory;
	case -EINVAL:
		return IPD_DROP_out_malformed;
	case -EHOSTUNREACH:
		return IPD_DROP_out_no_route;
	default:
		return IPD_DROP_out_crypto_error;
	}
}

/* Count and free a packet that was to go through @pair, */
static void ipd_output_drop(struct ipd_pair *pair, struct sk_buff *skb, int err)
{
	ipd_drop_packets(pair->net, ipd_output_reason(err), skb, 1, NULL, pair);
	kfree_skb(skb);
}

/* and one of which ipd_output_protect() said already that it does. */
static void ipd_output_fail(struct ipd_pair *pair, struct sk_buff *skb, int err)
{
	ipd_drop_shown(pair->net, ipd_output_reason(err), skb, pair);
	kfree_skb(skb);
}

/* Is there room enough, but all of it behind? Then the packet moves, and nothing is allocated:
 * what a host on the same machine sends has it there.
 */
static bool ipd_output_move(struct sk_buff *skb, unsigned int headroom, unsigned int tailroom)
{
	unsigned int off;

	if (skb_headroom(skb) >= headroom)
		return false;
	off = ALIGN(headroom - skb_headroom(skb), 4);
	if (skb_tailroom(skb) < (int)(off + tailroom))
		return false;
	/* With its link header, as pskb_expand_head() does. */
	memmove(skb->head + off, skb->head, skb_tail_pointer(skb) - skb->head);
	skb_reserve(skb, off);
	skb_headers_offset_update(skb, off);
	return true;
}

/* A linear skb that is ours alone and has room, @skb itself if it is one. Consumes @skb. NULL
 * if it was dropped.
 */
static struct sk_buff *ipd_output_private(struct ipd_pair *pair, struct sk_buff *skb,
					  const struct dst_entry *dst)
{
	unsigned int headroom = ipd_output_headroom(pair, dst);
	unsigned int tailroom = ipd_output_tailroom(pair);
	struct sk_buff *copy;

	if (!skb_cloned(skb) && !skb_is_nonlinear(skb) &&
	    ((skb_headroom(skb) >= headroom && skb_tailroom(skb) >= tailroom) ||
	     ipd_output_move(skb, headroom, tailroom)))
		return skb;

	if (!skb_is_nonlinear(skb)) {
		/* Gives it a head of its own, whoever had a share in the old one. */
		if (!pskb_expand_head(skb, max_t(int, 0, headroom - skb_headroom(skb)),
				      max_t(int, 0, tailroom - skb_tailroom(skb)),
				      GFP_ATOMIC | __GFP_NOWARN))
			return skb;
		ipd_output_fail(pair, skb, -ENOMEM);
		return NULL;
	}

	copy = skb_copy_expand(skb, headroom, tailroom, GFP_ATOMIC | __GFP_NOWARN);
	if (!copy) {
		ipd_output_fail(pair, skb, -ENOMEM);
		return NULL;
	}
	copy->ignore_df = skb->ignore_df;
	ipd_segment_move_owner(copy, skb);
	consume_skb(skb);
	return copy;
}

/* Have the device do it, if it has the SA. */
static bool ipd_output_offload(struct ipd_pair *pair, struct sk_buff *skb, u64 seq)
{
	const struct ipd_frame *frame = &IPD_OUT_CB(skb)->frame;

	ipd_esp_prepare(ipd_pair_out(pair, 0), skb, frame->off[0], frame->payload,
			frame->nexthdr[0], seq);
	if (!ipd_offload_tx(pair, skb, skb_dst(skb)->dev, seq, frame->nexthdr[0]))
		return false;
	IPD_STAT_INC(pair->net, out_offload);
	IPD_STAT_ADD(pair->net, qm_offloaded_bytes_sent, ipd_mode_clear_len(pair, frame));
	return true;
}

static int ipd_output_transform(struct ipd_pair *pair, struct sk_buff *skb, unsigned int i,
				ipd_done_t done)
{
	const struct ipd_frame *frame = &IPD_OUT_CB(skb)->frame;
	struct ipd_sa *sa = ipd_pair_out(pair, i);
	u64 seq;
	int err;

	err = ipd_sa_take_seq(sa, 1, &seq);
	if (unlikely(err))
		return err;
	/* Only pairs of ESP alone are, whoever asked for it. */
	if (unlikely(pair->offload) && ipd_offload_is_active(pair) &&
	    ipd_output_offload(pair, skb, seq))
		return 0;
	if (sa->spi.key.proto == IPPROTO_ESP)
		return ipd_esp_encrypt(sa, skb, frame->off[i], frame->payload, frame->nexthdr[i],
				       seq, done);
	return ipd_ah_sign(sa, skb, frame->off[i], frame->nexthdr[i], seq, done);
}

/* The socket whose cgroup has a say in what goes out. The packet holds it. */
static struct sock *ipd_output_sender(const struct sk_buff *skb)
{
	return IPD_OUT_CB(skb)->has_sender ? skb->sk : NULL;
}

/* A finished packet, or a batch made one by ipd_gso_merge(). */
static int ipd_output_send(struct ipd_pair *pair, struct sk_buff *skb)
{
	struct sock *sk = ipd_output_sender(skb);
	struct net *net = pair->net->net;
	int err;

	if (pair->mode == IPSECDRV_MODE_TRANSPORT) {
		/* A VRF has two POST_ROUTINGs, its own and that of the device. */
		if (pair->family == AF_INET)
			IPCB(skb)->flags |= IPSKB_XFRM_TRANSFORMED;
		else
			IP6CB(skb)->flags |= IP6SKB_XFRM_TRANSFORMED;
		return IPD_OUT_CB(skb)->okfn(net, sk, skb);
	}

	memset(skb->cb, 0, sizeof(IPD_OUT_CB(skb)->h6));
	/* Its own way through POST_ROUTING is skipped as was that of what is inside; a VRF is to
	 * have its say.
	 */
	if (IPD_OUT_CB(skb)->forwarded && !netif_is_l3_slave(skb->dev)) {
		if (pair->family == AF_INET)
			IPCB(skb)->flags = IPSKB_XFRM_TRANSFORMED | IPSKB_REROUTED;
		else
			IP6CB(skb)->flags = IP6SKB_XFRM_TRANSFORMED | IP6SKB_REROUTED;
		return ipd_route_xmit(net, skb, pair->family);
	}
	this_cpu_write(ipd_output_sent, skb);
	if (pair->family == AF_INET) {
		IPCB(skb)->flags = IPSKB_XFRM_TRANSFORMED;
		err = ip_local_out(net, sk, skb);
	} else {
		IP6CB(skb)->flags = IP6SKB_XFRM_TRANSFORMED;
		err = ip6_local_out(net, sk, skb);
	}
	this_cpu_write(ipd_output_sent, NULL);
	return err;
}

static void ipd_output_finish(struct ipd_pair *pair, struct sk_buff *skb)
{
	const struct ipd_frame *frame = &IPD_OUT_CB(skb)->frame;

	ipd_stat_carried(pair, IPSECDRV_DIR_OUT, ipd_mode_clear_len(pair, frame));
	if (pair->encap_local && pair->family == AF_INET6)
		ipd_natt_checksum(skb);
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
}

/* An asynchronous transform has ended: the other protocols, then out. */
static void ipd_output_done(struct ipd_sa *sa, struct sk_buff *skb, int err)
{
	struct ipd_pair *pair = sa->pair;
	unsigned int i = sa->index + 1;

	IPD_STAT_INC(pair->net, out_crypto_async);
	for (; !err && i < pair->n; i++)
		err = ipd_output_transform(pair, skb, i, ipd_output_done);
	if (err == -EINPROGRESS)
		return;
	if (err) {
		ipd_output_fail(pair, skb, err);
		return;
	}
	ipd_output_finish(pair, skb);
	ipd_output_send(pair, skb);
}

/* Headers and transforms of one packet in clear, which is linear and ours. Consumes @skb
 * unless it returns 0; -EINPROGRESS means that it will be sent later.
 */
static int ipd_output_one(struct ipd_pair *pair, struct sk_buff *skb, struct dst_entry *dst)
{
	struct ipd_frame *frame = &IPD_OUT_CB(skb)->frame;
	unsigned int len = skb->len, i;
	int err;

	err = ipd_mode_encap(pair, skb, dst, frame);
	if (unlikely(err))
		goto drop;
	if (frame->nexthdr[0] == IPPROTO_TCP)
		ipd_pmtu_clamp_mss(pair, skb, frame->off[0] + pair->sas[0].hdr_len,
				   len - frame->payload, dst);

	for (i = 0; i < pair->n; i++) {
		err = ipd_output_transform(pair, skb, i, ipd_output_done);
		if (unlikely(err))
			goto drop;
	}
	ipd_output_finish(pair, skb);
	return 0;

drop:
	if (err != -EINPROGRESS)
		ipd_output_fail(pair, skb, err);
	return err;
}

/* Give a packet its outer route; transport mode keeps the one it has. With a reference:
 * an asynchronous transform ends outside of this RCU section.
 */
static void ipd_output_set_dst(struct ipd_pair *pair, struct sk_buff *skb, struct dst_entry *dst)
{
	if (skb_dst(skb) == dst) {
		skb_dst_force(skb);
		return;
	}
	skb_dst_drop(skb);
	dst_hold(dst);
	skb_dst_set(skb, dst);
	skb->dev = dst->dev;
}

/* One packet that is not GSO. Consumes @skb. */
static int ipd_output_single(struct ipd_pair *pair, struct sk_buff *skb, struct dst_entry *dst)
{
	struct ipd_net *in = pair->net;
	int err;

	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_csum_hwoffload_help(skb, 0)) {
		ipd_output_fail(pair, skb, -ENOMEM);
		return -ENOMEM;
	}
	skb = ipd_output_private(pair, skb, dst);
	if (!skb)
		return -ENOMEM;
	ipd_output_set_dst(pair, skb, dst);
	/* Now: after an asynchronous transform nobody comes back here. */
	if (pair->mode == IPSECDRV_MODE_TUNNEL)
		skb->ignore_df = 1;
	err = ipd_output_one(pair, skb, dst);
	if (!err || err == -EINPROGRESS)
		IPD_STAT_INC(in, out_protect);
	if (err)
		return err == -EINPROGRESS ? 0 : err;
	return ipd_output_send(pair, skb);
}

/* A GSO packet: cut once, protect each segment, send what can be sent as one. Consumes
 * @skb.
 */
static int ipd_output_gso(struct ipd_pair *pair, struct sk_buff *skb, struct dst_entry *dst)
{
	int (*okfn)(struct net *, struct sock *, struct sk_buff *) = IPD_OUT_CB(skb)->okfn;
	struct sk_buff *segs, *seg, *next, *head = NULL, **tail = &head;
	bool has_sender = IPD_OUT_CB(skb)->has_sender;
	bool forwarded = IPD_OUT_CB(skb)->forwarded;
	struct ipd_net *in = pair->net;
	bool merge = ipd_gso_can_merge(pair);
	int ret = 0;

	segs = ipd_segment(skb, ipd_output_headroom(pair, dst), ipd_output_tailroom(pair));
	if (IS_ERR(segs)) {
		ipd_output_fail(pair, skb, PTR_ERR(segs));
		return PTR_ERR(segs);
	}
	consume_skb(skb);
	IPD_STAT_INC(in, out_protect);

	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		seg = ipd_output_private(pair, seg, dst);
		if (!seg) {
			ret = -ENOMEM;
			continue;
		}
		ipd_output_set_dst(pair, seg, dst);
		IPD_OUT_CB(seg)->okfn = okfn;
		IPD_OUT_CB(seg)->has_sender = has_sender;
		IPD_OUT_CB(seg)->forwarded = forwarded;
		if (ipd_output_one(pair, seg, dst))
			continue;
		IPD_STAT_INC(in, out_protect_segments);
		if (merge) {
			*tail = seg;
			tail = &seg->next;
		} else {
			ret = ipd_output_send(pair, seg);
		}
	}

	while (head) {
		seg = head;
		head = ipd_gso_merge(seg);
		ret = ipd_output_send(pair, seg);
	}
	return ret;
}

/* Protect and send. Consumes @skb; its okfn is set. */
static int ipd_output_protect(struct ipd_net *in, struct ipd_pair *pair, struct sk_buff *skb)
{
	unsigned int segs = skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1;
	struct dst_entry *dst = skb_dst(skb);
	int err;

	if (pair->mode == IPSECDRV_MODE_TUNNEL) {
		dst = ipd_route_get(pair);
		if (IS_ERR(dst)) {
			ipd_output_drop(pair, skb, -EHOSTUNREACH);
			return PTR_ERR(dst);
		}
	} else {
		/* A route that is only borrowed may be on its way out. */
		if (!skb_dst_force(skb)) {
			ipd_output_drop(pair, skb, -EHOSTUNREACH);
			return -EHOSTUNREACH;
		}
		dst = skb_dst(skb);
		dst_hold(dst);
	}

	err = ipd_pmtu_check(in, pair, skb, dst);
	if (!err)
		err = ipd_sa_account(ipd_pair_out(pair, 0), segs ?: 1, skb->len);
	if (unlikely(err)) {
		ipd_output_drop(pair, skb, err);
		goto release;
	}
	/* Once, and whole, for it will be neither when it is protected. */
	ipd_monitor_pass(in, skb, IPSECDRV_DIR_OUT, pair, IPD_REASON_PAIR);

	if (skb_is_gso(skb))
		err = ipd_output_gso(pair, skb, dst);
	else
		err = ipd_output_single(pair, skb, dst);
release:
	dst_release(dst);
	return err;
}

static unsigned int ipd_output_hold(struct ipd_net *in, struct ipd_match *match,
				    const struct ipd_key *key, struct sk_buff *skb)
{
	unsigned int verdict;

	if (!skb_dst_force(skb)) {
		ipd_drop(in, out_no_route, skb, match->filter, NULL);
		return NF_DROP;
	}
	verdict = ipd_slot_hold(in, match->filter, match->slot, key, skb);
	if (verdict == NF_ACCEPT) {
		IPD_STAT_INC(in, out_soft);
		ipd_monitor_pass(in, skb, IPSECDRV_DIR_OUT, NULL, IPD_REASON_SOFT);
	}
	return verdict == NF_DROP ? NF_DROP_ERR(-EPERM) : verdict;
}

/* A bridge shows its frames to POST_ROUTING without a route, and wants them back with the
 * link header in front: such a packet can neither be protected nor wait.
 */
static bool ipd_output_is_bridged(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	return !dst || dst->flags & DST_FAKE_RTABLE;
}

static unsigned int ipd_output_verdict(struct ipd_net *in, struct ipd_match *match,
				       const struct ipd_key *key, struct sk_buff *skb)
{
	struct ipd_verdict verdict = ipd_verdict_out(in, match, key);
	int err;

	if (match->filter)
		ipd_filter_hit(match->filter, skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1,
			       skb->len);

	if (!ipd_flowtable_is_for(verdict.reason))
		ipd_flowtable_refuse(in, skb);
	if (verdict.decision != IPD_PASS && unlikely(ipd_output_is_bridged(skb)))
		verdict.decision = IPD_DROP;
	trace_ipd_verdict(in, key, match->filter, verdict.pair, verdict.decision, verdict.reason);

	ipd_forward_learn(in, skb, key, match, &verdict);
	switch (verdict.decision) {
	case IPD_PASS:
		if (verdict.reason == IPD_REASON_SOFT) {
			IPD_STAT_INC(in, out_soft);
			ipd_soft_count(match->slot, IPSECDRV_DIR_OUT, skb);
		} else {
			IPD_STAT_INC(in, out_permit);
		}
		ipd_monitor_pass(in, skb, IPSECDRV_DIR_OUT, NULL, verdict.reason);
		if (unlikely(READ_ONCE(in->boot_mode) == IPSECDRV_BOOT_MODE_STATEFUL))
			ipd_boot_sent(in, key);
		return NF_ACCEPT;
	case IPD_DROP:
		if (verdict.reason == IPD_REASON_REFUSED)
			ipd_drop(in, out_hold_refused, skb, match->filter, NULL);
		else if (verdict.reason == IPD_REASON_BOOT_BLOCK)
			ipd_drop(in, out_boot, skb, NULL, NULL);
		else
			ipd_drop(in, out_block, skb, match->filter, NULL);
		return NF_DROP_ERR(-EPERM);
	case IPD_HOLD:
		return ipd_output_hold(in, match, key, skb);
	}

	if (!ipd_output_confirm(in, skb, match->filter))
		return NF_DROP;
	err = ipd_output_protect(in, verdict.pair, skb);
	return err < 0 ? NF_STOLEN | ((-err) << NF_VERDICT_QBITS) : NF_STOLEN;
}

/**
 * ipd_output() - judge an outbound packet
 * @in: namespace
 * @skb: packet at POST_ROUTING, local or forwarded
 * @state: the hook's
 *
 * Return: a netfilter verdict; NF_STOLEN if the packet was protected or is held.
 */
unsigned int ipd_output(struct ipd_net *in, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	struct ipd_match match;
	unsigned int verdict;
	struct ipd_key key;

	BUILD_BUG_ON(sizeof(struct ipd_out_cb) > sizeof_field(struct sk_buff, cb));

	if (unlikely(ipd_output_is_ours(in, skb, state->pf)))
		return NF_ACCEPT;

	IPD_STAT_INC(in, out_packets);
	if (unlikely(ipd_packet_key(skb, state->pf, IPSECDRV_DIR_OUT, &key))) {
		ipd_drop(in, out_malformed, skb, NULL, NULL);
		return NF_DROP_ERR(-EINVAL);
	}

	local_bh_disable();
	ipd_classify(in, &key, state->out, &match);
	IPD_OUT_CB(skb)->okfn = state->okfn;
	IPD_OUT_CB(skb)->has_sender = state->sk && state->sk == skb->sk;
	IPD_OUT_CB(skb)->forwarded = false;
	verdict = ipd_output_verdict(in, &match, &key, skb);
	local_bh_enable();
	return verdict;
}

void ipd_output_forward(struct ipd_net *in, struct ipd_pair *pair, struct sk_buff *skb)
{
	IPD_OUT_CB(skb)->okfn = NULL;
	IPD_OUT_CB(skb)->has_sender = false;
	IPD_OUT_CB(skb)->forwarded = true;
	ipd_output_protect(in, pair, skb);
}

void ipd_output_release(struct ipd_net *in, struct sk_buff *skb)
{
	u8 family = skb->protocol == htons(ETH_P_IPV6) ? AF_INET6 : AF_INET;
	struct ipd_verdict verdict;
	struct ipd_match match;
	struct ipd_key key;
	bool soft;

	if (ipd_packet_key(skb, family, IPSECDRV_DIR_OUT, &key)) {
		ipd_drop(in, out_malformed, skb, NULL, NULL);
		kfree_skb(skb);
		return;
	}
	ipd_classify(in, &key, skb->dev, &match);
	verdict = ipd_verdict_out(in, &match, &key);
	soft = verdict.reason == IPD_REASON_SOFT;
	trace_ipd_verdict(in, &key, match.filter, verdict.pair, verdict.decision, verdict.reason);

	/* It is held no longer; if there still is no way, the table has changed, or the pair
	 * is gone again.
	 */
	if (verdict.decision == IPD_DROP ||
	    (verdict.decision == IPD_HOLD && !verdict.pair && !soft)) {
		ipd_drop(in, out_no_sa, skb, match.filter, NULL);
		kfree_skb(skb);
		return;
	}
	if (soft) {
		IPD_STAT_INC(in, out_soft);
		ipd_soft_count(match.slot, IPSECDRV_DIR_OUT, skb);
	}
	if (verdict.pair) {
		ipd_output_protect(in, verdict.pair, skb);
		return;
	}
	ipd_monitor_pass(in, skb, IPSECDRV_DIR_OUT, NULL, verdict.reason);
	IPD_OUT_CB(skb)->okfn(in->net, ipd_output_sender(skb), skb);
}
