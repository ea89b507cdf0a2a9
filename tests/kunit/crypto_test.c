// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is refused, what can be set up, and how requests end: with an engine that
 * completes when and where a test wants.
 */
#include <crypto/internal/aead.h>
#include <linux/hrtimer.h>
#include <linux/kmod.h>
#include <linux/netlink.h>

#include "ah.h"
#include "esp.h"
#include "request.h"
#include "sa.h"
#include "seed.h"

#define OFF	20

/* As crypto.h and the RFCs say, not as crypto.c does. */
static const struct {
	u8 encr;
	u8 salt, iv, icv, align;
	u8 key_lens[3];
	bool aead, legacy;
} encrs[] = {
	{ IPSECDRV_ENCR_NULL, 0, 0, 0, 4, { 0 }, false },
	{ IPSECDRV_ENCR_AES_GCM_8, 4, 8, 8, 4, { 16, 24, 32 }, true },
	{ IPSECDRV_ENCR_AES_GCM_12, 4, 8, 12, 4, { 16, 24, 32 }, true },
	{ IPSECDRV_ENCR_AES_GCM_16, 4, 8, 16, 4, { 16, 24, 32 }, true },
	{ IPSECDRV_ENCR_CHACHA20_POLY1305, 4, 8, 16, 4, { 32 }, true },
	{ IPSECDRV_ENCR_AES_CCM_8, 3, 8, 8, 4, { 16, 24, 32 }, true },
	{ IPSECDRV_ENCR_AES_CCM_12, 3, 8, 12, 4, { 16, 24, 32 }, true },
	{ IPSECDRV_ENCR_AES_CCM_16, 3, 8, 16, 4, { 16, 24, 32 }, true },
	{ IPSECDRV_ENCR_AES_CTR, 4, 8, 0, 4, { 16, 24, 32 }, false },
	{ IPSECDRV_ENCR_AES_CBC, 0, 16, 0, 16, { 16, 24, 32 }, false },
	{ IPSECDRV_ENCR_AES_GMAC, 4, 8, 16, 4, { 16, 24, 32 }, true },
	{ IPSECDRV_ENCR_DES_CBC, 0, 8, 0, 8, { 8 }, false, true },
	{ IPSECDRV_ENCR_DES3_CBC, 0, 8, 0, 8, { 24 }, false, true },
};

static const struct {
	u8 integ;
	u8 key_len, icv;
	bool legacy;
} integs[] = {
	{ IPSECDRV_INTEG_HMAC_SHA2_256_128, 32, 16 },
	{ IPSECDRV_INTEG_HMAC_SHA2_384_192, 48, 24 },
	{ IPSECDRV_INTEG_HMAC_SHA2_512_256, 64, 32 },
	{ IPSECDRV_INTEG_HMAC_SHA1_96, 20, 12 },
	{ IPSECDRV_INTEG_AES_XCBC_96, 16, 12 },
	{ IPSECDRV_INTEG_AES_CMAC_96, 16, 12 },
	{ IPSECDRV_INTEG_HMAC_MD5_96, 16, 12, true },
};

static struct ipd_protection *new_prot(struct kunit *test, u8 proto)
{
	struct ipd_protection *prot = kunit_kzalloc(test, sizeof(*prot), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, prot);
	prot->proto = proto;
	prot->spi[0] = 0x1000;
	prot->spi[1] = 0x2000;
	get_random_bytes(prot->encr_key, sizeof(prot->encr_key));
	get_random_bytes(prot->integ_key, sizeof(prot->integ_key));
	return prot;
}

/* Every refusal says why, and only a refusal does. */
static bool allowed(struct kunit *test, const struct ipd_protection *prot, bool legacy)
{
	struct netlink_ext_ack extack = {};
	int err = ipd_protection_check(prot, false, legacy, &extack);

	KUNIT_EXPECT_EQ(test, !err, !extack._msg);
	if (err)
		KUNIT_EXPECT_EQ(test, err, -EINVAL);
	return !err;
}

static bool known_key_len(unsigned int i, unsigned int len)
{
	return len == encrs[i].salt + encrs[i].key_lens[0] ||
	       (encrs[i].key_lens[1] && (len == encrs[i].salt + encrs[i].key_lens[1] ||
					 len == encrs[i].salt + encrs[i].key_lens[2]));
}

