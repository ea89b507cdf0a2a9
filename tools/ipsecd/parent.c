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
#include <time.h>
#include <unistd.h>

#include "../lib/text.h"
#include "../wipe.h"
#include "apply.h"
#include "audit.h"
#include "commands.h"
#include "confine.h"
#include "control.h"
#include "detach.h"
#include "crypto.h"
#include "events.h"
#include "force.h"
#include "keys_file.h"
#include "log.h"
#include "notify.h"
#include "process.h"
#include "proxy.h"
#include "request.h"
#include "responder.h"
#include "rundir.h"

#define STOP_SECONDS 3 /* for the peers to be told */

struct parent {
	const struct ipsecd_options *options;
	struct event_base *base;
	struct ipsec_client driver; /* for requests */
	struct ipsecd_events_socket events;
	struct ipsecd_sockets sockets;
	struct ipsecd_process process;
	struct ipsecd_control *control;
	struct ipsecd_responders responders;
	struct ipsecd_rundir rundir;
	struct ipsecd_store store;
	struct ipsecd_addresses addresses;
	struct ipsecd_force force;
	struct ipsecd_apply apply;
	bool announced; /* a worker has taken a policy */
	bool listens; /* the worker was told that events are wanted */
	int status;
	struct event *stop_timer;
};

static int reload(struct parent *p, struct ipsec_err *err)
{
	int rc;

	ipsecd_notify("RELOADING=1");
	rc = ipsecd_apply_reload(&p->apply, err);
	ipsecd_notify("READY=1");
	if (rc) {
		ipsecd_log_error(err);
		ipsecd_log_line(IKE_LOG_ERROR,
				"the policy in force stays in force");
		return rc;
	}
	ipsecd_log_policy("reloaded", "the policy was loaded again");
	return 0;
}

/* Of this host or of a name: the same policy, made of them anew. */
static void on_addresses(void *arg)
{
	struct timespec start, end;
	struct ipsec_err err = { 0 };
	struct parent *p = arg;
	bool changed = false;

	clock_gettime(CLOCK_MONOTONIC, &start);
	if (ipsecd_force_rebind(&p->force, &changed, &err)) {
		ipsecd_log_error(&err);
		ipsecd_log_line(IKE_LOG_ERROR,
				"addresses have changed, but the filters are "
				"those of before; it is tried again");
		ipsecd_addresses_again(&p->addresses);
		return;
	}
	if (changed)
		ipsecd_log_line(IKE_LOG_INFO,
				"addresses have changed: %u filters",
				ipsecd_force_filters(p->force.now.policy));
	clock_gettime(CLOCK_MONOTONIC, &end);
	ipsecd_addresses_took(
		&p->addresses,
		(uint64_t)((end.tv_sec - start.tv_sec) * 1000 +
			   (end.tv_nsec - start.tv_nsec) / 1000000));
}

/*
 * Whether anybody is told of events whatever the level of the log. Of those who
 * listen the worker hears as they come and go, the audit log is in its policy;
 * it makes no event that nobody wants.
 */
