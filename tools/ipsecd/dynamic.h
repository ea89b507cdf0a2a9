/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_DYNAMIC_H
#define IPSECD_DYNAMIC_H

#include <jansson.h>

#include "force.h"

/*
 * Changes of the policy in force that are only in memory: they end with the
 * daemon, and when a policy is applied or read again. NULL with the error told;
 * then nothing was changed.
 */

/* Adds rules, lists and actions, or replaces those of the same name. */
json_t *ipsecd_dynamic_add(struct ipsecd_force *force, const json_t *request,
			   struct ipsec_err *err);
/* Takes a rule away, also one of the policy; not a persistent one. */
json_t *ipsecd_dynamic_del(struct ipsecd_force *force, const json_t *request,
			   struct ipsec_err *err);
/* A setting that holds for all policies until the daemon ends: crl_check. */
json_t *ipsecd_dynamic_set(struct ipsecd_force *force, const json_t *request,
			   struct ipsec_err *err);
/* What was added, and the names of what was taken away. No secrets. */
json_t *ipsecd_dynamic_show(const struct ipsecd_force *force,
			    struct ipsec_err *err);

#endif
