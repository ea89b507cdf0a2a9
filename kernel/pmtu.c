// SPDX-License-Identifier: GPL-2.0-only
/*
 * Path MTU: what fits through a pair, who is told, and what ICMP says of our packets.
 */

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/gso.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "esp.h"
#include "mode.h"
#include "net.h"
#include "pmtu.h"
#include "route.h"

/* An unauthenticated ICMP error may lower the path MTU to this, not further: RFC 1191
 * section 3 and Linux' own min_pmtu for IPv4, RFC 8201 section 4 for IPv6.
 */
#define IPD_PMTU_MIN4	552
#define IPD_PMTU_MIN6	1280
/* RFC 1191 section 6.3: an old value may be too small by now. */
#define IPD_PMTU_EXPIRES	(10 * 60 * HZ)

static unsigned int ipd_pmtu_outer(const struct ipd_pair *pair, const struct dst_entry *dst)
{
	unsigned int mtu = dst_mtu(dst);
	unsigned int learned = READ_ONCE(pair->path_mtu);

	if (unlikely(learned) && learned < mtu &&
	    time_before(jiffies, READ_ONCE(pair->path_mtu_expires)))
		mtu = learned;
	return min_t(unsigned int, mtu, IP_MAX_MTU);
}

/**
 * ipd_pmtu_inner() - largest packet that fits one outer packet
 * @pair: the pair
 * @dst: outer route
 *
 * Return: bytes, IP header included.
 */
unsigned int ipd_pmtu_inner(const struct ipd_pair *pair, const struct dst_entry *dst)
{
	bool tunnel = pair->mode == IPSECDRV_MODE_TUNNEL;
	unsigned int hlen = pair->family == AF_INET ? sizeof(struct iphdr) :
						      sizeof(struct ipv6hdr);
	unsigned int mtu = ipd_pmtu_outer(pair, dst);
	const struct ipd_sa *inner = &pair->sas[0];
	unsigned int i;

	mtu -= min(mtu, hlen);
	if (pair->encap_local)
		mtu -= min_t(unsigned int, mtu, sizeof(struct udphdr));
	for (i = pair->n; i-- > 0;) {
		const struct ipd_sa *sa = &pair->sas[i];

		if (sa->spi.key.proto == IPPROTO_AH)
			mtu -= min_t(unsigned int, mtu, sa->hdr_len);
	}
	if (inner->spi.key.proto == IPPROTO_ESP)
		mtu = ipd_esp_payload(inner, mtu);
	return tunnel ? mtu : mtu + hlen;
}

/* Tell a sender that is not on this host. */
static void ipd_pmtu_send_icmp(struct ipd_net *in, struct sk_buff *skb, unsigned int mtu)
{
	IPD_STAT_INC(in, pmtu_sent);
	if (skb->protocol == htons(ETH_P_IP))
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
	else
		icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, max_t(unsigned int, mtu, IPV6_MIN_MTU));
}

/* Turn one TCP segment that is too big into a GSO packet of fitting ones. */
static bool ipd_pmtu_split_tcp(struct sk_buff *skb, unsigned int mtu)
{
	bool v4 = skb->protocol == htons(ETH_P_IP);
	unsigned int hlen;

	if (skb->ip_summed != CHECKSUM_PARTIAL ||
	    skb->csum_offset != offsetof(struct tcphdr, check))
		return false;
	hlen = skb_transport_offset(skb) + tcp_hdrlen(skb);
	if (!skb->sk || mtu < hlen + 64 || skb->len <= hlen)
		return false;
	/* The shared info belongs to the clones too, and TCP resends from it. */
	if (skb_unclone(skb, GFP_ATOMIC))
		return false;
	skb_shinfo(skb)->gso_type = v4 ? SKB_GSO_TCPV4 : SKB_GSO_TCPV6;
	skb_shinfo(skb)->gso_size = mtu - hlen;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(skb->len - hlen, mtu - hlen);
	return true;
}

static int ipd_pmtu_check_gso(struct sk_buff *skb, unsigned int mtu)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);
	unsigned int hlen;

	if (skb_gso_validate_network_len(skb, mtu))
		return 0;
	if (!(shinfo->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)) || skb->encapsulation ||
	    skb_has_frag_list(skb))
		return -EMSGSIZE;
	hlen = skb_transport_offset(skb) + tcp_hdrlen(skb);
	if (mtu < hlen + 64)
		return -EMSGSIZE;
	if (skb_unclone(skb, GFP_ATOMIC))
		return -ENOMEM;
	shinfo = skb_shinfo(skb);
	skb_decrease_gso_size(shinfo, shinfo->gso_size - (mtu - hlen));
	shinfo->gso_segs = DIV_ROUND_UP(skb->len - hlen, shinfo->gso_size);
	return 0;
}

