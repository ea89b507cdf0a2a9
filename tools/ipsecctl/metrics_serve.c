// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ipsecctl metrics --listen: /metrics over HTTP, for whom a Unix socket or a
 * loopback port is near enough. HTTP itself is libevent's.
 */
#include "metrics.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../lib/text.h"

#define LISTEN_MAX 8
#define BACKLOG 16
#define PATIENCE 10 /* seconds, of a client */
#define REQUEST_MAX 4096

struct server {
	struct event_base *base;
	struct evhttp *http;
	const char *path[LISTEN_MAX]; /* of Unix sockets, to be removed */
	unsigned int paths;
};

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "ipsecctl: %s: %s\n", what, why);
	return CTL_FAILED;
}

static void on_metrics(struct evhttp_request *request, void *arg)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	struct evbuffer *body = evhttp_request_get_output_buffer(request);
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	(void)arg;
	if (to)
		ctl_metrics_write(to);
	if (!to || fclose(to) || evbuffer_add(body, text, len))
		evhttp_send_error(request, HTTP_INTERNAL, NULL);
	else if (!evhttp_add_header(headers, "Content-Type",
				    "text/plain; version=0.0.4; charset=utf-8"))
		evhttp_send_reply(request, HTTP_OK, "OK", NULL);
	free(text);
}

/* A socket that nobody listens on any more is in the way. */
static int listen_unix(struct server *s, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct stat st;
	mode_t mask;
	int rc = -1;

	if (fd < 0 || strlen(path) >= sizeof(a.sun_path)) {
		errno = fd < 0 ? errno : ENAMETOOLONG;
		goto out;
	}
	strcpy(a.sun_path, path);
	if (!lstat(path, &st) && S_ISSOCK(st.st_mode) &&
	    connect(fd, (struct sockaddr *)&a, sizeof(a)) &&
	    errno == ECONNREFUSED)
		unlink(path);
	mask = umask(0117);
	rc = bind(fd, (struct sockaddr *)&a, sizeof(a));
	umask(mask);
	if (!rc)
		s->path[s->paths++] = path;
out:
	if (!rc)
		rc = listen(fd, BACKLOG);
	if (!rc)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

union any_addr {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* "127.0.0.1:9500" or "[::1]:9500"; NULL, or what is wrong. */
static const char *read_port(char *word, union any_addr *to, socklen_t *len)
{
	char *colon = strrchr(word, ':'), *addr = word;
	struct ipsec_addr a = { 0 };
	uint64_t port;

	if (!colon || !ipsec_uint(colon + 1, 1, UINT16_MAX, &port))
		return "is neither unix:PATH nor ADDRESS:PORT";
	*colon = '\0';
	if (*addr == '[' && colon > addr + 1 && colon[-1] == ']') {
		colon[-1] = '\0';
		addr++;
	}
	if (ipsec_addr_parse(&a, addr))
		return "has no address";
	memset(to, 0, sizeof(*to));
	if (a.len == 4) {
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = htons((uint16_t)port);
		memcpy(&to->v4.sin_addr, a.b, 4);
		*len = sizeof(to->v4);
		return a.b[0] == 127 ? NULL : "is no loopback address";
	}
	to->v6.sin6_family = AF_INET6;
	to->v6.sin6_port = htons((uint16_t)port);
	memcpy(&to->v6.sin6_addr, a.b, 16);
	*len = sizeof(to->v6);
	return IN6_IS_ADDR_LOOPBACK(&to->v6.sin6_addr) ?
		       NULL :
		       "is no loopback address";
}

static int listen_port(const union any_addr *a, socklen_t len)
{
	int fd = socket(a->sa.sa_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const int one = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!bind(fd, &a->sa, len) && !listen(fd, BACKLOG))
		return fd;
	close(fd);
	return -1;
}

static int listen_on(struct server *s, char *word)
{
	union any_addr a;
	const char *wrong;
	socklen_t len;
	char *copy;
	int fd;

	if (!strncmp(word, "unix:", 5)) {
		fd = listen_unix(s, word + 5);
	} else {
		copy = strdup(word);
		wrong = copy ? read_port(copy, &a, &len) : "out of memory";
		free(copy);
		if (wrong)
			return fail(word, wrong);
		fd = listen_port(&a, len);
	}
	if (fd < 0)
		return fail(word, strerror(errno));
	if (!evhttp_accept_socket(s->http, fd))
		return CTL_OK;
	close(fd);
	return fail(word, "out of memory");
}

static int listen_all(struct server *s, char *list)
{
	char *word, *rest = list;
	unsigned int n = 0;
	int rc = CTL_OK;

	while (!rc && (word = strsep(&rest, ",")))
		rc = n++ < LISTEN_MAX ? listen_on(s, word) :
					fail(word, "is one too many");
	return rc;
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct server *s = arg;

	(void)sig;
	(void)what;
	event_base_loopbreak(s->base);
}

static bool prepare(struct server *s)
{
	struct event *term, *intr;

	s->base = event_base_new();
	s->http = s->base ? evhttp_new(s->base) : NULL;
	if (!s->http)
		return false;
	signal(SIGPIPE, SIG_IGN);
	evhttp_set_allowed_methods(s->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_timeout(s->http, PATIENCE);
	evhttp_set_max_headers_size(s->http, REQUEST_MAX);
	evhttp_set_max_body_size(s->http, REQUEST_MAX);
	term = evsignal_new(s->base, SIGTERM, on_signal, s);
	intr = evsignal_new(s->base, SIGINT, on_signal, s);
	return term && intr && !event_add(term, NULL) &&
	       !event_add(intr, NULL) &&
	       !evhttp_set_cb(s->http, "/metrics", on_metrics, NULL);
}

int ctl_metrics_serve(struct ctl_args *args)
{
	char *list = strdup(args->listen);
	struct server s = { 0 };
	int rc = list && prepare(&s) ? listen_all(&s, list) :
				       fail("metrics", "out of memory");

	if (!rc)
		event_base_dispatch(s.base);
	while (s.paths)
		unlink(s.path[--s.paths]);
	free(list);
	return rc;
}
