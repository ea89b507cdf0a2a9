// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transport and tunnel mode: the headers around what ESP and AH protect.
 *
 * Outbound, everything that is known beforehand is written in one go, lengths and
 * checksums of the outer headers included, so that AH can sign what will be on the wire.
 * The transforms then only fill in their own parts.
 */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "csum.h"
#include "esp.h"
#include "mode.h"
#include "sadb.h"

/**
 * ipd_mode_outer_len() - bytes of the outer IP header
 * @pair: the pair
 *
 * Return: that, 0 in transport mode.
 */
unsigned int ipd_mode_outer_len(const struct ipd_pair *pair)
{
	if (pair->mode != IPSECDRV_MODE_TUNNEL)
		return 0;
	return pair->family == AF_INET ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
}

/**
 * ipd_mode_headers() - bytes that protection puts in front
 * @pair: the pair, complete but for this and the overhead
 *
 * Return: length of all headers, the outer IP header included.
 */
unsigned int ipd_mode_headers(const struct ipd_pair *pair)
{
	unsigned int len = ipd_mode_outer_len(pair);
	unsigned int i;

	if (pair->encap_local)
		len += sizeof(struct udphdr);
	for (i = 0; i < pair->n; i++)
		len += pair->sas[i].hdr_len;
	return len;
}

/**
 * ipd_mode_overhead() - most bytes that protection adds to a packet
 * @pair: the pair, complete but for this
 *
 * Return: headers, longest padding, trailer and ICV.
 */
unsigned int ipd_mode_overhead(const struct ipd_pair *pair)
{
	const struct ipd_sa *inner = &pair->sas[0];
	unsigned int len = pair->headers;

	if (inner->spi.key.proto == IPPROTO_ESP)
		len += inner->align - 1 + 2 + inner->icv_len;
	return len;
}

/* RFC 6040: CE never goes into the outer header of the compatibility mode. */
static u8 ipd_mode_outer_dsfield(const struct ipd_pair *pair, u8 inner)
{
	u8 dsfield = 0;

	if (!(pair->flags & IPSECDRV_SA_FLAGS_NO_DSCP))
		dsfield = inner & ~INET_ECN_MASK;
	if (!(pair->flags & IPSECDRV_SA_FLAGS_NO_ECN))
		dsfield |= inner & INET_ECN_MASK;
	return dsfield;
}

static void ipd_mode_outer4(const struct ipd_pair *pair, struct sk_buff *skb,
			    struct dst_entry *dst, u8 dsfield, __be16 df, u8 proto)
{
	const struct ipd_sa *outer = &pair->sas[pair->n - 1];
	struct iphdr *iph = ip_hdr(skb);

	/* Version, length and DS field at once, as the stack does it. */
	*(__be16 *)iph = htons(4 << 12 | sizeof(*iph) / 4 << 8 |
			       ipd_mode_outer_dsfield(pair, dsfield));
	iph->frag_off = 0;
	if (pair->flags & IPSECDRV_SA_FLAGS_SET_DF)
		iph->frag_off = htons(IP_DF);
	else if (pair->flags & IPSECDRV_SA_FLAGS_COPY_DF)
		iph->frag_off = df;
	iph->ttl = ip4_dst_hoplimit(dst);
	iph->protocol = proto;
	iph->saddr = pair->local.s6_addr32[0];
	iph->daddr = pair->remote.s6_addr32[0];
	/* Unique as long as a fragment lives (RFC 6864), and nothing that the sequence
	 * number would not tell; the SPI keeps SAs to the same peer apart.
	 */
	iph->id = htons((u16)(atomic64_read(&outer->seq) + ntohl(outer->spi.key.spi)));
}

static void ipd_mode_outer6(const struct ipd_pair *pair, struct sk_buff *skb,
			    struct dst_entry *dst, u8 dsfield, u8 proto)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);

	/* The flow label is 0: it would tell flows apart that the tunnel hides. */
	ip6_flow_hdr(ip6h, ipd_mode_outer_dsfield(pair, dsfield), 0);
	ip6h->nexthdr = proto;
	ip6h->hop_limit = ip6_dst_hoplimit(dst);
	ip6h->saddr = pair->local;
	ip6h->daddr = pair->remote;
}

static void ipd_mode_udp(const struct ipd_pair *pair, struct sk_buff *skb, unsigned int off)
{
	struct udphdr *uh = (struct udphdr *)(skb_network_header(skb) + off);

	uh->source = htons(pair->encap_local);
	uh->dest = htons(pair->encap_remote);
	uh->len = htons(skb->len - off);
	/* RFC 3948 section 2.1 for IPv4; IPv6 gets a real one when the packet is done. */
	uh->check = 0;
}

/* Move the IP header and what goes before the payload in front; returns the offset of
 * the byte that names the payload's protocol, or a negative error.
 */
