// SPDX-License-Identifier: GPL-2.0-or-later
/* SA payloads of both versions: verification I-14. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "capture.h"
#include "proposal.h"
#include "rnd.h"
#include "tap.h"

enum reader {
	V2,
	MAIN,
	QUICK,
};

static int read_body(enum reader reader, const void *data, size_t len,
		     struct ike_proposals *list)
{
	uint8_t *body = malloc(len ? len : 1);
	struct ike_payload p = { .data = body, .len = len };
	int rc;

	memcpy(body, data, len);
	rc = reader == V2 ? ikev2_sa_read(&p, list) :
			    ikev1_sa_read(&p, reader == MAIN, list);
	free(body);
	return rc;
}

static int try(enum reader reader, const void *data, size_t len)
{
	struct ike_proposals list;
	int rc = read_body(reader, data, len, &list);

	ike_proposals_free(&list);
	return rc;
}

#define B(text) text, sizeof(text) - 1
/* ENCR AES-CBC 128 and INTEG HMAC-SHA1-96 */
#define ENCR "\3\0\0\x0c\1\0\0\x0c\x80\x0e\0\x80"
#define INTEG "\0\0\0\x08\3\0\0\2"
#define SIT "\0\0\0\1\0\0\0\1"
/* Oakley: 3DES, SHA, PSK, group 2 */
#define OAKLEY "\x80\1\0\5\x80\2\0\2\x80\3\0\1\x80\4\0\2"

