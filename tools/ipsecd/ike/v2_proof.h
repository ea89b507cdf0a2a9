/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V2_PROOF_H
#define IKE_V2_PROOF_H

#include "v2.h"

/* v2_id.c: which rule and method a peer's identity leads to */
struct ikev2_claim {
	struct ike_id remote; /* IDi or IDr of the peer */
	struct ike_id wanted; /* the IDr it asks us for; type 0: none */
	struct ike_blob remote_body; /* as sent, for AUTH */
	struct ike_auth_body auth;
};
/* Our identity under a method. */
void ikev2_id_local(const struct ike_sa *sa, const struct policy_auth *auth,
		    struct ike_id *id);
bool ikev2_id_write(struct ike_sa *sa, struct ike_builder *b, uint8_t type,
		    const struct ike_id *id);
int ikev2_id_read(const struct ike_payload *p, struct ike_id *id);
/* May this method of a rule be what the peer claims? */
bool ikev2_id_fits(const struct policy_auth *auth,
		   const struct ikev2_claim *claim);
/* May a Child SA of this rule be made with the peer of an established SA? */
bool ikev2_id_rule_allows(const struct ike_sa *sa,
			  const struct policy_rule *rule);

bool ikev2_id_wanted(const struct ike_sa *sa, const struct policy_auth *auth,
		     const struct ike_id *wanted);

/* v2_proof.c: AUTH, ours and the peer's; k is with or without PPK */
int ikev2_proof_make(const struct ike_sa *sa, const struct ikev2_keys *k,
		     const struct policy_auth *auth, uint8_t *method,
		     uint8_t *out, size_t *len);
/*
 * Checks the peer's AUTH under one method. 0; -EBADMSG: not proven; -EACCES: its
 * certificates are refused; -EINPROGRESS: an OCSP answer is awaited.
 */
int ikev2_proof_check(struct ike_sa *sa, const struct ikev2_keys *k,
		      const struct policy_auth *auth,
		      const struct ikev2_claim *claim,
		      const struct ike_message *m);
void ikev2_proof_certs(const struct policy_auth *auth, struct ike_builder *b);
void ikev2_proof_certreq(const struct policy_rule *rule, struct ike_builder *b);

/* v2_ppk.c */
bool ikev2_ppk_mix(const struct ike_sa *sa, const struct policy_rule *rule,
		   struct ikev2_keys *mixed);
void ikev2_ppk_write_id(const struct policy_rule *rule, struct ike_builder *b);
bool ikev2_ppk_named(const struct policy_rule *rule,
		     const struct ike_message *m);

#endif
