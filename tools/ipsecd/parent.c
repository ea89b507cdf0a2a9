// SPDX-License-Identifier: GPL-2.0-or-later
/* The privileged process: everything that needs the system, and no protocol. */
#include "parent.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "confine.h"
#include "control.h"
#include "detach.h"
#include "crypto.h"
#include "events.h"
#include "files.h"
#include "keys_file.h"
#include "log.h"
#include "notify.h"
#include "process.h"
#include "proxy.h"
#include "request.h"
#include "rundir.h"
#include "sockets.h"
#include "table.h"

#define STOP_SECONDS 3 /* for the peers to be told */

struct parent {
	const struct ipsecd_options *options;
	struct event_base *base;
	struct ipsec_client driver; /* for requests */
	struct ipsecd_events_socket events;
	struct ipsecd_sockets sockets;
	struct ipsecd_process process;
	struct ipsecd_control *control;
	struct ipsecd_rundir rundir;
	struct ipsecd_files files; /* of the policy in force */
	struct policy *policy;
	uint32_t serial; /* of the policy in force */
	bool ready; /* the worker has taken a policy */
	bool announced; /* the first one did */
	int status;
	struct event *stop_timer;
};

static void say(const struct ipsec_err *err)
{
	if (err->file && err->line)
		ipsecd_log_line(IKE_LOG_ERROR, "%s:%u: %s", err->file,
				err->line, err->text);
	else if (err->file)
		ipsecd_log_line(IKE_LOG_ERROR, "%s: %s", err->file, err->text);
	else
		ipsecd_log_line(IKE_LOG_ERROR, "%s", err->text);
}

/* What is allowed, and yet not wise. */
static void warn(const char *path, const struct policy *policy)
{
	if (policy->exposed)
		ipsecd_log_line(IKE_LOG_NOTICE,
				"%s:%u: warning: a secret is written in the "
				"policy; use psk-file",
				path, policy->exposed);
	if (policy->keylog[0])
		ipsecd_log_line(IKE_LOG_NOTICE,
				"%s: warning: all keys are written to %s", path,
				policy->keylog);
}

int ipsecd_check(const struct ipsecd_options *options)
{
	struct ipsecd_files files;
	struct policy *policy;
	struct ipsec_err err = { 0 };
	unsigned int i, filters = 0;

	if (ike_crypto_init()) {
		fputs("ipsecd: libcrypto cannot be used\n", stderr);
		return 1;
	}
	if (ipsecd_files_read(&files, options->policy, &policy, &err)) {
		say(&err);
		return 1;
	}
	warn(options->policy, policy);
	for (i = 0; i < policy->rules; i++)
		filters += policy->rule[i].filters;
	printf("%s: good: %u rules, %u filters\n", options->policy,
	       policy->rules, filters);
	policy_put(policy);
	ipsecd_files_free(&files);
	return 0;
}

/* The policy's text, then its files in pieces, then what makes a policy of it. */
static void send_file(struct parent *p, const struct ipsecd_file *f)
{
	size_t at = 0;

	do {
		size_t now = f->len - at < 32768 ? f->len - at : 32768;
		const struct ipsecd_message m = {
			.type = IPSECD_FILE,
			.flags = at + now == f->len ? IPSECD_FLAG_LAST : 0,
			.part = { ipsecd_text(f->name), { f->data + at, now } },
		};

		ipsecd_process_send(&p->process, &m);
		at += now;
	} while (at < f->len);
}

static void send_policy(struct parent *p)
{
	const struct ipsecd_message load = { .type = IPSECD_LOAD,
					     .id = p->serial };
	const struct ipsecd_file *f;

	for (f = p->files.first; f; f = f->next)
		send_file(p, f);
	ipsecd_process_send(&p->process, &load);
}

/*
 * The driver first: it refuses as a whole or takes it as a whole. A refusal
 * leaves all as it was.
 */
static int take_policy(struct parent *p, struct policy *policy,
		       struct ipsec_err *err)
{
	struct ipsecd_sockets sockets = p->sockets;
	bool move = !ipsecd_sockets_serve(&p->sockets, policy->port,
					  policy->natt_port);
	int rc = 0;

