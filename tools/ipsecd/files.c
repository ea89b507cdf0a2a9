// SPDX-License-Identifier: GPL-2.0-or-later
/* The files of a policy, read once and kept together. */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "addresses.h"

static struct ipsecd_addresses *binder; /* NULL: nobody */

void ipsecd_files_bind(struct ipsecd_addresses *addresses)
{
	binder = addresses;
}

void ipsecd_files_init(struct ipsecd_files *files)
{
	files->first = NULL;
	files->last = &files->first;
}

void ipsecd_files_free(struct ipsecd_files *files)
{
	while (files->first) {
		struct ipsecd_file *f = files->first;

		files->first = f->next;
		if (f->data)
			explicit_bzero(f->data, f->len);
		free(f->data);
		free(f);
	}
	files->last = &files->first;
}

struct ipsecd_file *ipsecd_files_find(const struct ipsecd_files *files,
				      const char *name)
{
	struct ipsecd_file *f;

	for (f = files->first; f; f = f->next)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static struct ipsecd_file *add(struct ipsecd_files *files, const char *name)
{
	struct ipsecd_file *f = calloc(1, sizeof(*f) + strlen(name) + 1);

	if (!f)
		return NULL;
	strcpy(f->name, name);
	*files->last = f;
	files->last = &f->next;
	return f;
}

/* No realloc(): it would leave a copy of a key behind. */
static int grow(struct ipsecd_file *f, size_t need)
{
	size_t size = f->size ? 2 * f->size : 4096;
	uint8_t *grown;

	while (size < need)
		size *= 2;
	if (need <= f->size)
		return 0;
	grown = malloc(size);
	if (!grown)
		return -ENOMEM;
	if (f->len) {
		memcpy(grown, f->data, f->len);
		explicit_bzero(f->data, f->len);
	}
	free(f->data);
	f->data = grown;
	f->size = size;
	return 0;
}

int ipsecd_files_append(struct ipsecd_files *files, const char *name,
			const void *data, size_t len)
{
	struct ipsecd_file *f = ipsecd_files_find(files, name);

	if (!f)
		f = add(files, name);
	if (!f)
		return -ENOMEM;
	if (f->len + len > IPSECD_POLICY_MAX)
		return -EFBIG;
	if (grow(f, f->len + len))
		return -ENOMEM;
	if (len)
		memcpy(f->data + f->len, data, len);
	f->len += len;
	return 0;
}

int ipsecd_files_copy(struct ipsecd_files *files,
		      const struct ipsecd_files *from)
{
	const struct ipsecd_file *f;
	int rc = 0;

	for (f = from->first; f && !rc; f = f->next) {
		rc = ipsecd_files_append(files, f->name, f->data, f->len);
		if (!rc)
			ipsecd_files_find(files, f->name)->exposed = f->exposed;
	}
	return rc;
}

/* What words stand for is no file that somebody wrote. */
static const struct ipsecd_file *bound_skip(const struct ipsecd_file *f)
{
	return f && !strcmp(f->name, POLICY_BINDINGS) ? f->next : f;
}

bool ipsecd_files_same(const struct ipsecd_files *a,
		       const struct ipsecd_files *b)
{
	const struct ipsecd_file *x = bound_skip(a->first);
	const struct ipsecd_file *y = bound_skip(b->first);

	for (; x && y; x = bound_skip(x->next), y = bound_skip(y->next))
		if (strcmp(x->name, y->name) || x->len != y->len ||
		    (x->len && memcmp(x->data, y->data, x->len)))
			return false;
	return !x && !y;
}

/* What others could change or read, or what is no file, is not taken. */
static int check_file(int fd, bool *exposed, struct ipsec_err *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return ipsec_err_code(err, errno, "cannot look at it: %s",
				      strerror(errno));
	if (!S_ISREG(st.st_mode))
		return ipsec_err_code(err, EINVAL, "it is no regular file");
	if (st.st_uid && st.st_uid != geteuid())
		return ipsec_err_code(err, EPERM,
				      "it is owned by user %u; only root may "
				      "own what ipsecd reads (chown root)",
				      st.st_uid);
	if (st.st_mode & S_IWOTH ||
	    (st.st_mode & S_IWGRP && st.st_gid != getegid()))
		return ipsec_err_code(err, EPERM,
				      "others can write to it (chmod go-w)");
	*exposed = st.st_mode & (S_IRWXG | S_IRWXO);
	return 0;
}

static int read_fd(struct ipsecd_files *files, const char *name, int fd,
		   size_t max, struct ipsec_err *err)
{
	static uint8_t buf[65536];
	size_t total = 0;
	ssize_t got;
	int rc;

	rc = ipsecd_files_append(files, name, NULL, 0);
	while (!rc && (got = read(fd, buf, sizeof(buf))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ipsec_err_code(err, errno, "cannot read: %s",
					      strerror(errno));
		total += (size_t)got;
		if (total > max)
			return ipsec_err_code(err, EFBIG,
					      "larger than %zu MiB; check that "
					      "it is the right file",
					      max >> 20);
		rc = ipsecd_files_append(files, name, buf, (size_t)got);
	}
	explicit_bzero(buf, total < sizeof(buf) ? total : sizeof(buf));
	return rc ? ipsec_err_code(err, -rc, "out of memory") : 0;
}

static const char *cure(int error)
{
	switch (error) {
	case ENOENT:
		return "; write it, or name another file";
	case EACCES:
		return "; run ipsecd as root";
	default:
		return "";
	}
}

/* A FIFO must not hold us up, and a link may lead elsewhere tomorrow. */
static int read_file(struct ipsecd_files *files, const char *name,
		     const char *path, size_t max, struct ipsec_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool exposed = true;
	int rc;

	if (fd < 0 && errno == ELOOP)
		return ipsec_err_code(err, ELOOP,
				      "it is a symbolic link; name the file "
				      "itself");
	if (fd < 0)
		return ipsec_err_code(err, errno, "cannot open: %s%s",
				      strerror(errno), cure(errno));
	rc = check_file(fd, &exposed, err);
	if (!rc)
		rc = read_fd(files, name, fd, max, err);
	close(fd);
	if (!rc)
		ipsecd_files_find(files, name)->exposed = exposed;
	return rc;
}

int ipsecd_files_load(struct ipsecd_files *files, const char *path,
		      struct ipsec_err *err)
{
	return read_file(files, "", path, IPSECD_POLICY_MAX, err);
}

struct source {
	struct ipsecd_files *files;
	const char *folder; /* NULL: only what was read before */
};

/* Only a text with such words makes us ask for them. */
static int give_bindings(struct ipsecd_files *files, struct ike_blob *blob,
			 struct ipsec_err *err)
{
	struct ipsecd_file *f = ipsecd_files_find(files, POLICY_BINDINGS);
	char *text;
	int rc;

	if (binder) {
		if (f)
			f->len = 0;
		text = ipsecd_addresses_text(binder, NULL, 0);
		rc = text ? ipsecd_files_append(files, POLICY_BINDINGS, text,
						strlen(text)) :
			    -ENOMEM;
		free(text);
		if (rc)
			return ipsec_err_code(err, -rc, "out of memory");
		f = ipsecd_files_find(files, POLICY_BINDINGS);
	}
	*blob = f ? (struct ike_blob){ f->data, f->len } :
		    (struct ike_blob){ NULL, 0 };
	return 0;
}

/* The callback of policy_parse(). */
static int give(void *ctx, const char *name, bool secret, struct ike_blob *blob,
		struct ipsec_err *err)
{
	const struct source *source = ctx;
	struct ipsecd_file *f = ipsecd_files_find(source->files, name);
	char path[2048];
	int rc;

	if (!strcmp(name, POLICY_BINDINGS))
		return give_bindings(source->files, blob, err);
	if (!f && source->folder) {
		snprintf(path, sizeof(path), "%s%s%s",
			 *name == '/' ? "" : source->folder,
			 *name == '/' ? "" : "/", name);
		rc = read_file(source->files, name, path, IPSECD_FILE_MAX, err);
		if (rc)
			return rc;
		f = ipsecd_files_find(source->files, name);
	}
	if (!f || !*name)
		return ipsec_err_code(err, ENOENT, "there is no such file");
	if (secret && f->exposed)
		return ipsec_err_code(err, EPERM,
				      "others can read it, and it is secret "
				      "(chmod 600)");
	*blob = (struct ike_blob){ f->data, f->len };
	return 0;
}

static int parse(struct source *source, struct policy **policy,
		 struct ipsec_err *err)
{
	const struct ipsecd_file *f = ipsecd_files_find(source->files, "");

	if (!f)
		return ipsec_err_code(err, ENOENT, "there is no policy");
	return policy_parse(f->len ? (const char *)f->data : "", f->len, give,
			    source, policy, err);
}

int ipsecd_files_read(struct ipsecd_files *files, const char *path,
		      struct policy **policy, struct ipsec_err *err)
{
	char copy[1024];
	struct source source = { files, NULL };
	int rc;

	ipsecd_files_init(files);
	err->file = path;
	if (strlen(path) >= sizeof(copy))
		return ipsec_err_code(err, ENAMETOOLONG,
				      "the name is too long");
	rc = read_file(files, "", path, IPSECD_POLICY_MAX, err);
	strcpy(copy, path);
	source.folder = dirname(copy);
	if (!rc)
		rc = parse(&source, policy, err);
	if (rc)
		ipsecd_files_free(files);
	else
		err->file = NULL;
	return rc;
}

int ipsecd_files_take(struct ipsecd_files *files, const char *text,
		      const char *folder, struct policy **policy,
		      struct ipsec_err *err)
{
	struct source source = { files, folder };
	int rc;

	ipsecd_files_init(files);
	if (ipsecd_files_append(files, "", text, strlen(text)))
		rc = ipsec_err_code(err, ENOMEM, "out of memory");
	else
		rc = parse(&source, policy, err);
	if (rc)
		ipsecd_files_free(files);
	return rc;
}

int ipsecd_files_parse(const struct ipsecd_files *files, struct policy **policy,
		       struct ipsec_err *err)
{
	struct source source = { (struct ipsecd_files *)files, NULL };

	return parse(&source, policy, err);
}
