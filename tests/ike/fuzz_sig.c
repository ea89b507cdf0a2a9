// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signatures of peers: a key, a method, and the payload. None is good, since
 * the keys are new in every run. With the first byte's high bit the rest is
 * what the private RSA key was used on: of all encodings one is good. With the
 * next bit it is what is signed by the key, and then is good.
 */
#include "pki.h"
#include "seal.h"

#include <openssl/rsa.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KEYS 6
#define BYTES 256
#define HASHES \
	(IKE_HASH_BIT(IKE_HASH_SHA2_256) | IKE_HASH_BIT(IKE_HASH_IDENTITY))

static const char *const names[KEYS] = { "rsa2048", "rsa3072", "p256",
					 "p384",    "p521",    "ed25519" };
static struct ike_peer_key *keys[KEYS];
static uint8_t want[BYTES]; /* the encoding that is good */

static const uint8_t text[] = "octets";
static const struct ike_blob octets = { text, sizeof(text) };

static void start(void)
{
	uint8_t info[IKE_SIGALG_MAX + 64];
	size_t i, len;

	for (i = 0; i < KEYS; i++)
		keys[i] = mint_peer(names[i]);
	len = ike_sigalg_digest_info(IKE_HASH_SHA2_256, octets, info);
	memset(want, 0xff, sizeof(want));
	want[0] = 0;
	want[1] = 1;
	want[BYTES - len - 1] = 0;
	memcpy(want + BYTES - len, info, len);
}

/* The rest of the input stands over the end of the good encoding. */
static void encoded(const uint8_t *data, size_t size)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(mint_key(names[0]), NULL);
	struct ike_auth_body auth = { IKEV2_AUTH_RSA, NULL, BYTES };
	uint8_t em[BYTES], sig[BYTES];
	size_t len = BYTES;
	bool good;

	memcpy(em, want, BYTES);
	if (size > BYTES - 1)
		size = BYTES - 1;
	memcpy(em + BYTES - size, data, size);
	seal_must(EVP_PKEY_sign_init(ctx) == 1 &&
		  EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
		  EVP_PKEY_sign(ctx, sig, &len, em, BYTES) == 1);
	EVP_PKEY_CTX_free(ctx);
	auth.data = sig;
	good = !ikev2_verify(keys[0], HASHES, octets, &auth);
	seal_must(good == !memcmp(em, want, BYTES));
}

/* By each method that there is for the hashes that the peer has said. */
static void signed_by(unsigned int which, uint8_t hashes, struct ike_blob in)
{
	static struct ike_credential *own[KEYS];
	uint8_t out[IKE_SIGNATURE_MAX];
	struct ike_auth_body auth = { .data = out };

	if (!own[which])
		own[which] = mint_credential(names[which]);
	if (ikev2_sign(own[which], hashes, in, &auth.method, out, &auth.len))
		return;
	seal_must(!ikev2_verify(keys[which], hashes, in, &auth));
	out[auth.len - 1] ^= 1;
	seal_must(ikev2_verify(keys[which], hashes, in, &auth));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ike_peer_key *key;
	struct ike_auth_body auth;
	struct ike_blob hash, sig;
	enum ike_scheme scheme;
	uint16_t number;

	if (!keys[0])
		start();
	if (size < 2)
		return 0;
	if (data[0] & 0x80) {
		encoded(data + 1, size - 1);
		return 0;
	}
	if (data[0] & 0x40) {
		signed_by((data[0] & 0x3f) % KEYS, data[1],
			  (struct ike_blob){ data + 2, size - 2 });
		return 0;
	}
	key = keys[data[0] % KEYS];
	auth = (struct ike_auth_body){ data[1], data + 2, size - 2 };
	seal_must(ikev2_verify(key, HASHES, octets, &auth));
	seal_must(ikev2_verify(key, 0, octets, &auth));
	sig = (struct ike_blob){ data + 2, size - 2 };
	hash = (struct ike_blob){ want, 32 };
	seal_must(ikev1_verify(key, data[1], hash, sig));
	ike_sigalg_read(sig, &scheme, &number);
	return 0;
}
