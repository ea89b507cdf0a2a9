// SPDX-License-Identifier: GPL-2.0-or-later
/* What a Child SA offers, and what was chosen of it. */
#include <errno.h>
#include <string.h>

#include "engine.h"

static void drop_type(struct ike_proposal *p, uint8_t type)
{
	unsigned int i, kept = 0;

	for (i = 0; i < p->transforms; i++)
		if (p->transform[i].type != type)
			p->transform[kept++] = p->transform[i];
	p->transforms = kept;
}

/* Perfect forward secrecy with the group of the IKE SA, if none is named. */
static int fit_groups(const struct ike_child *child, bool ke,
		      struct ike_proposal *p)
{
	const struct ike_transform *group;

	if (!ke || child->rule->pfs == POLICY_PFS_NO) {
		drop_type(p, IKE_TRANSFORM_KE);
		return 0;
	}
	if (ike_proposal_get(p, IKE_TRANSFORM_KE))
		return 0;
	group = ike_proposal_get(&child->sa->chosen, IKE_TRANSFORM_KE);
	return group ? ike_proposal_add(p, IKE_TRANSFORM_KE, group->id, 0) :
		       -ENOENT;
}

uint32_t ike_child_kbytes(const struct policy_lifetime *life)
{
	uint64_t kbytes = life->bytes / 1024;

	return kbytes < UINT32_MAX ? (uint32_t)kbytes : UINT32_MAX;
}

static int offer_proto(struct ike_child *child, bool ke, unsigned int number,
		       const struct policy_method *method, unsigned int i,
		       struct ike_proposals *out)
{
	struct ike_proposal p = method->proto[i];
	uint32_t spi = 0;
	int err = ike_child_spi(child, p.proto, &spi);

	if (!err)
		err = fit_groups(child, ke, &p);
	if (err)
		return err;
	p.number = number;
	p.transform_number = number;
	p.spi_len = sizeof(spi);
	p.spi[0] = spi >> 24;
	p.spi[1] = spi >> 16;
	p.spi[2] = spi >> 8;
	p.spi[3] = spi;
	p.life_seconds = method->lifetime.seconds;
	p.life_kbytes = ike_child_kbytes(&method->lifetime);
	return ike_proposals_add(out, &p);
}

/* AH and ESP on one packet is for version 1 only. */
static bool usable(const struct ike_child *child,
		   const struct policy_method *method)
{
	return method->protos == 1 || child->sa->version == 1;
}

int ike_child_offer(struct ike_child *child, bool ke, struct ike_proposals *out)
{
	const struct policy_rule *rule = child->rule;
	unsigned int i, n, number = 0;
	int err;

	for (n = 0; n < rule->methods; n++) {
		const struct policy_method *method = &rule->method[n];

		if (!usable(child, method))
			continue;
		number++;
		for (i = 0; i < method->protos; i++) {
			err = offer_proto(child, ke, number, method, i, out);
			if (err)
				return err;
		}
	}
	return number ? 0 : -ENOENT;
}

static const struct ike_proposal *chosen_of(const struct ike_proposal *chosen,
					    unsigned int protos, uint8_t proto)
{
	unsigned int i;

	for (i = 0; i < protos; i++)
		if (chosen[i].proto == proto)
			return &chosen[i];
	return NULL;
}

/*
 * Was this method meant? A group may be missing (IKE_AUTH) or be the IKE SA's,
 * so groups were compared by whoever chose.
 */
static bool method_meets(const struct policy_method *method,
			 const struct ike_proposal *chosen, unsigned int protos)
{
	unsigned int i;

	if (method->protos != protos)
		return false;
	for (i = 0; i < protos; i++) {
		struct ike_proposal p = method->proto[i];
		struct ike_proposals ours = { 1, &p };
		const struct ike_proposal *theirs =
			chosen_of(chosen, protos, p.proto);

		if (!theirs || !ike_proposal_fits(&ours, theirs, false))
			return false;
	}
	return true;
}

static uint32_t spi_of(const struct ike_proposal *p)
{
	return (uint32_t)p->spi[0] << 24 | p->spi[1] << 16 | p->spi[2] << 8 |
	       p->spi[3];
}

static uint16_t id_of(const struct ike_proposal *p, uint8_t type)
{
	const struct ike_transform *t = ike_proposal_get(p, type);

	return t ? t->id : 0;
}

static int take(struct ike_child *child, const struct ike_proposal *p)
{
	struct ike_child_proto *proto = &child->proto[child->protos];
	const struct ike_transform *encr =
		ike_proposal_get(p, IKE_TRANSFORM_ENCR);
	struct ipsec_protection prot;
	int err;

	memset(proto, 0, sizeof(*proto));
	proto->proto = p->proto == IKE_PROTO_AH ? IPSECDRV_PROTO_AH :
						  IPSECDRV_PROTO_ESP;
	proto->spi_out = spi_of(p);
	proto->encr = encr ? encr->id : 0;
	proto->key_bits = encr ? encr->key_bits : 0;
	proto->integ = id_of(p, IKE_TRANSFORM_INTEG);
	err = ike_child_driver_alg(proto, &prot);
	if (!err)
		err = ike_child_spi(child, p->proto, &proto->spi_in);
	if (err)
		return err;
	/* RFC 4303 section 2.1: below are reserved */
	if (p->spi_len != 4 || proto->spi_out < 256)
		return -ENOENT;
	child->esn = id_of(p, IKE_TRANSFORM_ESN) == IKE_ESN_YES;
	child->group = id_of(p, IKE_TRANSFORM_KE);
	child->protos++;
	return 0;
}

int ike_child_choose(struct ike_child *child, const struct ike_proposal *chosen,
		     unsigned int protos)
{
	static const uint8_t order[] = { IKE_PROTO_ESP, IKE_PROTO_AH };
	const struct policy_rule *rule = child->rule;
	const struct ike_proposal *p;
	unsigned int n, i;
	int err = 0;

	for (n = 0; n < rule->methods; n++)
		if (usable(child, &rule->method[n]) &&
		    method_meets(&rule->method[n], chosen, protos))
			break;
	if (n == rule->methods)
		return -ENOENT;
	child->lifetime = rule->method[n].lifetime;
	child->protos = 0;
	for (i = 0; !err && i < sizeof(order); i++) {
		p = chosen_of(chosen, protos, order[i]);
		err = p ? take(child, p) : 0;
	}
	return err;
}
