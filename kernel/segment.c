// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cutting GSO packets into segments that can be protected in place.
 *
 * The stack's own segmentation gives no tailroom and copies into memory that GRO at the
 * receiver can only chain. For what nearly all large packets are, TCP without further
 * headers, the segments are made here: linear, with exactly the room that is needed, in
 * page fragments, payload copied and summed in one pass. All else is left to the stack.
 */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/gso.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "csum.h"
#include "segment.h"

#define IPD_SEGMENT_FRAG	2048

/**
 * ipd_segment_move_owner() - carry the socket's charge over to copies
 * @to: list of copies, linked by next
 * @from: the packet they were made of
 *
 * The socket is charged for what is queued below it, and hears when that is gone.
 */
void ipd_segment_move_owner(struct sk_buff *to, struct sk_buff *from)
{
	struct sock *sk = from->sk;
	int delta = -from->truesize;
	struct sk_buff *skb;

	if (!sk || !from->destructor)
		return;
	if (from->destructor == sock_efree || from->destructor == sock_edemux) {
		/* Only a reference on the socket; one copy can have it. */
		to->sk = sk;
		to->destructor = from->destructor;
		goto moved;
	}
	for (skb = to; skb; skb = skb->next) {
		skb->sk = sk;
		skb->destructor = from->destructor;
		delta += skb->truesize;
	}
	if (delta >= 0)
		refcount_add(delta, &sk->sk_wmem_alloc);
	else
		WARN_ON_ONCE(refcount_sub_and_test(-delta, &sk->sk_wmem_alloc));
moved:
	from->sk = NULL;
	from->destructor = NULL;
}

static bool ipd_segment_is_plain_tcp(const struct sk_buff *skb)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);
	unsigned int known = SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_TCP_ECN;

	/* Of the extension headers, a jumbo option must not get into the segments. */
	if (ip_hdr(skb)->version == 6 && skb_transport_offset(skb) != sizeof(struct ipv6hdr))
		return false;
	return shinfo->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6) && !(shinfo->gso_type & ~known) &&
	       !skb->encapsulation && !skb_has_frag_list(skb) &&
	       skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) == skb_transport_offset(skb);
}

static __sum16 ipd_segment_checksum(const struct sk_buff *seg, unsigned int len, __wsum csum)
{
	const struct tcphdr *th = tcp_hdr(seg);

	csum = csum_partial(th, th->doff * 4, csum);
	if (ip_hdr(seg)->version == 4)
		return csum_tcpudp_magic(ip_hdr(seg)->saddr, ip_hdr(seg)->daddr, len, IPPROTO_TCP,
					 csum);
	return csum_ipv6_magic(&ipv6_hdr(seg)->saddr, &ipv6_hdr(seg)->daddr, len, IPPROTO_TCP,
			       csum);
}

/* An skb with room for @len bytes. Half a page, and not across two: a cipher that works on
 * scatterlists goes page by page.
 */
static struct sk_buff *ipd_segment_alloc(unsigned int len)
{
	struct sk_buff *seg;
	void *data;

	if (unlikely(SKB_DATA_ALIGN(len) + SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) >
		     IPD_SEGMENT_FRAG))
		return netdev_alloc_skb(NULL, len);
	data = napi_alloc_frag_align(IPD_SEGMENT_FRAG, IPD_SEGMENT_FRAG);
	if (unlikely(!data))
		return NULL;
	seg = napi_build_skb(data, IPD_SEGMENT_FRAG);
	if (unlikely(!seg))
		skb_free_frag(data);
	return seg;
}

