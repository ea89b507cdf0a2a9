// SPDX-License-Identifier: GPL-2.0-or-later
/* The control socket. */
#include "control.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct connection {
	TAILQ_ENTRY(connection) link;
	struct ipsecd_control *control;
	struct bufferevent *bev;
	uint32_t id; /* of the request that waits, 0: none */
	bool started; /* part of an answer was written */
	bool closing; /* when all is written */
	bool listens; /* to events */
	uint64_t lost; /* events that it was too slow for */
};

struct ipsecd_control {
	struct event_base *base;
	struct ipsecd_control_ops ops;
	struct event *accept;
	int fd;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	TAILQ_HEAD(connection_list, connection) list;
	unsigned int count;
	uint32_t next_id;
};

static void drop(struct connection *c)
{
	TAILQ_REMOVE(&c->control->list, c, link);
	c->control->count--;
	bufferevent_free(c->bev);
	free(c);
}

static void put(struct connection *c, const char *text, size_t len)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	/* A reader that is slower than its own requests. */
	if (evbuffer_get_length(out) + len > IPSECD_ANSWER_MAX)
		c->closing = true;
	else
		bufferevent_write(c->bev, text, len);
}

static void on_line(struct connection *c, const char *line, size_t len)
{
	struct ipsecd_control *control = c->control;
	char *answer;

	c->id = ++control->next_id ? control->next_id : ++control->next_id;
	c->started = false;
	answer = control->ops.request(control->ops.arg, c->id, line, len);
	if (!answer)
		return;
	c->id = 0;
	put(c, answer, strlen(answer));
	put(c, "\n", 1);
	free(answer);
}

static void refuse(struct connection *c, const char *line)
{
	put(c, line, strlen(line));
	c->closing = true;
	bufferevent_disable(c->bev, EV_READ);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer *in = bufferevent_get_input(bev);
	struct connection *c = arg;
	size_t len;
	char *line;

	while (!c->id && !c->closing) {
		line = evbuffer_readln(in, &len, EVBUFFER_EOL_LF);
		if (!line) {
			if (evbuffer_get_length(in) >= IPSECD_REQUEST_MAX)
				refuse(c, "{\"version\":1,\"error\":\"the "
					  "request is too long\"}\n");
			return;
		}
		/* Events would get into the middle of the answer. */
		if (c->listens)
			refuse(c, "{\"version\":1,\"error\":\"this connection "
				  "has events only; send requests on another "
				  "one\"}\n");
		else if (len > IPSECD_REQUEST_MAX)
			refuse(c, "{\"version\":1,\"error\":\"the request is "
				  "too long\"}\n");
		else
			on_line(c, line, len);
		free(line);
	}
}

static void tell_lost(struct connection *c)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	if (!c->lost || evbuffer_get_length(out) > IPSECD_EVENTS_MAX / 2)
		return;
	evbuffer_add_printf(out,
			    "{\"version\":1,\"event\":\"lost\","
			    "\"source\":\"ipsecd\",\"count\":%" PRIu64 "}\n",
			    c->lost);
	c->lost = 0;
}

static void on_written(struct bufferevent *bev, void *arg)
{
	struct connection *c = arg;

	tell_lost(c);
	if (c->closing && !evbuffer_get_length(bufferevent_get_output(bev)))
		drop(c);
}

/* End of file with an answer on its way: "echo ... | socat" reads it still. */
static void on_end(struct bufferevent *bev, short what, void *arg)
{
	struct connection *c = arg;
	bool waits = c->id || evbuffer_get_length(bufferevent_get_output(bev));

	if (!(what & BEV_EVENT_EOF) || !waits) {
		drop(c);
		return;
	}
	bufferevent_disable(bev, EV_READ);
	c->closing = !c->id;
}

static bool is_root(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) &&
	       (!peer.uid || peer.uid == geteuid());
}