static void test_table(void)
{
	static const struct {
		const char *what;
		enum reader reader;
		const char *body;
		size_t len;
		int want;
		const char *text; /* of the first proposal */
	} t[] = {
		{ "no proposals", V2, B(""), 0, NULL },
		{ "one proposal", V2, B("\0\0\0\x20\1\3\4\2spi!" ENCR INTEG), 0,
		  "AES-CBC-128/HMAC-SHA1-96" },
		{ "no transforms", V2, B("\0\0\0\x0c\1\3\4\0spi!"), 0, "" },
		{ "more proposals than there are", V2,
		  B("\2\0\0\x20\1\3\4\2spi!" ENCR INTEG), -EBADMSG, NULL },
		{ "an unknown kind of structure", V2,
		  B("\1\0\0\x20\1\3\4\2spi!" ENCR INTEG), -EBADMSG, NULL },
		{ "a proposal of 4 bytes", V2, B("\0\0\0\4"), -EBADMSG, NULL },
		{ "a proposal of 0 bytes", V2, B("\2\0\0\0\2\0\0\0"), -EBADMSG,
		  NULL },
		{ "fewer transforms than there are", V2,
		  B("\0\0\0\x20\1\3\4\1spi!" ENCR INTEG), -EBADMSG, NULL },
		{ "more transforms than there are", V2,
		  B("\0\0\0\x20\1\3\4\3spi!" ENCR INTEG), -EBADMSG, NULL },
		{ "255 transforms", V2,
		  B("\0\0\0\x20\1\3\4\xffspi!" ENCR INTEG), -EBADMSG, NULL },
		{ "a transform of 0 bytes", V2,
		  B("\0\0\0\x14\1\3\4\1spi!\0\0\0\0\1\0\0\2"), -EBADMSG, NULL },
		{ "a transform of 7 bytes", V2,
		  B("\0\0\0\x13\1\3\4\1spi!\0\0\0\7\1\0\0"), -EBADMSG, NULL },
		{ "a transform beyond its proposal", V2,
		  B("\0\0\0\x14\1\3\4\1spi!\0\0\0\x0c\1\0\0\2"), -EBADMSG,
		  NULL },
		{ "an SPI of 0 bytes", V2, B("\0\0\0\x1c\1\3\0\2" ENCR INTEG),
		  0, "AES-CBC-128/HMAC-SHA1-96" },
		{ "an SPI beyond its proposal", V2,
		  B("\0\0\0\x1c\1\3\xff\2" ENCR INTEG), -EBADMSG, NULL },
		{ "an attribute of an unknown type", V2,
		  B("\0\0\0\x18\1\3\4\1spi!\0\0\0\x0c\1\0\0\3\x80\x0d\0\1"), 0,
		  "ENCR(65535)" },
		{ "a key length as TLV", V2,
		  B("\0\0\0\x1a\1\3\4\1spi!\0\0\0\x0e\1\0\0\x0c\0\x0e\0\2\0\x80"),
		  0, "ENCR(65535)" },
		{ "a TLV beyond its transform", V2,
		  B("\0\0\0\x1a\1\3\4\1spi!\0\0\0\x0e\1\0\0\x0c\0\x0e\0\3\0\x80"),
		  -EBADMSG, NULL },
		{ "half an attribute", V2,
		  B("\0\0\0\x16\1\3\4\1spi!\0\0\0\x0a\1\0\0\x0c\x80\x0e"),
		  -EBADMSG, NULL },
		{ "a key length of 0", V2,
		  B("\0\0\0\x18\1\3\4\1spi!\0\0\0\x0c\1\0\0\x0c\x80\x0e\0\0"),
		  0, "ENCR(65535)" },
		{ "two key lengths", V2,
		  B("\0\0\0\x1c\1\3\4\1spi!\0\0\0\x10\1\0\0\x0c"
		    "\x80\x0e\0\x80\x80\x0e\1\0"),
		  0, "ENCR(65535)-128" },
		{ "numbers 1 and 3", V2,
		  B("\2\0\0\x0c\1\3\4\0spi!\0\0\0\x0c\3\3\4\0spi!"), -EBADMSG,
		  NULL },
		{ "numbers 1 and 1", V2,
		  B("\2\0\0\x0c\1\3\4\0spi!\0\0\0\x0c\1\3\4\0spi!"), -EBADMSG,
		  NULL },
		{ "numbers 1 and 2", V2,
		  B("\2\0\0\x0c\1\3\4\0spi!\0\0\0\x0c\2\3\4\0spi!"), 0, "" },
		{ "bytes behind", V2, B("\0\0\0\x0c\1\3\4\0spi!x"), -EBADMSG,
		  NULL },

		{ "main mode", MAIN,
		  B(SIT "\0\0\0\x20\1\1\0\1\0\0\0\x18\1\1\0\0" OAKLEY), 0,
		  "3DES/PRF-HMAC-SHA1/HMAC-SHA1-96/MODP-1024" },
		{ "main mode, an SPI of 16 bytes", MAIN,
		  B(SIT "\0\0\0\x30\1\1\x10\1"
			"iiiiiiiirrrrrrrr\0\0\0\x18\1\1\0\0" OAKLEY),
		  0, "3DES/PRF-HMAC-SHA1/HMAC-SHA1-96/MODP-1024" },
		{ "main mode, other DOI", MAIN,
		  B("\0\0\0\2\0\0\0\1"
		    "\0\0\0\x20\1\1\0\1\0\0\0\x18\1\1\0\0" OAKLEY),
		  -EBADMSG, NULL },
		{ "main mode, secrecy", MAIN,
		  B("\0\0\0\1\0\0\0\2"
		    "\0\0\0\x20\1\1\0\1\0\0\0\x18\1\1\0\0" OAKLEY),
		  -EBADMSG, NULL },
		{ "main mode, Windows' lifetime of 4 bytes", MAIN,
		  B(SIT "\0\0\0\x2c\1\1\0\1\0\0\0\x24\1\1\0\0" OAKLEY
			"\x80\x0b\0\1\0\x0c\0\4\0\0\x70\x80"),
		  0, "3DES/PRF-HMAC-SHA1/HMAC-SHA1-96/MODP-1024" },
		{ "main mode, an unknown attribute", MAIN,
		  B(SIT "\0\0\0\x26\1\1\0\1\0\0\0\x1e\1\1\0\0" OAKLEY
			"\x40\0\0\2xy"),
		  0, "3DES/PRF-HMAC-SHA1/HMAC-SHA1-96/MODP-1024" },
		{ "main mode, another PRF", MAIN,
		  B(SIT "\0\0\0\x24\1\1\0\1\0\0\0\x1c\1\1\0\0" OAKLEY
			"\x80\x0d\0\1"),
		  0, "3DES/ENCR(65535)/PRF-HMAC-SHA1/HMAC-SHA1-96/MODP-1024" },
		{ "main mode, a cipher twice", MAIN,
		  B(SIT "\0\0\0\x24\1\1\0\1\0\0\0\x1c\1\1\0\0" OAKLEY
			"\x80\1\0\1"),
		  0, "DES/ENCR(65535)/PRF-HMAC-SHA1/HMAC-SHA1-96/MODP-1024" },
		{ "main mode, the same twice", MAIN,
		  B(SIT "\0\0\0\x24\1\1\0\1\0\0\0\x1c\1\1\0\0" OAKLEY
			"\x80\1\0\5"),
		  0, "3DES/PRF-HMAC-SHA1/HMAC-SHA1-96/MODP-1024" },
		{ "main mode, a cipher as TLV", MAIN,
		  B(SIT "\0\0\0\x26\1\1\0\1\0\0\0\x1e\1\1\0\0" OAKLEY
			"\0\1\0\2\0\5"),
		  0, "3DES/ENCR(65535)/PRF-HMAC-SHA1/HMAC-SHA1-96/MODP-1024" },
		{ "main mode, a lifetime of no type", MAIN,
		  B(SIT "\0\0\0\x24\1\1\0\1\0\0\0\x1c\1\1\0\0" OAKLEY
			"\x80\x0c\0\1"),
		  0, "3DES/ENCR(65535)/PRF-HMAC-SHA1/HMAC-SHA1-96/MODP-1024" },
		{ "main mode, group 0", MAIN,
		  B(SIT "\0\0\0\x14\1\1\0\1\0\0\0\x0c\1\1\0\0\x80\4\0\0"), 0,
		  "ENCR(65535)/PRF(65535)/INTEG(65535)/KE(65535)" },
		{ "main mode, an unknown transform", MAIN,
		  B(SIT "\0\0\0\x20\1\1\0\1\0\0\0\x18\1\2\0\0" OAKLEY), 0,
		  "3DES/ENCR(65535)/PRF-HMAC-SHA1/HMAC-SHA1-96/MODP-1024" },
		{ "main mode, no transforms", MAIN, B(SIT "\0\0\0\x08\1\1\0\0"),
		  -EBADMSG, NULL },
		{ "main mode, a transform too few", MAIN,
		  B(SIT "\0\0\0\x20\1\1\0\2\0\0\0\x18\1\1\0\0" OAKLEY),
		  -EBADMSG, NULL },
		{ "main mode, a wrong next payload", MAIN,
		  B(SIT "\1\0\0\x20\1\1\0\1\0\0\0\x18\1\1\0\0" OAKLEY),
		  -EBADMSG, NULL },
		{ "main mode, a transform of 4 bytes", MAIN,
		  B(SIT "\0\0\0\x0c\1\1\0\1\0\0\0\4"), -EBADMSG, NULL },
		{ "main mode, half an attribute", MAIN,
		  B(SIT "\0\0\0\x12\1\1\0\1\0\0\0\x0a\1\1\0\0\x80\1"), -EBADMSG,
		  NULL },
		{ "main mode, a TLV beyond the end", MAIN,
		  B(SIT "\0\0\0\x14\1\1\0\1\0\0\0\x0c\1\1\0\0\0\x0c\xff\xff"),
		  -EBADMSG, NULL },

		{ "quick mode, ESP", QUICK,
		  B(SIT "\0\0\0\x24\1\3\4\1spi!\0\0\0\x18\1\x0c\0\0"
			"\x80\4\0\2\x80\5\0\2\x80\6\0\x80\x80\3\0\x0e"),
		  0, "AES-CBC-128/HMAC-SHA1-96/MODP-2048" },
		{ "quick mode, ESP with ESN", QUICK,
		  B(SIT "\0\0\0\x24\1\3\4\1spi!\0\0\0\x18\1\x14\0\0"
			"\x80\4\0\2\x80\6\0\x80\x80\x0b\0\1\x80\3\0\x0e"),
		  0, "AES-GCM-16-128/MODP-2048/ESN" },
		{ "quick mode, AH", QUICK,
		  B(SIT "\0\0\0\x18\1\2\4\1spi!\0\0\0\x0c\1\3\0\0\x80\5\0\2"),
		  0, "HMAC-SHA1-96" },
		{ "quick mode, AH of two minds", QUICK,
		  B(SIT "\0\0\0\x18\1\2\4\1spi!\0\0\0\x0c\1\3\0\0\x80\5\0\1"),
		  0, "ENCR(65535)/HMAC-MD5-96" },
		{ "quick mode, AH without its attribute", QUICK,
		  B(SIT "\0\0\0\x14\1\2\4\1spi!\0\0\0\x08\1\3\0\0"), 0,
		  "ENCR(65535)" },
		{ "quick mode, key length 0", QUICK,
		  B(SIT "\0\0\0\x18\1\3\4\1spi!\0\0\0\x0c\1\x0c\0\0\x80\6\0\0"),
		  0, "AES-CBC/ENCR(65535)" },
		{ "quick mode, numbers that go down", QUICK,
		  B(SIT "\2\0\0\x14\2\3\4\1spi!\0\0\0\x08\1\3\0\0"
			"\0\0\0\x14\1\3\4\1spi!\0\0\0\x08\1\3\0\0"),
		  -EBADMSG, NULL },
	};
	char text[IKE_PROPOSAL_STRLEN];
	unsigned int i, cut;
	size_t n;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct ike_proposals list;
		int rc = read_body(t[i].reader, t[i].body, t[i].len, &list);

		ok(rc == t[i].want && (!rc || !list.count), "%s", t[i].what);
		if (!rc && t[i].text && list.count)
			is(ike_proposal_text(&list.p[0], text, sizeof(text)),
			   t[i].text, "%s: what it says", t[i].what);
		ike_proposals_free(&list);
		for (n = 1, cut = 1; n < t[i].len; n++)
			cut += try(t[i].reader, t[i].body, n) == -EBADMSG;
		if (!t[i].want && t[i].text && t[i].reader != V2)
			/* A body that ends behind the situation is empty. */
			ok(cut == t[i].len - 1, "%s: cut anywhere", t[i].what);
	}
}

