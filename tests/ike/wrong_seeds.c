// SPDX-License-Identifier: GPL-2.0-or-later
/* What has to be refused, each for another reason: fuzz targets start from it. */
#include "wrong_seeds.h"

#include <stdint.h>
#include <string.h>

#include "id.h"
#include "message.h"
#include "proposal.h"

static wrong_seed_fn *put_to;

struct bytes {
	const char *data;
	size_t len;
};

#define B(text)                        \
	{                              \
		text, sizeof(text) - 1 \
	}
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void put(const char *target, uint8_t first, const void *data, size_t len)
{
	put_to(target, &first, 1, data, len);
}

static void put_each(const char *target, uint8_t first,
		     const struct bytes *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		put(target, first, list[i].data, list[i].len);
}

static void words(void)
{
	static const char *const identity[] = {
		"any",
		"",
		"a b",
		"user@",
		"keyid:0x123",
		"keyid:\x01",
		"dn:C",
		"C=much too long",
		"C=DE, no value",
		"fqdn:",
		"CN=\xff\xfe, O=",
		"256.0.0.1",
	};
	static const char *const proposal[] = {
		"aes256",
		"sha256-x25519",
		"aes256gcm16-x25519",
		"aes256gcm16-aes128-sha256-x25519",
		"aes256gcm16-prfsha256",
		"aes256gcm16-sha256-x25519",
		"aes256-prfsha256-x25519",
		"des-md5-modp768",
		"aes256-aes256-sha256",
		"aes256--sha256",
		"-",
		"rot13-sha256",
		"esn-prfsha256",
		"aes128ccm8-aes128ccm12-aes128ccm16-aes128gcm8-aes128gcm12",
	};
	size_t i, proto;

	for (i = 0; i < COUNT(identity); i++)
		put("text", 0, identity[i], strlen(identity[i]));
	for (i = 0; i < COUNT(proposal); i++)
		for (proto = 1; proto <= 3; proto++)
			put("text", (uint8_t)proto, proposal[i],
			    strlen(proposal[i]));
}

/* An identity that is too long as a whole, in a value, and in all its values. */
static void long_words(void)
{
	char text[16 + 8 * 256] = "fqdn:";
	size_t len = 5;
	unsigned int i;

	memset(text + len, 'a', IKE_ID_MAX + 1);
	put("text", 0, text, len + IKE_ID_MAX + 1);
	put("id", IKE_ID_FQDN, text + len, IKE_ID_MAX + 1);
	memcpy(text, "O=aaa", 5);
	put("text", 0, text, 5 + 256);
	for (i = 0, len = 0; i < 16; i++, len += 64) {
		memset(text + len, 'a', 64);
		memcpy(text + len, i ? ",OU=" : "0OU=", 4);
	}
	put("text", 0, text + 1, len - 1);
}

static void identities(void)
{
	static const struct bytes texts[] = { B(""), B("a b"), B("\x7f"),
					      B("a\\b"), B("0x01") };
	static const struct bytes names[] = {
		B("\x30\0"),
		B("\x30\1"),
		/* C=DE, and a byte behind it */
		B("\x30\x0d\x31\x0b\x30\x09\6\3\x55\4\6\x13\2DE!"),
	};
	static const struct bytes sizes[] = { B(""), B("abc"), B("abcd"),
					      B("0123456789abcdef") };
	static const uint8_t types[] = { 0,	    IKE_ID_IPV4,   IKE_ID_IPV6,
					 IKE_ID_GN, IKE_ID_KEY_ID, IKE_ID_NULL };
	size_t i;

	put_each("id", IKE_ID_FQDN, texts, COUNT(texts));
	put_each("id", IKE_ID_EMAIL, texts, COUNT(texts));
	put_each("id", IKE_ID_KEY_ID, texts, COUNT(texts));
	put_each("id", IKE_ID_DN, names, COUNT(names));
	for (i = 0; i < sizeof(types); i++)
		put_each("id", types[i], sizes, COUNT(sizes));
}

