// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "crypto_int.h"
#include "mac.h"
#include "wire.h"

/* Those of GMAC, with their salt, only protect AH, which is the driver's. */
static const struct integ {
	uint16_t id;
	enum ike_mac_alg mac;
	uint8_t key_len;
	uint8_t icv_len;
} integs[] = {
	{ IKE_INTEG_HMAC_MD5_96, IKE_MAC_HMAC_MD5, 16, 12 },
	{ IKE_INTEG_HMAC_SHA1_96, IKE_MAC_HMAC_SHA1, 20, 12 },
	{ IKE_INTEG_AES_XCBC_96, IKE_MAC_XCBC, 16, 12 },
	{ IKE_INTEG_AES_CMAC_96, IKE_MAC_CMAC, 16, 12 },
	{ IKE_INTEG_AES_128_GMAC, IKE_MAC_NONE, 16 + 4, 16 },
	{ IKE_INTEG_AES_192_GMAC, IKE_MAC_NONE, 24 + 4, 16 },
	{ IKE_INTEG_AES_256_GMAC, IKE_MAC_NONE, 32 + 4, 16 },
	{ IKE_INTEG_HMAC_SHA2_256_128, IKE_MAC_HMAC_SHA2_256, 32, 16 },
	{ IKE_INTEG_HMAC_SHA2_384_192, IKE_MAC_HMAC_SHA2_384, 48, 24 },
	{ IKE_INTEG_HMAC_SHA2_512_256, IKE_MAC_HMAC_SHA2_512, 64, 32 },
};

static const struct integ *find(uint16_t id)
{
	size_t i;

	for (i = 0; i < sizeof(integs) / sizeof(integs[0]); i++)
		if (integs[i].id == id && (integs[i].mac == IKE_MAC_NONE ||
					   ike_mac_len(integs[i].mac)))
			return &integs[i];
	return NULL;
}

size_t ike_integ_key_len(uint16_t integ)
{
	const struct integ *i = find(integ);

	return i ? i->key_len : 0;
}

size_t ike_integ_icv_len(uint16_t integ)
{
	const struct integ *i = find(integ);

	return i ? i->icv_len : 0;
}

/**
 * ike_integ() - the integrity check value of a message
 * @integ: enum ike_integ
 * @key: of ike_integ_key_len() bytes
 * @iov: the message, one part after the other
 * @n: of parts
 * @icv: of ike_integ_icv_len() bytes
 *
 * Return: 0, -EOPNOTSUPP, also for the algorithms of AH only, or -EIO.
 */
int ike_integ(uint16_t integ, const void *key, const struct iovec *iov,
	      unsigned int n, uint8_t *icv)
{
	const struct integ *i = find(integ);
	uint8_t whole[IKE_PRF_MAX];
	struct ike_mac m;
	int err;

	if (!i)
		return -EOPNOTSUPP;
	err = ike_mac_start(&m, i->mac, key, i->key_len);
	if (!err)
		err = ike_mac_run(&m, iov, n, whole);
	ike_mac_done(&m);
	if (!err)
		memcpy(icv, whole, i->icv_len);
	ike_wipe(whole, sizeof(whole));
	return err;
}
