// SPDX-License-Identifier: GPL-2.0-only
/*
 * A packet's way in.
 *
 *   ipd_input_gro()       finds ESP of ours in GRO, before the IP layer
 *   ipd_input()           at PRE_ROUTING: finds the rest (AH, UDP encapsulation, what was
 *                         fragmented), checks packets that carry a proof, and judges
 *                         packets in clear
 *   ipd_input_packet()    in the cell: makes the packet private, then for each protocol
 *   ipd_input_protocol()  SA, replay check, transform, and
 *   ipd_input_verified()  replay commit, accounting, header off, in the end
 *   ipd_input_deliver()   to GRO, with the proof of the pair attached
 *
 * Nothing is written to a page that is not ours: the transforms work in the linear part
 * of an skb that nobody else holds, or in a copy.
 */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/gro.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "ah.h"
#include "cell.h"
#include "classify.h"
#include "esp.h"
#include "input.h"
#include "mode.h"
#include "natt.h"
#include "net.h"
#include "packet.h"
#include "pmtu.h"

/* More extension headers than any honest packet has in front of ESP or AH. */
#define IPD_INPUT_EXTHDRS	8

enum ipd_input_next {
	IPD_INPUT_DROPPED,
	IPD_INPUT_AGAIN,
	IPD_INPUT_DONE,
};

#define ipd_input_drop(in, skb, name) do {		\
	IPD_STAT_INC(in, in_##name);			\
	kfree_skb(skb);					\
} while (0)

static struct ipd_spi *ipd_input_find(struct ipd_net *in, const struct sk_buff *skb, u8 family,
				      u8 proto, __be32 spi)
{
	struct ipd_spi_key key = { .spi = spi, .proto = proto, .family = family };

	if (family == AF_INET)
		key.daddr.s6_addr32[0] = ip_hdr(skb)->daddr;
	else
		key.daddr = ipv6_hdr(skb)->daddr;
	return ipd_sadb_find_in(in, &key);
}

static __be32 ipd_input_spi(const struct sk_buff *skb, u8 proto, unsigned int off)
{
	__be32 spi;

	off += skb_network_offset(skb);
	if (proto == IPPROTO_AH)
		off += offsetof(struct ip_auth_hdr, spi);
	/* 0 is reserved (RFC 4303 section 2.1) and never ours. */
	return skb_copy_bits(skb, off, &spi, sizeof(spi)) ? 0 : spi;
}

/* Proof on the way from the cell to PRE_ROUTING: a dst that only this pair has. */
static void ipd_input_attach_proof(struct sk_buff *skb, const struct ipd_pair *pair)
{
	skb_dst_drop(skb);
	dst_hold(&pair->proof->dst);
	skb_dst_set(skb, &pair->proof->dst);
}

static struct ipd_pair *ipd_input_proof(struct ipd_net *in, const struct sk_buff *skb)
{
	const struct metadata_dst *md = skb_metadata_dst(skb);
	struct ipd_pair *pair;

	if (likely(!md) || md->type != METADATA_XFRM)
		return NULL;
	pair = idr_find(&in->sadb.ids, md->u.xfrm_info.if_id);
	return pair && pair->proof == md ? pair : NULL;
}

static void ipd_input_deliver(struct sk_buff *skb, const struct ipd_pair *pair)
{
	nf_reset_ct(skb);
	skb->encapsulation = 0;
	/* Verified by more than a checksum. */
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	skb->csum_level = SKB_MAX_CSUM_LEVEL;
	skb_mac_header_rebuild(skb);
	if (skb->mac_len == ETH_HLEN)
		eth_hdr(skb)->h_proto = skb->protocol;
	ipd_input_attach_proof(skb, pair);
}

static void ipd_input_float(struct ipd_sa *sa, const struct sk_buff *skb)
{
	const struct ipd_in_cb *cb = IPD_IN_CB(skb);
	const struct ipd_pair *pair = sa->pair;
	struct in6_addr saddr = {};

	if (!cb->encap || !(pair->flags & IPSECDRV_SA_FLAGS_FLOAT))
		return;
	if (cb->family == AF_INET)
		saddr.s6_addr32[0] = ip_hdr(skb)->saddr;
	else
		saddr = ipv6_hdr(skb)->saddr;
	if (cb->sport != pair->encap_remote || !ipv6_addr_equal(&saddr, &pair->remote))
		ipd_natt_float(sa, &saddr, cb->sport);
}

