/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_PARENT_H
#define IPSECD_PARENT_H

#include <stdbool.h>

struct ipsecd_options {
	const char *policy;
	const char *run; /* folder of sockets */
	bool foreground;
	bool check; /* only */
	bool verbose;
};

/* The privileged process. Gives its exit status. */
int ipsecd_parent(const struct ipsecd_options *options);
/* Reads the policy and all it names; says what is wrong. An exit status. */
int ipsecd_check(const struct ipsecd_options *options);

#endif
