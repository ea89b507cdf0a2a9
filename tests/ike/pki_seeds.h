/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PKI_SEEDS_H
#define PKI_SEEDS_H

#include <stddef.h>

#include "mint.h"

/* Gives put() what the targets cert, crl, ocsp and sig start from, and files of files. */
typedef void pki_seeds_fn(const char *target, const void *head, size_t head_len,
			  const void *data, size_t len);
void pki_seeds(pki_seeds_fn *put);
/* Of those: what is refused, or not believed. */
void pki_wrong_seeds(pki_seeds_fn *put, X509 *root);

/* How an input of the targets begins that says so. */
void pki_put_cert(pki_seeds_fn *put, X509 *x);
void pki_put_blob(pki_seeds_fn *put, const char *target, uint8_t mode,
		  struct ike_blob b);

#endif
