// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys of both versions: NIST's vectors, each row whole, and what they do not
 * have: PPK, PRFs of fixed keys, ciphers longer than the hash, IVs, limits.
 */
#include <errno.h>

#include "tap.h"
#include "vector.h"
#include "wire.h"

static const struct {
	const char *name;
	uint16_t prf;
	uint16_t integ;
	size_t len;
} hashes[] = {
	{ "md5", IKE_PRF_HMAC_MD5, IKE_INTEG_HMAC_MD5_96, 16 },
	{ "sha1", IKE_PRF_HMAC_SHA1, IKE_INTEG_HMAC_SHA1_96, 20 },
	{ "sha256", IKE_PRF_HMAC_SHA2_256, IKE_INTEG_HMAC_SHA2_256_128, 32 },
	{ "sha384", IKE_PRF_HMAC_SHA2_384, IKE_INTEG_HMAC_SHA2_384_192, 48 },
	{ "sha512", IKE_PRF_HMAC_SHA2_512, IKE_INTEG_HMAC_SHA2_512_256, 64 },
};

static size_t hash_of(const char *name)
{
	size_t i = 0;

	while (strcmp(hashes[i].name, name))
		i++;
	return i;
}

static bool same(const void *got, struct ike_blob want)
{
	return !memcmp(got, want.data, want.len);
}

static struct ike_blob blob(const void *data, size_t len)
{
	return (struct ike_blob){ data, len };
}

static void propose(struct ike_proposal *p, uint16_t encr, uint16_t bits,
		    uint16_t prf, uint16_t integ)
{
	memset(p, 0, sizeof(*p));
	ike_proposal_add(p, IKE_TRANSFORM_ENCR, encr, bits);
	ike_proposal_add(p, IKE_TRANSFORM_PRF, prf, 0);
	if (integ)
		ike_proposal_add(p, IKE_TRANSFORM_INTEG, integ, 0);
}

/* One row of either file, which name their fields differently. */
struct v2_row {
	size_t hash;
	struct ike_blob ni, nr, spi_i, spi_r, gir, gir_new;
	struct ike_blob skeyseed, dkm, child, child_pfs, rekey;
};

static void read_v2(struct v2_row *r, const json_t *j, bool nist)
{
	r->hash = hash_of(
		json_string_value(json_object_get(j, nist ? "hash" : "prf")));
	r->ni = vector_field(j, nist ? "Ni" : "ni");
	r->nr = vector_field(j, nist ? "Nr" : "nr");
	r->spi_i = vector_field(j, nist ? "SPIi" : "spii");
	r->spi_r = vector_field(j, nist ? "SPIr" : "spir");
	r->gir = vector_field(j, nist ? "g^ir" : "gir");
	r->gir_new = vector_field(j, nist ? "g^ir (new)" : "gir_new");
	r->skeyseed = vector_field(j, nist ? "SKEYSEED" : "skeyseed");
	r->dkm = vector_field(j, nist ? "DKM" : "dkm");
	r->child = vector_field(j, nist ? "DKM(Child SA)" : "dkm_child");
	r->child_pfs =
		vector_field(j, nist ? "DKM(Child SA D-H)" : "dkm_child_pfs");
	r->rekey = vector_field(j, nist ? "SKEYSEED(Rekey)" : "skeyseed_rekey");
}

/* The keys again as they were cut, to be held against a DKM. */
static size_t whole(const struct ikev2_keys *k, uint8_t *out)
{
	struct ipsec_writer w;

	ipsec_writer_init(&w, out, 1024);
	ipsec_write(&w, k->d, k->p_len);
	ipsec_write(&w, k->i.a, k->a_len);
	ipsec_write(&w, k->r.a, k->a_len);
	ipsec_write(&w, k->i.e, k->e_len);
	ipsec_write(&w, k->r.e, k->e_len);
	ipsec_write(&w, k->i.p, k->p_len);
	ipsec_write(&w, k->r.p, k->p_len);
	return w.len;
}

