// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The JSON schema of a policy, from the tables that it is parsed by. It knows
 * words and values; what one word means for another only the parser knows.
 */
#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "words.h"

/* How a value is written that the caller of the parser reads itself. */
enum shape {
	SHAPE_TEXT = 1,
	SHAPE_TEXTS, /* one or a list */
	SHAPE_LIST, /* of texts */
	SHAPE_MAP,
	SHAPE_MAPS, /* a list of them */
	SHAPE_SOME_MAPS, /* which is not empty */
	SHAPE_MAP_OR_MAPS,
	SHAPE_MAP_OR_YES,
	SHAPE_VALUE, /* the field of another table */
	SHAPE_GROUP_OR_YES,
	SHAPE_ONE, /* the number 1 */
};

/* In a table, or in any: of which shape, of what. */
static const struct node_shape {
	const struct ipsec_field *table;
	const char *key;
	enum shape shape;
	const char *map; /* of maps[] */
	const struct ipsec_field *fields; /* SHAPE_VALUE and groups */
} shapes[] = {
	{ policy_root_fields, "version", SHAPE_ONE, NULL, NULL },
	{ policy_root_fields, "ike", SHAPE_MAP, "settings", NULL },
	{ policy_root_fields, "config", SHAPE_MAP, "config", NULL },
	{ policy_root_fields, "default-action", SHAPE_VALUE, NULL,
	  ipsec_config_fields },
	{ policy_root_fields, "assign", SHAPE_TEXT, NULL, NULL },
	{ policy_root_fields, "filter-lists", SHAPE_MAPS, "filter-list", NULL },
	{ policy_root_fields, "filter-actions", SHAPE_MAPS, "filter-action",
	  NULL },
	{ policy_root_fields, "policies", SHAPE_MAPS, "policy", NULL },
	{ policy_method_fields, "esp", SHAPE_TEXT, NULL, NULL },
	{ policy_method_fields, "ah", SHAPE_TEXT, NULL, NULL },
	{ NULL, "rules", SHAPE_MAPS, "rule", NULL },
	{ NULL, "default-response", SHAPE_MAP_OR_YES, "response", NULL },
	{ NULL, "filters", SHAPE_SOME_MAPS, "filter", NULL },
	{ NULL, "soft", SHAPE_GROUP_OR_YES, NULL, policy_soft_fields },
	{ NULL, "psk", SHAPE_TEXT, NULL, NULL },
	{ NULL, "auth", SHAPE_MAP_OR_MAPS, "auth", NULL },
	{ NULL, "ike", SHAPE_TEXTS, NULL, NULL },
	{ NULL, "esp", SHAPE_TEXTS, NULL, NULL },
	{ NULL, "ah", SHAPE_TEXTS, NULL, NULL },
	{ NULL, "methods", SHAPE_SOME_MAPS, "method", NULL },
	{ NULL, "lifetime", SHAPE_MAP, "lifetime", NULL },
	{ NULL, "ppk", SHAPE_MAP, "ppk", NULL },
	{ NULL, "ca", SHAPE_TEXTS, NULL, NULL },
	{ NULL, "crl", SHAPE_TEXTS, NULL, NULL },
	{ NULL, "wins", SHAPE_LIST, NULL, NULL },
};

/* What has a definition of its own. */
static const struct map {
	const char *name;
	const struct ipsec_field *fields;
	const char *required; /* NULL: nothing */
} maps[] = {
	{ "filter", ipsec_filter_fields, NULL },
	{ "filter-list", policy_list_fields, "name filters" },
	{ "filter-action", policy_action_fields, "name" },
	{ "policy", policy_policy_fields, "name" },
	{ "rule", policy_rule_fields, "name" },
	{ "response", policy_response_fields, NULL },
	{ "auth", policy_auth_fields, NULL },
	{ "method", policy_method_fields, NULL },
	{ "lifetime", policy_lifetime_fields, NULL },
	{ "ppk", policy_ppk_fields, "id file" },
	{ "settings", policy_settings_fields, NULL },
	{ "config", ipsec_config_fields, NULL },
};

static json_t *text_schema(size_t size)
{
	json_t *s =
		json_pack("{s:[s,s,s]}", "type", "string", "number", "boolean");

	/* A number is a text here, too: a name may be 7. */
	json_object_set_new(s, "minLength", json_integer(1));
	if (size)
		json_object_set_new(s, "maxLength",
				    json_integer((json_int_t)size - 1));
	return s;
}