/* Proposals of version 2: what a good one is, and where each is none. */
static void proposals2(void)
{
	static const struct bytes list[] = {
		B("\0\0\0\x14\1\1\0\1\0\0\0\x0c\1\0\0\x0c\x80\x0e\0\x80"),
		/* shorter than its header, longer than the payload */
		B("\0\0\0\7\1\1\0\1"),
		B("\0\0\0\x15\1\1\0\1\0\0\0\x0c\1\0\0\x0c\x80\x0e\0\x80"),
		/* another follows, which does not; none does, but for this */
		B("\2\0\0\x14\1\1\0\1\0\0\0\x0c\1\0\0\x0c\x80\x0e\0\x80"),
		B("\0\0\0\x08\1\1\0\0!"),
		/* the SPI: not there, not of that protocol */
		B("\0\0\0\x08\1\3\4\0"),
		B("\0\0\0\x0b\1\3\3\0abc"),
		B("\0\0\0\x0c\1\1\4\0abcd"),
		/* a transform: more or fewer, too short, too long, cut off */
		B("\0\0\0\x10\1\1\0\1\3\0\0\x08\1\0\0\x0c"),
		B("\0\0\0\x10\1\1\0\1\0\0\0\7\1\0\0\x0c"),
		B("\0\0\0\x10\1\1\0\1\0\0\0\x09\1\0\0\x0c"),
		B("\0\0\0\x0a\1\1\0\1\0\0"),
		B("\0\0\0\x11\1\1\0\1\0\0\0\x08\1\0\0\x0c!"),
		/* an attribute: of any length, cut off, unknown, twice, of 0 */
		B("\0\0\0\x18\1\1\0\1\0\0\0\x10\1\0\0\x0c\0\x0e\0\4abcd"),
		B("\0\0\0\x14\1\1\0\1\0\0\0\x0c\1\0\0\x0c\0\x0e\0\xff"),
		B("\0\0\0\x14\1\1\0\1\0\0\0\x0c\1\0\0\x0c\x80\1\0\x80"),
		B("\0\0\0\x18\1\1\0\1\0\0\0\x10\1\0\0\x0c\x80\x0e\0\x80\x80"
		  "\x0e\0\x80"),
		B("\0\0\0\x14\1\1\0\1\0\0\0\x0c\1\0\0\x0c\x80\x0e\0\0"),
		/* the number again */
		B("\2\0\0\x10\1\1\0\1\0\0\0\x08\1\0\0\3\0\0\0\x10\1\1\0\1\0"
		  "\0\0\x08\1\0\0\3"),
	};

	put_each("sa", 1, list, COUNT(list));
	put_each("sa", 5, list, COUNT(list));
}

#define DOI "\0\0\0\1\0\0\0\1"

static void proposals1(void)
{
	static const struct bytes list[] = {
		B(""),
		B("\0\0\0\2\0\0\0\1"),
		B("\0\0\0\1\0\0\0\2"),
		/* a proposal: as for version 2; without a transform; back */
		B(DOI "\0\0\0\7\1\1\0\1"),
		B(DOI "\0\0\0\x20\1\1\0\1"),
		B(DOI "\2\0\0\x10\1\1\0\1\0\0\0\x08\1\1\0\0"),
		B(DOI "\0\0\0\x08\1\1\x08\1"),
		B(DOI "\0\0\0\x08\1\1\0\0"),
		B(DOI "\2\0\0\x10\2\1\0\1\0\0\0\x08\1\1\0\0\0\0\0\x10\1\1\0\1"
		      "\0\0\0\x08\1\1\0\0"),
		B(DOI "\0\0\0\x11\1\1\0\1\0\0\0\x08\1\1\0\0!"),
		/* SPIs that quick mode has not */
		B(DOI "\0\0\0\x12\1\3\2\1ab\0\0\0\x08\1\3\0\0"),
		/* a transform: more, too short, too long, cut off */
		B(DOI "\0\0\0\x10\1\1\0\1\3\0\0\x08\1\1\0\0"),
		B(DOI "\0\0\0\x10\1\1\0\1\0\0\0\7\1\1\0\0"),
		B(DOI "\0\0\0\x10\1\1\0\1\0\0\0\x09\1\1\0\0"),
		B(DOI "\0\0\0\x0a\1\1\0\1\0\0"),
		/* attributes: cut off, a life of no kind, of another kind, */
		B(DOI "\0\0\0\x14\1\1\0\1\0\0\0\x0c\1\1\0\0\0\1\0\xff"),
		B(DOI "\0\0\0\x14\1\1\0\1\0\0\0\x0c\1\1\0\0\x80\x0c\0\x80"),
		B(DOI "\0\0\0\x18\1\1\0\1\0\0\0\x10\1\1\0\0\x80\x0b\0\7\x80"
		      "\x0c\0\x80"),
		B(DOI "\0\0\0\x18\1\3\0\1\0\0\0\x10\1\1\0\0\x80\1\0\7\x80\2\0"
		      "\x80"),
		/* of more than 32 bits, twice with another value */
		B(DOI "\0\0\0\x20\1\1\0\1\0\0\0\x18\1\1\0\0\x80\x0b\0\1\0\x0c"
		      "\0\x08\1\2\3\4\5\6\7\x08"),
		B(DOI "\0\0\0\x18\1\1\0\1\0\0\0\x10\1\1\0\0\x80\1\0\7\x80\1\0"
		      "\5"),
	};

	put_each("sa", 4, list, COUNT(list));
	put_each("sa", 6, list, COUNT(list));
}

