// SPDX-License-Identifier: GPL-2.0-or-later
/* Who the two are, and the proof of it: RFC 2409 sections 5.1 and 5.4. */
#include <errno.h>
#include <string.h>

#include "v1.h"

#define CERTS_MAX 8 /* of a peer */
#define TRUSTS_MAX 16 /* that are asked for, or tried, for one message */
#define ID_BODY_MAX (IKE_ID_MAX + 4)

/* HASH_I or HASH_R: of the initiator's or the responder's identity. */
static int auth_hash(const struct ike_sa *sa, bool of_initiator, uint8_t *out)
{
	const struct ikev1 *v1 = ikev1_of(sa);
	const struct ikev1_bytes *ke[] = { &v1->ke_i, &v1->ke_r };
	const uint8_t *cky[] = { ike_sa_spi_i(sa), ike_sa_spi_r(sa) };
	const struct ikev1_bytes *id = of_initiator ? &v1->id_i : &v1->id_r;
	int r = !of_initiator;
	struct iovec iov[] = {
		{ ke[r]->data, ke[r]->len },
		{ ke[!r]->data, ke[!r]->len },
		{ (void *)cky[r], IKE_SPI_LEN },
		{ (void *)cky[!r], IKE_SPI_LEN },
		{ v1->sa_body.data, v1->sa_body.len },
		{ id->data, id->len },
	};

	return ike_prf(v1->keys.prf, v1->keys.skeyid, v1->keys.len, iov, 6,
		       out);
}

static void choose_local_id(struct ike_sa *sa)
{
	if (sa->auth->local.type)
		sa->local_id = sa->auth->local;
	else if (sa->auth->credential)
		ike_credential_id(sa->auth->credential, &sa->local_id);
	else
		ike_id_addr(&sa->local_id, &sa->path.local);
}

static int write_id(struct ikev1_out *out, struct ike_sa *sa)
{
	struct ikev1 *v1 = ikev1_of(sa);
	uint8_t body[ID_BODY_MAX];
	struct ipsec_writer w;

	choose_local_id(sa);
	ipsec_writer_init(&w, body, sizeof(body));
	ipsec_write_u8(&w, sa->local_id.type);
	ipsec_write_u8(&w, 0); /* any protocol and port: we may float */
	ipsec_write_u16(&w, 0);
	ipsec_write(&w, sa->local_id.data, sa->local_id.len);
	ike_bytes_write(&out->b, IKEV1_ID, body, w.len);
	return ikev1_bytes_set(sa->initiator ? &v1->id_i : &v1->id_r, body,
			       w.len);
}

static void write_certs(struct ikev1_out *out, const struct ike_sa *sa)
{
	const uint8_t *der;
	unsigned int i;
	size_t len;

	for (i = 0; (der = ike_credential_cert(sa->auth->credential, i, &len));
	     i++)
		ike_cert_write(&out->b, IKEV1_CERT, IKE_CERT_X509_SIGNATURE,
			       der, len);
}

int ikev1_auth_write(struct ikev1_out *out, struct ike_sa *sa)
{
	uint8_t hash[IKE_PRF_MAX], signature[IKE_SIGNATURE_MAX];
	size_t len = ikev1_of(sa)->keys.len;
	int err = write_id(out, sa);

	if (!err)
		err = auth_hash(sa, sa->initiator, hash);
	if (err)
		return err;
	if (!ikev1_by_signature(sa)) {
		ike_bytes_write(&out->b, IKEV1_HASH, hash, len);
		return 0;
	}
	write_certs(out, sa);
	err = ikev1_sign(sa->auth->credential, sa->chosen.auth,
			 (struct ike_blob){ hash, len }, signature, &len);
	if (!err)
		ike_bytes_write(&out->b, IKEV1_SIG, signature, len);
	return err;
}

