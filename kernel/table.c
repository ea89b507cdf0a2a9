// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of filters: their order, conflicts between them, and changes of the table in
 * force. Of filters with the same selector and direction the one of highest rank acts,
 * as of any others that match; that the rest has no say is marked, for people to see.
 */

#include "table.h"

#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <kunit/visibility.h>

#include "flowtable.h"
#include "net.h"
#include "netlink.h"

static const struct rhashtable_params by_id_params = {
	.key_len = sizeof(u32),
	.key_offset = offsetof(struct ipd_filter, spec.id),
	.head_offset = offsetof(struct ipd_filter, hash),
	.automatic_shrinking = true,
};

static struct ipd_filter *ranked(const struct rb_node *node)
{
	return rb_entry(node, struct ipd_filter, by_rank);
}

static bool rank_before(struct rb_node *a, const struct rb_node *b)
{
	return ranked(a)->written.rule.rank > ranked(b)->written.rule.rank;
}

/* --- Filters of equal selector and direction --- */

static struct ipd_filter *equal_of(const struct rb_node *node)
{
	return rb_entry(node, struct ipd_filter, equal);
}

static int equal_cmp(const struct ipd_filter *a, const struct ipd_filter *b)
{
	if (a->spec.dir != b->spec.dir)
		return a->spec.dir - b->spec.dir;
	return ipd_selector_cmp(&a->spec.sel, &b->spec.sel);
}

static bool equal_less(struct rb_node *a, const struct rb_node *b)
{
	int diff = equal_cmp(equal_of(a), equal_of(b));

	return diff ? diff < 0 : equal_of(a)->written.rule.rank > equal_of(b)->written.rule.rank;
}

/* The next lower rank, or NULL. */
static struct ipd_filter *equal_next(const struct ipd_filter *filter)
{
	struct rb_node *node = rb_next(&filter->equal);

	return node && !equal_cmp(equal_of(node), filter) ? equal_of(node) : NULL;
}

static struct ipd_filter *equal_prev(const struct ipd_filter *filter)
{
	struct rb_node *node = rb_prev(&filter->equal);

	return node && !equal_cmp(equal_of(node), filter) ? equal_of(node) : NULL;
}

/* All below @filter are shadowed by @id. */
static void equal_shadow(struct ipd_filter *filter, u32 id)
{
	while ((filter = equal_next(filter)))
		filter->shadowed_by = id;
}

static void equal_add(struct ipd_table *table, struct ipd_filter *filter)
{
	struct ipd_filter *prev;

	rb_add(&filter->equal, &table->equal, equal_less);
	prev = equal_prev(filter);
	if (prev)
		filter->shadowed_by = prev->shadowed_by ?: prev->spec.id;
	else
		equal_shadow(filter, filter->spec.id);
}

static void equal_del(struct ipd_table *table, struct ipd_filter *filter)
{
	struct ipd_filter *heir = filter->shadowed_by ? NULL : equal_next(filter);

	rb_erase(&filter->equal, &table->equal);
	if (heir) {
		heir->shadowed_by = 0;
		equal_shadow(heir, heir->spec.id);
	}
}

/* --- Filters of a table --- */

static bool side_has_fragment(const struct ipd_side *side)
{
	return side->fragment.sel;
}

static void side_publish(struct ipd_table *table, struct ipd_side *side)
{
	ipd_cls_publish(table->cls, &side->rule);
	if (side_has_fragment(side))
		ipd_cls_publish(table->fragments, &side->fragment);
}

static void side_release(struct ipd_table *table, struct ipd_side *side)
{
	ipd_cls_release(table->cls, &side->rule);
	ipd_cls_release(table->fragments, &side->fragment);
}

static int side_prepare(struct ipd_table *table, struct ipd_side *side)
{
	int err = ipd_cls_prepare(table->cls, &side->rule);

	if (!err && side_has_fragment(side))
		err = ipd_cls_prepare(table->fragments, &side->fragment);
	return err;
}

/**
 * ipd_table_enter() - get all that a filter needs in a table
 * @table: table
 * @filter: filter that is in none
 * @extack: for the reason of a refusal
 *
 * Return: 0, -EEXIST or -ENOMEM with nothing changed.
 */
int ipd_table_enter(struct ipd_table *table, struct ipd_filter *filter,
		    struct netlink_ext_ack *extack)
{
	struct ipd_side *side;
	int err;

