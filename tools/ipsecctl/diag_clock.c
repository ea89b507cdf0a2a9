// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Is the clock right? Nobody can tell without another clock, but what was
 * written or issued later than now gives a slow one away, and a fast one lets
 * all that ends run out at once.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>

#include "diag.h"

#define DAY (24 * 3600)

struct evidence {
	time_t now;
	time_t latest; /* something is from then */
	char what[512];
	json_t *papers; /* that end, each once */
	unsigned int ended;
};

static void see(struct evidence *e, time_t when, const char *name,
		const char *what)
{
	if (when <= e->latest)
		return;
	e->latest = when;
	snprintf(e->what, sizeof(e->what), "%s %s", name, what);
}

static void see_file(struct evidence *e, const char *path, const char *name)
{
	struct stat st;

	if (path && !stat(path, &st))
		see(e, st.st_mtime, name, "was written on");
}

static bool is_seen(const struct evidence *e, const json_t *paper)
{
	const json_t *one;
	size_t i;

	json_array_foreach(e->papers, i, one) {
		if (json_equal(one, paper))
			return true;
	}
	return false;
}

static void see_papers(struct evidence *e, const json_t *rule)
{
	const json_t *list = json_object_get(rule, "papers");
	json_t *one;
	time_t until;
	size_t i;

	json_array_foreach(list, i, one) {
		until = (time_t)ctl_member_number(one, "until");
		see(e, (time_t)ctl_member_number(one, "from"),
		    ctl_member_text(one, "name"), "is valid only from");
		/* CAs live too long to tell anything. */
		if (!strcmp(ctl_member_text(one, "kind"), "ca") || !until ||
		    is_seen(e, one))
			continue;
		json_array_append(e->papers, one);
		e->ended += until < e->now;
	}
}

static const char *date(time_t t, char buf[32])
{
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(buf, 32, "%Y-%m-%d", &tm);
	return buf;
}

static bool is_kept(void)
{
	struct timex t = { .modes = 0 };

	return adjtimex(&t) != TIME_ERROR && !(t.status & STA_UNSYNC);
}

void diag_clock(struct diag *d, const json_t *rules)
{
	struct evidence e = { .now = time(NULL), .papers = json_array() };
	const char *policy;
	const json_t *rule;
	char now[32], then[32];
	size_t i, papers;

	see_file(&e, "/proc/self/exe", "ipsecctl");
	json_array_foreach(rules, i, rule) {
		policy = json_string_value(json_object_get(rule, "file"));
		see_file(&e, policy, policy);
		see_papers(&e, rule);
	}
	papers = json_array_size(e.papers);
	json_decref(e.papers);
	date(e.now, now);
	if (e.latest > e.now + DAY)
		diag_add(d, DIAG_CLOCK, DIAG_ERROR,
			 "set the clock, and have it kept: timedatectl "
			 "set-ntp true",
			 "the clock of this host is slow: it says %s, but %s "
			 "%s",
			 now, e.what, date(e.latest, then));
	else if (papers > 1 && e.ended == papers && !is_kept())
		diag_add(d, DIAG_CLOCK, DIAG_ERROR,
			 "set the clock, and have it kept: timedatectl "
			 "set-ntp true; if it is right, renew them",
			 "the clock of this host may be fast: it says %s, by "
			 "which all %zu certificates and lists have run out, "
			 "and nobody keeps it",
			 now, papers);
	diag_checked(d, "clock");
}
