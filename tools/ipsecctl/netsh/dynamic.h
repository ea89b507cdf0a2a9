/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_DYNAMIC_H
#define IPSECCTL_NETSH_DYNAMIC_H

#include "netsh.h"
#include "tree.h"

/*
 * The dynamic context. The daemon holds the rules; what netsh says of them,
 * and the main and quick mode policies they were made of, is noted beside its
 * control socket and goes when the daemon ends.
 *   mmpolicies, qmpolicies   objects by name
 *   rules                    {name, words: {...}, rule: as in policy.yaml}
 */
json_t *netsh_notes_open(void);
int netsh_notes_save(const json_t *notes);

/* Rules that name this policy by key are made again. An exit code. */
int netsh_dynamic_renew(struct ctl_args *args, json_t *notes, const char *key,
			const char *name);

int netsh_add_mmpolicy(struct ctl_args *args);
int netsh_set_mmpolicy(struct ctl_args *args);
int netsh_delete_mmpolicy(struct ctl_args *args);
int netsh_add_qmpolicy(struct ctl_args *args);
int netsh_set_qmpolicy(struct ctl_args *args);
int netsh_delete_qmpolicy(struct ctl_args *args);
int netsh_add_dynamic_rule(struct ctl_args *args);
int netsh_set_dynamic_rule(struct ctl_args *args);
int netsh_delete_dynamic_rule(struct ctl_args *args);
int netsh_delete_dynamic_all(struct ctl_args *args);
int netsh_set_config(struct ctl_args *args);
int netsh_show_config(struct ctl_args *args);
int netsh_show_mmpolicy(struct ctl_args *args);
int netsh_show_qmpolicy(struct ctl_args *args);
int netsh_show_dynamic_rule(struct ctl_args *args);
int netsh_show_mmfilter(struct ctl_args *args);
int netsh_show_qmfilter(struct ctl_args *args);
int netsh_show_mmsas(struct ctl_args *args);
int netsh_show_qmsas(struct ctl_args *args);
int netsh_show_stats(struct ctl_args *args);
int netsh_show_dynamic_all(struct ctl_args *args);

#endif
