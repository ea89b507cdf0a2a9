// SPDX-License-Identifier: GPL-2.0-only
/*
 * A place in the list of filters that survives changes of the table.
 */

#include "filter.h"
#include "filter_cursor.h"
#include "weight.h"

static u64 rank_of(const struct ipd_filter *filter)
{
	return ipd_rank(filter->weight, filter->spec.action, filter->order);
}

/**
 * ipd_filter_cursor_next() - the filter after the last one seen
 * @table: in force
 * @cursor: place
 *
 * One look-up while the table stays as it is. After a change the place is found by rank:
 * filters that were there all the time are seen once.
 *
 * Return: the filter, or NULL at the end.
 */
struct ipd_filter *ipd_filter_cursor_next(const struct ipd_table *table,
					  const struct ipd_filter_cursor *cursor)
{
	struct ipd_filter *filter;

	if (list_empty(&table->filters))
		return NULL;
	if (!cursor->started)
		return list_first_entry(&table->filters, struct ipd_filter, list);

	if (cursor->id && cursor->generation == table->generation) {
		filter = ipd_table_find(table, cursor->id);
		if (filter)
			return list_is_last(&filter->list, &table->filters) ?
			       NULL : list_next_entry(filter, list);
	}
	list_for_each_entry(filter, &table->filters, list) {
		if (rank_of(filter) < cursor->rank)
			return filter;
	}
	return NULL;
}

/** ipd_filter_cursor_seen() - @filter of @table was the last one seen */
void ipd_filter_cursor_seen(struct ipd_filter_cursor *cursor, const struct ipd_table *table,
			    const struct ipd_filter *filter)
{
	cursor->started = true;
	cursor->generation = table->generation;
	cursor->id = filter->spec.id;
	cursor->rank = rank_of(filter);
}
