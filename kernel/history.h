/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last drops of a namespace, each with its reason.
 */
#ifndef IPD_HISTORY_H
#define IPD_HISTORY_H

#include <linux/atomic.h>
#include <linux/ktime.h>

#include "selector.h"

struct ipd_net;

/* At least the last 1,000; a power of two. */
#define IPD_HISTORY_MAX		1024

/**
 * struct ipd_dropped - a packet that was dropped
 * @time: of day
 * @key: what it looked like; what could not be read is 0
 * @spi: of an ESP or AH packet
 * @filter: id of the filter that decided, or 0
 * @pair: id of the SA pair it came or was to go through, or 0
 * @len: bytes of the packet
 * @packets: how many it was
 * @reason: enum ipd_drop_reason
 */
struct ipd_dropped {
	ktime_t time;
	struct ipd_key key;
	__be32 spi;
	u32 filter;
	u32 pair;
	u32 len;
	u32 packets;
	u8 reason;
};

/**
 * struct ipd_history_entry - one place of the ring
 * @number: of the drop it holds, counted from 1; 0 while it is written
 * @dropped: the drop
 */
struct ipd_history_entry {
	atomic64_t number;
	struct ipd_dropped dropped;
};

/**
 * struct ipd_history - see above
 * @last: number of the last drop
 * @entries: IPD_HISTORY_MAX; NULL until the namespace has hooks
 */
struct ipd_history {
	atomic64_t last;
	struct ipd_history_entry *entries;
};

/* Any context. */
u64 ipd_history_add(struct ipd_net *in, const struct ipd_dropped *dropped);
/* The control path; to enable it, the mutex. */
int ipd_history_enable(struct ipd_net *in);
bool ipd_history_next(const struct ipd_net *in, u64 *number, struct ipd_dropped *dropped);
void ipd_history_net_exit(struct ipd_net *in);

#endif /* IPD_HISTORY_H */
