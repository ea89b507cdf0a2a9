// SPDX-License-Identifier: GPL-2.0-or-later
/* A rule: what its words mean, and what they default to. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

#define F(name) IPSECDRV_FILTER_FLAGS_##name
#define SOFT_DELAY 3000 /* ms; as Windows Server 2003 has it */
#define SOFT_LIFETIME 300

/* Words that only a negotiation has a use for, but not those of the base. */
static const char *negotiation_word(const struct policy_build *b,
				    const struct policy_words *w)
{
	if (w->psk)
		return "psk";
	if (w->psk_file[0])
		return "psk-file";
	if (w->auth)
		return "auth";
	if (w->ike && (!b->defaults || w->ike != b->defaults->ike))
		return "ike";
	return w->esp ? "esp" : w->ah ? "ah" : w->methods ? "methods" : NULL;
}

/* "yes" is what Windows did; "no", the words of old, or all of it in a map. */
static int read_soft(struct policy_build *b, struct policy_words *w)
{
	struct ipsec_filter *f = &w->base;
	uint32_t yes = 1;

	if (!w->soft)
		return 0;
	if (w->soft->kind != IPSEC_SCALAR ||
	    !ipsec_name_value(ipsec_names_yesno, w->soft->text, &yes))
		return policy_value(b, w->soft, policy_soft_fields, f);
	if (!yes)
		return 0;
	f->soft_reasons =
		(struct ipsec_num){ 1U << IPSECDRV_REFUSE_REASON_NO_ANSWER,
				    true };
	f->soft_delay = (struct ipsec_num){ SOFT_DELAY, true };
	f->soft_lifetime = (struct ipsec_num){ SOFT_LIFETIME, true };
	return 0;
}

static bool negotiates(const struct ipsec_num *side)
{
	return side->v == POLICY_SIDE_REQUEST || side->v == POLICY_SIDE_REQUIRE;
}

/* The action of a rule whose directions are apart. */
static enum ipsecdrv_action action_apart(const struct policy_words *w)
{
	if (negotiates(&w->in) || negotiates(&w->out))
		return IPSECDRV_ACTION_NEGOTIATE;
	return w->in.v == POLICY_SIDE_BLOCK ? IPSECDRV_ACTION_BLOCK :
					      IPSECDRV_ACTION_PERMIT;
}

static int check_apart(struct policy_build *b, const struct policy_words *w,
		       unsigned int line)
{
	const char *other = w->base.action.set		? "action" :
			    w->base.flags.v & F(INPASS) ? "inpass" :
							  NULL;

	if (!w->in.set || !w->out.set)
		return ipsec_err_at(b->err, line,
				    "in and out go together; add '%s'",
				    w->in.set ? "out" : "in");
	if (other)
		return ipsec_err_at(b->err, line,
				    "in and out take the place of action and "
				    "inpass; remove %s",
				    other);
	if (w->soft && w->out.v != POLICY_SIDE_REQUEST)
		return ipsec_err_at(b->err, line,
				    "soft is for 'out: request'; remove it, or "
				    "write that");
	return 0;
}

/* What the filters take over from the rule. */
static int read_action(struct policy_build *b, struct policy_words *w,
		       struct policy_filters_words *f)
{
	static const struct ipsec_node yes = { .text = "yes" };
	bool apart = w->in.set || w->out.set;
	int rc = apart ? check_apart(b, w, f->line) : 0;

	if (rc)
		return rc;
	if (apart && w->out.v == POLICY_SIDE_REQUEST && !w->soft)
		w->soft = &yes;
	rc = read_soft(b, w);
	f->base = w->base;
	f->in = (unsigned int)w->in.v;
	f->out = (unsigned int)w->out.v;
	f->apart = apart && (negotiates(&w->in) || negotiates(&w->out) ||
			     w->in.v != w->out.v);
	if (!f->base.action.set)
		f->base.action =
			(struct ipsec_num){ apart ? action_apart(w) :
						    IPSECDRV_ACTION_NEGOTIATE,
					    true };
	return rc;
}

/* A word that belongs to the action, beside one that is named. */
static const struct ipsec_node *action_word(const struct ipsec_node *map)
{
	const struct ipsec_node *c;

	for (c = map->child; c; c = c->next)
		if (ipsec_field_find(policy_action_fields, c->key) &&
		    !ipsec_field_find(policy_policy_fields, c->key))
			return c;
	return NULL;
}

static int take_action(struct policy_build *b, const struct ipsec_node *map,
		       struct policy_words *w)
{
	const struct ipsec_node *word = action_word(map), *action;

	action = policy_named_get(b, b->actions, "filter-action",
				  w->filter_action, map->line);
	if (!action)
		return -EINVAL;
	if (word)
		return ipsec_err_at(b->err, word->line,
				    "%s is for the filter action to say; move "
				    "it there, or remove filter-action",
				    word->key);
	policy_digest_node(b, action);
	return ipsec_parse(action, policy_action_fields, w, b->err);
}

static int take_list(struct policy_build *b, const struct ipsec_node *map,
		     struct policy_words *w)
{
	const struct ipsec_node *list;

