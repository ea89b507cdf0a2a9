/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of filters. Nobody sets it by hand: the more specific selector wins, on
 * equal weight block beats negotiate beats permit, then the one that came first.
 *
 * Weight, from the most significant bit:
 *
 *   31      built-in exemption
 *   30..22  bits of the source and of the destination address that are fixed, added
 *   21      a protocol is given
 *   20..15  bits of both ports (or ICMP type and code) that are fixed, added
 *   14..13  interface: 2 a device, 1 a class, 0 any
 *   12      the filter as written, not the mirror image of one
 *   11..0   0
 *
 * A range counts as many fixed bits as the largest power of two that holds it leaves.
 * Pure, like selector.
 */
#ifndef IPD_WEIGHT_H
#define IPD_WEIGHT_H

#include "selector.h"

#define IPD_WEIGHT_EXEMPT	BIT(31)

u32 ipd_weight(const struct ipd_selector *sel, bool exempt, bool mirror);
u64 ipd_rank(u32 weight, u8 action, u32 order);

#endif /* IPD_WEIGHT_H */