	if (!ipd_filter_is_exempt(filter)) {
		err = rhashtable_lookup_insert_fast(&table->by_id, &filter->hash, by_id_params);
		if (err == -EEXIST)
			NL_SET_ERR_MSG_FMT(extack, "filter %u: there is one of this id",
					   filter->spec.id);
		if (err)
			return err == -EEXIST ? err : -ENOMEM;
	}
	ipd_filter_set_order(filter, table->order);
	ipd_for_each_side(side, filter) {
		err = side_prepare(table, side);
		if (err) {
			ipd_table_leave(table, filter);
			return err;
		}
	}
	table->order++;
	return 0;
}

/** ipd_table_leave() - undo ipd_table_enter(), and publishing; free @filter by RCU */
void ipd_table_leave(struct ipd_table *table, struct ipd_filter *filter)
{
	struct ipd_side *side;

	if (filter->serial)
		xa_erase(&table->by_serial, filter->serial);
	ipd_for_each_side(side, filter)
		side_release(table, side);
	if (!ipd_filter_is_exempt(filter))
		rhashtable_remove_fast(&table->by_id, &filter->hash, by_id_params);
}

/**
 * ipd_table_set_serial() - name a filter for its life
 * @table: table the filter was entered in
 * @filter: filter
 * @serial: new, or of the filter of the last table that it goes on
 *
 * Return: 0 or -ENOMEM.
 */
int ipd_table_set_serial(struct ipd_table *table, struct ipd_filter *filter, u32 serial)
{
	int err = xa_err(xa_store(&table->by_serial, serial, filter, GFP_KERNEL_ACCOUNT));

	if (!err)
		filter->serial = serial;
	return err;
}

/** ipd_table_new_serial() - the same with a number that no filter of @table has */
int ipd_table_new_serial(struct ipd_net *net, struct ipd_table *table,
			 struct ipd_filter *filter)
{
	do {
		net->serial++;
	} while (!net->serial || xa_load(&table->by_serial, net->serial));
	return ipd_table_set_serial(table, filter, net->serial);
}

/** ipd_table_sync() - make room for all filters that were entered: 0 or -ENOMEM */
int ipd_table_sync(struct ipd_table *table)
{
	return ipd_cls_sync(table->cls) ?: ipd_cls_sync(table->fragments);
}

/**
 * ipd_table_link() - give a filter its place
 * @table: table, synced if it is in force
 * @filter: filter, entered
 */
void ipd_table_link(struct ipd_table *table, struct ipd_filter *filter)
{
	struct ipd_side *side;
	struct rb_node *prev;

	rb_add(&filter->by_rank, &table->by_rank, rank_before);
	prev = rb_prev(&filter->by_rank);
	list_add_rcu(&filter->list, prev ? &ranked(prev)->list : &table->filters);
	if (!ipd_filter_is_exempt(filter)) {
		equal_add(table, filter);
		table->count++;
	}
	if (table->live) {
		ipd_for_each_side(side, filter)
			side_publish(table, side);
	}
}

/** ipd_table_unlink() - undo ipd_table_link() but for what ipd_table_leave() does */
void ipd_table_unlink(struct ipd_table *table, struct ipd_filter *filter)
{
	if (!ipd_filter_is_exempt(filter)) {
		table->count--;
		equal_del(table, filter);
	}
	list_del_rcu(&filter->list);
	rb_erase(&filter->by_rank, &table->by_rank);
}

/** ipd_table_publish() - fill the classifiers of @table, which was synced */
void ipd_table_publish(struct ipd_table *table)
{
	struct ipd_filter *filter;
	struct ipd_side *side;

	/* Lowest rank first, see ipd_cls_publish(). */
	list_for_each_entry_reverse(filter, &table->filters, list) {
		ipd_for_each_side(side, filter)
			side_publish(table, side);
		cond_resched();
	}
	table->live = true;
}

/** ipd_table_create() - an empty table, or NULL */
struct ipd_table *ipd_table_create(void)
{
	struct ipd_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);

	if (!table)
		return NULL;
	INIT_LIST_HEAD(&table->filters);
	table->by_rank = RB_ROOT;
	table->equal = RB_ROOT;
	xa_init(&table->by_serial);
	table->cls = ipd_cls_create();
	if (!table->cls)
		goto no_cls;
	table->fragments = ipd_cls_create_addrs();
	if (!table->fragments)
		goto no_fragments;
	if (rhashtable_init(&table->by_id, &by_id_params))
		goto no_hash;
	return table;

no_hash:
	ipd_cls_destroy(table->fragments);
no_fragments:
	ipd_cls_destroy(table->cls);
no_cls:
	kfree(table);
	return NULL;
}

