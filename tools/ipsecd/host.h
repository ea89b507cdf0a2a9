/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_HOST_H
#define IPSECD_HOST_H

#include <event2/event.h>
#include <libmnl/libmnl.h>

#include "hostfiles.h"

/* Addresses and default gateways of this network namespace, by rtnetlink. */
void ipsecd_host_own(struct ipsecd_addrs *own);
void ipsecd_host_gateways(struct ipsecd_addrs *gateways);

struct ipsecd_host {
	struct mnl_socket *nl;
	struct event *ev;
	void (*changed)(void *arg);
	void *arg;
};

/* Calls changed when one of them may be another. */
int ipsecd_host_watch(struct ipsecd_host *host, struct event_base *base);
void ipsecd_host_unwatch(struct ipsecd_host *host);

#endif
