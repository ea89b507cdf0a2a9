// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ipsecctl metrics: the driver's and ipsecd's counters in Prometheus' text
 * format 0.0.4. Where one of the two does not answer, its "up" is 0 and its
 * other metrics are absent.
 */
#include "metrics.h"

#include <inttypes.h>
#include <string.h>

#include "../ipsecd/ike/counters.h"
#include "ike_client.h"

static void head(FILE *to, const char *name, const char *type, const char *help)
{
	fprintf(to, "# HELP %s %s.\n# TYPE %s %s\n", name, help, name, type);
}

static void one(FILE *to, const char *name, const char *type, const char *help,
		int64_t value)
{
	head(to, name, type, help);
	fprintf(to, "%s %" PRId64 "\n", name, value);
}

static void labelled(FILE *to, const char *name, const char *label,
		     const char *text, int64_t value)
{
	fprintf(to, "%s{%s=\"", name, label);
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", to);
		else
			fprintf(to,
				*text == '"' || *text == '\\' ? "\\%c" : "%c",
				*text);
	}
	fprintf(to, "\"} %" PRId64 "\n", value);
}

static void write_stat(FILE *to, const struct ipsec_stat *s)
{
	bool gauge = s->kind.v == IPSECDRV_STAT_KIND_GAUGE;
	char name[96];

	snprintf(name, sizeof(name), "ipsecdrv_%.64s%s", s->name,
		 gauge ? "" : "_total");
	one(to, name, gauge ? "gauge" : "counter", s->text,
	    (int64_t)s->value.v);
}

static void write_stats(FILE *to, const struct ctl_stats *stats)
{
	const struct ipsec_stat *s;

	for (s = stats->stat; s < stats->stat + stats->count; s++)
		if (s->kind.v != IPSECDRV_STAT_KIND_DROP)
			write_stat(to, s);
	head(to, "ipsecdrv_drops_total", "counter",
	     "Packets dropped, by reason");
	for (s = stats->stat; s < stats->stat + stats->count; s++)
		if (s->kind.v == IPSECDRV_STAT_KIND_DROP)
			labelled(to, "ipsecdrv_drops_total", "reason", s->name,
				 (int64_t)s->value.v);
}

static bool read_table(struct ipsec_table *table)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!c)
		return false;
	ipsec_msg_init(&m, IPSECDRV_CMD_TABLE_GET, 0);
	return !ipsec_ask(c, &m, ipsec_table_fields, table, &err);
}

static void write_driver(FILE *to)
{
	const struct ctl_stats *stats = ctl_stats_read();
	struct ipsec_table table = { 0 };
	bool up = stats && read_table(&table);

	one(to, "ipsecdrv_up", "gauge", "Whether the driver answers", up);
	if (!up) {
		/* It may come back, and then is another family. */
		ctl_client_close();
		return;
	}
	one(to, "ipsecdrv_agent", "gauge",
	    "Whether a daemon is in charge, which ends boot mode",
	    !!table.agent.v);
	one(to, "ipsecdrv_filters", "gauge", "Filters in force",
	    (int64_t)table.filters.v);
	write_stats(to, stats);
}

static void write_counters(FILE *to, const json_t *counters)
{
#define IKE_GAUGE(name, doc)                   \
	one(to, "ipsecd_" #name, "gauge", doc, \
	    ctl_member_number(counters, #name));
#define IKE_COUNTER(name, doc)                            \
	one(to, "ipsecd_" #name "_total", "counter", doc, \
	    ctl_member_number(counters, #name));
	IKE_GAUGES(IKE_GAUGE)
	IKE_COUNTERS(IKE_COUNTER)
#undef IKE_GAUGE
#undef IKE_COUNTER
}

static void count_children(json_t *by_rule, const json_t *list, bool installed)
{
	const json_t *child;
	const char *rule;
	size_t i;

	json_array_foreach(list, i, child) {
		rule = json_string_value(json_object_get(child, "rule"));
		if (rule && (!installed || ctl_member_number(child, "pair")))
			json_object_set_new(
				by_rule, rule,
				json_integer(ctl_member_number(by_rule, rule) +
					     1));
	}
}

static void write_by_rule(FILE *to, const json_t *rules, const json_t *by_rule,
			  const char *name, const char *help, bool flag)
{
	const json_t *rule;
	int64_t n;
	size_t i;

	head(to, name, "gauge", help);
	json_array_foreach(rules, i, rule) {
		n = ctl_member_number(by_rule, json_string_value(rule));
		labelled(to, name, "rule", json_string_value(rule),
			 flag ? !!n : n);
	}
}

/* A rule that negotiates is there whether or not it has an SA. */
static void write_rules(FILE *to, const json_t *rules, const json_t *answer)
{
	json_t *pairs = json_object(), *soft = json_object();
	const json_t *sa;
	size_t i;

	json_array_foreach(json_object_get(answer, "sas"), i, sa) {
		count_children(pairs, json_object_get(sa, "children"), true);
	}
	count_children(pairs, json_object_get(answer, "adopted"), true);
	count_children(soft, json_object_get(answer, "soft"), false);
	write_by_rule(to, rules, pairs, "ipsecd_rule_up",
		      "Whether a rule that negotiates has an SA pair", true);
	write_by_rule(to, rules, pairs, "ipsecd_rule_sa_pairs",
		      "SA pairs of a rule that negotiates", false);
	write_by_rule(to, rules, soft, "ipsecd_rule_soft_sas",
		      "Soft SAs of a rule, whose packets pass in clear", false);
	json_decref(pairs);
	json_decref(soft);
}

static void write_status(FILE *to, const json_t *status)
{
	one(to, "ipsecd_worker_restarts_total", "counter",
	    "How often the worker was started again",
	    ctl_member_number(status, "restarts"));
	one(to, "ipsecd_datagrams_dropped_total", "counter",
	    "Messages that the worker was too busy for",
	    ctl_member_number(status, "datagrams_dropped"));
	one(to, "ipsecd_events_lost_total", "counter",
	    "How often events of the driver were lost",
	    ctl_member_number(status, "events_lost"));
}

static void write_daemon(FILE *to)
{
	bool runs = ctl_ike_runs();
	json_t *status = runs ? ctl_ike_ask("status", NULL) : NULL;
	json_t *rules = status ? ctl_ike_ask("rules", NULL) : NULL;
	json_t *counters = rules ? ctl_ike_ask("counters", NULL) : NULL;
	json_t *sas = counters ? ctl_ike_ask("sas", NULL) : NULL;

	one(to, "ipsecd_up", "gauge", "Whether ipsecd answers", !!sas);
	if (sas) {
		write_status(to, status);
		write_counters(to, json_object_get(counters, "counters"));
		write_rules(to, json_object_get(rules, "rules"), sas);
	}
	json_decref(status);
	json_decref(rules);
	json_decref(counters);
	json_decref(sas);
}

void ctl_metrics_write(FILE *to)
{
	write_driver(to);
	write_daemon(to);
}

int ctl_metrics(struct ctl_args *args)
{
	if (args->argc)
		return ctl_usage(args, "no more words are taken");
	if (args->json)
		return ctl_usage(args, "it is no JSON; 'ipsecctl dynamic show "
				       "stats --json' is");
	ctl_be_quiet();
	if (args->given & CTL_OPT_LISTEN)
		return ctl_metrics_serve(args);
	ctl_metrics_write(stdout);
	return CTL_OK;
}
