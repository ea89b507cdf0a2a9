// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keys of AES-GCM, and which code a processor runs. See gcm.h.
 */
#include "gcm.h"

#if IPD_VECTORS

#include <crypto/aes.h>
#include <linux/kasan-checks.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/cpufeature.h>
#include <asm/fpu/api.h>

#include <kunit/visibility.h>

#include "cache.h"
#include "crypto.h"

enum ipd_gcm_code {
	IPD_GCM_OFF,
	IPD_GCM_AVX,
	IPD_GCM_VAES,
	IPD_GCM_AVX512,
};

static const char * const ipd_gcm_names[] = { "off", "avx", "vaes", "avx512" };
static const char * const ipd_gcm_drivers[] = {
	NULL, "ipsecdrv-gcm-avx", "ipsecdrv-gcm-vaes", "ipsecdrv-gcm-avx512",
};

/* What this processor can run and has shown to be right: bits by enum ipd_gcm_code. */
static unsigned long ipd_gcm_possible __read_mostly = BIT(IPD_GCM_OFF);
/* What may be used of it for SAs that are added from now on. */
VISIBLE_IF_KUNIT unsigned int ipd_gcm_limit __read_mostly = IPD_GCM_AVX512;
EXPORT_SYMBOL_IF_KUNIT(ipd_gcm_limit);

static int ipd_gcm_limit_set(const char *val, const struct kernel_param *kp)
{
	int i = sysfs_match_string(ipd_gcm_names, val);

	if (i < 0)
		return i;
	WRITE_ONCE(ipd_gcm_limit, i);
	return 0;
}

static int ipd_gcm_limit_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", ipd_gcm_names[READ_ONCE(ipd_gcm_limit)]);
}

static const struct kernel_param_ops ipd_gcm_limit_ops = {
	.set = ipd_gcm_limit_set,
	.get = ipd_gcm_limit_get,
};
module_param_cb(gcm, &ipd_gcm_limit_ops, NULL, 0644);
MODULE_PARM_DESC(gcm, "the driver's own AES-GCM, up to: off (the crypto API's), avx, vaes, avx512 (default)");

static unsigned int ipd_gcm_best(void)
{
	return fls(ipd_gcm_possible & GENMASK(READ_ONCE(ipd_gcm_limit), 0)) - 1;
}

/* The round keys are there. */
static void ipd_gcm_setup(struct ipd_gcm_key *key)
{
	kernel_fpu_begin();
	ipd_gcm_avx_setup(key);
	kernel_fpu_end();
}

/* The rounds are. */
static int ipd_gcm_expand(struct ipd_gcm_key *key, const u8 *bytes, unsigned int len)
{
	struct crypto_aes_ctx ctx;
	int err;

	err = aes_expandkey(&ctx, bytes, len);
	if (!err)
		memcpy(key->round_keys, ctx.key_enc,
		       (key->rounds + 1) * sizeof(key->round_keys[0]));
	memzero_explicit(&ctx, sizeof(ctx));
	return err;
}

static enum ipd_cache ipd_gcm_cache(unsigned int rounds)
{
	return rounds == 10 ? IPD_CACHE_GCM128 : IPD_CACHE_GCM256;
}

static bool ipd_gcm_does(u8 encr)
{
	switch (encr) {
	case IPSECDRV_ENCR_AES_GCM_8:
	case IPSECDRV_ENCR_AES_GCM_12:
	case IPSECDRV_ENCR_AES_GCM_16:
	case IPSECDRV_ENCR_AES_GMAC:
		return true;
	default:
		return false;
	}
}

/**
 * ipd_gcm_key_new() - the key of one direction
 * @prot: that passed ipd_protection_check()
 * @dir: enum ipsecdrv_dir
 * @defer: ipd_gcm_usable() is to say no
 *
 * May sleep.
 *
 * Return: key; NULL if the crypto API is to do it; an error pointer.
 */
