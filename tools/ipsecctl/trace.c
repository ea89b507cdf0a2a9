// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ipsecctl trace: what becomes of the packets of a flow, live, from the
 * driver's tracepoints. An instance of its own in tracefs disturbs nobody else
 * who traces, and is removed in the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"
#include "lines.h"

#define TRACEFS "/sys/kernel/tracing"
#define EVENTS TRACEFS "/events/ipsecdrv"
#define PAIRS_MAX 1024
#define LINE_MAX_LEN 1024

struct trace {
	const struct ctl_args *args;
	char end[2][IPSEC_NET_STRLEN + 8]; /* as the kernel prints them */
	int ends;
	unsigned long netns;
	bool pair[PAIRS_MAX]; /* that its packets take, by id modulo */
	uint64_t seen;
	char instance[64];
	struct ctl_lines lines;
};

/* One line of trace_pipe, taken apart. */
struct traced {
	char time[32];
	char event[16];
	char dir[8];
	const char *rest; /* after the direction */
};

static int fail(const char *what)
{
	fprintf(stderr, "ipsecctl: %s: %s\n", what, strerror(errno));
	return CTL_FAILED;
}

/* "10.0.0.1", "10.0.0.1:80", "fd00::1", "[fd00::1]:80"; as %pISpc has it. */
static bool read_end(char *to, size_t size, const char *word)
{
	char addr[IPSEC_NET_STRLEN], text[IPSEC_NET_STRLEN];
	const char *port = NULL, *colon = strchr(word, ':');
	struct ipsec_addr a = { 0 };
	int len = (int)strlen(word);

	if (*word == '[') {
		port = strstr(word, "]:");
		len = port ? (int)(port - word - 1) : len - 2;
		port = port ? port + 2 : NULL;
		word++;
	} else if (colon && !strchr(colon + 1, ':')) {
		port = colon + 1;
		len = (int)(colon - word);
	}
	if (len <= 0 || len >= (int)sizeof(addr))
		return false;
	snprintf(addr, sizeof(addr), "%.*s", len, word);
	if (ipsec_addr_parse(&a, addr))
		return false;
	snprintf(to, size, a.len == 4 ? "%s%s%.5s" : "[%s]%s%.5s",
		 ipsec_addr_print(&a, text, sizeof(text)), port ? ":" : "",
		 port ? port : "");
	return true;
}

static bool take_apart(const struct trace *t, const char *line,
		       struct traced *e)
{
	unsigned long netns;
	int at = 0;

	/* ping-77 [001] ..s2. 12.345678: ipd_verdict: netns=... out ... */
	if (sscanf(line,
		   "%*[^[][%*d] %*s %31[0-9.]: ipd_%15[a-z]: netns=%lu "
		   "%7s %n",
		   e->time, e->event, &netns, e->dir, &at) != 4 ||
	    !at || netns != t->netns)
		return false;
	e->rest = line + at;
	return true;
}

static bool value_is(const char *rest, const char *key, const char *want)
{
	const char *at = strstr(rest, key);
	size_t len = strlen(want);

	if (!at || strncmp(at + strlen(key), want, len))
		return false;
	at += strlen(key) + len;
	return !*at || *at == ' ' || *at == ':';
}

static bool ends_match(const struct trace *t, const char *rest)
{
	static const char *const key[] = { "src=", "dst=" };
	int way;

	for (way = 0; way < 2; way++)
		if (value_is(rest, key[way], t->end[0]) &&
		    (t->ends < 2 || value_is(rest, key[!way], t->end[1])))
			return true;
	return !t->ends;
}

/* What goes through a pair is known by it: it has the outer addresses. */
static bool is_of(struct trace *t, const struct traced *e)
{
	const char *at = strstr(e->rest, "pair=");
	unsigned long pair = at ? strtoul(at + 5, NULL, 10) : 0;

	if (!strcmp(e->event, "carried"))
		return t->pair[pair % PAIRS_MAX] || !t->ends;
	if (!ends_match(t, e->rest))
		return false;
	t->pair[pair % PAIRS_MAX] |= pair;
	return true;
}

