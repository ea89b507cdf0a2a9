/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding protected packets among all that come in.
 */
#ifndef IPD_CLAIM_H
#define IPD_CLAIM_H

#include <linux/skbuff.h>

struct ipd_net;

bool ipd_claim_gro(struct sk_buff *skb, u8 family, unsigned int off);
bool ipd_claim(struct ipd_net *in, struct sk_buff *skb, u8 family);

#endif /* IPD_CLAIM_H */
