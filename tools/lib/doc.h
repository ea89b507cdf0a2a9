/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_DOC_H
#define IPSEC_DOC_H

#include <stddef.h>

#include "err.h"

/*
 * A file and the words of a command line both become a tree of nodes, so that
 * one parser reads either. Nodes live in an arena that is wiped when reset,
 * because a text may be a key.
 */
enum ipsec_node_kind { IPSEC_SCALAR, IPSEC_MAP, IPSEC_LIST };

struct ipsec_node {
	enum ipsec_node_kind kind;
	unsigned int line; /* 0 on a command line */
	const char *key; /* in a map */
	const char *text; /* of a scalar */
	struct ipsec_node *child;
	struct ipsec_node *last;
	struct ipsec_node *next;
};

#define IPSEC_DOC_DEPTH 16
#define IPSEC_DOC_NODES 4096 /* in one item */
#define IPSEC_DOC_TREE_NODES (8U << 20) /* in a document read as a tree */
#define IPSEC_DOC_WORDS 64 /* in one map; repeated ones are looked for */

struct ipsec_arena {
	struct ipsec_chunk *chunks;
	unsigned int nodes;
};

void *ipsec_arena_alloc(struct ipsec_arena *a, size_t size);
char *ipsec_arena_text(struct ipsec_arena *a, const char *text, size_t len);
void ipsec_arena_reset(struct ipsec_arena *a);

struct ipsec_node *ipsec_node_new(struct ipsec_arena *a,
				  enum ipsec_node_kind kind, unsigned int line);
void ipsec_node_append(struct ipsec_node *parent, struct ipsec_node *child);
struct ipsec_node *ipsec_node_get(const struct ipsec_node *map,
				  const char *key);

/* The node is gone when the function returns. */
typedef int ipsec_doc_fn(void *ctx, const char *section,
			 const struct ipsec_node *node, struct ipsec_err *err);

/*
 * Reads a YAML document that is a map of sections. The section named by list
 * is given item by item, so that a file of any length needs little memory; a
 * document that is a list is taken for that section. Other sections are given
 * whole.
 */
int ipsec_doc_read(const char *text, size_t len, const char *list,
		   ipsec_doc_fn *fn, void *ctx, struct ipsec_err *err);
/*
 * Reads all of a document, for one whose sections refer to each other. A
 * document that is a list becomes the map that has it under the word given. The
 * tree lives in a until that is reset; after an error, too.
 */
int ipsec_doc_tree(const char *text, size_t len, const char *list,
		   struct ipsec_arena *a, struct ipsec_node **root,
		   struct ipsec_err *err);

#endif
