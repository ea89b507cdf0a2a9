// SPDX-License-Identifier: GPL-2.0-or-later
/* IKEv1: the SA, what may start one, and which exchange a message is of. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "v1.h"

#define TRIES_REFUSED 3 /* after a refusal that anyone can send */

/*
 * The peer moves its quick-mode SAs to the new main mode before the old one is
 * deleted, and not all do that at once.
 */
#define RETIRE_MS 2000
#define RETIRE_PEERS_MS 60000 /* unless the peer does it first */

enum ipsecdrv_refuse_reason ikev1_refuse_reason(uint16_t notify)
{
	switch (notify) {
	case IKEV1_NO_PROPOSAL_CHOSEN:
		return IPSECDRV_REFUSE_REASON_NO_PROPOSAL;
	case IKEV1_AUTHENTICATION_FAILED:
		return IPSECDRV_REFUSE_REASON_AUTH_FAILED;
	default:
		return IPSECDRV_REFUSE_REASON_POLICY;
	}
}

/* A refusal in clear only shortens the wait, for anyone can send it. */
void ikev1_refused(struct ike_sa *sa, uint16_t notify)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ikev1_wire *wire = &v1->wire;

	if (!sa->initiator || v1->refused)
		return;
	v1->refused = notify;
	ike_failure_note(sa, ike_cause_of_notify(1, notify, false),
			 ike_notify_name(1, notify));
	if (wire->tries_max > wire->tries + TRIES_REFUSED)
		wire->tries_max = wire->tries + TRIES_REFUSED;
}

/* It was there until it had to make something of our proof. */
static bool proof_sent(const struct ikev1 *v1)
{
	return v1->expect == 6;
}

void ikev1_main_refused(struct ike_sa *sa, uint16_t notify)
{
	ike_log_failure(
		sa,
		proof_sent(ikev1_of(sa)) ?
			IKE_CAUSE_AUTH_REFUSED :
			ike_cause_of_notify(1, notify, false),
		"the peer refuses main mode: %s; compare the rule's proposals, identities and keys with the peer's",
		ike_notify_name(1, notify));
	ikev1_end(sa, proof_sent(ikev1_of(sa)) ?
			      IPSECDRV_REFUSE_REASON_AUTH_FAILED :
			      ikev1_refuse_reason(notify));
}

static void wire_given_up(struct ikev1_wire *wire)
{
	struct ikev1 *v1 = ikev1_of(wire->sa);

	if (v1->refused) {
		ikev1_main_refused(wire->sa, v1->refused);
		return;
	}
	ike_log_failure(
		wire->sa,
		proof_sent(v1) ? IKE_CAUSE_AUTH_REFUSED : IKE_CAUSE_NO_ANSWER,
		"the peer does not answer; is its key daemon up, and UDP %u and %u open?",
		IKE_PORT, IKE_NATT_PORT);
	ikev1_end(wire->sa, proof_sent(v1) ?
				    IPSECDRV_REFUSE_REASON_AUTH_FAILED :
				    IPSECDRV_REFUSE_REASON_NO_ANSWER);
}

static void end_due(struct ike_timer *timer)
{
	struct ikev1 *v1 = ike_container(timer, struct ikev1, end);

	ike_sa_free(v1->sa, v1->end_reason);
}

void ikev1_end(struct ike_sa *sa, enum ipsecdrv_refuse_reason reason)
{
	struct ikev1 *v1 = ikev1_of(sa);

	ikev1_wire_answered(&v1->wire);
	ike_timer_stop(&sa->engine->timers, &v1->retire);
	v1->expect = 0;
	if (sa->state != IKE_SA_CONNECTING)
		sa->state = IKE_SA_DELETING;
	v1->end_reason = reason;
	ike_timer_set(&sa->engine->timers, &v1->end, ike_now(sa->engine));
}

struct ike_sa *ikev1_successor(const struct ike_sa *sa)
{
	struct ike_sa *other;

	TAILQ_FOREACH(other, &sa->engine->list, link)
		if (other != sa && other->version == 1 &&
		    other->state == IKE_SA_ESTABLISHED &&
		    ike_id_equal(&other->remote_id, &sa->remote_id))
			break;
	return other;
}

