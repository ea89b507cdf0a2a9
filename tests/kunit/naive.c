// SPDX-License-Identifier: GPL-2.0-only
#include "naive.h"

#include <linux/in.h>
#include <linux/ipsecdrv.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/socket.h>
#include <linux/string.h>

#include "seed.h"

/* Is @a above @b, byte by byte? */
static bool above(const struct in6_addr *a, const struct in6_addr *b)
{
	unsigned int i;

	for (i = 0; i < 16; i++) {
		if (a->s6_addr[i] != b->s6_addr[i])
			return a->s6_addr[i] > b->s6_addr[i];
	}
	return false;
}

static bool iface_match(const struct ipd_selector *sel, const struct ipd_iface *iface)
{
	if (sel->ifname[0]) {
		if (!iface || strcmp(sel->ifname, iface->name))
			return false;
	}
	if (sel->iface_class != IPSECDRV_IFACE_CLASS_ANY) {
		if (!iface || sel->iface_class != iface->class)
			return false;
	}
	return true;
}

bool naive_match_addrs(const struct ipd_selector *sel, const struct ipd_key *key,
		       const struct ipd_iface *iface)
{
	if (sel->family != key->family)
		return false;
	if (above(&sel->src, &key->src) || above(&key->src, &sel->src_last))
		return false;
	if (above(&sel->dst, &key->dst) || above(&key->dst, &sel->dst_last))
		return false;
	if (sel->proto && sel->proto != key->proto)
		return false;
	return iface_match(sel, iface);
}

bool naive_match(const struct ipd_selector *sel, const struct ipd_key *key,
		 const struct ipd_iface *iface)
{
	bool any_sport = sel->sport == 0 && sel->sport_last == 65535;
	bool any_dport = sel->dport == 0 && sel->dport_last == 65535;

	if (!naive_match_addrs(sel, key, iface))
		return false;
	if (key->flags & IPD_KEY_NO_PORTS)
		return any_sport && any_dport;
	return key->sport >= sel->sport && key->sport <= sel->sport_last &&
	       key->dport >= sel->dport && key->dport <= sel->dport_last;
}

struct ipd_rule *naive_lookup(struct naive_rule *rules, unsigned int n,
			      const struct ipd_key *key, u32 scope,
			      const struct ipd_iface *iface, bool addrs)
{
	struct ipd_rule *best = NULL;
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct ipd_rule *rule = &rules[i].rule;

		if (!rules[i].present || rule->dir != key->dir || rule->scope != scope)
			continue;
		if (key->flags & IPD_KEY_GROUP && !rule->group)
			continue;
		if (addrs ? !naive_match_addrs(&rules[i].sel, key, iface) :
			    !naive_match(&rules[i].sel, key, iface))
			continue;
		if (!best || rule->rank > best->rank)
			best = rule;
	}
	return best;
}

static const struct ipd_iface ifaces[] = {
	{ .name = "eth0", .class = IPSECDRV_IFACE_CLASS_LAN },
	{ .name = "eth1", .class = IPSECDRV_IFACE_CLASS_LAN },
	{ .name = "ppp0", .class = IPSECDRV_IFACE_CLASS_DIALUP },
	{ .name = "lo", .class = IPSECDRV_IFACE_CLASS_LOOPBACK },
};

const struct ipd_iface *naive_random_iface(struct rnd_state *rnd)
{
	return &ifaces[ipd_test_below(rnd, ARRAY_SIZE(ifaces))];
}

static const u8 protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_GRE };

/* Few bits vary, some of them far from each other: 10.0.{0,1}.0-15, 2001:db8::{0-3}:0-15 */
static void random_addr(struct rnd_state *rnd, struct in6_addr *addr, u8 family)
{
	memset(addr, 0, sizeof(*addr));
	if (family == AF_INET) {
		addr->s6_addr[0] = 10;
		addr->s6_addr[2] = ipd_test_below(rnd, 8) == 0;
		addr->s6_addr[3] = ipd_test_below(rnd, 16);
		return;
	}
	addr->s6_addr[0] = 0x20;
	addr->s6_addr[1] = 0x01;
	addr->s6_addr[7] = ipd_test_below(rnd, 8) == 0;
	addr->s6_addr[13] = ipd_test_below(rnd, 8) == 0;
	addr->s6_addr[15] = ipd_test_below(rnd, 16);
}

