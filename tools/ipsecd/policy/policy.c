// SPDX-License-Identifier: GPL-2.0-or-later
/* Policies in use: held, let go, and looked into. */
#include "policy.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"

struct policy *policy_get(struct policy *p)
{
	p->refs++;
	return p;
}

static void wipe_free(uint8_t *secret, size_t len)
{
	if (secret)
		explicit_bzero(secret, len);
	free(secret);
}

void policy_rule_free(struct policy_rule *rule)
{
	free(rule->filter);
}

void policy_negotiation_free(struct policy_rule *rule)
{
	unsigned int i;

	for (i = 0; i < rule->auths; i++)
		wipe_free(rule->auth[i].psk, rule->auth[i].psk_len);
	free(rule->auth);
	wipe_free(rule->ppk_key, rule->ppk_len);
	ike_proposals_free(&rule->ike);
	free(rule->method);
}

static void negotiations_free(struct policy_negotiation *list)
{
	struct policy_negotiation *n, *next;

	HASH_ITER(hh, list, n, next) {
		HASH_DEL(list, n);
		policy_negotiation_free(&n->rule);
		free(n);
	}
}

static void shared_free(struct policy_shared *list)
{
	struct policy_shared *s, *next;

	HASH_ITER(hh, list, s, next) {
		HASH_DEL(list, s);
		if (s->credential)
			ike_credential_free(s->credential);
		if (s->trust)
			ike_trust_free(s->trust);
		free(s);
	}
}

static void unused_free(struct policy_unused *list)
{
	struct policy_unused *next;

	for (; list; list = next) {
		next = list->next;
		free(list);
	}
}

void policy_put(struct policy *p)
{
	unsigned int i;

	if (!p || --p->refs)
		return;
	for (i = 0; i < p->rules; i++)
		policy_rule_free(&p->rule[i]);
	free(p->rule);
	for (i = 0; i < p->words; i++)
		free(p->word[i]);
	free(p->word);
	negotiations_free(p->negotiations);
	shared_free(p->shared);
	unused_free(p->unused);
	policy_put(p->merged);
	free(p);
}

/**
 * policy_rule_by_id() - the rule whose filter raised an acquire
 * @p: the policy
 * @cookie: of the filter
 *
 * Return: the rule, or NULL: the filter is not of this policy.
 */
const struct policy_rule *policy_rule_by_id(const struct policy *p,
					    uint64_t cookie)
{
	unsigned int i;

	for (i = 0; i < p->rules; i++)
		if (p->rule[i].id == cookie)
			return &p->rule[i];
	return NULL;
}

struct policy_rule *policy_rule_by_name(const struct policy *p,
					const char *name)
{
	unsigned int i;

	for (i = 0; i < p->rules; i++)
		if (!strcmp(p->rule[i].name, name))
			return &p->rule[i];
	return NULL;
}

const struct ipsec_filter *policy_rule_filter(const struct policy_rule *rule,
					      uint32_t id)
{
	unsigned int i;

	for (i = 0; i < rule->filters; i++)
		if (rule->filter[i].id.v == id)
			return &rule->filter[i];
	return NULL;
}

static bool net_has(const struct ipsec_net *net, const struct ipsec_addr *a)
{
	unsigned int bytes = net->plen / 8, bits = net->plen % 8;

	if (!net->first.len)
		return true;
	if (net->first.len != a->len)
		return false;
	if (net->last.len)
		return memcmp(a->b, net->first.b, a->len) >= 0 &&
		       memcmp(a->b, net->last.b, a->len) <= 0;
	if (memcmp(a->b, net->first.b, bytes))
		return false;
	return !bits || !((a->b[bytes] ^ net->first.b[bytes]) >> (8 - bits));
}

static bool filter_has(const struct ipsec_filter *f,
		       const struct ipsec_addr *local,
		       const struct ipsec_addr *remote)
{
	bool in = f->dir.v == IPSECDRV_DIR_IN;
	const struct ipsec_net *ours = in ? &f->sel.dst : &f->sel.src;
	const struct ipsec_net *theirs = in ? &f->sel.src : &f->sel.dst;

	return f->action.v == IPSECDRV_ACTION_NEGOTIATE &&
	       f->sel.family.v == (uint64_t)ipsec_addr_family(local) &&
	       net_has(ours, local) && net_has(theirs, remote);
}

/* In transport mode the peers are the ends of what the filters name. */
static bool rule_has(const struct policy_rule *rule,
		     const struct ipsec_addr *local,
		     const struct ipsec_addr *remote)
{
	unsigned int i;

	if (rule->local.len && !ipsec_addr_equal(&rule->local, local))
		return false;
	if (!net_has(&rule->remote, remote))
		return false;
	if (rule->mode == IPSECDRV_MODE_TUNNEL)
		return true;
	for (i = 0; i < rule->filters; i++)
		if (filter_has(&rule->filter[i], local, remote))
			return true;
	return false;
}

static bool speaks(const struct policy_rule *rule, unsigned int version)
{
	return rule->auths && rule->versions & 1U << version;
}

/**
 * policy_rule_next() - rules that could be meant by a peer
 * @p: the policy
 * @prev: the last one given, NULL at first
 * @local: our address
 * @remote: the peer's, behind a NAT the NAT's
 * @version: of IKE that the peer speaks
 *
 * The default response comes last, for whoever it is; what it does not do is
 * told by policy_response_filter().
 *
 * Return: the next in the order of the file, NULL: no more.
 */
const struct policy_rule *policy_rule_next(const struct policy *p,
					   const struct policy_rule *prev,
					   const struct ipsec_addr *local,
					   const struct ipsec_addr *remote,
					   unsigned int version)
{
	const struct policy_rule *rule = prev ? prev + 1 : p->rule;

	if (prev && prev->response)
		return NULL;
	/* Nothing is added to a NULL, be it 0. */
	for (; p->rules && rule < p->rule + p->rules; rule++)
		if (speaks(rule, version) && !rule->response &&
		    rule_has(rule, local, remote))
			return rule;
	rule = policy_response(p);
	return rule && speaks(rule, version) ? rule : NULL;
}
