// SPDX-License-Identifier: GPL-2.0-or-later
/* OCSP over HTTP (RFC 6960 appendix A), bounded in every way. */
#include "responder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/dns.h>
#include <event2/http.h>
#include <event2/util.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

struct ipsecd_fetch {
	TAILQ_ENTRY(ipsecd_fetch) link;
	struct ipsecd_responders *all;
	uint32_t id;
	bool told; /* done was called, or nobody wants to know */
	struct evhttp_uri *uri;
	struct evdns_getaddrinfo_request *lookup;
	struct evhttp_connection *connection;
	struct event *timer; /* the end, of time or of all else */
	size_t len;
	uint8_t request[];
};

void ipsecd_responders_init(struct ipsecd_responders *r)
{
	TAILQ_INIT(&r->list);
}

void ipsecd_responders_free(struct ipsecd_responders *r)
{
	if (r->dns)
		evdns_base_free(r->dns, 0);
	r->dns = NULL;
}

static void tell(struct ipsecd_fetch *f, const void *answer, size_t len)
{
	if (!f->told)
		f->all->done(f->all->arg, f->id,
			     (struct ike_blob){ answer, len });
	f->told = true;
	/* Freed from the loop: libevent is still at work on the connection. */
	event_active(f->timer, EV_TIMEOUT, 0);
}

static void fetch_free(struct ipsecd_fetch *f)
{
	TAILQ_REMOVE(&f->all->list, f, link);
	f->all->count--;
	if (f->connection)
		evhttp_connection_free(f->connection);
	if (f->uri)
		evhttp_uri_free(f->uri);
	if (f->timer)
		event_free(f->timer);
	free(f);
}

/* A lookup ends by its callback alone, which then frees. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct ipsecd_fetch *f = arg;

	(void)fd;
	(void)what;
	if (!f->told) {
		ipsecd_log_line(IKE_LOG_NOTICE,
				"the OCSP responder %s does not answer",
				evhttp_uri_get_host(f->uri));
		tell(f, NULL, 0);
	}
	if (f->lookup)
		evdns_getaddrinfo_cancel(f->lookup);
	else
		fetch_free(f);
}

static bool allowed4(uint32_t a)
{
	return a >> 24 != 127 && a >> 24 && a >> 16 != 0xa9fe && /* link */
	       a >> 28 < 0xe; /* multicast, reserved, broadcast */
}

bool ipsecd_responder_allowed(const struct sockaddr *address)
{
	const struct in6_addr *six;
	uint32_t four;

	if (address->sa_family == AF_INET)
		return allowed4(ntohl(
			((const struct sockaddr_in *)(const void *)address)
				->sin_addr.s_addr));
	if (address->sa_family != AF_INET6)
		return false;
	six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	memcpy(&four, six->s6_addr + 12, sizeof(four));
	if (IN6_IS_ADDR_V4MAPPED(six) || IN6_IS_ADDR_V4COMPAT(six))
		return allowed4(ntohl(four));
	return !IN6_IS_ADDR_LOOPBACK(six) && !IN6_IS_ADDR_UNSPECIFIED(six) &&
	       !IN6_IS_ADDR_LINKLOCAL(six) && !IN6_IS_ADDR_MULTICAST(six);
}

static void on_answer(struct evhttp_request *request, void *arg)
{
	struct ipsecd_fetch *f = arg;
	struct evbuffer *body;
	size_t len;

	if (!request || evhttp_request_get_response_code(request) != HTTP_OK) {
		tell(f, NULL, 0);
		return;
	}
	body = evhttp_request_get_input_buffer(request);
	len = evbuffer_get_length(body);
	if (len > IPSECD_FETCH_BYTES)
		len = 0;
	tell(f, len ? evbuffer_pullup(body, -1) : NULL, len);
}

static bool add_headers(struct ipsecd_fetch *f, struct evhttp_request *request)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);

	return !evhttp_add_header(headers, "Host",
				  evhttp_uri_get_host(f->uri)) &&
	       !evhttp_add_header(headers, "Content-Type",
				  "application/ocsp-request") &&
	       !evhttp_add_header(headers, "Connection", "close") &&
	       !evbuffer_add(evhttp_request_get_output_buffer(request),
			     f->request, f->len);
}

