// SPDX-License-Identifier: GPL-2.0-or-later
/* A rule: its words, and what they default to. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "fields.h"

#define F(name) IPSECDRV_FILTER_FLAGS_##name

static const struct ipsec_name version_names[] = {
	{ "1", 1 },
	{ "2", 2 },
	{ NULL, 0 },
};

static const struct ipsec_name choice_names[] = {
	{ "no", POLICY_NO },
	{ "auto", POLICY_AUTO },
	{ "yes", POLICY_YES },
	{ NULL, 0 },
};

struct ppk_words {
	char id[POLICY_NAME_MAX + 1];
	char file[POLICY_PATH_SIZE];
	struct ipsec_num required;
};

struct rule_words {
	struct ipsec_filter base; /* first: what filters take over */
	char name[POLICY_NAME_MAX + 1];
	const struct ipsec_node *filters;
	struct ipsec_addr local;
	struct ipsec_net remote;
	struct ipsec_num remote_port;
	const struct ipsec_node *psk;
	char psk_file[POLICY_PATH_SIZE];
	char local_id[IKE_ID_STRLEN];
	char remote_id[IKE_ID_STRLEN];
	const struct ipsec_node *auth;
	struct ipsec_num version;
	struct ipsec_num accept;
	struct ipsec_num aggressive;
	const struct ipsec_node *ike;
	struct ipsec_num ike_lifetime;
	struct ipsec_num qm_limit;
	struct ipsec_num master_pfs;
	struct ipsec_num childless;
	struct ipsec_num encap;
	struct ipsec_num fragmentation;
	struct ipsec_num fragment_size;
	struct ipsec_num liveness;
	struct ipsec_num redirect;
	const struct ipsec_node *ppk;
	const struct ipsec_node *esp;
	const struct ipsec_node *ah;
	const struct ipsec_node *methods;
	const struct ipsec_node *lifetime;
	struct ipsec_num pfs;
	struct ipsec_num idle;
	struct ipsec_num replay_window;
	struct ipsec_num weak;
};

/* clang-format off */
#define OBJ ppk_words
static const struct ipsec_field ppk_fields[] = {
	STR("id", 0, id, .flags = IPSEC_IN),
	STR("file", 0, file, .flags = IPSEC_IN),
	FLAG("required", 0, required, .flags = IPSEC_IN),
	END
};
#undef OBJ

#define OBJ rule_words
#define YESNO(k, m) FLAG(k, 0, m, .flags = IPSEC_IN)
static const struct ipsec_field rule_fields[] = {
	STR("name", 0, name, .flags = IPSEC_IN),
	NODE("filters", filters),
	ENUM("action", 0, base.action, ipsec_names_action, .flags = IPSEC_IN),
	BIT("mode", base.flags, F(TUNNEL), .names = ipsec_filter_mode,
	    .flags = IPSEC_IN),
	GROUP("tunnel", ipsec_filter_tunnel),
	ENUM("narrow", 0, base.narrow, ipsec_names_narrow, .flags = IPSEC_IN),
	FLAGS("require", 0, base.require, ipsec_names_require,
	      .flags = IPSEC_IN),
	BIT("inpass", base.flags, F(INPASS), .flags = IPSEC_IN),
	GROUP("soft", ipsec_filter_soft),
	ADDR("local", 0, local, .flags = IPSEC_IN),
	{ "remote", IPSEC_NET, 0, 0, OFF(remote), .flags = IPSEC_IN },
	NUM16("remote-port", 0, remote_port, .flags = IPSEC_IN, .min = 1),
	NODE("psk", psk),
	STR("psk-file", 0, psk_file, .flags = IPSEC_IN),
	STR("local-id", 0, local_id, .flags = IPSEC_IN),
	STR("remote-id", 0, remote_id, .flags = IPSEC_IN),
	NODE("auth", auth),
	ENUM("version", 0, version, version_names, .flags = IPSEC_IN),
	FLAGS("accept", 0, accept, version_names,
	      .flags = IPSEC_IN | IPSEC_SHIFT),
	YESNO("aggressive", aggressive),
	NODE("ike", ike),
	{ "ike-lifetime", IPSEC_NUM, 0, 4, OFF(ike_lifetime),
	  .flags = IPSEC_IN, LIMIT(300, 172800) },
	NUM32("qm-limit", 0, qm_limit, .flags = IPSEC_IN),
	YESNO("master-pfs", master_pfs),
	YESNO("childless", childless),
	ENUM("encap", 0, encap, choice_names, .flags = IPSEC_IN),
	ENUM("fragmentation", 0, fragmentation, choice_names,
	     .flags = IPSEC_IN),
	NUM16("fragment-size", 0, fragment_size, .flags = IPSEC_IN,
	      .min = 576),
	{ "liveness", IPSEC_NUM, 0, 4, OFF(liveness), .flags = IPSEC_IN,
	  LIMIT(0, 86400) },
	YESNO("redirect", redirect),
	NODE("ppk", ppk),
	NODE("esp", esp),
	NODE("ah", ah),
	NODE("methods", methods),
	NODE("lifetime", lifetime),
	YESNO("pfs", pfs),
	{ "idle", IPSEC_NUM, 0, 4, OFF(idle), .flags = IPSEC_IN,
	  LIMIT(0, 86400) },
	{ "replay-window", IPSEC_NUM, 0, 4, OFF(replay_window),
	  .flags = IPSEC_IN, LIMIT(0, IPSECDRV_REPLAY_WINDOW_MAX) },
	YESNO("weak", weak),
	END
};
#undef OBJ
/* clang-format on */

