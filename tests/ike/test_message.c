// SPDX-License-Identifier: GPL-2.0-or-later
/* The header and the chain of payloads: verification I-01 to I-06. */
#include <errno.h>
#include <stdlib.h>

#include "capture.h"
#include "message.h"
#include "payload.h"
#include "rnd.h"
#include "tap.h"

/* An exact copy on the heap, for the sanitizer to see each byte beyond. */
static int parse(struct ike_message *m, const uint8_t *data, size_t len)
{
	uint8_t *p = malloc(len ? len : 1);
	int rc;

	memcpy(p, data, len);
	rc = ike_message_parse(m, p, len);
	free(p);
	return rc;
}

static void set_len(uint8_t *message, size_t len)
{
	message[24] = 0;
	message[25] = 0;
	message[26] = (uint8_t)(len >> 8);
	message[27] = (uint8_t)len;
}

static const struct ike_header v2 = { .version = IKE_V2,
				      .exchange = IKEV2_SA_INIT,
				      .flags = IKEV2_FLAG_INITIATOR };
static const struct ike_header v1 = { .version = IKE_V1,
				      .exchange = IKEV1_MAIN_MODE };

static size_t sample(uint8_t *buf, size_t size, const struct ike_header *h)
{
	struct ike_builder b;

	ike_build(&b, buf, size, h);
	ike_bytes_write(&b, 40, "nonce of the peer", 17);
	ike_bytes_write(&b, 43, "", 0);
	ike_bytes_write(&b, 43, "vendor", 6);
	return ike_build_finish(&b);
}

static void test_header(void)
{
	static const struct {
		const char *what;
		uint32_t says;
		size_t has;
		int want;
	} t[] = {
		{ "nothing", 0, 0, -EMSGSIZE },
		{ "27 bytes", 27, 27, -EMSGSIZE },
		{ "a header alone", 28, 28, 0 },
		{ "length 0", 0, 28, -EMSGSIZE },
		{ "length 27", 27, 28, -EMSGSIZE },
		{ "one byte more than it says", 28, 29, -EMSGSIZE },
		{ "one byte less than it says", 29, 28, -EMSGSIZE },
		{ "length 0xffffffff", 0xffffffff, 28, -EMSGSIZE },
	};
	uint8_t buf[64] = { [17] = IKE_V2 };
	struct ike_message m;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		buf[24] = (uint8_t)(t[i].says >> 24);
		buf[25] = (uint8_t)(t[i].says >> 16);
		buf[26] = (uint8_t)(t[i].says >> 8);
		buf[27] = (uint8_t)t[i].says;
		ok(parse(&m, buf, t[i].has) == t[i].want, "header: %s",
		   t[i].what);
	}
}

static void test_truncation(void)
{
	uint8_t buf[256];
	struct ike_message m;
	size_t len = sample(buf, sizeof(buf), &v2), i;
	unsigned int bad = 0, size = 0;

	ok(!parse(&m, buf, len) && m.payloads == 3 && m.payload[1].len == 0 &&
		   m.payload[2].len == 6,
	   "a chain of three payloads");
	for (i = 0; i < len; i++)
		size += parse(&m, buf, i) == -EMSGSIZE;
	ok(size == len, "cut at each of %zu bytes: refused by its length", len);
	for (i = IKE_HEADER_LEN; i < len; i++) {
		set_len(buf, i);
		bad += parse(&m, buf, i) == -EBADMSG;
	}
	ok(bad == len - IKE_HEADER_LEN,
	   "the same with a length that agrees: refused by the chain");
}

static void test_payload_length(void)
{
	static const struct {
		uint16_t len;
		int want;
	} t[] = {
		{ 0, -EBADMSG },  { 1, -EBADMSG },	{ 2, -EBADMSG },
		{ 3, -EBADMSG },  { 4, -EBADMSG },	{ 20, -EBADMSG },
		{ 21, 0 },	  { 22, -EBADMSG },	{ 37, -EBADMSG },
		{ 36, -EBADMSG }, { 0x8000, -EBADMSG }, { 0xffff, -EBADMSG },
	};
	uint8_t buf[256];
	struct ike_message m;
	size_t len = sample(buf, sizeof(buf), &v2);
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		buf[IKE_HEADER_LEN + 2] = (uint8_t)(t[i].len >> 8);
		buf[IKE_HEADER_LEN + 3] = (uint8_t)t[i].len;
		ok(parse(&m, buf, len) == t[i].want,
		   "a first payload of %u bytes where 21 are", t[i].len);
	}
}

static size_t many(uint8_t *buf, size_t size, unsigned int n)
{
	struct ike_builder b;

	ike_build(&b, buf, size, &v2);
	while (n--)
		ike_bytes_write(&b, 200, NULL, 0);
	return ike_build_finish(&b);
}