static void test_spi(void)
{
	static const struct {
		uint8_t proto;
		uint8_t len;
		bool good;
	} t[] = {
		{ 1, 0, true },	   { 1, 1, false }, { 1, 4, false },
		{ 1, 7, false },   { 1, 8, true },  { 1, 16, false },
		{ 1, 255, false }, { 3, 0, false }, { 3, 3, false },
		{ 3, 4, true },	   { 3, 8, false }, { 3, 255, false },
		{ 2, 4, true },	   { 2, 5, false }, { 4, 2, false },
	};
	uint8_t body[300];
	struct ike_proposals list;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		size_t len = 8U + t[i].len;

		memset(body, 0, sizeof(body));
		body[2] = (uint8_t)(len >> 8);
		body[3] = (uint8_t)len;
		body[4] = 1;
		body[5] = t[i].proto;
		body[6] = t[i].len;
		ok(!read_body(V2, body, len, &list) && list.count == 1 &&
			   list.p->proto == (t[i].good ? t[i].proto : 0) &&
			   list.p->spi_len == (t[i].good ? t[i].len : 0),
		   "protocol %u, an SPI of %u bytes", t[i].proto, t[i].len);
		ike_proposals_free(&list);
	}
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static uint8_t buf[IKE_MESSAGE_MAX];

