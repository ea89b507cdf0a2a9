// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ipsecctl monitor: what the driver and ipsecd tell, as it happens. Neither
 * waits for us: what we are too slow for is lost, and we say how much.
 */
#include "monitor.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../lib/box.h"
#include "../lib/event.h"
#include "ike_client.h"
#include "lines.h"

#define AGAIN_MS 500 /* between tries to reach ipsecd */

/* What ipsecd tells, or we of ipsecd. */
static const char *const daemon_types[] = { "ike-sa", "child-sa", "policy",
					    "daemon" };
#define DAEMON_TYPES (sizeof(daemon_types) / sizeof(daemon_types[0]))
#define TYPES_MAX 16

struct monitor {
	const struct ctl_args *args;
	const char *type[TYPES_MAX]; /* that are shown */
	unsigned int types; /* 0: all */
	bool has_peer; /* only those of this one are shown */
	struct ipsec_box peer;
	struct ipsec_client *client;
	/* A flood of them must not push out anything else. */
	struct ipsec_client drops;
	struct ctl_lines lines;
	int daemon; /* descriptor, -1: none */
	bool told_down;
	int64_t again;
	uint64_t seen;
	uint32_t lost; /* the socket's count so far */
	uint64_t last_drop; /* its number */
};

static bool is_type(const struct monitor *m, const char *type)
{
	unsigned int i;

	for (i = 0; i < m->types; i++)
		if (!strcmp(m->type[i], type))
			return true;
	return !m->types;
}

static bool any_daemon_type(const struct monitor *m)
{
	size_t i;

	for (i = 0; i < DAEMON_TYPES; i++)
		if (is_type(m, daemon_types[i]))
			return true;
	return false;
}

static bool enough(const struct monitor *m)
{
	return m->args->given & CTL_OPT_COUNT && m->seen >= m->args->count;
}

static void to_box(struct ipsec_box *box, const struct ipsec_net *net)
{
	struct ipsec_selector sel = { .src = *net };

	sel.family.set = true;
	sel.family.v = (uint64_t)ipsec_addr_family(&net->first);
	ipsec_box_init(box, &sel, IPSECDRV_DIR_OUT);
}

static bool is_peer(const struct monitor *m, const struct ipsec_addr *peer)
{
	struct ipsec_net net = { 0 };
	struct ipsec_box box;

	if (!m->has_peer || !peer)
		return !m->has_peer;
	net.first = *peer;
	net.plen = peer->len * 8;
	to_box(&box, &net);
	return ipsec_box_has(&m->peer, &box);
}

static void show(struct monitor *m, json_t *event)
{
	if (m->args->json) {
		ctl_event_print(event);
	} else {
		ctl_monitor_json_text(event);
		json_decref(event);
	}
	fflush(stdout);
}

/* Not filtered: whoever filters wants to know that he may have missed it. */
static void tell_lost(struct monitor *m, const char *source, uint64_t count)
{
	json_t *event = ipsec_event_json("lost", source);

	json_object_set_new(event, "count", json_integer((json_int_t)count));
	show(m, event);
}

/* The driver tells of so many drops at once; the numbers go on. */
static void check_drops(struct monitor *m, uint64_t number)
{
	if (m->last_drop && number > m->last_drop + 1)
		tell_lost(m, "drop", number - m->last_drop - 1);
	m->last_drop = number;
}

static int on_driver(void *ctx, const struct nlmsghdr *nlh,
		     struct ipsec_err *err)
{
	struct monitor *m = ctx;
	struct ctl_event e;
	int rc = ctl_event_read(&e, nlh, err);

	if (rc <= 0)
		return rc;
	if (enough(m) || !is_type(m, e.kind->name))
		return 0;
	if (e.kind->fields == ipsec_dropped_fields)
		check_drops(m, e.dropped.number.v);
	if (!is_peer(m, ctl_event_peer(&e)))
		return 0;
	m->seen++;
	if (m->args->json)
		ctl_event_print(ctl_event_json(&e));
	else
		ctl_monitor_text(&e);
	fflush(stdout);
	return 0;
}

