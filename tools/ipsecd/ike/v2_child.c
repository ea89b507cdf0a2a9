// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A Child SA as the side that asks for it, in IKE_AUTH or CREATE_CHILD_SA; and
 * its keys (RFC 7296 section 2.17).
 */
#include "v2_util.h"
#include "v2_child.h"

#include <errno.h>
#include <string.h>

/**
 * ikev2_child_install() - keys of a child, and its pair in the driver
 * @sa: its IKE SA
 * @child: chosen by ike_child_choose()
 * @secret: of its own key exchange; empty: none
 * @ni: nonce of the side that asked
 * @nr: nonce of the side that answered
 *
 * Return: 0 or a negative errno, which is logged.
 */
int ikev2_child_install(struct ike_sa *sa, struct ike_child *child,
			struct ike_blob secret, const struct ikev2_nonce *ni,
			const struct ikev2_nonce *nr)
{
	const struct ike_child_proto *proto = &child->proto[0];
	struct ike_child_keys keys[IPSECDRV_PROTOS_MAX] = { 0 };
	size_t len = ike_child_encr_len(proto) + ike_child_integ_len(proto);
	uint8_t mat[4 * IKE_KEY_MAX];
	int rc = -EOPNOTSUPP;

	/* NULL encryption has no key, integrity always has one. */
	if (child->protos == 1 && len && 2 * len <= sizeof(mat))
		rc = ikev2_keymat(&ikev2_of(sa)->keys, secret,
				  ikev2_nonce_blob(ni), ikev2_nonce_blob(nr),
				  mat, 2 * len);
	if (!rc) {
		/* First the direction from the side that asked. */
		keys[0].out = child->initiator ? mat : mat + len;
		keys[0].in = child->initiator ? mat + len : mat;
		rc = ike_child_install(child, keys);
	}
	ike_wipe(mat, sizeof(mat));
	return rc;
}

static uint16_t offered_group(const struct ike_proposals *offer)
{
	const struct ike_transform *t;
	unsigned int i;

	for (i = 0; i < offer->count; i++) {
		t = ike_proposal_get(&offer->p[i], IKE_TRANSFORM_KE);
		if (t && t->id)
			return t->id;
	}
	return IKE_GROUP_NONE;
}

static int make_ke(struct ikev2_request *r)
{
	if (!r->group)
		r->group = offered_group(&r->offer);
	if (!r->group)
		return 0;
	r->dh = ike_dh_new(r->group);
	return r->dh ? 0 : -EOPNOTSUPP;
}

/**
 * ikev2_child_ask() - our payloads for a new Child SA
 * @sa: IKE SA
 * @child: what is asked for
 * @r: the request; in CREATE_CHILD_SA its nonce is set
 * @b: where they go
 *
 * Return: 0 or a negative errno.
 */
int ikev2_child_ask(struct ike_sa *sa, struct ike_child *child,
		    struct ikev2_request *r, struct ike_builder *b)
{
	bool create = r->kind != IKEV2_DO_AUTH;
	struct ike_ts_list local, remote;
	const uint8_t *ke;
	size_t len;
	int rc;

	rc = ike_child_offer(child, create, &r->offer);
	if (!rc && create)
		rc = make_ke(r);
	if (rc)
		return rc;
	if (child->mode == IPSECDRV_MODE_TRANSPORT) {
		ikev2_notify_put(b, IKEV2_USE_TRANSPORT_MODE, NULL, 0);
		ikev2_notify_put(b, IKEV2_ESP_TFC_PADDING_NOT_SUPPORTED, NULL,
				 0);
	}
	ikev2_sa_write(b, &r->offer);
	if (create)
		ike_bytes_write(b, IKEV2_NONCE, r->nonce.data, r->nonce.len);
	if (r->dh) {
		ke = ike_dh_public(r->dh, &len);
		ikev2_ke_write(b, r->group, ke, len);
	}
	ikev2_ts_offer(child, &local, &remote);
	ikev2_ts_write(b, IKEV2_TSI, &local);
	ikev2_ts_write(b, IKEV2_TSR, &remote);
	ike_log(sa, IKE_LOG_DEBUG, "asks for a Child SA, SPI in 0x%08x",
		child->spi_esp ? child->spi_esp : child->spi_ah);
	return 0;
}

