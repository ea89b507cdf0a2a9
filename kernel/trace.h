/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: what was decided over a packet, what went through an SA pair, what was
 * dropped. Each costs a jump that is not taken while nobody listens.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ipsecdrv

#if !defined(IPD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define IPD_TRACE_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/tracepoint.h>

#include "drop.h"
#include "history.h"
#include "net.h"
#include "verdict.h"

#ifndef IPD_TRACE_ADDR
#define IPD_TRACE_ADDR	sizeof(struct sockaddr_in6)

/* As %pISpc prints it. */
static inline void ipd_trace_addr(void *to, u8 family, const struct in6_addr *addr, u16 port)
{
	struct sockaddr_in6 *v6 = to;
	struct sockaddr_in *v4 = to;

	memset(to, 0, IPD_TRACE_ADDR);
	if (family == AF_INET) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		v4->sin_addr.s_addr = addr->s6_addr32[0];
	} else {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		v6->sin6_addr = *addr;
	}
}
#endif

#define IPD_TRACE_DIRS		{ IPSECDRV_DIR_OUT, "out" }, { IPSECDRV_DIR_IN, "in" }
#define IPD_TRACE_DECISIONS	{ IPD_PASS, "pass" }, { IPD_DROP, "drop" },	\
				{ IPD_HOLD, "hold" }, { IPD_PROTECT, "protect" }

TRACE_DEFINE_ENUM(IPSECDRV_DIR_OUT);
TRACE_DEFINE_ENUM(IPSECDRV_DIR_IN);
TRACE_DEFINE_ENUM(IPD_PASS);
TRACE_DEFINE_ENUM(IPD_DROP);
TRACE_DEFINE_ENUM(IPD_HOLD);
TRACE_DEFINE_ENUM(IPD_PROTECT);

/* Lists for __print_symbolic(); those of the X macros end with a comma. */
#define IPD_TRACE_REASON(name, text) { IPD_REASON_##name, #name },
#define IPD_TRACE_REASON_ENUM(name, text) TRACE_DEFINE_ENUM(IPD_REASON_##name);
#define IPD_TRACE_NO_DROP(name, text)
#define IPD_TRACE_DROP(name, text) { IPD_DROP_##name, #name },
#define IPD_TRACE_DROP_ENUM(name, text) TRACE_DEFINE_ENUM(IPD_DROP_##name);

IPD_REASONS(IPD_TRACE_REASON_ENUM)
IPD_STATS_PACKETS(IPD_TRACE_NO_DROP, IPD_TRACE_DROP_ENUM)

/* The filters have judged a packet. @pair: it goes through, or came through. */
TRACE_EVENT(ipd_verdict,
	TP_PROTO(const struct ipd_net *in, const struct ipd_key *key,
		 const struct ipd_filter *filter, const struct ipd_pair *pair, u8 decision,
		 u8 reason),
	TP_ARGS(in, key, filter, pair, decision, reason),
	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, filter)
		__field(u32, pair)
		__field(u8, dir)
		__field(u8, proto)
		__field(u8, decision)
		__field(u8, reason)
		__array(u8, src, IPD_TRACE_ADDR)
		__array(u8, dst, IPD_TRACE_ADDR)
	),
	TP_fast_assign(
		__entry->netns = in->net->ns.inum;
		__entry->filter = filter ? filter->spec.id : 0;
		__entry->pair = pair ? pair->id : 0;
		__entry->dir = key->dir;
		__entry->proto = key->proto;
		__entry->decision = decision;
		__entry->reason = reason;
		ipd_trace_addr(__entry->src, key->family, &key->src, key->sport);
		ipd_trace_addr(__entry->dst, key->family, &key->dst, key->dport);
	),
	TP_printk("netns=%u %s src=%pISpc dst=%pISpc proto=%u %s reason=%s filter=%u pair=%u",
		  __entry->netns, __print_symbolic(__entry->dir, IPD_TRACE_DIRS),
		  __entry->src, __entry->dst, __entry->proto,
		  __print_symbolic(__entry->decision, IPD_TRACE_DECISIONS),
		  __print_symbolic(__entry->reason, IPD_REASONS(IPD_TRACE_REASON) { -2, "" }),
		  __entry->filter, __entry->pair)
);

/* A packet is protected, or was verified and opened. */
TRACE_EVENT(ipd_carried,
	TP_PROTO(const struct ipd_pair *pair, u8 dir, unsigned int bytes),
	TP_ARGS(pair, dir, bytes),
	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, pair)
		__field(u32, spi)
		__field(u32, bytes)
		__field(u8, dir)
		__field(u8, mode)
		__array(u8, local, IPD_TRACE_ADDR)
		__array(u8, remote, IPD_TRACE_ADDR)
	),
	TP_fast_assign(
		const struct ipd_sa *sa = &pair->sas[(dir == IPSECDRV_DIR_IN ? pair->n : 0) +
						     pair->n - 1];

		__entry->netns = pair->net->net->ns.inum;
		__entry->pair = pair->id;
		__entry->spi = ntohl(sa->spi.key.spi);
		__entry->bytes = bytes;
		__entry->dir = dir;
		__entry->mode = pair->mode;
		ipd_trace_addr(__entry->local, pair->family, &pair->local, pair->encap_local);
		ipd_trace_addr(__entry->remote, pair->family, &pair->remote, pair->encap_remote);
	),
	TP_printk("netns=%u %s pair=%u spi=0x%08x %s local=%pISpc remote=%pISpc bytes=%u",
		  __entry->netns, __print_symbolic(__entry->dir, IPD_TRACE_DIRS),
		  __entry->pair, __entry->spi,
		  __entry->mode == IPSECDRV_MODE_TUNNEL ? "tunnel" : "transport",
		  __entry->local, __entry->remote, __entry->bytes)
);

/* A packet is dropped. */
TRACE_EVENT(ipd_drop,
	TP_PROTO(const struct ipd_net *in, const struct ipd_dropped *dropped),
	TP_ARGS(in, dropped),
	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, filter)
		__field(u32, pair)
		__field(u32, spi)
		__field(u8, dir)
		__field(u8, proto)
		__field(u8, reason)
		__array(u8, src, IPD_TRACE_ADDR)
		__array(u8, dst, IPD_TRACE_ADDR)
	),
	TP_fast_assign(
		const struct ipd_key *key = &dropped->key;

		__entry->netns = in->net->ns.inum;
		__entry->filter = dropped->filter;
		__entry->pair = dropped->pair;
		__entry->spi = ntohl(dropped->spi);
		__entry->dir = key->dir;
		__entry->proto = key->proto;
		__entry->reason = dropped->reason;
		ipd_trace_addr(__entry->src, key->family, &key->src, key->sport);
		ipd_trace_addr(__entry->dst, key->family, &key->dst, key->dport);
	),
	TP_printk("netns=%u %s src=%pISpc dst=%pISpc proto=%u drop=%s spi=0x%08x filter=%u pair=%u",
		  __entry->netns, __print_symbolic(__entry->dir, IPD_TRACE_DIRS),
		  __entry->src, __entry->dst, __entry->proto,
		  __print_symbolic(__entry->reason,
				   IPD_STATS_PACKETS(IPD_TRACE_NO_DROP, IPD_TRACE_DROP)
				   { -2, "" }),
		  __entry->spi, __entry->filter, __entry->pair)
);

#endif /* IPD_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
