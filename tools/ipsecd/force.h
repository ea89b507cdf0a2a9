/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_FORCE_H
#define IPSECD_FORCE_H

#include "client.h"
#include "files.h"
#include "process.h"
#include "sockets.h"

/* The policy in force, and how another one takes its place. */
struct ipsecd_force {
	const char *path;
	struct ipsecd_files files;
	struct policy *policy; /* NULL: none yet */
	uint32_t serial; /* counts them */
};

void ipsecd_force_init(struct ipsecd_force *force, const char *path);
void ipsecd_force_free(struct ipsecd_force *force);
/*
 * Reads the policy and all it names, moves the sockets if its ports are others,
 * and loads the driver's table. A failure of any leaves all as it was.
 */
int ipsecd_force_load(struct ipsecd_force *force, struct ipsec_client *driver,
		      struct ipsecd_sockets *sockets, struct event_base *base,
		      struct ipsec_err *err);
/* To a worker, which makes it its own. */
void ipsecd_force_send(const struct ipsecd_force *force,
		       struct ipsecd_process *process);
unsigned int ipsecd_force_filters(const struct policy *policy);

#endif
