// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl apply, confirm, rollback and policy */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/text.h"
#include "ike_client.h"
#include "ipsecd_run.h"

#define SHOWN 1000 /* rules and filters of each kind */

/* "60", "60s", "5m", "1h". */
static int take_time(const struct ctl_args *args, uint64_t *seconds)
{
	static const struct {
		char unit;
		unsigned int seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
	size_t i, len = args->confirm ? strlen(args->confirm) : 0;
	unsigned int factor = 1;
	char number[24];

	*seconds = 0;
	if (!args->confirm)
		return CTL_OK;
	for (i = 0; len && i < sizeof(units) / sizeof(units[0]); i++)
		if (args->confirm[len - 1] == units[i].unit) {
			factor = units[i].seconds;
			len--;
			break;
		}
	snprintf(number, sizeof(number), "%.*s", (int)len, args->confirm);
	if (!ipsec_uint(number, 1, 604800 / factor, seconds))
		return ctl_usage(args,
				 "'%.40s' is no time; write 60s or 5m, up to "
				 "a week",
				 args->confirm);
	*seconds *= factor;
	return CTL_OK;
}

static size_t print_rules(const json_t *rules, const char *key, char sign)
{
	const json_t *list = json_object_get(rules, key), *name;
	size_t i;

	json_array_foreach(list, i, name) {
		printf("%c rule %s\n", sign, json_string_value(name));
	}
	return json_array_size(list);
}

static size_t print_filters(const json_t *filters, const char *key, char sign)
{
	const json_t *list = json_object_get(filters, key), *f;
	size_t i;

	json_array_foreach(list, i, f) {
		printf("%c filter %s %s (%s)\n", sign,
		       ctl_member_text(f, "filter"),
		       ctl_member_text(f, "action"),
		       ctl_member_text(f, "rule"));
	}
	return json_array_size(list);
}

static void print_more(const json_t *list, const char *what)
{
	json_int_t more = json_integer_value(json_object_get(list, "more"));

	if (more)
		printf("%" JSON_INTEGER_FORMAT " more %s; --json has all of "
		       "them\n",
		       more, what);
}

static size_t print_settings(json_t *settings)
{
	const char *key;
	json_t *value;

	json_object_foreach(settings, key, value) {
		char *text = json_dumps(value, JSON_ENCODE_ANY);

		printf("= %s: %s\n", key,
		       json_is_string(value) ? json_string_value(value) :
		       text		     ? text :
					       "?");
		free(text);
	}
	return json_object_size(settings);
}

static void print_sas(const json_t *sas)
{
	const json_t *end = json_object_get(sas, "end"), *sa;
	size_t i;

	if (!json_is_object(sas))
		return;
	printf("%zu SA pairs stay, %zu end\n",
	       json_array_size(json_object_get(sas, "stay")),
	       json_array_size(end));
	json_array_foreach(end, i, sa) {
		printf("- SA pair %lld with %s (%s)\n",
		       (long long)json_integer_value(
			       json_object_get(sa, "pair")),
		       ctl_member_text(sa, "peer"),
		       ctl_member_text(sa, "rule"));
	}
}

static void print_difference(const json_t *answer)
{
	const json_t *rules = json_object_get(answer, "rules");
	const json_t *filters = json_object_get(answer, "filters");
	size_t count = 0;

	count += print_rules(rules, "removed", '-');
	count += print_rules(rules, "added", '+');
	count += print_rules(rules, "changed", '~');
	print_more(rules, "rules");
	count += print_filters(filters, "removed", '-');
	count += print_filters(filters, "added", '+');
	print_more(filters, "filters");
	count += print_settings(json_object_get(answer, "settings"));
	if (!count)
		puts("no difference");
	print_sas(json_object_get(answer, "sas"));
}

/* The daemon opens it, wherever that was started. */
static int take_path(const struct ctl_args *args, char path[PATH_MAX])
{
	if (args->argc != 1)
		return ctl_usage(args, "one file is needed");
	if (realpath(args->argv[0], path))
		return CTL_OK;
	fprintf(stderr, "%s: error: cannot open: %s\n", args->argv[0],
		strerror(errno));
	return CTL_FAILED;
}

static int print_answer(const struct ctl_args *args, json_t *answer,
			uint64_t confirm)
{
	if (!answer)
		return CTL_FAILED;
	if (args->json) {
		ctl_json(answer);
		return CTL_OK;
	}
	print_difference(answer);
	json_decref(answer);
	if (confirm)
		printf("the policy before comes back in %llu s; 'ipsecctl "
		       "confirm' keeps this one\n",
		       (unsigned long long)confirm);
	return CTL_OK;
}

int ctl_apply(struct ctl_args *args)
{
	bool dry_run = args->given & CTL_OPT_CHECK;
	char path[PATH_MAX];
	uint64_t confirm;
	json_t *request;
	int rc = take_time(args, &confirm);

	if (!rc)
		rc = take_path(args, path);
	if (rc)
		return rc;
	if (dry_run && !ctl_ike_runs())
		return print_answer(args, ctl_ipsecd_check(path), 0);
	request = json_pack("{s:s, s:s, s:b}", "command", "apply", "path", path,
			    "dry_run", dry_run);
	if (confirm && request)
		json_object_set_new(request, "confirm",
				    json_integer((json_int_t)confirm));
	/* Nobody reads more; of a large policy, it would be most of the time. */
	if (!args->json && request)
		json_object_set_new(request, "limit", json_integer(SHOWN));
	return print_answer(args, ctl_ike_send(request), dry_run ? 0 : confirm);
}

static int ask(struct ctl_args *args, const char *command)
{
	json_t *answer;

	if (args->argc)
		return ctl_usage(args, "no more words are taken");
	answer = ctl_ike_ask(command, NULL);
	if (!answer)
		return CTL_FAILED;
	if (args->json)
		ctl_json(answer);
	else
		json_decref(answer);
	return CTL_OK;
}

int ctl_confirm(struct ctl_args *args)
{
	return ask(args, "confirm");
}

int ctl_rollback(struct ctl_args *args)
{
	return ask(args, "rollback");
}

static void print_policy(const json_t *answer)
{
	const json_t *pending = json_object_get(answer, "pending");
	long long rules = ctl_member_number(answer, "rules");
	long long filters = ctl_member_number(answer, "filters");

	printf("%s%s%s\n", ctl_member_text(answer, "path"),
	       json_is_true(json_object_get(answer, "restored")) ?
		       ", as it was before another was applied" :
		       "",
	       json_is_true(json_object_get(answer, "fixed")) ?
		       ", fixed on the command line of ipsecd" :
		       "");
	printf("%lld rule%s, %lld filter%s\n", rules,
	       ipsec_plural((uint64_t)rules), filters,
	       ipsec_plural((uint64_t)filters));
	if (json_is_object(pending))
		printf("waits to be confirmed; in %lld s %s comes back\n",
		       (long long)json_integer_value(
			       json_object_get(pending, "seconds")),
		       ctl_member_text(pending, "before"));
}

int ctl_policy(struct ctl_args *args)
{
	json_t *answer;

	if (args->argc)
		return ctl_usage(args, "no more words are taken");
	answer = ctl_ike_ask("policy", NULL);
	if (!answer)
		return CTL_FAILED;
	if (args->json) {
		ctl_json(answer);
		return CTL_OK;
	}
	print_policy(answer);
	json_decref(answer);
	return CTL_OK;
}
