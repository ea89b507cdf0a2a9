/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of every packet that the driver does not let through: counted in the namespace,
 * and at who is to blame, which is the SA pair that it came or was to go through, else the
 * filter that decided. The last ones are remembered, and a tracepoint tells of each.
 */
#ifndef IPD_DROP_H
#define IPD_DROP_H

#include "stats.h"

struct ipd_filter;
struct ipd_pair;
struct sk_buff;

#define IPD_DROP_ENUM(name, text) IPD_DROP_##name,
#define IPD_DROP_NONE(name, text)
enum ipd_drop_reason {
	IPD_STATS_PACKETS(IPD_DROP_NONE, IPD_DROP_ENUM)
	IPD_DROP_MAX
};

#undef IPD_DROP_ENUM
#undef IPD_DROP_NONE

/** struct ipd_drops - of a filter or an SA pair, made by the first of them */
struct ipd_drops {
	atomic64_t packets[IPD_DROP_MAX];
};

/* Any context, RCU. Does not free the packet. */
void ipd_drop_packets(struct ipd_net *in, enum ipd_drop_reason reason, const struct sk_buff *skb,
		      unsigned int packets, struct ipd_filter *filter, struct ipd_pair *pair);
/* One that monitor devices have shown as protected. */
void ipd_drop_shown(struct ipd_net *in, enum ipd_drop_reason reason, const struct sk_buff *skb,
		    struct ipd_pair *pair);
/* One packet; @name is that of the counter. */
#define ipd_drop(in, name, skb, filter, pair) \
	ipd_drop_packets(in, IPD_DROP_##name, skb, 1, filter, pair)

u8 ipd_drop_dir(enum ipd_drop_reason reason);
const struct ipd_stat_info *ipd_drop_info(enum ipd_drop_reason reason);
u64 ipd_drops_read(const struct ipd_drops *drops, enum ipd_drop_reason reason);

#endif /* IPD_DROP_H */
