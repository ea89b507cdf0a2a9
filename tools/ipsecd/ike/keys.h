/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_KEYS_H
#define IKE_KEYS_H

#include "crypto.h"
#include "proposal.h"

/*
 * Keys of one IKE SA, RFC 7296 section 2.14; in memory that is locked and
 * wiped. i and r are initiator and responder of the IKE SA, whoever we are.
 */
struct ike_direction_keys {
	uint8_t a[IKE_KEY_MAX];
	uint8_t e[IKE_KEY_MAX]; /* salt at the end */
	uint8_t p[IKE_PRF_MAX];
};

struct ikev2_keys {
	uint16_t prf;
	uint16_t integ; /* 0 with an AEAD */
	uint16_t encr;
	uint8_t a_len;
	uint8_t e_len;
	uint8_t p_len; /* of SK_d and SK_p */
	uint8_t d[IKE_PRF_MAX];
	struct ike_direction_keys i;
	struct ike_direction_keys r;
};

struct ike_blob {
	const uint8_t *data;
	size_t len;
};

static inline struct iovec ike_blob_iov(struct ike_blob b)
{
	return (struct iovec){ (void *)b.data, b.len };
}

/*
 * SKEYSEED and all keys of a new IKE SA. old is NULL, or for a rekeyed SA the
 * SK_d and PRF of the SA it was made by (section 2.18).
 */
int ikev2_keys_derive(struct ikev2_keys *k, const struct ike_proposal *chosen,
		      const struct ikev2_keys *old, struct ike_blob secret,
		      struct ike_blob ni, struct ike_blob nr,
		      const uint8_t *spi_i, const uint8_t *spi_r);
/* RFC 8784 section 3: SK_d, SK_pi and SK_pr mixed with the PPK. */
int ikev2_keys_ppk(struct ikev2_keys *k, struct ike_blob ppk);
/* KEYMAT, section 2.17. secret is empty without a key exchange. */
int ikev2_keymat(const struct ikev2_keys *k, struct ike_blob secret,
		 struct ike_blob ni, struct ike_blob nr, uint8_t *out,
		 size_t len);

struct ikev1_keys {
	uint16_t prf; /* the negotiated hash as an HMAC: enum ike_prf */
	uint16_t hash; /* enum ike_hash or IKE_HASH_MD5 */
	uint16_t encr;
	uint8_t len; /* of the prf */
	uint8_t e_len;
	uint8_t block; /* of the cipher, and its IV */
	uint8_t skeyid[IKE_PRF_MAX];
	uint8_t d[IKE_PRF_MAX];
	uint8_t a[IKE_PRF_MAX];
	uint8_t e[IKE_PRF_MAX];
	uint8_t key[IKE_KEY_MAX]; /* of the cipher, from e (appendix B) */
};

/* RFC 2409 section 5. psk is empty for signatures. */
int ikev1_keys_derive(struct ikev1_keys *k, const struct ike_proposal *chosen,
		      struct ike_blob psk, struct ike_blob secret,
		      struct ike_blob ni, struct ike_blob nr,
		      const uint8_t *cky_i, const uint8_t *cky_r);
/* Section 5.5: of one protocol and one SPI. */
int ikev1_keymat(const struct ikev1_keys *k, struct ike_blob secret,
		 uint8_t proto, const uint8_t *spi, struct ike_blob ni,
		 struct ike_blob nr, uint8_t *out, size_t len);
/* The first IV of phase 1, and of an exchange in phase 2 (id in host order). */
int ikev1_iv_main(const struct ikev1_keys *k, struct ike_blob ke_i,
		  struct ike_blob ke_r, uint8_t *iv);
int ikev1_iv_quick(const struct ikev1_keys *k, const uint8_t *last_main,
		   uint32_t id, uint8_t *iv);

#endif
