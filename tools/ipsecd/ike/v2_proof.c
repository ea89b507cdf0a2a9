// SPDX-License-Identifier: GPL-2.0-or-later
/* AUTH, certificates and certificate requests (RFC 7296 section 2.15). */
#include "v2_util.h"
#include "v2_proof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CERTREQ_MAX 2048
#define CHAIN_MAX 8

/* ours: what we sign; else what the peer has signed. */
static int octets(const struct ike_sa *sa, const struct ikev2_keys *k,
		  bool ours, struct ike_blob id_body, struct ikev2_bytes *out)
{
	struct ikev2 *v = ikev2_of(sa);
	const struct ikev2_bytes *msg = ours ? &v->init_sent : &v->init_got;
	bool by_initiator = ours == sa->initiator;
	const struct ike_direction_keys *side = by_initiator ? &k->i : &k->r;
	const struct ikev2_nonce *nonce = by_initiator ? &v->nr : &v->ni;
	size_t size = msg->len + nonce->len + IKE_PRF_MAX;

	out->data = malloc(size);
	if (!out->data)
		return -ENOMEM;
	out->len = ikev2_auth_octets(k, side->p,
				     (struct ike_blob){ msg->data, msg->len },
				     ikev2_nonce_blob(nonce), id_body,
				     out->data, size);
	if (out->len)
		return 0;
	ikev2_bytes_free(out);
	return -EIO;
}

/**
 * ikev2_proof_make() - our AUTH
 * @sa: IKE SA; the body of our ID is kept in it
 * @k: its keys, with or without PPK
 * @auth: how
 * @method: of the payload
 * @out: IKE_SIGNATURE_MAX bytes
 * @len: how many were used
 *
 * Return: 0 or a negative errno.
 */
int ikev2_proof_make(const struct ike_sa *sa, const struct ikev2_keys *k,
		     const struct policy_auth *auth, uint8_t *method,
		     uint8_t *out, size_t *len)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ike_blob body = { v->id_body.data, v->id_body.len };
	struct ikev2_bytes o = { 0 };
	struct ike_blob blob;
	int rc;

	rc = octets(sa, k, true, body, &o);
	if (rc)
		return rc;
	blob = (struct ike_blob){ o.data, o.len };
	if (auth->method == IKE_AUTH_PSK) {
		*method = IKEV2_AUTH_PSK;
		*len = ike_prf_len(k->prf);
		rc = ikev2_psk_auth(k, auth->psk, auth->psk_len, blob, out);
	} else {
		rc = auth->credential ? ikev2_sign(auth->credential, v->hashes,
						   blob, method, out, len) :
					-EOPNOTSUPP;
	}
	ikev2_bytes_free(&o);
	return rc;
}

static int check_psk(const struct ikev2_keys *k, const struct policy_auth *auth,
		     struct ike_blob o, const struct ike_auth_body *body)
{
	size_t len = ike_prf_len(k->prf);
	uint8_t want[IKE_PRF_MAX];
	int rc = ikev2_psk_auth(k, auth->psk, auth->psk_len, o, want);

	if (rc)
		return rc;
	rc = body->len == len && ike_equal(want, body->data, len) ? 0 :
								    -EBADMSG;
	ike_wipe(want, sizeof(want));
	return rc;
}

static void read_certs(const struct ike_message *m,
		       struct ike_peer_certs *certs)
{
	const struct ike_payload *p = NULL;

	certs->count = 0;
	while ((p = ike_payload_next(m, IKEV2_CERT, p)) &&
	       certs->count < IKEV2_CERTS_MAX)
		if (!ike_cert_read(p, &certs->cert[certs->count]))
			certs->count++;
}

/* The peer's key, if we trust it. */
static int find_key(struct ike_sa *sa, const struct policy_auth *auth,
		    const struct ikev2_claim *claim,
		    const struct ike_message *m, struct ike_peer_key **key)
{
	const struct ike_env *env = sa->engine->env;
	enum ike_trust_result result;
	struct ike_peer_certs certs;
	struct ike_ocsp ocsp = { 0 };

	read_certs(m, &certs);
	result = ike_trust_check(auth->trust, &certs, &claim->remote,
				 env->wall(env->ctx), key, &ocsp);
	if (result == IKE_TRUST_OCSP) {
		if (!ike_sa_fetch(sa, auth->trust, &ocsp))
			return -EINPROGRESS;
		result = ike_trust_check(auth->trust, &certs, &claim->remote,
					 env->wall(env->ctx), key, &ocsp);
	}
	sa->trust = result;
	if (result == IKE_TRUST_OK)
		return 0;
	ike_ocsp_free(&ocsp);
	ike_log(sa, IKE_LOG_NOTICE, "the peer's certificate: %s",
		ike_trust_text(result));
	return -EACCES;
}

static int check_signature(struct ike_sa *sa, const struct policy_auth *auth,
			   const struct ikev2_claim *claim,
			   const struct ike_message *m, struct ike_blob o)
{
	const struct ikev2 *v = sa->v;
	struct ike_peer_key *key = NULL;
	int rc;

	if (!auth->trust)
		return -EBADMSG;
	rc = find_key(sa, auth, claim, m, &key);
	if (rc)
		return rc;
	rc = ike_peer_key_method(key) == auth->method ?
		     ikev2_verify(key, v->hashes, o, &claim->auth) :
		     -EBADMSG;
	ike_peer_key_free(key);
	return rc;
}

int ikev2_proof_check(struct ike_sa *sa, const struct ikev2_keys *k,
		      const struct policy_auth *auth,
		      const struct ikev2_claim *claim,
		      const struct ike_message *m)
{
	struct ikev2_bytes o = { 0 };
	struct ike_blob blob;
	int rc;

	rc = octets(sa, k, false, claim->remote_body, &o);
	if (rc)
		return rc;
	blob = (struct ike_blob){ o.data, o.len };
	if (auth->method == IKE_AUTH_PSK)
		rc = check_psk(k, auth, blob, &claim->auth);
	else
		rc = check_signature(sa, auth, claim, m, blob);
	ikev2_bytes_free(&o);
	return rc == -EINPROGRESS || rc == -EACCES || !rc ? rc : -EBADMSG;
}

void ikev2_proof_certs(const struct policy_auth *auth, struct ike_builder *b)
{
	const uint8_t *der;
	unsigned int i;
	size_t len;

	if (!auth->credential)
		return;
	for (i = 0; i < CHAIN_MAX; i++) {
		der = ike_credential_cert(auth->credential, i, &len);
		if (!der)
			break;
		ike_cert_write(b, IKEV2_CERT, IKE_CERT_X509_SIGNATURE, der,
			       len);
	}
}

/* The CAs of all methods of the rule, in one payload. */
void ikev2_proof_certreq(const struct policy_rule *rule, struct ike_builder *b)
{
	uint8_t buf[CERTREQ_MAX];
	unsigned int i;
	size_t len = 0;

	for (i = 0; i < rule->auths; i++)
		if (rule->auth[i].trust)
			len += ikev2_trust_request(rule->auth[i].trust,
						   buf + len,
						   sizeof(buf) - len);
	if (len)
		ike_cert_write(b, IKEV2_CERTREQ, IKE_CERT_X509_SIGNATURE, buf,
			       len);
}
