// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of a policy: proposals and identities. */
#include <stdlib.h>
#include <string.h>

#include "bodies.h"
#include "id.h"
#include "proposal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void identity(const char *text)
{
	char buf[IKE_ID_STRLEN];
	struct ike_id id, again;
	struct ipsec_err err = { .text = "" };

	if (ike_id_parse(&id, text, &err)) {
		bodies_check(*err.text);
		return;
	}
	bodies_check(!id.type ||
		     !ike_id_read(&again, id.type, id.data, id.len));
	ike_id_text(&id, buf, sizeof(buf));
}

static void proposal(const char *text, uint8_t proto, bool weak)
{
	char buf[IKE_PROPOSAL_STRLEN];
	struct ike_proposal p, chosen;
	struct ike_proposals list = { 1, &p }, all = { 0 };
	struct ipsec_err err = { .text = "" };

	if (ike_proposal_parse(&p, proto, text, weak, &err)) {
		bodies_check(*err.text);
		return;
	}
	ike_proposal_text(&p, buf, sizeof(buf));
	bodies_check(!ike_proposal_choose(&list, &list, true, &chosen));
	ikev1_proposals_expand(&p, proto == IKE_PROTO_IKE, &all);
	ike_proposals_free(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = malloc(size);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (data[0] & 3)
		proposal(text, data[0] & 3, data[0] & 4);
	else
		identity(text);
	free(text);
	return 0;
}
