// SPDX-License-Identifier: GPL-2.0-only
/*
 * UDP encapsulation (RFC 3948): what a datagram on the IKE port is, keepalives, and
 * peers whose address a NAT changes.
 */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <linux/workqueue.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "natt.h"
#include "net.h"
#include "netlink.h"
#include "route.h"

#define IPD_NATT_KEEPALIVE_BYTE	0xff

struct ipd_float {
	struct work_struct work;
	struct ipd_pair *pair;
	struct ipd_pair_update update;
};

/**
 * ipd_natt_classify() - what is in a UDP datagram
 * @in: namespace
 * @skb: inbound packet, not changed
 * @family: of it
 * @off: of the UDP header, from the network header on
 *
 * RFC 3948 section 2: four zero bytes mark IKE, a single byte 0xff is a keepalive, all
 * else begins with an SPI. What is no SPI of ours is left to the stack.
 *
 * Return: enum ipd_natt.
 */
enum ipd_natt ipd_natt_classify(struct ipd_net *in, struct sk_buff *skb, u8 family,
				unsigned int off)
{
	unsigned int nhoff = skb_network_offset(skb);
	struct {
		struct udphdr uh;
		__be32 spi;
	} buf;
	struct ipd_spi_key key = {};
	const struct udphdr *uh;
	struct ipd_spi *spi;
	const u8 *byte;

	uh = skb_header_pointer(skb, nhoff + off, sizeof(*uh), &buf);
	if (!uh || ntohs(uh->dest) != READ_ONCE(in->config.encap_port))
		return IPD_NATT_NOT_OURS;

	/* What RFC 768 would drop is left to UDP to drop. */
	if (ntohs(uh->len) != skb->len - nhoff - off && !skb_is_gso(skb))
		return IPD_NATT_NOT_OURS;

	if (ntohs(uh->len) == sizeof(*uh) + 1) {
		byte = skb_header_pointer(skb, nhoff + off + sizeof(*uh), 1, &buf.spi);
		return byte && *byte == IPD_NATT_KEEPALIVE_BYTE ? IPD_NATT_KEEPALIVE :
								  IPD_NATT_NOT_OURS;
	}
	if (ntohs(uh->len) < sizeof(buf) || skb_copy_bits(skb, nhoff + off, &buf, sizeof(buf)) ||
	    !buf.spi)
		return IPD_NATT_NOT_OURS;

	key.spi = buf.spi;
	key.proto = IPPROTO_ESP;
	key.family = family;
	if (family == AF_INET)
		key.daddr.s6_addr32[0] = ip_hdr(skb)->daddr;
	else
		key.daddr = ipv6_hdr(skb)->daddr;
	spi = ipd_sadb_find_in(in, &key);
	return spi ? IPD_NATT_ESP : IPD_NATT_NOT_OURS;
}

/**
 * ipd_natt_checksum() - complete the UDP checksum of an encapsulated packet over IPv6
 * @skb: finished packet, linear, transport header at UDP
 *
 * Over IPv4 it stays zero (RFC 3948 section 2.1); IPv6 hosts may drop that (RFC 8200
 * section 8.1).
 */
void ipd_natt_checksum(struct sk_buff *skb)
{
	struct udphdr *uh = udp_hdr(skb);
	unsigned int len = ntohs(uh->len);

	uh->check = csum_ipv6_magic(&ipv6_hdr(skb)->saddr, &ipv6_hdr(skb)->daddr, len, IPPROTO_UDP,
				    csum_partial(uh, len, 0));
	if (!uh->check)
		uh->check = CSUM_MANGLED_0;
}

static void ipd_natt_float_work(struct work_struct *work)
{
	struct ipd_float *change = container_of(work, struct ipd_float, work);
	struct ipd_pair *pair = change->pair;
	struct ipd_net *in = pair->net;

	mutex_lock(&in->mutex);
	if (!ipd_sadb_update(in, pair->id, &change->update, NULL)) {
		IPD_STAT_INC(in, natt_mapping_changed);
		ipd_event_mapping(pair);
	}
	mutex_unlock(&in->mutex);

	clear_bit(IPD_PAIR_FLOATING, &pair->bits);
	ipd_pair_put(pair);
	kfree(change);
}