/* What follows SKEYSEED in all rows; the seed is the same one. */
static bool expands(const struct v2_row *r, const struct ikev2_keys *k,
		    struct ike_blob skeyseed)
{
	uint8_t seed[1024], want[1024], got[1024];
	struct ipsec_writer w;
	size_t len = whole(k, got);

	ipsec_writer_init(&w, seed, sizeof(seed));
	ipsec_write(&w, r->ni.data, r->ni.len);
	ipsec_write(&w, r->nr.data, r->nr.len);
	ipsec_write(&w, r->spi_i.data, r->spi_i.len);
	ipsec_write(&w, r->spi_r.data, r->spi_r.len);
	return !ike_prf_plus(k->prf, skeyseed.data, skeyseed.len, seed, w.len,
			     want, len) &&
	       !memcmp(got, want, len);
}

static void v2_row(const char *file, size_t n, const json_t *j, bool nist)
{
	struct ikev2_keys k, next;
	struct ike_proposal p;
	uint8_t got[1024];
	struct v2_row r;
	size_t len;

	read_v2(&r, j, nist);
	propose(&p, IKE_ENCR_AES_CBC, 128, hashes[r.hash].prf,
		hashes[r.hash].integ);
	ok(!ikev2_keys_derive(&k, &p, NULL, r.gir, r.ni, r.nr, r.spi_i.data,
			      r.spi_r.data) &&
		   expands(&r, &k, r.skeyseed),
	   "%s v2 %zu: SKEYSEED", file, n);
	len = whole(&k, got);
	len = len < r.dkm.len ? len : r.dkm.len;
	ok(len >= 132 && same(got, blob(r.dkm.data, len)),
	   "%s v2 %zu: %zu bytes of DKM", file, n, len);
	ok(!ikev2_keymat(&k, blob(NULL, 0), r.ni, r.nr, got, r.child.len) &&
		   same(got, r.child),
	   "%s v2 %zu: Child SA", file, n);
	ok(!ikev2_keymat(&k, r.gir_new, r.ni, r.nr, got, r.child_pfs.len) &&
		   same(got, r.child_pfs),
	   "%s v2 %zu: Child SA with PFS", file, n);
	ok(!ikev2_keys_derive(&next, &p, &k, r.gir_new, r.ni, r.nr,
			      r.spi_i.data, r.spi_r.data) &&
		   expands(&r, &next, r.rekey),
	   "%s v2 %zu: SKEYSEED of a rekeyed SA", file, n);
}

struct v1_row {
	size_t hash;
	struct ike_blob ni, nr, cky_i, cky_r, gxy, psk;
	struct ike_blob skeyid, d, a, e;
};

static void read_v1(struct v1_row *r, const json_t *j, bool nist, bool psk)
{
	r->hash = hash_of(json_string_value(json_object_get(j, "hash")));
	r->ni = vector_field(j, nist ? "Ni" : "ni");
	r->nr = vector_field(j, nist ? "Nr" : "nr");
	r->cky_i = vector_field(j, nist ? "CKY_I" : "cky_i");
	r->cky_r = vector_field(j, nist ? "CKY_R" : "cky_r");
	r->gxy = vector_field(j, nist ? "g^xy" : "gxy");
	r->psk = psk ? vector_field(j, "pre-shared-key") : blob(NULL, 0);
	r->skeyid = vector_field(j, nist ? "SKEYID" : "skeyid");
	r->d = vector_field(j, nist ? "SKEYID_d" : "skeyid_d");
	r->a = vector_field(j, nist ? "SKEYID_a" : "skeyid_a");
	r->e = vector_field(j, nist ? "SKEYID_e" : "skeyid_e");
}

