/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_ERR_H
#define IPSEC_ERR_H

#include <stdint.h>

/*
 * What went wrong, and where. Functions that take one return 0 or a negative
 * errno and fill it in exactly once; the command prints it.
 */
struct ipsec_err {
	const char *file; /* NULL: the command line or the driver */
	unsigned int line; /* 0: the whole file */
	int code; /* errno the driver gave, or 0 */
	uint32_t offs; /* of the refused attribute in the request, or 0 */
	char text[768];
};

/* Always -EINVAL, so that a parser can return it at once. */
int ipsec_err_at(struct ipsec_err *err, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Always -code. */
int ipsec_err_code(struct ipsec_err *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
