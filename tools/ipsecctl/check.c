// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl check: what in a policy is not wise, or not what was meant. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text.h"
#include "ike_client.h"
#include "ipsecd_run.h"

static size_t count(const json_t *list, const char *severity)
{
	size_t i, found = 0;
	const json_t *one;

	json_array_foreach(list, i, one)
		found += !strcmp(ctl_member_text(one, "severity"), severity);
	return found;
}

static void print_findings(const json_t *answer)
{
	const json_t *list = json_object_get(answer, "findings"), *one;
	long long rules = ctl_member_number(answer, "rules");
	long long filters = ctl_member_number(answer, "filters");
	size_t errors = count(list, "error");
	size_t warnings = count(list, "warning");
	size_t i, notes = count(list, "note");

	json_array_foreach(list, i, one) {
		json_int_t line = ctl_member_number(one, "line");

		fputs(ctl_member_text(one, "file"), stdout);
		if (line)
			printf(":%" JSON_INTEGER_FORMAT, line);
		printf(": %s: %s\n", ctl_member_text(one, "severity"),
		       ctl_member_text(one, "text"));
	}
	printf("%s: %lld rule%s, %lld filter%s: %zu error%s, %zu warning%s, %zu note%s\n",
	       ctl_member_text(answer, "path"), rules,
	       ipsec_plural((uint64_t)rules), filters,
	       ipsec_plural((uint64_t)filters), errors, ipsec_plural(errors),
	       warnings, ipsec_plural(warnings), notes, ipsec_plural(notes));
}

static json_t *find(const struct ctl_args *args)
{
	char path[PATH_MAX];

	if (!args->argc)
		return ctl_ike_ask("findings", NULL);
	if (realpath(args->argv[0], path))
		return ctl_ipsecd_findings(path);
	fprintf(stderr, "%s: error: cannot open: %s\n", args->argv[0],
		strerror(errno));
	return NULL;
}

int ctl_check(struct ctl_args *args)
{
	const json_t *list;
	json_t *answer;
	int rc;

	if (args->argc > 1)
		return ctl_usage(args, "one file at most is taken");
	answer = find(args);
	if (!answer)
		return CTL_FAILED;
	list = json_object_get(answer, "findings");
	rc = count(list, "error") || count(list, "warning") ? CTL_FAILED :
							      CTL_OK;
	if (args->json) {
		ctl_json(answer);
		return rc;
	}
	print_findings(answer);
	json_decref(answer);
	return rc;
}