static void add_connection(struct ipsecd_control *control, int fd)
{
	static const struct timeval patience = { .tv_sec = 30 };
	struct connection *c = calloc(1, sizeof(*c));

	if (c)
		c->bev = bufferevent_socket_new(control->base, fd,
						BEV_OPT_CLOSE_ON_FREE);
	if (!c || !c->bev) {
		free(c);
		close(fd);
		return;
	}
	c->control = control;
	TAILQ_INSERT_TAIL(&control->list, c, link);
	control->count++;
	bufferevent_setcb(c->bev, on_read, on_written, on_end, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, IPSECD_REQUEST_MAX + 1);
	bufferevent_set_timeouts(c->bev, NULL, &patience);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

static void on_accept(evutil_socket_t listener, short what, void *arg)
{
	struct ipsecd_control *control = arg;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (fd < 0)
		return;
	if (is_root(fd) && control->count < IPSECD_CONNECTIONS_MAX)
		add_connection(control, fd);
	else
		close(fd);
}

static int listen_on(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mode_t mask;
	int rc;

	if (fd < 0)
		return -errno;
	strcpy(a.sun_path, path);
	/* The lock on the run folder's pid file says that nobody uses it. */
	unlink(path);
	mask = umask(0177);
	rc = bind(fd, (struct sockaddr *)&a, sizeof(a));
	umask(mask);
	if (!rc && !listen(fd, 16))
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

struct ipsecd_control *ipsecd_control_open(struct event_base *base,
					   const char *path,
					   const struct ipsecd_control_ops *ops,
					   struct ipsec_err *err)
{
	struct ipsecd_control *control = calloc(1, sizeof(*control));

	if (!control)
		goto nomem;
	if (strlen(path) >= sizeof(control->path)) {
		ipsec_err_code(err, ENAMETOOLONG, "'%s' is too long", path);
		goto fail;
	}
	strcpy(control->path, path);
	TAILQ_INIT(&control->list);
	control->base = base;
	control->ops = *ops;
	control->fd = listen_on(path);
	if (control->fd < 0) {
		ipsec_err_code(err, -control->fd, "cannot listen on %s: %s",
			       path, strerror(-control->fd));
		goto fail;
	}
	control->accept = event_new(base, control->fd, EV_READ | EV_PERSIST,
				    on_accept, control);
	if (control->accept && !event_add(control->accept, NULL))
		return control;
	close(control->fd);
nomem:
	ipsec_err_code(err, ENOMEM, "out of memory");
fail:
	free(control);
	return NULL;
}

void ipsecd_control_close(struct ipsecd_control *control)
{
	while (!TAILQ_EMPTY(&control->list))
		drop(TAILQ_FIRST(&control->list));
	event_free(control->accept);
	close(control->fd);
	unlink(control->path);
	free(control);
}

static void end_answer(struct connection *c)
{
	c->id = 0;
	put(c, "\n", 1);
	if (!(bufferevent_get_enabled(c->bev) & EV_READ))
		c->closing = true;
	else
		on_read(c->bev, c);
}

static struct connection *find(struct ipsecd_control *control, uint32_t id)
{
	struct connection *c;

	TAILQ_FOREACH(c, &control->list, link) {
		if (id && c->id == id)
			return c;
	}
	return NULL;
}

void ipsecd_control_answer(struct ipsecd_control *control, uint32_t id,
			   struct ike_blob part, bool last)
{
	struct connection *c = find(control, id);

	if (!c)
		return;
	c->started = true;
	put(c, (const char *)part.data, part.len);
	if (last)
		end_answer(c);
}

void ipsecd_control_subscribe(struct ipsecd_control *control, uint32_t id)
{
	struct connection *c = find(control, id);

	if (!c)
		return;
	c->listens = true;
	/* It may be stopped for as long as it likes. */
	bufferevent_set_timeouts(c->bev, NULL, NULL);
	bufferevent_setwatermark(c->bev, EV_WRITE, IPSECD_EVENTS_MAX / 2, 0);
}

static void tell_one(struct connection *c, const char *line, size_t len)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	tell_lost(c);
	if (c->lost || evbuffer_get_length(out) + len > IPSECD_EVENTS_MAX)
		c->lost++;
	else
		evbuffer_add_printf(out, "%s\n", line);
}

static bool hears(const struct connection *c)
{
	return c->listens && !c->closing;
}

bool ipsecd_control_heard(const struct ipsecd_control *control)
{
	const struct connection *c;

	TAILQ_FOREACH(c, &control->list, link)
		if (hears(c))
			return true;
	return false;
}

void ipsecd_control_tell(struct ipsecd_control *control, const json_t *event)
{
	struct connection *c, *next;
	char *line = NULL;

	for (c = TAILQ_FIRST(&control->list); c; c = next) {
		next = TAILQ_NEXT(c, link);
		if (!hears(c))
			continue;
		if (!line)
			line = json_dumps(event, JSON_COMPACT);
		if (line)
			tell_one(c, line, strlen(line));
	}
	free(line);
}

void ipsecd_control_fail(struct ipsecd_control *control, const char *line)
{
	struct connection *c, *next;

	for (c = TAILQ_FIRST(&control->list); c; c = next) {
		next = TAILQ_NEXT(c, link);
		if (!c->id)
			continue;
		/* Half an answer cannot be turned into another. */
		if (c->started) {
			drop(c);
			continue;
		}
		put(c, line, strlen(line));
		end_answer(c);
	}
}
