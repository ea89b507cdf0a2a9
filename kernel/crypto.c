// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of algorithms, and the transforms and keys of SAs. See crypto.h.
 *
 * No transform is asked to be synchronous: the mask for that would exclude every SIMD
 * implementation, which say they are asynchronous for the rare case that the FPU is
 * taken.
 */
#include <crypto/authenc.h>
#include <crypto/algapi.h>
#include <linux/ip.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include <kunit/visibility.h>

#include "ah.h"
#include "gcm.h"
#include "request.h"
#include "sadb.h"

/**
 * struct ipd_encr - a line of the table of ciphers
 * @name: AEAD, or, without @icv_len, the cipher inside authenc()
 * @key_min: bytes without salt
 * @key_max: up to this in steps of 8
 * @salt_len: bytes of nonce that follow the key
 * @iv_len: on the wire
 * @icv_len: of an AEAD
 * @block: of the cipher
 * @iv_random: block modes want an unpredictable IV, the others one that does not repeat
 * @legacy: only where the configuration allows it
 */
struct ipd_encr {
	const char *name;
	u8 key_min;
	u8 key_max;
	u8 salt_len;
	u8 iv_len;
	u8 icv_len;
	u8 block;
	bool iv_random;
	bool legacy;
};

#define IPD_AEAD(_name, _salt, _icv) \
	{ .name = _name, .key_min = 16, .key_max = 32, .salt_len = _salt, .iv_len = 8, \
	  .icv_len = _icv, .block = 1 }
#define IPD_CBC(_name, _min, _max, _block, _legacy) \
	{ .name = _name, .key_min = _min, .key_max = _max, .iv_len = _block, \
	  .block = _block, .iv_random = true, .legacy = _legacy }

static const struct ipd_encr ipd_encrs[] = {
	[IPSECDRV_ENCR_NULL] = { .name = "ecb(cipher_null)", .block = 1 },
	[IPSECDRV_ENCR_AES_GCM_8] = IPD_AEAD("rfc4106(gcm(aes))", 4, 8),
	[IPSECDRV_ENCR_AES_GCM_12] = IPD_AEAD("rfc4106(gcm(aes))", 4, 12),
	[IPSECDRV_ENCR_AES_GCM_16] = IPD_AEAD("rfc4106(gcm(aes))", 4, 16),
	[IPSECDRV_ENCR_CHACHA20_POLY1305] = {
		.name = "rfc7539esp(chacha20,poly1305)", .key_min = 32, .key_max = 32,
		.salt_len = 4, .iv_len = 8, .icv_len = 16, .block = 1,
	},
	[IPSECDRV_ENCR_AES_CCM_8] = IPD_AEAD("rfc4309(ccm(aes))", 3, 8),
	[IPSECDRV_ENCR_AES_CCM_12] = IPD_AEAD("rfc4309(ccm(aes))", 3, 12),
	[IPSECDRV_ENCR_AES_CCM_16] = IPD_AEAD("rfc4309(ccm(aes))", 3, 16),
	[IPSECDRV_ENCR_AES_CTR] = IPD_AEAD("rfc3686(ctr(aes))", 4, 0),
	[IPSECDRV_ENCR_AES_CBC] = IPD_CBC("cbc(aes)", 16, 32, 16, false),
	[IPSECDRV_ENCR_AES_GMAC] = IPD_AEAD("rfc4543(gcm(aes))", 4, 16),
	[IPSECDRV_ENCR_DES_CBC] = IPD_CBC("cbc(des)", 8, 8, 8, true),
	[IPSECDRV_ENCR_DES3_CBC] = IPD_CBC("cbc(des3_ede)", 24, 24, 8, true),
};

/** struct ipd_integ - a line of the table of authenticators */
struct ipd_integ {
	const char *name;
	u8 key_len;
	u8 icv_len;
	bool legacy;
};

static const struct ipd_integ ipd_integs[] = {
	[IPSECDRV_INTEG_HMAC_SHA2_256_128] = { "hmac(sha256)", 32, 16 },
	[IPSECDRV_INTEG_HMAC_SHA2_384_192] = { "hmac(sha384)", 48, 24 },
	[IPSECDRV_INTEG_HMAC_SHA2_512_256] = { "hmac(sha512)", 64, 32 },
	[IPSECDRV_INTEG_HMAC_SHA1_96] = { "hmac(sha1)", 20, 12 },
	[IPSECDRV_INTEG_AES_XCBC_96] = { "xcbc(aes)", 16, 12 },
	[IPSECDRV_INTEG_AES_CMAC_96] = { "cmac(aes)", 16, 12 },
	[IPSECDRV_INTEG_HMAC_MD5_96] = { "hmac(md5)", 16, 12, .legacy = true },
};

