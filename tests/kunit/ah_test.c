// SPDX-License-Identifier: GPL-2.0-only
/*
 * AH against packets made by scapy and by hand (see make-kat), and what may and may not
 * change in a packet on its way.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kmod.h>

#include "ah.h"
#include "sa.h"
#include "seed.h"

struct ipd_kat_ah {
	const char *id;
	u8 family;
	u8 integ;
	const char *auth_key;
	bool esn;
	u32 spi;
	u64 seq;
	unsigned int off;
	const char *packet;
};

#include "ah_kat_gen.h"

static struct ipd_sa *kat_sa(struct kunit *test, const struct ipd_kat_ah *kat)
{
	struct ipd_protection *prot = kunit_kzalloc(test, sizeof(*prot), GFP_KERNEL);
	struct ipd_sa *sa;

	KUNIT_ASSERT_NOT_NULL(test, prot);
	prot->proto = IPSECDRV_PROTO_AH;
	prot->integ = kat->integ;
	prot->spi[0] = kat->spi;
	prot->integ_key_len = ipd_test_unhex(test, prot->integ_key[0], kat->auth_key);
	KUNIT_EXPECT_EQ(test, ipd_protection_check(prot, kat->esn, true, NULL), 0);
	sa = ipd_test_sa(test, prot, 0, kat->family == 4 ? AF_INET : AF_INET6, kat->esn);
	KUNIT_ASSERT_NOT_NULL(test, sa);
	return sa;
}

static struct sk_buff *kat_skb(struct kunit *test, const struct ipd_kat_ah *kat)
{
	struct sk_buff *skb = ipd_test_skb(test, strlen(kat->packet) / 2);

	ipd_test_unhex(test, skb->data, kat->packet);
	return skb;
}

static int verify(struct kunit *test, struct ipd_sa *sa, struct sk_buff *skb, unsigned int off,
		  u64 seq)
{
	return ipd_test_run(test, skb, ipd_ah_verify(sa, skb, off, seq, ipd_test_done));
}

static void all_kats(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ipd_kat_ah); i++) {
		const struct ipd_kat_ah *kat = &ipd_kat_ah[i];
		struct sk_buff *want = kat_skb(test, kat), *skb = kat_skb(test, kat);
		struct ipd_sa *sa = kat_sa(test, kat);
		u8 nexthdr = want->data[kat->off];
		int err;

		KUNIT_EXPECT_EQ_MSG(test, verify(test, sa, skb, kat->off, kat->seq), 0, "%s",
				    kat->id);
		KUNIT_EXPECT_MEMEQ(test, skb->data, want->data, want->len);

		memset(skb->data + kat->off, 0x77, sa->hdr_len);
		err = ipd_test_run(test, skb, ipd_ah_sign(sa, skb, kat->off, nexthdr, kat->seq,
							  ipd_test_done));
		KUNIT_EXPECT_EQ_MSG(test, err, 0, "%s", kat->id);
		KUNIT_EXPECT_MEMEQ_MSG(test, skb->data, want->data, want->len, "%s", kat->id);

		if (kat->esn)
			KUNIT_EXPECT_EQ(test, verify(test, sa, skb, kat->off,
						     kat->seq ^ 1ULL << 32), -EBADMSG);
	}
	kunit_info(test, "%u packets, each way", i);
}

static void ah_kat(struct kunit *test)
{
	all_kats(test);
}

static void ah_kat_async(struct kunit *test)
{
	if (request_module("cryptd"))
		kunit_skip(test, "no cryptd");
	ipd_force_async = 1;
	KUNIT_EXPECT_TRUE(test, strstarts(ipd_sa_crypto_name(kat_sa(test, &ipd_kat_ah[0])),
					  "cryptd("));
	all_kats(test);
	ipd_force_async = 0;
}

static const struct ipd_kat_ah *kat_find(struct kunit *test, const char *id)
{
	const struct ipd_kat_ah *kat = ipd_kat_ah;

	while (strcmp(kat->id, id))
		KUNIT_ASSERT_TRUE(test, ++kat < ipd_kat_ah + ARRAY_SIZE(ipd_kat_ah));
	return kat;
}

/* P-08, P-49: bits of @mask may change, every other one of the first @len bytes may not. */
static void flip(struct kunit *test, const char *id, const u8 *mask, unsigned int len)
{
	const struct ipd_kat_ah *kat = kat_find(test, id);
	struct sk_buff *skb = kat_skb(test, kat);
	struct ipd_sa *sa = kat_sa(test, kat);
	unsigned int at, bit, wrong = 0;

	for (at = 0; at < skb->len; at++) {
		for (bit = 1; bit < 256; bit <<= 1) {
			bool mutable = at < len && mask[at] & bit;

			skb->data[at] ^= bit;
			wrong += !verify(test, sa, skb, kat->off, kat->seq) != mutable;
			skb->data[at] ^= bit;
		}
	}
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "%s", id);
}

