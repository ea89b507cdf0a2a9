/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_PACK_H
#define IPSECD_PACK_H

#include "files.h"

/*
 * A policy's text and files in one block of bytes, with a hash at its end so
 * that half of one is never taken for it.
 */
#define IPSECD_PATH_SIZE 1024

/* malloc; wipe it before it is freed. NULL: no memory. */
uint8_t *ipsecd_pack(const struct ipsecd_files *files, const char *path,
		     size_t *len);
/* files is empty, and stays so on failure; path has IPSECD_PATH_SIZE bytes. */
int ipsecd_unpack(struct ipsecd_files *files, char *path, const void *data,
		  size_t len, struct ipsec_err *err);

#endif