static int ipd_mode_transport(struct sk_buff *skb, unsigned int headers, unsigned int *hlen)
{
	u8 *prevhdr;
	int nexthdr_off;
	int len;

	if (ip_hdr(skb)->version == 4) {
		len = ip_hdrlen(skb);
		nexthdr_off = offsetof(struct iphdr, protocol);
	} else {
		len = ip6_find_1stfragopt(skb, &prevhdr);
		if (len < 0)
			return len;
		nexthdr_off = prevhdr - skb_network_header(skb);
	}
	skb_push(skb, headers);
	memmove(skb->data, skb->data + headers, len);
	skb_reset_network_header(skb);
	*hlen = len;
	return nexthdr_off;
}

unsigned int ipd_mode_clear_len(const struct ipd_pair *pair, const struct ipd_frame *frame)
{
	if (pair->mode == IPSECDRV_MODE_TUNNEL)
		return frame->payload;
	return frame->payload + frame->off[pair->n - 1] -
	       (pair->encap_local ? sizeof(struct udphdr) : 0);
}

/**
 * ipd_mode_encap() - put all headers of a pair around a packet
 * @pair: the pair
 * @skb: linear, not shared, its IP header first, with room for the pair's headers in front
 *	and for the rest of its overhead behind; becomes the packet as it will be sent, but for
 *	what the transforms fill in
 * @dst: outer route in tunnel mode
 * @frame: tells the transforms where they work
 *
 * Return: 0, or -EMSGSIZE if the result is no IP packet any more, or -EINVAL if the
 * extension headers make no sense.
 */
int ipd_mode_encap(const struct ipd_pair *pair, struct sk_buff *skb, struct dst_entry *dst,
		   struct ipd_frame *frame)
{
	bool tunnel = pair->mode == IPSECDRV_MODE_TUNNEL;
	const struct ipd_sa *inner = &pair->sas[0];
	const struct ipd_sa *outer = &pair->sas[pair->n - 1];
	u8 proto = pair->encap_local ? IPPROTO_UDP : outer->spi.key.proto;
	const struct iphdr *iph = ip_hdr(skb);
	bool inner4 = iph->version == 4;
	unsigned int hlen, off, i;
	__be16 df = 0;
	u8 dsfield = 0;

	if (tunnel) {
		hlen = ipd_mode_outer_len(pair);
		frame->payload = skb->len;
		frame->nexthdr[0] = inner4 ? IPPROTO_IPIP : IPPROTO_IPV6;
		dsfield = inner4 ? ipv4_get_dsfield(iph) : ipv6_get_dsfield(ipv6_hdr(skb));
		df = inner4 ? iph->frag_off & htons(IP_DF) : htons(IP_DF);
		__skb_push(skb, pair->headers);
		skb_reset_network_header(skb);
	} else {
		int nexthdr_off = ipd_mode_transport(skb, pair->headers, &hlen);

		if (nexthdr_off < 0)
			return nexthdr_off;
		frame->payload = skb->len - hlen - pair->headers;
		frame->nexthdr[0] = skb_network_header(skb)[nexthdr_off];
		skb_network_header(skb)[nexthdr_off] = proto;
	}

	if (inner->spi.key.proto == IPPROTO_ESP)
		__skb_put(skb, ipd_esp_size(inner, frame->payload) - inner->hdr_len -
			       frame->payload);
	if (unlikely(skb->len > IP_MAX_MTU))
		return -EMSGSIZE;

	off = hlen;
	skb_set_transport_header(skb, off);
	if (pair->encap_local) {
		ipd_mode_udp(pair, skb, off);
		off += sizeof(struct udphdr);
	}
	for (i = pair->n; i-- > 0;) {
		frame->off[i] = off;
		off += pair->sas[i].hdr_len;
		if (i)
			frame->nexthdr[i] = pair->sas[i - 1].spi.key.proto;
	}

	if (pair->family == AF_INET) {
		if (tunnel)
			ipd_mode_outer4(pair, skb, dst, dsfield, df, proto);
		ip_hdr(skb)->tot_len = htons(skb->len);
		ipd_csum_ip(ip_hdr(skb));
		skb->protocol = htons(ETH_P_IP);
	} else {
		if (tunnel)
			ipd_mode_outer6(pair, skb, dst, dsfield, proto);
		ipv6_hdr(skb)->payload_len = htons(skb->len - sizeof(struct ipv6hdr));
		skb->protocol = htons(ETH_P_IPV6);
	}
	return 0;
}

/**
 * ipd_mode_strip() - take a verified protocol's header out of a transport-mode packet
 * @skb: linear, not shared, skb->data at the network header
 * @off: of the header that goes, from the network header on
 * @len: its length
 * @nexthdr_off: of the byte before it that names its protocol
 * @nexthdr: takes its place
 *
 * The IP header moves up; lengths and the checksum follow.
 */
