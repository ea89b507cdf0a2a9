// SPDX-License-Identifier: GPL-2.0-only
/*
 * A filter by itself: what makes sense, and its memory.
 */

#include "filter.h"

#include <linux/in.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <kunit/visibility.h>

#include "cache.h"
#include "forward.h"
#include "table.h"
#include "weight.h"

#define FLAGS_NEGOTIATE	(IPSECDRV_FILTER_FLAGS_INPASS | IPSECDRV_FILTER_FLAGS_SOFT | \
			 IPSECDRV_FILTER_FLAGS_TUNNEL | IPSECDRV_FILTER_FLAGS_FAST_PATH)
#define FLAGS_ALL	(FLAGS_NEGOTIATE | IPSECDRV_FILTER_FLAGS_MIRRORED)
#define REQUIRE_ALL	(IPSECDRV_REQUIRE_ENCRYPTION | IPSECDRV_REQUIRE_AH | \
			 IPSECDRV_REQUIRE_ESP)

/* The checks return what is wrong, or NULL. */

static const char *check_addrs(const struct in6_addr *first, const struct in6_addr *last,
			       u8 plen, u8 family)
{
	struct in6_addr low, high;

	if (plen == IPD_PLEN_RANGE)
		return ipd_addr_cmp(first, last) > 0 ?
		       "the last address is below the first" : NULL;
	if (plen > (family == AF_INET ? 32 : 128))
		return "the prefix is longer than the address";
	ipd_selector_prefix(&low, &high, family, first, plen);
	if (ipd_addr_cmp(first, &low))
		return "the address has bits set beyond its prefix";
	if (ipd_addr_cmp(last, &high))
		return "the last address is not that of the prefix";
	return NULL;
}

