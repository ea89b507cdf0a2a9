// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to packets of a slot without a pair: held while the key daemon is asked,
 * then sent in the order in which they came, or dropped. The packet path and timers only
 * queue and mark; a work item, under the mutex, does what takes longer.
 */

#include <linux/netfilter.h>
#include <linux/rhashtable.h>

#include <kunit/visibility.h>

#include "drop.h"
#include "net.h"
#include "netlink.h"
#include "output.h"
#include "slot.h"

/* Slots that the work item takes on before it lets go of the mutex; packets that it sends
 * with bottom halves off, and rounds of that, before it turns to another slot.
 */
#define IPD_ACQUIRE_SLOTS	64
#define IPD_ACQUIRE_PACKETS	64
#define IPD_ACQUIRE_ROUNDS	16

/* For so long a refused slot drops packets and does not ask again. */
#define IPD_REFUSED_SECONDS	1
/* For so long packets wait for a sign that the peer is ready to receive. */
#define IPD_WAITS_SECONDS	3

static void slot_until(struct ipd_slot *slot, u64 seconds)
{
	unsigned long delay = min_t(u64, seconds * HZ, MAX_JIFFY_OFFSET);

	lockdep_assert_held(&slot->lock);

	WRITE_ONCE(slot->until, jiffies + delay);
	mod_timer(&slot->timer, slot->until);
}

/** ipd_slot_kick() - there is something for the work item; slot->lock, and it is not dead */
void ipd_slot_kick(struct ipd_slot *slot)
{
	struct ipd_acquires *acquires = &slot->net->acquires;

	lockdep_assert_held(&slot->lock);

	spin_lock(&acquires->lock);
	if (list_empty(&slot->pending))
		list_add_tail(&slot->pending, &acquires->pending);
	spin_unlock(&acquires->lock);
	queue_work(ipd_wq, &acquires->work);
}

/* One acquire from here until the daemon answers or the time is over. */
static void slot_ask(struct ipd_slot *slot)
{
	lockdep_assert_held(&slot->lock);

	WRITE_ONCE(slot->state, IPD_SLOT_LARVAL);
	slot->since = jiffies;
	slot->ask = true;
	slot_until(slot, READ_ONCE(slot->net->config.hold_seconds));
	ipd_slot_kick(slot);
}

/**
 * ipd_held_drop() - drop packets that were held
 * @slot: that held them
 * @held: they
 * @reason: enum ipd_drop_reason
 *
 * RCU or the mutex.
 */
void ipd_held_drop(struct ipd_slot *slot, struct sk_buff_head *held, u8 reason)
{
	struct ipd_net *in = slot->net;
	struct ipd_filter *filter = ipd_slot_filter(slot);
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(held))) {
		atomic_dec(&in->acquires.held);
		ipd_drop_packets(in, reason, skb, 1, filter, NULL);
		kfree_skb(skb);
	}
}

/** ipd_held_release() - let packets go on, in order; process context */
void ipd_held_release(struct ipd_net *in, struct sk_buff_head *held)
{
	struct sk_buff *skb;

	local_bh_disable();
	rcu_read_lock();
	while ((skb = __skb_dequeue(held))) {
		atomic_dec(&in->acquires.held);
		IPD_STAT_INC(in, out_hold_released);
		ipd_output_release(in, skb);
	}
	rcu_read_unlock();
	local_bh_enable();
}

static unsigned int slot_enqueue(struct ipd_slot *slot, struct ipd_filter *filter,
				 struct sk_buff *skb)
{
	struct ipd_net *in = slot->net;

	lockdep_assert_held(&slot->lock);

