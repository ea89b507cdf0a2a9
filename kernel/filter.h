/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The filter table of a namespace: filters with their actions, loaded as a whole and
 * swapped under RCU, or changed one by one.
 */
#ifndef IPD_FILTER_H
#define IPD_FILTER_H

#include <linux/ipsecdrv.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/rbtree.h>
#include <linux/rhashtable-types.h>
#include <linux/u64_stats_sync.h>
#include <linux/xarray.h>

#include "classifier.h"

struct ipd_drops;
struct ipd_net;
struct netlink_ext_ack;
struct ipd_transaction;

/** struct ipd_hits - counters of one filter on one CPU */
struct ipd_hits {
	u64_stats_t packets;
	u64_stats_t bytes;
	struct u64_stats_sync sync;
};

/**
 * struct ipd_filter_spec - a filter as it was asked for; constant once it is in a table
 * @id: chosen by user space, unique in a table; 0 for the built-in exemptions
 * @sel: the selector in the sense of @dir
 * @name: for people, may be empty
 * @cookie: user space's own
 * @tunnel_local: outer source in tunnel mode
 * @tunnel_remote: outer destination in tunnel mode
 * @tunnel_family: AF_INET or AF_INET6, 0 if no endpoints are given
 * @flags: IPSECDRV_FILTER_FLAGS_*
 * @require: IPSECDRV_REQUIRE_*
 * @soft_reasons: bit mask by enum ipsecdrv_refuse_reason
 * @soft_delay: milliseconds
 * @soft_lifetime: seconds
 * @dir: enum ipsecdrv_dir
 * @action: enum ipsecdrv_action
 * @narrow: enum ipsecdrv_narrow
 * @group_only: only multicast and broadcast; of built-in exemptions
 */
struct ipd_filter_spec {
	u32 id;
	struct ipd_selector sel;
	char name[IPSECDRV_NAME_MAX + 1];
	u64 cookie;
	struct in6_addr tunnel_local;
	struct in6_addr tunnel_remote;
	u8 tunnel_family;
	u32 flags;
	u32 require;
	u32 soft_reasons;
	u32 soft_delay;
	u32 soft_lifetime;
	u8 dir;
	u8 action;
	u8 narrow;
	bool group_only;
};

/**
 * struct ipd_side - a filter as written, or its mirror image
 * @rule: in table->cls
 * @fragment: in table->fragments, if the filter is of those
 * @filter: it belongs to
 */
struct ipd_side {
	struct ipd_rule rule;
	struct ipd_rule fragment;
	struct ipd_filter *filter;
};

/**
 * struct ipd_filter - a filter in a table
 * @written: the filter as written
 * @mirror: its mirror image, if it has one
 * @mirror_sel: the selector of @mirror
 * @spec: what was asked for
 * @serial: names the filter for its whole life, also over commits that keep it; the
 *	scope of its slots
 * @weight: of @written
 * @order: of coming into the table
 * @shadowed_by: id of the filter of equal selector and direction that acts instead, or 0.
 *	Its mirror image may still act. So may itself on multicast and broadcast, if the
 *	other is a negotiate filter, for which those do not exist.
 * @hits: per CPU; go on counting over commits that keep the filter
 * @drops: go on in the same way, NULL before the first
 * @list: in the table, heaviest first
 * @by_rank: in the table, heaviest first
 * @equal: in the table, beside the filters of equal selector and direction
 * @hash: by id
 *
 * Changed only under the namespace's mutex, read under RCU, freed after a grace period.
 */
struct ipd_filter {
	struct ipd_side written;
	struct ipd_side mirror;
	struct ipd_selector mirror_sel;
	struct ipd_filter_spec spec;
	u32 serial;
	u32 weight;
	u32 order;
	u32 shadowed_by;
	struct ipd_hits __percpu *hits;
	struct ipd_drops *drops;
	struct list_head list;
	struct rb_node by_rank;
	struct rb_node equal;
	struct rhash_head hash;
	struct rcu_head rcu;
};

/**
 * struct ipd_table - the filters in force, or those of a transaction
 * @cls: all rules
 * @fragments: block and negotiate rules that have ports, their ports left out: what a
 *	fragment without ports could belong to
 * @filters: all filters, heaviest first
 * @by_rank: the same, to find a place in @filters
 * @equal: filters by direction and selector, then by rank; the built-in ones not
 * @by_id: filters by id, the built-in ones not
 * @by_serial: filters by serial number, once the table is or was in force
 * @count: filters, the built-in ones not counted
 * @order: of the filter that comes next
 * @generation: changes with each commit or single change
 * @live: packets see it
 */
struct ipd_table {
	struct ipd_cls *cls;
	struct ipd_cls *fragments;
	struct list_head filters;
	struct rb_root by_rank;
	struct rb_root equal;
	struct rhashtable by_id;
	struct xarray by_serial;
	u32 count;
	u32 order;
	u32 generation;
	bool live;
};

/* Bottom halves off, RCU. A commit may give the filter other memory to count in. */
static inline void ipd_filter_hit(struct ipd_filter *filter, u32 packets, u32 bytes)
{
	struct ipd_hits *hits = this_cpu_ptr(READ_ONCE(filter->hits));

	u64_stats_update_begin(&hits->sync);
	u64_stats_add(&hits->packets, packets);
	u64_stats_add(&hits->bytes, bytes);
	u64_stats_update_end(&hits->sync);
}

/* The packet path: RCU. NULL if no filter matches; *ambiguous tells that the packet is a
 * fragment which a block or negotiate filter with ports could mean. Then it is to be
 * dropped.
 */
struct ipd_filter *ipd_table_lookup(const struct ipd_table *table,
				    const struct ipd_key *key,
				    const struct ipd_iface *iface, bool *ambiguous);

/* The control path: the namespace's mutex. */
int ipd_filter_check(const struct ipd_filter_spec *spec, struct netlink_ext_ack *extack);
struct ipd_transaction *ipd_transaction_begin(struct ipd_net *net, u32 portid,
					      struct netlink_ext_ack *extack);
struct ipd_transaction *ipd_transaction_find(struct ipd_net *net, u32 portid, u32 id);
int ipd_transaction_add(struct ipd_transaction *trans, const struct ipd_filter_spec *spec,
			struct netlink_ext_ack *extack);
/* Ends the transaction if it succeeds; else the transaction is what it was. */
int ipd_transaction_commit(struct ipd_transaction *trans, const u32 *generation,
			   struct netlink_ext_ack *extack);
void ipd_transaction_abort(struct ipd_transaction *trans);
void ipd_transaction_release(struct ipd_net *net, u32 portid);
u32 ipd_transaction_id(const struct ipd_transaction *trans);
/* All of @specs or none; the table in force. */
int ipd_table_add(struct ipd_net *net, const struct ipd_filter_spec *specs, unsigned int n,
		  struct netlink_ext_ack *extack);
int ipd_table_del(struct ipd_net *net, u32 id, struct netlink_ext_ack *extack);
/* The exemptions follow the configuration: remake the built-in filters. */
int ipd_table_set_exemptions(struct ipd_net *net, u32 exemptions);
/* RCU or the mutex. */
struct ipd_filter *ipd_table_find(const struct ipd_table *table, u32 id);
struct ipd_filter *ipd_table_find_serial(const struct ipd_table *table, u32 serial);
void ipd_filter_sum(const struct ipd_filter *filter, u64 *packets, u64 *bytes);

int ipd_table_net_init(struct ipd_net *net);
void ipd_table_net_exit(struct ipd_net *net);

#endif /* IPD_FILTER_H */
