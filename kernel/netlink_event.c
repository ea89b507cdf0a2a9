// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events, to the listeners of their own namespace. They are sent from any context, so
 * memory for them is atomic.
 *
 * A listener needs CAP_NET_ADMIN over its namespace (see netlink.c); no event holds a key.
 * One that is lost because there is no memory counts as event_lost. A listener that does
 * not read loses events too: its socket says so (ENOBUFS), the dumps give the rest.
 */

#include "history.h"
#include "net.h"
#include "netlink.h"
#include "netlink_attr.h"

/* Whoever floods us must not have us flood the listeners. */
#define DROPS_INTERVAL	(HZ / 10)
#define DROPS_AT_ONCE	128

/* Without the family its groups are another's. */
static bool events_on;

/** ipd_events_enable() - the family is there, or is about to go */
void ipd_events_enable(bool on)
{
	WRITE_ONCE(events_on, on);
	if (!on)
		synchronize_net();
}

static bool has_listener(const struct ipd_net *in, unsigned int group)
{
	return READ_ONCE(events_on) &&
	       genl_has_listeners(&ipsecdrv_nl_family, in->net, group) > 0;
}

static struct sk_buff *event_new(u8 cmd, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put(skb, 0, 0, &ipsecdrv_nl_family, 0, cmd);
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/* Consumes @skb, which may be NULL. @err: of what filled it. */
static void event_send(struct ipd_net *in, struct sk_buff *skb, void *hdr,
		       unsigned int group, int err)
{
	if (!skb || err) {
		IPD_STAT_INC(in, event_lost);
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	err = genlmsg_multicast_netns(&ipsecdrv_nl_family, in->net, skb, 0, group,
				      GFP_ATOMIC);
	/* The last listener may have left a moment ago. */
	if (err && err != -ESRCH)
		IPD_STAT_INC(in, event_lost);
}

/** ipd_event_has_acquire_listener() - is there anybody to negotiate? */
bool ipd_event_has_acquire_listener(struct ipd_net *in)
{
	return has_listener(in, IPSECDRV_NLGRP_ACQUIRE);
}

/** ipd_event_acquire() - @slot needs a pair; RCU or the mutex, slot->lock not held */
void ipd_event_acquire(struct ipd_slot *slot)
{
	struct ipd_net *in = slot->net;
	struct sk_buff *skb;
	void *hdr;

	if (!ipd_event_has_acquire_listener(in)) {
		IPD_STAT_INC(in, acquire_no_listener);
		return;
	}
	skb = event_new(IPSECDRV_CMD_ACQUIRE_NTF, &hdr);
	event_send(in, skb, hdr, IPSECDRV_NLGRP_ACQUIRE,
		   skb ? ipd_nl_put_acquire(skb, slot) : 0);
}

/** ipd_event_expire() - @pair has reached a limit: soft, or hard and then it is gone */
void ipd_event_expire(struct ipd_pair *pair, u8 reason, bool hard)
{
	struct ipd_net *in = pair->net;
	struct sk_buff *skb;
	void *hdr;

	if (!has_listener(in, IPSECDRV_NLGRP_EXPIRE))
		return;
	skb = event_new(IPSECDRV_CMD_EXPIRE_NTF, &hdr);
	event_send(in, skb, hdr, IPSECDRV_NLGRP_EXPIRE,
		   skb ? ipd_nl_put_expire(skb, pair, reason, hard) : 0);
}

/** ipd_event_mapping() - the peer of @pair has another address or port; the mutex */
void ipd_event_mapping(struct ipd_pair *pair)
{
	struct ipd_net *in = pair->net;
	struct sk_buff *skb;
	void *hdr;

	if (!has_listener(in, IPSECDRV_NLGRP_EXPIRE))
		return;
	skb = event_new(IPSECDRV_CMD_MAPPING_NTF, &hdr);
	event_send(in, skb, hdr, IPSECDRV_NLGRP_EXPIRE,
		   skb ? ipd_nl_put_mapping(skb, pair) : 0);
}

static void event_soft(struct ipd_slot *slot, bool ended, u8 why)
{
	struct ipd_net *in = slot->net;
	struct sk_buff *skb;
	int err = 0;
	void *hdr;

	if (!has_listener(in, IPSECDRV_NLGRP_SOFT))
		return;
	skb = event_new(IPSECDRV_CMD_SOFT_NTF, &hdr);
	if (skb)
		err = ipd_nl_put_soft(skb, slot, ended);
	if (skb && !err && ended)
		err = nla_put_u8(skb, IPSECDRV_A_SOFT_END, why);
	event_send(in, skb, hdr, IPSECDRV_NLGRP_SOFT, err);
}

/** ipd_event_soft() - a soft SA has begun; RCU or the mutex, slot->lock not held */
void ipd_event_soft(struct ipd_slot *slot)
{
	event_soft(slot, false, 0);
}

/** ipd_event_soft_end() - it is over, see enum ipsecdrv_soft_end; the same */
void ipd_event_soft_end(struct ipd_slot *slot, u8 why)
{
	event_soft(slot, true, why);
}

/** ipd_event_table() - a table was committed or changed */
void ipd_event_table(struct ipd_net *in, u32 generation, u32 filters)
{
	struct sk_buff *skb;
	int err = 0;
	void *hdr;

	if (!has_listener(in, IPSECDRV_NLGRP_TABLE))
		return;
	skb = event_new(IPSECDRV_CMD_TABLE_NTF, &hdr);
	if (skb)
		err = nla_put_u32(skb, IPSECDRV_A_TABLE_GENERATION, generation) ?:
		      nla_put_u32(skb, IPSECDRV_A_TABLE_FILTERS, filters);
	event_send(in, skb, hdr, IPSECDRV_NLGRP_TABLE, err);
}

static void event_sa(struct ipd_pair *pair, bool ended, u8 reason)
{
	struct ipd_net *in = pair->net;
	struct sk_buff *skb;
	int err = 0;
	void *hdr;

	lockdep_assert_held(&in->mutex);

	if (!has_listener(in, IPSECDRV_NLGRP_SA))
		return;
	skb = event_new(IPSECDRV_CMD_SA_NTF, &hdr);
	if (skb)
		err = ipd_nl_put_pair_event(skb, pair);
	if (skb && !err && ended)
		err = nla_put_u8(skb, IPSECDRV_A_SA_REASON, reason) ?:
		      nla_put_flag(skb, IPSECDRV_A_SA_HARD);
	event_send(in, skb, hdr, IPSECDRV_NLGRP_SA, err);
}

/** ipd_event_sa() - @pair was made */
void ipd_event_sa(struct ipd_pair *pair)
{
	event_sa(pair, false, 0);
}

/** ipd_event_sa_end() - @pair is gone, see enum ipsecdrv_expire_reason */
void ipd_event_sa_end(struct ipd_pair *pair, u8 reason)
{
	event_sa(pair, true, reason);
}

/** ipd_event_offload() - a device has taken @pair, or software does its work from now on */
void ipd_event_offload(struct ipd_pair *pair)
{
	struct ipd_net *in = pair->net;
	struct sk_buff *skb;
	void *hdr;

	lockdep_assert_held(&in->mutex);

	if (!has_listener(in, IPSECDRV_NLGRP_OFFLOAD))
		return;
	skb = event_new(IPSECDRV_CMD_OFFLOAD_NTF, &hdr);
	event_send(in, skb, hdr, IPSECDRV_NLGRP_OFFLOAD,
		   skb ? ipd_nl_put_offload_event(skb, pair) : 0);
}

/** ipd_event_dropped() - the drop of that number is to be told of, soon */
void ipd_event_dropped(struct ipd_net *in, u64 number)
{
	struct ipd_drop_events *events = &in->drop_events;

	if (number && has_listener(in, IPSECDRV_NLGRP_DROP) &&
	    queue_delayed_work(ipd_wq, &events->work, DROPS_INTERVAL))
		WRITE_ONCE(events->since, number);
}

static void drop_events_work(struct work_struct *work)
{
	struct ipd_net *in = container_of(to_delayed_work(work), struct ipd_net,
					  drop_events.work);
	struct ipd_drop_events *events = &in->drop_events;
	u64 last = atomic64_read(&in->history.last);
	u64 number = max(READ_ONCE(events->since) - 1, events->told);
	struct ipd_dropped dropped;
	struct sk_buff *skb;
	void *hdr;

	if (last > DROPS_AT_ONCE)
		number = max(number, last - DROPS_AT_ONCE);
	while (number < last && ipd_history_next(in, &number, &dropped)) {
		skb = event_new(IPSECDRV_CMD_DROP_NTF, &hdr);
		event_send(in, skb, hdr, IPSECDRV_NLGRP_DROP,
			   skb ? ipd_nl_put_dropped(skb, number, &dropped) : 0);
	}
	events->told = max(number, last);
}

void ipd_drop_events_net_init(struct ipd_net *in)
{
	INIT_DELAYED_WORK(&in->drop_events.work, drop_events_work);
}

/** ipd_drop_events_net_exit() - nothing is dropped any more */
void ipd_drop_events_net_exit(struct ipd_net *in)
{
	cancel_delayed_work_sync(&in->drop_events.work);
}
