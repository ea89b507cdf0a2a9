// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comments of captured packets: the direction, what the driver does with the
 * packet and why, and the SA pair whose SPI it has.
 */
#include <inttypes.h>
#include <linux/ipsecdrv_monitor.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"

/* The driver is asked about SPIs that are not known at most so often. */
#define ASK_MS 1000

struct known {
	uint32_t spi;
	uint8_t dir;
	uint64_t sa;
	uint64_t filter;
};

static struct {
	struct known *list;
	size_t count;
	int64_t asked;
} known;

static const char *const verdicts[] = {
	[IPSECDRV_MONITOR_PERMIT] = "permit",
	[IPSECDRV_MONITOR_PROTECT] = "protect",
	[IPSECDRV_MONITOR_DEFAULT] = "default",
	[IPSECDRV_MONITOR_INPASS] = "inpass",
	[IPSECDRV_MONITOR_SOFT] = "soft",
	[IPSECDRV_MONITOR_BOOT] = "boot",
};

static const struct known *find(uint32_t spi, bool directed, uint8_t dir)
{
	size_t i;

	/* The latest first: an SPI may have been another's before. */
	for (i = known.count; i--;)
		if (known.list[i].spi == spi &&
		    (!directed || known.list[i].dir == dir))
			return &known.list[i];
	return NULL;
}

static void add(const struct ipsec_sa *sa, uint8_t dir, uint32_t spi)
{
	const struct known *old = find(spi, true, dir);
	struct known *grown;

	if (!spi || (old && old->sa == sa->id.v))
		return;
	grown = reallocarray(known.list, known.count + 1, sizeof(*grown));
	if (!grown)
		return;
	known.list = grown;
	grown[known.count++] =
		(struct known){ spi, dir, sa->id.v, sa->filter.v };
}

/* Pairs that ended meanwhile stay known. */
static void ask(void)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_dump dump = { 0 };
	struct ipsec_err err = { 0 };
	const struct nlmsghdr *nlh;
	unsigned int i;
	size_t pos = 0;
	int rc;

	known.asked = ctl_now_ms();
	rc = c ? ipsec_dump(c, IPSECDRV_CMD_SA_DUMP, &dump, &err) : -1;
	while (!rc && (nlh = ipsec_dump_next(&dump, &pos))) {
		struct ipsec_sa sa = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_sa_fields, &sa, &err);
		for (i = 0; !rc && i < sa.protections; i++) {
			add(&sa, IPSECDRV_DIR_OUT,
			    (uint32_t)sa.protection[i].spi_out.v);
			add(&sa, IPSECDRV_DIR_IN,
			    (uint32_t)sa.protection[i].spi_in.v);
		}
	}
	ipsec_dump_free(&dump);
}

static const struct known *look_up(const struct captured *c)
{
	const struct known *k = find(c->spi, c->directed, c->dir);

	if (k || (known.asked && ctl_now_ms() - known.asked < ASK_MS))
		return k;
	ask();
	return find(c->spi, c->directed, c->dir);
}

/* The driver's reasons are its counters of drops, in their order. */
static const struct ipsec_stat *reason_of(unsigned int number)
{
	static const struct ctl_stats *stats;
	unsigned int i;

	if (!stats)
		stats = ctl_stats_read();
	for (i = 0; stats && i < stats->count; i++)
		if (stats->stat[i].kind.v == IPSECDRV_STAT_KIND_DROP &&
		    !number--)
			return &stats->stat[i];
	return NULL;
}

static void note_verdict(FILE *to, uint8_t verdict)
{
	const struct ipsec_stat *reason;

	if (verdict < sizeof(verdicts) / sizeof(verdicts[0])) {
		fprintf(to, " %s", verdicts[verdict]);
		return;
	}
	reason = verdict < IPSECDRV_MONITOR_DROP ?
			 NULL :
			 reason_of(verdict - IPSECDRV_MONITOR_DROP);
	if (reason)
		fprintf(to, " drop %s: %s", reason->name, reason->text);
	else
		fprintf(to, " verdict %u", verdict);
}

void capture_note(const struct captured *c, bool wire, char *text, size_t size)
{
	const struct known *k = c->spi ? look_up(c) : NULL;
	FILE *to = fmemopen(text, size, "w");

	text[0] = '\0';
	if (!to)
		return;
	if (c->directed || k)
		fputs(ipsec_name(ipsec_names_dir, k ? k->dir : c->dir), to);
	if (!wire)
		note_verdict(to, c->verdict);
	else if (c->ike_spi)
		fputs(" IKE", to);
	else if (c->proto)
		fputs(c->proto == IPPROTO_AH ? " AH" : " ESP", to);
	if (c->spi)
		fprintf(to, ", SPI 0x%08" PRIx32, c->spi);
	if (k)
		fprintf(to, ", SA pair %" PRIu64 ", filter %" PRIu64, k->sa,
			k->filter);
	fclose(to);
	/* What comes first may be missing. */
	if (text[0] == ' ')
		memmove(text, text + 1, strlen(text));
}
