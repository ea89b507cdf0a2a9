/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_FORCE_H
#define IPSECD_FORCE_H

#include "addresses.h"
#include "bundle.h"
#include "client.h"
#include "process.h"
#include "responses.h"
#include "sockets.h"
#include "store.h"

/* A policy, and all that it was made of. */
struct ipsecd_compiled {
	char path[IPSECD_PATH_SIZE];
	bool restored; /* the text is the kept one, not what path has now */
	bool alone; /* the persistent rules, since no policy could be read */
	struct ipsecd_bundle bundle;
	struct policy *policy; /* NULL: none */
};

/* The policy in force, and how another one takes its place. */
struct ipsecd_force {
	/* set before the first is compiled */
	struct ipsec_client *driver;
	struct ipsecd_sockets *sockets;
	struct ipsecd_process *process;
	struct event_base *base;
	const struct ipsecd_store *store;
	struct ipsecd_addresses *addresses;
	bool verbose; /* whatever the policy says */

	struct ipsecd_compiled now;
	struct ipsecd_responses responses; /* filters that it has made */
	uint32_t serial; /* counts them */
	bool taken; /* the worker has one */
};

void ipsecd_force_init(struct ipsecd_force *force);
void ipsecd_force_free(struct ipsecd_force *force);
/*
 * Reads the policy at the path and all it names, and the persistent rules. On
 * failure c is empty.
 */
int ipsecd_force_compile(const struct ipsecd_force *force, const char *path,
			 struct ipsecd_compiled *c, struct ipsec_err *err);
/* The same of the policy that the store keeps. */
int ipsecd_force_compile_kept(const struct ipsecd_force *force,
			      struct ipsecd_compiled *c, struct ipsec_err *err);
/* The persistent rules without a policy. -ENOENT: there are none. */
int ipsecd_force_compile_alone(const struct ipsecd_force *force,
			       struct ipsecd_compiled *c,
			       struct ipsec_err *err);
void ipsecd_compiled_free(struct ipsecd_compiled *c);
/* from is empty then. */
void ipsecd_compiled_move(struct ipsecd_compiled *to,
			  struct ipsecd_compiled *from);
/*
 * Moves the sockets if the ports are others, loads the driver's table, and
 * tells the worker; c is then the policy that was in force. A failure of any
 * leaves all as it was.
 */
int ipsecd_force_use(struct ipsecd_force *force, struct ipsecd_compiled *c,
		     struct ipsec_err *err);
/*
 * The policy in force once more from its texts, if words in place of addresses
 * stand for others now: changed says so. A failure leaves all as it was.
 */
int ipsecd_force_rebind(struct ipsecd_force *force, bool *changed,
			struct ipsec_err *err);
/* To a worker, which makes it its own. */
void ipsecd_force_send(const struct ipsecd_force *force);
/* Logs what is allowed, and yet not wise. */
void ipsecd_force_warn(const struct ipsecd_compiled *c);
unsigned int ipsecd_force_filters(const struct policy *policy);

#endif
