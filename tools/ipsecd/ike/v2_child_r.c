// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A Child SA as the side that is asked for it, in IKE_AUTH or CREATE_CHILD_SA:
 * which rule allows it, what is chosen, and our payloads.
 */
#include "v2_util.h"
#include "v2_proof.h"
#include "v2_child.h"

#include <errno.h>
#include <string.h>

/* What the peer wants. */
struct wish {
	struct ike_sa *sa;
	const struct ike_message *m;
	bool transport;
	struct ike_proposals offer;
	struct ike_ts_list local;
	struct ike_ts_list remote;
	struct ike_proposal chosen;
};

static uint16_t read_wish(struct wish *w)
{
	const struct ike_payload *p = ikev2_payload_one(w->m, IKEV2_SA);
	struct ike_notify n;

	w->transport = ikev2_notify_find(w->m, IKEV2_USE_TRANSPORT_MODE, &n);
	if (!p || ikev2_sa_read(p, &w->offer) ||
	    ikev2_ts_asked(w->sa, w->m, w->transport, &w->local, &w->remote))
		return IKEV2_INVALID_SYNTAX;
	return 0;
}

/* The part of the wish that a rule allows. */
static const struct ipsec_filter *narrow(const struct wish *w,
					 const struct policy_rule *rule,
					 struct ike_ts *local,
					 struct ike_ts *remote)
{
	if (rule->mode == IPSECDRV_MODE_TRANSPORT && !w->transport)
		return NULL;
	if (rule->response)
		return ike_response_narrow(w->sa, &w->local, &w->remote, local,
					   remote);
	return policy_rule_narrow(rule, &w->local, &w->remote, local, remote);
}

bool ikev2_child_rule_fits(struct ike_sa *sa, const struct ike_message *m,
			   const struct policy_rule *rule)
{
	struct wish w = { .sa = sa, .m = m };
	struct ike_ts local, remote;
	bool fits;

	fits = !read_wish(&w) && narrow(&w, rule, &local, &remote);
	ike_proposals_free(&w.offer);
	return fits;
}

static struct ike_child *try_rule(const struct wish *w,
				  const struct policy_rule *rule)
{
	const struct ipsec_filter *filter;
	struct ike_ts local, remote;
	struct ike_child *child;

	filter = narrow(w, rule, &local, &remote);
	if (!filter)
		return NULL;
	child = ike_child_new(w->sa, rule, false);
	if (!child)
		return NULL;
	child->filter = (uint32_t)filter->id.v;
	child->local = local;
	child->remote = remote;
	return child;
}

/* The IKE SA's own rule first, then others that its peer has proven to meet. */
static struct ike_child *find_rule(const struct wish *w,
				   const struct ike_child *old)
{
	struct ike_sa *sa = w->sa;
	const struct policy_rule *rule = NULL;
	struct ike_child *child;

	if (old && old->rule)
		return try_rule(w, ike_rule_now(sa->engine, old->rule));
	child = try_rule(w, sa->rule);
	while (!child &&
	       (rule = policy_rule_next(sa->policy, rule, &sa->path.local,
					&sa->path.remote, 2)))
		if (rule != sa->rule && ikev2_id_rule_allows(sa, rule))
			child = try_rule(w, rule);
	return child;
}

/* A group that both have, if the peer's KE is of another. */
static uint16_t check_group(struct wish *w, struct ikev2_child_answer *a,
			    struct ike_ke *ke)
{
	const struct ike_transform *t =
		ike_proposal_get(&w->chosen, IKE_TRANSFORM_KE);
	const struct ike_payload *p = ikev2_payload_one(w->m, IKEV2_KE);

	memset(ke, 0, sizeof(*ke));
	if (!a->create || !t || !t->id)
		return 0;
	a->group = t->id;
	if (!p || ikev2_ke_read(p, ke) || ke->group != t->id)
		return IKEV2_INVALID_KE_PAYLOAD;
	return ke->len == ike_dh_public_len(t->id) ? 0 : IKEV2_INVALID_SYNTAX;
}

static uint16_t choose(struct wish *w, struct ikev2_child_answer *a)
{
	struct ike_proposals ours = { 0 };
	int rc = ike_child_offer(a->child, a->create, &ours);

	if (!rc)
		rc = ike_proposal_choose(&ours, &w->offer, a->create,
					 &w->chosen);
	ike_proposals_free(&ours);
	if (rc && rc != -ENOENT)
		return IKEV2_TEMPORARY_FAILURE;
	if (rc)
		return IKEV2_NO_PROPOSAL_CHOSEN;
	return 0;
}

