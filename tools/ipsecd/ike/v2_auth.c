// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE_AUTH as initiator (RFC 7296 section 1.2). */
#include "v2_message.h"
#include "v2_util.h"
#include "v2_auth.h"
#include "v2_proof.h"
#include "v2_child.h"
#include "v2_cross.h"

#include <errno.h>
#include <string.h>

/* The Child SA that goes along: the first that waits. */
static struct ike_child *first_child(struct ike_sa *sa)
{
	struct ike_task *task;

	TAILQ_FOREACH(task, &sa->tasks, link)
		if (task->kind == IKE_TASK_CHILD)
			return ike_sa_take(sa, task).child;
	return NULL;
}

/* A pattern is not an identity that can be asked for. */
static bool is_exact(const struct ike_id *id)
{
	return id->type && !memchr(id->data, '*', id->len);
}

static int put_auth(struct ike_sa *sa, struct ike_builder *b)
{
	struct ikev2 *v = ikev2_of(sa);
	bool ppk = sa->rule->ppk != POLICY_NO && v->ppk;
	uint8_t out[IKE_SIGNATURE_MAX], method;
	struct ikev2_keys mixed;
	size_t len;
	int rc;

	if (ppk && !ikev2_ppk_mix(sa, sa->rule, &mixed))
		return -EIO;
	rc = ikev2_proof_make(sa, ppk ? &mixed : &v->keys, sa->auth, &method,
			      out, &len);
	if (ppk)
		ike_wipe(&mixed, sizeof(mixed));
	if (rc)
		return rc;
	ikev2_auth_write(b, method, out, len);
	if (!ppk)
		return 0;
	ikev2_ppk_write_id(sa->rule, b);
	if (sa->rule->ppk == POLICY_YES)
		return 0;
	/* For a peer that has no PPK of this name. */
	rc = ikev2_proof_make(sa, &v->keys, sa->auth, &method, out, &len);
	if (!rc)
		ikev2_notify_put(b, IKEV2_NO_PPK_AUTH, out, len);
	return rc;
}

static int build(struct ike_sa *sa, struct ike_child *child,
		 struct ikev2_chain *c)
{
	struct ikev2 *v = ikev2_of(sa);
	int rc;

	ikev2_id_local(sa, sa->auth, &sa->local_id);
	if (!ikev2_id_write(sa, &c->b, IKEV2_IDI, &sa->local_id))
		return -ENOMEM;
	ikev2_proof_certs(sa->auth, &c->b);
	if (!ike_engine_knows_peer(sa->engine, sa))
		ikev2_notify_put(&c->b, IKEV2_INITIAL_CONTACT, NULL, 0);
	ikev2_proof_certreq(sa->rule, &c->b);
	if (is_exact(&sa->auth->remote)) {
		struct ipsec_writer *w = ike_build_payload(&c->b, IKEV2_IDR);

		ipsec_write_u32(w, (uint32_t)sa->auth->remote.type << 24);
		ipsec_write(w, sa->auth->remote.data, sa->auth->remote.len);
	}
	rc = put_auth(sa, &c->b);
	if (rc || !child)
		return rc;
	return ikev2_child_ask(sa, child, &v->request, &c->b);
}

/* Without a Child SA only if the peer can do that (RFC 6023). */
static struct ike_child *choose_child(struct ike_sa *sa)
{
	if (sa->rule->childless && ikev2_of(sa)->childless)
		return NULL;
	return first_child(sa);
}

/**
 * ikev2_auth_start() - sends IKE_AUTH
 *
 * May free the SA.
 */
void ikev2_auth_start(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_chain c;
	struct ike_child *child;
	int rc;

	sa->auth = &sa->rule->auth[v->auth_next];
	v->request.kind = IKEV2_DO_AUTH;
	child = choose_child(sa);
	v->request.child = child ? child->owner : 0;
	ikev2_chain_start(&c);
	rc = build(sa, child, &c);
	if (!rc)
		rc = ikev2_request_send(sa, &c, IKEV2_AUTH);
	if (!rc)
		return;
	ike_log_failure(sa, IKE_CAUSE_LOCAL,
			"IKE_AUTH cannot be made (%s); see the rule's "
			"credentials and methods",
			strerror(-rc));
	ike_sa_free(sa, IPSECDRV_REFUSE_REASON_AUTH_FAILED);
}

/* The next method of the rule, on a new IKE SA. */
static void try_next_method(struct ike_sa *sa)
{
	unsigned int next = ikev2_of(sa)->auth_next + 1;

	if (next >= sa->rule->auths)
		return;
	ike_log(sa, IKE_LOG_INFO, "tries the rule's next method");
	ikev2_begin_again(sa, next);
}

static void refused(struct ike_sa *sa, uint16_t error)
{
	enum ipsecdrv_refuse_reason reason =
		error ? ikev2_refuse_reason(error) :
			IPSECDRV_REFUSE_REASON_AUTH_FAILED;

	sa->engine->counters.authentication_failures +=
		reason == IPSECDRV_REFUSE_REASON_AUTH_FAILED;
	ike_log_failure(sa,
			error ? ike_cause_of_notify(2, error, false) :
				IKE_CAUSE_AUTH_REFUSED,
			"the peer refuses IKE_AUTH: %s; compare identities, "
			"keys and certificates of both sides",
			error ? ike_notify_name(2, error) : "no AUTH");
	/* The children go over to it, so that nothing is refused yet. */
	if (reason == IPSECDRV_REFUSE_REASON_AUTH_FAILED)
		try_next_method(sa);
	ike_sa_free(sa, reason);
}

