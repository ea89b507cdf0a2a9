// SPDX-License-Identifier: GPL-2.0-only
/*
 * ESP against published packets and those of another implementation, byte for byte, and
 * its sizes, checks and trailers by tables.
 */
#include <crypto/skcipher.h>
#include <linux/kmod.h>
#include <linux/scatterlist.h>
#include <linux/unaligned.h>

#include "esp.h"
#include "gcm.h"
#include "request.h"
#include "sa.h"
#include "seed.h"

struct ipd_kat_esp {
	const char *id;
	u8 encr;
	u8 integ;
	const char *key;
	const char *auth_key;
	bool esn;
	bool ike;	/* not ESP but an IKE message with the same AEAD */
	u32 spi;
	u64 seq;
	u8 nexthdr;
	const char *payload;
	const char *packet;
};

#include "esp_kat_gen.h"

#define OFF	20	/* where the tests put ESP */

/* Those of RFC 3602 have no authentication: not ours. */
static bool is_esp(const struct ipd_kat_esp *kat)
{
	return !kat->ike && !(kat->encr == IPSECDRV_ENCR_AES_CBC &&
			      kat->integ == IPSECDRV_INTEG_NONE);
}

static int decrypt(struct kunit *test, struct ipd_sa *sa, struct sk_buff *skb, u64 seq)
{
	return ipd_test_run(test, skb, ipd_esp_decrypt(sa, skb, OFF, seq, ipd_test_done));
}

static int encrypt(struct kunit *test, struct ipd_sa *sa, struct sk_buff *skb,
		   unsigned int payload, u64 seq)
{
	return ipd_test_run(test, skb, ipd_esp_encrypt(sa, skb, OFF, payload, 4, seq,
						       ipd_test_done));
}

static void kat_protection(struct kunit *test, const struct ipd_kat_esp *kat,
			   struct ipd_protection *prot)
{
	*prot = (struct ipd_protection){
		.proto = IPSECDRV_PROTO_ESP, .encr = kat->encr, .integ = kat->integ,
		.spi = { kat->spi, kat->spi },
	};
	prot->encr_key_len = ipd_test_unhex(test, prot->encr_key[0], kat->key);
	prot->integ_key_len = ipd_test_unhex(test, prot->integ_key[0], kat->auth_key);
	memcpy(prot->encr_key[1], prot->encr_key[0], sizeof(prot->encr_key[0]));
	memcpy(prot->integ_key[1], prot->integ_key[0], sizeof(prot->integ_key[0]));
	prot->encr_key[0][0] ^= 0x80;
	KUNIT_EXPECT_EQ_MSG(test, ipd_protection_check(prot, kat->esn, true, NULL), 0, "%s",
			    kat->id);
	prot->encr_key[0][0] ^= 0x80;
}

static void kat_decrypt(struct kunit *test, const struct ipd_kat_esp *kat, struct ipd_sa *sa,
			const u8 *packet, unsigned int len, const u8 *plain,
			unsigned int plain_len)
{
	struct sk_buff *skb = ipd_test_skb(test, OFF + len);
	unsigned int payload;
	u8 nexthdr;

	memcpy(skb->data + OFF, packet, len);
	KUNIT_EXPECT_EQ_MSG(test, ipd_esp_check(sa, len), 0, "%s", kat->id);
	KUNIT_EXPECT_EQ_MSG(test, decrypt(test, sa, skb, kat->seq), 0, "%s", kat->id);
	KUNIT_EXPECT_EQ_MSG(test, ipd_esp_trailer(sa, skb, OFF, true, &payload, &nexthdr), 0,
			    "%s", kat->id);
	KUNIT_EXPECT_EQ(test, nexthdr, kat->nexthdr);
	KUNIT_ASSERT_EQ(test, payload, plain_len);
	KUNIT_EXPECT_MEMEQ(test, skb->data + OFF + sa->hdr_len, plain, plain_len);
	/* The packet's head is as it was. */
	KUNIT_EXPECT_MEMEQ(test, skb->data + OFF, packet, sa->hdr_len);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(skb->data, 0x5a, OFF), NULL);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(skb->head, 0xa5, IPD_TEST_HEADROOM), NULL);
}

