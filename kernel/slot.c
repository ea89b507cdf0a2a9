// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of slots: made by packets or for a pair, found, given a pair, removed.
 */

#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <net/ipv6.h>

#include <kunit/visibility.h>

#include "cache.h"
#include "drop.h"
#include "net.h"
#include "netlink.h"
#include "slot.h"
#include "weight.h"

/* An idle slot is not removed at once: that would empty the flow cache each time. */
#define IPD_SLOT_SWEEP_AGE	(10 * HZ)
#define IPD_SLOT_SWEEP		(10 * HZ)
/* As many per pass, so that others get the mutex. */
#define IPD_SLOT_SWEEP_MAX	256

struct slot_key {
	u32 serial;
	const struct ipd_selector *sel;
};

static u32 slot_hash_key(const void *data, u32 len, u32 seed)
{
	const struct slot_key *key = data;
	const struct ipd_selector *sel = key->sel;
	u32 hash;

	hash = __ipv6_addr_jhash(&sel->src, seed);
	hash = __ipv6_addr_jhash(&sel->dst, hash);
	return jhash_3words(key->serial, sel->sport << 16 | sel->dport, sel->proto, hash);
}

static u32 slot_hash(const void *data, u32 len, u32 seed)
{
	const struct ipd_slot *slot = data;
	const struct slot_key key = { .serial = slot->serial, .sel = &slot->sel };

	return slot_hash_key(&key, len, seed);
}

static int slot_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct slot_key *key = arg->key;
	const struct ipd_slot *slot = obj;

	return slot->serial != key->serial || !ipd_selector_equal(&slot->sel, key->sel);
}

static const struct rhashtable_params slot_params = {
	.head_offset = offsetof(struct ipd_slot, node),
	.hashfn = slot_hash_key,
	.obj_hashfn = slot_hash,
	.obj_cmpfn = slot_cmp,
	.automatic_shrinking = true,
};

/**
 * ipd_slot_outbound() - the selector of a filter as slots and pairs see it
 * @filter: a negotiate filter
 * @sel: its selector in the outbound sense, without an interface
 */
void ipd_slot_outbound(const struct ipd_filter *filter, struct ipd_selector *sel)
{
	if (filter->spec.dir == IPSECDRV_DIR_OUT)
		*sel = filter->spec.sel;
	else
		ipd_selector_swap(sel, &filter->spec.sel);
	sel->iface_class = IPSECDRV_IFACE_CLASS_ANY;
	memset(sel->ifname, 0, sizeof(sel->ifname));
}

/* What a slot that a packet makes is for. SAs in transport mode are between two hosts. */
static void slot_narrow(const struct ipd_filter *filter, const struct ipd_key *key,
			struct ipd_selector *sel)
{
	u8 narrow = filter->spec.narrow;
	struct ipd_selector outer;

	if (!(filter->spec.flags & IPSECDRV_FILTER_FLAGS_TUNNEL) &&
	    narrow == IPSECDRV_NARROW_FILTER)
		narrow = IPSECDRV_NARROW_PAIR;
	ipd_slot_outbound(filter, &outer);
	ipd_selector_narrow(sel, &outer, key, narrow);
}

/* Slots that packets make do not overlap, so what the flow cache says of other packets
 * stays true when one is added. A selector that somebody negotiated may cut across.
 */
static bool slot_is_regular(const struct ipd_filter *filter, const struct ipd_selector *sel)
{
	const struct ipd_key key = {
		.src = sel->src,
		.dst = sel->dst,
		.sport = sel->sport,
		.dport = sel->dport,
		.proto = sel->proto,
		.family = sel->family,
		.dir = IPSECDRV_DIR_OUT,
	};
	struct ipd_selector regular;

	slot_narrow(filter, &key, &regular);
	return ipd_selector_equal(&regular, sel);
}

