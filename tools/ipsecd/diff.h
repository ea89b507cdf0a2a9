/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_DIFF_H
#define IPSECD_DIFF_H

#include <jansson.h>

#include "policy.h"

/*
 * What another policy changes; of either may be NULL for none:
 *   {"rules": {"added": [NAME], "removed": [NAME], "changed": [NAME], "more": N},
 *    "filters": {"added": [F], "removed": [F], "more": N},
 *    "settings": {NAME: VALUE}}
 * where F is {"rule": NAME, "filter": TEXT, "action": TEXT}, and settings are
 * those of the driver that get another value. Each list has at most limit;
 * more is how many others there are, if there are any. NULL: no memory.
 */
json_t *ipsecd_diff_json(const struct policy *old, const struct policy *new,
			 size_t limit);

/* Finds the filters that both have, of rules that say the same. */
struct ipsecd_kept;
struct ipsecd_kept *ipsecd_kept_new(const struct policy *old,
				    const struct policy *new);
void ipsecd_kept_free(struct ipsecd_kept *kept);
/* Do the SAs of the old policy's filter stay? rule gets the filter's rule. */
bool ipsecd_kept_has(const struct ipsecd_kept *kept, uint64_t filter,
		     const struct policy_rule **rule);

#endif
