// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding protected packets: ESP in GRO, before the IP layer; the rest (AH, UDP
 * encapsulation, extension headers, what was fragmented) at PRE_ROUTING. What is no SPI of
 * ours stays with the stack.
 */

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/gro.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "cell.h"
#include "claim.h"
#include "input.h"
#include "natt.h"
#include "net.h"

/* More extension headers than any honest packet has in front of ESP or AH. */
#define IPD_CLAIM_EXTHDRS	8

/* Take a packet of ours from the stack. Bottom halves off. */
static void ipd_claim_take(struct ipd_net *in, struct sk_buff *skb, const struct ipd_in_cb *cb)
{
	BUILD_BUG_ON(sizeof(*cb) > sizeof_field(struct sk_buff, cb));

	IPD_STAT_INC(in, in_packets);
	*IPD_IN_CB(skb) = *cb;
	if (unlikely(!ipd_cell_queue(skb)))
		ipd_input_drop(in, skb, queue_full, NULL);
}

/* Devices on top of this one, as macvlan and ipvlan, may be of other namespaces, and what
 * is decrypted here would go to them, past our filters. Those of a bridge or bond are not.
 */
static bool ipd_claim_passes_on(const struct net_device *dev)
{
	return rcu_access_pointer(dev->rx_handler) && !netif_is_bridge_port(dev) &&
	       !netif_is_lag_port(dev);
}

/**
 * ipd_claim_gro() - take ESP of ours from GRO
 * @skb: packet in GRO
 * @family: of its IP header
 * @off: of the ESP header, from skb->data on
 *
 * The IP layer's GRO has checked version, header length, checksum and that it is no
 * fragment; the total length is checked in the cell.
 *
 * Return: whether the packet was taken.
 */
bool ipd_claim_gro(struct sk_buff *skb, u8 family, unsigned int off)
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
	if (skb_vlan_tag_present(skb) || ipd_claim_passes_on(skb->dev))
		return false;
	if (!READ_ONCE(in->sadb.count))
		return false;
	spi = skb_gro_header(skb, off + sizeof(struct ip_esp_hdr), off);
	if (!spi || !pskb_may_pull(skb, off + sizeof(struct ip_esp_hdr)))
		return false;
	if (!ipd_input_is_ours(in, skb, &cb))
		return false;

	cb.nexthdr_off = family == AF_INET ? offsetof(struct iphdr, protocol) :
					     offsetof(struct ipv6hdr, nexthdr);
	ipd_claim_take(in, skb, &cb);
	return true;
}

/* Find ESP, AH or UDP behind the extension headers that may come before them. */
static bool ipd_claim_walk6(const struct sk_buff *skb, struct ipd_in_cb *cb)
{
	unsigned int off = sizeof(struct ipv6hdr);
	unsigned int nhoff = skb_network_offset(skb);
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	int i;

	cb->nexthdr_off = offsetof(struct ipv6hdr, nexthdr);
	for (i = 0; i < IPD_CLAIM_EXTHDRS; i++) {
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

static bool ipd_claim_walk4(const struct sk_buff *skb, struct ipd_in_cb *cb)
{
	const struct iphdr *iph = ip_hdr(skb);

	cb->proto = iph->protocol;
	cb->off = iph->ihl * 4;
	cb->nexthdr_off = offsetof(struct iphdr, protocol);
	return (cb->proto == IPPROTO_ESP || cb->proto == IPPROTO_AH ||
		cb->proto == IPPROTO_UDP) && !ip_is_fragment(iph);
}

/* Several datagrams that GRO put into one: each may be an ESP packet. */
static bool ipd_claim_split(struct ipd_net *in, struct sk_buff *skb, const struct ipd_in_cb *cb)
{
	struct sk_buff *segs, *seg, *next;

	segs = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	if (IS_ERR_OR_NULL(segs)) {
		ipd_input_drop(in, skb, no_memory, NULL);
		return true;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		ipd_claim_take(in, seg, cb);
	}
	return true;
}

/**
 * ipd_claim() - take ESP or AH of ours at PRE_ROUTING
 * @in: namespace
 * @skb: packet, not a fragment
 * @family: of its IP header
 *
 * Return: whether the packet was taken.
 */
bool ipd_claim(struct ipd_net *in, struct sk_buff *skb, u8 family)
{
	struct ipd_in_cb cb = { .family = family };

	if (!READ_ONCE(in->sadb.count))
		return false;
	if (!(family == AF_INET ? ipd_claim_walk4(skb, &cb) : ipd_claim_walk6(skb, &cb)))
		return false;

	if (cb.proto == IPPROTO_UDP) {
		switch (ipd_natt_classify(in, skb, family, cb.off)) {
		case IPD_NATT_NOT_OURS:
			return false;
		case IPD_NATT_KEEPALIVE:
			IPD_STAT_INC(in, in_keepalive);
			consume_skb(skb);
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
			return ipd_claim_split(in, skb, &cb);
		ipd_claim_take(in, skb, &cb);
		return true;
	}

	if (!ipd_input_is_ours(in, skb, &cb)) {
		IPD_STAT_INC(in, in_unknown_spi);
		return false;
	}
	ipd_claim_take(in, skb, &cb);
	return true;
}

