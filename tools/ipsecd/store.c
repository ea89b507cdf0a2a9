// SPDX-License-Identifier: GPL-2.0-or-later
/* The folder of what outlives the daemon. */
#include "store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/replace.h"

int ipsecd_store_init(struct ipsecd_store *store, const char *folder,
		      struct ipsec_err *err)
{
	if (*folder != '/' || strlen(folder) >= sizeof(store->folder))
		return ipsec_err_code(err, EINVAL,
				      "the state folder '%.40s' is no absolute "
				      "path, or too long",
				      folder);
	strcpy(store->folder, folder);
	return 0;
}

void ipsecd_store_path(const struct ipsecd_store *store, const char *name,
		       char path[IPSECD_PATH_SIZE])
{
	snprintf(path, IPSECD_PATH_SIZE, "%s/%s", store->folder, name);
}

static int make_folder(const struct ipsecd_store *store, struct ipsec_err *err)
{
	struct stat st;

	if (mkdir(store->folder, 0700) && errno != EEXIST)
		return ipsec_err_code(err, errno, "cannot make %s: %s",
				      store->folder, strerror(errno));
	if (lstat(store->folder, &st) || !S_ISDIR(st.st_mode) ||
	    (st.st_uid && st.st_uid != geteuid()) ||
	    st.st_mode & (S_IWGRP | S_IWOTH))
		return ipsec_err_code(err, EPERM,
				      "%s must be a folder of root's that "
				      "nobody else can write to",
				      store->folder);
	return 0;
}

int ipsecd_store_assigned(const struct ipsecd_store *store,
			  char target[IPSECD_PATH_SIZE], struct ipsec_err *err)
{
	char path[IPSECD_PATH_SIZE];
	ssize_t len;

	ipsecd_store_path(store, "assigned", path);
	len = readlink(path, target, IPSECD_PATH_SIZE);
	if (len < 0 && errno == ENOENT)
		len = 0;
	if (len >= 0 && len < IPSECD_PATH_SIZE) {
		target[len] = '\0';
		return 0;
	}
	return ipsec_err_code(err, EINVAL,
			      "%s is no link to a policy; remove it", path);
}

int ipsecd_store_assign(const struct ipsecd_store *store, const char *target,
			struct ipsec_err *err)
{
	char path[IPSECD_PATH_SIZE];
	int rc = make_folder(store, err);

	if (rc)
		return rc;
	ipsecd_store_path(store, "assigned", path);
	return *target ? ipsec_link_replace(path, target, err) :
			 ipsec_file_remove(path, err);
}

int ipsecd_store_keep(const struct ipsecd_store *store,
		      const struct ipsecd_files *files, const char *path,
		      struct ipsec_err *err)
{
	char name[IPSECD_PATH_SIZE];
	uint8_t *data;
	size_t len;
	int rc = make_folder(store, err);

	if (rc)
		return rc;
	data = ipsecd_pack(files, path, &len);
	if (!data)
		return ipsec_err_code(err, ENOMEM, "out of memory");
	ipsecd_store_path(store, IPSECD_STORE_PREVIOUS, name);
	/* It would not be read again. */
	if (len > IPSECD_POLICY_MAX)
		rc = ipsec_err_code(err, EFBIG,
				    "the policy in force is too large to be "
				    "kept; apply without --confirm");
	else
		rc = ipsec_file_replace(name, data, len, err);
	explicit_bzero(data, len);
	free(data);
	return rc;
}

int ipsecd_store_kept(const struct ipsecd_store *store,
		      struct ipsecd_files *files, char path[IPSECD_PATH_SIZE],
		      struct ipsec_err *err)
{
	char name[IPSECD_PATH_SIZE];
	struct ipsecd_files whole;
	const struct ipsecd_file *f;
	int rc;

	ipsecd_store_path(store, IPSECD_STORE_PREVIOUS, name);
	ipsecd_files_init(&whole);
	rc = ipsecd_files_load(&whole, name, err);
	f = ipsecd_files_find(&whole, "");
	if (!rc)
		rc = ipsecd_unpack(files, path, f->data, f->len, err);
	ipsecd_files_free(&whole);
	return rc;
}

void ipsecd_store_forget(const struct ipsecd_store *store)
{
	char name[IPSECD_PATH_SIZE];
	struct ipsec_err ignored;

	ipsecd_store_path(store, IPSECD_STORE_PREVIOUS, name);
	ipsec_file_remove(name, &ignored);
}

int ipsecd_store_pend(const struct ipsecd_store *store, uint64_t deadline,
		      struct ipsec_err *err)
{
	struct ipsecd_pending pending = { .deadline = deadline };
	char name[IPSECD_PATH_SIZE], text[128];
	int len;

	if (ipsecd_boot_id(pending.boot))
		return ipsec_err_code(err, EIO,
				      "/proc does not tell which boot this is");
	ipsecd_store_path(store, "pending", name);
	len = ipsecd_pending_text(&pending, text, sizeof(text));
	return ipsec_file_replace(name, text, (size_t)len, err);
}

int ipsecd_store_pending(const struct ipsecd_store *store,
			 struct ipsecd_pending *pending, struct ipsec_err *err)
{
	char name[IPSECD_PATH_SIZE];
	struct ipsecd_files whole;
	const struct ipsecd_file *f;
	int rc;

	ipsecd_store_path(store, "pending", name);
	ipsecd_files_init(&whole);
	rc = ipsecd_files_load(&whole, name, err);
	f = ipsecd_files_find(&whole, "");
	if (!rc)
		rc = ipsecd_pending_read(pending, (const char *)f->data, f->len,
					 err);
	ipsecd_files_free(&whole);
	return rc;
}

int ipsecd_store_settle(const struct ipsecd_store *store, struct ipsec_err *err)
{
	char name[IPSECD_PATH_SIZE];

	ipsecd_store_path(store, "pending", name);
	return ipsec_file_remove(name, err);
}
