// SPDX-License-Identifier: GPL-2.0-or-later
/* A rule: its words, its filters, and whom it talks to. */
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

static const char *own_id(const struct ipsec_node *map)
{
	return ipsec_node_get(map, "id")     ? "id" :
	       ipsec_node_get(map, "cookie") ? "cookie" :
					       NULL;
}

/* An exception in a rule takes over nothing that is for negotiating. */
static void inherit(const struct rule_words *w, const struct ipsec_node *map,
		    struct ipsec_filter *f)
{
	const struct ipsec_node *action = ipsec_node_get(map, "action");

	*f = w->base;
	if (action && action->kind == IPSEC_SCALAR &&
	    strcmp(action->text, "negotiate"))
		ipsec_filter_init(f);
}

static int add_filter(struct policy_build *b, const struct rule_words *w,
		      const struct ipsec_node *map, struct policy_rule *rule)
{
	struct ipsec_filter *f = &rule->filter[rule->filters];
	int rc;

	inherit(w, map, f);
	rc = ipsec_filter_parse_on(map, f, b->err);
	if (rc)
		return rc;
	if (own_id(map))
		return ipsec_err_at(b->err, map->line,
				    "%s is given to a filter by ipsecd; remove "
				    "it",
				    own_id(map));
	if (!f->name[0])
		strcpy(f->name, rule->name);
	rule->filters++;
	return policy_number_filter(b, rule, f);
}

static int read_filters(struct policy_build *b, const struct rule_words *w,
			unsigned int line, struct policy_rule *rule)
{
	const struct ipsec_node *list = w->filters, *c;
	unsigned int count = 0;
	int rc = 0;

	if (!list)
		return ipsec_err_at(b->err, line,
				    "rule '%s' is for no traffic; add filters "
				    "such as [{from: 10.0.0.1, to: "
				    "10.0.0.0/24}]",
				    rule->name);
	if (list->kind != IPSEC_LIST || !list->child)
		return ipsec_err_at(b->err, list->line,
				    "filters is a list of at least one; start "
				    "each with '- '");
	for (c = list->child; c; c = c->next)
		count++;
	rule->filter = calloc(count, sizeof(*rule->filter));
	if (!rule->filter)
		return policy_no_memory(b);
	for (c = list->child; c && !rc; c = c->next)
		rc = add_filter(b, w, c, rule);
	return rc;
}

static bool same_addr(const struct ipsec_addr *a, const struct ipsec_addr *b)
{
	return a->len == b->len && !memcmp(a->b, b->b, a->len);
}

static bool same_tunnel(const struct ipsec_filter *a,
			const struct ipsec_filter *b)
{
	return (a->flags.v & F(TUNNEL)) == (b->flags.v & F(TUNNEL)) &&
	       same_addr(&a->tunnel_local, &b->tunnel_local) &&
	       same_addr(&a->tunnel_remote, &b->tunnel_remote);
}

static bool same_net(const struct ipsec_net *a, const struct ipsec_net *b)
{
	return same_addr(&a->first, &b->first) &&
	       same_addr(&a->last, &b->last) && a->plen == b->plen;
}

static void net_of_addr(struct ipsec_net *net, const struct ipsec_addr *a)
{
	*net = (struct ipsec_net){ .first = *a, .plen = (uint8_t)(8 * a->len) };
}

static const struct ipsec_net *their_net(const struct ipsec_filter *f)
{
	return f->dir.v == IPSECDRV_DIR_IN ? &f->sel.src : &f->sel.dst;
}

/* The first filter that negotiates, NULL: none does. */
static const struct ipsec_filter *first_filter(const struct policy_rule *rule)
{
	unsigned int i;

	for (i = 0; i < rule->filters; i++)
		if (rule->filter[i].action.v == IPSECDRV_ACTION_NEGOTIATE)
			return &rule->filter[i];
	return NULL;
}

/* What the filters of a rule have in common. */
static int check_filters(struct policy_build *b, unsigned int line,
			 const struct policy_rule *rule, bool *one_peer)
{
	const struct ipsec_filter *first = first_filter(rule), *f;

	*one_peer = true;
	for (f = first; f < rule->filter + rule->filters; f++) {
		if (f->action.v != IPSECDRV_ACTION_NEGOTIATE)
			continue;
		if (!same_tunnel(f, first))
			return ipsec_err_at(b->err, line,
					    "the filters of rule '%s' differ "
					    "in mode or tunnel; make a rule "
					    "for each",
					    rule->name);
		*one_peer &= same_net(their_net(f), their_net(first));
	}
	return 0;
}

static int set_peer(struct policy_build *b, const struct rule_words *w,
		    unsigned int line, struct policy_rule *rule)
{
	const struct ipsec_filter *first = first_filter(rule);
	bool one_peer;
	int rc = check_filters(b, line, rule, &one_peer);

	if (rc)
		return rc;
	rule->local = w->local;
	rule->remote = w->remote;
	rule->remote_port = (uint16_t)or_default(&w->remote_port, IKE_PORT);
	rule->mode = IPSECDRV_MODE_TRANSPORT;
	if (first->flags.v & F(TUNNEL)) {
		if (w->local.len || w->remote.first.len)
			return ipsec_err_at(b->err, line,
					    "the tunnel names the peers; "
					    "remove local and remote");
		rule->mode = IPSECDRV_MODE_TUNNEL;
		rule->local = first->tunnel_local;
		net_of_addr(&rule->remote, &first->tunnel_remote);
	} else if (!w->remote.first.len && one_peer) {
		rule->remote = *their_net(first);
	}
	return 0;
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
	int rc = set_peer(b, w, line, rule);

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
		rc = read_filters(b, &w, map->line, rule);
	if (rc)
		return rc;
	if (first_filter(rule))
		return read_negotiation(b, &w, map->line, rule);
	word = negotiation_word(&w);
	return word ? ipsec_err_at(b->err, map->line,
				   "rule '%s' negotiates nothing; remove %s",
				   rule->name, word) :
		      0;
}