static struct ipd_slot *slot_alloc(struct ipd_net *in, const struct ipd_filter *filter,
				   const struct ipd_selector *sel, gfp_t gfp)
{
	struct ipd_slot *slot = ipd_cache_zalloc(IPD_CACHE_SLOT, gfp);

	if (!slot)
		return NULL;
	slot->sel = *sel;
	slot->net = in;
	slot->serial = filter->serial;
	slot->filter_id = filter->spec.id;
	slot->cookie = filter->spec.cookie;
	slot->regular = slot_is_regular(filter, sel);
	slot->since = jiffies;
	INIT_LIST_HEAD(&slot->pairs);
	INIT_LIST_HEAD(&slot->list);
	INIT_LIST_HEAD(&slot->bare);
	INIT_LIST_HEAD(&slot->pending);
	ipd_slot_init_queue(slot);
	return slot;
}

/* Find the slot of exactly this selector, or make it. RCU or the mutex. */
static struct ipd_slot *slot_make(struct ipd_net *in, const struct ipd_filter *filter,
				  const struct ipd_selector *sel, gfp_t gfp)
{
	const struct slot_key key = { .serial = filter->serial, .sel = sel };
	struct ipd_acquires *acquires = &in->acquires;
	struct ipd_slot *slot, *old;

	slot = slot_alloc(in, filter, sel, gfp);
	if (!slot)
		return ERR_PTR(-ENOMEM);
	old = rhashtable_lookup_get_insert_key(&acquires->by_sel, &key, &slot->node, slot_params);
	if (old) {
		ipd_cache_free(IPD_CACHE_SLOT, slot);
		return old;
	}
	atomic_inc(&acquires->unpaired);
	return slot;
}

static struct ipd_slot *slot_find_sel(struct ipd_net *in, const struct ipd_filter *filter,
				      const struct ipd_selector *sel)
{
	const struct slot_key key = { .serial = filter->serial, .sel = sel };

	return rhashtable_lookup_fast(&in->acquires.by_sel, &key, slot_params);
}

/**
 * ipd_slot_lookup() - the slot of a negotiate filter for a packet
 * @in: namespace
 * @filter: the filter
 * @key: of the packet, outbound
 *
 * RCU. Return: the slot, or NULL if there is none or it is so new that only
 * ipd_slot_hold() finds it.
 */
struct ipd_slot *ipd_slot_lookup(struct ipd_net *in, const struct ipd_filter *filter,
				 const struct ipd_key *key)
{
	struct ipd_rule *rule = ipd_cls_lookup(in->acquires.slots, key, filter->serial, NULL);

	return rule ? container_of(rule, struct ipd_slot, rule) : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_slot_lookup);

/**
 * ipd_slot_for_packet() - find or make the slot for a packet that ipd_slot_lookup() had none for
 * @in: namespace
 * @filter: the filter that decides
 * @key: of the packet, outbound
 *
 * RCU, bottom halves off. Return: the slot; -ENOBUFS if there are too many that have no
 * pair, -ENOMEM.
 */
struct ipd_slot *ipd_slot_for_packet(struct ipd_net *in, const struct ipd_filter *filter,
				     const struct ipd_key *key)
{
	struct ipd_selector sel;
	struct ipd_slot *slot;

	slot_narrow(filter, key, &sel);
	slot = slot_find_sel(in, filter, &sel);
	if (slot)
		return slot;
	if (atomic_read(&in->acquires.unpaired) >= IPD_SLOTS_BARE_MAX)
		return ERR_PTR(-ENOBUFS);
	return slot_make(in, filter, &sel, GFP_ATOMIC | __GFP_NOWARN);
}

/** ipd_slot_filter() - the filter of a slot in the table in force, or NULL; RCU or the mutex */
struct ipd_filter *ipd_slot_filter(const struct ipd_slot *slot)
{
	struct ipd_net *in = slot->net;

	return ipd_table_find_serial(rcu_dereference_check(in->table,
							   lockdep_is_held(&in->mutex)),
				     slot->serial);
}

/**
 * ipd_slot_register() - let the classifier know a slot that is only in the hash table
 * @slot: new slot
 *
 * The mutex. Return: 0 or -ENOMEM.
 */