/* The innermost protocol is verified: what is in it? */
static enum ipd_input_next ipd_input_open(struct ipd_net *in, struct ipd_sa *sa,
					  struct sk_buff *skb, unsigned int off,
					  unsigned int payload, u8 nexthdr)
{
	int err;

	if (nexthdr == IPPROTO_NONE) {
		ipd_input_drop(in, skb, dummy);
		return IPD_INPUT_DROPPED;
	}
	err = ipd_mode_decap(sa->pair, skb, off, payload, IPD_IN_CB(skb)->nexthdr_off, nexthdr);
	switch (err) {
	case 0:
		ipd_input_deliver(skb, sa->pair);
		return IPD_INPUT_DONE;
	case -EPROTONOSUPPORT:
		ipd_input_drop(in, skb, next_header);
		break;
	case -EPROTO:
		ipd_input_drop(in, skb, ecn);
		break;
	default:
		ipd_input_drop(in, skb, inner_header);
	}
	return IPD_INPUT_DROPPED;
}

/* A protocol's transform has ended. Consumes @skb if it is dropped. */
static enum ipd_input_next ipd_input_verified(struct ipd_net *in, struct ipd_sa *sa,
					      struct sk_buff *skb, int err)
{
	struct ipd_in_cb *cb = IPD_IN_CB(skb);
	unsigned int off = cb->off;
	unsigned int payload;
	u8 nexthdr;

	if (unlikely(err)) {
		if (err == -EBADMSG) {
			atomic_inc(&sa->errors_integrity);
			ipd_input_drop(in, skb, integrity);
		} else {
			atomic_inc(&sa->errors_other);
			ipd_input_drop(in, skb, crypto_error);
		}
		return IPD_INPUT_DROPPED;
	}
	if (unlikely(!ipd_replay_commit(&sa->replay, cb->seq))) {
		atomic_inc(&sa->errors_replay);
		ipd_input_drop(in, skb, replay);
		return IPD_INPUT_DROPPED;
	}
	if (unlikely(ipd_sa_account(sa, 1, skb->len - off))) {
		ipd_input_drop(in, skb, expired);
		return IPD_INPUT_DROPPED;
	}
	ipd_input_float(sa, skb);

	if (cb->proto == IPPROTO_ESP) {
		if (unlikely(ipd_esp_trailer(sa, skb, off, READ_ONCE(in->config.padding_check),
					     &payload, &nexthdr))) {
			ipd_input_drop(in, skb, padding);
			return IPD_INPUT_DROPPED;
		}
	} else {
		nexthdr = skb_network_header(skb)[off + offsetof(struct ip_auth_hdr, nexthdr)];
		payload = skb->len - off - sa->hdr_len;
	}

	if (!sa->index)
		return ipd_input_open(in, sa, skb, off + sa->hdr_len, payload, nexthdr);

	/* AH over ESP: the other protocol of the pair must follow. */
	if (nexthdr != ipd_pair_in(sa->pair, sa->index - 1)->spi.key.proto) {
		ipd_input_drop(in, skb, bundle);
		return IPD_INPUT_DROPPED;
	}
	ipd_mode_strip(skb, off, sa->hdr_len, cb->nexthdr_off, nexthdr);
	cb->pair = sa->pair;
	cb->proto = nexthdr;
	cb->depth++;
	return IPD_INPUT_AGAIN;
}

static struct sk_buff *ipd_input_protocols(struct ipd_net *in, struct sk_buff *skb);

static void ipd_input_done(struct ipd_sa *sa, struct sk_buff *skb, int err)
{
	struct ipd_net *in = sa->pair->net;
	struct net_device *dev = skb->dev;

	IPD_STAT_INC(in, in_crypto_async);
	switch (ipd_input_verified(in, sa, skb, err)) {
	case IPD_INPUT_AGAIN:
		skb = ipd_input_protocols(in, skb);
		if (PTR_ERR(skb) == -EINPROGRESS)
			return;
		break;
	case IPD_INPUT_DROPPED:
		skb = NULL;
		break;
	case IPD_INPUT_DONE:
		break;
	}
	if (skb) {
		IPD_IN_CB(skb)->verified = true;
		if (!ipd_cell_queue(skb))
			ipd_input_drop(in, skb, queue_full);
	}
	dev_put(dev);
}

