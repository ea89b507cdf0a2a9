// SPDX-License-Identifier: GPL-2.0-or-later
/* What a quick mode negotiates: methods, selectors, lifetimes, keys. */
#include <errno.h>
#include <string.h>

#include "sa1.h"
#include "v1_quick.h"

#define CLUSTER_IDLE_SECONDS 60 /* MS-IKEE 3.5 */
#define SPI_LEN 4
#define DELETE_AFTER_MS 1000 /* what is replaced receives as long, at least */
#define HURRIED_AFTER_MS 20 /* or so, where the volume that is left ends it */

static uint16_t group_of(const struct ike_proposal *p)
{
	const struct ike_transform *t = ike_proposal_get(p, IKE_TRANSFORM_KE);

	return t ? t->id : 0;
}

static void drop_groups(struct ike_proposal *p)
{
	unsigned int i, kept = 0;

	for (i = 0; i < p->transforms; i++)
		if (p->transform[i].type != IKE_TRANSFORM_KE)
			p->transform[kept++] = p->transform[i];
	p->transforms = kept;
}

/* One quick mode has one KE payload, so all its proposals one group. */
static int add_expanded(struct ikev1_quick *q, struct ike_proposal *p)
{
	uint16_t group = group_of(p);
	int err;

	if (group) {
		q->group = q->group ?: group;
		if (!ike_proposal_has(p, IKE_TRANSFORM_KE, q->group))
			return 0;
		drop_groups(p);
		err = ike_proposal_add(p, IKE_TRANSFORM_KE, q->group, 0);
		if (err)
			return err;
	}
	p->encap = ikev1_encap_mode(q->sa, q->child->mode);
	err = ikev1_proposals_expand(p, false, &q->offer);
	return err == -ENOENT ? 0 : err;
}

int ikev1_quick_offer(struct ikev1_quick *q)
{
	struct ike_proposals list = { 0 };
	bool ke = q->child->rule->pfs == POLICY_PFS_YES;
	unsigned int i;
	int err = ike_child_offer(q->child, ke, &list);

	for (i = 0; !err && i < list.count; i++)
		err = add_expanded(q, &list.p[i]);
	ike_proposals_free(&list);
	if (!err && !q->offer.count)
		err = -ENOENT;
	if (err || !q->group)
		return err;
	q->dh = ike_dh_new(q->group);
	return q->dh ? 0 : -EOPNOTSUPP;
}

static uint16_t ike_group(const struct ikev1_quick *q)
{
	return group_of(&q->sa->chosen);
}

/* May a key exchange of the group, or none (0), be part of it? */
static bool group_allowed(const struct ikev1_quick *q,
			  const struct policy_rule *rule,
			  const struct ike_proposal *ours, uint16_t group)
{
	bool named = group_of(ours) != 0;

	if (q->initiator)
		return group == q->group;
	if (!group)
		return rule->pfs == POLICY_PFS_NO;
	if (named)
		return ike_proposal_has(ours, IKE_TRANSFORM_KE, group);
	return group == ike_group(q);
}

static bool fit(const struct ikev1_quick *q, const struct policy_rule *rule,
		const struct policy_method *method, uint16_t group,
		struct ike_proposal *ours)
{
	unsigned int i;

	for (i = 0; i < method->protos; i++) {
		ours[i] = method->proto[i];
		if (!group_allowed(q, rule, &ours[i], group))
			return false;
		drop_groups(&ours[i]);
		if (group &&
		    ike_proposal_add(&ours[i], IKE_TRANSFORM_KE, group, 0))
			return false;
		ours[i].encap = ikev1_encap_mode(q->sa, rule->mode);
	}
	return true;
}

/* The shorter of both counts; one that is not said is no shorter. */
static void take_lifetime(struct ikev1_quick *q, uint32_t seconds,
			  uint32_t kbytes)
{
	struct policy_lifetime *life = &q->child->lifetime;
	uint64_t bytes = kbytes * 1024ULL;

	q->their_seconds = seconds;
	q->their_kbytes = kbytes;
	if (seconds && (!life->seconds || seconds < life->seconds))
		life->seconds = seconds;
	if (bytes && (!life->bytes || bytes < life->bytes))
		life->bytes = bytes;
}

/* The first of our methods that one of theirs meets, with one of its groups. */
static int choose_method(struct ikev1_quick *q, const struct policy_rule *rule,
			 const struct ike_proposals *theirs,
			 struct ike_proposal *chosen, unsigned int *protos)
{
	struct ike_proposal ours[IPSECDRV_PROTOS_MAX];
	unsigned int n, i;

