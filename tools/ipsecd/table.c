// SPDX-License-Identifier: GPL-2.0-or-later
/* From the rules of a policy to the driver's table of filters. */
#include "../lib/table.h"

#include <errno.h>
#include <stdlib.h>

#include "table.h"

static int add_rules(struct ipsec_load *load, const struct policy *policy,
		     struct ipsec_err *err)
{
	const struct policy_rule *rule = policy->rule;
	unsigned int i, j;
	int rc = 0;

	for (i = 0; i < policy->rules && !rc; i++, rule++)
		for (j = 0; j < rule->filters && !rc; j++)
			rc = ipsec_load_add(load, &rule->filter[j], rule->line,
					    err);
	return rc;
}

/* What several have is there once. */
static int add_exceptions(struct ipsec_load *load, const struct policy *policy,
			  const struct ipsecd_responses *list, unsigned int of,
			  struct ipsec_err *err)
{
	struct ipsec_filter exception[POLICY_EXCEPTIONS_MAX];
	unsigned int i, count;
	int rc = 0;

	if (policy_response_exceptions(policy, &list->filter[of], exception,
				       &count))
		return 0;
	for (i = 0; i < count && !rc; i++)
		if (!ipsecd_responses_share(list, policy, of, &exception[i]))
			rc = ipsec_load_add(load, &exception[i], 0, err);
	return rc;
}

static int add_responses(struct ipsec_load *load, const struct policy *policy,
			 const struct ipsecd_responses *list,
			 struct ipsec_err *err)
{
	const struct policy_rule *rule = policy_response(policy);
	unsigned int i;
	int rc = 0;

	for (i = 0; i < list->count && !rc; i++)
		rc = ipsec_load_add(load, &list->filter[i], rule->line, err) ?:
			     add_exceptions(load, policy, list, i, err);
	return rc;
}

int ipsecd_table_load(struct ipsec_client *driver, const struct policy *policy,
		      const struct ipsecd_responses *responses,
		      const char *path, bool agent, struct ipsec_err *err)
{
	const struct ipsec_input in = { .name = path };
	struct ipsec_load *load = malloc(sizeof(*load));
	struct ipsec_table info = { 0 };
	int rc;

	if (!load)
		return ipsec_err_code(err, ENOMEM, "out of memory");
	ipsec_load_begin(load, &in);
	load->config = policy->driver;
	load->has_config = policy->has_driver;
	load->agent = agent;
	rc = add_rules(load, policy, err);
	if (!rc)
		rc = add_responses(load, policy, responses, err);
	if (!rc)
		rc = ipsec_load_end(load, err);
	if (!rc)
		rc = ipsec_load_send(load, driver, NULL, &info, err);
	ipsec_load_free(load);
	free(load);
	return rc;
}
