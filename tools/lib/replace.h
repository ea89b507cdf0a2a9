/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_REPLACE_H
#define IPSEC_REPLACE_H

#include <stddef.h>

#include "err.h"

/*
 * A file that is there whole or not at all, also after the power failed: the
 * new one is written beside it, is on the disk before it takes the name, and
 * the folder is on the disk before this returns. Only its owner can read it.
 */
int ipsec_file_replace(const char *path, const void *data, size_t len,
		       struct ipsec_err *err);
/* The same for a symbolic link. */
int ipsec_link_replace(const char *path, const char *target,
		       struct ipsec_err *err);
/* A file is removed, and stays so; one that is not there is no error. */
int ipsec_file_remove(const char *path, struct ipsec_err *err);

#endif