/* The address that was checked is the one that is asked. */
static bool start(struct ipsecd_fetch *f, const struct sockaddr *address)
{
	const char *path = evhttp_uri_get_path(f->uri);
	int port = evhttp_uri_get_port(f->uri);
	struct evhttp_request *request;
	char text[NI_MAXHOST];
	socklen_t len = address->sa_family == AF_INET ?
				sizeof(struct sockaddr_in) :
				sizeof(struct sockaddr_in6);

	if (getnameinfo(address, len, text, sizeof(text), NULL, 0,
			NI_NUMERICHOST))
		return false;
	f->connection = evhttp_connection_base_new(
		f->all->base, NULL, text, (uint16_t)(port > 0 ? port : 80));
	request = f->connection ? evhttp_request_new(on_answer, f) : NULL;
	if (!request)
		return false;
	evhttp_connection_set_max_headers_size(f->connection, 8192);
	evhttp_connection_set_max_body_size(f->connection, IPSECD_FETCH_BYTES);
	evhttp_connection_set_timeout(f->connection, IPSECD_FETCH_SECONDS);
	if (add_headers(f, request))
		return !evhttp_make_request(f->connection, request,
					    EVHTTP_REQ_POST,
					    path && *path ? path : "/");
	evhttp_request_free(request);
	return false;
}

static void on_lookup(int result, struct evutil_addrinfo *list, void *arg)
{
	struct ipsecd_fetch *f = arg;
	const struct evutil_addrinfo *one;
	bool good = false;

	f->lookup = NULL;
	for (one = list; one && !f->told; one = one->ai_next)
		if (ipsecd_responder_allowed(one->ai_addr))
			break;
	if (!result && one && !f->told)
		good = start(f, one->ai_addr);
	if (list)
		evutil_freeaddrinfo(list);
	if (good)
		return;
	if (!f->told)
		ipsecd_log_line(IKE_LOG_NOTICE, "the OCSP responder %s %s",
				evhttp_uri_get_host(f->uri),
				result ? "has no address" :
					 "is not one that may be asked");
	tell(f, NULL, 0);
}

static void lookup(struct ipsecd_fetch *f)
{
	struct evutil_addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_TCP,
	};
	struct ipsecd_responders *r = f->all;

	if (!r->dns)
		r->dns = evdns_base_new(
			r->base, EVDNS_BASE_INITIALIZE_NAMESERVERS |
					 EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	if (!r->dns) {
		tell(f, NULL, 0);
		return;
	}
	/* May call back at once, and then there is nothing to cancel. */
	f->lookup = evdns_getaddrinfo(r->dns, evhttp_uri_get_host(f->uri), NULL,
				      &hints, on_lookup, f);
}

static bool parse(struct ipsecd_fetch *f, struct ike_blob url)
{
	char text[257];
	const char *scheme, *host;

	if (url.len >= sizeof(text))
		return false;
	memcpy(text, url.data, url.len);
	text[url.len] = '\0';
	f->uri = evhttp_uri_parse(text);
	if (!f->uri)
		return false;
	scheme = evhttp_uri_get_scheme(f->uri);
	host = evhttp_uri_get_host(f->uri);
	return scheme && !evutil_ascii_strcasecmp(scheme, "http") && host &&
	       *host && !evhttp_uri_get_userinfo(f->uri);
}

void ipsecd_fetch(struct ipsecd_responders *r, uint32_t id, struct ike_blob url,
		  struct ike_blob request)
{
	static const struct timeval patience = { .tv_sec =
							 IPSECD_FETCH_SECONDS };
	struct ipsecd_fetch *f = NULL;

	if (r->count < IPSECD_FETCHES_MAX)
		f = calloc(1, sizeof(*f) + request.len);
	if (!f) {
		r->done(r->arg, id, (struct ike_blob){ NULL, 0 });
		return;
	}
	f->all = r;
	f->id = id;
	f->len = request.len;
	if (request.len)
		memcpy(f->request, request.data, request.len);
	TAILQ_INSERT_TAIL(&r->list, f, link);
	r->count++;
	f->timer = evtimer_new(r->base, on_timer, f);
	if (!f->timer || evtimer_add(f->timer, &patience)) {
		r->done(r->arg, id, (struct ike_blob){ NULL, 0 });
		fetch_free(f);
		return;
	}
	if (parse(f, url))
		lookup(f);
	else
		tell(f, NULL, 0);
}

void ipsecd_responders_forget(struct ipsecd_responders *r)
{
	struct ipsecd_fetch *f;

	TAILQ_FOREACH(f, &r->list, link) {
		f->told = true;
		event_active(f->timer, EV_TIMEOUT, 0);
	}
}