/* Takes the one proposal that the peer chose. */
static uint16_t take_proposal(struct ike_child *child, struct ikev2_request *r,
			      const struct ike_message *m)
{
	const struct ike_payload *p = ikev2_payload_one(m, IKEV2_SA);
	bool create = r->kind != IKEV2_DO_AUTH;
	struct ike_proposals list = { 0 };
	uint16_t error = IKEV2_NO_PROPOSAL_CHOSEN;
	const struct ike_transform *group;

	if (!p || ikev2_sa_read(p, &list))
		return IKEV2_INVALID_SYNTAX;
	if (list.count != 1 ||
	    ike_proposal_check(&r->offer, &list.p[0], create) ||
	    ike_child_choose(child, &list.p[0], 1))
		goto out;
	group = ike_proposal_get(&list.p[0], IKE_TRANSFORM_KE);
	if (!create || (group ? group->id : 0) == r->group)
		error = 0;
out:
	ike_proposals_free(&list);
	return error;
}

static uint16_t take_secret(struct ikev2_request *r,
			    const struct ike_message *m, uint8_t *secret,
			    size_t *len)
{
	const struct ike_payload *p = ikev2_payload_one(m, IKEV2_KE);
	struct ike_ke ke;

	if (!r->dh) {
		*len = 0;
		return 0;
	}
	if (!p || ikev2_ke_read(p, &ke) || ke.group != r->group ||
	    ike_dh_shared(r->dh, ke.data, ke.len, secret, len))
		return IKEV2_INVALID_SYNTAX;
	return 0;
}

static uint16_t check_mode(const struct ike_child *child,
			   const struct ike_message *m)
{
	bool asked = child->mode == IPSECDRV_MODE_TRANSPORT;
	struct ike_notify n;

	return ikev2_notify_find(m, IKEV2_USE_TRANSPORT_MODE, &n) == asked ?
		       0 :
		       IKEV2_NO_PROPOSAL_CHOSEN;
}

static uint16_t finish(struct ike_sa *sa, struct ike_child *child,
		       struct ikev2_request *r, const struct ike_message *m)
{
	struct ikev2 *v = ikev2_of(sa);
	bool create = r->kind != IKEV2_DO_AUTH;
	struct ikev2_nonce nr;
	uint8_t secret[IKE_KE_MAX];
	size_t len = sizeof(secret);
	uint16_t error;

	if (create && ikev2_nonce_read(m, &nr))
		return IKEV2_INVALID_SYNTAX;
	error = take_secret(r, m, secret, &len);
	if (error)
		return error;
	if (ikev2_child_install(sa, child, (struct ike_blob){ secret, len },
				create ? &r->nonce : &v->ni,
				create ? &nr : &v->nr))
		error = IKEV2_NO_ADDITIONAL_SAS;
	ike_wipe(secret, sizeof(secret));
	return error;
}

/**
 * ikev2_child_take() - what the peer answered to ikev2_child_ask()
 * @sa: IKE SA
 * @child: that was asked for
 * @r: the request
 * @m: the answer
 * @install: false: it lost against the peer's own, and only is to be deleted
 * @made: set to whether the peer has an SA now
 *
 * Return: 0; or the notify that refused it, or that says what is wrong.
 */
uint16_t ikev2_child_take(struct ike_sa *sa, struct ike_child *child,
			  struct ikev2_request *r, const struct ike_message *m,
			  bool install, bool *made)
{
	struct ike_notify n;
	uint16_t error = ikev2_notify_error(m, &n);

	*made = ike_payload_get(m, IKEV2_SA) != NULL;
	if (!*made)
		return error ? error : IKEV2_INVALID_SYNTAX;
	error = take_proposal(child, r, m);
	if (!error && install)
		error = check_mode(child, m);
	if (!error && install && !ikev2_ts_take(sa, child, m))
		error = IKEV2_TS_UNACCEPTABLE;
	if (!error && install)
		error = finish(sa, child, r, m);
	return error;
}
