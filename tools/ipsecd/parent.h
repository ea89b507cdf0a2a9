/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_PARENT_H
#define IPSECD_PARENT_H

#include <stdbool.h>

#define IPSECD_DEFAULT_POLICY "/etc/ipsecd/policy.yaml"
#define IPSECD_DEFAULT_STATE "/var/lib/ipsecd"

struct ipsecd_options {
	const char *policy; /* NULL: the one that is assigned */
	const char *state; /* folder of what outlives the daemon */
	const char *run; /* folder of sockets */
	bool foreground;
	bool check; /* only */
	bool json; /* what the policy would change */
	bool findings; /* what is not wise in it, as JSON */
	bool persistent; /* load only the rules that are always in force */
	bool verbose;
};

/* The privileged process. Gives its exit status. */
int ipsecd_parent(const struct ipsecd_options *options);
/* Reads the policy and all it names; says what is wrong. An exit status. */
int ipsecd_check(const struct ipsecd_options *options);

#endif