static void daemon_changed(struct monitor *m, const char *action)
{
	if (is_type(m, "daemon") && !m->has_peer) {
		m->seen++;
		show(m, ipsec_event_json("daemon", action));
	}
}

static void count_lost(struct monitor *m)
{
	uint32_t mem[SK_MEMINFO_VARS];
	socklen_t len = sizeof(mem);

	if (getsockopt(mnl_socket_get_fd(m->client->nl), SOL_SOCKET, SO_MEMINFO,
		       mem, &len) ||
	    len < sizeof(mem))
		return;
	if (mem[SK_MEMINFO_DROPS] != m->lost)
		tell_lost(m, "driver", mem[SK_MEMINFO_DROPS] - m->lost);
	m->lost = mem[SK_MEMINFO_DROPS];
}

static int read_driver(struct monitor *m, struct ipsec_client *c)
{
	struct ipsec_err err = { 0 };
	int rc = ipsec_events(c, on_driver, m, &err);

	/*
	 * The kernel says it once until all that it kept is read, but counts
	 * on. Drops that are missing are known by their numbers.
	 */
	if (c == m->client)
		count_lost(m);
	return rc && rc != -EINTR && rc != -ENOBUFS ? ctl_fail(&err) : CTL_OK;
}

static bool of_peer(const struct monitor *m, const json_t *event)
{
	const char *text = json_string_value(json_object_get(event, "remote"));
	struct ipsec_addr remote = { 0 };

	return !m->has_peer || (text && !ipsec_addr_parse(&remote, text) &&
				is_peer(m, &remote));
}

static bool on_line(void *ctx, const char *line)
{
	json_t *event = json_loads(line, 0, NULL);
	const char *type = json_string_value(json_object_get(event, "event"));
	struct monitor *m = ctx;

	if (!type) {
		/* The answer to our request. */
		json_decref(event);
	} else if (!strcmp(type, "lost")) {
		tell_lost(m, "ipsecd",
			  (uint64_t)json_integer_value(
				  json_object_get(event, "count")));
		json_decref(event);
	} else if (is_type(m, type) && of_peer(m, event)) {
		m->seen++;
		show(m, event);
	} else {
		json_decref(event);
	}
	return !enough(m);
}

static void read_daemon(struct monitor *m)
{
	int rc = ctl_lines_read(&m->lines, m->daemon, on_line, m);

	if (rc > 0)
		return;
	close(m->daemon);
	m->daemon = -1;
	m->lines.len = 0;
	m->told_down = true;
	m->again = ctl_now_ms() + AGAIN_MS;
	daemon_changed(m, "down");
}

static void reach_daemon(struct monitor *m)
{
	m->daemon = ctl_ike_listen();
	m->again = ctl_now_ms() + AGAIN_MS;
	if (m->daemon >= 0)
		daemon_changed(m, "up");
	else if (!m->told_down)
		daemon_changed(m, "down");
	m->told_down = m->daemon < 0;
}

/* Until when nothing has to be done, in ms; -1: for ever. */
static int patience(const struct monitor *m, int64_t end)
{
	int64_t now = ctl_now_ms(), left = -1;

	if (m->args->given & CTL_OPT_TIMEOUT)
		left = end > now ? end - now : 0;
	if (m->daemon < 0 && any_daemon_type(m) &&
	    (left < 0 || left > m->again - now))
		left = m->again > now ? m->again - now : 0;
	return (int)(left < 3600000 ? left : 3600000);
}

