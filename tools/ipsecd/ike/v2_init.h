/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V2_INIT_H
#define IKE_V2_INIT_H

#include "v2.h"

/* v2_init.c, v2_init_r.c */
void ikev2_init_start(struct ike_sa *sa);
void ikev2_init_response(struct ike_sa *sa, const struct ike_path *from,
			 struct ike_message *m);
void ikev2_init_repeat(struct ike_sa *sa, const struct ike_path *from,
		       const struct ike_message *m);
/* What both sides say of themselves. */
int ikev2_init_features(const struct ike_sa *sa, struct ike_builder *b,
			const struct policy_rule *rule);
void ikev2_init_learn(struct ike_sa *sa, const struct ike_message *m);
/* Shared secret and keys of the first exchange. 0, -EBADMSG, -EIO. */
int ikev2_init_keys(struct ike_sa *sa, struct ike_blob peer_ke);

/* v2_redirect.c */
void ikev2_redirect_write(const struct ike_sa *sa, struct ike_builder *b);
/* Takes the address that the peer sends us to; false: it is not followed. */
bool ikev2_redirect_take(struct ike_sa *sa, const struct ike_notify *n);
/* One that goes on for another: where it has come from is known of it, too. */
void ikev2_redirect_inherit(const struct ike_sa *from, struct ike_sa *to);

#endif
