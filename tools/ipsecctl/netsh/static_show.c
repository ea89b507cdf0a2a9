// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl static show */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "algs.h"
#include "show.h"
#include "static.h"

static const char *yes_no(const json_t *map, const char *key, const char *no)
{
	const char *text = tree_text(map, key);

	return text && !strcmp(text, "no")  ? "NO" :
	       text && !strcmp(text, "yes") ? "YES" :
	       json_object_get(map, key)    ? "YES" :
					      no;
}

static const char *or_none(const json_t *map, const char *key)
{
	const char *text = tree_text(map, key);

	return text ? text : "NONE";
}

static const struct show_column filter_columns[] = {
	{ "Source", 19 },  { "Destination", 19 }, { "Protocol", 8 },
	{ "Src port", 8 }, { "Dst port", 8 },	  { "Mirrored", 8 },
	{ NULL, 0 },
};

static void show_filter(const json_t *f, bool resolve)
{
	char src[NETSH_PATH_SIZE], dst[NETSH_PATH_SIZE];
	const char *cells[] = {
		show_resolve(or_none(f, "from"), resolve, src, sizeof(src)),
		show_resolve(or_none(f, "to"), resolve, dst, sizeof(dst)),
		tree_text(f, "proto") ? tree_text(f, "proto") : "ANY",
		tree_text(f, "sport") ? tree_text(f, "sport") : "ANY",
		tree_text(f, "dport") ? tree_text(f, "dport") : "ANY",
		yes_no(f, "mirrored", "YES"),
	};

	show_row(filter_columns, cells);
}

static void show_filterlist(const json_t *list, const struct netsh_values *v)
{
	const json_t *filters = json_object_get(list, "filters"), *f;
	size_t i;

	show_field("FilterList Name", "%s", or_none(list, "name"));
	show_field("Description", "%s", or_none(list, "description"));
	show_field("No. of Filters", "%zu", json_array_size(filters));
	if (!strcmp(netsh_or(v, "level", "normal"), "verbose") &&
	    json_array_size(filters)) {
		putchar('\n');
		show_head(filter_columns);
		json_array_foreach(filters, i, f) {
			show_filter(f, netsh_yes(v, "resolvedns", false));
		}
	}
	putchar('\n');
}

static void show_methods(const json_t *map)
{
	const json_t *list = json_object_get(map, "methods"), *method;
	char text[128];
	size_t i;

	if (!json_array_size(list))
		show_field("Security Methods", "ESP with AES-GCM, "
					       "ChaCha20-Poly1305 (default)");
	json_array_foreach(list, i, method) {
		show_field(i ? "" : "Security Methods", "%s",
			   netsh_qm_text(method, text, sizeof(text)));
	}
}

static void show_action(const json_t *action, const struct netsh_values *v)
{
	(void)v;
	show_field("FilterAction Name", "%s", or_none(action, "name"));
	show_field("Description", "%s", or_none(action, "description"));
	show_field("Action", "%s", or_none(action, "action"));
	if (tree_is(action, "action", "negotiate")) {
		show_field("AllowUnsecure(Fallback)", "%s",
			   yes_no(action, "soft", "NO"));
		show_field("Inbound Passthrough", "%s",
			   yes_no(action, "inpass", "NO"));
		show_field("QMPFS", "%s", yes_no(action, "pfs", "NO"));
		show_methods(action);
	}
	putchar('\n');
}

/* How peers prove who they are; a secret is named, never shown. */
static void show_auth(const json_t *map)
{
	const json_t *list = json_object_get(map, "auth"), *method;
	size_t i;

	json_array_foreach(list, i, method) {
		const char *ca = tree_text(method, "ca");

		show_field(i ? "" : "Authentication", "%s%s",
			   ca ? "root CA " : "preshared key (not shown)",
			   ca ? ca : "");
	}
}

static void show_rule(const json_t *rule, size_t id)
{
	const json_t *tunnel = json_object_get(rule, "tunnel");

	show_field("Rule ID", "%zu", id);
	show_field("Rule Name", "%s", or_none(rule, "name"));
	show_field("Description", "%s", or_none(rule, "description"));
	show_field("FilterList", "%s", or_none(rule, "filter-list"));
	show_field("FilterAction", "%s", or_none(rule, "filter-action"));
	show_field("Tunnel Dest IP Address", "%s", or_none(tunnel, "remote"));
	show_field("Connection Type", "%s",
		   tree_text(rule, "connection") ?
			   tree_text(rule, "connection") :
			   "all");
	show_field("Activated", "%s", yes_no(rule, "active", "YES"));
	show_auth(rule);
	putchar('\n');
}

