// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What nftables has against IKE and ESP. A rule set is a program, which is not
 * run here: what is looked for is a rule that names one of the ports or
 * protocols and drops, and a base chain that drops by default and names none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"

static const struct {
	const char *name;
	int port;
	const char *proto;
} kinds[CTL_TRAFFICS] = {
	[CTL_IKE_500] = { "UDP port 500", 500, NULL },
	[CTL_IKE_4500] = { "UDP port 4500", 4500, NULL },
	[CTL_ESP] = { "ESP", 0, "esp" },
};

/* Its objects as nft gives them, asked for once; NULL: there is no nft. */
static const json_t *rule_set(void)
{
	static json_t *objects;
	static bool asked;
	json_t *all;
	FILE *from;

	if (asked)
		return objects;
	asked = true;
	from = popen("PATH=$PATH:/usr/sbin:/sbin nft -j list ruleset "
		     "2>/dev/null",
		     "re");
	if (!from)
		return NULL;
	all = json_loadf(from, 0, NULL);
	pclose(from);
	objects = json_incref(json_object_get(all, "nftables"));
	json_decref(all);
	return objects;
}

static bool has_port(const json_t *right, int port)
{
	const json_t *list = json_object_get(right, "set"), *one;
	const json_t *range = json_object_get(right, "range");
	size_t i;

	if (json_is_integer(right))
		return json_integer_value(right) == port;
	if (range)
		return json_integer_value(json_array_get(range, 0)) <= port &&
		       json_integer_value(json_array_get(range, 1)) >= port;
	json_array_foreach(list, i, one) {
		if (has_port(one, port))
			return true;
	}
	return false;
}

static bool has_proto(const json_t *right, const char *proto)
{
	const json_t *list = json_object_get(right, "set"), *one;
	const char *text = json_string_value(right);
	size_t i;

	if (text)
		return !strcmp(text, proto) ||
		       (!strcmp(proto, "esp") && !strcmp(text, "50"));
	json_array_foreach(list, i, one) {
		if (has_proto(one, proto))
			return true;
	}
	return json_is_integer(right) && json_integer_value(right) == 50;
}

/* Does a match name this kind of packets? */
static bool names(const json_t *match, enum ctl_traffic what)
{
	const json_t *left = json_object_get(match, "left");
	const json_t *right = json_object_get(match, "right");
	const json_t *payload = json_object_get(left, "payload");
	const char *field = ctl_member_text(payload, "field");
	const char *key = ctl_member_text(json_object_get(left, "meta"), "key");

	if (!strcmp(ctl_member_text(match, "op"), "!="))
		return false;
	if (kinds[what].port)
		return (!strcmp(field, "dport") || !strcmp(field, "sport")) &&
		       has_port(right, kinds[what].port);
	return (!strcmp(field, "protocol") || !strcmp(field, "nexthdr") ||
		!strcmp(key, "l4proto")) &&
	       has_proto(right, kinds[what].proto);
}

static bool rule_names(const json_t *rule, enum ctl_traffic what)
{
	const json_t *list = json_object_get(rule, "expr"), *one;
	size_t i;

	json_array_foreach(list, i, one) {
		const json_t *match = json_object_get(one, "match");

		if (match && names(match, what))
			return true;
	}
	return false;
}

static bool rule_drops(const json_t *rule)
{
	const json_t *list = json_object_get(rule, "expr"), *one;
	size_t i;

	json_array_foreach(list, i, one) {
		if (json_object_get(one, "drop") ||
		    json_object_get(one, "reject"))
			return true;
	}
	return false;
}

static bool same_chain(const json_t *rule, const json_t *chain)
{
	return !strcmp(ctl_member_text(rule, "family"),
		       ctl_member_text(chain, "family")) &&
	       !strcmp(ctl_member_text(rule, "table"),
		       ctl_member_text(chain, "table"));
}

/* Another chain of the table may be where it is let through. */
static bool table_names(const json_t *set, const json_t *chain,
			enum ctl_traffic what)
{
	const json_t *one, *rule;
	size_t i;

	json_array_foreach(set, i, one) {
		rule = json_object_get(one, "rule");
		if (rule && same_chain(rule, chain) && rule_names(rule, what))
			return true;
	}
	return false;
}

static bool drops_rest(const json_t *chain)
{
	return !strcmp(ctl_member_text(chain, "policy"), "drop") &&
	       (!strcmp(ctl_member_text(chain, "hook"), "input") ||
		!strcmp(ctl_member_text(chain, "hook"), "output"));
}

static const char *where(const json_t *at, const char *chain, char *buf,
			 size_t size)
{
	snprintf(buf, size, "table %s %s, chain %s",
		 ctl_member_text(at, "family"), ctl_member_text(at, "table"),
		 chain);
	return buf;
}

/* A rule that says so; NULL: there is none. */
static const json_t *find_rule(enum ctl_traffic what)
{
	const json_t *one, *rule;
	size_t i;

	json_array_foreach(rule_set(), i, one) {
		rule = json_object_get(one, "rule");
		if (rule && rule_names(rule, what) && rule_drops(rule))
			return rule;
	}
	return NULL;
}

/* A chain that drops whatever nobody names. */
static const json_t *find_chain(enum ctl_traffic what)
{
	const json_t *one, *chain;
	size_t i;

	json_array_foreach(rule_set(), i, one) {
		chain = json_object_get(one, "chain");
		if (chain && drops_rest(chain) &&
		    !table_names(rule_set(), chain, what))
			return chain;
	}
	return NULL;
}

const char *diag_firewall_where(enum ctl_traffic what, char *buf, size_t size)
{
	const json_t *rule = find_rule(what), *chain = find_chain(what);

	if (rule)
		return where(rule, ctl_member_text(rule, "chain"), buf, size);
	if (chain)
		return where(chain, ctl_member_text(chain, "name"), buf, size);
	buf[0] = '\0';
	return buf;
}

void diag_firewall(struct diag *d)
{
	char text[256];
	unsigned int i;

	if (!rule_set()) {
		diag_skipped(d, "firewall",
			     "the program nft is not there, or may not list "
			     "the rules");
		return;
	}
	for (i = 0; i < CTL_TRAFFICS; i++)
		if (*diag_firewall_where(i, text, sizeof(text)))
			diag_add(d, DIAG_FIREWALL,
				 find_rule(i) ? DIAG_WARNING : DIAG_NOTE,
				 "see whether that is meant; else accept UDP "
				 "ports 500 and 4500 and ESP, in and out",
				 "nftables %s %s: %s",
				 find_rule(i) ? "drops" :
						"has no rule that accepts",
				 kinds[i].name, text);
	diag_checked(d, "firewall");
}
