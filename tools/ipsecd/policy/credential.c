// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Our keys and certificates, and whom we believe. Rules that name the same
 * files share what was made of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"

/* What was made of the same words before, or an empty one. */
static struct policy_shared *shared(struct policy_build *b, const char *words,
				    size_t len)
{
	struct policy_shared *s;

	HASH_FIND(hh, b->policy->shared, words, len, s);
	if (s)
		return s;
	s = calloc(1, sizeof(*s) + len);
	if (!s) {
		policy_no_memory(b);
		return NULL;
	}
	memcpy(s->words, words, len);
	HASH_ADD_KEYPTR(hh, b->policy->shared, s->words, len, s);
	return s;
}

typedef int make_fn(struct policy_build *b, const struct policy_auth_method *w,
		    const struct policy_auth *auth, struct policy_shared *s);

/* Made once; the rules that share it depend on its files alike. */
static int make_once(struct policy_build *b, const struct policy_auth_method *w,
		     const struct policy_auth *auth, struct policy_shared *s,
		     make_fn *make)
{
	uint8_t outer[POLICY_DIGEST_LEN];
	int rc;

	if (!s->credential && !s->trust) {
		policy_digest_begin(b, outer);
		rc = make(b, w, auth, s);
		policy_digest_end(b, outer, s->digest);
		if (rc)
			return rc;
	}
	policy_digest_add(b, s->digest, sizeof(s->digest));
	return 0;
}

static int make_credential(struct policy_build *b,
			   const struct policy_auth_method *w,
			   const struct policy_auth *auth,
			   struct policy_shared *s)
{
	struct ike_blob key, certs = { NULL, 0 };
	int rc = policy_file(b, w->line, w->key, true, &key);

	(void)auth;
	if (!rc && w->cert[0])
		rc = policy_file(b, w->line, w->cert, false, &certs);
	if (rc)
		return rc;
	s->credential = ike_credential_new(key, b->err);
	if (!s->credential)
		return policy_blame_file(b, w->line, w->key);
	if (!w->cert[0] ||
	    !ike_credential_add_certs(s->credential, certs, b->err))
		return 0;
	return policy_blame_file(b, w->line, w->cert);
}

static int read_credential(struct policy_build *b,
			   const struct policy_auth_method *w,
			   struct policy_auth *auth)
{
	char words[2 * POLICY_PATH_SIZE + 8];
	struct policy_shared *s;
	enum ike_auth_method method;
	int rc;

	if (!w->key[0])
		return ipsec_err_at(b->err, w->line,
				    "our key is missing; add psk-file, or key "
				    "(and cert)");
	snprintf(words, sizeof(words), "c %s\n%s", w->key, w->cert);
	s = shared(b, words, strlen(words));
	if (!s)
		return -ENOMEM;
	rc = make_once(b, w, auth, s, make_credential);
	if (rc)
		return rc;
	auth->credential = s->credential;
	method = ike_credential_method(s->credential);
	if (w->method.set && w->method.v != method)
		return ipsec_err_at(
			b->err, w->line,
			"method is %s, but the key in %.200s is "
			"for %s; change one of them",
			ipsec_name(policy_method_names, w->method.v), w->key,
			ipsec_name(policy_method_names, method));
	auth->method = method;
	return 0;
}

typedef int trust_add_fn(struct ike_trust *trust, struct ike_blob blob,
			 struct ipsec_err *err);

static int add_file(struct policy_build *b, const struct ipsec_node *n,
		    const char *key, trust_add_fn *add, struct ike_trust *trust)
{
	struct ike_blob blob;
	int rc;

	if (n->kind != IPSEC_SCALAR)
		return ipsec_err_at(b->err, n->line,
				    "%s is a file name, or a list of them",
				    key);
	rc = policy_file(b, n->line, n->text, false, &blob);
	if (rc)
		return rc;
	rc = add(trust, blob, b->err);
	return rc ? policy_blame_file(b, n->line, n->text) : 0;
}

static int add_files(struct policy_build *b, const struct ipsec_node *n,
		     trust_add_fn *add, struct ike_trust *trust)
{
	const struct ipsec_node *c;
	int rc = 0;

	if (!n)
		return 0;
	if (n->kind != IPSEC_LIST)
		return add_file(b, n, n->key, add, trust);
	for (c = n->child; c && !rc; c = c->next)
		rc = add_file(b, c, n->key, add, trust);
	return rc;
}

