/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flow cache: what the classifier said of a 5-tuple, per CPU, four ways, of fixed size.
 * Used with bottom halves off, so it has no lock, no reference and no allocation. An
 * entry is good while its generation is the namespace's; whatever it points to is freed
 * a grace period after the generation moved on.
 *
 * The order that makes this right: a change is made visible, then the generation moves
 * (release), then RCU is given what is old. A packet reads the generation (acquire), then
 * the tables. So what it stores under the new generation is new; and who finds an entry
 * of the old generation, or stores one, is in a section of RCU that began before the
 * generation moved, which is one that the freeing waits for.
 */
#ifndef IPD_FLOW_H
#define IPD_FLOW_H

#include <linux/percpu.h>

#include "selector.h"

struct ipd_filter;
struct ipd_forward;
struct ipd_net;
struct ipd_slot;

#define IPD_FLOW_WAYS	4
#define IPD_FLOW_SETS	1024
/* 32-bit words of a key */
#define IPD_FLOW_WORDS	11
#define IPD_FLOW_FORWARD	1UL

/**
 * struct ipd_flow - one cached answer
 * @key: the packet's key
 * @generation: of the namespace when the entry was made, 0 is empty
 * @filter: that decides, NULL if none matches
 * @slot: of a negotiate filter, NULL if it has none for this packet; or, with the bit
 *	IPD_FLOW_FORWARD, a struct ipd_forward, which has the slot, and is the entry's own
 */
struct ipd_flow {
	struct ipd_key key;
	u32 generation;
	struct ipd_filter *filter;
	unsigned long slot;
};

/**
 * struct ipd_flow_cache - of one CPU and namespace
 * @sets: IPD_FLOW_SETS of them; NULL until ipd_flow_enable()
 * @victim: way that is overwritten next when all are in use
 * @factors: of the hash, for the words of a key
 */
struct ipd_flow_cache {
	struct ipd_flow (*sets)[IPD_FLOW_WAYS];
	u32 victim;
	u64 factors[IPD_FLOW_WORDS];
};

/* Bottom halves off. NULL is a miss. */
struct ipd_flow *ipd_flow_find(struct ipd_net *net, const struct ipd_key *key, u32 *hash);
/* Bottom halves off. Overwrites an entry of the set of @hash. */
void ipd_flow_store(struct ipd_net *net, const struct ipd_key *key, u32 hash, u32 generation,
		    struct ipd_filter *filter, struct ipd_slot *slot);
/* Bottom halves off. Of an entry of the generation in force; replaces what it has. */
void ipd_flow_set_forward(struct ipd_flow *flow, struct ipd_forward *forward);
/* The mutex. After a change that packets must see, before the old is given to RCU. */
void ipd_flow_invalidate(struct ipd_net *net);
/* The mutex. A namespace that has filters of its own gets memory for the cache; without
 * it every look-up is a miss.
 */
void ipd_flow_enable(struct ipd_net *net);

int ipd_flow_net_init(struct ipd_net *net);
void ipd_flow_net_exit(struct ipd_net *net);

#endif /* IPD_FLOW_H */
