/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_XCBC_H
#define IKE_XCBC_H

#include <openssl/types.h>

#include "crypto.h"

/* AES-XCBC-MAC, RFC 3566, which libcrypto has not: of its AES-CBC. */
#define IKE_XCBC_LEN 16

struct ike_xcbc {
	EVP_CIPHER_CTX *cbc; /* with K1 */
	uint8_t k2[IKE_XCBC_LEN];
	uint8_t k3[IKE_XCBC_LEN];
	uint8_t last[IKE_XCBC_LEN]; /* a block is held until it may be the last */
	size_t held;
};

void ike_xcbc_init(void);
bool ike_xcbc_known(void);
/* -EIO also for a key that is not of 16 bytes. End with done in any case. */
int ike_xcbc_start(struct ike_xcbc *x, const void *key, size_t key_len);
int ike_xcbc_run(struct ike_xcbc *x, const struct iovec *iov, unsigned int n,
		 uint8_t *out);
void ike_xcbc_done(struct ike_xcbc *x);

#endif