/* Everything that can be said of a packet before it is verified. */
static bool ipd_input_check(struct ipd_net *in, struct ipd_sa *sa, struct sk_buff *skb)
{
	struct ipd_in_cb *cb = IPD_IN_CB(skb);
	const u8 *header = skb_network_header(skb) + cb->off;
	__be32 seq;

	/* The protocols of a pair come outermost first and all of them. */
	if (unlikely(cb->depth ? cb->pair != sa->pair || sa->index + cb->depth + 1 != sa->pair->n :
				 sa->index + 1 != sa->pair->n)) {
		ipd_input_drop(in, skb, bundle);
		return false;
	}
	if (unlikely(cb->encap != !!sa->pair->encap_local)) {
		ipd_input_drop(in, skb, encap_mismatch);
		return false;
	}
	if (cb->proto == IPPROTO_ESP) {
		switch (ipd_esp_check(sa, skb->len - cb->off)) {
		case 0:
			break;
		case -EINVAL:
			ipd_input_drop(in, skb, alignment);
			return false;
		default:
			ipd_input_drop(in, skb, short);
			return false;
		}
		seq = ((const struct ip_esp_hdr *)header)->seq_no;
	} else {
		const struct ip_auth_hdr *ah = (const struct ip_auth_hdr *)header;

		if (skb->len - cb->off < sa->hdr_len) {
			ipd_input_drop(in, skb, short);
			return false;
		}
		if ((ah->hdrlen + 2) * 4 != sa->hdr_len || ah->reserved) {
			ipd_input_drop(in, skb, ah_header);
			return false;
		}
		seq = ah->seq_no;
	}

	cb->seq = ipd_replay_seq(&sa->replay, ntohl(seq));
	if (unlikely(!ipd_replay_check(&sa->replay, cb->seq))) {
		atomic_inc(&sa->errors_replay);
		ipd_input_drop(in, skb, replay);
		return false;
	}
	return true;
}

/* One protocol after the other. Returns the packet if it is to be delivered, NULL if it
 * was dropped, -EINPROGRESS if ipd_input_done() will go on.
 */
static struct sk_buff *ipd_input_protocols(struct ipd_net *in, struct sk_buff *skb)
{
	struct ipd_in_cb *cb = IPD_IN_CB(skb);
	enum ipd_input_next next;
	struct ipd_spi *spi;
	struct ipd_sa *sa;
	int err;

	do {
		spi = ipd_input_find(in, skb, cb->family, cb->proto,
				     ipd_input_spi(skb, cb->proto, cb->off));
		if (unlikely(!spi)) {
			/* It was there when the packet was found. */
			ipd_input_drop(in, skb, dead);
			return NULL;
		}
		switch (READ_ONCE(spi->state)) {
		case IPSECDRV_SA_STATE_MATURE:
		case IPSECDRV_SA_STATE_DYING:
			break;
		case IPSECDRV_SA_STATE_LARVAL:
			ipd_input_drop(in, skb, larval);
			return NULL;
		default:
			ipd_input_drop(in, skb, dead);
			return NULL;
		}
		sa = container_of(spi, struct ipd_sa, spi);
		if (!ipd_input_check(in, sa, skb))
			return NULL;

		if (cb->proto == IPPROTO_ESP)
			err = ipd_esp_decrypt(sa, skb, cb->off, cb->seq, ipd_input_done);
		else
			err = ipd_ah_verify(sa, skb, cb->off, cb->seq, ipd_input_done);
		if (err == -EINPROGRESS)
			return ERR_PTR(err);
		next = ipd_input_verified(in, sa, skb, err);
	} while (next == IPD_INPUT_AGAIN);

	return next == IPD_INPUT_DONE ? skb : NULL;
}

/* Cut to the length that the IP header gives, and make linear and ours. */
static struct sk_buff *ipd_input_private(struct ipd_net *in, struct sk_buff *skb)
{
	struct ipd_in_cb *cb = IPD_IN_CB(skb);
	struct sk_buff *copy;
	unsigned int len;

	__skb_pull(skb, skb_network_offset(skb));
	if (cb->family == AF_INET)
		len = ntohs(ip_hdr(skb)->tot_len);
	else
		len = ntohs(ipv6_hdr(skb)->payload_len) + sizeof(struct ipv6hdr);
	if (unlikely(len > skb->len || len < cb->off + sizeof(struct ip_esp_hdr) ||
		     pskb_trim(skb, len))) {
		ipd_input_drop(in, skb, short);
		return NULL;
	}
	skb_set_transport_header(skb, cb->encap ? cb->off - sizeof(struct udphdr) : cb->off);

