// SPDX-License-Identifier: GPL-2.0-or-later
/* Proposals in words and their choice: verification I-14 and I-15. */
#include <errno.h>

#include "proposal.h"
#include "tap.h"

static struct ike_proposal words(uint8_t proto, const char *text)
{
	struct ike_proposal p;
	struct ipsec_err err;

	if (ike_proposal_parse(&p, proto, text, true, &err))
		ok(0, "%s: %s", text, err.text);
	return p;
}

static void test_words(void)
{
	static const struct {
		uint8_t proto;
		const char *text;
		const char *want;
	} t[] = {
		{ 1, "aes256gcm16-prfsha256-x25519",
		  "AES-GCM-16-256/PRF-HMAC-SHA2-256/X25519" },
		{ 1, "aes128-sha256-modp2048",
		  "AES-CBC-128/PRF-HMAC-SHA2-256/HMAC-SHA2-256-128/MODP-2048" },
		{ 1, "aes128-sha256-prfsha512-modp2048",
		  "AES-CBC-128/PRF-HMAC-SHA2-512/HMAC-SHA2-256-128/MODP-2048" },
		{ 1, "chacha20poly1305-prfsha384-curve448",
		  "CHACHA20-POLY1305/PRF-HMAC-SHA2-384/X448" },
		{ 1, "aes192ctr-aesxcbc-ecp521",
		  "AES-CTR-192/PRF-AES128-XCBC/AES-XCBC-96/ECP-521" },
		{ 1, "aes128ccm64-aes256ccm12-prfaescmac-x448",
		  "AES-CCM-8-128/AES-CCM-12-256/PRF-AES128-CMAC/X448" },
		{ 1, "3des-md5-modp1024",
		  "3DES/PRF-HMAC-MD5/HMAC-MD5-96/MODP-1024" },
		{ 3, "null-sha1", "NULL/HMAC-SHA1-96" },
		{ 3, "aes256gmac-esn", "AES-GMAC-256/ESN" },
		{ 3, "aes128-aes256-sha1-sha512-noesn-esn",
		  "AES-CBC-128/AES-CBC-256/HMAC-SHA1-96/HMAC-SHA2-512-256/ESN" },
		{ 3, "aes128gcm128-ecp256", "AES-GCM-16-128/ECP-256" },
		{ 2, "sha384-aescmac-modp8192",
		  "HMAC-SHA2-384-192/AES-CMAC-96/MODP-8192" },
	};
	char buf[IKE_PROPOSAL_STRLEN];
	struct ike_proposal p;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		p = words(t[i].proto, t[i].text);
		is(ike_proposal_text(&p, buf, sizeof(buf)), t[i].want, "%s",
		   t[i].text);
	}
}

static void test_refused(void)
{
	static const struct {
		uint8_t proto;
		bool weak;
		const char *text;
		const char *why;
	} t[] = {
		{ 1, false, "", "words are joined" },
		{ 1, false, "-aes128", "words are joined" },
		{ 1, false, "aes128--sha1", "words are joined" },
		{ 1, false, "aes128-sha1-modp2048-", "words are joined" },
		{ 1, false, "blowfish-sha1-modp2048", "unknown algorithm" },
		{ 1, false, "aes127-sha1-modp2048", "unknown algorithm" },
		{ 1, false, "aes256gcm17-prfsha1-modp2048",
		  "unknown algorithm" },
		{ 1, false, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "unknown algorithm" },
		{ 1, false, "des-sha1-modp2048", "weak" },
		{ 1, false, "3des-sha1-modp2048", "weak" },
		{ 1, false, "aes128-md5-modp2048", "weak" },
		{ 1, false, "aes128gcm16-prfmd5-modp2048", "weak" },
		{ 1, false, "aes128-sha1-modp768", "weak" },
		{ 1, false, "aes128-sha1-modp1024", "weak" },
		{ 1, true, "null-sha1-modp2048", "no use in IKE" },
		{ 1, true, "aes128gmac-prfsha1-modp2048", "no use in IKE" },
		{ 1, true, "aes128-sha1-modp2048-esn", "no use in IKE" },
		{ 3, true, "aes128-sha1-prfsha1", "no use in ESP" },
		{ 2, true, "aes128-sha1", "no use in AH" },
		{ 1, true, "aes128-aes128-sha1-x25519", "twice" },
		{ 1, true, "aes128-sha1-x25519-curve25519", "twice" },
		{ 1, true, "aes128gcm16-sha256-x25519", "AEAD" },
		{ 1, true, "aes128gcm16-aes128-sha256-x25519", "AEAD" },
		{ 1, true, "aes128-x25519", "integrity algorithm is missing" },
		{ 3, true, "null", "integrity algorithm is missing" },
		{ 3, true, "sha256", "encryption algorithm is missing" },
		{ 2, true, "esn", "integrity algorithm is missing" },
		{ 1, true, "aes128gcm16-x25519", "PRF is missing" },
		{ 1, true, "aes128-sha256", "key exchange is missing" },
	};
	struct ike_proposal p;
	struct ipsec_err err;
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		ok(ike_proposal_parse(&p, t[i].proto, t[i].text, t[i].weak,
				      &err) == -EINVAL &&
			   strstr(err.text, t[i].why),
		   "'%s' is refused: %s", t[i].text, t[i].why);
}

