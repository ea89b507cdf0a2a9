// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signatures of version 2: RFC 7427 with RSA, RSA-PSS, ECDSA and Ed25519 (RFC
 * 8420), and the older methods: RSA with SHA-1 (RFC 7296), ECDSA of RFC 4754.
 */
#include "pki.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <errno.h>

/* What we verify, and sign by; of SHA-1 see verify_old_rsa(). */
static const uint16_t announced[] = {
	IKE_HASH_SHA2_256,
	IKE_HASH_SHA2_384,
	IKE_HASH_SHA2_512,
	IKE_HASH_IDENTITY,
};

#define ANNOUNCED (sizeof(announced) / sizeof(announced[0]))

#define SHA2_BITS                                                            \
	(IKE_HASH_BIT(IKE_HASH_SHA2_256) | IKE_HASH_BIT(IKE_HASH_SHA2_384) | \
	 IKE_HASH_BIT(IKE_HASH_SHA2_512))

#define DIGEST_INFO_MAX (IKE_SIGALG_MAX + 64)

static const struct old {
	uint8_t method;
	uint8_t half;
	uint16_t hash;
} old_ecdsa[] = {
	{ IKEV2_AUTH_ECDSA_256, 32, IKE_HASH_SHA2_256 },
	{ IKEV2_AUTH_ECDSA_384, 48, IKE_HASH_SHA2_384 },
	{ IKEV2_AUTH_ECDSA_521, 66, IKE_HASH_SHA2_512 },
};

static const struct old *old_of_key(const EVP_PKEY *key)
{
	size_t half = ike_pubkey_curve(key), i;

	for (i = 0; i < sizeof(old_ecdsa) / sizeof(old_ecdsa[0]); i++)
		if (old_ecdsa[i].half == half)
			return &old_ecdsa[i];
	return NULL;
}

static bool digest(uint16_t hash, struct ike_blob octets, uint8_t *out,
		   struct ike_blob *blob)
{
	unsigned int len;

	if (EVP_Digest(octets.data, octets.len, out, &len, ike_sigalg_md(hash),
		       NULL) != 1)
		return false;
	*blob = (struct ike_blob){ out, len };
	return true;
}

static enum ike_scheme scheme_of(const struct ike_credential *credential)
{
	switch (credential->method) {
	case IKE_AUTH_ECDSA:
		return IKE_SCHEME_ECDSA;
	case IKE_AUTH_ED25519:
		return IKE_SCHEME_ED25519;
	default:
		return credential->pss ? IKE_SCHEME_PSS : IKE_SCHEME_RSA;
	}
}

/* The hash of RFC 7427 to sign by; 0: none that both know and the key takes. */
static uint16_t choose_hash(const struct ike_credential *credential,
			    unsigned int hashes)
{
	const struct old *own = old_of_key(credential->key);
	size_t i;

	if (credential->method == IKE_AUTH_ED25519)
		return hashes & IKE_HASH_BIT(IKE_HASH_IDENTITY) ?
			       IKE_HASH_IDENTITY :
			       0;
	if (own && hashes & IKE_HASH_BIT(own->hash))
		return own->hash;
	for (i = 0; i < ANNOUNCED; i++)
		if (announced[i] != IKE_HASH_IDENTITY &&
		    hashes & IKE_HASH_BIT(announced[i]))
			return announced[i];
	return 0;
}

static bool set_pss(EVP_PKEY_CTX *pctx, enum ike_scheme scheme)
{
	return scheme != IKE_SCHEME_PSS ||
	       (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) ==
			1 &&
		EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx,
						 RSA_PSS_SALTLEN_DIGEST) == 1);
}

/* PSS, ECDSA in DER, Ed25519: libcrypto has the whole of them. */
static int sign_by_evp(EVP_PKEY *key, enum ike_scheme scheme, uint16_t hash,
		       struct ike_blob octets, uint8_t *out, size_t *len)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	int good;

	good = ctx &&
	       EVP_DigestSignInit(ctx, &pctx, ike_sigalg_md(hash), NULL, key) ==
		       1 &&
	       set_pss(pctx, scheme) &&
	       EVP_DigestSign(ctx, out, len, octets.data, octets.len) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good ? 0 : -EIO;
}

