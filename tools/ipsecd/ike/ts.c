// SPDX-License-Identifier: GPL-2.0-or-later
/* Traffic selectors of version 2, and what can be done with them. */
#include "ts.h"

#include <errno.h>
#include <string.h>

#define TS_HEADER 8

static bool is_opaque(const struct ike_ts *ts)
{
	return ts->port[0] == UINT16_MAX && !ts->port[1];
}

bool ike_ts_all_ports(const struct ike_ts *ts)
{
	return !ts->port[0] && ts->port[1] == UINT16_MAX;
}

static int compare(const struct ipsec_addr *a, const struct ipsec_addr *b)
{
	return memcmp(a->b, b->b, a->len);
}

static uint8_t addr_len(uint8_t type)
{
	return type == IKE_TS_IPV4_RANGE ? 4 :
	       type == IKE_TS_IPV6_RANGE ? 16 :
					   0;
}

static int read_one(struct ipsec_reader *r, struct ike_ts_list *list)
{
	struct ike_ts ts = { 0 };
	struct ipsec_reader body;
	uint16_t len;

	ts.addr[0].len = ts.addr[1].len = addr_len(ipsec_read_u8(r));
	ts.proto = ipsec_read_u8(r);
	len = ipsec_read_u16(r);
	if (r->failed || len < TS_HEADER)
		return -EBADMSG;
	body = ipsec_read_sub(r, len - 4U);
	if (body.failed)
		return -EBADMSG;
	if (!ts.addr[0].len)
		return 0;
	ts.port[0] = ipsec_read_u16(&body);
	ts.port[1] = ipsec_read_u16(&body);
	ipsec_read_copy(&body, ts.addr[0].b, ts.addr[0].len);
	ipsec_read_copy(&body, ts.addr[1].b, ts.addr[1].len);
	if (body.failed || body.left || compare(&ts.addr[0], &ts.addr[1]) > 0 ||
	    (ts.port[0] > ts.port[1] && !is_opaque(&ts)))
		return -EBADMSG;
	if (list->count < IKE_TS_MAX)
		list->ts[list->count++] = ts;
	return 0;
}

int ikev2_ts_read(const struct ike_payload *p, struct ike_ts_list *list)
{
	struct ipsec_reader r;
	uint8_t n;

	list->count = 0;
	ipsec_reader_init(&r, p->data, p->len);
	n = ipsec_read_u8(&r);
	ipsec_read(&r, 3);
	if (!n)
		return -EBADMSG;
	while (n--)
		if (read_one(&r, list))
			return -EBADMSG;
	return r.left ? -EBADMSG : 0;
}

void ikev2_ts_write(struct ike_builder *b, uint8_t type,
		    const struct ike_ts_list *list)
{
	struct ipsec_writer *w = ike_build_payload(b, type);
	const struct ike_ts *ts = list->ts;
	unsigned int n = list->count;

	ipsec_write_u8(w, (uint8_t)n);
	ipsec_write_room(w, 3);
	for (; n--; ts++) {
		size_t len = ts->addr[0].len;

		ipsec_write_u8(w, len == 4 ? IKE_TS_IPV4_RANGE :
					     IKE_TS_IPV6_RANGE);
		ipsec_write_u8(w, ts->proto);
		ipsec_write_u16(w, (uint16_t)(TS_HEADER + 2 * len));
		ipsec_write_u16(w, ts->port[0]);
		ipsec_write_u16(w, ts->port[1]);
		ipsec_write(w, ts->addr[0].b, len);
		ipsec_write(w, ts->addr[1].b, len);
	}
}

/* OPAQUE is a part of all ports, and else only of itself. */
static bool intersect_ports(const struct ike_ts *a, const struct ike_ts *b,
			    struct ike_ts *out)
{
	if (is_opaque(a) || is_opaque(b)) {
		out->port[0] = UINT16_MAX;
		out->port[1] = 0;
		return (is_opaque(a) || ike_ts_all_ports(a)) &&
		       (is_opaque(b) || ike_ts_all_ports(b));
	}
	out->port[0] = a->port[0] > b->port[0] ? a->port[0] : b->port[0];
	out->port[1] = a->port[1] < b->port[1] ? a->port[1] : b->port[1];
	return out->port[0] <= out->port[1];
}

bool ike_ts_intersect(const struct ike_ts *a, const struct ike_ts *b,
		      struct ike_ts *out)
{
	struct ike_ts ts = { .proto = a->proto ? a->proto : b->proto };

	if ((b->proto && ts.proto != b->proto) ||
	    a->addr[0].len != b->addr[0].len || !intersect_ports(a, b, &ts))
		return false;
	ts.addr[0] = compare(&a->addr[0], &b->addr[0]) > 0 ? a->addr[0] :
							     b->addr[0];
	ts.addr[1] = compare(&a->addr[1], &b->addr[1]) < 0 ? a->addr[1] :
							     b->addr[1];
	if (compare(&ts.addr[0], &ts.addr[1]) > 0)
		return false;
	*out = ts;
	return true;
}

bool ike_ts_equal(const struct ike_ts *a, const struct ike_ts *b)
{
	return a->proto == b->proto && a->port[0] == b->port[0] &&
	       a->port[1] == b->port[1] && a->addr[0].len == b->addr[0].len &&
	       !compare(&a->addr[0], &b->addr[0]) &&
	       !compare(&a->addr[1], &b->addr[1]);
}

bool ike_ts_contains(const struct ike_ts *a, const struct ike_ts *b)
{
	struct ike_ts both;

	return ike_ts_intersect(a, b, &both) && ike_ts_equal(&both, b);
}
