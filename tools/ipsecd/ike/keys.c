// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "cipher.h"
#include "keys.h"
#include "wire.h"

#define NONCE_MAX 256 /* section 3.9 */
#define NONCES_MAX (2 * NONCE_MAX)
/* What XCBC and CMAC take of each nonce as a key (section 2.14). */
#define NONCE_PART 8

static uint16_t chosen_id(const struct ike_proposal *p, uint8_t type)
{
	const struct ike_transform *t = ike_proposal_get(p, type);

	return t ? t->id : 0;
}

/* The driver's own, which cannot protect a message of ours. */
static bool for_ah_only(uint16_t integ)
{
	return integ >= IKE_INTEG_AES_128_GMAC &&
	       integ <= IKE_INTEG_AES_256_GMAC;
}

/* Which algorithms, and what the lengths of their keys are. */
static int set_algorithms(struct ikev2_keys *k, const struct ike_proposal *p)
{
	const struct ike_transform *encr =
		ike_proposal_get(p, IKE_TRANSFORM_ENCR);
	struct ike_encr_info info;

	memset(k, 0, sizeof(*k));
	if (!encr || ike_encr_info(encr->id, encr->key_bits, &info))
		return -EOPNOTSUPP;
	k->encr = encr->id;
	k->e_len = info.key_len + info.salt;
	k->prf = chosen_id(p, IKE_TRANSFORM_PRF);
	k->p_len = (uint8_t)ike_prf_len(k->prf);
	if (!info.icv) {
		k->integ = chosen_id(p, IKE_TRANSFORM_INTEG);
		k->a_len = (uint8_t)ike_integ_key_len(k->integ);
		if (!k->a_len || for_ah_only(k->integ))
			return -EOPNOTSUPP;
	}
	return k->p_len && ike_cipher_find(k->encr, k->e_len) ? 0 : -EOPNOTSUPP;
}

/* prf(Ni | Nr, g^ir): the nonces are the key. */
static int skeyseed(uint16_t prf, struct ike_blob secret, struct ike_blob ni,
		    struct ike_blob nr, uint8_t *out)
{
	const struct iovec iov = ike_blob_iov(secret);
	uint8_t key[NONCES_MAX];
	struct ipsec_writer w;

	if (prf == IKE_PRF_AES128_XCBC || prf == IKE_PRF_AES128_CMAC) {
		ni.len = ni.len < NONCE_PART ? ni.len : NONCE_PART;
		nr.len = nr.len < NONCE_PART ? nr.len : NONCE_PART;
	}
	ipsec_writer_init(&w, key, sizeof(key));
	ipsec_write(&w, ni.data, ni.len);
	ipsec_write(&w, nr.data, nr.len);
	return w.failed ? -EIO : ike_prf(prf, key, w.len, &iov, 1, out);
}

/* The same for an SA that replaces another: prf(SK_d (old), g^ir | Ni | Nr) */
static int skeyseed_rekey(const struct ikev2_keys *old, struct ike_blob secret,
			  struct ike_blob ni, struct ike_blob nr, uint8_t *out)
{
	const struct iovec iov[] = { ike_blob_iov(secret), ike_blob_iov(ni),
				     ike_blob_iov(nr) };

	return ike_prf(old->prf, old->d, old->p_len, iov, 3, out);
}

/* prf+(SKEYSEED, Ni | Nr | SPIi | SPIr), cut up in the order of the RFC. */
static int expand(struct ikev2_keys *k, const uint8_t *seed_key,
		  size_t seed_key_len, struct ike_blob ni, struct ike_blob nr,
		  const uint8_t *spi_i, const uint8_t *spi_r)
{
	uint8_t seed[NONCES_MAX + 2 * IKE_SPI_LEN];
	uint8_t out[3 * IKE_PRF_MAX + 4 * IKE_KEY_MAX];
	struct ipsec_writer w;
	struct ipsec_reader r;
	int err;

	ipsec_writer_init(&w, seed, sizeof(seed));
	ipsec_write(&w, ni.data, ni.len);
	ipsec_write(&w, nr.data, nr.len);
	ipsec_write(&w, spi_i, IKE_SPI_LEN);
	ipsec_write(&w, spi_r, IKE_SPI_LEN);
	if (w.failed)
		return -EIO;
	ipsec_reader_init(&r, out, 3 * k->p_len + 2 * (k->a_len + k->e_len));
	err = ike_prf_plus(k->prf, seed_key, seed_key_len, seed, w.len, out,
			   r.left);
	ipsec_read_copy(&r, k->d, k->p_len);
	ipsec_read_copy(&r, k->i.a, k->a_len);
	ipsec_read_copy(&r, k->r.a, k->a_len);
	ipsec_read_copy(&r, k->i.e, k->e_len);
	ipsec_read_copy(&r, k->r.e, k->e_len);
	ipsec_read_copy(&r, k->i.p, k->p_len);
	ipsec_read_copy(&r, k->r.p, k->p_len);
	ike_wipe(out, sizeof(out));
	return err;
}

