// SPDX-License-Identifier: GPL-2.0-or-later
/* What another policy changes. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

/* Rules by name, filters by id. */
struct item {
	const struct policy_rule *rule;
	const struct ipsec_filter *filter; /* NULL: the rule itself */
};

struct list {
	struct item *item;
	size_t count;
};

struct ipsecd_kept {
	struct list old;
	struct list new;
};

static int by_name(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return strcmp(x->rule->name, y->rule->name);
}

static int by_id(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->filter->id.v < y->filter->id.v ?
		       -1 :
		       x->filter->id.v > y->filter->id.v;
}

static bool list_rules(struct list *list, const struct policy *p)
{
	unsigned int i, rules = p ? p->rules : 0;

	list->count = 0;
	list->item = calloc(rules + 1, sizeof(*list->item));
	if (!list->item)
		return false;
	for (i = 0; i < rules; i++)
		list->item[list->count++].rule = &p->rule[i];
	qsort(list->item, list->count, sizeof(*list->item), by_name);
	return true;
}

static bool list_filters(struct list *list, const struct policy *p)
{
	unsigned int i, j, rules = p ? p->rules : 0;
	size_t all = 0;

	for (i = 0; i < rules; i++)
		all += p->rule[i].filters;
	list->count = 0;
	list->item = calloc(all + 1, sizeof(*list->item));
	if (!list->item)
		return false;
	for (i = 0; i < rules; i++)
		for (j = 0; j < p->rule[i].filters; j++)
			list->item[list->count++] =
				(struct item){ &p->rule[i],
					       &p->rule[i].filter[j] };
	qsort(list->item, list->count, sizeof(*list->item), by_id);
	return true;
}

static bool same_rule(const struct policy_rule *a, const struct policy_rule *b)
{
	return a->id == b->id &&
	       !memcmp(a->digest, b->digest, sizeof(a->digest));
}

static bool same_num(const struct ipsec_num *a, const struct ipsec_num *b)
{
	return a->v == b->v;
}

/* What the id does not follow from. */
static bool same_filter(const struct ipsec_filter *a,
			const struct ipsec_filter *b)
{
	return !strcmp(a->name, b->name) &&
	       ipsec_addr_equal(&a->tunnel_local, &b->tunnel_local) &&
	       ipsec_addr_equal(&a->tunnel_remote, &b->tunnel_remote) &&
	       same_num(&a->soft_reasons, &b->soft_reasons) &&
	       same_num(&a->soft_delay, &b->soft_delay) &&
	       same_num(&a->soft_lifetime, &b->soft_lifetime);
}

static int add_rule(json_t *to, const struct item *item)
{
	return json_array_append_new(to, json_string(item->rule->name));
}

static int add_filter(json_t *to, const struct item *item)
{
	const struct ipsec_filter *f = item->filter;
	char text[IPSEC_SELECTOR_STRLEN];

	return json_array_append_new(
		to,
		json_pack("{s:s, s:s, s:s}", "rule", item->rule->name, "filter",
			  ipsec_selector_text(&f->sel, text, sizeof(text)),
			  "action",
			  ipsec_name(ipsec_names_action, f->action.v)));
}

struct comparison {
	int (*order)(const void *a, const void *b);
	bool (*same)(const struct item *a, const struct item *b);
	int (*add)(json_t *to, const struct item *item);
	json_t *added;
	json_t *removed;
	json_t *changed; /* NULL: as one removed and one added */
	size_t limit; /* of each list */
	json_int_t more; /* that it left out */
};

static int put(struct comparison *c, json_t *to, const struct item *item)
{
	if (json_array_size(to) < c->limit)
		return c->add(to, item);
	c->more++;
	return 0;
}

static int add_changed(struct comparison *c, const struct item *old,
		       const struct item *new)
{
	if (c->same(old, new))
		return 0;
	if (c->changed)
		return put(c, c->changed, new);
	return put(c, c->removed, old) ? -1 : put(c, c->added, new);
}

