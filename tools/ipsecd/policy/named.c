// SPDX-License-Identifier: GPL-2.0-or-later
/* Filter lists and filter actions, which rules share by their names. */
#include <stdlib.h>
#include <string.h>

#include "words.h"

/**
 * policy_named_add() - an item with a name of its own
 * @b: the policy so far
 * @list: those there are
 * @what: of which kind, for errors
 * @name: as given; empty: it was not
 * @map: the item
 *
 * Return: 0, or -EINVAL or -ENOMEM with the error told.
 */
int policy_named_add(struct policy_build *b, struct policy_named **list,
		     const char *what, const char *name,
		     const struct ipsec_node *map)
{
	struct policy_named *item;

	if (!*name)
		return ipsec_err_at(b->err, map->line,
				    "the %s has no name; add 'name'", what);
	HASH_FIND_STR(*list, name, item);
	if (item)
		return ipsec_err_at(b->err, map->line,
				    "the name '%s' is taken by the %s in line "
				    "%u; give each its own",
				    name, what, item->map->line);
	item = calloc(1, sizeof(*item));
	if (!item)
		return policy_no_memory(b);
	item->map = map;
	strcpy(item->name, name);
	HASH_ADD_STR(*list, name, item);
	return 0;
}

const struct ipsec_node *policy_named_get(struct policy_build *b,
					  struct policy_named *list,
					  const char *what, const char *name,
					  unsigned int line)
{
	struct policy_named *item;

	HASH_FIND_STR(list, name, item);
	if (item) {
		item->used = true;
		return item->map;
	}
	ipsec_err_at(b->err, line,
		     "there is no %s '%.63s'; add it, or write the name of "
		     "one that is there",
		     what, name);
	return NULL;
}

void policy_named_free(struct policy_named **list)
{
	struct policy_named *item, *next;

	HASH_ITER(hh, *list, item, next) {
		HASH_DEL(*list, item);
		free(item);
	}
}

/**
 * policy_named_unused() - what the policy could do without
 * @b: the policy so far; all of it is read
 * @list: lists or actions
 * @what: of which kind
 *
 * Return: 0, or -ENOMEM with the error told.
 */
int policy_named_unused(struct policy_build *b, const struct policy_named *list,
			const char *what)
{
	const struct policy_named *item;
	struct policy_unused *more;

	for (item = list; item; item = item->hh.next) {
		if (item->used)
			continue;
		more = calloc(1, sizeof(*more));
		if (!more)
			return policy_no_memory(b);
		*more = (struct policy_unused){ .next = b->policy->unused,
						.what = what,
						.line = item->map->line };
		strcpy(more->name, item->name);
		b->policy->unused = more;
	}
	return 0;
}

/* As a rule that negotiates would take it; nothing is kept. */
static int check_filters(struct policy_build *b,
			 const struct policy_list_words *words,
			 unsigned int line)
{
	struct policy_filters_words w = { .line = line };
	struct policy_rule rule = { 0 };
	int rc;

	/* It may be filled later; a rule cannot use it before. */
	if (words->filters->kind == IPSEC_LIST && !words->filters->child)
		return 0;
	ipsec_filter_init(&w.base);
	b->filter_size = 0;
	w.base.action = (struct ipsec_num){ IPSECDRV_ACTION_NEGOTIATE, true };
	strcpy(rule.name, words->name);
	rc = policy_filters_read(b, &w, words->filters, &rule);
	policy_rule_free(&rule);
	policy_number_free(b);
	return rc;
}

/**
 * policy_lists_read() - the filter lists, whether they are used or not
 * @b: the policy so far; gets them
 * @list: of the document
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_lists_read(struct policy_build *b, const struct ipsec_node *list)
{
	const struct ipsec_node *c;
	int rc = 0;

	for (c = list->child; c && !rc; c = c->next) {
		struct policy_list_words w = { .name = "" };

		rc = ipsec_parse(c, policy_list_fields, &w, b->err);
		if (!rc)
			rc = policy_named_add(b, &b->lists, "filter-list",
					      w.name, c);
		if (!rc && !w.filters)
			rc = ipsec_err_at(b->err, c->line,
					  "filter-list '%s' has no filters; "
					  "add filters",
					  w.name);
		if (!rc)
			rc = check_filters(b, &w, c->line);
	}
	return rc;
}

/**
 * policy_actions_read() - the filter actions, whether they are used or not
 * @b: the policy so far; gets them
 * @list: of the document
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_actions_read(struct policy_build *b, const struct ipsec_node *list)
{
	const struct ipsec_node *c;
	int rc = 0;

	for (c = list->child; c && !rc; c = c->next) {
		struct policy_words w = { .name = "" };

		rc = ipsec_parse(c, policy_action_fields, &w, b->err);
		if (!rc)
			rc = policy_named_add(b, &b->actions, "filter-action",
					      w.filter_action, c);
		if (!rc)
			rc = policy_action_check(b, c);
	}
	return rc;
}
