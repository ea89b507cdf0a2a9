// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl static add|set|delete filteraction */
#include <string.h>
#include <strings.h>

#include "algs.h"
#include "static.h"

int netsh_set_methods(struct ctl_args *args, json_t *map,
		      const struct netsh_values *v)
{
	const char *text = netsh_text(v, "qmsecmethods");
	struct ipsec_err err = { 0 };
	json_t *list;

	if (netsh_text(v, "qmpfs"))
		tree_set(map, "pfs",
			 netsh_yes(v, "qmpfs", false) ? "yes" : NULL);
	if (!text)
		return CTL_OK;
	list = netsh_qm_read(text, &err);
	if (!list)
		return netsh_wrong(args, &err);
	tree_move(map, "methods", list);
	return CTL_OK;
}

/* Where nothing is negotiated, netsh takes these words and ignores them. */
static void drop_words(json_t *action)
{
	static const char *const words[] = { "inpass", "soft", "pfs",
					     "methods" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		json_object_del(action, words[i]);
}

static int set_words(struct ctl_args *args, struct netsh_values *v,
		     json_t *action)
{
	const char *what = netsh_text(v, "action");
	static const char *const flags[] = { "inpass", "soft" };
	size_t i;

	if (what)
		tree_set(action, "action", what);
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (netsh_text(v, flags[i]))
			tree_set(action, flags[i],
				 netsh_yes(v, flags[i], false) ? "yes" : NULL);
	if (netsh_set_methods(args, action, v))
		return CTL_USAGE;
	if (!tree_is(action, "action", "negotiate"))
		drop_words(action);
	return CTL_OK;
}

static int add(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	json_t *action = netsh_object_new(
		args, tree_list(root, "filter-actions"), "filter action", v);

	if (!action)
		return CTL_USAGE;
	tree_set(action, "action", "negotiate");
	return set_words(args, v, action);
}

static int set(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	json_t *list = tree_list(root, "filter-actions"), *action;

	if (netsh_text(v, "guid"))
		return ctl_usage(args, "objects have no guid; use name=");
	action = netsh_object(args, list, "filter action",
			      netsh_text(v, "name"));
	if (!action || set_words(args, v, action))
		return CTL_USAGE;
	return netsh_object_rename(args, root, list, action, "filter action",
				   v);
}

/* With "all", those that no rule uses. */
static int delete_one(struct ctl_args *args, struct netsh_values *v,
		      json_t *root)
{
	json_t *list = tree_list(root, "filter-actions"), *action;
	const char *name = netsh_text(v, "name"), *user;

	if (netsh_text(v, "all") || (name && !strcasecmp(name, "all")))
		return netsh_delete_unused(root, list, "filter-action");
	action = netsh_object(args, list, "filter action", name);
	if (!action)
		return CTL_USAGE;
	user = netsh_user(root, "filter-action", name);
	if (user)
		return ctl_usage(
			args, "rule '%.80s' uses it; delete that first", user);
	tree_remove(list, action);
	return CTL_OK;
}

int netsh_add_filteraction(struct ctl_args *args)
{
	return netsh_change(args, add);
}

int netsh_set_filteraction(struct ctl_args *args)
{
	return netsh_change(args, set);
}

int netsh_delete_filteraction(struct ctl_args *args)
{
	return netsh_change(args, delete_one);
}
