// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of a policy. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bind.h"
#include "words.h"

int policy_no_memory(struct policy_build *b)
{
	return ipsec_err_code(b->err, ENOMEM, "out of memory");
}

int policy_blame_file(struct policy_build *b, unsigned int line,
		      const char *name)
{
	char text[sizeof(b->err->text)];

	memcpy(text, b->err->text, sizeof(text));
	return ipsec_err_at(b->err, line, "%.200s: %.300s", name, text);
}

/**
 * policy_file() - a file that the policy names
 * @b: the policy so far
 * @line: where it is named
 * @name: as written there
 * @secret: nobody else may be able to read it
 * @blob: its bytes, which live until the parse ends
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_file(struct policy_build *b, unsigned int line, const char *name,
		bool secret, struct ike_blob *blob)
{
	int rc;

	if (strcmp(name, POLICY_BINDINGS) != 0)
		rc = b->file(b->ctx, name, secret, blob, b->err);
	else
		rc = ipsec_err_code(b->err, EISDIR, "it is a folder");
	if (!rc) {
		/* To libcrypto bytes that are nowhere are lack of memory. */
		if (!blob->len)
			blob->data = (const uint8_t *)"";
		policy_digest_add(b, blob->data, blob->len);
		return 0;
	}
	policy_blame_file(b, line, name);
	return rc;
}

int policy_no_list(struct policy_build *b, const struct ipsec_node *n)
{
	return ipsec_err_at(b->err, n->line,
			    "'%s' must be a list ('- ...' lines); an empty one "
			    "is written '%s: []'",
			    n->key, n->key);
}

/**
 * policy_value() - a value by the field of its word
 * @b: the policy so far
 * @n: the value; it has a key
 * @fields: a table that has that
 * @obj: written
 *
 * Return: 0, or -EINVAL with the error told.
 */
int policy_value(struct policy_build *b, const struct ipsec_node *n,
		 const struct ipsec_field *fields, void *obj)
{
	struct ipsec_node value = *n;
	struct ipsec_node map = { .kind = IPSEC_MAP, .line = n->line };

	/* The value alone is a map of one. */
	value.next = NULL;
	map.child = &value;
	return ipsec_parse(&map, fields, obj, b->err);
}

static int read_version(struct policy_build *b, const struct ipsec_node *n)
{
	if (!n || (n->kind == IPSEC_SCALAR && !strcmp(n->text, "1")))
		return 0;
	return ipsec_err_at(b->err, n->line,
			    "this ipsecd reads 'version: 1' only");
}

static int read_config(struct policy_build *b,
		       const struct policy_root_words *w)
{
	struct policy *p = b->policy;
	int rc = 0;

	p->has_driver = w->default_action || w->config;
	if (w->default_action)
		rc = policy_value(b, w->default_action, ipsec_config_fields,
				  &p->driver);
	if (rc || !w->config)
		return rc;
	if (w->default_action && ipsec_node_get(w->config, "default-action"))
		return ipsec_err_at(b->err,
				    w->config->line > w->default_action->line ?
					    w->config->line :
					    w->default_action->line,
				    "default-action is given twice");
	return ipsec_parse(w->config, ipsec_config_fields, &p->driver, b->err);
}

/* One policy without a name, which is in force. */
static int read_rules(struct policy_build *b, const struct policy_root_words *w)
{
	struct policy_words none = { .name = "" };

	if (w->assign)
		return ipsec_err_at(b->err, w->assign->line,
				    "assign is for one of several policies; "
				    "remove it, or write them under policies");
	if (!w->rules)
		return ipsec_err_at(b->err, 0,
				    "there is no 'rules:' list; an empty one "
				    "is written 'rules: []'");
	ipsec_filter_init(&none.base);
	b->in_force = true;
	return policy_rules_read(b, &none, w->rules, w->response);
}