static void v1_row(const char *set, size_t n, const json_t *j, bool nist,
		   bool psk)
{
	struct ike_proposal p;
	struct ikev1_keys k;
	struct v1_row r;

	read_v1(&r, j, nist, psk);
	propose(&p, IKE_ENCR_AES_CBC, 128, hashes[r.hash].prf, 0);
	ok(!ikev1_keys_derive(&k, &p, r.psk, r.gxy, r.ni, r.nr, r.cky_i.data,
			      r.cky_r.data) &&
		   k.len == r.skeyid.len && same(k.skeyid, r.skeyid),
	   "%s %zu: SKEYID", set, n);
	ok(same(k.d, r.d) && same(k.a, r.a) && same(k.e, r.e),
	   "%s %zu: SKEYID_d, _a and _e", set, n);
	ok(same(k.key, blob(r.e.data, 16)), "%s %zu: key of AES-128", set, n);
}

static void vectors(void)
{
	json_t *few = vector_load("ike-kdf/ike-kdf-vectors.json");
	json_t *nist = vector_load("ike-kdf/nist-cavs-ike-dev-subset.json");
	json_t *row;
	size_t n;

	json_array_foreach(json_object_get(few, "ikev2"), n, row)
		v2_row("few", n, row, false);
	json_array_foreach(json_object_get(nist, "ikev2"), n, row)
		v2_row("nist", n, row, true);
	json_array_foreach(json_object_get(few, "ikev1_sig"), n, row)
		v1_row("few v1 signature", n, row, false, false);
	json_array_foreach(json_object_get(nist, "ikev1_dsa"), n, row)
		v1_row("nist v1 signature", n, row, true, false);
	json_array_foreach(json_object_get(nist, "ikev1_psk"), n, row)
		v1_row("nist v1 psk", n, row, true, true);
	json_decref(few);
	json_decref(nist);
}

/* Something to derive from. */
static const uint8_t nonce[600], secret[32] = { 1 }, spi[8] = { 2 };

static int derive_v2(struct ikev2_keys *k, uint16_t encr, uint16_t bits,
		     uint16_t prf, uint16_t integ, size_t nonce_len)
{
	struct ike_proposal p;

	propose(&p, encr, bits, prf, integ);
	return ikev2_keys_derive(k, &p, NULL, blob(secret, sizeof(secret)),
				 blob(nonce, nonce_len), blob(nonce, 16), spi,
				 spi);
}

static void v2_lengths(void)
{
	struct ikev2_keys k;

	ok(!derive_v2(&k, IKE_ENCR_AES_GCM_16, 256, IKE_PRF_HMAC_SHA2_384, 0,
		      32) &&
		   k.a_len == 0 && k.e_len == 36 && k.p_len == 48 && !k.integ,
	   "AES-GCM-256: 36 bytes with salt, no SK_a");
	ok(!derive_v2(&k, IKE_ENCR_AES_CCM_8, 192, IKE_PRF_HMAC_SHA1, 0, 32) &&
		   k.a_len == 0 && k.e_len == 27,
	   "AES-CCM-192: 27 bytes with salt");
	ok(!derive_v2(&k, IKE_ENCR_CHACHA20_POLY1305, 0, IKE_PRF_HMAC_SHA2_256,
		      0, 32) &&
		   k.a_len == 0 && k.e_len == 36,
	   "ChaCha20-Poly1305: 36 bytes with salt");
	ok(!derive_v2(&k, IKE_ENCR_AES_GCM_16, 128, IKE_PRF_HMAC_SHA2_256,
		      IKE_INTEG_HMAC_SHA1_96, 32) &&
		   k.a_len == 0 && !k.integ,
	   "an AEAD has no integrity algorithm beside it");
	ok(!derive_v2(&k, IKE_ENCR_AES_CTR, 256, IKE_PRF_AES128_CMAC,
		      IKE_INTEG_AES_CMAC_96, 32) &&
		   k.a_len == 16 && k.e_len == 36 && k.p_len == 16,
	   "AES-CTR-256 with AES-CMAC: 36 and 16 bytes");
	ok(!derive_v2(&k, IKE_ENCR_3DES, 0, IKE_PRF_HMAC_MD5,
		      IKE_INTEG_HMAC_MD5_96, 32) &&
		   k.a_len == 16 && k.e_len == 24,
	   "3DES with MD5: 24 and 16 bytes");
	ok(!derive_v2(&k, IKE_ENCR_AES_CBC, 256, IKE_PRF_HMAC_SHA2_512,
		      IKE_INTEG_HMAC_SHA2_512_256, 256) &&
		   k.e_len == 32 && k.a_len == 64 && k.p_len == 64,
	   "the longest of all, with the longest nonce");
}

