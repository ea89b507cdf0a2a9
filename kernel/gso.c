// SPDX-License-Identifier: GPL-2.0-only
/*
 * Large packets: batches of protected segments that go down the stack as one, and ESP
 * packets taken from GRO.
 *
 * A GSO packet is cut and protected in the hook, where an asynchronous cipher can be
 * waited for. The finished ESP packets then travel as one skb, the first one with the
 * others on its frag_list, once through IP output, neighbour and queueing discipline,
 * and come apart where the stack cuts GSO packets for the device. For that, and for GRO,
 * the driver must own the offload slot of ESP, which esp4_offload and esp6_offload take
 * when they are loaded; without it, each segment takes the way alone and inbound packets
 * are found at PRE_ROUTING.
 *
 * The type is SKB_GSO_ESP | SKB_GSO_FRAGLIST: a device that can offload ESP does not know
 * the second and one that passes lists on does not know the first, so no device takes the
 * packet for something it can cut itself.
 */

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/gro.h>
#include <net/gso.h>
#include <net/protocol.h>

#include "claim.h"
#include "gso.h"
#include "net.h"

#define IPD_GSO_TYPE	(SKB_GSO_ESP | SKB_GSO_FRAGLIST)
/* More than 64 KiB of TCP payload ever give. */
#define IPD_GSO_SEGS	128

static bool ipd_gso_owned4 __read_mostly;
static bool ipd_gso_owned6 __read_mostly;

/**
 * ipd_gso_can_merge() - may segments of this pair travel as one
 * @pair: outbound pair
 *
 * Return: whether ipd_gso_merge() may be called.
 */
bool ipd_gso_can_merge(const struct ipd_pair *pair)
{
	/* A device takes one packet at a time. */
	if (pair->encap_local || pair->offload ||
	    pair->sas[pair->n - 1].spi.key.proto != IPPROTO_ESP)
		return false;
	return pair->family == AF_INET ? ipd_gso_owned4 : ipd_gso_owned6;
}

/**
 * ipd_gso_merge() - make finished packets one
 * @head: list of them, linked by next; the first becomes the whole
 *
 * Each keeps its own socket and truesize.
 *
 * Return: the rest of the list that did not fit.
 */
struct sk_buff *ipd_gso_merge(struct sk_buff *head)
{
	struct skb_shared_info *shinfo = skb_shinfo(head);
	struct sk_buff *seg = head->next;
	struct sk_buff **tail = &shinfo->frag_list;
	unsigned int size = head->len - skb_transport_offset(head);
	unsigned int len = head->len;
	unsigned int segs = 1;

	skb_mark_not_on_list(head);
	while (seg && segs < IPD_GSO_SEGS && len + seg->len <= IP_MAX_MTU) {
		*tail = seg;
		tail = &seg->next;
		len += seg->len;
		segs++;
		seg = seg->next;
	}
	*tail = NULL;
	if (segs == 1)
		return seg;

	head->data_len = len - head->len;
	head->len = len;
	shinfo->gso_size = size;
	shinfo->gso_segs = segs;
	shinfo->gso_type = IPD_GSO_TYPE;
	/* Nothing of it is for a device to fill in. */
	head->ip_summed = CHECKSUM_UNNECESSARY;
	return seg;
}

/* Give one packet of the list the link header of the first. */
static struct sk_buff *ipd_gso_split_one(const struct sk_buff *head, struct sk_buff *seg,
					 unsigned int mac_len)
{
	struct sk_buff *copy;

	if (unlikely(skb_shared(seg) || skb_headroom(seg) < mac_len)) {
		copy = skb_copy_expand(seg, mac_len, 0, GFP_ATOMIC);
		kfree_skb(seg);
		if (!copy)
			return NULL;
		seg = copy;
	}
	/* Not before: who shares the list still needs it whole. */
	skb_mark_not_on_list(seg);
	skb_reset_network_header(seg);
	skb_set_transport_header(seg, skb_network_header_len(head));
	skb_push(seg, mac_len);
	memcpy(seg->data, skb_mac_header(head), mac_len);
	skb_reset_mac_header(seg);
	seg->dev = head->dev;
	seg->priority = head->priority;
	seg->mark = head->mark;
	__vlan_hwaccel_copy_tag(seg, head);
	skb_copy_queue_mapping(seg, head);
	return seg;
}