/* all ciphers, all authenticators, all lengths of keys. */
static void crypto_check_encr(struct kunit *test)
{
	struct ipd_protection *prot = new_prot(test, IPSECDRV_PROTO_ESP);
	unsigned int i, j, len, wrong = 0, good = 0;
	bool want;

	for (i = 0; i < ARRAY_SIZE(encrs); i++) {
		prot->encr = encrs[i].encr;
		for (j = 0; j <= ARRAY_SIZE(integs); j++) {
			bool has_integ = j < ARRAY_SIZE(integs);
			bool legacy = encrs[i].legacy || (has_integ && integs[j].legacy);

			prot->integ = has_integ ? integs[j].integ : IPSECDRV_INTEG_NONE;
			prot->integ_key_len = has_integ ? integs[j].key_len : 0;
			for (len = 0; len <= IPSECDRV_KEY_MAX; len++) {
				prot->encr_key_len = len;
				want = has_integ != encrs[i].aead && known_key_len(i, len);
				wrong += allowed(test, prot, true) != want;
				wrong += allowed(test, prot, false) != (want && !legacy);
				good += want;
			}
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	kunit_info(test, "%u combinations are allowed", good);
}

static void crypto_check_integ(struct kunit *test)
{
	static const u8 protos[] = { IPSECDRV_PROTO_ESP, IPSECDRV_PROTO_AH };
	unsigned int i, j, len, wrong = 0;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		struct ipd_protection *prot = new_prot(test, protos[i]);

		prot->encr = protos[i] == IPSECDRV_PROTO_ESP ? IPSECDRV_ENCR_NULL :
							       IPSECDRV_ENCR_NONE;
		for (j = 0; j < ARRAY_SIZE(integs); j++) {
			prot->integ = integs[j].integ;
			for (len = 0; len <= IPSECDRV_KEY_MAX; len++) {
				prot->integ_key_len = len;
				wrong += allowed(test, prot, true) != (len == integs[j].key_len);
			}
			prot->integ_key_len = integs[j].key_len;
			wrong += allowed(test, prot, false) != !integs[j].legacy;
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

static void crypto_check_other(struct kunit *test)
{
	struct ipd_protection *prot = new_prot(test, IPSECDRV_PROTO_ESP);
	unsigned int i;

	/* no authentication */
	prot->encr = IPSECDRV_ENCR_NULL;
	KUNIT_EXPECT_FALSE(test, allowed(test, prot, true));
	prot->encr = IPSECDRV_ENCR_AES_CBC;
	prot->encr_key_len = 16;
	KUNIT_EXPECT_FALSE(test, allowed(test, prot, true));

	/* unknown */
	prot->integ = IPSECDRV_INTEG_HMAC_SHA1_96;
	prot->integ_key_len = 20;
	KUNIT_EXPECT_TRUE(test, allowed(test, prot, true));
	for (i = 0; i < 256; i++) {
		if (i >= IPSECDRV_ENCR_NULL && i <= IPSECDRV_ENCR_DES3_CBC)
			continue;
		prot->encr = i;
		KUNIT_EXPECT_FALSE(test, allowed(test, prot, true));
	}
	prot->encr = IPSECDRV_ENCR_AES_CBC;
	for (i = IPSECDRV_INTEG_HMAC_MD5_96 + 1; i < 256; i++) {
		prot->integ = i;
		KUNIT_EXPECT_FALSE(test, allowed(test, prot, true));
	}
	prot->integ = IPSECDRV_INTEG_HMAC_SHA1_96;
	for (i = 0; i < 256; i++) {
		prot->proto = i;
		KUNIT_EXPECT_EQ(test, allowed(test, prot, true), i == IPSECDRV_PROTO_ESP);
	}

	/* a key for what is not there */
	prot->proto = IPSECDRV_PROTO_ESP;
	prot->encr = IPSECDRV_ENCR_AES_GCM_16;
	prot->encr_key_len = 20;
	prot->integ = IPSECDRV_INTEG_NONE;
	KUNIT_EXPECT_FALSE(test, allowed(test, prot, true));
	prot->integ_key_len = 0;
	KUNIT_EXPECT_TRUE(test, allowed(test, prot, true));

	/* both directions would use the same nonces */
	memcpy(prot->encr_key[1], prot->encr_key[0], 20);
	KUNIT_EXPECT_FALSE(test, allowed(test, prot, true));
	prot->encr_key[1][19] ^= 1;
	KUNIT_EXPECT_TRUE(test, allowed(test, prot, true));

	/* AH */
	prot->proto = IPSECDRV_PROTO_AH;
	KUNIT_EXPECT_FALSE(test, allowed(test, prot, true));
	prot->encr = IPSECDRV_ENCR_NONE;
	prot->encr_key_len = 0;
	KUNIT_EXPECT_FALSE(test, allowed(test, prot, true));
	prot->integ = IPSECDRV_INTEG_AES_XCBC_96;
	prot->integ_key_len = 16;
	KUNIT_EXPECT_TRUE(test, allowed(test, prot, true));
	prot->encr = IPSECDRV_ENCR_NULL;
	KUNIT_EXPECT_FALSE(test, allowed(test, prot, true));
}

/* C-08 */
static void crypto_weak(struct kunit *test)
{
	struct ipd_protection *prot = new_prot(test, IPSECDRV_PROTO_ESP);
	struct ipd_sa *sa = kunit_kzalloc(test, sizeof(*sa), GFP_KERNEL);
	struct netlink_ext_ack extack = {};
	unsigned int dir, at, i;

	prot->encr = IPSECDRV_ENCR_DES3_CBC;
	prot->encr_key_len = 24;
	prot->integ = IPSECDRV_INTEG_HMAC_SHA1_96;
	prot->integ_key_len = 20;
	for (dir = 0; dir < 2; dir++) {
		u8 *key = prot->encr_key[dir];

		for (at = 0; at <= 8; at += 8) {
			/* K1 = K2, K2 = K3, but for parity */
			get_random_bytes(key, 24);
			for (i = 0; i < 8; i++)
				key[at + i] = key[at + 8 + i] ^ (i & 1);
			KUNIT_EXPECT_FALSE(test, allowed(test, prot, true));
			key[at] ^= 2;
			KUNIT_EXPECT_TRUE(test, allowed(test, prot, true));
		}
	}

	/* The weak keys of DES are known to the kernel's cipher. */
	prot->encr = IPSECDRV_ENCR_DES_CBC;
	prot->encr_key_len = 8;
	memset(prot->encr_key[0], 0x01, 8);
	KUNIT_EXPECT_EQ(test, ipd_sa_crypto_init(sa, prot, 0, &extack), -EINVAL);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_PTR_EQ(test, sa->aead, NULL);
}

static void init_one(struct kunit *test, const struct ipd_protection *prot, unsigned int i,
		     unsigned int key_len, unsigned int icv)
{
	struct ipd_sa *sa = kunit_kzalloc(test, sizeof(*sa), GFP_KERNEL);
	unsigned int esn;

	KUNIT_ASSERT_NOT_NULL(test, sa);
	for (esn = 0; esn < 2; esn++) {
		sa->esn = esn;
		KUNIT_ASSERT_EQ_MSG(test, ipd_sa_crypto_init(sa, prot, 1, NULL), 0, "%u/%u",
				    prot->encr, prot->integ);
		KUNIT_EXPECT_EQ(test, sa->iv_len, encrs[i].iv);
		KUNIT_EXPECT_EQ(test, sa->hdr_len, 8 + encrs[i].iv);
		KUNIT_EXPECT_EQ(test, sa->icv_len, icv);
		KUNIT_EXPECT_EQ(test, sa->align, encrs[i].align);
		KUNIT_EXPECT_EQ(test, sa->encr_bits, key_len * 8);
		KUNIT_EXPECT_EQ(test, sa->integ_bits, prot->integ_key_len * 8);
		KUNIT_EXPECT_EQ(test, sa->iv_random, encrs[i].align > 4);
		KUNIT_EXPECT_GT(test, strlen(ipd_sa_crypto_name(sa)), 0);
		ipd_sa_crypto_free(sa);
		KUNIT_EXPECT_PTR_EQ(test, sa->aead, NULL);
	}
}

/* Every combination can be set up, and says of itself what the RFCs do. */
static void crypto_init_all(struct kunit *test)
{
	struct ipd_protection *prot = new_prot(test, IPSECDRV_PROTO_ESP);
	unsigned int i, j, k, n = 0;

	for (i = 0; i < ARRAY_SIZE(encrs); i++) {
		prot->encr = encrs[i].encr;
		for (k = 0; k < 3 && (!k || encrs[i].key_lens[k]); k++) {
			prot->encr_key_len = encrs[i].key_lens[k] + encrs[i].salt;
			prot->integ = IPSECDRV_INTEG_NONE;
			prot->integ_key_len = 0;
			if (encrs[i].aead)
				init_one(test, prot, i, encrs[i].key_lens[k], encrs[i].icv);
			for (j = 0; j < ARRAY_SIZE(integs) && !encrs[i].aead; j++) {
				prot->integ = integs[j].integ;
				prot->integ_key_len = integs[j].key_len;
				init_one(test, prot, i, encrs[i].key_lens[k], integs[j].icv);
				n++;
			}
			n += encrs[i].aead;
		}
	}
	kunit_info(test, "%u combinations, with and without ESN", n);
}

static void crypto_init_ah(struct kunit *test)
{
	static const u8 sizes4[] = { 28, 36, 44, 24, 24, 24, 24 };
	static const u8 sizes6[] = { 32, 40, 48, 24, 24, 24, 24 };
	struct ipd_protection *prot = new_prot(test, IPSECDRV_PROTO_AH);
	struct ipd_sa *sa = kunit_kzalloc(test, sizeof(*sa), GFP_KERNEL);
	unsigned int i, v6;

	for (i = 0; i < ARRAY_SIZE(integs); i++) {
		for (v6 = 0; v6 < 2; v6++) {
			prot->integ = integs[i].integ;
			prot->integ_key_len = integs[i].key_len;
			sa->spi.key.family = v6 ? AF_INET6 : AF_INET;
			KUNIT_ASSERT_EQ(test, ipd_sa_crypto_init(sa, prot, 1, NULL), 0);
			KUNIT_EXPECT_EQ(test, sa->hdr_len, v6 ? sizes6[i] : sizes4[i]);
			KUNIT_EXPECT_EQ(test, sa->icv_len, integs[i].icv);
			KUNIT_EXPECT_EQ(test, sa->encr_bits, 0);
			ipd_sa_crypto_free(sa);
		}
	}
}

/*
 * An engine. It does not encrypt anything: what it did to a request is in @engine.
 */
enum engine_mode {
	ENGINE_SYNC,
	ENGINE_BUSY,		/* refuses: -EBUSY without a backlog */
	ENGINE_FULL,		/* refuses: -ENOSPC */
	ENGINE_EARLY,		/* completes before its -EINPROGRESS is back */
	ENGINE_WORK,		/* completes in process context */
	ENGINE_HARDIRQ,
	ENGINE_BACKLOG,		/* says -EINPROGRESS a second time, in the callback */
	ENGINE_HOLD,		/* completes when the test says so */
};

static struct {
	enum engine_mode mode;
	int err;
	struct aead_request *req;
	struct delayed_work work;
	struct hrtimer timer;
	struct aead_request *held[64];
	unsigned int n;
} engine;

static void engine_complete(struct aead_request *req, int err)
{
	aead_request_complete(req, err);
}

static void engine_work(struct work_struct *work)
{
	if (engine.mode == ENGINE_BACKLOG) {
		local_bh_disable();
		engine_complete(engine.req, -EINPROGRESS);
		local_bh_enable();
	}
	engine_complete(engine.req, engine.err);
}

static enum hrtimer_restart engine_timer(struct hrtimer *timer)
{
	engine_complete(engine.req, engine.err);
	return HRTIMER_NORESTART;
}

static int engine_crypt(struct aead_request *req)
{
	engine.req = req;
	switch (engine.mode) {
	case ENGINE_SYNC:
		return engine.err;
	case ENGINE_BUSY:
		return -EBUSY;
	case ENGINE_FULL:
		return -ENOSPC;
	case ENGINE_EARLY:
		engine_complete(req, engine.err);
		return -EINPROGRESS;
	case ENGINE_WORK:
	case ENGINE_BACKLOG:
		schedule_delayed_work(&engine.work, HZ / 20);
		return -EINPROGRESS;
	case ENGINE_HARDIRQ:
		hrtimer_start(&engine.timer, ms_to_ktime(5), HRTIMER_MODE_REL_HARD);
		return -EINPROGRESS;
	case ENGINE_HOLD:
		engine.held[engine.n++] = req;
		return -EINPROGRESS;
	}
	return -EIO;
}

static int engine_setkey(struct crypto_aead *tfm, const u8 *key, unsigned int len)
{
	return 0;
}

static struct aead_alg engine_alg = {
	.base = {
		.cra_name = "ipsecdrv-test",
		.cra_driver_name = "ipsecdrv-test-engine",
		.cra_flags = CRYPTO_ALG_ASYNC,
		.cra_blocksize = 1,
		.cra_module = THIS_MODULE,
	},
	.setkey = engine_setkey,
	.encrypt = engine_crypt,
	.decrypt = engine_crypt,
	.ivsize = 8,
	.maxauthsize = 16,
};

static struct ipd_sa *engine_sa(struct kunit *test, bool esn)
{
	struct ipd_sa *sa = kunit_kzalloc(test, sizeof(*sa), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sa);
	sa->hdr_len = 16;
	sa->iv_len = 8;
	sa->icv_len = 16;
	sa->align = 4;
	sa->esn = esn;
	sa->spi.key.spi = htonl(0x11223344);
	sa->aead = crypto_alloc_aead("ipsecdrv-test-engine", 0, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(sa->aead));
	KUNIT_ASSERT_EQ(test, crypto_aead_setkey(sa->aead, "", 0), 0);
	KUNIT_ASSERT_EQ(test, crypto_aead_setauthsize(sa->aead, 16), 0);
	return sa;
}

static int engine_run(struct kunit *test, struct ipd_sa *sa, struct sk_buff *skb,
		      enum engine_mode mode, int err)
{
	engine.mode = mode;
	engine.err = err;
	return ipd_test_run(test, skb, ipd_esp_encrypt(sa, skb, OFF, 64, 4, 5ULL << 32 | 7,
						       ipd_test_done));
}

/* C-02, C-04: each way of ending gives its result once, and the packet as it was. */
static void crypto_engine(struct kunit *test)
{
	static const struct { enum engine_mode mode; int err, want; } table[] = {
		{ ENGINE_SYNC, 0, 0 },
		{ ENGINE_SYNC, -EBADMSG, -EBADMSG },
		{ ENGINE_SYNC, -EIO, -EIO },
		{ ENGINE_BUSY, 0, -EBUSY },
		{ ENGINE_FULL, 0, -ENOSPC },
		{ ENGINE_EARLY, 0, 0 },
		{ ENGINE_EARLY, -EBADMSG, -EBADMSG },
		{ ENGINE_WORK, 0, 0 },
		{ ENGINE_WORK, -EIO, -EIO },
		{ ENGINE_BACKLOG, 0, 0 },
		{ ENGINE_HARDIRQ, 0, 0 },
		{ ENGINE_HARDIRQ, -EBADMSG, -EBADMSG },
	};
	unsigned int i, esn;

	for (esn = 0; esn < 2; esn++) {
		struct ipd_sa *sa = engine_sa(test, esn);
		struct sk_buff *skb = ipd_test_skb(test, OFF + ipd_esp_size(sa, 64));

		for (i = 0; i < ARRAY_SIZE(table); i++) {
			KUNIT_EXPECT_EQ_MSG(test, engine_run(test, sa, skb, table[i].mode,
							     table[i].err),
					    table[i].want, "row %u", i);
			KUNIT_EXPECT_MEMEQ(test, skb->data + OFF, "\x11\x22\x33\x44\0\0\0\7", 8);
			KUNIT_EXPECT_PTR_EQ(test, memchr_inv(skb->data, 0x5a, OFF), NULL);
			/* The callback has not returned when it has called done(). */
			wait_var_event_timeout(&sa->inflight, !atomic_read(&sa->inflight), HZ);
			KUNIT_EXPECT_EQ(test, atomic_read(&sa->inflight), 0);
		}
		ipd_sa_crypto_free(sa);
	}
}

/* What the cipher is told: associated data, lengths and IV. C-09. */
static void crypto_layout(struct kunit *test)
{
	unsigned int esn;

	for (esn = 0; esn < 2; esn++) {
		struct ipd_sa *sa = engine_sa(test, esn);
		struct sk_buff *skb = ipd_test_skb(test, OFF + ipd_esp_size(sa, 61));

		engine.mode = ENGINE_SYNC;
		engine.err = 0;
		KUNIT_EXPECT_EQ(test, ipd_test_run(test, skb,
						   ipd_esp_encrypt(sa, skb, OFF, 61, 4,
								   5ULL << 32 | 7, NULL)), 0);
		KUNIT_EXPECT_EQ(test, engine.req->assoclen, esn ? 20 : 16);
		KUNIT_EXPECT_EQ(test, engine.req->cryptlen, 64);
		KUNIT_EXPECT_PTR_EQ(test, sg_virt(engine.req->src), skb->data + OFF - 4 * esn);
		KUNIT_EXPECT_EQ(test, engine.req->src->length, (esn ? 20 : 16) + 64 + 16);
		KUNIT_EXPECT_TRUE(test, sg_is_last(engine.req->src));
		KUNIT_EXPECT_MEMEQ(test, engine.req->iv, "\0\0\0\5\0\0\0\7", 8);

		KUNIT_EXPECT_EQ(test, ipd_test_run(test, skb,
						   ipd_esp_decrypt(sa, skb, OFF, 7, NULL)), 0);
		KUNIT_EXPECT_EQ(test, engine.req->assoclen, esn ? 20 : 16);
		KUNIT_EXPECT_EQ(test, engine.req->cryptlen, 64 + 16);
		ipd_sa_crypto_free(sa);
	}
}

/* C-03: an SA is not freed before its operations are through. */
static void crypto_free_waits(struct kunit *test)
{
	struct ipd_sa *sa = engine_sa(test, false);
	struct sk_buff *skb = ipd_test_skb(test, OFF + ipd_esp_size(sa, 64));
	int err;

	init_completion(&ipd_test_op(skb)->done);
	engine.mode = ENGINE_WORK;
	engine.err = 0;
	local_bh_disable();
	rcu_read_lock();
	err = ipd_esp_encrypt(sa, skb, OFF, 64, 4, 1, ipd_test_done);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, err, -EINPROGRESS);
	KUNIT_EXPECT_EQ(test, atomic_read(&sa->inflight), 1);
	KUNIT_EXPECT_FALSE(test, completion_done(&ipd_test_op(skb)->done));
	synchronize_rcu();
	ipd_sa_crypto_free(sa);
	KUNIT_EXPECT_TRUE(test, completion_done(&ipd_test_op(skb)->done));
	KUNIT_EXPECT_EQ(test, atomic_read(&sa->inflight), 0);
}

/* C-05, P-39: any order; each has a request of its own, and each is done once. */
static void crypto_order(struct kunit *test)
{
	struct ipd_sa *sa = engine_sa(test, true);
	struct sk_buff *skbs[ARRAY_SIZE(engine.held)];
	unsigned int i, j, left;
	struct rnd_state rnd;
	int err;

	ipd_test_seed(test, &rnd);
	engine.mode = ENGINE_HOLD;
	engine.n = 0;
	for (i = 0; i < ARRAY_SIZE(skbs); i++) {
		skbs[i] = ipd_test_skb(test, OFF + ipd_esp_size(sa, 64));
		init_completion(&ipd_test_op(skbs[i])->done);
		local_bh_disable();
		rcu_read_lock();
		err = ipd_esp_encrypt(sa, skbs[i], OFF, 64, 4, i, ipd_test_done);
		rcu_read_unlock();
		local_bh_enable();
		KUNIT_ASSERT_EQ(test, err, -EINPROGRESS);
		for (j = 0; j < i; j++)
			KUNIT_ASSERT_PTR_NE(test, engine.held[i], engine.held[j]);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&sa->inflight), ARRAY_SIZE(skbs));
	for (left = engine.n; left; left--) {
		i = ipd_test_below(&rnd, left);
		engine_complete(engine.held[i], 0);
		engine.held[i] = engine.held[left - 1];
		KUNIT_EXPECT_EQ(test, atomic_read(&sa->inflight), left - 1);
	}
	for (i = 0; i < ARRAY_SIZE(skbs); i++) {
		KUNIT_EXPECT_TRUE(test, try_wait_for_completion(&ipd_test_op(skbs[i])->done));
		KUNIT_EXPECT_FALSE(test, completion_done(&ipd_test_op(skbs[i])->done));
		KUNIT_EXPECT_PTR_EQ(test, memchr_inv(skbs[i]->data, 0x5a, OFF), NULL);
	}
	ipd_sa_crypto_free(sa);
}

/* More than cryptd queues: what is refused is the caller's, all else is done. */
static void crypto_queue_full(struct kunit *test)
{
	struct ipd_protection *prot = new_prot(test, IPSECDRV_PROTO_ESP);
	unsigned int i, accepted = 0, refused = 0, done = 0, n = 1500;
	struct sk_buff **skbs = kunit_kcalloc(test, n, sizeof(*skbs), GFP_KERNEL);
	struct ipd_sa *sa;
	int err;

	if (request_module("cryptd"))
		kunit_skip(test, "no cryptd");
	KUNIT_ASSERT_NOT_NULL(test, skbs);
	prot->encr = IPSECDRV_ENCR_AES_GCM_16;
	prot->encr_key_len = 20;
	ipd_force_async = 1;
	sa = ipd_test_sa(test, prot, 0, AF_INET, true);
	ipd_force_async = 0;
	KUNIT_ASSERT_NOT_NULL(test, sa);
	for (i = 0; i < n; i++) {
		skbs[i] = ipd_test_skb(test, OFF + ipd_esp_size(sa, 64));
		init_completion(&ipd_test_op(skbs[i])->done);
	}
	local_bh_disable();
	rcu_read_lock();
	for (i = 0; i < n; i++) {
		err = ipd_esp_encrypt(sa, skbs[i], OFF, 64, 4, i, ipd_test_done);
		accepted += err == -EINPROGRESS;
		refused += err == -ENOSPC;
	}
	rcu_read_unlock();
	local_bh_enable();
	wait_var_event_timeout(&sa->inflight, !atomic_read(&sa->inflight), 10 * HZ);
	for (i = 0; i < n; i++)
		done += completion_done(&ipd_test_op(skbs[i])->done);
	KUNIT_EXPECT_EQ(test, accepted + refused, n);
	KUNIT_EXPECT_GT(test, refused, 0);
	KUNIT_EXPECT_EQ(test, done, accepted);
	KUNIT_EXPECT_EQ(test, atomic_read(&sa->inflight), 0);
	kunit_info(test, "%u accepted, %u refused", accepted, refused);
}

static int crypto_suite_init(struct kunit_suite *suite)
{
	INIT_DELAYED_WORK(&engine.work, engine_work);
	hrtimer_init(&engine.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	engine.timer.function = engine_timer;
	return crypto_register_aead(&engine_alg);
}

static void crypto_suite_exit(struct kunit_suite *suite)
{
	cancel_delayed_work_sync(&engine.work);
	hrtimer_cancel(&engine.timer);
	crypto_unregister_aead(&engine_alg);
}

static struct kunit_case crypto_cases[] = {
	KUNIT_CASE(crypto_check_encr),
	KUNIT_CASE(crypto_check_integ),
	KUNIT_CASE(crypto_check_other),
	KUNIT_CASE(crypto_weak),
	KUNIT_CASE(crypto_init_all),
	KUNIT_CASE(crypto_init_ah),
	KUNIT_CASE(crypto_layout),
	KUNIT_CASE(crypto_engine),
	KUNIT_CASE(crypto_free_waits),
	KUNIT_CASE(crypto_order),
	KUNIT_CASE(crypto_queue_full),
	{}
};

static struct kunit_suite crypto_suite = {
	.name = "ipsecdrv_crypto",
	.suite_init = crypto_suite_init,
	.suite_exit = crypto_suite_exit,
	.test_cases = crypto_cases,
};

kunit_test_suite(crypto_suite);