static int loop(struct monitor *m)
{
	struct pollfd fds[] = {
		{ mnl_socket_get_fd(m->client->nl), POLLIN, 0 },
		{ ctl_signal_fd(), POLLIN, 0 },
		{ -1, POLLIN, 0 },
		{ m->drops.nl ? mnl_socket_get_fd(m->drops.nl) : -1, POLLIN,
		  0 },
	};
	int64_t end = ctl_now_ms() + (int64_t)m->args->timeout * 1000;
	int rc = CTL_OK;

	while (!rc && !enough(m)) {
		if (m->args->given & CTL_OPT_TIMEOUT && ctl_now_ms() >= end)
			break;
		if (m->daemon < 0 && any_daemon_type(m) &&
		    ctl_now_ms() >= m->again)
			reach_daemon(m);
		fds[2].fd = m->daemon;
		if (enough(m))
			break;
		if (poll(fds, 4, patience(m, end)) < 0 && errno != EINTR)
			rc = CTL_FAILED;
		if (fds[1].revents)
			break;
		if (fds[0].revents)
			rc = read_driver(m, m->client);
		if (!rc && fds[3].revents)
			rc = read_driver(m, &m->drops);
		if (m->daemon >= 0 && fds[2].revents)
			read_daemon(m);
	}
	close(fds[1].fd);
	return rc;
}

static int join(struct monitor *m)
{
	const struct ctl_event_kind *kind;
	struct ipsec_err err = { 0 };

	for (kind = ctl_event_kinds; kind->name; kind++)
		if (is_type(m, kind->name) &&
		    kind->fields != ipsec_dropped_fields &&
		    ipsec_join(m->client, kind->group, &err))
			return ctl_fail(&err);
	if (is_type(m, "drop") &&
	    (ipsec_open(&m->drops, &err) ||
	     ipsec_join(&m->drops, IPSECDRV_MCGRP_DROP, &err)))
		return ctl_fail(&err);
	return CTL_OK;
}

/* "negotiation" is two of them. */
static bool add_type(struct monitor *m, const char *word)
{
	const struct ctl_event_kind *kind;
	const char *name = NULL;
	size_t i;

	if (!strcmp(word, "negotiation"))
		return add_type(m, "ike-sa") && add_type(m, "child-sa");
	for (kind = ctl_event_kinds; kind->name; kind++)
		if (!strcmp(kind->name, word))
			name = kind->name;
	for (i = 0; i < DAEMON_TYPES; i++)
		if (!strcmp(daemon_types[i], word))
			name = daemon_types[i];
	if (!name || m->types == TYPES_MAX)
		return false;
	m->type[m->types++] = name;
	return true;
}

static int read_words(struct monitor *m)
{
	const struct ctl_args *args = m->args;
	struct ipsec_net net = { 0 };
	const char *why;
	int i;

	for (i = 0; i < args->argc; i++) {
		if (strcmp(args->argv[i], "peer")) {
			if (!add_type(m, args->argv[i]))
				return ctl_usage(args, "'%.40s' is no event",
						 args->argv[i]);
			continue;
		}
		if (++i == args->argc)
			return ctl_usage(args, "the peer's address is missing");
		why = ipsec_net_parse(&net, args->argv[i]);
		if (!why && !net.first.len)
			why = "write an address";
		if (why)
			return ctl_usage(args, "peer '%.40s': %s",
					 args->argv[i], why);
		m->has_peer = true;
		to_box(&m->peer, &net);
	}
	return CTL_OK;
}

int ctl_monitor(struct ctl_args *args)
{
	static struct monitor m;
	int rc;

	m = (struct monitor){ .args = args, .daemon = -1 };
	rc = read_words(&m);
	if (rc)
		return rc;
	m.client = ctl_client();
	if (!m.client)
		return CTL_FAILED;
	rc = join(&m);
	if (!rc)
		rc = loop(&m);
	if (m.daemon >= 0)
		close(m.daemon);
	if (m.drops.nl)
		ipsec_close(&m.drops);
	/* A count that was not reached in time is a failure to a script. */
	if (!rc && args->given & CTL_OPT_COUNT &&
	    args->given & CTL_OPT_TIMEOUT && m.seen < args->count)
		rc = CTL_FAILED;
	return rc;
}