static void kat_encrypt(struct kunit *test, const struct ipd_kat_esp *kat, struct ipd_sa *sa,
			const u8 *packet, unsigned int len, const u8 *plain,
			unsigned int plain_len)
{
	struct sk_buff *skb = ipd_test_skb(test, OFF + len);
	u8 *esp = skb->data + OFF;
	int err;

	KUNIT_ASSERT_EQ_MSG(test, ipd_esp_size(sa, plain_len), len, "%s", kat->id);
	memcpy(esp + 8, packet + 8, sa->iv_len);
	memcpy(esp + sa->hdr_len, plain, plain_len);
	err = ipd_test_run(test, skb, ipd_esp_seal(sa, skb, OFF, plain_len, kat->nexthdr,
						   kat->seq, ipd_test_done));
	KUNIT_EXPECT_EQ_MSG(test, err, 0, "%s", kat->id);
	KUNIT_EXPECT_MEMEQ_MSG(test, esp, packet, len, "%s", kat->id);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(skb->data, 0x5a, OFF), NULL);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(skb->head, 0xa5, IPD_TEST_HEADROOM), NULL);
}

static void all_kats(struct kunit *test)
{
	u8 *packet = kunit_kzalloc(test, 2048, GFP_KERNEL);
	u8 *plain = kunit_kzalloc(test, 2048, GFP_KERNEL);
	struct ipd_protection *prot = kunit_kzalloc(test, sizeof(*prot), GFP_KERNEL);
	unsigned int i, n = 0;

	KUNIT_ASSERT_TRUE(test, packet && plain && prot);
	for (i = 0; i < ARRAY_SIZE(ipd_kat_esp); i++) {
		const struct ipd_kat_esp *kat = &ipd_kat_esp[i];
		unsigned int len = ipd_test_unhex(test, packet, kat->packet);
		unsigned int plain_len = ipd_test_unhex(test, plain, kat->payload);
		struct ipd_sa *in, *out;

		if (!is_esp(kat))
			continue;
		kat_protection(test, kat, prot);
		in = ipd_test_sa(test, prot, IPSECDRV_DIR_IN, AF_INET, kat->esn);
		out = ipd_test_sa(test, prot, IPSECDRV_DIR_OUT, AF_INET, kat->esn);
		KUNIT_ASSERT_TRUE_MSG(test, in && out, "%s", kat->id);
		kat_decrypt(test, kat, in, packet, len, plain, plain_len);
		kat_encrypt(test, kat, out, packet, len, plain, plain_len);
		n++;
	}
	kunit_info(test, "%u packets, each way", n);
}

/* By the crypto API, and by each of the driver's own ways to do AES-GCM. */
static void esp_kat(struct kunit *test)
{
	unsigned int code, limit;

	if (!IPD_VECTORS) {
		all_kats(test);
		return;
	}
	limit = ipd_gcm_limit;
	for (code = 0; code <= limit; code++) {
		ipd_gcm_limit = code;
		all_kats(test);
	}
	ipd_gcm_limit = limit;
}

static struct ipd_sa *sa_with(struct kunit *test, u8 encr, u8 integ, unsigned int key_len)
{
	struct ipd_protection *prot = kunit_kzalloc(test, sizeof(*prot), GFP_KERNEL);
	struct ipd_sa *sa;

	KUNIT_ASSERT_NOT_NULL(test, prot);
	prot->proto = IPSECDRV_PROTO_ESP;
	prot->encr = encr;
	prot->integ = integ;
	prot->encr_key_len = key_len;
	prot->integ_key_len = integ ? 32 : 0;
	prot->spi[0] = 0x1000;
	memset(prot->encr_key[0], 0x11, key_len);
	sa = ipd_test_sa(test, prot, IPSECDRV_DIR_OUT, AF_INET, false);
	KUNIT_ASSERT_NOT_NULL(test, sa);
	return sa;
}

