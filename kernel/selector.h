/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Selectors and packet keys: which packets (RFC 4301 section 4.4.1.1).
 *
 * Pure: no skb, no lock; compiled for KUnit and host-side fuzzing alike.
 */
#ifndef IPD_SELECTOR_H
#define IPD_SELECTOR_H

#include <linux/if.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/types.h>

#define IPD_PLEN_RANGE	0xff

/**
 * struct ipd_selector - a set of packets
 * @src: first source address; IPv4 lies in the first word, the rest is zero
 * @src_last: last source address, always set, whatever the notation was
 * @dst: first destination address
 * @dst_last: last destination address
 * @sport: first source port in host order; for ICMP the first type
 * @sport_last: last source port or type
 * @dport: first destination port; for ICMP the first code
 * @dport_last: last destination port or code
 * @src_plen: prefix length, IPD_PLEN_RANGE if given as a range; 0 is any
 * @dst_plen: the same for the destination
 * @family: AF_INET or AF_INET6
 * @proto: IP protocol, 0 is any
 * @iface_class: enum ipsecdrv_iface_class
 * @ifname: device the packet uses, empty is any
 *
 * A selector without ports holds 0 to 65535 and so matches protocols that have none.
 */
struct ipd_selector {
	struct in6_addr src;
	struct in6_addr src_last;
	struct in6_addr dst;
	struct in6_addr dst_last;
	u16 sport;
	u16 sport_last;
	u16 dport;
	u16 dport_last;
	u8 src_plen;
	u8 dst_plen;
	u8 family;
	u8 proto;
	u8 iface_class;
	char ifname[IFNAMSIZ];
};

/* The packet is a fragment without its ports, or a protocol's header was cut off. */
#define IPD_KEY_NO_PORTS	0x01
/* Multicast or broadcast: never negotiated. */
#define IPD_KEY_GROUP		0x02

/**
 * struct ipd_key - what of a packet decides
 * @src: source address; IPv4 in the first word, the rest zero
 * @dst: destination address
 * @sport: source port in host order, or ICMP type; 0 if the protocol has none
 * @dport: destination port, or ICMP code
 * @proto: IP protocol after the extension headers
 * @family: AF_INET or AF_INET6
 * @dir: enum ipsecdrv_dir
 * @flags: IPD_KEY_*
 * @ifindex: the device, 0 where no filter of the table looks at it
 *
 * Compared as a block of memory: no holes.
 */
struct ipd_key {
	struct in6_addr src;
	struct in6_addr dst;
	u16 sport;
	u16 dport;
	u8 proto;
	u8 family;
	u8 dir;
	u8 flags;
	int ifindex;
};

/**
 * struct ipd_iface - what of a device a selector can ask for
 * @name: its name
 * @class: enum ipsecdrv_iface_class, never IPSECDRV_IFACE_CLASS_ANY
 */
struct ipd_iface {
	const char *name;
	u8 class;
};

static inline int ipd_addr_cmp(const struct in6_addr *a, const struct in6_addr *b)
{
	/* Big endian, so the bytes order as the addresses do. */
	return __builtin_memcmp(a, b, sizeof(*a));
}

/* Do the protocol's headers begin with two ports? */
static inline bool ipd_selector_proto_has_ports(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_DCCP:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return true;
	default:
		return false;
	}
}

/* Has the protocol a type and a code in place of ports? */
static inline bool ipd_selector_proto_is_icmp(u8 proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

bool ipd_selector_match(const struct ipd_selector *sel, const struct ipd_key *key,
			const struct ipd_iface *iface);
bool ipd_selector_match_addrs(const struct ipd_selector *sel, const struct ipd_key *key);
bool ipd_selector_match_iface(const struct ipd_selector *sel, const struct ipd_iface *iface);
int ipd_selector_cmp(const struct ipd_selector *a, const struct ipd_selector *b);
bool ipd_selector_equal(const struct ipd_selector *a, const struct ipd_selector *b);
bool ipd_selector_within(const struct ipd_selector *inner, const struct ipd_selector *outer);
void ipd_selector_swap(struct ipd_selector *to, const struct ipd_selector *from);
void ipd_selector_prefix(struct in6_addr *first, struct in6_addr *last, u8 family,
			 const struct in6_addr *addr, u8 plen);
void ipd_selector_narrow(struct ipd_selector *to, const struct ipd_selector *from,
			 const struct ipd_key *key, u8 narrow);
bool ipd_selector_has_iface(const struct ipd_selector *sel);
bool ipd_selector_has_ports(const struct ipd_selector *sel);

#endif /* IPD_SELECTOR_H */
