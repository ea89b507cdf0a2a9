/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_FILES_H
#define IPSECD_FILES_H

#include "input.h"
#include "policy.h"

#define IPSECD_FILE_MAX (1U << 20) /* of keys, certificates and lists */
#define IPSECD_POLICY_MAX (64U << 20)

/*
 * A policy as the privileged process holds it: its text and every file that it
 * names, so that a restarted worker gets the same without reading again.
 */
struct ipsecd_file {
	struct ipsecd_file *next;
	uint8_t *data; /* malloc */
	size_t len;
	size_t size;
	bool exposed; /* others can read it */
	char name[]; /* as written in the policy; "": the policy */
};

struct ipsecd_files {
	struct ipsecd_file *first;
	struct ipsecd_file **last;
};

void ipsecd_files_init(struct ipsecd_files *files);
/* Wipes them. */
void ipsecd_files_free(struct ipsecd_files *files);
struct ipsecd_file *ipsecd_files_find(const struct ipsecd_files *files,
				      const char *name);
/* Appends to the file of the name, made if it is new. -ENOMEM. */
int ipsecd_files_append(struct ipsecd_files *files, const char *name,
			const void *data, size_t len);

/*
 * Who tells what words in place of addresses stand for, from then on: each time
 * that a text with such words is parsed they are a new POLICY_BINDINGS of its
 * files. A worker has nobody, and takes those that it gets with them.
 */
struct ipsecd_addresses;
void ipsecd_files_bind(struct ipsecd_addresses *addresses);

/* Adds one file, as "". The same demands as of a policy. */
int ipsecd_files_load(struct ipsecd_files *files, const char *path,
		      struct ipsec_err *err);
/* files is empty; what it got is for the caller to free. -ENOMEM. */
int ipsecd_files_copy(struct ipsecd_files *files,
		      const struct ipsecd_files *from);
/* Do both have the same names and bytes, but for what words stand for? */
bool ipsecd_files_same(const struct ipsecd_files *a,
		       const struct ipsecd_files *b);

/*
 * Reads a policy and the files it names; files gets them all, policy what was
 * made of them. On failure err says why and both are left empty.
 */
int ipsecd_files_read(struct ipsecd_files *files, const char *path,
		      struct policy **policy, struct ipsec_err *err);
/* The same for a text that comes from elsewhere; its files are in folder. */
int ipsecd_files_take(struct ipsecd_files *files, const char *text,
		      const char *folder, struct policy **policy,
		      struct ipsec_err *err);
/* The same from files that are read already; nothing is opened. */
int ipsecd_files_parse(const struct ipsecd_files *files, struct policy **policy,
		       struct ipsec_err *err);

#endif
