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
 * Those two register their type of XFRM before they ask for the slot, and if they do not get
 * it their memory is gone while XFRM still has a pointer to it. So they must never find the
 * slot taken: it is theirs before they begin, or they are not loaded at all. A parameter of
 * the module says which.
 *
 * The type is SKB_GSO_ESP | SKB_GSO_FRAGLIST: a device that can offload ESP does not know
 * the second and one that passes lists on does not know the first, so no device takes the
 * packet for something it can cut itself.
 */

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <net/gro.h>
#include <net/gso.h>
#include <net/protocol.h>

#include "claim.h"
#include "gso.h"
#include "net.h"
#include "offload.h"

#define IPD_GSO_TYPE	(SKB_GSO_ESP | SKB_GSO_FRAGLIST)
/* More than 64 KiB of TCP payload ever give. */
#define IPD_GSO_SEGS	128

/* Written by those who load and unload modules, one at a time for each. */
static bool ipd_gso_owned4 __read_mostly;
static bool ipd_gso_owned6 __read_mostly;

static bool ipd_gso_keep;
module_param_named(espslot, ipd_gso_keep, bool, 0644);
MODULE_PARM_DESC(espslot, "keep ESP's offload slots: esp4_offload and esp6_offload cannot be loaded (default: they get them)");

/**
 * ipd_gso_can_merge() - may segments of this pair travel as one
 * @pair: outbound pair
 *
 * Return: whether ipd_gso_merge() may be called.
 */
bool ipd_gso_can_merge(const struct ipd_pair *pair)
{
	/* A device takes one packet at a time. */
	if (pair->encap_local || (pair->offload && ipd_offload_is_active(pair)) ||
	    pair->sas[pair->n - 1].spi.key.proto != IPPROTO_ESP)
		return false;
	return ipd_gso_owns(pair->family);
}

/** ipd_gso_owns() - is ESP's offload slot of @family the driver's? */
bool ipd_gso_owns(u8 family)
{
	return READ_ONCE(*(family == AF_INET ? &ipd_gso_owned4 : &ipd_gso_owned6));
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

static void ipd_gso_take(u8 family)
{
	bool *owned = family == AF_INET ? &ipd_gso_owned4 : &ipd_gso_owned6;

	WRITE_ONCE(*owned, !(family == AF_INET ? inet_add_offload(&ipd_offload4, IPPROTO_ESP) :
						 inet6_add_offload(&ipd_offload6, IPPROTO_ESP)));
	if (!*owned)
		pr_info("esp%c_offload is loaded: large packets take the slow way\n",
			family == AF_INET ? '4' : '6');
}

/* A batch that still waits in a queueing discipline is then dropped by the stack. */
static void ipd_gso_leave(u8 family)
{
	if (!xchg(family == AF_INET ? &ipd_gso_owned4 : &ipd_gso_owned6, false))
		return;
	/* GRO will take to XFRM what a device has decrypted. */
	ipd_offload_flush_family(family);
	if (family == AF_INET)
		inet_del_offload(&ipd_offload4, IPPROTO_ESP);
	else
		inet6_del_offload(&ipd_offload6, IPPROTO_ESP);
}

/* XFRM's module begins, or has ended. */
static int ipd_gso_module_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct module *module = data;
	u8 family;

	if (!strcmp(module->name, "esp4_offload"))
		family = AF_INET;
	else if (!strcmp(module->name, "esp6_offload"))
		family = AF_INET6;
	else
		return NOTIFY_DONE;

	if (event == MODULE_STATE_GOING && !ipd_gso_owns(family)) {
		ipd_gso_take(family);
	} else if (event == MODULE_STATE_COMING && ipd_gso_owns(family)) {
		if (READ_ONCE(ipd_gso_keep)) {
			pr_notice("%s is not loaded: ipsecdrv keeps ESP's offload slot (espslot)\n",
				  module->name);
			return notifier_from_errno(-EBUSY);
		}
		pr_info("%s is being loaded: large packets take the slow way\n", module->name);
		ipd_gso_leave(family);
	}
	return NOTIFY_OK;
}

static struct notifier_block ipd_gso_module_notifier = {
	.notifier_call = ipd_gso_module_event,
};

/** ipd_gso_init() - take ESP's offload slots, where they are free; 0 or an error */
int ipd_gso_init(void)
{
	int err;

	ipd_gso_take(AF_INET);
	ipd_gso_take(AF_INET6);
	err = register_module_notifier(&ipd_gso_module_notifier);
	if (err) {
		ipd_gso_leave(AF_INET);
		ipd_gso_leave(AF_INET6);
	}
	return err;
}

/** ipd_gso_exit() - give the slots back */
void ipd_gso_exit(void)
{
	unregister_module_notifier(&ipd_gso_module_notifier);
	ipd_gso_leave(AF_INET);
	ipd_gso_leave(AF_INET6);
}
