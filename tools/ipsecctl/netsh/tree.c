// SPDX-License-Identifier: GPL-2.0-or-later
/* A policy file as a tree. */
#include "tree.h"

#include <errno.h>
#include <string.h>

const char *tree_text(const json_t *map, const char *key)
{
	return json_string_value(json_object_get(map, key));
}

bool tree_is(const json_t *map, const char *key, const char *text)
{
	const char *value = tree_text(map, key);

	return value && !strcmp(value, text);
}

void tree_set(json_t *map, const char *key, const char *text)
{
	if (text)
		json_object_set_new(map, key, json_string(text));
	else
		json_object_del(map, key);
}

void tree_move(json_t *to, const char *key, json_t *value)
{
	if (value)
		json_object_set_new(to, key, value);
	else
		json_object_del(to, key);
}

json_t *tree_list(json_t *map, const char *key)
{
	json_t *list = json_object_get(map, key);

	if (json_is_array(list))
		return list;
	list = json_array();
	json_object_set_new(map, key, list);
	return list;
}

json_t *tree_find(const json_t *list, const char *name)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		const char *text = tree_text(item, "name");

		if (text && !strcasecmp(text, name))
			return item;
	}
	return NULL;
}

bool tree_remove(json_t *list, const json_t *item)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) {
		if (one == item)
			return !json_array_remove(list, i);
	}
	return false;
}

static json_t *of_node(const struct ipsec_node *n)
{
	const struct ipsec_node *c;
	json_t *value;

	if (n->kind == IPSEC_SCALAR)
		return json_string(n->text);
	value = n->kind == IPSEC_MAP ? json_object() : json_array();
	for (c = n->child; c && value; c = c->next)
		if (n->kind == IPSEC_MAP ?
			    json_object_set_new(value, c->key, of_node(c)) :
			    json_array_append_new(value, of_node(c))) {
			json_decref(value);
			value = NULL;
		}
	return value;
}

/**
 * tree_read() - the tree of a file with policies
 * @text: YAML or JSON
 * @len: of the text
 * @err: says what is wrong, in which line
 *
 * Return: the tree, or NULL with the error told.
 */
json_t *tree_read(const char *text, size_t len, struct ipsec_err *err)
{
	struct ipsec_arena arena = { 0 };
	struct ipsec_node *node;
	json_t *root = NULL;

	if (!ipsec_doc_tree(text, len, "policies", &arena, &node, err)) {
		root = of_node(node);
		if (!root)
			ipsec_err_at(err, 0, "this is not UTF-8");
	}
	ipsec_arena_reset(&arena);
	return root;
}

static void write_list(FILE *to, const char *key, json_t *list)
{
	json_t *item;
	size_t i;

	fprintf(to, json_array_size(list) ? "%s:\n" : "%s: []\n", key);
	json_array_foreach(list, i, item) {
		ctl_yaml_block(to, item, 2);
	}
}

void tree_write(FILE *to, json_t *root)
{
	const char *key;
	json_t *value;

	json_object_foreach(root, key, value) {
		if (json_is_array(value)) {
			write_list(to, key, value);
			continue;
		}
		fprintf(to, "%s: ", key);
		ctl_yaml_value(to, value);
		putc('\n', to);
	}
}
