// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl static add|set|delete policy, set defaultrule */
#include <stdlib.h>
#include <string.h>

#include "algs.h"
#include "auth.h"
#include "static.h"

static void set_number(json_t *policy, const struct netsh_values *v,
		       const char *name, const char *key, unsigned int factor)
{
	const char *text = netsh_text(v, name);
	char number[24];

	if (!text)
		return;
	snprintf(number, sizeof(number), "%llu",
		 strtoull(text, NULL, 10) * factor);
	tree_set(policy, key, number);
}

static int set_mm_methods(struct ctl_args *args, json_t *policy,
			  const struct netsh_values *v)
{
	const char *text = netsh_text(v, "mmsecmethods");
	struct ipsec_err err = { 0 };
	json_t *list;

	if (!text)
		return CTL_OK;
	list = netsh_mm_read(text, &err);
	if (!list)
		return netsh_wrong(args, &err);
	tree_move(policy, "ike", list);
	return CTL_OK;
}

/*
 * Windows' default response rule starts with Kerberos. Here it is off until
 * somebody says how peers prove who they are.
 */
static void set_response(json_t *policy, const struct netsh_values *v)
{
	const char *active = netsh_text(v, "activatedefaultrule");
	json_t *kept = json_object_get(policy, "default-response");

	if (!active)
		return;
	if (!strcmp(active, "no"))
		json_object_del(policy, "default-response");
	else if (!kept)
		ctl_warn("the default response rule needs to know how peers "
			 "prove who they are: 'static set defaultrule "
			 "policy=... psk=...' switches it on");
}

static int set_words(struct ctl_args *args, json_t *policy,
		     const struct netsh_values *v)
{
	if (netsh_text(v, "mmpfs"))
		tree_set(policy, "master-pfs",
			 netsh_yes(v, "mmpfs", false) ? "yes" : NULL);
	set_number(policy, v, "qmpermm", "qm-limit", 1);
	set_number(policy, v, "mmlifetime", "ike-lifetime", 60);
	if (netsh_text(v, "pollinginterval"))
		ctl_warn("pollinginterval is not needed: a change of the "
			 "store is in force at once");
	set_response(policy, v);
	return set_mm_methods(args, policy, v);
}

static void set_assigned(json_t *root, const json_t *policy,
			 const struct netsh_values *v)
{
	const char *assign = netsh_text(v, "assign");
	const char *name = tree_text(policy, "name");

	if (!assign)
		return;
	netsh_store_assign();
	if (!strcmp(assign, "yes"))
		tree_set(root, "assign", name);
	else if (tree_is(root, "assign", name))
		tree_set(root, "assign", NULL);
}

static int add(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	json_t *policy = netsh_object_new(args, tree_list(root, "policies"),
					  "policy", v);

	if (!policy || set_words(args, policy, v))
		return CTL_USAGE;
	tree_list(policy, "rules");
	set_assigned(root, policy, v);
	return CTL_OK;
}

static int set(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	json_t *list = tree_list(root, "policies");
	json_t *policy;

	if (netsh_text(v, "guid") || netsh_text(v, "gponame"))
		return ctl_usage(args, "objects have no guid, and there is no "
				       "directory; use name=");
	policy = netsh_object(args, list, "policy", netsh_text(v, "name"));
	if (!policy || set_words(args, policy, v))
		return CTL_USAGE;
	if (netsh_object_rename(args, root, list, policy, "policy", v))
		return CTL_USAGE;
	set_assigned(root, policy, v);
	return CTL_OK;
}

int netsh_add_policy(struct ctl_args *args)
{
	return netsh_change(args, add);
}

int netsh_set_policy(struct ctl_args *args)
{
	return netsh_change(args, set);
}

static int delete_one(struct ctl_args *args, struct netsh_values *v,
		      json_t *root)
{
	json_t *list = tree_list(root, "policies"), *policy;
	const char *name = netsh_text(v, "name");

	if (netsh_text(v, "all") || (name && !strcasecmp(name, "all"))) {
		json_array_clear(list);
		tree_set(root, "assign", NULL);
		return CTL_OK;
	}
	policy = netsh_object(args, list, "policy", name);
	if (!policy)
		return CTL_USAGE;
	if (tree_is(root, "assign", tree_text(policy, "name")))
		tree_set(root, "assign", NULL);
	tree_remove(list, policy);
	return CTL_OK;
}

int netsh_delete_policy(struct ctl_args *args)
{
	return netsh_change(args, delete_one);
}

static int set_default(struct ctl_args *args, struct netsh_values *v,
		       json_t *root)
{
	struct ipsec_err err = { 0 };
	json_t *policy, *response, *auth;

	policy = netsh_object(args, tree_list(root, "policies"), "policy",
			      netsh_text(v, "policy"));
	if (!policy)
		return CTL_USAGE;
	if (!netsh_yes(v, "activate", true)) {
		json_object_del(policy, "default-response");
		return CTL_OK;
	}
	response = json_object_get(policy, "default-response");
	response = json_is_object(response) ? json_incref(response) :
					      json_object();
	json_object_set_new(policy, "default-response", response);
	if (netsh_has_auth(v)) {
		auth = netsh_auth(v, &err);
		if (!auth)
			return netsh_wrong(args, &err);
		tree_move(response, "auth", auth);
	}
	if (!json_array_size(json_object_get(response, "auth")))
		return ctl_usage(args, "the default response rule needs psk= "
				       "or rootca=");
	return netsh_set_methods(args, response, v);
}

int netsh_set_defaultrule(struct ctl_args *args)
{
	return netsh_change(args, set_default);
}