#define E(id, bits)                          \
	{                                    \
		IKE_TRANSFORM_ENCR, id, bits \
	}
#define I(id)                              \
	{                                  \
		IKE_TRANSFORM_INTEG, id, 0 \
	}
#define P(id)                            \
	{                                \
		IKE_TRANSFORM_PRF, id, 0 \
	}
#define K(id)                           \
	{                               \
		IKE_TRANSFORM_KE, id, 0 \
	}
#define N(id)                            \
	{                                \
		IKE_TRANSFORM_ESN, id, 0 \
	}
#define GCM E(IKE_ENCR_AES_GCM_16, 128)
#define CBC(bits) E(IKE_ENCR_AES_CBC, bits)
#define SHA1 I(IKE_INTEG_HMAC_SHA1_96)
#define SHA256 I(IKE_INTEG_HMAC_SHA2_256_128)
#define ENDS               \
	{                  \
		0xff, 0, 0 \
	}

static struct ike_proposal made(uint8_t proto, const struct ike_transform *t)
{
	struct ike_proposal p = { .number = 1, .proto = proto };

	for (; t->type != 0xff; t++)
		ike_proposal_add(&p, t->type, t->id, t->key_bits);
	return p;
}

/* What a peer may send, and what of it we take. */
static void test_choose(void)
{
	static const struct {
		const char *what;
		uint8_t proto;
		const char *ours;
		struct ike_transform theirs[12];
		bool ke;
		const char *want; /* NULL: nothing */
	} t[] = {
		{ "AEAD",
		  3,
		  "aes128gcm16",
		  { GCM, N(0), ENDS },
		  true,
		  "AES-GCM-16-128" },
		{ "AEAD with INTEG NONE",
		  3,
		  "aes128gcm16",
		  { GCM, I(0), N(0), ENDS },
		  true,
		  "AES-GCM-16-128" },
		{ "AEAD with an integrity algorithm",
		  3,
		  "aes128gcm16",
		  { GCM, SHA1, N(0), ENDS },
		  true,
		  NULL },
		{ "AEAD with a choice of none",
		  3,
		  "aes128gcm16",
		  { GCM, SHA1, I(0), N(0), ENDS },
		  true,
		  "AES-GCM-16-128" },
		{ "ESN absent",
		  3,
		  "aes128gcm16",
		  { GCM, ENDS },
		  true,
		  "AES-GCM-16-128" },
		{ "ESN absent, we insist on it",
		  3,
		  "aes128gcm16-esn",
		  { GCM, ENDS },
		  true,
		  NULL },
		{ "ESN only, we say nothing",
		  3,
		  "aes128gcm16",
		  { GCM, N(1), ENDS },
		  true,
		  NULL },
		{ "ESN by our preference",
		  3,
		  "aes128gcm16-esn-noesn",
		  { GCM, N(0), N(1), ENDS },
		  true,
		  "AES-GCM-16-128/ESN" },
		{ "our order of preference",
		  3,
		  "aes256-aes128-sha256-sha1",
		  { CBC(128), CBC(256), SHA1, SHA256, N(0), ENDS },
		  true,
		  "AES-CBC-256/HMAC-SHA2-256-128" },
		{ "key length absent",
		  3,
		  "aes128-sha1",
		  { CBC(0), SHA1, N(0), ENDS },
		  true,
		  NULL },
		{ "key length 1",
		  3,
		  "aes128-sha1",
		  { CBC(1), SHA1, N(0), ENDS },
		  true,
		  NULL },
		{ "key length 127",
		  3,
		  "aes128-sha1",
		  { CBC(127), SHA1, N(0), ENDS },
		  true,
		  NULL },
		{ "key length 4096",
		  3,
		  "aes128-sha1",
		  { CBC(4096), SHA1, N(0), ENDS },
		  true,
		  NULL },
		{ "key length of 3DES",
		  3,
		  "3des-sha1",
		  { E(IKE_ENCR_3DES, 192), SHA1, N(0), ENDS },
		  true,
		  NULL },
		{ "key length of ChaCha20",
		  3,
		  "chacha20poly1305",
		  { E(IKE_ENCR_CHACHA20_POLY1305, 256), N(0), ENDS },
		  true,
		  NULL },
		{ "key length of an integrity algorithm",
		  3,
		  "aes128-sha1",
		  { CBC(128),
		    { IKE_TRANSFORM_INTEG, IKE_INTEG_HMAC_SHA1_96, 160 },
		    ENDS },
		  true,
		  NULL },
		{ "KE optional for them",
		  3,
		  "aes128gcm16",
		  { GCM, K(31), K(0), N(0), ENDS },
		  true,
		  "AES-GCM-16-128" },
		{ "KE demanded by them",
		  3,
		  "aes128gcm16",
		  { GCM, K(31), N(0), ENDS },
		  true,
		  NULL },
		{ "KE demanded by us",
		  3,
		  "aes128gcm16-x25519",
		  { GCM, N(0), ENDS },
		  true,
		  NULL },
		{ "KE of our preference",
		  3,
		  "aes128gcm16-x25519-ecp256",
		  { GCM, K(19), K(31), N(0), ENDS },
		  true,
		  "AES-GCM-16-128/X25519" },
		{ "KE does not count in IKE_AUTH",
		  3,
		  "aes128gcm16-x25519",
		  { GCM, N(0), ENDS },
		  false,
		  "AES-GCM-16-128" },
		{ "nor theirs",
		  3,
		  "aes128gcm16",
		  { GCM, K(31), N(0), ENDS },
		  false,
		  "AES-GCM-16-128" },
		{ "an unknown type of transform",
		  3,
		  "aes128gcm16",
		  { GCM, { 6, 0, 0 }, N(0), ENDS },
		  true,
		  NULL },
		{ "type 0",
		  3,
		  "aes128gcm16",
		  { GCM, { 0, 0, 0 }, ENDS },
		  true,
		  NULL },
		{ "type 255",
		  3,
		  "aes128gcm16",
		  { GCM, { 0xfe, 0, 0 }, ENDS },
		  true,
		  NULL },
		{ "a PRF in ESP",
		  3,
		  "aes128gcm16",
		  { GCM, P(IKE_PRF_HMAC_SHA1), ENDS },
		  true,
		  NULL },
		{ "unknown algorithms beside",
		  3,
		  "aes128-sha1",
		  { E(1000, 0), CBC(128), I(1000), SHA1, K(1000), K(0), ENDS },
		  true,
		  "AES-CBC-128/HMAC-SHA1-96" },
		{ "nothing at all", 3, "aes128gcm16", { ENDS }, true, NULL },
		{ "encryption in AH",
		  2,
		  "sha1",
		  { CBC(128), SHA1, ENDS },
		  true,
		  NULL },
		{ "AH", 2, "sha1", { SHA1, N(0), ENDS }, true, "HMAC-SHA1-96" },
		{ "ENCR NULL without integrity",
		  3,
		  "null-sha1",
		  { E(IKE_ENCR_NULL, 0), N(0), ENDS },
		  true,
		  NULL },
		{ "GMAC with integrity",
		  3,
		  "aes128gmac",
		  { E(IKE_ENCR_AES_GMAC, 128), SHA1, ENDS },
		  true,
		  NULL },
	};
	char buf[IKE_PROPOSAL_STRLEN];
	unsigned int i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct ike_proposal a = words(t[i].proto, t[i].ours);
		struct ike_proposal b = made(t[i].proto, t[i].theirs), chosen;
		struct ike_proposals ours = { 1, &a }, theirs = { 1, &b };
		int rc = ike_proposal_choose(&ours, &theirs, t[i].ke, &chosen);

		if (t[i].want && !rc)
			is(ike_proposal_text(&chosen, buf, sizeof(buf)),
			   t[i].want, "choice: %s", t[i].what);
		else
			ok(!t[i].want && rc == -ENOENT, "choice: %s",
			   t[i].what);
	}
}