/*
 * The same when every cipher completes later. The crypto API then prefers what these
 * made of them, so whatever comes after this may be asynchronous too.
 */
static void all_kats_async(struct kunit *test, unsigned int how, const char *wrapper)
{
	struct ipd_sa *sa;

	if (request_module("%s", wrapper))
		kunit_skip(test, "no %s", wrapper);
	ipd_force_async = how;
	sa = sa_with(test, IPSECDRV_ENCR_AES_GCM_16, IPSECDRV_INTEG_NONE, 20);
	KUNIT_EXPECT_TRUE(test, strstarts(ipd_sa_crypto_name(sa), wrapper));
	all_kats(test);
	ipd_force_async = 0;
}

static void esp_kat_cryptd(struct kunit *test)
{
	all_kats_async(test, 1, "cryptd");
}

/* Needs a kernel with SMP. */
static void esp_kat_pcrypt(struct kunit *test)
{
	all_kats_async(test, 2, "pcrypt");
}

#if IPD_VECTORS
#define GCM_ROUNDS	2000
#define GCM_PAYLOAD	1600
#define GCM_WORK	3	/* force_async=work */

/* One packet out by @out, in by @in, and in once more after a bit of it was changed. */
static void gcm_packet(struct kunit *test, struct rnd_state *rnd, struct ipd_sa *out,
		       struct ipd_sa *in, struct sk_buff *skb, const struct sk_buff *clear,
		       const struct sk_buff *want, unsigned int payload, u64 seq)
{
	unsigned int bit = ipd_test_below(rnd, 8 * (skb->len - OFF));

	memcpy(skb->data, clear->data, skb->len);
	KUNIT_EXPECT_EQ(test, encrypt(test, out, skb, payload, seq), 0);
	KUNIT_EXPECT_MEMEQ(test, skb->data, want->data, skb->len);
	skb->data[OFF + bit / 8] ^= 1 << bit % 8;
	KUNIT_EXPECT_EQ(test, decrypt(test, in, skb, seq), -EBADMSG);
	memcpy(skb->data, want->data, skb->len);
	KUNIT_EXPECT_EQ(test, decrypt(test, in, skb, seq), 0);
	KUNIT_EXPECT_MEMEQ(test, skb->data + OFF + in->hdr_len, clear->data + OFF + in->hdr_len,
			   payload);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(skb->head, 0xa5, IPD_TEST_HEADROOM), NULL);
}

/* The driver's own code makes the crypto API's packets of random ones, @how it may work. */
static void gcm_agree(struct kunit *test, unsigned int how)
{
	static const u8 encrs[] = { IPSECDRV_ENCR_AES_GCM_8, IPSECDRV_ENCR_AES_GCM_12,
				    IPSECDRV_ENCR_AES_GCM_16, IPSECDRV_ENCR_AES_GMAC };
	struct ipd_protection *prot = kunit_kzalloc(test, sizeof(*prot), GFP_KERNEL);
	unsigned int i, code, limit = ipd_gcm_limit, compared = 0;
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, prot);
	ipd_test_seed(test, &rnd);
	for (i = 0; i < GCM_ROUNDS; i++) {
		unsigned int payload = ipd_test_below(&rnd, i % 4 ? 200 : GCM_PAYLOAD);
		u64 seq = ipd_test_u64(&rnd) >> ipd_test_below(&rnd, 64);
		bool esn = i & 1;
		struct ipd_sa *sa[2];
		struct sk_buff *clear, *want, *skb;

		prot->proto = IPSECDRV_PROTO_ESP;
		prot->encr = encrs[ipd_test_below(&rnd, ARRAY_SIZE(encrs))];
		prot->encr_key_len = 20 + 8 * ipd_test_below(&rnd, 3);
		prandom_bytes_state(&rnd, prot->encr_key[0], prot->encr_key_len);
		memcpy(prot->encr_key[1], prot->encr_key[0], prot->encr_key_len);
		prot->spi[0] = prandom_u32_state(&rnd);
		prot->spi[1] = prot->spi[0];

		ipd_gcm_limit = 0;
		sa[0] = ipd_test_sa(test, prot, IPSECDRV_DIR_OUT, AF_INET, esn);
		KUNIT_ASSERT_TRUE(test, sa[0] && !sa[0]->own_gcm);
		clear = ipd_test_skb(test, OFF + ipd_esp_size(sa[0], payload));
		want = ipd_test_skb(test, clear->len);
		skb = ipd_test_skb(test, clear->len);
		prandom_bytes_state(&rnd, clear->data + OFF, clear->len - OFF);
		memcpy(want->data, clear->data, clear->len);
		KUNIT_EXPECT_EQ(test, encrypt(test, sa[0], want, payload, seq), 0);

		ipd_force_async = how;
		for (code = 1; code <= limit; code++) {
			ipd_gcm_limit = code;
			sa[0] = ipd_test_sa(test, prot, IPSECDRV_DIR_OUT, AF_INET, esn);
			sa[1] = ipd_test_sa(test, prot, IPSECDRV_DIR_IN, AF_INET, esn);
			if (!sa[0] || !sa[1] || !sa[0]->own_gcm)
				continue;
			gcm_packet(test, &rnd, sa[0], sa[1], skb, clear, want, payload, seq);
			compared++;
		}
		ipd_gcm_limit = limit;
		ipd_force_async = 0;
		if (test->status == KUNIT_FAILURE)
			break;
	}
	if (!compared)
		kunit_skip(test, "not with this processor");
	kunit_info(test, "%u packets", compared);
}

