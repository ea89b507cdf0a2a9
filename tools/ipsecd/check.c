// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecd -n: what a policy would do, without a daemon. */
#include <stdio.h>

#include "../lib/text.h"
#include "crypto.h"
#include "diff.h"
#include "findings.h"
#include "force.h"
#include "log.h"
#include "parent.h"

static int print_json(json_t *json)
{
	if (!json || json_dumpf(json, stdout, JSON_COMPACT)) {
		json_decref(json);
		fputs("ipsecd: out of memory\n", stderr);
		return 1;
	}
	putchar('\n');
	json_decref(json);
	return 0;
}

static void print_good(const char *path, const struct policy *policy)
{
	unsigned int filters = ipsecd_force_filters(policy);

	printf("%s: good: %u rule%s, %u filter%s\n", path, policy->rules,
	       ipsec_plural(policy->rules), filters, ipsec_plural(filters));
}

int ipsecd_check(const struct ipsecd_options *options)
{
	const char *path = options->policy ? options->policy :
					     IPSECD_DEFAULT_POLICY;
	/* Names are not looked up: that would take its time. */
	struct ipsecd_addresses addresses = { .base = NULL };
	struct ipsecd_compiled c;
	struct ipsecd_store store;
	struct ipsecd_force force = { .store = &store };
	struct ipsec_err err = { 0 };
	int rc = 0;

	if (ike_crypto_init()) {
		fputs("ipsecd: libcrypto cannot be used\n", stderr);
		return 1;
	}
	ipsecd_files_bind(&addresses);
	if (ipsecd_store_init(&store, options->state, &err) ||
	    ipsecd_force_compile(&force, path, &c, &err)) {
		ipsecd_log_error(&err);
		return 1;
	}
	if (!options->findings)
		ipsecd_force_warn(&c);
	if (options->findings)
		rc = print_json(ipsecd_findings_json(&c, &store, &err));
	else if (options->json)
		rc = print_json(ipsecd_diff_json(NULL, c.policy, SIZE_MAX));
	else
		print_good(path, c.policy);
	ipsecd_compiled_free(&c);
	return rc;
}
