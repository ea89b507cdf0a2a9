// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is opened by the keys: SK and SKF of version 2, all behind the header of
 * version 1. The first byte is the suite, the second says how; the rest is the
 * payload's body as it comes, or (SEALED) the plaintext with its padding, which
 * need not be right.
 */
#include <stdlib.h>
#include <string.h>

#include "bodies.h"
#include "sk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define V1 1
#define FRAGMENT 2
#define SEALED 4
#define RESPONDER 8

#define BODY_MAX 4096
#define GENERIC_HEADER 4
#define NUMBERS 4 /* of a fragment */

static const struct suite {
	uint16_t encr;
	uint16_t bits;
	uint16_t integ; /* 0: an AEAD */
} suites[] = {
	{ IKE_ENCR_AES_CBC, 128, IKE_INTEG_HMAC_SHA1_96 },
	{ IKE_ENCR_AES_CBC, 256, IKE_INTEG_HMAC_SHA2_512_256 },
	{ IKE_ENCR_AES_CBC, 128, IKE_INTEG_AES_XCBC_96 },
	{ IKE_ENCR_AES_CTR, 256, IKE_INTEG_AES_CMAC_96 },
	{ IKE_ENCR_3DES, 0, IKE_INTEG_HMAC_MD5_96 },
	{ IKE_ENCR_AES_CCM_8, 128, 0 },
	{ IKE_ENCR_AES_GCM_16, 256, 0 },
	{ IKE_ENCR_CHACHA20_POLY1305, 0, 0 },
};

#define SUITES (sizeof(suites) / sizeof(suites[0]))

static uint8_t msg[IKE_HEADER_LEN + BODY_MAX + 256];
static uint8_t plain[sizeof(msg)];

static void set_direction(struct ike_direction_keys *d, uint8_t fill)
{
	memset(d->a, fill, sizeof(d->a));
	memset(d->e, fill, sizeof(d->e));
}

static struct ikev2_keys keys_of(const struct suite *s,
				 struct ike_encr_info *info)
{
	struct ikev2_keys k = { .encr = s->encr, .integ = s->integ };

	bodies_check(!ike_encr_info(s->encr, s->bits, info));
	k.e_len = info->key_len + info->salt;
	k.a_len = (uint8_t)ike_integ_key_len(s->integ);
	set_direction(&k.i, 1);
	set_direction(&k.r, 2);
	return k;
}

static struct ike_header header_of(uint8_t how)
{
	return (struct ike_header){
		.version = IKE_V2,
		.exchange = IKEV2_INFORMATIONAL,
		.flags = how & RESPONDER ? IKEV2_FLAG_RESPONSE :
					   IKEV2_FLAG_INITIATOR,
	};
}

/* The header, and the generic one of the payload; its length is set here. */
static size_t begin(uint8_t how, size_t body)
{
	const struct ike_header h = header_of(how);
	struct ike_builder b;

	ike_build(&b, msg, sizeof(msg), &h);
	ipsec_write_room(ike_build_payload(&b, how & FRAGMENT ? IKEV2_SKF :
								IKEV2_SK),
			 body);
	return ike_build_finish(&b);
}

/* As the peer seals, but for what it takes care of: numbers, IV, text, ICV. */
static size_t seal(const struct ikev2_keys *k, const struct ike_encr_info *info,
		   uint8_t how, const uint8_t *text, size_t len)
{
	const struct ike_direction_keys *d = how & RESPONDER ? &k->r : &k->i;
	size_t icv = info->icv ? info->icv : ike_integ_icv_len(k->integ);
	size_t head = (how & FRAGMENT ? NUMBERS : 0) + info->iv;
	size_t all = begin(how, head + len + icv);
	uint8_t *iv = msg + all - icv - len - info->iv, *body = iv + info->iv;
	const struct iovec iov = { msg, all - icv };

	memcpy(body, text, len);
	if (info->icv) {
		bodies_check(!ike_aead_seal(k->encr, d->e, k->e_len, iv, msg,
					    (size_t)(iv - msg), body, len,
					    body + len));
	} else {
		bodies_check(
			!ike_encrypt(k->encr, d->e, k->e_len, iv, body, len));
		bodies_check(!ike_integ(k->integ, d->a, &iov, 1, body + len));
	}
	return all;
}

