// SPDX-License-Identifier: GPL-2.0-only
/*
 * A packet's way in, from the cell on:
 *
 *   ipd_input_packet()     makes it private, then for each protocol
 *   ipd_input_protocols()  SA, replay check, transform, and
 *   ipd_input_verified()   replay commit, accounting, header off, in the end
 *   ipd_input_deliver()    to GRO, with the proof of the pair attached
 *
 * Nothing is written to a page that is not ours: the transforms work in the linear part
 * of an skb that nobody else holds, or in a copy.
 */

#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/udp.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

#include "ah.h"
#include "cell.h"
#include "esp.h"
#include "input.h"
#include "mode.h"
#include "natt.h"
#include "net.h"
#include "offload.h"

enum ipd_input_next {
	IPD_INPUT_DROPPED,
	IPD_INPUT_AGAIN,
	IPD_INPUT_DONE,
};

/* The SPI of a packet, or 0, which never is one of ours (RFC 4303 section 2.1), if the
 * packet is too short.
 */
static __be32 ipd_input_spi(const struct sk_buff *skb, const struct ipd_in_cb *cb)
{
	unsigned int off = skb_network_offset(skb) + cb->off;
	const __be32 *spi;
	__be32 buf;

	if (cb->proto == IPPROTO_AH)
		off += offsetof(struct ip_auth_hdr, spi);
	spi = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return spi ? *spi : 0;
}

/* The entry of the inbound SPI table that a packet names, under RCU, or NULL. */
static struct ipd_spi *ipd_input_find(struct ipd_net *in, const struct sk_buff *skb,
				      const struct ipd_in_cb *cb)
{
	struct ipd_spi_key key = {
		.spi = ipd_input_spi(skb, cb),
		.proto = cb->proto,
		.family = cb->family,
	};

	if (cb->family == AF_INET)
		key.daddr.s6_addr32[0] = ip_hdr(skb)->daddr;
	else
		key.daddr = ipv6_hdr(skb)->daddr;
	return key.spi ? ipd_sadb_find_in(in, &key) : NULL;
}

static bool ipd_input_is_alive(const struct ipd_spi *spi)
{
	u8 state = READ_ONCE(spi->state);

	return state == IPSECDRV_SA_STATE_MATURE || state == IPSECDRV_SA_STATE_DYING;
}

/**
 * ipd_input_is_ours() - does a packet name an SA or a reserved SPI?
 * @in: namespace
 * @skb: packet with its network header set; not changed
 * @cb: family, protocol and offset are set; the SA is kept there
 *
 * RCU.
 */
bool ipd_input_is_ours(struct ipd_net *in, const struct sk_buff *skb, struct ipd_in_cb *cb)
{
	struct ipd_spi *spi;

	cb->erased = atomic_read_acquire(&ipd_sadb_erased);
	spi = ipd_input_find(in, skb, cb);
	if (!spi)
		return false;
	if (likely(ipd_input_is_alive(spi)))
		cb->sa = container_of(spi, struct ipd_sa, spi);
	return true;
}

/* What a packet names has no keys yet, or lives no more. @spi may be NULL. */
static struct ipd_sa *ipd_input_no_sa(struct ipd_net *in, struct sk_buff *skb,
				      struct ipd_spi *spi)
{
	struct ipd_in_cb *cb = IPD_IN_CB(skb);
	int err = 0;

	while (spi && READ_ONCE(spi->state) == IPSECDRV_SA_STATE_LARVAL) {
		struct ipd_larval *larval = container_of(spi, struct ipd_larval, spi);

		/* What is within a packet that was verified belongs to the same pair. */
		err = cb->depth ? -ENOBUFS : ipd_larval_hold(in, larval, skb);
		if (!err)
			return ERR_PTR(-EINPROGRESS);
		if (err != -EAGAIN)
			break;
		spi = ipd_input_find(in, skb, cb);
	}
	if (spi && ipd_input_is_alive(spi))
		return container_of(spi, struct ipd_sa, spi);
	if (err == -ENOBUFS)
		ipd_input_drop(in, skb, larval, NULL);
	else
		ipd_input_drop(in, skb, dead, NULL);
	return NULL;
}