static uint32_t or_default(const struct ipsec_num *num, uint32_t value)
{
	return num->set ? (uint32_t)num->v : value;
}

/* Words that only a negotiation has a use for, but not those of the base. */
static const char *negotiation_word(const struct rule_words *w)
{
	if (w->psk)
		return "psk";
	if (w->psk_file[0])
		return "psk-file";
	if (w->auth)
		return "auth";
	if (w->ike)
		return "ike";
	return w->esp ? "esp" : w->ah ? "ah" : w->methods ? "methods" : NULL;
}

static int set_versions(struct policy_build *b, const struct rule_words *w,
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

static void set_numbers(const struct rule_words *w, struct policy_rule *rule)
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
	struct ppk_words w = { .required = { 1, false } };
	int rc;

	if (!map)
		return 0;
	rc = ipsec_parse(map, ppk_fields, &w, b->err);
	if (rc)
		return rc;
	if (!w.id[0] || !w.file[0])
		return ipsec_err_at(b->err, map->line, "ppk needs id and file");
	strcpy(rule->ppk_id, w.id);
	rule->ppk = w.required.v ? POLICY_YES : POLICY_AUTO;
	return policy_secret_read(b, map->line, w.file, &rule->ppk_key,
				  &rule->ppk_len);
}

static int read_methods(struct policy_build *b, const struct rule_words *w,
			unsigned int line, struct policy_rule *rule)
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

static int read_negotiation(struct policy_build *b, const struct rule_words *w,
			    unsigned int line, struct policy_rule *rule)
{
	struct policy_auth_words auth = {
		.psk = w->psk,
		.psk_file = w->psk_file,
		.local_id = w->local_id,
		.remote_id = w->remote_id,
		.list = w->auth,
	};
	int rc = policy_peer_set(b, &w->local, &w->remote, line, rule);

	if (!rc)
		rc = set_versions(b, w, line, rule);
	if (rc)
		return rc;
	set_numbers(w, rule);
	rc = policy_auth_read(b, &auth, line, rule);
	if (!rc)
		rc = read_ppk(b, w->ppk, rule);
	return rc ? rc : read_methods(b, w, line, rule);
}

/**
 * policy_rule_read() - a rule
 * @b: the policy so far
 * @map: of the file
 * @rule: zeroed; what it has is freed with the policy, also after an error
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_rule_read(struct policy_build *b, const struct ipsec_node *map,
		     struct policy_rule *rule)
{
	struct rule_words w = { 0 };
	const char *word;
	int rc;

	ipsec_filter_init(&w.base);
	w.base.action = (struct ipsec_num){ IPSECDRV_ACTION_NEGOTIATE, true };
	rc = ipsec_parse(map, rule_fields, &w, b->err);
	if (rc)
		return rc;
	if (!w.name[0])
		return ipsec_err_at(b->err, map->line,
				    "the rule has no name; add 'name'");
	strcpy(rule->name, w.name);
	rule->line = map->line;
	rc = policy_number_rule(b, rule, map->line);
	if (!rc)
		rc = policy_filters_read(b, &w.base, w.filters, map->line,
					 rule);
	if (rc)
		return rc;
	if (policy_first_filter(rule))
		return read_negotiation(b, &w, map->line, rule);
	word = negotiation_word(&w);
	return word ? ipsec_err_at(b->err, map->line,
				   "rule '%s' negotiates nothing; remove %s",
				   rule->name, word) :
		      0;
}
