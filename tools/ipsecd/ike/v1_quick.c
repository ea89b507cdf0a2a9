// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Quick mode, RFC 2409 section 5.5: three messages, sometimes a fourth when
 * the responder set the commit bit.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "v1.h"
#include "v1_quick.h"

#define TRIES 6
#define CONFIRM_MS 30000 /* the third message must come by then */
#define KEEP_MS 60000 /* a finished one answers duplicates that long */

static void give_up(struct ike_child *child, enum ipsecdrv_refuse_reason reason)
{
	ike_child_refuse(child, reason);
	ike_child_free(child);
}

static void abandon(struct ikev1_quick *q, enum ipsecdrv_refuse_reason reason)
{
	struct ike_child *child = q->child;

	q->child = NULL;
	if (child)
		give_up(child, reason);
	ikev1_quick_free(q);
}

static void wire_given_up(struct ikev1_wire *wire)
{
	struct ikev1_quick *q = ike_container(wire, struct ikev1_quick, wire);

	if (q->done) {
		ikev1_quick_free(q);
		return;
	}
	ike_log_child_failure(q->sa, q->child, IKE_CAUSE_NO_ANSWER,
			      "the peer does not answer in quick mode");
	abandon(q, IPSECDRV_REFUSE_REASON_NO_ANSWER);
}

static void end_due(struct ike_timer *timer)
{
	struct ikev1_quick *q = ike_container(timer, struct ikev1_quick, end);

	if (q->wait_connected) {
		ikev1_quick_connected(q->sa, q->id);
		return;
	}
	if (!q->done)
		ike_log_child_failure(q->sa, q->child, IKE_CAUSE_NO_ANSWER,
				      "the peer did not confirm quick mode");
	abandon(q, IPSECDRV_REFUSE_REASON_NO_ANSWER);
}

static struct ikev1_quick *quick_new(struct ike_sa *sa, uint32_t id,
				     struct ike_child *child)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ikev1_quick *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->sa = sa;
	q->id = id;
	q->child = child;
	q->initiator = child->initiator;
	q->end.fn = end_due;
	ikev1_wire_init(&q->wire, sa, wire_given_up);
	if (ikev1_iv_quick(&v1->keys, v1->last_main, id, q->wire.iv)) {
		free(q);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&v1->quicks, q, link);
	return q;
}

void ikev1_quick_free(struct ikev1_quick *q)
{
	TAILQ_REMOVE(&ikev1_of(q->sa)->quicks, q, link);
	ike_timer_stop(&q->sa->engine->timers, &q->end);
	ikev1_wire_free(&q->wire);
	ike_proposals_free(&q->offer);
	ikev1_bytes_free(&q->ni);
	ikev1_bytes_free(&q->nr);
	ikev1_bytes_free(&q->id_ci);
	ikev1_bytes_free(&q->id_cr);
	ike_dh_free(q->dh);
	ike_wipe(q, sizeof(*q));
	free(q);
}

static void set_end(struct ikev1_quick *q, uint64_t ms)
{
	struct ike_engine *engine = q->sa->engine;

	ike_timer_set(&engine->timers, &q->end, ike_now(engine) + ms);
}

static void done(struct ikev1_quick *q)
{
	q->done = true;
	q->child = NULL;
	q->wait_connected = false;
	ikev1_wire_answered(&q->wire);
	ike_wipe(q->secret, sizeof(q->secret));
	set_end(q, KEEP_MS);
}

static struct ikev1_quick *find(const struct ike_sa *sa, uint32_t id)
{
	struct ikev1_quick *q;

	TAILQ_FOREACH(q, &ikev1_of(sa)->quicks, link)
		if (q->id == id)
			return q;
	return NULL;
}

static struct iovec id_iov(uint32_t *be, uint32_t id)
{
	*be = htonl(id);
	return (struct iovec){ be, sizeof(*be) };
}

/* HASH(1): M-ID; HASH(2): M-ID and the initiator's nonce. */
static unsigned int hash_head(const struct ikev1_quick *q, uint32_t *be,
			      struct iovec *iov)
{
	unsigned int n = 0;

	iov[n++] = id_iov(be, q->id);
	if (q->ni.len)
		iov[n++] = (struct iovec){ q->ni.data, q->ni.len };
	return n;
}

static int add_nonce(struct ikev1_out *out, struct ikev1_bytes *to,
		     const struct ike_sa *sa)
{
	const struct ike_env *env = sa->engine->env;
	uint8_t nonce[IKEV1_NONCE_LEN];
	int err = env->random(env->ctx, nonce, sizeof(nonce));

	ike_bytes_write(&out->b, IKEV1_NONCE, nonce, sizeof(nonce));
	return err ?: ikev1_bytes_set(to, nonce, sizeof(nonce));
}

