// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the filters say of inbound packets: those in clear, and those that carry the proof
 * of the pair they came through.
 */

#include <linux/ip.h>
#include <linux/netfilter.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "claim.h"
#include "classify.h"
#include "drop.h"
#include "enforce.h"
#include "forward.h"
#include "input.h"
#include "monitor.h"
#include "net.h"
#include "packet.h"
#include "pmtu.h"
#include "trace.h"

/* Keeps our reassembly apart from that of the stack, which counts its users from 0. */
#define IPD_ENFORCE_DEFRAG_USER	0x49505344

static struct ipd_pair *ipd_enforce_proof(struct ipd_net *in, const struct sk_buff *skb)
{
	const struct metadata_dst *md = skb_metadata_dst(skb);
	struct ipd_pair *pair;

	if (likely(!md) || md->type != METADATA_XFRM)
		return NULL;
	pair = xa_load(&in->sadb.proofs, md->u.xfrm_info.if_id);
	return pair && pair->proof == md ? pair : NULL;
}

static unsigned int ipd_enforce_segs(const struct sk_buff *skb)
{
	return skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1;
}

/* A packet that came through a pair: is it what the pair is for (RFC 4301 section 5.2)? */
static unsigned int ipd_enforce_proven(struct ipd_net *in, struct sk_buff *skb,
				       struct ipd_pair *pair, struct ipd_key *key,
				       struct ipd_match *match)
{
	unsigned int segs = ipd_enforce_segs(skb);
	struct ipd_verdict verdict;
	struct ipd_iface iface;

	/* A VRF shows the packet to the hooks once more, as its own. */
	if (likely(!netif_is_l3_slave(skb->dev)) || key->flags & IPD_KEY_GROUP)
		skb_dst_drop(skb);
	ipd_packet_iface(skb->dev, &iface);
	ipd_classify(in, key, skb->dev, match);
	verdict = ipd_verdict_in_pair(match, pair, key, &iface);
	trace_ipd_verdict(in, key, match->filter, pair, verdict.decision, verdict.reason);
	if (match->filter)
		ipd_filter_hit(match->filter, segs, skb->len);

	if (verdict.decision == IPD_PASS) {
		IPD_STAT_ADD(in, in_delivered, segs);
		return NF_ACCEPT;
	}
	ipd_drop_packets(in, verdict.reason == IPD_REASON_SELECTOR ? IPD_DROP_in_selector :
								     IPD_DROP_in_wrong_sa,
			 skb, segs, match->filter, pair);
	return NF_DROP;
}

/* RFC 4301 section 6.2: an ICMP error in clear about a packet that must be protected. */
static bool ipd_enforce_icmp_refused(struct ipd_net *in, struct sk_buff *skb,
				     const struct ipd_key *key, struct ipd_match *match)
{
	struct ipd_key quoted;

	if (ipd_packet_icmp_error_key(skb, key, &quoted))
		return false;
	ipd_classify(in, &quoted, skb->dev, match);
	/* A quoted fragment hides its ports from us, but the stack reads them all the same. */
	if (match->ambiguous)
		return true;
	return match->filter && match->filter->spec.action == IPSECDRV_ACTION_NEGOTIATE &&
	       ipd_verdict_in(in, match, &quoted).decision != IPD_PASS;
}

/* An ICMP error about a packet that went out answers it, whoever sends it. */
static bool ipd_enforce_icmp_answers(struct ipd_net *in, struct sk_buff *skb,
				     const struct ipd_key *key)
{
	struct ipd_key quoted;

	return !ipd_packet_icmp_error_key(skb, key, &quoted) && ipd_boot_answers(in, &quoted);
}

static unsigned int ipd_enforce_clear(struct ipd_net *in, struct sk_buff *skb, struct ipd_key *key)
{
	struct ipd_forward *forward;
	struct ipd_verdict verdict;
	struct ipd_match match;

	ipd_classify(in, key, skb->dev, &match);
	/* An ICMP error has none, whatever becomes of the match. */
	forward = match.forward;
	verdict = ipd_verdict_in(in, &match, key);
	trace_ipd_verdict(in, key, match.filter, NULL, verdict.decision, verdict.reason);
	if (match.filter)
		ipd_filter_hit(match.filter, ipd_enforce_segs(skb), skb->len);

	switch (verdict.reason) {
	case IPD_REASON_INPASS:
		IPD_STAT_INC(in, in_clear_inpass);
		ipd_monitor_pass(in, skb, IPSECDRV_DIR_IN, NULL, verdict.reason);
		return NF_ACCEPT;
	case IPD_REASON_SOFT:
		IPD_STAT_INC(in, in_clear_soft);
		ipd_soft_count(match.slot, IPSECDRV_DIR_IN, skb);
		ipd_monitor_pass(in, skb, IPSECDRV_DIR_IN, NULL, verdict.reason);
		return NF_ACCEPT;
	case IPD_REASON_UNPROTECTED:
		ipd_drop(in, in_clear_unprotected, skb, match.filter, NULL);
		return NF_DROP;
	case IPD_REASON_FRAGMENT:
		ipd_drop(in, in_clear_fragment, skb, match.filter, NULL);
		return NF_DROP;
	case IPD_REASON_BOOT_STATEFUL:
		if (ipd_enforce_icmp_answers(in, skb, key)) {
			verdict.decision = IPD_PASS;
			break;
		}
		fallthrough;
	case IPD_REASON_BOOT_BLOCK:
		ipd_drop(in, in_clear_boot, skb, NULL, NULL);
		return NF_DROP;
	}
	if (verdict.decision != IPD_PASS) {
		ipd_drop(in, in_clear_block, skb, match.filter, NULL);
		return NF_DROP;
	}
	if (unlikely(ipd_enforce_icmp_refused(in, skb, key, &match))) {
		ipd_drop(in, in_clear_unprotected, skb, match.filter, NULL);
		return NF_DROP;
	}
	IPD_STAT_INC(in, in_clear_permit);
	ipd_monitor_pass(in, skb, IPSECDRV_DIR_IN, NULL, verdict.reason);
	if (unlikely(forward) && ipd_forward_protect(in, skb, key, forward))
		return NF_STOLEN;
	return NF_ACCEPT;
}

