// SPDX-License-Identifier: GPL-2.0-only
#include "drop.h"

#include <linux/ip.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "monitor.h"
#include "net.h"
#include "trace.h"

static const u8 drop_stats[IPD_DROP_MAX] = {
#define NONE(name, text)
#define DROP(name, text) [IPD_DROP_##name] = IPD_STAT_##name,
	IPD_STATS_PACKETS(NONE, DROP)
#undef NONE
#undef DROP
};

/* Most filters and pairs never drop anything, and a table may have 100,000 of them. */
static void drops_add(struct ipd_drops **at, enum ipd_drop_reason reason, unsigned int packets)
{
	struct ipd_drops *drops = READ_ONCE(*at), *other;

	if (unlikely(!drops)) {
		drops = kzalloc(sizeof(*drops), GFP_ATOMIC | __GFP_NOWARN);
		if (!drops)
			return;
		other = cmpxchg(at, NULL, drops);
		if (other) {
			kfree(drops);
			drops = other;
		}
	}
	atomic64_add(packets, &drops->packets[reason]);
}

/* Ports, or type and code, or an SPI, as far as they are there. */
static void look_behind(const struct sk_buff *skb, int off, struct ipd_dropped *dropped)
{
	struct ipd_key *key = &dropped->key;
	__be16 ports[2];
	u8 icmp[2];

	if (key->proto == IPPROTO_AH)
		off += offsetof(struct ip_auth_hdr, spi);
	if (key->proto == IPPROTO_ESP || key->proto == IPPROTO_AH) {
		if (skb_copy_bits(skb, off, &dropped->spi, sizeof(dropped->spi)))
			dropped->spi = 0;
	} else if (ipd_selector_proto_has_ports(key->proto)) {
		if (skb_copy_bits(skb, off, ports, sizeof(ports)))
			return;
		key->sport = ntohs(ports[0]);
		key->dport = ntohs(ports[1]);
		key->flags = 0;
	} else if (ipd_selector_proto_is_icmp(key->proto)) {
		if (skb_copy_bits(skb, off, icmp, sizeof(icmp)))
			return;
		key->sport = icmp[0];
		key->dport = icmp[1];
		key->flags = 0;
	}
}

static void look4(const struct sk_buff *skb, struct ipd_dropped *dropped)
{
	int off = skb_network_offset(skb);
	struct iphdr iph;

	if (skb_copy_bits(skb, off, &iph, sizeof(iph)))
		return;
	dropped->len = ntohs(iph.tot_len);
	dropped->key.family = AF_INET;
	dropped->key.src.s6_addr32[0] = iph.saddr;
	dropped->key.dst.s6_addr32[0] = iph.daddr;
	dropped->key.proto = iph.protocol;
	if (!(iph.frag_off & htons(IP_OFFSET)))
		look_behind(skb, off + iph.ihl * 4, dropped);
}

static void look6(const struct sk_buff *skb, struct ipd_dropped *dropped)
{
	int off = skb_network_offset(skb);
	struct ipv6hdr iph;
	__be16 frag;
	u8 proto;

	if (skb_copy_bits(skb, off, &iph, sizeof(iph)))
		return;
	dropped->len = ntohs(iph.payload_len) + sizeof(iph);
	dropped->key.family = AF_INET6;
	dropped->key.src = iph.saddr;
	dropped->key.dst = iph.daddr;
	proto = iph.nexthdr;
	off = ipv6_skip_exthdr(skb, off + sizeof(iph), &proto, &frag);
	dropped->key.proto = proto;
	if (off >= 0 && !(frag & htons(IP6_OFFSET)))
		look_behind(skb, off, dropped);
}

/* What can be read of a packet that may be anything, without changing it. */
static void look(const struct sk_buff *skb, struct ipd_dropped *dropped)
{
	u8 version;

	dropped->len = skb->len;
	dropped->key.flags = IPD_KEY_NO_PORTS;
	if (skb_copy_bits(skb, skb_network_offset(skb), &version, sizeof(version)))
		return;
	if (version >> 4 == 4)
		look4(skb, dropped);
	else if (version >> 4 == 6)
		look6(skb, dropped);
}

static struct ipd_dropped drop(struct ipd_net *in, enum ipd_drop_reason reason,
			       const struct sk_buff *skb, unsigned int packets,
			       struct ipd_filter *filter, struct ipd_pair *pair)
{
	struct ipd_dropped dropped = {
		.time = ktime_get_real(),
		.filter = filter ? filter->spec.id : pair ? pair->filter_id : 0,
		.pair = pair ? pair->id : 0,
		.packets = packets,
		.reason = reason,
	};

	this_cpu_add(in->stats->value[drop_stats[reason]], packets);
	if (pair)
		drops_add(&pair->drops, reason, packets);
	else if (filter)
		drops_add(&filter->drops, reason, packets);
	look(skb, &dropped);
	dropped.key.dir = ipd_drop_dir(reason);
	trace_ipd_drop(in, &dropped);
	ipd_event_dropped(in, ipd_history_add(in, &dropped));
	return dropped;
}

/**
 * ipd_drop_packets() - a packet is about to be dropped
 * @in: namespace
 * @reason: why
 * @skb: the packet, still whole
 * @packets: how many it is
 * @filter: that decided, or NULL
 * @pair: it came or was to go through, or NULL
 */
void ipd_drop_packets(struct ipd_net *in, enum ipd_drop_reason reason, const struct sk_buff *skb,
		      unsigned int packets, struct ipd_filter *filter, struct ipd_pair *pair)
{
	struct ipd_dropped dropped = drop(in, reason, skb, packets, filter, pair);

	ipd_monitor_drop(in, skb, &dropped, pair);
}

/**
 * ipd_drop_shown() - a packet is about to be dropped that monitor devices have shown
 * @in: namespace
 * @reason: why
 * @skb: the packet, as far as it got
 * @pair: it was to go through
 */
void ipd_drop_shown(struct ipd_net *in, enum ipd_drop_reason reason, const struct sk_buff *skb,
		    struct ipd_pair *pair)
{
	drop(in, reason, skb, 1, NULL, pair);
}

/** ipd_drop_dir() - enum ipsecdrv_dir; the name of a reason begins with it */
u8 ipd_drop_dir(enum ipd_drop_reason reason)
{
	return ipd_drop_info(reason)->name[0] == 'o' ? IPSECDRV_DIR_OUT : IPSECDRV_DIR_IN;
}

/** ipd_drop_info() - name and text of a reason */
const struct ipd_stat_info *ipd_drop_info(enum ipd_drop_reason reason)
{
	return &ipd_stat_infos[drop_stats[reason]];
}

/** ipd_drops_read() - how many; @drops may be NULL */
u64 ipd_drops_read(const struct ipd_drops *drops, enum ipd_drop_reason reason)
{
	return drops ? atomic64_read(&drops->packets[reason]) : 0;
}