static void ah_flip(struct kunit *test)
{
	/* TOS, flags and offset, TTL, checksum */
	static const u8 v4[20] = {
		[1] = 0xff, [6] = 0xff, [7] = 0xff, [8] = 0xff, [10] = 0xff, [11] = 0xff,
	};
	/* traffic class and flow label, hop limit */
	static const u8 v6[40] = { [0] = 0x0f, [1] = 0xff, [2] = 0xff, [3] = 0xff, [7] = 0xff };

	flip(test, "v4-hmac-sha2-256-128", v4, sizeof(v4));
	flip(test, "v4-hmac-sha1-96-esn", v4, sizeof(v4));
	flip(test, "v6-hmac-sha2-256-128", v6, sizeof(v6));
	flip(test, "v6-aes-cmac-96", v6, sizeof(v6));
}

/* P-48 */
static void ah_header(struct kunit *test)
{
	static const char * const ids[] = { "v4-hmac-sha2-256-128", "v6-hmac-sha2-256-128" };
	unsigned int i, j, len;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		const struct ipd_kat_ah *kat = kat_find(test, ids[i]);
		struct sk_buff *skb = kat_skb(test, kat);
		struct ipd_sa *sa = kat_sa(test, kat);
		struct ip_auth_hdr *ah = (void *)(skb->data + kat->off);

		KUNIT_EXPECT_EQ(test, sa->hdr_len, kat->family == 4 ? 28 : 32);
		for (j = 0; j < 256; j++) {
			ah->hdrlen = j;
			KUNIT_EXPECT_EQ(test, verify(test, sa, skb, kat->off, kat->seq),
					(j + 2) * 4 == sa->hdr_len ? 0 : -EINVAL);
		}
		ah->hdrlen = sa->hdr_len / 4 - 2;
		ah->reserved = htons(1);
		KUNIT_EXPECT_EQ(test, verify(test, sa, skb, kat->off, kat->seq), -EINVAL);
		ah->reserved = 0;

		/* P-05: cut anywhere */
		len = skb->len;
		while (len-- > kat->off + sizeof(*ah)) {
			skb_trim(skb, len);
			KUNIT_EXPECT_EQ(test, verify(test, sa, skb, kat->off, kat->seq),
					len < kat->off + sa->hdr_len ? -EINVAL : -EBADMSG);
		}
	}
}

/* P-47: options of IPv4, alone. Zeros are what must be zeroed. */
static void ah_options4(struct kunit *test)
{
	static const struct {
		const char *options, *want;	/* no want: refused */
		u8 dst;				/* last byte of the destination, before: 1 */
	} table[] = {
		{ "01010100", "01010100", 1 },
		{ "94040000", "94040000", 1 },
		{ "0707041122334400", "0000000000000000", 1 },
		{ "820401ff", "820401ff", 1 },
		{ "850401ff", "850401ff", 1 },
		{ "860401ff", "860401ff", 1 },
		{ "950401ff", "950401ff", 1 },
		{ "520401ff", "00000000", 1 },		/* traceroute */
		{ "de0401ff", "00000000", 1 },		/* unknown */
		{ "4404050101010101", "0000000001010101", 1 },
		{ "00ffffff", "00ffffff", 1 },		/* nothing after the end */
		{ "8307040909090900", "0000000000000000", 9 },
		{ "8907040909090800", "0000000000000000", 8 },
		{ "8307080909090900", "0000000000000000", 1 },	/* used up */
		{ "830bff090909090101010900", "000000000000000000000000", 1 },
		{ "8307050909090900", NULL },	/* between two addresses */
		{ "83030401", "00000001", 1 },		/* no route at all */
		{ "83030301", NULL },
		{ "83020401", NULL },			/* no pointer */
		{ "01010144", NULL },			/* no length */
		{ "44000101", NULL },
		{ "44010101", NULL },
		{ "44050101", NULL },			/* longer than the header */
		{ "44ff0101", NULL },
		{ "01018228", NULL },
	};
	struct iphdr *ip = kunit_kzalloc(test, 60, GFP_KERNEL);
	unsigned int i, len;
	u8 want[40];

	KUNIT_ASSERT_NOT_NULL(test, ip);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		len = ipd_test_unhex(test, (u8 *)(ip + 1), table[i].options);
		KUNIT_ASSERT_EQ(test, len % 4, 0);
		*ip = (struct iphdr){
			.version = 4, .ihl = 5 + len / 4, .protocol = IPPROTO_AH,
			.daddr = htonl(1), .ttl = 7, .tos = 9, .check = (__force __sum16)1,
		};
		if (!table[i].want) {
			KUNIT_EXPECT_EQ_MSG(test, ipd_ah_mask4((u8 *)ip, 20 + len), -EINVAL,
					    "row %u", i);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, ipd_ah_mask4((u8 *)ip, 20 + len), 0, "row %u", i);
		ipd_test_unhex(test, want, table[i].want);
		KUNIT_EXPECT_MEMEQ_MSG(test, (u8 *)(ip + 1), want, len, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, ntohl(ip->daddr) & 0xff, table[i].dst, "row %u", i);
		KUNIT_EXPECT_TRUE(test, !ip->ttl && !ip->tos && !ip->check && !ip->frag_off);
	}
}

