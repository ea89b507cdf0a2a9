// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * AlgorithmIdentifiers of RFC 7427. There are few that are used; what comes is
 * compared with each as a whole, so that nothing in it can be overlooked.
 */
#include "pki.h"

#include "bytes.h"

#include <errno.h>

/*
 * Hashes, as the last byte of sha256 (2.16.840.1.101.3.4.2.1) and so on, of
 * sha256WithRSAEncryption and of ecdsa-with-SHA256.
 */
static const struct hash {
	uint16_t number;
	uint8_t len;
	uint8_t oid;
	uint8_t rsa;
	uint8_t ecdsa;
} hashes[] = {
	{ IKE_HASH_SHA2_256, 32, 1, 11, 2 },
	{ IKE_HASH_SHA2_384, 48, 2, 12, 3 },
	{ IKE_HASH_SHA2_512, 64, 3, 13, 4 },
};

#define HASHES (sizeof(hashes) / sizeof(hashes[0]))

/* RFC 4055: NULL or nothing for a hash; RFC 7427 shows a trailer, DER has none. */
#define PSS_NO_NULL 1
#define PSS_TRAILER 2
#define PSS_FORMS 4

static const uint8_t ed25519[] = { 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70 };

static const struct hash *find_hash(uint16_t number)
{
	size_t i;

	for (i = 0; i < HASHES; i++)
		if (hashes[i].number == number)
			return &hashes[i];
	return NULL;
}

static size_t write_rsa(const struct hash *h, uint8_t *out)
{
	const uint8_t alg[] = { 0x30, 0x0d, 0x06,   0x09, 0x2a,
				0x86, 0x48, 0x86,   0xf7, 0x0d,
				0x01, 0x01, h->rsa, 0x05, 0x00 };

	memcpy(out, alg, sizeof(alg));
	return sizeof(alg);
}

static size_t write_ecdsa(const struct hash *h, uint8_t *out)
{
	const uint8_t alg[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
				0x48, 0xce, 0x3d, 0x04, 0x03, h->ecdsa };

	memcpy(out, alg, sizeof(alg));
	return sizeof(alg);
}

static void write_hash(struct ipsec_writer *w, const struct hash *h,
		       unsigned int form)
{
	const uint8_t oid[] = { 0x06, 0x09, 0x60, 0x86, 0x48,  0x01,
				0x65, 0x03, 0x04, 0x02, h->oid };
	static const uint8_t null[] = { 0x05, 0x00 };
	bool with = !(form & PSS_NO_NULL);

	ipsec_write_u8(w, 0x30);
	ipsec_write_u8(w, sizeof(oid) + (with ? sizeof(null) : 0));
	ipsec_write(w, oid, sizeof(oid));
	if (with)
		ipsec_write(w, null, sizeof(null));
}

/* RSASSA-PSS-params: the hash, MGF1 with the same, a salt as long as it. */
static size_t write_pss(const struct hash *h, unsigned int form, uint8_t *out)
{
	static const uint8_t pss[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
				       0xf7, 0x0d, 0x01, 0x01, 0x0a };
	static const uint8_t mgf1[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
					0xf7, 0x0d, 0x01, 0x01, 0x08 };
	const uint8_t salt[] = { 0xa2, 0x03, 0x02, 0x01, h->len };
	static const uint8_t trailer[] = { 0xa3, 0x03, 0x02, 0x01, 0x01 };
	uint8_t hash_len = form & PSS_NO_NULL ? 13 : 15;
	uint8_t mgf_len = 2 + sizeof(mgf1) + hash_len;
	uint8_t len = 2 + hash_len + 2 + mgf_len + sizeof(salt) +
		      (form & PSS_TRAILER ? sizeof(trailer) : 0);
	struct ipsec_writer w;

	ipsec_writer_init(&w, out, IKE_SIGALG_MAX);
	ipsec_write_u8(&w, 0x30);
	ipsec_write_u8(&w, sizeof(pss) + 2 + len);
	ipsec_write(&w, pss, sizeof(pss));
	ipsec_write_u8(&w, 0x30);
	ipsec_write_u8(&w, len);
	ipsec_write_u8(&w, 0xa0);
	ipsec_write_u8(&w, hash_len);
	write_hash(&w, h, form);
	ipsec_write_u8(&w, 0xa1);
	ipsec_write_u8(&w, mgf_len);
	ipsec_write_u8(&w, 0x30);
	ipsec_write_u8(&w, sizeof(mgf1) + hash_len);
	ipsec_write(&w, mgf1, sizeof(mgf1));
	write_hash(&w, h, form);
	ipsec_write(&w, salt, sizeof(salt));
	if (form & PSS_TRAILER)
		ipsec_write(&w, trailer, sizeof(trailer));
	return w.failed ? 0 : w.len;
}

