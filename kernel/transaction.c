// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transactions: a whole table is loaded beside the one in force and takes its place in
 * one step.
 */

#include <linux/err.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <kunit/visibility.h>

#include "flowtable.h"
#include "net.h"
#include "netlink.h"
#include "table.h"

/* Each may hold filters_max filters. */
#define TRANSACTIONS_MAX	16

/**
 * ipd_transaction_begin() - start to load a table
 * @net: namespace
 * @portid: socket that the transaction ends with
 * @extack: for the reason of a refusal
 *
 * Return: the transaction, or ERR_PTR of -EBUSY or -ENOMEM.
 */
struct ipd_transaction *ipd_transaction_begin(struct ipd_net *net, u32 portid,
					      struct netlink_ext_ack *extack)
{
	struct ipd_transaction *trans;
	struct list_head *pos;
	unsigned int n = 0;

	lockdep_assert_held(&net->mutex);
	list_for_each(pos, &net->transactions)
		n++;
	if (n >= TRANSACTIONS_MAX) {
		NL_SET_ERR_MSG_FMT(extack, "%u transactions are open: commit or abort one", n);
		return ERR_PTR(-EBUSY);
	}
	trans = kzalloc(sizeof(*trans), GFP_KERNEL_ACCOUNT);
	if (!trans)
		goto no_memory;
	trans->table = ipd_table_create();
	if (!trans->table)
		goto no_memory;
	trans->net = net;
	trans->portid = portid;
	trans->id = ++net->transaction_id;
	list_add_tail(&trans->list, &net->transactions);
	return trans;

no_memory:
	kfree(trans);
	NL_SET_ERR_MSG(extack, "no memory for a transaction");
	return ERR_PTR(-ENOMEM);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_transaction_begin);

/** ipd_transaction_find() - the transaction @id of the socket @portid, or NULL */
struct ipd_transaction *ipd_transaction_find(struct ipd_net *net, u32 portid, u32 id)
{
	struct ipd_transaction *trans;

	lockdep_assert_held(&net->mutex);
	list_for_each_entry(trans, &net->transactions, list) {
		if (trans->portid == portid && trans->id == id)
			return trans;
	}
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_transaction_find);

/** ipd_transaction_id() - the name of @trans in messages */
u32 ipd_transaction_id(const struct ipd_transaction *trans)
{
	return trans->id;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_transaction_id);

/**
 * ipd_transaction_add() - add a filter
 * @trans: transaction
 * @spec: filter that ipd_filter_check() finds in order
 * @extack: for the reason of a refusal
 *
 * Return: 0, or -EEXIST, -ENOBUFS or -ENOMEM with nothing changed.
 */
int ipd_transaction_add(struct ipd_transaction *trans, const struct ipd_filter_spec *spec,
			struct netlink_ext_ack *extack)
{
	struct ipd_table *table = trans->table;
	struct ipd_filter *filter;
	int err;

	lockdep_assert_held(&trans->net->mutex);
	err = ipd_table_check_room(trans->net, table, spec, 1, extack);
	if (err)
		return err;
	filter = ipd_filter_create(spec);
	if (!filter) {
		err = -ENOMEM;
	} else {
		err = ipd_table_enter(table, filter, extack);
		if (err)
			ipd_filter_free(filter);
		else
			ipd_table_link(table, filter);
	}
	if (err == -ENOMEM)
		NL_SET_ERR_MSG_FMT(extack, "filter %u: no memory", spec->id);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_transaction_add);

/* The filter of the table in force that @filter goes on, or NULL. */
static struct ipd_filter *predecessor(const struct ipd_table *old,
				      const struct ipd_filter *filter)
{
	struct ipd_filter *before;

	if (ipd_filter_is_exempt(filter))
		return NULL;
	before = ipd_table_find(old, filter->spec.id);
	return before && ipd_filter_same(&before->spec, &filter->spec) ? before : NULL;
}

