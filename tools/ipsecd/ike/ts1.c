// SPDX-License-Identifier: GPL-2.0-or-later
/* Identities of quick mode as traffic selectors, RFC 2407 section 4.6.2. */
#include <errno.h>
#include <string.h>

#include "ts.h"

enum shape {
	NONE,
	ONE,
	SUBNET,
	RANGE,
};

static enum shape shape_of(uint8_t type)
{
	switch (type) {
	case IKE_ID_IPV4:
	case IKE_ID_IPV6:
		return ONE;
	case IKEV1_ID_IPV4_SUBNET:
	case IKEV1_ID_IPV6_SUBNET:
		return SUBNET;
	case IKEV1_ID_IPV4_RANGE:
	case IKEV1_ID_IPV6_RANGE:
		return RANGE;
	}
	return NONE;
}

static bool is_v6(uint8_t type)
{
	return type == IKE_ID_IPV6 || type == IKEV1_ID_IPV6_SUBNET ||
	       type == IKEV1_ID_IPV6_RANGE;
}

/* A mask has its ones first: each byte is all ones until one is not. */
static bool is_mask(const struct ipsec_addr *mask)
{
	unsigned int i = 0;

	while (i < mask->len && mask->b[i] == 0xff)
		i++;
	if (i < mask->len && (uint8_t)~mask->b[i] & ((uint8_t)~mask->b[i] + 1))
		return false;
	for (i++; i < mask->len; i++)
		if (mask->b[i])
			return false;
	return true;
}

/* The second of the two addresses is the mask; it becomes the last address. */
static int apply_mask(struct ipsec_addr addr[2])
{
	unsigned int i;

	if (!is_mask(&addr[1]))
		return -EBADMSG;
	for (i = 0; i < addr[0].len; i++) {
		uint8_t mask = addr[1].b[i];

		addr[0].b[i] &= mask;
		addr[1].b[i] = addr[0].b[i] | (uint8_t)~mask;
	}
	return 0;
}

static int read_addrs(struct ipsec_reader *r, enum shape shape,
		      struct ipsec_addr addr[2])
{
	ipsec_read_copy(r, addr[0].b, addr[0].len);
	addr[1] = addr[0];
	if (shape != ONE)
		ipsec_read_copy(r, addr[1].b, addr[1].len);
	if (r->failed || r->left)
		return -EBADMSG;
	if (shape == SUBNET)
		return apply_mask(addr);
	return memcmp(addr[0].b, addr[1].b, addr[0].len) > 0 ? -EBADMSG : 0;
}

int ikev1_ts_read(const struct ike_payload *p, struct ike_ts *ts)
{
	struct ipsec_reader r;
	uint8_t type;

	memset(ts, 0, sizeof(*ts));
	ipsec_reader_init(&r, p->data, p->len);
	type = ipsec_read_u8(&r);
	ts->proto = ipsec_read_u8(&r);
	ts->port[0] = ipsec_read_u16(&r);
	ts->port[1] = ts->port[0] ? ts->port[0] : UINT16_MAX;
	if (r.failed || (ts->port[0] && !ts->proto))
		return -EBADMSG;
	if (shape_of(type) == NONE)
		return -EOPNOTSUPP;
	ts->addr[0].len = is_v6(type) ? 16 : 4;
	return read_addrs(&r, shape_of(type), ts->addr);
}

static void write_mask(struct ipsec_writer *w, const struct ipsec_net *net)
{
	struct ipsec_addr mask = { 0 };
	unsigned int i;

	for (i = 0; i < net->plen; i++)
		mask.b[i / 8] |= 0x80 >> i % 8;
	ipsec_write(w, mask.b, net->first.len);
}

void ikev1_ts_write(struct ike_builder *b, const struct ike_ts *ts)
{
	struct ipsec_writer *w = ike_build_payload(b, IKEV1_ID);
	bool v6 = ts->addr[0].len == 16;
	struct ipsec_net net;
	uint8_t type;

	ike_ts_net(ts, &net);
	if (net.last.len)
		type = v6 ? IKEV1_ID_IPV6_RANGE : IKEV1_ID_IPV4_RANGE;
	else if (net.plen == net.first.len * 8U)
		type = v6 ? IKE_ID_IPV6 : IKE_ID_IPV4;
	else
		type = v6 ? IKEV1_ID_IPV6_SUBNET : IKEV1_ID_IPV4_SUBNET;
	if (!ike_ts_all_ports(ts) &&
	    (ts->port[0] != ts->port[1] || !ts->port[0]))
		w->failed = true;
	ipsec_write_u8(w, type);
	ipsec_write_u8(w, ts->proto);
	ipsec_write_u16(w, ike_ts_all_ports(ts) ? 0 : ts->port[0]);
	ipsec_write(w, net.first.b, net.first.len);
	if (shape_of(type) == RANGE)
		ipsec_write(w, net.last.b, net.last.len);
	else if (shape_of(type) == SUBNET)
		write_mask(w, &net);
}
