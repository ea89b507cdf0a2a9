// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reserved inbound SPIs: larval SAs that wait for their keys, and are given back if these
 * do not come.
 *
 * A peer that has the keys sends, while the message that brings them here is still on its
 * way or with the daemon. What it sends waits with the larval SA.
 */

#include <linux/netdevice.h>
#include <linux/random.h>

#include <kunit/visibility.h>

#include "cell.h"
#include "input.h"
#include "net.h"
#include "pair.h"

/* SPIs of a range that are tried, from a random one on. So a range up to this size is
 * exhausted only if it is; a larger one that is full for so long counts as exhausted.
 */
#define IPD_LARVAL_PROBES	65536

#define IPD_LARVAL_SECONDS	30

/* Packets that wait for one SA's keys; as long as those on the way out wait for a
 * negotiation, for a host that many ask at once has the keys late.
 */
#define IPD_LARVAL_HELD		256

/**
 * ipd_larval_hold() - a packet came before the keys of its SA
 * @in: namespace
 * @larval: what it names
 * @skb: the packet, with its IPD_IN_CB() and a reference on its device
 *
 * RCU, bottom halves off.
 *
 * Return: 0, and the packet with its reference comes to a cell later; -ENOBUFS if there
 * are too many; -EAGAIN if the SPI is not reserved any more.
 */
int ipd_larval_hold(struct ipd_net *in, struct ipd_larval *larval, struct sk_buff *skb)
{
	int err = 0;

	spin_lock(&larval->lock);
	if (larval->over) {
		err = -EAGAIN;
	} else if (skb_queue_len(&larval->held) >= IPD_LARVAL_HELD) {
		err = -ENOBUFS;
	} else if (atomic_inc_return(&in->sadb.held) > READ_ONCE(in->config.hold_total)) {
		atomic_dec(&in->sadb.held);
		err = -ENOBUFS;
	} else {
		if (skb_queue_empty(&larval->held))
			larval->until = jiffies + READ_ONCE(in->config.hold_seconds) * HZ;
		skb_orphan(skb);
		__skb_queue_tail(&larval->held, skb);
		IPD_STAT_INC(in, in_larval_held);
	}
	spin_unlock(&larval->lock);
	return err;
}

static void larval_drop(struct ipd_net *in, struct sk_buff_head *held)
{
	struct sk_buff *skb;

	rcu_read_lock();
	while ((skb = __skb_dequeue(held))) {
		struct net_device *dev = skb->dev;

		atomic_dec(&in->sadb.held);
		ipd_input_drop(in, skb, larval, NULL);
		dev_put(dev);
	}
	rcu_read_unlock();
}

/* It is no longer in the table. @held is what waited for it. */
static void larval_free(struct ipd_net *in, struct ipd_larval *larval, struct sk_buff_head *held)
{
	lockdep_assert_held(&in->mutex);

	__skb_queue_head_init(held);
	spin_lock_bh(&larval->lock);
	larval->over = true;
	skb_queue_splice_init(&larval->held, held);
	spin_unlock_bh(&larval->lock);

	list_del(&larval->list);
	in->sadb.count--;
	IPD_STAT_DEC(in, qm_pending);
	kfree_rcu(larval, rcu);
}

/**
 * ipd_larval_mature() - the keys are there
 * @in: namespace
 * @larval: whose place in the table the SA has taken
 *
 * What waited is verified now, in the order in which it came.
 */
void ipd_larval_mature(struct ipd_net *in, struct ipd_larval *larval)
{
	struct sk_buff_head held;
	struct sk_buff *skb;

	larval_free(in, larval, &held);
	local_bh_disable();
	rcu_read_lock();
	while ((skb = __skb_dequeue(&held))) {
		struct net_device *dev = skb->dev;

		atomic_dec(&in->sadb.held);
		/* The cell takes a reference of its own. */
		if (!ipd_cell_queue(skb))
			ipd_input_drop(in, skb, queue_full, NULL);
		dev_put(dev);
	}
	rcu_read_unlock();
	local_bh_enable();
}

/* The keys do not come. */
static void larval_give_back(struct ipd_net *in, struct ipd_larval *larval)
{
	struct sk_buff_head held;

	ipd_sadb_unreserve(in, larval);
	larval_free(in, larval, &held);
	larval_drop(in, &held);
}

/** ipd_larvals_free() - give every reserved SPI back */
void ipd_larvals_free(struct ipd_net *in)
{
	struct ipd_larval *larval, *next;

	list_for_each_entry_safe(larval, next, &in->sadb.larvals, list)
		larval_give_back(in, larval);
}

/* Packets of @dev, or of all devices those that have waited for too long. */
static void larval_flush(struct ipd_net *in, struct ipd_larval *larval,
			 const struct net_device *dev)
{
	struct sk_buff *skb, *next;
	struct sk_buff_head late;

	__skb_queue_head_init(&late);
	spin_lock_bh(&larval->lock);
	if (dev || time_after_eq(jiffies, larval->until))
		skb_queue_walk_safe(&larval->held, skb, next) {
			if (dev && skb->dev != dev)
				continue;
			__skb_unlink(skb, &larval->held);
			__skb_queue_tail(&late, skb);
		}
	spin_unlock_bh(&larval->lock);
	larval_drop(in, &late);
}

