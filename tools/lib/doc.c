// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * YAML files, through libyaml. Only what a configuration needs is accepted:
 * maps, lists and scalars of one document. Anchors, aliases and tags are
 * refused, which also rules out documents that grow when read.
 */
#include "doc.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

struct reader {
	yaml_parser_t yaml;
	yaml_event_t ev;
	bool have;
	const char *text;
	size_t len;
	struct ipsec_arena arena;
	unsigned int nodes_max;
	struct ipsec_err *err;
};

static unsigned int ev_line(const struct reader *r)
{
	return (unsigned int)r->ev.start_mark.line + 1;
}

/* libyaml gives a reader error an offset only. */
static unsigned int line_of(const struct reader *r, size_t offset)
{
	unsigned int line = 1;
	size_t i;

	for (i = 0; i < offset && i < r->len; i++)
		line += r->text[i] == '\n';
	return line;
}

/*
 * YAML wants quotes around "::1" in {...} and no tabs, and libyaml does not say
 * so. The mark counts characters; a line that is not ASCII gets no hint.
 */
static const char *hint(const struct reader *r, const yaml_mark_t *mark)
{
	const char *p = r->text, *end = r->text + r->len;
	size_t line;

	for (line = 0; p && line < mark->line; line++) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : NULL;
	}
	if (!p || (size_t)(end - p) < mark->column + 2)
		return "";
	if (p[mark->column] == '\t')
		return "; indent with blanks, not with tabs";
	if (memcmp(p + mark->column, "::", 2))
		return "";
	return "; in {} and [], an address that starts with ':' needs quotes";
}

static int yaml_failed(struct reader *r)
{
	const yaml_parser_t *y = &r->yaml;
	const char *what = y->problem ? y->problem : "it cannot be read";

	switch (y->error) {
	case YAML_MEMORY_ERROR:
		return ipsec_err_code(r->err, ENOMEM, "out of memory");
	case YAML_READER_ERROR:
		return ipsec_err_at(r->err, line_of(r, y->problem_offset),
				    "not a text file in UTF-8: %s", what);
	default:
		return ipsec_err_at(r->err,
				    (unsigned int)y->problem_mark.line + 1,
				    "not valid YAML: %s (column %zu)%s", what,
				    y->problem_mark.column + 1,
				    hint(r, &y->problem_mark));
	}
}

/* A scalar may be a key: wipe it before the library frees it. */
static void drop(struct reader *r)
{
	if (!r->have)
		return;
	if (r->ev.type == YAML_SCALAR_EVENT)
		explicit_bzero(r->ev.data.scalar.value,
			       r->ev.data.scalar.length);
	yaml_event_delete(&r->ev);
	r->have = false;
}

static int next(struct reader *r)
{
	drop(r);
	if (!yaml_parser_parse(&r->yaml, &r->ev))
		return yaml_failed(r);
	r->have = true;
	return 0;
}

static int refuse_extras(struct reader *r, const yaml_char_t *anchor,
			 const yaml_char_t *tag)
{
	if (anchor)
		return ipsec_err_at(r->err, ev_line(r),
				    "anchors (&name) are not accepted; "
				    "write the value out");
	if (tag)
		return ipsec_err_at(r->err, ev_line(r),
				    "tags (!name) are not accepted; "
				    "leave the tag out");
	return 0;
}

/* The current event starts a map or a list. */
static int refuse_extras_of(struct reader *r)
{
	const yaml_event_t *ev = &r->ev;

	return ev->type == YAML_MAPPING_START_EVENT ?
		       refuse_extras(r, ev->data.mapping_start.anchor,
				     ev->data.mapping_start.tag) :
		       refuse_extras(r, ev->data.sequence_start.anchor,
				     ev->data.sequence_start.tag);
}

static int scalar_text(struct reader *r, const char **text)
{
	const char *value = (const char *)r->ev.data.scalar.value;
	size_t len = r->ev.data.scalar.length;
	int rc = refuse_extras(r, r->ev.data.scalar.anchor,
			       r->ev.data.scalar.tag);

	if (rc)
		return rc;
	if (memchr(value, '\0', len))
		return ipsec_err_at(r->err, ev_line(r),
				    "a NUL character; remove it");
	*text = ipsec_arena_text(&r->arena, value, len);
	return 0;
}

static int read_node(struct reader *r, unsigned int depth,
		     struct ipsec_node **out);

/* The current event is a map's key or its end. */
static int read_pair(struct reader *r, unsigned int depth,
		     struct ipsec_node *map)
{
	unsigned int line = ev_line(r);
	const struct ipsec_node *old;
	struct ipsec_node *value;
	const char *key;
	int rc;

