// SPDX-License-Identifier: GPL-2.0-only
/*
 * From an skb to the key that the filters know it by.
 */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/ipsecdrv.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "packet.h"

/* What comes first in every protocol that has ports, and in ICMP. */
union ipd_l4 {
	struct {
		__be16 sport;
		__be16 dport;
	};
	struct {
		u8 type;
		u8 code;
	};
};

static void ipd_packet_l4(const struct sk_buff *skb, int off, struct ipd_key *key)
{
	const union ipd_l4 *l4;
	union ipd_l4 buf;

	key->sport = 0;
	key->dport = 0;
	if (key->flags & IPD_KEY_NO_PORTS)
		return;

	if (ipd_selector_proto_is_icmp(key->proto)) {
		l4 = skb_header_pointer(skb, off, 2, &buf);
		if (l4) {
			key->sport = l4->type;
			key->dport = l4->code;
			return;
		}
	} else if (ipd_selector_proto_has_ports(key->proto)) {
		l4 = skb_header_pointer(skb, off, sizeof(buf), &buf);
		if (l4) {
			key->sport = ntohs(l4->sport);
			key->dport = ntohs(l4->dport);
			return;
		}
	} else {
		return;
	}
	key->flags |= IPD_KEY_NO_PORTS;
}

/* Is the destination a group? A broadcast frame proves nothing, anyone may put a unicast
 * packet into one, so the address itself is asked for.
 */
static bool ipd_packet_group4(const struct sk_buff *skb, __be32 daddr, u8 dir)
{
	if (ipv4_is_multicast(daddr) || ipv4_is_lbcast(daddr))
		return true;
	if (dir == IPSECDRV_DIR_OUT) {
		const struct rtable *rt = skb_rtable(skb);

		return rt && rt->rt_flags & RTCF_BROADCAST;
	}
	if (likely(skb->pkt_type == PACKET_HOST))
		return false;
	return inet_dev_addr_type(dev_net(skb->dev), skb->dev, daddr) == RTN_BROADCAST;
}

static int ipd_packet_key4(struct sk_buff *skb, int nhoff, u8 dir, struct ipd_key *key)
{
	const struct iphdr *iph;
	struct iphdr buf;
	int ihl;

	iph = skb_header_pointer(skb, nhoff, sizeof(buf), &buf);
	if (!iph)
		return -EINVAL;
	ihl = iph->ihl * 4;
	if (ihl < (int)sizeof(*iph) || iph->version != 4)
		return -EINVAL;

	ipv6_addr_set(&key->src, iph->saddr, 0, 0, 0);
	ipv6_addr_set(&key->dst, iph->daddr, 0, 0, 0);
	key->proto = iph->protocol;
	key->family = AF_INET;
	key->dir = dir;
	key->flags = 0;
	key->ifindex = 0;
	if (unlikely(iph->frag_off & htons(IP_OFFSET)))
		key->flags |= IPD_KEY_NO_PORTS;
	ipd_packet_l4(skb, nhoff + ihl, key);
	return 0;
}

/* The walk over the headers fails for want of a protocol, too: a packet may have none. */
static int ipd_packet_key6_none(struct sk_buff *skb, int nhoff, struct ipd_key *key)
{
	unsigned int off = nhoff;

	if (ipv6_find_hdr(skb, &off, NEXTHDR_NONE, NULL, NULL) != NEXTHDR_NONE)
		return -EINVAL;
	key->proto = NEXTHDR_NONE;
	key->sport = 0;
	key->dport = 0;
	return 0;
}

static int ipd_packet_key6(struct sk_buff *skb, int nhoff, u8 dir, struct ipd_key *key)
{
	const struct ipv6hdr *ip6h;
	struct ipv6hdr buf;
	__be16 frag_off;
	u8 nexthdr;
	int off;

	ip6h = skb_header_pointer(skb, nhoff, sizeof(buf), &buf);
	if (!ip6h || ip6h->version != 6)
		return -EINVAL;

	key->src = ip6h->saddr;
	key->dst = ip6h->daddr;
	key->family = AF_INET6;
	key->dir = dir;
	key->flags = 0;
	key->ifindex = 0;
	if (ipv6_addr_is_multicast(&key->dst))
		key->flags |= IPD_KEY_GROUP;

	nexthdr = ip6h->nexthdr;
	off = nhoff + sizeof(*ip6h);
	if (unlikely(ipv6_ext_hdr(nexthdr) && nexthdr != NEXTHDR_AUTH)) {
		off = ipv6_skip_exthdr(skb, off, &nexthdr, &frag_off);
		if (off < 0)
			return ipd_packet_key6_none(skb, nhoff, key);
		if (frag_off & htons(IP6_OFFSET)) {
			key->flags |= IPD_KEY_NO_PORTS;
			/* It stopped at the fragment header, whose first byte tells. */
			if (skb_copy_bits(skb, off, &nexthdr, sizeof(nexthdr)))
				return -EINVAL;
		}
	}
	key->proto = nexthdr;
	ipd_packet_l4(skb, off, key);
	return 0;
}

