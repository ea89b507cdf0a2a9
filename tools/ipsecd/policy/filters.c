// SPDX-License-Identifier: GPL-2.0-or-later
/* The filters of a rule, and the peer that follows from them. */
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>

#include "bind.h"

#define F(name) IPSECDRV_FILTER_FLAGS_##name

/* One written filter, with what its words for addresses stand for. */
struct written {
	const struct ipsec_node *map;
	struct ipsec_filter base;
	bool apart; /* the two directions are */
	/* of from and to: the word, NULL: an address, and where it is in copy */
	const struct policy_binding *word[2];
	unsigned int at[2];
	struct ipsec_node copy[IPSEC_DOC_WORDS];
	struct ipsec_node as; /* the map of the copies */
};

static const char *own_id(const struct ipsec_node *map)
{
	return ipsec_node_get(map, "id")     ? "id" :
	       ipsec_node_get(map, "cookie") ? "cookie" :
					       NULL;
}

/* An exception in a rule takes over nothing that is for negotiating. */
static void inherit(const struct policy_filters_words *w,
		    const struct ipsec_node *map, struct written *wr)
{
	const struct ipsec_node *action = ipsec_node_get(map, "action");

	wr->base = w->base;
	wr->apart = w->apart && !action;
	if (action && action->kind == IPSEC_SCALAR &&
	    strcmp(action->text, "negotiate")) {
		ipsec_filter_init(&wr->base);
		wr->base.sel.iface_class = w->base.sel.iface_class;
	}
}

static int side_of(const char *key)
{
	if (!strcmp(key, "from") || !strcmp(key, "srcaddr"))
		return 0;
	return !strcmp(key, "to") || !strcmp(key, "dstaddr") ? 1 : -1;
}

/* Copies the map, so that an address can be put where a word is. */
static int take(struct policy_build *b, const struct ipsec_node *map,
		struct written *wr)
{
	const struct ipsec_node *c;
	unsigned int n = 0;
	int side, rc = 0;

	wr->map = map;
	wr->as = *map;
	for (c = map->child; c && !rc; c = c->next, n++) {
		wr->copy[n] = *c;
		if (c->next)
			wr->copy[n].next = &wr->copy[n + 1];
		side = c->kind == IPSEC_SCALAR ? side_of(c->key) : -1;
		if (side < 0 || policy_word(c->text) == POLICY_WORD_NONE)
			continue;
		rc = policy_bind(b, c->text, c->line, &wr->word[side]);
		wr->at[side] = n;
	}
	if (n)
		wr->as.child = wr->copy;
	return rc;
}

static void put_text(struct written *wr, unsigned int side, const char *text)
{
	if (wr->word[side])
		wr->copy[wr->at[side]].text = text;
}

/* The family that all but the words leave, 0: either. */
static int family_of(struct policy_build *b, struct written *wr, int *family)
{
	struct ipsec_filter f = wr->base;
	int rc;

	put_text(wr, 0, "any");
	put_text(wr, 1, "any");
	rc = ipsec_parse(&wr->as, ipsec_filter_fields, &f, b->err);
	if (rc)
		return rc;
	*family = f.sel.family.set    ? (int)f.sel.family.v :
		  f.sel.src.first.len ? ipsec_addr_family(&f.sel.src.first) :
					ipsec_addr_family(&f.sel.dst.first);
	if (!*family && f.sel.proto.v == IPPROTO_ICMP)
		*family = AF_INET;
	if (!*family && f.sel.proto.v == IPPROTO_ICMPV6)
		*family = AF_INET6;
	return 0;
}

static bool same_tunnel(const struct ipsec_filter *a,
			const struct ipsec_filter *b)
{
	return (a->flags.v & F(TUNNEL)) == (b->flags.v & F(TUNNEL)) &&
	       ipsec_addr_equal(&a->tunnel_local, &b->tunnel_local) &&
	       ipsec_addr_equal(&a->tunnel_remote, &b->tunnel_remote);
}

