/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V2_AUTH_H
#define IKE_V2_AUTH_H

#include "v2.h"

/* v2_auth.c, v2_auth_r.c */
void ikev2_auth_start(struct ike_sa *sa);
void ikev2_auth_response(struct ike_sa *sa, struct ikev2_request *r,
			 struct ike_message *m);
void ikev2_auth_request(struct ike_sa *sa, const struct ike_path *from,
			struct ike_message *m);
void ikev2_auth_established(struct ike_sa *sa);

/* v2_lost.c */
/* A new IKE SA in place of one that is half open; its children go over. */
struct ike_sa *ikev2_begin_again(struct ike_sa *sa, unsigned int auth);

/* v2_lost.c */
/* An answer in clear that the peer does not know the SA: true, and taken. */
bool ikev2_lost_hint(struct ike_sa *sa, const struct ike_message *m);

/* v2_wait.c: IKE_AUTH that waits for an OCSP answer */
int ikev2_wait_start(struct ike_sa *sa, const struct ike_path *from,
		     struct ikev2_request *r, const struct ike_message *m);
void ikev2_wait_resume(struct ike_sa *sa);

#endif