static void esp_gcm(struct kunit *test)
{
	gcm_agree(test, 0);
}

/* As where the vector registers are taken. */
static void esp_gcm_deferred(struct kunit *test)
{
	gcm_agree(test, GCM_WORK);
}

static unsigned int gcm_done_next;

static void gcm_done(struct ipd_sa *sa, struct sk_buff *skb, int err)
{
	if (skb->mark == gcm_done_next)
		gcm_done_next++;
	ipd_test_done(sa, skb, err);
}

/* What has to wait stays in order, and so does what only comes behind it; not any number. */
static void esp_gcm_waiting(struct kunit *test)
{
	unsigned int i, size, later = 0, refused = 0;
	struct ipd_sa *soon, *late;
	struct sk_buff **skb;
	int err;

	soon = sa_with(test, IPSECDRV_ENCR_AES_GCM_16, IPSECDRV_INTEG_NONE, 20);
	if (!soon->own_gcm)
		kunit_skip(test, "not with this processor");
	ipd_force_async = GCM_WORK;
	late = sa_with(test, IPSECDRV_ENCR_AES_GCM_16, IPSECDRV_INTEG_NONE, 20);
	ipd_force_async = 0;

	size = OFF + ipd_esp_size(soon, 40);
	skb = kunit_kcalloc(test, IPD_REQUESTS_WAITING + 1, sizeof(*skb), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	for (i = 0; i <= IPD_REQUESTS_WAITING; i++) {
		skb[i] = ipd_test_skb(test, size);
		skb[i]->mark = i;
		init_completion(&ipd_test_op(skb[i])->done);
	}

	gcm_done_next = 0;
	local_bh_disable();
	rcu_read_lock();
	for (i = 0; i <= IPD_REQUESTS_WAITING; i++) {
		err = ipd_esp_encrypt(i % 2 ? soon : late, skb[i], OFF, 40, 4, i + 1, gcm_done);
		later += err == -EINPROGRESS;
		refused += err == -ENOSPC;
	}
	rcu_read_unlock();
	local_bh_enable();

	KUNIT_EXPECT_EQ(test, later, IPD_REQUESTS_WAITING);
	KUNIT_EXPECT_EQ(test, refused, 1);
	for (i = 0; i < IPD_REQUESTS_WAITING; i++)
		KUNIT_EXPECT_EQ(test, ipd_test_end(test, ipd_test_op(skb[i]), -EINPROGRESS), 0);
	KUNIT_EXPECT_EQ(test, gcm_done_next, IPD_REQUESTS_WAITING);

	/* Then nothing waits any more. */
	local_bh_disable();
	rcu_read_lock();
	err = ipd_esp_encrypt(soon, skb[i], OFF, 40, 4, i + 1, gcm_done);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, err, 0);
}
#endif /* IPD_VECTORS */