/* The answer has a transform of each type that was offered, and no other. */
static void test_answer(void)
{
	static const struct ike_transform none[] = { GCM, I(0), K(0), N(0),
						     ENDS };
	static const struct ike_transform bare[] = { GCM, ENDS };
	struct ike_proposal a = words(3, "aes128gcm16"), chosen;
	struct ike_proposal list[] = { made(3, none), made(3, bare) };
	struct ike_proposals ours = { 1, &a }, theirs = { 1, &list[0] };

	list[0].number = 7;
	list[0].spi_len = 4;
	memcpy(list[0].spi, "spi!", 4);
	ok(!ike_proposal_choose(&ours, &theirs, true, &chosen) &&
		   chosen.transforms == 4 && chosen.number == 7 &&
		   chosen.spi_len == 4 && !memcmp(chosen.spi, "spi!", 4),
	   "each NONE that is offered is in the answer");
	ok(!ike_proposal_choose(&ours, &theirs, false, &chosen) &&
		   chosen.transforms == 3,
	   "but the group where there is none to choose");
	theirs.p = &list[1];
	ok(!ike_proposal_choose(&ours, &theirs, true, &chosen) &&
		   chosen.transforms == 1,
	   "what is not offered is not");
	theirs = (struct ike_proposals){ 2, list };
	list[0].proto = 0;
	ok(!ike_proposal_choose(&ours, &theirs, true, &chosen) &&
		   chosen.number == 1,
	   "protocol 0 matches nothing");
}