static int read_id(struct ike_sa *sa, const struct ike_message *m)
{
	const struct ike_payload *p = ike_payload_get(m, IKEV1_ID);
	struct ikev1 *v1 = ikev1_of(sa);

	if (!p || ike_payload_count(m, IKEV1_ID) != 1 || p->len < 4)
		return -EBADMSG;
	if (ike_id_read(&sa->remote_id, p->data[0], p->data + 4, p->len - 4))
		return ikev1_doubt(
			sa, IKEV1_INVALID_ID_INFORMATION, IKE_CAUSE_AUTH_FAILED,
			"the peer's identity cannot be read: it is of type %u, %zu bytes long",
			p->data[0], p->len - 4);
	return ikev1_bytes_set(sa->initiator ? &v1->id_r : &v1->id_i, p->data,
			       p->len);
}

static int check_psk(struct ike_sa *sa, const struct ike_message *m,
		     const uint8_t *want)
{
	const struct ike_payload *p = ike_payload_get(m, IKEV1_HASH);

	if (p && p->len == ikev1_of(sa)->keys.len &&
	    ike_equal(p->data, want, p->len))
		return 0;
	return ikev1_doubt(
		sa, IKEV1_AUTHENTICATION_FAILED, IKE_CAUSE_AUTH_FAILED,
		"the peer's hash is wrong: is the pre-shared key the same on both sides?");
}

static void collect_certs(const struct ike_message *m,
			  struct ike_peer_certs *certs)
{
	const struct ike_payload *p = NULL;

	certs->count = 0;
	while ((p = ike_payload_next(m, IKEV1_CERT, p)) &&
	       certs->count < CERTS_MAX)
		if (!ike_cert_read(p, &certs->cert[certs->count]))
			certs->count++;
}

/*
 * The answer of an OCSP responder is there when the peer repeats its message.
 * Each certificate of a chain may name one; without anybody to fetch they are
 * all taken as silent.
 */
static enum ike_trust_result check_trust(struct ike_sa *sa,
					 const struct ike_peer_certs *certs,
					 struct ike_peer_key **key)
{
	const struct ike_env *env = sa->engine->env;
	enum ike_trust_result result = IKE_TRUST_OCSP;
	struct ike_ocsp ocsp = { 0 };
	unsigned int i;

	for (i = 0; i < CERTS_MAX && result == IKE_TRUST_OCSP; i++) {
		result = ike_trust_check(sa->auth->trust, certs, &sa->remote_id,
					 env->wall(env->ctx), key, &ocsp);
		if (result == IKE_TRUST_OCSP &&
		    !ike_sa_fetch(sa, sa->auth->trust, &ocsp))
			break;
	}
	return result;
}

/* How far a proof came, and what it is refused for. */
enum reached { NO_RULE, NO_CHAIN, NO_TRUST, NO_SIGNATURE, PROVEN };

struct finding {
	enum reached reached;
	enum ike_trust_result trust;
};

/* -EAGAIN: OCSP has to be waited for. */
static int check_signature(struct ike_sa *sa, const struct ike_message *m,
			   struct ike_blob want, struct finding *found)
{
	const struct ike_payload *p = ike_payload_get(m, IKEV1_SIG);
	struct ike_peer_key *key = NULL;
	struct ike_peer_certs certs;

	collect_certs(m, &certs);
	found->trust = check_trust(sa, &certs, &key);
	if (found->trust == IKE_TRUST_OCSP)
		return -EAGAIN;
	if (found->trust == IKE_TRUST_NO_CHAIN)
		found->reached = NO_CHAIN;
	else if (found->trust != IKE_TRUST_OK)
		found->reached = NO_TRUST;
	else if (!p || ikev1_verify(key, sa->chosen.auth, want,
				    (struct ike_blob){ p->data, p->len }))
		found->reached = NO_SIGNATURE;
	else
		found->reached = PROVEN;
	ike_peer_key_free(key);
	return 0;
}

/* The same secret, so that what was proven holds for this one too. */
static bool same_method(const struct ike_sa *sa, const struct policy_auth *auth)
{
	const struct policy_auth *now = sa->auth;

	if (auth->method != now->method)
		return false;
	return auth->method == IKE_AUTH_PSK ?
		       auth->psk_len == now->psk_len &&
			       ike_equal(auth->psk, now->psk, now->psk_len) :
		       auth->credential == now->credential;
}

