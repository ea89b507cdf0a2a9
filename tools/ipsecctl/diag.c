// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ipsecctl diag: what is wrong, the cause of all else first, and what to do.
 * What cannot be looked at because of something above it is left out.
 */
#include "diag.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 5000 /* three messages of IKE */
#define WARNED 3 /* the exit status where there are only warnings */

static const char *const words[] = {
#define DIAG_CODE(name, word) [DIAG_##name] = word,
	DIAG_CODES(DIAG_CODE)
#undef DIAG_CODE
};

static const char *const severities[] = { "error", "warning", "note" };

/* Rules may share what is wrong, such as a certificate. */
static bool is_told(const struct diag *d, const char *code, const char *text)
{
	const json_t *one;
	size_t i;

	json_array_foreach(d->findings, i, one) {
		if (!strcmp(ctl_member_text(one, "code"), code) &&
		    !strcmp(ctl_member_text(one, "text"), text))
			return true;
	}
	return false;
}

void diag_add(struct diag *d, enum diag_code code, enum diag_severity severity,
	      const char *todo, const char *fmt, ...)
{
	char text[2048];
	json_t *one;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (is_told(d, words[code], text))
		return;
	one = json_pack("{s:s, s:s, s:s, s:s}", "code", words[code], "severity",
			severities[severity], "text", text, "do", todo);
	if (one)
		json_array_append_new(d->findings, one);
}

static bool has_text(const json_t *list, const char *text)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		if (!strcmp(json_string_value(one), text))
			return true;
	}
	return false;
}

void diag_checked(struct diag *d, const char *check)
{
	if (!has_text(d->checks, check))
		json_array_append_new(d->checks, json_string(check));
}

void diag_skipped(struct diag *d, const char *check, const char *why)
{
	json_array_append_new(d->skipped, json_pack("{s:s, s:s}", "check",
						    check, "why", why));
}

static size_t count(const struct diag *d, enum diag_severity severity)
{
	size_t i, found = 0;
	const json_t *one;

	json_array_foreach(d->findings, i, one) {
		found += !strcmp(ctl_member_text(one, "severity"),
				 severities[severity]);
	}
	return found;
}

bool diag_has_error(const struct diag *d)
{
	return count(d, DIAG_ERROR);
}

bool diag_stopped(const struct diag *d, int wait_ms)
{
	struct pollfd p = { d->signals, POLLIN, 0 };

	return poll(&p, 1, wait_ms) > 0;
}

static int rank(const json_t *finding, const char *key,
		const char *const list[], size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (!strcmp(ctl_member_text(finding, key), list[i]))
			break;
	return (int)i;
}

/* Errors first, and of those what causes others. */
static int by_rank(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	int order = rank(x, "severity", severities, 3) -
		    rank(y, "severity", severities, 3);

	if (order)
		return order;
	return rank(x, "code", words, sizeof(words) / sizeof(words[0])) -
	       rank(y, "code", words, sizeof(words) / sizeof(words[0]));
}

static void sort(struct diag *d)
{
	size_t i, size = json_array_size(d->findings);
	json_t **list = calloc(size + 1, sizeof(*list));

	for (i = 0; list && i < size; i++)
		list[i] = json_incref(json_array_get(d->findings, i));
	if (list)
		qsort(list, size, sizeof(*list), by_rank);
	for (i = 0; list && i < size; i++)
		json_array_set_new(d->findings, i, list[i]);
	free(list);
}

static void print(const struct ctl_args *args, const struct diag *d)
{
	const json_t *one;
	char text[2300];
	size_t i;

	json_array_foreach(d->findings, i, one) {
		snprintf(text, sizeof(text), "%s: %s",
			 ctl_member_text(one, "code"),
			 ctl_member_text(one, "text"));
		ctl_print_words(ctl_member_text(one, "severity"), text);
		ctl_print_words("do", ctl_member_text(one, "do"));
	}
	if (!json_array_size(d->findings)) {
		snprintf(text, sizeof(text), "nothing is wrong%s%s",
			 d->peer ? " between this host and " :
				   " with this host",
			 d->peer ? d->text : "");
		ctl_print_words("ok", text);
	}
	if (!(args->given & CTL_OPT_VERBOSE))
		return;
	json_array_foreach(d->checks, i, one) {
		ctl_print_words("checked", json_string_value(one));
	}
	json_array_foreach(d->skipped, i, one) {
		snprintf(text, sizeof(text), "%s: %s",
			 ctl_member_text(one, "check"),
			 ctl_member_text(one, "why"));
		ctl_print_words("skipped", text);
	}
}

static void examine_peer(struct diag *d)
{
	json_t *rules = json_pack("[O*]", d->rule);

	diag_clock(d, rules);
	json_decref(rules);
	diag_papers(d, d->rule);
	diag_filter(d);
	if (!d->filter.id.set)
		return;
	diag_link(d);
	if (diag_has_error(d))
		return;
	if (ctl_watch_open(&d->watch, &d->remote))
		diag_skipped(d, "devices", strerror(errno));
	/* A trial must not be left behind. */
	d->signals = ctl_signal_fd();
	if (diag_trial(d))
		diag_path(d);
	diag_trial_end(d);
	ctl_watch_close(&d->watch);
}

static int examine(struct diag *d, struct ctl_args *args)
{
	int rc = CTL_OK;

	diag_driver(d);
	d->daemon = ctl_ike_runs();
	if (args->argc)
		rc = diag_peer(d, args);
	if (rc)
		return rc;
	diag_daemon(d);
	diag_kernel(d);
	if (d->peer && d->driver && !diag_has_error(d))
		examine_peer(d);
	if (!d->peer && d->daemon) {
		diag_rules(d);
		diag_failures(d);
	}
	/* With a peer, packets are a better proof. */
	if (!d->peer)
		diag_firewall(d);
	return CTL_OK;
}

static int finish(const struct ctl_args *args, struct diag *d)
{
	sort(d);
	if (args->json)
		ctl_json(json_pack("{s:O, s:O, s:O, s:s*}", "checks", d->checks,
				   "skipped", d->skipped, "findings",
				   d->findings, "peer", d->peer));
	else
		print(args, d);
	if (count(d, DIAG_ERROR))
		return CTL_FAILED;
	return count(d, DIAG_WARNING) ? WARNED : CTL_OK;
}

int ctl_diag(struct ctl_args *args)
{
	struct diag d = {
		.findings = json_array(),
		.checks = json_array(),
		.skipped = json_array(),
		.timeout = PATIENCE_MS,
		.watch = { .fd = -1 },
		.signals = -1,
	};
	struct timespec now;
	int rc;

	if (args->argc > 1)
		return ctl_usage(args, "one peer at most is taken");
	if (args->given & CTL_OPT_TIMEOUT)
		d.timeout = args->timeout > 600 ? 600000 :
						  (int)args->timeout * 1000;
	clock_gettime(CLOCK_REALTIME, &now);
	d.since = (uint64_t)(now.tv_sec - 60) * UINT64_C(1000000000);
	rc = examine(&d, args);
	if (!rc && diag_stopped(&d, 0)) {
		fputs("ipsecctl: stopped\n", stderr);
		rc = CTL_FAILED;
	}
	if (!rc)
		rc = finish(args, &d);
	if (d.signals >= 0)
		close(d.signals);
	json_decref(d.findings);
	json_decref(d.checks);
	json_decref(d.skipped);
	json_decref(d.rule);
	return rc;
}