void ipd_mode_strip(struct sk_buff *skb, unsigned int off, unsigned int len,
		    unsigned int nexthdr_off, u8 nexthdr)
{
	memmove(skb->data + len, skb->data, off);
	skb_pull(skb, len);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, off);
	skb->data[nexthdr_off] = nexthdr;

	if (ip_hdr(skb)->version == 4) {
		struct iphdr *iph = ip_hdr(skb);

		iph->tot_len = htons(skb->len);
		ipd_csum_ip(iph);
		return;
	}
	ipv6_hdr(skb)->payload_len = htons(skb->len - sizeof(struct ipv6hdr));
}

/* RFC 6040 section 4.2. */
static int ipd_mode_ecn(const struct sk_buff *skb, u8 outer)
{
	u8 inner;

	if (ip_hdr(skb)->version == 4)
		inner = ipv4_get_dsfield(ip_hdr(skb));
	else
		inner = ipv6_get_dsfield(ipv6_hdr(skb));

	if (!INET_ECN_is_ce(outer) || INET_ECN_is_ce(inner))
		return 0;
	if (INET_ECN_is_not_ect(inner))
		return -EPROTO;
	if (ip_hdr(skb)->version == 4)
		IP_ECN_set_ce(ip_hdr(skb));
	else
		IP6_ECN_set_ce((struct sk_buff *)skb, ipv6_hdr(skb));
	return 0;
}

/* RFC 4301 section 5.2: is there an IP packet of the selector's family in the tunnel? */
static int ipd_mode_inner_check(const struct ipd_pair *pair, struct sk_buff *skb, u8 nexthdr)
{
	unsigned int len;

	if (nexthdr == IPPROTO_IPIP) {
		const struct iphdr *iph = ip_hdr(skb);

		if (pair->sel.family != AF_INET || skb->len < sizeof(*iph) || iph->version != 4 ||
		    iph->ihl < 5 || skb->len < ip_hdrlen(skb) ||
		    ip_fast_csum((u8 *)iph, iph->ihl))
			return -EINVAL;
		len = ntohs(iph->tot_len);
		if (len < ip_hdrlen(skb) || len > skb->len)
			return -EINVAL;
		skb->protocol = htons(ETH_P_IP);
	} else {
		const struct ipv6hdr *ip6h = ipv6_hdr(skb);

		/* A payload length of 0 would be a jumbogram: there is none in a tunnel. */
		if (pair->sel.family != AF_INET6 || skb->len < sizeof(*ip6h) ||
		    ip6h->version != 6 ||
		    (!ip6h->payload_len && ip6h->nexthdr != IPPROTO_NONE))
			return -EINVAL;
		len = ntohs(ip6h->payload_len) + sizeof(*ip6h);
		if (len > skb->len)
			return -EINVAL;
		skb->protocol = htons(ETH_P_IPV6);
	}
	/* What lies behind is TFC padding (RFC 4303 section 2.7). */
	skb_trim(skb, len);
	return 0;
}

/**
 * ipd_mode_decap() - take the innermost protocol off a verified packet
 * @pair: the pair it came through
 * @skb: linear, not shared, skb->data at the network header
 * @off: of the payload, from the network header on
 * @payload: its length
 * @nexthdr_off: of the byte that names the outermost protocol that goes
 * @nexthdr: the payload's protocol
 *
 * Return: 0; -EPROTONOSUPPORT if the next header does not go with the mode, -EINVAL if
 * the inner header makes no sense, -EPROTO if ECN does not (RFC 6040 section 4.2).
 */
int ipd_mode_decap(const struct ipd_pair *pair, struct sk_buff *skb, unsigned int off,
		   unsigned int payload, unsigned int nexthdr_off, u8 nexthdr)
{
	u8 outer_ds;
	int err;

	skb_trim(skb, off + payload);

	if (pair->mode == IPSECDRV_MODE_TRANSPORT) {
		unsigned int hlen = skb_transport_offset(skb);

		switch (nexthdr) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_FRAGMENT:
		case IPPROTO_ESP:
		case IPPROTO_AH:
		case IPPROTO_RAW:
			return -EPROTONOSUPPORT;
		}
		ipd_mode_strip(skb, hlen, off - hlen, nexthdr_off, nexthdr);
		return 0;
	}

	if (nexthdr != IPPROTO_IPIP && nexthdr != IPPROTO_IPV6)
		return -EPROTONOSUPPORT;
	if (pair->family == AF_INET)
		outer_ds = ipv4_get_dsfield(ip_hdr(skb));
	else
		outer_ds = ipv6_get_dsfield(ipv6_hdr(skb));
	skb_pull(skb, off);
	skb_reset_network_header(skb);
	skb_reset_transport_header(skb);

	err = ipd_mode_inner_check(pair, skb, nexthdr);
	if (err)
		return err;
	if (pair->flags & IPSECDRV_SA_FLAGS_NO_ECN)
		return 0;
	return ipd_mode_ecn(skb, outer_ds);
}
