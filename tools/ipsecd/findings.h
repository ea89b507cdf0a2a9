/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_FINDINGS_H
#define IPSECD_FINDINGS_H

#include <jansson.h>

#include "force.h"

enum ipsecd_severity {
	IPSECD_ERROR, /* it means something else than was written */
	IPSECD_WARNING, /* it is unwise */
	IPSECD_NOTE, /* order */
};

/* What can be said of a policy that is without error, while it is looked at. */
struct ipsecd_findings {
	const struct ipsecd_compiled *compiled;
	const struct ipsecd_store *store;
	json_t *list;
};

/* rule: whose file it is, NULL: the policy's; line 0: that of the rule. */
int ipsecd_findings_add(struct ipsecd_findings *to,
			enum ipsecd_severity severity,
			const struct policy_rule *rule, unsigned int line,
			const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* overlap.c: filters that never act. 0 or -1: no memory. */
int ipsecd_overlap_find(struct ipsecd_findings *to);
/* All of them, by file and line. NULL with the error told. */
json_t *ipsecd_findings_json(const struct ipsecd_compiled *c,
			     const struct ipsecd_store *store,
			     struct ipsec_err *err);

#endif