/* As much as fits of proposals with as many transforms as fit. */
static size_t huge(unsigned int proposals, unsigned int transforms)
{
	struct ipsec_writer w;
	unsigned int i, j;

	ipsec_writer_init(&w, buf, 65500);
	for (i = 0; i < proposals; i++) {
		ipsec_write_u8(&w, i + 1 < proposals ? 2 : 0);
		ipsec_write_u8(&w, 0);
		ipsec_write_u16(&w, (uint16_t)(8 + 8 * transforms));
		ipsec_write_u8(&w, (uint8_t)(i + 1));
		ipsec_write_u8(&w, 1);
		ipsec_write_u8(&w, 0);
		ipsec_write_u8(&w, (uint8_t)transforms);
		for (j = 0; j < transforms; j++) {
			ipsec_write_u8(&w, j + 1 < transforms ? 3 : 0);
			ipsec_write_u8(&w, 0);
			ipsec_write_u16(&w, 8);
			ipsec_write_u16(&w, 0x0100);
			ipsec_write_u16(&w, (uint16_t)(500 + j));
		}
	}
	return w.failed ? 0 : w.len;
}

static void test_many(void)
{
	struct ike_proposals theirs, ours = { 0 };
	struct ike_proposal p, chosen;
	struct ipsec_err err;
	size_t len = huge(300, 26);
	double start;
	int rc;

	ok(len && !read_body(V2, buf, len, &theirs) &&
		   theirs.count == IKE_PROPOSALS_MAX,
	   "300 proposals: %d are looked at", IKE_PROPOSALS_MAX);
	ike_proposals_free(&theirs);
	len = huge(31, 255);
	ok(len && !read_body(V2, buf, len, &theirs) && theirs.count == 31 &&
		   theirs.p->transforms == IKE_TRANSFORMS_MAX &&
		   theirs.p->proto == 1,
	   "255 transforms of one type: %d are looked at", IKE_TRANSFORMS_MAX);
	ike_proposals_free(&theirs);
	/* The last one is of a type that would be lost. */
	buf[8 + 8 * 254 + 4] = IKE_TRANSFORM_INTEG;
	ok(!read_body(V2, buf, len, &theirs) && !theirs.p[0].proto &&
		   theirs.p[1].proto == 1,
	   "a type that there is no room for makes it match nothing");
	ike_proposals_free(&theirs);

	ike_proposal_parse(&p, IKE_PROTO_IKE,
			   "aes128-aes192-aes256-sha1-sha256-sha384-sha512-"
			   "x25519-x448-ecp256-ecp384-ecp521-modp2048",
			   false, &err);
	while (ours.count < 16)
		ike_proposals_add(&ours, &p);
	len = huge(96, 80);
	ok(!read_body(V2, buf, len, &theirs), "as many as fit");
	start = seconds();
	rc = ike_proposal_choose(&ours, &theirs, true, &chosen);
	ok(rc == -ENOENT && seconds() - start < 0.5,
	   "no choice among them is made in %.1f ms",
	   (seconds() - start) * 1000);
	ike_proposals_free(&theirs);
	ike_proposals_free(&ours);
}

