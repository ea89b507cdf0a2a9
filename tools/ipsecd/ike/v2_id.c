// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Identities, and which method of a rule they lead to. Several rules may be
 * meant by the addresses of a peer; what it proves to be decides.
 */
#include "v2_util.h"
#include "v2_proof.h"

#include <errno.h>
#include <string.h>

#define ID_HEADER 4 /* type, reserved */

void ikev2_id_local(const struct ike_sa *sa, const struct policy_auth *auth,
		    struct ike_id *id)
{
	if (auth->local.type) {
		*id = auth->local;
		return;
	}
	id->type = 0;
	if (auth->credential)
		ike_credential_id(auth->credential, id);
	if (!id->type)
		ike_id_addr(id, &sa->path.local);
}

/* Keeps the body of ours, for AUTH. */
bool ikev2_id_write(struct ike_sa *sa, struct ike_builder *b, uint8_t type,
		    const struct ike_id *id)
{
	uint8_t body[ID_HEADER + IKE_ID_MAX] = { id->type };

	memcpy(body + ID_HEADER, id->data, id->len);
	ike_bytes_write(b, type, body, ID_HEADER + id->len);
	return !ikev2_bytes_set(&ikev2_of(sa)->id_body, body,
				ID_HEADER + id->len);
}

int ikev2_id_read(const struct ike_payload *p, struct ike_id *id)
{
	if (!p || p->len < ID_HEADER)
		return -EBADMSG;
	return ike_id_read(id, p->data[0], p->data + ID_HEADER,
			   p->len - ID_HEADER);
}

static bool method_fits(enum ike_auth_method method, uint8_t wire)
{
	switch (method) {
	case IKE_AUTH_PSK:
		return wire == IKEV2_AUTH_PSK;
	case IKE_AUTH_RSA:
		return wire == IKEV2_AUTH_RSA || wire == IKEV2_AUTH_SIGNATURE;
	case IKE_AUTH_ECDSA:
		return (wire >= IKEV2_AUTH_ECDSA_256 &&
			wire <= IKEV2_AUTH_ECDSA_521) ||
		       wire == IKEV2_AUTH_SIGNATURE;
	case IKE_AUTH_ED25519:
		return wire == IKEV2_AUTH_SIGNATURE;
	default:
		return false;
	}
}

bool ikev2_id_fits(const struct policy_auth *auth,
		   const struct ikev2_claim *claim)
{
	return method_fits(auth->method, claim->auth.method) &&
	       (!auth->remote.type ||
		ike_id_match(&auth->remote, &claim->remote));
}

/* Are we whom the peer asked for? Anyone, if it did not say. */
bool ikev2_id_wanted(const struct ike_sa *sa, const struct policy_auth *auth,
		     const struct ike_id *wanted)
{
	struct ike_id local;

	if (!wanted->type)
		return true;
	ikev2_id_local(sa, auth, &local);
	if (ike_id_equal(&local, wanted))
		return true;
	/* An identity that the rule names is the one it has. */
	return !auth->local.type && auth->credential &&
	       ike_credential_covers(auth->credential, wanted);
}

static bool same_proof(const struct policy_auth *a, const struct policy_auth *b)
{
	if (a->method != b->method)
		return false;
	if (a->method == IKE_AUTH_PSK)
		return a->psk_len == b->psk_len &&
		       ike_equal(a->psk, b->psk, a->psk_len);
	return a->trust == b->trust;
}

/**
 * ikev2_id_rule_allows() - may the peer of an SA have a Child SA of this rule?
 *
 * Only when what it has proven would have done for that rule as well.
 */
bool ikev2_id_rule_allows(const struct ike_sa *sa,
			  const struct policy_rule *rule)
{
	const struct ike_proposal *chosen = &sa->chosen;
	unsigned int i;

	if (!ike_proposal_fits(&rule->ike, chosen, true))
		return false;
	for (i = 0; i < rule->auths; i++) {
		const struct policy_auth *auth = &rule->auth[i];
		struct ike_id local;

		if (!same_proof(auth, sa->auth) ||
		    (auth->remote.type &&
		     !ike_id_match(&auth->remote, &sa->remote_id)))
			continue;
		ikev2_id_local(sa, auth, &local);
		if (ike_id_equal(&local, &sa->local_id))
			return true;
	}
	return false;
}
