// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver stats */
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
	const struct nlattr *attr;
	json_t *map = ctx;

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
		json_object_set_new(map, stat.name,
				    json_integer((json_int_t)stat.value.v));
	}
	return 0;
}

json_t *ctl_stats_read(void)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;
	json_t *map;

	if (!c)
		return NULL;
	map = json_object();
	ipsec_msg_init(&m, IPSECDRV_CMD_STATS_GET, 0);
	if (!ipsec_request(c, &m, take_message, map, &err))
		return map;
	json_decref(map);
	ctl_fail(&err);
	return NULL;
}

int ctl_stats(struct ctl_args *args)
{
	json_t *map = ctl_stats_read(), *value;
	const char *name;
	void *next;

	if (!map)
		return CTL_FAILED;
	json_object_foreach_safe(map, next, name, value) {
		if (!is_asked(args, name))
			json_object_del(map, name);
		else if (!args->json)
			printf("%-32s %" JSON_INTEGER_FORMAT "\n", name,
			       json_integer_value(value));
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
