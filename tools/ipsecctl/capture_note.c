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
/* hh.tbl of what could not be added is NULL. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "capture.h"

/*
 * The driver is asked about SPIs that are not known at most so often, and about
 * one and the same less and less: it may be somebody else's.
 */
#define ASK_MS 1000
#define STRANGERS_MAX 4096
#define ANY_DIR 0xff

struct known {
	UT_hash_handle hh;
	uint64_t key; /* SPI and direction */
	uint8_t dir;
	uint64_t sa; /* 0: it is no SA's of this host */
	uint64_t filter;
	int64_t due; /* ms, when the driver is to be asked again */
	int64_t wait; /* from then on */
};

static struct {
	struct known *all;
	unsigned int strangers;
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

static struct known *find(uint32_t spi, uint8_t dir)
{
	uint64_t key = (uint64_t)dir << 32 | spi;
	struct known *k = NULL;

	HASH_FIND(hh, known.all, &key, sizeof(key), k);
	return k;
}

/* NULL: no memory. */
static struct known *get(uint32_t spi, uint8_t dir)
{
	struct known *k = find(spi, dir);

	if (k)
		return k;
	k = calloc(1, sizeof(*k));
	if (!k)
		return NULL;
	k->key = (uint64_t)dir << 32 | spi;
	k->dir = dir;
	HASH_ADD(hh, known.all, key, sizeof(k->key), k);
	if (k->hh.tbl)
		return k;
	free(k);
	return NULL;
}

/* An SPI may have been another's before. */
static void add(const struct ipsec_sa *sa, uint8_t dir, uint32_t spi)
{
	struct known *k = spi ? get(spi, dir) : NULL;

	if (!k)
		return;
	if (k->wait && !k->sa)
		known.strangers--;
	k->sa = sa->id.v;
	k->filter = sa->filter.v;
}

static void forget_strangers(void)
{
	struct known *k, *next;

	HASH_ITER(hh, known.all, k, next) {
		if (k->sa)
			continue;
		HASH_DEL(known.all, k);
		free(k);
	}
	known.strangers = 0;
}

/* NULL: no memory. */
static struct known *add_stranger(const struct captured *c, int64_t now)
{
	struct known *k;

	if (known.strangers == STRANGERS_MAX)
		forget_strangers();
	k = get(c->spi, c->directed ? c->dir : ANY_DIR);
	if (!k)
		return NULL;
	known.strangers++;
	k->due = now;
	k->wait = ASK_MS;
	return k;
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

/* NULL: it is not known whose it is. */
static const struct known *find_sa(const struct captured *c)
{
	const struct known *k;

	if (c->directed) {
		k = find(c->spi, c->dir);
		return k && k->sa ? k : NULL;
	}
	k = find(c->spi, IPSECDRV_DIR_OUT);
	if (!k || !k->sa)
		k = find(c->spi, IPSECDRV_DIR_IN);
	return k && k->sa ? k : NULL;
}

static const struct known *look_up(const struct captured *c)
{
	const struct known *k = find_sa(c);
	struct known *stranger;
	int64_t now;

	if (k)
		return k;
	now = ctl_now_ms();
	stranger = find(c->spi, c->directed ? c->dir : ANY_DIR);
	if (!stranger)
		stranger = add_stranger(c, now);
	if (!stranger || now < stranger->due)
		return NULL;
	/* Others may have been asked about meanwhile: that answers this, too. */
	if (!known.asked || known.asked < stranger->due) {
		if (known.asked && now - known.asked < ASK_MS)
			return NULL;
		ask();
	}
	stranger->due = now + stranger->wait;
	stranger->wait *= 2;
	return find_sa(c);
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