static bool same_net(const struct ipsec_net *a, const struct ipsec_net *b)
{
	return ipsec_addr_equal(&a->first, &b->first) &&
	       ipsec_addr_equal(&a->last, &b->last) && a->plen == b->plen;
}

static const struct ipsec_net *their_net(const struct ipsec_filter *f)
{
	return f->dir.v == IPSECDRV_DIR_IN ? &f->sel.src : &f->sel.dst;
}

/* What the filters of a rule that negotiate have in common. */
static int note(struct policy_build *b, struct policy_filters_words *w,
		const struct ipsec_filter *f, const struct policy_rule *rule)
{
	if (f->action.v != IPSECDRV_ACTION_NEGOTIATE)
		return 0;
	if (!w->negotiates) {
		w->negotiates = true;
		w->first = *f;
	}
	if (!same_tunnel(f, &w->first))
		return ipsec_err_at(b->err, w->line,
				    "the filters of rule '%s' differ in mode "
				    "or tunnel; make a rule for each",
				    rule->name);
	w->several_peers |= !same_net(their_net(f), their_net(&w->first));
	return 0;
}

/* A name that does not resolve any more permits nothing. */
static bool is_stale(const struct written *wr)
{
	return (wr->word[0] && wr->word[0]->stale) ||
	       (wr->word[1] && wr->word[1]->stale);
}

static int add_as(struct policy_build *b, struct policy_filters_words *w,
		  struct written *wr, struct policy_rule *rule)
{
	struct ipsec_filter f = wr->base;
	int rc = ipsec_filter_parse_on(&wr->as, &f, b->err);

	if (rc)
		return rc;
	if (f.action.v == IPSECDRV_ACTION_PERMIT && is_stale(wr))
		return 0;
	if (!f.name[0])
		strcpy(f.name, rule->name);
	rc = note(b, w, &f, rule);
	return rc ? rc : policy_filter_add(b, w, wr->apart, &f, rule);
}

/* With addresses of documentation, whether the words have any or not. */
static int check_as(struct policy_build *b, struct policy_filters_words *w,
		    struct written *wr, int family,
		    const struct policy_rule *rule)
{
	struct ipsec_filter f = wr->base;
	int rc;

	put_text(wr, 0, family == AF_INET6 ? "2001:db8::1" : "192.0.2.1");
	put_text(wr, 1, family == AF_INET6 ? "2001:db8::2" : "192.0.2.2");
	rc = ipsec_filter_parse_on(&wr->as, &f, b->err);
	if (rc)
		return rc;
	w->several_peers |= f.action.v == IPSECDRV_ACTION_NEGOTIATE;
	return w->negotiates ? 0 : note(b, w, &f, rule);
}

/* Of this host with itself there is no packet on any wire. */
static bool same_host(const struct written *wr, const struct ipsec_addr *from,
		      const struct ipsec_addr *to)
{
	return ipsec_addr_equal(from, to) ||
	       (wr->word[0] == wr->word[1] && !strcmp(wr->word[0]->word, "me"));
}

static int add_bound(struct policy_build *b, struct policy_filters_words *w,
		     struct written *wr, const struct ipsec_addr *from,
		     const struct ipsec_addr *to, struct policy_rule *rule)
{
	char text[2][IPSEC_NET_STRLEN];

	if (wr->word[0] && wr->word[1] &&
	    (from->len != to->len || same_host(wr, from, to)))
		return 0;
	put_text(wr, 0, ipsec_addr_print(from, text[0], sizeof(text[0])));
	put_text(wr, 1, ipsec_addr_print(to, text[1], sizeof(text[1])));
	return add_as(b, w, wr, rule);
}

/* Each address of the one word with each of the other. */
static int expand(struct policy_build *b, struct policy_filters_words *w,
		  struct written *wr, int family, struct policy_rule *rule)
{
	static const struct ipsec_addr none;
	const struct policy_binding *from = wr->word[0], *to = wr->word[1];
	unsigned int froms = from ? from->count : 1, i;
	unsigned int tos = to ? to->count : 1, j;
	int rc = 0;