	if (move) {
		ipsecd_sockets_close(&p->sockets);
		rc = ipsecd_sockets_open(&p->sockets, p->base, policy->port,
					 policy->natt_port, err);
	}
	if (!rc)
		rc = ipsecd_table_load(&p->driver, policy, p->options->policy,
				       err);
	if (rc && move && p->policy) {
		struct ipsec_err ignored = { 0 };

		ipsecd_sockets_close(&p->sockets);
		p->sockets.fn = sockets.fn;
		ipsecd_sockets_open(&p->sockets, p->base, p->policy->port,
				    p->policy->natt_port, &ignored);
	}
	return rc;
}

static void set_policy(struct parent *p, struct policy *policy,
		       const struct ipsecd_files *files)
{
	policy_put(p->policy);
	ipsecd_files_free(&p->files);
	p->policy = policy;
	p->files = *files;
	/* The end of an empty list is in the struct itself. */
	if (!p->files.first)
		p->files.last = &p->files.first;
	p->serial++;
	ipsecd_log_set_level(p->options->verbose ? IKE_LOG_DEBUG :
						   policy->log_level);
	warn(p->options->policy, policy);
}

static int load_policy(struct parent *p, struct ipsec_err *err)
{
	struct ipsecd_files files;
	struct policy *policy;
	int rc = ipsecd_files_read(&files, p->options->policy, &policy, err);

	if (rc)
		return rc;
	rc = take_policy(p, policy, err);
	if (!rc) {
		set_policy(p, policy, &files);
		return 0;
	}
	policy_put(policy);
	ipsecd_files_free(&files);
	return rc;
}

static int reload(struct parent *p, struct ipsec_err *err)
{
	int rc;

	ipsecd_notify("RELOADING=1");
	rc = load_policy(p, err);
	ipsecd_notify("READY=1");
	if (rc) {
		say(err);
		ipsecd_log_line(IKE_LOG_ERROR,
				"the policy in force stays in force");
		return rc;
	}
	if (p->ready)
		send_policy(p);
	ipsecd_log_line(IKE_LOG_NOTICE, "the policy was loaded again");
	return 0;
}

static void on_loaded(struct parent *p, const struct ipsecd_message *m)
{
	if (!(m->flags & IPSECD_FLAG_LAST)) {
		/* The same parser took the same text before. */
		ipsecd_log_line(IKE_LOG_ERROR,
				"the worker refused the policy: line %llu: "
				"%.*s",
				(unsigned long long)m->story,
				(int)m->part[1].len,
				m->part[1].len ? (char *)m->part[1].data : "");
		ipsecd_process_kill(&p->process, "it cannot go on");
		return;
	}
	p->ready = true;
	if (!p->announced) {
		p->announced = true;
		ipsecd_notify("READY=1");
		ipsecd_log_line(IKE_LOG_NOTICE, "ready: %u rules",
				p->policy->rules);
		ipsecd_log_init(!p->options->foreground);
		ipsecd_detach_end();
	}
}

static void on_send(struct parent *p, const struct ipsecd_message *m)
{
	static const struct ipsecd_message unsent = { .type = IPSECD_UNSENT };
	char text[IKE_PATH_STRLEN];
	int rc = ipsecd_sockets_send(&p->sockets, &m->path, m->part[0].data,
				     m->part[0].len);

	if (!rc)
		return;
	ipsecd_log_line(IKE_LOG_DEBUG, "cannot send %s: %s",
			ike_path_text(&m->path, text, sizeof(text)),
			strerror(-rc));
	ipsecd_process_send(&p->process, &unsent);
}

static void on_message(void *arg, const struct ipsecd_message *m)
{
	struct parent *p = arg;

	switch (m->type) {
	case IPSECD_READY:
		ipsecd_log_new_worker();
		send_policy(p);
		break;
	case IPSECD_LOADED:
		on_loaded(p, m);
		break;
	case IPSECD_DATAGRAM:
		on_send(p, m);
		break;
	case IPSECD_LOG:
		ipsecd_log_message(m);
		break;
	case IPSECD_KEYLOG:
		ipsecd_keys_write(p->policy->keylog, m->id, m->part[0]);
		break;
	case IPSECD_ANSWER:
		ipsecd_control_answer(p->control, m->id, m->part[0],
				      m->flags & IPSECD_FLAG_LAST);
		break;
	case IPSECD_STOPPED:
		p->process.stopping = true;
		event_base_loopbreak(p->base);
		break;
	default:
		break;
	}
}

