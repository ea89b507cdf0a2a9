// SPDX-License-Identifier: GPL-2.0-or-later
/* How the two sides prove who they are: the methods of a rule. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"
#include "fields.h"
#include "text.h"

#define PSK_MAX 4096

const struct ipsec_name policy_method_names[] = {
	{ "psk", IKE_AUTH_PSK },
	{ "rsa", IKE_AUTH_RSA },
	{ "ecdsa", IKE_AUTH_ECDSA },
	{ "ed25519", IKE_AUTH_ED25519 },
	{ NULL, 0 },
};

const struct ipsec_name policy_crl_names[] = {
	{ "off", IKE_CRL_OFF },
	{ "revoked", IKE_CRL_REVOKED },
	{ "strict", IKE_CRL_STRICT },
	{ NULL, 0 },
};

/* clang-format off */
#define OBJ policy_auth_method
const struct ipsec_field policy_auth_fields[] = {
	ENUM("method", 0, method, policy_method_names, .flags = IPSEC_IN),
	NODE("psk", psk),
	STR("psk-file", 0, psk_file, .flags = IPSEC_IN),
	STR("cert", 0, cert, .flags = IPSEC_IN),
	STR("key", 0, key, .flags = IPSEC_IN),
	NODE("ca", ca),
	STR("peer-key", 0, peer_key, .flags = IPSEC_IN),
	NODE("crl", crl),
	ENUM("crl-check", 0, crl_check, policy_crl_names,
	     .flags = IPSEC_IN),
	FLAG("ocsp", 0, ocsp, .flags = IPSEC_IN),
	STR("local-id", 0, local_id, .flags = IPSEC_IN),
	STR("remote-id", 0, remote_id, .flags = IPSEC_IN),
	STR("local", 0, local_id, .flags = IPSEC_IN | IPSEC_HIDDEN),
	STR("remote", 0, remote_id, .flags = IPSEC_IN | IPSEC_HIDDEN),
	END
};
#undef OBJ
/* clang-format on */

/* The text is never quoted. Takes a copy that policy_put() wipes. */
static int secret_take(struct policy_build *b, unsigned int line,
		       const char *what, const char *text, size_t len,
		       uint8_t **secret, size_t *secret_len)
{
	char hex[2 * PSK_MAX + 3];
	bool is_hex = len >= 2 && !memcmp(text, "0x", 2);
	int bytes;

	if (!len || len > (is_hex ? sizeof(hex) - 1 : PSK_MAX))
		return ipsec_err_at(b->err, line,
				    "%s holds %s; a secret has 1 to %d bytes",
				    what, len ? "too much" : "nothing",
				    PSK_MAX);
	*secret = malloc(len);
	if (!*secret)
		return policy_no_memory(b);
	if (!is_hex) {
		memcpy(*secret, text, len);
		*secret_len = len;
		return 0;
	}
	memcpy(hex, text, len);
	hex[len] = '\0';
	bytes = ipsec_hex(hex, *secret, len);
	explicit_bzero(hex, sizeof(hex));
	if (bytes > 0) {
		*secret_len = (size_t)bytes;
		return 0;
	}
	explicit_bzero(*secret, len);
	free(*secret);
	*secret = NULL;
	return ipsec_err_at(b->err, line,
			    "%s starts with 0x but is not pairs of "
			    "hexadecimal digits",
			    what);
}