	if (r->ev.type != YAML_SCALAR_EVENT)
		return ipsec_err_at(r->err, line,
				    "a word was expected before ':'");
	rc = scalar_text(r, &key);
	if (rc)
		return rc;
	old = ipsec_node_get(map, key);
	if (old)
		return ipsec_err_at(r->err, line,
				    "'%s' is given twice (first in line %u); "
				    "remove one",
				    key, old->line);
	rc = next(r);
	if (!rc)
		rc = read_node(r, depth, &value);
	if (rc)
		return rc;
	value->key = key;
	value->line = line;
	ipsec_node_append(map, value);
	return 0;
}

static int read_children(struct reader *r, unsigned int depth,
			 struct ipsec_node *parent, yaml_event_type_t end)
{
	unsigned int words = 0;
	struct ipsec_node *child;
	int rc;

	if (depth >= IPSEC_DOC_DEPTH)
		return ipsec_err_at(r->err, ev_line(r),
				    "nested too deeply; at most %d levels",
				    IPSEC_DOC_DEPTH);
	for (rc = next(r); !rc && r->ev.type != end; rc = rc ? rc : next(r)) {
		if (parent->kind == IPSEC_MAP) {
			if (words++ >= IPSEC_DOC_WORDS)
				return ipsec_err_at(r->err, ev_line(r),
						    "more than %d words in "
						    "one map",
						    IPSEC_DOC_WORDS);
			rc = read_pair(r, depth + 1, parent);
			continue;
		}
		rc = read_node(r, depth + 1, &child);
		if (!rc)
			ipsec_node_append(parent, child);
	}
	return rc;
}

/* Reads the value that the current event starts; ends on its last event. */
static int read_node(struct reader *r, unsigned int depth,
		     struct ipsec_node **out)
{
	const yaml_event_t *ev = &r->ev;
	struct ipsec_node *n;
	int rc;

	if (r->arena.nodes >= r->nodes_max)
		return ipsec_err_at(
			r->err, ev_line(r), "too many values%s",
			r->nodes_max == IPSEC_DOC_NODES ? " in one item" : "");
	n = ipsec_node_new(&r->arena, IPSEC_SCALAR, ev_line(r));
	*out = n;
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return scalar_text(r, &n->text);
	case YAML_MAPPING_START_EVENT:
		rc = refuse_extras_of(r);
		n->kind = IPSEC_MAP;
		return rc ? rc :
			    read_children(r, depth, n, YAML_MAPPING_END_EVENT);
	case YAML_SEQUENCE_START_EVENT:
		rc = refuse_extras_of(r);
		n->kind = IPSEC_LIST;
		return rc ? rc :
			    read_children(r, depth, n, YAML_SEQUENCE_END_EVENT);
	default:
		return ipsec_err_at(r->err, ev_line(r),
				    "aliases (*name) are not accepted; "
				    "write the value out");
	}
}

/* The current event starts the list. */
static int stream_list(struct reader *r, const char *list, ipsec_doc_fn *fn,
		       void *ctx)
{
	struct ipsec_node *item;
	int rc = refuse_extras_of(r);

	if (!rc)
		rc = next(r);
	for (; !rc && r->ev.type != YAML_SEQUENCE_END_EVENT;
	     rc = rc ? rc : next(r)) {
		rc = read_node(r, 2, &item);
		if (!rc)
			rc = fn(ctx, list, item, r->err);
		ipsec_arena_reset(&r->arena);
	}
	return rc;
}

/* Remembers the section names seen; a file has few. */
static int section_new(struct reader *r, char seen[][32], unsigned int *count,
		       const char *key)
{
	unsigned int i;

	for (i = 0; i < *count; i++)
		if (!strcmp(seen[i], key))
			return ipsec_err_at(r->err, ev_line(r),
					    "'%s' is given twice; remove one",
					    key);
	if (*count >= 16 || strlen(key) >= sizeof(seen[0]))
		return ipsec_err_at(r->err, ev_line(r),
				    "unknown section '%.40s'", key);
	strcpy(seen[(*count)++], key);
	return 0;
}

static int read_section(struct reader *r, const char *key, const char *list,
			ipsec_doc_fn *fn, void *ctx)
{
	unsigned int line = ev_line(r);
	struct ipsec_node *n;
	int rc = next(r);

	if (rc)
		return rc;
	if (!strcmp(key, list) && r->ev.type == YAML_SEQUENCE_START_EVENT)
		return stream_list(r, list, fn, ctx);
	rc = read_node(r, 1, &n);
	if (rc)
		return rc;
	n->key = key;
	n->line = line;
	if (!strcmp(key, list))
		return ipsec_err_at(r->err, line,
				    "'%s' must be a list ('- ...' lines); "
				    "an empty one is written '%s: []'",
				    key, key);
	return fn(ctx, key, n, r->err);
}

