/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V1_QUICK_H
#define IKE_V1_QUICK_H

#include "names.h"
#include "v1.h"

/* v1_quick_child.c: what a quick mode negotiates. */

/* As initiator: the offer, and a key exchange if the rule wants one. */
int ikev1_quick_offer(struct ikev1_quick *q);
/* As initiator: the answer. -ENOENT, -EADDRNOTAVAIL, -EBADMSG, the driver's. */
int ikev1_quick_check(struct ikev1_quick *q, const struct ike_message *m);
/* As responder: rule, selectors, methods; q->offer is then the answer. */
int ikev1_quick_choose(struct ikev1_quick *q, const struct ike_message *m);
/* The identities that the peer sent, as it sent them. */
void ikev1_quick_ids_back(struct ikev1_out *out, const struct ikev1_quick *q);
/* RESPONDER-LIFETIME when ours is shorter (RFC 2407 section 4.6.3.1). */
void ikev1_quick_lifetime_write(struct ikev1_out *out,
				const struct ikev1_quick *q);
int ikev1_quick_install(struct ikev1_quick *q);
/* Both sides have it: the SA that it replaces ends. */
void ikev1_quick_settled(struct ike_child *child);

#endif
