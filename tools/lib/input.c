// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole files in memory, bounded, and wiped when done: they may hold keys. */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_SIZE 65536

/* No realloc(): it would leave a copy behind. */
static int grow(struct ipsec_input *in, size_t max, struct ipsec_err *err)
{
	size_t size = in->size ? 2 * in->size : FIRST_SIZE;
	char *text;

	if (in->len >= max)
		return ipsec_err_at(err, 0,
				    "larger than %zu MiB; split it or check "
				    "that it is the right file",
				    max >> 20);
	text = malloc(size);
	if (!text)
		return ipsec_err_code(err, ENOMEM, "out of memory");
	if (in->text) {
		memcpy(text, in->text, in->len);
		explicit_bzero(in->text, in->len);
		free(in->text);
	}
	in->text = text;
	in->size = size;
	return 0;
}

static int read_all(struct ipsec_input *in, int fd, size_t max,
		    struct ipsec_err *err)
{
	int rc;

	for (;;) {
		ssize_t got;

		if (in->len == in->size) {
			rc = grow(in, max, err);
			if (rc)
				return rc;
		}
		got = read(fd, in->text + in->len, in->size - in->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ipsec_err_code(err, errno, "cannot read: %s",
					      strerror(errno));
		if (!got)
			break;
		in->len += (size_t)got;
	}
	return 0;
}

int ipsec_input_read(struct ipsec_input *in, const char *path, size_t max,
		     struct ipsec_err *err)
{
	bool is_stdin = !strcmp(path, "-");
	struct stat st;
	int fd, rc;

	memset(in, 0, sizeof(*in));
	in->name = is_stdin ? "standard input" : path;
	err->file = in->name;
	fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ipsec_err_code(err, errno, "cannot open: %s",
				      strerror(errno));
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		in->exposed = st.st_mode & (S_IRGRP | S_IROTH);
	rc = read_all(in, fd, max, err);
	if (!is_stdin)
		close(fd);
	if (rc)
		ipsec_input_free(in);
	return rc;
}

void ipsec_input_free(struct ipsec_input *in)
{
	if (in->text)
		explicit_bzero(in->text, in->len);
	free(in->text);
	in->text = NULL;
	in->len = 0;
}