static bool empty(const void *p, size_t len)
{
	const uint8_t *b = p;

	while (len && !*b) {
		b++;
		len--;
	}
	return !len;
}

static void v2_refused(void)
{
	static const struct {
		uint16_t encr, bits, prf, integ;
		const char *what;
	} bad[] = {
		{ 999, 0, IKE_PRF_HMAC_SHA2_256, IKE_INTEG_HMAC_SHA1_96,
		  "an unknown cipher" },
		{ IKE_ENCR_NULL, 0, IKE_PRF_HMAC_SHA2_256,
		  IKE_INTEG_HMAC_SHA1_96, "no encryption" },
		{ IKE_ENCR_AES_GMAC, 128, IKE_PRF_HMAC_SHA2_256, 0, "GMAC" },
		{ IKE_ENCR_AES_CBC, 0, IKE_PRF_HMAC_SHA2_256,
		  IKE_INTEG_HMAC_SHA1_96, "AES without a key length" },
		{ IKE_ENCR_AES_CBC, 512, IKE_PRF_HMAC_SHA2_256,
		  IKE_INTEG_HMAC_SHA1_96, "AES of 512 bits" },
		{ IKE_ENCR_AES_CBC, 128, IKE_PRF_HMAC_SHA2_256, 0,
		  "CBC without integrity" },
		{ IKE_ENCR_AES_CBC, 128, IKE_PRF_HMAC_SHA2_256,
		  IKE_INTEG_AES_128_GMAC, "GMAC of AH" },
		{ IKE_ENCR_AES_CBC, 128, 0, IKE_INTEG_HMAC_SHA1_96, "no PRF" },
	};
	struct ikev2_keys k;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(derive_v2(&k, bad[i].encr, bad[i].bits, bad[i].prf,
			     bad[i].integ, 32) == -EOPNOTSUPP &&
			   empty(&k, sizeof(k)),
		   "refused: %s", bad[i].what);
	ok(derive_v2(&k, IKE_ENCR_AES_CBC, 128, IKE_PRF_HMAC_SHA2_256,
		     IKE_INTEG_HMAC_SHA1_96, 600) == -EIO &&
		   empty(&k, sizeof(k)),
	   "refused: a nonce of 600 bytes");
}

static void v2_too_long(void)
{
	const struct ike_blob most = { nonce, 600 }, none = { NULL, 0 };
	uint8_t out[64] = { 1 };
	struct ikev2_keys k, next;
	struct ike_proposal p;

	derive_v2(&k, IKE_ENCR_AES_GCM_16, 256, IKE_PRF_HMAC_SHA2_256, 0, 32);
	propose(&p, IKE_ENCR_AES_GCM_16, 256, IKE_PRF_HMAC_SHA2_256, 0);
	ok(ikev2_keys_derive(&next, &p, &k, most, most, most, spi, spi) ==
			   -EIO &&
		   empty(&next, sizeof(next)),
	   "refused: such a nonce when an SA is rekeyed");
	ok(ikev2_keymat(&k, most, most, most, out, sizeof(out)) == -EIO &&
		   empty(out, sizeof(out)),
	   "refused: such nonces for a Child SA");
	memset(out, 1, sizeof(out));
	k.prf = 0;
	ok(ikev2_keymat(&k, none, none, none, out, sizeof(out)) ==
			   -EOPNOTSUPP &&
		   empty(out, sizeof(out)) &&
		   ikev2_keys_ppk(&k, most) == -EOPNOTSUPP,
	   "refused: keys that were never derived");
}