static int verify_by_evp(EVP_PKEY *key, enum ike_scheme scheme, uint16_t hash,
			 struct ike_blob octets, struct ike_blob sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	int good;

	good = ctx &&
	       EVP_DigestVerifyInit(ctx, &pctx, ike_sigalg_md(hash), NULL,
				    key) == 1 &&
	       set_pss(pctx, scheme) &&
	       EVP_DigestVerify(ctx, sig.data, sig.len, octets.data,
				octets.len) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good ? 0 : -EBADMSG;
}

static int sign_rsa(EVP_PKEY *key, uint16_t hash, struct ike_blob octets,
		    uint8_t *out, size_t *len)
{
	uint8_t info[DIGEST_INFO_MAX];
	struct ike_blob t = { info,
			      ike_sigalg_digest_info(hash, octets, info) };

	return t.len ? ike_rsa_sign(key, t, out, len) : -EIO;
}

static int verify_rsa(EVP_PKEY *key, uint16_t hash, struct ike_blob octets,
		      struct ike_blob sig)
{
	uint8_t info[DIGEST_INFO_MAX];
	struct ike_blob t = { info,
			      ike_sigalg_digest_info(hash, octets, info) };

	return t.len ? ike_rsa_verify(key, t, sig) : -EIO;
}

/* RFC 7427 section 3: length, AlgorithmIdentifier, signature. */
static int sign_new(const struct ike_credential *credential, uint16_t hash,
		    struct ike_blob octets, uint8_t *out, size_t *len)
{
	enum ike_scheme scheme = scheme_of(credential);
	size_t alg = ike_sigalg_write(scheme, hash, out + 1);
	size_t sig = IKE_SIGNATURE_MAX / 2;
	int rc;

	if (!alg)
		return -EOPNOTSUPP;
	out[0] = (uint8_t)alg;
	if (scheme == IKE_SCHEME_RSA)
		rc = sign_rsa(credential->key, hash, octets, out + 1 + alg,
			      &sig);
	else
		rc = sign_by_evp(credential->key, scheme, hash, octets,
				 out + 1 + alg, &sig);
	*len = 1 + alg + sig;
	return rc;
}

static int sign_old(const struct ike_credential *credential,
		    struct ike_blob octets, uint8_t *method, uint8_t *out,
		    size_t *len)
{
	const struct old *old = old_of_key(credential->key);
	uint8_t hash[EVP_MAX_MD_SIZE];
	struct ike_blob blob;

	if (old) {
		*method = old->method;
		if (!digest(old->hash, octets, hash, &blob))
			return -EIO;
		return ike_ecdsa_sign(credential->key, blob, out, len);
	}
	if (!EVP_PKEY_is_a(credential->key, "RSA"))
		return -EOPNOTSUPP;
	*method = IKEV2_AUTH_RSA;
	return sign_rsa(credential->key, IKE_HASH_SHA1, octets, out, len);
}

/**
 * ikev2_sign() - our AUTH
 * @credential: ours
 * @hashes: bits that the peer announced; 0: it does not do RFC 7427
 * @octets: of ikev2_auth_octets()
 * @method: set: enum ike_auth_wire
 * @out: IKE_SIGNATURE_MAX bytes
 * @len: set
 *
 * A peer that announced only what is not used (SHA-1) gets an old method too.
 *
 * Return: 0; -EOPNOTSUPP when there is no method for this key that the peer
 * knows; -EIO.
 */
int ikev2_sign(const struct ike_credential *credential, unsigned int hashes,
	       struct ike_blob octets, uint8_t *method, uint8_t *out,
	       size_t *len)
{
	uint16_t hash = choose_hash(credential, hashes);

	if (!hash)
		return sign_old(credential, octets, method, out, len);
	*method = IKEV2_AUTH_SIGNATURE;
	return sign_new(credential, hash, octets, out, len);
}