static void random_addrs(struct rnd_state *rnd, struct in6_addr *first,
			 struct in6_addr *last, u8 *plen, u8 family)
{
	u8 width = family == AF_INET ? 32 : 128;
	struct in6_addr a, b;

	random_addr(rnd, &a, family);
	switch (ipd_test_below(rnd, 8)) {
	case 0:
		*plen = 0;
		break;
	case 1:
	case 2:
		random_addr(rnd, &b, family);
		*plen = IPD_PLEN_RANGE;
		*first = above(&a, &b) ? b : a;
		*last = above(&a, &b) ? a : b;
		return;
	case 3:
		*plen = width;
		break;
	case 4:
		*plen = ipd_test_below(rnd, width + 1);
		break;
	default:
		*plen = width - ipd_test_below(rnd, 6);
	}
	ipd_selector_prefix(first, last, family, &a, *plen);
}

static u16 random_port(struct rnd_state *rnd)
{
	return ipd_test_below(rnd, 4) ? ipd_test_below(rnd, 12) :
					U16_MAX - ipd_test_below(rnd, 4);
}

static void random_ports(struct rnd_state *rnd, u16 *first, u16 *last)
{
	u16 a = random_port(rnd), b = random_port(rnd);

	*first = 0;
	*last = U16_MAX;
	switch (ipd_test_below(rnd, 4)) {
	case 0:
		*first = *last = a;
		break;
	case 1:
		*first = min(a, b);
		*last = max(a, b);
		break;
	}
}

void naive_random_selector(struct rnd_state *rnd, struct ipd_selector *sel)
{
	memset(sel, 0, sizeof(*sel));
	sel->family = ipd_test_below(rnd, 3) ? AF_INET : AF_INET6;
	random_addrs(rnd, &sel->src, &sel->src_last, &sel->src_plen, sel->family);
	random_addrs(rnd, &sel->dst, &sel->dst_last, &sel->dst_plen, sel->family);
	if (ipd_test_below(rnd, 3))
		sel->proto = protos[ipd_test_below(rnd, ARRAY_SIZE(protos))];
	sel->sport_last = U16_MAX;
	sel->dport_last = U16_MAX;
	/* The driver would refuse ports with any protocol; the classifier does not care. */
	if (ipd_test_below(rnd, 2)) {
		random_ports(rnd, &sel->sport, &sel->sport_last);
		random_ports(rnd, &sel->dport, &sel->dport_last);
	}
	if (!ipd_test_below(rnd, 8))
		strscpy(sel->ifname, naive_random_iface(rnd)->name, IFNAMSIZ);
	else if (!ipd_test_below(rnd, 8))
		sel->iface_class = naive_random_iface(rnd)->class;
}

void naive_random_key(struct rnd_state *rnd, struct ipd_key *key)
{
	memset(key, 0, sizeof(*key));
	key->family = ipd_test_below(rnd, 3) ? AF_INET : AF_INET6;
	key->dir = ipd_test_below(rnd, 2);
	random_addr(rnd, &key->src, key->family);
	random_addr(rnd, &key->dst, key->family);
	key->proto = protos[ipd_test_below(rnd, ARRAY_SIZE(protos))];
	if (!ipd_test_below(rnd, 6))
		key->flags |= IPD_KEY_GROUP;
	if (!ipd_test_below(rnd, 6)) {
		key->flags |= IPD_KEY_NO_PORTS;
	} else if (key->proto != IPPROTO_GRE) {
		key->sport = random_port(rnd);
		key->dport = random_port(rnd);
	}
}
