// SPDX-License-Identifier: GPL-2.0-only
#include "drop.h"

#include <linux/slab.h>

#include "net.h"

static const u8 drop_stats[IPD_DROP_MAX] = {
#define NONE(name, text)
#define DROP(name, text) [IPD_DROP_##name] = IPD_STAT_##name,
	IPD_STATS_PACKETS(NONE, DROP)
#undef NONE
#undef DROP
};

/* Most filters and pairs never drop anything, and a table may have 100,000 of them. */
static void drops_add(struct ipd_drops **at, enum ipd_drop_reason reason, unsigned int packets)
{
	struct ipd_drops *drops = READ_ONCE(*at), *other;

	if (unlikely(!drops)) {
		drops = kzalloc(sizeof(*drops), GFP_ATOMIC | __GFP_NOWARN);
		if (!drops)
			return;
		other = cmpxchg(at, NULL, drops);
		if (other) {
			kfree(drops);
			drops = other;
		}
	}
	atomic64_add(packets, &drops->packets[reason]);
}

/**
 * ipd_drop_packets() - a packet is about to be dropped
 * @in: namespace
 * @reason: why
 * @skb: the packet, still whole
 * @packets: how many it is
 * @filter: that decided, or NULL
 * @pair: it came or was to go through, or NULL
 */
void ipd_drop_packets(struct ipd_net *in, enum ipd_drop_reason reason, const struct sk_buff *skb,
		      unsigned int packets, struct ipd_filter *filter, struct ipd_pair *pair)
{
	this_cpu_add(in->stats->value[drop_stats[reason]], packets);
	if (pair)
		drops_add(&pair->drops, reason, packets);
	else if (filter)
		drops_add(&filter->drops, reason, packets);
}

/** ipd_drop_info() - name and text of a reason */
const struct ipd_stat_info *ipd_drop_info(enum ipd_drop_reason reason)
{
	return &ipd_stat_infos[drop_stats[reason]];
}

/** ipd_drops_read() - how many; @drops may be NULL */
u64 ipd_drops_read(const struct ipd_drops *drops, enum ipd_drop_reason reason)
{
	return drops ? atomic64_read(&drops->packets[reason]) : 0;
}