static const struct show_column rule_columns[] = {
	{ "ID", 3 },	      { "Rule Name", 24 },
	{ "FilterList", 18 }, { "FilterAction", 18 },
	{ "Active", 6 },      { NULL, 0 },
};

static void rule_line(const json_t *rule, size_t id)
{
	char number[24];
	const char *cells[] = {
		number,
		tree_text(rule, "name"),
		tree_text(rule, "filter-list"),
		tree_text(rule, "filter-action"),
		yes_no(rule, "active", "YES"),
	};

	snprintf(number, sizeof(number), "%zu", id);
	show_row(rule_columns, cells);
}

static bool of_type(const json_t *rule, const char *type)
{
	bool tunnel = json_object_get(rule, "tunnel");

	return !type || tunnel == !strcmp(type, "tunnel");
}

static void show_rules(const json_t *policy, const struct netsh_values *v,
		       const char *format)
{
	const json_t *rules = json_object_get(policy, "rules"), *rule;
	bool table = !strcmp(format, "table");
	size_t i;

	if (table && json_array_size(rules))
		show_head(rule_columns);
	json_array_foreach(rules, i, rule) {
		if (!of_type(rule, netsh_text(v, "type")))
			continue;
		if (table)
			rule_line(rule, i + 1);
		else
			show_rule(rule, i + 1);
	}
	if (table)
		putchar('\n');
}

static void show_response(const json_t *policy)
{
	const json_t *response = json_object_get(policy, "default-response");

	if (!json_is_object(response))
		return;
	show_field("Rule Name", "<Dynamic>, the default response");
	show_field("QMPFS", "%s", yes_no(response, "pfs", "NO"));
	show_methods(response);
	show_auth(response);
	putchar('\n');
}

static void show_mm_methods(const json_t *policy)
{
	const json_t *list = json_object_get(policy, "ike"), *one;
	char text[128];
	size_t i;

	if (!list)
		show_field("Main Mode Methods", "default");
	json_array_foreach(list, i, one) {
		show_field(i ? "" : "Main Mode Methods", "%s",
			   netsh_mm_text(json_string_value(one), text,
					 sizeof(text)));
	}
}

static void show_policy(const json_t *root, const json_t *policy,
			const struct netsh_values *v)
{
	const char *life = tree_text(policy, "ike-lifetime");
	const char *limit = tree_text(policy, "qm-limit");
	const char *name = or_none(policy, "name");

	show_field("Policy Name", "%s", name);
	show_field("Description", "%s", or_none(policy, "description"));
	show_field("Assigned", "%s",
		   tree_is(root, "assign", name) ? "YES" : "NO");
	show_field("Master PFS", "%s", yes_no(policy, "master-pfs", "NO"));
	show_field("QM Limit", "%s", limit ? limit : "0");
	show_field("Main Mode LifeTime", "%lu minutes",
		   life ? strtoul(life, NULL, 10) / 60 : 480);
	show_mm_methods(policy);
	show_field("Default Response Rule", "%s",
		   yes_no(policy, "default-response", "NO"));
	show_field("No. of Rules", "%zu",
		   json_array_size(json_object_get(policy, "rules")));
	putchar('\n');
	if (strcmp(netsh_or(v, "level", "normal"), "verbose") != 0)
		return;
	show_rules(policy, v, netsh_or(v, "format", "list"));
	show_response(policy);
}

static void
show_objects(const json_t *root, const char *section, const json_t *only,
	     void (*show)(const json_t *object, const struct netsh_values *v),
	     const struct netsh_values *v)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(root, section), i, one) {
		if (!only || one == only)
			show(one, v);
	}
}

/* By name, or through the rule that uses it; all without either. */
static int find_object(struct ctl_args *args, const struct netsh_values *v,
		       const json_t *root, const char *section,
		       const char *what, const char *key, const json_t **found)
{
	const char *name = netsh_text(v, "name"), *rule = netsh_text(v, "rule");
	const json_t *policy, *user = NULL;
	size_t i;

	*found = NULL;
	if (netsh_text(v, "all") || (name && !strcasecmp(name, "all")) ||
	    (!name && !rule))
		return CTL_OK;
	if (!name) {
		json_array_foreach(json_object_get(root, "policies"), i,
				   policy) {
			if (!user)
				user = tree_find(
					json_object_get(policy, "rules"), rule);
		}
		name = tree_text(user, key);
		if (!name)
			return ctl_usage(args, "there is no rule '%.80s'",
					 rule);
	}
	*found = netsh_object(args, json_object_get(root, section), what, name);
	return *found ? CTL_OK : CTL_USAGE;
}

typedef int show_fn(struct ctl_args *args, struct netsh_values *v,
		    json_t *root);