/* Both lists are sorted. */
static int compare(struct comparison *c, json_t *to, const struct list *old,
		   const struct list *new)
{
	size_t i = 0, j = 0;
	int order, rc = 0;

	while (!rc && (i < old->count || j < new->count)) {
		order = i == old->count ?
				1 :
			j == new->count ?
				-1 :
				c->order(&old->item[i], &new->item[j]);
		if (order < 0)
			rc = put(c, c->removed, &old->item[i++]);
		else if (order > 0)
			rc = put(c, c->added, &new->item[j++]);
		else
			rc = add_changed(c, &old->item[i++], &new->item[j++]);
	}
	if (!rc && c->more)
		rc = json_object_set_new(to, "more", json_integer(c->more));
	return rc;
}

static bool rule_items_same(const struct item *a, const struct item *b)
{
	return same_rule(a->rule, b->rule);
}

static bool filter_items_same(const struct item *a, const struct item *b)
{
	return same_filter(a->filter, b->filter);
}

static json_t *compare_rules(const struct policy *old, const struct policy *new,
			     size_t limit)
{
	struct comparison c = { by_name,      rule_items_same,
				add_rule,     json_array(),
				json_array(), json_array(),
				limit,	      0 };
	json_t *json = json_pack("{s:o, s:o, s:o}", "added", c.added, "removed",
				 c.removed, "changed", c.changed);
	struct list a = { 0 }, b = { 0 };

	if (json && (!list_rules(&a, old) || !list_rules(&b, new) ||
		     compare(&c, json, &a, &b))) {
		json_decref(json);
		json = NULL;
	}
	free(a.item);
	free(b.item);
	return json;
}

static json_t *compare_filters(const struct policy *old,
			       const struct policy *new, size_t limit)
{
	struct comparison c = { by_id,	      filter_items_same,
				add_filter,   json_array(),
				json_array(), NULL,
				limit,	      0 };
	json_t *json =
		json_pack("{s:o, s:o}", "added", c.added, "removed", c.removed);
	struct list a = { 0 }, b = { 0 };

	if (json && (!list_filters(&a, old) || !list_filters(&b, new) ||
		     compare(&c, json, &a, &b))) {
		json_decref(json);
		json = NULL;
	}
	free(a.item);
	free(b.item);
	return json;
}

/* Of the driver's settings those that the policy names, and the old did not. */
static json_t *compare_settings(const struct policy *old,
				const struct policy *new)
{
	json_t *json =
		ipsec_json(ipsec_config_fields, &new->driver, IPSEC_PRINT_ALL);
	json_t *was = old ? ipsec_json(ipsec_config_fields, &old->driver,
				       IPSEC_PRINT_ALL) :
			    json_object();
	json_t *value;
	const char *key;
	void *next;

	json_object_foreach_safe(was, next, key, value) {
		if (json_equal(json_object_get(json, key), value))
			json_object_del(json, key);
	}
	json_decref(was);
	return json;
}

json_t *ipsecd_diff_json(const struct policy *old, const struct policy *new,
			 size_t limit)
{
	/* "o" takes over what is not NULL, also when another is. */
	return json_pack("{s:i, s:o, s:o, s:o}", "version", 1, "rules",
			 compare_rules(old, new, limit), "filters",
			 compare_filters(old, new, limit), "settings",
			 compare_settings(old, new));
}

struct ipsecd_kept *ipsecd_kept_new(const struct policy *old,
				    const struct policy *new)
{
	struct ipsecd_kept *kept = calloc(1, sizeof(*kept));

	if (kept && list_filters(&kept->old, old) &&
	    list_filters(&kept->new, new))
		return kept;
	ipsecd_kept_free(kept);
	return NULL;
}

void ipsecd_kept_free(struct ipsecd_kept *kept)
{
	if (!kept)
		return;
	free(kept->old.item);
	free(kept->new.item);
	free(kept);
}

static const struct item *find(const struct list *list, uint64_t id)
{
	const struct ipsec_filter filter = { .id = { id, true } };
	const struct item key = { .filter = &filter };

	return bsearch(&key, list->item, list->count, sizeof(key), by_id);
}

bool ipsecd_kept_has(const struct ipsecd_kept *kept, uint64_t filter,
		     const struct policy_rule **rule)
{
	const struct item *old = find(&kept->old, filter);
	const struct item *new = find(&kept->new, filter);

	*rule = old ? old->rule : NULL;
	return old && new &&same_rule(old->rule, new->rule) &&
	       same_filter(old->filter, new->filter);
}
