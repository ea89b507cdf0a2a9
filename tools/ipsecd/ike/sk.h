/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_SK_H
#define IKE_SK_H

#include "keys.h"
#include "message.h"

/*
 * The encrypted payload, RFC 7296 section 3.14 and RFC 5282, and the encrypted
 * fragment, RFC 7383. Which keys protect a message follows from its
 * initiator flag.
 */

/*
 * Makes a whole message: header h, and a chain (plain) as SK, or as fragment
 * number of total in an SKF when total is not 0; first is the chain's first
 * payload. Gives the length, 0 when it does not fit in size or on failure.
 */
size_t ikev2_seal(const struct ikev2_keys *k, const struct ike_header *h,
		  uint8_t first, unsigned int number, unsigned int total,
		  const uint8_t *iv, const void *plain, size_t len, void *out,
		  size_t size);
/* What sealing adds to a chain at most, the headers of a fragment included. */
size_t ikev2_seal_overhead(const struct ikev2_keys *k);
/* Bytes of IV; the caller gives unpredictable ones, or a counter to an AEAD. */
size_t ikev2_iv_len(const struct ikev2_keys *k);

/*
 * Verifies and decrypts the SK or SKF payload of m into out, at least as long
 * as the message. 0, -EBADMSG.
 */
int ikev2_open(const struct ikev2_keys *k, const struct ike_message *m,
	       const struct ike_payload *sk, uint8_t *out, size_t *len);

/*
 * Version 1: encrypts or decrypts all behind the header in place, and moves
 * the IV on to what the next message of the exchange needs. The caller pads to the block
 * before; 0, -EBADMSG for a length that is no multiple of the block.
 */
int ikev1_encrypt(const struct ikev1_keys *k, uint8_t *iv, void *body,
		  size_t len);
int ikev1_decrypt(const struct ikev1_keys *k, uint8_t *iv, void *body,
		  size_t len);

#endif
