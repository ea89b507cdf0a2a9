/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V2_CHILD_H
#define IKE_V2_CHILD_H

#include "ts.h"
#include "v2.h"

/* v2_child.c: a Child SA inside of IKE_AUTH or CREATE_CHILD_SA */
/* Our payloads that ask for the child. 0 or a negative errno. */
int ikev2_child_ask(struct ike_sa *sa, struct ike_child *child,
		    struct ikev2_request *r, struct ike_builder *b);
/*
 * What the peer answered. 0, the notify that it sent or that says what is
 * wrong with it; *made: the peer has an SA, which must be deleted.
 */
uint16_t ikev2_child_take(struct ike_sa *sa, struct ike_child *child,
			  struct ikev2_request *r, const struct ike_message *m,
			  bool install, bool *made);
int ikev2_child_install(struct ike_sa *sa, struct ike_child *child,
			struct ike_blob secret, const struct ikev2_nonce *ni,
			const struct ikev2_nonce *nr);

/* v2_child_r.c */
struct ikev2_child_answer {
	struct ike_child *old; /* that is rekeyed, or NULL */
	bool create; /* CREATE_CHILD_SA: with nonces of its own */
	struct ikev2_nonce ni;
	struct ikev2_nonce nr;
	uint16_t group; /* that the peer should use: INVALID_KE_PAYLOAD */
	struct ike_child *child; /* the new one */
};
/* Makes it and writes our payloads. 0, or the notify that refuses it. */
uint16_t ikev2_child_give(struct ike_sa *sa, struct ikev2_child_answer *a,
			  const struct ike_message *m, struct ike_builder *b);
/* Does the rule allow some of what a request asks for? */
bool ikev2_child_rule_fits(struct ike_sa *sa, const struct ike_message *m,
			   const struct policy_rule *rule);

/* v2_ts.c */
void ikev2_ts_offer(const struct ike_child *child, struct ike_ts_list *local,
		    struct ike_ts_list *remote);
/* Is what came back within what was asked? Takes it. */
bool ikev2_ts_take(struct ike_sa *sa, struct ike_child *child,
		   const struct ike_message *m);
/* Reads what a peer asks for, local and remote in our sense. 0, -EBADMSG. */
int ikev2_ts_asked(const struct ike_sa *sa, const struct ike_message *m,
		   bool transport, struct ike_ts_list *local,
		   struct ike_ts_list *remote);
void ikev2_ts_answer(const struct ike_sa *sa, struct ike_child *child,
		     const struct ike_message *m, struct ike_builder *b);

/* v2_create.c */
void ikev2_create_start(struct ike_sa *sa, struct ike_child *child);
void ikev2_rekey_child_start(struct ike_sa *sa, struct ike_child *old);
/* The peer refused it, or what it answered is of no use. */
void ikev2_create_failed(struct ike_sa *sa, struct ike_child *child,
			 struct ikev2_request *r, uint16_t error, bool made);
/* It is there: what it takes over from ends, with the peer's knowledge. */
void ikev2_create_done(struct ike_child *child);
void ikev2_create_response(struct ike_sa *sa, struct ikev2_request *r,
			   struct ike_message *m);
void ikev2_create_request(struct ike_sa *sa, const struct ike_path *from,
			  struct ike_message *m);

#endif