/* More transforms of a type than there is room for, and then another type. */
static void many_transforms(void)
{
	static const uint8_t one[] = { 3, 0, 0, 8, 1, 0, 0, 12 };
	const unsigned int n = IKE_TRANSFORMS_MAX + 1;
	uint8_t all[8 + 8 * (IKE_TRANSFORMS_MAX + 2)] = { 0 };
	const size_t len = 8 + 8 * (n + 1);
	unsigned int i;

	all[2] = (uint8_t)(len >> 8);
	all[3] = (uint8_t)len;
	memcpy(all + 4, "\1\1\0", 3);
	all[7] = (uint8_t)(n + 1);
	for (i = 0; i <= n; i++)
		memcpy(all + 8 + 8 * i, one, sizeof(one));
	all[len - 8] = 0;
	all[len - 4] = IKE_TRANSFORM_INTEG;
	put("sa", 5, all, len);
}

/*
 * More proposals than are looked at, each with several transforms; of version
 * 1, where the last ones have one number, that is a part of them all.
 */
static void many_proposals(void)
{
	static const uint8_t one[] = { 2, 0, 0, 24, 1, 1, 0, 2, 3, 0, 0, 8,
				       1, 1, 0, 0,  0, 0, 0, 8, 2, 1, 0, 0 };
	uint8_t all[8 + sizeof(one) * IKE_PROPOSALS_MAX];
	size_t len = 8;
	unsigned int i;

	memcpy(all, DOI, 8);
	for (i = 0; i < IKE_PROPOSALS_MAX; i++, len += sizeof(one)) {
		memcpy(all + len, one, sizeof(one));
		all[len] = i + 1 < IKE_PROPOSALS_MAX ? 2 : 0;
		all[len + 4] = i < 40 ? (uint8_t)i : 40;
	}
	put("sa", 6, all, len);
}

#define NONE4 "\0\0\0\0"
#define ALL4 "\xff\xff\xff\xff"
#define TEN "\x0a\0\0\1"
#define TS(proto, ports, first, last) "\7" proto "\0\x10" ports first last
#define ANY "\0\0\xff\xff"
#define OPAQUE "\xff\xff\0\0"

static void selectors(void)
{
	static const struct bytes two[] = {
		B(""), B("\0\0\0\0"), B("\1\0\0\0"), B("\1\0\0\0\7\0\0\7"),
		B("\1\0\0\0\7\0\0\x10\0\0"),
		/* of a type that is not known; shorter than its addresses */
		B("\1\0\0\0\x09\0\0\x08\0\0\0\0"),
		B("\1\0\0\0\7\0\0\x0c\0\0\xff\xff" TEN),
		B("\1\0\0\0" TS("\0", ANY, ALL4, TEN)),
		B("\1\0\0\0" TS("\6", "\0\2\0\1", TEN, TEN)),
		B("\1\0\0\0" TS("\6", ANY, TEN, TEN) "!"),
		B("\2\0\0\0" TS("\6", ANY, TEN, TEN)),
		/* good ones, each with each: what a selector can say, or not */
		/* clang-format off */
		B("\x0a\0\0\0"
		  TS("\0", ANY, NONE4, ALL4)
		  TS("\x11", ANY, NONE4, ALL4)
		  TS("\x11", OPAQUE, TEN, TEN)
		  TS("\x11", "\0\1\0\2", TEN, TEN)
		  TS("\1", ANY, TEN, TEN)
		  TS("\1", OPAQUE, TEN, TEN)
		  TS("\1", "\3\0\4\xff", TEN, TEN)
		  TS("\1", "\3\1\4\2", TEN, TEN)
		  TS("\x32", ANY, TEN, ALL4)
		  TS("\x32", "\0\1\0\1", TEN, TEN)),
		/* clang-format on */
	};
	static const struct bytes one[] = {
		B(""),
		B("\1\0\0"),
		B("\1\0\0\x50" TEN),
		B("\1\x11\0\x50" TEN),
		B("\2\0\0\0" TEN),
		B("\1\0\0\0\x0a"),
		B("\1\0\0\0" TEN TEN),
		B("\4\0\0\0" TEN "\xff\xff\xff\0"),
		B("\4\0\0\0" TEN "\xff\0\xff\0"),
		B("\4\0\0\0" TEN "\xff\5\0\0"),
		B("\7\0\0\0" TEN ALL4),
		B("\7\0\0\0" ALL4 TEN),
		B("\x08\0\0\0" TEN TEN TEN TEN ALL4 ALL4 ALL4 ALL4),
	};

	put_each("ts", 1, two, COUNT(two));
	put_each("ts", 0, one, COUNT(one));
}

