// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's log: to the terminal or syslog, and a memory of the last lines. */
#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "../lib/event.h"
#include "event.h"
#include "journal.h"
#include "rate.h"

#define LINES 2048
#define TEXTS 3
#define LINES_PER_SECOND 2000 /* more are counted, not written */

struct line {
	struct timespec when;
	uint64_t story;
	uint8_t level;
	bool last;
	char *text[TEXTS]; /* peer, rule, text: in one allocation */
};

static struct {
	bool to_syslog;
	enum ike_log_level level;
	struct line line[LINES];
	unsigned int next;
	struct ipsecd_rate rate;
	uint64_t stories_before; /* of workers that are gone */
	uint64_t stories; /* the highest number so far */
	bool (*wants)(void *arg);
	void (*watch)(void *arg, const json_t *event);
	void *watch_arg;
} state = { .level = IKE_LOG_INFO };

static const char *const level_names[] = { "error", "notice", "info", "debug" };
static const int priorities[] = { LOG_ERR, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

void ipsecd_log_init(bool to_syslog)
{
	state.to_syslog = to_syslog;
	ipsecd_journal_open(to_syslog);
	if (to_syslog)
		openlog("ipsecd", LOG_PID, LOG_DAEMON);
}

void ipsecd_log_set_level(enum ike_log_level level)
{
	state.level = level;
}

void ipsecd_log_watch(bool (*wants)(void *arg),
		      void (*fn)(void *arg, const json_t *event), void *arg)
{
	state.wants = wants;
	state.watch = fn;
	state.watch_arg = arg;
}

static void write_out(enum ike_log_level level, const char *text,
		      const json_t *event)
{
	if (ipsecd_journal_send(priorities[level], text,
				event ? ipsecd_event_id(event) : "", event))
		return;
	if (state.to_syslog)
		syslog(priorities[level], "%s", text);
	else
		fprintf(stderr, "ipsecd: %s%s\n",
			level == IKE_LOG_ERROR ? "error: " : "", text);
}

static bool may_write(time_t now)
{
	unsigned int left_out;
	bool may =
		ipsecd_rate_take(&state.rate, now, LINES_PER_SECOND, &left_out);
	char text[64];

	if (left_out) {
		snprintf(text, sizeof(text), "%u lines were left out",
			 left_out);
		write_out(IKE_LOG_NOTICE, text, NULL);
	}
	return may;
}

static void keep(const struct line *line, const struct ike_blob part[])
{
	struct line *to = &state.line[state.next];
	size_t need = 0, i;
	char *p;

	for (i = 0; i < TEXTS; i++)
		need += part[i].len + 1;
	p = malloc(need);
	if (!p)
		return;
	state.next = (state.next + 1) % LINES;
	free(to->text[0]);
	*to = *line;
	for (i = 0; i < TEXTS; i++) {
		to->text[i] = p;
		if (part[i].len)
			memcpy(p, part[i].data, part[i].len);
		p[part[i].len] = '\0';
		p += part[i].len + 1;
	}
}

/* "[7] databases 10.0.0.2 (blue): the text" */
static void format(char *buf, size_t size, uint64_t story,
		   const struct ike_blob part[])
{
	char number[32] = "";

	if (story)
		snprintf(number, sizeof(number), "[%llu] ",
			 (unsigned long long)story);
	snprintf(buf, size, "%s%.*s%s%.*s%s%.*s", number, (int)part[1].len,
		 part[1].len ? (const char *)part[1].data : "",
		 part[1].len && part[0].len ? " " : "", (int)part[0].len,
		 part[0].len ? (const char *)part[0].data : "",
		 part[0].len || part[1].len ? ": " : "", (int)part[2].len,
		 part[2].len ? (const char *)part[2].data : "");
}

static void take(struct line *line, const struct ike_blob part[],
		 const json_t *event)
{
	char text[4096];

	clock_gettime(CLOCK_REALTIME, &line->when);
	keep(line, part);
	if (line->level > state.level || !may_write(line->when.tv_sec))
		return;
	format(text, sizeof(text), line->story, part);
	write_out(line->level, text, event);
}

/* The JSON costs more than all else of a line, and mostly nobody takes it. */
static bool event_wanted(const struct line *line)
{
	return (state.watch && state.wants(state.watch_arg)) ||
	       (line->level <= state.level && ipsecd_journal_used());
}

/*
 * A line that is an event, unless event is NULL: then nobody wants that. Whoever
 * wants errors only is not told of events here either.
 */
static void take_event(struct line *line, const struct ike_blob part[],
		       json_t *event)
{
	if (event && state.watch)
		state.watch(state.watch_arg, event);
	if (line->level <= state.level)
		take(line, part, event);
	json_decref(event);
}

void ipsecd_log_new_worker(void)
{
	state.stories_before = state.stories;
}

int ipsecd_log_message(const struct ipsecd_message *m)
{
	struct ipsecd_message counted = *m;
	struct ike_told told;
	struct line line = {
		.story = m->story,
		.level = m->flags & 3,
		.last = m->flags & IPSECD_FLAG_LAST,
	};

	if (line.story)
		line.story += state.stories_before;
	if (line.story > state.stories)
		state.stories = line.story;
	if (m->part[3].len && !ipsecd_told_read(&told, m->part[3]))
		return -EBADMSG;
	counted.story = line.story;
	if (m->part[3].len)
		take_event(&line, m->part,
			   event_wanted(&line) ?
				   ipsecd_event_sa(&told, &counted) :
				   NULL);
	else
		take(&line, m->part, NULL);
	return 0;
}

void ipsecd_log_line(enum ike_log_level level, const char *fmt, ...)
{
	struct ike_blob part[IPSECD_PARTS] = { 0 };
	struct line line = { .level = (uint8_t)level };
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	part[2] = ipsecd_text(text);
	take(&line, part, NULL);
}

void ipsecd_log_policy(const char *action, const char *fmt, ...)
{
	struct ike_blob part[IPSECD_PARTS] = { 0 };
	struct line line = { .level = IKE_LOG_NOTICE };
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	part[2] = ipsecd_text(text);
	take_event(&line, part, ipsecd_event_policy(action, text));
}

void ipsecd_log_error(const struct ipsec_err *err)
{
	if (err->file && err->line)
		ipsecd_log_line(IKE_LOG_ERROR, "%s:%u: %s", err->file,
				err->line, err->text);
	else if (err->file)
		ipsecd_log_line(IKE_LOG_ERROR, "%s: %s", err->file, err->text);
	else
		ipsecd_log_line(IKE_LOG_ERROR, "%s", err->text);
}

static json_t *line_json(const struct line *line)
{
	return json_pack("{s:s, s:I, s:s, s:b, s:s, s:s, s:s}", "time",
			 ipsec_when(line->when).text, "story",
			 (json_int_t)line->story, "level",
			 level_names[line->level], "last", line->last, "peer",
			 line->text[0], "rule", line->text[1], "text",
			 line->text[2]);
}

json_t *ipsecd_log_json(void)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < LINES; i++) {
		const struct line *line = &state.line[(state.next + i) % LINES];
		json_t *item = line->text[0] ? line_json(line) : NULL;

		/* NULL too for a text that is not UTF-8. */
		if (item)
			json_array_append_new(list, item);
	}
	return list;
}
