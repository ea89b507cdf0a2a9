// SPDX-License-Identifier: GPL-2.0-or-later
#include "rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_folder(const char *path, struct ipsec_err *err)
{
	struct stat st;

	if (mkdir(path, 0755) && errno != EEXIST)
		return ipsec_err_code(err, errno, "cannot make %s: %s", path,
				      strerror(errno));
	if (lstat(path, &st) || !S_ISDIR(st.st_mode) ||
	    (st.st_uid && st.st_uid != geteuid()) ||
	    st.st_mode & (S_IWGRP | S_IWOTH))
		return ipsec_err_code(err, EPERM,
				      "%s must be a folder of root's that "
				      "nobody else can write to",
				      path);
	return 0;
}

/* Held as long as this process lives, whatever ends it. */
static int lock(struct ipsecd_rundir *dir, struct ipsec_err *err)
{
	char text[16];
	ssize_t len;

	dir->lock =
		open(dir->pid, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (dir->lock < 0)
		return ipsec_err_code(err, errno, "cannot open %s: %s%s",
				      dir->pid, strerror(errno),
				      errno == EACCES ? "; run ipsecd as root" :
							"");
	if (flock(dir->lock, LOCK_EX | LOCK_NB)) {
		len = read(dir->lock, text, sizeof(text) - 1);
		text[len > 0 ? len : 0] = '\0';
		text[strcspn(text, "\n")] = '\0';
		close(dir->lock);
		dir->lock = 0;
		return ipsec_err_code(err, EBUSY,
				      "ipsecd runs already (process %s); stop "
				      "it, or give this one its own folder "
				      "with -s",
				      text);
	}
	len = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(dir->lock, 0) || write(dir->lock, text, (size_t)len) < 0)
		return ipsec_err_code(err, errno, "cannot write %s: %s",
				      dir->pid, strerror(errno));
	return 0;
}

int ipsecd_rundir_open(struct ipsecd_rundir *dir, const char *path,
		       struct ipsec_err *err)
{
	int rc;

	if (strlen(path) > 1024)
		return ipsec_err_code(err, ENAMETOOLONG, "%.40s... is too long",
				      path);
	snprintf(dir->pid, sizeof(dir->pid), "%s/pid", path);
	snprintf(dir->empty, sizeof(dir->empty), "%s/empty", path);
	snprintf(dir->notes, sizeof(dir->notes), "%s/dynamic.json", path);
	rc = make_folder(path, err);
	if (!rc)
		rc = make_folder(dir->empty, err);
	if (!rc)
		rc = lock(dir, err);
	if (!rc)
		unlink(dir->notes);
	return rc;
}

void ipsecd_rundir_close(struct ipsecd_rundir *dir)
{
	if (!dir->lock)
		return;
	unlink(dir->notes);
	unlink(dir->pid);
	close(dir->lock);
	dir->lock = 0;
}
