// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that a crash leaves old or new, never in between. */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int failed(struct ipsec_err *err, const char *what, const char *path)
{
	return ipsec_err_code(err, errno, "cannot %s %s: %s", what, path,
			      strerror(errno));
}

/* In the same folder, since a name cannot move to another file system. */
static int name_beside(char *buf, const char *path, struct ipsec_err *err)
{
	if (snprintf(buf, PATH_MAX, "%s.new", path) < PATH_MAX)
		return 0;
	return ipsec_err_code(err, ENAMETOOLONG, "%.40s... is too long", path);
}

static int sync_folder(const char *path, struct ipsec_err *err)
{
	char copy[PATH_MAX];
	int fd, rc = 0;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return failed(err, "open the folder of", path);
	if (fsync(fd))
		rc = failed(err, "write the folder of", path);
	close(fd);
	return rc;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t done = write(fd, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		data += done;
		len -= (size_t)done;
	}
	return fsync(fd);
}

static int take_name(const char *new, const char *path, struct ipsec_err *err)
{
	int rc;

	if (!rename(new, path))
		return sync_folder(path, err);
	rc = failed(err, "write", path);
	unlink(new);
	return rc;
}

int ipsec_file_replace(const char *path, const void *data, size_t len,
		       struct ipsec_err *err)
{
	char new[PATH_MAX];
	int fd, rc = name_beside(new, path, err);

	if (rc)
		return rc;
	/* What a crash left is no link and nobody else's. */
	unlink(new);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return failed(err, "write", new);
	if (write_all(fd, data, len)) {
		rc = failed(err, "write", new);
		close(fd);
		unlink(new);
		return rc;
	}
	close(fd);
	return take_name(new, path, err);
}

int ipsec_link_replace(const char *path, const char *target,
		       struct ipsec_err *err)
{
	char new[PATH_MAX];
	int rc = name_beside(new, path, err);

	if (rc)
		return rc;
	unlink(new);
	if (symlink(target, new))
		return failed(err, "write", new);
	return take_name(new, path, err);
}

int ipsec_file_remove(const char *path, struct ipsec_err *err)
{
	if (!unlink(path))
		return sync_folder(path, err);
	return errno == ENOENT ? 0 : failed(err, "remove", path);
}
