/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PKI_SEEDS_H
#define PKI_SEEDS_H

#include <stddef.h>

/* Gives put() what the targets cert, crl, ocsp and sig start from, and files of files. */
typedef void pki_seeds_fn(const char *target, const void *head, size_t head_len,
			  const void *data, size_t len);
void pki_seeds(pki_seeds_fn *put);

#endif
