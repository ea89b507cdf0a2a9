/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_EVENTS_H
#define IPSECD_EVENTS_H

#include <event2/event.h>

#include "client.h"

/* What the driver tells without being asked. */
struct ipsecd_events_socket {
	struct ipsec_client client;
	struct event *ev;
	/* A datagram of netlink; data NULL: some were lost. */
	void (*fn)(void *arg, const void *data, size_t len);
	void *arg;
	uint64_t lost; /* times */
};

/* fn and arg are set. */
int ipsecd_events_open(struct ipsecd_events_socket *s, struct event_base *base,
		       struct ipsec_err *err);

#endif
