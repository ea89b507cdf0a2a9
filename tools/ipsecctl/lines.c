// SPDX-License-Identifier: GPL-2.0-or-later
#include "lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int ctl_lines_read(struct ctl_lines *lines, int fd, ctl_line_fn *fn, void *ctx)
{
	ssize_t got = read(fd, lines->text + lines->len,
			   sizeof(lines->text) - lines->len - 1);
	bool more = true;
	char *end;

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	lines->len += (size_t)got;
	lines->text[lines->len] = '\0';
	while (more && (end = strchr(lines->text, '\n'))) {
		*end = '\0';
		more = fn(ctx, lines->text);
		lines->len -= (size_t)(end + 1 - lines->text);
		memmove(lines->text, end + 1, lines->len + 1);
	}
	if (lines->len + 1 == sizeof(lines->text))
		lines->len = 0;
	return got > 0;
}
