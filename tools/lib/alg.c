// SPDX-License-Identifier: GPL-2.0-or-later
/* Key lengths, as the RFCs of the algorithms give them. */
#include "alg.h"

#include <linux/ipsecdrv.h>
#include <stddef.h>

static const struct ipsec_alg encr[] = {
	[IPSECDRV_ENCR_NONE] = { 0 },
	[IPSECDRV_ENCR_NULL] = { 0 },
	[IPSECDRV_ENCR_AES_GCM_8] = { 20, 36, 8, 4, true },
	[IPSECDRV_ENCR_AES_GCM_12] = { 20, 36, 8, 4, true },
	[IPSECDRV_ENCR_AES_GCM_16] = { 20, 36, 8, 4, true },
	[IPSECDRV_ENCR_CHACHA20_POLY1305] = { 36, 36, 8, 4, true },
	[IPSECDRV_ENCR_AES_CCM_8] = { 19, 35, 8, 3, true },
	[IPSECDRV_ENCR_AES_CCM_12] = { 19, 35, 8, 3, true },
	[IPSECDRV_ENCR_AES_CCM_16] = { 19, 35, 8, 3, true },
	[IPSECDRV_ENCR_AES_CTR] = { 20, 36, 8, 4, false },
	[IPSECDRV_ENCR_AES_CBC] = { 16, 32, 8, 0, false },
	[IPSECDRV_ENCR_AES_GMAC] = { 20, 36, 8, 4, true },
	[IPSECDRV_ENCR_DES_CBC] = { 8, 8, 8, 0, false },
	[IPSECDRV_ENCR_DES3_CBC] = { 24, 24, 8, 0, false },
};

static const struct ipsec_alg integ[] = {
	[IPSECDRV_INTEG_NONE] = { 0 },
	[IPSECDRV_INTEG_HMAC_SHA2_256_128] = { 32, 32, 8, 0, false },
	[IPSECDRV_INTEG_HMAC_SHA2_384_192] = { 48, 48, 8, 0, false },
	[IPSECDRV_INTEG_HMAC_SHA2_512_256] = { 64, 64, 8, 0, false },
	[IPSECDRV_INTEG_HMAC_SHA1_96] = { 20, 20, 8, 0, false },
	[IPSECDRV_INTEG_AES_XCBC_96] = { 16, 16, 8, 0, false },
	[IPSECDRV_INTEG_AES_CMAC_96] = { 16, 16, 8, 0, false },
	[IPSECDRV_INTEG_HMAC_MD5_96] = { 16, 16, 8, 0, false },
};

const struct ipsec_alg *ipsec_alg_encr(uint64_t value)
{
	return value < sizeof(encr) / sizeof(encr[0]) ? &encr[value] : NULL;
}

const struct ipsec_alg *ipsec_alg_integ(uint64_t value)
{
	return value < sizeof(integ) / sizeof(integ[0]) ? &integ[value] : NULL;
}

bool ipsec_alg_takes(const struct ipsec_alg *alg, unsigned int bytes)
{
	return bytes >= alg->min && bytes <= alg->max &&
	       (!alg->step || (bytes - alg->min) % alg->step == 0);
}
