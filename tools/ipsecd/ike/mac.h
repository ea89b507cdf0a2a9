/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_MAC_H
#define IKE_MAC_H

#include <openssl/types.h>

#include "xcbc.h"

/* What PRFs and integrity algorithms are made of. */
enum ike_mac_alg {
	IKE_MAC_HMAC_MD5,
	IKE_MAC_HMAC_SHA1,
	IKE_MAC_HMAC_SHA2_256,
	IKE_MAC_HMAC_SHA2_384,
	IKE_MAC_HMAC_SHA2_512,
	IKE_MAC_CMAC,
	IKE_MAC_XCBC,
	IKE_MACS,
	IKE_MAC_NONE = IKE_MACS,
};

/* A MAC with its key set, for any number of messages. */
struct ike_mac {
	EVP_MAC_CTX *ctx; /* NULL: AES-XCBC */
	struct ike_xcbc xcbc;
	uint8_t len;
	bool used;
};

size_t ike_mac_len(enum ike_mac_alg alg); /* 0: libcrypto has it not */
/* CMAC and XCBC take keys of 16 bytes only. End with done, failed or not. */
int ike_mac_start(struct ike_mac *m, enum ike_mac_alg alg, const void *key,
		  size_t key_len);
int ike_mac_run(struct ike_mac *m, const struct iovec *iov, unsigned int n,
		uint8_t *out);
void ike_mac_done(struct ike_mac *m);

#endif