	if (w->filters)
		return ipsec_err_at(b->err, map->line,
				    "filters and filter-list exclude each "
				    "other; remove one");
	list = policy_named_get(b, b->lists, "filter-list", w->filter_list,
				map->line);
	if (!list)
		return -EINVAL;
	policy_digest_node(b, list);
	w->filters = ipsec_node_get(list, "filters");
	return 0;
}

static int read_words(struct policy_build *b, const struct ipsec_node *map,
		      struct policy_words *w)
{
	int rc = ipsec_parse(map, policy_rule_fields, w, b->err);

	if (!rc && !w->name[0])
		rc = ipsec_err_at(b->err, map->line,
				  "the rule has no name; add 'name'");
	if (!rc && w->filter_list[0])
		rc = take_list(b, map, w);
	if (!rc && w->filter_action[0])
		rc = take_action(b, map, w);
	return rc;
}

static int read_plain(struct policy_build *b, const struct policy_words *w,
		      unsigned int line, const struct policy_rule *rule)
{
	const char *word = negotiation_word(b, w);

	return word ? ipsec_err_at(b->err, line,
				   "rule '%s' negotiates nothing; remove %s",
				   rule->name, word) :
		      0;
}

/**
 * policy_rule_read() - a rule
 * @b: the policy so far
 * @map: of the file
 * @rule: zeroed; policy_rule_free() frees what it has, also after an error
 * @active: written
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_rule_read(struct policy_build *b, const struct ipsec_node *map,
		     struct policy_rule *rule, bool *active)
{
	struct policy_filters_words filters = { .line = map->line };
	struct policy_words w = *b->defaults;
	int rc = read_words(b, map, &w);

	if (rc)
		return rc;
	strcpy(rule->name, w.name);
	*active = !w.active.set || w.active.v;
	rc = policy_number_rule(b, rule, map->line);
	if (!rc)
		rc = read_action(b, &w, &filters);
	if (!rc)
		rc = policy_filters_read(b, &filters, w.filters, rule);
	if (rc)
		return rc;
	if (!filters.negotiates)
		return read_plain(b, &w, map->line, rule);
	if (!b->first)
		b->first = map;
	rc = policy_peer_set(b, &filters, &w.local, &w.remote, rule);
	return rc ? rc : policy_negotiation_read(b, &w, map->line, rule);
}

/**
 * policy_action_check() - a filter action by itself
 * @b: the policy so far
 * @map: of the file; its words are known to be good
 *
 * What depends on the rule, such as the version of IKE, is checked with each
 * rule that names it.
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_action_check(struct policy_build *b, const struct ipsec_node *map)
{
	struct policy_filters_words filters = { .line = map->line };
	struct policy_rule rule = { .weak = true, .versions = 1U << 1 };
	struct policy_words w = { .name = "" };
	int rc = ipsec_parse(map, policy_action_fields, &w, b->err);

	if (!rc)
		rc = read_action(b, &w, &filters);
	if (rc)
		return rc;
	if (filters.base.action.v != IPSECDRV_ACTION_NEGOTIATE) {
		strcpy(rule.name, w.filter_action);
		return read_plain(b, &w, map->line, &rule);
	}
	rc = policy_negotiation_methods(b, &w, map->line, &rule);
	policy_negotiation_free(&rule);
	return rc;
}

/* Without any, those of the first rule that negotiates. */
static int take_auth(struct policy_build *b, unsigned int line,
		     struct policy_words *w)
{
	struct policy_words of = { .name = "" };
	int rc;

	if (w->auth || w->psk || w->psk_file[0])
		return 0;
	if (!b->first)
		return ipsec_err_at(b->err, line,
				    "the default response does not say how the "
				    "peers prove who they are, and no rule "
				    "does; write {psk-file: ...} or "
				    "{auth: ...}");
	rc = ipsec_parse(b->first, policy_rule_fields, &of, b->err);
	policy_digest_node(b, b->first);
	w->auth = of.auth;
	w->psk = of.psk;
	strcpy(w->psk_file, of.psk_file);
	if (!w->local_id[0])
		strcpy(w->local_id, of.local_id);
	if (!w->remote_id[0])
		strcpy(w->remote_id, of.remote_id);
	return rc;
}

/**
 * policy_response_read() - the default response, as a rule without filters
 * @b: the policy so far, with its rules
 * @n: a map of words, or yes
 * @rule: zeroed; policy_rule_free() frees what it has, also after an error
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_response_read(struct policy_build *b, const struct ipsec_node *n,
			 struct policy_rule *rule)
{
	struct policy_words w = *b->defaults;
	uint32_t yes = 0;
	int rc = 0;

	if (n->kind == IPSEC_MAP)
		rc = ipsec_parse(n, policy_response_fields, &w, b->err);
	else if (n->kind != IPSEC_SCALAR ||
		 !ipsec_name_value(ipsec_names_yesno, n->text, &yes))
		rc = ipsec_err_at(b->err, n->line,
				  "default-response is yes, no, or a map such "
				  "as {psk-file: FILE}");
	if (rc)
		return rc;
	strcpy(rule->name, POLICY_RESPONSE);
	rule->response = true;
	rule->mode = IPSECDRV_MODE_TRANSPORT;
	rc = policy_number_rule(b, rule, n->line);
	if (!rc)
		rc = take_auth(b, n->line, &w);
	return rc ? rc : policy_negotiation_read(b, &w, n->line, rule);
}