static struct ike_message m;

/* The payload as the other side reads it. */
static int reread(struct ike_builder *b, enum reader reader,
		  struct ike_proposals *list)
{
	size_t len = ike_build_finish(b), rest;

	m.hdr.version = IKE_V2;
	m.payloads = 0;
	memset(list, 0, sizeof(*list));
	if (!len || ike_chain_parse(&m, ike_build_first(b), buf, len, &rest))
		return -EINVAL;
	return read_body(reader, m.payload->data, m.payload->len, list);
}

static bool same_but_transforms(const struct ike_proposal *a,
				const struct ike_proposal *b)
{
	return a->number == b->number && a->proto == b->proto &&
	       a->spi_len == b->spi_len &&
	       !memcmp(a->spi, b->spi, a->spi_len) &&
	       a->transform_number == b->transform_number &&
	       a->auth == b->auth && a->encap == b->encap &&
	       a->life_seconds == b->life_seconds &&
	       a->life_kbytes == b->life_kbytes;
}

static bool same(const struct ike_proposal *a, const struct ike_proposal *b)
{
	return same_but_transforms(a, b) && a->transforms == b->transforms &&
	       !memcmp(a->transform, b->transform,
		       a->transforms * sizeof(a->transform[0]));
}

/* In any order; none and number 0 of a type are the same. */
static bool same1(const struct ike_proposal *a, const struct ike_proposal *b)
{
	const struct ike_transform none = { 0 }, *x, *y;
	uint8_t type;

	for (type = 1; type < IKE_TRANSFORM_TYPES; type++) {
		x = ike_proposal_get(a, type);
		y = ike_proposal_get(b, type);
		x = x ? x : &none;
		y = y ? y : &none;
		if (x->id != y->id || x->key_bits != y->key_bits)
			return false;
	}
	return same_but_transforms(a, b);
}

static void random_transforms(struct ike_proposal *p)
{
	unsigned int n = rnd(20);
	struct ike_transform t;

	while (n--) {
		memset(&t, 0, sizeof(t));
		t.type = (uint8_t)(1 + rnd(8));
		t.id = (uint16_t)rnd(65535);
		t.key_bits = rnd(2) ? (uint16_t)rnd(65536) : 0;
		p->transform[p->transforms++] = t;
	}
}