static json_t *list_schema(json_t *items, unsigned int least)
{
	json_t *s = json_pack("{s:s, s:o}", "type", "array", "items", items);

	if (least)
		json_object_set_new(s, "minItems", json_integer(least));
	return s;
}

static json_t *either(json_t *a, json_t *b)
{
	return json_pack("{s:[o,o]}", "anyOf", a, b);
}

/* YAML takes some words for what they look like. */
static void add_word(json_t *list, const char *word)
{
	uint32_t yes;

	json_array_append_new(list, json_string(word));
	if (isdigit((unsigned char)*word))
		json_array_append_new(list, json_integer(*word - '0'));
	if (ipsec_name_value(ipsec_names_yesno, word, &yes) &&
	    strcmp(word, "true") != 0 && strcmp(word, "false") != 0)
		json_array_append_new(list, json_boolean(yes));
}

static json_t *names_schema(const struct ipsec_name *names)
{
	json_t *list = json_array();
	bool yesno = names == ipsec_names_yesno;

	for (; names->name; names++)
		if (!yesno)
			add_word(list, names->name);
		else
			json_array_append_new(list, json_string(names->name));
	if (yesno) {
		json_array_append_new(list, json_true());
		json_array_append_new(list, json_false());
	}
	return json_pack("{s:o}", "enum", list);
}

/* Whoever writes a number in quotes means it, too. */
static json_t *number_schema(const struct ipsec_field *f)
{
	json_t *s = json_pack("{s:[s,s], s:I}", "type", "integer", "string",
			      "minimum", (json_int_t)f->min);

	if (f->max <= INT64_MAX)
		json_object_set_new(s, "maximum",
				    json_integer((json_int_t)f->max));
	json_object_set_new(s, "pattern",
			    json_string(f->flags & IPSEC_HEX ?
						"^(0x[0-9a-fA-F]+|0|"
						"[1-9][0-9]*)$" :
						"^(0|[1-9][0-9]*)$"));
	return s;
}

static json_t *ports_schema(void)
{
	return json_pack("{s:[s,s], s:i, s:i, s:s}", "type", "integer",
			 "string", "minimum", 0, "maximum", UINT16_MAX,
			 "pattern", "^(any|[0-9]+(-[0-9]+)?)$");
}

/* A list of words, or one text of them. */
static json_t *flags_schema(const struct ipsec_name *names)
{
	json_t *one = names_schema(names);
	char pattern[512] = "^(none|((";
	size_t len = strlen(pattern);

	for (; names->name && len < sizeof(pattern); names++)
		len += (size_t)snprintf(pattern + len, sizeof(pattern) - len,
					"%s%s", names->name,
					names[1].name ? "|" : "");
	if (len < sizeof(pattern))
		snprintf(pattern + len, sizeof(pattern) - len,
			 ")([, ]+|$))+)$");
	return json_pack("{s:[o,o,{s:s,s:s}]}", "anyOf",
			 list_schema(json_deep_copy(one), 0), one, "type",
			 "string", "pattern", pattern);
}

static json_t *map_schema(const struct ipsec_field *fields,
			  const char *required);

static json_t *field_schema(const struct ipsec_field *table,
			    const struct ipsec_field *f);

static json_t *group_schema(const struct ipsec_field *f)
{
	return either(map_schema(f->sub, NULL), field_schema(f->sub, f->sub));
}

static json_t *ref(const char *map)
{
	char text[64];

	snprintf(text, sizeof(text), "#/$defs/%s", map);
	return json_pack("{s:s}", "$ref", text);
}

static const struct node_shape *shape_of(const struct ipsec_field *table,
					 const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if ((!shapes[i].table || shapes[i].table == table) &&
		    !strcmp(shapes[i].key, key))
			return &shapes[i];
	return NULL;
}

