// SPDX-License-Identifier: GPL-2.0-or-later
/* What a filter matches, as bounds, and how specific that is. */
#include "box.h"

#include <netinet/in.h>
#include <string.h>

#define ADDRS_SHIFT 22
#define PROTO (1U << 21)
#define PORTS_SHIFT 15
#define DEVICE (2U << 13)
#define CLASS (1U << 13)
#define WRITTEN (1U << 12)

static void bound_net(uint8_t bound[2][16], uint8_t len,
		      const struct ipsec_net *net)
{
	const uint8_t *last = net->last.len ? net->last.b : net->first.b;
	unsigned int i, plen = net->last.len ? 8U * len : net->plen;

	memset(bound, 0, sizeof(bound[0]) * 2);
	if (!net->first.len)
		plen = 0;
	for (i = 0; i < len; i++) {
		unsigned int fixed = plen < 8 * i ? 0 : plen - 8 * i;
		uint8_t free = fixed < 8 ? 0xff >> fixed : 0;

		bound[0][i] = net->first.len ? net->first.b[i] & ~free : 0;
		bound[1][i] = (net->first.len ? last[i] : 0) | free;
	}
}

/* The last may be left out: one value. */
static void bound_ports(uint16_t bound[2], const struct ipsec_num *num)
{
	bound[0] = 0;
	bound[1] = UINT16_MAX;
	if (!num[0].set)
		return;
	bound[0] = (uint16_t)num[0].v;
	bound[1] = (uint16_t)(num[1].set ? num[1].v : num[0].v);
}

void ipsec_box_init(struct ipsec_box *box, const struct ipsec_selector *sel,
		    uint8_t dir)
{
	bool icmp = sel->proto.v == IPPROTO_ICMP ||
		    sel->proto.v == IPPROTO_ICMPV6;

	memset(box, 0, sizeof(*box));
	box->dir = dir;
	box->family = (uint8_t)sel->family.v;
	box->len = box->family == AF_INET ? 4 : 16;
	box->proto = (uint8_t)sel->proto.v;
	box->iface_class = (uint8_t)sel->iface_class.v;
	strcpy(box->ifname, sel->ifname);
	bound_net(box->addr[0], box->len, &sel->src);
	bound_net(box->addr[1], box->len, &sel->dst);
	bound_ports(box->port[0], icmp ? sel->icmp_type : sel->sport);
	bound_ports(box->port[1], icmp ? sel->icmp_code : sel->dport);
}

void ipsec_filter_mirror(struct ipsec_filter *f,
			 const struct ipsec_filter *from)
{
	const struct ipsec_selector *sel = &from->sel;

	*f = *from;
	f->dir.v = from->dir.v == IPSECDRV_DIR_IN ? IPSECDRV_DIR_OUT :
						    IPSECDRV_DIR_IN;
	f->weight.v &= ~(uint64_t)WRITTEN;
	f->sel.src = sel->dst;
	f->sel.dst = sel->src;
	/* ICMP type and code are of no side: they stay. */
	memcpy(f->sel.sport, sel->dport, sizeof(f->sel.sport));
	memcpy(f->sel.dport, sel->sport, sizeof(f->sel.dport));
}

static bool iface_has(const struct ipsec_box *box,
		      const struct ipsec_box *other)
{
	if (box->ifname[0] && strcmp(box->ifname, other->ifname) != 0)
		return false;
	return !box->iface_class || box->iface_class == other->iface_class;
}

bool ipsec_box_has(const struct ipsec_box *box, const struct ipsec_box *other)
{
	unsigned int i;

	if (box->dir != other->dir || box->family != other->family ||
	    (box->proto && box->proto != other->proto) ||
	    !iface_has(box, other))
		return false;
	for (i = 0; i < 2; i++)
		if (memcmp(other->addr[i][0], box->addr[i][0], box->len) < 0 ||
		    memcmp(other->addr[i][1], box->addr[i][1], box->len) > 0 ||
		    other->port[i][0] < box->port[i][0] ||
		    other->port[i][1] > box->port[i][1])
			return false;
	return true;
}

bool ipsec_box_same(const struct ipsec_box *a, const struct ipsec_box *b)
{
	return ipsec_box_has(a, b) && ipsec_box_has(b, a);
}

/* Bits of a value in which the two differ at most, as numbers: of last - first. */
static unsigned int free_bits(const uint8_t *first, const uint8_t *last,
			      unsigned int len)
{
	unsigned int i, borrow = 0, bits = 0;

	for (i = len; i--;) {
		unsigned int take = first[i] + borrow, byte;

		borrow = last[i] < take;
		byte = (last[i] - take) & 0xff;
		if (byte)
			bits = 8 * (len - i) -
			       (unsigned int)__builtin_clz(byte << 24);
	}
	return bits;
}

static unsigned int addr_bits(const struct ipsec_box *box, unsigned int i)
{
	return 8U * box->len -
	       free_bits(box->addr[i][0], box->addr[i][1], box->len);
}

static unsigned int port_bits(const struct ipsec_box *box, unsigned int i)
{
	const uint8_t first[2] = { box->port[i][0] >> 8,
				   box->port[i][0] & 0xff };
	const uint8_t last[2] = { box->port[i][1] >> 8,
				  box->port[i][1] & 0xff };

	return 16 - free_bits(first, last, 2);
}

bool ipsec_box_alike(const struct ipsec_box *a, const struct ipsec_box *b)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (addr_bits(a, i) != addr_bits(b, i) ||
		    port_bits(a, i) != port_bits(b, i))
			return false;
	return true;
}

uint32_t ipsec_box_weight(const struct ipsec_box *box, bool mirror)
{
	uint32_t weight = (addr_bits(box, 0) + addr_bits(box, 1))
			  << ADDRS_SHIFT;

	weight |= (port_bits(box, 0) + port_bits(box, 1)) << PORTS_SHIFT;
	if (box->proto)
		weight |= PROTO;
	if (box->ifname[0])
		weight |= DEVICE;
	else if (box->iface_class)
		weight |= CLASS;
	return mirror ? weight : weight | WRITTEN;
}