	for (n = 0; n < rule->methods; n++) {
		const struct policy_method *method = &rule->method[n];

		for (i = 0; i < theirs->count; i++) {
			uint16_t group = group_of(&theirs->p[i]);

			if (!fit(q, rule, method, group, ours) ||
			    ikev1_bundle_choose(ours, method->protos, theirs,
						group != 0, chosen))
				continue;
			*protos = method->protos;
			q->group = group;
			return 0;
		}
	}
	return -ENOENT;
}

static int read_methods(const struct ike_message *m,
			struct ike_proposals *theirs)
{
	const struct ike_payload *p = ike_payload_get(m, IKEV1_SA);

	if (!p || ike_payload_next(m, IKEV1_SA, p))
		return -EBADMSG;
	return ikev1_sa_read(p, false, theirs);
}

static void read_responder_lifetime(struct ikev1_quick *q,
				    const struct ike_message *m)
{
	const struct ike_payload *p = NULL;
	struct ikev1_attributes life;
	struct ipsec_reader r;
	struct ike_notify n;

	while ((p = ike_payload_next(m, IKEV1_NOTIFY, p))) {
		if (ikev1_notify_read(p, &n) ||
		    n.type != IKEV1_RESPONDER_LIFETIME)
			continue;
		ipsec_reader_init(&r, n.data, n.len);
		if (!ikev1_attributes_read(&r, false, &life))
			take_lifetime(q, life.life_seconds, life.life_kbytes);
	}
}

/* RFC 2409 section 5.5: the responder sends our identities back. */
static bool ids_kept(const struct ikev1_quick *q, const struct ike_message *m)
{
	struct ike_ts ours, theirs;

	if (!ike_payload_get(m, IKEV1_ID))
		return true;
	/* Ours are IDci, so the reader's notion of sides is the other one. */
	if (ikev1_ids_read(q->sa, m, &theirs, &ours))
		return false;
	/* Windows: behind a NAT they may differ. */
	return q->sa->encap || (ike_ts_equal(&ours, &q->child->local) &&
				ike_ts_equal(&theirs, &q->child->remote));
}

int ikev1_quick_check(struct ikev1_quick *q, const struct ike_message *m)
{
	struct ike_proposal chosen[IPSECDRV_PROTOS_MAX];
	struct ike_proposals theirs = { 0 };
	unsigned int protos;
	int err;

	if (!ids_kept(q, m))
		return -EADDRNOTAVAIL;
	err = read_methods(m, &theirs);
	if (!err)
		err = choose_method(q, q->child->rule, &theirs, chosen,
				    &protos);
	ike_proposals_free(&theirs);
	if (!err)
		err = ike_child_choose(q->child, chosen, protos);
	if (err)
		return err;
	take_lifetime(q, chosen[0].life_seconds, chosen[0].life_kbytes);
	read_responder_lifetime(q, m);
	ikev1_ids_through_nat(q->sa, q->child->mode, &q->child->local,
			      &q->child->remote);
	return 0;
}

static int keep_ids(struct ikev1_quick *q, const struct ike_message *m)
{
	const struct ike_payload *ci = ike_payload_get(m, IKEV1_ID);
	const struct ike_payload *cr = ci ? ike_payload_next(m, IKEV1_ID, ci) :
					    NULL;
	int err;

	if (!cr)
		return 0;
	err = ikev1_bytes_set(&q->id_ci, ci->data, ci->len);
	return err ?: ikev1_bytes_set(&q->id_cr, cr->data, cr->len);
}

/* Version 1 cannot narrow: all that is asked for must be allowed. */
static const struct ipsec_filter *filter_for(struct ike_sa *sa,
					     const struct policy_rule *rule,
					     const struct ike_ts *ours,
					     const struct ike_ts *theirs)
{
	struct ike_ts_list local = { 1, { *ours } },
			   remote = { 1, { *theirs } };
	const struct ipsec_filter *filter;
	struct ike_ts l, r;

	filter = rule->response ?
			 ike_response_narrow(sa, &local, &remote, &l, &r) :
			 policy_rule_narrow(rule, &local, &remote, &l, &r);
	return filter && ike_ts_equal(&l, ours) && ike_ts_equal(&r, theirs) ?
		       filter :
		       NULL;
}

/* An SA for the same traffic with the same peer: the new one renews it. */
static struct ike_child *find_old(const struct ike_child *child)
{
	struct ike_engine *engine = child->engine;
	struct ike_child *other, *found = NULL;
	struct ike_sa *sa;

	TAILQ_FOREACH(sa, &engine->list, link) {
		if (sa->version != 1 ||
		    !ike_id_equal(&sa->remote_id, &child->sa->remote_id))
			continue;
		TAILQ_FOREACH(other, &sa->children, link)
			if (ike_child_carries(other, child))
				found = other;
	}
	return found;
}

