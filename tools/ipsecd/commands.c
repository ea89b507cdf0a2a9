// SPDX-License-Identifier: GPL-2.0-or-later
/* What administrators ask about the policy. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "dynamic.h"
#include "explain.h"
#include "findings.h"
#include "request.h"

/* The rules that negotiate, whether or not they have an SA. */
static json_t *rules_json(const struct policy *policy)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < policy->rules; i++)
		if (policy->rule[i].auths)
			json_array_append_new(
				list, json_string(policy->rule[i].name));
	return json_pack("{s:i, s:o}", "version", 1, "rules", list);
}

/* Where keys are written; the policy's permission to copy them. */
static json_t *keylog_json(const struct policy *policy, struct ipsec_err *err)
{
	if (policy->keylog[0])
		return json_pack("{s:i, s:s}", "version", 1, "folder",
				 policy->keylog);
	ipsec_err_code(
		err, EPERM,
		"the policy in force permits no export of keys; it "
		"would need 'ike: {keylog: FOLDER}', and SAs made since");
	return NULL;
}

json_t *ipsecd_command(struct ipsecd_apply *a, const char *name,
		       const json_t *request, struct ipsec_err *err)
{
	if (!strcmp(name, "policy"))
		return ipsecd_apply_policy(a);
	if (!strcmp(name, "rules"))
		return rules_json(a->force->now.policy);
	if (!strcmp(name, "keylog"))
		return keylog_json(a->force->now.policy, err);
	if (!strcmp(name, "apply"))
		return ipsecd_apply_apply(a, request, err);
	if (!strcmp(name, "confirm"))
		return ipsecd_apply_confirm(a, err);
	if (!strcmp(name, "rollback"))
		return ipsecd_apply_rollback(a, err);
	if (!strcmp(name, "describe"))
		return ipsecd_describe(a->force, request, err);
	if (!strcmp(name, "explain"))
		return ipsecd_explain(a->force, request, err);
	if (!strcmp(name, "findings"))
		return ipsecd_findings_json(&a->force->now, a->force->store,
					    err);
	if (!strcmp(name, "dynamic-add"))
		return ipsecd_dynamic_add(a->force, request, err);
	if (!strcmp(name, "dynamic-del"))
		return ipsecd_dynamic_del(a->force, request, err);
	if (!strcmp(name, "dynamic-set"))
		return ipsecd_dynamic_set(a->force, request, err);
	if (!strcmp(name, "dynamic-show"))
		return ipsecd_dynamic_show(a->force, err);
	return NULL;
}

static char *error_text(const struct ipsec_err *err)
{
	char text[sizeof(err->text) + IPSECD_PATH_SIZE + 16];

	if (err->file && err->line)
		snprintf(text, sizeof(text), "%s:%u: %s", err->file, err->line,
			 err->text);
	else if (err->line)
		snprintf(text, sizeof(text), "line %u: %s", err->line,
			 err->text);
	else
		snprintf(text, sizeof(text), "%s%s%s",
			 err->file ? err->file : "", err->file ? ": " : "",
			 err->text);
	return ipsecd_request_error(text);
}

char *ipsecd_command_answer(json_t *json, const struct ipsec_err *err)
{
	char *text;

	if (!json)
		return error_text(err);
	text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return text ? text : ipsecd_request_error("out of memory");
}
