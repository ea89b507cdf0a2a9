// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ring without a lock. Who drops a packet takes the next number, and with it a place; who
 * finds his place being written, because the ring went round meanwhile, lets it be. A reader
 * copies a place and looks whether it still holds the same number.
 */
#include "history.h"

#include <linux/slab.h>

#include "net.h"

static struct ipd_history_entry *history_place(const struct ipd_history *history, u64 number)
{
	return &history->entries[number % IPD_HISTORY_MAX];
}

/** ipd_history_add() - remember a drop, and forget the oldest; its number, or 0 */
u64 ipd_history_add(struct ipd_net *in, const struct ipd_dropped *dropped)
{
	struct ipd_history *history = &in->history;
	struct ipd_history_entry *entry;
	u64 number;
	s64 old;

	/* Pairs with ipd_history_enable(). */
	if (!smp_load_acquire(&history->entries))
		return 0;
	number = atomic64_inc_return(&history->last);
	entry = history_place(history, number);
	old = atomic64_read(&entry->number);
	if ((!old && number > IPD_HISTORY_MAX) || (u64)old > number ||
	    !atomic64_try_cmpxchg_acquire(&entry->number, &old, 0))
		return 0;
	/* The number is 0 before anything of the drop is seen; pairs with ipd_history_next(). */
	smp_wmb();
	entry->dropped = *dropped;
	atomic64_set_release(&entry->number, number);
	return number;
}

/** ipd_history_enable() - the namespace is about to get its hooks; 0 or -ENOMEM */
int ipd_history_enable(struct ipd_net *in)
{
	struct ipd_history_entry *entries;

	lockdep_assert_held(&in->mutex);

	if (in->history.entries)
		return 0;
	entries = kvcalloc(IPD_HISTORY_MAX, sizeof(*entries), GFP_KERNEL_ACCOUNT);
	if (!entries)
		return -ENOMEM;
	/* Pairs with ipd_history_add(). */
	smp_store_release(&in->history.entries, entries);
	return 0;
}

/**
 * ipd_history_next() - the oldest drop that is remembered after a number
 * @in: namespace
 * @number: 0 or that of a drop; that of the one found
 * @dropped: the drop
 *
 * Return: false if there is none.
 */
bool ipd_history_next(const struct ipd_net *in, u64 *number, struct ipd_dropped *dropped)
{
	const struct ipd_history *history = &in->history;
	u64 last = atomic64_read(&history->last), at = *number;
	const struct ipd_history_entry *entry;

	if (!history->entries)
		return false;
	if (last > IPD_HISTORY_MAX && at < last - IPD_HISTORY_MAX)
		at = last - IPD_HISTORY_MAX;
	while (at++ < last) {
		entry = history_place(history, at);
		if ((u64)atomic64_read_acquire(&entry->number) != at)
			continue;
		*dropped = entry->dropped;
		/* Pairs with ipd_history_add(). */
		smp_rmb();
		if ((u64)atomic64_read(&entry->number) != at)
			continue;
		*number = at;
		return true;
	}
	return false;
}

/** ipd_history_net_exit() - no packet comes any more */
void ipd_history_net_exit(struct ipd_net *in)
{
	kvfree(in->history.entries);
}
