/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_RESPONDER_H
#define IPSECD_RESPONDER_H

#include <event2/event.h>
#include <sys/queue.h>

#include "keys.h"

/*
 * Asking OCSP responders for the worker, over HTTP. Certificates name them, so
 * neither the address nor the answer is believed: nothing on this host or link
 * is asked, and time and size are bounded.
 */
#define IPSECD_FETCH_SECONDS 5
#define IPSECD_FETCH_BYTES 65535
#define IPSECD_FETCHES_MAX 8 /* at once; more get no answer */

struct ipsecd_fetch;
struct evdns_base;

struct ipsecd_responders {
	struct event_base *base;
	/* The answer; empty: there is none. */
	void (*done)(void *arg, uint32_t id, struct ike_blob answer);
	void *arg;
	struct evdns_base *dns; /* from the first use on */
	TAILQ_HEAD(ipsecd_fetch_list, ipsecd_fetch) list;
	unsigned int count;
};

/* base, done and arg are set. */
void ipsecd_responders_init(struct ipsecd_responders *r);
/* done is called later in any case. */
void ipsecd_fetch(struct ipsecd_responders *r, uint32_t id, struct ike_blob url,
		  struct ike_blob request);
/* A worker that asked is gone. */
void ipsecd_responders_forget(struct ipsecd_responders *r);

/* After the last question has its answer. */
void ipsecd_responders_free(struct ipsecd_responders *r);

/* May it be asked? Neither this host, nor this link, nor everyone. */
struct sockaddr;
bool ipsecd_responder_allowed(const struct sockaddr *address);

#endif
