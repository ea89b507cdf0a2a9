/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_LINES_H
#define IPSECCTL_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* Lines of a descriptor that does not block, each as soon as it is whole. */
struct ctl_lines {
	size_t len;
	char text[16384];
};

/* Without its end. False: no more for now; the rest is kept. */
typedef bool ctl_line_fn(void *ctx, const char *line);

/*
 * What is there, at most a buffer of it: 1, or 0 if nothing is or at the end of
 * the file, or -1 and errno. A line that is too long is left out.
 */
int ctl_lines_read(struct ctl_lines *lines, int fd, ctl_line_fn *fn, void *ctx);

#endif
