// SPDX-License-Identifier: GPL-2.0-or-later
/* What most commands start with. */
#include <string.h>

#include "../lib/text.h"
#include "ctl.h"

struct ipsec_client *ctl_client(void)
{
	static struct ipsec_client client;
	struct ipsec_err err = { 0 };

	if (client.family)
		return &client;
	if (ipsec_open(&client, &err)) {
		ctl_fail(&err);
		return NULL;
	}
	return &client;
}

int ctl_words(struct ctl_args *args, const struct ipsec_field *fields,
	      void *obj)
{
	struct ipsec_arena arena = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_node *map;
	int rc =
		ipsec_words(&arena, args->argc, args->argv, fields, &map, &err);

	if (!rc)
		rc = ipsec_parse(map, fields, obj, &err);
	ipsec_arena_reset(&arena);
	return rc ? ctl_usage(args, "%s", err.text) : CTL_OK;
}

bool ctl_take_id(struct ctl_args *args, uint64_t *id)
{
	int skip = args->argc > 1 && !strcmp(args->argv[0], "id");

	if (args->argc <= skip ||
	    !ipsec_uint(args->argv[skip], 1, UINT32_MAX, id))
		return false;
	args->argc -= skip + 1;
	args->argv += skip + 1;
	return true;
}
