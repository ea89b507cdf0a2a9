// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IKE_AUTH as responder. The rule is chosen by what the peer proves to be;
 * everything that the rule demands is checked before anything is installed.
 */
#include "v2_message.h"
#include "v2_util.h"
#include "v2_auth.h"
#include "v2_proof.h"
#include "v2_child.h"
#include "v2_cross.h"

#include <errno.h>
#include <string.h>

#define REFUSED_MAX 16

/* The best that was found so far. */
struct found {
	const struct policy_rule *rule;
	const struct policy_auth *auth;
	unsigned int score;
	bool mixed; /* with the rule's PPK */
	/* What has refused the peer's certificates: rules share them. */
	const struct ike_trust *refused[REFUSED_MAX];
	unsigned int refusals;
};

enum {
	SCORE_PROVEN = 1,
	SCORE_TRAFFIC = 2, /* the rule is for what the Child SA is to carry */
	SCORE_WANTED = 4, /* we are whom the peer asked for */
};

static int read_claim(const struct ike_message *m, struct ikev2_claim *claim)
{
	const struct ike_payload *id = ikev2_payload_one(m, IKEV2_IDI);
	const struct ike_payload *idr = ikev2_payload_one(m, IKEV2_IDR);
	const struct ike_payload *auth =
		ikev2_payload_one(m, IKEV2_AUTH_PAYLOAD);

	memset(claim, 0, sizeof(*claim));
	if (!id || !auth || ikev2_id_read(id, &claim->remote) ||
	    ikev2_auth_read(auth, &claim->auth))
		return -EBADMSG;
	claim->remote_body = (struct ike_blob){ id->data, id->len };
	if (idr && ikev2_id_read(idr, &claim->wanted))
		claim->wanted.type = 0;
	return 0;
}

/* With the PPK that the peer names, or as the peer would have it without. */
static int prove(struct ike_sa *sa, const struct policy_rule *rule,
		 const struct policy_auth *auth, struct ikev2_claim claim,
		 const struct ike_message *m, bool *mixed)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_keys keys;
	struct ike_notify n;
	int rc;

	*mixed = v->ppk && ikev2_ppk_named(rule, m);
	if (*mixed) {
		if (!ikev2_ppk_mix(sa, rule, &keys))
			return -EIO;
		rc = ikev2_proof_check(sa, &keys, auth, &claim, m);
		ike_wipe(&keys, sizeof(keys));
		return rc;
	}
	if (rule->ppk == POLICY_YES)
		return -EBADMSG;
	if (ikev2_notify_find(m, IKEV2_PPK_IDENTITY, &n)) {
		if (!ikev2_notify_find(m, IKEV2_NO_PPK_AUTH, &n))
			return -EBADMSG;
		claim.auth.data = n.data;
		claim.auth.len = n.len;
	}
	return ikev2_proof_check(sa, &v->keys, auth, &claim, m);
}

static unsigned int score_of(struct ike_sa *sa, const struct policy_rule *rule,
			     const struct policy_auth *auth,
			     const struct ikev2_claim *claim,
			     const struct ike_message *m)
{
	unsigned int score = SCORE_PROVEN;

	if (ikev2_id_wanted(sa, auth, &claim->wanted))
		score += SCORE_WANTED;
	if (!ike_payload_get(m, IKEV2_SA) || ikev2_child_rule_fits(sa, m, rule))
		score += SCORE_TRAFFIC;
	return score;
}

static bool is_refused(const struct found *found,
		       const struct policy_auth *auth)
{
	unsigned int i;

	for (i = 0; auth->trust && i < found->refusals; i++)
		if (found->refused[i] == auth->trust)
			return true;
	return false;
}

static void keep_refusal(struct found *found, const struct policy_auth *auth)
{
	if (found->refusals < REFUSED_MAX)
		found->refused[found->refusals++] = auth->trust;
}

/* Only what would be better is proven, for that is the costly part. */
static int try_rule(struct ike_sa *sa, const struct policy_rule *rule,
		    const struct ikev2_claim *claim,
		    const struct ike_message *m, struct found *found)
{
	unsigned int i, score;
	bool mixed;
	int rc;

	if (!ike_proposal_fits(&rule->ike, &sa->chosen, true))
		return 0;
	for (i = 0; i < rule->auths; i++) {
		const struct policy_auth *auth = &rule->auth[i];

		if (!ikev2_id_fits(auth, claim) || is_refused(found, auth))
			continue;
		score = score_of(sa, rule, auth, claim, m);
		if (score <= found->score)
			continue;
		rc = prove(sa, rule, auth, *claim, m, &mixed);
		if (rc == -EINPROGRESS)
			return rc;
		if (rc == -EACCES)
			keep_refusal(found, auth);
		if (rc)
			continue;
		found->rule = rule;
		found->auth = auth;
		found->score = score;
		found->mixed = mixed;
	}
	return 0;
}