/* Serial numbers for all, the old ones first so that no new one takes theirs. */
static int set_serials(struct ipd_net *net, struct ipd_table *table,
		       const struct ipd_table *old)
{
	struct ipd_filter *filter, *before;
	int err = 0;

	list_for_each_entry(filter, &table->filters, list) {
		before = predecessor(old, filter);
		if (before)
			err = ipd_table_set_serial(table, filter, before->serial);
		if (err)
			return err;
		cond_resched();
	}
	list_for_each_entry(filter, &table->filters, list) {
		if (!filter->serial)
			err = ipd_table_new_serial(net, table, filter);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/* Whatever may fail on the way of a table into force. */
static int get_ready(struct ipd_net *net, struct ipd_table *table, const struct ipd_table *old)
{
	struct ipd_filter *filter;
	int err;

	err = ipd_exempt_add(net, table, net->config.exemptions);
	if (!err)
		err = set_serials(net, table, old);
	if (!err)
		err = ipd_table_sync(table);
	if (!err)
		return 0;

	ipd_exempt_del(table, U32_MAX);
	xa_destroy(&table->by_serial);
	list_for_each_entry(filter, &table->filters, list)
		filter->serial = 0;
	return err;
}

/* A filter that is kept goes on counting. What is counted into the old one from here on
 * is lost with it. Who has read the old one's drops before may still add to them, for they
 * live on.
 */
static void take_over_hits(struct ipd_table *table, const struct ipd_table *old)
{
	struct ipd_hits __percpu *hits;
	struct ipd_filter *filter, *before;

	list_for_each_entry(filter, &table->filters, list) {
		before = predecessor(old, filter);
		if (!before)
			continue;
		hits = filter->hits;
		filter->hits = before->hits;
		WRITE_ONCE(before->hits, hits);
		filter->drops = xchg(&before->drops, NULL);
		cond_resched();
	}
}

static bool keep_serial(void *table, u32 serial)
{
	return ipd_table_find_serial(table, serial);
}

/* A packet reads the pointer to the table once and so sees one table or the other. It
 * reads the generation of the flow cache before that: whoever stores what the old table
 * said stores it under the old generation, and whoever finds such an entry, or goes by
 * the old table, is in a section of RCU that began before the new generation was there.
 * All these have ended after the grace period. From then on nobody can find a slot of a
 * filter that is no more, nor make one, and the slots, their pairs and the old table go.
 */
static void put_in_force(struct ipd_net *net, struct ipd_table *table, struct ipd_table *old)
{
	ipd_table_publish(table);
	table->generation = old->generation + 1;
	rcu_assign_pointer(net->table, table);
	ipd_flow_invalidate(net);

	synchronize_rcu();
	ipd_flowtable_end();
	ipd_slots_prune(net, keep_serial, table);
	ipd_softs_review(net);
	ipd_event_table(net, table->generation, table->count);
	ipd_table_free(old);
}

/**
 * ipd_transaction_commit() - put the table in force
 * @trans: transaction; gone on success
 * @generation: of the table that is to be replaced, or NULL if it does not matter
 * @extack: for the reason of a refusal
 *
 * A filter of the same id and meaning as one of the last table is that filter: its SAs
 * live on and its counters go on. Sleeps for a grace period.
 *
 * Return: 0, or -EBUSY or -ENOMEM with nothing changed: the transaction stays open.
 */
int ipd_transaction_commit(struct ipd_transaction *trans, const u32 *generation,
			   struct netlink_ext_ack *extack)
{
	struct ipd_table *table = trans->table;
	struct ipd_net *net = trans->net;
	struct ipd_table *old;
	int err;

	lockdep_assert_held(&net->mutex);
	old = ipd_table_in_force(net);
	if (generation && *generation != old->generation) {
		NL_SET_ERR_MSG_FMT(extack, "the table in force is of generation %u, not %u",
				   old->generation, *generation);
		return -EBUSY;
	}
	err = get_ready(net, table, old);
	if (err) {
		NL_SET_ERR_MSG(extack, "no memory for the table");
		return err;
	}
	take_over_hits(table, old);
	ipd_flow_enable(net);
	put_in_force(net, table, old);

	list_del(&trans->list);
	kfree(trans);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_transaction_commit);

/** ipd_transaction_abort() - drop a transaction; nothing else changes */
void ipd_transaction_abort(struct ipd_transaction *trans)
{
	list_del(&trans->list);
	ipd_table_free(trans->table);
	kfree(trans);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_transaction_abort);

/** ipd_transaction_release() - the socket @portid was closed: drop its transactions */
void ipd_transaction_release(struct ipd_net *net, u32 portid)
{
	struct ipd_transaction *trans, *next;

	lockdep_assert_held(&net->mutex);
	list_for_each_entry_safe(trans, next, &net->transactions, list) {
		if (trans->portid == portid)
			ipd_transaction_abort(trans);
	}
}
EXPORT_SYMBOL_IF_KUNIT(ipd_transaction_release);
