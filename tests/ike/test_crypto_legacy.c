// SPDX-License-Identifier: GPL-2.0-or-later
/* A host whose libcrypto has no legacy provider: all goes on, but for DES. */
#include <errno.h>
#include <stdlib.h>

#include "keys.h"
#include "tap.h"
#include "wire.h"

static const uint8_t some[32] = { 1 };

static int derive(uint16_t encr)
{
	const struct ike_blob b = { some, sizeof(some) };
	struct ike_proposal p = { 0 };
	struct ikev1_keys k;

	ike_proposal_add(&p, IKE_TRANSFORM_ENCR, encr, 0);
	ike_proposal_add(&p, IKE_TRANSFORM_PRF, IKE_PRF_HMAC_MD5, 0);
	return ikev1_keys_derive(&k, &p, b, b, b, b, some, some);
}

int main(void)
{
	struct ike_encr_info info;
	uint8_t data[8] = { 0 };

	setenv("OPENSSL_MODULES", "/nonexistent", 1);
	ok(!ike_crypto_init(), "init");
	ok(ike_encr_info(IKE_ENCR_DES, 0, &info) == -EOPNOTSUPP &&
		   ike_encrypt(IKE_ENCR_DES, some, 8, some, data, 8) ==
			   -EOPNOTSUPP,
	   "no DES");
	ok(derive(IKE_ENCR_DES) == -EOPNOTSUPP, "no keys for DES");
	ok(!ike_encr_info(IKE_ENCR_3DES, 0, &info) && !derive(IKE_ENCR_3DES),
	   "3DES and MD5");
	ok(ike_dh_known(IKE_GROUP_MODP768), "MODP-768");
	return tap_done();
}
