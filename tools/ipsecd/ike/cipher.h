/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_CIPHER_H
#define IKE_CIPHER_H

#include <openssl/types.h>

#include "crypto.h"

/* An encryption algorithm with one of its key lengths. */
struct ike_cipher {
	uint16_t encr;
	struct ike_encr_info info;
	const char *name; /* NULL: only the driver uses it */
	EVP_CIPHER *evp; /* NULL: libcrypto has it not */
};

/* By the length of key and salt; NULL: none that a message is encrypted by. */
const struct ike_cipher *ike_cipher_find(uint16_t encr, size_t key_len);

#endif
