/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was dropped, told to the kernel log once in an interval and never per packet.
 */
#ifndef IPD_LOG_H
#define IPD_LOG_H

#include <linux/workqueue.h>

#include "stats.h"

struct ipd_net;

/**
 * struct ipd_log - of a namespace
 * @work: pending while log_level is not 0
 * @seen: the counters at the last report; of the work while it is pending, else of who
 *	holds the mutex
 */
struct ipd_log {
	struct delayed_work work;
	u64 seen[IPD_STAT_MAX];
};

void ipd_log_set(struct ipd_net *in, u8 level, u32 interval);
void ipd_log_net_init(struct ipd_net *in);
void ipd_log_net_exit(struct ipd_net *in);

#endif /* IPD_LOG_H */
