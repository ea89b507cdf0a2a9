// SPDX-License-Identifier: GPL-2.0-or-later
/* Digests, PRFs, integrity, encryption: the vectors of their standards. */
#include <errno.h>

#include "tap.h"
#include "vector.h"
#include "wire.h"

#define JEFE "what do ya want for nothing?"
#define ALL_16 "000102030405060708090a0b0c0d0e0f"
#define ALL_20 ALL_16 "10111213"
#define NIST_KEY "2b7e151628aed2a6abf7158809cf4f3c"
#define NIST_16 "6bc1bee22e409f96e93d7e117393172a"
#define NIST_40 NIST_16 "ae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
#define NIST_64 NIST_40 "e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"

struct mac_vector {
	uint16_t id;
	const char *name;
	const char *key; /* hexadecimal; '=' repeats the byte 64 times */
	const char *data; /* text, or with '0x' before it hexadecimal */
	const char *want;
};

static const struct mac_vector prfs[] = {
	{ IKE_PRF_HMAC_MD5, "HMAC-MD5, RFC 2202 1",
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
	  "9294727a3638bb1c13f48ef8158bfc9d" },
	{ IKE_PRF_HMAC_MD5, "HMAC-MD5, RFC 2202 2", "4a656665", JEFE,
	  "750c783e6ab0b503eaa86e310a5db738" },
	{ IKE_PRF_HMAC_SHA1, "HMAC-SHA1, RFC 2202 1",
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
	  "b617318655057264e28bc0b6fb378c8ef146be00" },
	{ IKE_PRF_HMAC_SHA1, "HMAC-SHA1, RFC 2202 2", "4a656665", JEFE,
	  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ IKE_PRF_HMAC_SHA2_256, "HMAC-SHA-256, RFC 4231 1",
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
	  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ IKE_PRF_HMAC_SHA2_256, "HMAC-SHA-256, RFC 4231 2", "4a656665", JEFE,
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ IKE_PRF_HMAC_SHA2_256, "HMAC-SHA-256, RFC 4231 6 (a long key)", "=aa",
	  "Test Using Larger Than Block-Size Key - Hash Key First",
	  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	{ IKE_PRF_HMAC_SHA2_384, "HMAC-SHA-384, RFC 4231 2", "4a656665", JEFE,
	  "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47"
	  "e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649" },
	{ IKE_PRF_HMAC_SHA2_384, "HMAC-SHA-384, RFC 4231 6 (a long key)", "=aa",
	  "Test Using Larger Than Block-Size Key - Hash Key First",
	  "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f"
	  "3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952" },
	{ IKE_PRF_HMAC_SHA2_512, "HMAC-SHA-512, RFC 4231 2", "4a656665", JEFE,
	  "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	  "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
	{ IKE_PRF_HMAC_SHA2_512, "HMAC-SHA-512, RFC 4231 6 (a long key)", "=aa",
	  "Test Using Larger Than Block-Size Key - Hash Key First",
	  "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
	  "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598" },
	{ IKE_PRF_AES128_XCBC, "AES-XCBC, RFC 4434 (key of 16)", ALL_16,
	  "0x" ALL_20, "47f51b4564966215b8985c63055ed308" },
	{ IKE_PRF_AES128_XCBC, "AES-XCBC, RFC 4434 (key of 10)",
	  "00010203040506070809", "0x" ALL_20,
	  "0fa087af7d866e7653434e602fdde835" },
	{ IKE_PRF_AES128_XCBC, "AES-XCBC, RFC 4434 (key of 18)", ALL_16 "edcb",
	  "0x" ALL_20, "8cd3c93ae598a9803006ffb67c40e9e4" },
	{ IKE_PRF_AES128_XCBC, "AES-XCBC, RFC 3566 1", ALL_16, "",
	  "75f0251d528ac01c4573dfd584d79f29" },
	{ IKE_PRF_AES128_XCBC, "AES-XCBC, RFC 3566 2", ALL_16, "0x000102",
	  "5b376580ae2f19afe7219ceef172756f" },
	{ IKE_PRF_AES128_XCBC, "AES-XCBC, RFC 3566 3", ALL_16, "0x" ALL_16,
	  "d2a246fa349b68a79998a4394ff7a263" },
	{ IKE_PRF_AES128_XCBC, "AES-XCBC, RFC 3566 5", ALL_16,
	  "0x" ALL_20 "1415161718191a1b1c1d1e1f",
	  "f54f0ec8d2b9f3d36807734bd5283fd4" },
	{ IKE_PRF_AES128_XCBC, "AES-XCBC, RFC 3566 6", ALL_16,
	  "0x" ALL_20 "1415161718191a1b1c1d1e1f2021",
	  "becbb3bccdb518a30677d5481fb6b4d8" },
	{ IKE_PRF_AES128_CMAC, "AES-CMAC, RFC 4493 1", NIST_KEY, "",
	  "bb1d6929e95937287fa37d129b756746" },
	{ IKE_PRF_AES128_CMAC, "AES-CMAC, RFC 4493 2", NIST_KEY, "0x" NIST_16,
	  "070a16b46b4d4144f79bdd9dd04a287c" },
	{ IKE_PRF_AES128_CMAC, "AES-CMAC, RFC 4493 3", NIST_KEY, "0x" NIST_40,
	  "dfa66747de9ae63030ca32611497c827" },
	{ IKE_PRF_AES128_CMAC, "AES-CMAC, RFC 4493 4", NIST_KEY, "0x" NIST_64,
	  "51f0bebf7e3b9d92fc49741779363cfe" },
	{ IKE_PRF_AES128_CMAC, "AES-CMAC-PRF-128, RFC 4615 (key of 18)",
	  ALL_16 "edcb", "0x" ALL_20, "84a348a4a45d235babfffc0d2b4da09a" },
	{ IKE_PRF_AES128_CMAC, "AES-CMAC-PRF-128, RFC 4615 (key of 16)", ALL_16,
	  "0x" ALL_20, "980ae87b5f4c9c5214f5b6a8455e4c2d" },
	{ IKE_PRF_AES128_CMAC, "AES-CMAC-PRF-128, RFC 4615 (key of 10)",
	  "00010203040506070809", "0x" ALL_20,
	  "290d9e112edb09ee141fcf64c0b72f3d" },
};

static struct ike_blob mac_key(const char *text)
{
	static uint8_t repeated[131];

	if (*text != '=')
		return vector_hex(text);
	memset(repeated, vector_hex(text + 1).data[0], sizeof(repeated));
	return (struct ike_blob){ repeated, sizeof(repeated) };
}

static struct ike_blob mac_data(const char *text)
{
	if (!strncmp(text, "0x", 2))
		return vector_hex(text + 2);
	return (struct ike_blob){ (const uint8_t *)text, strlen(text) };
}

/* The data in every cut into two parts, which must not matter. */
static bool prf_parts(const struct mac_vector *v, struct ike_blob key,
		      struct ike_blob data, struct ike_blob want)
{
	uint8_t out[IKE_PRF_MAX];
	bool good = true;
	size_t cut;

	for (cut = 0; cut <= data.len; cut++) {
		const struct iovec iov[] = {
			{ (void *)data.data, cut },
			{ NULL, 0 },
			{ (void *)(data.data + cut), data.len - cut },
		};

		good &= !ike_prf(v->id, key.data, key.len, iov, 3, out) &&
			!memcmp(out, want.data, want.len);
	}
	return good;
}

static void prf(void)
{
	size_t i;

	for (i = 0; i < sizeof(prfs) / sizeof(prfs[0]); i++) {
		const struct mac_vector *v = &prfs[i];
		struct ike_blob want = vector_hex(v->want);

		ok(ike_prf_len(v->id) == want.len &&
			   prf_parts(v, mac_key(v->key), mac_data(v->data),
				     want),
		   "%s", v->name);
	}
}

static void prf_edges(void)
{
	static uint8_t out[256 * 64], two[2 * 32];
	struct iovec iov[] = { { two, 0 }, { "seed", 4 }, { "\x01", 1 } };
	uint16_t id;

	ok(!ike_prf_len(0) && !ike_prf_len(3) && !ike_prf_len(65535) &&
		   ike_prf(3, "", 0, NULL, 0, out) == -EOPNOTSUPP,
	   "PRF: unknown ones");
	for (id = 1; id <= 8; id++)
		if (id != 3)
			ok(!ike_prf(id, NULL, 0, NULL, 0, out),
			   "PRF %u: no key and no data", id);
	ike_prf(IKE_PRF_HMAC_SHA2_256, "key", 3, iov, 3, two);
	iov[0].iov_len = 32;
	iov[2].iov_base = "\x02";
	ike_prf(IKE_PRF_HMAC_SHA2_256, "key", 3, iov, 3, two + 32);
	ok(!ike_prf_plus(IKE_PRF_HMAC_SHA2_256, "key", 3, "seed", 4, out, 50) &&
		   !memcmp(out, two, 50),
	   "prf+: T1 | T2, cut");
	ok(!ike_prf_plus(IKE_PRF_HMAC_SHA2_256, "key", 3, "seed", 4, out,
			 255 * 32),
	   "prf+: 255 blocks");
	memset(out, 1, 256 * 32);
	ok(ike_prf_plus(IKE_PRF_HMAC_SHA2_256, "key", 3, "seed", 4, out,
			255 * 32 + 1) == -EIO &&
		   !out[0] && !out[255 * 32],
	   "prf+: not more, and zeros then");
	ok(ike_prf_plus(0, "key", 3, "seed", 4, out, 1) == -EOPNOTSUPP,
	   "prf+: an unknown one");
}

/* RFC 2202, 4868 2.7.2, 3566, 4493, cut to their ICV. */
static const struct mac_vector integs[] = {
	{ IKE_INTEG_HMAC_MD5_96, "HMAC-MD5-96",
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
	  "9294727a3638bb1c13f48ef8" },
	{ IKE_INTEG_HMAC_SHA1_96, "HMAC-SHA1-96",
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "Hi There",
	  "b617318655057264e28bc0b6" },
	{ IKE_INTEG_AES_XCBC_96, "AES-XCBC-96", ALL_16, "0x" ALL_16,
	  "d2a246fa349b68a79998a439" },
	{ IKE_INTEG_AES_CMAC_96, "AES-CMAC-96", NIST_KEY, "0x" NIST_40,
	  "dfa66747de9ae63030ca3261" },
	{ IKE_INTEG_HMAC_SHA2_256_128, "HMAC-SHA-256-128",
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
	  "Hi There", "198a607eb44bfbc69903a0f1cf2bbdc5" },
	{ IKE_INTEG_HMAC_SHA2_256_128, "HMAC-SHA-256-128",
	  "4a6566654a6566654a6566654a6566654a6566654a6566654a6566654a656665",
	  JEFE, "167f928588c5cc2eef8e3093caa0e87c" },
	{ IKE_INTEG_HMAC_SHA2_384_192, "HMAC-SHA-384-192",
	  "4a6566654a6566654a6566654a6566654a6566654a656665"
	  "4a6566654a6566654a6566654a6566654a6566654a656665",
	  JEFE, "2c7353974f1842fd66d53c452ca42122b28c0b594cfb184d" },
	{ IKE_INTEG_HMAC_SHA2_512_256, "HMAC-SHA-512-256",
	  "4a6566654a6566654a6566654a6566654a6566654a6566654a6566654a656665"
	  "4a6566654a6566654a6566654a6566654a6566654a6566654a6566654a656665",
	  JEFE,
	  "cb370917ae8a7ce28cfd1d8f4705d6141c173b2a9362c15df235dfb251b15454" },
};

static void integ(void)
{
	uint8_t icv[IKE_ICV_MAX];
	size_t i;

	for (i = 0; i < sizeof(integs) / sizeof(integs[0]); i++) {
		const struct mac_vector *v = &integs[i];
		struct ike_blob key = vector_hex(v->key);
		struct iovec iov = ike_blob_iov(mac_data(v->data));
		struct ike_blob want = vector_hex(v->want);

		ok(ike_integ_key_len(v->id) == key.len &&
			   ike_integ_icv_len(v->id) == want.len &&
			   !ike_integ(v->id, key.data, &iov, 1, icv) &&
			   !memcmp(icv, want.data, want.len),
		   "%s", v->name);
	}
	ok(!ike_integ_key_len(0) && !ike_integ_icv_len(3) &&
		   ike_integ(3, "", NULL, 0, icv) == -EOPNOTSUPP,
	   "integrity: unknown ones");
	ok(ike_integ_key_len(IKE_INTEG_AES_256_GMAC) == 36 &&
		   ike_integ_icv_len(IKE_INTEG_AES_256_GMAC) == 16 &&
		   ike_integ(IKE_INTEG_AES_256_GMAC, "", NULL, 0, icv) ==
			   -EOPNOTSUPP,
	   "integrity: GMAC has lengths, and is the driver's");
}

static void hash(void)
{
	static const struct mac_vector hashes[] = {
		{ IKE_HASH_MD5, "MD5", NULL, "abc",
		  "900150983cd24fb0d6963f7d28e17f72" },
		{ IKE_HASH_SHA1, "SHA-1", NULL, "abc",
		  "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ IKE_HASH_SHA2_256, "SHA-256", NULL, "abc",
		  "ba7816bf8f01cfea414140de5dae2223"
		  "b00361a396177a9cb410ff61f20015ad" },
		{ IKE_HASH_SHA2_384, "SHA-384", NULL, "abc",
		  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
		  "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
		{ IKE_HASH_SHA2_512, "SHA-512", NULL, "abc",
		  "ddaf35a193617abacc417349ae204131"
		  "12e6fa4e89a97ea20a9eeee64b55d39a"
		  "2192992a274fc1a836ba3c23a3feebbd"
		  "454d4423643ce80e2a9ac94fa54ca49f" },
	};
	const struct iovec iov[] = { { "a", 1 }, { NULL, 0 }, { "bc", 2 } };
	uint8_t out[IKE_PRF_MAX];
	size_t i;

	for (i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		struct ike_blob want = vector_hex(hashes[i].want);

		ok(ike_hash_len(hashes[i].id) == want.len &&
			   !ike_hash(hashes[i].id, iov, 3, out) &&
			   !memcmp(out, want.data, want.len),
		   "%s, in parts", hashes[i].name);
	}
	ok(!ike_hash_len(0) && !ike_hash_len(IKE_HASH_IDENTITY) &&
		   ike_hash(IKE_HASH_IDENTITY, iov, 3, out) == -EOPNOTSUPP,
	   "digests: unknown ones");
}

static const struct {
	uint16_t id;
	uint16_t bits;
	const char *name, *key, *iv, *plain, *cipher;
} ciphers[] = {
	{ IKE_ENCR_AES_CBC, 128, "AES-CBC-128, RFC 3602 1",
	  "06a9214036b8a15b512e03d534120006",
	  "3dafba429d9eb430b422da802c9fac41",
	  "53696e676c6520626c6f636b206d7367",
	  "e353779c1079aeb82708942dbe77181a" },
	{ IKE_ENCR_AES_CBC, 128, "AES-CBC-128, RFC 3602 2",
	  "c286696d887c9aa0611bbb3e2025a45a",
	  "562e17996d093d28ddb3ba695a2e6f58",
	  ALL_16 "101112131415161718191a1b1c1d1e1f",
	  "d296cd94c2cccf8a3a863028b5e1dc0a"
	  "7586602d253cfff91b8266bea6d61ab1" },
	{ IKE_ENCR_AES_CBC, 256, "AES-CBC-256, SP 800-38A F.2.5",
	  "603deb1015ca71be2b73aef0857d7781"
	  "1f352c073b6108d72d9810a30914dff4",
	  ALL_16, NIST_16, "f58c4c04d6e5f1ba779eabfb5f7bfbd6" },
	{ IKE_ENCR_AES_CBC, 192, "AES-CBC-192, SP 800-38A F.2.3",
	  "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", ALL_16, NIST_16,
	  "4f021db243bc633d7178183a9fa071e8" },
	{ IKE_ENCR_AES_CTR, 128, "AES-CTR-128, RFC 3686 1",
	  "ae6852f8121067cc4bf7a5765577f39e00000030", "0000000000000000",
	  "53696e676c6520626c6f636b206d7367",
	  "e4095d4fb7a7b3792d6175a3261311b8" },
	{ IKE_ENCR_AES_CTR, 128, "AES-CTR-128, RFC 3686 3",
	  "7691be035e5020a8ac6e618529f9a0dc00e0017b", "27777f3f4a1786f0",
	  ALL_20 "1415161718191a1b1c1d1e1f20212223",
	  "c1cf48a89f2ffdd9cf4652e9efdb72d7"
	  "4540a42bde6d7836d59a5ceaaef3105325b2072f" },
	{ IKE_ENCR_AES_CTR, 256, "AES-CTR-256, RFC 3686 7",
	  "776beff2851db06f4c8a0542c8696f6c"
	  "6a81af1eec96b4d37fc1d689e6c1c10400000060",
	  "db5672c97aa8f0b2", "53696e676c6520626c6f636b206d7367",
	  "145ad01dbf824ec7560863dc71e3e0c0" },
	{ IKE_ENCR_DES, 0, "DES-CBC, FIPS 81", "0123456789abcdef",
	  "1234567890abcdef",
	  "4e6f77206973207468652074696d6520666f7220616c6c20",
	  "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6" },
	{ IKE_ENCR_3DES, 0, "3DES-CBC of three equal keys",
	  "0123456789abcdef0123456789abcdef0123456789abcdef",
	  "1234567890abcdef",
	  "4e6f77206973207468652074696d6520666f7220616c6c20",
	  "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6" },
	{ IKE_ENCR_3DES, 0, "3DES-CBC, SP 800-67 B.1, first block",
	  "0123456789abcdef23456789abcdef01456789abcdef0123",
	  "0000000000000000", "5468652071756663", "a826fd8ce53b855f" },
};

static void cipher(void)
{
	uint8_t data[64];
	size_t i;

	for (i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
		struct ike_blob key = vector_hex(ciphers[i].key);
		struct ike_blob iv = vector_hex(ciphers[i].iv);
		struct ike_blob plain = vector_hex(ciphers[i].plain);
		struct ike_blob want = vector_hex(ciphers[i].cipher);
		struct ike_encr_info info;

		ok(!ike_encr_info(ciphers[i].id, ciphers[i].bits, &info) &&
			   key.len == (size_t)info.key_len + info.salt &&
			   iv.len == info.iv && !info.icv,
		   "%s: its lengths", ciphers[i].name);
		memcpy(data, plain.data, plain.len);
		ok(!ike_encrypt(ciphers[i].id, key.data, key.len, iv.data, data,
				plain.len) &&
			   !memcmp(data, want.data, want.len),
		   "%s: encrypt", ciphers[i].name);
		ok(!ike_decrypt(ciphers[i].id, key.data, key.len, iv.data, data,
				plain.len) &&
			   !memcmp(data, plain.data, plain.len),
		   "%s: decrypt", ciphers[i].name);
	}
}

static void cipher_edges(void)
{
	static const uint16_t lengths[] = { 0,	 1,   64,  127, 129,
					    160, 255, 257, 512, 65535 };
	uint8_t zero[64] = { 0 }, data[64] = { 0 };
	struct ike_encr_info info;
	unsigned int known = 0, id;
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (id = IKE_ENCR_AES_CBC; id <= IKE_ENCR_AES_GMAC; id++)
			known +=
				!ike_encr_info((uint16_t)id, lengths[i], &info);
	ok(!known, "AES: no other key lengths");
	ok(ike_encr_info(IKE_ENCR_DES, 64, &info) == -EOPNOTSUPP &&
		   ike_encr_info(IKE_ENCR_CHACHA20_POLY1305, 256, &info) ==
			   -EOPNOTSUPP,
	   "a length for what has only one");
	ok(!ike_encr_info(IKE_ENCR_NULL, 0, &info) && !info.key_len &&
		   info.block == 1 &&
		   ike_encrypt(IKE_ENCR_NULL, zero, 0, zero, data, 16) ==
			   -EOPNOTSUPP,
	   "NULL has lengths, and encrypts no message");
	ok(ike_encr_info(0, 0, &info) == -EOPNOTSUPP &&
		   ike_encr_info(17, 128, &info) == -EOPNOTSUPP,
	   "encryption: unknown ones");
	ok(ike_encrypt(IKE_ENCR_AES_CBC, zero, 16, zero, data, 17) == -EIO &&
		   ike_decrypt(IKE_ENCR_AES_CBC, zero, 16, zero, data, 15) ==
			   -EIO,
	   "CBC: not of whole blocks");
	ok(ike_encrypt(IKE_ENCR_AES_CBC, zero, 20, zero, data, 16) ==
			   -EOPNOTSUPP &&
		   ike_encrypt(IKE_ENCR_AES_GCM_16, zero, 20, zero, data, 16) ==
			   -EOPNOTSUPP &&
		   ike_aead_seal(IKE_ENCR_AES_CBC, zero, 16, zero, "", 0, data,
				 16, zero) == -EOPNOTSUPP,
	   "a key of another length, and AEADs apart from the others");
}

/*
 * McGrew and Viega's GCM cases 4 and 16 and RFC 8439's example, with the nonce
 * cut into salt and IV. CCM is checked by the captures.
 */
#define GCM_PLAIN                                                          \
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" \
	"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
#define GCM_AAD "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define GCM_KEY "feffe9928665731c6d6a8f9467308308"

static const struct {
	uint16_t id;
	const char *name, *key, *iv, *aad, *plain, *cipher, *icv;
} aeads[] = {
	{ IKE_ENCR_AES_GCM_16, "AES-GCM-128", GCM_KEY "cafebabe",
	  "facedbaddecaf888", GCM_AAD, GCM_PLAIN,
	  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
	  "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
	  "5bc94fbc3221a5db94fae95ae7121a47" },
	{ IKE_ENCR_AES_GCM_12, "AES-GCM-256, ICV of 12",
	  GCM_KEY GCM_KEY "cafebabe", "facedbaddecaf888", GCM_AAD, GCM_PLAIN,
	  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
	  "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
	  "76fc6ece0f4e1768cddf8853" },
	{ IKE_ENCR_AES_GCM_8, "AES-GCM-256, ICV of 8",
	  GCM_KEY GCM_KEY "cafebabe", "facedbaddecaf888", GCM_AAD, GCM_PLAIN,
	  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
	  "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
	  "76fc6ece0f4e1768" },
	{ IKE_ENCR_CHACHA20_POLY1305, "ChaCha20-Poly1305, RFC 8439 2.8.2",
	  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
	  "07000000",
	  "4041424344454647", "50515253c0c1c2c3c4c5c6c7",
	  "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
	  "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
	  "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
	  "637265656e20776f756c642062652069742e",
	  "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
	  "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
	  "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
	  "3ff4def08e4b7a9de576d26586cec64b6116",
	  "1ae10b594f09e26a7e902ecbd0600691" },
};

static bool opens(uint16_t id, struct ike_blob key, const void *iv,
		  struct ike_blob aad, const void *cipher, size_t len,
		  const uint8_t *icv, uint8_t *out)
{
	memcpy(out, cipher, len);
	return !ike_aead_open(id, key.data, key.len, iv, aad.data, aad.len, out,
			      len, icv);
}

static void aead(void)
{
	uint8_t data[128], icv[16];
	size_t i;

	for (i = 0; i < sizeof(aeads) / sizeof(aeads[0]); i++) {
		struct ike_blob key = vector_hex(aeads[i].key);
		struct ike_blob iv = vector_hex(aeads[i].iv);
		struct ike_blob aad = vector_hex(aeads[i].aad);
		struct ike_blob plain = vector_hex(aeads[i].plain);
		struct ike_blob want = vector_hex(aeads[i].cipher);
		struct ike_blob want_icv = vector_hex(aeads[i].icv);

		memcpy(data, plain.data, plain.len);
		ok(!ike_aead_seal(aeads[i].id, key.data, key.len, iv.data,
				  aad.data, aad.len, data, plain.len, icv) &&
			   !memcmp(data, want.data, want.len) &&
			   !memcmp(icv, want_icv.data, want_icv.len),
		   "%s: seal", aeads[i].name);
		ok(opens(aeads[i].id, key, iv.data, aad, want.data, want.len,
			 icv, data) &&
			   !memcmp(data, plain.data, plain.len),
		   "%s: open", aeads[i].name);
	}
}

/* Every bit of cipher text, ICV, IV and associated data matters. */
static bool every_bit(uint16_t id, struct ike_blob key, size_t icv_len)
{
	uint8_t msg[8 + 5 + 20 + 16] = { 0 }, out[20], zero[20] = { 0 };
	struct ike_blob aad = { msg + 8, 5 };
	size_t len = 8 + 5 + 20 + icv_len, bit;
	bool good;

	good = !ike_aead_seal(id, key.data, key.len, msg, aad.data, aad.len,
			      msg + 13, 20, msg + 33) &&
	       opens(id, key, msg, aad, msg + 13, 20, msg + 33, out) &&
	       !memcmp(out, zero, 20);
	for (bit = 0; good && bit < len * 8; bit++) {
		msg[bit / 8] ^= 1 << bit % 8;
		good = !opens(id, key, msg, aad, msg + 13, 20, msg + 33, out) &&
		       !memcmp(out, zero, 20);
		msg[bit / 8] ^= 1 << bit % 8;
	}
	return good;
}

/* Nothing to encrypt, nothing but that to authenticate, neither. */
static bool empty_parts(uint16_t id, struct ike_blob key)
{
	uint8_t data[4] = "abcd", icv[16], iv[8] = { 0 };
	const struct ike_blob none = { NULL, 0 }, some = { iv, 5 };
	bool good = true;

	good &= !ike_aead_seal(id, key.data, key.len, iv, iv, 5, data, 0, icv);
	good &= opens(id, key, iv, some, data, 0, icv, data);
	icv[0] ^= 1;
	good &= !opens(id, key, iv, some, data, 0, icv, data);
	good &= !ike_aead_seal(id, key.data, key.len, iv, NULL, 0, data, 4,
			       icv);
	good &= opens(id, key, iv, none, data, 4, icv, data);
	good &= !memcmp(data, "abcd", 4);
	good &= !ike_aead_seal(id, key.data, key.len, iv, NULL, 0, data, 0,
			       icv);
	return good && opens(id, key, iv, none, data, 0, icv, data);
}

static void aead_edges(void)
{
	static const uint8_t key[64] = { 1, 2, 3 };
	uint16_t id, bits;

	for (id = IKE_ENCR_AES_CCM_8; id <= IKE_ENCR_CHACHA20_POLY1305; id++)
		for (bits = 0; bits <= 256; bits += 64) {
			struct ike_encr_info info;
			struct ike_blob k = { key, 0 };

			if (ike_encr_info(id, bits, &info) ||
			    id == IKE_ENCR_AES_GMAC)
				continue;
			k.len = info.key_len + info.salt;
			ok(every_bit(id, k, info.icv),
			   "AEAD %u, %u bits: every bit matters", id, bits);
			ok(empty_parts(id, k), "AEAD %u, %u bits: empty parts",
			   id, bits);
		}
}

static void others(void)
{
	uint8_t a[32], b[32];

	ok(!ike_random(a, sizeof(a)) && !ike_random(b, sizeof(b)) &&
		   !ike_equal(a, b, sizeof(a)),
	   "random numbers differ");
	memcpy(b, a, sizeof(b));
	ok(ike_equal(a, b, sizeof(a)) && ike_equal(a, b, 0), "equal");
	b[31] ^= 0x80;
	ok(!ike_equal(a, b, sizeof(a)), "not equal");
	ike_wipe(a, sizeof(a));
	memset(b, 0, sizeof(b));
	ok(!memcmp(a, b, sizeof(a)), "wiped");
}

int main(void)
{
	ok(!ike_crypto_init() && !ike_crypto_init(), "init, twice");
	prf();
	prf_edges();
	integ();
	hash();
	cipher();
	cipher_edges();
	aead();
	aead_edges();
	others();
	vector_free();
	return tap_done();
}
