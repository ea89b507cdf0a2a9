// SPDX-License-Identifier: GPL-2.0-or-later
/* Whose a filter is. */
#include "explain.h"

#include <errno.h>

#define COOKIES_MAX 1000

const char *ipsecd_rule_file(const struct ipsecd_compiled *c,
			     const struct ipsecd_store *store,
			     const struct policy_rule *rule,
			     char path[IPSECD_PATH_SIZE])
{
	switch (rule->id >> POLICY_ID_BITS) {
	case IPSECD_LAYER_POLICY:
		return c->path;
	case IPSECD_LAYER_PERSISTENT:
		ipsecd_store_path(store, "persistent.yaml", path);
		return path;
	default:
		return NULL;
	}
}

static int add(const struct ipsecd_force *force, json_t *list,
	       const json_t *cookie)
{
	const struct policy_rule *rule = policy_rule_by_id(
		force->now.policy, (uint64_t)json_integer_value(cookie));
	char path[IPSECD_PATH_SIZE];

	if (!rule)
		return 0;
	return json_array_append_new(
		list, json_pack("{s:I, s:s, s:i, s:s*}", "cookie",
				(json_int_t)rule->id, "name", rule->name,
				"line", (int)rule->line, "file",
				ipsecd_rule_file(&force->now, force->store,
						 rule, path)));
}

json_t *ipsecd_explain(const struct ipsecd_force *force, const json_t *request,
		       struct ipsec_err *err)
{
	const json_t *cookies = json_object_get(request, "cookies"), *cookie;
	json_t *list = json_array();
	size_t i;

	if (!json_is_array(cookies) || json_array_size(cookies) > COOKIES_MAX) {
		json_decref(list);
		ipsec_err_code(err, EINVAL,
			       "'cookies' is a list of at most %d cookies of "
			       "filters",
			       COOKIES_MAX);
		return NULL;
	}
	json_array_foreach(cookies, i, cookie) {
		if (add(force, list, cookie)) {
			json_decref(list);
			ipsec_err_code(err, ENOMEM, "out of memory");
			return NULL;
		}
	}
	return json_pack("{s:i, s:o}", "version", 1, "rules", list);
}