static void test_count(void)
{
	static uint8_t buf[IKE_MESSAGE_MAX];
	struct ike_message m;
	size_t len, rest;
	int i;

	for (i = -1; i <= 1; i++) {
		len = many(buf, sizeof(buf),
			   (unsigned int)(IKE_PAYLOADS_MAX + i));
		ok(parse(&m, buf, len) == (i > 0 ? -E2BIG : 0),
		   "%d payloads of at most %d", IKE_PAYLOADS_MAX + i,
		   IKE_PAYLOADS_MAX);
	}
	len = many(buf, sizeof(buf), 16000);
	ok(parse(&m, buf, len) == -E2BIG && m.payloads == IKE_PAYLOADS_MAX,
	   "16000 payloads: no more than the limit is looked at");

	/* The decrypted ones count with those before them. */
	len = many(buf, sizeof(buf), IKE_PAYLOADS_MAX / 2);
	ok(!ike_message_parse(&m, buf, len), "half of them");
	ok(!ike_chain_parse(&m, 200, buf + IKE_HEADER_LEN, len - IKE_HEADER_LEN,
			    &rest) &&
		   m.payloads == IKE_PAYLOADS_MAX,
	   "and half decrypted");
	ok(ike_chain_parse(&m, 200, buf + IKE_HEADER_LEN, 4, &rest) == -E2BIG,
	   "and one more");
}

static void test_encrypted(void)
{
	uint8_t buf[256], inner[64];
	struct ike_builder b;
	struct ike_message m;
	const struct ike_payload *sk;
	struct ipsec_writer *w;
	size_t len, rest;

	ike_build(&b, buf, sizeof(buf), &v2);
	ike_bytes_write(&b, IKEV2_NOTIFY, "\0\0\0\1", 4);
	ike_bytes_write(&b, IKEV2_SK, "\xff\xff\xff\xff", 4);
	len = ike_build_finish(&b);
	buf[IKE_HEADER_LEN + 8] = IKEV2_IDI;
	ok(!parse(&m, buf, len) && m.payloads == 2, "the chain ends at SK");
	sk = ike_payload_get(&m, IKEV2_SK);
	ok(sk && sk->next == IKEV2_IDI && sk->len == 4,
	   "SK says what is inside of it");
	buf[IKE_HEADER_LEN + 11]--;
	ok(parse(&m, buf, len) == -EBADMSG, "SK is not behind the last byte");
	buf[IKE_HEADER_LEN + 11]++;

	buf[IKE_HEADER_LEN] = IKEV2_SKF;
	ok(!parse(&m, buf, len) && m.payload[1].type == IKEV2_SKF,
	   "the chain ends at SKF");
	buf[17] = IKE_V1;
	ok(parse(&m, buf, len) == -EBADMSG,
	   "in version 1 number 53 is any payload");

	/* Something encrypted has nothing encrypted in it. */
	ike_build_chain(&b, inner, sizeof(inner));
	w = ike_build_payload(&b, IKEV2_SK);
	ipsec_write_u32(w, 0);
	len = ike_build_finish(&b);
	m.hdr = v2;
	m.payloads = 0;
	ok(ike_build_first(&b) == IKEV2_SK && len == 8 &&
		   ike_chain_parse(&m, IKEV2_SK, inner, len, &rest) == -EBADMSG,
	   "SK in SK");
	ok(ike_chain_parse(&m, IKE_NONE, inner, 0, &rest) == 0 && !rest,
	   "nothing in SK");
	ok(ike_chain_parse(&m, IKE_NONE, inner, 1, &rest) == -EBADMSG,
	   "a byte behind the inner chain");
}

static void test_critical(void)
{
	uint8_t buf[256];
	struct ike_message m;
	size_t len = sample(buf, sizeof(buf), &v2);

	buf[IKE_HEADER_LEN + 1] = 0x7f;
	ok(!parse(&m, buf, len) && !m.payload[0].critical,
	   "reserved bits say nothing");
	buf[IKE_HEADER_LEN + 1] = 0x80;
	ok(!parse(&m, buf, len) && m.payload[0].critical &&
		   !m.payload[1].critical,
	   "the critical bit");
	buf[17] = IKE_V1;
	ok(!parse(&m, buf, len) && !m.payload[0].critical,
	   "version 1 has none");
}

static void test_version1(void)
{
	uint8_t buf[256] = { 0 };
	struct ike_message m;
	size_t len = sample(buf, sizeof(buf), &v1), i, rest;

	for (i = 0; i <= 4; i++) {
		set_len(buf, len + i);
		ok(parse(&m, buf, len + i) == (i < 4 ? 0 : -EBADMSG),
		   "version 1: %zu bytes of padding", i);
	}
	buf[19] = IKEV1_FLAG_ENCRYPTED;
	set_len(buf, len);
	ok(!parse(&m, buf, len) && !m.payloads,
	   "version 1: no chain in an encrypted message");
	ok(!ike_chain_parse(&m, 40, buf + IKE_HEADER_LEN,
			    sizeof(buf) - IKE_HEADER_LEN, &rest) &&
		   m.payloads == 3 && rest == sizeof(buf) - len,
	   "version 1: a decrypted chain and its padding");
}

