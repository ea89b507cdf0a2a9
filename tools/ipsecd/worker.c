// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The confined process: the policy's parser and the IKE engine, between a
 * socket for messages and one for calls of the driver.
 */
#include "worker.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../wipe.h"
#include "bundle.h"
#include "channel.h"
#include "confine.h"
#include "crypto.h"
#include "driver.h"
#include "engine.h"
#include "request.h"
#include "resync.h"
#include "told.h"

#define MESSAGES_AT_ONCE 64

struct worker {
	struct ipsecd_driver driver; /* first: what ike_env's ctx points to */
	struct event_base *base;
	struct event *timer;
	struct ike_env env;
	struct ike_engine *engine; /* NULL until there is a policy */
	struct ipsecd_bundle bundle;
	bool stopping;
};

/* The parent is gone, or speaks another language: nothing is left to do. */
static void out(const struct ipsecd_message *m)
{
	int rc = ipsecd_send(IPSECD_EVENTS_FD, m, 0);

	if (rc == -EPIPE || rc == -ECONNRESET)
		_exit(0);
}

static uint64_t env_now(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static int64_t env_wall(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

static int env_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	return ike_random(buf, len);
}

static void env_send(void *ctx, const struct ike_path *path, const void *msg,
		     size_t len)
{
	const struct ipsecd_message m = {
		.type = IPSECD_DATAGRAM,
		.path = *path,
		.part = { { msg, len } },
	};

	(void)ctx;
	out(&m);
}

/* Texts hold what peers sent; what the channel refuses is made harmless. */
static struct ike_blob clean(char *buf, size_t size, const char *text)
{
	size_t i;

	for (i = 0; i + 1 < size && text[i]; i++)
		buf[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ?
				 '?' :
				 text[i];
	return (struct ike_blob){ (uint8_t *)buf, i };
}

static void env_log(void *ctx, const struct ike_record *record)
{
	char peer[1024], rule[POLICY_NAME_MAX + 1], text[2048], reason[1024];
	uint8_t told[IPSECD_TOLD_SIZE];
	const struct ipsecd_message m = {
		.type = IPSECD_LOG,
		.flags = (uint8_t)(record->level |
				   (record->last ? IPSECD_FLAG_LAST : 0)),
		.story = record->story,
		.part = { clean(peer, sizeof(peer), record->peer),
			  clean(rule, sizeof(rule), record->rule),
			  clean(text, sizeof(text), record->text),
			  { told, record->told ? sizeof(told) : 0 },
			  clean(reason, sizeof(reason), record->reason) },
	};

	(void)ctx;
	if (record->told)
		ipsecd_told_write(record->told, told);
	out(&m);
}

static void env_keylog(void *ctx, enum ike_keylog kind, const char *line)
{
	const struct ipsecd_message m = {
		.type = IPSECD_KEYLOG,
		.id = kind,
		.part = { ipsecd_text(line) },
	};

	(void)ctx;
	out(&m);
}

static int env_ocsp(void *ctx, uint32_t id, const struct ike_ocsp *ocsp)
{
	const struct ipsecd_message m = {
		.type = IPSECD_FETCH,
		.id = id,
		.part = { ipsecd_text(ocsp->url),
			  { ocsp->request, ocsp->len } },
	};

	(void)ctx;
	return ipsecd_send(IPSECD_EVENTS_FD, &m, 0);
}

static void loaded(uint32_t id, int rc, const struct ipsec_err *err)
{
	const struct ipsecd_message m = {
		.type = IPSECD_LOADED,
		.id = id,
		.flags = rc ? 0 : IPSECD_FLAG_LAST,
		.story = err->line,
		.part = { { NULL, 0 }, ipsecd_text(err->text) },
	};

	out(&m);
}

static int use_policy(struct worker *w, struct policy *policy)
{
	if (w->engine) {
		ike_engine_reload(w->engine, policy);
		return 0;
	}
	w->engine = ike_engine_new(&w->env, policy);
	if (!w->engine)
		return -ENOMEM;
	ike_engine_adopt(w->engine);
	return 0;
}

static void on_load(struct worker *w, uint32_t id)
{
	struct policy *policy = NULL;
	struct ipsec_err err = { 0 };
	int rc = ipsecd_bundle_parse(&w->bundle, &policy, &err);

	ipsecd_bundle_free(&w->bundle);
	if (!rc && use_policy(w, policy))
		rc = ipsec_err_code(&err, ENOMEM, "out of memory");
	policy_put(policy);
	loaded(id, rc, &err);
}

static void on_file(struct worker *w, const struct ipsecd_message *m)
{
	char name[1025];

	memcpy(name, m->part[0].data, m->part[0].len);
	name[m->part[0].len] = '\0';
	/* One cut short is refused by the parser. */
	ipsecd_files_append(&w->bundle.layer[m->id % IPSECD_LAYERS], name,
			    m->part[1].data, m->part[1].len);
}

static void on_acquire(void *arg, const struct ipsec_acquire *acquire)
{
	ike_engine_acquire(arg, acquire);
}

static void on_expire(void *arg, const struct ipsec_sa *sa)
{
	ike_engine_expire(arg, sa);
}

static void on_events(struct worker *w, const struct ike_blob *data)
{
	const struct ipsecd_events to = { on_acquire, on_expire, w->engine };
	_Alignas(8) static uint8_t aligned[IPSECD_BYTES_MAX];

	memcpy(aligned, data->data, data->len);
	ipsecd_driver_events(&w->driver, aligned, data->len, &to);
}

/* Filters of a worker before this one; then their pairs are adopted. */
static void on_response(struct worker *w, const struct ipsecd_message *m)
{
	_Alignas(8) static uint8_t aligned[8192];
	const struct nlmsghdr *nlh = (const void *)aligned;
	struct ipsec_filter filter = { 0 };
	struct ipsec_err err = { 0 };

	memcpy(aligned, m->part[0].data, m->part[0].len);
	if (ipsec_nlmsg_ok(nlh, (int)m->part[0].len) &&
	    !ipsec_get_msg(nlh, ipsec_filter_message, &filter, &err))
		ike_response_known(w->engine, &filter);
	if (m->flags & IPSECD_FLAG_LAST)
		ike_engine_adopt(w->engine);
}

static void on_control(struct worker *w, const struct ipsecd_message *m)
{
	char *text = ipsecd_request_run(w->engine, m->part[0]);
	size_t len = text ? strlen(text) : 0, at = 0;

	do {
		struct ipsecd_message part = {
			.type = IPSECD_ANSWER,
			.id = m->id,
		};
		size_t now = len - at < 32768 ? len - at : 32768;

		part.part[0] = (struct ike_blob){ (uint8_t *)text + at, now };
		at += now;
		part.flags = at == len ? IPSECD_FLAG_LAST : 0;
		out(&part);
	} while (at < len);
	free(text);
}

static void on_stop(struct worker *w, bool at_once)
{
	if (at_once || !w->engine)
		_exit(0);
	w->stopping = true;
	ike_engine_shutdown(w->engine);
}

/* What needs an engine; before there is one nothing can be done about it. */
static void to_engine(struct worker *w, const struct ipsecd_message *m)
{
	switch (m->type) {
	case IPSECD_DATAGRAM:
		ike_engine_datagram(w->engine, &m->path, m->part[0].data,
				    m->part[0].len);
		break;
	case IPSECD_EVENT:
		on_events(w, &m->part[0]);
		break;
	case IPSECD_RESYNC:
		ipsecd_resync(w->engine);
		break;
	case IPSECD_FETCHED:
		ike_engine_ocsp(w->engine, m->id, m->part[0]);
		break;
	case IPSECD_RESPONSE:
		on_response(w, m);
		break;
	case IPSECD_UNSENT:
		w->engine->counters.send_failures++;
		break;
	case IPSECD_UNREAD:
		w->engine->counters.receive_failures++;
		break;
	default:
		break;
	}
}

static void on_message(struct worker *w, const struct ipsecd_message *m)
{
	switch (m->type) {
	case IPSECD_FILE:
		on_file(w, m);
		break;
	case IPSECD_LOAD:
		on_load(w, m->id);
		break;
	case IPSECD_CONTROL:
		on_control(w, m);
		break;
	case IPSECD_LISTEN:
		w->env.listens = m->flags & IPSECD_FLAG_LAST;
		break;
	case IPSECD_STOP:
		on_stop(w, m->flags & IPSECD_FLAG_LAST);
		break;
	default:
		if (w->engine)
			to_engine(w, m);
	}
}

/* The engine's timers, and the end that a stop waits for. */
static void plan(struct worker *w)
{
	static const struct ipsecd_message stopped = { .type = IPSECD_STOPPED };
	uint64_t now = env_now(NULL), next;
	struct timeval tv;

	if (!w->engine)
		return;
	if (w->stopping && ike_engine_idle(w->engine)) {
		out(&stopped);
		_exit(0);
	}
	next = ike_engine_next(w->engine);
	if (next == UINT64_MAX) {
		evtimer_del(w->timer);
		return;
	}
	next = next > now ? next - now : 0;
	tv = (struct timeval){ .tv_sec = (time_t)(next / 1000),
			       .tv_usec = (suseconds_t)(next % 1000 * 1000) };
	evtimer_add(w->timer, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd;
	(void)what;
	ike_engine_tick(w->engine);
	plan(w);
}

/* What is made of them is in copies that the libraries free. */
static bool may_hold_secret(enum ipsecd_type type)
{
	return type == IPSECD_FILE || type == IPSECD_LOAD ||
	       type == IPSECD_CONTROL;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	static uint8_t buf[IPSECD_MESSAGE_MAX];
	struct ipsecd_message m;
	struct worker *w = arg;
	int i, rc;

	(void)what;
	for (i = 0; i < MESSAGES_AT_ONCE; i++) {
		rc = ipsecd_receive(fd, buf, sizeof(buf), &m, true,
				    MSG_DONTWAIT);
		if (rc == -EAGAIN)
			break;
		if (rc)
			_exit(rc == -EPIPE ? 0 : 1);
		if (may_hold_secret(m.type)) {
			ipsec_wipe_begin();
			on_message(w, &m);
			ipsec_wipe_end();
			ipsecd_forget(&m);
		} else {
			on_message(w, &m);
		}
	}
	plan(w);
}

static ssize_t call_send(void *ctx, const void *buf, size_t len)
{
	(void)ctx;
	return send(IPSECD_CALLS_FD, buf, len, MSG_NOSIGNAL);
}

static ssize_t call_recv(void *ctx, void *buf, size_t size)
{
	ssize_t got = recv(IPSECD_CALLS_FD, buf, size, 0);

	(void)ctx;
	if (!got)
		_exit(0);
	return got;
}

static void init(struct worker *w, uint16_t family)
{
	const struct ipsec_transport io = { call_send, call_recv, NULL, 0 };

	w->env = (struct ike_env){
		.ctx = w,
		.now = env_now,
		.wall = env_wall,
		.random = env_random,
		.send = env_send,
		.log = env_log,
		.keylog = env_keylog,
		.ocsp = env_ocsp,
		.driver = ipsecd_driver_calls,
	};
	ipsec_open_transport(&w->driver.client, &io, family);
	ipsecd_bundle_init(&w->bundle);
}

/* Whatever may open a file or ask the system has to happen before this. */
static int prepare(struct worker *w)
{
	struct event *readable;
	size_t seed;

	if (ike_crypto_init() || ike_random(&seed, sizeof(seed)))
		return -EIO;
	json_object_seed(seed ? seed : 1);
	w->base = event_base_new();
	w->timer = w->base ? evtimer_new(w->base, on_timer, w) : NULL;
	readable = w->timer ? event_new(w->base, IPSECD_EVENTS_FD,
					EV_READ | EV_PERSIST, on_readable, w) :
			      NULL;
	return readable && !event_add(readable, NULL) ? 0 : -ENOMEM;
}

static void warn_unlocked(int rc)
{
	char text[128];
	const struct ike_record record = {
		.level = IKE_LOG_NOTICE,
		.peer = "",
		.rule = "",
		.text = text,
		.reason = "",
	};

	snprintf(text, sizeof(text),
		 "memory cannot be locked, so keys may be swapped: %s",
		 strerror(-rc));
	env_log(NULL, &record);
}

int ipsecd_worker(uint16_t family, const char *empty)
{
	static const struct ipsecd_message ready = { .type = IPSECD_READY };
	static struct worker worker;
	struct ipsec_err err = { 0 };
	int rc, unlocked;

	init(&worker, family);
	rc = prepare(&worker);
	if (rc) {
		fprintf(stderr, "ipsecd: the worker cannot start: %s\n",
			strerror(-rc));
		return 1;
	}
	unlocked = ipsecd_hold_memory();
	if (ipsecd_confine(empty, &err)) {
		fprintf(stderr, "ipsecd: the worker cannot be confined: %s\n",
			err.text);
		return 1;
	}
	out(&ready);
	if (unlocked)
		warn_unlocked(unlocked);
	event_base_dispatch(worker.base);
	return 1;
}