/*
 * For tests: force_async=cryptd or pcrypt makes the transforms of SAs that are added from
 * then on complete later. There is no way back: the crypto API prefers what it has made,
 * for everybody, until it is unloaded. On 6.1 cryptd does not pass the kernel's own tests
 * of it (boot with cryptomgr.notests=1). Of the driver's own AES-GCM, force_async=work says
 * that the vector registers are always taken.
 */
static const char * const ipd_async_names[] = { "", "cryptd", "pcrypt", "work" };
#define IPD_ASYNC_WORK	3

VISIBLE_IF_KUNIT unsigned int ipd_force_async;
EXPORT_SYMBOL_IF_KUNIT(ipd_force_async);

static int ipd_force_async_set(const char *val, const struct kernel_param *kp)
{
	int i = sysfs_match_string(ipd_async_names, val);

	if (i < 0)
		return i;
	WRITE_ONCE(ipd_force_async, i);
	return 0;
}

static int ipd_force_async_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", ipd_async_names[READ_ONCE(ipd_force_async)]);
}

static const struct kernel_param_ops ipd_force_async_ops = {
	.set = ipd_force_async_set,
	.get = ipd_force_async_get,
};
module_param_cb(force_async, &ipd_force_async_ops, NULL, 0644);
MODULE_PARM_DESC(force_async, "for tests, of new SAs: cryptd or pcrypt, wrapped around the ciphers, or work, for the driver's own");

/*
 * A wrapper wants the name of an implementation, and one that is synchronous. Nothing
 * else here asks for that.
 */
static int ipd_async_name(char *name, const char *wrapper, struct crypto_tfm *tfm)
{
	int len = snprintf(name, CRYPTO_MAX_ALG_NAME, "%s(%s)", wrapper,
			   crypto_tfm_alg_driver_name(tfm));

	return len < CRYPTO_MAX_ALG_NAME ? 0 : -ENAMETOOLONG;
}

/* What to wrap around the crypto API's ciphers, or NULL. */
static const char *ipd_async_wrapper(void)
{
	unsigned int async = READ_ONCE(ipd_force_async);

	return async && async != IPD_ASYNC_WORK ? ipd_async_names[async] : NULL;
}

static struct crypto_aead *ipd_aead_alloc(const char *alg)
{
	const char *wrapper = ipd_async_wrapper();
	char name[CRYPTO_MAX_ALG_NAME];
	struct crypto_aead *aead;
	int err;

	aead = crypto_alloc_aead(alg, 0, wrapper ? CRYPTO_ALG_ASYNC : 0);
	if (IS_ERR(aead) || !wrapper)
		return aead;
	err = ipd_async_name(name, wrapper, crypto_aead_tfm(aead));
	crypto_free_aead(aead);
	return err ? ERR_PTR(err) : crypto_alloc_aead(name, 0, 0);
}

static struct crypto_ahash *ipd_ahash_alloc(const char *alg)
{
	bool async = ipd_async_wrapper();
	char name[CRYPTO_MAX_ALG_NAME];
	struct crypto_ahash *ahash;
	int err;

	ahash = crypto_alloc_ahash(alg, 0, async ? CRYPTO_ALG_ASYNC : 0);
	if (IS_ERR(ahash) || !async)
		return ahash;
	/* There is no parallel hash. */
	err = ipd_async_name(name, "cryptd", crypto_ahash_tfm(ahash));
	crypto_free_ahash(ahash);
	return err ? ERR_PTR(err) : crypto_alloc_ahash(name, 0, 0);
}

/* NULL if there is no such line; NONE has none either. */
static const struct ipd_encr *ipd_encr(u8 encr)
{
	return encr < ARRAY_SIZE(ipd_encrs) && ipd_encrs[encr].name ? &ipd_encrs[encr] : NULL;
}