	/* Behind packets that are on their way out already there is no need for a bound. */
	if (!slot->draining && skb_queue_len(&slot->held) >= READ_ONCE(in->config.hold_per_flow))
		goto full;
	if (atomic_inc_return(&in->acquires.held) > READ_ONCE(in->config.hold_total)) {
		atomic_dec(&in->acquires.held);
		goto full;
	}
	/* The route may only be borrowed from an RCU section that ends before the wait. */
	if (skb_dst(skb) && !skb_dst_force(skb)) {
		atomic_dec(&in->acquires.held);
		ipd_drop(in, out_no_route, skb, filter, NULL);
		return NF_DROP;
	}
	/* Now: until then conntrack takes every packet for the first of its connection, and
	 * of two such packets it refuses the later one.
	 */
	if (!ipd_output_confirm(in, skb, filter)) {
		atomic_dec(&in->acquires.held);
		return NF_DROP;
	}
	__skb_queue_tail(&slot->held, skb);
	IPD_STAT_INC(in, out_hold);
	return NF_STOLEN;

full:
	ipd_drop(in, out_hold_full, skb, filter, NULL);
	return NF_DROP;
}

/* slot->lock, the slot is not dead. */
static unsigned int slot_take(struct ipd_slot *slot, struct ipd_filter *filter,
			      const struct ipd_key *key, struct sk_buff *skb)
{
	bool goes = rcu_access_pointer(slot->pair) || slot->state == IPD_SLOT_SOFT;
	unsigned int verdict;

	if (slot->state == IPD_SLOT_SOFT && !slot->draining) {
		if (skb)
			ipd_soft_count(slot, IPSECDRV_DIR_OUT, skb);
		return NF_ACCEPT;
	}
	if (slot->state == IPD_SLOT_REFUSED && time_before(jiffies, slot->until)) {
		if (skb)
			ipd_drop(slot->net, out_hold_refused, skb, filter, NULL);
		return NF_DROP;
	}
	if (!goes && slot->state != IPD_SLOT_LARVAL) {
		slot->packet = *key;
		slot_ask(slot);
	}
	verdict = skb ? slot_enqueue(slot, filter, skb) : NF_DROP;
	/* A pair came between the caller's look and the lock. */
	if (verdict == NF_STOLEN && goes && !slot->draining) {
		WRITE_ONCE(slot->draining, true);
		ipd_slot_kick(slot);
	}
	return verdict;
}

unsigned int ipd_slot_hold(struct ipd_net *in, struct ipd_filter *filter,
			   struct ipd_slot *slot, const struct ipd_key *key,
			   struct sk_buff *skb)
{
	unsigned int verdict = NF_DROP;
	bool dead;

	do {
		if (!slot)
			slot = ipd_slot_for_packet(in, filter, key);
		if (IS_ERR(slot)) {
			if (skb && PTR_ERR(slot) == -ENOMEM)
				ipd_drop(in, out_no_memory, skb, filter, NULL);
			else if (skb)
				ipd_drop(in, out_hold_full, skb, filter, NULL);
			return NF_DROP;
		}
		spin_lock(&slot->lock);
		dead = slot->state == IPD_SLOT_DEAD;
		if (!dead)
			verdict = slot_take(slot, filter, key, skb);
		spin_unlock(&slot->lock);
		slot = NULL;
	} while (dead);
	return verdict;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_slot_hold);

static void slot_timer(struct timer_list *timer)
{
	struct ipd_slot *slot = from_timer(slot, timer, timer);
	struct sk_buff_head late;
	bool soft_ended = false;

	__skb_queue_head_init(&late);
	spin_lock(&slot->lock);
	/* Else it was armed anew while this one was on its way. */
	if (!timer_pending(&slot->timer)) {
		if (slot->waits) {
			WRITE_ONCE(slot->waits, false);
			WRITE_ONCE(slot->state, IPD_SLOT_IDLE);
			slot->since = jiffies;
			ipd_slot_kick(slot);
		} else if (slot->state == IPD_SLOT_LARVAL) {
			skb_queue_splice_init(&slot->held, &late);
			WRITE_ONCE(slot->state, IPD_SLOT_REFUSED);
			slot_until(slot, IPD_REFUSED_SECONDS);
		} else if (slot->state == IPD_SLOT_REFUSED || slot->state == IPD_SLOT_SOFT) {
			soft_ended = slot->state == IPD_SLOT_SOFT;
			WRITE_ONCE(slot->state, IPD_SLOT_IDLE);
			slot->since = jiffies;
		}
	}
	spin_unlock(&slot->lock);
	rcu_read_lock();
	ipd_held_drop(slot, &late, IPD_DROP_out_hold_timeout);
	rcu_read_unlock();
	if (soft_ended)
		ipd_event_soft_end(slot, IPSECDRV_SOFT_END_TIME);
}

