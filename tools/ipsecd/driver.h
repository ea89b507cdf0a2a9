/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_DRIVER_H
#define IPSECD_DRIVER_H

#include "client.h"
#include "env.h"

/*
 * The driver as the engine sees it, over any client of tools/lib: a netlink
 * socket, or in the worker the socket to the parent. What ctx points to starts
 * with a struct ipsecd_driver.
 */
struct ipsecd_driver {
	struct ipsec_client client;
};

extern const struct ike_driver ipsecd_driver_calls;

/* What of a netlink datagram of events is for the engine. */
struct ipsecd_events {
	void (*acquire)(void *arg, const struct ipsec_acquire *acquire);
	void (*expire)(void *arg, const struct ipsec_sa *sa);
	void *arg;
};

/* Messages that cannot be read are skipped. */
void ipsecd_driver_events(const struct ipsecd_driver *driver, const void *data,
			  size_t len, const struct ipsecd_events *to);

#endif
