/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver's part of a network namespace: everything but the code is per namespace.
 */
#ifndef IPD_NET_H
#define IPD_NET_H

#include <linux/mutex.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "acquire.h"
#include "bootmode.h"
#include "filter.h"
#include "flow.h"
#include "history.h"
#include "log.h"
#include "netlink.h"
#include "sadb.h"
#include "stats.h"

/** struct ipd_config - settings, written under the mutex, read with READ_ONCE() */
struct ipd_config {
	u8 default_action;
	u8 legacy;
	u8 padding_check;
	u8 boot_mode;
	u8 log_level;
	u16 encap_port;
	u32 exemptions;
	u32 hold_per_flow;
	u32 hold_total;
	u32 hold_seconds;
	u32 filters_max;
	u32 sas_max;
	u32 drain_seconds;
	u32 log_interval;
};

/**
 * struct ipd_net - see above
 * @net: the namespace; not held, we end before it does
 * @mutex: every change of the table, the SADB and the slots. Order: rtnl, then this, then
 *	slot->lock or pair->lock.
 * @table: in force, RCU
 * @generation: of the flow cache, never 0
 * @boot_mode: in force: permit while there is an agent, else config.boot_mode
 * @flows: per CPU
 * @transactions: table transactions that are open
 * @hooked: the driver sees the namespace's packets
 * @monitors: devices that show them; rtnl, RCU
 */
struct ipd_net {
	/* Read for each packet; changes with the policy. */
	struct net *net;
	struct ipd_stats __percpu *stats;
	struct ipd_table __rcu *table;
	u32 generation;
	bool dying;
	u8 boot_mode;
	struct ipd_flow_cache __percpu *flows;
	struct ipd_config config;
	struct ipd_boot boot;
	struct ipd_sadb sadb;
	struct ipd_acquires acquires;

	/* Written for each packet that is dropped, by any CPU. */
	struct ipd_history history ____cacheline_aligned_in_smp;
	struct ipd_drop_events drop_events;
	struct ipd_log log;
	struct mutex mutex;	/* every change of table, SADB and slots */
	struct list_head transactions;
	u32 transaction_id;
	u32 serial;
	bool hooked;
	struct list_head monitors;
	struct proc_dir_entry *proc;
};

extern unsigned int ipd_net_id;

static inline struct ipd_net *ipd_net(const struct net *net)
{
	return net_generic(net, ipd_net_id);
}

#endif /* IPD_NET_H */