int ipd_slot_register(struct ipd_slot *slot)
{
	struct ipd_acquires *acquires = &slot->net->acquires;
	int id, err;

	lockdep_assert_held(&slot->net->mutex);

	id = idr_alloc_cyclic(&acquires->ids, slot, 1, 0, GFP_KERNEL);
	if (id < 0)
		return -ENOMEM;
	slot->rule.sel = &slot->sel;
	slot->rule.rank = ipd_rank(ipd_weight(&slot->sel, false, false),
				   IPSECDRV_ACTION_NEGOTIATE, id);
	slot->rule.scope = slot->serial;
	slot->rule.dir = IPSECDRV_DIR_OUT;
	err = ipd_cls_insert(acquires->slots, &slot->rule);
	if (err) {
		idr_remove(&acquires->ids, id);
		return err;
	}
	slot->id = id;
	list_add_tail(&slot->list, &acquires->list);
	list_add_tail(&slot->bare, &acquires->bare);
	acquires->count++;
	acquires->irregular += !slot->regular;
	queue_delayed_work(ipd_wq, &acquires->sweep, IPD_SLOT_SWEEP);
	if (acquires->irregular)
		ipd_flow_invalidate(slot->net);
	return 0;
}

/** ipd_slot_find() - by id; the mutex */
struct ipd_slot *ipd_slot_find(struct ipd_net *in, u32 id)
{
	lockdep_assert_held(&in->mutex);

	return idr_find(&in->acquires.ids, id);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_slot_find);

/**
 * ipd_slot_get() - the slot of exactly this selector, made if it is not there
 * @in: namespace
 * @filter: a negotiate filter in force
 * @sel: outbound, without an interface
 * @extack: says why not
 *
 * The mutex. Return: the slot or -ENOMEM.
 */
struct ipd_slot *ipd_slot_get(struct ipd_net *in, const struct ipd_filter *filter,
			      const struct ipd_selector *sel, struct netlink_ext_ack *extack)
{
	struct ipd_slot *slot;
	int err;

	lockdep_assert_held(&in->mutex);

	slot = slot_find_sel(in, filter, sel) ?: slot_make(in, filter, sel, GFP_KERNEL_ACCOUNT);
	if (IS_ERR(slot)) {
		NL_SET_ERR_MSG(extack, "no memory for a slot");
		return slot;
	}
	if (slot->id)
		return slot;
	err = ipd_slot_register(slot);
	if (!err)
		return slot;
	NL_SET_ERR_MSG(extack, "no memory for a slot");
	ipd_slot_kill(slot);
	return ERR_PTR(err);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_slot_get);

/* Out of every table. New packets make another slot; those that have this one see it. @why
 * a soft SA that it has ends with it.
 */
static void slot_unlink(struct ipd_slot *slot, u8 why)
{
	struct ipd_acquires *acquires = &slot->net->acquires;
	bool was_soft;

	lockdep_assert_held(&slot->net->mutex);
	WARN_ON_ONCE(!list_empty(&slot->pairs));

	spin_lock_bh(&slot->lock);
	was_soft = slot->state == IPD_SLOT_SOFT;
	slot->state = IPD_SLOT_DEAD;
	slot->draining = false;
	/* Before anyone sees it dead, who would look here for a living one. */
	rhashtable_remove_fast(&acquires->by_sel, &slot->node, slot_params);
	spin_unlock_bh(&slot->lock);

	spin_lock_bh(&acquires->lock);
	list_del_init(&slot->pending);
	spin_unlock_bh(&acquires->lock);

	timer_shutdown_sync(&slot->timer);
	atomic_dec(&acquires->unpaired);
	if (was_soft)
		ipd_event_soft_end(slot, why);
	if (!slot->id)
		return;
	ipd_cls_remove(acquires->slots, &slot->rule);
	idr_remove(&acquires->ids, slot->id);
	list_del(&slot->list);
	list_del(&slot->bare);
	acquires->count--;
	acquires->irregular -= !slot->regular;
}

/* What nobody can queue to any more. */
static void slot_take_held(struct ipd_slot *slot, struct sk_buff_head *held)
{
	__skb_queue_head_init(held);
	skb_queue_splice_init(&slot->held, held);
}

static void slot_free_rcu(struct rcu_head *rcu)
{
	ipd_cache_free(IPD_CACHE_SLOT, container_of(rcu, struct ipd_slot, rcu));
}

/**
 * ipd_slot_kill() - remove a slot, drop the packets that it holds
 * @slot: slot without pairs
 *
 * The mutex.
 */