/** ipd_slot_init_queue() - of a slot that is being made */
void ipd_slot_init_queue(struct ipd_slot *slot)
{
	spin_lock_init(&slot->lock);
	__skb_queue_head_init(&slot->held);
	timer_setup(&slot->timer, slot_timer, 0);
}

/* Send some of what is held, if there is a way. True if there is more. Ends draining in
 * the same moment in which the queue is empty, so no packet overtakes another.
 */
static bool slot_drain(struct ipd_slot *slot)
{
	struct sk_buff_head some;
	struct sk_buff *skb;
	bool goes;

	__skb_queue_head_init(&some);
	spin_lock_bh(&slot->lock);
	goes = rcu_access_pointer(slot->pair) || slot->state == IPD_SLOT_SOFT;
	if (goes && slot->draining)
		while (skb_queue_len(&some) < IPD_ACQUIRE_PACKETS &&
		       (skb = __skb_dequeue(&slot->held)))
			__skb_queue_tail(&some, skb);
	if (skb_queue_empty(&some))
		WRITE_ONCE(slot->draining, false);
	/* The pair went away again before all were out: they still need one. */
	if (!goes && slot->state == IPD_SLOT_IDLE && !skb_queue_empty(&slot->held))
		slot_ask(slot);
	spin_unlock_bh(&slot->lock);

	if (skb_queue_empty(&some))
		return false;
	ipd_held_release(slot->net, &some);
	return true;
}

static void slot_raise(struct ipd_slot *slot)
{
	struct ipd_net *in = slot->net;
	bool ask;

	spin_lock_bh(&slot->lock);
	ask = slot->ask;
	slot->ask = false;
	spin_unlock_bh(&slot->lock);
	if (!ask)
		return;
	IPD_STAT_INC(in, acquire);
	ipd_event_acquire(slot);
}

/* Between the packet that made the slot and us another one may have come into force that
 * has the packet's place.
 */
static bool slot_is_superseded(struct ipd_slot *slot, const struct ipd_filter *filter)
{
	struct ipd_slot *other;
	bool superseded;

	if (!slot->net->acquires.irregular)
		return false;
	rcu_read_lock();
	other = ipd_slot_lookup(slot->net, filter, &slot->packet);
	superseded = other && rcu_access_pointer(other->pair);
	rcu_read_unlock();
	return superseded;
}

/* A new slot: into the classifier, unless its time is over. False if it is gone. */
static bool slot_enter(struct ipd_slot *slot)
{
	struct ipd_filter *filter = ipd_slot_filter(slot);

	if (filter && slot_is_superseded(slot, filter)) {
		ipd_slot_dissolve(slot);
		return false;
	}
	if (!filter || ipd_slot_register(slot)) {
		ipd_slot_kill(slot);
		return false;
	}
	return true;
}

static void slot_serve(struct ipd_slot *slot)
{
	unsigned int i;

	if (!slot->id && !slot_enter(slot))
		return;
	ipd_slot_choose(slot);
	slot_raise(slot);
	for (i = 0; i < IPD_ACQUIRE_ROUNDS; i++)
		if (!slot_drain(slot))
			return;
	spin_lock_bh(&slot->lock);
	ipd_slot_kick(slot);
	spin_unlock_bh(&slot->lock);
}

/* Serve up to @budget slots. Holding the mutex keeps them from going away. */
static void acquires_serve(struct ipd_net *in, unsigned int budget)
{
	struct ipd_acquires *acquires = &in->acquires;
	struct ipd_slot *slot;

	lockdep_assert_held(&in->mutex);

	do {
		spin_lock_bh(&acquires->lock);
		slot = list_first_entry_or_null(&acquires->pending, struct ipd_slot, pending);
		if (slot)
			list_del_init(&slot->pending);
		spin_unlock_bh(&acquires->lock);
		if (slot)
			slot_serve(slot);
	} while (slot && --budget);
	if (slot)
		queue_work(ipd_wq, &acquires->work);
}

