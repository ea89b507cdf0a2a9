// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree that files and command lines are parsed from. */
#include <stdlib.h>
#include <string.h>

#include "doc.h"

#define CHUNK_SIZE 4096

struct ipsec_chunk {
	struct ipsec_chunk *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) unsigned char data[];
};

static struct ipsec_chunk *chunk_new(size_t size)
{
	struct ipsec_chunk *c = malloc(sizeof(*c) + size);

	if (!c)
		abort();
	c->used = 0;
	c->size = size;
	return c;
}

void *ipsec_arena_alloc(struct ipsec_arena *a, size_t size)
{
	struct ipsec_chunk *c = a->chunks;
	void *p;

	size = (size + 15) & ~(size_t)15;
	if (!c || c->size - c->used < size) {
		c = chunk_new(size > CHUNK_SIZE ? size : CHUNK_SIZE);
		c->next = a->chunks;
		a->chunks = c;
	}
	p = c->data + c->used;
	c->used += size;
	return memset(p, 0, size);
}

char *ipsec_arena_text(struct ipsec_arena *a, const char *text, size_t len)
{
	char *copy = ipsec_arena_alloc(a, len + 1);

	return memcpy(copy, text, len);
}

void ipsec_arena_reset(struct ipsec_arena *a)
{
	while (a->chunks) {
		struct ipsec_chunk *c = a->chunks;

		explicit_bzero(c->data, c->used);
		a->chunks = c->next;
		free(c);
	}
	a->nodes = 0;
}

struct ipsec_node *ipsec_node_new(struct ipsec_arena *a,
				  enum ipsec_node_kind kind, unsigned int line)
{
	struct ipsec_node *n = ipsec_arena_alloc(a, sizeof(*n));

	n->kind = kind;
	n->line = line;
	a->nodes++;
	return n;
}

void ipsec_node_append(struct ipsec_node *parent, struct ipsec_node *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->child = child;
	parent->last = child;
}

struct ipsec_node *ipsec_node_get(const struct ipsec_node *map, const char *key)
{
	struct ipsec_node *n;

	for (n = map->child; n; n = n->next)
		if (n->key && !strcmp(n->key, key))
			return n;
	return NULL;
}
