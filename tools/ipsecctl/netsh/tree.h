/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_TREE_H
#define IPSECCTL_NETSH_TREE_H

#include "../ctl.h"

/*
 * A policy file as a tree that can be changed and written again. All scalars
 * are strings, as in the file.
 */
json_t *tree_read(const char *text, size_t len, struct ipsec_err *err);
void tree_write(FILE *to, json_t *root);

/* NULL: there is none, or it is no text. */
const char *tree_text(const json_t *map, const char *key);
bool tree_is(const json_t *map, const char *key, const char *text);
/* NULL removes the key. */
void tree_set(json_t *map, const char *key, const char *text);
void tree_move(json_t *to, const char *key, json_t *value);
/* A list of the map's, made where there was none. */
json_t *tree_list(json_t *map, const char *key);
/* By the name, whose case does not matter. */
json_t *tree_find(const json_t *list, const char *name);
bool tree_remove(json_t *list, const json_t *item);

#endif
