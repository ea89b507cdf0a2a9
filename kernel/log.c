// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log of drops. Windows' driver wrote an event for each packet, at levels whose bits
 * these are; we write the sums, so that nobody can fill the log by sending.
 */

#include <linux/kernel.h>
#include <linux/string.h>

#include "hook.h"
#include "log.h"
#include "net.h"

#define BAD	IPSECDRV_LOG_LEVEL_BAD
#define IN	IPSECDRV_LOG_LEVEL_INBOUND
#define OUT	IPSECDRV_LOG_LEVEL_OUTBOUND
/* Clear text where a filter negotiates: no bit of its own. As in Windows, whoever asks for
 * bad packets and for inbound drops is told of it.
 */
#define CLEAR	0x80

/* Which bit of the level a counter belongs to, 0 for none. */
static u8 bit_of(enum ipd_stat stat)
{
	const struct ipd_stat_info *info = &ipd_stat_infos[stat];

	switch (stat) {
	case IPD_STAT_in_unknown_spi:
	case IPD_STAT_in_clear_malformed:
	case IPD_STAT_in_encap_mismatch:
	case IPD_STAT_in_short:
	case IPD_STAT_in_alignment:
	case IPD_STAT_in_integrity:
	case IPD_STAT_in_ah_header:
	case IPD_STAT_in_padding:
	case IPD_STAT_in_next_header:
	case IPD_STAT_in_inner_header:
		return BAD;
	case IPD_STAT_in_clear_unprotected:
		return CLEAR;
	default:
		if (info->kind != IPSECDRV_STAT_KIND_DROP)
			return 0;
		return strstarts(info->name, "out_") ? OUT : IN;
	}
}

/**
 * struct line - a line of the log in the making
 * @in: namespace
 * @way: "inbound" or "outbound"
 * @seconds: that it tells of
 * @used: bytes of @text
 * @text: what was dropped, so far
 */
struct line {
	const struct ipd_net *in;
	const char *way;
	u32 seconds;
	size_t used;
	char text[160];
};

static void end_line(struct line *line)
{
	if (line->used)
		pr_info("ipsecdrv: netns %u: dropped %s in %u s: %s\n",
			line->in->net->ns.inum, line->way, line->seconds, line->text);
	line->used = 0;
}

static void add_count(struct line *line, const char *name, u64 count)
{
	/* a name and 20 digits */
	if (line->used + strlen(name) + 24 > sizeof(line->text))
		end_line(line);
	line->used += scnprintf(line->text + line->used, sizeof(line->text) - line->used,
				"%s%s %llu", line->used ? ", " : "", name, count);
}

static void report_way(struct ipd_net *in, const char *way, u8 mask, u32 seconds)
{
	struct line line = { .in = in, .way = way, .seconds = seconds };
	enum ipd_stat stat;
	u64 now;

	for (stat = 0; stat < IPD_STAT_MAX; stat++) {
		if (!(bit_of(stat) & mask))
			continue;
		now = ipd_stat_sum(in, stat);
		if (now != in->log.seen[stat])
			add_count(&line, ipd_stat_infos[stat].name, now - in->log.seen[stat]);
		in->log.seen[stat] = now;
	}
	end_line(&line);
}

static void report(struct ipd_net *in, u8 level, u32 seconds)
{
	if ((level & (BAD | IN)) == (BAD | IN))
		level |= CLEAR;
	report_way(in, "inbound", level & (BAD | IN | CLEAR), seconds);
	report_way(in, "outbound", level & OUT, seconds);
}

static void start(struct ipd_net *in, u32 interval)
{
	queue_delayed_work(ipd_wq, &in->log.work, interval * HZ);
}

static void log_work(struct work_struct *work)
{
	struct ipd_net *in = container_of(to_delayed_work(work), struct ipd_net, log.work);
	u32 interval = READ_ONCE(in->config.log_interval);

	report(in, READ_ONCE(in->config.log_level), interval);
	start(in, interval);
}

/**
 * ipd_log_set() - another level, another interval
 * @in: namespace, its mutex held
 * @level: IPSECDRV_LOG_LEVEL_*, 0 for no log
 * @interval: seconds
 *
 * What was counted before is not told any more: it belongs to no whole interval.
 * Sleeps until a report that runs is done.
 */
void ipd_log_set(struct ipd_net *in, u8 level, u32 interval)
{
	enum ipd_stat stat;

	lockdep_assert_held(&in->mutex);
	if (level == in->config.log_level && interval == in->config.log_interval)
		return;
	/* the work takes no lock */
	cancel_delayed_work_sync(&in->log.work);
	WRITE_ONCE(in->config.log_level, level);
	WRITE_ONCE(in->config.log_interval, interval);
	if (!level)
		return;
	for (stat = 0; stat < IPD_STAT_MAX; stat++)
		in->log.seen[stat] = ipd_stat_sum(in, stat);
	start(in, interval);
}

void ipd_log_net_init(struct ipd_net *in)
{
	INIT_DELAYED_WORK(&in->log.work, log_work);
}

void ipd_log_net_exit(struct ipd_net *in)
{
	cancel_delayed_work_sync(&in->log.work);
}