static void test_round2(void)
{
	unsigned int round, good = 0, i;

	for (round = 0; round < 1000; round++) {
		struct ike_proposals list = { 0 }, again;
		unsigned int n = 1 + rnd(IKE_PROPOSALS_MAX);
		struct ike_builder b;
		bool is_same;

		for (i = 0; i < n; i++) {
			struct ike_proposal p;

			memset(&p, 0, sizeof(p));
			p.proto = (uint8_t)(1 + rnd(3));
			p.spi_len = p.proto > 1 ? 4 : rnd(2) ? 8 : 0;
			rnd_bytes(p.spi, p.spi_len);
			random_transforms(&p);
			ike_proposals_add(&list, &p);
		}
		ike_build_chain(&b, buf, sizeof(buf));
		ikev2_sa_write(&b, &list);
		is_same = !reread(&b, V2, &again) && again.count == n;
		for (i = 0; is_same && i < n; i++) {
			list.p[i].number = (uint8_t)(i + 1);
			is_same = same(&list.p[i], &again.p[i]);
		}
		good += is_same;
		ike_proposals_free(&list);
		ike_proposals_free(&again);
	}
	ok(good == round, "version 2: %u random lists are read as written",
	   round);
}

static void random_life(struct ike_proposal *p)
{
	p->life_seconds = rnd(2) ? rnd(100000) : 0;
	p->life_kbytes = rnd(2) ? rnd(UINT32_MAX) : 0;
}

/* Combinations of words, as quick and main mode send them. */
static void test_round1(void)
{
	static const struct {
		bool main;
		uint8_t proto;
		const char *text;
		unsigned int count;
	} t[] = {
		{ true, 1, "aes128-aes256-3des-sha1-sha256-modp2048-modp1024",
		  12 },
		{ true, 1, "des-md5-modp768", 1 },
		{ true, 1, "aes192-sha384-sha512-ecp256-x25519", 4 },
		{ true, 1, "aes128-sha1-aesxcbc-modp2048", 1 },
		{ true, 1, "aes128-sha1-sha256-prfsha256-modp2048", 1 },
		{ true, 1, "aes128gcm16-prfsha1-modp2048", 0 },
		{ false, 3, "aes128-aes256-sha1-sha256-aesxcbc", 6 },
		{ false, 3, "aes128gcm16-aes256gcm8-esn-noesn", 4 },
		{ false, 3, "null-3des-sha512-modp2048", 2 },
		{ false, 3, "aes256gmac", 1 },
		{ false, 3, "chacha20poly1305", 0 },
		{ false, 2, "md5-sha1-sha256-sha384-sha512-aesxcbc", 6 },
		{ false, 2, "aescmac", 0 },
	};
	unsigned int i, j, round;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct ike_proposals list = { 0 }, again = { 0 };
		enum reader reader = t[i].main ? MAIN : QUICK;
		struct ike_proposal p;
		struct ike_builder b;
		struct ipsec_err err;
		bool is_same = true;

		ike_proposal_parse(&p, t[i].proto, t[i].text, true, &err);
		for (round = 0; round < 50 && is_same; round++) {
			random_life(&p);
			p.auth = t[i].main ? (uint16_t)(1 + rnd(65535)) : 0;
			p.encap = t[i].main ? 0 : (uint16_t)rnd(65536);
			p.spi_len = t[i].main ? 0 : 4;
			rnd_bytes(p.spi, p.spi_len);
			if (ikev1_proposals_expand(&p, t[i].main, &list) !=
				    (t[i].count ? 0 : -ENOENT) ||
			    list.count != t[i].count)
				is_same = false;
			ike_build_chain(&b, buf, sizeof(buf));
			ikev1_sa_write(&b, t[i].main, &list);
			if (is_same && list.count)
				is_same = !reread(&b, reader, &again) &&
					  again.count == list.count;
			for (j = 0; is_same && j < list.count; j++)
				is_same = same1(&list.p[j], &again.p[j]);
			ike_proposals_free(&list);
			ike_proposals_free(&again);
		}
		ok(is_same, "version 1: %s as %u transforms", t[i].text,
		   t[i].count);
	}
}

static struct ike_proposal words(uint8_t proto, const char *text,
				 uint8_t number)
{
	struct ike_proposal p;
	struct ipsec_err err;

	ike_proposal_parse(&p, proto, text, true, &err);
	p.number = number;
	p.spi_len = 4;
	p.encap = DOI_ENCAP_TRANSPORT;
	return p;
}

