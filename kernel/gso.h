/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Large packets: batches of protected segments that go down the stack as one, and ESP
 * packets taken from GRO.
 */
#ifndef IPD_GSO_H
#define IPD_GSO_H

#include <linux/skbuff.h>

struct ipd_pair;

bool ipd_gso_owns(u8 family);
bool ipd_gso_can_merge(const struct ipd_pair *pair);
struct sk_buff *ipd_gso_merge(struct sk_buff *head);

int ipd_gso_init(void);
void ipd_gso_exit(void);

#endif /* IPD_GSO_H */
