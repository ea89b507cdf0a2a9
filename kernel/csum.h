/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internet checksums: copies that are summed on the way, 32 bytes at a time. What is cut into
 * segments is copied anyway, and the kernel's own such copy is the dearest part of that.
 */
#ifndef IPD_CSUM_H
#define IPD_CSUM_H

#include <linux/ip.h>
#include <linux/skbuff.h>
#include <net/checksum.h>

#include "vectors.h"

/* As ip_send_check(), without the call. */
static inline void ipd_csum_ip(struct iphdr *iph)
{
	iph->check = 0;
	iph->check = ip_fast_csum(iph, iph->ihl);
}

/* Whether it can be used here; then it is, until ipd_csum_end(). Bottom halves off. */
bool ipd_csum_begin(void);
void ipd_csum_end(void);
__wsum ipd_csum_copy(const struct sk_buff *skb, unsigned int off, u8 *to, unsigned int len);
void ipd_csum_init(void);

/* csum_avx2.c */
u32 ipd_csum_avx2(u8 *to, const u8 *from, unsigned int len);

#endif /* IPD_CSUM_H */
