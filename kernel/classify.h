/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The classifiers' answer for a packet, from the flow cache if it is there.
 */
#ifndef IPD_CLASSIFY_H
#define IPD_CLASSIFY_H

#include "verdict.h"

struct net_device;

void ipd_classify(struct ipd_net *in, struct ipd_key *key, const struct net_device *dev,
		  struct ipd_match *match);

#endif /* IPD_CLASSIFY_H */