/**
 * ipd_packet_key() - what of a packet decides
 * @skb: packet with its network header set; not changed
 * @family: AF_INET or AF_INET6
 * @dir: enum ipsecdrv_dir
 * @key: filled in, without the interface
 *
 * Return: 0, or -EINVAL if the headers make no sense.
 */
int ipd_packet_key(struct sk_buff *skb, u8 family, u8 dir, struct ipd_key *key)
{
	int err;

	if (family == AF_INET6)
		return ipd_packet_key6(skb, skb_network_offset(skb), dir, key);

	err = ipd_packet_key4(skb, skb_network_offset(skb), dir, key);
	if (!err && ipd_packet_group4(skb, key->dst.s6_addr32[0], dir))
		key->flags |= IPD_KEY_GROUP;
	return err;
}

static bool ipd_icmp_is_error(const struct ipd_key *key)
{
	if (key->flags & IPD_KEY_NO_PORTS)
		return false;
	if (key->proto == IPPROTO_ICMPV6 && key->family == AF_INET6)
		return !(key->sport & ICMPV6_INFOMSG_MASK);
	if (key->proto != IPPROTO_ICMP || key->family != AF_INET)
		return false;
	return key->sport == ICMP_DEST_UNREACH || key->sport == ICMP_TIME_EXCEEDED ||
	       key->sport == ICMP_PARAMETERPROB || key->sport == ICMP_REDIRECT ||
	       key->sport == ICMP_SOURCE_QUENCH;
}

/**
 * ipd_packet_icmp_error_key() - the packet that an ICMP error is about
 * @skb: ICMP error with its network header set; not changed
 * @key: its own key
 * @inner: filled in: the packet as its sender sent it, direction outbound
 *
 * RFC 4301 section 6: an error is judged by the packet it quotes.
 *
 * Return: 0, or -ENOENT if @skb is no ICMP error or quotes too little.
 */
int ipd_packet_icmp_error_key(struct sk_buff *skb, const struct ipd_key *key,
			      struct ipd_key *inner)
{
	int off = skb_network_offset(skb);
	__be16 frag_off;
	u8 nexthdr;

	if (likely(!ipd_icmp_is_error(key)))
		return -ENOENT;

	if (key->family == AF_INET) {
		off += ip_hdrlen(skb) + sizeof(struct icmphdr);
		return ipd_packet_key4(skb, off, IPSECDRV_DIR_OUT, inner) ? -ENOENT : 0;
	}
	nexthdr = ipv6_hdr(skb)->nexthdr;
	off = ipv6_skip_exthdr(skb, off + sizeof(struct ipv6hdr), &nexthdr, &frag_off);
	if (off < 0)
		return -ENOENT;
	off += sizeof(struct icmp6hdr);
	return ipd_packet_key6(skb, off, IPSECDRV_DIR_OUT, inner) ? -ENOENT : 0;
}

/**
 * ipd_packet_iface() - what of a device a selector can ask for
 * @dev: the device; RCU
 * @iface: filled in
 */
void ipd_packet_iface(const struct net_device *dev, struct ipd_iface *iface)
{
	iface->name = dev->name;
	if (dev->flags & IFF_LOOPBACK)
		iface->class = IPSECDRV_IFACE_CLASS_LOOPBACK;
	else if (dev->flags & IFF_POINTOPOINT)
		iface->class = IPSECDRV_IFACE_CLASS_DIALUP;
	else
		iface->class = IPSECDRV_IFACE_CLASS_LAN;
}

/**
 * ipd_packet_is_fragment6() - has an IPv6 packet a fragment header
 * @skb: packet with its network header set; not changed
 *
 * Return: whether it has one that does more than an atomic fragment's (RFC 6946).
 */
bool ipd_packet_is_fragment6(const struct sk_buff *skb)
{
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	__be16 frag_off = 0;

	if (likely(!ipv6_ext_hdr(nexthdr)))
		return false;
	return ipv6_skip_exthdr(skb, skb_network_offset(skb) + sizeof(struct ipv6hdr), &nexthdr,
				&frag_off) >= 0 && frag_off;
}
