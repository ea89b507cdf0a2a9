/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_PERSISTENT_H
#define IPSECD_PERSISTENT_H

#include "bundle.h"
#include "parent.h"

/*
 * The rules that are always in force: a policy of rules and what they share,
 * without settings. files is empty. No such file: 0, and *policy is NULL.
 */
int ipsecd_persistent_read(struct ipsecd_files *files, const char *path,
			   struct policy **policy, struct ipsec_err *err);
/* The same as a policy of its own, with the ids that it has beside another. */
int ipsecd_persistent_alone(struct ipsecd_bundle *b, const char *path,
			    struct policy **policy, struct ipsec_err *err);
/* Is that all that the text has? */
int ipsecd_only_rules(const char *text, size_t len, struct ipsec_err *err);
/* Loads them into a driver that has no filters yet. An exit status. */
int ipsecd_persistent(const struct ipsecd_options *options);

#endif