/* With --json the tree is shown as it is, but for the secrets in it. */
static int run(struct ctl_args *args, show_fn *show)
{
	struct netsh_values v;
	json_t *root;
	int rc = netsh_parse(args, &v);

	if (!rc) {
		root = netsh_store_open();
		rc = root ? show(args, &v, root) : CTL_FAILED;
		netsh_store_drop();
	}
	netsh_free(&v);
	return rc;
}

static void hide_secrets(json_t *value)
{
	const char *key;
	json_t *one;
	size_t i;

	if (json_object_get(value, "psk"))
		tree_set(value, "psk", "(not shown)");
	json_object_foreach(value, key, one) {
		hide_secrets(one);
	}
	json_array_foreach(value, i, one) {
		hide_secrets(one);
	}
}

static int print_json(const json_t *root, const char *section,
		      const json_t *only)
{
	json_t *value = json_deep_copy(only ? only :
				       section ?
					      json_object_get(root, section) :
					      root);

	hide_secrets(value);
	ctl_json(section ? json_pack("{s:o}", section, value) : value);
	return CTL_OK;
}

static int filterlist(struct ctl_args *args, struct netsh_values *v,
		      json_t *root)
{
	const json_t *only;

	if (find_object(args, v, root, "filter-lists", "filter list",
			"filter-list", &only))
		return CTL_USAGE;
	if (args->json)
		return print_json(root, "filter-lists", only);
	show_objects(root, "filter-lists", only, show_filterlist, v);
	return CTL_OK;
}

static int filteraction(struct ctl_args *args, struct netsh_values *v,
			json_t *root)
{
	const json_t *only;

	if (find_object(args, v, root, "filter-actions", "filter action",
			"filter-action", &only))
		return CTL_USAGE;
	if (args->json)
		return print_json(root, "filter-actions", only);
	show_objects(root, "filter-actions", only, show_action, v);
	return CTL_OK;
}

static int policy(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	const json_t *only, *one;
	size_t i;

	if (find_object(args, v, root, "policies", "policy", NULL, &only))
		return CTL_USAGE;
	if (args->json)
		return print_json(root, "policies", only);
	json_array_foreach(json_object_get(root, "policies"), i, one) {
		if (!only || one == only)
			show_policy(root, one, v);
	}
	return CTL_OK;
}

static int rule(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	const json_t *of = netsh_object(args, json_object_get(root, "policies"),
					"policy", netsh_text(v, "policy"));
	const json_t *rules = json_object_get(of, "rules"), *one = NULL, *r;
	size_t i;

	if (!of)
		return CTL_USAGE;
	if (!netsh_text(v, "all") && !netsh_text(v, "default") &&
	    (netsh_text(v, "name") || netsh_text(v, "id"))) {
		one = netsh_rule(args, of, v);
		if (!one)
			return CTL_USAGE;
	}
	if (args->json)
		return print_json(root, "rules", one ? one : rules);
	if (netsh_text(v, "default")) {
		show_response(of);
		return CTL_OK;
	}
	if (!one) {
		show_rules(of, v, netsh_or(v, "format", "table"));
		return CTL_OK;
	}
	json_array_foreach(rules, i, r) {
		if (r == one)
			show_rule(r, i + 1);
	}
	return CTL_OK;
}

static int all(struct ctl_args *args, struct netsh_values *v, json_t *root)
{
	const json_t *one;
	size_t i;

	if (args->json)
		return print_json(root, NULL, NULL);
	show_title("Policies");
	json_array_foreach(json_object_get(root, "policies"), i, one) {
		show_policy(root, one, v);
		show_rules(one, v, "table");
	}
	show_title("Filter Lists");
	show_objects(root, "filter-lists", NULL, show_filterlist, v);
	show_title("Filter Actions");
	show_objects(root, "filter-actions", NULL, show_action, v);
	return CTL_OK;
}

int netsh_show_filterlist(struct ctl_args *args)
{
	return run(args, filterlist);
}

int netsh_show_filteraction(struct ctl_args *args)
{
	return run(args, filteraction);
}

int netsh_show_policy(struct ctl_args *args)
{
	return run(args, policy);
}

int netsh_show_rule(struct ctl_args *args)
{
	return run(args, rule);
}

int netsh_show_all(struct ctl_args *args)
{
	return run(args, all);
}

int netsh_show_store(struct ctl_args *args)
{
	struct netsh_values v;
	int rc = netsh_parse(args, &v);

	if (!rc)
		show_field("Location", "%s", netsh_store_name());
	netsh_free(&v);
	return rc;
}

int netsh_show_gpo(struct ctl_args *args)
{
	struct netsh_values v;
	int rc = netsh_parse(args, &v);

	if (!rc)
		puts("There is no directory, so no policy is assigned by one.");
	netsh_free(&v);
	return rc;
}
