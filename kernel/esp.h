/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ESP (RFC 4303) in place in a linear buffer that the driver owns.
 */
#ifndef IPD_ESP_H
#define IPD_ESP_H

#include "crypto.h"

/* Bytes of a whole ESP packet, header to ICV, around @payload bytes. */
unsigned int ipd_esp_size(const struct ipd_sa *sa, unsigned int payload);
/* Largest payload that fits @size bytes of ESP packet, 0 if none. */
unsigned int ipd_esp_payload(const struct ipd_sa *sa, unsigned int size);

/**
 * ipd_esp_encrypt() - protect one packet
 * @sa: outbound ESP SA
 * @skb: linear, not shared, already as long as the result; the payload lies at
 *	@off + sa->hdr_len
 * @off: where the ESP header goes
 * @payload: bytes of payload
 * @nexthdr: for the trailer
 * @seq: 64-bit sequence number, used once
 * @done: called later if -EINPROGRESS is returned, else never
 *
 * Writes header, IV, padding (1, 2, 3, ...), trailer and ICV. Bottom halves off, RCU.
 * Return: 0, -EINPROGRESS, or another error; the packet is the caller's unless
 * -EINPROGRESS.
 */
int ipd_esp_encrypt(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off,
		    unsigned int payload, u8 nexthdr, u64 seq, ipd_done_t done);

/* The same, but leaves cipher and ICV to somebody else: a device. */
void ipd_esp_prepare(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off,
		     unsigned int payload, u8 nexthdr, u64 seq);

/**
 * ipd_esp_decrypt() - verify and decrypt one packet
 * @sa: inbound ESP SA
 * @skb: linear, not shared; the ESP packet fills it from @off to the end, and was
 *	checked with ipd_esp_check()
 * @off: where the ESP header is
 * @seq: 64-bit sequence number
 * @done: see ipd_esp_encrypt()
 *
 * Return: 0, -EBADMSG, -EINPROGRESS, or another error.
 */
int ipd_esp_decrypt(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off, u64 seq,
		    ipd_done_t done);

/* Is a packet of @len bytes from its ESP header on long enough and aligned?
 * 0, -EMSGSIZE (short) or -EINVAL (alignment).
 */
int ipd_esp_check(const struct ipd_sa *sa, unsigned int len);
/* After decryption: next header and length of the payload. -EINVAL if the padding is
 * longer than the packet, or @check and not 1, 2, 3, ...
 */
int ipd_esp_trailer(const struct ipd_sa *sa, const struct sk_buff *skb, unsigned int off,
		    bool check, unsigned int *payload, u8 *nexthdr);

#if IS_ENABLED(CONFIG_KUNIT)
int ipd_esp_seal(struct ipd_sa *sa, struct sk_buff *skb, unsigned int off,
		 unsigned int payload, u8 nexthdr, u64 seq, ipd_done_t done);
#endif

#endif /* IPD_ESP_H */
