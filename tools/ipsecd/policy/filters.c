// SPDX-License-Identifier: GPL-2.0-or-later
/* The filters of a rule, and the peer that follows from them. */
#include <stdlib.h>
#include <string.h>

#include "build.h"

#define F(name) IPSECDRV_FILTER_FLAGS_##name

static const char *own_id(const struct ipsec_node *map)
{
	return ipsec_node_get(map, "id")     ? "id" :
	       ipsec_node_get(map, "cookie") ? "cookie" :
					       NULL;
}

/* An exception in a rule takes over nothing that is for negotiating. */
static void inherit(const struct ipsec_filter *base,
		    const struct ipsec_node *map, struct ipsec_filter *f)
{
	const struct ipsec_node *action = ipsec_node_get(map, "action");

	*f = *base;
	if (action && action->kind == IPSEC_SCALAR &&
	    strcmp(action->text, "negotiate"))
		ipsec_filter_init(f);
}

static int add_filter(struct policy_build *b, const struct ipsec_filter *base,
		      const struct ipsec_node *map, struct policy_rule *rule)
{
	struct ipsec_filter *f = &rule->filter[rule->filters];
	int rc;

	inherit(base, map, f);
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

/**
 * policy_filters_read() - the filters of a rule
 * @b: the policy so far
 * @base: what they take over from the rule
 * @list: as written; NULL: nothing was
 * @line: of the rule
 * @rule: its name and id are set; gets them
 *
 * Return: 0, or -EINVAL or -ENOMEM with the error told.
 */
int policy_filters_read(struct policy_build *b, const struct ipsec_filter *base,
			const struct ipsec_node *list, unsigned int line,
			struct policy_rule *rule)
{
	const struct ipsec_node *c;
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
		rc = add_filter(b, base, c, rule);
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
const struct ipsec_filter *policy_first_filter(const struct policy_rule *rule)
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
	const struct ipsec_filter *first = policy_first_filter(rule), *f;

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

/**
 * policy_peer_set() - whom a rule talks to, and in which mode
 * @b: the policy so far
 * @local: address of ours, of length 0 if none was given
 * @remote: addresses of the peer's, likewise
 * @line: of the rule
 * @rule: it has a filter that negotiates; gets local, remote and mode
 *
 * Return: 0, or -EINVAL with the error told.
 */
int policy_peer_set(struct policy_build *b, const struct ipsec_addr *local,
		    const struct ipsec_net *remote, unsigned int line,
		    struct policy_rule *rule)
{
	const struct ipsec_filter *first = policy_first_filter(rule);
	bool one_peer;
	int rc = check_filters(b, line, rule, &one_peer);

	if (rc)
		return rc;
	rule->local = *local;
	rule->remote = *remote;
	rule->mode = IPSECDRV_MODE_TRANSPORT;
	if (first->flags.v & F(TUNNEL)) {
		if (local->len || remote->first.len)
			return ipsec_err_at(b->err, line,
					    "the tunnel names the peers; "
					    "remove local and remote");
		rule->mode = IPSECDRV_MODE_TUNNEL;
		rule->local = first->tunnel_local;
		net_of_addr(&rule->remote, &first->tunnel_remote);
	} else if (!remote->first.len && one_peer) {
		rule->remote = *their_net(first);
	}
	return 0;
}
