// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl ike */
#include <string.h>
#include <time.h>

#include "ike_client.h"

#define POLL_MS 50

static void print_json(json_t *answer)
{
	json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
}

static int take_rule(struct ctl_args *args, const char **rule)
{
	if (args->argc == 1) {
		*rule = args->argv[0];
		return CTL_OK;
	}
	return ctl_usage(args, args->argc ? "one rule is needed" :
					    "the rule is missing");
}

static int act(struct ctl_args *args, const char *command)
{
	const char *rule = NULL;
	json_t *answer;

	if (take_rule(args, &rule))
		return CTL_USAGE;
	answer = ctl_ike_ask(command, rule);
	if (!answer)
		return CTL_FAILED;
	if (args->json)
		print_json(answer);
	json_decref(answer);
	return CTL_OK;
}

/* Until there is a Child SA, or time is up: then the log says why. */
static int wait_up(const struct ctl_args *args, const char *rule)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	uint64_t waited;
	json_t *answer;
	bool up = false;

	for (waited = 0; !up && waited < args->timeout * 1000;
	     waited += POLL_MS) {
		answer = ctl_ike_ask("sas", NULL);
		if (!answer)
			return CTL_FAILED;
		up = ctl_ike_has_child(answer, rule);
		json_decref(answer);
		if (!up)
			nanosleep(&pause, NULL);
	}
	if (up)
		return CTL_OK;
	fprintf(stderr,
		"ipsecctl: there is no SA after %llu s; "
		"'ipsecctl ike log %s' tells why\n",
		(unsigned long long)args->timeout, rule);
	return CTL_FAILED;
}

static int ike_up(struct ctl_args *args)
{
	int rc = act(args, "up");

	return rc || !(args->given & CTL_OPT_TIMEOUT) ?
		       rc :
		       wait_up(args, args->argv[0]);
}

static int ike_down(struct ctl_args *args)
{
	return act(args, "down");
}

static int ike_check(struct ctl_args *args)
{
	return act(args, "check");
}

static int rekey_child(struct ctl_args *args)
{
	return act(args, "rekey-child");
}

static int rekey_ike(struct ctl_args *args)
{
	return act(args, "rekey-ike");
}

static json_t *ask_alone(struct ctl_args *args, const char *command)
{
	if (args->argc) {
		ctl_usage(args, "no more words are taken");
		return NULL;
	}
	return ctl_ike_ask(command, NULL);
}

/* What is shown as it comes, or by fn. */
static int show(struct ctl_args *args, json_t *answer,
		void (*fn)(const json_t *answer))
{
	if (!answer)
		return args->argc ? CTL_USAGE : CTL_FAILED;
	if (args->json)
		print_json(answer);
	else
		fn(answer);
	json_decref(answer);
	return CTL_OK;
}

static void print_counters(const json_t *answer)
{
	ctl_ike_print_map(json_object_get(answer, "counters"));
}

static void print_nothing(const json_t *answer)
{
	(void)answer;
}

static int ike_sas(struct ctl_args *args)
{
	return show(args, ask_alone(args, "sas"), ctl_ike_print_sas);
}

static int ike_counters(struct ctl_args *args)
{
	return show(args, ask_alone(args, "counters"), print_counters);
}

static int ike_status(struct ctl_args *args)
{
	return show(args, ask_alone(args, "status"), ctl_ike_print_map);
}

static int ike_reload(struct ctl_args *args)
{
	return show(args, ask_alone(args, "reload"), print_nothing);
}

static int ike_log(struct ctl_args *args)
{
	json_t *answer;

	if (args->argc > 1)
		return ctl_usage(args, "at most one rule is taken");
	answer = ctl_ike_ask("log", NULL);
	if (!answer)
		return CTL_FAILED;
	if (args->json)
		print_json(answer);
	else
		ctl_ike_print_log(answer, args->argc ? args->argv[0] : NULL);
	json_decref(answer);
	return CTL_OK;
}

static const struct ctl_command rekey_commands[] = {
	{ .name = "child",
	  .run = rekey_child,
	  .usage = "RULE",
	  .brief = "replace the Child SAs of a rule" },
	{ .name = "ike",
	  .run = rekey_ike,
	  .usage = "RULE",
	  .brief = "replace the IKE SAs of a rule" },
	{ .name = NULL },
};

const struct ctl_command ctl_ike_commands[] = {
	{ .name = "up",
	  .run = ike_up,
	  .options = CTL_OPT_TIMEOUT,
	  .usage = "RULE [--timeout S]",
	  .brief = "negotiate now, without a packet that needs it",
	  .help = "Starts a negotiation with the peer that the rule names. "
		  "With --timeout it waits\nuntil there is an SA, at most S "
		  "seconds; without one it then fails." },
	{ .name = "down",
	  .run = ike_down,
	  .usage = "RULE",
	  .brief = "delete the SAs of a rule; the next packet makes new ones" },
	{ .name = "rekey",
	  .sub = rekey_commands,
	  .brief = "replace SAs before their time" },
	{ .name = "check",
	  .run = ike_check,
	  .usage = "RULE",
	  .brief = "ask the peer for a sign of life" },
	{ .name = "sas",
	  .run = ike_sas,
	  .usage = "",
	  .brief = "show IKE SAs and their Child SAs; never keys" },
	{ .name = "counters",
	  .run = ike_counters,
	  .usage = "",
	  .brief = "show what was negotiated, and what failed" },
	{ .name = "log",
	  .run = ike_log,
	  .usage = "[ RULE ]",
	  .brief = "show the last negotiations, each as one story",
	  .help = "The lines of a negotiation stand together and have its "
		  "number; the last one says\nhow it ended. With RULE only "
		  "negotiations of that rule are shown." },
	{ .name = "status",
	  .run = ike_status,
	  .usage = "",
	  .brief = "show the daemon: processes, policy, what was lost" },
	{ .name = "reload",
	  .run = ike_reload,
	  .usage = "",
	  .brief = "read the policy again; one with an error changes nothing" },
	{ .name = NULL },
};