/** ipd_table_free() - free a table that packets do not see, or not any more, and its filters */
void ipd_table_free(struct ipd_table *table)
{
	struct ipd_filter *filter, *next;
	struct ipd_side *side;

	ipd_cls_destroy(table->cls);
	ipd_cls_destroy(table->fragments);
	rhashtable_destroy(&table->by_id);
	xa_destroy(&table->by_serial);
	list_for_each_entry_safe(filter, next, &table->filters, list) {
		ipd_for_each_side(side, filter) {
			ipd_cls_forget(&side->rule);
			ipd_cls_forget(&side->fragment);
		}
		ipd_filter_free(filter);
		cond_resched();
	}
	kfree(table);
}

/* --- Look-up --- */

/**
 * ipd_table_lookup() - the filter that decides over a packet
 * @table: table in force
 * @key: packet
 * @iface: its device
 * @ambiguous: set if the packet is a fragment without ports, and a block or negotiate
 *	filter that asks for ports would decide over it, if it had those ports
 *
 * RCU. Return: the filter, NULL if none matches.
 */
struct ipd_filter *ipd_table_lookup(const struct ipd_table *table, const struct ipd_key *key,
				    const struct ipd_iface *iface, bool *ambiguous)
{
	const struct ipd_rule *rule, *other;

	rule = ipd_cls_lookup(table->cls, key, 0, iface);
	*ambiguous = false;
	if (unlikely(key->flags & IPD_KEY_NO_PORTS)) {
		other = ipd_cls_lookup_addrs(table->fragments, key, iface);
		*ambiguous = other && (!rule || other->rank > rule->rank);
	}
	return rule ? container_of(rule, struct ipd_side, rule)->filter : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_table_lookup);

/** ipd_table_find() - the filter of an id, or NULL; not the built-in ones */
struct ipd_filter *ipd_table_find(const struct ipd_table *table, u32 id)
{
	return rhashtable_lookup_fast((struct rhashtable *)&table->by_id, &id, by_id_params);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_table_find);

/** ipd_table_find_serial() - the filter of a serial number, or NULL */
struct ipd_filter *ipd_table_find_serial(const struct ipd_table *table, u32 serial)
{
	return xa_load((struct xarray *)&table->by_serial, serial);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_table_find_serial);

/** ipd_table_in_force() - for who holds the mutex */
struct ipd_table *ipd_table_in_force(const struct ipd_net *net)
{
	return rcu_dereference_protected(net->table, lockdep_is_held(&net->mutex));
}
EXPORT_SYMBOL_IF_KUNIT(ipd_table_in_force);

/* --- Changes of the table in force --- */

/**
 * ipd_table_check_room() - may more filters come into a table?
 * @net: namespace
 * @table: table
 * @specs: the filters
 * @n: their number, at least one
 * @extack: for the reason of a refusal
 *
 * Return: 0 or -ENOBUFS.
 */
int ipd_table_check_room(const struct ipd_net *net, const struct ipd_table *table,
			 const struct ipd_filter_spec *specs, unsigned int n,
			 struct netlink_ext_ack *extack)
{
	u32 max = net->config.filters_max;

	if (table->count <= max && n <= max - table->count)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "filter %u: a table may have %u filters (filters-max)",
			   specs[0].id, max);
	return -ENOBUFS;
}

/**
 * ipd_table_add_all() - add filters to a table in force, or to be
 * @net: namespace
 * @table: table
 * @filters: list of filters that are in no table; empty on return
 * @extack: for the reason of a refusal
 *
 * Return: 0, -EEXIST or -ENOMEM: then none was added, and packets saw none.
 */
int ipd_table_add_all(struct ipd_net *net, struct ipd_table *table, struct list_head *filters,
		      struct netlink_ext_ack *extack)
{
	struct ipd_filter *filter, *next;
	LIST_HEAD(entered);
	int err = 0;

	list_for_each_entry_safe(filter, next, filters, list) {
		err = ipd_table_enter(table, filter, extack);
		if (err)
			goto undo;
		list_move_tail(&filter->list, &entered);
		err = ipd_table_new_serial(net, table, filter);
		if (err)
			goto undo;
	}
	err = ipd_table_sync(table);
	if (err)
		goto undo;

	list_for_each_entry_safe(filter, next, &entered, list) {
		list_del(&filter->list);
		ipd_table_link(table, filter);
	}
	return 0;

undo:
	list_for_each_entry_safe(filter, next, &entered, list) {
		ipd_table_leave(table, filter);
		ipd_filter_free_rcu(filter);
	}
	list_for_each_entry_safe(filter, next, filters, list)
		ipd_filter_free(filter);
	INIT_LIST_HEAD(filters);
	ipd_table_sync(table);
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(extack, "no memory for the filters");
	return err;
}

