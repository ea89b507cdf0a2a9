// SPDX-License-Identifier: GPL-2.0-or-later
/* The words by which a policy names algorithms. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "proposal.h"

#define ENCR IKE_TRANSFORM_ENCR
#define PRF IKE_TRANSFORM_PRF
#define INTEG IKE_TRANSFORM_INTEG
#define KE IKE_TRANSFORM_KE
#define ESN IKE_TRANSFORM_ESN
#define WORD_MAX 32

struct word {
	const char *text;
	uint8_t type;
	uint16_t id;
	bool weak;
};

static const struct word words[] = {
	{ "des", ENCR, IKE_ENCR_DES, true },
	{ "3des", ENCR, IKE_ENCR_3DES, true },
	{ "null", ENCR, IKE_ENCR_NULL, false },
	{ "chacha20poly1305", ENCR, IKE_ENCR_CHACHA20_POLY1305, false },
	{ "md5", INTEG, IKE_INTEG_HMAC_MD5_96, true },
	{ "sha", INTEG, IKE_INTEG_HMAC_SHA1_96, false },
	{ "sha1", INTEG, IKE_INTEG_HMAC_SHA1_96, false },
	{ "sha256", INTEG, IKE_INTEG_HMAC_SHA2_256_128, false },
	{ "sha384", INTEG, IKE_INTEG_HMAC_SHA2_384_192, false },
	{ "sha512", INTEG, IKE_INTEG_HMAC_SHA2_512_256, false },
	{ "aesxcbc", INTEG, IKE_INTEG_AES_XCBC_96, false },
	{ "aescmac", INTEG, IKE_INTEG_AES_CMAC_96, false },
	{ "prfmd5", PRF, IKE_PRF_HMAC_MD5, true },
	{ "prfsha1", PRF, IKE_PRF_HMAC_SHA1, false },
	{ "prfsha256", PRF, IKE_PRF_HMAC_SHA2_256, false },
	{ "prfsha384", PRF, IKE_PRF_HMAC_SHA2_384, false },
	{ "prfsha512", PRF, IKE_PRF_HMAC_SHA2_512, false },
	{ "prfaesxcbc", PRF, IKE_PRF_AES128_XCBC, false },
	{ "prfaescmac", PRF, IKE_PRF_AES128_CMAC, false },
	{ "modp768", KE, IKE_GROUP_MODP768, true },
	{ "modp1024", KE, IKE_GROUP_MODP1024, true },
	{ "modp1536", KE, IKE_GROUP_MODP1536, false },
	{ "modp2048", KE, IKE_GROUP_MODP2048, false },
	{ "modp3072", KE, IKE_GROUP_MODP3072, false },
	{ "modp4096", KE, IKE_GROUP_MODP4096, false },
	{ "modp6144", KE, IKE_GROUP_MODP6144, false },
	{ "modp8192", KE, IKE_GROUP_MODP8192, false },
	{ "ecp256", KE, IKE_GROUP_ECP256, false },
	{ "ecp384", KE, IKE_GROUP_ECP384, false },
	{ "ecp521", KE, IKE_GROUP_ECP521, false },
	{ "x25519", KE, IKE_GROUP_X25519, false },
	{ "curve25519", KE, IKE_GROUP_X25519, false },
	{ "x448", KE, IKE_GROUP_X448, false },
	{ "curve448", KE, IKE_GROUP_X448, false },
	{ "esn", ESN, IKE_ESN_YES, false },
	{ "noesn", ESN, IKE_ESN_NO, false },
};

/* What follows the key length of an "aes..." word; ICVs in bytes or bits. */
static const struct word aes_modes[] = {
	{ "", ENCR, IKE_ENCR_AES_CBC, false },
	{ "ctr", ENCR, IKE_ENCR_AES_CTR, false },
	{ "ccm8", ENCR, IKE_ENCR_AES_CCM_8, false },
	{ "ccm64", ENCR, IKE_ENCR_AES_CCM_8, false },
	{ "ccm12", ENCR, IKE_ENCR_AES_CCM_12, false },
	{ "ccm96", ENCR, IKE_ENCR_AES_CCM_12, false },
	{ "ccm16", ENCR, IKE_ENCR_AES_CCM_16, false },
	{ "ccm128", ENCR, IKE_ENCR_AES_CCM_16, false },
	{ "gcm8", ENCR, IKE_ENCR_AES_GCM_8, false },
	{ "gcm64", ENCR, IKE_ENCR_AES_GCM_8, false },
	{ "gcm12", ENCR, IKE_ENCR_AES_GCM_12, false },
	{ "gcm96", ENCR, IKE_ENCR_AES_GCM_12, false },
	{ "gcm16", ENCR, IKE_ENCR_AES_GCM_16, false },
	{ "gcm128", ENCR, IKE_ENCR_AES_GCM_16, false },
	{ "gmac", ENCR, IKE_ENCR_AES_GMAC, false },
};