static void add_ke(struct ikev1_out *out, const struct ikev1_quick *q)
{
	const uint8_t *value;
	size_t len;

	if (!q->dh)
		return;
	value = ike_dh_public(q->dh, &len);
	ike_bytes_write(&out->b, IKEV1_KE, value, len);
}

static int send_first(struct ikev1_quick *q)
{
	struct ikev1_out *out = ikev1_out_new(q->sa, IKEV1_QUICK_MODE, q->id);
	struct iovec head[2];
	uint32_t be;
	int err;

	if (!out)
		return -ENOMEM;
	ikev1_hash_reserve(out, q->sa);
	ikev1_sa_write(&out->b, false, &q->offer);
	err = add_nonce(out, &q->ni, q->sa);
	add_ke(out, q);
	ikev1_ids_write(out, q->child);
	ikev1_natoa_write(out, q->sa, q->child);
	head[0] = id_iov(&be, q->id);
	if (!err)
		err = ikev1_hash_fill(out, q->sa, head, 1);
	if (!err)
		return ikev1_out_send(out, &q->wire, true, TRIES);
	ikev1_out_free(out);
	return err;
}

/* A rekey asks for the same traffic; a new one for what the acquire wants. */
static struct ike_child *prepare(struct ike_sa *sa, struct ike_child *asked)
{
	return asked->state == IKE_CHILD_NEW ? asked :
					       ike_child_again(sa, asked);
}

static int start(struct ikev1_quick *q)
{
	int err = ikev1_quick_offer(q);

	return err ?: send_first(q);
}

