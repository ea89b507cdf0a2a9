/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_WORKER_H
#define IPSECD_WORKER_H

#include <stdint.h>

/* Where a worker finds its sockets. */
#define IPSECD_EVENTS_FD 3 /* messages of channel.h */
#define IPSECD_CALLS_FD 4 /* netlink requests to the driver, answered at once */

/* The confined process. Gives its exit status. */
int ipsecd_worker(uint16_t family, const char *empty);

#endif