static const struct ipd_integ *ipd_integ(u8 integ)
{
	return integ < ARRAY_SIZE(ipd_integs) && ipd_integs[integ].name ?
	       &ipd_integs[integ] : NULL;
}

#define ipd_refuse(extack, why) ({	\
	NL_SET_ERR_MSG(extack, why);	\
	-EINVAL;			\
})

/* EDE with two equal keys in a row is single DES (RFC 2451). Parity bits do not count. */
static bool ipd_des3_weak(const u8 *key)
{
	u8 ab = 0, bc = 0;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		ab |= (key[i] ^ key[i + 8]) & 0xfe;
		bc |= (key[i + 8] ^ key[i + 16]) & 0xfe;
	}
	return !ab || !bc;
}

static int ipd_encr_check(const struct ipd_protection *prot, const struct ipd_encr *encr,
			  bool legacy, struct netlink_ext_ack *extack)
{
	unsigned int len = prot->encr_key_len;

	if (encr->legacy && !legacy)
		return ipd_refuse(extack, "encr: this cipher is only for legacy peers");

	if (len < encr->key_min + encr->salt_len || len > encr->key_max + encr->salt_len ||
	    (len - encr->key_min - encr->salt_len) % 8)
		return ipd_refuse(extack, "encr-key: not a key length of this cipher");

	if (prot->encr == IPSECDRV_ENCR_DES3_CBC &&
	    (ipd_des3_weak(prot->encr_key[0]) || ipd_des3_weak(prot->encr_key[1])))
		return ipd_refuse(extack, "encr-key: the keys of 3DES are not independent");

	/* Both directions count their packets, and so their nonces, from 1. */
	if (encr->salt_len && !crypto_memneq(prot->encr_key[0], prot->encr_key[1], len))
		return ipd_refuse(extack, "encr-key: the directions must not share a key");

	return 0;
}

static int ipd_integ_check(const struct ipd_protection *prot, const struct ipd_integ *integ,
			   bool legacy, struct netlink_ext_ack *extack)
{
	if (integ->legacy && !legacy)
		return ipd_refuse(extack, "integ: this hash is only for legacy peers");
	if (prot->integ_key_len != integ->key_len)
		return ipd_refuse(extack, "integ-key: not the key length of this hash");
	return 0;
}

static int ipd_esp_protection_check(const struct ipd_protection *prot, bool legacy,
				    struct netlink_ext_ack *extack)
{
	const struct ipd_encr *encr = ipd_encr(prot->encr);

	if (!encr)
		return ipd_refuse(extack, "encr: ESP needs one of the known ciphers, or null");
	if (encr->icv_len && prot->integ != IPSECDRV_INTEG_NONE)
		return ipd_refuse(extack, "integ: this cipher has its own authentication");
	if (!encr->icv_len && prot->integ == IPSECDRV_INTEG_NONE)
		return ipd_refuse(extack, "integ: ESP is not used without authentication");
	return ipd_encr_check(prot, encr, legacy, extack);
}

/**
 * ipd_protection_check() - may an SA pair be protected like this?
 * @prot: algorithms and keys of one protocol
 * @esn: 64-bit sequence numbers; every algorithm of the table can have them
 * @legacy: allow the algorithms that are only for legacy peers
 * @extack: gets the reason, never key material
 */
int ipd_protection_check(const struct ipd_protection *prot, bool esn, bool legacy,
			 struct netlink_ext_ack *extack)
{
	const struct ipd_integ *integ = ipd_integ(prot->integ);
	int err;

	if (prot->integ != IPSECDRV_INTEG_NONE && !integ)
		return ipd_refuse(extack, "integ: unknown");

	switch (prot->proto) {
	case IPSECDRV_PROTO_ESP:
		err = ipd_esp_protection_check(prot, legacy, extack);
		if (err)
			return err;
		break;
	case IPSECDRV_PROTO_AH:
		if (prot->encr != IPSECDRV_ENCR_NONE || prot->encr_key_len)
			return ipd_refuse(extack, "encr: AH does not encrypt");
		if (!integ)
			return ipd_refuse(extack, "integ: AH needs one");
		break;
	default:
		return ipd_refuse(extack, "proto: neither ESP nor AH");
	}

	if (integ)
		return ipd_integ_check(prot, integ, legacy, extack);
	if (prot->integ_key_len)
		return ipd_refuse(extack, "integ-key: there is no integ");
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_protection_check);

