// SPDX-License-Identifier: GPL-2.0-or-later
/* What either process may be sent by the other, and what it makes of that. */
#include <errno.h>
#include <event2/dns.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bodies.h"
#include "channel.h"
#include "log.h"
#include "responder.h"
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No name is looked up: linked with --wrap. */
struct evdns_base *__wrap_evdns_base_new(struct event_base *base, int flags);
struct evdns_getaddrinfo_request *
__wrap_evdns_getaddrinfo(struct evdns_base *dns, const char *name,
			 const char *service,
			 const struct evutil_addrinfo *hints,
			 evdns_getaddrinfo_cb cb, void *arg);

struct evdns_base *__wrap_evdns_base_new(struct event_base *base, int flags)
{
	(void)flags;
	return (struct evdns_base *)base;
}

struct evdns_getaddrinfo_request *__wrap_evdns_getaddrinfo(
	struct evdns_base *dns, const char *name, const char *service,
	const struct evutil_addrinfo *hints, evdns_getaddrinfo_cb cb, void *arg)
{
	(void)dns;
	(void)service;
	(void)hints;
	bodies_check(*name);
	cb(EVUTIL_EAI_FAIL, NULL, arg);
	return NULL;
}

static uint8_t again[IPSECD_MESSAGE_MAX];
static struct ipsecd_responders responders;
static unsigned int answers;

static void on_done(void *arg, uint32_t id, struct ike_blob answer)
{
	(void)arg;
	(void)id;
	answers++;
	bodies_check(!answer.len);
}

/* Only of an event is anything told, and it goes to scripts as JSON. */
static void on_event(void *arg, const json_t *event)
{
	char *text = json_dumps(event, JSON_COMPACT);

	(void)arg;
	bodies_check(text && !strchr(text, '\n'));
	free(text);
}

static bool wants_events(void *arg)
{
	(void)arg;
	return true;
}

static void start(void)
{
	responders.base = event_base_new();
	responders.done = on_done;
	ipsecd_responders_init(&responders);
	ipsecd_log_set_level(IKE_LOG_ERROR);
	ipsecd_log_watch(wants_events, on_event, NULL);
}

/* What was taken goes as it came. */
static void told(struct ike_blob from)
{
	uint8_t bytes[IPSECD_TOLD_SIZE];
	struct ike_told told;

	if (!ipsecd_told_read(&told, from))
		return;
	ipsecd_told_write(&told, bytes);
	bodies_check(from.len <= sizeof(bytes) &&
		     !memcmp(bytes, from.data, from.len));
}

/* Nothing is written: an error would be. */
static void on_log(struct ipsecd_message *m)
{
	m->flags |= IKE_LOG_NOTICE;
	told(m->part[3]);
	ipsecd_log_message(m);
}

static void on_fetch(const struct ipsecd_message *m)
{
	answers = 0;
	ipsecd_fetch(&responders, m->id, m->part[0], m->part[1]);
	event_base_loop(responders.base, EVLOOP_NONBLOCK);
	bodies_check(answers == 1 && !responders.count);
}

/* By the socket; and nothing is sent or written that was not taken. */
static void sent(struct ipsecd_message *m, const uint8_t *data, size_t size,
		 bool to_worker)
{
	static int pair[2];
	struct ipsecd_message got;

	if (!pair[0])
		bodies_check(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	bodies_check(!ipsecd_send(pair[0], m, MSG_DONTWAIT) &&
		     !ipsecd_receive(pair[1], again, sizeof(again), &got,
				     to_worker, MSG_DONTWAIT) &&
		     !memcmp(again, data, size));
	bodies_check(!ipsecd_send(pair[0], m, MSG_DONTWAIT) &&
		     ipsecd_receive(pair[1], again, size - 1, &got, to_worker,
				    MSG_DONTWAIT) == -EBADMSG);
	bodies_check(ipsecd_receive(pair[1], again, sizeof(again), &got,
				    to_worker, MSG_DONTWAIT) == -EAGAIN);
	bodies_check(!ipsecd_encode(m, again, size - 1));
	m->part[0].len += IPSECD_MESSAGE_MAX;
	bodies_check(!ipsecd_encode(m, again, sizeof(again)) &&
		     ipsecd_send(pair[0], m, MSG_DONTWAIT) == -EMSGSIZE);
	m->part[0].len -= IPSECD_MESSAGE_MAX;
}

static void message(const uint8_t *data, size_t size, bool to_worker)
{
	struct ipsecd_message m;
	size_t len;

	if (ipsecd_decode(&m, data, size, to_worker))
		return;
	len = ipsecd_encode(&m, again, sizeof(again));
	bodies_check(len == size && !memcmp(again, data, size));
	sent(&m, data, size, to_worker);
	if (m.type == IPSECD_LOG)
		on_log(&m);
	if (m.type == IPSECD_FETCH)
		on_fetch(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	if (!responders.base)
		start();
	memcpy(copy, data, size);
	message(copy, size, true);
	message(copy, size, false);
	free(copy);
	return 0;
}