/* The peer is not who it should be: it is told (section 2.21.2), once. */
static void reject(struct ike_sa *sa)
{
	struct ikev2_chain c;
	char id[IKE_ID_STRLEN];

	sa->engine->counters.authentication_failures++;
	ike_log_failure(sa, ike_cause_of_proof(sa),
			"the peer %s cannot prove to be whom the rule names; "
			"compare the rule's identity and key with the peer's",
			sa->remote_id.type ?
				ike_id_text(&sa->remote_id, id, sizeof(id)) :
				"without identity");
	ikev2_chain_start(&c);
	ikev2_notify_put(&c.b, IKEV2_AUTHENTICATION_FAILED, NULL, 0);
	ikev2_request_send(sa, &c, IKEV2_INFORMATIONAL);
	ike_sa_free(sa, IPSECDRV_REFUSE_REASON_AUTH_FAILED);
}

static int read_claim(struct ike_sa *sa, const struct ike_message *m,
		      struct ikev2_claim *claim)
{
	const struct ike_payload *id = ikev2_payload_one(m, IKEV2_IDR);
	const struct ike_payload *auth =
		ikev2_payload_one(m, IKEV2_AUTH_PAYLOAD);

	memset(claim, 0, sizeof(*claim));
	if (!id || !auth || ikev2_id_read(id, &claim->remote) ||
	    ikev2_auth_read(auth, &claim->auth))
		return -EBADMSG;
	claim->remote_body = (struct ike_blob){ id->data, id->len };
	sa->remote_id = claim->remote;
	return ikev2_id_fits(sa->auth, claim) ? 0 : -EBADMSG;
}

/* From here on with the PPK, if the peer says that it has it. */
static int settle_ppk(struct ike_sa *sa, const struct ike_message *m)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ikev2_keys mixed;
	struct ike_notify n;

	if (sa->rule->ppk == POLICY_NO || !v->ppk || v->mixed)
		return 0;
	if (!ikev2_notify_find(m, IKEV2_PPK_IDENTITY, &n))
		return sa->rule->ppk == POLICY_YES ? -EBADMSG : 0;
	if (!ikev2_ppk_mix(sa, sa->rule, &mixed))
		return -EIO;
	v->keys = mixed;
	v->mixed = true;
	ike_wipe(&mixed, sizeof(mixed));
	return 0;
}

static void log_established(struct ike_sa *sa)
{
	char local[IKE_ID_STRLEN], remote[IKE_ID_STRLEN];
	char text[IKE_PROPOSAL_STRLEN];

	ike_log_made(sa, false, "IKE SA established: %s <-> %s, %s%s%s",
		     ike_id_text(&sa->local_id, local, sizeof(local)),
		     ike_id_text(&sa->remote_id, remote, sizeof(remote)),
		     ike_proposal_text(&sa->chosen, text, sizeof(text)),
		     sa->encap ? ", UDP encapsulation" : "",
		     ikev2_of(sa)->mixed ? ", PPK" : "");
}

void ikev2_auth_established(struct ike_sa *sa)
{
	struct ikev2 *v = ikev2_of(sa);

	v->state = IKEV2_UP;
	ikev2_bytes_free(&v->init_sent);
	ikev2_bytes_free(&v->init_got);
	ikev2_bytes_free(&v->id_body);
	ike_sa_establish(sa);
	log_established(sa);
}

static void take_child(struct ike_sa *sa, struct ikev2_request *r,
		       struct ike_message *m)
{
	struct ike_child *child = ikev2_child(sa, r->child);
	uint16_t error;
	bool made;

	if (!child)
		return;
	error = ikev2_child_take(sa, child, r, m, true, &made);
	if (error)
		ikev2_create_failed(sa, child, r, error, made);
	else
		ikev2_create_done(child);
}

/**
 * ikev2_auth_response() - the answer to our IKE_AUTH
 * @sa: may be freed
 * @r: the request; taken over while an OCSP answer is awaited
 * @m: the answer
 */
void ikev2_auth_response(struct ike_sa *sa, struct ikev2_request *r,
			 struct ike_message *m)
{
	struct ikev2_claim claim;
	struct ike_notify n;
	int rc;

	if (!ike_payload_get(m, IKEV2_AUTH_PAYLOAD)) {
		refused(sa, ikev2_notify_error(m, &n));
		return;
	}
	rc = read_claim(sa, m, &claim);
	if (!rc)
		rc = settle_ppk(sa, m);
	if (!rc)
		rc = ikev2_proof_check(sa, &ikev2_of(sa)->keys, sa->auth,
				       &claim, m);
	if (rc == -EINPROGRESS && !ikev2_wait_start(sa, NULL, r, m))
		return;
	if (rc) {
		reject(sa);
		return;
	}
	ikev2_auth_established(sa);
	take_child(sa, r, m);
	ikev2_cross_established(sa);
}
