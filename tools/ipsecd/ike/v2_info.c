// SPDX-License-Identifier: GPL-2.0-or-later
/* INFORMATIONAL: deletion, liveness, notifies (RFC 7296 section 1.4). */
#include "v2_message.h"
#include "v2_util.h"
#include "v2_collide.h"
#include "v2_cross.h"

#include <string.h>

#define SPIS_MAX \
	256 /* of one answer; a peer deletes more in several requests */

static void send_info(struct ike_sa *sa, struct ikev2_chain *c,
		      enum ikev2_kind kind)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_request failed;
	int rc;

	v->request.kind = kind;
	rc = ikev2_request_send(sa, c, IKEV2_INFORMATIONAL);
	if (!rc)
		return;
	ike_log(sa, IKE_LOG_ERROR, "INFORMATIONAL cannot be sent: %s",
		strerror(-rc));
	failed = ikev2_request_take(sa);
	ikev2_request_free(&failed);
	ikev2_end_soon(sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
}

void ikev2_info_start(struct ike_sa *sa)
{
	struct ikev2_chain c;

	ikev2_chain_start(&c);
	send_info(sa, &c, IKEV2_DO_LIVENESS);
}

void ikev2_delete_start(struct ike_sa *sa)
{
	struct ikev2_chain c;

	ike_sa_deleting(sa);
	ikev2_chain_start(&c);
	ikev2_delete_write(&c.b, IKE_PROTO_IKE, 0, 0, NULL);
	send_info(sa, &c, IKEV2_DO_DELETE);
}

/* Its SPI of ours, also of one that was offered and never chosen. */
static uint32_t our_spi(const struct ike_child *child, uint8_t *proto)
{
	if (child->protos) {
		*proto = child->proto[0].proto == IPSECDRV_PROTO_AH ?
				 IKE_PROTO_AH :
				 IKE_PROTO_ESP;
		return child->proto[0].spi_in;
	}
	*proto = child->spi_esp ? IKE_PROTO_ESP : IKE_PROTO_AH;
	return child->spi_esp ? child->spi_esp : child->spi_ah;
}

void ikev2_delete_child_start(struct ike_sa *sa, struct ike_child *child)
{
	struct ikev2_chain c;
	uint8_t proto, be[4];
	uint32_t spi;

	if (child->state == IKE_CHILD_DELETING)
		return;
	spi = our_spi(child, &proto);
	if (!spi) {
		ike_child_free(child);
		return;
	}
	/* One that was replaced receives on, until the driver ends it. */
	if (child->state == IKE_CHILD_REPLACED) {
		ike_child_hand_over(child);
		child->id = 0;
	}
	child->state = IKE_CHILD_DELETING;
	be[0] = spi >> 24;
	be[1] = spi >> 16;
	be[2] = spi >> 8;
	be[3] = spi;
	ikev2_of(sa)->request.child = child->owner;
	ikev2_chain_start(&c);
	ikev2_delete_write(&c.b, proto, sizeof(be), 1, be);
	send_info(sa, &c, IKEV2_DO_DELETE_CHILD);
}

/**
 * ikev2_info_response() - the answer to our INFORMATIONAL came
 *
 * Whatever is in it. May free the SA.
 */
void ikev2_info_response(struct ike_sa *sa, const struct ikev2_request *r)
{
	struct ike_child *child;

	switch (r->kind) {
	case IKEV2_DO_DELETE_CHILD:
		child = ikev2_child(sa, r->child);
		if (child)
			ike_child_free(child);
		break;
	case IKEV2_DO_DELETE:
		ike_sa_free(sa, IPSECDRV_REFUSE_REASON_POLICY);
		break;
	default:
		break;
	}
}

/* Ours of the pair that the peer deletes; false: none, or we do it already. */
static bool delete_one(struct ike_sa *sa, uint8_t proto, uint32_t spi,
		       uint32_t *ours)
{
	struct ike_child *child = ike_child_by_spi_out(sa, proto, spi);

	if (!child)
		ikev2_collide_deleted(sa, spi);
	if (!child || child->state == IKE_CHILD_DELETING)
		return false;
	*ours = child->proto[0].spi_in;
	ike_log_child_end(child, "the peer has deleted it");
	ike_child_free(child);
	return true;
}

static void delete_children(struct ike_sa *sa, const struct ike_delete *d,
			    struct ike_builder *b)
{
	uint8_t out[SPIS_MAX * 4];
	unsigned int i, count = 0;
	struct ipsec_reader r;
	struct ipsec_writer w;
	uint32_t ours;

	ipsec_reader_init(&r, d->spis, d->count * d->spi_len);
	ipsec_writer_init(&w, out, sizeof(out));
	for (i = 0; i < d->count && count < SPIS_MAX; i++) {
		if (!delete_one(sa, d->proto, ipsec_read_u32(&r), &ours))
			continue;
		ipsec_write_u32(&w, ours);
		count++;
	}
	if (count)
		ikev2_delete_write(b, d->proto, 4, count, out);
}

/* The peer ends the IKE SA, and with it what is left of it. */
static void ended(struct ike_sa *sa, const char *why)
{
	const struct ikev2_request *r = &ikev2_of(sa)->request;
	struct ike_sa *rival = ikev2_collide_rival(sa, r);

	/* It has rekeyed it, and knows nothing of our doing the same. */
	if (rival && r->kind == IKEV2_DO_REKEY)
		ikev2_collide_settle(sa, rival);
	ikev2_cross_ended(sa);
	ike_log_end(sa, why);
	ike_sa_free(sa, IPSECDRV_REFUSE_REASON_POLICY);
}

static bool deletes_ike(const struct ike_message *m)
{
	const struct ike_payload *p = NULL;
	struct ike_delete d;

	while ((p = ike_payload_next(m, IKEV2_DELETE, p)))
		if (!ikev2_delete_read(p, &d) && d.proto == IKE_PROTO_IKE)
			return true;
	return false;
}

/**
 * ikev2_info_request() - a request of the peer, maybe an empty one
 *
 * May free the SA. Notifies that are not understood mean nothing.
 */
void ikev2_info_request(struct ike_sa *sa, const struct ike_path *from,
			struct ike_message *m)
{
	const struct ike_payload *p = NULL;
	struct ikev2_chain c;
	struct ike_delete d;
	struct ike_notify n;
	bool ends = deletes_ike(m);
	bool refused = ikev2_notify_find(m, IKEV2_AUTHENTICATION_FAILED, &n);

	ikev2_chain_start(&c);
	while (!ends && !refused &&
	       (p = ike_payload_next(m, IKEV2_DELETE, p))) {
		ikev2_collide_used(sa);
		if (!ikev2_delete_read(p, &d))
			delete_children(sa, &d, &c.b);
	}
	ikev2_answer_send(sa, m, from, &c);
	if (refused) {
		sa->engine->counters.authentication_failures++;
		ended(sa, "the peer does not take us for whom we say to be; "
			  "compare its identity and key with the rule's");
	} else if (ends) {
		ended(sa, "the peer has ended it");
	}
}