void ikev1_quick_start(struct ike_sa *sa, struct ike_child *asked)
{
	struct ike_child *child = prepare(sa, asked);
	struct ikev1_quick *q =
		child ? quick_new(sa, ikev1_fresh_id(sa), child) : NULL;
	int err = q ? start(q) : -ENOMEM;

	if (!err) {
		ike_log_child_begin(child);
		return;
	}
	ike_log_child_failure(
		sa, child, IKE_CAUSE_LOCAL, "quick mode cannot begin: %s",
		err == -EMSGSIZE ?
			"version 1 cannot name a range of ports; narrow the filter or use version 2" :
			strerror(-err));
	if (q)
		abandon(q, IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
	else if (child)
		give_up(child, IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
	else
		ike_child_renew_failed(asked);
}

static int send_third(struct ikev1_quick *q)
{
	static const uint8_t zero;
	struct ikev1_out *out = ikev1_out_new(q->sa, IKEV1_QUICK_MODE, q->id);
	struct iovec head[4] = { { (void *)&zero, 1 } };
	uint32_t be;
	int err;

	if (!out)
		return -ENOMEM;
	ikev1_hash_reserve(out, q->sa);
	head[1] = id_iov(&be, q->id);
	head[2] = (struct iovec){ q->ni.data, q->ni.len };
	head[3] = (struct iovec){ q->nr.data, q->nr.len };
	err = ikev1_hash_fill(out, q->sa, head, 4);
	if (!err)
		return ikev1_out_send(out, &q->wire, true, 0);
	ikev1_out_free(out);
	return err;
}

static int read_nonce(const struct ike_message *m, struct ikev1_bytes *to)
{
	const struct ike_payload *p = ike_payload_get(m, IKEV1_NONCE);

	if (!p || ike_payload_count(m, IKEV1_NONCE) != 1 || p->len < 8 ||
	    p->len > 256)
		return -EBADMSG;
	return ikev1_bytes_set(to, p->data, p->len);
}

static int read_ke(struct ikev1_quick *q, const struct ike_message *m)
{
	const struct ike_payload *p = ike_payload_get(m, IKEV1_KE);

	if (!p != !q->dh)
		return -EBADMSG;
	return p ? ike_dh_shared(q->dh, p->data, p->len, q->secret,
				 &q->secret_len) :
		   0;
}

/* After the third message, by which the peer has it. */
static int install_last(struct ikev1_quick *q)
{
	int err = ikev1_quick_install(q);

	if (err)
		ikev1_delete_tell(q->sa, q->child);
	return err;
}

/*
 * The initiator is done when it sends the third message. A pair that only
 * listens at first is there before, for the peer may use it at once; one that
 * would send comes after, for the peer may not take its packets before.
 */
static int finish(struct ikev1_quick *q, bool commit)
{
	struct ike_child *child = q->child;
	bool listens = child->rekeys != NULL;
	int err = listens ? ikev1_quick_install(q) : 0;

	if (!err)
		err = send_third(q);
	if (!err && commit && !listens) {
		q->wait_connected = true;
		set_end(q, 2000);
		return 0;
	}
	if (!err && !listens)
		err = install_last(q);
	if (err)
		return err;
	done(q);
	ikev1_quick_settled(child);
	return 0;
}

static int take_second(struct ikev1_quick *q, const struct ike_message *m)
{
	struct iovec head[2];
	uint32_t be;
	unsigned int n = hash_head(q, &be, head);
	int err = ikev1_hash_check(q->sa, m, head, n);

	if (err)
		return -EAGAIN;
	ikev1_heard(q->sa);
	err = read_nonce(m, &q->nr);
	if (!err)
		err = read_ke(q, m);
	if (!err)
		err = ikev1_quick_check(q, m);
	return err ?: finish(q, m->hdr.flags & IKEV1_FLAG_COMMIT);
}

static int send_second(struct ikev1_quick *q)
{
	struct ikev1_out *out = ikev1_out_new(q->sa, IKEV1_QUICK_MODE, q->id);
	struct iovec head[2];
	uint32_t be;
	unsigned int n = hash_head(q, &be, head);
	int err;

	if (!out)
		return -ENOMEM;
	ikev1_hash_reserve(out, q->sa);
	ikev1_sa_write(&out->b, false, &q->offer);
	err = add_nonce(out, &q->nr, q->sa);
	add_ke(out, q);
	ikev1_quick_ids_back(out, q);
	ikev1_natoa_write(out, q->sa, q->child);
	ikev1_quick_lifetime_write(out, q);
	if (!err)
		err = ikev1_hash_fill(out, q->sa, head, n);
	/* Ready to receive before the peer can send. */
	if (!err)
		err = ikev1_quick_install(q);
	if (!err)
		return ikev1_out_send(out, &q->wire, true, TRIES);
	ikev1_out_free(out);
	return err;
}

static int take_first(struct ikev1_quick *q, const struct ike_message *m)
{
	int err = ikev1_quick_choose(q, m);

	if (!err)
		err = read_nonce(m, &q->ni);
	if (!err && q->group) {
		q->dh = ike_dh_new(q->group);
		err = q->dh ? 0 : -EOPNOTSUPP;
	}
	if (!err)
		err = read_ke(q, m);
	if (!err)
		err = send_second(q);
	if (!err)
		set_end(q, CONFIRM_MS);
	return err;
}

static int take_third(struct ikev1_quick *q, const struct ike_message *m)
{
	static const uint8_t zero;
	struct iovec head[4] = { { (void *)&zero, 1 } };
	struct ike_child *child = q->child;
	uint32_t be;

	head[1] = id_iov(&be, q->id);
	head[2] = (struct iovec){ q->ni.data, q->ni.len };
	head[3] = (struct iovec){ q->nr.data, q->nr.len };
	if (ikev1_hash_check(q->sa, m, head, 4))
		return -EAGAIN;
	ikev1_heard(q->sa);
	done(q);
	ikev1_quick_settled(child);
	return 0;
}

void ikev1_quick_connected(struct ike_sa *sa, uint32_t id)
{
	struct ikev1_quick *q = find(sa, id);
	struct ike_child *child = q ? q->child : NULL;

	if (!child || !q->wait_connected)
		return;
	if (install_last(q)) {
		abandon(q, IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
		return;
	}
	done(q);
	ikev1_quick_settled(child);
}

static uint16_t notify_of(int err)
{
	switch (err) {
	case -ENOENT:
	case -EDQUOT:
		return IKEV1_NO_PROPOSAL_CHOSEN;
	case -EADDRNOTAVAIL:
	case -EOPNOTSUPP:
		return IKEV1_INVALID_ID_INFORMATION;
	default:
		return IKEV1_PAYLOAD_MALFORMED;
	}
}

static void failed(struct ikev1_quick *q, int err)
{
	struct ike_sa *sa = q->sa;
	uint16_t type = notify_of(err);
	uint32_t be;
	struct iovec id = id_iov(&be, q->id);

	ike_log_child_failure(
		sa, q->child,
		err == -ENOENT	      ? IKE_CAUSE_NO_CHILD_PROPOSAL :
		err == -EADDRNOTAVAIL ? IKE_CAUSE_SELECTORS :
					IKE_CAUSE_LOCAL,
		"quick mode failed: %s",
		err == -ENOENT ?
			"no common security method; compare the algorithms, modes and groups of both sides" :
		err == -EADDRNOTAVAIL ?
			"no filter of a rule for this peer covers the traffic it asks for" :
		err == -EDQUOT ?
			"main mode has made as many as it may; see qm-limit, master-pfs and limits" :
			strerror(-err));
	/* MS-IKEE 2.2.6: the message ID tells which quick mode is meant. */
	ikev1_notify(sa, IKE_PROTO_ESP, type, NULL, 0, id.iov_base, id.iov_len);
	abandon(q, IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
}

static struct ikev1_quick *first_seen(struct ike_sa *sa, uint32_t id)
{
	struct ike_engine *engine = sa->engine;
	struct ikev1_quick *q;
	struct ike_child *child;
	unsigned int open = 0;

	TAILQ_FOREACH(q, &ikev1_of(sa)->quicks, link)
		open += !q->done && !q->initiator;
	if (open >= engine->policy->limits.per_address) {
		engine->counters.limited++;
		return NULL;
	}
	child = ike_child_new(sa, NULL, false);
	q = child ? quick_new(sa, id, child) : NULL;
	if (!q && child)
		ike_child_free(child);
	return q;
}

/* It was not the peer's: as if it had not come. */
static void undo_first(struct ikev1_quick *q)
{
	ike_child_free(q->child);
}

static void handle(struct ikev1_quick *q, struct ike_message *m, bool first,
		   const uint8_t *old_iv)
{
	int err;

	if (first)
		err = take_first(q, m);
	else if (q->initiator && !q->wait_connected)
		err = take_second(q, m);
	else if (q->initiator)
		err = -EAGAIN; /* the fourth: see ikev1_quick_message() */
	else
		err = take_third(q, m);
	if (err == -EAGAIN) {
		memcpy(q->wire.iv, old_iv, IKE_BLOCK_MAX);
		return;
	}
	if (err)
		failed(q, err);
	else
		ikev1_wire_seen(&q->wire, m);
}

static bool hash1_good(const struct ike_sa *sa, const struct ike_message *m)
{
	uint32_t be;
	struct iovec head = id_iov(&be, m->hdr.id);

	return !ikev1_hash_check(sa, m, &head, 1);
}

/* What follows the third message: a Windows server says that it is connected. */
static void take_fourth(struct ikev1_quick *q, struct ike_message *m)
{
	uint8_t plain[IKE_MESSAGE_MAX];

	if (!q->initiator ||
	    ikev1_decrypt_message(q->sa, m, q->wire.iv, plain) ||
	    !hash1_good(q->sa, m))
		return;
	if (ike_payload_get(m, IKEV1_NOTIFY))
		ikev1_quick_connected(q->sa, q->id);
}

void ikev1_quick_message(struct ike_sa *sa, struct ike_message *m)
{
	struct ikev1_quick *q = m->hdr.id ? find(sa, m->hdr.id) : NULL;
	bool first = !q;
	uint8_t plain[IKE_MESSAGE_MAX], iv[IKE_BLOCK_MAX];

	/* What came of it would end with the SA, and the peer not know. */
	if (sa->state == IKE_SA_CONNECTING || sa->state == IKE_SA_DELETING ||
	    !m->hdr.id || !(m->hdr.flags & IKEV1_FLAG_ENCRYPTED)) {
		sa->engine->counters.unexpected++;
		return;
	}
	if (q && ikev1_wire_duplicate(&q->wire, m))
		return;
	if (q && (q->done || q->wait_connected)) {
		take_fourth(q, m);
		return;
	}
	if (!q)
		q = first_seen(sa, m->hdr.id);
	if (!q)
		return;
	memcpy(iv, q->wire.iv, sizeof(iv));
	if (ikev1_decrypt_message(sa, m, q->wire.iv, plain) ||
	    (first && !hash1_good(sa, m))) {
		if (first)
			undo_first(q);
		return;
	}
	if (first)
		ikev1_heard_first(sa, m->hdr.id);
	handle(q, m, first, iv);
	ike_wipe(plain, m->raw_len);
}

struct ikev1_quick *ikev1_quick_of(const struct ike_sa *sa,
				   const struct ike_child *child)
{
	struct ikev1_quick *q;

	TAILQ_FOREACH(q, &ikev1_of(sa)->quicks, link)
		if (q->child == child)
			return q;
	return NULL;
}

void ikev1_quick_forget(struct ike_sa *sa, struct ike_child *child)
{
	struct ikev1_quick *q = ikev1_quick_of(sa, child);

	if (!q)
		return;
	q->child = NULL;
	ikev1_quick_free(q);
}

void ikev1_quick_failed(struct ike_sa *sa, const uint8_t *spi, size_t len,
			uint16_t notify)
{
	struct ikev1_quick *q;
	uint32_t id;

	/* The peer names the message ID, or there is only one to be meant. */
	TAILQ_FOREACH(q, &ikev1_of(sa)->quicks, link) {
		if (!q->initiator || q->done)
			continue;
		if (len >= sizeof(id)) {
			memcpy(&id, spi, sizeof(id));
			if (ntohl(id) != q->id && TAILQ_NEXT(q, link))
				continue;
		}
		ike_log_child_failure(sa, q->child,
				      ike_cause_of_notify(1, notify, true),
				      "the peer refuses quick mode: %s",
				      ike_notify_name(1, notify));
		abandon(q, ikev1_refuse_reason(notify));
		return;
	}
}