static const struct word *find(const struct word *list, size_t n,
			       const char *text)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(list[i].text, text))
			return &list[i];
	return NULL;
}

static const struct word *find_word(const char *text, uint16_t *key_bits)
{
	const struct word *w =
		find(words, sizeof(words) / sizeof(words[0]), text);
	size_t i;

	*key_bits = 0;
	for (i = 128; !w && i <= 256; i += 64) {
		char prefix[8];
		int len = snprintf(prefix, sizeof(prefix), "aes%zu", i);

		if (strncmp(text, prefix, (size_t)len) != 0)
			continue;
		*key_bits = (uint16_t)i;
		return find(aes_modes, sizeof(aes_modes) / sizeof(aes_modes[0]),
			    text + len);
	}
	return w;
}

const char *ike_proposal_weak(const struct ike_proposal *p)
{
	size_t i, n = sizeof(words) / sizeof(words[0]);
	unsigned int j;

	for (i = 0; i < n; i++)
		for (j = 0; words[i].weak && j < p->transforms; j++)
			if (p->transform[j].type == words[i].type &&
			    p->transform[j].id == words[i].id)
				return words[i].text;
	return NULL;
}

/* Which types a protocol negotiates (RFC 7296 section 3.3.3). */
static bool takes_type(uint8_t proto, uint8_t type)
{
	switch (type) {
	case ENCR:
		return proto != IKE_PROTO_AH;
	case PRF:
		return proto == IKE_PROTO_IKE;
	case ESN:
		return proto != IKE_PROTO_IKE;
	}
	return true;
}

static int add_word(struct ike_proposal *p, const char *text, bool weak,
		    struct ipsec_err *err)
{
	uint16_t key_bits;
	const struct word *w = find_word(text, &key_bits);
	unsigned int i;

	if (!w)
		return ipsec_err_at(err, 0, "unknown algorithm '%s'", text);
	if (w->weak && !weak)
		return ipsec_err_at(err, 0,
				    "'%s' is weak; it needs 'weak: yes' in the "
				    "rule",
				    text);
	if (!takes_type(p->proto, w->type) ||
	    (p->proto == IKE_PROTO_IKE && w->type == ENCR &&
	     (w->id == IKE_ENCR_NULL || w->id == IKE_ENCR_AES_GMAC)))
		return ipsec_err_at(err, 0, "'%s' has no use in %s", text,
				    ike_protocol_name(p->proto));
	for (i = 0; i < p->transforms; i++)
		if (p->transform[i].type == w->type &&
		    p->transform[i].id == w->id &&
		    p->transform[i].key_bits == key_bits)
			return ipsec_err_at(err, 0,
					    "'%s' is there twice; remove one",
					    text);
	/* There are fewer words than a proposal has room for. */
	return ike_proposal_add(p, w->type, w->id, key_bits);
}

static int add_words(struct ike_proposal *p, const char *text, bool weak,
		     struct ipsec_err *err)
{
	char word[WORD_MAX];
	size_t len;
	int rc;