/* Section 2.14: 8 bytes of each nonce, but all of them in the seed. */
static void v2_fixed_prf(void)
{
	static const uint8_t ni[] = "0123456789abcdef0123456789abcdef";
	static const uint8_t nr[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef";
	static const uint16_t prfs[] = { IKE_PRF_AES128_XCBC,
					 IKE_PRF_AES128_CMAC };
	const struct iovec iov = { (void *)secret, sizeof(secret) };
	uint8_t skeyseed[16];
	struct ike_proposal p;
	struct ikev2_keys k;
	struct v2_row r = {
		.ni = blob(ni, 32),
		.nr = blob(nr, 32),
		.spi_i = blob(spi, 8),
		.spi_r = blob(spi, 8),
	};
	size_t i;

	for (i = 0; i < 2; i++) {
		propose(&p, IKE_ENCR_AES_CBC, 128, prfs[i],
			IKE_INTEG_AES_XCBC_96);
		ike_prf(prfs[i], "01234567ABCDEFGH", 16, &iov, 1, skeyseed);
		ok(!ikev2_keys_derive(&k, &p, NULL, blob(secret, 32), r.ni,
				      r.nr, spi, spi) &&
			   expands(&r, &k, blob(skeyseed, 16)),
		   "PRF %u takes 8 bytes of each nonce as its key", prfs[i]);
	}
}

/* RFC 8784: SK_d' = prf+(PPK, SK_d), likewise SK_pi and SK_pr. */
static void v2_ppk(void)
{
	static const char ppk[] = "a postquantum preshared key";
	struct ikev2_keys k, before;
	uint8_t want[48];

	derive_v2(&k, IKE_ENCR_AES_GCM_16, 256, IKE_PRF_HMAC_SHA2_384, 0, 32);
	before = k;
	ok(!ikev2_keys_ppk(&k, blob(ppk, strlen(ppk))), "PPK");
	ike_prf_plus(k.prf, ppk, strlen(ppk), before.d, 48, want, 48);
	ok(!memcmp(k.d, want, 48), "PPK: SK_d");
	ike_prf_plus(k.prf, ppk, strlen(ppk), before.i.p, 48, want, 48);
	ok(!memcmp(k.i.p, want, 48), "PPK: SK_pi");
	ike_prf_plus(k.prf, ppk, strlen(ppk), before.r.p, 48, want, 48);
	ok(!memcmp(k.r.p, want, 48), "PPK: SK_pr");
	ok(!memcmp(k.i.e, before.i.e, sizeof(k.i.e)) &&
		   !memcmp(k.r.e, before.r.e, sizeof(k.r.e)),
	   "PPK: SK_e are as they were");
}

static int derive_v1(struct ikev1_keys *k, uint16_t encr, uint16_t bits,
		     uint16_t prf, size_t nonce_len)
{
	struct ike_proposal p;

	propose(&p, encr, bits, prf, 0);
	return ikev1_keys_derive(k, &p, blob(NULL, 0),
				 blob(secret, sizeof(secret)),
				 blob(nonce, nonce_len), blob(nonce, 16), spi,
				 spi);
}

/* Appendix B: K1 = prf(SKEYID_e, 0), K2 = prf(SKEYID_e, K1). */
static void v1_long_key(void)
{
	struct iovec iov = { (uint8_t[]){ 0 }, 1 };
	uint8_t want[40];
	struct ikev1_keys k;

	ok(!derive_v1(&k, IKE_ENCR_3DES, 0, IKE_PRF_HMAC_SHA1, 16) &&
		   k.block == 8 && k.e_len == 24,
	   "3DES with SHA-1: a key longer than SKEYID_e");
	ike_prf(IKE_PRF_HMAC_SHA1, k.e, 20, &iov, 1, want);
	iov = (struct iovec){ want, 20 };
	ike_prf(IKE_PRF_HMAC_SHA1, k.e, 20, &iov, 1, want + 20);
	ok(!memcmp(k.key, want, 24), "3DES with SHA-1: K1 | K2");
	ok(!derive_v1(&k, IKE_ENCR_DES, 0, IKE_PRF_HMAC_MD5, 16) &&
		   k.block == 8 && k.e_len == 8 && !memcmp(k.key, k.e, 8),
	   "DES with MD5");
}

static void v1_refused(void)
{
	struct ikev1_keys k;

	ok(derive_v1(&k, IKE_ENCR_AES_GCM_16, 128, IKE_PRF_HMAC_SHA1, 16) ==
			   -EOPNOTSUPP &&
		   empty(&k, sizeof(k)),
	   "v1 refused: an AEAD");
	ok(derive_v1(&k, IKE_ENCR_AES_CTR, 128, IKE_PRF_HMAC_SHA1, 16) ==
		   -EOPNOTSUPP,
	   "v1 refused: counter mode");
	ok(derive_v1(&k, IKE_ENCR_NULL, 0, IKE_PRF_HMAC_SHA1, 16) ==
		   -EOPNOTSUPP,
	   "v1 refused: no encryption");
	ok(derive_v1(&k, IKE_ENCR_AES_CBC, 128, IKE_PRF_AES128_XCBC, 16) ==
		   -EOPNOTSUPP,
	   "v1 refused: a PRF that is no HMAC");
	ok(derive_v1(&k, IKE_ENCR_AES_CBC, 128, IKE_PRF_HMAC_SHA1, 600) == -EIO,
	   "v1 refused: a nonce of 600 bytes");
}

/* Section 5.5: K1 = prf(SKEYID_d, [g^xy |] proto | SPI | Ni | Nr) ... */
static void v1_keymat(void)
{
	struct ike_blob ni = blob("initiator's nonce", 17);
	struct ike_blob nr = blob("responder's", 11), pfs = blob(secret, 32);
	uint8_t got[64], want[64], proto = IKE_PROTO_ESP;
	struct iovec iov[6] = { { want, 0 },	  ike_blob_iov(pfs),
				{ &proto, 1 },	  { (void *)spi, 4 },
				ike_blob_iov(ni), ike_blob_iov(nr) };
	struct ikev1_keys k;

	derive_v1(&k, IKE_ENCR_AES_CBC, 256, IKE_PRF_HMAC_SHA2_256, 16);
	ike_prf(k.prf, k.d, 32, iov, 6, want);
	iov[0].iov_len = 32;
	ike_prf(k.prf, k.d, 32, iov, 6, want + 32);
	ok(!ikev1_keymat(&k, pfs, proto, spi, ni, nr, got, 52) &&
		   !memcmp(got, want, 52),
	   "v1 keying material with PFS");
	iov[0].iov_len = 0;
	iov[1].iov_len = 0;
	ike_prf(k.prf, k.d, 32, iov, 6, want);
	ok(!ikev1_keymat(&k, blob(NULL, 0), proto, spi, ni, nr, got, 20) &&
		   !memcmp(got, want, 20),
	   "v1 keying material without PFS");
}

static void v1_iv(void)
{
	static const uint8_t quick[] = "last block of 16\x12\x34\x56\x78";
	uint8_t iv[IKE_BLOCK_MAX], want[64];
	struct iovec iov = { (void *)"initiatorresponder", 18 };
	struct ikev1_keys k;

	derive_v1(&k, IKE_ENCR_AES_CBC, 256, IKE_PRF_HMAC_SHA2_256, 16);
	ike_hash(IKE_HASH_SHA2_256, &iov, 1, want);
	ok(!ikev1_iv_main(&k, blob("initiator", 9), blob("responder", 9), iv) &&
		   !memcmp(iv, want, 16),
	   "v1 IV of main mode");
	iov = (struct iovec){ (void *)quick, 20 };
	ike_hash(IKE_HASH_SHA2_256, &iov, 1, want);
	ok(!ikev1_iv_quick(&k, quick, 0x12345678, iv) && !memcmp(iv, want, 16),
	   "v1 IV of quick mode");
}

int main(void)
{
	ok(!ike_crypto_init(), "init");
	vectors();
	v2_lengths();
	v2_refused();
	v2_too_long();
	v2_fixed_prf();
	v2_ppk();
	v1_long_key();
	v1_refused();
	v1_keymat();
	v1_iv();
	vector_free();
	return tap_done();
}