	if (likely(!skb_cloned(skb) && !skb_is_nonlinear(skb)))
		return skb;

	copy = skb_copy(skb, GFP_ATOMIC | __GFP_NOWARN);
	if (unlikely(!copy)) {
		ipd_input_drop(in, skb, no_memory);
		return NULL;
	}
	consume_skb(skb);
	return copy;
}

/**
 * ipd_input_packet() - verify and decrypt a packet from a cell's queue
 * @skb: packet with its IPD_IN_CB(); consumed
 *
 * Bottom halves off.
 *
 * Return: packet to be delivered; NULL if it was dropped; -EINPROGRESS if it comes back
 * to a cell later, with the reference on its device.
 */
struct sk_buff *ipd_input_packet(struct sk_buff *skb)
{
	struct ipd_net *in = ipd_net(dev_net(skb->dev));

	if (unlikely(IPD_IN_CB(skb)->verified))
		return skb;

	rcu_read_lock();
	skb = ipd_input_private(in, skb);
	if (likely(skb))
		skb = ipd_input_protocols(in, skb);
	rcu_read_unlock();
	return skb;
}

/* Take a packet of ours from the stack. Bottom halves off. */
static void ipd_input_steal(struct ipd_net *in, struct sk_buff *skb, const struct ipd_in_cb *cb)
{
	BUILD_BUG_ON(sizeof(*cb) > sizeof_field(struct sk_buff, cb));

	IPD_STAT_INC(in, in_packets);
	*IPD_IN_CB(skb) = *cb;
	if (unlikely(!ipd_cell_queue(skb)))
		ipd_input_drop(in, skb, queue_full);
}

/**
 * ipd_input_gro() - take ESP of ours from GRO
 * @skb: packet in GRO
 * @family: of its IP header
 * @off: of the ESP header, from skb->data on
 *
 * The IP layer's GRO has checked version, header length, checksum and that it is no
 * fragment; the total length is checked in the cell.
 *
 * Return: whether the packet was taken.
 */
bool ipd_input_gro(struct sk_buff *skb, u8 family, unsigned int off)
{
	struct ipd_in_cb cb = { .family = family, .proto = IPPROTO_ESP };
	struct ipd_net *in = ipd_net(dev_net(skb->dev));
	unsigned int nhoff = skb_network_offset(skb);
	const __be32 *spi;

	/* Extension headers, other tunnels and nested ESP take the slow way. */
	cb.off = family == AF_INET ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	if (nhoff || off != cb.off || NAPI_GRO_CB(skb)->encap_mark || skb_dst(skb) ||
	    skb->pkt_type != PACKET_HOST)
		return false;
	if (!READ_ONCE(in->sadb.count))
		return false;
	spi = skb_gro_header(skb, off + sizeof(struct ip_esp_hdr), off);
	if (!spi || !pskb_may_pull(skb, off + sizeof(struct ip_esp_hdr)))
		return false;
	if (!ipd_input_find(in, skb, family, IPPROTO_ESP, ipd_input_spi(skb, IPPROTO_ESP, off)))
		return false;

	cb.nexthdr_off = family == AF_INET ? offsetof(struct iphdr, protocol) :
					     offsetof(struct ipv6hdr, nexthdr);
	ipd_input_steal(in, skb, &cb);
	return true;
}

/* Find ESP, AH or UDP behind the extension headers that may come before them. */
static bool ipd_input_walk6(const struct sk_buff *skb, struct ipd_in_cb *cb)
{
	unsigned int off = sizeof(struct ipv6hdr);
	unsigned int nhoff = skb_network_offset(skb);
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	int i;

	cb->nexthdr_off = offsetof(struct ipv6hdr, nexthdr);
	for (i = 0; i < IPD_INPUT_EXTHDRS; i++) {
		struct ipv6_rt_hdr hdr;

		if (nexthdr == IPPROTO_ESP || nexthdr == IPPROTO_AH || nexthdr == IPPROTO_UDP) {
			cb->proto = nexthdr;
			cb->off = off;
			return true;
		}
		if (nexthdr != NEXTHDR_HOP && nexthdr != NEXTHDR_DEST &&
		    nexthdr != NEXTHDR_ROUTING)
			return false;
		if (skb_copy_bits(skb, nhoff + off, &hdr, sizeof(hdr)))
			return false;
		/* Not at its destination yet. */
		if (nexthdr == NEXTHDR_ROUTING && hdr.segments_left)
			return false;
		cb->nexthdr_off = off;
		off += (hdr.hdrlen + 1) * 8;
		nexthdr = hdr.nexthdr;
	}
	return false;
}