/* The key of authenc(): parameters, authentication key, cipher key. */
static int ipd_authenc_setkey(struct crypto_aead *aead, const struct ipd_protection *prot,
			      unsigned int dir)
{
	unsigned int len = RTA_SPACE(sizeof(struct crypto_authenc_key_param)) +
			   prot->integ_key_len + prot->encr_key_len;
	struct crypto_authenc_key_param *param;
	struct rtattr *rta;
	u8 *key, *p;
	int err;

	key = kmalloc(len, GFP_KERNEL);
	if (!key)
		return -ENOMEM;

	rta = (struct rtattr *)key;
	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	rta->rta_len = RTA_LENGTH(sizeof(*param));
	param = RTA_DATA(rta);
	param->enckeylen = cpu_to_be32(prot->encr_key_len);
	p = key + RTA_SPACE(sizeof(*param));
	memcpy(p, prot->integ_key[dir], prot->integ_key_len);
	memcpy(p + prot->integ_key_len, prot->encr_key[dir], prot->encr_key_len);

	err = crypto_aead_setkey(aead, key, len);
	kfree_sensitive(key);
	return err;
}

/* By the crypto API. */
static int ipd_sa_aead_init(struct ipd_sa *sa, const struct ipd_protection *prot,
			    unsigned int dir)
{
	const struct ipd_integ *integ = ipd_integ(prot->integ);
	const struct ipd_encr *encr = ipd_encr(prot->encr);
	char name[CRYPTO_MAX_ALG_NAME];
	struct crypto_aead *aead;
	int err;

	if (integ)
		snprintf(name, sizeof(name), "%s(%s,%s)",
			 sa->esn ? "authencesn" : "authenc", integ->name, encr->name);
	else
		strscpy(name, encr->name, sizeof(name));

	aead = ipd_aead_alloc(name);
	if (IS_ERR(aead))
		return PTR_ERR(aead);
	sa->aead = aead;

	/* Weak keys of DES; passed on to the cipher inside authenc(). */
	crypto_aead_set_flags(aead, CRYPTO_TFM_REQ_FORBID_WEAK_KEYS);
	err = integ ? ipd_authenc_setkey(aead, prot, dir) :
		      crypto_aead_setkey(aead, prot->encr_key[dir], prot->encr_key_len);
	if (err)
		return err;
	err = crypto_aead_setauthsize(aead, sa->icv_len);
	if (err)
		return err;

	ipd_request_reserve(sizeof(struct aead_request) + crypto_aead_reqsize(aead));
	return 0;
}

/* By the driver itself, if it can. */
static int ipd_sa_gcm_init(struct ipd_sa *sa, const struct ipd_protection *prot,
			   unsigned int dir)
{
	struct ipd_gcm_key *key;

	/* Of the wrappers, there are only those of the crypto API. */
	if (!IPD_VECTORS || ipd_async_wrapper())
		return 0;
	key = ipd_gcm_key_new(prot, dir, READ_ONCE(ipd_force_async) == IPD_ASYNC_WORK);
	if (IS_ERR_OR_NULL(key))
		return PTR_ERR_OR_ZERO(key);
	sa->gcm = key;
	sa->own_gcm = true;
	/* For what has to wait. */
	ipd_request_reserve(0);
	return 0;
}

static int ipd_sa_esp_init(struct ipd_sa *sa, const struct ipd_protection *prot,
			   unsigned int dir)
{
	const struct ipd_integ *integ = ipd_integ(prot->integ);
	const struct ipd_encr *encr = ipd_encr(prot->encr);
	int err;

	sa->iv_len = encr->iv_len;
	sa->iv_random = encr->iv_random;
	sa->icv_len = integ ? integ->icv_len : encr->icv_len;
	sa->align = max_t(u8, encr->block, 4);
	sa->hdr_len = sizeof(struct ip_esp_hdr) + sa->iv_len;

	err = ipd_sa_gcm_init(sa, prot, dir);
	if (err || sa->own_gcm)
		return err;
	return ipd_sa_aead_init(sa, prot, dir);
}