/* May the outer packet go as fragments? A sender that set DF wants to be told instead. */
static bool ipd_pmtu_may_fragment(const struct sk_buff *skb)
{
	if (skb->ignore_df)
		return true;
	return skb->protocol == htons(ETH_P_IP) && !(ip_hdr(skb)->frag_off & htons(IP_DF));
}

/* No link has less, and no ICMP error is believed that tells of less. */
static bool ipd_pmtu_fits_all(const struct ipd_pair *pair, const struct sk_buff *skb)
{
	return !skb_is_gso(skb) && skb->len + pair->overhead <=
	       (pair->family == AF_INET ? IPD_PMTU_MIN4 : IPD_PMTU_MIN6);
}

/**
 * ipd_pmtu_fits() - does a packet fit as it is, so that nobody has to be told
 * @pair: the pair it goes through, in tunnel mode
 * @skb: packet in clear
 *
 * Bottom halves off.
 */
bool ipd_pmtu_fits(struct ipd_pair *pair, const struct sk_buff *skb)
{
	struct dst_entry *dst;
	unsigned int mtu;

	if (ipd_pmtu_fits_all(pair, skb))
		return true;
	dst = ipd_route_get(pair);
	if (IS_ERR(dst))
		return false;
	mtu = ipd_pmtu_inner(pair, dst);
	dst_release(dst);
	return skb_is_gso(skb) ? skb_gso_validate_network_len(skb, mtu) : skb->len <= mtu;
}

/**
 * ipd_pmtu_check() - does a packet fit
 * @in: namespace
 * @pair: the pair it goes through
 * @skb: packet in clear; a TCP packet that is too big may be cut smaller by GSO
 * @dst: outer route
 *
 * Return: 0 to go on; -EMSGSIZE if the sender was told, or -ENOMEM.
 */
int ipd_pmtu_check(struct ipd_net *in, struct ipd_pair *pair, struct sk_buff *skb,
		   const struct dst_entry *dst)
{
	unsigned int mtu;
	int err = 0;

	if (ipd_pmtu_fits_all(pair, skb))
		return 0;
	mtu = ipd_pmtu_inner(pair, dst);
	if (skb_is_gso(skb))
		err = ipd_pmtu_check_gso(skb, mtu);
	else if (skb->len > mtu && !ipd_pmtu_split_tcp(skb, mtu) && !ipd_pmtu_may_fragment(skb))
		err = -EMSGSIZE;
	if (likely(err != -EMSGSIZE))
		return err;

	if (!skb->sk) {
		ipd_pmtu_send_icmp(in, skb, mtu);
	} else if (pair->mode == IPSECDRV_MODE_TUNNEL && dst != skb_dst(skb)) {
		/* The inner route is another one than the outer: lower it. */
		skb_dst_update_pmtu_no_confirm(skb, mtu);
	}
	return -EMSGSIZE;
}

static void ipd_pmtu_clamp_option(struct tcphdr *th, u8 *opt, u16 mss)
{
	__be16 old = get_unaligned((__be16 *)opt);

	if (ntohs(old) <= mss)
		return;
	put_unaligned(htons(mss), (__be16 *)opt);
	csum_replace2(&th->check, old, htons(mss));
}

/**
 * ipd_pmtu_clamp_mss() - lower the MSS option of a TCP SYN to what fits the pair
 * @pair: the pair it goes through
 * @skb: linear, not shared, network header set, TCP checksum complete
 * @thoff: of the TCP header, from the network header on
 * @hlen: of what stays in front of the protected payload
 * @dst: outer route
 */
void ipd_pmtu_clamp_mss(const struct ipd_pair *pair, struct sk_buff *skb, unsigned int thoff,
			unsigned int hlen, const struct dst_entry *dst)
{
	struct tcphdr *th = (struct tcphdr *)(skb_network_header(skb) + thoff);
	unsigned int len = skb_tail_pointer(skb) - (u8 *)th;
	unsigned int i, end, fits;
	u8 *opt = (u8 *)th;

	if (len < sizeof(*th) || !th->syn)
		return;
	fits = ipd_pmtu_inner(pair, dst);
	fits -= min(fits, hlen);
	if (fits < sizeof(*th) + 64)
		return;
	end = min_t(unsigned int, th->doff * 4, len);
	for (i = sizeof(*th); i + 1 < end;) {
		if (opt[i] == TCPOPT_EOL)
			return;
		if (opt[i] == TCPOPT_NOP) {
			i++;
			continue;
		}
		if (opt[i + 1] < 2 || i + opt[i + 1] > end)
			return;
		if (opt[i] == TCPOPT_MSS && opt[i + 1] == TCPOLEN_MSS) {
			ipd_pmtu_clamp_option(th, opt + i + 2, fits - sizeof(*th));
			return;
		}
		i += opt[i + 1];
	}
}