static int find(struct ike_sa *sa, const struct ikev2_claim *claim,
		const struct ike_message *m, struct found *found)
{
	const struct policy_rule *rule = NULL;
	int rc = 0;

	while (!rc &&
	       (rule = policy_rule_next(sa->policy, rule, &sa->path.local,
					&sa->path.remote, 2)))
		rc = try_rule(sa, rule, claim, m, found);
	if (rc)
		return rc;
	return found->rule ? 0 : -EBADMSG;
}

static void take_rule(struct ike_sa *sa, const struct found *found,
		      const struct ikev2_claim *claim)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_keys mixed;

	ike_sa_set_rule(sa, found->rule);
	sa->auth = found->auth;
	sa->remote_id = claim->remote;
	ikev2_id_local(sa, sa->auth, &sa->local_id);
	if (!sa->auth->local.type && sa->auth->credential &&
	    claim->wanted.type &&
	    ike_credential_covers(sa->auth->credential, &claim->wanted))
		sa->local_id = claim->wanted;
	if (!found->mixed || !ikev2_ppk_mix(sa, sa->rule, &mixed))
		return;
	v->keys = mixed;
	v->mixed = true;
	ike_wipe(&mixed, sizeof(mixed));
}

/* Always the same answer, whatever it was that did not fit (D-15). */
static void reject(struct ike_sa *sa, const struct ike_path *from,
		   const struct ike_message *m, const struct ikev2_claim *claim)
{
	char id[IKE_ID_STRLEN];

	sa->engine->counters.authentication_failures++;
	ike_log_failure(sa, ike_cause_of_proof(sa),
			"%s is not authenticated: no rule for its address has "
			"that identity with that key; compare both sides' "
			"identities and keys",
			claim->remote.type ?
				ike_id_text(&claim->remote, id, sizeof(id)) :
				"a peer without identity");
	ikev2_answer_notify(sa, m, from, IKEV2_AUTHENTICATION_FAILED, NULL, 0);
	ikev2_end_after(sa, IPSECDRV_REFUSE_REASON_AUTH_FAILED, IKEV2_LINGER);
}

static int put_auth(struct ike_sa *sa, struct ike_builder *b)
{
	struct ikev2 *v = ikev2_of(sa);
	uint8_t out[IKE_SIGNATURE_MAX], method;
	size_t len;
	int rc;

	if (!ikev2_id_write(sa, b, IKEV2_IDR, &sa->local_id))
		return -ENOMEM;
	ikev2_proof_certs(sa->auth, b);
	rc = ikev2_proof_make(sa, &v->keys, sa->auth, &method, out, &len);
	if (rc)
		return rc;
	ikev2_auth_write(b, method, out, len);
	if (v->mixed)
		ikev2_notify_put(b, IKEV2_PPK_IDENTITY, NULL, 0);
	return 0;
}

static void put_child(struct ike_sa *sa, const struct ike_message *m,
		      struct ike_builder *b)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_child_answer a = { .ni = v->ni, .nr = v->nr };
	uint16_t error;

	if (!ike_payload_get(m, IKEV2_SA))
		return;
	error = ikev2_child_give(sa, &a, m, b);
	if (error)
		ikev2_notify_put(b, error, NULL, 0);
}

static void admit(struct ike_sa *sa, const struct ike_path *from,
		  const struct ike_message *m)
{
	struct ikev2_chain c;
	struct ike_notify n;
	int rc;

	ikev2_chain_start(&c);
	rc = put_auth(sa, &c.b);
	if (rc) {
		ike_log_failure(sa, IKE_CAUSE_LOCAL,
				"we cannot prove who we are (%s); see the "
				"rule's key or certificate",
				strerror(-rc));
		ikev2_answer_notify(sa, m, from, IKEV2_AUTHENTICATION_FAILED,
				    NULL, 0);
		ikev2_end_after(sa, IPSECDRV_REFUSE_REASON_AUTH_FAILED,
				IKEV2_LINGER);
		return;
	}
	if (ikev2_notify_find(m, IKEV2_INITIAL_CONTACT, &n))
		ike_engine_initial_contact(sa->engine, sa);
	ikev2_auth_established(sa);
	put_child(sa, m, &c.b);
	ikev2_answer_send(sa, m, from, &c);
	ikev2_cross_established(sa);
}

/**
 * ikev2_auth_request() - the peer's IKE_AUTH, decrypted
 */
void ikev2_auth_request(struct ike_sa *sa, const struct ike_path *from,
			struct ike_message *m)
{
	struct found found = { 0 };
	struct ikev2_claim claim;
	int rc;

	rc = read_claim(m, &claim);
	if (!rc)
		rc = find(sa, &claim, m, &found);
	if (rc == -EINPROGRESS && !ikev2_wait_start(sa, from, NULL, m))
		return;
	if (rc) {
		reject(sa, from, m, &claim);
		return;
	}
	take_rule(sa, &found, &claim);
	admit(sa, from, m);
}
