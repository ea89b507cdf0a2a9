/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_CRYPTO_H
#define IKE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/*
 * Primitives, all by libcrypto. Algorithms are named by the numbers of
 * IKEv2 transforms (wire.h). Functions return 0, -EOPNOTSUPP for an algorithm
 * that is unknown or that libcrypto does not give, or -EIO when libcrypto
 * fails; verifying ones -EBADMSG. All buffers of secrets are wiped.
 */
#define IKE_PRF_MAX 64
#define IKE_KEY_MAX 64 /* of one algorithm, salt included */
#define IKE_ICV_MAX 32
#define IKE_KE_MAX 1024 /* public value and shared secret of MODP 8192 */
#define IKE_BLOCK_MAX 16

/* Once, before any other; takes the legacy provider in for DES and MD5. */
int ike_crypto_init(void);

size_t ike_prf_len(uint16_t prf); /* of its output and preferred key; 0: none */
int ike_prf(uint16_t prf, const void *key, size_t key_len,
	    const struct iovec *iov, unsigned int n, uint8_t *out);
/* RFC 7296 section 2.13 */
int ike_prf_plus(uint16_t prf, const void *key, size_t key_len,
		 const void *seed, size_t seed_len, uint8_t *out, size_t len);

size_t ike_integ_key_len(uint16_t integ);
size_t ike_integ_icv_len(uint16_t integ);
int ike_integ(uint16_t integ, const void *key, const struct iovec *iov,
	      unsigned int n, uint8_t *icv);

/* Plain digests, for NAT detection, cookies and IV derivation. */
size_t ike_hash_len(uint16_t hash); /* enum ike_hash, or IKE_HASH_MD5 */
#define IKE_HASH_MD5 1024 /* of IKEv1 only; not a number of the wire */
int ike_hash(uint16_t hash, const struct iovec *iov, unsigned int n,
	     uint8_t *out);

struct ike_encr_info {
	uint8_t key_len; /* bytes, without salt */
	uint8_t salt;
	uint8_t iv;
	uint8_t block;
	uint8_t icv; /* of an AEAD; 0: needs an integrity algorithm */
};

/* -EOPNOTSUPP also for a key length that the algorithm has not. */
int ike_encr_info(uint16_t encr, uint16_t key_bits, struct ike_encr_info *info);
/* CBC and CTR (with salt in the key); in place, len a multiple of block. */
int ike_encrypt(uint16_t encr, const void *key, size_t key_len, const void *iv,
		void *data, size_t len);
int ike_decrypt(uint16_t encr, const void *key, size_t key_len, const void *iv,
		void *data, size_t len);
/* AEAD, key with salt at its end (RFC 5282, RFC 7634); in place. */
int ike_aead_seal(uint16_t encr, const void *key, size_t key_len,
		  const void *iv, const void *aad, size_t aad_len, void *data,
		  size_t len, uint8_t *icv);
int ike_aead_open(uint16_t encr, const void *key, size_t key_len,
		  const void *iv, const void *aad, size_t aad_len, void *data,
		  size_t len, const uint8_t *icv);

/*
 * Key exchange (design.md section 10: a table, so that KEMs fit). A responder
 * that has the peer's value uses the same calls.
 */
struct ike_dh;

struct ike_dh *ike_dh_new(uint16_t group); /* NULL: unknown or no memory */
/* Our public value; its length is fixed by the group. */
const uint8_t *ike_dh_public(const struct ike_dh *dh, size_t *len);
/*
 * -EBADMSG for a value of the wrong length, off the curve, in a small
 * subgroup, 0, 1, p-1 or above (RFC 6989, RFC 7748 section 6).
 */
int ike_dh_shared(struct ike_dh *dh, const void *peer, size_t peer_len,
		  uint8_t *secret, size_t *secret_len);
void ike_dh_free(struct ike_dh *dh);
bool ike_dh_known(uint16_t group);
size_t ike_dh_public_len(uint16_t group);

/* Not for secrets that a test must repeat: see ike_env. -EIO. */
int ike_random(void *buf, size_t len);
bool ike_equal(const void *a, const void *b, size_t len); /* constant time */
void ike_wipe(void *buf, size_t len);

#endif
