/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_STORE_H
#define IPSECD_STORE_H

#include "pack.h"

/*
 * What outlives the daemon, in a folder of root's:
 *   assigned         link to the policy that was applied, or to "previous"
 *   previous         the one before it, text and files, while it may come back
 *   pending          until when it comes back by itself
 *   persistent.yaml  rules that are always in force
 */
struct ipsecd_store {
	char folder[IPSECD_PATH_SIZE - 32];
};

/* A policy that goes again unless it is confirmed. */
struct ipsecd_pending {
	char boot[40]; /* of which the deadline is */
	uint64_t deadline; /* ms of CLOCK_BOOTTIME */
};

int ipsecd_store_init(struct ipsecd_store *store, const char *folder,
		      struct ipsec_err *err);
/* The path of one of the files above. */
void ipsecd_store_path(const struct ipsecd_store *store, const char *name,
		       char path[IPSECD_PATH_SIZE]);

/* What "assigned" says; "" when there is none. */
int ipsecd_store_assigned(const struct ipsecd_store *store,
			  char target[IPSECD_PATH_SIZE], struct ipsec_err *err);
/* "": there is to be none. Makes the folder. */
int ipsecd_store_assign(const struct ipsecd_store *store, const char *target,
			struct ipsec_err *err);
/* Its target when the policy in force is the one that was kept. */
#define IPSECD_STORE_PREVIOUS "previous"

int ipsecd_store_keep(const struct ipsecd_store *store,
		      const struct ipsecd_files *files, const char *path,
		      struct ipsec_err *err);
/* files is empty, and stays so on failure. */
int ipsecd_store_kept(const struct ipsecd_store *store,
		      struct ipsecd_files *files, char path[IPSECD_PATH_SIZE],
		      struct ipsec_err *err);
void ipsecd_store_forget(const struct ipsecd_store *store);

int ipsecd_store_pend(const struct ipsecd_store *store, uint64_t deadline,
		      struct ipsec_err *err);
/* -ENOENT: none is. */
int ipsecd_store_pending(const struct ipsecd_store *store,
			 struct ipsecd_pending *pending, struct ipsec_err *err);
int ipsecd_store_settle(const struct ipsecd_store *store,
			struct ipsec_err *err);
/* pending.c, pure: the record's text, and whether its time is up. */
int ipsecd_pending_text(const struct ipsecd_pending *pending, char *text,
			size_t size);
int ipsecd_pending_read(struct ipsecd_pending *pending, const char *text,
			size_t len, struct ipsec_err *err);
/* ms that are left; 0: it is up, and so it is after a boot. */
uint64_t ipsecd_pending_left(const struct ipsecd_pending *pending,
			     const char *boot, uint64_t now);
/* Of this boot; and ms of CLOCK_BOOTTIME. */
int ipsecd_boot_id(char boot[40]);
uint64_t ipsecd_boottime(void);

#endif
