/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V2_COLLIDE_H
#define IKE_V2_COLLIDE_H

#include "v2_child.h"

/* v2_rekey.c */
void ikev2_rekey_start(struct ike_sa *sa);
void ikev2_rekey_response(struct ike_sa *sa, struct ikev2_request *r,
			  struct ike_message *m);
void ikev2_rekey_request(struct ike_sa *sa, const struct ike_path *from,
			 struct ike_message *m);

/* v2_collide.c: two exchanges at once, RFC 7296 sections 2.8 and 2.25 */
/* TEMPORARY_FAILURE and the like for a request of the peer now, or 0. */
uint16_t ikev2_collide_child(const struct ike_sa *sa);
uint16_t ikev2_collide_rekey_child(const struct ike_sa *sa,
				   const struct ike_child *old);
uint16_t ikev2_collide_rekey(const struct ike_sa *sa);
/* We answered a rekey of old: remembers it if we ask for the same. */
void ikev2_collide_child_answered(struct ike_sa *sa, struct ike_child *old,
				  const struct ikev2_child_answer *a);
void ikev2_collide_answered(struct ike_sa *sa, struct ike_sa *rival,
			    const struct ikev2_nonce *ni,
			    const struct ikev2_nonce *nr);
/* The peer deletes a Child SA that we may be about to hear of. */
void ikev2_collide_deleted(struct ike_sa *sa, uint32_t spi);
/* Has it been deleted before we heard of it? */
bool ikev2_collide_is_deleted(const struct ikev2_request *r,
			      const struct ike_child *child);
/* Is ours, made of r and the peer's nonce, the one that stays? */
bool ikev2_collide_wins(const struct ikev2_request *r,
			const struct ikev2_nonce *nr);
/* The IKE SA that the peer made meanwhile, if there still is one. */
struct ike_sa *ikev2_collide_rival(struct ike_sa *sa,
				   const struct ikev2_request *r);
/* The peer uses this SA, so it is the one that stays. */
void ikev2_collide_used(struct ike_sa *sa);
/* It waits for the peer's Delete; nothing is begun on it. */
void ikev2_collide_leave(struct ike_sa *sa);
/* to takes the place of from, which waits for its deletion. */
void ikev2_collide_settle(struct ike_sa *from, struct ike_sa *to);

/* v2_info.c */
void ikev2_info_start(struct ike_sa *sa); /* liveness */
void ikev2_delete_start(struct ike_sa *sa);
void ikev2_delete_child_start(struct ike_sa *sa, struct ike_child *child);
void ikev2_info_response(struct ike_sa *sa, const struct ikev2_request *r);
void ikev2_info_request(struct ike_sa *sa, const struct ike_path *from,
			struct ike_message *m);

#endif
