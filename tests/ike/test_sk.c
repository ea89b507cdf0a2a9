// SPDX-License-Identifier: GPL-2.0-or-later
/* The encrypted payload: what is sealed opens, and nothing else does. */
#include <errno.h>
#include <stdlib.h>

#include "sk.h"
#include "tap.h"
#include "vector.h"

#define ROOM 2048

static const struct suite {
	const char *name;
	uint16_t encr;
	uint16_t bits;
	uint16_t integ;
	size_t overhead; /* beside header, generic header and numbers */
} suites[] = {
	{ "AES-CBC-128, SHA-1", IKE_ENCR_AES_CBC, 128, IKE_INTEG_HMAC_SHA1_96,
	  16 + 16 + 12 },
	{ "AES-CBC-256, SHA-256", IKE_ENCR_AES_CBC, 256,
	  IKE_INTEG_HMAC_SHA2_256_128, 16 + 16 + 16 },
	{ "AES-CBC-192, SHA-512", IKE_ENCR_AES_CBC, 192,
	  IKE_INTEG_HMAC_SHA2_512_256, 16 + 16 + 32 },
	{ "AES-CBC-128, XCBC", IKE_ENCR_AES_CBC, 128, IKE_INTEG_AES_XCBC_96,
	  16 + 16 + 12 },
	{ "AES-CTR-256, CMAC", IKE_ENCR_AES_CTR, 256, IKE_INTEG_AES_CMAC_96,
	  8 + 1 + 12 },
	{ "3DES, MD5", IKE_ENCR_3DES, 0, IKE_INTEG_HMAC_MD5_96, 8 + 8 + 12 },
	{ "DES, SHA-384", IKE_ENCR_DES, 0, IKE_INTEG_HMAC_SHA2_384_192,
	  8 + 8 + 24 },
	{ "AES-CCM-8-128", IKE_ENCR_AES_CCM_8, 128, 0, 8 + 1 + 8 },
	{ "AES-CCM-16-256", IKE_ENCR_AES_CCM_16, 256, 0, 8 + 1 + 16 },
	{ "AES-GCM-12-192", IKE_ENCR_AES_GCM_12, 192, 0, 8 + 1 + 12 },
	{ "AES-GCM-16-256", IKE_ENCR_AES_GCM_16, 256, 0, 8 + 1 + 16 },
	{ "ChaCha20-Poly1305", IKE_ENCR_CHACHA20_POLY1305, 0, 0, 8 + 1 + 16 },
};

#define SUITES (sizeof(suites) / sizeof(suites[0]))

static const struct ike_header header = {
	.spi_i = "initiat",
	.spi_r = "respond",
	.version = IKE_V2,
	.exchange = IKEV2_INFORMATIONAL,
	.flags = IKEV2_FLAG_INITIATOR,
	.id = 7,
};

static const uint8_t iv[IKE_BLOCK_MAX] = "initialisation.";
static const uint8_t chain[300] = "\x00\x00\x00\x05!"; /* one payload */

static void set_keys(struct ikev2_keys *k, const struct suite *s)
{
	const struct ike_blob secret = { chain, 32 };
	struct ike_proposal p = { 0 };

	ike_proposal_add(&p, IKE_TRANSFORM_ENCR, s->encr, s->bits);
	ike_proposal_add(&p, IKE_TRANSFORM_PRF, IKE_PRF_HMAC_SHA2_256, 0);
	if (s->integ)
		ike_proposal_add(&p, IKE_TRANSFORM_INTEG, s->integ, 0);
	ok(!ikev2_keys_derive(k, &p, NULL, secret, secret, secret, header.spi_i,
			      header.spi_r),
	   "%s: keys", s->name);
}

/*
 * As a daemon does, with the message in memory of just its size, so that the
 * sanitizers see what is read beyond it. The length, or -1 when it is refused.
 */
