// SPDX-License-Identifier: GPL-2.0-only
#include "selector.h"

#include <linux/in.h>
#include <linux/ipsecdrv.h>
#include <linux/limits.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include <kunit/visibility.h>

#include "prefix.h"

static u64 half(const struct in6_addr *addr, unsigned int i)
{
	return (u64)be32_to_cpu(addr->s6_addr32[2 * i]) << 32 |
	       be32_to_cpu(addr->s6_addr32[2 * i + 1]);
}

static bool not_above6(const struct in6_addr *a, const struct in6_addr *b)
{
	u64 ahi = half(a, 0), bhi = half(b, 0);

	return ahi < bhi || (ahi == bhi && half(a, 1) <= half(b, 1));
}

static inline bool addr_in(const struct in6_addr *addr, const struct in6_addr *first,
			   const struct in6_addr *last, u8 family)
{
	u32 low;

	if (family == AF_INET6)
		return not_above6(first, addr) && not_above6(addr, last);

	/* What lies below wraps to above. */
	low = be32_to_cpu(first->s6_addr32[0]);
	return be32_to_cpu(addr->s6_addr32[0]) - low <= be32_to_cpu(last->s6_addr32[0]) - low;
}

/**
 * ipd_selector_match_addrs() - does a packet match as far as its ports do not count?
 * @sel: selector
 * @key: packet
 *
 * Addresses and protocol: what is known of a fragment.
 */
bool ipd_selector_match_addrs(const struct ipd_selector *sel, const struct ipd_key *key)
{
	return sel->family == key->family &&
	       (!sel->proto || sel->proto == key->proto) &&
	       addr_in(&key->src, &sel->src, &sel->src_last, sel->family) &&
	       addr_in(&key->dst, &sel->dst, &sel->dst_last, sel->family);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_match_addrs);

/**
 * ipd_selector_match_iface() - is it the device that the selector asks for?
 * @sel: selector
 * @iface: the packet's device, or NULL if it is not known: then only a selector that asks
 *	for none matches
 */
bool ipd_selector_match_iface(const struct ipd_selector *sel, const struct ipd_iface *iface)
{
	if (!iface)
		return !ipd_selector_has_iface(sel);
	if (sel->iface_class != IPSECDRV_IFACE_CLASS_ANY && sel->iface_class != iface->class)
		return false;
	return !sel->ifname[0] || !strncmp(sel->ifname, iface->name, IFNAMSIZ);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_match_iface);

/**
 * ipd_selector_match() - is a packet in the set?
 * @sel: selector
 * @key: packet; its direction is not looked at
 * @iface: its device, see ipd_selector_match_iface()
 *
 * A packet whose ports are not known is in no set that is limited to some.
 */
bool ipd_selector_match(const struct ipd_selector *sel, const struct ipd_key *key,
			const struct ipd_iface *iface)
{
	if (!ipd_selector_match_addrs(sel, key))
		return false;
	if (key->flags & IPD_KEY_NO_PORTS) {
		if (ipd_selector_has_ports(sel))
			return false;
	} else if (key->sport < sel->sport || key->sport > sel->sport_last ||
		   key->dport < sel->dport || key->dport > sel->dport_last) {
		return false;
	}
	return ipd_selector_match_iface(sel, iface);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_match);

/**
 * ipd_selector_cmp() - an order of selectors, for trees
 * @a: selector
 * @b: selector
 *
 * The notation, prefix or range, does not count.
 *
 * Return: 0 if both are the same set, else what comes first is less.
 */
int ipd_selector_cmp(const struct ipd_selector *a, const struct ipd_selector *b)
{
	int diff;

	/* Addresses and ports, which are one block without holes. */
	diff = memcmp(a, b, offsetof(struct ipd_selector, src_plen));
	if (diff)
		return diff;
	if (a->family != b->family)
		return a->family - b->family;
	if (a->proto != b->proto)
		return a->proto - b->proto;
	if (a->iface_class != b->iface_class)
		return a->iface_class - b->iface_class;
	return strncmp(a->ifname, b->ifname, IFNAMSIZ);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_cmp);

/** ipd_selector_equal() - are both the same set, whatever the notation? */
bool ipd_selector_equal(const struct ipd_selector *a, const struct ipd_selector *b)
{
	return !ipd_selector_cmp(a, b);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_equal);

static bool iface_within(const struct ipd_selector *inner, const struct ipd_selector *outer)
{
	if (inner->iface_class != IPSECDRV_IFACE_CLASS_ANY &&
	    outer->iface_class != IPSECDRV_IFACE_CLASS_ANY &&
	    inner->iface_class != outer->iface_class)
		return false;
	return !inner->ifname[0] || !outer->ifname[0] ||
	       !strncmp(inner->ifname, outer->ifname, IFNAMSIZ);
}

