// SPDX-License-Identifier: GPL-2.0-or-later
/* Traffic selectors as the driver has them, and as text. */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "ts.h"

static bool is_icmp(uint64_t proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

/* first and last of a net, or of all addresses of its family. */
static void net_range(const struct ipsec_net *n, int family,
		      struct ipsec_addr addr[2])
{
	unsigned int plen = n->first.len ? n->plen : 0, i;

	addr[0] = n->first;
	if (!n->first.len)
		addr[0].len = family == AF_INET ? 4 : 16;
	addr[1] = addr[0];
	if (n->last.len)
		addr[1] = n->last;
	else
		for (i = plen; i < addr[1].len * 8U; i++)
			addr[1].b[i / 8] |= 0x80 >> i % 8;
}

static uint16_t last_of(const struct ipsec_num *range)
{
	return (uint16_t)(range[1].set ? range[1].v : range[0].v);
}

static void ports(const struct ipsec_selector *s, const struct ipsec_num *port,
		  struct ike_ts *ts)
{
	ts->port[0] = 0;
	ts->port[1] = UINT16_MAX;
	if (is_icmp(s->proto.v) && s->icmp_type[0].set) {
		ts->port[0] = (uint16_t)(s->icmp_type[0].v << 8);
		ts->port[1] = (uint16_t)(last_of(s->icmp_type) << 8);
		ts->port[0] |= s->icmp_code[0].set ? s->icmp_code[0].v : 0;
		ts->port[1] |= s->icmp_code[0].set ? last_of(s->icmp_code) :
						     UINT8_MAX;
	} else if (port[0].set) {
		ts->port[0] = (uint16_t)port[0].v;
		ts->port[1] = last_of(port);
	}
}

void ike_ts_from_selector(const struct ipsec_selector *sel, int family,
			  struct ike_ts *local, struct ike_ts *remote)
{
	if (sel->family.set)
		family = (int)sel->family.v;
	memset(local, 0, sizeof(*local));
	memset(remote, 0, sizeof(*remote));
	local->proto = remote->proto = (uint8_t)sel->proto.v;
	net_range(&sel->src, family, local->addr);
	net_range(&sel->dst, family, remote->addr);
	ports(sel, sel->sport, local);
	ports(sel, sel->dport, remote);
}

static bool bit(const struct ipsec_addr *addr, unsigned int i)
{
	return addr->b[i / 8] & 0x80 >> i % 8;
}

void ike_ts_net(const struct ike_ts *ts, struct ipsec_net *net)
{
	const struct ipsec_addr *first = &ts->addr[0], *last = &ts->addr[1];
	unsigned int bits = first->len * 8U, plen = 0, i;

	while (plen < bits && bit(first, plen) == bit(last, plen))
		plen++;
	for (i = plen; i < bits && !bit(first, i) && bit(last, i);)
		i++;
	memset(net, 0, sizeof(*net));
	net->first = *first;
	if (i == bits)
		net->plen = (uint8_t)plen;
	else
		net->last = *last;
}

/* Any address is what the driver takes an absent one for. */
static void set_net(const struct ike_ts *ts, struct ipsec_net *net)
{
	ike_ts_net(ts, net);
	if (!net->last.len && !net->plen)
		memset(net, 0, sizeof(*net));
}

static void set_range(struct ipsec_num num[2], unsigned int first,
		      unsigned int last)
{
	num[0] = (struct ipsec_num){ first, true };
	num[1] = (struct ipsec_num){ last, true };
}

static int set_icmp(const struct ike_ts *ts, struct ipsec_selector *sel)
{
	unsigned int first = ts->port[0] >> 8, last = ts->port[1] >> 8;
	unsigned int low = ts->port[0] & 0xff, high = ts->port[1] & 0xff;

	if (ike_ts_all_ports(ts))
		return 0;
	set_range(sel->icmp_type, first, last);
	if (!low && high == 0xff)
		return 0;
	if (first != last)
		return -EINVAL;
	set_range(sel->icmp_code, low, high);
	return 0;
}

static int set_ports(const struct ike_ts *ts, struct ipsec_num port[2])
{
	if (ike_ts_all_ports(ts))
		return 0;
	if (ts->port[0] > ts->port[1])
		return -EINVAL;
	set_range(port, ts->port[0], ts->port[1]);
	return 0;
}

int ike_ts_to_selector(const struct ike_ts *local, const struct ike_ts *remote,
		       struct ipsec_selector *sel)
{
	uint8_t proto = local->proto ? local->proto : remote->proto;
	struct ike_ts both = *local;

	memset(sel, 0, sizeof(*sel));
	if (local->addr[0].len != remote->addr[0].len ||
	    (remote->proto && remote->proto != proto))
		return -EINVAL;
	sel->family.v = (uint64_t)ipsec_addr_family(&local->addr[0]);
	sel->family.set = true;
	sel->proto = (struct ipsec_num){ proto, proto };
	set_net(local, &sel->src);
	set_net(remote, &sel->dst);
	if (ike_ts_all_ports(local) && ike_ts_all_ports(remote))
		return 0;
	if (is_icmp(proto)) {
		/* On either side, or the same on both. */
		if (ike_ts_all_ports(local))
			memcpy(both.port, remote->port, sizeof(both.port));
		else if (!ike_ts_all_ports(remote) &&
			 memcmp(local->port, remote->port, sizeof(both.port)))
			return -EINVAL;
		return both.port[0] > both.port[1] ? -EINVAL :
						     set_icmp(&both, sel);
	}
	if (!ipsec_proto_has_ports(proto) || set_ports(local, sel->sport) ||
	    set_ports(remote, sel->dport))
		return -EINVAL;
	return 0;
}

/* "443", "80-90", and of ICMP "8", "3/4", "3/0-5/255". */
static void ports_text(const struct ike_ts *ts, char *buf, size_t size)
{
	unsigned int a = ts->port[0], b = ts->port[1];

	if (a > b)
		snprintf(buf, size, "opaque");
	else if (is_icmp(ts->proto) && (a | 0xff) == b && !(a & 0xff))
		snprintf(buf, size, "%u", a >> 8);
	else if (is_icmp(ts->proto) && a == b)
		snprintf(buf, size, "%u/%u", a >> 8, a & 0xff);
	else if (is_icmp(ts->proto))
		snprintf(buf, size, "%u/%u-%u/%u", a >> 8, a & 0xff, b >> 8,
			 b & 0xff);
	else if (a == b)
		snprintf(buf, size, "%u", a);
	else
		snprintf(buf, size, "%u-%u", a, b);
}

const char *ike_ts_text(const struct ike_ts *ts, char *buf, size_t size)
{
	char addr[IPSEC_NET_STRLEN], port[32], number[16];
	struct ipsec_net net;
	const char *proto = ipsec_name(ipsec_names_ipproto, ts->proto);

	ike_ts_net(ts, &net);
	ipsec_net_print(&net, addr, sizeof(addr));
	snprintf(number, sizeof(number), "proto %u", ts->proto);
	if (!proto || !ts->proto)
		proto = number;
	ports_text(ts, port, sizeof(port));
	if (!ike_ts_all_ports(ts))
		snprintf(buf, size, "%s %s %s", addr,
			 ts->proto ? proto : "port", port);
	else if (ts->proto)
		snprintf(buf, size, "%s %s", addr, proto);
	else
		snprintf(buf, size, "%s", addr);
	return buf;
}