struct ipd_gcm_key *ipd_gcm_key_new(const struct ipd_protection *prot, unsigned int dir,
				    bool defer)
{
	unsigned int len = prot->encr_key_len - sizeof_field(struct ipd_gcm_key, salt);
	unsigned int code = ipd_gcm_best(), rounds = ipd_gcm_key_rounds(len);
	struct ipd_gcm_key *key;
	int err;

	BUILD_BUG_ON(ipd_gcm_key_size(10) != 448 || ipd_gcm_key_size(14) != 512);

	if (!code || !ipd_gcm_does(prot->encr))
		return NULL;

	key = ipd_cache_zalloc(ipd_gcm_cache(rounds), GFP_KERNEL_ACCOUNT);
	if (!key)
		return ERR_PTR(-ENOMEM);
	key->rounds = rounds;
	key->code = code;
	key->defer = defer;
	key->gmac = prot->encr == IPSECDRV_ENCR_AES_GMAC;
	memcpy(key->salt, prot->encr_key[dir] + len, sizeof(key->salt));
	err = ipd_gcm_expand(key, prot->encr_key[dir], len);
	if (err) {
		ipd_gcm_key_free(key);
		return ERR_PTR(err);
	}
	ipd_gcm_setup(key);
	return key;
}

/** ipd_gcm_key_free() - wipe and free a key; NULL is none */
void ipd_gcm_key_free(struct ipd_gcm_key *key)
{
	enum ipd_cache cache;

	if (!key)
		return;
	cache = ipd_gcm_cache(key->rounds);
	memzero_explicit(key, ipd_gcm_key_size(key->rounds));
	ipd_cache_free(cache, key);
}

/** ipd_gcm_key_name() - what runs for @key, in the manner of /proc/crypto */
const char *ipd_gcm_key_name(const struct ipd_gcm_key *key)
{
	return ipd_gcm_drivers[key->code];
}

/** ipd_gcm_name() - what runs for SAs of @encr that are added now, NULL if the crypto API's */
const char *ipd_gcm_name(u8 encr)
{
	return ipd_gcm_does(encr) ? ipd_gcm_drivers[ipd_gcm_best()] : NULL;
}

/**
 * ipd_gcm_usable() - may ipd_gcm_crypt() be called here?
 * @key: key
 *
 * Not if an interrupt came while somebody else of the kernel had the vector registers. Yes in
 * every process. Bottom halves off, so that it stays true.
 */
bool ipd_gcm_usable(const struct ipd_gcm_key *key)
{
	return !key->defer && irq_fpu_usable();
}

/**
 * ipd_gcm_crypt() - encrypt or decrypt a packet and authenticate it
 * @key: key
 * @op: packet
 * @decrypt: else encrypt; GMAC does neither
 * @tag: written
 *
 * ipd_gcm_usable(). What was decrypted must not be used before @tag has been compared.
 * Nobody else runs on this CPU meanwhile, which for the longest packet, of 64 KiB, and the
 * slowest code is less than 100 us.
 */
void ipd_gcm_crypt(const struct ipd_gcm_key *key, const struct ipd_gcm_op *op, bool decrypt,
		   u8 tag[16])
{
	enum ipd_gcm_mode mode = key->gmac ? IPD_GCM_AUTHENTICATE :
				 decrypt ? IPD_GCM_DECRYPT : IPD_GCM_ENCRYPT;

	/* Nothing looks at what the code for vectors does. */
	kasan_check_read(op->iv, sizeof(u64));
	kasan_check_write(op->data, op->len);
	kernel_fpu_begin();
	switch (key->code) {
	case IPD_GCM_AVX512:
		ipd_gcm_avx512(key, op, mode, tag);
		break;
	case IPD_GCM_VAES:
		ipd_gcm_vaes(key, op, mode, tag);
		break;
	default:
		ipd_gcm_avx(key, op, mode, tag);
	}
	kernel_fpu_end();
}

#define IPD_GCM_TEST_LEN	1020	/* every step of every width, and a part of a block */
#define IPD_GCM_TEST_SIZE	(sizeof(u64) + IPD_GCM_TEST_LEN)

/* Tags of the test below, by OpenSSL. */
static const u8 ipd_gcm_test_tag[] __initconst = {
	0x3c, 0x92, 0xc7, 0xd9, 0xcd, 0x5c, 0xeb, 0xee,
	0xff, 0xaa, 0x2e, 0x23, 0xca, 0x63, 0x6a, 0x1c,
};

static const u8 ipd_gcm_test_tag_gmac[] __initconst = {
	0x02, 0x2c, 0x9a, 0xb9, 0xdf, 0x46, 0x0c, 0xe4,
	0x4c, 0xf4, 0x31, 0x7d, 0xe1, 0x3e, 0xb0, 0xad,
};

static bool __init ipd_gcm_test_is_clear(const u8 *data)
{
	unsigned int i;

	for (i = 0; i < IPD_GCM_TEST_LEN; i++)
		if (data[i] != (u8)(i * 7))
			return false;
	return true;
}