static void ah_header4(struct kunit *test)
{
	struct iphdr *ip = kunit_kzalloc(test, 60, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ip);
	*ip = (struct iphdr){ .version = 4, .ihl = 5, .protocol = IPPROTO_AH };
	KUNIT_EXPECT_EQ(test, ipd_ah_mask4((u8 *)ip, 20), 0);
	KUNIT_EXPECT_EQ(test, ipd_ah_mask4((u8 *)ip, 19), -EINVAL);
	KUNIT_EXPECT_EQ(test, ipd_ah_mask4((u8 *)ip, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, ipd_ah_mask4((u8 *)ip, 24), -EINVAL);
	ip->ihl = 4;
	KUNIT_EXPECT_EQ(test, ipd_ah_mask4((u8 *)ip, 20), -EINVAL);
	ip->ihl = 5;
	ip->protocol = IPPROTO_UDP;
	KUNIT_EXPECT_EQ(test, ipd_ah_mask4((u8 *)ip, 20), -EINVAL);
	ip->protocol = IPPROTO_AH;
	ip->version = 6;
	KUNIT_EXPECT_EQ(test, ipd_ah_mask4((u8 *)ip, 20), -EINVAL);
}

/* P-45 and malformed chains: what follows the IPv6 header, whose next header is @first. */
static void ah_chain6(struct kunit *test)
{
	static const struct {
		const char *chain, *want;
		u8 first, dst;		/* dst before: 1 */
	} table[] = {
		{ "", "", 51, 1 },
		{ "", NULL, 17 },
		{ "", NULL, 0 },
		{ "3300010400000000", "3300010400000000", 0, 1 },
		{ "3300000000000000", "3300000000000000", 60, 1 },
		{ "33003e02ffff0000", "33003e0200000000", 0, 1 },
		{ "33001e02ffff0000", "33001e02ffff0000", 0, 1 },
		{ "33002004ffffffff", "3300200400000000", 60, 1 },
		{ "33003e05ffffffff", NULL, 0 },	/* option longer than the header */
		{ "33003effffffffff", NULL, 0 },
		{ "330000000000003e", NULL, 0 },	/* option without length */
		{ "3301010400000000", NULL, 0 },	/* header longer than the packet */
		{ "33ff010400000000", NULL, 0 },
		{ "1100010400000000", NULL, 0 },	/* not AH */
		{ "3300000000000000", NULL, 44 },	/* fragments are put together first */
		{ "3300000000000000", NULL, 50 },
		{ "33000104", NULL, 0 },		/* less than a header */
		{ "3300020000000000", "3300020000000000", 43, 1 },	/* arrived */
		{ "3300000000000000", "3300000000000000", 43, 1 },
		{ "3300fd0000000000", "3300fd0000000000", 43, 1 },
		{ "3300020100000000", NULL, 43 },	/* no address */
		{ "330202010000000000000000000000000000000000000009",
		  "330202000000000000000000000000000000000000000001", 43, 9 },
		{ "330202020000000000000000000000000000000000000009", NULL, 43 },
		{ "330200010000000000000000000000000000000000000009", NULL, 43 },	/* type 0 */
		{ "3302fd010000000000000000000000000000000000000009", NULL, 43 },
		{ "330204010000000000000000000000000000000000000009", NULL, 43 },
		{ "2b00010400000000330202010000000000000000000000000000000000000009",
		  "2b00010400000000330202000000000000000000000000000000000000000001",
		  0, 9 },
	};
	struct ipv6hdr *ip = kunit_kzalloc(test, 200, GFP_KERNEL);
	u8 *chain = (u8 *)(ip + 1), want[160];
	unsigned int i, len;

	KUNIT_ASSERT_NOT_NULL(test, ip);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		*ip = (struct ipv6hdr){
			.version = 6, .priority = 5, .flow_lbl = { 1, 2, 3 }, .hop_limit = 9,
			.nexthdr = table[i].first, .daddr.s6_addr[15] = 1,
		};
		len = ipd_test_unhex(test, chain, table[i].chain);
		if (!table[i].want) {
			KUNIT_EXPECT_EQ_MSG(test, ipd_ah_mask6((u8 *)ip, 40 + len), -EINVAL,
					    "row %u", i);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, ipd_ah_mask6((u8 *)ip, 40 + len), 0, "row %u", i);
		ipd_test_unhex(test, want, table[i].want);
		if (len)
			KUNIT_EXPECT_MEMEQ_MSG(test, chain, want, len, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, ip->daddr.s6_addr[15], table[i].dst, "row %u", i);
		KUNIT_EXPECT_EQ(test, ntohl(*(__be32 *)ip), 0x60000000);
		KUNIT_EXPECT_EQ(test, ip->hop_limit, 0);
	}
	KUNIT_EXPECT_EQ(test, ipd_ah_mask6((u8 *)ip, 39), -EINVAL);
	ip->version = 4;
	KUNIT_EXPECT_EQ(test, ipd_ah_mask6((u8 *)ip, 40), -EINVAL);
}