/* Keys, and the pair; the public value of ours is written to b. */
static uint16_t install(struct wish *w, struct ikev2_child_answer *a,
			const struct ike_ke *ke, struct ike_dh *dh)
{
	uint8_t secret[IKE_KE_MAX];
	size_t len = sizeof(secret);
	uint16_t error = 0;

	if (!dh)
		len = 0;
	else if (ike_dh_shared(dh, ke->data, ke->len, secret, &len))
		return IKEV2_INVALID_SYNTAX;
	if (a->old)
		ike_child_set_rekeys(a->child, a->old);
	if (ikev2_child_install(w->sa, a->child,
				(struct ike_blob){ secret, len }, &a->ni,
				&a->nr))
		error = IKEV2_TEMPORARY_FAILURE;
	ike_wipe(secret, sizeof(secret));
	return error;
}

static void write_answer(const struct wish *w,
			 const struct ikev2_child_answer *a,
			 const struct ike_dh *dh, struct ike_builder *b)
{
	struct ike_child *child = a->child;
	struct ike_proposal p = w->chosen;
	struct ike_proposals list = { 1, &p };
	uint32_t spi = child->proto[0].spi_in;
	const uint8_t *ke;
	size_t len;

	p.spi[0] = spi >> 24;
	p.spi[1] = spi >> 16;
	p.spi[2] = spi >> 8;
	p.spi[3] = spi;
	if (child->mode == IPSECDRV_MODE_TRANSPORT) {
		ikev2_notify_put(b, IKEV2_USE_TRANSPORT_MODE, NULL, 0);
		ikev2_notify_put(b, IKEV2_ESP_TFC_PADDING_NOT_SUPPORTED, NULL,
				 0);
	}
	ikev2_sa_write(b, &list);
	if (a->create)
		ike_bytes_write(b, IKEV2_NONCE, a->nr.data, a->nr.len);
	if (dh) {
		ke = ike_dh_public(dh, &len);
		ikev2_ke_write(b, a->group, ke, len);
	}
	ikev2_ts_answer(w->sa, child, w->m, b);
}

static uint16_t make(struct wish *w, struct ikev2_child_answer *a,
		     struct ike_builder *b)
{
	struct ike_dh *dh = NULL;
	struct ike_ke ke;
	uint16_t error;

	error = choose(w, a);
	if (!error)
		error = check_group(w, a, &ke);
	if (error)
		return error;
	if (ike_child_choose(a->child, &w->chosen, 1))
		return IKEV2_NO_PROPOSAL_CHOSEN;
	if (a->group) {
		dh = ike_dh_new(a->group);
		if (!dh)
			return IKEV2_NO_PROPOSAL_CHOSEN;
	}
	error = install(w, a, &ke, dh);
	if (!error)
		write_answer(w, a, dh, b);
	ike_dh_free(dh);
	return error;
}

static void log_refusal(const struct wish *w, uint16_t error)
{
	char local[IKE_TS_STRLEN] = "?", remote[IKE_TS_STRLEN] = "?";

	if (w->local.count && w->remote.count) {
		ike_ts_text(&w->local.ts[w->local.count - 1], local,
			    sizeof(local));
		ike_ts_text(&w->remote.ts[w->remote.count - 1], remote,
			    sizeof(remote));
	}
	ike_log_child_failure(
		w->sa, NULL, ike_cause_of_notify(2, error, true),
		"the peer's Child SA %s <-> %s (%s mode) is refused: "
		"%s; compare its selectors, mode and methods with the "
		"rule's",
		local, remote, w->transport ? "transport" : "tunnel",
		ike_notify_name(2, error));
}

/**
 * ikev2_child_give() - makes the Child SA that a request asks for
 * @sa: IKE SA
 * @a: what is rekeyed, and the nonces; then what was made
 * @m: the request
 * @b: where our payloads go, if it is made
 *
 * Return: 0, or the notify that refuses it; there is no child then.
 */
uint16_t ikev2_child_give(struct ike_sa *sa, struct ikev2_child_answer *a,
			  const struct ike_message *m, struct ike_builder *b)
{
	struct wish w = { .sa = sa, .m = m };
	uint16_t error;

	error = read_wish(&w);
	if (!error && !a->old && !ike_limit_child(sa))
		error = IKEV2_NO_ADDITIONAL_SAS;
	if (!error) {
		a->child = find_rule(&w, a->old);
		error = a->child ? make(&w, a, b) : IKEV2_TS_UNACCEPTABLE;
	}
	if (error && a->child) {
		ike_child_free(a->child);
		a->child = NULL;
	}
	if (error && error != IKEV2_INVALID_KE_PAYLOAD)
		log_refusal(&w, error);
	ike_proposals_free(&w.offer);
	return error;
}
