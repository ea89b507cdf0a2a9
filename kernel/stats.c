// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of a namespace.
 */

#include "net.h"
#include "stats.h"
#include "trace.h"

#define STAT_INFO(stat, what, of) \
	[IPD_STAT_##stat] = { .name = #stat, .text = what, .kind = IPSECDRV_STAT_KIND_##of },
#define COUNTER(stat, what) STAT_INFO(stat, what, COUNTER)
#define GAUGE(stat, what) STAT_INFO(stat, what, GAUGE)
#define DROP(stat, what) STAT_INFO(stat, what, DROP)

const struct ipd_stat_info ipd_stat_infos[IPD_STAT_MAX] = {
	IPD_STATS_PACKETS(COUNTER, DROP)
	IPD_STATS_QM(COUNTER, GAUGE, COUNTER)
	IPD_STATS_NOW(GAUGE)
};

/* Counters of Windows' that ours tell apart. Zero is no part. */
static const u8 parts[IPD_STAT_MAX][3] = {
	[IPD_STAT_qm_bad_spi] = { IPD_STAT_in_unknown_spi, IPD_STAT_in_larval, IPD_STAT_in_dead },
	[IPD_STAT_qm_not_decrypted] = { IPD_STAT_in_alignment, IPD_STAT_in_padding,
					IPD_STAT_in_crypto_error },
	[IPD_STAT_qm_not_authenticated] = { IPD_STAT_in_integrity },
};

/**
 * ipd_stat_carried() - a packet went through a pair
 * @pair: the pair
 * @dir: enum ipsecdrv_dir
 * @bytes: of the packet in clear, its IP header included
 */
void ipd_stat_carried(const struct ipd_pair *pair, u8 dir, unsigned int bytes)
{
	const struct ipd_net *in = pair->net;

	BUILD_BUG_ON(IPSECDRV_DIR_OUT != 0 || IPSECDRV_DIR_IN != 1);

	trace_ipd_carried(pair, dir, bytes);

	if (pair->mode == IPSECDRV_MODE_TUNNEL)
		IPD_STAT_ADD_DIR(in, qm_tunnel_bytes, dir, bytes);
	else
		IPD_STAT_ADD_DIR(in, qm_transport_bytes, dir, bytes);
	if (pair->confidential)
		IPD_STAT_ADD_DIR(in, qm_confidential_bytes, dir, bytes);
	if (pair->authenticated)
		IPD_STAT_ADD_DIR(in, qm_authenticated_bytes, dir, bytes);
}

static u64 stat_sum(const struct ipd_net *in, unsigned int stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(in->stats, cpu)->value[stat]);
	return sum;
}

/** ipd_stat_sum() - value of a counter over all CPUs */
u64 ipd_stat_sum(const struct ipd_net *in, enum ipd_stat stat)
{
	u64 sum = 0;
	unsigned int i;

	BUILD_BUG_ON(IPD_STAT_MAX > U8_MAX);

	if (!parts[stat][0])
		return stat_sum(in, stat);
	for (i = 0; i < ARRAY_SIZE(parts[stat]) && parts[stat][i]; i++)
		sum += stat_sum(in, parts[stat][i]);
	return sum;
}
