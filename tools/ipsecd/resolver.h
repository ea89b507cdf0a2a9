/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_RESOLVER_H
#define IPSECD_RESOLVER_H

#include <event2/event.h>

#include "hostfiles.h"

/*
 * Names of hosts that a policy has in place of addresses: looked up, and again
 * when what is known of them is too old. Never waits.
 */
#define IPSECD_NAME_SECONDS_MIN 2
#define IPSECD_NAME_SECONDS_MAX 300

struct evdns_base;
struct ipsecd_name;

struct ipsecd_resolver {
	struct event_base *base;
	struct evdns_base *dns; /* from the first name on */
	struct ipsecd_name *names;
	void (*changed)(void *arg);
	void *arg;
};

/* Those that are followed from now on; others are forgotten. */
int ipsecd_resolver_follow(struct ipsecd_resolver *r, char *const *name,
			   unsigned int count);
/* What an earlier process knew of a name. */
int ipsecd_resolver_remember(struct ipsecd_resolver *r, const char *name,
			     const struct ipsecd_addrs *addrs);
/* stale: they are the last that were known. NULL: the name is not followed. */
const struct ipsecd_addrs *ipsecd_resolver_get(struct ipsecd_resolver *r,
					       const char *name, bool *stale);
/* Each name in turn, by its order of arrival; start with NULL. */
const char *ipsecd_resolver_next(struct ipsecd_resolver *r, const char *name);
/* The servers or the file of names may be others. */
void ipsecd_resolver_again(struct ipsecd_resolver *r);
void ipsecd_resolver_free(struct ipsecd_resolver *r);

#endif
