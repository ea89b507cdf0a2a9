// SPDX-License-Identifier: GPL-2.0-or-later
/* What the commands of the static context have in common. */
#include <string.h>

#include "static.h"

int netsh_change(struct ctl_args *args, netsh_change_fn *change)
{
	struct netsh_values v;
	json_t *root;
	int rc = netsh_parse(args, &v);

	if (!rc) {
		root = netsh_store_open();
		rc = root ? change(args, &v, root) : CTL_FAILED;
		if (!rc)
			rc = netsh_store_save();
		else
			netsh_store_drop();
	}
	netsh_free(&v);
	return rc;
}

int netsh_wrong(struct ctl_args *args, const struct ipsec_err *err)
{
	return ctl_usage(args, "%s", err->text);
}

json_t *netsh_object(struct ctl_args *args, const json_t *list,
		     const char *what, const char *name)
{
	json_t *found = name ? tree_find(list, name) : NULL;

	if (!name)
		ctl_usage(args, "the name of the %s is missing", what);
	else if (!found)
		ctl_usage(args, "there is no %s '%.80s'", what, name);
	return found;
}

json_t *netsh_object_new(struct ctl_args *args, json_t *list, const char *what,
			 const struct netsh_values *v)
{
	const char *name = netsh_text(v, "name");
	json_t *object;

	if (tree_find(list, name)) {
		ctl_usage(args,
			  "there is a %s '%.80s' already; use 'set', or "
			  "another name",
			  what, name);
		return NULL;
	}
	object = json_object();
	tree_set(object, "name", name);
	if (netsh_text(v, "description"))
		tree_set(object, "description", netsh_text(v, "description"));
	json_array_append_new(list, object);
	return object;
}

/* The word of a rule, or of the file, that refers to such an object. */
static const char *reference(const char *what)
{
	return !strcmp(what, "filter list")   ? "filter-list" :
	       !strcmp(what, "filter action") ? "filter-action" :
						NULL;
}

static void refer_to(json_t *root, const char *key, const char *from,
		     const char *to)
{
	json_t *policy, *rule;
	size_t i, j;

	json_array_foreach(json_object_get(root, "policies"), i, policy) {
		const json_t *rules = json_object_get(policy, "rules");

		json_array_foreach(rules, j, rule) {
			const char *name = tree_text(rule, key);

			if (name && !strcasecmp(name, from))
				tree_set(rule, key, to);
		}
	}
}

const char *netsh_user(const json_t *root, const char *key, const char *name)
{
	const json_t *policy, *rule;
	size_t i, j;

	json_array_foreach(json_object_get(root, "policies"), i, policy) {
		const json_t *rules = json_object_get(policy, "rules");

		json_array_foreach(rules, j, rule) {
			const char *used = tree_text(rule, key);

			if (used && !strcasecmp(used, name))
				return tree_text(rule, "name");
		}
	}
	return NULL;
}

int netsh_object_rename(struct ctl_args *args, json_t *root, json_t *list,
			json_t *object, const char *what,
			const struct netsh_values *v)
{
	const char *name = netsh_text(v, "newname"), *key = reference(what);
	json_t *taken = name ? tree_find(list, name) : NULL;
	json_t *old;

	if (netsh_text(v, "description"))
		tree_set(object, "description", netsh_text(v, "description"));
	if (!name)
		return CTL_OK;
	if (taken && taken != object)
		return ctl_usage(args, "there is a %s '%.80s' already", what,
				 name);
	old = json_incref(json_object_get(object, "name"));
	if (key)
		refer_to(root, key, json_string_value(old), name);
	else if (!strcmp(what, "policy") &&
		 tree_is(root, "assign", json_string_value(old)))
		tree_set(root, "assign", name);
	tree_set(object, "name", name);
	json_decref(old);
	return CTL_OK;
}

void netsh_merge(json_t *list, const json_t *more)
{
	json_t *one, *old;
	size_t i;

	json_array_foreach(more, i, one) {
		const char *name = tree_text(one, "name");

		old = name ? tree_find(list, name) : NULL;
		if (old)
			tree_remove(list, old);
		json_array_append(list, one);
	}
}
