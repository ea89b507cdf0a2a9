/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_PROXY_H
#define IPSECD_PROXY_H

#include "client.h"
#include "force.h"

/*
 * A netlink request of the worker, checked, passed to the driver, and what the
 * driver says passed back. 0; -EAGAIN: none waits; -EBADMSG: it asked for what
 * no worker asks for; or the errno of a socket: the worker has to go. What it
 * asks for about filters is never passed on: the policy in force decides.
 */
int ipsecd_proxy(struct ipsec_client *driver, struct ipsecd_force *force,
		 int fd);
/* Is it a request that the worker may make? */
bool ipsecd_proxy_allows(const void *request, size_t len, uint16_t family);

#endif
