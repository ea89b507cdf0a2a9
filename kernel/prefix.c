// SPDX-License-Identifier: GPL-2.0-only
#include "prefix.h"

#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <asm/byteorder.h>
#include <kunit/visibility.h>

static struct ipd_u128 sub(struct ipd_u128 a, struct ipd_u128 b)
{
	return (struct ipd_u128){ .hi = a.hi - b.hi - (a.lo < b.lo), .lo = a.lo - b.lo };
}

static struct ipd_u128 add_one(struct ipd_u128 a)
{
	return (struct ipd_u128){ .hi = a.hi + !(a.lo + 1), .lo = a.lo + 1 };
}

static bool equal(struct ipd_u128 a, struct ipd_u128 b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

/* Number of the highest bit set, from 1; 0 if none is. */
static unsigned int highest(struct ipd_u128 a)
{
	return a.hi ? 64 + fls64(a.hi) : fls64(a.lo);
}

static unsigned int trailing_zeros(struct ipd_u128 a)
{
	if (a.lo)
		return __ffs64(a.lo);
	return a.hi ? 64 + __ffs64(a.hi) : 128;
}

/* The @n lowest bits, @n up to 128. */
static struct ipd_u128 low_bits(unsigned int n)
{
	struct ipd_u128 a = { 0 };

	if (n)
		a.lo = U64_MAX >> (64 - min(n, 64U));
	if (n > 64)
		a.hi = U64_MAX >> (128 - n);
	return a;
}

static struct ipd_u128 number(const struct in6_addr *addr, u8 family)
{
	const __be32 *w = addr->s6_addr32;

	if (family == AF_INET)
		return (struct ipd_u128){ .lo = be32_to_cpu(w[0]) };
	return (struct ipd_u128){
		.hi = (u64)be32_to_cpu(w[0]) << 32 | be32_to_cpu(w[1]),
		.lo = (u64)be32_to_cpu(w[2]) << 32 | be32_to_cpu(w[3]),
	};
}

static void to_addr(struct in6_addr *addr, struct ipd_u128 a, u8 family)
{
	memset(addr, 0, sizeof(*addr));
	if (family == AF_INET) {
		addr->s6_addr32[0] = cpu_to_be32(a.lo);
		return;
	}
	addr->s6_addr32[0] = cpu_to_be32(a.hi >> 32);
	addr->s6_addr32[1] = cpu_to_be32(a.hi);
	addr->s6_addr32[2] = cpu_to_be32(a.lo >> 32);
	addr->s6_addr32[3] = cpu_to_be32(a.lo);
}

/** ipd_span_addrs() - the addresses from @first to @last */
struct ipd_span ipd_span_addrs(const struct in6_addr *first, const struct in6_addr *last,
			       u8 family)
{
	return (struct ipd_span){
		.first = number(first, family),
		.last = number(last, family),
		.width = family == AF_INET ? 32 : 128,
	};
}
EXPORT_SYMBOL_IF_KUNIT(ipd_span_addrs);

/** ipd_span_ports() - the ports from @first to @last */
struct ipd_span ipd_span_ports(u16 first, u16 last)
{
	return (struct ipd_span){
		.first.lo = first,
		.last.lo = last,
		.width = 16,
	};
}
EXPORT_SYMBOL_IF_KUNIT(ipd_span_ports);

/**
 * ipd_span_fixed_bits() - how specific a range is
 * @span: range
 *
 * Return: the length of a prefix of at least as many values, wherever the range begins.
 */
u8 ipd_span_fixed_bits(const struct ipd_span *span)
{
	return span->width - highest(sub(span->last, span->first));
}
EXPORT_SYMBOL_IF_KUNIT(ipd_span_fixed_bits);

/**
 * ipd_span_cut() - cut the next prefix off a range
 * @span: range, what remains of it on return
 * @prefix: the largest prefix that begins where @span does and lies in it
 *
 * Return: whether something remains.
 */
bool ipd_span_cut(struct ipd_span *span, struct ipd_prefix *prefix)
{
	struct ipd_u128 size = add_one(sub(span->last, span->first));
	unsigned int bits = highest(size);
	struct ipd_u128 end;

	/* All 2^128 addresses: the size wrapped to 0. */
	bits = bits ? bits - 1 : 128;
	bits = min3(bits, trailing_zeros(span->first), (unsigned int)span->width);
	prefix->first = span->first;
	prefix->plen = span->width - bits;

	end = low_bits(bits);
	end.hi |= span->first.hi;
	end.lo |= span->first.lo;
	if (equal(end, span->last))
		return false;
	span->first = add_one(end);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_span_cut);

/** ipd_span_count() - how many prefixes ipd_span_cut() makes of @span */
unsigned int ipd_span_count(struct ipd_span span)
{
	struct ipd_prefix prefix;
	unsigned int n = 1;

	while (ipd_span_cut(&span, &prefix))
		n++;
	return n;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_span_count);

/** ipd_span_enclose() - make @span the smallest prefix that holds it */
void ipd_span_enclose(struct ipd_span *span)
{
	struct ipd_u128 mask = {
		.hi = span->first.hi ^ span->last.hi,
		.lo = span->first.lo ^ span->last.lo,
	};

	mask = low_bits(highest(mask));
	span->first.hi &= ~mask.hi;
	span->first.lo &= ~mask.lo;
	span->last.hi |= mask.hi;
	span->last.lo |= mask.lo;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_span_enclose);

/** ipd_prefix_addr() - the first address of @prefix, in the form of struct ipd_selector */
void ipd_prefix_addr(struct in6_addr *addr, const struct ipd_prefix *prefix, u8 family)
{
	to_addr(addr, prefix->first, family);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_prefix_addr);

/** ipd_prefix_mask() - the network mask of a prefix of @plen bits */
void ipd_prefix_mask(struct in6_addr *mask, u8 plen, u8 family)
{
	u8 width = family == AF_INET ? 32 : 128;
	struct ipd_u128 host = low_bits(width - min(plen, width));

	to_addr(mask, (struct ipd_u128){ .hi = ~host.hi, .lo = ~host.lo }, family);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_prefix_mask);
