/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flow cache: what the classifier said of a 5-tuple, per CPU, four ways, of fixed size.
 * Used with bottom halves off, so it has no lock, no reference and no allocation. An
 * entry is good while its generation is the namespace's; whatever it points to is freed
 * a grace period after the generation moved on.
 */
#ifndef IPD_FLOW_H
#define IPD_FLOW_H

#include <linux/percpu.h>

#include "selector.h"

struct ipd_filter;
struct ipd_net;
struct ipd_slot;

#define IPD_FLOW_WAYS	4
#define IPD_FLOW_SETS	1024

/**
 * struct ipd_flow - one cached answer
 * @key: the packet's key
 * @generation: of the namespace when the entry was made, 0 is empty
 * @filter: that decides, NULL if none matches
 * @slot: of a negotiate filter, NULL if it has none for this packet
 */
struct ipd_flow {
	struct ipd_key key;
	u32 generation;
	struct ipd_filter *filter;
	struct ipd_slot *slot;
};

struct ipd_flow_cache {
	struct ipd_flow (*sets)[IPD_FLOW_WAYS];
	u32 seed;
	u32 victim;
};

/* Bottom halves off. NULL is a miss. */
struct ipd_flow *ipd_flow_find(struct ipd_net *net, const struct ipd_key *key, u32 *hash);
/* Bottom halves off. Overwrites an entry of the set of @hash. */
void ipd_flow_store(struct ipd_net *net, const struct ipd_key *key, u32 hash, u32 generation,
		    struct ipd_filter *filter, struct ipd_slot *slot);
/* After a change that packets must see, before the old is given to RCU. */
void ipd_flow_invalidate(struct ipd_net *net);

int ipd_flow_net_init(struct ipd_net *net);
void ipd_flow_net_exit(struct ipd_net *net);

#endif /* IPD_FLOW_H */
