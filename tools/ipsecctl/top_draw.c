// SPDX-License-Identifier: GPL-2.0-or-later
/* A frame of ipsecctl top, as lines of at most 80 columns, and as JSON. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "top.h"

const char *const top_views[TOP_VIEWS] = {
	[TOP_HOSTS] = "hosts",
	[TOP_SAS] = "sas",
	[TOP_NEGOTIATIONS] = "negotiations",
	[TOP_DROPS] = "drops",
};

const char *const top_sorts[TOP_SORTS] = {
	[TOP_BY_RATE] = "rate",	  [TOP_BY_OUT] = "out", [TOP_BY_IN] = "in",
	[TOP_BY_DROPS] = "drops", [TOP_BY_SAS] = "sas", [TOP_BY_AGE] = "age",
	[TOP_BY_PEER] = "peer",
};

#define CELL 24

/* "1234", "12.3k", "1.23G": at most six columns. */
static const char *short_number(double v, char buf[CELL])
{
	static const char unit[] = " kMGTPE";
	size_t i = 0;

	while (v >= 9999.5 && i + 2 < sizeof(unit)) {
		v /= 1000;
		i++;
	}
	if (!i)
		snprintf(buf, CELL, v > 0 && v < 10 ? "%.1f" : "%.0f", v);
	else
		snprintf(buf, CELL, v < 99.95 ? "%.1f%c" : "%.0f%c", v,
			 unit[i]);
	return buf;
}

/* "59s", "12m", "5h", "3d" */
static const char *short_time(uint64_t s, char buf[CELL])
{
	if (s < 120)
		snprintf(buf, CELL, "%" PRIu64 "s", s);
	else if (s < 7200)
		snprintf(buf, CELL, "%" PRIu64 "m", s / 60);
	else if (s < 172800)
		snprintf(buf, CELL, "%" PRIu64 "h", s / 3600);
	else
		snprintf(buf, CELL, "%" PRIu64 "d", s / 86400);
	return buf;
}

static void draw_state(const struct top *t, char *line, size_t size)
{
	char when[16], filters[CELL], drops[CELL];
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%H:%M:%S", &tm);
	snprintf(line, size,
		 "ipsecctl top %s  driver %s  ipsecd %s  filters %s  "
		 "drops/s %s%s",
		 when, t->driver ? "up" : "DOWN", t->daemon ? "up" : "DOWN",
		 short_number((double)t->filters, filters),
		 short_number(t->drops, drops), t->paused ? "  PAUSED" : "");
}

static void draw_totals(const struct top *t, char *line, size_t size)
{
	char hosts[CELL], sas[CELL], softs[CELL], asking[CELL];
	char out[CELL], in[CELL], packets[CELL];

	snprintf(line, size,
		 "hosts %s  SAs %s  soft %s  asking %s  B/s out %s in %s  "
		 "packets/s %s",
		 short_number((double)t->hosts, hosts),
		 short_number((double)t->sas, sas),
		 short_number((double)t->softs, softs),
		 short_number((double)t->negotiations, asking),
		 short_number(t->out, out), short_number(t->in, in),
		 short_number(t->packets, packets));
}

static void draw_keys(const struct top *t, char *line, size_t size)
{
	if (t->failed[0]) {
		snprintf(line, size, "%.*s", TOP_WIDTH, t->failed);
		return;
	}
	snprintf(line, size,
		 "%s by %s%s | hosts sas negotiations drops | oRder reVerse "
		 "Pause Quit",
		 top_views[t->view], top_sorts[t->sort],
		 t->reverse ? " reversed" : "");
}

static void draw_heading(const struct top *t, char *line, size_t size)
{
	switch (t->view) {
	case TOP_HOSTS:
		snprintf(line, size, "%-39s %-9s %6s %6s %6s %6s", "HOST",
			 "STATE", "SAS", "OUT/S", "IN/S", "DROP/S");
		break;
	case TOP_SAS:
		snprintf(line, size, "%-39s %-7s %9s %6s %6s %6s", "HOST",
			 "STATE", "SA", "OUT/S", "IN/S", "AGE");
		break;
	case TOP_NEGOTIATIONS:
		snprintf(line, size, "%-39s %-8s %6s %6s %-16s", "HOST", "WHAT",
			 "HELD", "AGE", "RULE");
		break;
	default:
		snprintf(line, size, "%-24s %8s %6s %-39s", "REASON", "PACKETS",
			 "DROP/S", "WHAT IT IS");
	}
}

