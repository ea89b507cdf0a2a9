// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selectors and packet keys in netlink messages.
 */

#include <linux/in.h>
#include <linux/netdevice.h>

#include "netlink_attr.h"

/* Source and destination are three attributes each, in this order. */
enum side {
	SRC = IPSECDRV_A_SELECTOR_SRC,
	DST = IPSECDRV_A_SELECTOR_DST,
	PLEN = 1,
	LAST = 2,
};

static int get_family(struct nlattr **tb, const struct nlattr *nest, u8 *family,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[IPSECDRV_A_SELECTOR_FAMILY];
	struct in6_addr addr;

	*family = 0;
	if (attr) {
		*family = nla_get_u8(attr);
		if (*family == AF_INET || *family == AF_INET6)
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, attr, "family is neither AF_INET nor AF_INET6");
		return -EINVAL;
	}
	attr = tb[SRC] ?: tb[DST];
	if (attr)
		return ipd_nl_get_addr(attr, family, &addr, extack);
	IPD_NL_MISSING(extack, nest, IPSECDRV_A_SELECTOR_FAMILY,
		       "a selector needs a family or an address");
	return -EINVAL;
}

static int get_prefix(struct nlattr **tb, enum side side, u8 family,
		      const struct in6_addr *addr, struct in6_addr *last, u8 *plen,
		      struct netlink_ext_ack *extack)
{
	u8 max = family == AF_INET ? 32 : 128;
	struct in6_addr first;

	*plen = tb[side + PLEN] ? nla_get_u8(tb[side + PLEN]) : max;
	if (*plen > max) {
		NL_SET_ERR_MSG_ATTR(extack, tb[side + PLEN],
				    "the prefix is longer than the address");
		return -EINVAL;
	}
	ipd_selector_prefix(&first, last, family, addr, *plen);
	if (ipd_addr_cmp(&first, addr)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[side],
				    "the address has bits set beyond its prefix");
		return -EINVAL;
	}
	return 0;
}

static int get_side(struct nlattr **tb, enum side side, u8 family, struct in6_addr *first,
		    struct in6_addr *last, u8 *plen, struct netlink_ext_ack *extack)
{
	const struct nlattr *more = tb[side + PLEN] ?: tb[side + LAST];
	int err;

	if (!tb[side] && more) {
		NL_SET_ERR_MSG_ATTR(extack, more,
				    "prefix length or last address without the first");
		return -EINVAL;
	}
	if (!tb[side]) {
		*plen = 0;
		ipd_selector_prefix(first, last, family, &in6addr_any, 0);
		return 0;
	}
	err = ipd_nl_get_addr(tb[side], &family, first, extack);
	if (err)
		return err;
	if (!tb[side + LAST])
		return get_prefix(tb, side, family, first, last, plen, extack);
	if (tb[side + PLEN]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[side + PLEN],
				    "a last address excludes a prefix length");
		return -EINVAL;
	}
	err = ipd_nl_get_addr(tb[side + LAST], &family, last, extack);
	if (err)
		return err;
	if (ipd_addr_cmp(first, last) > 0) {
		NL_SET_ERR_MSG_ATTR(extack, tb[side + LAST],
				    "the last address is below the first");
		return -EINVAL;
	}
	*plen = IPD_PLEN_RANGE;
	return 0;
}

static int get_port_range(const struct nlattr *first, const struct nlattr *last, u16 *from,
			  u16 *to, u8 proto, struct netlink_ext_ack *extack)
{
	*from = 0;
	*to = U16_MAX;
	if (!first && !last)
		return 0;
	if (!first) {
		NL_SET_ERR_MSG_ATTR(extack, last, "last port without the first");
		return -EINVAL;
	}
	if (!ipd_selector_proto_has_ports(proto)) {
		NL_SET_ERR_MSG_ATTR(extack, first,
				    "ports need a proto that has them, as TCP or UDP");
		return -EINVAL;
	}
	*from = nla_get_u16(first);
	*to = last ? nla_get_u16(last) : *from;
	if (*to < *from) {
		NL_SET_ERR_MSG_ATTR(extack, last, "the last port is below the first");
		return -EINVAL;
	}
	return 0;
}

static int get_byte_range(const struct nlattr *first, const struct nlattr *last, u16 *from,
			  u16 *to, struct netlink_ext_ack *extack)
{
	if (!first && last) {
		NL_SET_ERR_MSG_ATTR(extack, last, "last ICMP type or code without the first");
		return -EINVAL;
	}
	if (!first)
		return 0;
	*from = nla_get_u8(first);
	*to = last ? nla_get_u8(last) : *from;
	if (*to < *from) {
		NL_SET_ERR_MSG_ATTR(extack, last,
				    "the last ICMP type or code is below the first");
		return -EINVAL;
	}
	return 0;
}

