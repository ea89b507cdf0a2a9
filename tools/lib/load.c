// SPDX-License-Identifier: GPL-2.0-or-later
/* Table files: parsed and checked as a whole, encoded into batches. */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

#define HEADERS (MNL_NLMSG_HDRLEN + sizeof(struct genlmsghdr))

static int no_memory(struct ipsec_err *err)
{
	return ipsec_err_code(err, ENOMEM, "out of memory");
}

/* Every message starts with the transaction, which is known only later. */
static void msg_start(struct ipsec_load *l)
{
	ipsec_msg_init(&l->msg, IPSECDRV_CMD_FILTER_ADD, 0);
	ipsec_put_u32(&l->msg, IPSECDRV_A_TABLE_TRANSACTION, 0);
	l->msg_first = l->count;
}

static int msg_flush(struct ipsec_load *l, struct ipsec_err *err)
{
	size_t len = l->msg.nlh->nlmsg_len - HEADERS;
	struct ipsec_batch **list, *b;

	if (l->count == l->msg_first)
		return 0;
	list = realloc(l->batch, (l->batches + 1) * sizeof(*list));
	if (!list)
		return no_memory(err);
	l->batch = list;
	b = malloc(sizeof(*b) + len);
	if (!b)
		return no_memory(err);
	b->len = len;
	b->first = l->msg_first;
	b->count = l->count - l->msg_first;
	memcpy(b->data, l->msg.buf + HEADERS, len);
	l->batch[l->batches++] = b;
	msg_start(l);
	return 0;
}

static int add_place(struct ipsec_load *l, uint32_t id, unsigned int line,
		     struct ipsec_err *err)
{
	if (l->count == l->size) {
		uint32_t size = l->size ? 2 * l->size : 1024;
		struct ipsec_place *p =
			realloc(l->place, size * sizeof(*l->place));

		if (!p)
			return no_memory(err);
		l->place = p;
		l->size = size;
	}
	l->place[l->count] = (struct ipsec_place){ id, line, 0 };
	return 0;
}

int ipsec_load_add(struct ipsec_load *l, const struct ipsec_filter *f,
		   unsigned int line, struct ipsec_err *err)
{
	int rc = add_place(l, (uint32_t)f->id.v, line, err);

	if (rc)
		return rc;
	l->place[l->count].offs = l->msg.nlh->nlmsg_len;
	if (!ipsec_put_nest(&l->msg, IPSECDRV_A_TABLE_FILTER,
			    ipsec_filter_fields, f)) {
		rc = msg_flush(l, err);
		if (rc)
			return rc;
		l->place[l->count].offs = l->msg.nlh->nlmsg_len;
		if (!ipsec_put_nest(&l->msg, IPSECDRV_A_TABLE_FILTER,
				    ipsec_filter_fields, f))
			return ipsec_err_at(err, line,
					    "the filter is too large");
	}
	l->count++;
	return 0;
}

static int read_filter(struct ipsec_load *l, const struct ipsec_node *node,
		       struct ipsec_err *err)
{
	struct ipsec_filter f;
	int rc = ipsec_filter_parse(node, &f, err);

	if (rc)
		return rc;
	if (!f.id.set)
		f.id = (struct ipsec_num){ l->count + 1, true };
	return ipsec_load_add(l, &f, node->line, err);
}

static int read_version(const struct ipsec_node *n, struct ipsec_err *err)
{
	if (n->kind == IPSEC_SCALAR && !strcmp(n->text, "1"))
		return 0;
	return ipsec_err_at(err, n->line,
			    "this command reads 'version: 1' only");
}

static int read_config(struct ipsec_load *l, const struct ipsec_node *n,
		       struct ipsec_err *err)
{
	struct ipsec_num action = l->config.default_action;
	int rc = ipsec_parse(n, ipsec_config_fields, &l->config, err);

	if (rc)
		return rc;
	if (action.set && ipsec_node_get(n, "default-action"))
		return ipsec_err_at(err, n->line,
				    "default-action is given twice");
	l->has_config = true;
	return 0;
}

/* A map of one, so that the value is read by the field's own rules. */
static int read_default(struct ipsec_load *l, const struct ipsec_node *n,
			struct ipsec_err *err)
{
	struct ipsec_node value = *n;
	struct ipsec_node map = { .kind = IPSEC_MAP, .line = n->line };

	value.next = NULL;
	map.child = &value;
	if (l->config.default_action.set)
		return ipsec_err_at(err, n->line,
				    "default-action is given twice");
	l->has_config = true;
	return ipsec_parse(&map, ipsec_config_fields, &l->config, err);
}

static int read_item(void *ctx, const char *section,
		     const struct ipsec_node *node, struct ipsec_err *err)
{
	struct ipsec_load *l = ctx;

	if (!strcmp(section, "filters"))
		return read_filter(l, node, err);
	if (!strcmp(section, "config"))
		return read_config(l, node, err);
	if (!strcmp(section, "default-action"))
		return read_default(l, node, err);
	if (!strcmp(section, "version"))
		return read_version(node, err);
	return ipsec_err_at(err, node->line,
			    "unknown section '%.40s'; known are filters, "
			    "default-action, config, version",
			    section);
}

static int by_id(const void *a, const void *b)
{
	const struct ipsec_place *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* On a copy, since batches refer to places by their order. */
static int check_ids(const struct ipsec_load *l, struct ipsec_err *err)
{
	struct ipsec_place *p;
	uint32_t i;
	int rc = 0;

	if (!l->count)
		return 0;
	p = malloc(l->count * sizeof(*p));
	if (!p)
		return no_memory(err);
	memcpy(p, l->place, l->count * sizeof(*p));
	qsort(p, l->count, sizeof(*p), by_id);
	for (i = 1; i < l->count && !rc; i++)
		if (p[i].id == p[i - 1].id)
			rc = ipsec_err_at(err, p[i].line,
					  "filter id %u is used twice (first "
					  "in line %u; a filter without id "
					  "takes its position in the list); "
					  "give each its own id",
					  p[i].id, p[i - 1].line);
	free(p);
	return rc;
}

void ipsec_load_begin(struct ipsec_load *l, const struct ipsec_input *in)
{
	memset(l, 0, sizeof(*l));
	l->in = in;
	msg_start(l);
}

int ipsec_load_end(struct ipsec_load *l, struct ipsec_err *err)
{
	int rc = msg_flush(l, err);

	return rc ? rc : check_ids(l, err);
}

int ipsec_load_parse(struct ipsec_load *l, const struct ipsec_input *in,
		     struct ipsec_err *err)
{
	int rc;

	ipsec_load_begin(l, in);
	err->file = in->name;
	rc = ipsec_doc_read(in->text, in->len, "filters", read_item, l, err);
	if (!rc)
		rc = ipsec_load_end(l, err);
	if (!rc)
		err->file = NULL;
	return rc;
}

void ipsec_load_free(struct ipsec_load *l)
{
	uint32_t i;

	for (i = 0; i < l->batches; i++)
		free(l->batch[i]);
	free(l->batch);
	free(l->place);
	l->batch = NULL;
	l->place = NULL;
	l->count = l->batches = 0;
}
