/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Monitor devices: a namespace's packets in clear, each once, for tcpdump and Wireshark,
 * with what the driver does with them.
 */
#ifndef IPD_MONITOR_H
#define IPD_MONITOR_H

#include <linux/jump_label.h>
#include <linux/types.h>

struct ipd_dropped;
struct ipd_net;
struct ipd_pair;
struct sk_buff;

/* A monitor device is up, in any namespace. */
DECLARE_STATIC_KEY_FALSE(ipd_monitor_key);

void __ipd_monitor_pass(struct ipd_net *in, const struct sk_buff *skb, u8 dir,
			const struct ipd_pair *pair, u8 reason);
void __ipd_monitor_drop(struct ipd_net *in, const struct sk_buff *skb,
			const struct ipd_dropped *dropped, const struct ipd_pair *pair);

/**
 * ipd_monitor_pass() - show a packet that goes on
 * @in: namespace
 * @skb: packet in clear with its network header set
 * @dir: enum ipsecdrv_dir
 * @pair: it goes or came through, or NULL
 * @reason: enum ipd_reason
 *
 * Any context but hard interrupts; RCU.
 */
static inline void ipd_monitor_pass(struct ipd_net *in, const struct sk_buff *skb, u8 dir,
				    const struct ipd_pair *pair, u8 reason)
{
	if (static_branch_unlikely(&ipd_monitor_key))
		__ipd_monitor_pass(in, skb, dir, pair, reason);
}

/**
 * ipd_monitor_drop() - show a packet that is dropped
 * @in: namespace
 * @skb: packet as far as it got, with its network header set
 * @dropped: why, and what it looks like
 * @pair: it came or was to go through, or NULL
 *
 * Any context but hard interrupts; RCU or the mutex.
 */
static inline void ipd_monitor_drop(struct ipd_net *in, const struct sk_buff *skb,
				    const struct ipd_dropped *dropped, const struct ipd_pair *pair)
{
	if (static_branch_unlikely(&ipd_monitor_key))
		__ipd_monitor_drop(in, skb, dropped, pair);
}

int ipd_monitor_init(void);
void ipd_monitor_exit(void);

#endif /* IPD_MONITOR_H */