static int opened(const struct ikev2_keys *k, const uint8_t *msg, size_t len,
		  uint8_t *out)
{
	uint8_t *copy = malloc(len), *room = malloc(len);
	const struct ike_payload *sk = NULL;
	struct ike_message m;
	int result = -1;
	size_t n;

	memcpy(copy, msg, len);
	if (!ike_message_parse(&m, copy, len) && m.payloads)
		sk = &m.payload[m.payloads - 1];
	if (sk && (sk->type == IKEV2_SK || sk->type == IKEV2_SKF) &&
	    !ikev2_open(k, &m, sk, room, &n)) {
		memcpy(out, room, n);
		result = (int)n;
	}
	free(room);
	free(copy);
	return result;
}

static size_t seal(const struct ikev2_keys *k, const void *plain, size_t len,
		   uint8_t *out, size_t size)
{
	return ikev2_seal(k, &header, IKEV2_NOTIFY, 0, 0, iv, plain, len, out,
			  size);
}

/* Every length up to some blocks, with exactly the room that it needs. */
static void all_lengths(const struct ikev2_keys *k, const struct suite *s)
{
	uint8_t msg[ROOM], out[ROOM];
	bool good = true;
	size_t len, n;

	for (len = 0; len <= 70; len++) {
		n = seal(k, chain, len, msg, sizeof(msg));
		good &= n > len && n <= len + ikev2_seal_overhead(k) &&
			opened(k, msg, n, out) == (int)len &&
			!memcmp(out, chain, len);
		good &= seal(k, chain, len, msg, n) == n &&
			!seal(k, chain, len, msg, n - 1);
	}
	ok(good, "%s: all lengths, in the room they need", s->name);
	ok(ikev2_seal_overhead(k) == 28 + 4 + 4 + s->overhead, "%s: overhead",
	   s->name);
	ok(!seal(k, chain, sizeof(chain), msg, 64) && !msg[40] && !msg[63],
	   "%s: nothing in clear is left when it does not fit", s->name);
}

static void layout(const struct ikev2_keys *k, const struct suite *s)
{
	uint8_t msg[ROOM];
	struct ike_message m;
	size_t n = seal(k, chain, 5, msg, sizeof(msg));
	const struct ike_payload *sk;

	ok(!ike_message_parse(&m, msg, n) && m.payloads == 1 &&
		   m.hdr.next == IKEV2_SK && m.hdr.id == 7 &&
		   m.hdr.flags == IKEV2_FLAG_INITIATOR,
	   "%s: header", s->name);
	sk = ike_payload_get(&m, IKEV2_SK);
	ok(sk && sk->next == IKEV2_NOTIFY &&
		   !memcmp(sk->data, iv, ikev2_iv_len(k)),
	   "%s: payload and IV", s->name);
}

static void every_bit(const struct ikev2_keys *k, const struct suite *s)
{
	uint8_t msg[ROOM], out[ROOM];
	size_t n = seal(k, chain, 20, msg, sizeof(msg)), bit;
	bool good = true;

	for (bit = 0; bit < n * 8; bit++) {
		msg[bit / 8] ^= 1 << bit % 8;
		good &= opened(k, msg, n, out) < 0;
		msg[bit / 8] ^= 1 << bit % 8;
	}
	ok(good && opened(k, msg, n, out) == 20, "%s: every bit of %zu matters",
	   s->name, n * 8);
}

/* The message cut, with lengths that agree. */
static void every_cut(const struct ikev2_keys *k, const struct suite *s)
{
	uint8_t msg[ROOM], out[ROOM];
	size_t n = seal(k, chain, 40, msg, sizeof(msg)), cut;
	bool good = true;

	for (cut = 32; cut < n; cut++) {
		msg[27] = (uint8_t)cut;
		msg[31] = (uint8_t)(cut - IKE_HEADER_LEN);
		good &= opened(k, msg, cut, out) < 0;
	}
	ok(good, "%s: cut anywhere", s->name);
}

static void directions(const struct ikev2_keys *k, const struct suite *s)
{
	struct ike_header h = header;
	struct ikev2_keys other = *k;
	uint8_t msg[ROOM], out[ROOM];
	size_t n;

	h.flags = IKEV2_FLAG_RESPONSE;
	n = ikev2_seal(k, &h, IKEV2_NOTIFY, 0, 0, iv, chain, 5, msg,
		       sizeof(msg));
	ok(opened(k, msg, n, out) == 5, "%s: the responder's", s->name);
	other.i = k->r;
	other.r = k->i;
	ok(opened(&other, msg, n, out) < 0,
	   "%s: not with the other direction's keys", s->name);
	n = seal(k, chain, 5, msg, sizeof(msg));
	memset(&other.r, 0, sizeof(other.r));
	ok(opened(&other, msg, n, out) < 0, "%s: nor the initiator's", s->name);
}