/* The SPI and destination of the packet of ours that an ICMP error quotes at @off. */
static bool ipd_pmtu_quoted(struct ipd_net *in, struct sk_buff *skb, u8 family, int off,
			    struct ipd_spi_key *key)
{
	union {
		struct iphdr v4;
		struct ipv6hdr v6;
	} ip;
	struct {
		__be32 word[3];
	} buf;
	u8 proto;

	memset(key, 0, sizeof(*key));
	if (family == AF_INET) {
		if (skb_copy_bits(skb, off, &ip.v4, sizeof(ip.v4)) || ip.v4.version != 4 ||
		    ip.v4.ihl < 5 || ip.v4.frag_off & htons(IP_OFFSET))
			return false;
		key->daddr.s6_addr32[0] = ip.v4.daddr;
		proto = ip.v4.protocol;
		off += ip.v4.ihl * 4;
	} else {
		if (skb_copy_bits(skb, off, &ip.v6, sizeof(ip.v6)) || ip.v6.version != 6)
			return false;
		key->daddr = ip.v6.daddr;
		proto = ip.v6.nexthdr;
		off += sizeof(ip.v6);
	}
	key->family = family;
	key->proto = proto;
	switch (proto) {
	case IPPROTO_UDP:
		off += sizeof(struct udphdr);
		key->proto = IPPROTO_ESP;
		fallthrough;
	case IPPROTO_ESP:
		if (skb_copy_bits(skb, off, buf.word, 4))
			return false;
		key->spi = buf.word[0];
		return true;
	case IPPROTO_AH:
		if (skb_copy_bits(skb, off, buf.word, 8))
			return false;
		key->spi = buf.word[1];
		return true;
	}
	return false;
}

/* The MTU that an ICMP error tells of, 0 if it tells of none. */
static u32 ipd_pmtu_told(struct sk_buff *skb, u8 family, int *off)
{
	union {
		struct icmphdr v4;
		struct icmp6hdr v6;
	} ih;

	*off = family == AF_INET ? ip_hdrlen(skb) : sizeof(struct ipv6hdr);
	if (skb_copy_bits(skb, *off, &ih, sizeof(ih)))
		return 0;
	*off += sizeof(ih);
	if (family == AF_INET)
		return ih.v4.type == ICMP_DEST_UNREACH && ih.v4.code == ICMP_FRAG_NEEDED ?
		       ntohs(ih.v4.un.frag.mtu) : 0;
	return ih.v6.icmp6_type == ICMPV6_PKT_TOOBIG ? ntohl(ih.v6.icmp6_mtu) : 0;
}

/**
 * ipd_pmtu_icmp() - learn from an ICMP error about one of our protected packets
 * @in: namespace
 * @skb: inbound ICMP packet, skb->data at the network header; not changed
 * @family: of it
 *
 * The error is not authentic (RFC 4301 section 8.2.1): it counts only for an SA that we
 * have, only down to a bound, and only for a while.
 *
 * Return: whether it was about one of our SAs.
 */
bool ipd_pmtu_icmp(struct ipd_net *in, struct sk_buff *skb, u8 family)
{
	u32 min = family == AF_INET ? IPD_PMTU_MIN4 : IPD_PMTU_MIN6;
	struct ipd_spi_key key;
	struct ipd_pair *pair;
	struct ipd_sa *sa;
	u32 mtu;
	int off;

	mtu = ipd_pmtu_told(skb, family, &off);
	if (!mtu || !ipd_pmtu_quoted(in, skb, family, off, &key))
		return false;
	sa = ipd_sadb_find_out(in, &key);
	if (!sa)
		return false;
	pair = sa->pair;
	if (mtu < min || mtu >= IP_MAX_MTU) {
		IPD_STAT_INC(in, pmtu_ignored);
		return true;
	}
	if (!READ_ONCE(pair->path_mtu) || mtu < READ_ONCE(pair->path_mtu) ||
	    time_after(jiffies, READ_ONCE(pair->path_mtu_expires))) {
		WRITE_ONCE(pair->path_mtu_expires, jiffies + IPD_PMTU_EXPIRES);
		WRITE_ONCE(pair->path_mtu, mtu);
		IPD_STAT_INC(in, pmtu_learned);
	}
	return true;
}