/**
 * ipd_natt_float() - an authentic packet came from another address or port
 * @sa: inbound SA it came through
 * @saddr: its source
 * @sport: its UDP source port
 *
 * Bottom halves off. The change is made soon, in process context, and told.
 */
void ipd_natt_float(struct ipd_sa *sa, const struct in6_addr *saddr, u16 sport)
{
	struct ipd_pair *pair = sa->pair;
	struct ipd_float *change;

	if (test_and_set_bit(IPD_PAIR_FLOATING, &pair->bits))
		return;
	change = kzalloc(sizeof(*change), GFP_ATOMIC);
	if (!change)
		goto not_now;
	if (!ipd_pair_hold(pair))
		goto free;
	INIT_WORK(&change->work, ipd_natt_float_work);
	change->pair = pair;
	change->update.set = BIT(IPSECDRV_A_SA_REMOTE) | BIT(IPSECDRV_A_SA_ENCAP_REMOTE);
	change->update.family = pair->family;
	change->update.remote = *saddr;
	change->update.encap_remote = sport;
	queue_work(ipd_wq, &change->work);
	return;

free:
	kfree(change);
not_now:
	/* The next packet tries again. */
	clear_bit(IPD_PAIR_FLOATING, &pair->bits);
}

static void ipd_natt_headers(const struct ipd_pair *pair, struct sk_buff *skb)
{
	unsigned int len = sizeof(struct udphdr) + 1;
	struct udphdr *uh;
	u8 *byte;

	byte = skb_put(skb, 1);
	*byte = IPD_NATT_KEEPALIVE_BYTE;
	uh = skb_push(skb, sizeof(*uh));
	skb_reset_transport_header(skb);
	uh->source = htons(pair->encap_local);
	uh->dest = htons(pair->encap_remote);
	uh->len = htons(len);
	uh->check = 0;

	if (pair->family == AF_INET) {
		struct iphdr *iph = skb_push(skb, sizeof(*iph));

		skb_reset_network_header(skb);
		memset(iph, 0, sizeof(*iph));
		iph->version = 4;
		iph->ihl = 5;
		iph->ttl = IPDEFTTL;
		iph->protocol = IPPROTO_UDP;
		iph->saddr = pair->local.s6_addr32[0];
		iph->daddr = pair->remote.s6_addr32[0];
		skb->protocol = htons(ETH_P_IP);
	} else {
		struct ipv6hdr *ip6h = skb_push(skb, sizeof(*ip6h));

		skb_reset_network_header(skb);
		ip6_flow_hdr(ip6h, 0, 0);
		ip6h->payload_len = htons(len);
		ip6h->nexthdr = IPPROTO_UDP;
		ip6h->hop_limit = IPDEFTTL;
		ip6h->saddr = pair->local;
		ip6h->daddr = pair->remote;
		skb->protocol = htons(ETH_P_IPV6);
		ipd_natt_checksum(skb);
	}
}

/**
 * ipd_natt_keepalive() - keep the mapping of a NAT on the path alive
 * @pair: pair with UDP encapsulation
 *
 * RFC 3948 section 4. Called from a timer, RCU.
 */
void ipd_natt_keepalive(struct ipd_pair *pair)
{
	struct net *net = pair->net->net;
	struct dst_entry *dst;
	struct sk_buff *skb;

	skb = alloc_skb(LL_MAX_HEADER + sizeof(struct ipv6hdr) + sizeof(struct udphdr) + 1,
			GFP_ATOMIC);
	if (!skb)
		return;
	skb_reserve(skb, LL_MAX_HEADER + sizeof(struct ipv6hdr) + sizeof(struct udphdr));
	ipd_natt_headers(pair, skb);

	dst = ipd_route_lookup(pair);
	if (IS_ERR(dst)) {
		kfree_skb(skb);
		return;
	}
	skb_dst_set(skb, dst);
	memset(skb->cb, 0, sizeof(skb->cb));
	IPD_STAT_INC(pair->net, natt_keepalive_sent);
	if (pair->family == AF_INET)
		ip_local_out(net, NULL, skb);
	else
		ip6_local_out(net, NULL, skb);
}
