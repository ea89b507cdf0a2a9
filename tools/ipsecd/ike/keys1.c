// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "keys.h"
#include "wire.h"

#define NONCE_MAX 256 /* RFC 2409 section 5 */

static const struct {
	uint16_t prf;
	uint16_t hash;
} hashes[] = {
	{ IKE_PRF_HMAC_MD5, IKE_HASH_MD5 },
	{ IKE_PRF_HMAC_SHA1, IKE_HASH_SHA1 },
	{ IKE_PRF_HMAC_SHA2_256, IKE_HASH_SHA2_256 },
	{ IKE_PRF_HMAC_SHA2_384, IKE_HASH_SHA2_384 },
	{ IKE_PRF_HMAC_SHA2_512, IKE_HASH_SHA2_512 },
};

static int set_algorithms(struct ikev1_keys *k, const struct ike_proposal *p)
{
	const struct ike_transform *encr =
		ike_proposal_get(p, IKE_TRANSFORM_ENCR);
	const struct ike_transform *prf =
		ike_proposal_get(p, IKE_TRANSFORM_PRF);
	struct ike_encr_info info;
	size_t i;

	memset(k, 0, sizeof(*k));
	if (!encr || !prf || ike_encr_info(encr->id, encr->key_bits, &info) ||
	    info.block < 2) /* version 1 knows CBC only */
		return -EOPNOTSUPP;
	for (i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (hashes[i].prf == prf->id)
			k->hash = hashes[i].hash;
	k->prf = prf->id;
	k->len = (uint8_t)ike_prf_len(k->prf);
	k->encr = encr->id;
	k->e_len = info.key_len;
	k->block = info.block;
	return k->len && k->hash ? 0 : -EOPNOTSUPP;
}

/* prf(psk, Ni | Nr), or for signatures prf(Ni | Nr, g^xy) */
static int skeyid(struct ikev1_keys *k, struct ike_blob psk,
		  struct ike_blob secret, struct ike_blob ni,
		  struct ike_blob nr)
{
	const struct iovec nonces[] = { ike_blob_iov(ni), ike_blob_iov(nr) };
	const struct iovec xy = ike_blob_iov(secret);
	uint8_t key[2 * NONCE_MAX];
	struct ipsec_writer w;

	if (psk.len)
		return ike_prf(k->prf, psk.data, psk.len, nonces, 2, k->skeyid);
	ipsec_writer_init(&w, key, sizeof(key));
	ipsec_write(&w, ni.data, ni.len);
	ipsec_write(&w, nr.data, nr.len);
	return w.failed ? -EIO : ike_prf(k->prf, key, w.len, &xy, 1, k->skeyid);
}

/* SKEYID_d, _a and _e: each from the one before and a number of its own. */
static int skeyid_next(const struct ikev1_keys *k, const uint8_t *before,
		       struct ike_blob secret, const uint8_t *cky_i,
		       const uint8_t *cky_r, uint8_t number, uint8_t *out)
{
	const struct iovec iov[] = {
		{ (void *)before, before ? k->len : 0 },
		ike_blob_iov(secret),
		{ (void *)cky_i, IKE_SPI_LEN },
		{ (void *)cky_r, IKE_SPI_LEN },
		{ &number, 1 },
	};

	return ike_prf(k->prf, k->skeyid, k->len, iov, 5, out);
}

/* Appendix B: SKEYID_e, or when it is too short Ka = K1 | K2 ... of it. */
static int cipher_key(struct ikev1_keys *k)
{
	uint8_t block[IKE_PRF_MAX] = { 0 };
	struct iovec iov = { block, 1 };
	size_t done, n;
	int err = 0;

	if (k->e_len <= k->len) {
		memcpy(k->key, k->e, k->e_len);
		return 0;
	}
	for (done = 0; done < k->e_len && !err; done += n) {
		n = k->e_len - done;
		n = n < k->len ? n : k->len;
		err = ike_prf(k->prf, k->e, k->len, &iov, 1, block);
		memcpy(k->key + done, block, n);
		iov.iov_len = k->len;
	}
	ike_wipe(block, sizeof(block));
	return err;
}

/**
 * ikev1_keys_derive() - the keys of a main mode SA, RFC 2409 section 5
 * @k: set; zeros after an error
 * @chosen: encryption, and the hash as a PRF
 * @psk: empty for signatures
 * @secret: g^xy
 * @ni: bodies of the nonces, of 256 bytes at most
 * @nr: ditto
 * @cky_i: the cookies
 * @cky_r: ditto
 *
 * Return: 0, -EOPNOTSUPP for algorithms that version 1 has not, -EIO.
 */
int ikev1_keys_derive(struct ikev1_keys *k, const struct ike_proposal *chosen,
		      struct ike_blob psk, struct ike_blob secret,
		      struct ike_blob ni, struct ike_blob nr,
		      const uint8_t *cky_i, const uint8_t *cky_r)
{
	int err = set_algorithms(k, chosen);

	if (!err)
		err = skeyid(k, psk, secret, ni, nr);
	if (!err)
		err = skeyid_next(k, NULL, secret, cky_i, cky_r, 0, k->d);
	if (!err)
		err = skeyid_next(k, k->d, secret, cky_i, cky_r, 1, k->a);
	if (!err)
		err = skeyid_next(k, k->a, secret, cky_i, cky_r, 2, k->e);
	if (!err)
		err = cipher_key(k);
	if (err)
		ike_wipe(k, sizeof(*k));
	return err;
}

/**
 * ikev1_keymat() - keying material of one SA, RFC 2409 section 5.5
 * @k: of the main mode SA
 * @secret: g(qm)^xy, or empty without PFS
 * @proto: of the SA
 * @spi: of the SA, four bytes
 * @ni: bodies of quick mode's nonces
 * @nr: ditto
 * @out: zeros after an error
 * @len: of what is wanted
 *
 * Return: 0, -EOPNOTSUPP or -EIO.
 */
int ikev1_keymat(const struct ikev1_keys *k, struct ike_blob secret,
		 uint8_t proto, const uint8_t *spi, struct ike_blob ni,
		 struct ike_blob nr, uint8_t *out, size_t len)
{
	uint8_t block[IKE_PRF_MAX];
	struct iovec iov[] = {
		{ block, 0 }, /* nothing is before K1 */
		ike_blob_iov(secret), { &proto, 1 },	{ (void *)spi, 4 },
		ike_blob_iov(ni),     ike_blob_iov(nr),
	};
	size_t done, n;
	int err = 0;

	for (done = 0; done < len && !err; done += n) {
		n = len - done < k->len ? len - done : k->len;
		err = ike_prf(k->prf, k->d, k->len, iov, 6, block);
		if (!err)
			memcpy(out + done, block, n);
		iov[0].iov_len = k->len;
	}
	ike_wipe(block, sizeof(block));
	if (err)
		ike_wipe(out, len);
	return err;
}

static int first_iv(const struct ikev1_keys *k, const struct iovec *iov,
		    uint8_t *iv)
{
	uint8_t digest[IKE_PRF_MAX];
	int err = ike_hash(k->hash, iov, 2, digest);

	if (!err)
		memcpy(iv, digest, IKE_BLOCK_MAX);
	return err;
}

/**
 * ikev1_iv_main() - the IV of the first encrypted message of main mode
 * @k: of the main mode SA
 * @ke_i: bodies of the key exchange payloads
 * @ke_r: ditto
 * @iv: of IKE_BLOCK_MAX bytes, of which a cipher takes the first (appendix B)
 *
 * Return: 0, -EOPNOTSUPP or -EIO.
 */
int ikev1_iv_main(const struct ikev1_keys *k, struct ike_blob ke_i,
		  struct ike_blob ke_r, uint8_t *iv)
{
	const struct iovec iov[] = { ike_blob_iov(ke_i), ike_blob_iov(ke_r) };

	return first_iv(k, iov, iv);
}

/**
 * ikev1_iv_quick() - the IV of the first message of a later exchange
 * @k: of the main mode SA
 * @last_main: the last cipher block of main mode
 * @id: message ID of the exchange, in host order
 * @iv: of IKE_BLOCK_MAX bytes
 *
 * Return: 0, -EOPNOTSUPP or -EIO.
 */
int ikev1_iv_quick(const struct ikev1_keys *k, const uint8_t *last_main,
		   uint32_t id, uint8_t *iv)
{
	const struct iovec iov[] = {
		{ (void *)last_main, k->block },
		{ &(uint32_t){ htonl(id) }, sizeof(id) },
	};

	return first_iv(k, iov, iv);
}