	for (i = 0; i < froms && !rc; i++)
		for (j = 0; j < tos && !rc; j++) {
			const struct ipsec_addr *a = from ? &from->addr[i] :
							    &none;
			const struct ipsec_addr *c = to ? &to->addr[j] : &none;

			if (family && ipsec_addr_family(from ? a : c) != family)
				continue;
			rc = add_bound(b, w, wr, a, c, rule);
		}
	return rc;
}

static int add_filter(struct policy_build *b, struct policy_filters_words *w,
		      const struct ipsec_node *map, struct policy_rule *rule)
{
	struct written wr = { .word = { NULL, NULL } };
	int family, rc;

	if (map->kind != IPSEC_MAP)
		return ipsec_err_at(b->err, map->line,
				    "'word: value' lines were expected");
	if (own_id(map))
		return ipsec_err_at(b->err, map->line,
				    "%s is given to a filter by ipsecd; remove "
				    "it",
				    own_id(map));
	inherit(w, map, &wr);
	rc = take(b, map, &wr);
	if (rc)
		return rc;
	if (!wr.word[0] && !wr.word[1])
		return add_as(b, w, &wr, rule);
	rc = family_of(b, &wr, &family);
	if (!rc)
		rc = check_as(b, w, &wr, family, rule);
	return rc ? rc : expand(b, w, &wr, family, rule);
}

/**
 * policy_filters_read() - the filters of a rule
 * @b: the policy so far
 * @w: what they take over from the rule; gets what those that negotiate have in
 *     common
 * @list: as written; NULL: nothing was
 * @rule: its name and id are set; gets them
 *
 * Return: 0, or -EINVAL or -ENOMEM with the error told.
 */
int policy_filters_read(struct policy_build *b, struct policy_filters_words *w,
			const struct ipsec_node *list, struct policy_rule *rule)
{
	const struct ipsec_node *c;
	int rc = 0;

	if (!list)
		return ipsec_err_at(b->err, w->line,
				    "rule '%s' is for no traffic; add filters "
				    "such as [{from: 10.0.0.1, to: "
				    "10.0.0.0/24}]",
				    rule->name);
	if (list->kind != IPSEC_LIST || !list->child)
		return ipsec_err_at(b->err, list->line,
				    "filters is a list of at least one; start "
				    "each with '- '");
	b->filter_size = 0;
	for (c = list->child; c && !rc; c = c->next)
		rc = add_filter(b, w, c, rule);
	return rc;
}

/**
 * policy_peer_set() - whom a rule talks to, and in which mode
 * @b: the policy so far
 * @filters: of the rule; some negotiate
 * @local: address of ours, of length 0 if none was given
 * @remote: addresses of the peer's, likewise
 * @rule: gets local, remote and mode
 *
 * Return: 0, or -EINVAL with the error told.
 */
int policy_peer_set(struct policy_build *b,
		    const struct policy_filters_words *filters,
		    const struct ipsec_addr *local,
		    const struct ipsec_net *remote, struct policy_rule *rule)
{
	const struct ipsec_filter *first = &filters->first;

	rule->local = *local;
	rule->remote = *remote;
	rule->mode = IPSECDRV_MODE_TRANSPORT;
	if (first->flags.v & F(TUNNEL)) {
		if (local->len || remote->first.len)
			return ipsec_err_at(b->err, filters->line,
					    "the tunnel names the peers; "
					    "remove local and remote");
		rule->mode = IPSECDRV_MODE_TUNNEL;
		rule->local = first->tunnel_local;
		rule->remote = ipsec_net_host(&first->tunnel_remote);
	} else if (!remote->first.len && !filters->several_peers) {
		rule->remote = *their_net(first);
	}
	return 0;
}
