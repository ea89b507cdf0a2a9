// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How a rule negotiates. Rules of large policies say that in the same words,
 * so it is made once of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

static uint32_t or_default(const struct ipsec_num *num, uint32_t value)
{
	return num->set ? (uint32_t)num->v : value;
}

static int set_versions(struct policy_build *b, const struct policy_words *w,
			unsigned int line, struct policy_rule *rule)
{
	rule->version = or_default(&w->version, 2);
	rule->versions = or_default(&w->accept, 1U << rule->version);
	rule->aggressive = w->aggressive.v;
	if (w->accept.set && !(rule->versions & 1U << rule->version))
		return ipsec_err_at(b->err, line,
				    "version %u is used to start, but accept "
				    "does not name it; add it",
				    rule->version);
	if (rule->aggressive && !(rule->versions & 1U << 1))
		return ipsec_err_at(b->err, line,
				    "aggressive is of IKE version 1, which "
				    "this rule does not accept; remove it or "
				    "add 'accept: [1]'");
	return 0;
}

static void set_numbers(const struct policy_words *w, struct policy_rule *rule)
{
	rule->remote_port = (uint16_t)or_default(&w->remote_port, IKE_PORT);
	rule->ike_seconds = or_default(&w->ike_lifetime, 28800);
	rule->qm_limit = or_default(&w->qm_limit, 0);
	rule->master_pfs = w->master_pfs.v;
	rule->childless = w->childless.v;
	rule->encap = or_default(&w->encap, POLICY_AUTO);
	rule->fragmentation = or_default(&w->fragmentation, POLICY_AUTO);
	rule->fragment_size = (uint16_t)or_default(&w->fragment_size, 0);
	rule->liveness_seconds = or_default(&w->liveness, 30);
	rule->redirect = w->redirect.v;
	rule->idle_seconds = or_default(&w->idle, 300);
	rule->replay_window = or_default(&w->replay_window, 1024);
	rule->weak = w->weak.v;
}

static int read_ppk(struct policy_build *b, const struct ipsec_node *map,
		    struct policy_rule *rule)
{
	struct policy_ppk_words w = { .required = { 1, false } };
	int rc;

	if (!map)
		return 0;
	rc = ipsec_parse(map, policy_ppk_fields, &w, b->err);
	if (rc)
		return rc;
	if (!w.id[0] || !w.file[0])
		return ipsec_err_at(b->err, map->line, "ppk needs id and file");
	strcpy(rule->ppk_id, w.id);
	rule->ppk = w.required.v ? POLICY_YES : POLICY_AUTO;
	return policy_secret_read(b, map->line, w.file, &rule->ppk_key,
				  &rule->ppk_len);
}

/**
 * policy_negotiation_methods() - proposals and security methods
 * @b: the policy so far
 * @w: the words of a rule or a filter action
 * @line: where they are
 * @rule: its versions and weak are set; policy_negotiation_free() frees what it
 *        gets, also after an error
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_negotiation_methods(struct policy_build *b,
			       const struct policy_words *w, unsigned int line,
			       struct policy_rule *rule)
{
	struct policy_method_words words = {
		.ike = w->ike,
		.esp = w->esp,
		.ah = w->ah,
		.methods = w->methods,
		.lifetime = { 3600, 102400000, 0 },
		.pfs = w->pfs,
	};
	int rc = policy_lifetime_read(b, w->lifetime, &words.lifetime);

	return rc ? rc : policy_methods_read(b, &words, line, rule);
}

static int read_all(struct policy_build *b, const struct policy_words *w,
		    unsigned int line, struct policy_rule *rule)
{
	struct policy_auth_words auth = {
		.psk = w->psk,
		.psk_file = w->psk_file,
		.local_id = w->local_id,
		.remote_id = w->remote_id,
		.list = w->auth,
	};
	int rc = policy_auth_read(b, &auth, line, rule);

	if (!rc)
		rc = read_ppk(b, w->ppk, rule);
	return rc ? rc : policy_negotiation_methods(b, w, line, rule);
}

/* All that read_all() makes something of. */
static void digest_words(struct policy_build *b, const struct policy_words *w,
			 const struct policy_rule *rule,
			 uint8_t value[POLICY_DIGEST_LEN])
{
	const struct ipsec_node *const nodes[] = { w->psk,     w->auth,
						   w->ppk,     w->ike,
						   w->esp,     w->ah,
						   w->methods, w->lifetime };
	const unsigned int numbers[] = { rule->versions, rule->weak, w->pfs.set,
					 (unsigned int)w->pfs.v };
	uint8_t outer[POLICY_DIGEST_LEN];
	size_t i;

	policy_digest_begin(b, outer);
	policy_digest_text(b, w->psk_file);
	policy_digest_text(b, w->local_id);
	policy_digest_text(b, w->remote_id);
	policy_digest_add(b, numbers, sizeof(numbers));
	for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		policy_digest_add(b, &i, sizeof(i));
		if (nodes[i])
			policy_digest_node(b, nodes[i]);
	}
	policy_digest_end(b, outer, value);
}

/* The name is for errors. */
static int make(struct policy_build *b, const struct policy_words *w,
		unsigned int line, const struct policy_rule *rule,
		struct policy_negotiation **made)
{
	struct policy_negotiation *n = calloc(1, sizeof(*n));
	uint8_t outer[POLICY_DIGEST_LEN];
	int rc;

	if (!n)
		return policy_no_memory(b);
	strcpy(n->rule.name, rule->name);
	n->rule.versions = rule->versions;
	n->rule.weak = rule->weak;
	policy_digest_begin(b, outer);
	rc = read_all(b, w, line, &n->rule);
	policy_digest_end(b, outer, n->digest);
	if (rc) {
		policy_negotiation_free(&n->rule);
		free(n);
		return rc;
	}
	*made = n;
	return 0;
}

static void use(struct policy_build *b, const struct policy_negotiation *n,
		struct policy_rule *rule)
{
	const struct policy_rule *from = &n->rule;

	policy_digest_add(b, n->digest, sizeof(n->digest));
	rule->auths = from->auths;
	rule->auth = from->auth;
	rule->ike = from->ike;
	rule->methods = from->methods;
	rule->method = from->method;
	rule->pfs = from->pfs;
	rule->ppk = from->ppk;
	strcpy(rule->ppk_id, from->ppk_id);
	rule->ppk_key = from->ppk_key;
	rule->ppk_len = from->ppk_len;
}

/**
 * policy_negotiation_read() - how a rule negotiates
 * @b: the policy so far; it frees what the rule gets
 * @w: the words of the rule
 * @line: of the rule
 * @rule: its name is set
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_negotiation_read(struct policy_build *b,
			    const struct policy_words *w, unsigned int line,
			    struct policy_rule *rule)
{
	uint8_t words[POLICY_DIGEST_LEN];
	struct policy_negotiation *n;
	int rc = set_versions(b, w, line, rule);

	if (rc)
		return rc;
	set_numbers(w, rule);
	digest_words(b, w, rule, words);
	HASH_FIND(hh, b->policy->negotiations, words, sizeof(words), n);
	if (!n) {
		rc = make(b, w, line, rule, &n);
		if (rc)
			return rc;
		memcpy(n->words, words, sizeof(words));
		HASH_ADD(hh, b->policy->negotiations, words, sizeof(n->words),
			 n);
	}
	use(b, n, rule);
	return 0;
}