static void acquires_work(struct work_struct *work)
{
	struct ipd_net *in = container_of(work, struct ipd_net, acquires.work);

	mutex_lock(&in->mutex);
	acquires_serve(in, IPD_ACQUIRE_SLOTS);
	mutex_unlock(&in->mutex);
}

/**
 * ipd_slot_wait() - a pair comes of a negotiation that the peer has begun
 * @slot: its slot
 *
 * The mutex. The peer cannot receive on it before it has our answer. While packets are held for
 * a negotiation of our own they are for that one's pair; or for this one when the peer was
 * heard on it, the other one was refused, or some time is over. Return: whether that is so.
 */
bool ipd_slot_wait(struct ipd_slot *slot)
{
	lockdep_assert_held(&slot->net->mutex);

	spin_lock_bh(&slot->lock);
	if (slot->state == IPD_SLOT_LARVAL && !slot->waits) {
		WRITE_ONCE(slot->waits, true);
		slot_until(slot, IPD_WAITS_SECONDS);
	}
	spin_unlock_bh(&slot->lock);
	return slot->waits;
}

/* What ipd_slot_wait() waits for will not come. */
static void slot_wait_no_more(struct ipd_slot *slot)
{
	spin_lock_bh(&slot->lock);
	WRITE_ONCE(slot->waits, false);
	spin_unlock_bh(&slot->lock);
	ipd_slot_choose(slot);
}

/**
 * ipd_slot_rehold() - the daemon has answered with less than it was asked for
 * @slot: the slot it was asked for, which has no pair
 *
 * The mutex. Packets held go through the narrower pair; those it is not for are held
 * again, and ask again.
 */
void ipd_slot_rehold(struct ipd_slot *slot)
{
	struct sk_buff_head held;

	lockdep_assert_held(&slot->net->mutex);

	slot_wait_no_more(slot);
	if (rcu_access_pointer(slot->pair))
		return;
	__skb_queue_head_init(&held);
	spin_lock_bh(&slot->lock);
	if (slot->state == IPD_SLOT_LARVAL) {
		skb_queue_splice_init(&slot->held, &held);
		timer_delete(&slot->timer);
		WRITE_ONCE(slot->state, IPD_SLOT_IDLE);
		slot->since = jiffies;
		slot->ask = false;
	}
	spin_unlock_bh(&slot->lock);
	ipd_held_release(slot->net, &held);
}

/* @soft: the filter that allows a soft SA, NULL if there is to be none. */
static void slot_refuse(struct ipd_slot *slot, u8 reason, const struct ipd_filter *soft,
			struct sk_buff_head *refused)
{
	slot->ask = false;
	if (!soft) {
		skb_queue_splice_init(&slot->held, refused);
		WRITE_ONCE(slot->state, IPD_SLOT_REFUSED);
		slot_until(slot, IPD_REFUSED_SECONDS);
		return;
	}
	slot_until(slot, ipd_soft_lifetime(soft));
	WRITE_ONCE(slot->draining, !skb_queue_empty(&slot->held));
	ipd_soft_begin(slot, reason);
	if (slot->draining)
		ipd_slot_kick(slot);
}

/**
 * ipd_slot_refuse() - the daemon gives a negotiation up
 * @slot: slot
 * @reason: enum ipsecdrv_refuse_reason
 * @soft: make a soft SA, if the filter allows it for @reason
 * @extack: says why not
 *
 * The mutex. Packets held are dropped, or go out in clear. A soft SA that the slot has ends,
 * or is begun anew for the new reason. Return: 0; -EBUSY if there is a pair; -EINVAL if a
 * soft SA is not allowed; in both cases nothing has changed.
 */
