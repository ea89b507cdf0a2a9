// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl static add|set|delete rule */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth.h"
#include "static.h"

static json_t *policy_of(struct ctl_args *args, const struct netsh_values *v,
			 json_t *root)
{
	return netsh_object(args, tree_list(root, "policies"), "policy",
			    netsh_text(v, "policy"));
}

json_t *netsh_rule(struct ctl_args *args, const json_t *policy,
		   const struct netsh_values *v)
{
	const json_t *rules = json_object_get(policy, "rules");
	const char *id = netsh_text(v, "id");
	json_t *rule;

	if (netsh_text(v, "name") || !id)
		return netsh_object(args, rules, "rule", netsh_text(v, "name"));
	rule = json_array_get(rules, strtoul(id, NULL, 10) - 1);
	if (!rule)
		ctl_usage(args, "the policy has no rule %s", id);
	return rule;
}

/* A name of an object that is there, as it is written there. */
static int refer(struct ctl_args *args, json_t *root, json_t *rule,
		 const char *key, const char *section, const char *what,
		 const char *name)
{
	json_t *object;

	if (!name)
		return CTL_OK;
	object = netsh_object(args, tree_list(root, section), what, name);
	if (!object)
		return CTL_USAGE;
	tree_set(rule, key, tree_text(object, "name"));
	return CTL_OK;
}

static void set_tunnel(json_t *rule, const char *tunnel)
{
	json_t *map;

	if (!tunnel)
		return;
	if (!strcasecmp(tunnel, "no") || !strcasecmp(tunnel, "none")) {
		json_object_del(rule, "tunnel");
		return;
	}
	map = json_object();
	tree_set(map, "remote", tunnel);
	json_object_set_new(rule, "tunnel", map);
}

static bool negotiates(const json_t *root, const json_t *rule)
{
	const char *name = tree_text(rule, "filter-action");
	const json_t *action = tree_find(
		json_object_get(root, "filter-actions"), name ? name : "");
	const char *what = tree_text(action, "action");

	return !what || !strcmp(what, "negotiate");
}

static int set_auth(struct ctl_args *args, const struct netsh_values *v,
		    const json_t *root, json_t *rule)
{
	struct ipsec_err err = { 0 };
	json_t *auth;

	if (!negotiates(root, rule)) {
		if (netsh_has_auth(v))
			ctl_warn("the filter action negotiates nothing, so "
				 "kerberos, psk and rootca are not kept");
		return CTL_OK;
	}
	if (netsh_has_auth(v)) {
		auth = netsh_auth(v, &err);
		if (!auth)
			return netsh_wrong(args, &err);
		tree_move(rule, "auth", auth);
	}
	if (json_array_size(json_object_get(rule, "auth")))
		return CTL_OK;
	return ctl_usage(args, "Windows' default, Kerberos, is not there yet; "
			       "say psk= or rootca=");
}

static int set_words(struct ctl_args *args, struct netsh_values *v,
		     json_t *root, json_t *rule)
{
	const char *conntype = netsh_text(v, "conntype");
	int rc = refer(args, root, rule, "filter-list", "filter-lists",
		       "filter list", netsh_text(v, "filterlist"));

	if (!rc)
		rc = refer(args, root, rule, "filter-action", "filter-actions",
			   "filter action", netsh_text(v, "filteraction"));
	if (rc)
		return rc;
	set_tunnel(rule, netsh_text(v, "tunnel"));
	if (conntype)
		tree_set(rule, "connection",
			 strcmp(conntype, "all") ? conntype : NULL);
	if (netsh_text(v, "activate"))
		tree_set(rule, "active",
			 netsh_yes(v, "activate", true) ? NULL : "no");
	return set_auth(args, v, root, rule);
}

static int add(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	json_t *policy = policy_of(args, v, root), *rule;

	if (!policy)
		return CTL_USAGE;
	rule = netsh_object_new(args, tree_list(policy, "rules"), "rule", v);
	return rule ? set_words(args, v, root, rule) : CTL_USAGE;
}

static int set(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	json_t *policy = policy_of(args, v, root);
	json_t *rule = policy ? netsh_rule(args, policy, v) : NULL;

	if (!rule || set_words(args, v, root, rule))
		return CTL_USAGE;
	return netsh_object_rename(args, root, tree_list(policy, "rules"), rule,
				   "rule", v);
}

static int delete_one(struct ctl_args *args, struct netsh_values *v,
		      json_t *root)
{
	json_t *policy = policy_of(args, v, root), *rule;
	const char *name = netsh_text(v, "name");

	if (!policy)
		return CTL_USAGE;
	if (netsh_text(v, "all") || (name && !strcasecmp(name, "all"))) {
		json_array_clear(tree_list(policy, "rules"));
		return CTL_OK;
	}
	rule = netsh_rule(args, policy, v);
	if (!rule)
		return CTL_USAGE;
	tree_remove(tree_list(policy, "rules"), rule);
	return CTL_OK;
}

int netsh_add_rule(struct ctl_args *args)
{
	return netsh_change(args, add);
}

int netsh_set_rule(struct ctl_args *args)
{
	return netsh_change(args, set);
}

int netsh_delete_rule(struct ctl_args *args)
{
	return netsh_change(args, delete_one);
}