static void draw_row(const struct top *t, const struct top_row *row, char *line,
		     size_t size)
{
	char peer[IPSEC_NET_STRLEN], a[CELL], b[CELL], c[CELL], d[CELL];

	ipsec_addr_print(&row->peer, peer, sizeof(peer));
	if (!row->peer.len)
		strcpy(peer, "-");
	short_number(row->out, a);
	short_number(row->in, b);
	short_number(row->drops, c);
	short_time(row->age, d);
	switch (t->view) {
	case TOP_HOSTS:
		snprintf(line, size, "%-39.39s %-9s %6" PRIu64 " %6s %6s %6s",
			 peer, row->state, row->number, a, b, c);
		break;
	case TOP_SAS:
		snprintf(line, size, "%-39.39s %-7.7s %9" PRIu64 " %6s %6s %6s",
			 peer, row->state, row->number, a, b, d);
		break;
	case TOP_NEGOTIATIONS:
		snprintf(line, size, "%-39.39s %-8s %6" PRIu64 " %6s %-16.16s",
			 peer, row->state, row->number, d, row->name);
		break;
	default:
		snprintf(line, size, "%-24.24s %8s %6s %-39.39s", row->name,
			 short_number((double)row->total, a), c, row->text);
	}
}

void top_line(const struct top *t, unsigned int n, char line[TOP_WIDTH + 1])
{
	const struct top_rows *rows = &t->rows[t->view];
	char whole[256] = "";
	size_t size = sizeof(whole), end;

	if (n == 0)
		draw_state(t, whole, size);
	else if (n == 1)
		draw_totals(t, whole, size);
	else if (n == 2)
		draw_keys(t, whole, size);
	else if (n == 3)
		draw_heading(t, whole, size);
	else if (t->from + n - TOP_HEAD < rows->count)
		draw_row(t, &rows->row[t->from + n - TOP_HEAD], whole, size);
	end = strnlen(whole, TOP_WIDTH);
	while (end && whole[end - 1] == ' ')
		end--;
	memcpy(line, whole, end);
	line[end] = '\0';
}

static json_t *row_json(const struct top *t, const struct top_row *row)
{
	char peer[IPSEC_NET_STRLEN];
	json_t *o = json_object();

	if (row->peer.len)
		json_object_set_new(o, "host",
				    json_string(ipsec_addr_print(
					    &row->peer, peer, sizeof(peer))));
	if (row->name[0])
		json_object_set_new(o, t->view == TOP_DROPS ? "reason" : "rule",
				    json_string(row->name));
	if (row->state[0])
		json_object_set_new(o, "state", json_string(row->state));
	if (t->view != TOP_DROPS)
		json_object_set_new(o,
				    t->view == TOP_HOSTS ? "sas" :
				    t->view == TOP_SAS	 ? "sa" :
							   "held",
				    json_integer((json_int_t)row->number));
	if (t->view != TOP_NEGOTIATIONS)
		json_object_set_new(o,
				    t->view == TOP_DROPS ? "packets" : "bytes",
				    json_integer((json_int_t)row->total));
	if (t->view != TOP_DROPS)
		json_object_set_new(o, "age",
				    json_integer((json_int_t)row->age));
	if (t->view == TOP_HOSTS || t->view == TOP_SAS) {
		json_object_set_new(o, "out", json_real(row->out));
		json_object_set_new(o, "in", json_real(row->in));
	}
	if (t->view != TOP_NEGOTIATIONS)
		json_object_set_new(o, "drops", json_real(row->drops));
	return o;
}

json_t *top_json(const struct top *t)
{
	const struct top_rows *rows = &t->rows[t->view];
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < rows->count; i++)
		json_array_append_new(list, row_json(t, &rows->row[i]));
	return json_pack(
		"{s:i, s:b, s:b, s:s*, s:I, s:I, s:I, s:I, s:I, s:f, s:f, "
		"s:f, s:f, s:s, s:o}",
		"version", 1, "driver", t->driver, "ipsecd", t->daemon,
		"failed", t->failed[0] ? t->failed : NULL, "filters",
		(json_int_t)t->filters, "hosts", (json_int_t)t->hosts, "sas",
		(json_int_t)t->sas, "soft", (json_int_t)t->softs,
		"negotiations", (json_int_t)t->negotiations, "out", t->out,
		"in", t->in, "packets", t->packets, "drops", t->drops, "view",
		top_views[t->view], "rows", list);
}