/**
 * policy_secret_read() - a secret from a file
 * @b: the policy so far
 * @line: where the file is named
 * @file: its name
 * @secret: written; malloc
 * @len: written
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_secret_read(struct policy_build *b, unsigned int line,
		       const char *file, uint8_t **secret, size_t *len)
{
	struct ike_blob blob;
	int rc = policy_file(b, line, file, true, &blob);

	if (rc)
		return rc;
	if (blob.len && blob.data[blob.len - 1] == '\n')
		blob.len--;
	if (blob.len && blob.data[blob.len - 1] == '\r')
		blob.len--;
	return secret_take(b, line, file, (const char *)blob.data, blob.len,
			   secret, len);
}

static int read_psk(struct policy_build *b, const struct policy_auth_method *w,
		    struct policy_auth *auth)
{
	const struct ipsec_node *n = w->psk;

	if (!n && !w->psk_file[0])
		return ipsec_err_at(b->err, w->line,
				    "the secret is missing; add psk-file");
	if (n && w->psk_file[0])
		return ipsec_err_at(b->err, w->line,
				    "psk and psk-file exclude each other; "
				    "remove one");
	if (w->cert[0] || w->key[0] || w->ca || w->peer_key[0] || w->crl ||
	    w->crl_check.set || w->ocsp.set)
		return ipsec_err_at(b->err, w->line,
				    "a preshared key needs no certificates or "
				    "keys; write them as a method of their "
				    "own");
	if (!n)
		return policy_secret_read(b, w->line, w->psk_file, &auth->psk,
					  &auth->psk_len);
	if (n->kind != IPSEC_SCALAR)
		return ipsec_err_at(b->err, n->line, "psk is one text");
	b->policy->exposed = n->line;
	return secret_take(b, n->line, "psk", n->text, strlen(n->text),
			   &auth->psk, &auth->psk_len);
}

static int read_id(struct policy_build *b, unsigned int line, const char *text,
		   struct ike_id *id)
{
	int rc = *text ? ike_id_parse(id, text, b->err) : 0;

	if (rc)
		b->err->line = line;
	return rc;
}

static int add_auth(struct policy_build *b, const struct policy_auth_method *w,
		    struct policy_rule *rule)
{
	struct policy_auth *auth = &rule->auth[rule->auths++];
	bool psk = w->method.set ? w->method.v == IKE_AUTH_PSK :
				   w->psk || w->psk_file[0];
	int rc = read_id(b, w->line, w->local_id, &auth->local);

	if (!rc)
		rc = read_id(b, w->line, w->remote_id, &auth->remote);
	if (rc)
		return rc;
	if (psk)
		return read_psk(b, w, auth);
	if (w->psk || w->psk_file[0])
		return ipsec_err_at(b->err, w->line,
				    "psk is for method psk; remove it");
	rc = policy_signature_read(b, w, auth);
	if (!rc && auth->method == IKE_AUTH_ED25519 &&
	    !(rule->versions & 1U << 2))
		return ipsec_err_at(b->err, w->line,
				    "IKE version 1 has no method for Ed25519; "
				    "take a key for rsa or ecdsa, or write "
				    "'version: 2'");
	return rc;
}

/* Of the rule, where the method has none. */
static void inherit(struct policy_auth_method *w,
		    const struct policy_auth_words *words)
{
	if (!w->local_id[0])
		strcpy(w->local_id, words->local_id);
	if (!w->remote_id[0])
		strcpy(w->remote_id, words->remote_id);
}

static int read_one(struct policy_build *b,
		    const struct policy_auth_words *words,
		    const struct ipsec_node *map, struct policy_rule *rule)
{
	struct policy_auth_method w = { .line = map->line, .weak = rule->weak };
	int rc;

	rc = ipsec_parse(map, policy_auth_fields, &w, b->err);
	if (rc)
		return rc;
	inherit(&w, words);
	return add_auth(b, &w, rule);
}

static int read_short(struct policy_build *b,
		      const struct policy_auth_words *words, unsigned int line,
		      struct policy_rule *rule)
{
	struct policy_auth_method w = { .line = line, .psk = words->psk };

	strcpy(w.psk_file, words->psk_file);
	inherit(&w, words);
	return add_auth(b, &w, rule);
}

static int make_room(struct policy_build *b, const struct ipsec_node *list,
		     struct policy_rule *rule)
{
	const struct ipsec_node *c =
		list && list->kind == IPSEC_LIST ? list->child : NULL;
	unsigned int count = c ? 0 : 1;

	for (; c; c = c->next)
		if (++count > POLICY_AUTH_MAX)
			return ipsec_err_at(b->err, c->line,
					    "auth has at most %d methods",
					    POLICY_AUTH_MAX);
	rule->auth = calloc(count, sizeof(*rule->auth));
	return rule->auth ? 0 : policy_no_memory(b);
}

/**
 * policy_auth_read() - the methods of a rule
 * @b: the policy so far
 * @words: what the rule says of them
 * @line: of the rule
 * @rule: gets them
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_auth_read(struct policy_build *b,
		     const struct policy_auth_words *words, unsigned int line,
		     struct policy_rule *rule)
{
	bool simple = words->psk || words->psk_file[0];
	const struct ipsec_node *list = words->list, *c;
	int rc;

	if (simple && list)
		return ipsec_err_at(b->err, line,
				    "psk-file and auth exclude each other; "
				    "write both as methods under auth");
	rc = make_room(b, list, rule);
	if (rc)
		return rc;
	if (simple)
		return read_short(b, words, line, rule);
	if (!list)
		return ipsec_err_at(b->err, line,
				    "rule '%s' does not say how the peers "
				    "prove who they are; add psk-file or auth",
				    rule->name);
	if (list->kind == IPSEC_MAP)
		return read_one(b, words, list, rule);
	if (list->kind != IPSEC_LIST || !list->child)
		return ipsec_err_at(b->err, list->line,
				    "auth is a list of methods; start each "
				    "with '- '");
	for (c = list->child; c && !rc; c = c->next)
		rc = read_one(b, words, c, rule);
	return rc;
}