/**
 * ikev2_keys_derive() - the keys of a new IKE SA, RFC 7296 section 2.14
 * @k: set; zeros after an error
 * @chosen: encryption, PRF and, without an AEAD, integrity
 * @old: NULL, or the keys of the SA that this one replaces (section 2.18)
 * @secret: of the key exchange
 * @ni: the nonce of this SA's initiator, of 256 bytes at most
 * @nr: and of its responder
 * @spi_i: of this SA
 * @spi_r: of this SA
 *
 * Return: 0, -EOPNOTSUPP for algorithms that do not make an IKE SA, -EIO.
 */
int ikev2_keys_derive(struct ikev2_keys *k, const struct ike_proposal *chosen,
		      const struct ikev2_keys *old, struct ike_blob secret,
		      struct ike_blob ni, struct ike_blob nr,
		      const uint8_t *spi_i, const uint8_t *spi_r)
{
	uint8_t seed[IKE_PRF_MAX];
	uint16_t prf;
	int err = set_algorithms(k, chosen);

	if (!err && old)
		err = skeyseed_rekey(old, secret, ni, nr, seed);
	else if (!err)
		err = skeyseed(k->prf, secret, ni, nr, seed);
	prf = old ? old->prf : k->prf;
	if (!err)
		err = expand(k, seed, ike_prf_len(prf), ni, nr, spi_i, spi_r);
	ike_wipe(seed, sizeof(seed));
	if (err)
		ike_wipe(k, sizeof(*k));
	return err;
}

/* key = prf+(PPK, key) */
static int mix(const struct ikev2_keys *k, struct ike_blob ppk, uint8_t *key)
{
	uint8_t mixed[IKE_PRF_MAX];
	int err = ike_prf_plus(k->prf, ppk.data, ppk.len, key, k->p_len, mixed,
			       k->p_len);

	if (!err)
		memcpy(key, mixed, k->p_len);
	ike_wipe(mixed, sizeof(mixed));
	return err;
}

/**
 * ikev2_keys_ppk() - mix a postquantum preshared key in, RFC 8784 section 3
 * @k: SK_d, SK_pi and SK_pr change, or, after an error, nothing does
 * @ppk: the key
 *
 * Return: 0, -EOPNOTSUPP or -EIO.
 */
int ikev2_keys_ppk(struct ikev2_keys *k, struct ike_blob ppk)
{
	struct ikev2_keys mixed = *k;
	int err = mix(&mixed, ppk, mixed.d);

	if (!err)
		err = mix(&mixed, ppk, mixed.i.p);
	if (!err)
		err = mix(&mixed, ppk, mixed.r.p);
	if (!err)
		*k = mixed;
	ike_wipe(&mixed, sizeof(mixed));
	return err;
}

/**
 * ikev2_keymat() - keying material of a Child SA, RFC 7296 section 2.17
 * @k: of the IKE SA
 * @secret: of the Child SA's own key exchange, or empty
 * @ni: nonces of the exchange that makes the Child SA
 * @nr: ditto
 * @out: zeros after an error
 * @len: of what is wanted
 *
 * Return: 0, -EOPNOTSUPP or -EIO.
 */
int ikev2_keymat(const struct ikev2_keys *k, struct ike_blob secret,
		 struct ike_blob ni, struct ike_blob nr, uint8_t *out,
		 size_t len)
{
	uint8_t seed[IKE_KE_MAX + NONCES_MAX];
	struct ipsec_writer w;
	int err = -EIO;

	ipsec_writer_init(&w, seed, sizeof(seed));
	ipsec_write(&w, secret.data, secret.len);
	ipsec_write(&w, ni.data, ni.len);
	ipsec_write(&w, nr.data, nr.len);
	if (!w.failed)
		err = ike_prf_plus(k->prf, k->d, k->p_len, seed, w.len, out,
				   len);
	else
		ike_wipe(out, len);
	ike_wipe(seed, sizeof(seed));
	return err;
}