static bool wants_events(void *arg)
{
	struct parent *p = arg;
	struct ipsecd_message m = { .type = IPSECD_LISTEN };
	bool listens = p->force.verbose ||
		       (p->control && ipsecd_control_heard(p->control));

	if (listens != p->listens) {
		p->listens = listens;
		m.flags = listens ? IPSECD_FLAG_LAST : 0;
		ipsecd_process_send(&p->process, &m);
	}
	return listens || ipsecd_audit_enabled();
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
	/* It was read again meanwhile. */
	if (m->id != p->force.serial)
		ipsecd_force_send(&p->force);
	p->force.taken = true;
	ipsecd_sockets_wait(&p->sockets, false);
	if (!p->announced) {
		p->announced = true;
		ipsecd_notify("READY=1");
		ipsecd_log_policy("loaded", "ready: %u rule%s",
				  p->force.now.policy->rules,
				  ipsec_plural(p->force.now.policy->rules));
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

static void on_fetched(void *arg, uint32_t id, struct ike_blob answer)
{
	const struct ipsecd_message m = {
		.type = IPSECD_FETCHED,
		.id = id,
		.part = { answer },
	};
	struct parent *p = arg;

	ipsecd_process_send(&p->process, &m);
}

/* The worker cannot have asked what no rule of the policy wants. */
static void on_fetch(struct parent *p, const struct ipsecd_message *m)
{
	if (p->force.now.policy->ocsp)
		ipsecd_fetch(&p->responders, m->id, m->part[0], m->part[1]);
	else
		on_fetched(p, m->id, (struct ike_blob){ NULL, 0 });
}

static void on_message(void *arg, const struct ipsecd_message *m)
{
	struct parent *p = arg;

	switch (m->type) {
	case IPSECD_READY:
		ipsecd_log_new_worker();
		p->listens = false;
		wants_events(p);
		ipsecd_force_send(&p->force);
		break;
	case IPSECD_LOADED:
		on_loaded(p, m);
		break;
	case IPSECD_DATAGRAM:
		on_send(p, m);
		break;
	case IPSECD_LOG:
		if (ipsecd_log_message(m))
			ipsecd_process_kill(&p->process,
					    "it sent a malformed message");
		break;
	case IPSECD_KEYLOG:
		ipsecd_keys_write(p->force.now.policy->keylog, m->id,
				  m->part[0]);
		break;
	case IPSECD_ANSWER:
		ipsecd_control_answer(p->control, m->id, m->part[0],
				      m->flags & IPSECD_FLAG_LAST);
		break;
	case IPSECD_FETCH:
		on_fetch(p, m);
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
	int rc = ipsecd_proxy(&p->driver, &p->force, fd);

	if (rc == -EBADMSG)
		ipsecd_process_kill(&p->process,
				    "it asked the driver for what it may not");
	else if (rc && rc != -EAGAIN && rc != -EPIPE)
		ipsecd_process_kill(&p->process,
				    "it does not read the driver's answers");
}

/* Until the next worker has the policy, what peers send waits. */
static void on_gone(void *arg)
{
	struct parent *p = arg;

	p->force.taken = false;
	ipsecd_sockets_wait(&p->sockets, true);
}

static void on_ended(void *arg, const char *why)
{
	struct parent *p = arg;

	ipsecd_responders_forget(&p->responders);
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

static void on_unread(void *arg)
{
	static const struct ipsecd_message unread = { .type = IPSECD_UNREAD };
	struct parent *p = arg;

	ipsecd_process_send(&p->process, &unread);
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
	return json_pack("{s:i, s:i, s:i, s:b, s:i, s:s, s:i, s:i, s:i, s:I, "
			 "s:I, s:I}",
			 "version", 1, "pid", (int)getpid(), "worker",
			 (int)p->process.pid, "ready", p->force.taken,
			 "restarts", (int)p->process.restarts, "policy",
			 p->force.now.path, "loaded", (int)p->force.serial,
			 "rules", (int)p->force.now.policy->rules, "filters",
			 (int)ipsecd_force_filters(p->force.now.policy),
			 "datagrams_dropped", (json_int_t)p->process.dropped,
			 "receive_failures", (json_int_t)p->sockets.failures,
			 "events_lost", (json_int_t)p->events.lost);
}

static void on_log_event(void *arg, const json_t *event)
{
	struct parent *p = arg;

	ipsecd_audit(event);
	if (p->control)
		ipsecd_control_tell(p->control, event);
}

/* The connection goes on with events, one a line. */
static json_t *subscribe_json(struct parent *p, uint32_t id)
{
	ipsecd_control_subscribe(p->control, id);
	wants_events(p);
	return json_pack("{s:i, s:b}", "version", 1, "ok", 1);
}

static json_t *reload_json(struct parent *p, struct ipsec_err *err)
{
	return reload(p, err) ? NULL :
				json_pack("{s:i, s:b}", "version", 1, "ok", 1);
}

/* What the parent knows itself; NULL without an error: it is for the worker. */
static json_t *run(struct parent *p, uint32_t id, const char *name,
		   const json_t *request, struct ipsec_err *err)
{
	if (!strcmp(name, "events"))
		return subscribe_json(p, id);
	if (!strcmp(name, "status"))
		return status_json(p);
	if (!strcmp(name, "log"))
		return json_pack("{s:i, s:o}", "version", 1, "log",
				 ipsecd_log_json());
	if (!strcmp(name, "reload"))
		return reload_json(p, err);
	return ipsecd_command(&p->apply, name, request, err);
}

static char *on_request(void *arg, uint32_t id, const char *line, size_t len)
{
	const struct ipsecd_message m = {
		.type = IPSECD_CONTROL,
		.id = id,
		.part = { { (const uint8_t *)line, len } },
	};
	struct parent *p = arg;
	json_t *request = json_loadb(line, len, 0, NULL), *json;
	const char *name =
		json_string_value(json_object_get(request, "command"));
	struct ipsec_err err = { 0 };
	char *answer = NULL;

	json = name ? run(p, id, name, request, &err) : NULL;
	if (!name)
		answer = ipsecd_request_error("the request is no JSON object "
					      "with a command");
	else if (json || err.code)
		answer = ipsecd_command_answer(json, &err);
	else if (!p->force.taken)
		answer = ipsecd_request_error("the worker is being started; "
					      "try again");
	else if (len > IPSECD_FORWARD_MAX)
		answer = ipsecd_request_error("the request is too long");
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
	rc = ipsecd_hold_memory();
	if (rc)
		ipsecd_log_line(IKE_LOG_NOTICE,
				"memory cannot be locked, so secrets of the "
				"policy may be swapped: %s",
				strerror(-rc));
	rc = ipsecd_store_init(&p->store, p->options->state, err);
	if (!rc)
		rc = ipsecd_rundir_open(&p->rundir, p->options->run, err);
	p->base = event_base_new();
	p->process.base = p->responders.base = p->force.base = p->base;
	p->addresses.base = p->base;
	ipsecd_files_bind(&p->addresses);
	p->process.empty = p->rundir.empty;
	if (!rc && !p->base)
		rc = ipsec_err_code(err, ENOMEM, "out of memory");
	if (!rc)
		rc = ipsec_open(&p->driver, err);
	if (!rc)
		rc = ipsecd_events_open(&p->events, p->base, err);
	if (!rc)
		rc = ipsecd_apply_start(&p->apply, err);
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
	ipsecd_log_init(false);
	ipsecd_log_watch(wants_events, on_log_event, p);
	ipsecd_force_init(&p->force);
	p->force.driver = &p->driver;
	p->force.sockets = &p->sockets;
	p->force.process = &p->process;
	p->force.store = &p->store;
	p->force.addresses = &p->addresses;
	p->addresses.run = options->run;
	p->addresses.changed = on_addresses;
	p->addresses.arg = p;
	p->force.verbose = options->verbose;
	p->apply.force = &p->force;
	p->apply.fixed = options->policy;
	p->sockets.fn = on_datagram;
	p->sockets.failed = on_unread;
	p->sockets.waits = true;
	p->events.fn = on_event;
	p->process.message = on_message;
	p->responders.done = on_fetched;
	ipsecd_responders_init(&p->responders);
	p->process.call = on_call;
	p->process.gone = on_gone;
	p->process.ended = on_ended;
	p->sockets.arg = p->events.arg = p->process.arg = p;
	p->responders.arg = p;
	return p;
}

/* The driver keeps its filters, so that nothing goes out in clear meanwhile. */
static void end(struct parent *p)
{
	if (p->control)
		ipsecd_control_close(p->control);
	ipsecd_sockets_close(&p->sockets);
	ipsecd_responders_free(&p->responders);
	ipsecd_addresses_free(&p->addresses);
	ipsecd_apply_free(&p->apply);
	ipsecd_force_free(&p->force);
	ipsecd_rundir_close(&p->rundir);
}

int ipsecd_parent(const struct ipsecd_options *options)
{
	struct parent *p = parent_new(options);
	struct ipsec_err err = { 0 };
	int rc = 0;

	/* Policies and requests have keys in them, in copies of all libraries. */
	ipsec_wipe_begin();
	if (!options->foreground)
		rc = ipsecd_detach_begin();
	if (rc)
		ipsec_err_code(&err, -rc, "cannot detach: %s", strerror(-rc));
	if (!rc)
		rc = start(p, &err);
	if (rc) {
		ipsecd_log_error(&err);
		p->status = 1;
	} else {
		event_base_dispatch(p->base);
	}
	end(p);
	return p->status;
}