/* The table in force was changed: forget what was cached of it. */
static void table_changed(struct ipd_net *net, struct ipd_table *table)
{
	ipd_flow_enable(net);
	ipd_flow_invalidate(net);
	ipd_flowtable_end();
	table->generation++;
	ipd_event_table(net, table->generation, table->count);
}

/**
 * ipd_table_add() - add filters to the table in force
 * @net: namespace
 * @specs: filters that ipd_filter_check() finds in order
 * @n: their number, at least one
 * @extack: for the reason of a refusal
 *
 * Packets see them one after another.
 *
 * Return: 0, or an error with none of them added.
 */
int ipd_table_add(struct ipd_net *net, const struct ipd_filter_spec *specs, unsigned int n,
		  struct netlink_ext_ack *extack)
{
	struct ipd_table *table = ipd_table_in_force(net);
	struct ipd_filter *filter, *next;
	LIST_HEAD(filters);
	unsigned int i;
	int err;

	err = ipd_table_check_room(net, table, specs, n, extack);
	for (i = 0; i < n && !err; i++) {
		filter = ipd_filter_create(&specs[i]);
		if (filter)
			list_add_tail(&filter->list, &filters);
		else
			err = -ENOMEM;
	}
	if (err == -ENOMEM)
		NL_SET_ERR_MSG(extack, "no memory for the filters");
	if (err) {
		list_for_each_entry_safe(filter, next, &filters, list)
			ipd_filter_free(filter);
		return err;
	}
	err = ipd_table_add_all(net, table, &filters, extack);
	if (!err)
		table_changed(net, table);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_table_add);

static bool keep_serial(void *table, u32 serial)
{
	return ipd_table_find_serial(table, serial);
}

/**
 * ipd_table_del() - delete a filter from the table in force
 * @net: namespace
 * @id: of the filter
 * @extack: for the reason of a refusal
 *
 * A packet that still knows the filter may make a slot for it after the others went. The
 * slot is taken away when it gets its id, for no filter of its number is in the table.
 *
 * Return: 0 or -ENOENT.
 */
int ipd_table_del(struct ipd_net *net, u32 id, struct netlink_ext_ack *extack)
{
	struct ipd_table *table = ipd_table_in_force(net);
	struct ipd_filter *filter = ipd_table_find(table, id);

	if (!filter) {
		NL_SET_ERR_MSG_FMT(extack, "filter %u: there is none of this id", id);
		return -ENOENT;
	}
	ipd_table_unlink(table, filter);
	ipd_table_leave(table, filter);
	ipd_table_sync(table);
	table_changed(net, table);
	if (filter->spec.action == IPSECDRV_ACTION_NEGOTIATE)
		ipd_slots_prune(net, keep_serial, table);
	ipd_filter_free_rcu(filter);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_table_del);

/**
 * ipd_table_set_exemptions() - remake the built-in filters of the table in force
 * @net: namespace
 * @exemptions: IPSECDRV_EXEMPTIONS_*
 *
 * Return: 0, or -ENOMEM with nothing changed.
 */
int ipd_table_set_exemptions(struct ipd_net *net, u32 exemptions)
{
	struct ipd_table *table = ipd_table_in_force(net);
	u32 order = table->order;
	int err;

	err = ipd_exempt_add(net, table, exemptions);
	if (err)
		return err;
	ipd_exempt_del(table, order);
	ipd_table_sync(table);
	WRITE_ONCE(net->config.exemptions, exemptions);
	table_changed(net, table);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_table_set_exemptions);

/** ipd_table_net_init() - the first table has nothing but exemptions */
int ipd_table_net_init(struct ipd_net *net)
{
	struct ipd_table *table = ipd_table_create();
	int err;

	if (!table)
		return -ENOMEM;
	err = ipd_exempt_add(net, table, net->config.exemptions);
	if (err) {
		ipd_table_free(table);
		return err;
	}
	ipd_table_publish(table);
	rcu_assign_pointer(net->table, table);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_table_net_init);

/** ipd_table_net_exit() - no packet comes any more */
void ipd_table_net_exit(struct ipd_net *net)
{
	struct ipd_transaction *trans, *next;

	list_for_each_entry_safe(trans, next, &net->transactions, list)
		ipd_transaction_abort(trans);
	ipd_table_free(rcu_dereference_protected(net->table, true));
	RCU_INIT_POINTER(net->table, NULL);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_table_net_exit);
