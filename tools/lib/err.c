// SPDX-License-Identifier: GPL-2.0-or-later
/* Error texts. */
#include "err.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/*
 * A file may hold anything, and error texts quote it: control characters must
 * not reach a terminal or split a log line.
 */
static void clean(char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = '?';
}

int ipsec_err_at(struct ipsec_err *err, unsigned int line, const char *fmt, ...)
{
	va_list ap;

	err->line = line;
	err->code = EINVAL;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	clean(err->text);
	return -EINVAL;
}

int ipsec_err_code(struct ipsec_err *err, int code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	clean(err->text);
	return -code;
}