static int read_policies(struct policy_build *b,
			 const struct policy_root_words *w)
{
	const struct ipsec_node *other = w->rules ? w->rules : w->response;

	if (other)
		return ipsec_err_at(b->err, other->line,
				    "policies and %s exclude each other; move "
				    "%s into a policy",
				    other->key, other->key);
	return policy_policies_read(b, w->policies, w->assign);
}

static int check_lists(struct policy_build *b,
		       const struct policy_root_words *w)
{
	const struct ipsec_node *const lists[] = { w->lists, w->actions,
						   w->policies, w->rules };
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (lists[i] && lists[i]->kind != IPSEC_LIST)
			return policy_no_list(b, lists[i]);
	return 0;
}

/* What others refer to comes first, wherever it is in the file. */
static int read_root(struct policy_build *b, const struct ipsec_node *root)
{
	struct policy_root_words w = { 0 };
	int rc = ipsec_parse(root, policy_root_fields, &w, b->err);

	if (!rc)
		rc = read_version(b, w.version);
	if (!rc)
		rc = check_lists(b, &w);
	if (!rc)
		rc = read_config(b, &w);
	if (!rc && w.ike)
		rc = policy_settings_read(b, w.ike);
	if (!rc && w.lists)
		rc = policy_lists_read(b, w.lists);
	if (!rc && w.actions)
		rc = policy_actions_read(b, w.actions);
	if (!rc)
		rc = w.policies ? read_policies(b, &w) : read_rules(b, &w);
	if (!rc)
		rc = policy_named_unused(b, b->lists, "filter-list");
	return rc ? rc : policy_named_unused(b, b->actions, "filter-action");
}

static struct policy *policy_new(void)
{
	struct policy *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->refs = 1;
	p->limits = (struct policy_limits){
		.per_address = 35,
		.per_port = 5,
		.half_open = 10000,
		.cookie_threshold = 64,
		.children = 1024,
	};
	p->port = IKE_PORT;
	p->natt_port = IKE_NATT_PORT;
	p->keepalive = 20;
	p->log_level = 2;
	return p;
}

/* What the rules need of the driver, unless the policy says otherwise. */
static void set_driver(struct policy *p)
{
	unsigned int i;

	for (i = 0; i < p->rules; i++)
		if (p->rule[i].weak && !p->driver.legacy.set) {
			p->driver.legacy = (struct ipsec_num){ 1, true };
			p->has_driver = true;
		}
	if (p->natt_port != IKE_NATT_PORT && !p->driver.encap_port.set) {
		p->driver.encap_port = (struct ipsec_num){ p->natt_port, true };
		p->has_driver = true;
	}
}

/**
 * policy_parse() - a policy from its text
 * @text: YAML, see ipsecd-policy(5)
 * @len: of the text
 * @file: gives the files that it names
 * @ctx: for @file
 * @policy: written, with one reference
 * @err: says what is wrong, in which line, and what to do
 *
 * Return: 0, -EINVAL, -ENOMEM, or what @file returned.
 */
int policy_parse(const char *text, size_t len, policy_file_fn *file, void *ctx,
		 struct policy **policy, struct ipsec_err *err)
{
	struct policy_build b = {
		.policy = policy_new(),
		.file = file,
		.ctx = ctx,
		.err = err,
	};
	struct ipsec_arena arena = { 0 };
	struct ipsec_node *root;
	int rc;

	if (!b.policy)
		return policy_no_memory(&b);
	rc = ipsec_doc_tree(text, len, "rules", &arena, &root, err);
	if (!rc)
		rc = read_root(&b, root);
	ipsec_arena_reset(&arena);
	policy_named_free(&b.lists);
	policy_named_free(&b.actions);
	policy_bindings_free(&b);
	explicit_bzero(&b.digest, sizeof(b.digest));
	if (rc) {
		policy_put(b.policy);
		return rc;
	}
	set_driver(b.policy);
	*policy = b.policy;
	return 0;
}