static int add_peer_key(struct policy_build *b,
			const struct policy_auth_method *w,
			const struct policy_auth *auth, struct ike_trust *trust)
{
	struct ike_blob blob;
	int rc;

	if (!w->peer_key[0])
		return 0;
	if (!auth->remote.type)
		return ipsec_err_at(b->err, w->line,
				    "peer-key is believed for one identity; "
				    "add remote-id");
	rc = policy_file(b, w->line, w->peer_key, false, &blob);
	if (rc)
		return rc;
	rc = ike_trust_add_key(trust, &auth->remote, blob, b->err);
	return rc ? policy_blame_file(b, w->line, w->peer_key) : 0;
}

static int make_trust(struct policy_build *b,
		      const struct policy_auth_method *w,
		      const struct policy_auth *auth, struct policy_shared *s)
{
	enum ike_crl_level level = w->crl_check.set ?
					   (enum ike_crl_level)w->crl_check.v :
					   IKE_CRL_REVOKED;
	int rc;

	b->policy->ocsp |= w->ocsp.v;
	s->trust = ike_trust_new(level, w->ocsp.v);
	if (!s->trust)
		return policy_no_memory(b);
	if (w->weak)
		ike_trust_allow_weak(s->trust);
	rc = add_files(b, w->ca, ike_trust_add_ca, s->trust);
	if (!rc)
		rc = add_files(b, w->crl, ike_trust_add_crl, s->trust);
	if (!rc)
		rc = add_peer_key(b, w, auth, s->trust);
	return rc;
}

static void add_words(char *buf, size_t size, const struct ipsec_node *n)
{
	size_t len = strlen(buf);
	const struct ipsec_node *c;

	if (!n || len + 1 >= size)
		return;
	if (n->kind == IPSEC_SCALAR)
		snprintf(buf + len, size - len, "\n%s", n->text);
	for (c = n->child; c; c = c->next)
		add_words(buf, size, c);
}

static int read_trust(struct policy_build *b,
		      const struct policy_auth_method *w,
		      struct policy_auth *auth)
{
	char words[8192];
	struct policy_shared *s;
	int rc;

	if (!w->ca && !w->peer_key[0])
		return ipsec_err_at(b->err, w->line,
				    "nobody is believed who the peer is; add "
				    "ca or peer-key");
	snprintf(words, sizeof(words), "t %d %d %d\n%s\n%s",
		 w->crl_check.set ? (int)w->crl_check.v : IKE_CRL_REVOKED,
		 (int)w->ocsp.v, w->weak, w->peer_key,
		 w->peer_key[0] ? w->remote_id : "");
	add_words(words, sizeof(words), w->ca);
	add_words(words, sizeof(words), w->crl);
	/* Cut short it would not tell two apart. */
	if (strlen(words) == sizeof(words) - 1)
		return ipsec_err_at(b->err, w->line,
				    "too many files in ca and crl; put them "
				    "into one");
	s = shared(b, words, strlen(words));
	if (!s)
		return -ENOMEM;
	rc = make_once(b, w, auth, s, make_trust);
	auth->trust = s->trust;
	return rc;
}

void policy_set_crl_check(struct policy *p, enum ike_crl_level level)
{
	struct policy_shared *s;

	for (; p; p = p->merged)
		for (s = p->shared; s; s = s->hh.next)
			if (s->trust)
				ike_trust_set_level(s->trust, level);
}

/**
 * policy_signature_read() - a method with a key of ours
 * @b: the policy so far
 * @w: its words
 * @auth: its identities are set; gets credential, trust and method
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_signature_read(struct policy_build *b,
			  const struct policy_auth_method *w,
			  struct policy_auth *auth)
{
	int rc = read_credential(b, w, auth);

	if (!rc)
		rc = read_trust(b, w, auth);
	if (rc)
		return rc;
	if (w->cert[0] && auth->local.type &&
	    !ike_credential_covers(auth->credential, &auth->local))
		return ipsec_err_at(b->err, w->line,
				    "local-id %.200s is not in the "
				    "certificate; write its subject or one of "
				    "its alternative names",
				    w->local_id);
	return 0;
}
