/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family: messages in, dumps and events out. Everything it changes
 * is changed by the functions of filter.h, sadb.h and acquire.h under the mutex.
 */
#ifndef IPD_NETLINK_H
#define IPD_NETLINK_H

#include <linux/types.h>
#include <linux/workqueue.h>

struct ipd_dropped;
struct ipd_net;
struct ipd_pair;
struct ipd_slot;

/**
 * struct ipd_drop_events - what listeners are still to be told of drops
 * @work: pending since the first of them
 * @since: number of that one
 * @told: number of the last that they were told of
 */
struct ipd_drop_events {
	struct delayed_work work;
	u64 since;
	u64 told;
};

/* Events. Any context; one that cannot be sent is counted. */
void ipd_event_acquire(struct ipd_slot *slot);
void ipd_event_expire(struct ipd_pair *pair, u8 reason, bool hard);
void ipd_event_mapping(struct ipd_pair *pair);
void ipd_event_soft(struct ipd_slot *slot);
void ipd_event_soft_end(struct ipd_slot *slot, u8 why);
void ipd_event_table(struct ipd_net *net, u32 generation, u32 filters);
void ipd_event_dropped(struct ipd_net *net, u64 number);
bool ipd_event_has_acquire_listener(struct ipd_net *net);

/* The control path, the mutex. */
void ipd_event_sa(struct ipd_pair *pair);
void ipd_event_sa_end(struct ipd_pair *pair, u8 reason);
void ipd_event_offload(struct ipd_pair *pair);

void ipd_events_enable(bool on);
void ipd_drop_events_net_init(struct ipd_net *net);
void ipd_drop_events_net_exit(struct ipd_net *net);
int ipd_netlink_init(void);
void ipd_netlink_exit(void);

#endif /* IPD_NETLINK_H */
