// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules that are added and taken away while the daemon runs. */
#include "dynamic.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"
#include "log.h"
#include "parent.h"
#include "persistent.h"

static int no_memory(struct ipsec_err *err)
{
	return ipsec_err_code(err, ENOMEM, "out of memory");
}

/* All scalars are text, as they are in YAML for the parser. */
static json_t *json_of(const struct ipsec_node *n)
{
	const struct ipsec_node *c;
	json_t *json;

	if (n->kind == IPSEC_SCALAR)
		return json_string(n->text ? n->text : "");
	json = n->kind == IPSEC_MAP ? json_object() : json_array();
	for (c = n->child; c && json; c = c->next)
		if (n->kind == IPSEC_MAP ?
			    json_object_set_new(json, c->key, json_of(c)) :
			    json_array_append_new(json, json_of(c))) {
			json_decref(json);
			json = NULL;
		}
	return json;
}

static json_t *find(json_t *list, const char *name, size_t *at)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		const char *has =
			json_string_value(json_object_get(item, "name"));

		*at = i;
		if (has && !strcmp(has, name))
			return item;
	}
	return NULL;
}

/* In the place of the one of its name, or last. */
static int put(json_t *list, const struct ipsec_node *node,
	       struct ipsec_err *err)
{
	const struct ipsec_node *name =
		node->kind == IPSEC_MAP ? ipsec_node_get(node, "name") : NULL;
	json_t *item;
	size_t at;

	if (!name || name->kind != IPSEC_SCALAR)
		return ipsec_err_at(err, node->line,
				    "it has no name; add 'name'");
	item = json_of(node);
	if (!item)
		return ipsec_err_at(err, node->line,
				    "it has text that is not UTF-8");
	if (find(list, name->text, &at) ? json_array_set_new(list, at, item) :
					  json_array_append_new(list, item))
		return no_memory(err);
	return 0;
}

static int add_section(json_t *overlay, const struct ipsec_node *section,
		       struct ipsec_err *err)
{
	const struct ipsec_node *c;
	json_t *list = json_object_get(overlay, section->key);
	int rc = 0;

	if (!strcmp(section->key, "version"))
		return 0;
	if (section->kind != IPSEC_LIST || !strcmp(section->key, "policies"))
		return ipsec_err_at(err, section->line,
				    "'%.40s' is no list of rules, lists or "
				    "actions",
				    section->key);
	if (!list) {
		list = json_array();
		if (json_object_set_new(overlay, section->key, list))
			return no_memory(err);
	}
	for (c = section->child; c && !rc; c = c->next)
		rc = put(list, c, err);
	return rc;
}

static int add_text(json_t *overlay, const char *text, struct ipsec_err *err)
{
	struct ipsec_arena arena = { NULL, 0 };
	const struct ipsec_node *c;
	struct ipsec_node *root;
	int rc =
		ipsec_doc_tree(text, strlen(text), "rules", &arena, &root, err);

	for (c = rc ? NULL : root->child; c && !rc; c = c->next)
		rc = add_section(overlay, c, err);
	ipsec_arena_reset(&arena);
	return rc;
}

/* What was added before. */
static json_t *overlay_of(const struct ipsecd_force *force)
{
	const struct ipsecd_file *f = ipsecd_files_find(
		&force->now.bundle.layer[IPSECD_LAYER_DYNAMIC], "");
	return f ? json_loadb((const char *)f->data, f->len, 0, NULL) :
		   json_pack("{s:[]}", "rules");
}

static int set_overlay(struct ipsecd_compiled *c, const json_t *overlay,
		       struct ipsec_err *err)
{
	struct ipsecd_files *files = &c->bundle.layer[IPSECD_LAYER_DYNAMIC];
	char *text = json_dumps(overlay, JSON_COMPACT), copy[IPSECD_PATH_SIZE];
	struct policy *policy;
	int rc;

	if (!text)
		return no_memory(err);
	strcpy(copy, c->path);
	/* Its files are read now; the policy is made of them below. */
	rc = ipsecd_files_take(files, text, dirname(copy), &policy, err);
	explicit_bzero(text, strlen(text));
	free(text);
	if (!rc)
		policy_put(policy);
	/* The text is ours and has one line. */
	err->line = 0;
	return rc;
}

static int set_hidden(struct ipsecd_compiled *c, const char *name,
		      struct ipsec_err *err)
{
	struct ipsecd_files *files = &c->bundle.layer[IPSECD_LAYER_HIDDEN];

	if (ipsecd_files_append(files, "", name, strlen(name)) ||
	    ipsecd_files_append(files, "", "\n", 1))
		return no_memory(err);
	return 0;
}

/* What another policy than the one in force would have instead. */
struct changes {
	const json_t *overlay; /* NULL: that of before */
	const char *hide; /* or NULL: no more than before */
	const char *crl_check; /* likewise */
};

/* The policy in force, with other changes. */
static int change(struct ipsecd_force *force, const struct changes *changes,
		  struct ipsec_err *err)
{
	struct ipsecd_compiled c = { .restored = force->now.restored,
				     .alone = force->now.alone };
	int rc = 0;