static void fragments(const struct ikev2_keys *k, const struct suite *s)
{
	uint8_t msg[ROOM], out[ROOM];
	struct ike_message m;
	size_t n, bit;
	bool good = true;

	n = ikev2_seal(k, &header, IKEV2_IDI, 1, 3, iv, chain, 50, msg,
		       sizeof(msg));
	ok(!ike_message_parse(&m, msg, n) && m.payload[0].type == IKEV2_SKF &&
		   m.payload[0].next == IKEV2_IDI &&
		   !memcmp(m.payload[0].data, "\0\1\0\3", 4) &&
		   opened(k, msg, n, out) == 50 && !memcmp(out, chain, 50),
	   "%s: fragment 1 of 3 says what the chain starts with", s->name);
	for (bit = 0; bit < 40 * 8; bit++) {
		msg[bit / 8] ^= 1 << bit % 8;
		good &= opened(k, msg, n, out) < 0;
		msg[bit / 8] ^= 1 << bit % 8;
	}
	ok(good, "%s: every bit before a fragment's IV matters", s->name);
	n = ikev2_seal(k, &header, IKEV2_IDI, 513, 65535, iv, chain, 50, msg,
		       sizeof(msg));
	ok(!ike_message_parse(&m, msg, n) && !m.payload[0].next &&
		   !memcmp(m.payload[0].data, "\2\1\377\377", 4) &&
		   opened(k, msg, n, out) == 50 &&
		   n <= 50 + ikev2_seal_overhead(k),
	   "%s: fragment 513 does not", s->name);
}

/*
 * A peer may pad with anything, of any length; the pad length is protected and
 * yet has to be believed only when it fits.
 */
static size_t pad(const struct ikev2_keys *k, size_t body, uint8_t last,
		  uint8_t *msg)
{
	const struct ike_direction_keys *d = &k->i;
	size_t ivs = ikev2_iv_len(k), icv = ike_integ_icv_len(k->integ);
	size_t n = 32 + ivs + body + icv;
	struct iovec iov = { msg, n - icv };

	memset(msg, 0, n);
	seal(k, chain, 0, msg, ROOM);
	msg[26] = (uint8_t)(n >> 8);
	msg[27] = (uint8_t)n;
	msg[30] = (uint8_t)((n - 28) >> 8);
	msg[31] = (uint8_t)(n - 28);
	memset(msg + 32 + ivs, 0xaa, body);
	msg[32 + ivs + body - 1] = last;
	ike_encrypt(k->encr, d->e, k->e_len, msg + 32, msg + 32 + ivs, body);
	ike_integ(k->integ, d->a, &iov, 1, msg + n - icv);
	return n;
}

static void padding(void)
{
	uint8_t msg[ROOM], out[ROOM];
	struct ikev2_keys k;

	set_keys(&k, &suites[0]);
	ok(opened(&k, msg, pad(&k, 32, 31, msg), out) == 0,
	   "padding: all of the body");
	ok(opened(&k, msg, pad(&k, 32, 32, msg), out) < 0,
	   "padding: more than that");
	ok(opened(&k, msg, pad(&k, 32, 255, msg), out) < 0,
	   "padding: far more");
	ok(opened(&k, msg, pad(&k, 16, 15, msg), out) == 0,
	   "padding: an empty chain");
	ok(opened(&k, msg, pad(&k, 512, 255, msg), out) == 256,
	   "padding: 255, more than needed");
	ok(opened(&k, msg, pad(&k, 512, 0, msg), out) == 511 &&
		   out[0] == 0xaa && out[510] == 0xaa,
	   "padding: none");
}

