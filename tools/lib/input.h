/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_INPUT_H
#define IPSEC_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

#define IPSEC_INPUT_MAX (256U << 20)
#define IPSEC_SECRET_MAX (4U << 20)

struct ipsec_input {
	const char *name; /* "standard input" for "-" */
	char *text;
	size_t len;
	size_t size;
	bool exposed; /* users other than the owner can read the file */
};

/* Reads a file, or standard input for "-", of at most max bytes. */
int ipsec_input_read(struct ipsec_input *in, const char *path, size_t max,
		     struct ipsec_err *err);
/* Wipes the text. */
void ipsec_input_free(struct ipsec_input *in);

#endif
