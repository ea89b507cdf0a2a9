/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V2_CROSS_H
#define IKE_V2_CROSS_H

#include "v2.h"

/* v2_cross.c: both sides begin the same in the same moment */
/* An IKE SA was established: is there another one that the peer began meanwhile? */
void ikev2_cross_established(struct ike_sa *sa);
/* sa was rekeyed: next goes on with what is known of it. */
void ikev2_cross_rekeyed(const struct ike_sa *sa, struct ike_sa *next);
/* Has a spare one deleted as soon as that hinders nothing. */
void ikev2_cross_end(struct ike_sa *sa);
/* The peer ends a spare one: what was to be asked for on it is asked elsewhere. */
void ikev2_cross_ended(struct ike_sa *sa);
/* A pair that was made since ours was asked for does already what it is for. */
bool ikev2_cross_served(const struct ike_child *ours);
/* Our new Child SA is there, and renews none: did the peer ask for the same? */
void ikev2_cross_child(struct ike_child *ours);

#endif