/* The SA that a packet names, under RCU; NULL if the packet was dropped, because none
 * lives; -EINPROGRESS if it waits for the keys of one. While no SA has left the tables, the
 * one that was found with the packet is good: nobody has given it to RCU before this
 * section began.
 */
static struct ipd_sa *ipd_input_sa(struct ipd_net *in, struct sk_buff *skb)
{
	struct ipd_in_cb *cb = IPD_IN_CB(skb);
	struct ipd_sa *sa = cb->sa;
	struct ipd_spi *spi;

	cb->sa = NULL;
	/* Its device may have gone to another namespace. */
	if (likely(sa && atomic_read_acquire(&ipd_sadb_erased) == cb->erased &&
		   sa->pair->net == in && ipd_input_is_alive(&sa->spi)))
		return sa;

	spi = ipd_input_find(in, skb, cb);
	if (likely(spi && ipd_input_is_alive(spi)))
		return container_of(spi, struct ipd_sa, spi);
	return ipd_input_no_sa(in, skb, spi);
}

/* Proof on the way from the cell to PRE_ROUTING: a dst that only this pair has. */
static void ipd_input_attach_proof(struct sk_buff *skb, const struct ipd_pair *pair)
{
	skb_dst_drop(skb);
	dst_hold(&pair->proof->dst);
	skb_dst_set(skb, &pair->proof->dst);
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
		IPD_STAT_INC(in, in_dummy);
		consume_skb(skb);
		return IPD_INPUT_DROPPED;
	}
	err = ipd_mode_decap(sa->pair, skb, off, payload, IPD_IN_CB(skb)->nexthdr_off, nexthdr);
	switch (err) {
	case 0:
		ipd_stat_carried(sa->pair, IPSECDRV_DIR_IN, skb->len);
		if (unlikely(IPD_IN_CB(skb)->offloaded))
			IPD_STAT_ADD(in, qm_offloaded_bytes_received, skb->len);
		ipd_input_deliver(skb, sa->pair);
		return IPD_INPUT_DONE;
	case -EPROTONOSUPPORT:
		ipd_input_drop(in, skb, next_header, sa->pair);
		break;
	case -EPROTO:
		ipd_input_drop(in, skb, ecn, sa->pair);
		break;
	default:
		ipd_input_drop(in, skb, inner_header, sa->pair);
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
			ipd_input_drop(in, skb, integrity, sa->pair);
		} else {
			atomic_inc(&sa->errors_other);
			ipd_input_drop(in, skb, crypto_error, sa->pair);
		}
		return IPD_INPUT_DROPPED;
	}
	if (unlikely(!ipd_replay_commit(&sa->replay, cb->seq))) {
		atomic_inc(&sa->errors_replay);
		ipd_input_drop(in, skb, replay, sa->pair);
		return IPD_INPUT_DROPPED;
	}
	if (!sa->index && sa->pair->replay_window)
		IPD_STAT_INC(in, qm_replay_detection);
	if (unlikely(ipd_sa_account(sa, 1, skb->len - off))) {
		ipd_input_drop(in, skb, expired, sa->pair);
		return IPD_INPUT_DROPPED;
	}
	ipd_input_float(sa, skb);

	if (cb->proto == IPPROTO_ESP) {
		if (unlikely(ipd_esp_trailer(sa, skb, off, READ_ONCE(in->config.padding_check),
					     &payload, &nexthdr))) {
			ipd_input_drop(in, skb, padding, sa->pair);
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
		ipd_input_drop(in, skb, bundle, sa->pair);
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
			ipd_input_drop(in, skb, queue_full, sa->pair);
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
		ipd_input_drop(in, skb, bundle, sa->pair);
		return false;
	}
	if (unlikely(cb->encap != !!sa->pair->encap_local)) {
		ipd_input_drop(in, skb, encap_mismatch, sa->pair);
		return false;
	}
	if (cb->proto == IPPROTO_ESP) {
		switch (ipd_esp_check(sa, skb->len - cb->off)) {
		case 0:
			break;
		case -EINVAL:
			ipd_input_drop(in, skb, alignment, sa->pair);
			return false;
		default:
			ipd_input_drop(in, skb, short, sa->pair);
			return false;
		}
		seq = ((const struct ip_esp_hdr *)header)->seq_no;
	} else {
		const struct ip_auth_hdr *ah = (const struct ip_auth_hdr *)header;

		if (skb->len - cb->off < sa->hdr_len) {
			ipd_input_drop(in, skb, short, sa->pair);
			return false;
		}
		if ((ah->hdrlen + 2) * 4 != sa->hdr_len || ah->reserved) {
			ipd_input_drop(in, skb, ah_header, sa->pair);
			return false;
		}
		seq = ah->seq_no;
	}

	cb->seq = ipd_replay_seq(&sa->replay, ntohl(seq));
	if (unlikely(!ipd_replay_check(&sa->replay, cb->seq))) {
		atomic_inc(&sa->errors_replay);
		ipd_input_drop(in, skb, replay, sa->pair);
		return false;
	}
	return true;
}