static bool ipd_input_walk4(const struct sk_buff *skb, struct ipd_in_cb *cb)
{
	const struct iphdr *iph = ip_hdr(skb);

	cb->proto = iph->protocol;
	cb->off = iph->ihl * 4;
	cb->nexthdr_off = offsetof(struct iphdr, protocol);
	return (cb->proto == IPPROTO_ESP || cb->proto == IPPROTO_AH ||
		cb->proto == IPPROTO_UDP) && !ip_is_fragment(iph);
}

/* Several datagrams that GRO put into one: each may be an ESP packet. */
static bool ipd_input_split(struct ipd_net *in, struct sk_buff *skb, const struct ipd_in_cb *cb)
{
	struct sk_buff *segs, *seg, *next;

	segs = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	if (IS_ERR_OR_NULL(segs)) {
		ipd_input_drop(in, skb, no_memory);
		return true;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		ipd_input_steal(in, seg, cb);
	}
	return true;
}

/* Is it ESP or AH for an SA of ours? Then it is taken. */
static bool ipd_input_claim(struct ipd_net *in, struct sk_buff *skb, u8 family)
{
	struct ipd_in_cb cb = { .family = family };
	__be32 spi;

	if (!READ_ONCE(in->sadb.count))
		return false;
	if (!(family == AF_INET ? ipd_input_walk4(skb, &cb) : ipd_input_walk6(skb, &cb)))
		return false;

	if (cb.proto == IPPROTO_UDP) {
		switch (ipd_natt_classify(in, skb, family, cb.off)) {
		case IPD_NATT_NOT_OURS:
			return false;
		case IPD_NATT_KEEPALIVE:
			ipd_input_drop(in, skb, keepalive);
			return true;
		case IPD_NATT_ESP:
			break;
		}
		if (!pskb_may_pull(skb, skb_network_offset(skb) + cb.off + sizeof(struct udphdr)))
			return false;
		cb.sport = ntohs(((struct udphdr *)(skb_network_header(skb) + cb.off))->source);
		cb.off += sizeof(struct udphdr);
		cb.proto = IPPROTO_ESP;
		cb.encap = true;
		if (skb_is_gso(skb))
			return ipd_input_split(in, skb, &cb);
		ipd_input_steal(in, skb, &cb);
		return true;
	}

	spi = ipd_input_spi(skb, cb.proto, cb.off);
	if (!spi || !ipd_input_find(in, skb, family, cb.proto, spi)) {
		IPD_STAT_INC(in, in_unknown_spi);
		return false;
	}
	ipd_input_steal(in, skb, &cb);
	return true;
}

static unsigned int ipd_input_segs(const struct sk_buff *skb)
{
	return skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1;
}

/* A packet that came through a pair: is it what the pair is for (RFC 4301 section 5.2)? */
static unsigned int ipd_input_proven(struct ipd_net *in, struct sk_buff *skb,
				     struct ipd_pair *pair, struct ipd_key *key)
{
	unsigned int segs = ipd_input_segs(skb);
	struct ipd_verdict verdict;
	struct ipd_match match;
	struct ipd_iface iface;

	skb_dst_drop(skb);
	ipd_packet_iface(skb->dev, &iface);
	ipd_classify(in, key, skb->dev, &match);
	verdict = ipd_verdict_in_pair(&match, pair, key, &iface);
	if (match.filter)
		ipd_filter_hit(match.filter, segs, skb->len);

	if (verdict.decision == IPD_PASS) {
		IPD_STAT_ADD(in, in_delivered, segs);
		return NF_ACCEPT;
	}
	if (verdict.reason == IPD_REASON_SELECTOR)
		IPD_STAT_ADD(in, in_selector, segs);
	else
		IPD_STAT_ADD(in, in_wrong_sa, segs);
	return NF_DROP;
}

/* RFC 4301 section 6.2: an ICMP error in clear about a packet that must be protected. */
static bool ipd_input_icmp_refused(struct ipd_net *in, struct sk_buff *skb,
				   const struct ipd_key *key)
{
	struct ipd_match match;
	struct ipd_key quoted;

	if (ipd_packet_icmp_error_key(skb, key, &quoted))
		return false;
	ipd_classify(in, &quoted, skb->dev, &match);
	return match.filter && match.filter->spec.action == IPSECDRV_ACTION_NEGOTIATE &&
	       ipd_verdict_in(in, &match).decision != IPD_PASS;
}