static void test_order(void)
{
	struct ike_proposal a[] = { words(1, "aes256-sha256-x25519"),
				    words(1, "aes128-sha1-modp2048") };
	struct ike_proposal b[] = { words(1, "aes128-sha1-modp2048"),
				    words(1, "aes256-sha256-x25519") };
	struct ike_proposals ours = { 2, a }, theirs = { 2, b };
	struct ike_proposal chosen;

	b[0].number = 1;
	b[1].number = 2;
	ok(!ike_proposal_choose(&ours, &theirs, true, &chosen) &&
		   chosen.number == 2,
	   "the first of ours, not of theirs");
	a[0].auth = 3;
	ok(!ike_proposal_choose(&ours, &theirs, true, &chosen) &&
		   chosen.number == 1,
	   "authentication that differs");
	b[1].auth = 3;
	ok(!ike_proposal_choose(&ours, &theirs, true, &chosen) &&
		   chosen.number == 2 && chosen.auth == 3,
	   "authentication that is the same");
	a[0].encap = 1;
	ok(!ike_proposal_choose(&ours, &theirs, true, &chosen) &&
		   chosen.number == 2,
	   "no mode of encapsulation is any");
	b[1].encap = 2;
	ok(!ike_proposal_choose(&ours, &theirs, true, &chosen) &&
		   chosen.number == 1,
	   "a mode of encapsulation that differs");
}

