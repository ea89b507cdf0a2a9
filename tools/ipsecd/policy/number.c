// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ids of rules and filters. The driver takes a filter of the same id and
 * meaning as one before for that filter, whose SAs then live on. So ids follow
 * from what they stand for and not from the place in the file: a rule added
 * above leaves all others as they were.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"

/* Small enough to be read aloud; few of 100,000 filters collide. */
#define ID_MAX ((1U << POLICY_ID_BITS) - 1)

struct policy_seen {
	UT_hash_handle hh;
	uint32_t id; /* or 0: a name */
	unsigned int line;
	char name[];
};

static uint32_t hash_text(uint32_t h, const char *text)
{
	do
		h = (h ^ (unsigned char)*text) * 16777619U; /* FNV-1a */
	while (*text++);
	return h;
}

/* The next id from the hash on that nobody has. */
static int take_id(struct policy_build *b, struct policy_seen **seen,
		   uint32_t hash, uint32_t *id)
{
	struct policy_seen *s;

	*id = (hash ^ hash >> 24) & ID_MAX;
	for (;;) {
		if (!*id)
			*id = 1;
		HASH_FIND(hh, *seen, id, sizeof(*id), s);
		if (!s)
			break;
		*id = (*id + 1) & ID_MAX;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return policy_no_memory(b);
	s->id = *id;
	HASH_ADD(hh, *seen, id, sizeof(s->id), s);
	return 0;
}

/**
 * policy_number_rule() - the id of a rule, and that its name is new
 * @b: the policy so far
 * @rule: its name is set; id is written
 * @line: of the rule
 *
 * Return: 0, or -EINVAL or -ENOMEM with the error told.
 */
int policy_number_rule(struct policy_build *b, struct policy_rule *rule,
		       unsigned int line)
{
	struct policy_seen *s;

	HASH_FIND_STR(b->names, rule->name, s);
	if (s)
		return ipsec_err_at(b->err, line,
				    "the name '%s' is taken by the rule in "
				    "line %u; give each its own",
				    rule->name, s->line);
	s = calloc(1, sizeof(*s) + strlen(rule->name) + 1);
	if (!s)
		return policy_no_memory(b);
	s->line = line;
	strcpy(s->name, rule->name);
	HASH_ADD_STR(b->names, name, s);
	return take_id(b, &b->rules, hash_text(2166136261U, rule->name),
		       &rule->id);
}

/**
 * policy_number_filter() - the id and cookie of a filter
 * @b: the policy so far
 * @rule: its rule
 * @filter: a filter as it will be loaded; id and cookie are written
 *
 * Return: 0, or -ENOMEM with the error told.
 */
int policy_number_filter(struct policy_build *b, const struct policy_rule *rule,
			 struct ipsec_filter *filter)
{
	char text[IPSEC_SELECTOR_STRLEN], more[64];
	uint32_t h = hash_text(2166136261U, rule->name), id;
	int rc;

	snprintf(more, sizeof(more), "%d %d %d %d %d", (int)filter->action.v,
		 (int)filter->dir.v, (int)filter->flags.v,
		 (int)filter->narrow.v, (int)filter->require.v);
	h = hash_text(h, ipsec_selector_text(&filter->sel, text, sizeof(text)));
	rc = take_id(b, &b->filters, hash_text(h, more), &id);
	filter->id = (struct ipsec_num){ id, true };
	filter->cookie = (struct ipsec_num){ rule->id, true };
	return rc;
}

static void seen_free(struct policy_seen **list)
{
	struct policy_seen *s, *next;

	HASH_ITER(hh, *list, s, next) {
		HASH_DEL(*list, s);
		free(s);
	}
}

void policy_number_free(struct policy_build *b)
{
	seen_free(&b->names);
	seen_free(&b->rules);
	seen_free(&b->filters);
}