static unsigned int ipd_input_clear(struct ipd_net *in, struct sk_buff *skb, struct ipd_key *key)
{
	struct ipd_verdict verdict;
	struct ipd_match match;

	ipd_classify(in, key, skb->dev, &match);
	verdict = ipd_verdict_in(in, &match);
	if (match.filter)
		ipd_filter_hit(match.filter, ipd_input_segs(skb), skb->len);

	switch (verdict.reason) {
	case IPD_REASON_INPASS:
		IPD_STAT_INC(in, in_clear_inpass);
		return NF_ACCEPT;
	case IPD_REASON_SOFT:
		IPD_STAT_INC(in, in_clear_soft);
		return NF_ACCEPT;
	case IPD_REASON_UNPROTECTED:
		IPD_STAT_INC(in, in_clear_unprotected);
		return NF_DROP;
	case IPD_REASON_FRAGMENT:
		IPD_STAT_INC(in, in_clear_fragment);
		return NF_DROP;
	}
	if (verdict.decision != IPD_PASS) {
		IPD_STAT_INC(in, in_clear_block);
		return NF_DROP;
	}
	if (unlikely(ipd_input_icmp_refused(in, skb, key))) {
		IPD_STAT_INC(in, in_clear_unprotected);
		return NF_DROP;
	}
	IPD_STAT_INC(in, in_clear_permit);
	return NF_ACCEPT;
}

/**
 * ipd_input() - judge an inbound packet, or take it
 * @in: namespace
 * @skb: packet at PRE_ROUTING, after reassembly
 * @state: the hook's
 *
 * Return: a netfilter verdict; NF_STOLEN if it is ESP or AH of ours.
 */
unsigned int ipd_input(struct ipd_net *in, struct sk_buff *skb,
		       const struct nf_hook_state *state)
{
	unsigned int verdict;
	struct ipd_pair *pair;
	struct ipd_key key;

	pair = ipd_input_proof(in, skb);
	if (!pair && ipd_input_claim(in, skb, state->pf))
		return NF_STOLEN;

	if (unlikely(ipd_packet_key(skb, state->pf, IPSECDRV_DIR_IN, &key))) {
		if (pair)
			IPD_STAT_INC(in, in_inner_header);
		else
			IPD_STAT_INC(in, in_clear_malformed);
		return NF_DROP;
	}

	local_bh_disable();
	if (pair) {
		verdict = ipd_input_proven(in, skb, pair, &key);
	} else {
		IPD_STAT_INC(in, in_clear_packets);
		if (unlikely(key.proto == IPPROTO_ICMP || key.proto == IPPROTO_ICMPV6))
			ipd_pmtu_icmp(in, skb, state->pf);
		verdict = ipd_input_clear(in, skb, &key);
	}
	local_bh_enable();
	return verdict;
}

/**
 * ipd_input_fragment() - judge an inbound fragment in clear
 * @in: namespace
 * @skb: packet at PRE_ROUTING, before reassembly
 * @state: the hook's
 *
 * A fragment in clear must not become part of a packet whose other fragments came
 * protected, so what a block or negotiate filter could mean is dropped here.
 *
 * Return: a netfilter verdict.
 */
unsigned int ipd_input_fragment(struct ipd_net *in, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct ipd_verdict verdict;
	struct ipd_match match;
	struct ipd_key key;

	if (state->pf == AF_INET) {
		if (likely(!ip_is_fragment(ip_hdr(skb))))
			return NF_ACCEPT;
	} else if (!ipd_packet_is_fragment6(skb)) {
		return NF_ACCEPT;
	}
	if (ipd_input_proof(in, skb))
		return NF_ACCEPT;
	if (ipd_packet_key(skb, state->pf, IPSECDRV_DIR_IN, &key)) {
		IPD_STAT_INC(in, in_clear_malformed);
		return NF_DROP;
	}
	/* ESP and AH are verified when they are whole. */
	if (key.proto == IPPROTO_ESP || key.proto == IPPROTO_AH)
		return NF_ACCEPT;

	local_bh_disable();
	ipd_classify(in, &key, skb->dev, &match);
	verdict = ipd_verdict_in(in, &match);
	local_bh_enable();
	if (verdict.decision == IPD_PASS)
		return NF_ACCEPT;
	IPD_STAT_INC(in, in_clear_fragment);
	return NF_DROP;
}
