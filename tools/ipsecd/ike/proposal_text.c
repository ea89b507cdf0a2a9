// SPDX-License-Identifier: GPL-2.0-or-later
/* Proposals as logs and status show them. */
#include <stdio.h>
#include <string.h>

#include "proposal.h"

struct name {
	uint8_t type;
	uint16_t id;
	const char *text;
};

#define ENCR IKE_TRANSFORM_ENCR
#define PRF IKE_TRANSFORM_PRF
#define INTEG IKE_TRANSFORM_INTEG
#define KE IKE_TRANSFORM_KE
#define ESN IKE_TRANSFORM_ESN

static const struct name names[] = {
	{ ENCR, IKE_ENCR_DES, "DES" },
	{ ENCR, IKE_ENCR_3DES, "3DES" },
	{ ENCR, IKE_ENCR_NULL, "NULL" },
	{ ENCR, IKE_ENCR_AES_CBC, "AES-CBC" },
	{ ENCR, IKE_ENCR_AES_CTR, "AES-CTR" },
	{ ENCR, IKE_ENCR_AES_CCM_8, "AES-CCM-8" },
	{ ENCR, IKE_ENCR_AES_CCM_12, "AES-CCM-12" },
	{ ENCR, IKE_ENCR_AES_CCM_16, "AES-CCM-16" },
	{ ENCR, IKE_ENCR_AES_GCM_8, "AES-GCM-8" },
	{ ENCR, IKE_ENCR_AES_GCM_12, "AES-GCM-12" },
	{ ENCR, IKE_ENCR_AES_GCM_16, "AES-GCM-16" },
	{ ENCR, IKE_ENCR_AES_GMAC, "AES-GMAC" },
	{ ENCR, IKE_ENCR_CHACHA20_POLY1305, "CHACHA20-POLY1305" },
	{ PRF, IKE_PRF_HMAC_MD5, "PRF-HMAC-MD5" },
	{ PRF, IKE_PRF_HMAC_SHA1, "PRF-HMAC-SHA1" },
	{ PRF, IKE_PRF_AES128_XCBC, "PRF-AES128-XCBC" },
	{ PRF, IKE_PRF_HMAC_SHA2_256, "PRF-HMAC-SHA2-256" },
	{ PRF, IKE_PRF_HMAC_SHA2_384, "PRF-HMAC-SHA2-384" },
	{ PRF, IKE_PRF_HMAC_SHA2_512, "PRF-HMAC-SHA2-512" },
	{ PRF, IKE_PRF_AES128_CMAC, "PRF-AES128-CMAC" },
	{ INTEG, IKE_INTEG_NONE, "NONE" },
	{ INTEG, IKE_INTEG_HMAC_MD5_96, "HMAC-MD5-96" },
	{ INTEG, IKE_INTEG_HMAC_SHA1_96, "HMAC-SHA1-96" },
	{ INTEG, IKE_INTEG_AES_XCBC_96, "AES-XCBC-96" },
	{ INTEG, IKE_INTEG_AES_CMAC_96, "AES-CMAC-96" },
	{ INTEG, IKE_INTEG_AES_128_GMAC, "AES-128-GMAC" },
	{ INTEG, IKE_INTEG_AES_192_GMAC, "AES-192-GMAC" },
	{ INTEG, IKE_INTEG_AES_256_GMAC, "AES-256-GMAC" },
	{ INTEG, IKE_INTEG_HMAC_SHA2_256_128, "HMAC-SHA2-256-128" },
	{ INTEG, IKE_INTEG_HMAC_SHA2_384_192, "HMAC-SHA2-384-192" },
	{ INTEG, IKE_INTEG_HMAC_SHA2_512_256, "HMAC-SHA2-512-256" },
	{ KE, IKE_GROUP_NONE, "NONE" },
	{ KE, IKE_GROUP_MODP768, "MODP-768" },
	{ KE, IKE_GROUP_MODP1024, "MODP-1024" },
	{ KE, IKE_GROUP_MODP1536, "MODP-1536" },
	{ KE, IKE_GROUP_MODP2048, "MODP-2048" },
	{ KE, IKE_GROUP_MODP3072, "MODP-3072" },
	{ KE, IKE_GROUP_MODP4096, "MODP-4096" },
	{ KE, IKE_GROUP_MODP6144, "MODP-6144" },
	{ KE, IKE_GROUP_MODP8192, "MODP-8192" },
	{ KE, IKE_GROUP_ECP256, "ECP-256" },
	{ KE, IKE_GROUP_ECP384, "ECP-384" },
	{ KE, IKE_GROUP_ECP521, "ECP-521" },
	{ KE, IKE_GROUP_X25519, "X25519" },
	{ KE, IKE_GROUP_X448, "X448" },
	{ ESN, IKE_ESN_NO, "NO-ESN" },
	{ ESN, IKE_ESN_YES, "ESN" },
};

static const char *find(uint8_t type, uint16_t id)
{
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == type && names[i].id == id)
			return names[i].text;
	return NULL;
}

const char *ike_transform_name(uint8_t type, uint16_t id)
{
	const char *text = find(type, id);

	return text ? text : "unknown";
}

static void transform_text(const struct ike_transform *t, char *buf,
			   size_t size)
{
	static const char *const types[] = {
		[ENCR] = "ENCR", [PRF] = "PRF", [INTEG] = "INTEG",
		[KE] = "KE",	 [ESN] = "ESN",
	};
	const char *text = find(t->type, t->id);
	char number[40];

	if (!text && t->type && t->type < IKE_TRANSFORM_TYPES)
		snprintf(number, sizeof(number), "%s(%u)", types[t->type],
			 t->id);
	else if (!text)
		snprintf(number, sizeof(number), "TYPE%u(%u)", t->type, t->id);
	if (t->key_bits)
		snprintf(buf, size, "%s-%u", text ? text : number, t->key_bits);
	else
		snprintf(buf, size, "%s", text ? text : number);
}

/* Number 0 of these says nothing: an AEAD, no key exchange, no ESN. */
static bool is_silent(const struct ike_transform *t)
{
	return !t->id && (t->type == INTEG || t->type == KE || t->type == ESN);
}

const char *ike_proposal_text(const struct ike_proposal *p, char *buf,
			      size_t size)
{
	char text[64];
	size_t len = 0;
	unsigned int i;
	uint8_t type;

	*buf = '\0';
	for (type = 0; type < IKE_TRANSFORM_TYPES; type++) {
		for (i = 0; i < p->transforms && len < size; i++) {
			const struct ike_transform *t = &p->transform[i];

			/* Unknown types are shown last, with the last one. */
			if (t->type % IKE_TRANSFORM_TYPES != type ||
			    is_silent(t))
				continue;
			transform_text(t, text, sizeof(text));
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						len ? "/" : "", text);
		}
	}
	return buf;
}