/**
 * ipd_selector_within() - does one selector hold all that another does?
 * @inner: the narrower one, as the traffic selectors of an SA
 * @outer: the wider one, as a filter's
 *
 * Traffic selectors know no devices: an @inner that asks for none is as if it asked for
 * what @outer does.
 */
bool ipd_selector_within(const struct ipd_selector *inner, const struct ipd_selector *outer)
{
	return inner->family == outer->family &&
	       (!outer->proto || inner->proto == outer->proto) &&
	       ipd_addr_cmp(&inner->src, &outer->src) >= 0 &&
	       ipd_addr_cmp(&inner->src_last, &outer->src_last) <= 0 &&
	       ipd_addr_cmp(&inner->dst, &outer->dst) >= 0 &&
	       ipd_addr_cmp(&inner->dst_last, &outer->dst_last) <= 0 &&
	       inner->sport >= outer->sport && inner->sport_last <= outer->sport_last &&
	       inner->dport >= outer->dport && inner->dport_last <= outer->dport_last &&
	       iface_within(inner, outer);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_within);

/**
 * ipd_selector_swap() - the mirror image: the same packets on their way back
 * @to: result
 * @from: selector, not @to
 *
 * An ICMP type and code stay where they are: they are not of the one side or the other.
 */
void ipd_selector_swap(struct ipd_selector *to, const struct ipd_selector *from)
{
	*to = *from;
	to->src = from->dst;
	to->src_last = from->dst_last;
	to->src_plen = from->dst_plen;
	to->dst = from->src;
	to->dst_last = from->src_last;
	to->dst_plen = from->src_plen;
	if (ipd_selector_proto_is_icmp(from->proto))
		return;
	to->sport = from->dport;
	to->sport_last = from->dport_last;
	to->dport = from->sport;
	to->dport_last = from->sport_last;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_swap);

/**
 * ipd_selector_prefix() - the addresses of a prefix
 * @first: lowest address; other than @addr if that has bits set beyond @plen
 * @last: highest address
 * @family: AF_INET or AF_INET6
 * @addr: an address of the prefix
 * @plen: its length, at most that of an address
 */
void ipd_selector_prefix(struct in6_addr *first, struct in6_addr *last, u8 family,
			 const struct in6_addr *addr, u8 plen)
{
	unsigned int i, words = family == AF_INET ? 1 : 4;
	struct in6_addr mask, base = *addr;

	ipd_prefix_mask(&mask, plen, family);
	memset(first, 0, sizeof(*first));
	memset(last, 0, sizeof(*last));
	for (i = 0; i < words; i++) {
		first->s6_addr32[i] = base.s6_addr32[i] & mask.s6_addr32[i];
		last->s6_addr32[i] = base.s6_addr32[i] | ~mask.s6_addr32[i];
	}
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_prefix);

/**
 * ipd_selector_narrow() - what of a filter an SA for this packet is for
 * @to: result
 * @from: the filter's selector, which matches @key
 * @key: packet, in the same direction
 * @narrow: enum ipsecdrv_narrow
 *
 * Ports are narrowed only if the packet has and shows them. An ICMP type never is, or the
 * answer to an echo would need an SA of its own.
 */
void ipd_selector_narrow(struct ipd_selector *to, const struct ipd_selector *from,
			 const struct ipd_key *key, u8 narrow)
{
	*to = *from;
	if (narrow == IPSECDRV_NARROW_FILTER)
		return;
	to->src = key->src;
	to->src_last = key->src;
	to->dst = key->dst;
	to->dst_last = key->dst;
	to->src_plen = key->family == AF_INET ? 32 : 128;
	to->dst_plen = to->src_plen;
	if (narrow == IPSECDRV_NARROW_PAIR)
		return;
	to->proto = key->proto;
	if (key->flags & IPD_KEY_NO_PORTS || !ipd_selector_proto_has_ports(key->proto))
		return;
	to->sport = key->sport;
	to->sport_last = key->sport;
	to->dport = key->dport;
	to->dport_last = key->dport;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_narrow);

/** ipd_selector_has_iface() - does the selector ask for a device or a class of them? */
bool ipd_selector_has_iface(const struct ipd_selector *sel)
{
	return sel->ifname[0] || sel->iface_class != IPSECDRV_IFACE_CLASS_ANY;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_has_iface);

/** ipd_selector_has_ports() - is the selector limited to some ports, or ICMP types? */
bool ipd_selector_has_ports(const struct ipd_selector *sel)
{
	return sel->sport || sel->dport || sel->sport_last != U16_MAX ||
	       sel->dport_last != U16_MAX;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_selector_has_ports);
