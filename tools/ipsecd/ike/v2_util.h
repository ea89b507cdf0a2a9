/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_V2_UTIL_H
#define IKE_V2_UTIL_H

#include "v2.h"

/* v2_util.c */
int ikev2_bytes_set(struct ikev2_bytes *b, const void *data, size_t len);
void ikev2_bytes_free(struct ikev2_bytes *b);
int ikev2_random(struct ike_engine *engine, void *buf, size_t len);
/* Ours, of so many bytes; of none when there is no random. */
int ikev2_nonce_make(struct ike_engine *engine, struct ikev2_nonce *nonce,
		     uint16_t len);
/* -EBADMSG: none, several, or one of a forbidden length. */
int ikev2_nonce_read(const struct ike_message *m, struct ikev2_nonce *nonce);
/* As strings of bytes: < 0, 0, > 0. */
int ikev2_nonce_compare(const struct ikev2_nonce *a,
			const struct ikev2_nonce *b);
static inline struct ike_blob ikev2_nonce_blob(const struct ikev2_nonce *n)
{
	return (struct ike_blob){ n->data, n->len };
}
/* The first notify of the type; malformed ones are passed over. */
bool ikev2_notify_find(const struct ike_message *m, uint16_t type,
		       struct ike_notify *n);
/* The first error notify; 0: none. */
uint16_t ikev2_notify_error(const struct ike_message *m, struct ike_notify *n);
/* One of IKE itself, without SPI. */
void ikev2_notify_put(struct ike_builder *b, uint16_t type, const void *data,
		      size_t len);
/* The only payload of its type; NULL: none or several. */
const struct ike_payload *ikev2_payload_one(const struct ike_message *m,
					    uint8_t type);
enum ipsecdrv_refuse_reason ikev2_refuse_reason(uint16_t notify);
/* A payload that must be understood and is not; NULL: none. */
const struct ike_payload *ikev2_unknown_critical(const struct ike_message *m);
bool ikev2_offers_group(const struct ike_proposals *list, uint16_t group);

#endif