void ipd_slot_kill(struct ipd_slot *slot)
{
	struct sk_buff_head held;

	slot_unlink(slot, IPSECDRV_SOFT_END_POLICY);
	ipd_flow_invalidate(slot->net);
	slot_take_held(slot, &held);
	ipd_held_drop(slot, &held, IPD_DROP_out_hold_flushed);
	call_rcu(&slot->rcu, slot_free_rcu);
}

/**
 * ipd_slot_dissolve() - remove a slot, its packets go where they belong now
 * @slot: slot without pairs
 *
 * The mutex.
 */
void ipd_slot_dissolve(struct ipd_slot *slot)
{
	struct ipd_net *in = slot->net;
	struct sk_buff_head held;

	slot_unlink(slot, IPSECDRV_SOFT_END_REPLACED);
	ipd_flow_invalidate(in);
	slot_take_held(slot, &held);
	ipd_held_release(in, &held);
	call_rcu(&slot->rcu, slot_free_rcu);
}

/* The newest pair that was not replaced; one that only listens if there is no other, and none
 * is awaited.
 */
static struct ipd_pair *slot_newest(const struct ipd_slot *slot)
{
	struct ipd_pair *pair, *listening = NULL;

	list_for_each_entry_reverse(pair, &slot->pairs, slot_list) {
		if (test_bit(IPD_PAIR_REPLACED, &pair->bits))
			continue;
		if (!test_bit(IPD_PAIR_LISTENING, &pair->bits))
			return pair;
		if (!listening)
			listening = pair;
	}
	return READ_ONCE(slot->waits) ? NULL : listening;
}

static void slot_set(struct ipd_slot *slot, struct ipd_pair *pair)
{
	bool was_soft;

	spin_lock_bh(&slot->lock);
	was_soft = slot->state == IPD_SLOT_SOFT;
	if (pair) {
		timer_delete(&slot->timer);
		slot->state = IPD_SLOT_IDLE;
		slot->ask = false;
		WRITE_ONCE(slot->waits, false);
		/* Before the pair is there: ipd_slot_draining() */
		WRITE_ONCE(slot->draining, !skb_queue_empty(&slot->held));
	} else {
		slot->since = jiffies;
	}
	rcu_assign_pointer(slot->pair, pair);
	if (slot->draining)
		ipd_slot_kick(slot);
	spin_unlock_bh(&slot->lock);
	if (pair && was_soft)
		ipd_event_soft_end(slot, IPSECDRV_SOFT_END_REPLACED);
}

/* Slots within this one lead to no pair of their own but would be preferred to it: a
 * negotiation that the peer was faster with, or whose answer was wider than the question.
 */
static void slot_absorb(struct ipd_slot *slot)
{
	struct ipd_acquires *acquires = &slot->net->acquires;
	struct ipd_slot *other, *next;

	if (!acquires->irregular)
		return;
	list_for_each_entry_safe(other, next, &acquires->bare, bare)
		if (other != slot && other->serial == slot->serial && list_empty(&other->pairs) &&
		    ipd_selector_within(&other->sel, &slot->sel))
			ipd_slot_dissolve(other);
}

/**
 * ipd_slot_choose() - the slot's pairs, or what is said of them, have changed
 * @slot: the slot
 *
 * The mutex. The newest pair that was not replaced is in force.
 */
void ipd_slot_choose(struct ipd_slot *slot)
{
	struct ipd_net *in = slot->net;
	struct ipd_pair *pair = slot_newest(slot);
	struct ipd_pair *old = rcu_dereference_protected(slot->pair, lockdep_is_held(&in->mutex));

	lockdep_assert_held(&in->mutex);

	if (pair == old)
		return;
	slot_set(slot, pair);
	if (pair && !old) {
		list_del_init(&slot->bare);
		atomic_dec(&in->acquires.unpaired);
		slot_absorb(slot);
	} else if (!pair) {
		list_add_tail(&slot->bare, &in->acquires.bare);
		atomic_inc(&in->acquires.unpaired);
		queue_delayed_work(ipd_wq, &in->acquires.sweep, IPD_SLOT_SWEEP);
	}
}

/**
 * ipd_slot_set_pair() - a pair comes into force
 * @slot: slot
 * @pair: published pair; pair->slot is @slot
 *
 * Packets held go out through it, in order; while they do, new ones queue behind them.
 */
