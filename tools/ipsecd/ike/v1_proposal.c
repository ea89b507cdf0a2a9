// SPDX-License-Identifier: GPL-2.0-or-later
/* Protection suites of phase 1: methods of authentication times algorithms. */
#include <errno.h>

#include "v1.h"

static uint16_t auth_number(const struct policy_auth *auth)
{
	return auth->method == IKE_AUTH_PSK ?
		       OAKLEY_AUTH_PSK :
		       ikev1_auth_number(auth->method, auth->credential);
}

static int offer_one(const struct policy_rule *rule, uint16_t auth,
		     const struct ike_proposal *ike, struct ike_proposals *out)
{
	unsigned int i = out->count;
	int err = ikev1_proposals_expand(ike, true, out);

	/* An AEAD, say, is for version 2. */
	if (err == -ENOENT)
		return 0;
	for (; !err && i < out->count; i++) {
		struct ike_proposal *p = &out->p[i];

		p->number = 1;
		p->transform_number = i + 1;
		p->auth = auth;
		p->life_seconds = rule->ike_seconds;
	}
	return err;
}

int ikev1_main_offer(const struct policy_rule *rule, struct ike_proposals *out)
{
	unsigned int a, i;
	int err = 0;

	for (a = 0; a < rule->auths; a++) {
		uint16_t auth = auth_number(&rule->auth[a]);

		for (i = 0; auth && !err && i < rule->ike.count; i++)
			err = offer_one(rule, auth, &rule->ike.p[i], out);
	}
	if (!err && !out->count)
		err = -ENOENT;
	return err;
}

static const struct policy_auth *auth_of(const struct policy_rule *rule,
					 uint16_t number)
{
	unsigned int a;

	for (a = 0; a < rule->auths; a++)
		if (auth_number(&rule->auth[a]) == number)
			return &rule->auth[a];
	return NULL;
}

static void take(struct ike_sa *sa, const struct policy_rule *rule,
		 const struct ike_proposal *chosen)
{
	char text[IKE_PROPOSAL_STRLEN];

	sa->chosen = *chosen;
	sa->auth = auth_of(rule, chosen->auth);
	ike_sa_set_rule(sa, rule);
	ike_log(sa, IKE_LOG_INFO, "main mode: %s",
		ike_proposal_text(chosen, text, sizeof(text)));
}

int ikev1_main_choose(struct ike_sa *sa, const struct ike_proposals *theirs)
{
	const struct policy_rule *rule = NULL;
	struct ike_proposal chosen;

	while ((rule = policy_rule_next(sa->policy, rule, &sa->path.local,
					&sa->path.remote, 1))) {
		struct ike_proposals ours = { 0 };
		int err;

		if (ikev1_of(sa)->aggressive && !rule->aggressive)
			continue;
		err = ikev1_main_offer(rule, &ours);
		if (!err)
			err = ike_proposal_choose(&ours, theirs, true, &chosen);
		ike_proposals_free(&ours);
		if (!err) {
			take(sa, rule, &chosen);
			return 0;
		}
		if (err != -ENOENT)
			return err;
	}
	return -ENOENT;
}

int ikev1_main_check(struct ike_sa *sa, const struct ike_proposals *theirs)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ike_proposal chosen;

	if (theirs->count != 1 ||
	    ike_proposal_choose(&v1->offer, theirs, true, &chosen))
		return -ENOENT;
	take(sa, sa->rule, &chosen);
	return 0;
}