/* The packets of RFC 3602 have no ICV: refused, but the bare cipher has to agree. */
static void kat_cbc(struct kunit *test, const struct ipd_kat_esp *kat)
{
	u8 *packet = kunit_kzalloc(test, 2048, GFP_KERNEL), iv[16], key[16];
	unsigned int len = ipd_test_unhex(test, packet, kat->packet) - 24;
	struct crypto_skcipher *tfm = crypto_alloc_skcipher("cbc(aes)", 0, 0);
	u8 *plain = kunit_kzalloc(test, 2048, GFP_KERNEL);
	DECLARE_CRYPTO_WAIT(wait);
	struct skcipher_request *req;
	struct scatterlist sg;
	unsigned int plain_len;

	KUNIT_ASSERT_FALSE(test, IS_ERR(tfm));
	req = skcipher_request_alloc(tfm, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, req);
	KUNIT_ASSERT_EQ(test, ipd_test_unhex(test, key, kat->key), 16);
	KUNIT_EXPECT_EQ(test, crypto_skcipher_setkey(tfm, key, 16), 0);
	memcpy(iv, packet + 8, 16);
	sg_init_one(&sg, packet + 24, len);
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP | CRYPTO_TFM_REQ_MAY_BACKLOG,
				      crypto_req_done, &wait);
	skcipher_request_set_crypt(req, &sg, &sg, len, iv);
	KUNIT_EXPECT_EQ(test, crypto_wait_req(crypto_skcipher_decrypt(req), &wait), 0);

	plain_len = ipd_test_unhex(test, plain, kat->payload);
	KUNIT_EXPECT_MEMEQ(test, packet + 24, plain, plain_len);
	KUNIT_EXPECT_EQ(test, packet[24 + len - 1], kat->nexthdr);
	KUNIT_EXPECT_EQ(test, packet[24 + len - 2], len - 2 - plain_len);

	memcpy(iv, packet + 8, 16);
	skcipher_request_set_crypt(req, &sg, &sg, len, iv);
	KUNIT_EXPECT_EQ(test, crypto_wait_req(crypto_skcipher_encrypt(req), &wait), 0);
	ipd_test_unhex(test, plain, kat->packet);
	KUNIT_EXPECT_MEMEQ(test, packet, plain, 24 + len);

	skcipher_request_free(req);
	crypto_free_skcipher(tfm);
}

static void kat_ike(struct kunit *test, const struct ipd_kat_esp *kat)
{
	struct crypto_aead *tfm = crypto_alloc_aead("rfc7539esp(chacha20,poly1305)", 0, 0);
	u8 *packet = kunit_kzalloc(test, 2048, GFP_KERNEL), *plain, iv[16], key[36];
	unsigned int len = ipd_test_unhex(test, packet, kat->packet), plain_len;
	DECLARE_CRYPTO_WAIT(wait);
	struct aead_request *req;
	struct scatterlist sg;

	KUNIT_ASSERT_FALSE(test, IS_ERR(tfm));
	req = aead_request_alloc(tfm, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, req);
	KUNIT_ASSERT_EQ(test, ipd_test_unhex(test, key, kat->key), 36);
	KUNIT_EXPECT_EQ(test, crypto_aead_setkey(tfm, key, 36), 0);
	KUNIT_EXPECT_EQ(test, crypto_aead_setauthsize(tfm, 16), 0);
	memcpy(iv, packet + 32, 8);
	sg_init_one(&sg, packet, len);
	aead_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP | CRYPTO_TFM_REQ_MAY_BACKLOG,
				  crypto_req_done, &wait);
	aead_request_set_crypt(req, &sg, &sg, len - 40, iv);
	aead_request_set_ad(req, 40);
	KUNIT_EXPECT_EQ(test, crypto_wait_req(crypto_aead_decrypt(req), &wait), 0);
	plain = kunit_kzalloc(test, 2048, GFP_KERNEL);
	plain_len = ipd_test_unhex(test, plain, kat->payload);
	KUNIT_EXPECT_MEMEQ(test, packet + 40, plain, plain_len);

	aead_request_set_crypt(req, &sg, &sg, plain_len, iv);
	KUNIT_EXPECT_EQ(test, crypto_wait_req(crypto_aead_encrypt(req), &wait), 0);
	ipd_test_unhex(test, plain, kat->packet);
	KUNIT_EXPECT_MEMEQ(test, packet, plain, len);

	aead_request_free(req);
	crypto_free_aead(tfm);
}

