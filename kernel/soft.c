// SPDX-License-Identifier: GPL-2.0-only
#include "soft.h"

#include <linux/jiffies.h>
#include <linux/math64.h>

#include <kunit/visibility.h>

#include "net.h"
#include "netlink.h"
#include "slot.h"

/* Of a soft SA whose filter does not say. */
#define IPD_SOFT_SECONDS	300

/** ipd_slot_soft() - may packets of the slot go and come in clear? RCU */
bool ipd_slot_soft(const struct ipd_slot *slot)
{
	return READ_ONCE(slot->state) == IPD_SLOT_SOFT &&
	       time_before(jiffies, READ_ONCE(slot->until)) && !rcu_access_pointer(slot->pair);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_slot_soft);

/**
 * ipd_soft_count() - a packet passes in clear
 * @slot: whose soft SA lets it
 * @dir: enum ipsecdrv_dir
 * @skb: the packet
 */
void ipd_soft_count(struct ipd_slot *slot, u8 dir, const struct sk_buff *skb)
{
	unsigned int segs = skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1;

	atomic64_add(segs ?: 1, &slot->soft.packets[dir]);
	atomic64_add(skb->len, &slot->soft.bytes[dir]);
}

/**
 * ipd_soft_check() - may a slot fall back to clear?
 * @filter: of the slot in the table in force, NULL if it has gone
 * @reason: enum ipsecdrv_refuse_reason
 *
 * Return: NULL, or why not.
 */
const char *ipd_soft_check(const struct ipd_filter *filter, u8 reason)
{
	if (!filter || !(filter->spec.flags & IPSECDRV_FILTER_FLAGS_SOFT))
		return "filter does not allow a soft SA";
	if (!(filter->spec.soft_reasons & BIT(reason)))
		return "filter does not allow a soft SA for this reason";
	return NULL;
}

/** ipd_soft_lifetime() - seconds that a soft SA of @filter lives */
u64 ipd_soft_lifetime(const struct ipd_filter *filter)
{
	return filter->spec.soft_lifetime ?: IPD_SOFT_SECONDS;
}

/**
 * ipd_soft_begin() - packets of the slot pass in clear from here on
 * @slot: its lock is held, its timer is armed for the end
 * @reason: enum ipsecdrv_refuse_reason
 */
void ipd_soft_begin(struct ipd_slot *slot, u8 reason)
{
	unsigned int dir;

	lockdep_assert_held(&slot->lock);

	slot->soft.reason = reason;
	slot->soft.since = jiffies;
	for (dir = 0; dir < ARRAY_SIZE(slot->soft.packets); dir++) {
		atomic64_set(&slot->soft.packets[dir], 0);
		atomic64_set(&slot->soft.bytes[dir], 0);
	}
	WRITE_ONCE(slot->state, IPD_SLOT_SOFT);
}

/* jiffies_to_msecs() is too small for a lifetime of months. */
static u64 to_msecs(unsigned long delta)
{
	return div_u64((u64)delta * MSEC_PER_SEC, HZ);
}

/** ipd_soft_look() - the soft SA of @slot, or the last it had; its lock is not held */
void ipd_soft_look(struct ipd_slot *slot, struct ipd_soft_state *soft)
{
	unsigned long now;

	spin_lock_bh(&slot->lock);
	now = jiffies;
	soft->packet = slot->packet;
	soft->reason = slot->soft.reason;
	soft->age = to_msecs(now - slot->soft.since);
	soft->left = time_before(now, slot->until) ? to_msecs(slot->until - now) : 0;
	spin_unlock_bh(&slot->lock);
}

/* What it was made for is no reason any more. */
static bool soft_is_stale(struct ipd_slot *slot)
{
	bool stale;

	spin_lock_bh(&slot->lock);
	stale = slot->state == IPD_SLOT_SOFT &&
		ipd_soft_check(ipd_slot_filter(slot), slot->soft.reason);
	if (stale) {
		timer_delete(&slot->timer);
		WRITE_ONCE(slot->state, IPD_SLOT_IDLE);
		slot->since = jiffies;
	}
	spin_unlock_bh(&slot->lock);
	return stale;
}

/**
 * ipd_softs_review() - another table came into force
 * @in: namespace
 *
 * The mutex. A filter may be the same but for what it says of soft SAs: those that it does
 * not allow any more end, and the next packet negotiates.
 */
void ipd_softs_review(struct ipd_net *in)
{
	struct ipd_slot *slot;

	lockdep_assert_held(&in->mutex);

	list_for_each_entry(slot, &in->acquires.bare, bare)
		if (soft_is_stale(slot))
			ipd_event_soft_end(slot, IPSECDRV_SOFT_END_POLICY);
}