static void on_call(void *arg, int fd)
{
	struct parent *p = arg;
	int rc = ipsecd_proxy(&p->driver, fd);

	if (rc == -EBADMSG)
		ipsecd_process_kill(&p->process,
				    "it asked the driver for what it may not");
	else if (rc && rc != -EAGAIN && rc != -EPIPE)
		ipsecd_process_kill(&p->process,
				    "it does not read the driver's answers");
}

static void on_ended(void *arg, const char *why)
{
	struct parent *p = arg;

	p->ready = false;
	if (p->control)
		ipsecd_control_fail(p->control,
				    "{\"version\":1,\"error\":\"the worker "
				    "was started again; try again\"}");
	if (p->process.stopping) {
		event_base_loopbreak(p->base);
		return;
	}
	ipsecd_log_line(IKE_LOG_ERROR, "the worker ended: %s; %s", why,
			p->process.once_ready ?
				"it is started again, SAs go on" :
				"it never got ready");
	if (!p->process.once_ready) {
		p->status = 1;
		event_base_loopbreak(p->base);
	}
}

static void on_datagram(void *arg, const struct ike_path *path,
			const void *data, size_t len)
{
	const struct ipsecd_message m = {
		.type = IPSECD_DATAGRAM,
		.path = *path,
		.part = { { data, len } },
	};
	struct parent *p = arg;

	ipsecd_process_send(&p->process, &m);
}

static void on_event(void *arg, const void *data, size_t len)
{
	const struct ipsecd_message m = {
		.type = data ? IPSECD_EVENT : IPSECD_RESYNC,
		.part = { { data, len } },
	};
	struct parent *p = arg;

	if (!data)
		ipsecd_log_line(IKE_LOG_NOTICE,
				"events of the driver were lost; its state is "
				"read again");
	ipsecd_process_send(&p->process, &m);
}

static json_t *status_json(const struct parent *p)
{
	unsigned int i, filters = 0;

	for (i = 0; i < p->policy->rules; i++)
		filters += p->policy->rule[i].filters;
	return json_pack("{s:i, s:i, s:i, s:b, s:i, s:s, s:i, s:i, s:i, s:I, "
			 "s:I, s:I}",
			 "version", 1, "pid", (int)getpid(), "worker",
			 (int)p->process.pid, "ready", p->ready, "restarts",
			 (int)p->process.restarts, "policy", p->options->policy,
			 "loaded", (int)p->serial, "rules",
			 (int)p->policy->rules, "filters", (int)filters,
			 "datagrams_dropped", (json_int_t)p->process.dropped,
			 "receive_failures", (json_int_t)p->sockets.failures,
			 "events_lost", (json_int_t)p->events.lost);
}

static char *take_json(json_t *json)
{
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	return text ? text : ipsecd_request_error("out of memory");
}

static char *answer_reload(struct parent *p)
{
	struct ipsec_err err = { 0 };
	char text[sizeof(err.text) + 1100];

	if (!reload(p, &err))
		return take_json(
			json_pack("{s:i, s:b}", "version", 1, "ok", 1));
	if (err.file && err.line)
		snprintf(text, sizeof(text), "%s:%u: %s", err.file, err.line,
			 err.text);
	else
		snprintf(text, sizeof(text), "%s%s%s", err.file ? err.file : "",
			 err.file ? ": " : "", err.text);
	return ipsecd_request_error(text);
}

/* What the parent knows itself; the rest is for the worker. */
static char *on_request(void *arg, uint32_t id, const char *line, size_t len)
{
	const struct ipsecd_message m = {
		.type = IPSECD_CONTROL,
		.id = id,
		.part = { { (const uint8_t *)line, len } },
	};
	struct parent *p = arg;
	json_t *request = json_loadb(line, len, 0, NULL);
	const char *name =
		json_string_value(json_object_get(request, "command"));
	char *answer = NULL;

	if (!name)
		answer = ipsecd_request_error("the request is no JSON object "
					      "with a command");
	else if (!strcmp(name, "status"))
		answer = take_json(status_json(p));
	else if (!strcmp(name, "log"))
		answer = take_json(json_pack("{s:i, s:o}", "version", 1, "log",
					     ipsecd_log_json()));
	else if (!strcmp(name, "reload"))
		answer = answer_reload(p);
	else if (!p->ready)
		answer = ipsecd_request_error("the worker is being started; "
					      "try again");
	else
		ipsecd_process_send(&p->process, &m);
	json_decref(request);
	return answer;
}