/**
 * ike_sigalg_write() - what we send
 * @scheme: of the key
 * @hash: SHA2; ignored by Ed25519
 * @out: IKE_SIGALG_MAX bytes
 *
 * Return: the length; 0 for an unknown hash.
 */
size_t ike_sigalg_write(enum ike_scheme scheme, uint16_t hash, uint8_t *out)
{
	const struct hash *h = find_hash(hash);

	if (scheme == IKE_SCHEME_ED25519) {
		memcpy(out, ed25519, sizeof(ed25519));
		return sizeof(ed25519);
	}
	if (!h)
		return 0;
	switch (scheme) {
	case IKE_SCHEME_RSA:
		return write_rsa(h, out);
	case IKE_SCHEME_PSS:
		return write_pss(h, 0, out);
	default:
		return write_ecdsa(h, out);
	}
}

static bool is(struct ike_blob alg, const uint8_t *known, size_t len)
{
	return alg.len == len && !memcmp(alg.data, known, len);
}

static bool is_pss(struct ike_blob alg, const struct hash *h)
{
	uint8_t known[IKE_SIGALG_MAX] = { 0 };
	unsigned int form;

	for (form = 0; form < PSS_FORMS; form++)
		if (is(alg, known, write_pss(h, form, known)))
			return true;
	return false;
}

/**
 * ike_sigalg_read() - what a peer sent
 * @alg: the AlgorithmIdentifier
 * @scheme: set
 * @hash: set; IKE_HASH_IDENTITY for Ed25519
 *
 * Return: 0, or -EOPNOTSUPP for any other sequence of bytes.
 */
int ike_sigalg_read(struct ike_blob alg, enum ike_scheme *scheme,
		    uint16_t *hash)
{
	uint8_t known[IKE_SIGALG_MAX] = { 0 };
	const struct hash *h;

	*hash = IKE_HASH_IDENTITY;
	*scheme = IKE_SCHEME_ED25519;
	if (is(alg, ed25519, sizeof(ed25519)))
		return 0;
	for (h = hashes; h < hashes + HASHES; h++) {
		*hash = h->number;
		*scheme = IKE_SCHEME_RSA;
		if (is(alg, known, write_rsa(h, known)))
			return 0;
		*scheme = IKE_SCHEME_ECDSA;
		if (is(alg, known, write_ecdsa(h, known)))
			return 0;
		*scheme = IKE_SCHEME_PSS;
		if (is_pss(alg, h))
			return 0;
	}
	return -EOPNOTSUPP;
}

/**
 * ike_sigalg_md() - the hash in libcrypto
 * @hash: enum ike_hash
 *
 * Return: NULL for none that hashes.
 */
const EVP_MD *ike_sigalg_md(uint16_t hash)
{
	switch (hash) {
	case IKE_HASH_SHA1:
		return EVP_sha1();
	case IKE_HASH_SHA2_256:
		return EVP_sha256();
	case IKE_HASH_SHA2_384:
		return EVP_sha384();
	case IKE_HASH_SHA2_512:
		return EVP_sha512();
	}
	return NULL;
}

/**
 * ike_sigalg_digest_info() - DigestInfo of PKCS#1 v1.5 (RFC 8017 section 9.2)
 * @hash: SHA-1 or SHA2
 * @data: what is hashed
 * @out: IKE_SIGALG_MAX + 64 bytes
 *
 * Return: the length; 0 when it fails.
 */
size_t ike_sigalg_digest_info(uint16_t hash, struct ike_blob data, uint8_t *out)
{
	static const uint8_t sha1[] = { 0x30, 0x21, 0x30, 0x09, 0x06,
					0x05, 0x2b, 0x0e, 0x03, 0x02,
					0x1a, 0x05, 0x00, 0x04, 0x14 };
	const struct hash *h = find_hash(hash);
	struct ipsec_writer w;
	unsigned int len;

	ipsec_writer_init(&w, out, IKE_SIGALG_MAX);
	if (hash == IKE_HASH_SHA1) {
		ipsec_write(&w, sha1, sizeof(sha1));
	} else if (h) {
		ipsec_write_u8(&w, 0x30);
		ipsec_write_u8(&w, 15 + 2 + h->len);
		write_hash(&w, h, 0);
		ipsec_write_u8(&w, 0x04);
		ipsec_write_u8(&w, h->len);
	} else {
		return 0;
	}
	if (EVP_Digest(data.data, data.len, out + w.len, &len,
		       ike_sigalg_md(hash), NULL) != 1)
		return 0;
	return w.len + len;
}