/* A list as a peer sends it, over the wire. */
static void sent(struct ike_proposals *list, unsigned int n,
		 const struct ike_proposal *p)
{
	struct ike_proposals out = { 0 };
	struct ike_builder b;

	while (n--)
		ikev1_proposals_expand(p++, false, &out);
	ike_build_chain(&b, buf, sizeof(buf));
	ikev1_sa_write(&b, false, &out);
	ok(!reread(&b, QUICK, list), "%u transforms are sent", out.count);
	ike_proposals_free(&out);
}

static void test_bundle(void)
{
	struct ike_proposal theirs[] = {
		words(2, "sha1-sha256", 1),
		words(3, "aes128-aes256-sha1", 1),
		words(3, "aes128-sha256", 2),
		words(2, "sha512", 3),
	};
	struct ike_proposal both[] = { words(2, "sha256", 0),
				       words(3, "aes256-sha1", 0) };
	struct ike_proposal other[] = { words(2, "sha512", 0),
					words(3, "aes256-sha1", 0) };
	struct ike_proposal esp = words(3, "aes256-sha1", 0);
	struct ike_proposal esp2 = words(3, "aes128-sha256", 0);
	struct ike_proposal chosen[2];
	struct ike_proposals list;

	sent(&list, 4, theirs);
	ok(list.count == 6, "of two protocols and three numbers");
	ok(!ikev1_bundle_choose(both, 2, &list, true, chosen) &&
		   chosen[0].proto == 2 && chosen[0].number == 1 &&
		   chosen[0].transform_number == 2 && chosen[1].proto == 3 &&
		   chosen[1].number == 1 && chosen[1].transform_number == 2,
	   "AH and ESP of one number");
	ok(ikev1_bundle_choose(other, 2, &list, true, chosen) == -ENOENT,
	   "AH and ESP of two numbers are no bundle");
	ok(ikev1_bundle_choose(&esp, 1, &list, true, chosen) == -ENOENT,
	   "a part of a bundle is not taken");
	ok(!ikev1_bundle_choose(&esp2, 1, &list, true, chosen) &&
		   chosen[0].number == 2,
	   "one protocol alone");
	both[1].encap = DOI_ENCAP_TUNNEL;
	ok(ikev1_bundle_choose(both, 2, &list, true, chosen) == -ENOENT,
	   "two modes of encapsulation");
	ike_proposals_free(&list);

	theirs[0] = words(2, "sha256-modp2048", 1);
	theirs[1] = words(3, "aes256-sha1-modp1536-modp2048", 1);
	both[0] = words(2, "sha256-modp1536-modp2048", 0);
	both[1] = words(3, "aes256-sha1-modp1536-modp2048", 0);
	sent(&list, 2, theirs);
	ok(!ikev1_bundle_choose(both, 2, &list, true, chosen) &&
		   ike_proposal_has(&chosen[1], IKE_TRANSFORM_KE,
				    IKE_GROUP_MODP2048),
	   "one group for both");
	ike_proposals_free(&list);
	theirs[1] = words(3, "aes256-sha1-modp1536", 1);
	sent(&list, 2, theirs);
	ok(ikev1_bundle_choose(both, 2, &list, true, chosen) == -ENOENT,
	   "no group for both");
	ike_proposals_free(&list);
}

/* More transforms than are looked at, of a bundle. */
static void test_large_bundle(void)
{
	struct ike_proposals out = { 0 }, list;
	struct ike_proposal p = words(3, "aes128-sha1", 1);
	struct ike_builder b;
	unsigned int i;

	p.transforms = 2;
	for (i = 0; i < IKE_PROPOSALS_MAX + 20; i++)
		ike_proposals_add(&out, &p);
	ike_build_chain(&b, buf, sizeof(buf));
	ikev1_sa_write(&b, false, &out);
	ok(!reread(&b, QUICK, &list) && list.count == IKE_PROPOSALS_MAX,
	   "%u transforms: %d are looked at", i, IKE_PROPOSALS_MAX);
	ike_proposals_free(&list);
	p = words(2, "sha1", 1);
	ike_proposals_add(&out, &p);
	ike_build_chain(&b, buf, sizeof(buf));
	ikev1_sa_write(&b, false, &out);
	ok(!reread(&b, QUICK, &list) && !list.count,
	   "with AH behind they are a bundle that is not whole");
	ike_proposals_free(&list);
	out.p[out.count - 1].number = 2;
	ike_build_chain(&b, buf, sizeof(buf));
	ikev1_sa_write(&b, false, &out);
	ok(!reread(&b, QUICK, &list) && list.count == IKE_PROPOSALS_MAX,
	   "but not with AH of another number");
	ike_proposals_free(&list);
	ike_proposals_free(&out);
}

