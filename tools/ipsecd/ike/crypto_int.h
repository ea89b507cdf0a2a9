/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_CRYPTO_INT_H
#define IKE_CRYPTO_INT_H

#include "crypto.h"

/*
 * Between the files that implement crypto.h. What libcrypto gives is fetched
 * once, by these, and never given back; what it does not give is left out.
 */
void ike_hash_init(void);
void ike_mac_algs_init(void);
void ike_cipher_init(void);
void ike_dh_init(void);

/*
 * What a failed call of libcrypto means: error, or -EIO when libcrypto says
 * that it was short of memory. Empties its error queue, which nobody reads.
 */
int ike_crypto_failed(int error);

#endif