static int ipd_sa_ahash_init(struct ipd_sa *sa, const struct ipd_protection *prot,
			     unsigned int dir)
{
	const struct ipd_integ *integ = ipd_integ(prot->integ);
	struct crypto_ahash *ahash;
	int err;

	ahash = ipd_ahash_alloc(integ->name);
	if (IS_ERR(ahash))
		return PTR_ERR(ahash);
	sa->ahash = ahash;
	sa->icv_len = integ->icv_len;
	sa->align = 4;
	/* Padded to the alignment of the IP version (RFC 4302 section 2.6). */
	sa->hdr_len = ALIGN(sizeof(struct ip_auth_hdr) + sa->icv_len,
			    sa->spi.key.family == AF_INET6 ? 8 : 4);

	err = crypto_ahash_setkey(ahash, prot->integ_key[dir], prot->integ_key_len);
	if (err)
		return err;

	ipd_request_reserve(ipd_ah_request_size(ahash));
	return 0;
}

/**
 * ipd_sa_crypto_init() - give an SA its transform, and the fields that depend on it
 * @sa: its family and @esn are set
 * @prot: passed ipd_protection_check()
 * @dir: whose keys, IPSECDRV_DIR_OUT or IPSECDRV_DIR_IN
 * @extack: gets the reason of an error
 */
int ipd_sa_crypto_init(struct ipd_sa *sa, const struct ipd_protection *prot,
		       unsigned int dir, struct netlink_ext_ack *extack)
{
	const struct ipd_encr *encr = ipd_encr(prot->encr);
	int err;

	atomic_set(&sa->inflight, 0);
	sa->encr = prot->encr;
	sa->integ = prot->integ;
	sa->encr_bits = encr ? (prot->encr_key_len - encr->salt_len) * BITS_PER_BYTE : 0;
	sa->integ_bits = prot->integ_key_len * BITS_PER_BYTE;

	if (prot->proto == IPSECDRV_PROTO_ESP)
		err = ipd_sa_esp_init(sa, prot, dir);
	else
		err = ipd_sa_ahash_init(sa, prot, dir);
	if (!err)
		return 0;

	ipd_sa_crypto_free(sa);
	if (err == -ENOENT)
		NL_SET_ERR_MSG(extack, "This kernel does not have the algorithm");
	else if (err == -EINVAL)
		NL_SET_ERR_MSG(extack, "The kernel's cipher refuses the key");
	else
		NL_SET_ERR_MSG(extack, "The kernel's cipher cannot be set up");
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sa_crypto_init);

/**
 * ipd_sa_crypto_free() - take the transform of an SA away
 * @sa: not in use since a grace period, but for operations that still have to complete
 *
 * Waits for them: only the implementation knows when it lets go of the packet. Sleeps.
 */
void ipd_sa_crypto_free(struct ipd_sa *sa)
{
	wait_var_event(&sa->inflight, !atomic_read(&sa->inflight));
	/* These wipe the keys. */
	if (IPD_VECTORS && sa->own_gcm)
		ipd_gcm_key_free(sa->gcm);
	else
		crypto_free_aead(sa->aead);
	crypto_free_ahash(sa->ahash);
	sa->own_gcm = false;
	sa->aead = NULL;
	sa->ahash = NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sa_crypto_free);

/* The implementation in use, as in /proc/crypto. */
const char *ipd_sa_crypto_name(const struct ipd_sa *sa)
{
	if (IPD_VECTORS && sa->own_gcm)
		return ipd_gcm_key_name(sa->gcm);
	if (sa->ahash)
		return crypto_tfm_alg_driver_name(crypto_ahash_tfm(sa->ahash));
	return crypto_tfm_alg_driver_name(crypto_aead_tfm(sa->aead));
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sa_crypto_name);

/* A cipher that is no AEAD is used inside authenc(). */
const char *ipd_crypto_encr(u8 encr, bool *aead)
{
	const struct ipd_encr *line = ipd_encr(encr);

	*aead = line && line->icv_len;
	return line ? line->name : NULL;
}

const char *ipd_crypto_integ(u8 integ)
{
	const struct ipd_integ *line = ipd_integ(integ);

	return line ? line->name : NULL;
}

int __init ipd_crypto_init(void)
{
	int err;

	if (IPD_VECTORS) {
		err = ipd_gcm_init();
		if (err)
			return err;
	}
	return ipd_requests_init();
}

void ipd_crypto_exit(void)
{
	ipd_requests_free();
}
