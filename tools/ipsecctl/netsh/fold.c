// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tunnels of Windows: its rules name one end, so there are two for each tunnel,
 * with filters that are not mirrored. One is for what goes out and names the
 * far end, the other for what comes in and names ours. policy.yaml says both in
 * one rule.
 */
#include <stdio.h>
#include <string.h>

#include "../own.h"
#include "store.h"

#define NAME_MAX_LEN 63 /* of a filter list */

static bool same(const json_t *a, const json_t *b, const char *key)
{
	const json_t *x = json_object_get(a, key), *y = json_object_get(b, key);

	return x && y ? json_equal(x, y) : x == y;
}

/* The far end, if the rule has a tunnel as netsh writes it. */
static const char *end_of(const json_t *rule)
{
	const json_t *tunnel = json_object_get(rule, "tunnel");

	return tree_text(tunnel, "local") ? NULL : tree_text(tunnel, "remote");
}

static const json_t *filters_of(const json_t *root, const json_t *rule)
{
	const char *name = tree_text(rule, "filter-list");

	return json_object_get(tree_find(json_object_get(root, "filter-lists"),
					 name ? name : ""),
			       "filters");
}

/* The filter of both ways that one of one way becomes; NULL: it is another. */
static json_t *whole(const json_t *filter, bool in)
{
	static const char *const pairs[][2] = { { "from", "to" },
						{ "sport", "dport" } };
	json_t *f;
	size_t i;

	if (!tree_is(filter, "mirrored", "no") ||
	    !!tree_text(filter, "dir") != in)
		return NULL;
	f = json_deep_copy(filter);
	tree_set(f, "mirrored", NULL);
	tree_set(f, "dir", NULL);
	tree_set(f, "name", NULL);
	for (i = 0; in && i < 2; i++) {
		json_t *a = json_incref(json_object_get(f, pairs[i][0]));
		json_t *b = json_incref(json_object_get(f, pairs[i][1]));

		json_object_del(f, pairs[i][0]);
		json_object_del(f, pairs[i][1]);
		if (b)
			json_object_set_new(f, pairs[i][0], b);
		if (a)
			json_object_set_new(f, pairs[i][1], a);
	}
	return f;
}

/* Those of one direction; NULL: a filter of the list is mirrored. */
static json_t *half(const json_t *filters, bool in)
{
	json_t *list = json_array();
	const json_t *f;
	size_t i;

	json_array_foreach(filters, i, f) {
		json_t *one = whole(f, in);

		if (one)
			json_array_append_new(list, one);
		else if (!tree_is(f, "mirrored", "no")) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* What goes out by the one rule and comes in by the other; NULL: not the same. */
static json_t *both(const json_t *root, const json_t *out, const json_t *in)
{
	json_t *x = half(filters_of(root, out), false);
	json_t *y = half(filters_of(root, in), true);
	bool alike = x && y && json_array_size(x) && json_equal(x, y);

	json_decref(y);
	if (alike)
		return x;
	json_decref(x);
	return NULL;
}

static bool is_ours(const char *text)
{
	struct ipsec_addr a;

	return !ipsec_addr_parse(&a, text) && ctl_own_has(&a);
}

static bool is_pair(const json_t *a, const json_t *b)
{
	return end_of(a) && end_of(b) && same(a, b, "filter-action") &&
	       same(a, b, "auth") && same(a, b, "connection") &&
	       same(a, b, "active");
}

/* "Site to Branch, both ways 2", cut between two characters to what fits. */
static void name_list(char name[NAME_MAX_LEN + 1], const char *from,
		      unsigned int number)
{
	char after[32];
	size_t len = strlen(from), most;

	snprintf(after, sizeof(after), number > 1 ? "%s %u" : "%s",
		 ", both ways", number);
	most = NAME_MAX_LEN - strlen(after);
	if (len > most)
		for (len = most; len && (from[len] & 0xc0) == 0x80; len--)
			;
	snprintf(name, NAME_MAX_LEN + 1, "%.*s%s", (int)len, from, after);
}

/* One that has these filters, or a new one under a name that is free. */
static void put_list(json_t *root, const char *from, json_t *filters,
		     char name[NAME_MAX_LEN + 1])
{
	json_t *lists = tree_list(root, "filter-lists"), *list;
	unsigned int number = 1;

	do {
		name_list(name, from, number++);
		list = tree_find(lists, name);
	} while (list &&
		 !json_equal(json_object_get(list, "filters"), filters));
	if (list)
		json_decref(filters);
	else
		json_array_append_new(lists,
				      json_pack("{s:s, s:o}", "name", name,
						"filters", filters));
}

static void fold(json_t *root, json_t *rules, json_t *out, json_t *in,
		 json_t *filters)
{
	char name[NAME_MAX_LEN + 1];

	put_list(root, tree_text(out, "filter-list"), filters, name);
	tree_set(out, "filter-list", name);
	json_object_set_new(out, "tunnel",
			    json_pack("{s:s, s:s}", "local", end_of(in),
				      "remote", end_of(out)));
	ctl_warn("rules '%s' and '%s' are the two directions of a tunnel: "
		 "'%s' is for both, and '%s' is gone",
		 tree_text(out, "name"), tree_text(in, "name"),
		 tree_text(out, "name"), tree_text(in, "name"));
	tree_remove(rules, in);
}

/* Between subnets only our address tells which of them goes out; else it is the first. */
static bool try_pair(json_t *root, json_t *rules, json_t *a, json_t *b)
{
	json_t *first = is_pair(a, b) ? both(root, a, b) : NULL;
	json_t *second = is_pair(a, b) ? both(root, b, a) : NULL;
	bool swap = second &&
		    (!first || (!is_ours(end_of(b)) && is_ours(end_of(a))));

	if (!first && !second)
		return false;
	json_decref(swap ? first : second);
	if (swap)
		fold(root, rules, b, a, second);
	else
		fold(root, rules, a, b, first);
	return true;
}

/**
 * netsh_fold_tunnels() - makes one rule of two
 * @root: the store
 * @rules: of one of its policies
 */
void netsh_fold_tunnels(json_t *root, json_t *rules)
{
	size_t i, j;

	for (i = 0; i < json_array_size(rules); i++)
		for (j = i + 1; j < json_array_size(rules); j++)
			if (try_pair(root, rules, json_array_get(rules, i),
				     json_array_get(rules, j))) {
				i--;
				break;
			}
}