	for (;; text += len + 1) {
		len = strcspn(text, "-");
		if (!len)
			return ipsec_err_at(err, 0,
					    "words are joined by one '-'");
		if (len >= sizeof(word))
			return ipsec_err_at(err, 0, "unknown algorithm '%.*s'",
					    40, text);
		memcpy(word, text, len);
		word[len] = '\0';
		rc = add_word(p, word, weak, err);
		if (rc || !text[len])
			return rc;
	}
}

/* The PRFs of the integrity algorithms, unless PRFs are named. */
static void follow(struct ike_proposal *p)
{
	static const uint16_t prf[] = {
		[IKE_INTEG_HMAC_MD5_96] = IKE_PRF_HMAC_MD5,
		[IKE_INTEG_HMAC_SHA1_96] = IKE_PRF_HMAC_SHA1,
		[IKE_INTEG_AES_XCBC_96] = IKE_PRF_AES128_XCBC,
		[IKE_INTEG_AES_CMAC_96] = IKE_PRF_AES128_CMAC,
		[IKE_INTEG_HMAC_SHA2_256_128] = IKE_PRF_HMAC_SHA2_256,
		[IKE_INTEG_HMAC_SHA2_384_192] = IKE_PRF_HMAC_SHA2_384,
		[IKE_INTEG_HMAC_SHA2_512_256] = IKE_PRF_HMAC_SHA2_512,
	};
	unsigned int i, n = p->transforms;

	if (p->proto != IKE_PROTO_IKE || ike_proposal_get(p, PRF))
		return;
	for (i = 0; i < n; i++)
		if (p->transform[i].type == INTEG)
			ike_proposal_add(p, PRF, prf[p->transform[i].id], 0);
}

/* Child SAs must say it (RFC 7296 section 3.3.3); not asked for is no. */
static void say_esn(struct ike_proposal *p)
{
	unsigned int i;

	if (p->proto == IKE_PROTO_IKE)
		return;
	for (i = 0; i < p->transforms; i++)
		if (p->transform[i].type == ESN)
			return;
	ike_proposal_add(p, ESN, IKE_ESN_NO, 0);
}

static int check(const struct ike_proposal *p, struct ipsec_err *err)
{
	bool integ = ike_proposal_get(p, INTEG);
	unsigned int i, aead = 0, encr = 0;

	for (i = 0; i < p->transforms; i++) {
		encr += p->transform[i].type == ENCR;
		aead += p->transform[i].type == ENCR &&
			ike_encr_aead(p->transform[i].id);
	}
	if (!encr && p->proto != IKE_PROTO_AH)
		return ipsec_err_at(err, 0,
				    "an encryption algorithm is missing, such "
				    "as aes256gcm16");
	if (aead && aead < encr)
		return ipsec_err_at(err, 0,
				    "AEADs and other encryption exclude each "
				    "other; write two proposals");
	if (aead && integ)
		return ipsec_err_at(err, 0,
				    "an AEAD has no integrity algorithm; "
				    "remove it, or write two proposals%s",
				    p->proto == IKE_PROTO_IKE ?
					    " (a PRF is called prfsha256)" :
					    "");
	if (!aead && !integ)
		return ipsec_err_at(err, 0,
				    "an integrity algorithm is missing, such "
				    "as sha256");
	if (p->proto != IKE_PROTO_IKE)
		return 0;
	if (!ike_proposal_get(p, PRF))
		return ipsec_err_at(err, 0,
				    "a PRF is missing, such as prfsha256");
	if (!ike_proposal_get(p, KE))
		return ipsec_err_at(err, 0,
				    "a key exchange is missing, such as "
				    "x25519");
	return 0;
}

int ike_proposal_parse(struct ike_proposal *p, uint8_t proto, const char *text,
		       bool weak, struct ipsec_err *err)
{
	int rc;

	memset(p, 0, sizeof(*p));
	p->proto = proto;
	rc = add_words(p, text, weak, err);
	if (rc)
		return rc;
	follow(p);
	say_esn(p);
	return check(p, err);
}
