// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of a namespace.
 */

#include "net.h"
#include "stats.h"

const char *const ipd_stat_names[IPD_STAT_MAX] = {
#define STAT_NAME(name) [IPD_STAT_##name] = #name,
	IPD_STATS(STAT_NAME)
#undef STAT_NAME
};

/** ipd_stat_sum() - value of a counter over all CPUs */
u64 ipd_stat_sum(const struct ipd_net *net, enum ipd_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(net->stats, cpu)->value[stat]);
	return sum;
}
