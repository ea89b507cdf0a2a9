// SPDX-License-Identifier: GPL-2.0-or-later
/* Maps of a file or of a command line to objects, as their tables say. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "schema.h"
#include "text.h"

#define FIELDS_MAX IPSEC_DOC_WORDS
#define WORD_MAX 32 /* longer ones resemble none */
#define NEAR_MAX 3

static int parse_num(const struct ipsec_node *n, const struct ipsec_field *f,
		     struct ipsec_num *num, struct ipsec_err *err)
{
	uint32_t v32;
	bool ok;

	if (f->names && ipsec_name_value(f->names, n->text, &v32)) {
		*num = (struct ipsec_num){ v32, true };
		return 0;
	}
	if (f->names && !(f->flags & IPSEC_NAME_OR_NUM)) {
		char list[256];

		return ipsec_err_at(
			err, n->line, "unknown %s '%.40s'; write %s", f->key,
			n->text, ipsec_name_list(f->names, list, sizeof(list)));
	}
	ok = f->flags & IPSEC_HEX ?
		     ipsec_uint_hex(n->text, f->min, f->max, &num->v) :
		     ipsec_uint(n->text, f->min, f->max, &num->v);
	num->set = ok;
	if (ok)
		return 0;
	return ipsec_err_at(
		err, n->line,
		"'%.40s' is no value for %s; write %sa %snumber "
		"from %llu to %llu",
		n->text, f->key, f->names ? "a name or " : "",
		f->flags & IPSEC_HEX ? "decimal or 0x " : "decimal ",
		(unsigned long long)f->min, (unsigned long long)f->max);
}

static int parse_bit(const struct ipsec_node *n, const struct ipsec_field *f,
		     struct ipsec_num *num, struct ipsec_err *err)
{
	const struct ipsec_name *names = f->names ? f->names :
						    ipsec_names_yesno;
	uint32_t v;

	if (!ipsec_name_value(names, n->text, &v)) {
		char list[128];

		return ipsec_err_at(
			err, n->line, "'%.40s' is no value for %s; write %s",
			n->text, f->key,
			f->names ? ipsec_name_list(names, list, sizeof(list)) :
				   "yes or no");
	}
	num->v = v ? num->v | f->max : num->v & ~f->max;
	num->set = true;
	return 0;
}

static int add_flag(const char *word, unsigned int line,
		    const struct ipsec_field *f, struct ipsec_num *num,
		    struct ipsec_err *err)
{
	char list[256];
	uint32_t v;

	if (ipsec_name_value(f->names, word, &v)) {
		num->v |= f->flags & IPSEC_SHIFT ? UINT64_C(1) << v : v;
		return 0;
	}
	return ipsec_err_at(err, line,
			    "unknown word '%.40s' in %s; write a list of %s",
			    word, f->key,
			    ipsec_name_list(f->names, list, sizeof(list)));
}

/* A list, or words with commas between them; "none" is the empty list. */
static int parse_flags(const struct ipsec_node *n, const struct ipsec_field *f,
		       struct ipsec_num *num, struct ipsec_err *err)
{
	char buf[256], *save, *word;
	const struct ipsec_node *c;
	int rc = 0;

	*num = (struct ipsec_num){ 0, true };
	if (n->kind == IPSEC_LIST) {
		for (c = n->child; c && !rc; c = c->next)
			rc = c->kind == IPSEC_SCALAR ?
				     add_flag(c->text, c->line, f, num, err) :
				     ipsec_err_at(err, c->line,
						  "%s is a list of words",
						  f->key);
		return rc;
	}
	if (!strcmp(n->text, "none"))
		return 0;
	if (!*n->text || strlen(n->text) >= sizeof(buf))
		return add_flag(n->text, n->line, f, num, err);
	strcpy(buf, n->text);
	for (word = strtok_r(buf, ", ", &save); word && !rc;
	     word = strtok_r(NULL, ", ", &save))
		rc = add_flag(word, n->line, f, num, err);
	return rc;
}

static int parse_str(const struct ipsec_node *n, const struct ipsec_field *f,
		     char *dst, struct ipsec_err *err)
{
	const unsigned char *p;

	if (!*n->text || strlen(n->text) >= f->size)
		return ipsec_err_at(err, n->line,
				    "%s has 1 to %zu characters; '%.20s...' "
				    "has %zu",
				    f->key, f->size - 1, n->text,
				    strlen(n->text));
	for (p = (const unsigned char *)n->text; *p; p++)
		if (*p < ' ' || *p == 0x7f)
			return ipsec_err_at(err, n->line,
					    "a control character in %s; "
					    "remove it",
					    f->key);
	strcpy(dst, n->text);
	return 0;
}

