// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl dynamic add|set|delete mmpolicy|qmpolicy */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "algs.h"
#include "dynamic.h"

typedef int change_fn(struct ctl_args *args, const struct netsh_values *v,
		      json_t *notes);

static int run(struct ctl_args *args, change_fn *change)
{
	struct netsh_values v;
	json_t *notes;
	int rc = netsh_parse(args, &v);

	if (!rc) {
		notes = netsh_notes_open();
		rc = notes ? change(args, &v, notes) : CTL_FAILED;
		if (!rc)
			rc = netsh_notes_save(notes);
		json_decref(notes);
	}
	netsh_free(&v);
	return rc;
}

static int check_unused(struct ctl_args *args, const json_t *notes,
			const char *key, const char *name)
{
	const json_t *rule;
	size_t i;

	json_array_foreach(json_object_get(notes, "rules"), i, rule) {
		const char *used =
			tree_text(json_object_get(rule, "words"), key);

		if (used && !strcasecmp(used, name))
			return ctl_usage(args,
					 "a rule uses '%.80s'; delete "
					 "the rule first",
					 name);
	}
	return CTL_OK;
}

static int set_mm(struct ctl_args *args, const struct netsh_values *v,
		  json_t *policy)
{
	const char *methods = netsh_text(v, "mmsecmethods");
	const char *life = netsh_text(v, "mmlifetime");
	struct ipsec_err err = { 0 };
	char seconds[24];
	json_t *list;

	if (netsh_text(v, "qmpermm"))
		tree_set(policy, "qm-limit", netsh_text(v, "qmpermm"));
	if (life) {
		snprintf(seconds, sizeof(seconds), "%lu",
			 strtoul(life, NULL, 10) * 60);
		tree_set(policy, "ike-lifetime", seconds);
	}
	if (netsh_text(v, "softsaexpirationtime"))
		tree_set(policy, "soft-lifetime",
			 netsh_text(v, "softsaexpirationtime"));
	if (!methods)
		return CTL_OK;
	list = netsh_mm_read(methods, &err);
	if (!list)
		return ctl_usage(args, "%s", err.text);
	tree_move(policy, "ike", list);
	return CTL_OK;
}

/* A group of its own for quick mode goes into each proposal. */
static void add_group(json_t *methods, const char *group)
{
	static const char *const words[] = { "esp", "ah" };
	char text[128];
	json_t *method;
	size_t i, j;

	json_array_foreach(methods, i, method) {
		for (j = 0; j < 2; j++) {
			const char *word = tree_text(method, words[j]);

			if (!word)
				continue;
			snprintf(text, sizeof(text), "%s-%s", word, group);
			tree_set(method, words[j], text);
		}
	}
}

static int set_group(struct ctl_args *args, json_t *policy, const char *group)
{
	static const char *const groups[] = { "modp768", "modp1024",
					      "modp2048" };

	if (!group)
		return CTL_OK;
	tree_set(policy, "pfs", strcmp(group, "NOPFS") ? "yes" : NULL);
	if (strncmp(group, "GRP", 3) != 0 || !strcmp(group, "GRPMM"))
		return CTL_OK;
	if (!json_object_get(policy, "methods"))
		return ctl_usage(args, "pfsgroup=%s needs qmsecmethods", group);
	add_group(json_object_get(policy, "methods"), groups[group[3] - '1']);
	return CTL_OK;
}

static int set_qm(struct ctl_args *args, const struct netsh_values *v,
		  json_t *policy)
{
	const char *methods = netsh_text(v, "qmsecmethods");
	struct ipsec_err err = { 0 };
	json_t *list;

	if (netsh_text(v, "soft"))
		tree_set(policy, "soft",
			 netsh_yes(v, "soft", false) ? "yes" : NULL);
	if (methods) {
		list = netsh_qm_read(methods, &err);
		if (!list)
			return ctl_usage(args, "%s", err.text);
		tree_move(policy, "methods", list);
	}
	return set_group(args, policy, netsh_text(v, "pfsgroup"));
}

static int add_to(struct ctl_args *args, const struct netsh_values *v,
		  json_t *list,
		  int (*set)(struct ctl_args *args,
			     const struct netsh_values *v, json_t *policy))
{
	const char *name = netsh_text(v, "name");
	json_t *policy;

	if (tree_find(list, name))
		return ctl_usage(args, "there is a policy '%.80s' already",
				 name);
	policy = json_object();
	tree_set(policy, "name", name);
	json_array_append_new(list, policy);
	return set(args, v, policy);
}

static int set_in(struct ctl_args *args, const struct netsh_values *v,
		  json_t *notes, const char *section, const char *key,
		  int (*set)(struct ctl_args *args,
			     const struct netsh_values *v, json_t *policy))
{
	const char *name = netsh_text(v, "name");
	json_t *policy = tree_find(tree_list(notes, section), name);

	if (!policy)
		return ctl_usage(args, "there is no policy '%.80s'", name);
	return set(args, v, policy) ?
		       CTL_USAGE :
		       netsh_dynamic_renew(args, notes, key, name);
}

static int delete_from(struct ctl_args *args, const struct netsh_values *v,
		       json_t *notes, const char *section, const char *key)
{
	const char *name = netsh_text(v, "name");
	json_t *list = tree_list(notes, section), *policy;
	bool all = netsh_text(v, "all") || (name && !strcasecmp(name, "all"));
	size_t i;

	if (!all) {
		policy = name ? tree_find(list, name) : NULL;
		if (!policy)
			return ctl_usage(args, "there is no such policy");
		if (check_unused(args, notes, key, name))
			return CTL_USAGE;
		tree_remove(list, policy);
		return CTL_OK;
	}
	json_array_foreach(list, i, policy) {
		if (check_unused(args, notes, key, tree_text(policy, "name")))
			return CTL_USAGE;
	}
	json_array_clear(list);
	return CTL_OK;
}

static int add_mm(struct ctl_args *args, const struct netsh_values *v,
		  json_t *notes)
{
	return add_to(args, v, tree_list(notes, "mmpolicies"), set_mm);
}

static int change_mm(struct ctl_args *args, const struct netsh_values *v,
		     json_t *notes)
{
	return set_in(args, v, notes, "mmpolicies", "mmpolicy", set_mm);
}

static int delete_mm(struct ctl_args *args, const struct netsh_values *v,
		     json_t *notes)
{
	return delete_from(args, v, notes, "mmpolicies", "mmpolicy");
}

static int add_qm(struct ctl_args *args, const struct netsh_values *v,
		  json_t *notes)
{
	return add_to(args, v, tree_list(notes, "qmpolicies"), set_qm);
}

static int change_qm(struct ctl_args *args, const struct netsh_values *v,
		     json_t *notes)
{
	return set_in(args, v, notes, "qmpolicies", "qmpolicy", set_qm);
}

static int delete_qm(struct ctl_args *args, const struct netsh_values *v,
		     json_t *notes)
{
	return delete_from(args, v, notes, "qmpolicies", "qmpolicy");
}

int netsh_add_mmpolicy(struct ctl_args *args)
{
	return run(args, add_mm);
}

int netsh_set_mmpolicy(struct ctl_args *args)
{
	return run(args, change_mm);
}

int netsh_delete_mmpolicy(struct ctl_args *args)
{
	return run(args, delete_mm);
}

int netsh_add_qmpolicy(struct ctl_args *args)
{
	return run(args, add_qm);
}

int netsh_set_qmpolicy(struct ctl_args *args)
{
	return run(args, change_qm);
}

int netsh_delete_qmpolicy(struct ctl_args *args)
{
	return run(args, delete_qm);
}
