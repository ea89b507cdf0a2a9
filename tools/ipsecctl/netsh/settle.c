// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What netsh's words leave unsaid, and policy.yaml wants said in each rule:
 * weak algorithms are allowed where, and only where, what the rule refers to
 * names them. Who names them has peers of that time, which speak version 1.
 */
#include <string.h>

#include "algs.h"
#include "store.h"

static void set_version(json_t *map, bool weak, bool bundle)
{
	tree_set(map, "weak", weak ? "yes" : NULL);
	tree_set(map, "version", weak || bundle ? "1" : NULL);
	tree_move(map, "accept",
		  bundle ? json_pack("[s]", "1") :
		  weak	 ? json_pack("[s, s]", "1", "2") :
			   NULL);
}

static void settle_rule(const json_t *root, const json_t *policy, json_t *rule)
{
	const char *name = tree_text(rule, "filter-action");
	const json_t *action = tree_find(
		json_object_get(root, "filter-actions"), name ? name : "");
	const char *what = tree_text(action, "action");

	if (!action)
		return;
	if (what && strcmp(what, "negotiate") != 0) {
		/* It negotiates nothing, so nobody proves who he is. */
		json_object_del(rule, "auth");
		set_version(rule, false, false);
		return;
	}
	set_version(rule, netsh_weak(policy) || netsh_weak(action),
		    netsh_bundle(action));
}

void netsh_settle(json_t *root)
{
	json_t *policy, *rule, *response;
	size_t i, j;

	json_array_foreach(json_object_get(root, "policies"), i, policy) {
		json_t *rules = json_object_get(policy, "rules");

		netsh_fold_tunnels(root, rules);
		json_array_foreach(rules, j, rule) {
			settle_rule(root, policy, rule);
		}
		response = json_object_get(policy, "default-response");
		if (json_is_object(response))
			set_version(response,
				    netsh_weak(policy) || netsh_weak(response),
				    netsh_bundle(response));
	}
}
