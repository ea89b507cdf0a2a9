/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_STORE_H
#define IPSECCTL_NETSH_STORE_H

#include "netsh.h"
#include "tree.h"

/*
 * The policy store: a file of policies in /var/lib/ipsecd or IPSECD_STATE. A
 * command opens it, changes the tree, and saves it; nothing is written unless
 * the policy's parser takes it. In batch mode a save is put off until the mode,
 * or the session, ends.
 */
enum netsh_location { NETSH_LOCAL, NETSH_PERSISTENT };

/* The tree; the store's. NULL: the reason was told. Locked until the end. */
json_t *netsh_store_open(void);
/* What is saved next is to be in force, whatever was before. */
void netsh_store_assign(void);
/* An exit code. */
int netsh_store_save(void);
/* Gives up what was changed, and the lock. */
void netsh_store_drop(void);

/* An exit code: what is pending of the other one is written before. */
int netsh_store_locate(enum netsh_location location);
const char *netsh_store_name(void);
int netsh_store_batch(bool on);
/* Keeps what is changed in memory only, for the converter. */
void netsh_store_detach(void);
bool netsh_store_detached(void);
json_t *netsh_store_take(void);

/* settle.c: what of each rule follows from what it refers to. */
void netsh_settle(json_t *root);
/* fold.c: tunnels, of which Windows has a rule for each direction. */
void netsh_fold_tunnels(json_t *root, json_t *rules);

/* Files in the state folder. */
#define NETSH_PATH_SIZE 512
void netsh_state_path(const char *name, char path[NETSH_PATH_SIZE]);
/* The folder itself; an exit code. */
int netsh_state_make(char dir[NETSH_PATH_SIZE]);
/* What is to be the file path, as long as it is not: an exit code. */
int netsh_store_check(const char *path, const char *text, size_t len);

#endif