static struct sk_buff *ipd_gso_segment(struct sk_buff *skb, netdev_features_t features)
{
	unsigned int hlen = skb->data - skb_mac_header(skb);
	unsigned int mac_len;
	struct sk_buff *seg, *next, *tail;

	if ((skb_shinfo(skb)->gso_type & IPD_GSO_TYPE) != IPD_GSO_TYPE)
		return ERR_PTR(-EINVAL);
	/* Somebody pulled bytes of the list into the first: the packets are lost in that. */
	if (skb_headlen(skb) != skb_shinfo(skb)->gso_size)
		return ERR_PTR(-EINVAL);
	if (skb_unclone(skb, GFP_ATOMIC))
		return ERR_PTR(-ENOMEM);

	seg = skb_shinfo(skb)->frag_list;
	skb_shinfo(skb)->frag_list = NULL;
	skb->len -= skb->data_len;
	skb->data_len = 0;
	skb_gso_reset(skb);
	__skb_push(skb, hlen);
	mac_len = skb_network_offset(skb);

	tail = skb;
	skb_list_walk_safe(seg, seg, next) {
		seg = ipd_gso_split_one(skb, seg, mac_len);
		if (unlikely(!seg)) {
			kfree_skb_list(next);
			kfree_skb_list(skb->next);
			skb_mark_not_on_list(skb);
			return ERR_PTR(-ENOMEM);
		}
		tail->next = seg;
		tail = seg;
	}
	/* The stack expects the last one here, and drops the whole when it has the parts. */
	skb->prev = tail;
	return skb_get(skb);
}

static struct sk_buff *ipd_gro_receive(struct sk_buff *skb, u8 family)
{
	unsigned int off = skb_gro_offset(skb);

	if (ipd_claim_gro(skb, family, off))
		return ERR_PTR(-EINPROGRESS);
	NAPI_GRO_CB(skb)->same_flow = 0;
	NAPI_GRO_CB(skb)->flush = 1;
	return NULL;
}

static struct sk_buff *ipd_gro_receive4(struct list_head *head, struct sk_buff *skb)
{
	return ipd_gro_receive(skb, AF_INET);
}

static struct sk_buff *ipd_gro_receive6(struct list_head *head, struct sk_buff *skb)
{
	return ipd_gro_receive(skb, AF_INET6);
}

static const struct net_offload ipd_offload4 = {
	.callbacks = {
		.gso_segment = ipd_gso_segment,
		.gro_receive = ipd_gro_receive4,
	},
};

static const struct net_offload ipd_offload6 = {
	.callbacks = {
		.gso_segment = ipd_gso_segment,
		.gro_receive = ipd_gro_receive6,
	},
};

/**
 * ipd_gso_init() - take ESP's offload slots, where they are free
 *
 * Return: 0.
 */
int ipd_gso_init(void)
{
	ipd_gso_owned4 = !inet_add_offload(&ipd_offload4, IPPROTO_ESP);
	ipd_gso_owned6 = !inet6_add_offload(&ipd_offload6, IPPROTO_ESP);
	if (!ipd_gso_owned4 || !ipd_gso_owned6)
		pr_info("esp4_offload or esp6_offload is loaded: large packets take the slow way\n");
	return 0;
}

/**
 * ipd_gso_exit() - give the slots back
 *
 * A batch that still waits in a queueing discipline is then dropped by the stack.
 */
void ipd_gso_exit(void)
{
	bool owned4 = xchg(&ipd_gso_owned4, false);
	bool owned6 = xchg(&ipd_gso_owned6, false);

	if (owned4)
		inet_del_offload(&ipd_offload4, IPPROTO_ESP);
	if (owned6)
		inet6_del_offload(&ipd_offload6, IPPROTO_ESP);
}
