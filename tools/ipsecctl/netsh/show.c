// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists and tables, as netsh shows them. */
#include "show.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdarg.h>
#include <string.h>

#define COLUMNS_MAX 8

void show_title(const char *title)
{
	size_t i;

	printf("\n%s\n", title);
	for (i = 0; i < strlen(title); i++)
		putchar('-');
	putchar('\n');
}

void show_field(const char *name, const char *fmt, ...)
{
	va_list ap;

	printf("%-24s: ", name);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void show_head(const struct show_column *columns)
{
	const struct show_column *c;
	int i;

	for (c = columns; c->title; c++)
		printf(c[1].title ? "%-*s " : "%.*s\n",
		       c[1].title ? c->width : (int)strlen(c->title), c->title);
	for (c = columns; c->title; c++) {
		for (i = 0; i < c->width; i++)
			putchar('-');
		putchar(c[1].title ? ' ' : '\n');
	}
}

/* So many bytes of the text fit; never half a character of UTF-8. */
static int fits(const char *text, int width)
{
	int len = (int)strlen(text);

	if (len <= width)
		return len;
	for (len = width; len > 1 && (text[len] & 0xc0) == 0x80; len--)
		;
	return len;
}

void show_row(const struct show_column *columns, const char *const *cells)
{
	const char *rest[COLUMNS_MAX];
	const struct show_column *c;
	bool more = true;
	int i, len;

	for (c = columns, i = 0; c->title; c++, i++)
		rest[i] = cells[i] ? cells[i] : "-";
	while (more) {
		more = false;
		for (c = columns, i = 0; c->title; c++, i++) {
			len = fits(rest[i], c->width);
			printf("%.*s%*s", len, rest[i],
			       c[1].title ? c->width - len + 1 : 0, "");
			rest[i] += len;
			more |= *rest[i];
		}
		putchar('\n');
	}
}

static bool to_sockaddr(const char *text, struct sockaddr_storage *a,
			socklen_t *len)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)a;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)a;

	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		*len = sizeof(*v4);
		return true;
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1)
		return false;
	v6->sin6_family = AF_INET6;
	*len = sizeof(*v6);
	return true;
}

const char *show_resolve(const char *addr, bool resolve, char *buf, size_t size)
{
	struct sockaddr_storage a;
	socklen_t len;

	if (resolve && to_sockaddr(addr, &a, &len) &&
	    !getnameinfo((struct sockaddr *)&a, len, buf, (socklen_t)size, NULL,
			 0, NI_NAMEREQD))
		return buf;
	return addr;
}