static int parse_address(const struct ipsec_node *n,
			 const struct ipsec_field *f, void *dst,
			 struct ipsec_err *err)
{
	const char *why = f->kind == IPSEC_ADDR ?
				  ipsec_addr_parse(dst, n->text) :
				  ipsec_net_parse(dst, n->text);

	if (!why)
		return 0;
	return ipsec_err_at(err, n->line, "%s '%.100s': %s", f->key, n->text,
			    why);
}

/* "80", "1000-2000" or "any"; port 0 is netsh's any, so it is refused. */
static int parse_ports(const struct ipsec_node *n, const struct ipsec_field *f,
		       struct ipsec_num *ports, struct ipsec_err *err)
{
	char buf[16], *dash;
	uint64_t first, last;

	if (!strcmp(n->text, "any")) {
		ports[0].set = ports[1].set = false;
		return 0;
	}
	if (strlen(n->text) >= sizeof(buf))
		goto bad;
	strcpy(buf, n->text);
	dash = strchr(buf, '-');
	if (dash)
		*dash = '\0';
	if (!ipsec_uint(buf, dash ? 0 : f->min, f->max, &first))
		goto bad;
	last = first;
	if (dash && !ipsec_uint(dash + 1, 0, f->max, &last))
		goto bad;
	if (first > last)
		return ipsec_err_at(err, n->line,
				    "%s '%s': the range is reversed; "
				    "write the lower number first",
				    f->key, n->text);
	ports[0] = (struct ipsec_num){ first, true };
	ports[1] = (struct ipsec_num){ last, true };
	return 0;
bad:
	return ipsec_err_at(err, n->line,
			    "'%.40s' is no value for %s; write a number from "
			    "%llu to %llu, a range such as 10-20, or any",
			    n->text, f->key, (unsigned long long)f->min,
			    (unsigned long long)f->max);
}

/* The text is never quoted: it may be most of a key. */
static int parse_key(const struct ipsec_node *n, const struct ipsec_field *f,
		     struct ipsec_key *key, struct ipsec_err *err)
{
	int len = ipsec_hex(n->text, key->b, sizeof(key->b));

	if (len <= 0)
		return ipsec_err_at(err, n->line,
				    "%s is not a key; write 1 to %d bytes as "
				    "pairs of hexadecimal digits",
				    f->key, IPSECDRV_KEY_MAX);
	key->len = (uint8_t)len;
	return 0;
}

static int parse_elements(const struct ipsec_node *n,
			  const struct ipsec_field *f, char *obj,
			  struct ipsec_err *err)
{
	unsigned int *count = (void *)(obj + f->aux);
	const struct ipsec_node *c;
	int rc = 0;

	if (n->kind != IPSEC_LIST)
		return ipsec_err_at(err, n->line,
				    "%s is a list; start each entry with '- '",
				    f->key);
	for (c = n->child; c && !rc; c = c->next) {
		if (*count >= f->max)
			return ipsec_err_at(err, c->line,
					    "%s has at most %llu entries",
					    f->key, (unsigned long long)f->max);
		rc = ipsec_parse(c, f->sub, obj + f->off + *count * f->size,
				 err);
		++*count;
	}
	return rc;
}

static int parse_value(const struct ipsec_node *n, const struct ipsec_field *f,
		       void *obj, struct ipsec_err *err);

/* Without a map it is the first field of the group: "soft: no-answer". */
static int parse_group(const struct ipsec_node *n, const struct ipsec_field *f,
		       void *obj, struct ipsec_err *err)
{
	if (n->kind == IPSEC_MAP)
		return ipsec_parse(n, f->sub, obj, err);
	return parse_value(n, f->sub, obj, err);
}

static int parse_value(const struct ipsec_node *n, const struct ipsec_field *f,
		       void *obj, struct ipsec_err *err)
{
	void *p = (char *)obj + f->off;

	if (f->kind == IPSEC_NODE) {
		*(const struct ipsec_node **)p = n;
		return 0;
	}
	if (f->kind == IPSEC_NEST)
		return ipsec_parse(n, f->sub, p, err);
	if (f->kind == IPSEC_GROUP)
		return parse_group(n, f, obj, err);
	if (f->kind == IPSEC_NESTS)
		return parse_elements(n, f, obj, err);
	if (f->kind == IPSEC_BOOT)
		return ipsec_boot_parse(n, p, err);
	if (n->kind != IPSEC_SCALAR &&
	    !(n->kind == IPSEC_LIST && f->kind == IPSEC_FLAGS))
		return ipsec_err_at(err, n->line, "%s has one value, not a %s",
				    f->key,
				    n->kind == IPSEC_LIST ? "list" : "map");
	switch (f->kind) {
	case IPSEC_NUM:
		return parse_num(n, f, p, err);
	case IPSEC_FLAGS:
		return parse_flags(n, f, p, err);
	case IPSEC_BIT:
	case IPSEC_FLAG:
		return parse_bit(n, f, p, err);
	case IPSEC_STR:
		return parse_str(n, f, p, err);
	case IPSEC_PORTS:
		return parse_ports(n, f, p, err);
	case IPSEC_KEY:
		return parse_key(n, f, p, err);
	default:
		return parse_address(n, f, p, err);
	}
}