/* ICMP type and code lie where ports do. */
static int get_icmp(struct nlattr **tb, struct ipd_selector *sel,
		    struct netlink_ext_ack *extack)
{
	const struct nlattr *type = tb[IPSECDRV_A_SELECTOR_ICMP_TYPE];
	const struct nlattr *code = tb[IPSECDRV_A_SELECTOR_ICMP_CODE];
	u8 proto = sel->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	int err;

	if (code && !type) {
		NL_SET_ERR_MSG_ATTR(extack, code, "icmp-code without icmp-type");
		return -EINVAL;
	}
	if (type && sel->proto != proto) {
		NL_SET_ERR_MSG_ATTR(extack, type,
				    "icmp-type needs proto 1 with IPv4 or 58 with IPv6");
		return -EINVAL;
	}
	err = get_byte_range(type, tb[IPSECDRV_A_SELECTOR_ICMP_TYPE_LAST], &sel->sport,
			     &sel->sport_last, extack);
	return err ?: get_byte_range(code, tb[IPSECDRV_A_SELECTOR_ICMP_CODE_LAST],
				     &sel->dport, &sel->dport_last, extack);
}

static int get_iface(struct nlattr **tb, struct ipd_selector *sel,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *class = tb[IPSECDRV_A_SELECTOR_IFACE_CLASS];
	const struct nlattr *name = tb[IPSECDRV_A_SELECTOR_IFNAME];
	int err;

	if (class)
		sel->iface_class = nla_get_u8(class);
	if (!name)
		return 0;
	err = ipd_nl_get_string(name, sel->ifname, sizeof(sel->ifname), extack);
	if (err)
		return err;
	if (!dev_valid_name(sel->ifname)) {
		NL_SET_ERR_MSG_ATTR(extack, name, "no device can have this name");
		return -EINVAL;
	}
	if (sel->iface_class != IPSECDRV_IFACE_CLASS_ANY) {
		NL_SET_ERR_MSG_ATTR(extack, class, "ifname and iface-class exclude each other");
		return -EINVAL;
	}
	return 0;
}

static int get_upper(struct nlattr **tb, struct ipd_selector *sel,
		     struct netlink_ext_ack *extack)
{
	int err;

	if (tb[IPSECDRV_A_SELECTOR_PROTO])
		sel->proto = nla_get_u8(tb[IPSECDRV_A_SELECTOR_PROTO]);
	err = get_port_range(tb[IPSECDRV_A_SELECTOR_SPORT],
			     tb[IPSECDRV_A_SELECTOR_SPORT_LAST],
			     &sel->sport, &sel->sport_last, sel->proto, extack);
	if (err)
		return err;
	err = get_port_range(tb[IPSECDRV_A_SELECTOR_DPORT],
			     tb[IPSECDRV_A_SELECTOR_DPORT_LAST],
			     &sel->dport, &sel->dport_last, sel->proto, extack);
	if (err)
		return err;
	return get_icmp(tb, sel, extack);
}

/**
 * ipd_nl_get_selector() - a selector, every rule of its notation checked
 * @nest: attribute
 * @sel: filled in, whole
 * @extack: where a text goes
 *
 * Return: 0, or -EINVAL with a text.
 */
int ipd_nl_get_selector(const struct nlattr *nest, struct ipd_selector *sel,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPSECDRV_A_SELECTOR_MAX + 1];
	int err;

	BUILD_BUG_ON(SRC + PLEN != IPSECDRV_A_SELECTOR_SRC_PLEN ||
		     SRC + LAST != IPSECDRV_A_SELECTOR_SRC_LAST ||
		     DST + PLEN != IPSECDRV_A_SELECTOR_DST_PLEN ||
		     DST + LAST != IPSECDRV_A_SELECTOR_DST_LAST);

	memset(sel, 0, sizeof(*sel));
	err = ipd_nl_parse_nest(tb, IPSECDRV_A_SELECTOR_MAX, nest,
				ipsecdrv_selector_nl_policy, extack);
	if (!err)
		err = get_family(tb, nest, &sel->family, extack);
	if (!err)
		err = get_side(tb, SRC, sel->family, &sel->src, &sel->src_last,
			       &sel->src_plen, extack);
	if (!err)
		err = get_side(tb, DST, sel->family, &sel->dst, &sel->dst_last,
			       &sel->dst_plen, extack);
	if (!err)
		err = get_upper(tb, sel, extack);
	if (!err)
		err = get_iface(tb, sel, extack);
	return err;
}