static json_t *node_schema(const struct node_shape *n)
{
	switch (n->shape) {
	case SHAPE_TEXT:
		return text_schema(0);
	case SHAPE_TEXTS:
		return either(text_schema(0), list_schema(text_schema(0), 1));
	case SHAPE_LIST:
		return list_schema(text_schema(0), 0);
	case SHAPE_MAP:
		return ref(n->map);
	case SHAPE_MAPS:
		return list_schema(ref(n->map), 0);
	case SHAPE_SOME_MAPS:
		return list_schema(ref(n->map), 1);
	case SHAPE_MAP_OR_MAPS:
		return either(ref(n->map), list_schema(ref(n->map), 1));
	case SHAPE_MAP_OR_YES:
		return either(ref(n->map), names_schema(ipsec_names_yesno));
	case SHAPE_VALUE:
		return field_schema(n->fields,
				    ipsec_field_find(n->fields, n->key));
	case SHAPE_GROUP_OR_YES:
		return either(group_schema(n->fields),
			      names_schema(ipsec_names_yesno));
	default:
		return json_pack("{s:[i,s]}", "enum", 1, "1");
	}
}

/* NULL: a node of no shape, which is an error of this file. */
static json_t *field_schema(const struct ipsec_field *table,
			    const struct ipsec_field *f)
{
	const struct node_shape *n;

	switch (f->kind) {
	case IPSEC_NODE:
		n = shape_of(table, f->key);
		return n ? node_schema(n) : NULL;
	case IPSEC_NUM:
		if (f->names && !(f->flags & IPSEC_NAME_OR_NUM))
			return names_schema(f->names);
		return f->names ? either(names_schema(f->names),
					 number_schema(f)) :
				  number_schema(f);
	case IPSEC_FLAGS:
		return flags_schema(f->names);
	case IPSEC_BIT:
	case IPSEC_FLAG:
		return names_schema(f->names ? f->names : ipsec_names_yesno);
	case IPSEC_PORTS:
		return ports_schema();
	case IPSEC_NEST:
		return map_schema(f->sub, NULL);
	case IPSEC_GROUP:
		return group_schema(f);
	case IPSEC_STR:
		return text_schema(f->size);
	default:
		return json_pack("{s:s, s:i}", "type", "string", "minLength",
				 1);
	}
}

/* ipsecd gives them itself. */
static bool is_own(const struct ipsec_field *fields,
		   const struct ipsec_field *f)
{
	return fields == ipsec_filter_fields &&
	       (!strcmp(f->key, "id") || !strcmp(f->key, "cookie"));
}

static json_t *map_schema(const struct ipsec_field *fields,
			  const char *required)
{
	json_t *words = json_object(), *map, *list = json_array(), *value;
	const struct ipsec_field *f;
	char buf[64], *save, *word;

	for (f = fields; f->kind != IPSEC_END; f++) {
		if (!f->key || !(f->flags & IPSEC_IN) || is_own(fields, f))
			continue;
		value = field_schema(fields, f);
		if (value && f->flags & IPSEC_HIDDEN)
			json_object_set_new(value, "deprecated", json_true());
		json_object_set_new(words, f->key, value);
	}
	map = json_pack("{s:s, s:o, s:b}", "type", "object", "properties",
			words, "additionalProperties", 0);
	snprintf(buf, sizeof(buf), "%s", required ? required : "");
	for (word = strtok_r(buf, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		json_array_append_new(list, json_string(word));
	if (required)
		json_object_set_new(map, "required", list);
	else
		json_decref(list);
	return map;
}

/* Either one policy without a name, or several. */
static json_t *one_or_several(void)
{
	return json_pack("[{s:[s], s:{s:b, s:b}}, {s:[s], s:{s:b, s:b}}]",
			 "required", "rules", "properties", "policies", 0,
			 "assign", 0, "required", "policies", "properties",
			 "rules", 0, "default-response", 0);
}

json_t *policy_schema(void)
{
	json_t *defs = json_object(), *root, *all;
	size_t i;

	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		json_object_set_new(defs, maps[i].name,
				    map_schema(maps[i].fields,
					       maps[i].required));
	root = map_schema(policy_root_fields, NULL);
	json_object_set_new(root, "oneOf", one_or_several());
	all = json_pack("{s:s, s:s, s:[o,o], s:o}", "$schema",
			"https://json-schema.org/draft/2020-12/schema", "title",
			"policy of ipsecd, see ipsecd-policy(5)", "anyOf", root,
			list_schema(ref("rule"), 0), "$defs", defs);
	return all;
}
