// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of a policy. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"

#define RULES_MAX 100000

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
	int rc = b->file(b->ctx, name, secret, blob, b->err);

	if (!rc) {
		policy_digest_add(b, blob->data, blob->len);
		return 0;
	}
	policy_blame_file(b, line, name);
	return rc;
}

static int grow(struct policy_build *b, unsigned int line)
{
	struct policy *p = b->policy;
	unsigned int size = b->size ? 2 * b->size : 16;
	struct policy_rule *rule;

	if (p->rules < b->size)
		return 0;
	if (p->rules >= RULES_MAX)
		return ipsec_err_at(b->err, line, "more than %d rules",
				    RULES_MAX);
	rule = realloc(p->rule, size * sizeof(*rule));
	if (!rule)
		return policy_no_memory(b);
	p->rule = rule;
	b->size = size;
	return 0;
}

static int read_rule(struct policy_build *b, const struct ipsec_node *map)
{
	struct policy_rule *rule;
	int rc = grow(b, map->line);

	if (rc)
		return rc;
	rule = &b->policy->rule[b->policy->rules++];
	memset(rule, 0, sizeof(*rule));
	memset(b->digest, 0, sizeof(b->digest));
	policy_digest_node(b, map);
	rc = policy_rule_read(b, map, rule);
	memcpy(rule->digest, b->digest, sizeof(rule->digest));
	return rc;
}

static int read_config(struct policy_build *b, const struct ipsec_node *n)
{
	struct policy *p = b->policy;
	struct ipsec_node value = *n;
	struct ipsec_node map = { .kind = IPSEC_MAP, .line = n->line };
	bool action = p->driver.default_action.set;

	/* The value alone is a map of one. */
	value.next = NULL;
	map.child = &value;
	p->has_driver = true;
	if (!strcmp(n->key, "default-action")) {
		if (!action)
			return ipsec_parse(&map, ipsec_config_fields,
					   &p->driver, b->err);
	} else if (!action || !ipsec_node_get(n, "default-action")) {
		return ipsec_parse(n, ipsec_config_fields, &p->driver, b->err);
	}
	return ipsec_err_at(b->err, n->line, "default-action is given twice");
}

static int read_item(void *ctx, const char *section,
		     const struct ipsec_node *node, struct ipsec_err *err)
{
	struct policy_build *b = ctx;

	if (!strcmp(section, "rules"))
		return read_rule(b, node);
	if (!strcmp(section, "ike"))
		return policy_settings_read(b, node);
	if (!strcmp(section, "default-action") || !strcmp(section, "config"))
		return read_config(b, node);
	if (strcmp(section, "version"))
		return ipsec_err_at(err, node->line,
				    "unknown section '%.40s'; known are rules, "
				    "ike, default-action, config, version",
				    section);
	if (node->kind == IPSEC_SCALAR && !strcmp(node->text, "1"))
		return 0;
	return ipsec_err_at(err, node->line,
			    "this ipsecd reads 'version: 1' only");
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
	int rc;

	if (!b.policy)
		return policy_no_memory(&b);
	rc = ipsec_doc_read(text, len, "rules", read_item, &b, err);
	policy_number_free(&b);
	if (rc) {
		policy_put(b.policy);
		return rc;
	}
	set_driver(b.policy);
	*policy = b.policy;
	return 0;
}
