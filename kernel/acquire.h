/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slots: where the packets of a negotiate filter meet their SA pair. A slot is a filter
 * narrowed as it asks (to the address pair, or to protocol and ports), with the pair in
 * force, or with the packets that wait for one: larval, one acquire, a bounded queue.
 *
 * Slots are rules in the slot classifier, scope the filter's serial number. Made by the
 * first packet or by a pair that user space brings; removed when they have neither pair,
 * packets nor soft SA. A rekey swaps the pair and touches nothing else.
 */
#ifndef IPD_ACQUIRE_H
#define IPD_ACQUIRE_H

#include <linux/skbuff.h>
#include <linux/timer.h>

#include "classifier.h"

struct ipd_filter;
struct ipd_net;
struct ipd_pair;

/** enum ipd_slot_state - what a packet of the slot meets when there is no pair */
enum ipd_slot_state {
	IPD_SLOT_IDLE,		/* nothing: the next packet raises an acquire */
	IPD_SLOT_LARVAL,	/* an acquire is out: packets are held */
	IPD_SLOT_REFUSED,	/* refused a moment ago: packets are dropped for a while */
	IPD_SLOT_SOFT,		/* a soft SA: packets pass in clear */
};

/**
 * struct ipd_slot - see above
 * @pair: in force, RCU; written under the mutex
 * @lock: @state, @held, @until
 * @held: packets in order of arrival
 * @packet: what the first of them looked like, for the acquire
 * @since: jiffies when the acquire was raised
 * @until: jiffies when larval, refused or soft ends
 */
struct ipd_slot {
	struct ipd_rule rule;
	struct ipd_selector sel;
	struct ipd_pair __rcu *pair;
	struct ipd_net *net;
	u32 id;
	u32 serial;
	u32 filter_id;
	u64 cookie;
	spinlock_t lock;
	u8 state;
	bool draining;
	struct sk_buff_head held;
	struct ipd_key packet;
	unsigned long since;
	unsigned long until;
	struct timer_list timer;
	struct list_head list;
	struct list_head pending;
	struct rcu_head rcu;
};

/** struct ipd_acquires - of one namespace */
struct ipd_acquires {
	struct ipd_cls *slots;
	struct list_head list;
	struct idr ids;
	u32 count;
	atomic_t held;
	spinlock_t lock;
	struct list_head pending;
	struct work_struct work;
};

/* The packet path, RCU, bottom halves off. */
struct ipd_slot *ipd_slot_lookup(struct ipd_net *net, const struct ipd_filter *filter,
				 const struct ipd_key *key);
/**
 * ipd_slot_hold() - a packet of a negotiate filter has no SA pair
 * @net: namespace
 * @filter: the filter that decides
 * @slot: its slot for the packet, or NULL if there is none yet
 * @key: of the packet, outbound
 * @skb: outbound packet, or NULL to ask for a pair only
 *
 * Makes the slot if needed, raises one acquire per slot, queues the packet.
 * Return: NF_STOLEN if the packet is held, NF_ACCEPT if a soft SA lets it pass,
 * NF_DROP if it is to be dropped by the caller; that has been counted.
 * The packet's hook state lies in IPD_OUT_CB().
 */
unsigned int ipd_slot_hold(struct ipd_net *net, struct ipd_filter *filter,
			   struct ipd_slot *slot, const struct ipd_key *key,
			   struct sk_buff *skb);
bool ipd_slot_soft(const struct ipd_slot *slot);

/* The control path, the namespace's mutex. */
struct ipd_slot *ipd_slot_find(struct ipd_net *net, u32 id);
struct ipd_slot *ipd_slot_get(struct ipd_net *net, const struct ipd_filter *filter,
			      const struct ipd_selector *sel, struct netlink_ext_ack *extack);
/* The pair becomes the slot's; packets held go out through it, in order. */
void ipd_slot_set_pair(struct ipd_slot *slot, struct ipd_pair *pair);
/* The pair is the slot's no longer, if it was. */
void ipd_slot_clear_pair(struct ipd_slot *slot, struct ipd_pair *pair);
int ipd_slot_refuse(struct ipd_slot *slot, u8 reason, bool soft,
		    struct netlink_ext_ack *extack);
/* A table is about to be committed, or filters to go: drop the slots, pairs included,
 * whose filter's serial number @keep does not know.
 */
void ipd_slots_prune(struct ipd_net *net, bool (*keep)(void *data, u32 serial), void *data);
/* Drop held packets that use @dev, or all of them if it is NULL. */
void ipd_slots_flush_dev(struct ipd_net *net, const struct net_device *dev);

int ipd_acquire_net_init(struct ipd_net *net);
void ipd_acquire_net_exit(struct ipd_net *net);

#endif /* IPD_ACQUIRE_H */