static int verify_new(const struct ike_peer_key *key, struct ike_blob octets,
		      const struct ike_auth_body *auth)
{
	size_t alg = auth->len ? auth->data[0] : 0;
	enum ike_scheme scheme;
	struct ike_blob sig;
	uint16_t hash;

	if (!alg || alg >= auth->len)
		return -EBADMSG;
	sig = (struct ike_blob){ auth->data + 1 + alg, auth->len - 1 - alg };
	if (ike_sigalg_read((struct ike_blob){ auth->data + 1, alg }, &scheme,
			    &hash))
		return -EOPNOTSUPP;
	switch (scheme) {
	case IKE_SCHEME_RSA:
		if (!EVP_PKEY_is_a(key->key, "RSA"))
			return -EOPNOTSUPP;
		return verify_rsa(key->key, hash, octets, sig);
	case IKE_SCHEME_PSS:
		if (key->method != IKE_AUTH_RSA)
			return -EOPNOTSUPP;
		break;
	case IKE_SCHEME_ECDSA:
		if (key->method != IKE_AUTH_ECDSA)
			return -EOPNOTSUPP;
		break;
	case IKE_SCHEME_ED25519:
		if (key->method != IKE_AUTH_ED25519)
			return -EOPNOTSUPP;
		break;
	}
	return verify_by_evp(key->key, scheme, hash, octets, sig);
}

/*
 * Method 1 does not say its hash. SHA-1 is what RFC 7296 has peers use that do
 * not know RFC 7427, or SHA2 in it, and is taken of nobody else.
 */
static int verify_old_rsa(const struct ike_peer_key *key, unsigned int hashes,
			  struct ike_blob octets, struct ike_blob sig)
{
	size_t i;

	if (!EVP_PKEY_is_a(key->key, "RSA"))
		return -EOPNOTSUPP;
	if (!(hashes & SHA2_BITS) &&
	    !verify_rsa(key->key, IKE_HASH_SHA1, octets, sig))
		return 0;
	for (i = 0; i < ANNOUNCED; i++)
		if (announced[i] != IKE_HASH_IDENTITY &&
		    !verify_rsa(key->key, announced[i], octets, sig))
			return 0;
	return -EBADMSG;
}

static int verify_old_ecdsa(const struct ike_peer_key *key, uint8_t method,
			    struct ike_blob octets, struct ike_blob sig)
{
	const struct old *old = old_of_key(key->key);
	uint8_t hash[EVP_MAX_MD_SIZE];
	struct ike_blob blob;

	if (!old || old->method != method)
		return -EOPNOTSUPP;
	if (!digest(old->hash, octets, hash, &blob))
		return -EIO;
	return ike_ecdsa_verify(key->key, blob, sig);
}

/**
 * ikev2_verify() - the peer's AUTH
 * @key: of ike_trust_check()
 * @hashes: bits that it announced; 0: it does not do RFC 7427
 * @octets: of ikev2_auth_octets()
 * @auth: its AUTH payload
 *
 * Return: 0; -EBADMSG for a wrong signature; -EOPNOTSUPP for a method or an
 * algorithm that is not used, is not of this key, or was not announced; -EIO.
 */
int ikev2_verify(const struct ike_peer_key *key, unsigned int hashes,
		 struct ike_blob octets, const struct ike_auth_body *auth)
{
	struct ike_blob sig = { auth->data, auth->len };

	switch (auth->method) {
	case IKEV2_AUTH_SIGNATURE:
		return hashes ? verify_new(key, octets, auth) : -EOPNOTSUPP;
	case IKEV2_AUTH_RSA:
		return verify_old_rsa(key, hashes, octets, sig);
	case IKEV2_AUTH_ECDSA_256:
	case IKEV2_AUTH_ECDSA_384:
	case IKEV2_AUTH_ECDSA_521:
		return verify_old_ecdsa(key, auth->method, octets, sig);
	}
	return -EOPNOTSUPP;
}

/**
 * ikev2_signature_hashes() - data of SIGNATURE_HASH_ALGORITHMS
 * @out: numbers of two bytes
 * @size: room for them
 *
 * SHA-1 is not among them (RFC 8247 section 4.2).
 *
 * Return: bytes written; 0 when they do not fit.
 */
size_t ikev2_signature_hashes(uint8_t *out, size_t size)
{
	size_t i;

	if (size < sizeof(announced))
		return 0;
	for (i = 0; i < ANNOUNCED; i++) {
		out[2 * i] = announced[i] >> 8;
		out[2 * i + 1] = announced[i] & 0xff;
	}
	return sizeof(announced);
}