/* The peer was held to the same, so that its proof was good for this one, too. */
static bool same_proof(const struct ike_sa *sa, const struct policy_auth *auth)
{
	return same_method(sa, auth) && auth->trust == sa->auth->trust;
}

static bool id_fits(const struct ike_sa *sa, const struct policy_auth *auth)
{
	return !auth->remote.type ||
	       ike_id_match(&auth->remote, &sa->remote_id);
}

/* Could main mode have been of this rule? */
static bool suits(const struct ike_sa *sa, const struct policy_rule *rule)
{
	return (rule->aggressive || !ikev1_of(sa)->aggressive) &&
	       ike_proposal_fits(&rule->ike, &sa->chosen, true);
}

/* The method of a rule that what the peer has proven holds for; NULL: none. */
static const struct policy_auth *method_for(const struct ike_sa *sa,
					    const struct policy_rule *rule)
{
	unsigned int i;

	for (i = 0; suits(sa, rule) && i < rule->auths; i++)
		if (same_proof(sa, &rule->auth[i]) &&
		    id_fits(sa, &rule->auth[i]))
			return &rule->auth[i];
	return NULL;
}

bool ikev1_rule_allows(const struct ike_sa *sa, const struct policy_rule *rule)
{
	return method_for(sa, rule);
}

/* Several rules may have been meant: the SA's first, as responder any other. */
static const struct policy_rule *next_rule(const struct ike_sa *sa,
					   const struct policy_rule *rule)
{
	do {
		if (sa->initiator)
			return NULL;
		rule = policy_rule_next(sa->policy, rule, &sa->path.local,
					&sa->path.remote, 1);
	} while (rule && rule == sa->rule);
	return rule;
}

static bool choose_rule(struct ike_sa *sa)
{
	const struct policy_auth *auth = method_for(sa, sa->rule);
	const struct policy_rule *rule = NULL;

	while (!auth && (rule = next_rule(sa, rule)))
		auth = method_for(sa, rule);
	if (!auth)
		return false;
	if (rule)
		ike_sa_set_rule(sa, rule);
	sa->auth = auth;
	return true;
}

static const char no_rule[] =
	"no rule takes the peer's identity %s; name it as the rule's remote identity";

/* By its hash the peer has proven who it is, whatever we make of that. */
static int hold_to_psk(struct ike_sa *sa, const struct ike_message *m,
		       const uint8_t *want)
{
	int err = check_psk(sa, m, want);
	char text[IKE_ID_STRLEN];

	if (err || choose_rule(sa))
		return err;
	sa->engine->counters.authentication_failures++;
	ike_log_failure(sa, IKE_CAUSE_AUTH_FAILED, no_rule,
			ike_id_text(&sa->remote_id, text, sizeof(text)));
	return IKEV1_INVALID_ID_INFORMATION;
}

/* By a signature of the kind that was agreed on; our own may be made already. */
static bool is_meant(const struct ike_sa *sa, const struct policy_auth *auth)
{
	const struct policy_auth *now = sa->auth;

	if (auth->method == IKE_AUTH_PSK || !auth->trust)
		return false;
	if (sa->initiator || ikev1_of(sa)->aggressive)
		return auth->credential == now->credential &&
		       ike_id_equal(&auth->local, &now->local);
	return ikev1_auth_number(auth->method, auth->credential) ==
	       sa->chosen.auth;
}

static bool all_tried(const struct finding *best, int err)
{
	return err || best->reached == PROVEN;
}

/* Rules share them: each is of use once, and no more than so many. */
struct trusts {
	const struct ike_trust *trust[TRUSTS_MAX];
	unsigned int count;
};

static bool is_new(struct trusts *t, const struct ike_trust *trust)
{
	unsigned int i;

	for (i = 0; i < t->count; i++)
		if (t->trust[i] == trust)
			return false;
	if (t->count == TRUSTS_MAX)
		return false;
	t->trust[t->count++] = trust;
	return true;
}

/* Until one of them believes it; the SA has the last one that was tried. */
static int try_rule(struct ike_sa *sa, const struct policy_rule *rule,
		    const struct ike_message *m, struct ike_blob want,
		    struct trusts *tried, struct finding *best)
{
	struct finding one;
	unsigned int i;
	int err = 0;