static void esp_kat_refused(struct kunit *test)
{
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(ipd_kat_esp); i++) {
		const struct ipd_kat_esp *kat = &ipd_kat_esp[i];
		struct ipd_protection prot = {
			.proto = IPSECDRV_PROTO_ESP, .encr = kat->encr, .encr_key_len = 16,
		};

		if (is_esp(kat))
			continue;
		n++;
		if (kat->ike) {
			kat_ike(test, kat);
			continue;
		}
		KUNIT_EXPECT_EQ(test, ipd_protection_check(&prot, false, true, NULL), -EINVAL);
		kat_cbc(test, kat);
	}
	KUNIT_EXPECT_EQ(test, n, 5);
}

/* P-08: no byte of a packet may change. C-11: nothing but -EBADMSG tells. */
static void esp_flip(struct kunit *test)
{
	struct ipd_protection *prot = kunit_kzalloc(test, sizeof(*prot), GFP_KERNEL);
	unsigned int i, at, bit, wrong = 0, n = 0;
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, prot);
	ipd_test_seed(test, &rnd);
	for (i = 0; i < ARRAY_SIZE(ipd_kat_esp); i++) {
		const struct ipd_kat_esp *kat = &ipd_kat_esp[i];
		unsigned int len = strlen(kat->packet) / 2;
		struct sk_buff *skb;
		struct ipd_sa *sa;

		if (!is_esp(kat) || len > 150)
			continue;
		n++;
		kat_protection(test, kat, prot);
		sa = ipd_test_sa(test, prot, IPSECDRV_DIR_IN, AF_INET, kat->esn);
		KUNIT_ASSERT_NOT_NULL(test, sa);
		skb = ipd_test_skb(test, OFF + len);
		for (at = 0; at < len; at++) {
			bit = 1 << ipd_test_below(&rnd, 8);
			ipd_test_unhex(test, skb->data + OFF, kat->packet);
			skb->data[OFF + at] ^= bit;
			wrong += decrypt(test, sa, skb, kat->seq) != -EBADMSG;
		}
		/* The upper half is not in the packet, but authentic. */
		if (kat->esn) {
			ipd_test_unhex(test, skb->data + OFF, kat->packet);
			KUNIT_EXPECT_EQ(test, decrypt(test, sa, skb, kat->seq ^ 1ULL << 32),
					-EBADMSG);
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	kunit_info(test, "%u packets", n);
}

/* An SA that needs no cipher. */
static struct ipd_sa sized(unsigned int iv, unsigned int icv, unsigned int align)
{
	return (struct ipd_sa){
		.hdr_len = 8 + iv, .iv_len = iv, .icv_len = icv, .align = align,
	};
}

static const struct { u8 iv, icv, align; } sizes[] = {
	{ 8, 8, 4 }, { 8, 12, 4 }, { 8, 16, 4 }, { 0, 12, 4 }, { 0, 32, 4 }, { 16, 12, 16 },
	{ 16, 16, 16 }, { 16, 24, 16 }, { 16, 32, 16 }, { 8, 12, 8 },
};

static void esp_sizes(struct kunit *test)
{
	unsigned int i, len, wrong = 0;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct ipd_sa sa = sized(sizes[i].iv, sizes[i].icv, sizes[i].align);

		for (len = 0; len < 3000; len++) {
			unsigned int size = ipd_esp_size(&sa, len), payload;

			/* Both directions agree on what a packet is. */
			wrong += ipd_esp_check(&sa, size) != 0;
			wrong += ipd_esp_payload(&sa, size) < len;
			wrong += size - sa.hdr_len - sa.icv_len - len - 2 >= sa.align;
			payload = ipd_esp_payload(&sa, len);
			if (payload) {
				wrong += ipd_esp_size(&sa, payload) > len;
				wrong += ipd_esp_size(&sa, payload + 1) <= len;
			} else {
				wrong += ipd_esp_size(&sa, 1) <= len;
			}
		}
		wrong += ipd_esp_size(&sa, 65535) < 65535 + 10;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/* P-01 to P-05: all lengths, against the words of the contract. */
static void esp_check(struct kunit *test)
{
	unsigned int i, len, wrong = 0;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct ipd_sa sa = sized(sizes[i].iv, sizes[i].icv, sizes[i].align);

		for (len = 0; len < 300; len++) {
			int text = (int)len - 8 - sizes[i].iv - sizes[i].icv;
			int want = text < sizes[i].align ? -EMSGSIZE :
				   text % sizes[i].align ? -EINVAL : 0;

			wrong += ipd_esp_check(&sa, len) != want;
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/* P-11, P-12 */
static void esp_trailer(struct kunit *test)
{
	static const struct {
		const char *text;	/* after the header, before an ICV of 8 bytes */
		int err, err_check;
		unsigned int payload;
		u8 nexthdr;
	} table[] = {
		{ "01020204", 0, 0, 0, 4 },
		{ "aabb0004", 0, 0, 2, 4 },
		{ "aa010104", 0, 0, 1, 4 },
		{ "aa020104", 0, -EINVAL, 1, 4 },
		{ "0102023b", 0, 0, 0, 59 },
		{ "00000204", 0, -EINVAL, 0, 4 },
		{ "01020304", -EINVAL, -EINVAL },
		{ "0102ff04", -EINVAL, -EINVAL },
		{ "0102030405060606", 0, 0, 0, 6 },
		{ "0102030405060706", -EINVAL, -EINVAL },
		{ "dead010203040506", 0, -EINVAL, 1, 6 },
		{ "ddeeddee01020206", 0, 0, 4, 6 },
		{ "ddeeddee02010206", 0, -EINVAL, 4, 6 },
		{ "ddeeddee01020006", 0, 0, 6, 6 },
	};
	struct ipd_sa sa = sized(8, 8, 4);
	unsigned int i, payload, len;
	struct sk_buff *skb;
	u8 nexthdr;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		len = strlen(table[i].text) / 2;
		skb = ipd_test_skb(test, OFF + 16 + len + 8);
		ipd_test_unhex(test, skb->data + OFF + 16, table[i].text);
		KUNIT_EXPECT_EQ_MSG(test, ipd_esp_trailer(&sa, skb, OFF, true, &payload, &nexthdr),
				    table[i].err_check, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, ipd_esp_trailer(&sa, skb, OFF, false, &payload, &nexthdr),
				    table[i].err, "row %u", i);
		if (table[i].err)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, payload, table[i].payload, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, nexthdr, table[i].nexthdr, "row %u", i);
	}
}

/* As much padding as there can be. */
static void esp_trailer_long(struct kunit *test)
{
	struct ipd_sa sa = sized(8, 8, 4);
	struct sk_buff *skb = ipd_test_skb(test, OFF + 16 + 257 + 8);
	unsigned int i, payload;
	u8 nexthdr, *text = skb->data + OFF + 16;

	for (i = 0; i < 255; i++)
		text[i] = i + 1;
	text[255] = 255;
	text[256] = 17;
	KUNIT_EXPECT_EQ(test, ipd_esp_trailer(&sa, skb, OFF, true, &payload, &nexthdr), 0);
	KUNIT_EXPECT_EQ(test, payload, 0);
	text[200]++;
	KUNIT_EXPECT_EQ(test, ipd_esp_trailer(&sa, skb, OFF, true, &payload, &nexthdr), -EINVAL);
	skb_trim(skb, skb->len - 1);
	memmove(text + 254, text + 255, 2);
	KUNIT_EXPECT_EQ(test, ipd_esp_trailer(&sa, skb, OFF, false, &payload, &nexthdr), -EINVAL);
}

/* C-10: the IV of a counter mode is the sequence number, all 64 bits of it. */
static void esp_iv_counter(struct kunit *test)
{
	static const struct { u8 encr, integ, key_len; } modes[] = {
		{ IPSECDRV_ENCR_AES_GCM_16, IPSECDRV_INTEG_NONE, 20 },
		{ IPSECDRV_ENCR_AES_GMAC, IPSECDRV_INTEG_NONE, 20 },
		{ IPSECDRV_ENCR_AES_CCM_16, IPSECDRV_INTEG_NONE, 19 },
		{ IPSECDRV_ENCR_CHACHA20_POLY1305, IPSECDRV_INTEG_NONE, 36 },
		{ IPSECDRV_ENCR_AES_CTR, IPSECDRV_INTEG_HMAC_SHA2_256_128, 20 },
	};
	static const u64 seqs[] = { 1, 2, U32_MAX, 1ULL << 32, 0x123456789abcdef0 };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		struct ipd_sa *sa = sa_with(test, modes[i].encr, modes[i].integ, modes[i].key_len);
		struct sk_buff *skb = ipd_test_skb(test, OFF + ipd_esp_size(sa, 100));

		for (j = 0; j < ARRAY_SIZE(seqs); j++) {
			KUNIT_EXPECT_EQ(test, encrypt(test, sa, skb, 100, seqs[j]), 0);
			KUNIT_EXPECT_EQ(test, get_unaligned_be64(skb->data + OFF + 8), seqs[j]);
			KUNIT_EXPECT_EQ(test, get_unaligned_be32(skb->data + OFF + 4),
					(u32)seqs[j]);
		}
	}
}

/* That of CBC is neither this nor the last block, and each of its bits is random. */
static void esp_iv_random(struct kunit *test)
{
	struct ipd_sa *sa = sa_with(test, IPSECDRV_ENCR_AES_CBC, IPSECDRV_INTEG_HMAC_SHA2_256_128,
				    16);
	struct sk_buff *skb = ipd_test_skb(test, OFF + ipd_esp_size(sa, 100));
	unsigned int ones[128] = {}, i, j, odd = 0;
	u8 *iv = skb->data + OFF + 8, last[16];

	for (i = 0; i < 10000; i++) {
		odd += encrypt(test, sa, skb, 100, 1) != 0;
		odd += i && !memcmp(iv, last, 16);
		memcpy(last, skb_tail_pointer(skb) - sa->icv_len - 16, 16);
		for (j = 0; j < 128; j++)
			ones[j] += iv[j / 8] >> j % 8 & 1;
	}
	KUNIT_EXPECT_EQ(test, odd, 0);
	/* 10 standard deviations: never by chance */
	for (j = 0; j < 128; j++)
		KUNIT_EXPECT_TRUE_MSG(test, ones[j] > 4500 && ones[j] < 5500, "bit %u: %u", j,
				      ones[j]);
}

static struct kunit_case esp_cases[] = {
	KUNIT_CASE(esp_kat),
	KUNIT_CASE(esp_kat_refused),
	KUNIT_CASE(esp_flip),
	KUNIT_CASE(esp_sizes),
	KUNIT_CASE(esp_check),
	KUNIT_CASE(esp_trailer),
	KUNIT_CASE(esp_trailer_long),
	KUNIT_CASE(esp_iv_counter),
	KUNIT_CASE(esp_iv_random),
#if IPD_VECTORS
	KUNIT_CASE(esp_gcm),
	KUNIT_CASE(esp_gcm_deferred),
	KUNIT_CASE(esp_gcm_waiting),
#endif
	KUNIT_CASE(esp_kat_cryptd),
	KUNIT_CASE(esp_kat_pcrypt),
	{}
};

static struct kunit_suite esp_suite = {
	.name = "ipsecdrv_esp",
	.test_cases = esp_cases,
};

kunit_test_suite(esp_suite);