static int read_sections(struct reader *r, const char *list, ipsec_doc_fn *fn,
			 void *ctx)
{
	char seen[16][32];
	unsigned int count = 0;
	const char *key;
	int rc = refuse_extras_of(r);

	if (!rc)
		rc = next(r);
	for (; !rc && r->ev.type != YAML_MAPPING_END_EVENT;
	     rc = rc ? rc : next(r)) {
		if (r->ev.type != YAML_SCALAR_EVENT)
			return ipsec_err_at(r->err, ev_line(r),
					    "a word was expected before ':'");
		rc = scalar_text(r, &key);
		if (!rc)
			rc = section_new(r, seen, &count, key);
		if (!rc)
			rc = read_section(r, seen[count - 1], list, fn, ctx);
		ipsec_arena_reset(&r->arena);
	}
	while (!rc && count--)
		if (!strcmp(seen[count], list))
			return 0;
	/* Not taken for an empty one: a misspelt file would clear all. */
	return rc ? rc :
		    ipsec_err_at(r->err, 0,
				 "there is no '%s:' list; an empty one is "
				 "written '%s: []'",
				 list, list);
}

/* Up to the first event of the only document. */
static int begin(struct reader *r, const char *list)
{
	int rc = next(r); /* stream start */

	if (!rc)
		rc = next(r);
	if (rc)
		return rc;
	if (r->ev.type == YAML_STREAM_END_EVENT)
		return ipsec_err_at(r->err, 0,
				    "the file is empty; an empty list is "
				    "written '%s: []'",
				    list);
	return next(r);
}

static int end(struct reader *r)
{
	int rc = next(r); /* document end */

	if (!rc)
		rc = next(r);
	if (!rc && r->ev.type != YAML_STREAM_END_EVENT)
		return ipsec_err_at(r->err, ev_line(r),
				    "a second document; write one per file");
	return rc;
}

static int no_list(struct reader *r, const char *list)
{
	return ipsec_err_at(r->err, ev_line(r),
			    "'%s:' and a list were expected", list);
}

static int read_document(struct reader *r, const char *list, ipsec_doc_fn *fn,
			 void *ctx)
{
	int rc = begin(r, list);

	if (rc)
		return rc;
	if (r->ev.type == YAML_MAPPING_START_EVENT)
		rc = read_sections(r, list, fn, ctx);
	else if (r->ev.type == YAML_SEQUENCE_START_EVENT)
		rc = stream_list(r, list, fn, ctx);
	else
		return no_list(r, list);
	return rc ? rc : end(r);
}

static int read_tree(struct reader *r, const char *list,
		     struct ipsec_node **root)
{
	struct ipsec_node *map;
	int rc = begin(r, list);

	if (!rc && r->ev.type == YAML_SCALAR_EVENT)
		return no_list(r, list);
	if (!rc)
		rc = read_node(r, 0, root);
	if (!rc && (*root)->kind == IPSEC_LIST) {
		map = ipsec_node_new(&r->arena, IPSEC_MAP, (*root)->line);
		(*root)->key = list;
		ipsec_node_append(map, *root);
		*root = map;
	}
	return rc ? rc : end(r);
}

static void wipe_buffers(yaml_parser_t *y)
{
	if (y->raw_buffer.start)
		explicit_bzero(
			y->raw_buffer.start,
			(size_t)(y->raw_buffer.end - y->raw_buffer.start));
	if (y->buffer.start)
		explicit_bzero(y->buffer.start,
			       (size_t)(y->buffer.end - y->buffer.start));
}

static int open_text(struct reader *r)
{
	const char *nul = memchr(r->text, '\0', r->len);

	if (nul)
		return ipsec_err_at(r->err, line_of(r, (size_t)(nul - r->text)),
				    "not a text file: it holds a NUL byte");
	if (!yaml_parser_initialize(&r->yaml))
		return ipsec_err_code(r->err, ENOMEM, "out of memory");
	yaml_parser_set_encoding(&r->yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->yaml, (const unsigned char *)r->text,
				     r->len);
	return 0;
}

static void close_text(struct reader *r)
{
	drop(r);
	wipe_buffers(&r->yaml);
	yaml_parser_delete(&r->yaml);
}

int ipsec_doc_read(const char *text, size_t len, const char *list,
		   ipsec_doc_fn *fn, void *ctx, struct ipsec_err *err)
{
	struct reader r = {
		.text = text,
		.len = len,
		.nodes_max = IPSEC_DOC_NODES,
		.err = err,
	};
	int rc = open_text(&r);

	if (rc)
		return rc;
	rc = read_document(&r, list, fn, ctx);
	ipsec_arena_reset(&r.arena);
	close_text(&r);
	return rc;
}

int ipsec_doc_tree(const char *text, size_t len, const char *list,
		   struct ipsec_arena *a, struct ipsec_node **root,
		   struct ipsec_err *err)
{
	struct reader r = {
		.text = text,
		.len = len,
		.nodes_max = IPSEC_DOC_TREE_NODES,
		.err = err,
	};
	int rc = open_text(&r);

	if (rc)
		return rc;
	r.arena = *a;
	rc = read_tree(&r, list, root);
	*a = r.arena;
	close_text(&r);
	return rc;
}
