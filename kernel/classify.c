// SPDX-License-Identifier: GPL-2.0-only
/*
 * The classifiers' answer for a packet, from the flow cache if it is there.
 */

#include <linux/netdevice.h>

#include "classify.h"
#include "forward.h"
#include "net.h"
#include "packet.h"

/**
 * ipd_classify() - filter and slot of a packet
 * @in: namespace
 * @key: of the packet; gets the interface
 * @dev: device it leaves or entered through
 * @match: the answer
 *
 * Bottom halves off, RCU. The generation is read before the tables are, so an answer
 * that a change overtakes is stored under the old generation and never found again.
 */
void ipd_classify(struct ipd_net *in, struct ipd_key *key, const struct net_device *dev,
		  struct ipd_match *match)
{
	/* Pairs with ipd_flow_invalidate(), which comes after the change. */
	u32 generation = smp_load_acquire(&in->generation);
	struct ipd_iface iface;
	struct ipd_flow *flow;
	u32 hash;

	key->ifindex = dev->ifindex;
	flow = ipd_flow_find(in, key, &hash);
	if (likely(flow)) {
		match->filter = flow->filter;
		match->slot = ipd_flow_slot(flow);
		match->forward = ipd_flow_forward(flow);
		match->ambiguous = false;
		return;
	}

	IPD_STAT_INC(in, flow_miss);
	ipd_packet_iface(dev, &iface);
	ipd_match(in, key, &iface, match);
	if (match->ambiguous || key->flags & IPD_KEY_NO_PORTS)
		return;
	/* The first packet of a negotiation makes the slot that the next one must find. */
	if (match->slot || !match->filter ||
	    match->filter->spec.action != IPSECDRV_ACTION_NEGOTIATE)
		ipd_flow_store(in, key, hash, generation, match->filter, match->slot);
}
