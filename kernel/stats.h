/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of a namespace, one per way a packet can leave the driver, so that
 * received = delivered + the sum of the drops. The lists below are the only ones: names,
 * kinds and texts in netlink, procfs and the documentation come from them.
 */
#ifndef IPD_STATS_H
#define IPD_STATS_H

#include <linux/ipsecdrv.h>
#include <linux/percpu.h>
#include <linux/types.h>

/* C(name, what it counts), D(name, why it is dropped); the drops go through ipd_drop(). */
#define IPD_STATS_PACKETS(C, D)									\
	C(out_packets, "outbound packets judged")						\
	C(out_permit, "outbound packets passed in clear")					\
	D(out_block, "blocked by a filter or the default action")				\
	D(out_boot, "blocked by boot mode")							\
	C(out_protect, "outbound packets protected, GSO ones counted once")			\
	C(out_protect_segments, "segments protected of GSO packets")				\
	C(out_soft, "outbound packets passed in clear under a soft SA")				\
	C(out_hold, "outbound packets held for a negotiation")					\
	C(out_hold_released, "held packets that went on")					\
	D(out_hold_full, "no room to hold it")							\
	D(out_hold_timeout, "held until nobody had answered the acquire")			\
	D(out_hold_refused, "the negotiation failed and no soft SA was allowed")		\
	D(out_hold_flushed, "held when its filter or device went")				\
	D(out_no_sa, "released, but the SA pair had gone again")				\
	D(out_sequence, "sequence numbers are used up")						\
	D(out_expired, "the SA pair is at a hard limit")					\
	D(out_malformed, "no packet that can be read or protected")				\
	D(out_too_big, "too big for the path, the sender is told")				\
	D(out_no_route, "no outer route")							\
	D(out_no_memory, "no memory to protect it")						\
	D(out_conntrack, "connection tracking refused it")					\
	D(out_crypto_error, "the cipher failed")						\
	C(out_crypto_async, "outbound packets that a cipher answered later")			\
	C(out_offload, "outbound packets that the device encrypts")				\
	C(in_clear_packets, "inbound packets in clear judged")					\
	C(in_clear_permit, "inbound packets in clear passed")					\
	C(in_clear_inpass, "inbound packets in clear that inpass accepts")			\
	C(in_clear_soft, "inbound packets in clear under a soft SA")				\
	D(in_clear_block, "blocked by a filter or the default action")				\
	D(in_clear_boot, "blocked by boot mode")						\
	D(in_clear_unprotected, "in clear, and the filter asks for protection")			\
	D(in_clear_fragment, "a fragment without ports that a filter could mean")		\
	D(in_clear_malformed, "no packet that can be read")					\
	C(in_packets, "protected packets taken from the stack")					\
	C(in_delivered, "packets verified and delivered")					\
	C(in_dummy, "dummy packets of a peer (RFC 4303)")					\
	C(in_keepalive, "NAT keepalives received")						\
	C(in_unknown_spi, "packets with an SPI that is not ours, left to the stack")		\
	D(in_larval, "the keys of its SPI did not come, or too many wait for them")		\
	C(in_larval_held, "packets that came before the keys of their SPI")			\
	D(in_dead, "the SA has ended")								\
	D(in_encap_mismatch, "in UDP though the SA is not, or the other way")			\
	D(in_short, "too short for its headers")						\
	D(in_alignment, "ciphertext is no whole number of blocks")				\
	D(in_replay, "seen before, or older than the replay window")				\
	D(in_integrity, "not authentic")							\
	D(in_ah_header, "AH header makes no sense")						\
	D(in_padding, "padding is wrong")							\
	D(in_next_header, "what is inside is not what the mode allows")				\
	D(in_inner_header, "inner header makes no sense")					\
	D(in_ecn, "congestion mark on a packet that cannot bear one")				\
	D(in_bundle, "not all protocols of the SA pair, or in another order")			\
	D(in_selector, "not in the traffic selectors of its SA pair")				\
	D(in_wrong_sa, "through the SA pair of another filter")					\
	D(in_expired, "the SA pair is at a hard limit")						\
	D(in_queue_full, "the queue of the CPU is full")					\
	D(in_no_memory, "no memory to decrypt it")						\
	D(in_crypto_error, "the cipher failed")							\
	C(in_crypto_async, "inbound packets that a cipher answered later")			\
	C(in_offload, "inbound packets that the device has decrypted")				\
	C(boot_evicted, "flows that stateful boot mode had to forget")				\
	C(pmtu_learned, "path MTUs learned from ICMP")						\
	C(pmtu_ignored, "path MTUs of ICMP not believed")					\
	C(pmtu_sent, "ICMP errors sent for packets that are too big")				\
	C(natt_keepalive_sent, "NAT keepalives sent")						\
	C(natt_mapping_changed, "peers whose address or port changed")				\
	C(acquire, "acquires raised")								\
	C(acquire_no_listener, "acquires that nobody listens for")				\
	C(event_lost, "events lost for lack of memory or readers")				\
	C(flow_miss, "packets that the flow cache did not know")				\
	C(forward_fast, "packets forwarded past the stack, GSO ones counted once")		\
	C(flowtable_refused, "connections that no flow table of netfilter may take")

