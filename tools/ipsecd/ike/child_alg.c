// SPDX-License-Identifier: GPL-2.0-or-later
/* Algorithms of Child SAs: from IKE's numbers to the driver's. */
#include <errno.h>
#include <string.h>

#include "engine.h"

struct alg {
	uint8_t driver;
	uint8_t key; /* bytes; 0: by the key length that was agreed */
	uint8_t salt;
};

static const struct alg encrs[] = {
	[IKE_ENCR_DES] = { IPSECDRV_ENCR_DES_CBC, 8, 0 },
	[IKE_ENCR_3DES] = { IPSECDRV_ENCR_DES3_CBC, 24, 0 },
	[IKE_ENCR_NULL] = { IPSECDRV_ENCR_NULL, 0, 0 },
	[IKE_ENCR_AES_CBC] = { IPSECDRV_ENCR_AES_CBC, 0, 0 },
	[IKE_ENCR_AES_CTR] = { IPSECDRV_ENCR_AES_CTR, 0, 4 },
	[IKE_ENCR_AES_CCM_8] = { IPSECDRV_ENCR_AES_CCM_8, 0, 3 },
	[IKE_ENCR_AES_CCM_12] = { IPSECDRV_ENCR_AES_CCM_12, 0, 3 },
	[IKE_ENCR_AES_CCM_16] = { IPSECDRV_ENCR_AES_CCM_16, 0, 3 },
	[IKE_ENCR_AES_GCM_8] = { IPSECDRV_ENCR_AES_GCM_8, 0, 4 },
	[IKE_ENCR_AES_GCM_12] = { IPSECDRV_ENCR_AES_GCM_12, 0, 4 },
	[IKE_ENCR_AES_GCM_16] = { IPSECDRV_ENCR_AES_GCM_16, 0, 4 },
	[IKE_ENCR_AES_GMAC] = { IPSECDRV_ENCR_AES_GMAC, 0, 4 },
	[IKE_ENCR_CHACHA20_POLY1305] = { IPSECDRV_ENCR_CHACHA20_POLY1305, 32,
					 4 },
};

static const struct alg integs[] = {
	[IKE_INTEG_HMAC_MD5_96] = { IPSECDRV_INTEG_HMAC_MD5_96, 16, 0 },
	[IKE_INTEG_HMAC_SHA1_96] = { IPSECDRV_INTEG_HMAC_SHA1_96, 20, 0 },
	[IKE_INTEG_AES_XCBC_96] = { IPSECDRV_INTEG_AES_XCBC_96, 16, 0 },
	[IKE_INTEG_AES_CMAC_96] = { IPSECDRV_INTEG_AES_CMAC_96, 16, 0 },
	[IKE_INTEG_HMAC_SHA2_256_128] = { IPSECDRV_INTEG_HMAC_SHA2_256_128, 32,
					  0 },
	[IKE_INTEG_HMAC_SHA2_384_192] = { IPSECDRV_INTEG_HMAC_SHA2_384_192, 48,
					  0 },
	[IKE_INTEG_HMAC_SHA2_512_256] = { IPSECDRV_INTEG_HMAC_SHA2_512_256, 64,
					  0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct alg *find_encr(const struct ike_child_proto *proto)
{
	return proto->encr < COUNT(encrs) && encrs[proto->encr].driver ?
		       &encrs[proto->encr] :
		       NULL;
}

static const struct alg *find_integ(const struct ike_child_proto *proto)
{
	return proto->integ < COUNT(integs) && integs[proto->integ].driver ?
		       &integs[proto->integ] :
		       NULL;
}

size_t ike_child_encr_len(const struct ike_child_proto *proto)
{
	const struct alg *alg = find_encr(proto);

	if (!alg)
		return 0;
	return (alg->key ?: proto->key_bits / 8) + alg->salt;
}

size_t ike_child_integ_len(const struct ike_child_proto *proto)
{
	const struct alg *alg = find_integ(proto);

	return alg ? alg->key : 0;
}

/* AEADs have no integrity algorithm beside them, the others must. */
static bool is_aead(uint16_t encr)
{
	return (encr >= IKE_ENCR_AES_CCM_8 && encr <= IKE_ENCR_AES_GMAC) ||
	       encr == IKE_ENCR_CHACHA20_POLY1305;
}

int ike_child_driver_alg(const struct ike_child_proto *proto,
			 struct ipsec_protection *prot)
{
	const struct alg *encr = find_encr(proto);
	const struct alg *integ = find_integ(proto);
	bool esp = proto->proto == IPSECDRV_PROTO_ESP;

	if (esp != !!encr || !integ != (esp && is_aead(proto->encr)))
		return -EOPNOTSUPP;
	memset(prot, 0, sizeof(*prot));
	prot->proto = (struct ipsec_num){ proto->proto, true };
	if (encr)
		prot->encr = (struct ipsec_num){ encr->driver, true };
	if (integ)
		prot->integ = (struct ipsec_num){ integ->driver, true };
	return 0;
}
