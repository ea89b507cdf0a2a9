// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The SA payload of either version, from its body to the answer: what is
 * chosen has one algorithm of each type that we have, and is one of ours.
 */
#include <string.h>

#include "bodies.h"
#include "proposal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	uint8_t proto;
	const char *text;
} ours_text[] = {
	{ IKE_PROTO_IKE, "aes256gcm16-prfsha256-x25519" },
	{ IKE_PROTO_IKE, "aes128-3des-sha1-sha256-modp1024-modp2048" },
	{ IKE_PROTO_ESP, "aes128gcm16-esn-noesn" },
	{ IKE_PROTO_ESP, "aes128-null-sha1-modp2048" },
	{ IKE_PROTO_AH, "sha1-md5" },
};

#define OURS (sizeof(ours_text) / sizeof(ours_text[0]))

static void check_chosen(const struct ike_proposal *p)
{
	const struct ike_transform *encr =
		ike_proposal_get(p, IKE_TRANSFORM_ENCR);
	const struct ike_transform *integ =
		ike_proposal_get(p, IKE_TRANSFORM_INTEG);
	unsigned int i, seen = 0;

	for (i = 0; i < p->transforms; i++) {
		bodies_check(!(seen & 1U << p->transform[i].type));
		seen |= 1U << p->transform[i].type;
	}
	if (p->proto == IKE_PROTO_AH)
		bodies_check(integ && integ->id && !encr);
	else
		bodies_check(encr &&
			     ike_encr_aead(encr->id) != (integ && integ->id));
}

/* The answer, read as the initiator reads it, is what it offered. */
static void answer2(const struct ike_proposals *ours,
		    struct ike_proposal *chosen, bool ke)
{
	static uint8_t buf[4096];
	struct ike_proposals one = { 1, chosen }, again;
	struct ike_message m = { .hdr.version = IKE_V2 };
	struct ike_builder b;
	size_t len, rest;

	if (!chosen->number)
		return;
	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_sa_write(&b, &one);
	len = ike_build_finish(&b);
	bodies_check(len && !ike_chain_parse(&m, IKEV2_SA, buf, len, &rest));
	bodies_check(!ikev2_sa_read(m.payload, &again) && again.count == 1);
	again.p->number = 1;
	for (unsigned int i = 0; i < ours->count; i++)
		ours->p[i].number = 1;
	bodies_check(!ike_proposal_check(ours, again.p, ke));
	ike_proposals_free(&again);
}

static void answer1(struct ike_proposal *chosen, bool main)
{
	static uint8_t buf[4096];
	struct ike_proposals one = { 1, chosen }, again;
	struct ike_message m = { .hdr.version = IKE_V1 };
	struct ike_builder b;
	size_t len, rest;

	ike_build_chain(&b, buf, sizeof(buf));
	ikev1_sa_write(&b, main, &one);
	len = ike_build_finish(&b);
	bodies_check(len && !ike_chain_parse(&m, IKEV1_SA, buf, len, &rest));
	bodies_check(!ikev1_sa_read(m.payload, main, &again) &&
		     again.count == 1 && again.p->proto == chosen->proto &&
		     again.p->auth == chosen->auth &&
		     again.p->encap == chosen->encap &&
		     again.p->life_seconds == chosen->life_seconds);
	ike_proposals_free(&again);
}

static void choose(const struct ike_proposals *theirs, unsigned int how)
{
	struct ike_proposal list[OURS], chosen;
	struct ike_proposals ours = { OURS, list };
	struct ipsec_err err;
	unsigned int i;

	for (i = 0; i < OURS; i++)
		ike_proposal_parse(&list[i], ours_text[i].proto,
				   ours_text[i].text, true, &err);
	if (!ike_proposal_choose(&ours, theirs, how & 4, &chosen)) {
		check_chosen(&chosen);
		if (how & 1)
			answer2(&ours, &chosen, how & 4);
		else
			answer1(&chosen, how & 2);
	}
	if (!(how & 3)) {
		struct ike_proposal both[2], got[2];

		ike_proposal_parse(&both[0], IKE_PROTO_AH, "sha1-md5", true,
				   &err);
		ike_proposal_parse(&both[1], IKE_PROTO_ESP,
				   "aes128-null-3des-sha1-md5", true, &err);
		if (!ikev1_bundle_choose(both, 2, theirs, false, got)) {
			check_chosen(&got[0]);
			check_chosen(&got[1]);
			bodies_check(got[0].number == got[1].number);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[IKE_PROPOSAL_STRLEN];
	struct ike_payload p;
	struct ike_proposals list;
	unsigned int how, i;
	int rc;

	if (!size)
		return 0;
	how = data[0];
	p = (struct ike_payload){ .data = data + 1, .len = size - 1 };
	rc = how & 1 ? ikev2_sa_read(&p, &list) :
		       ikev1_sa_read(&p, how & 2, &list);
	bodies_check(!rc || !list.count);
	bodies_check(list.count <= IKE_PROPOSALS_MAX);
	for (i = 0; i < list.count && i < 4; i++)
		bodies_check(strlen(ike_proposal_text(&list.p[i], text,
						      sizeof(text))) <
			     sizeof(text));
	choose(&list, how);
	ike_proposals_free(&list);
	return 0;
}
