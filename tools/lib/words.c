// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Command lines: "from 10.0.0.1 proto tcp mirrored" and the netsh form
 * "from=10.0.0.1 proto=tcp mirrored=yes", as the map a file would hold.
 */
#include <string.h>

#include "schema.h"

/* "out" alone means "dir out" where the table allows it. */
static const struct ipsec_field *bare_field(const struct ipsec_field *fields,
					    const char *word)
{
	uint32_t v;

	for (; fields->kind != IPSEC_END; fields++)
		if (fields->flags & IPSEC_BARE && fields->names &&
		    ipsec_name_value(fields->names, word, &v))
			return fields;
	return NULL;
}

static bool is_yesno(const char *word)
{
	uint32_t v;

	return ipsec_name_value(ipsec_names_yesno, word, &v);
}

struct words {
	int argc;
	char *const *argv;
	const struct ipsec_field *fields;
};

/* Takes one "key value" off the words. */
static int take(struct words *w, const char **key, size_t *key_len,
		const char **value, struct ipsec_err *err)
{
	const char *word = *w->argv++, *eq = strchr(word, '=');
	const struct ipsec_field *f = ipsec_field_find(w->fields, word);

	w->argc--;
	*key = word;
	*key_len = eq ? (size_t)(eq - word) : strlen(word);
	if (eq) {
		*value = eq + 1;
		return 0;
	}
	if (!f && bare_field(w->fields, word)) {
		*key = bare_field(w->fields, word)->key;
		*key_len = strlen(*key);
		*value = word;
		return 0;
	}
	*value = "yes";
	if (f && (f->kind == IPSEC_BIT || f->kind == IPSEC_FLAG) && !f->names &&
	    (!w->argc || !is_yesno(*w->argv)))
		return 0;
	if (!w->argc)
		return f ? ipsec_err_at(err, 0, "a value is missing after '%s'",
					word) :
			   ipsec_err_at(err, 0, "unknown word '%.40s'", word);
	*value = *w->argv++;
	w->argc--;
	return 0;
}

int ipsec_words(struct ipsec_arena *a, int argc, char *const *argv,
		const struct ipsec_field *fields, struct ipsec_node **map,
		struct ipsec_err *err)
{
	struct words w = { argc, argv, fields };
	const char *key, *value;
	size_t key_len;
	int rc;

	*map = ipsec_node_new(a, IPSEC_MAP, 0);
	while (w.argc) {
		struct ipsec_node *n = ipsec_node_new(a, IPSEC_SCALAR, 0);

		rc = take(&w, &key, &key_len, &value, err);
		if (rc)
			return rc;
		n->key = ipsec_arena_text(a, key, key_len);
		n->text = ipsec_arena_text(a, value, strlen(value));
		if (ipsec_node_get(*map, n->key))
			return ipsec_err_at(err, 0,
					    "'%s' is given twice; remove one",
					    n->key);
		ipsec_node_append(*map, n);
	}
	return 0;
}