/** ipd_larvals_flush_dev() - a device goes down or away; the mutex */
void ipd_larvals_flush_dev(struct ipd_net *in, const struct net_device *dev)
{
	struct ipd_larval *larval;

	lockdep_assert_held(&in->mutex);

	list_for_each_entry(larval, &in->sadb.larvals, list)
		larval_flush(in, larval, dev);
}

/* One pass a second, none while no SPI is reserved. */
static void larval_schedule(struct ipd_net *in)
{
	queue_delayed_work(ipd_wq, &in->sadb.larval_work, HZ);
}

/** ipd_larval_work() - give back what was reserved for too long */
void ipd_larval_work(struct work_struct *work)
{
	struct ipd_net *in = container_of(to_delayed_work(work), struct ipd_net, sadb.larval_work);
	struct ipd_larval *larval, *next;

	mutex_lock(&in->mutex);
	list_for_each_entry_safe(larval, next, &in->sadb.larvals, list) {
		if (time_before(jiffies, larval->expires))
			larval_flush(in, larval, NULL);
		else
			larval_give_back(in, larval);
	}
	if (!list_empty(&in->sadb.larvals))
		larval_schedule(in);
	mutex_unlock(&in->mutex);
}

static int larval_check(struct ipd_net *in, u32 min, u32 max, u32 lifetime, u32 slot,
			struct netlink_ext_ack *extack)
{
	if (min < IPD_SPI_MIN)
		return ipd_sadb_refuse(extack, -EINVAL, "SPIs 0 to 255 are reserved");
	if (min > max)
		return ipd_sadb_refuse(extack, -EINVAL, "first SPI is above the last");
	if (lifetime > 3600)
		return ipd_sadb_refuse(extack, -EINVAL, "an SPI is reserved for an hour at most");
	if (slot && !ipd_slot_find(in, slot))
		return ipd_sadb_refuse(extack, -ENOENT, "no such slot");
	if (in->sadb.count >= in->config.sas_max)
		return ipd_sadb_refuse(extack, -ENOBUFS, "limit of SAs is reached (sas-max)");
	return 0;
}

static int larval_probe(struct ipd_net *in, struct ipd_larval *larval, u32 min, u32 max)
{
	u32 size = max - min;	/* one less than there are, which may be 2^32 - 256 */
	u32 probes = min_t(u32, size, IPD_LARVAL_PROBES - 1);
	u32 offset = get_random_u32_inclusive(0, size);
	int err;

	do {
		larval->spi.key.spi = cpu_to_be32(min + offset);
		err = ipd_sadb_reserve(in, larval);
		if (err != -EEXIST)
			return err;
		offset = offset < size ? offset + 1 : 0;
	} while (probes--);
	return -ENOENT;
}

/**
 * ipd_sadb_get_spi() - reserve an inbound SPI
 * @in: namespace
 * @proto: IPPROTO_ESP or IPPROTO_AH
 * @family: of @local
 * @local: our outer address
 * @min: first SPI that will do, 256 or more
 * @max: last one
 * @lifetime: seconds until it is given back, 0 for the default
 * @slot: the negotiation it is for, or 0
 * @spi: the SPI, in host order
 * @extack: says why not
 *
 * Return: 0; -EINVAL; -ENOENT if no SPI of the range is free, or there is no such slot;
 * -ENOBUFS; -ENOMEM.
 */
int ipd_sadb_get_spi(struct ipd_net *in, u8 proto, u8 family, const struct in6_addr *local,
		     u32 min, u32 max, u32 lifetime, u32 slot, u32 *spi,
		     struct netlink_ext_ack *extack)
{
	struct ipd_larval *larval;
	int err;

	lockdep_assert_held(&in->mutex);

	err = larval_check(in, min, max, lifetime, slot, extack);
	if (err)
		return err;
	larval = kzalloc(sizeof(*larval), GFP_KERNEL_ACCOUNT);
	if (!larval)
		return -ENOMEM;
	ipd_spi_key_init(&larval->spi.key, proto, family, local, 0);
	larval->spi.state = IPSECDRV_SA_STATE_LARVAL;
	larval->slot = slot;
	spin_lock_init(&larval->lock);
	__skb_queue_head_init(&larval->held);

	err = larval_probe(in, larval, min, max);
	if (err) {
		if (err == -ENOENT)
			NL_SET_ERR_MSG(extack, "no free SPI in the range");
		kfree(larval);
		return err;
	}
	*spi = be32_to_cpu(larval->spi.key.spi);
	larval->expires = jiffies + (lifetime ?: IPD_LARVAL_SECONDS) * HZ;
	list_add_tail(&larval->list, &in->sadb.larvals);
	in->sadb.count++;
	IPD_STAT_INC(in, qm_pending);
	larval_schedule(in);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sadb_get_spi);
