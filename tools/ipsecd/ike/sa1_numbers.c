// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Algorithms in the numbers of version 1, where there are three sets of them:
 * Oakley's of phase 1, and the transforms and attributes of the IPsec DOI.
 */
#include <string.h>

#include "sa1.h"

struct pair {
	uint16_t v1;
	uint16_t id;
};

static const struct pair oakley_encr[] = {
	{ OAKLEY_ENCR_DES, IKE_ENCR_DES },
	{ OAKLEY_ENCR_3DES, IKE_ENCR_3DES },
	{ OAKLEY_ENCR_AES, IKE_ENCR_AES_CBC },
	{ 0, 0 },
};

/* The hash is used as a PRF; as an integrity algorithm it names the policy's. */
static const struct pair oakley_prf[] = {
	{ OAKLEY_HASH_MD5, IKE_PRF_HMAC_MD5 },
	{ OAKLEY_HASH_SHA1, IKE_PRF_HMAC_SHA1 },
	{ OAKLEY_HASH_SHA2_256, IKE_PRF_HMAC_SHA2_256 },
	{ OAKLEY_HASH_SHA2_384, IKE_PRF_HMAC_SHA2_384 },
	{ OAKLEY_HASH_SHA2_512, IKE_PRF_HMAC_SHA2_512 },
	{ 0, 0 },
};

static const struct pair oakley_integ[] = {
	{ OAKLEY_HASH_MD5, IKE_INTEG_HMAC_MD5_96 },
	{ OAKLEY_HASH_SHA1, IKE_INTEG_HMAC_SHA1_96 },
	{ OAKLEY_HASH_SHA2_256, IKE_INTEG_HMAC_SHA2_256_128 },
	{ OAKLEY_HASH_SHA2_384, IKE_INTEG_HMAC_SHA2_384_192 },
	{ OAKLEY_HASH_SHA2_512, IKE_INTEG_HMAC_SHA2_512_256 },
	{ 0, 0 },
};

static const struct pair esp[] = {
	{ DOI_ESP_DES, IKE_ENCR_DES },
	{ DOI_ESP_3DES, IKE_ENCR_3DES },
	{ DOI_ESP_NULL, IKE_ENCR_NULL },
	{ DOI_ESP_AES_CBC, IKE_ENCR_AES_CBC },
	{ DOI_ESP_AES_CTR, IKE_ENCR_AES_CTR },
	{ DOI_ESP_AES_CCM_8, IKE_ENCR_AES_CCM_8 },
	{ DOI_ESP_AES_CCM_12, IKE_ENCR_AES_CCM_12 },
	{ DOI_ESP_AES_CCM_16, IKE_ENCR_AES_CCM_16 },
	{ DOI_ESP_AES_GCM_8, IKE_ENCR_AES_GCM_8 },
	{ DOI_ESP_AES_GCM_12, IKE_ENCR_AES_GCM_12 },
	{ DOI_ESP_AES_GCM_16, IKE_ENCR_AES_GCM_16 },
	{ DOI_ESP_AES_GMAC, IKE_ENCR_AES_GMAC },
	{ 0, 0 },
};

static const struct pair doi_auth[] = {
	{ DOI_AUTH_HMAC_MD5, IKE_INTEG_HMAC_MD5_96 },
	{ DOI_AUTH_HMAC_SHA1, IKE_INTEG_HMAC_SHA1_96 },
	{ DOI_AUTH_HMAC_SHA2_256, IKE_INTEG_HMAC_SHA2_256_128 },
	{ DOI_AUTH_HMAC_SHA2_384, IKE_INTEG_HMAC_SHA2_384_192 },
	{ DOI_AUTH_HMAC_SHA2_512, IKE_INTEG_HMAC_SHA2_512_256 },
	{ DOI_AUTH_AES_XCBC, IKE_INTEG_AES_XCBC_96 },
	{ 0, 0 },
};

/* Transforms of AH, which must be the attribute's algorithm. */
static const struct pair ah[] = {
	{ DOI_AH_MD5, IKE_INTEG_HMAC_MD5_96 },
	{ DOI_AH_SHA, IKE_INTEG_HMAC_SHA1_96 },
	{ DOI_AH_SHA2_256, IKE_INTEG_HMAC_SHA2_256_128 },
	{ DOI_AH_SHA2_384, IKE_INTEG_HMAC_SHA2_384_192 },
	{ DOI_AH_SHA2_512, IKE_INTEG_HMAC_SHA2_512_256 },
	{ DOI_AH_AES_XCBC, IKE_INTEG_AES_XCBC_96 },
	{ 0, 0 },
};

static uint16_t to_id(const struct pair *table, uint16_t v1)
{
	for (; table->v1; table++)
		if (table->v1 == v1)
			return table->id;
	return IKE_TRANSFORM_UNKNOWN;
}

/* 0: there is none */
static uint16_t to_v1(const struct pair *table, uint16_t id)
{
	for (; table->v1; table++)
		if (table->id == id)
			break;
	return table->v1;
}

static bool has(const struct ikev1_attributes *a, uint16_t class)
{
	return a->seen & 1 << class;
}

static void add_group(const struct ikev1_attributes *a, uint16_t class,
		      struct ike_proposal *p)
{
	uint16_t group = a->value[class];

	if (has(a, class))
		ike_proposal_add(p, IKE_TRANSFORM_KE,
				 group ? group : IKE_TRANSFORM_UNKNOWN, 0);
}