/* One segment of @len payload bytes that lie at @off of the whole; @vectors may be used. */
static struct sk_buff *ipd_segment_tcp_one(struct sk_buff *skb, unsigned int hlen,
					   unsigned int off, unsigned int len,
					   unsigned int headroom, unsigned int tailroom,
					   bool vectors)
{
	unsigned int thoff = skb_transport_offset(skb);
	struct sk_buff *seg;
	struct tcphdr *th;
	__wsum csum;
	u8 *payload;

	seg = ipd_segment_alloc(headroom + hlen + len + tailroom);
	if (unlikely(!seg))
		return NULL;
	skb_copy_header(seg, skb);
	skb_gso_reset(seg);
	seg->ip_summed = CHECKSUM_NONE;
	skb_reserve(seg, headroom);
	skb_reset_mac_header(seg);
	skb_reset_network_header(seg);
	skb_set_transport_header(seg, thoff);

	__skb_put_data(seg, skb->data, hlen);
	payload = __skb_put(seg, len);
	if (IPD_VECTORS && vectors)
		csum = ipd_csum_copy(skb, hlen + off, payload, len);
	else
		csum = skb_copy_and_csum_bits(skb, hlen + off, payload, len);

	th = tcp_hdr(seg);
	th->seq = htonl(ntohl(th->seq) + off);
	if (off) {
		th->cwr = 0;
		/* Only the first may be told to change its queue. */
		seg->ooo_okay = 0;
	}
	if (hlen + off + len < skb->len) {
		th->fin = 0;
		th->psh = 0;
	}
	if (ip_hdr(seg)->version == 4) {
		struct iphdr *iph = ip_hdr(seg);

		iph->id = htons(ntohs(iph->id) + off / skb_shinfo(skb)->gso_size);
		iph->tot_len = htons(seg->len);
		ipd_csum_ip(iph);
	} else {
		ipv6_hdr(seg)->payload_len = htons(seg->len - sizeof(struct ipv6hdr));
	}
	th->check = 0;
	th->check = ipd_segment_checksum(seg, seg->len - thoff, csum);
	return seg;
}

static struct sk_buff *ipd_segment_tcp(struct sk_buff *skb, unsigned int headroom,
				       unsigned int tailroom)
{
	unsigned int mss = skb_shinfo(skb)->gso_size;
	struct sk_buff *segs = NULL, **tail = &segs;
	unsigned int hlen, off, total;
	bool vectors;

	if (!skb_frags_readable(skb) ||
	    !pskb_may_pull(skb, skb_transport_offset(skb) + sizeof(struct tcphdr)))
		return ERR_PTR(-EINVAL);
	hlen = skb_transport_offset(skb) + tcp_hdrlen(skb);
	if (tcp_hdrlen(skb) < sizeof(struct tcphdr) || !mss || !pskb_may_pull(skb, hlen))
		return ERR_PTR(-EINVAL);

	total = skb->len - hlen;
	vectors = IPD_VECTORS && ipd_csum_begin();
	for (off = 0; off < total; off += mss) {
		*tail = ipd_segment_tcp_one(skb, hlen, off, min(mss, total - off), headroom,
					    tailroom, vectors);
		if (unlikely(!*tail))
			break;
		tail = &(*tail)->next;
	}
	if (vectors)
		ipd_csum_end();
	if (unlikely(off < total)) {
		kfree_skb_list(segs);
		return ERR_PTR(-ENOMEM);
	}
	if (unlikely(!segs))
		return ERR_PTR(-EINVAL);
	ipd_segment_move_owner(segs, skb);
	return segs;
}

/**
 * ipd_segment() - cut a GSO packet
 * @skb: packet with its network header first; not consumed, its owner moves on
 * @headroom: what each segment should have in front
 * @tailroom: and behind; the stack's segments may have less
 *
 * Return: list of segments with complete checksums, or an error pointer.
 */
struct sk_buff *ipd_segment(struct sk_buff *skb, unsigned int headroom, unsigned int tailroom)
{
	struct sk_buff *segs;

	if (likely(ipd_segment_is_plain_tcp(skb)))
		return ipd_segment_tcp(skb, headroom, tailroom);

	/* UDP prepares it like this for a device without checksums, too, and looks for the place
	 * again when it cuts. Where it is not said, the place does not move with the head.
	 */
	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4 && skb->ip_summed == CHECKSUM_NONE)
		skb->ip_summed = CHECKSUM_PARTIAL;
	if (skb_cow_head(skb, headroom))
		return ERR_PTR(-ENOMEM);
	segs = skb_gso_segment(skb, 0);
	return segs ?: ERR_PTR(-EINVAL);
}