/* "src=10.0.0.1:80 protect": members, and words that stand alone. */
static void print_json(const struct traced *e)
{
	json_t *map = json_pack("{s:i, s:s, s:s, s:s}", "version", 1, "time",
				e->time, "event", e->event, "dir", e->dir);
	char copy[LINE_MAX_LEN], *rest = copy, *word, *value;

	snprintf(copy, sizeof(copy), "%s", e->rest);
	while ((word = strsep(&rest, " "))) {
		value = strchr(word, '=');
		if (value)
			*value++ = '\0';
		if (*word)
			json_object_set_new(map,
					    value	     ? word :
					    *e->event == 'c' ? "mode" :
							       "verdict",
					    json_string(value ? value : word));
	}
	json_dumpf(map, stdout, JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(map);
}

static bool enough(const struct trace *t)
{
	return t->args->given & CTL_OPT_COUNT && t->seen >= t->args->count;
}

static bool on_line(void *ctx, const char *line)
{
	struct trace *t = ctx;
	struct traced e;

	if (!take_apart(t, line, &e) || !is_of(t, &e))
		return true;
	t->seen++;
	if (t->args->json)
		print_json(&e);
	else
		printf("%s %-7s %-3s %s\n", e.time, e.event, e.dir, e.rest);
	fflush(stdout);
	return !enough(t);
}

static int follow(struct trace *t, int fd)
{
	struct pollfd fds[] = { { fd, POLLIN, 0 },
				{ ctl_signal_fd(), POLLIN, 0 } };
	int64_t end = ctl_now_ms() + (int64_t)t->args->timeout * 1000;
	bool limited = t->args->given & CTL_OPT_TIMEOUT;
	int rc = 0, wait = -1;

	while (rc >= 0 && !enough(t)) {
		int64_t now = ctl_now_ms();

		if (limited && now >= end)
			break;
		if (limited)
			wait = (int)(end - now);
		if (poll(fds, 2, wait) < 0 && errno != EINTR)
			rc = -1;
		if (fds[1].revents)
			break;
		if (rc >= 0 && fds[0].revents)
			rc = ctl_lines_read(&t->lines, fd, on_line, t);
	}
	close(fds[1].fd);
	return rc < 0 ? fail("trace_pipe") : CTL_OK;
}

static int enable(const struct trace *t, const char *digit)
{
	char path[128];
	bool good;
	int fd;

	snprintf(path, sizeof(path), "%s/events/ipsecdrv/enable", t->instance);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	good = fd >= 0 && write(fd, digit, 1) == 1;
	if (fd >= 0)
		close(fd);
	return good ? 0 : fail(path);
}

/* Whoever ends it has seen the packets go, and wants to see them here. */
static int rest(struct trace *t, int fd)
{
	int rc = 1;

	if (enable(t, "0"))
		return CTL_FAILED;
	while (rc > 0 && !enough(t))
		rc = ctl_lines_read(&t->lines, fd, on_line, t);
	return rc < 0 ? fail("trace_pipe") : CTL_OK;
}

static int trace_in(struct trace *t)
{
	char path[128];
	int fd, rc;

	if (enable(t, "1"))
		return CTL_FAILED;
	snprintf(path, sizeof(path), "%s/trace_pipe", t->instance);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail(path);
	rc = follow(t, fd);
	if (!rc)
		rc = rest(t, fd);
	close(fd);
	return rc;
}

static int check_tracefs(void)
{
	if (!access(EVENTS, F_OK))
		return CTL_OK;
	if (access(TRACEFS "/instances", F_OK))
		fputs("ipsecctl: there is no tracefs: 'mount -t tracefs nodev " TRACEFS
		      "', if the kernel has it\n",
		      stderr);
	else
		fputs("ipsecctl: the driver is not loaded, or this kernel has "
		      "no trace events\n",
		      stderr);
	return CTL_FAILED;
}

int ctl_trace(struct ctl_args *args)
{
	struct trace t = { .args = args, .ends = args->argc };
	struct stat st;
	int i, rc;

	if (args->argc > 2)
		return ctl_usage(args, "at most two ends of a flow are taken");
	for (i = 0; i < args->argc; i++)
		if (!read_end(t.end[i], sizeof(t.end[i]), args->argv[i]))
			return ctl_usage(args, "'%.40s' is no address",
					 args->argv[i]);
	if (check_tracefs())
		return CTL_FAILED;
	if (stat("/proc/thread-self/ns/net", &st))
		return fail("/proc/thread-self/ns/net");
	t.netns = (unsigned long)st.st_ino;
	snprintf(t.instance, sizeof(t.instance),
		 TRACEFS "/instances/ipsecctl-%d", (int)getpid());
	if (mkdir(t.instance, 0700))
		return fail(t.instance);
	rc = trace_in(&t);
	rmdir(t.instance);
	return rc;
}