/**
 * ipd_enforce() - judge an inbound packet, or take it
 * @in: namespace
 * @skb: packet at PRE_ROUTING, after reassembly
 * @state: the hook's
 *
 * Return: a netfilter verdict; NF_STOLEN if it is ESP or AH of ours.
 */
unsigned int ipd_enforce(struct ipd_net *in, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct ipd_match match;
	unsigned int verdict;
	struct ipd_pair *pair;
	struct ipd_key key;

	pair = ipd_enforce_proof(in, skb);
	if (!pair) {
		bool taken;

		/* The cells want it, and who reinjects a packet may come from a process. */
		local_bh_disable();
		taken = ipd_claim(in, skb, state->pf);
		local_bh_enable();
		if (taken)
			return NF_STOLEN;
	}

	if (unlikely(ipd_packet_key(skb, state->pf, IPSECDRV_DIR_IN, &key))) {
		if (pair)
			ipd_drop(in, in_inner_header, skb, NULL, pair);
		else
			ipd_drop(in, in_clear_malformed, skb, NULL, NULL);
		return NF_DROP;
	}

	local_bh_disable();
	if (pair) {
		verdict = ipd_enforce_proven(in, skb, pair, &key, &match);
		/* ESP within ESP, for another SA of this host. Through the queue of the
		 * cell again, so depth costs no stack.
		 */
		if (verdict == NF_ACCEPT && ipd_claim(in, skb, state->pf)) {
			verdict = NF_STOLEN;
		} else if (verdict == NF_ACCEPT) {
			ipd_monitor_pass(in, skb, IPSECDRV_DIR_IN, pair, IPD_REASON_RIGHT_SA);
			if (unlikely(match.forward) &&
			    ipd_forward_clear(in, skb, &key, match.forward))
				verdict = NF_STOLEN;
		}
	} else {
		IPD_STAT_INC(in, in_clear_packets);
		if (unlikely(key.proto == IPPROTO_ICMP || key.proto == IPPROTO_ICMPV6))
			ipd_pmtu_icmp(in, skb, state->pf);
		verdict = ipd_enforce_clear(in, skb, &key);
	}
	local_bh_enable();
	return verdict;
}

static bool ipd_enforce_is_fragment(const struct sk_buff *skb, u8 family)
{
	if (family == AF_INET)
		return ip_is_fragment(ip_hdr(skb));
	return ipd_packet_is_fragment6(skb);
}

/* Reassembly that only packets with a proof take part in. */
static unsigned int ipd_enforce_reassemble(struct ipd_net *in, struct sk_buff *skb, u8 family,
					   struct ipd_pair *pair)
{
	int err;

	if (family == AF_INET) {
		local_bh_disable();
		err = ip_defrag(in->net, skb, IPD_ENFORCE_DEFRAG_USER);
		local_bh_enable();
		if (!err) {
			skb->ignore_df = 1;
			return NF_ACCEPT;
		}
	} else {
		err = nf_ct_frag6_gather(in->net, skb, IPD_ENFORCE_DEFRAG_USER);
		if (!err)
			return NF_ACCEPT;
		if (err != -EINPROGRESS) {
			ipd_drop(in, in_inner_header, skb, NULL, pair);
			return NF_DROP;
		}
	}
	/* What a fragment's last one brings is counted there. */
	IPD_STAT_INC(in, in_delivered);
	return NF_STOLEN;
}

/**
 * ipd_enforce_fragment() - reassemble fragments that came through an SA, apart from others
 * @in: namespace
 * @skb: packet at PRE_ROUTING, before the stack's own reassembly
 * @state: the hook's
 *
 * A fragment in clear, or of somebody else's, must not become part of a packet that the
 * proof of another fragment lets pass. Fragments in clear go on to the stack's reassembly
 * and are judged when they are whole.
 *
 * Return: a netfilter verdict.
 */
unsigned int ipd_enforce_fragment(struct ipd_net *in, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct ipd_pair *pair;
	struct ipd_key key;

	if (likely(!ipd_enforce_is_fragment(skb, state->pf)))
		return NF_ACCEPT;
	pair = ipd_enforce_proof(in, skb);
	if (!pair)
		return NF_ACCEPT;
	if (ipd_packet_key(skb, state->pf, IPSECDRV_DIR_IN, &key)) {
		ipd_drop(in, in_inner_header, skb, NULL, pair);
		return NF_DROP;
	}
	ipd_key_outbound(&key, &key);
	if (!ipd_selector_match_addrs(&pair->sel, &key)) {
		ipd_drop(in, in_selector, skb, NULL, pair);
		return NF_DROP;
	}
	return ipd_enforce_reassemble(in, skb, state->pf, pair);
}