static void stop(struct parent *p, bool at_once)
{
	const struct ipsecd_message m = {
		.type = IPSECD_STOP,
		.flags = at_once ? IPSECD_FLAG_LAST : 0,
	};
	static const struct timeval patience = { .tv_sec = STOP_SECONDS };

	ipsecd_notify("STOPPING=1");
	if (p->process.stopping || !p->process.pid || at_once) {
		p->process.stopping = true;
		ipsecd_process_send(&p->process, &m);
		event_base_loopbreak(p->base);
		return;
	}
	p->process.stopping = true;
	ipsecd_process_send(&p->process, &m);
	evtimer_add(p->stop_timer, &patience);
}

static void on_stop_timer(evutil_socket_t fd, short what, void *arg)
{
	struct parent *p = arg;

	(void)fd;
	(void)what;
	event_base_loopbreak(p->base);
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct ipsec_err err = { 0 };
	struct parent *p = arg;

	(void)what;
	if (sig == SIGCHLD)
		ipsecd_process_reap(&p->process);
	else if (sig == SIGHUP)
		reload(p, &err);
	else
		stop(p, sig == SIGQUIT);
}

static int add_signals(struct parent *p, struct ipsec_err *err)
{
	static const int signals[] = { SIGCHLD, SIGHUP, SIGTERM, SIGINT,
				       SIGQUIT };
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct event *ev =
			evsignal_new(p->base, signals[i], on_signal, p);

		if (!ev || event_add(ev, NULL))
			return ipsec_err_code(err, ENOMEM, "out of memory");
	}
	p->stop_timer = evtimer_new(p->base, on_stop_timer, p);
	return p->stop_timer ? 0 : ipsec_err_code(err, ENOMEM, "out of memory");
}

static int open_control(struct parent *p, struct ipsec_err *err)
{
	const struct ipsecd_control_ops ops = { on_request, p };
	char path[1100];

	snprintf(path, sizeof(path), "%s/control", p->options->run);
	p->control = ipsecd_control_open(p->base, path, &ops, err);
	return p->control ? 0 : -err->code;
}

static int start(struct parent *p, struct ipsec_err *err)
{
	int rc;

	if (ike_crypto_init())
		return ipsec_err_code(err, EIO, "libcrypto cannot be used");
	ipsecd_hold_memory();
	rc = ipsecd_rundir_open(&p->rundir, p->options->run, err);
	p->process.base = p->base = event_base_new();
	p->process.empty = p->rundir.empty;
	if (!rc && !p->base)
		rc = ipsec_err_code(err, ENOMEM, "out of memory");
	if (!rc)
		rc = ipsec_open(&p->driver, err);
	if (!rc)
		rc = ipsecd_events_open(&p->events, p->base, err);
	if (!rc)
		rc = load_policy(p, err);
	if (!rc)
		rc = add_signals(p, err);
	if (!rc)
		rc = open_control(p, err);
	p->process.family = p->driver.family;
	if (!rc)
		rc = ipsecd_process_init(&p->process, err);
	return rc ? rc : ipsecd_process_start(&p->process, err);
}

static struct parent *parent_new(const struct ipsecd_options *options)
{
	static struct parent parent;
	struct parent *p = &parent;

	p->options = options;
	ipsecd_files_init(&p->files);
	p->sockets.fn = on_datagram;
	p->events.fn = on_event;
	p->process.message = on_message;
	p->process.call = on_call;
	p->process.ended = on_ended;
	p->sockets.arg = p->events.arg = p->process.arg = p;
	return p;
}

/* The driver keeps its filters, so that nothing goes out in clear meanwhile. */
static void end(struct parent *p)
{
	if (p->control)
		ipsecd_control_close(p->control);
	ipsecd_sockets_close(&p->sockets);
	policy_put(p->policy);
	ipsecd_files_free(&p->files);
	ipsecd_rundir_close(&p->rundir);
}

int ipsecd_parent(const struct ipsecd_options *options)
{
	struct parent *p = parent_new(options);
	struct ipsec_err err = { 0 };
	int rc = 0;

	if (!options->foreground)
		rc = ipsecd_detach_begin();
	if (rc)
		ipsec_err_code(&err, -rc, "cannot detach: %s", strerror(-rc));
	if (!rc)
		rc = start(p, &err);
	if (rc) {
		say(&err);
		p->status = 1;
	} else {
		event_base_dispatch(p->base);
	}
	end(p);
	return p->status;
}
