/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The filter table from inside: what filter.c, table.c, exempt.c and transaction.c need
 * of each other. All under the namespace's mutex.
 *
 * A filter comes into a table in three steps: enter gets whatever can fail and shows
 * nothing; link gives it its place among the others; publish lets packets see the sides
 * that act. A table in force publishes what is linked at once.
 */
#ifndef IPD_TABLE_H
#define IPD_TABLE_H

#include "filter.h"

/**
 * struct ipd_transaction - a table that is being loaded
 * @net: namespace
 * @table: its filters are entered and linked
 * @list: in net->transactions
 * @portid: socket it ends with
 * @id: as user space names it
 */
struct ipd_transaction {
	struct ipd_net *net;
	struct ipd_table *table;
	struct list_head list;
	u32 portid;
	u32 id;
};

struct ipd_filter *ipd_filter_create(const struct ipd_filter_spec *spec);
void ipd_filter_free(struct ipd_filter *filter);
void ipd_filter_free_rcu(struct ipd_filter *filter);
void ipd_filter_set_order(struct ipd_filter *filter, u32 order);
struct ipd_side *ipd_filter_next_side(struct ipd_filter *filter, struct ipd_side *side);
bool ipd_filter_same(const struct ipd_filter_spec *a, const struct ipd_filter_spec *b);

#define ipd_for_each_side(side, filter) \
	for (side = &(filter)->written; side; side = ipd_filter_next_side(filter, side))

static inline bool ipd_filter_is_exempt(const struct ipd_filter *filter)
{
	return filter->spec.flags & IPSECDRV_FILTER_FLAGS_EXEMPT;
}

struct ipd_table *ipd_table_create(void);
void ipd_table_free(struct ipd_table *table);
struct ipd_table *ipd_table_in_force(const struct ipd_net *net);
int ipd_table_check_room(const struct ipd_net *net, const struct ipd_table *table,
			 const struct ipd_filter_spec *specs, unsigned int n,
			 struct netlink_ext_ack *extack);
int ipd_table_enter(struct ipd_table *table, struct ipd_filter *filter,
		    struct netlink_ext_ack *extack);
void ipd_table_leave(struct ipd_table *table, struct ipd_filter *filter);
int ipd_table_set_serial(struct ipd_table *table, struct ipd_filter *filter, u32 serial);
int ipd_table_new_serial(struct ipd_net *net, struct ipd_table *table,
			 struct ipd_filter *filter);
int ipd_table_sync(struct ipd_table *table);
void ipd_table_link(struct ipd_table *table, struct ipd_filter *filter);
void ipd_table_unlink(struct ipd_table *table, struct ipd_filter *filter);
void ipd_table_publish(struct ipd_table *table);
int ipd_table_add_all(struct ipd_net *net, struct ipd_table *table, struct list_head *filters,
		      struct netlink_ext_ack *extack);

int ipd_exempt_add(struct ipd_net *net, struct ipd_table *table, u32 exemptions);
void ipd_exempt_del(struct ipd_table *table, u32 order);

#endif /* IPD_TABLE_H */
