// SPDX-License-Identifier: GPL-2.0-or-later
/* Nonces, notifies and byte strings of version 2. */
#include "v2_util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/** ikev2_bytes_set() - takes a copy, in place of what was there; -ENOMEM */
int ikev2_bytes_set(struct ikev2_bytes *b, const void *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		return -ENOMEM;
	if (len)
		memcpy(copy, data, len);
	free(b->data);
	b->data = copy;
	b->len = len;
	return 0;
}

void ikev2_bytes_free(struct ikev2_bytes *b)
{
	if (b->data)
		ike_wipe(b->data, b->len);
	free(b->data);
	b->data = NULL;
	b->len = 0;
}

int ikev2_random(struct ike_engine *engine, void *buf, size_t len)
{
	return engine->env->random(engine->env->ctx, buf, len);
}

int ikev2_nonce_make(struct ike_engine *engine, struct ikev2_nonce *nonce,
		     uint16_t len)
{
	int rc = ikev2_random(engine, nonce->data, len);

	nonce->len = rc ? 0 : len;
	return rc;
}

int ikev2_nonce_read(const struct ike_message *m, struct ikev2_nonce *nonce)
{
	const struct ike_payload *p = ikev2_payload_one(m, IKEV2_NONCE);

	if (!p || p->len < IKEV2_NONCE_MIN || p->len > IKEV2_NONCE_MAX)
		return -EBADMSG;
	nonce->len = (uint16_t)p->len;
	memcpy(nonce->data, p->data, p->len);
	return 0;
}

int ikev2_nonce_compare(const struct ikev2_nonce *a,
			const struct ikev2_nonce *b)
{
	size_t len = a->len < b->len ? a->len : b->len;
	int rc = memcmp(a->data, b->data, len);

	return rc ? rc : (int)a->len - (int)b->len;
}

bool ikev2_notify_find(const struct ike_message *m, uint16_t type,
		       struct ike_notify *n)
{
	const struct ike_payload *p = NULL;

	while ((p = ike_payload_next(m, IKEV2_NOTIFY, p)))
		if (!ikev2_notify_read(p, n) && n->type == type)
			return true;
	return false;
}

uint16_t ikev2_notify_error(const struct ike_message *m, struct ike_notify *n)
{
	const struct ike_payload *p = NULL;

	while ((p = ike_payload_next(m, IKEV2_NOTIFY, p)))
		if (!ikev2_notify_read(p, n) && n->type &&
		    n->type < IKEV2_NOTIFY_STATUS)
			return n->type;
	return 0;
}

void ikev2_notify_put(struct ike_builder *b, uint16_t type, const void *data,
		      size_t len)
{
	ikev2_notify_write(b, 0, type, NULL, 0, data, len);
}

const struct ike_payload *ikev2_payload_one(const struct ike_message *m,
					    uint8_t type)
{
	const struct ike_payload *p = ike_payload_get(m, type);

	return p && !ike_payload_next(m, type, p) ? p : NULL;
}

/** ikev2_refuse_reason() - what the driver is told of a peer's refusal */
enum ipsecdrv_refuse_reason ikev2_refuse_reason(uint16_t notify)
{
	switch (notify) {
	case IKEV2_NO_PROPOSAL_CHOSEN:
	case IKEV2_INVALID_KE_PAYLOAD:
		return IPSECDRV_REFUSE_REASON_NO_PROPOSAL;
	case IKEV2_AUTHENTICATION_FAILED:
		return IPSECDRV_REFUSE_REASON_AUTH_FAILED;
	default:
		return IPSECDRV_REFUSE_REASON_POLICY;
	}
}

/* Payload types of RFC 7296 section 3.2; EAP and CP are known, but not used. */
static bool is_known(uint8_t type)
{
	return (type >= IKEV2_SA && type <= IKEV2_EAP) || type == IKEV2_SKF;
}

const struct ike_payload *ikev2_unknown_critical(const struct ike_message *m)
{
	unsigned int i;

	for (i = 0; i < m->payloads; i++)
		if (m->payload[i].critical && !is_known(m->payload[i].type))
			return &m->payload[i];
	return NULL;
}

bool ikev2_offers_group(const struct ike_proposals *list, uint16_t group)
{
	unsigned int i;

	for (i = 0; i < list->count; i++)
		if (ike_proposal_has(&list->p[i], IKE_TRANSFORM_KE, group))
			return true;
	return false;
}