static void test_lifetimes(void)
{
	static const struct {
		const char *what;
		const char *attributes;
		size_t len;
		uint32_t seconds;
		uint32_t kbytes;
	} t[] = {
		{ "TV", B("\x80\x0b\0\1\x80\x0c\x70\x80"), 28800, 0 },
		{ "TLV of 4", B("\x80\x0b\0\1\0\x0c\0\4\0\1\0\0"), 65536, 0 },
		{ "TLV of 2", B("\x80\x0b\0\1\0\x0c\0\2\1\0"), 256, 0 },
		{ "TLV of 0", B("\x80\x0b\0\1\0\x0c\0\0"), 0, 0 },
		{ "TLV of 8", B("\x80\x0b\0\1\0\x0c\0\x08\0\0\0\0\0\0\1\0"),
		  256, 0 },
		{ "TLV of 8, too much",
		  B("\x80\x0b\0\1\0\x0c\0\x08\0\0\0\1\0\0\0\0"), UINT32_MAX,
		  0 },
		{ "both",
		  B("\x80\x0b\0\1\x80\x0c\0\x0a\x80\x0b\0\2\x80\x0c\0\x14"), 10,
		  20 },
		{ "of an unknown type", B("\x80\x0b\0\3\x80\x0c\0\x0a"), 0, 0 },
		{ "of type as TLV", B("\0\x0b\0\2\0\1\x80\x0c\0\x0a"), 10, 0 },
	};
	uint8_t body[64] = SIT "\0\0\0\x10\1\1\0\1\0\0\0\x08\1\1";
	struct ike_proposals list;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		body[11] = (uint8_t)(16 + t[i].len);
		body[19] = (uint8_t)(8 + t[i].len);
		memcpy(body + 24, t[i].attributes, t[i].len);
		ok(!read_body(MAIN, body, 24 + t[i].len, &list) &&
			   list.p->life_seconds == t[i].seconds &&
			   list.p->life_kbytes == t[i].kbytes,
		   "lifetime: %s", t[i].what);
		ike_proposals_free(&list);
	}
}

static unsigned int payloads, refused;

static void from_capture(void *ctx, const char *file, unsigned int packet,
			 const uint8_t *message, size_t len)
{
	const struct ike_payload *p = NULL;
	char text[IKE_PROPOSAL_STRLEN];
	struct ike_proposals list;
	int rc;

	(void)ctx;
	if (ike_message_parse(&m, message, len) && !m.payloads)
		return;
	while ((p = ike_payload_next(&m, IKEV1_SA, p))) {
		rc = read_body(MAIN, p->data, p->len, &list);
		payloads++;
		refused += rc != 0;
		if (!rc)
			printf("# %s %u: %s\n", file, packet,
			       ike_proposal_text(list.p, text, sizeof(text)));
		ike_proposals_free(&list);
	}
	while ((p = ike_payload_next(&m, IKEV2_SA, p))) {
		rc = read_body(V2, p->data, p->len, &list);
		payloads++;
		refused += rc != 0;
		if (!rc && list.count)
			printf("# %s %u: %s\n", file, packet,
			       ike_proposal_text(list.p, text, sizeof(text)));
		ike_proposals_free(&list);
	}
}

static void test_captures(void)
{
	capture_folder("wireshark-ike", from_capture, NULL);
	ok(payloads > 10 && !refused, "%u SA payloads of good captures",
	   payloads);
	payloads = 0;
	capture_folder("libreswan-badike", from_capture, NULL);
	ok(payloads, "%u SA payloads of bad ones, %u of them refused", payloads,
	   refused);
}

int main(void)
{
	rnd_seed();
	test_table();
	test_spi();
	test_many();
	test_round2();
	test_round1();
	test_bundle();
	test_large_bundle();
	test_lifetimes();
	test_captures();
	return tap_done();
}
