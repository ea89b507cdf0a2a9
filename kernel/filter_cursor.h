/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A place in the list of filters, kept between the batches of a dump while the table may
 * change: the netlink dump and the file in procfs walk with it.
 */
#ifndef IPD_FILTER_CURSOR_H
#define IPD_FILTER_CURSOR_H

#include <linux/types.h>

struct ipd_filter;
struct ipd_table;

/**
 * struct ipd_filter_cursor - zero is the start
 * @rank: of the last filter seen
 * @generation: of the table it was in
 * @id: its own, 0 for a built-in one
 * @started: one was seen
 */
struct ipd_filter_cursor {
	u64 rank;
	u32 generation;
	u32 id;
	bool started;
};

/* Both under the namespace's mutex. */
struct ipd_filter *ipd_filter_cursor_next(const struct ipd_table *table,
					  const struct ipd_filter_cursor *cursor);
void ipd_filter_cursor_seen(struct ipd_filter_cursor *cursor, const struct ipd_table *table,
			    const struct ipd_filter *filter);

#endif /* IPD_FILTER_CURSOR_H */