/* As the crypto API does before anything may use an implementation. @key: with its rounds. */
static bool __init ipd_gcm_test(struct ipd_gcm_key *key, unsigned int code, u8 *buf)
{
	u8 *iv = buf, *data = buf + sizeof(u64), tag[16];
	struct ipd_gcm_op op = {
		.aad = { cpu_to_be32(0x01020304), cpu_to_be32(0x05060708),
			 cpu_to_be32(0x090a0b0c) },
		.aad_len = 12,
		.iv = iv,
		.data = data,
		.len = IPD_GCM_TEST_LEN,
	};
	unsigned int i;

	for (i = 0; i < sizeof(u64); i++)
		iv[i] = 0xf0 + i;
	for (i = 0; i < IPD_GCM_TEST_LEN; i++)
		data[i] = i * 7;
	key->code = code;

	key->gmac = true;
	ipd_gcm_crypt(key, &op, false, tag);
	if (memcmp(tag, ipd_gcm_test_tag_gmac, sizeof(tag)) || !ipd_gcm_test_is_clear(data))
		return false;
	key->gmac = false;
	ipd_gcm_crypt(key, &op, false, tag);
	if (memcmp(tag, ipd_gcm_test_tag, sizeof(tag)))
		return false;
	ipd_gcm_crypt(key, &op, true, tag);
	return !memcmp(tag, ipd_gcm_test_tag, sizeof(tag)) && ipd_gcm_test_is_clear(data);
}

/*
 * What the processor has, bits by enum ipd_gcm_code. Vectors of 64 bytes make the first
 * processors that have them run slower, all of what they run. Those with BF16 do not suffer
 * from it: Sapphire Rapids, Zen 4 and later.
 */
static unsigned long __init ipd_gcm_features(void)
{
	unsigned long features;

	if (!boot_cpu_has(X86_FEATURE_AES) || !boot_cpu_has(X86_FEATURE_PCLMULQDQ) ||
	    !boot_cpu_has(X86_FEATURE_AVX) ||
	    !cpu_has_xfeatures(XFEATURE_MASK_SSE | XFEATURE_MASK_YMM, NULL))
		return 0;
	features = BIT(IPD_GCM_AVX);
	if (!boot_cpu_has(X86_FEATURE_AVX2) || !boot_cpu_has(X86_FEATURE_VAES) ||
	    !boot_cpu_has(X86_FEATURE_VPCLMULQDQ))
		return features;
	features |= BIT(IPD_GCM_VAES);
	if (boot_cpu_has(X86_FEATURE_AVX512BW) && boot_cpu_has(X86_FEATURE_AVX512VL) &&
	    boot_cpu_has(X86_FEATURE_AVX512_BF16) &&
	    cpu_has_xfeatures(XFEATURE_MASK_AVX512, NULL))
		features |= BIT(IPD_GCM_AVX512);
	return features;
}

/**
 * ipd_gcm_init() - find out what can be used
 *
 * Code that gives a wrong result is not used, as if the processor had not got it.
 *
 * Return: 0 or -ENOMEM.
 */
int __init ipd_gcm_init(void)
{
	static const u8 test_key[AES_KEYSIZE_128] __initconst = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	};
	const unsigned int rounds = ipd_gcm_key_rounds(sizeof(test_key));
	unsigned long features = ipd_gcm_features();
	struct ipd_gcm_key *key;
	unsigned int code;
	int err = -ENOMEM;
	u8 *buf;

	if (!features)
		return 0;
	key = kzalloc(ipd_gcm_key_size(rounds), GFP_KERNEL);
	buf = kmalloc(IPD_GCM_TEST_SIZE, GFP_KERNEL);
	if (!key || !buf)
		goto out;
	key->rounds = rounds;
	err = ipd_gcm_expand(key, test_key, sizeof(test_key));
	if (err)
		goto out;
	memcpy(key->salt, "\x10\x11\x12\x13", sizeof(key->salt));
	ipd_gcm_setup(key);
	for_each_set_bit(code, &features, BITS_PER_LONG)
		if (!WARN(!ipd_gcm_test(key, code, buf), "%s is wrong\n", ipd_gcm_drivers[code]))
			ipd_gcm_possible |= BIT(code);
out:
	kfree(buf);
	kfree(key);
	return err;
}

#endif /* IPD_VECTORS */
