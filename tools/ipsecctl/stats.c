// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver stats */
#include <inttypes.h>
#include <string.h>

#include "ctl.h"

static bool is_asked(const struct ctl_args *args, const char *name)
{
	int i;

	for (i = 0; i < args->argc; i++)
		if (!strncmp(name, args->argv[i], strlen(args->argv[i])))
			return true;
	return !args->argc;
}

static int take_message(void *ctx, const struct nlmsghdr *nlh,
			struct ipsec_err *err)
{
	struct ctl_stats *stats = ctx;
	const struct nlattr *attr;
	int rc;

	mnl_attr_for_each(attr, nlh, MNL_ALIGN(sizeof(uint32_t))) {
		if (mnl_attr_get_type(attr) != IPSECDRV_A_STATS_STAT ||
		    stats->count == sizeof(stats->stat) / sizeof(*stats->stat))
			continue;
		rc = ipsec_get(mnl_attr_get_payload(attr),
			       mnl_attr_get_payload_len(attr),
			       ipsec_stat_fields, &stats->stat[stats->count++],
			       err);
		if (rc)
			return rc;
	}
	return 0;
}

const struct ctl_stats *ctl_stats_read(void)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_err err = { 0 };
	static struct ctl_stats stats;
	struct ipsec_msg m;

	if (!c)
		return NULL;
	memset(&stats, 0, sizeof(stats));
	ipsec_msg_init(&m, IPSECDRV_CMD_STATS_GET, 0);
	if (!ipsec_request(c, &m, take_message, &stats, &err))
		return &stats;
	ctl_fail(&err);
	return NULL;
}

json_t *ctl_stats_json(const struct ctl_stats *stats)
{
	json_t *map = json_object();
	unsigned int i;

	for (i = 0; i < stats->count; i++)
		json_object_set_new(
			map, stats->stat[i].name,
			json_integer((json_int_t)stats->stat[i].value.v));
	return map;
}

static void print_stat(const struct ctl_args *args, const struct ipsec_stat *s)
{
	if (args->given & CTL_OPT_VERBOSE)
		printf("%-32s %12" PRIu64 "  %s\n", s->name, s->value.v,
		       s->text);
	else
		printf("%-32s %" PRIu64 "\n", s->name, s->value.v);
}

int ctl_stats(struct ctl_args *args)
{
	const struct ctl_stats *stats = ctl_stats_read();
	json_t *map = stats ? ctl_stats_json(stats) : NULL;
	unsigned int i;

	if (!map)
		return CTL_FAILED;
	for (i = 0; i < stats->count; i++) {
		if (!is_asked(args, stats->stat[i].name))
			json_object_del(map, stats->stat[i].name);
		else if (!args->json)
			print_stat(args, &stats->stat[i]);
	}
	if (args->argc && !json_object_size(map)) {
		json_decref(map);
		fprintf(stderr, "ipsecctl: no counter has such a name; "
				"'ipsecctl driver stats' lists them\n");
		return CTL_FAILED;
	}
	if (args->json)
		ctl_json(json_pack("{s:o}", "stats", map));
	else
		json_decref(map);
	return CTL_OK;
}
