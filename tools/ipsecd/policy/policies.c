// SPDX-License-Identifier: GPL-2.0-or-later
/* A policy with its rules. Of several one is in force, and all are checked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

#define RULES_MAX 100000

static int append(struct policy_build *b, const struct policy_rule *rule)
{
	struct policy *p = b->policy;
	unsigned int size = b->size ? 2 * b->size : 16;
	struct policy_rule *list;

	if (p->rules >= RULES_MAX)
		return ipsec_err_at(b->err, rule->line, "more than %d rules",
				    RULES_MAX);
	if (p->rules == b->size) {
		list = reallocarray(p->rule, size, sizeof(*list));
		if (!list)
			return policy_no_memory(b);
		p->rule = list;
		b->size = size;
	}
	p->rule[p->rules] = *rule;
	p->rule[p->rules++].policy = p;
	return 0;
}

/* What of the policy its rules depend on. */
static void digest_defaults(struct policy_build *b)
{
	static const char *const own[] = { "name", "rules", POLICY_RESPONSE };
	const struct ipsec_node *c = b->map ? b->map->child : NULL;
	uint8_t outer[POLICY_DIGEST_LEN];
	size_t i;

	policy_digest_begin(b, outer);
	for (; c; c = c->next) {
		for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
			if (!strcmp(c->key, own[i]))
				break;
		if (i == sizeof(own) / sizeof(own[0]))
			policy_digest_node(b, c);
	}
	policy_digest_end(b, outer, b->base);
}

static int read_one(struct policy_build *b, const struct ipsec_node *n,
		    bool response)
{
	struct policy_rule rule = { .line = n->line };
	uint8_t outer[POLICY_DIGEST_LEN];
	bool active = true;
	int rc;

	policy_digest_begin(b, outer);
	policy_digest_add(b, b->base, sizeof(b->base));
	policy_digest_node(b, n);
	rc = response ? policy_response_read(b, n, &rule) :
			policy_rule_read(b, n, &rule, &active);
	policy_digest_end(b, outer, rule.digest);
	if (!rc && active && b->in_force) {
		rc = append(b, &rule);
		if (!rc)
			return 0;
	}
	policy_rule_free(&rule);
	return rc;
}

/**
 * policy_rules_read() - the rules of a policy
 * @b: the policy so far
 * @defaults: of its rules
 * @list: the rules
 * @response: what the policy says of the default response, NULL: nothing
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_rules_read(struct policy_build *b,
		      const struct policy_words *defaults,
		      const struct ipsec_node *list,
		      const struct ipsec_node *response)
{
	const struct ipsec_node *c;
	uint32_t no = 1;
	int rc = 0;

	b->defaults = defaults;
	b->first = NULL;
	digest_defaults(b);
	for (c = list ? list->child : NULL; c && !rc; c = c->next)
		rc = read_one(b, c, false);
	if (!rc && response &&
	    !(response->kind == IPSEC_SCALAR &&
	      ipsec_name_value(ipsec_names_yesno, response->text, &no) && !no))
		rc = read_one(b, response, true);
	policy_number_free(b);
	b->defaults = NULL;
	return rc;
}

static int read_policy(struct policy_build *b, const struct ipsec_node *map,
		       const struct ipsec_node *assign,
		       struct policy_named **policies)
{
	struct policy_words w = { .name = "" };
	int rc;

	ipsec_filter_init(&w.base);
	rc = ipsec_parse(map, policy_policy_fields, &w, b->err);
	if (!rc)
		rc = policy_named_add(b, policies, "policy", w.policy, map);
	if (!rc && w.rules && w.rules->kind != IPSEC_LIST)
		rc = policy_no_list(b, w.rules);
	if (rc)
		return rc;
	b->map = map;
	b->in_force = assign && !strcmp(w.policy, assign->text);
	if (b->in_force)
		strcpy(b->policy->assigned, w.policy);
	return policy_rules_read(b, &w, w.rules, w.response);
}

/**
 * policy_policies_read() - several policies, of which at most one is in force
 * @b: the policy so far
 * @list: of the document
 * @assign: the name of that one, NULL: none is
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_policies_read(struct policy_build *b, const struct ipsec_node *list,
			 const struct ipsec_node *assign)
{
	struct policy_named *policies = NULL;
	const struct ipsec_node *c;
	int rc = 0;

	if (assign && assign->kind != IPSEC_SCALAR)
		return ipsec_err_at(b->err, assign->line,
				    "assign is the name of one policy");
	for (c = list->child; c && !rc; c = c->next)
		rc = read_policy(b, c, assign, &policies);
	if (!rc && assign &&
	    !policy_named_get(b, policies, "policy", assign->text,
			      assign->line))
		rc = -EINVAL;
	policy_named_free(&policies);
	return rc;
}