static const char *check_icmp(const struct ipd_selector *sel)
{
	bool type = sel->sport || sel->sport_last != U16_MAX;
	bool code = sel->dport || sel->dport_last != U16_MAX;

	if (sel->proto != (sel->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return "ICMP is for IPv4, ICMPv6 for IPv6";
	if (code && !type)
		return "an ICMP code needs a type";
	if ((type && sel->sport_last > U8_MAX) || (code && sel->dport_last > U8_MAX))
		return "ICMP types and codes end at 255";
	return NULL;
}

static const char *check_upper(const struct ipd_selector *sel)
{
	if (sel->sport > sel->sport_last || sel->dport > sel->dport_last)
		return "the last port is below the first";
	if (!ipd_selector_has_ports(sel))
		return NULL;
	if (ipd_selector_proto_is_icmp(sel->proto))
		return check_icmp(sel);
	if (!ipd_selector_proto_has_ports(sel->proto))
		return "ports need a protocol that has them, as TCP or UDP";
	return NULL;
}

static const char *check_selector(const struct ipd_selector *sel)
{
	if (sel->family != AF_INET && sel->family != AF_INET6)
		return "the family is neither AF_INET nor AF_INET6";
	if (sel->iface_class > IPSECDRV_IFACE_CLASS_LOOPBACK)
		return "unknown interface class";
	return check_addrs(&sel->src, &sel->src_last, sel->src_plen, sel->family) ?:
	       check_addrs(&sel->dst, &sel->dst_last, sel->dst_plen, sel->family) ?:
	       check_upper(sel);
}

/* Are there only groups among the addresses? */
static bool all_groups(const struct in6_addr *first, const struct in6_addr *last, u8 family)
{
	if (family == AF_INET6)
		return ipv6_addr_is_multicast(first);
	return ipv4_is_lbcast(first->s6_addr32[0]) ||
	       (ipv4_is_multicast(first->s6_addr32[0]) &&
		(ipv4_is_multicast(last->s6_addr32[0]) || ipv4_is_lbcast(last->s6_addr32[0])));
}

static const char *check_tunnel(const struct ipd_filter_spec *spec)
{
	bool v4 = spec->tunnel_family == AF_INET;
	const struct in6_addr *remote = &spec->tunnel_remote;

	if (!(spec->flags & IPSECDRV_FILTER_FLAGS_TUNNEL)) {
		if (spec->flags & IPSECDRV_FILTER_FLAGS_FAST_PATH)
			return "the fast path is for tunnels";
		return spec->tunnel_family ? "tunnel endpoints need the flag tunnel" : NULL;
	}
	if (!v4 && spec->tunnel_family != AF_INET6)
		return "tunnel mode needs endpoints of one family";
	if (ipv6_addr_any(remote))
		return "tunnel mode needs a remote endpoint";
	if (all_groups(remote, remote, spec->tunnel_family) ||
	    all_groups(&spec->tunnel_local, &spec->tunnel_local, spec->tunnel_family))
		return "a tunnel endpoint is no multicast or broadcast address";
	return NULL;
}

static const char *check_negotiate(const struct ipd_filter_spec *spec)
{
	const struct ipd_selector *sel = &spec->sel;

	if (spec->narrow > IPSECDRV_NARROW_FLOW)
		return "unknown way to narrow";
	if (spec->require & ~REQUIRE_ALL)
		return "unknown requirement";
	if (spec->soft_reasons >= BIT(IPSECDRV_REFUSE_REASON_POLICY + 1))
		return "unknown reason for soft fallback";
	if (!(spec->flags & IPSECDRV_FILTER_FLAGS_SOFT) &&
	    (spec->soft_reasons || spec->soft_delay || spec->soft_lifetime))
		return "settings of soft fallback need the flag soft";
	if (all_groups(&sel->src, &sel->src_last, sel->family) ||
	    all_groups(&sel->dst, &sel->dst_last, sel->family))
		return "multicast and broadcast cannot be negotiated";
	return check_tunnel(spec);
}

static const char *check_plain(const struct ipd_filter_spec *spec)
{
	if (spec->flags & FLAGS_NEGOTIATE || spec->tunnel_family)
		return "tunnel, soft, inpass and fast-path need the action negotiate";
	if (spec->narrow || spec->require)
		return "narrow and require need the action negotiate";
	if (spec->soft_reasons || spec->soft_delay || spec->soft_lifetime)
		return "soft fallback needs the action negotiate";
	return NULL;
}

static const char *check_spec(const struct ipd_filter_spec *spec)
{
	if (!spec->id)
		return "0 is not an id of a filter";
	if (spec->dir > IPSECDRV_DIR_IN)
		return "unknown direction";
	if (spec->action > IPSECDRV_ACTION_BLOCK)
		return "unknown action";
	if (spec->flags & ~FLAGS_ALL)
		return "unknown flag, or one that only the driver sets";
	return check_selector(&spec->sel) ?:
	       (spec->action == IPSECDRV_ACTION_NEGOTIATE ? check_negotiate(spec) :
							    check_plain(spec));
}

/**
 * ipd_filter_check() - does a filter make sense?
 * @spec: filter as it was asked for
 * @extack: gets a text that names the filter
 *
 * Return: 0 or -EINVAL.
 */
int ipd_filter_check(const struct ipd_filter_spec *spec, struct netlink_ext_ack *extack)
{
	const char *wrong = check_spec(spec);

	if (!wrong)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "filter %u: %s", spec->id, wrong);
	return -EINVAL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_filter_check);

/**
 * ipd_filter_same() - may SAs of the one filter serve the other?
 * @a: filter of a table
 * @b: filter of the next one, of the same id
 *
 * The name, the cookie, the fast path and the details of soft fallback do not matter.
 */
bool ipd_filter_same(const struct ipd_filter_spec *a, const struct ipd_filter_spec *b)
{
	return a->dir == b->dir && a->action == b->action &&
	       !((a->flags ^ b->flags) & ~IPSECDRV_FILTER_FLAGS_FAST_PATH) &&
	       a->narrow == b->narrow && a->require == b->require &&
	       a->tunnel_family == b->tunnel_family &&
	       !ipd_addr_cmp(&a->tunnel_local, &b->tunnel_local) &&
	       !ipd_addr_cmp(&a->tunnel_remote, &b->tunnel_remote) &&
	       ipd_selector_equal(&a->sel, &b->sel);
}

static bool has_fragment_rule(const struct ipd_filter_spec *spec)
{
	return spec->action != IPSECDRV_ACTION_PERMIT && ipd_selector_has_ports(&spec->sel);
}

static void side_init(struct ipd_side *side, struct ipd_filter *filter,
		      const struct ipd_selector *sel, u8 dir)
{
	side->filter = filter;
	side->rule.sel = sel;
	side->rule.dir = dir;
	side->rule.group = filter->spec.action != IPSECDRV_ACTION_NEGOTIATE;
	side->rule.group_only = filter->spec.group_only;
	if (has_fragment_rule(&filter->spec))
		side->fragment = side->rule;
}

static void side_set_rank(struct ipd_side *side, u32 weight)
{
	side->rule.rank = ipd_rank(weight, side->filter->spec.action, side->filter->order);
	side->fragment.rank = side->rule.rank;
}

/** ipd_filter_create() - a filter that is in no table yet, or NULL */
struct ipd_filter *ipd_filter_create(const struct ipd_filter_spec *spec)
{
	struct ipd_filter *filter = ipd_cache_zalloc(IPD_CACHE_FILTER, GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!filter)
		return NULL;
	filter->hits = alloc_percpu_gfp(struct ipd_hits, GFP_KERNEL_ACCOUNT);
	if (!filter->hits) {
		ipd_cache_free(IPD_CACHE_FILTER, filter);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(filter->hits, cpu)->sync);
	filter->spec = *spec;
	if (spec->flags & IPSECDRV_FILTER_FLAGS_FAST_PATH)
		atomic_inc(&ipd_forward_filters);
	INIT_LIST_HEAD(&filter->list);
	side_init(&filter->written, filter, &filter->spec.sel, spec->dir);
	if (spec->flags & IPSECDRV_FILTER_FLAGS_MIRRORED) {
		ipd_selector_swap(&filter->mirror_sel, &spec->sel);
		side_init(&filter->mirror, filter, &filter->mirror_sel,
			  spec->dir == IPSECDRV_DIR_OUT ? IPSECDRV_DIR_IN : IPSECDRV_DIR_OUT);
	}
	return filter;
}

/** ipd_filter_set_order() - @filter is the number @order of its table: weigh it */
void ipd_filter_set_order(struct ipd_filter *filter, u32 order)
{
	bool exempt = ipd_filter_is_exempt(filter);

	filter->order = order;
	filter->weight = ipd_weight(&filter->spec.sel, exempt, false);
	side_set_rank(&filter->written, filter->weight);
	if (filter->mirror.filter)
		side_set_rank(&filter->mirror, ipd_weight(&filter->mirror_sel, exempt, true));
}

/** ipd_filter_next_side() - the side of @filter after @side, or NULL */
struct ipd_side *ipd_filter_next_side(struct ipd_filter *filter, struct ipd_side *side)
{
	if (side == &filter->written && filter->mirror.filter)
		return &filter->mirror;
	return NULL;
}

/** ipd_filter_free() - nobody has a pointer to @filter any more */
void ipd_filter_free(struct ipd_filter *filter)
{
	if (filter->spec.flags & IPSECDRV_FILTER_FLAGS_FAST_PATH)
		atomic_dec(&ipd_forward_filters);
	free_percpu(filter->hits);
	kfree(filter->drops);
	ipd_cache_free(IPD_CACHE_FILTER, filter);
}

static void filter_free_cb(struct rcu_head *rcu)
{
	ipd_filter_free(container_of(rcu, struct ipd_filter, rcu));
}

/** ipd_filter_free_rcu() - @filter has left its table; packets may still see it */
void ipd_filter_free_rcu(struct ipd_filter *filter)
{
	call_rcu(&filter->rcu, filter_free_cb);
}

/**
 * ipd_filter_sum() - what a filter has counted
 * @filter: filter
 * @packets: packets it decided
 * @bytes: bytes of them
 */
void ipd_filter_sum(const struct ipd_filter *filter, u64 *packets, u64 *bytes)
{
	unsigned int start;
	u64 p, b;
	int cpu;

	*packets = 0;
	*bytes = 0;
	for_each_possible_cpu(cpu) {
		const struct ipd_hits *hits = per_cpu_ptr(filter->hits, cpu);

		do {
			start = u64_stats_fetch_begin(&hits->sync);
			p = u64_stats_read(&hits->packets);
			b = u64_stats_read(&hits->bytes);
		} while (u64_stats_fetch_retry(&hits->sync, start));
		*packets += p;
		*bytes += b;
	}
}
EXPORT_SYMBOL_IF_KUNIT(ipd_filter_sum);
