/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AES-GCM and AES-GMAC for ESP on x86, without the crypto API between: one call works on one
 * linear packet, needs no request and no scatterlist, and never waits. It is there where the
 * code for vectors is (vectors.h) and the processor has AVX.
 */
#ifndef IPD_GCM_H
#define IPD_GCM_H

#include <linux/types.h>

#include "vectors.h"

struct ipd_protection;

/* Blocks that are hashed before their sum is reduced, at most. */
#define IPD_GCM_POWERS	16

/**
 * struct ipd_gcm_key - what one direction of an SA encrypts with
 * @powers: of the hash key, the highest first; see gcm_x86.h for their form
 * @salt: first four bytes of the nonce (RFC 4106 section 4)
 * @rounds: 10, 12 or 14
 * @code: enum ipd_gcm_code, which code to use
 * @gmac: authenticates only
 * @defer: never at once, for tests
 * @round_keys: of AES, @rounds + 1 of them
 *
 * Constant; 448 bytes with AES-128, 512 with AES-256.
 */
struct ipd_gcm_key {
	u8 powers[IPD_GCM_POWERS][16];
	u8 salt[4];
	u8 rounds;
	u8 code;
	bool gmac;
	bool defer;
	u8 round_keys[][16] __aligned(16);
} __aligned(64);

static inline unsigned int ipd_gcm_key_rounds(unsigned int len)
{
	return len / 4 + 6;
}

/* A macro, because it is in a table. */
#define ipd_gcm_key_size(rounds) offsetof(struct ipd_gcm_key, round_keys[(rounds) + 1])

/**
 * struct ipd_gcm_op - one packet
 * @aad: SPI and sequence number as they are authenticated, zeros behind
 * @aad_len: 8, or 12 with ESN
 * @iv: 8 bytes; read before anything is written
 * @data: what follows the IV, in place
 * @len: of it, a multiple of 4
 */
struct ipd_gcm_op {
	__be32 aad[4];
	unsigned int aad_len;
	const u8 *iv;
	u8 *data;
	unsigned int len;
};

enum ipd_gcm_mode {
	IPD_GCM_ENCRYPT,
	IPD_GCM_DECRYPT,
	IPD_GCM_AUTHENTICATE,	/* GMAC (RFC 4543): IV and data are part of what is authenticated */
};

/*
 * The code for three generations of processors. Between kernel_fpu_begin() and
 * kernel_fpu_end(). @tag is written, not compared.
 */
void ipd_gcm_avx_setup(struct ipd_gcm_key *key);
void ipd_gcm_avx(const struct ipd_gcm_key *key, const struct ipd_gcm_op *op,
		 enum ipd_gcm_mode mode, u8 tag[16]);
void ipd_gcm_vaes(const struct ipd_gcm_key *key, const struct ipd_gcm_op *op,
		  enum ipd_gcm_mode mode, u8 tag[16]);
void ipd_gcm_avx512(const struct ipd_gcm_key *key, const struct ipd_gcm_op *op,
		    enum ipd_gcm_mode mode, u8 tag[16]);

struct ipd_gcm_key *ipd_gcm_key_new(const struct ipd_protection *prot, unsigned int dir,
				    bool defer);
void ipd_gcm_key_free(struct ipd_gcm_key *key);
const char *ipd_gcm_key_name(const struct ipd_gcm_key *key);
const char *ipd_gcm_name(u8 encr);
bool ipd_gcm_usable(const struct ipd_gcm_key *key);
void ipd_gcm_crypt(const struct ipd_gcm_key *key, const struct ipd_gcm_op *op, bool decrypt,
		   u8 tag[16]);
int ipd_gcm_init(void);

#if IS_ENABLED(CONFIG_KUNIT)
extern unsigned int ipd_gcm_limit;
#endif

#endif /* IPD_GCM_H */
