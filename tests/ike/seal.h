/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SEAL_H
#define SEAL_H

#include "mint.h"

/*
 * For fuzz targets: what a CA signs may be any bytes, and yet be signed, so
 * that what is behind the signature is reached. The keys are the same in every
 * run; everything else of mint.h can be had with them.
 */
#define SEAL_CA "seal/ca"
#define SEAL_LEAF "seal/leaf"

void seal_keys(void);
/* SEQUENCE { tbs, Ed25519, signature of SEAL_CA }; freed by the caller. */
uint8_t *seal(const uint8_t *tbs, size_t tbs_len, size_t *len);
/* A BasicOCSPResponse as an OCSPResponse. */
uint8_t *seal_ocsp(const uint8_t *basic, size_t basic_len, size_t *len);
/* What is signed in one of those, in place. */
struct ike_blob seal_open(struct ike_blob sealed);

X509 *seal_root(void);
X509 *seal_leaf(X509 *root);
#define SEAL_HOST "a.example.org"

/* Aborts, so that the fuzzer sees it. */
void seal_must(bool good);

#endif