/* RFC 7634 appendix B; its message is the responder's. */
static void rfc7634(void)
{
	struct ikev2_keys k = { .encr = IKE_ENCR_CHACHA20_POLY1305,
				.e_len = 36 };
	struct ike_header h = { .version = IKE_V2,
				.exchange = IKEV2_INFORMATIONAL,
				.id = 9 };
	struct ike_blob want = vector_hex(
		"c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e2025000000000900000045"
		"290000291011121314151617610394701f8d017f7c129248896b71bf"
		"e25236efd7cdc67066906315b2");
	struct ike_blob plain = vector_hex("0000000c000040010000000a");
	struct ike_blob rfc_iv = vector_hex("1011121314151617");
	uint8_t msg[ROOM], out[ROOM];
	size_t n;

	for (n = 0; n < 36; n++)
		k.r.e[n] = (uint8_t)(0x80 + n);
	memcpy(h.spi_i, want.data, 8);
	memcpy(h.spi_r, want.data + 8, 8);
	n = ikev2_seal(&k, &h, IKEV2_NOTIFY, 0, 0, rfc_iv.data, plain.data,
		       plain.len, msg, sizeof(msg));
	ok(n == want.len && !memcmp(msg, want.data, n), "RFC 7634: seal");
	ok(opened(&k, want.data, want.len, out) == (int)plain.len &&
		   !memcmp(out, plain.data, plain.len),
	   "RFC 7634: open");
}

static void no_keys(void)
{
	struct ikev2_keys k = { 0 };
	uint8_t msg[ROOM], out[ROOM];
	size_t n;

	ok(!seal(&k, chain, 5, msg, sizeof(msg)) && !ikev2_iv_len(&k) &&
		   !ikev2_seal_overhead(&k),
	   "no keys: nothing is sealed");
	set_keys(&k, &suites[0]);
	n = seal(&k, chain, 5, msg, sizeof(msg));
	memset(&k, 0, sizeof(k));
	ok(opened(&k, msg, n, out) < 0, "no keys: nothing is opened");
	set_keys(&k, &suites[0]);
	ok(!seal(&k, NULL, 0, msg, 0), "no room at all");
}

static void version1(void)
{
	const struct ike_blob some = { chain, 32 }, none = { NULL, 0 };
	struct ike_proposal p = { 0 };
	uint8_t body[96], out_iv[16] = { 1 }, in_iv[16] = { 1 };
	struct ikev1_keys k;

	ike_proposal_add(&p, IKE_TRANSFORM_ENCR, IKE_ENCR_AES_CBC, 256);
	ike_proposal_add(&p, IKE_TRANSFORM_PRF, IKE_PRF_HMAC_SHA1, 0);
	ok(!ikev1_keys_derive(&k, &p, none, some, some, some, header.spi_i,
			      header.spi_r),
	   "v1: keys");
	memcpy(body, chain, sizeof(body));
	ok(!ikev1_encrypt(&k, out_iv, body, 96) && memcmp(body, chain, 96) &&
		   !memcmp(out_iv, body + 80, 16),
	   "v1: encrypt; the IV is the last block");
	ok(!ikev1_decrypt(&k, in_iv, body, 96) && !memcmp(body, chain, 96) &&
		   !memcmp(in_iv, out_iv, 16),
	   "v1: decrypt; the same IV follows");
	ok(!ikev1_encrypt(&k, out_iv, body, 16) &&
		   !ikev1_decrypt(&k, in_iv, body, 16) &&
		   !memcmp(body, chain, 16),
	   "v1: the next message");
	ok(ikev1_encrypt(&k, out_iv, body, 17) == -EBADMSG &&
		   ikev1_decrypt(&k, in_iv, body, 95) == -EBADMSG &&
		   ikev1_decrypt(&k, in_iv, body, 0) == -EBADMSG &&
		   !memcmp(in_iv, out_iv, 16),
	   "v1: lengths refused, with the IV left as it is");
}

int main(void)
{
	struct ikev2_keys k;
	size_t i;

	ok(!ike_crypto_init(), "init");
	for (i = 0; i < SUITES; i++) {
		set_keys(&k, &suites[i]);
		all_lengths(&k, &suites[i]);
		layout(&k, &suites[i]);
		every_bit(&k, &suites[i]);
		every_cut(&k, &suites[i]);
		directions(&k, &suites[i]);
		fragments(&k, &suites[i]);
	}
	padding();
	rfc7634();
	no_keys();
	version1();
	vector_free();
	return tap_done();
}
