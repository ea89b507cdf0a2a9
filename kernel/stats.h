/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of a namespace, one per way a packet can leave the driver, so that
 * received = delivered + the sum of the drops. The list below is the only one: names in
 * netlink, procfs and the documentation come from it.
 */
#ifndef IPD_STATS_H
#define IPD_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

#define IPD_STATS(X)			\
	X(out_packets)			\
	X(out_permit)			\
	X(out_block)			\
	X(out_boot)			\
	X(out_protect)			\
	X(out_protect_segments)		\
	X(out_soft)			\
	X(out_hold)			\
	X(out_hold_released)		\
	X(out_hold_full)		\
	X(out_hold_timeout)		\
	X(out_hold_refused)		\
	X(out_hold_flushed)		\
	X(out_no_sa)			\
	X(out_sequence)			\
	X(out_expired)			\
	X(out_malformed)		\
	X(out_too_big)			\
	X(out_no_route)			\
	X(out_no_memory)		\
	X(out_conntrack)		\
	X(out_crypto_error)		\
	X(out_crypto_async)		\
	X(out_offload)			\
	X(in_clear_packets)		\
	X(in_clear_permit)		\
	X(in_clear_inpass)		\
	X(in_clear_soft)		\
	X(in_clear_block)		\
	X(in_clear_boot)		\
	X(in_clear_unprotected)		\
	X(in_clear_fragment)		\
	X(in_clear_malformed)		\
	X(in_packets)			\
	X(in_delivered)			\
	X(in_dummy)			\
	X(in_keepalive)			\
	X(in_unknown_spi)		\
	X(in_larval)			\
	X(in_dead)			\
	X(in_encap_mismatch)		\
	X(in_short)			\
	X(in_alignment)			\
	X(in_replay)			\
	X(in_integrity)			\
	X(in_ah_header)			\
	X(in_padding)			\
	X(in_next_header)		\
	X(in_inner_header)		\
	X(in_ecn)			\
	X(in_bundle)			\
	X(in_selector)			\
	X(in_wrong_sa)			\
	X(in_expired)			\
	X(in_queue_full)		\
	X(in_no_memory)			\
	X(in_crypto_error)		\
	X(in_crypto_async)		\
	X(in_offload)			\
	X(boot_evicted)			\
	X(pmtu_learned)			\
	X(pmtu_ignored)			\
	X(pmtu_sent)			\
	X(natt_keepalive_sent)		\
	X(natt_mapping_changed)		\
	X(acquire)			\
	X(acquire_no_listener)		\
	X(event_lost)			\
	X(flow_miss)

enum ipd_stat {
#define IPD_STAT_ENUM(name) IPD_STAT_##name,
	IPD_STATS(IPD_STAT_ENUM)
#undef IPD_STAT_ENUM
	IPD_STAT_MAX
};

struct ipd_stats {
	u64 value[IPD_STAT_MAX];
};

struct ipd_net;

/* Any context; @net is a struct ipd_net. */
#define IPD_STAT_INC(net, name) \
	this_cpu_inc((net)->stats->value[IPD_STAT_##name])
#define IPD_STAT_ADD(net, name, n) \
	this_cpu_add((net)->stats->value[IPD_STAT_##name], n)

extern const char *const ipd_stat_names[IPD_STAT_MAX];
u64 ipd_stat_sum(const struct ipd_net *net, enum ipd_stat stat);

#endif /* IPD_STATS_H */