/* The quick-mode statistics of Windows Server 2003, see Documentation/counters.rst. C as above,
 * G(name, what there is now), S(name, what): the sum of others, see stats.c.
 */
#define IPD_STATS_QM(C, G, S)									\
	G(qm_active, "SA pairs in force")							\
	G(qm_offloaded, "SA pairs that a network device has")					\
	G(qm_pending, "SPIs reserved that wait for their keys")					\
	C(qm_key_additions, "SA pairs installed")						\
	C(qm_key_deletions, "SA pairs ended")							\
	C(qm_rekeys, "SA pairs installed in place of another")					\
	G(qm_tunnels, "SA pairs in tunnel mode")						\
	S(qm_bad_spi, "packets whose SPI is not that of a living SA")				\
	S(qm_not_decrypted, "packets that could not be decrypted")				\
	S(qm_not_authenticated, "packets that were not authentic")				\
	C(qm_replay_detection, "packets with a sequence number found good")			\
	C(qm_confidential_bytes_sent, "bytes sent encrypted")					\
	C(qm_confidential_bytes_received, "bytes received encrypted")				\
	C(qm_authenticated_bytes_sent, "bytes sent under AH")					\
	C(qm_authenticated_bytes_received, "bytes received under AH")				\
	C(qm_transport_bytes_sent, "bytes sent in transport mode")				\
	C(qm_transport_bytes_received, "bytes received in transport mode")			\
	C(qm_tunnel_bytes_sent, "bytes sent in tunnels")					\
	C(qm_tunnel_bytes_received, "bytes received in tunnels")				\
	C(qm_offloaded_bytes_sent, "bytes sent that a device encrypted")			\
	C(qm_offloaded_bytes_received, "bytes received that a device decrypted")

/* What there is now. */
#define IPD_STATS_NOW(G)									\
	G(offload_refused, "SA pairs that a network device was to have and has not")

#define IPD_STAT_ENUM(name, text) IPD_STAT_##name,
enum ipd_stat {
	IPD_STATS_PACKETS(IPD_STAT_ENUM, IPD_STAT_ENUM)
	IPD_STATS_QM(IPD_STAT_ENUM, IPD_STAT_ENUM, IPD_STAT_ENUM)
	IPD_STATS_NOW(IPD_STAT_ENUM)
	IPD_STAT_MAX
};

#undef IPD_STAT_ENUM

struct ipd_stats {
	u64 value[IPD_STAT_MAX];
};

/**
 * struct ipd_stat_info - of a counter
 * @name: in netlink and procfs
 * @text: what it counts
 * @kind: enum ipsecdrv_stat_kind
 */
struct ipd_stat_info {
	const char *name;
	const char *text;
	u8 kind;
};

struct ipd_net;
struct ipd_pair;

/* Any context; @net is a struct ipd_net. */
#define IPD_STAT_INC(net, name) \
	this_cpu_inc((net)->stats->value[IPD_STAT_##name])
#define IPD_STAT_DEC(net, name) \
	this_cpu_dec((net)->stats->value[IPD_STAT_##name])
#define IPD_STAT_ADD(net, name, n) \
	this_cpu_add((net)->stats->value[IPD_STAT_##name], n)
/* Of the pair of counters that begins with @name, the one of direction @dir. */
#define IPD_STAT_ADD_DIR(net, name, dir, n) \
	this_cpu_add((net)->stats->value[IPD_STAT_##name##_sent + (dir)], n)

extern const struct ipd_stat_info ipd_stat_infos[IPD_STAT_MAX];
void ipd_stat_carried(const struct ipd_pair *pair, u8 dir, unsigned int bytes);
u64 ipd_stat_sum(const struct ipd_net *net, enum ipd_stat stat);

#endif /* IPD_STATS_H */