int ipd_slot_refuse(struct ipd_slot *slot, u8 reason, bool soft,
		    struct netlink_ext_ack *extack)
{
	struct ipd_net *in = slot->net;
	struct ipd_filter *filter = ipd_slot_filter(slot);
	struct sk_buff_head refused;
	const char *why;
	bool was_soft;

	lockdep_assert_held(&in->mutex);

	slot_wait_no_more(slot);
	if (rcu_access_pointer(slot->pair)) {
		NL_SET_ERR_MSG(extack, "slot has an SA pair");
		return -EBUSY;
	}
	why = soft ? ipd_soft_check(filter, reason) : NULL;
	if (why) {
		NL_SET_ERR_MSG_FMT(extack, "%s", why);
		return -EINVAL;
	}
	__skb_queue_head_init(&refused);
	spin_lock_bh(&slot->lock);
	was_soft = slot->state == IPD_SLOT_SOFT;
	slot_refuse(slot, reason, soft ? filter : NULL, &refused);
	spin_unlock_bh(&slot->lock);
	ipd_held_drop(slot, &refused, IPD_DROP_out_hold_refused);
	if (soft)
		ipd_event_soft(slot);
	else if (was_soft)
		ipd_event_soft_end(slot, IPSECDRV_SOFT_END_REFUSED);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_slot_refuse);

static void slot_flush_dev(struct ipd_slot *slot, const struct net_device *dev,
			   struct sk_buff_head *flushed)
{
	struct sk_buff *skb, *next;

	spin_lock_bh(&slot->lock);
	skb_queue_walk_safe(&slot->held, skb, next) {
		if (dev && skb->dev != dev && (!skb_dst(skb) || skb_dst(skb)->dev != dev))
			continue;
		__skb_unlink(skb, &slot->held);
		__skb_queue_tail(flushed, skb);
	}
	spin_unlock_bh(&slot->lock);
}

/**
 * ipd_slots_flush_dev() - a device goes away
 * @in: namespace
 * @dev: the device, or NULL for all
 *
 * The mutex. Held packets point to it without a reference.
 */
void ipd_slots_flush_dev(struct ipd_net *in, const struct net_device *dev)
{
	struct sk_buff_head flushed;
	struct ipd_slot *slot;

	lockdep_assert_held(&in->mutex);

	__skb_queue_head_init(&flushed);
	/* Slots that only the hash table knows join the list; there are no more of them. */
	acquires_serve(in, IPD_SLOTS_BARE_MAX);
	list_for_each_entry(slot, &in->acquires.list, list) {
		slot_flush_dev(slot, dev, &flushed);
		ipd_held_drop(slot, &flushed, IPD_DROP_out_hold_flushed);
	}
}
EXPORT_SYMBOL_IF_KUNIT(ipd_slots_flush_dev);

/** ipd_acquire_net_init() - 0 or -ENOMEM */
int ipd_acquire_net_init(struct ipd_net *in)
{
	struct ipd_acquires *acquires = &in->acquires;

	INIT_LIST_HEAD(&acquires->list);
	INIT_LIST_HEAD(&acquires->bare);
	INIT_LIST_HEAD(&acquires->pending);
	idr_init_base(&acquires->ids, 1);
	spin_lock_init(&acquires->lock);
	INIT_WORK(&acquires->work, acquires_work);
	INIT_DELAYED_WORK(&acquires->sweep, ipd_slot_sweep_work);
	return ipd_slots_init(in);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_acquire_net_init);

/**
 * ipd_acquire_net_exit() - drop what is held, remove all slots
 * @in: namespace; no packet and no request comes any more, all pairs are gone
 */
void ipd_acquire_net_exit(struct ipd_net *in)
{
	struct ipd_acquires *acquires = &in->acquires;

	mutex_lock(&in->mutex);
	ipd_slots_exit(in);
	mutex_unlock(&in->mutex);

	/* Nothing is left that could queue them again. */
	cancel_work_sync(&acquires->work);
	cancel_delayed_work_sync(&acquires->sweep);

	ipd_cls_destroy(acquires->slots);
	rhashtable_destroy(&acquires->by_sel);
	idr_destroy(&acquires->ids);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_acquire_net_exit);