	ipsecd_bundle_init(&c.bundle);
	strcpy(c.path, force->now.path);
	if (ipsecd_bundle_copy(&c.bundle, &force->now.bundle))
		return no_memory(err);
	if (changes->overlay) {
		ipsecd_files_free(&c.bundle.layer[IPSECD_LAYER_DYNAMIC]);
		rc = set_overlay(&c, changes->overlay, err);
	}
	if (!rc && changes->hide)
		rc = set_hidden(&c, changes->hide, err);
	if (!rc && changes->crl_check &&
	    ipsecd_bundle_set_crl_check(&c.bundle, changes->crl_check))
		rc = no_memory(err);
	if (!rc)
		rc = ipsecd_bundle_parse(&c.bundle, &c.policy, err);
	if (!rc)
		rc = ipsecd_force_use(force, &c, err);
	ipsecd_compiled_free(&c);
	return rc;
}

static json_t *done(void)
{
	return json_pack("{s:i, s:b}", "version", 1, "ok", 1);
}

json_t *ipsecd_dynamic_add(struct ipsecd_force *force, const json_t *request,
			   struct ipsec_err *err)
{
	const char *text = json_string_value(json_object_get(request, "text"));
	json_t *overlay;
	int rc;

	if (!text) {
		ipsec_err_code(err, EINVAL, "the text is missing");
		return NULL;
	}
	rc = ipsecd_only_rules(text, strlen(text), err);
	if (rc)
		return NULL;
	overlay = overlay_of(force);
	rc = add_text(overlay, text, err);
	if (!rc)
		rc = change(force, &(struct changes){ .overlay = overlay },
			    err);
	json_decref(overlay);
	if (rc)
		return NULL;
	ipsecd_log_policy("added", "rules were added or changed until the "
				   "next start");
	return done();
}

/* Of which text the rule in force is. */
static unsigned int layer_of(const struct policy *policy, const char *name)
{
	const struct policy_rule *rule = policy_rule_by_name(policy, name);

	return rule ? rule->id >> POLICY_ID_BITS : IPSECD_LAYERS;
}

json_t *ipsecd_dynamic_del(struct ipsecd_force *force, const json_t *request,
			   struct ipsec_err *err)
{
	const char *name = json_string_value(json_object_get(request, "rule"));
	unsigned int layer = name ? layer_of(force->now.policy, name) :
				    IPSECD_LAYERS;
	json_t *overlay;
	size_t at;
	int rc;

	if (layer == IPSECD_LAYERS) {
		ipsec_err_code(err, ENOENT, "there is no such rule");
		return NULL;
	}
	if (layer == IPSECD_LAYER_PERSISTENT) {
		ipsec_err_code(err, EPERM,
			       "the rule is persistent; remove it from "
			       "%s/persistent.yaml and reload",
			       force->store->folder);
		return NULL;
	}
	overlay = overlay_of(force);
	if (find(json_object_get(overlay, "rules"), name, &at))
		json_array_remove(json_object_get(overlay, "rules"), at);
	rc = change(force,
		    &(struct changes){ .overlay = overlay, .hide = name }, err);
	json_decref(overlay);
	if (rc)
		return NULL;
	ipsecd_log_policy("removed",
			  "rule '%s' was taken away until the next start",
			  name);
	return done();
}

json_t *ipsecd_dynamic_set(struct ipsecd_force *force, const json_t *request,
			   struct ipsec_err *err)
{
	const char *word =
		json_string_value(json_object_get(request, "crl_check"));
	uint32_t level;

	if (!word || !ipsec_name_value(policy_crl_names, word, &level)) {
		ipsec_err_code(err, EINVAL,
			       "crl_check is off, revoked or strict");
		return NULL;
	}
	if (change(force, &(struct changes){ .crl_check = word }, err))
		return NULL;
	ipsecd_log_line(IKE_LOG_NOTICE,
			"crl-check is %s for all rules until the next start",
			word);
	return done();
}

static void redact(json_t *json)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(json, key, value) {
		if (!strcmp(key, "psk"))
			json_object_set_new(json, key, json_string("(hidden)"));
		else
			redact(value);
	}
	json_array_foreach(json, i, value) {
		redact(value);
	}
}

static json_t *hidden_json(const struct ipsecd_force *force)
{
	const struct ipsecd_file *f = ipsecd_files_find(
		&force->now.bundle.layer[IPSECD_LAYER_HIDDEN], "");
	json_t *list = json_array();
	const char *p = f ? (const char *)f->data : NULL, *end;

	for (; p && p < (const char *)f->data + f->len; p = end + 1) {
		end = memchr(p, '\n', f->len);
		json_array_append_new(list, json_stringn(p, (size_t)(end - p)));
	}
	return list;
}

json_t *ipsecd_dynamic_show(const struct ipsecd_force *force,
			    struct ipsec_err *err)
{
	json_t *overlay = overlay_of(force), *answer;
	char *text, crl[16];

	redact(overlay);
	text = json_dumps(overlay, JSON_INDENT(2));
	ipsecd_bundle_crl_check(&force->now.bundle, crl);
	answer = text ? json_pack("{s:i, s:s, s:o, s:s*}", "version", 1, "text",
				  text, "removed", hidden_json(force),
				  "crl_check", *crl ? crl : NULL) :
			NULL;
	free(text);
	json_decref(overlay);
	if (!answer)
		no_memory(err);
	return answer;
}