	for (i = 0; suits(sa, rule) && i < rule->auths; i++) {
		const struct policy_auth *auth = &rule->auth[i];

		if (!is_meant(sa, auth) || !id_fits(sa, auth) ||
		    !is_new(tried, auth->trust))
			continue;
		sa->auth = auth;
		err = check_signature(sa, m, want, &one);
		if (!err && one.reached > best->reached)
			*best = one;
		if (all_tried(best, err))
			break;
	}
	return err;
}

static int refuse_signature(struct ike_sa *sa, const struct finding *best)
{
	char text[IKE_ID_STRLEN];

	sa->trust = best->trust;
	switch (best->reached) {
	case NO_RULE:
		return ikev1_doubt(sa, IKEV1_INVALID_ID_INFORMATION,
				   IKE_CAUSE_AUTH_FAILED, no_rule,
				   ike_id_text(&sa->remote_id, text,
					       sizeof(text)));
	case NO_SIGNATURE:
		return ikev1_doubt(sa, IKEV1_INVALID_SIGNATURE,
				   IKE_CAUSE_AUTH_FAILED,
				   "the peer's signature is wrong");
	default:
		return ikev1_doubt(sa, IKEV1_INVALID_CERTIFICATE,
				   ike_cause_of_proof(sa),
				   "the peer's certificate is refused: %s",
				   ike_trust_text(best->trust));
	}
}

static int hold_to_signature(struct ike_sa *sa, const struct ike_message *m,
			     struct ike_blob want)
{
	const struct policy_auth *before = sa->auth;
	const struct policy_rule *rule = NULL;
	struct finding best = { NO_RULE, IKE_TRUST_OK };
	struct trusts tried = { .count = 0 };
	int err;

	/* One at a time: to ask anew would forget the answer that is on its way. */
	if (sa->fetch)
		return -EAGAIN;
	err = try_rule(sa, sa->rule, m, want, &tried, &best);
	while (!all_tried(&best, err) && (rule = next_rule(sa, rule)))
		err = try_rule(sa, rule, m, want, &tried, &best);
	if (!err && best.reached == PROVEN) {
		sa->trust = best.trust;
		if (rule)
			ike_sa_set_rule(sa, rule);
		return 0;
	}
	sa->auth = before;
	if (err == -EAGAIN)
		ikev1_doubt_end(sa); /* this one may be better */
	return err ?: refuse_signature(sa, &best);
}

static void request(const struct ike_sa *sa, const struct policy_rule *rule,
		    struct trusts *asked, struct ikev1_out *out)
{
	const uint8_t *name;
	unsigned int a, i;
	size_t len;

	for (a = 0; suits(sa, rule) && a < rule->auths; a++) {
		const struct ike_trust *trust = rule->auth[a].trust;

		if (!is_meant(sa, &rule->auth[a]) || !is_new(asked, trust))
			continue;
		for (i = 0; (name = ikev1_trust_request(trust, i, &len)); i++)
			ike_cert_write(&out->b, IKEV1_CERTREQ,
				       IKE_CERT_X509_SIGNATURE, name, len);
	}
}

/* For certificates of the CAs of all methods that may be meant. */
void ikev1_certreq_write(struct ikev1_out *out, const struct ike_sa *sa)
{
	const struct policy_rule *rule = NULL;
	struct trusts asked = { .count = 0 };

	if (!ikev1_by_signature(sa))
		return;
	request(sa, sa->rule, &asked, out);
	while ((rule = next_rule(sa, rule)))
		request(sa, rule, &asked, out);
}

int ikev1_auth_proof(struct ike_sa *sa, const struct ike_message *m)
{
	uint8_t want[IKE_PRF_MAX];
	int err = auth_hash(sa, !sa->initiator, want);

	if (err)
		return err;
	if (!ikev1_by_signature(sa))
		return hold_to_psk(sa, m, want);
	return hold_to_signature(
		sa, m, (struct ike_blob){ want, ikev1_of(sa)->keys.len });
}

int ikev1_auth_read(struct ike_sa *sa, const struct ike_message *m)
{
	return read_id(sa, m) ?: ikev1_auth_proof(sa, m);
}
