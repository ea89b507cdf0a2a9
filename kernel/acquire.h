/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slots: where the packets of a negotiate filter meet their SA pair. A slot is a filter
 * narrowed as it asks (to the address pair, or to protocol and ports), with the pair in
 * force, or with the packets that wait for one: larval, one acquire, a bounded queue.
 *
 * Slots are rules in the slot classifier, scope the filter's serial number. Made by the
 * first packet or by a pair that user space brings; removed when they have neither pair,
 * packets nor soft SA. A rekey swaps the pair and touches nothing else.
 *
 * A packet cannot enter a rule into the classifier, whose writers sleep and hold the
 * mutex. It makes the slot and enters it into a hash table by its selector, which is what
 * makes it the only one; a work item then enters it into the classifier, gives it its id
 * and raises the acquire. A packet that the classifier knows no slot for looks there.
 */
#ifndef IPD_ACQUIRE_H
#define IPD_ACQUIRE_H

#include <linux/idr.h>
#include <linux/rhashtable-types.h>
#include <linux/skbuff.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "classifier.h"
#include "soft.h"

struct ipd_filter;
struct ipd_net;
struct netlink_ext_ack;
struct ipd_pair;

/** enum ipd_slot_state - what a packet of the slot meets when there is no pair */
enum ipd_slot_state {
	IPD_SLOT_IDLE,		/* nothing: the next packet raises an acquire */
	IPD_SLOT_LARVAL,	/* an acquire is out: packets are held */
	IPD_SLOT_REFUSED,	/* refused a moment ago: packets are dropped for a while */
	IPD_SLOT_SOFT,		/* a soft SA: packets pass in clear */
	IPD_SLOT_DEAD,		/* out of the tables */
};

/**
 * struct ipd_slot - see above
 * @rule: in the slot classifier once the work item was there
 * @node: in the hash table by @serial and @sel
 * @sel: outbound, without an interface: the filter has seen to that
 * @pair: in force, RCU; written under the mutex and @lock
 * @pairs: all that serve the slot, oldest first, under the mutex
 * @id: given by the work item, 0 before; never 0 in the hands of user space
 * @serial: of the filter
 * @regular: @sel is what a packet would make of the filter's selector
 * @lock: @state, @draining, @waits, @ask, @held, @packet, @since, @until; bottom halves off
 * @draining: packets held are going out; those that come now queue behind them
 * @waits: for another pair than one that only listens: ipd_slot_wait()
 * @ask: the work item has an acquire to raise
 * @held: packets in order of arrival
 * @packet: what the first of them looked like, for the acquire
 * @since: jiffies when the acquire was raised, or the slot became idle
 * @until: jiffies when larval, refused or soft ends
 * @soft: in the state soft, its reason and what it let pass
 * @list: in acquires.list
 * @bare: in acquires.bare while the slot has no pair
 * @pending: in acquires.pending, under acquires.lock
 */
struct ipd_slot {
	struct ipd_rule rule;
	struct rhash_head node;
	struct ipd_selector sel;

	/* With a pair in force, of this cache line the packet path needs nothing else. */
	struct ipd_pair __rcu *pair;
	u8 state;
	bool draining;
	bool waits;
	bool ask;
	bool regular;
	u32 id;
	u32 serial;
	u32 filter_id;
	struct ipd_net *net;
	struct list_head pairs;

	u64 cookie;
	spinlock_t lock;	/* state, held, until, draining, waits */
	struct sk_buff_head held;
	struct ipd_key packet;
	unsigned long since;
	unsigned long until;
	struct ipd_soft soft;
	struct timer_list timer;
	struct list_head list;
	struct list_head bare;
	struct list_head pending;
	struct rcu_head rcu;
};

/**
 * struct ipd_acquires - of one namespace
 * @slots: slots by what packets they are for
 * @by_sel: slots by serial number of the filter and selector
 * @list: slots in @slots, oldest first, under the mutex
 * @bare: those without a pair
 * @ids: slots by id, under the mutex
 * @count: slots in @list
 * @irregular: those of them that are not regular
 * @unpaired: slots without a pair, those not in @list yet included; bounded
 * @held: packets held
 * @lock: @pending; innermost
 * @pending: slots that wait for @work
 * @sweep: removes slots that are of no use any more
 */
struct ipd_acquires {
	struct ipd_cls *slots;
	struct rhashtable by_sel;
	struct list_head list;
	struct list_head bare;
	struct idr ids;
	u32 count;
	u32 irregular;
	atomic_t unpaired;
	atomic_t held;
	spinlock_t lock;	/* pending, bare slots */
	struct list_head pending;
	struct work_struct work;
	struct delayed_work sweep;
};

/**
 * ipd_slot_draining() - packets held before are still going out
 * @slot: slot
 *
 * To be asked after slot->pair was read: a new packet must then not overtake them and
 * goes to ipd_slot_hold(), whatever the pair says. Held packets themselves do not ask.
 */
static inline bool ipd_slot_draining(const struct ipd_slot *slot)
{
	/* Pairs with the release of rcu_assign_pointer() in ipd_slot_set_pair(). */
	smp_rmb();
	return READ_ONCE(slot->draining);
}

/* The packet path, RCU, bottom halves off. An answer without a slot must not be cached:
 * a slot that a packet makes later does not invalidate the flow cache.
 */
struct ipd_slot *ipd_slot_lookup(struct ipd_net *net, const struct ipd_filter *filter,
				 const struct ipd_key *key);
/**
 * ipd_slot_hold() - a packet of a negotiate filter has no SA pair
 * @net: namespace
 * @filter: the filter that decides
 * @slot: its slot for the packet, or NULL if there is none yet; may have a pair by now
 * @key: of the packet, outbound
 * @skb: outbound packet, or NULL to ask for a pair only
 *
 * Makes the slot if needed, raises one acquire per slot, queues the packet.
 * Return: NF_STOLEN if the packet is held, NF_ACCEPT if a soft SA lets it pass, which
 * the caller counts, NF_DROP if it is to be dropped by the caller; that has been counted.
 * The packet's hook state lies in IPD_OUT_CB().
 */
unsigned int ipd_slot_hold(struct ipd_net *net, struct ipd_filter *filter,
			   struct ipd_slot *slot, const struct ipd_key *key,
			   struct sk_buff *skb);

/* The control path, the namespace's mutex. A slot in acquires.list stays while it is held. */
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
/* After ipd_sadb_net_exit(). */
void ipd_acquire_net_exit(struct ipd_net *net);

#endif /* IPD_ACQUIRE_H */
