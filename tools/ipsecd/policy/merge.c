// SPDX-License-Identifier: GPL-2.0-or-later
/* One policy of several texts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"

/* Ids of a text have 24 bits; what is above says which text. */
static void number(struct policy_rule *rule, unsigned int text)
{
	const uint32_t bits = text << POLICY_ID_BITS;
	unsigned int i;

	rule->id |= bits;
	for (i = 0; i < rule->filters; i++) {
		rule->filter[i].id.v |= bits;
		rule->filter[i].cookie.v = rule->id;
	}
}

static int check_names(const struct policy *p, const struct policy *more,
		       struct ipsec_err *err)
{
	const struct policy_rule *taken;
	unsigned int i;

	for (i = 0; i < more->rules; i++) {
		taken = policy_rule_by_name(p, more->rule[i].name);
		if (taken)
			return ipsec_err_at(err, more->rule[i].line,
					    "the name '%s' is taken by a rule "
					    "of the policy, line %u there; "
					    "give each its own",
					    taken->name, taken->line);
	}
	return 0;
}

/* What the rules that come need; what was said of it stays. */
static void merge_settings(struct policy *p, const struct policy *more)
{
	if (more->driver.legacy.set && !p->driver.legacy.set) {
		p->driver.legacy = more->driver.legacy;
		p->has_driver = true;
	}
	p->ocsp |= more->ocsp;
	if (!p->exposed)
		p->exposed = more->exposed;
}

static bool has_word(const struct policy *p, const char *word)
{
	unsigned int i;

	for (i = 0; i < p->words; i++)
		if (!strcmp(p->word[i], word))
			return true;
	return false;
}

/* What stands for addresses in either. */
static int merge_words(struct policy *p, struct policy *more,
		       struct ipsec_err *err)
{
	char **list;
	unsigned int i;

	if (!more->words)
		return 0;
	list = reallocarray(p->word, p->words + more->words, sizeof(*list));
	if (!list)
		return ipsec_err_code(err, ENOMEM, "out of memory");
	p->word = list;
	for (i = 0; i < more->words; i++)
		if (has_word(p, more->word[i]))
			free(more->word[i]);
		else
			list[p->words++] = more->word[i];
	more->words = 0;
	return 0;
}

/**
 * policy_merge() - takes over the rules of another text
 * @p: a policy that is not in use yet
 * @more: the other; belongs to @p from now on, also after an error
 * @text: its number, from 1 on
 * @first: its rules come before those of @p
 * @err: says what is wrong
 *
 * Return: 0, -EINVAL: both have a rule of one name, or -ENOMEM.
 */
int policy_merge(struct policy *p, struct policy *more, unsigned int text,
		 bool first, struct ipsec_err *err)
{
	unsigned int i, sum = p->rules + more->rules;
	struct policy_rule *rule;
	int rc;

	more->merged = p->merged;
	p->merged = more;
	rc = check_names(p, more, err);
	if (!rc)
		rc = merge_words(p, more, err);
	if (rc || !more->rules)
		return rc;
	rule = calloc(sum, sizeof(*rule));
	if (!rule)
		return ipsec_err_code(err, ENOMEM, "out of memory");
	for (i = 0; i < more->rules; i++)
		number(&more->rule[i], text);
	if (p->rules)
		memcpy(rule + (first ? more->rules : 0), p->rule,
		       p->rules * sizeof(*rule));
	memcpy(rule + (first ? 0 : p->rules), more->rule,
	       more->rules * sizeof(*rule));
	merge_settings(p, more);
	free(p->rule);
	p->rule = rule;
	p->rules = sum;
	more->rules = 0;
	for (i = 0; i < p->rules; i++)
		p->rule[i].policy = p;
	return 0;
}

/**
 * policy_hide() - leaves out a rule
 * @p: a policy that is not in use yet
 * @name: of the rule
 *
 * Return: it was there.
 */
bool policy_hide(struct policy *p, const char *name)
{
	struct policy_rule *rule = policy_rule_by_name(p, name);

	if (!rule)
		return false;
	policy_rule_free(rule);
	memmove(rule, rule + 1,
		(size_t)(p->rule + p->rules - rule - 1) * sizeof(*rule));
	p->rules--;
	return true;
}