static void test_builder(void)
{
	uint8_t buf[256], big[70000] = { 0 };
	struct ike_builder b;
	size_t len = sample(buf, sizeof(buf), &v2), i, fits = 0;

	for (i = 0; i < len; i++)
		fits += sample(buf, i, &v2) != 0;
	ok(!fits && sample(buf, len, &v2) == len,
	   "a message that does not fit is none");
	ike_build_chain(&b, big, sizeof(big));
	ipsec_write_room(ike_build_payload(&b, 40), 65531);
	ok(ike_build_finish(&b) == 65535 && ike_build_first(&b) == 40,
	   "the longest payload");
	ike_build_chain(&b, big, sizeof(big));
	ipsec_write_room(ike_build_payload(&b, 40), 65532);
	ok(!ike_build_finish(&b), "a payload that is longer");
	ike_build_chain(&b, big, sizeof(big));
	ok(!ike_build_finish(&b) && !ike_build_first(&b), "an empty chain");
}

/* Random chains are read as they were written. */
static void test_random(void)
{
	static uint8_t buf[IKE_MESSAGE_MAX], data[600];
	unsigned int round, good = 0;

	for (round = 0; round < 2000; round++) {
		bool one = rnd(2);
		struct ike_header h = { .version = one ? IKE_V1 : IKE_V2,
					.exchange = (uint8_t)rnd(256),
					.flags = (uint8_t)rnd(256),
					.id = rnd(UINT32_MAX) };
		unsigned int n = rnd(IKE_PAYLOADS_MAX + 1), i;
		uint16_t len[IKE_PAYLOADS_MAX];
		uint8_t type[IKE_PAYLOADS_MAX];
		struct ike_builder b;
		struct ike_message m;
		size_t size;
		bool same;

		if (one)
			h.flags &= (uint8_t)~IKEV1_FLAG_ENCRYPTED;
		rnd_bytes(data, sizeof(data));
		ike_build(&b, buf, sizeof(buf), &h);
		for (i = 0; i < n; i++) {
			do {
				type[i] = (uint8_t)(1 + rnd(255));
			} while (type[i] == IKEV2_SK || type[i] == IKEV2_SKF);
			len[i] = (uint16_t)rnd(sizeof(data));
			ike_bytes_write(&b, type[i], data, len[i]);
		}
		size = ike_build_finish(&b);
		same = !parse(&m, buf, size) && m.payloads == n &&
		       m.hdr.id == h.id && m.hdr.flags == h.flags &&
		       m.hdr.exchange == h.exchange && m.hdr.len == size;
		same = same && !ike_message_parse(&m, buf, size);
		for (i = 0; same && i < n; i++)
			same = m.payload[i].type == type[i] &&
			       m.payload[i].len == len[i] &&
			       !memcmp(m.payload[i].data, data, len[i]);
		good += same;
	}
	ok(good == round, "%u random chains are read as written", round);
}

/* Any bytes behind any header. */
static void test_noise(void)
{
	uint8_t buf[512];
	struct ike_message m;
	unsigned int round, whole = 0;

	for (round = 0; round < 20000; round++) {
		size_t len = IKE_HEADER_LEN + rnd(sizeof(buf) - IKE_HEADER_LEN);

		rnd_bytes(buf, len);
		buf[17] = rnd(2) ? IKE_V1 : IKE_V2;
		set_len(buf, len);
		whole += !parse(&m, buf, len);
	}
	ok(1, "%u messages of noise, %u of them whole", round, whole);
}

static unsigned int chains;

static void whole(void *ctx, const char *file, unsigned int packet,
		  const uint8_t *message, size_t len)
{
	unsigned int *bad = ctx;
	struct ike_message m;
	int rc = parse(&m, message, len);

	if (rc)
		printf("# %s packet %u: %d\n", file, packet, rc);
	*bad += rc != 0;
	chains += m.payloads;
}

static void test_captures(void)
{
	unsigned int bad = 0, n;

	n = capture_folder("wireshark-ike", whole, &bad);
	ok(n && !bad && chains, "%u messages of good captures, %u payloads", n,
	   chains);
	bad = 0;
	n = capture_folder("libreswan-badike", whole, &bad);
	ok(n >= 22, "%u bad messages, %u of them refused here", n, bad);
}

int main(void)
{
	rnd_seed();
	test_header();
	test_truncation();
	test_payload_length();
	test_count();
	test_encrypted();
	test_critical();
	test_version1();
	test_builder();
	test_random();
	test_noise();
	test_captures();
	return tap_done();
}