static int choose_rule(struct ikev1_quick *q, const struct ike_message *m,
		       const struct policy_rule *rule,
		       const struct ike_proposals *theirs,
		       struct ike_proposal *chosen, unsigned int *protos)
{
	struct ike_child *child = q->child;
	const struct ipsec_filter *filter;
	struct ike_ts ours, peers;
	int err = ikev1_ids_read(q->sa, m, &ours, &peers);

	if (err)
		return err;
	ikev1_ids_through_nat(q->sa, rule->mode, &ours, &peers);
	filter = filter_for(q->sa, rule, &ours, &peers);
	if (!filter)
		return -EADDRNOTAVAIL;
	err = choose_method(q, rule, theirs, chosen, protos);
	if (err)
		return err;
	ike_child_set_rule(child, rule);
	child->mode = rule->mode;
	child->filter = filter->id.v;
	child->local = ours;
	child->remote = peers;
	return 0;
}

static int choose_any_rule(struct ikev1_quick *q, const struct ike_message *m,
			   const struct ike_proposals *theirs,
			   struct ike_proposal *chosen, unsigned int *protos)
{
	const struct policy_rule *rule = NULL;
	struct ike_sa *sa = q->sa;
	int err = -EADDRNOTAVAIL, one;

	while ((rule = policy_rule_next(sa->policy, rule, &sa->path.local,
					&sa->path.remote, 1))) {
		if (!ikev1_rule_allows(sa, rule))
			continue;
		one = choose_rule(q, m, rule, theirs, chosen, protos);
		if (one != -EADDRNOTAVAIL)
			err = one;
		if (!one)
			break;
	}
	return err;
}

/* What we answer with: what was chosen, under our own SPIs. */
static int make_answer(struct ikev1_quick *q, struct ike_proposal *chosen,
		       unsigned int protos)
{
	struct ike_child *child = q->child;
	unsigned int i;
	uint32_t spi;
	int err = 0;

	for (i = 0; !err && i < protos; i++) {
		err = ike_child_spi(child, chosen[i].proto, &spi);
		if (err)
			break;
		chosen[i].spi[0] = spi >> 24;
		chosen[i].spi[1] = spi >> 16;
		chosen[i].spi[2] = spi >> 8;
		chosen[i].spi[3] = spi;
		err = ike_proposals_add(&q->offer, &chosen[i]);
	}
	return err;
}

int ikev1_quick_choose(struct ikev1_quick *q, const struct ike_message *m)
{
	struct ike_proposal chosen[IPSECDRV_PROTOS_MAX];
	struct ike_proposals theirs = { 0 };
	unsigned int protos = 0;
	int err = read_methods(m, &theirs);

	if (!err)
		err = choose_any_rule(q, m, &theirs, chosen, &protos);
	ike_proposals_free(&theirs);
	if (!err)
		err = ike_child_choose(q->child, chosen, protos);
	if (!err)
		err = keep_ids(q, m);
	if (err)
		return err;
	take_lifetime(q, chosen[0].life_seconds, chosen[0].life_kbytes);
	ike_child_set_rekeys(q->child, find_old(q->child));
	if (!q->child->rekeys && !ike_limit_child(q->sa))
		return -EDQUOT;
	return make_answer(q, chosen, protos);
}

void ikev1_quick_ids_back(struct ikev1_out *out, const struct ikev1_quick *q)
{
	if (!q->id_ci.len)
		return;
	ike_bytes_write(&out->b, IKEV1_ID, q->id_ci.data, q->id_ci.len);
	ike_bytes_write(&out->b, IKEV1_ID, q->id_cr.data, q->id_cr.len);
}

void ikev1_quick_lifetime_write(struct ikev1_out *out,
				const struct ikev1_quick *q)
{
	const struct policy_lifetime *life = &q->child->lifetime;
	const struct ike_child_proto *p = &q->child->proto[0];
	struct ikev1_attributes shorter = { 0 };
	uint32_t kbytes = ike_child_kbytes(life);
	struct ipsec_writer data, spi;
	uint8_t buf[32], be[SPI_LEN];

	if (life->seconds < (q->their_seconds ?: UINT32_MAX))
		shorter.life_seconds = life->seconds;
	if (kbytes < (q->their_kbytes ?: UINT32_MAX))
		shorter.life_kbytes = kbytes;
	if (!shorter.life_seconds && !shorter.life_kbytes)
		return;
	ipsec_writer_init(&data, buf, sizeof(buf));
	ikev1_attributes_write(&data, false, &shorter);
	ipsec_writer_init(&spi, be, sizeof(be));
	ipsec_write_u32(&spi, p->spi_in);
	ikev1_notify_write(
		&out->b,
		p->proto == IPSECDRV_PROTO_AH ? IKE_PROTO_AH : IKE_PROTO_ESP,
		IKEV1_RESPONDER_LIFETIME, be, spi.len, buf, data.len);
}