/* Bodies: every reader is given each. */
static void bodies(void)
{
	static const struct bytes list[] = {
		B(""),
		B("\1"),
		/* what is deleted: of any version, with the DOI and without */
		B("\1\4\0\1spi!"),
		B("\2\4\0\1spi!"),
		B("\2\3\0\1spi"),
		B("\2\4\0\2spi!"),
		B("\x09\4\0\1spi!"),
		B("\0\0\0\1\1\x10\0\1spi!spi!spi!spi!"),
		B("\0\0\0\2\3\4\0\1spi!"),
		B("\0\0\0\1\3\4\0\1spi!"),
		B("\0\0\0\1\3\xff\0\1spi!"),
		/* fragments: number 0, beyond the last, empty */
		B("\0\0\0\1data"),
		B("\0\2\0\1data"),
		B("\0\1\0\1"),
		B("\0\1\1\1"),
	};
	uint8_t head[6] = { 0, 42, 0, 0, 0, 0 };
	size_t i;

	for (i = 0; i < COUNT(list); i++) {
		head[5] = (uint8_t)(4 + list[i].len);
		for (head[0] = 0; head[0] < 2; head[0]++)
			put_to("chain", head, sizeof(head), list[i].data,
			       list[i].len);
	}
}

/* Payloads that are too short or too long, too many, or of no message. */
static void messages(void)
{
	static const struct bytes list[] = { B("\0\0\0\3"),   B("\0\0\0\5"),
					     B("\x28\0\0\4"), B("\x28\0"),
					     B("\0\0\0\4!"),  B("\0\x80\0\4") };
	uint8_t msg[IKE_HEADER_LEN + 4 * (IKE_PAYLOADS_MAX + 1)] = { 0 };
	size_t i, len;

	for (i = 0; i < COUNT(list); i++)
		for (msg[17] = 0x10; msg[17] <= 0x20; msg[17] += 0x10) {
			len = IKE_HEADER_LEN + list[i].len;
			msg[16] = 40;
			msg[27] = (uint8_t)len;
			memcpy(msg + IKE_HEADER_LEN, list[i].data, list[i].len);
			put_to("message", msg, len, "", 0);
		}
	put_to("message", msg, IKE_HEADER_LEN - 1, "", 0);
	msg[17] = 0x20;
	msg[26] = (uint8_t)(sizeof(msg) >> 8);
	msg[27] = (uint8_t)sizeof(msg);
	for (i = 0; i <= IKE_PAYLOADS_MAX; i++)
		memcpy(msg + IKE_HEADER_LEN + 4 * i, "\x28\0\0\4", 4);
	put_to("message", msg, sizeof(msg), "", 0);
}

static void fragments(void)
{
	static const struct bytes list[] = {
		/* of number 0, beyond the last, twice, of a message before */
		B("\1\0\2\1x"),
		B("\1\3\2\1x"),
		B("\1\1\2\1a\1\1\2\1a\1\2\2\1b"),
		B("\5\1\2\1a\x09\1\2\1b\1\1\2\1c\5\1\2\1d"),
		B("\5\1\2\1a\5\1\3\1a\5\1\2\1a"),
		/* where the last one says how many there are */
		B("\4\3\1\1c\4\4\0\1d"),
		B("\4\3\1\1c\4\2\1\1d"),
		B("\4\3\0\1c\4\2\1\1b"),
		B("\4\1\0\1a\4\2\1\1b\4\1\0\1a"),
		/* of the other version */
		B("\4\1\0\1a\5\1\2\1a\4\1\0\1a"),
	};
	size_t i;

	for (i = 0; i < COUNT(list); i++)
		put_to("frag", list[i].data, list[i].len, "", 0);
}

void wrong_seeds(wrong_seed_fn *put_fn)
{
	put_to = put_fn;
	words();
	long_words();
	identities();
	proposals2();
	proposals1();
	many_transforms();
	many_proposals();
	selectors();
	bodies();
	messages();
	fragments();
}
