/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MINT_INT_H
#define MINT_INT_H

#include "mint.h"

/* What the files behind mint.h share. */
void mint_must(bool good, const char *what);
void *mint_hold(void *p, void (*release)(void *p));
void mint_time(ASN1_TIME *t, int64_t given, int64_t other);
const EVP_MD *mint_digest(EVP_PKEY *key, const char *name);
X509_EXTENSION *mint_extension(X509V3_CTX *ctx, const char *text);

#endif
