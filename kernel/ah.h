/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AH (RFC 4302) in a linear buffer that the driver owns.
 */
#ifndef IPD_AH_H
#define IPD_AH_H

#include "crypto.h"

/**
 * ipd_ah_sign() - authenticate one packet
 * @sa: outbound AH SA; its sa->hdr_len is the whole AH header, ICV and padding included
 * @skb: linear, not shared, complete but for the AH header; network header set
 * @off: where the AH header goes
 * @nexthdr: protocol that follows it
 * @seq: 64-bit sequence number, used once
 * @done: called later if -EINPROGRESS is returned
 *
 * Mutable fields and options count as zero (RFC 4302 section 3.3.3.1); a source route or
 * routing header counts as it is on arrival. Bottom halves off, RCU.
 */
int ipd_ah_sign(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off, u8 nexthdr, u64 seq,
		ipd_done_t done);
/* The header at @off is checked first: length against the ICV, reserved; -EINVAL. Then
 * 0, -EBADMSG, -EINPROGRESS or another error. The packet is not changed.
 */
int ipd_ah_verify(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off, u64 seq,
		  ipd_done_t done);

/* Bytes of an ahash_request that the above can use. */
unsigned int ipd_ah_request_size(struct crypto_ahash *ahash);

#if IS_ENABLED(CONFIG_KUNIT)
int ipd_ah_mask4(u8 *headers, unsigned int len);
int ipd_ah_mask6(u8 *headers, unsigned int len);
#endif

#endif /* IPD_AH_H */
