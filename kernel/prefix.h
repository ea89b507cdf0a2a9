/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ranges of addresses and ports as prefixes: what hash tables can look up.
 * Pure, like selector.
 */
#ifndef IPD_PREFIX_H
#define IPD_PREFIX_H

#include <linux/in6.h>
#include <linux/types.h>

/** struct ipd_u128 - an address as a number; IPv4 addresses and ports lie in @lo */
struct ipd_u128 {
	u64 hi;
	u64 lo;
};

/**
 * struct ipd_span - an inclusive range of values of @width bits
 * @first: lowest value
 * @last: highest value
 * @width: 16 for ports, 32 or 128 for addresses
 */
struct ipd_span {
	struct ipd_u128 first;
	struct ipd_u128 last;
	u8 width;
};

/**
 * struct ipd_prefix - 2 to the power of (width - @plen) values
 * @first: lowest of them
 * @plen: leading bits that are fixed
 */
struct ipd_prefix {
	struct ipd_u128 first;
	u8 plen;
};

struct ipd_span ipd_span_addrs(const struct in6_addr *first, const struct in6_addr *last,
			       u8 family);
struct ipd_span ipd_span_ports(u16 first, u16 last);
u8 ipd_span_fixed_bits(const struct ipd_span *span);
bool ipd_span_cut(struct ipd_span *span, struct ipd_prefix *prefix);
unsigned int ipd_span_count(struct ipd_span span);
void ipd_span_enclose(struct ipd_span *span);
void ipd_prefix_addr(struct in6_addr *addr, const struct ipd_prefix *prefix, u8 family);
void ipd_prefix_mask(struct in6_addr *mask, u8 plen, u8 family);

#endif /* IPD_PREFIX_H */
