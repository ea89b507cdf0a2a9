/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_STATIC_H
#define IPSECCTL_NETSH_STATIC_H

#include "store.h"

/*
 * The commands of the static context. Each parses its words, opens the store
 * and changes the tree; the rest is the same for all.
 */
typedef int netsh_change_fn(struct ctl_args *args, struct netsh_values *v,
			    json_t *root);
int netsh_change(struct ctl_args *args, netsh_change_fn *change);

/* One of a list by its name; NULL with the error told. */
json_t *netsh_object(struct ctl_args *args, const json_t *list,
		     const char *what, const char *name);
/* A new one at the end of it; NULL: there is one of that name. */
json_t *netsh_object_new(struct ctl_args *args, json_t *list, const char *what,
			 const struct netsh_values *v);
/* Gives it newname, if there is one, everywhere; and the description. */
int netsh_object_rename(struct ctl_args *args, json_t *root, json_t *list,
			json_t *object, const char *what,
			const struct netsh_values *v);
/* Objects that come in take the place of those of their name. */
void netsh_merge(json_t *list, const json_t *more);
/* Prints an error of a parser of words; CTL_USAGE. */
int netsh_wrong(struct ctl_args *args, const struct ipsec_err *err);
/* What rules refer to an object by key; NULL: none. */
const char *netsh_user(const json_t *root, const char *key, const char *name);

/* Security methods over the default ones of a map; an exit code. */
int netsh_set_methods(struct ctl_args *args, json_t *map,
		      const struct netsh_values *v);

/* Those of a list that no rule refers to by key. */
int netsh_delete_unused(json_t *root, json_t *list, const char *key);

int netsh_add_policy(struct ctl_args *args);
int netsh_set_policy(struct ctl_args *args);
int netsh_delete_policy(struct ctl_args *args);
int netsh_add_rule(struct ctl_args *args);
int netsh_set_rule(struct ctl_args *args);
int netsh_delete_rule(struct ctl_args *args);
int netsh_set_defaultrule(struct ctl_args *args);
int netsh_add_filterlist(struct ctl_args *args);
int netsh_set_filterlist(struct ctl_args *args);
int netsh_delete_filterlist(struct ctl_args *args);
int netsh_add_filter(struct ctl_args *args);
int netsh_delete_filter(struct ctl_args *args);
int netsh_add_filteraction(struct ctl_args *args);
int netsh_set_filteraction(struct ctl_args *args);
int netsh_delete_filteraction(struct ctl_args *args);
int netsh_delete_all(struct ctl_args *args);
int netsh_set_store(struct ctl_args *args);
int netsh_set_batch(struct ctl_args *args);
int netsh_export(struct ctl_args *args);
int netsh_import(struct ctl_args *args);
int netsh_restore(struct ctl_args *args);
int netsh_show_policy(struct ctl_args *args);
int netsh_show_rule(struct ctl_args *args);
int netsh_show_filterlist(struct ctl_args *args);
int netsh_show_filteraction(struct ctl_args *args);
int netsh_show_store(struct ctl_args *args);
int netsh_show_gpo(struct ctl_args *args);
int netsh_show_all(struct ctl_args *args);

/* The object of a rule by its name or id; NULL with the error told. */
json_t *netsh_rule(struct ctl_args *args, const json_t *policy,
		   const struct netsh_values *v);

#endif