/* A PRF and a group of one's own making are nothing that we can have. */
static bool to_main(const struct ikev1_attributes *a, uint8_t transform_id,
		    struct ike_proposal *p)
{
	uint16_t hash = a->value[OAKLEY_HASH];

	ike_proposal_add(p, IKE_TRANSFORM_ENCR,
			 to_id(oakley_encr, a->value[OAKLEY_ENCR]),
			 a->value[OAKLEY_KEY_LENGTH]);
	ike_proposal_add(p, IKE_TRANSFORM_PRF, to_id(oakley_prf, hash), 0);
	ike_proposal_add(p, IKE_TRANSFORM_INTEG, to_id(oakley_integ, hash), 0);
	add_group(a, OAKLEY_GROUP, p);
	p->auth = a->value[OAKLEY_AUTH];
	return transform_id == IKEV1_TRANSFORM_KEY_IKE && !has(a, OAKLEY_PRF) &&
	       (!has(a, OAKLEY_KEY_LENGTH) || a->value[OAKLEY_KEY_LENGTH]);
}

static bool to_quick(const struct ikev1_attributes *a, uint8_t transform_id,
		     struct ike_proposal *p)
{
	uint16_t integ = to_id(doi_auth, a->value[DOI_AUTH]);

	if (p->proto == IKE_PROTO_ESP)
		ike_proposal_add(p, IKE_TRANSFORM_ENCR,
				 to_id(esp, transform_id),
				 a->value[DOI_KEY_LENGTH]);
	if (has(a, DOI_AUTH))
		ike_proposal_add(p, IKE_TRANSFORM_INTEG, integ, 0);
	add_group(a, DOI_GROUP, p);
	if (has(a, DOI_ESN))
		ike_proposal_add(p, IKE_TRANSFORM_ESN,
				 a->value[DOI_ESN] == IKE_ESN_YES ?
					 IKE_ESN_YES :
					 IKE_TRANSFORM_UNKNOWN,
				 0);
	p->encap = a->value[DOI_ENCAP];
	return (!has(a, DOI_KEY_LENGTH) || a->value[DOI_KEY_LENGTH]) &&
	       (p->proto != IKE_PROTO_AH ||
		(has(a, DOI_AUTH) && to_id(ah, transform_id) == integ));
}

void ikev1_attributes_to(const struct ikev1_attributes *a, bool main,
			 uint8_t transform_id, struct ike_proposal *p)
{
	bool good = main ? to_main(a, transform_id, p) :
			   to_quick(a, transform_id, p);

	/* No proposal of ours is met by this one, whatever else it has. */
	if (!good || a->bad)
		ike_proposal_add(p, IKE_TRANSFORM_ENCR, IKE_TRANSFORM_UNKNOWN,
				 0);
	p->life_seconds = a->life_seconds;
	p->life_kbytes = a->life_kbytes;
}

static uint16_t id_of(const struct ike_proposal *p, uint8_t type)
{
	const struct ike_transform *t = ike_proposal_get(p, type);

	return t ? t->id : 0;
}

static void set(struct ikev1_attributes *a, uint16_t class, uint16_t value)
{
	if (!value)
		return;
	a->seen |= (uint16_t)(1 << class);
	a->value[class] = value;
}

static uint16_t key_bits(const struct ike_proposal *p)
{
	const struct ike_transform *t = ike_proposal_get(p, IKE_TRANSFORM_ENCR);

	return t ? t->key_bits : 0;
}

static uint16_t from_main(const struct ike_proposal *p,
			  struct ikev1_attributes *a)
{
	uint16_t encr = to_v1(oakley_encr, id_of(p, IKE_TRANSFORM_ENCR));
	uint16_t hash = to_v1(oakley_prf, id_of(p, IKE_TRANSFORM_PRF));

	set(a, OAKLEY_ENCR, encr);
	set(a, OAKLEY_KEY_LENGTH, key_bits(p));
	set(a, OAKLEY_HASH, hash);
	set(a, OAKLEY_AUTH, p->auth);
	set(a, OAKLEY_GROUP, id_of(p, IKE_TRANSFORM_KE));
	if (!encr || !hash ||
	    hash != to_v1(oakley_integ, id_of(p, IKE_TRANSFORM_INTEG)))
		return 0;
	return IKEV1_TRANSFORM_KEY_IKE;
}

static uint16_t from_quick(const struct ike_proposal *p,
			   struct ikev1_attributes *a)
{
	uint16_t integ = id_of(p, IKE_TRANSFORM_INTEG);
	uint16_t auth = to_v1(doi_auth, integ);

	set(a, DOI_AUTH, auth);
	set(a, DOI_KEY_LENGTH, key_bits(p));
	set(a, DOI_GROUP, id_of(p, IKE_TRANSFORM_KE));
	set(a, DOI_ENCAP, p->encap);
	set(a, DOI_ESN, id_of(p, IKE_TRANSFORM_ESN));
	if (integ && !auth)
		return 0;
	return p->proto == IKE_PROTO_AH ?
		       to_v1(ah, integ) :
		       to_v1(esp, id_of(p, IKE_TRANSFORM_ENCR));
}

void ikev1_attributes_from(const struct ike_proposal *p, bool main,
			   uint8_t *transform_id, struct ikev1_attributes *a)
{
	memset(a, 0, sizeof(*a));
	*transform_id = (uint8_t)(main ? from_main(p, a) : from_quick(p, a));
	a->life_seconds = p->life_seconds;
	a->life_kbytes = p->life_kbytes;
}