static int put_side(struct sk_buff *skb, enum side side, u8 family,
		    const struct in6_addr *first, const struct in6_addr *last, u8 plen)
{
	int err;

	if (!plen)
		return 0;
	err = ipd_nl_put_addr(skb, side, family, first);
	if (err)
		return err;
	if (plen == IPD_PLEN_RANGE)
		return ipd_nl_put_addr(skb, side + LAST, family, last);
	return nla_put_u8(skb, side + PLEN, plen);
}

static int put_range(struct sk_buff *skb, int first_type, int last_type, u16 first, u16 last)
{
	if (first == 0 && last == U16_MAX)
		return 0;
	return nla_put_u16(skb, first_type, first) ?:
	       first != last ? nla_put_u16(skb, last_type, last) : 0;
}

static int put_byte_range(struct sk_buff *skb, int first_type, int last_type, u16 first,
			  u16 last)
{
	if (last > U8_MAX)
		return 0;
	return nla_put_u8(skb, first_type, first) ?:
	       first != last ? nla_put_u8(skb, last_type, last) : 0;
}

static int put_upper(struct sk_buff *skb, const struct ipd_selector *sel)
{
	if (sel->proto && nla_put_u8(skb, IPSECDRV_A_SELECTOR_PROTO, sel->proto))
		return -EMSGSIZE;
	if (ipd_selector_proto_is_icmp(sel->proto))
		return put_byte_range(skb, IPSECDRV_A_SELECTOR_ICMP_TYPE,
				      IPSECDRV_A_SELECTOR_ICMP_TYPE_LAST, sel->sport,
				      sel->sport_last) ?:
		       put_byte_range(skb, IPSECDRV_A_SELECTOR_ICMP_CODE,
				      IPSECDRV_A_SELECTOR_ICMP_CODE_LAST, sel->dport,
				      sel->dport_last);
	return put_range(skb, IPSECDRV_A_SELECTOR_SPORT, IPSECDRV_A_SELECTOR_SPORT_LAST,
			 sel->sport, sel->sport_last) ?:
	       put_range(skb, IPSECDRV_A_SELECTOR_DPORT, IPSECDRV_A_SELECTOR_DPORT_LAST,
			 sel->dport, sel->dport_last);
}

/** ipd_nl_put_selector() - a selector as ipd_nl_get_selector() takes it */
int ipd_nl_put_selector(struct sk_buff *skb, int type, const struct ipd_selector *sel)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put_u8(skb, IPSECDRV_A_SELECTOR_FAMILY, sel->family) ||
	    put_side(skb, SRC, sel->family, &sel->src, &sel->src_last, sel->src_plen) ||
	    put_side(skb, DST, sel->family, &sel->dst, &sel->dst_last, sel->dst_plen) ||
	    put_upper(skb, sel))
		return -EMSGSIZE;
	if (sel->iface_class != IPSECDRV_IFACE_CLASS_ANY &&
	    nla_put_u8(skb, IPSECDRV_A_SELECTOR_IFACE_CLASS, sel->iface_class))
		return -EMSGSIZE;
	if (sel->ifname[0] &&
	    nla_put_string(skb, IPSECDRV_A_SELECTOR_IFNAME, sel->ifname))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_key_ports(struct sk_buff *skb, const struct ipd_key *key)
{
	if (key->flags & IPD_KEY_NO_PORTS)
		return 0;
	if (ipd_selector_proto_is_icmp(key->proto))
		return nla_put_u8(skb, IPSECDRV_A_SELECTOR_ICMP_TYPE, key->sport) ?:
		       nla_put_u8(skb, IPSECDRV_A_SELECTOR_ICMP_CODE, key->dport);
	if (ipd_selector_proto_has_ports(key->proto))
		return nla_put_u16(skb, IPSECDRV_A_SELECTOR_SPORT, key->sport) ?:
		       nla_put_u16(skb, IPSECDRV_A_SELECTOR_DPORT, key->dport);
	return 0;
}

/** ipd_nl_put_key() - what a packet looked like, as a selector */
int ipd_nl_put_key(struct sk_buff *skb, int type, const struct ipd_key *key)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put_u8(skb, IPSECDRV_A_SELECTOR_FAMILY, key->family) ||
	    ipd_nl_put_addr(skb, SRC, key->family, &key->src) ||
	    ipd_nl_put_addr(skb, DST, key->family, &key->dst) ||
	    nla_put_u8(skb, IPSECDRV_A_SELECTOR_PROTO, key->proto) ||
	    put_key_ports(skb, key))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