void ipd_slot_set_pair(struct ipd_slot *slot, struct ipd_pair *pair)
{
	lockdep_assert_held(&slot->net->mutex);

	list_add_tail(&pair->slot_list, &slot->pairs);
	ipd_slot_choose(slot);
}

/**
 * ipd_slot_clear_pair() - a pair serves the slot no longer
 * @slot: its slot
 * @pair: the pair
 *
 * An older one that was not replaced comes into force again, if there is one.
 */
void ipd_slot_clear_pair(struct ipd_slot *slot, struct ipd_pair *pair)
{
	lockdep_assert_held(&slot->net->mutex);

	list_del_init(&pair->slot_list);
	ipd_slot_choose(slot);
}

static void slot_end(struct ipd_slot *slot, bool event)
{
	struct ipd_pair *pair, *next;

	list_for_each_entry_safe(pair, next, &slot->pairs, slot_list)
		ipd_sadb_remove(pair, IPSECDRV_EXPIRE_REASON_POLICY, event);
	ipd_slot_kill(slot);
}

/**
 * ipd_slots_prune() - remove the slots of filters that go, and their pairs
 * @in: namespace
 * @keep: does the filter of this serial number stay?
 * @data: for @keep
 *
 * The mutex, kept until the table has changed: a slot that a packet makes meanwhile waits
 * for the work item, which finds no filter for it.
 */
void ipd_slots_prune(struct ipd_net *in, bool (*keep)(void *data, u32 serial), void *data)
{
	struct ipd_slot *slot, *next;

	lockdep_assert_held(&in->mutex);

	list_for_each_entry_safe(slot, next, &in->acquires.list, list)
		if (!keep(data, slot->serial))
			slot_end(slot, true);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_slots_prune);

/* Neither pair nor state nor packet for a while. */
static bool slot_is_idle(struct ipd_slot *slot)
{
	bool idle;

	spin_lock_bh(&slot->lock);
	idle = slot->state == IPD_SLOT_IDLE && list_empty(&slot->pairs) &&
	       skb_queue_empty(&slot->held) &&
	       time_after(jiffies, slot->since + IPD_SLOT_SWEEP_AGE);
	spin_unlock_bh(&slot->lock);
	return idle;
}

/**
 * ipd_slot_sweep_work() - remove slots that are of no use any more
 * @work: acquires.sweep
 *
 * One that a packet wakes up just now goes too; the packet is judged again.
 */
void ipd_slot_sweep_work(struct work_struct *work)
{
	struct ipd_net *in = container_of(to_delayed_work(work), struct ipd_net, acquires.sweep);
	unsigned int budget = IPD_SLOT_SWEEP_MAX;
	struct ipd_slot *slot, *next;

	mutex_lock(&in->mutex);
	list_for_each_entry_safe(slot, next, &in->acquires.bare, bare) {
		if (!slot_is_idle(slot))
			continue;
		ipd_slot_dissolve(slot);
		if (!--budget)
			break;
	}
	if (!list_empty(&in->acquires.bare))
		queue_delayed_work(ipd_wq, &in->acquires.sweep, budget ? IPD_SLOT_SWEEP : 1);
	mutex_unlock(&in->mutex);
}

/** ipd_slots_exit() - remove all slots; no packet comes any more, and all pairs are gone */
void ipd_slots_exit(struct ipd_net *in)
{
	struct ipd_slot *slot, *next;

	lockdep_assert_held(&in->mutex);

	list_for_each_entry_safe(slot, next, &in->acquires.list, list)
		ipd_slot_kill(slot);
	list_for_each_entry_safe(slot, next, &in->acquires.pending, pending)
		ipd_slot_kill(slot);
}

/** ipd_slots_init() - the tables; 0 or -ENOMEM */
int ipd_slots_init(struct ipd_net *in)
{
	int err = rhashtable_init(&in->acquires.by_sel, &slot_params);

	if (err)
		return err;
	in->acquires.slots = ipd_cls_create();
	if (in->acquires.slots)
		return 0;
	rhashtable_destroy(&in->acquires.by_sel);
	return -ENOMEM;
}
