/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_EXPLAIN_H
#define IPSECD_EXPLAIN_H

#include <jansson.h>

#include "force.h"

/* Which rules filters are of, by their cookies. NULL with the error told. */
json_t *ipsecd_explain(const struct ipsecd_force *force, const json_t *request,
		       struct ipsec_err *err);
/* Where the text of the rule is; NULL: nowhere, it was added at run time. */
const char *ipsecd_rule_file(const struct ipsecd_compiled *c,
			     const struct ipsecd_store *store,
			     const struct policy_rule *rule,
			     char path[IPSECD_PATH_SIZE]);

#endif