/* Any bytes: an answer, and (with KASAN) nothing read or written outside. */
static void ah_garbage(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i, len;
	u8 *buf;

	ipd_test_seed(test, &rnd);
	for (i = 0; i < 50000; i++) {
		len = ipd_test_below(&rnd, 120);
		buf = kmalloc(len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, buf);
		prandom_bytes_state(&rnd, buf, len);
		if (len > 42 && ipd_test_below(&rnd, 8)) {
			static const u8 types[] = { 0, 43, 60 };

			buf[0] = 0x60;
			buf[6] = types[ipd_test_below(&rnd, 3)];
			buf[40] = types[ipd_test_below(&rnd, 3)];
			buf[41] = ipd_test_below(&rnd, 5);
			buf[42] &= 7;
			ipd_ah_mask6(buf, len);
		} else if (len > 20) {
			len &= ~3;
			buf[0] = 0x40 | (len / 4 & 15);
			buf[9] = 51;
			ipd_ah_mask4(buf, len);
		} else {
			ipd_ah_mask6(buf, len);
			ipd_ah_mask4(buf, len);
		}
		kfree(buf);
	}
}

/* More headers than there is room for, and AH before the IP header. */
static void ah_bounds(struct kunit *test)
{
	struct ipd_sa *sa = kat_sa(test, &ipd_kat_ah[0]);
	struct sk_buff *skb = ipd_test_skb(test, 3000);

	skb->data[2000 + 1] = sa->hdr_len / 4 - 2;
	skb->data[2000 + 2] = 0;
	skb->data[2000 + 3] = 0;
	KUNIT_EXPECT_EQ(test, verify(test, sa, skb, 2000, 1), -EINVAL);
	skb_set_network_header(skb, 2500);
	KUNIT_EXPECT_EQ(test, verify(test, sa, skb, 2000, 1), -EINVAL);
}

static struct kunit_case ah_cases[] = {
	KUNIT_CASE(ah_kat),
	KUNIT_CASE(ah_flip),
	KUNIT_CASE(ah_header),
	KUNIT_CASE(ah_header4),
	KUNIT_CASE(ah_options4),
	KUNIT_CASE(ah_chain6),
	KUNIT_CASE(ah_garbage),
	KUNIT_CASE(ah_bounds),
	KUNIT_CASE(ah_kat_async),
	{}
};

static struct kunit_suite ah_suite = {
	.name = "ipsecdrv_ah",
	.test_cases = ah_cases,
};

kunit_test_suite(ah_suite);