static bool is_busy(const struct ikev1 *v1)
{
	const struct ikev1_quick *q;

	TAILQ_FOREACH(q, &v1->quicks, link)
		if (!q->done)
			return true;
	return false;
}

/* Quick modes that were under way end here, and go over as well. */
static void retire_due(struct ike_timer *timer)
{
	struct ikev1 *v1 = ike_container(timer, struct ikev1, retire);
	struct ike_sa *sa = v1->sa, *next = ikev1_successor(sa);

	if (is_busy(v1)) {
		ike_timer_set(&sa->engine->timers, timer,
			      ike_now(sa->engine) + RETIRE_MS);
	} else if (next) {
		ikev1_move_children(sa, next);
		next->ops->kick(next);
		ikev1_delete_sa(sa);
	} else {
		sa->state = IKE_SA_ESTABLISHED;
		sa->ops->kick(sa);
	}
}

struct ike_sa *ikev1_sa_new(struct ike_engine *engine, bool initiator,
			    const struct ike_path *path)
{
	struct ike_sa *sa = ike_sa_new(engine, 1, initiator, path);
	struct ikev1 *v1 = sa ? calloc(1, sizeof(*v1)) : NULL;

	if (!v1) {
		if (sa)
			ike_sa_free(sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
		return NULL;
	}
	v1->sa = sa;
	v1->end.fn = end_due;
	v1->dpd.fn = ikev1_dpd_due;
	v1->retire.fn = retire_due;
	TAILQ_INIT(&v1->quicks);
	TAILQ_INIT(&v1->notices);
	ikev1_wire_init(&v1->wire, sa, wire_given_up);
	sa->v = v1;
	sa->ops = &ikev1_ops;
	return sa;
}

static void v1_free(struct ike_sa *sa)
{
	struct ike_timers *timers = &sa->engine->timers;
	struct ikev1 *v1 = ikev1_of(sa);

	while (!TAILQ_EMPTY(&v1->quicks))
		ikev1_quick_free(TAILQ_FIRST(&v1->quicks));
	while (!TAILQ_EMPTY(&v1->notices))
		ikev1_notice_free(sa, TAILQ_FIRST(&v1->notices));
	ikev1_wire_free(&v1->wire);
	ikev1_doubt_end(sa);
	ike_timer_stop(timers, &v1->end);
	ike_timer_stop(timers, &v1->dpd);
	ike_timer_stop(timers, &v1->lost);
	ike_timer_stop(timers, &v1->retire);
	ike_timer_stop(timers, &v1->frag_end);
	ike_proposals_free(&v1->offer);
	ikev1_bytes_free(&v1->sa_body);
	ikev1_bytes_free(&v1->id_i);
	ikev1_bytes_free(&v1->id_r);
	ikev1_bytes_free(&v1->ke_i);
	ikev1_bytes_free(&v1->ke_r);
	ikev1_bytes_free(&v1->ni);
	ikev1_bytes_free(&v1->nr);
	ikev1_ids_free(&v1->ids);
	ike_dh_free(v1->dh);
	ike_frag_free(&v1->frag);
	ike_wipe(v1, sizeof(*v1));
	free(v1);
}

/* Quick modes that are not finished end with their SA. */
void ikev1_move_children(struct ike_sa *from, struct ike_sa *to)
{
	struct ike_child *child, *next;

	for (child = TAILQ_FIRST(&from->children); child; child = next) {
		next = TAILQ_NEXT(child, link);
		if (child->id && !ikev1_quick_of(from, child))
			ike_child_move(child, to);
	}
}

static void supersede(struct ike_sa *sa, struct ike_sa *old, uint64_t ms)
{
	ikev1_move_children(old, sa);
	old->state = IKE_SA_REPLACED;
	ike_timer_set(&old->engine->timers, &ikev1_of(old)->retire,
		      ike_now(old->engine) + ms);
}

/* The one that we made this one for. */
static void take_over(struct ike_sa *sa)
{
	static const uint8_t none[IKE_SPI_LEN];
	struct ikev1 *v1 = ikev1_of(sa);
	struct ike_sa *old;

	if (!memcmp(v1->replaces, none, IKE_SPI_LEN))
		return;
	old = ike_engine_find(sa->engine, v1->replaces);
	if (!old || old->version != 1)
		return;
	sa->engine->counters.ike_rekeys++;
	supersede(sa, old, RETIRE_MS);
}

/* The peer does not say which one it made this one for; it will delete it. */
static void take_over_peers(struct ike_sa *sa)
{
	struct ike_sa *old;

	if (sa->initiator)
		return;
	TAILQ_FOREACH(old, &sa->engine->list, link)
		if (old != sa && old->version == 1 &&
		    old->state == IKE_SA_ESTABLISHED &&
		    ike_same_rule(old->rule, sa->rule) &&
		    ike_id_equal(&old->remote_id, &sa->remote_id))
			supersede(sa, old, RETIRE_PEERS_MS);
}

/*
 * A pair that lived on when its main mode ended. Others may have the address,
 * too: behind one NAT there are many.
 */
static bool is_orphan_of(const struct ike_child *child, const struct ike_sa *sa)
{
	return child->peer_id && ike_same_rule(child->rule, sa->rule) &&
	       ike_id_equal(child->peer_id, &sa->remote_id) &&
	       ipsec_addr_equal(&child->peer, &sa->path.remote);
}

/* They can be spoken of again. */
static void take_orphans(struct ike_sa *sa)
{
	struct ike_child *child, *next;

	for (child = TAILQ_FIRST(&sa->engine->adopted); child; child = next) {
		next = TAILQ_NEXT(child, link);
		if (is_orphan_of(child, sa))
			ike_child_move(child, sa);
	}
}

/* A pair from before the main mode: its own, taken over, or nobody's. */
static struct ike_child *find_older(const struct ike_sa *sa)
{
	struct ike_child *child;

	TAILQ_FOREACH(child, &sa->children, link)
		if (child->id && child->installed < sa->created)
			return child;
	TAILQ_FOREACH(child, &sa->engine->adopted, link)
		if (is_orphan_of(child, sa) && child->installed < sa->created)
			break;
	return child;
}

/*
 * RFC 2407 section 4.6.3.3: the peer has no other SA with us. Some say it when
 * main mode is done, which may have taken pairs over by then.
 */
static void initial_contact(struct ike_sa *sa)
{
	struct ike_child *child;

	ike_engine_initial_contact(sa->engine, sa);
	while ((child = find_older(sa))) {
		ike_log_child_end(child, "the peer has started anew");
		ike_child_free(child);
	}
	if (sa->established)
		sa->ops->kick(sa);
}

void ikev1_contact_read(struct ike_sa *sa, const struct ike_message *m)
{
	const struct ike_payload *p = NULL;
	struct ike_notify n;

	while ((p = ike_payload_next(m, IKEV1_NOTIFY, p)))
		if (!ikev1_notify_read(p, &n) &&
		    n.type == IKEV1_INITIAL_CONTACT)
			initial_contact(sa);
}

void ikev1_established(struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	char text[IKE_ID_STRLEN];

	ike_sa_establish(sa);
	ikev1_doubt_end(sa);
	ike_log_made(
		sa, false, "main mode done: %s, by %s%s%s",
		ike_id_text(&sa->remote_id, text, sizeof(text)),
		ikev1_by_signature(sa) ? "certificate" : "pre-shared key",
		v1->vendor & IKEV1_VENDOR_MICROSOFT ? ", a Microsoft peer" : "",
		v1->vendor & IKEV1_VENDOR_CLUSTER ? ", member of a cluster" :
						    "");
	ikev1_bytes_free(&v1->id_i);
	ikev1_bytes_free(&v1->id_r);
	take_over(sa);
	take_over_peers(sa);
	take_orphans(sa);
	sa->ops->kick(sa);
}

/*
 * A new main mode stands in for rekeying; the old one goes when it is done.
 * Through a NAT only the way that is in use is known to be open.
 */
static void renew(struct ike_sa *sa)
{
	struct ike_sa *next =
		ikev1_initiate(sa->engine, ike_rule_now(sa->engine, sa->rule),
			       sa->encap ? &sa->path : &sa->first_path);

	if (next)
		memcpy(ikev1_of(next)->replaces, sa->our_spi, IKE_SPI_LEN);
}

static void run(struct ike_sa *sa, const struct ike_task *task)
{
	switch (task->kind) {
	case IKE_TASK_REKEY_CHILD:
		/* One that is not confirmed yet waits for that. */
		if (ikev1_quick_of(sa, task->child))
			break;
		ikev1_quick_start(sa, task->child);
		break;
	case IKE_TASK_CHILD:
		ikev1_quick_start(sa, task->child);
		break;
	case IKE_TASK_DELETE_CHILD:
		ikev1_delete_child(sa, task->child);
		break;
	case IKE_TASK_REKEY:
		renew(sa);
		break;
	case IKE_TASK_LIVENESS:
		ikev1_dpd(sa);
		break;
	case IKE_TASK_DELETE:
		ikev1_delete_sa(sa);
		break;
	}
}

/* One that was replaced begins only what ends; it may be needed again. */
static bool may_begin(const struct ike_sa *sa, const struct ike_task *task)
{
	if (sa->state == IKE_SA_ESTABLISHED)
		return true;
	return sa->state == IKE_SA_REPLACED &&
	       (task->kind == IKE_TASK_DELETE ||
		task->kind == IKE_TASK_DELETE_CHILD);
}

static struct ike_task *next_task(struct ike_sa *sa)
{
	struct ike_task *task;

	TAILQ_FOREACH(task, &sa->tasks, link)
		if (may_begin(sa, task))
			break;
	return task;
}

static void v1_kick(struct ike_sa *sa)
{
	struct ike_task *next, task;

	while ((next = next_task(sa))) {
		task = ike_sa_take(sa, next);
		run(sa, &task);
	}
}

static void dispatch(struct ike_sa *sa, struct ike_message *m)
{
	struct ikev1 *v1 = ikev1_of(sa);

	switch (m->hdr.exchange) {
	case IKEV1_MAIN_MODE:
		if (!v1->aggressive && !m->hdr.id)
			ikev1_main_message(sa, m);
		return;
	case IKEV1_AGGRESSIVE:
		if (v1->aggressive && !m->hdr.id)
			ikev1_aggressive_message(sa, m);
		return;
	case IKEV1_QUICK_MODE:
		ikev1_quick_message(sa, m);
		return;
	case IKEV1_INFORMATIONAL:
		ikev1_info_message(sa, m);
		return;
	default:
		sa->engine->counters.unexpected++;
	}
}

static bool is_fragment(const struct ike_message *m)
{
	return !(m->hdr.flags & IKEV1_FLAG_ENCRYPTED) && m->payloads &&
	       m->payload[0].type == IKEV1_FRAGMENT;
}

static void v1_message(struct ike_sa *sa, const struct ike_path *from,
		       struct ike_message *m)
{
	struct ike_message whole;
	const uint8_t *data;
	size_t len;

	ikev1_of(sa)->from = *from;
	if (!is_fragment(m)) {
		dispatch(sa, m);
		return;
	}
	if (!ikev1_reassemble(sa, m, &data, &len))
		return;
	/* It must be of this SA, and no fragment again. */
	if (ike_message_parse(&whole, data, len) || is_fragment(&whole) ||
	    memcmp(whole.hdr.spi_i, m->hdr.spi_i, IKE_SPI_LEN) ||
	    memcmp(whole.hdr.spi_r, m->hdr.spi_r, IKE_SPI_LEN)) {
		sa->engine->counters.fragments_dropped++;
		return;
	}
	dispatch(sa, &whole);
	ike_frag_free(&ikev1_of(sa)->frag);
}

static unsigned int v1_kept(const struct ike_sa *sa)
{
	return ike_frag_count(ikev1_of(sa)->frag);
}

const struct ike_ops ikev1_ops = {
	.message = v1_message,
	.kick = v1_kick,
	.forget = ikev1_quick_forget,
	.kept = v1_kept,
	.free = v1_free,
};

struct ike_sa *ikev1_initiate(struct ike_engine *engine,
			      const struct policy_rule *rule,
			      const struct ike_path *path)
{
	struct ike_sa *sa = ikev1_sa_new(engine, true, path);
	char text[IKE_PATH_STRLEN];
	int err;

	if (!sa)
		return NULL;
	ike_sa_set_rule(sa, rule);
	sa->auth = &rule->auth[0];
	ike_log_begin(sa, "begins main mode: %s",
		      ike_path_text(path, text, sizeof(text)));
	err = ikev1_main_start(sa);
	if (err) {
		ike_log_failure(
			sa,
			err == -ENOENT ? IKE_CAUSE_NO_PROPOSAL :
					 IKE_CAUSE_LOCAL,
			"main mode cannot begin: %s",
			err == -ENOENT ?
				"no proposal of the rule is possible in version 1 (it has no AEAD)" :
				strerror(-err));
		ikev1_end(sa, IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
	}
	return sa;
}

static bool allowed(struct ike_engine *engine, const struct ike_path *path,
		    bool aggressive)
{
	const struct policy_rule *rule = NULL;

	while ((rule = policy_rule_next(engine->policy, rule, &path->local,
					&path->remote, 1)))
		if (!aggressive || rule->aggressive)
			return true;
	engine->counters.no_rule++;
	return false;
}

/*
 * Windows' stateless cookie (MS-IKEE 3.9) has a Microsoft peer come again with
 * it in the responder's place. Most others of version 1 do not know it: under
 * load they are left to the limits per address, and to one half of the room,
 * so that whoever makes addresses up cannot shut out those who know.
 */
static bool cookie_good(struct ike_engine *engine, const struct ike_path *path,
			const struct ike_message *m)
{
	static const uint8_t none[IKE_SPI_LEN];
	struct ike_blob nothing = { 0 };

	if (memcmp(m->hdr.spi_r, none, IKE_SPI_LEN) != 0)
		return ike_cookie_good(engine, path, m->hdr.spi_i, nothing,
				       m->hdr.spi_r, IKEV1_COOKIE_LEN);
	if (!ike_cookie_wanted(engine))
		return true;
	return !ikev1_vendor_says(m, IKEV1_VENDOR_MICROSOFT) &&
	       engine->half_open < engine->policy->limits.half_open / 2;
}

static void send_cookie(struct ike_engine *engine, const struct ike_path *path,
			const struct ike_message *m)
{
	struct ike_header h = {
		.version = IKE_V1,
		.exchange = IKEV1_INFORMATIONAL,
	};
	uint8_t buf[128], cookie[IKEV1_COOKIE_LEN];
	struct ike_builder b;
	size_t len;

	memcpy(h.spi_i, m->hdr.spi_i, IKE_SPI_LEN);
	if (ike_cookie_make(engine, path, m->hdr.spi_i, (struct ike_blob){ 0 },
			    cookie, sizeof(cookie)))
		return;
	ike_build(&b, buf, sizeof(buf), &h);
	ikev1_notify_write(&b, IKE_PROTO_IKE, IKEV1_MS_DOS_COOKIE, NULL, 0,
			   cookie, sizeof(cookie));
	len = ike_build_finish(&b);
	if (len > m->raw_len)
		return;
	engine->counters.cookies_sent++;
	ike_send(engine, path, buf, len);
}

void ikev1_respond(struct ike_engine *engine, const struct ike_path *path,
		   struct ike_message *m)
{
	bool aggressive = m->hdr.exchange == IKEV1_AGGRESSIVE;
	char text[IKE_PATH_STRLEN];
	struct ike_sa *sa;
	int err;

	if (m->hdr.flags & IKEV1_FLAG_ENCRYPTED ||
	    !ike_payload_get(m, IKEV1_SA)) {
		engine->counters.invalid_packets++;
		return;
	}
	if (!allowed(engine, path, aggressive))
		return;
	if (!cookie_good(engine, path, m)) {
		send_cookie(engine, path, m);
		return;
	}
	sa = ikev1_sa_new(engine, false, path);
	if (!sa)
		return;
	ike_sa_set_peer(sa, m->hdr.spi_i);
	ikev1_of(sa)->aggressive = aggressive;
	err = ike_limit_take(sa) ? 0 : -EBUSY;
	if (!err)
		ike_log_begin(sa, "the peer begins %s mode: %s",
			      aggressive ? "aggressive" : "main",
			      ike_path_text(path, text, sizeof(text)));
	if (!err)
		err = aggressive ? ikev1_aggressive_answer(sa, m) :
				   ikev1_main_answer(sa, m);
	/* What has cost a key counts as begun, until it would be given up. */
	if (err && !ikev1_of(sa)->ke_r.len)
		ike_sa_free(sa, IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
}