static void test_check(void)
{
	struct ike_proposal a[] = { words(1, "aes256gcm16-prfsha256-x25519"),
				    words(1, "aes128-aes256-sha1-modp2048") };
	struct ike_proposals ours = { 2, a };
	struct ike_proposal p = words(1, "aes256gcm16-prfsha256-x25519");

	p.number = 1;
	ok(!ike_proposal_check(&ours, &p, true), "the first, as offered");
	p.number = 2;
	ok(ike_proposal_check(&ours, &p, true) == -ENOENT,
	   "the first by the second's number");
	ok(ike_proposal_fits(&ours, &p, true),
	   "which is no matter when it was not chosen from these");
	p.number = 0;
	ok(ike_proposal_check(&ours, &p, true) == -ENOENT, "number 0");
	p = words(1, "aes256-sha1-modp2048");
	p.number = 2;
	ok(!ike_proposal_check(&ours, &p, true), "one of the second's");
	p = a[1];
	p.number = 2;
	ok(ike_proposal_check(&ours, &p, true) == -ENOENT &&
		   !ike_proposal_fits(&ours, &p, true),
	   "two of the second's");
	p = words(1, "aes256-sha256-modp2048");
	p.number = 2;
	ok(ike_proposal_check(&ours, &p, true) == -ENOENT &&
		   !ike_proposal_fits(&ours, &p, true),
	   "what was not offered");
	p = words(1, "aes256-sha1-modp2048");
	p.number = 2;
	ike_proposal_add(&p, 6, 0, 0);
	ok(ike_proposal_check(&ours, &p, true) == -ENOENT,
	   "a type that was not offered");
	p = words(1, "aes256-sha1-modp2048");
	p.number = 2;
	p.transforms--;
	ok(ike_proposal_check(&ours, &p, true) == -ENOENT,
	   "a type that is missing");
	a[1].number = 9;
	p = words(1, "aes256-sha1-modp2048");
	p.number = 9;
	ok(!ike_proposal_check(&ours, &p, true), "a number of our own");
}

static void test_list(void)
{
	struct ike_proposals list = { 0 };
	struct ike_proposal p = words(3, "aes128gcm16");
	unsigned int i, good = 0;

	for (i = 0; i < 100; i++) {
		p.number = (uint8_t)i;
		good += !ike_proposals_add(&list, &p);
	}
	for (i = 0; i < list.count; i++)
		good += list.p[i].number == i;
	ok(good == 200, "a list grows");
	ike_proposals_free(&list);
	ok(!list.count && !list.p, "and is empty again");
	for (i = 0; !ike_proposal_add(&p, 1, (uint16_t)i, 0); i++)
		;
	ok(p.transforms == IKE_TRANSFORMS_MAX,
	   "a proposal takes so many transforms");
}

static void test_text(void)
{
	static const struct ike_transform odd[] = {
		E(999, 7), I(998), { 200, 5, 0 }, { 0, 3, 0 }, ENDS
	};
	struct ike_proposal p = made(3, odd);
	char buf[IKE_PROPOSAL_STRLEN];
	unsigned int i, j;

	is(ike_proposal_text(&p, buf, sizeof(buf)),
	   "TYPE0(3)/ENCR(999)-7/TYPE200(5)/INTEG(998)",
	   "numbers without names");
	for (i = 1; i < 64; i++) {
		memset(buf, 'x', sizeof(buf));
		ike_proposal_text(&p, buf, i);
		for (j = i; j < sizeof(buf); j++)
			if (buf[j] != 'x' || strlen(buf) >= i)
				break;
		if (j < sizeof(buf))
			ok(0, "a buffer of %u bytes", i);
	}
	is(ike_transform_name(1, 20), "AES-GCM-16", "the name of a number");
	is(ike_transform_name(1, 999), "unknown", "a number without one");
}

int main(void)
{
	test_words();
	test_refused();
	test_choose();
	test_answer();
	test_order();
	test_check();
	test_list();
	test_text();
	return tap_done();
}