const struct ipsec_field *ipsec_field_find(const struct ipsec_field *fields,
					   const char *key)
{
	for (; fields->kind != IPSEC_END; fields++)
		if (fields->key && !strcmp(fields->key, key))
			return fields;
	return NULL;
}

/* Letters to be put in, taken out or changed, to make one of the other. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[WORD_MAX + 1], i, j, was, above;
	const size_t len = strlen(b);

	if (len > WORD_MAX || strlen(a) > WORD_MAX)
		return UINT_MAX;
	for (j = 0; j <= len; j++)
		row[j] = j;
	for (i = 1; a[i - 1]; i++) {
		was = row[0];
		row[0] = i;
		for (j = 1; j <= len; j++) {
			above = row[j];
			row[j] = was + (a[i - 1] != b[j - 1]);
			if (above + 1 < row[j])
				row[j] = above + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			was = above;
		}
	}
	return row[len];
}

static bool is_known(const struct ipsec_field *f)
{
	return f->key && f->flags & IPSEC_IN && !(f->flags & IPSEC_HIDDEN);
}

/* Words that are nearly it, "" if none is. */
static void list_near(const char *word, const struct ipsec_field *fields,
		      char *list, size_t size)
{
	const unsigned int near = 1 + (unsigned int)strlen(word) / 4;
	unsigned int found = 0;
	size_t len = 0;

	list[0] = '\0';
	for (; fields->kind != IPSEC_END && found < NEAR_MAX; fields++)
		if (is_known(fields) && distance(word, fields->key) <= near)
			len += (size_t)snprintf(list + len, size - len, "%s%s",
						found++ ? " or " : "",
						fields->key);
}

static int unknown_key(const struct ipsec_node *n,
		       const struct ipsec_field *fields, struct ipsec_err *err)
{
	char list[640] = "";
	size_t len = 0;

	list_near(n->key, fields, list, sizeof(list));
	if (*list)
		return ipsec_err_at(err, n->line,
				    "unknown word '%.40s'; did you mean %s?",
				    n->key, list);
	for (; fields->kind != IPSEC_END && len < sizeof(list); fields++)
		if (is_known(fields))
			len += (size_t)snprintf(list + len, sizeof(list) - len,
						"%s%s", len ? ", " : "",
						fields->key);
	return ipsec_err_at(err, n->line, "unknown word '%.40s'; known are %s",
			    n->key, list);
}

/*
 * Two words may name one field (port and dport), so a second value is found by
 * where it is stored and not by its word.
 */
static bool same_place(const struct ipsec_field *a, const struct ipsec_field *b)
{
	const struct ipsec_field *sub;

	if (b->kind == IPSEC_GROUP)
		return a->kind != IPSEC_GROUP && same_place(b, a);
	if (a->kind == IPSEC_GROUP) {
		for (sub = a->sub; sub->kind != IPSEC_END; sub++)
			if (same_place(sub, b))
				return true;
		return false;
	}
	return a->off == b->off && (a->kind != IPSEC_BIT ||
				    b->kind != IPSEC_BIT || a->max == b->max);
}

int ipsec_parse(const struct ipsec_node *map, const struct ipsec_field *fields,
		void *obj, struct ipsec_err *err)
{
	const struct ipsec_field *seen[FIELDS_MAX];
	unsigned int count = 0, i;
	const struct ipsec_node *n;

	if (map->kind != IPSEC_MAP)
		return ipsec_err_at(err, map->line,
				    "'word: value' lines were expected%s%s",
				    map->key ? " in " : "",
				    map->key ? map->key : "");
	for (n = map->child; n; n = n->next) {
		const struct ipsec_field *f = ipsec_field_find(fields, n->key);
		int rc;

		if (!f || count == FIELDS_MAX)
			return unknown_key(n, fields, err);
		if (!(f->flags & IPSEC_IN))
			return ipsec_err_at(err, n->line,
					    "%s is reported by the driver and "
					    "cannot be given; remove it",
					    f->key);
		for (i = 0; i < count; i++)
			if (same_place(seen[i], f))
				return ipsec_err_at(err, n->line,
						    "%s and %s mean the same; "
						    "remove one",
						    seen[i]->key, f->key);
		seen[count++] = f;
		rc = parse_value(n, f, obj, err);
		if (rc)
			return rc;
	}
	return 0;
}
