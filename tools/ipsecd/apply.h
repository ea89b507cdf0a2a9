/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_APPLY_H
#define IPSECD_APPLY_H

#include <jansson.h>

#include "force.h"

/*
 * A policy takes the place of another as a whole, and can go again by itself:
 * who locked himself out of this host need only wait.
 */
#define IPSECD_CONFIRM_MAX 604800 /* seconds */

struct ipsecd_apply {
	/* set before the start */
	struct ipsecd_force *force;
	const char *fixed; /* the policy that the command line names, or NULL */

	bool waiting; /* to be confirmed */
	struct ipsecd_compiled old; /* which comes back otherwise */
	uint64_t deadline; /* ms of CLOCK_BOOTTIME */
	int timer_fd; /* 0: none yet */
	struct event *timer;
};

/*
 * The first policy: the one that is fixed or assigned, or the one before it
 * when the time to confirm is up.
 */
int ipsecd_apply_start(struct ipsecd_apply *a, struct ipsec_err *err);
/* Reads the policy in force anew. */
int ipsecd_apply_reload(struct ipsecd_apply *a, struct ipsec_err *err);
void ipsecd_apply_free(struct ipsecd_apply *a);

/* Of the control socket; NULL with the error told. */
json_t *ipsecd_apply_apply(struct ipsecd_apply *a, const json_t *request,
			   struct ipsec_err *err);
json_t *ipsecd_apply_confirm(struct ipsecd_apply *a, struct ipsec_err *err);
json_t *ipsecd_apply_rollback(struct ipsecd_apply *a, struct ipsec_err *err);
/* What is in force, and what waits. */
json_t *ipsecd_apply_policy(const struct ipsecd_apply *a);

#endif