static int keymat(const struct ikev1_quick *q,
		  const struct ike_child_proto *proto, uint32_t spi_host,
		  uint8_t *out)
{
	uint8_t spi[SPI_LEN] = { spi_host >> 24, spi_host >> 16, spi_host >> 8,
				 spi_host };
	size_t len = ike_child_encr_len(proto) + ike_child_integ_len(proto);
	struct ike_blob secret = { q->secret, q->secret_len };

	return ikev1_keymat(&ikev1_of(q->sa)->keys, secret,
			    proto->proto == IPSECDRV_PROTO_AH ? IKE_PROTO_AH :
								IKE_PROTO_ESP,
			    spi, ikev1_blob(&q->ni), ikev1_blob(&q->nr), out,
			    len);
}

int ikev1_quick_install(struct ikev1_quick *q)
{
	uint8_t in[IPSECDRV_PROTOS_MAX][2 * IKE_KEY_MAX];
	uint8_t out[IPSECDRV_PROTOS_MAX][2 * IKE_KEY_MAX];
	struct ike_child_keys keys[IPSECDRV_PROTOS_MAX];
	struct ike_child *child = q->child;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < child->protos; i++) {
		const struct ike_child_proto *p = &child->proto[i];

		err = keymat(q, p, p->spi_in, in[i]);
		if (!err)
			err = keymat(q, p, p->spi_out, out[i]);
		keys[i] = (struct ike_child_keys){ in[i], out[i] };
	}
	if (ikev1_of(q->sa)->vendor & IKEV1_VENDOR_CLUSTER)
		child->idle_seconds = CLUSTER_IDLE_SECONDS;
	if (!err)
		err = ike_child_install(child, keys);
	ike_wipe(in, sizeof(in));
	ike_wipe(out, sizeof(out));
	return err;
}

/*
 * Two for the same, made at one time. Version 1 has no rule for it; both sides
 * see the same SPIs, so the one with the lowest goes, by whoever made it.
 */
static void settle_collision(struct ike_child *child, struct ike_child *other)
{
	struct ike_child *loser = ike_child_lowest_spi(child) <
						  ike_child_lowest_spi(other) ?
					  child :
					  other;

	if (loser->initiator)
		ike_sa_queue(loser->sa, IKE_TASK_DELETE_CHILD, loser);
}

/* A peer that sends goes on with the new one when this is deleted. */
static void retire(struct ike_child *old)
{
	ike_child_retire(old,
			 old->hurried ? HURRIED_AFTER_MS : DELETE_AFTER_MS);
}

/*
 * Of a responder the peer deletes what was replaced, unless it has forgotten that:
 * it may have where the pair is from before a main mode that it began.
 */
static bool is_ours_to_end(const struct ike_child *child)
{
	return child->initiator ||
	       (!child->sa->initiator &&
		child->rekeys->installed < child->sa->created);
}

/* Another one that renewed the same. */
static struct ike_child *find_rival(const struct ike_child *child)
{
	struct ike_child *other;

	TAILQ_FOREACH(other, &child->sa->children, link)
		if (other != child && other->rekeys == child->rekeys &&
		    other->state == IKE_CHILD_INSTALLED)
			break;
	return other;
}

/*
 * One that was asked for when there was another already, or the two crossed:
 * then the peer's is not confirmed yet, and the peer sees the same of ours.
 */
static void settle_new(struct ike_child *child)
{
	struct ike_child *old = find_old(child);

	if (!old)
		return;
	if (ikev1_quick_of(old->sa, old))
		settle_collision(child, old);
	else
		retire(old);
	old->sa->ops->kick(old->sa);
}

void ikev1_quick_settled(struct ike_child *child)
{
	struct ike_sa *sa = child->sa;
	struct ike_child *rival;

	/* It was to be renewed before it was confirmed. */
	if (child->state == IKE_CHILD_REKEYING)
		ike_sa_queue(sa, IKE_TASK_REKEY_CHILD, child);
	if (child->rekeys) {
		rival = find_rival(child);
		if (rival)
			settle_collision(child, rival);
		if (is_ours_to_end(child))
			retire(child->rekeys);
	} else if (child->initiator) {
		settle_new(child);
	}
	sa->ops->kick(sa);
}