/* Has a device decrypted it already? */
static bool ipd_input_offloaded(struct ipd_net *in, const struct ipd_sa *sa,
				struct sk_buff *skb, int *err)
{
	if (ipd_offload_rx(in, skb, err) != sa)
		return false;
	secpath_reset(skb);
	IPD_IN_CB(skb)->offloaded = true;
	IPD_STAT_INC(in, in_offload);
	return true;
}

static int ipd_input_transform(struct ipd_net *in, struct ipd_sa *sa, struct sk_buff *skb)
{
	const struct ipd_in_cb *cb = IPD_IN_CB(skb);
	int err;

	if (unlikely(secpath_exists(skb)) && ipd_input_offloaded(in, sa, skb, &err))
		return err;
	if (cb->proto == IPPROTO_ESP)
		return ipd_esp_decrypt(sa, skb, cb->off, cb->seq, ipd_input_done);
	return ipd_ah_verify(sa, skb, cb->off, cb->seq, ipd_input_done);
}

/* One protocol after the other. Returns the packet if it is to be delivered, NULL if it
 * was dropped, -EINPROGRESS if ipd_input_done() will go on, or ipd_larval_mature().
 */
static struct sk_buff *ipd_input_protocols(struct ipd_net *in, struct sk_buff *skb)
{
	enum ipd_input_next next;
	struct ipd_sa *sa;
	int err;

	do {
		sa = ipd_input_sa(in, skb);
		if (IS_ERR_OR_NULL(sa))
			return ERR_CAST(sa);
		if (!ipd_input_check(in, sa, skb))
			return NULL;

		err = ipd_input_transform(in, sa, skb);
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
		ipd_input_drop(in, skb, short, NULL);
		return NULL;
	}
	skb_set_transport_header(skb, cb->encap ? cb->off - sizeof(struct udphdr) : cb->off);

	if (likely(!skb_cloned(skb) && !skb_is_nonlinear(skb)))
		return skb;

	copy = skb_copy(skb, GFP_ATOMIC | __GFP_NOWARN);
	if (unlikely(!copy)) {
		ipd_input_drop(in, skb, no_memory, NULL);
		return NULL;
	}
	/* Not copied, and what ipd_input_deliver() moves the MAC header by. */
	copy->mac_len = skb->mac_len;
	consume_skb(skb);
	return copy;
}

/**
 * ipd_input_packet() - verify and decrypt a packet from a cell's queue
 * @skb: packet with its IPD_IN_CB(); consumed
 *
 * Bottom halves off, RCU.
 *
 * Return: packet to be delivered; NULL if it was dropped; -EINPROGRESS if it comes back
 * to a cell later, with the reference on its device.
 */
struct sk_buff *ipd_input_packet(struct sk_buff *skb)
{
	struct ipd_net *in = ipd_net(dev_net(skb->dev));

	if (unlikely(IPD_IN_CB(skb)->verified))
		return skb;

	skb = ipd_input_private(in, skb);
	if (likely(skb))
		skb = ipd_input_protocols(in, skb);
	return skb;
}

