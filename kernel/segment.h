/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cutting GSO packets into segments that can be protected in place.
 */
#ifndef IPD_SEGMENT_H
#define IPD_SEGMENT_H

#include <linux/skbuff.h>

void ipd_segment_move_owner(struct sk_buff *to, struct sk_buff *from);
struct sk_buff *ipd_segment(struct sk_buff *skb, unsigned int headroom, unsigned int tailroom);

#endif /* IPD_SEGMENT_H */
