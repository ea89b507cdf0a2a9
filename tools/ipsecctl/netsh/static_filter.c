// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl static add|set|delete filterlist, add|delete filter */
#include <string.h>
#include <strings.h>

#include "filter.h"
#include "static.h"

static int add_list(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	json_t *list = netsh_object_new(args, tree_list(root, "filter-lists"),
					"filter list", v);

	if (!list)
		return CTL_USAGE;
	tree_list(list, "filters");
	return CTL_OK;
}

static int set_list(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	json_t *lists = tree_list(root, "filter-lists"), *list;

	if (netsh_text(v, "guid"))
		return ctl_usage(args, "objects have no guid; use name=");
	list = netsh_object(args, lists, "filter list", netsh_text(v, "name"));
	return list ? netsh_object_rename(args, root, lists, list,
					  "filter list", v) :
		      CTL_USAGE;
}

int netsh_delete_unused(json_t *root, json_t *list, const char *key)
{
	size_t i = 0, kept = 0;

	while (i < json_array_size(list)) {
		const char *name = tree_text(json_array_get(list, i), "name");

		if (netsh_user(root, key, name)) {
			kept++;
			i++;
		} else {
			json_array_remove(list, i);
		}
	}
	if (kept)
		ctl_warn("%zu that rules use are kept", kept);
	return CTL_OK;
}

static int delete_list(struct ctl_args *args, struct netsh_values *v,
		       json_t *root)
{
	json_t *lists = tree_list(root, "filter-lists"), *list;
	const char *name = netsh_text(v, "name"), *user;

	if (netsh_text(v, "all") || (name && !strcasecmp(name, "all")))
		return netsh_delete_unused(root, lists, "filter-list");
	list = netsh_object(args, lists, "filter list", name);
	if (!list)
		return CTL_USAGE;
	user = netsh_user(root, "filter-list", name);
	if (user)
		return ctl_usage(
			args, "rule '%.80s' uses it; delete that first", user);
	tree_remove(lists, list);
	return CTL_OK;
}

static json_t *same_in(const json_t *filters, const json_t *filter)
{
	json_t *one;
	size_t i;

	json_array_foreach(filters, i, one) {
		if (netsh_same_filter(one, filter))
			return one;
	}
	return NULL;
}

/* A list that is not there is made, as netsh does. */
static int add_filter(struct ctl_args *args, struct netsh_values *v,
		      json_t *root)
{
	const char *name = netsh_text(v, "filterlist");
	json_t *lists = tree_list(root, "filter-lists");
	struct ipsec_err err = { 0 };
	json_t *list, *filters, *made, *one;
	size_t i;

	made = netsh_filters(v, &err);
	if (!made)
		return netsh_wrong(args, &err);
	list = tree_find(lists, name);
	if (!list) {
		list = json_object();
		tree_set(list, "name", name);
		json_array_append_new(lists, list);
	}
	filters = tree_list(list, "filters");
	json_array_foreach(made, i, one) {
		if (same_in(filters, one)) {
			json_decref(made);
			return ctl_usage(args, "the list has such a filter "
					       "already");
		}
	}
	json_array_extend(filters, made);
	json_decref(made);
	return CTL_OK;
}

static int delete_filter(struct ctl_args *args, struct netsh_values *v,
			 json_t *root)
{
	struct ipsec_err err = { 0 };
	json_t *list, *filters, *made, *one, *found;
	size_t i;
	int rc = CTL_OK;

	list = netsh_object(args, tree_list(root, "filter-lists"),
			    "filter list", netsh_text(v, "filterlist"));
	if (!list)
		return CTL_USAGE;
	made = netsh_filters(v, &err);
	if (!made)
		return netsh_wrong(args, &err);
	filters = tree_list(list, "filters");
	json_array_foreach(made, i, one) {
		found = same_in(filters, one);
		if (found)
			tree_remove(filters, found);
		else
			rc = CTL_USAGE;
	}
	json_decref(made);
	return rc ? ctl_usage(args, "the list has no such filter") : CTL_OK;
}

int netsh_add_filterlist(struct ctl_args *args)
{
	return netsh_change(args, add_list);
}

int netsh_set_filterlist(struct ctl_args *args)
{
	return netsh_change(args, set_list);
}

int netsh_delete_filterlist(struct ctl_args *args)
{
	return netsh_change(args, delete_list);
}

int netsh_add_filter(struct ctl_args *args)
{
	return netsh_change(args, add_filter);
}

int netsh_delete_filter(struct ctl_args *args)
{
	return netsh_change(args, delete_filter);
}
