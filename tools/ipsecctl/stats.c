// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver stats */
#include <inttypes.h>
#include <string.h>

#include "ctl.h"

struct show {
	const struct ctl_args *args;
	json_t *map;
	unsigned int found;
};

static bool is_asked(const struct ctl_args *args, const char *name)
{
	int i;

	for (i = 0; i < args->argc; i++)
		if (!strncmp(name, args->argv[i], strlen(args->argv[i])))
			return true;
	return !args->argc;
}

static int show_message(void *ctx, const struct nlmsghdr *nlh,
			struct ipsec_err *err)
{
	const struct nlattr *attr;
	struct show *s = ctx;

	mnl_attr_for_each(attr, nlh, MNL_ALIGN(sizeof(uint32_t))) {
		struct ipsec_stat stat = { 0 };
		int rc;

		if (mnl_attr_get_type(attr) != IPSECDRV_A_STATS_STAT)
			continue;
		rc = ipsec_get(mnl_attr_get_payload(attr),
			       mnl_attr_get_payload_len(attr),
			       ipsec_stat_fields, &stat, err);
		if (rc)
			return rc;
		if (!is_asked(s->args, stat.name))
			continue;
		s->found++;
		if (s->args->json)
			json_object_set_new(
				s->map, stat.name,
				json_integer((json_int_t)stat.value.v));
		else
			printf("%-32s %" PRIu64 "\n", stat.name, stat.value.v);
	}
	return 0;
}

int ctl_stats(struct ctl_args *args)
{
	struct ipsec_client *c = ctl_client();
	struct show s = { args, json_object(), 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_STATS_GET, 0);
	if (ipsec_request(c, &m, show_message, &s, &err))
		return ctl_fail(&err);
	if (args->json)
		ctl_json(json_pack("{s:o}", "stats", s.map));
	if (args->argc && !s.found) {
		fprintf(stderr, "ipsecctl: no counter has such a name; "
				"'ipsecctl driver stats' lists them\n");
		return CTL_FAILED;
	}
	return CTL_OK;
}
