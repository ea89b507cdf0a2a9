// SPDX-License-Identifier: GPL-2.0-only
#include "weight.h"

#include <linux/ipsecdrv.h>
#include <linux/minmax.h>
#include <kunit/visibility.h>

#include "prefix.h"

#define WEIGHT_ADDRS_SHIFT	22
#define WEIGHT_PROTO		BIT(21)
#define WEIGHT_PORTS_SHIFT	15
#define WEIGHT_DEVICE		(2U << 13)
#define WEIGHT_CLASS		BIT(13)
#define WEIGHT_WRITTEN		BIT(12)

#define RANK_WEIGHT_SHIFT	32
#define RANK_ACTION_SHIFT	30
#define RANK_ORDER_MAX		((1U << RANK_ACTION_SHIFT) - 1)

static u32 addr_bits(const struct in6_addr *first, const struct in6_addr *last, u8 family)
{
	struct ipd_span span = ipd_span_addrs(first, last, family);

	return ipd_span_fixed_bits(&span);
}

static u32 port_bits(u16 first, u16 last)
{
	struct ipd_span span = ipd_span_ports(first, last);

	return ipd_span_fixed_bits(&span);
}

/**
 * ipd_weight() - how specific a selector is
 * @sel: selector
 * @exempt: of a built-in exemption
 * @mirror: @sel is the mirror image of the one that was written
 *
 * Return: the weight, see weight.h; more is more specific.
 */
u32 ipd_weight(const struct ipd_selector *sel, bool exempt, bool mirror)
{
	u32 weight;

	weight = (addr_bits(&sel->src, &sel->src_last, sel->family) +
		  addr_bits(&sel->dst, &sel->dst_last, sel->family)) << WEIGHT_ADDRS_SHIFT;
	weight |= (port_bits(sel->sport, sel->sport_last) +
		   port_bits(sel->dport, sel->dport_last)) << WEIGHT_PORTS_SHIFT;
	if (sel->proto)
		weight |= WEIGHT_PROTO;
	if (sel->ifname[0])
		weight |= WEIGHT_DEVICE;
	else if (sel->iface_class != IPSECDRV_IFACE_CLASS_ANY)
		weight |= WEIGHT_CLASS;
	if (!mirror)
		weight |= WEIGHT_WRITTEN;
	if (exempt)
		weight |= IPD_WEIGHT_EXEMPT;
	return weight;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_weight);

/**
 * ipd_rank() - the total order of filters
 * @weight: of the filter
 * @action: enum ipsecdrv_action, whose order is that of restrictiveness
 * @order: number of the filter by the time it came
 *
 * Return: the rank; the filter of the highest rank that matches acts. After 2^30 single
 * additions to one table the latest ones share an @order; they are told apart by their
 * selectors, or not at all.
 */
u64 ipd_rank(u32 weight, u8 action, u32 order)
{
	return (u64)weight << RANK_WEIGHT_SHIFT | (u64)action << RANK_ACTION_SHIFT |
	       (RANK_ORDER_MAX - min(order, RANK_ORDER_MAX));
}
EXPORT_SYMBOL_IF_KUNIT(ipd_rank);
