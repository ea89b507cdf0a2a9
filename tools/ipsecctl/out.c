// SPDX-License-Identifier: GPL-2.0-or-later
/* The printer: text, JSON, and YAML that is read again. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define JSON_VERSION 1
#define COLUMNS 80

static bool list_first;

void ctl_list_begin(const struct ctl_args *args, const char *key)
{
	list_first = true;
	if (args->json)
		printf("{\"version\": %d, \"%s\": [", JSON_VERSION, key);
}

/* Item by item: a table of 100,000 filters is not held as one tree. */
void ctl_list_item(const struct ctl_args *args, json_t *item)
{
	if (args->json) {
		fputs(list_first ? "\n" : ",\n", stdout);
		json_dumpf(item, stdout, JSON_PRESERVE_ORDER);
	}
	list_first = false;
	json_decref(item);
}

void ctl_list_end(const struct ctl_args *args)
{
	if (args->json)
		fputs(list_first ? "]}\n" : "\n]}\n", stdout);
}

static struct {
	json_t *into;
	const char *key;
} gather;

void ctl_json_gather(json_t *into, const char *key)
{
	gather.into = into;
	gather.key = key;
}

void ctl_json(json_t *object)
{
	json_t *all;

	if (gather.into && gather.key) {
		json_object_set_new(gather.into, gather.key, object);
		return;
	}
	if (gather.into) {
		json_object_update(gather.into, object);
		json_decref(object);
		return;
	}
	all = json_pack("{s:i}", "version", JSON_VERSION);
	json_object_update(all, object);
	json_dumpf(all, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(all);
	json_decref(object);
}

void ctl_print_wrapped(FILE *to, int indent, const char *text)
{
	int column = indent, len;

	while (*text) {
		len = (int)strcspn(text, " ");
		if (column > indent && column + 1 + len > COLUMNS) {
			fprintf(to, "\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			putc(' ', to);
			column++;
		}
		if (len > COLUMNS - indent)
			len = COLUMNS - indent;
		fprintf(to, "%.*s", len, text);
		column += len;
		text += len;
		text += strspn(text, " ");
	}
	putc('\n', to);
}

void ctl_print_words(const char *label, const char *text)
{
	printf("%-*s", CTL_INDENT, label);
	ctl_print_wrapped(stdout, CTL_INDENT, text);
}

static void print_value(const json_t *value)
{
	size_t i;

	if (json_is_string(value))
		fputs(json_string_value(value), stdout);
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "yes" : "no", stdout);
	else if (json_is_array(value) && !json_array_size(value))
		fputs("none", stdout);
	else
		for (i = 0; i < json_array_size(value); i++) {
			fputs(i ? "," : "", stdout);
			print_value(json_array_get(value, i));
		}
}

void ctl_object(const struct ctl_args *args, const struct ipsec_field *fields,
		const void *obj)
{
	json_t *map = ipsec_json(fields, obj, IPSEC_PRINT_ALL), *value;
	const char *key;

	if (args->json) {
		ctl_json(map);
		return;
	}
	json_object_foreach(map, key, value) {
		printf("%-16s ", key);
		print_value(value);
		putchar('\n');
	}
	json_decref(map);
}

/* Quotes whatever YAML could take for something else than this text. */
static void yaml_string(FILE *to, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._/-";
	bool quote = !*text || *text == '-' || text[strspn(text, plain)];

	if (!quote) {
		fputs(text, to);
		return;
	}
	putc('"', to);
	for (; *text; text++)
		fprintf(to, *text == '"' || *text == '\\' ? "\\%c" : "%c",
			*text);
	putc('"', to);
}

void ctl_yaml_value(FILE *to, json_t *value)
{
	size_t i;

	if (json_is_string(value)) {
		yaml_string(to, json_string_value(value));
	} else if (json_is_integer(value)) {
		fprintf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	} else if (json_is_boolean(value)) {
		fputs(json_is_true(value) ? "yes" : "no", to);
	} else if (json_is_object(value)) {
		ctl_yaml_flow(to, value);
	} else {
		putc('[', to);
		for (i = 0; i < json_array_size(value); i++) {
			fputs(i ? ", " : "", to);
			ctl_yaml_value(to, json_array_get(value, i));
		}
		putc(']', to);
	}
}

void ctl_yaml_flow(FILE *to, json_t *map)
{
	const char *key, *sep = "{";
	json_t *value;

	json_object_foreach(map, key, value) {
		fprintf(to, "%s%s: ", sep, key);
		ctl_yaml_value(to, value);
		sep = ", ";
	}
	fputs(*sep == '{' ? "{}" : "}", to);
}

/* As an entry of a list: the first key follows "- ". */
void ctl_yaml_block(FILE *to, json_t *map, int indent)
{
	bool first = true;
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(map, key, value) {
		fprintf(to, "%*s%s%s:", indent, "", first ? "- " : "  ", key);
		first = false;
		if (json_is_array(value) && json_array_size(value) &&
		    json_is_object(json_array_get(value, 0))) {
			putc('\n', to);
			for (i = 0; i < json_array_size(value); i++)
				ctl_yaml_block(to, json_array_get(value, i),
					       indent + 4);
			continue;
		}
		putc(' ', to);
		ctl_yaml_value(to, value);
		putc('\n', to);
	}
}
