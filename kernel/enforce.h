/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the filters say of inbound packets.
 */
#ifndef IPD_ENFORCE_H
#define IPD_ENFORCE_H

#include <linux/skbuff.h>

struct ipd_net;
struct nf_hook_state;

unsigned int ipd_enforce(struct ipd_net *in, struct sk_buff *skb,
			 const struct nf_hook_state *state);
unsigned int ipd_enforce_fragment(struct ipd_net *in, struct sk_buff *skb,
				  const struct nf_hook_state *state);

#endif /* IPD_ENFORCE_H */