/* As we seal it: what goes out comes back, and nothing is left of what does not. */
static void again(const struct ikev2_keys *k, const struct ike_header *h,
		  bool fragment, const uint8_t *text, size_t len)
{
	static const uint8_t iv[IKE_BLOCK_MAX], zeros[IKE_HEADER_LEN];
	unsigned int total = fragment ? 3 : 0;
	struct ike_message m;
	size_t got;

	got = ikev2_seal(k, h, IKEV2_NONCE, 2, total, iv, text, len, msg,
			 sizeof(msg));
	bodies_check(got && !ike_message_parse(&m, msg, got) &&
		     !ikev2_open(k, &m, &m.payload[0], plain, &got) &&
		     got == len && !memcmp(plain, text, len));
	got = ikev2_seal(k, h, IKEV2_NONCE, 2, total, iv, text, len, msg,
			 IKE_HEADER_LEN + 8);
	bodies_check(!got && !memcmp(msg, zeros, IKE_HEADER_LEN));
}

/* The chain is what is before the padding, and there is none without. */
static void check_text(int rc, size_t got, const uint8_t *text, size_t len)
{
	size_t pad = (size_t)text[len - 1] + 1;

	bodies_check(!rc == (pad <= len));
	if (rc)
		return;
	bodies_check(got == len - pad && !memcmp(plain, text, got));
}

static void version2(const struct suite *s, uint8_t how, const uint8_t *data,
		     size_t size)
{
	struct ike_encr_info info;
	struct ikev2_keys k = keys_of(s, &info);
	const struct ike_header h = header_of(how);
	const struct ike_payload *sk;
	struct ike_message m;
	bool sealed = how & SEALED && size && !(size % info.block);
	uint8_t *copy;
	size_t len;
	int rc;

	if (sealed) {
		len = seal(&k, &info, how, data, size);
	} else {
		len = begin(how, size);
		memcpy(msg + len - size, data, size);
	}
	/* As long as it is, so that a byte beyond it is noticed. */
	copy = malloc(len);
	memcpy(copy, msg, len);
	bodies_check(!ike_message_parse(&m, copy, len));
	sk = &m.payload[0];
	rc = ikev2_open(&k, &m, sk, plain, &len);
	if (sealed)
		check_text(rc, len, data, size);
	else
		bodies_check(rc && !len);
	free(copy);
	again(&k, &h, how & FRAGMENT, data, size);
}

/* Nothing is authentic here: whole blocks go through, both ways. */
static void version1(const struct suite *s, const uint8_t *data, size_t size)
{
	uint8_t iv[IKE_BLOCK_MAX] = { 0 }, back[IKE_BLOCK_MAX] = { 0 };
	struct ike_encr_info info;
	struct ikev1_keys k = { .encr = s->encr };
	uint8_t *copy = malloc(size + 1);
	bool whole;

	bodies_check(!ike_encr_info(s->encr, s->bits, &info));
	k.block = info.block;
	k.e_len = info.key_len;
	memset(k.key, 1, sizeof(k.key));
	memcpy(copy, data, size);
	whole = size && !(size % info.block);
	bodies_check(!ikev1_decrypt(&k, iv, copy, size) == whole);
	if (whole)
		bodies_check(!ikev1_encrypt(&k, back, copy, size) &&
			     !memcmp(copy, data, size) &&
			     !memcmp(iv, back, info.block));
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct suite *s;

	if (size < 2 || size - 2 > BODY_MAX)
		return 0;
	bodies_check(!ike_crypto_init());
	s = &suites[data[0] % SUITES];
	if (!(data[1] & V1))
		version2(s, data[1], data + 2, size - 2);
	else if (s->encr == IKE_ENCR_AES_CBC || s->encr == IKE_ENCR_3DES)
		version1(s, data + 2, size - 2);
	return 0;
}
