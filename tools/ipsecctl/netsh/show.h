/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_SHOW_H
#define IPSECCTL_NETSH_SHOW_H

#include "netsh.h"

/* Text as netsh shows it, within 80 columns. */
void show_title(const char *title);
/* "Name                    : value"; NULL shows a dash. */
void show_field(const char *name, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

struct show_column {
	const char *title;
	int width;
};

/* A table of columns; the last one ends with a NULL title. */
void show_head(const struct show_column *columns);
/* A cell that is too long goes on in the next line of its column. */
void show_row(const struct show_column *columns, const char *const *cells);

/* The host's name, or the text itself; into buf. */
const char *show_resolve(const char *addr, bool resolve, char *buf,
			 size_t size);

#endif
