/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Soft SAs: a slot whose packets pass in clear for a while, because the negotiation failed
 * for a reason that its filter names.
 */
#ifndef IPD_SOFT_H
#define IPD_SOFT_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "classifier.h"

struct ipd_filter;
struct ipd_net;
struct ipd_slot;
struct sk_buff;

/**
 * struct ipd_soft - the soft SA that a slot has, or had
 * @reason: enum ipsecdrv_refuse_reason
 * @since: jiffies when it began
 * @packets: that passed, by enum ipsecdrv_dir
 * @bytes: of them
 *
 * @reason and @since under the slot's lock.
 */
struct ipd_soft {
	u8 reason;
	unsigned long since;
	atomic64_t packets[2];
	atomic64_t bytes[2];
};

/**
 * struct ipd_soft_state - a soft SA at one moment
 * @packet: the one that asked, all zero if none did
 * @reason: enum ipsecdrv_refuse_reason
 * @age: milliseconds
 * @left: milliseconds, 0 if it is over
 */
struct ipd_soft_state {
	struct ipd_key packet;
	u8 reason;
	u64 age;
	u64 left;
};

/* The packet path, RCU. */
bool ipd_slot_soft(const struct ipd_slot *slot);
void ipd_soft_count(struct ipd_slot *slot, u8 dir, const struct sk_buff *skb);

/* The control path. */
void ipd_soft_look(struct ipd_slot *slot, struct ipd_soft_state *soft);
const char *ipd_soft_check(const struct ipd_filter *filter, u8 reason);
u64 ipd_soft_lifetime(const struct ipd_filter *filter);
void ipd_soft_begin(struct ipd_slot *slot, u8 reason);
void ipd_softs_review(struct ipd_net *in);

#endif /* IPD_SOFT_H */
