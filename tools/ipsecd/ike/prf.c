// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "crypto_int.h"
#include "mac.h"
#include "wire.h"

static enum ike_mac_alg alg_of(uint16_t prf)
{
	switch (prf) {
	case IKE_PRF_HMAC_MD5:
		return IKE_MAC_HMAC_MD5;
	case IKE_PRF_HMAC_SHA1:
		return IKE_MAC_HMAC_SHA1;
	case IKE_PRF_AES128_XCBC:
		return IKE_MAC_XCBC;
	case IKE_PRF_HMAC_SHA2_256:
		return IKE_MAC_HMAC_SHA2_256;
	case IKE_PRF_HMAC_SHA2_384:
		return IKE_MAC_HMAC_SHA2_384;
	case IKE_PRF_HMAC_SHA2_512:
		return IKE_MAC_HMAC_SHA2_512;
	case IKE_PRF_AES128_CMAC:
		return IKE_MAC_CMAC;
	default:
		return IKE_MAC_NONE;
	}
}

size_t ike_prf_len(uint16_t prf)
{
	return ike_mac_len(alg_of(prf));
}

/*
 * A key of any length for a cipher that takes one length: AES-CMAC replaces it
 * by its own MAC under a key of zeros (RFC 4615 section 3), AES-XCBC does so
 * when it is longer, and fills it with zeros when it is shorter (RFC 4434
 * section 2).
 */
static int fit(enum ike_mac_alg alg, const void *key, size_t key_len,
	       uint8_t *out)
{
	const struct iovec iov = { (void *)key, key_len };
	uint8_t zero[IKE_XCBC_LEN] = { 0 };
	struct ike_mac m;
	int err;

	memset(out, 0, IKE_XCBC_LEN);
	if (alg == IKE_MAC_XCBC && key_len < IKE_XCBC_LEN) {
		if (key_len)
			memcpy(out, key, key_len);
		return 0;
	}
	err = ike_mac_start(&m, alg, zero, sizeof(zero));
	if (!err)
		err = ike_mac_run(&m, &iov, 1, out);
	ike_mac_done(&m);
	return err;
}

static int start(struct ike_mac *m, uint16_t prf, const void *key,
		 size_t key_len)
{
	enum ike_mac_alg alg = alg_of(prf);
	bool fixed = alg == IKE_MAC_XCBC || alg == IKE_MAC_CMAC;
	uint8_t fitting[IKE_XCBC_LEN];
	int err;

	if (!fixed || key_len == sizeof(fitting))
		return ike_mac_start(m, alg, key, key_len);
	memset(m, 0, sizeof(*m));
	err = fit(alg, key, key_len, fitting);
	if (!err)
		err = ike_mac_start(m, alg, fitting, sizeof(fitting));
	ike_wipe(fitting, sizeof(fitting));
	return err;
}

/**
 * ike_prf() - the pseudorandom function, with a key of any length
 * @prf: enum ike_prf
 * @key: may be NULL when it is empty
 * @key_len: of the key
 * @iov: the data, one part after the other
 * @n: of parts
 * @out: of ike_prf_len() bytes, which may be one of the parts
 *
 * Return: 0, -EOPNOTSUPP or -EIO.
 */
int ike_prf(uint16_t prf, const void *key, size_t key_len,
	    const struct iovec *iov, unsigned int n, uint8_t *out)
{
	struct ike_mac m;
	int err = start(&m, prf, key, key_len);

	if (!err)
		err = ike_mac_run(&m, iov, n, out);
	ike_mac_done(&m);
	return err;
}

/* T1 = prf(K, S | 1), Tn = prf(K, Tn-1 | S | n) */
static int expand(struct ike_mac *m, const void *seed, size_t seed_len,
		  uint8_t *out, size_t len)
{
	uint8_t t[IKE_PRF_MAX], count = 1;
	const struct iovec iov[] = {
		{ t, m->len },
		{ (void *)seed, seed_len },
		{ &count, 1 },
	};
	int err = 0;

	while (len && !err) {
		size_t n = len < m->len ? len : m->len;
		bool first = count == 1;

		err = ike_mac_run(m, iov + first, 3 - first, t);
		if (err)
			break;
		memcpy(out, t, n);
		out += n;
		len -= n;
		count++;
	}
	ike_wipe(t, sizeof(t));
	return err;
}

/**
 * ike_prf_plus() - as much keying material as wanted, RFC 7296 section 2.13
 * @prf: enum ike_prf
 * @key: K
 * @key_len: of it
 * @seed: S
 * @seed_len: of it
 * @out: for the result; zeros after an error
 * @len: of it, 255 outputs of the PRF at most
 *
 * Return: 0, -EOPNOTSUPP, or -EIO, also for more than there can be.
 */
int ike_prf_plus(uint16_t prf, const void *key, size_t key_len,
		 const void *seed, size_t seed_len, uint8_t *out, size_t len)
{
	struct ike_mac m;
	int err = start(&m, prf, key, key_len);

	if (!err && len > 255 * (size_t)m.len)
		err = -EIO;
	if (!err)
		err = expand(&m, seed, seed_len, out, len);
	ike_mac_done(&m);
	if (err)
		ike_wipe(out, len);
	return err;
}
