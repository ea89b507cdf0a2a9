// SPDX-License-Identifier: GPL-2.0-or-later
/* Several policies, what their rules share, in and out apart, words for addresses. */
#include <stdlib.h>

#include "crypto.h"
#include "mint.h"
#include "policy_text.h"
#include "tap.h"

#define FILTERS "filters: [{from: 10.0.0.1, to: 10.0.0.2}]"
#define RULE(name) "{name: " name ", " FILTERS ", psk-file: secret}"
#define ONE(words) "rules: [{name: x, " words "}]\n"

static struct policy *good(const char *yaml)
{
	char why[1024];
	struct policy *policy = policy_text(yaml, why, sizeof(why));

	if (policy)
		return policy;
	printf("Bail out! %s\n%s", why, yaml);
	exit(1);
}

static void add(char *buf, size_t size, const char *text)
{
	size_t len = strlen(buf);

	snprintf(buf + len, size - len, "%s%s", len ? "; " : "", text);
}

/* "mirrored negotiate inpass soft 10.0.0.1 -> 10.0.0.2; in block ..." */
static const char *filters(const struct policy *p)
{
	static char buf[2048];
	char one[512], sel[IPSEC_SELECTOR_STRLEN];
	unsigned int i, j;

	*buf = '\0';
	for (i = 0; i < p->rules; i++)
		for (j = 0; j < p->rule[i].filters; j++) {
			const struct ipsec_filter *f = &p->rule[i].filter[j];
			uint64_t flags = f->flags.v;

			snprintf(one, sizeof(one), "%s %s%s%s %s",
				 flags & IPSECDRV_FILTER_FLAGS_MIRRORED ?
					 "both" :
				 f->dir.v ? "in" :
					    "out",
				 ipsec_name(ipsec_names_action, f->action.v),
				 flags & IPSECDRV_FILTER_FLAGS_INPASS ?
					 " inpass" :
					 "",
				 flags & IPSECDRV_FILTER_FLAGS_SOFT ? " soft" :
								      "",
				 ipsec_selector_text(&f->sel, sel,
						     sizeof(sel)));
			add(buf, sizeof(buf), one);
		}
	return buf;
}

static void makes(const char *yaml, const char *want, const char *what)
{
	struct policy *p = good(yaml);

	is(filters(p), want, "%s", what);
	policy_put(p);
}

static void assigned(void)
{
	static const char both[] =
		"policies:\n"
		"  - {name: a, rules: [" RULE("x") ", " RULE("y") "]}\n"
		"  - {name: b, rules: [" RULE("x") "], ike-lifetime: 600}\n";
	char yaml[1024];
	struct policy *p = good(both), *one;

	ok(!p->rules && !*p->assigned, "none is in force unless one is named");
	policy_put(p);
	snprintf(yaml, sizeof(yaml), "%sassign: b\n", both);
	p = good(yaml);
	one = good("rules: [" RULE("x") "]\n");
	ok(p->rules == 1 && !strcmp(p->assigned, "b"), "the one assigned");
	ok(p->rule[0].ike_seconds == 600, "its rules have its defaults");
	ok(p->rule[0].id == one->rule[0].id &&
		   p->rule[0].filter[0].id.v == one->rule[0].filter[0].id.v,
	   "ids do not depend on what else is in the file");
	ok(memcmp(p->rule[0].digest, one->rule[0].digest, POLICY_DIGEST_LEN),
	   "a default of the policy changes the rule");
	policy_put(one);
	policy_put(p);
	makes("rules:\n  - {name: x, active: no, " FILTERS
	      ", action: block}\n  - {name: y, " FILTERS ", action: permit}\n",
	      "both permit 10.0.0.1 -> 10.0.0.2", "a rule that is not active");
}

static void shared(void)
{
	static const char text[] =
		"rules:\n"
		"  - {name: a, filter-list: web, filter-action: secure,\n"
		"     psk-file: secret, connection: dialup}\n"
		"  - {name: b, filter-list: web, filter-action: no}\n"
		"filter-lists:\n"
		"  - {name: web, description: Web, filters: [{from: 10.0.0.1,\n"
		"     to: 10.0.0.2, proto: tcp, dport: 80}]}\n"
		"  - {name: unused, filters: [{from: any, to: 10.0.0.9}]}\n"
		"filter-actions:\n"
		"  - {name: secure, esp: aes128gcm16, inpass: yes, weak: yes}\n"
		"  - {name: 'no', action: block}\n";
	char other[sizeof(text) + 64], *at;
	struct policy *p = good(text), *q;

	is(filters(p),
	   "both negotiate inpass 10.0.0.1 -> 10.0.0.2 tcp dport 80 class "
	   "dialup; both block 10.0.0.1 -> 10.0.0.2 tcp dport 80",
	   "lists and actions, before or after the rules");
	ok(p->rule[0].methods == 1 && p->rule[0].weak, "what the action says");
	ok(p->rule[0].filter[0].id.v != p->rule[1].filter[0].id.v,
	   "filters of two rules are two");
	strcpy(other, text);
	at = strstr(other, "aes128");
	memcpy(at, "aes256", 6);
	q = good(other);
	ok(memcmp(p->rule[0].digest, q->rule[0].digest, POLICY_DIGEST_LEN) &&
		   !memcmp(p->rule[1].digest, q->rule[1].digest,
			   POLICY_DIGEST_LEN),
	   "a change of an action is one of the rules that name it");
	policy_put(q);
	strcpy(other, text);
	memcpy(strstr(other, "Web"), "Wob", 3);
	q = good(other);
	ok(!memcmp(p->rule[0].digest, q->rule[0].digest, POLICY_DIGEST_LEN),
	   "a description is not");
	policy_put(q);
	policy_put(p);
}

/* in, out: every pair has a meaning. */
static void apart(void)
{
#define TO " 10.0.0.1 -> 10.0.0.2"
#define FROM " 10.0.0.2 -> 10.0.0.1"
	static const char *const t[][3] = {
		{ "block", "block", "both block" TO },
		{ "permit", "block", "in permit" FROM "; out block" TO },
		{ "request", "block",
		  "both negotiate inpass" TO "; out block" TO },
		{ "require", "block", "both negotiate" TO "; out block" TO },
		{ "block", "permit", "in block" FROM "; out permit" TO },
		{ "permit", "permit", "both permit" TO },
		{ "request", "permit",
		  "in negotiate inpass" FROM "; out permit" TO },
		{ "require", "permit", "in negotiate" FROM "; out permit" TO },
		{ "block", "request",
		  "both negotiate soft" TO "; in block" FROM },
		{ "permit", "request", "both negotiate inpass soft" TO },
		{ "request", "request", "both negotiate inpass soft" TO },
		{ "require", "request", "both negotiate soft" TO },
		{ "block", "require", "both negotiate" TO "; in block" FROM },
		{ "permit", "require", "both negotiate inpass" TO },
		{ "request", "require", "both negotiate inpass" TO },
		{ "require", "require", "both negotiate" TO },
	};
	char yaml[512], what[64];
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		bool plain = t[i][0][0] != 'r' && t[i][1][0] != 'r';

		snprintf(yaml, sizeof(yaml), ONE(FILTERS ", in: %s, out: %s%s"),
			 t[i][0], t[i][1], plain ? "" : ", psk-file: secret");
		snprintf(what, sizeof(what), "in %s, out %s", t[i][0], t[i][1]);
		makes(yaml, t[i][2], what);
	}
	makes(ONE("filters: [{from: 10.0.0.1, to: 10.0.0.2, proto: tcp, dport: "
		  "80, mirrored: no}], in: block, out: request, psk-file: "
		  "secret"),
	      "out negotiate soft 10.0.0.1 -> 10.0.0.2 tcp dport 80",
	      "of one direction");
	makes(ONE("filters: [{from: 10.0.0.2, to: 10.0.0.1, dir: in, mirrored: "
		  "no}], in: request, out: request, psk-file: secret"),
	      "in negotiate inpass 10.0.0.2 -> 10.0.0.1", "of the other");
	makes(ONE("filters: [{from: 10.0.0.1, to: 10.0.0.2, proto: tcp, sport: "
		  "9, dport: 80}], in: block, out: permit"),
	      "in block 10.0.0.2 -> 10.0.0.1 tcp sport 80 dport 9; out permit "
	      "10.0.0.1 -> 10.0.0.2 tcp sport 9 dport 80",
	      "ports change sides, too");
	makes(ONE("filters: [{from: 10.0.0.1, to: 10.0.0.2, action: permit}], "
		  "in: block, out: block"),
	      "both permit 10.0.0.1 -> 10.0.0.2", "an exception is its own");
}

static void soft(void)
{
	struct policy *p = good(
		ONE(FILTERS ", psk-file: secret, in: require, out: request"));
	const struct ipsec_filter *f = p->rule[0].filter;

	ok(f->soft_reasons.v == 1 << IPSECDRV_REFUSE_REASON_NO_ANSWER &&
		   f->soft_delay.v == 3000 && f->soft_lifetime.v == 300,
	   "request falls back as Windows did");
	policy_put(p);
	p = good(ONE(FILTERS ", psk-file: secret, in: require, out: request, "
			     "soft: {reasons: [policy], lifetime: 9}"));
	f = p->rule[0].filter;
	ok(f->soft_reasons.v == 1 << IPSECDRV_REFUSE_REASON_POLICY &&
		   !f->soft_delay.set && f->soft_lifetime.v == 9,
	   "or as it is told");
	policy_put(p);
	makes(ONE(FILTERS ", psk-file: secret, soft: yes"),
	      "both negotiate soft 10.0.0.1 -> 10.0.0.2", "soft: yes");
	makes(ONE(FILTERS ", psk-file: secret, soft: no"),
	      "both negotiate 10.0.0.1 -> 10.0.0.2", "soft: no");
}

static void response(void)
{
	struct policy *p =
		good("rules: [" RULE("x") "]\ndefault-response: yes\n");
	const struct policy_rule *r = &p->rule[1];

	ok(p->rules == 2 && r->response && !r->filters && !p->rule[0].response,
	   "the default response is a rule without filters");
	ok(r->auths == 1 && r->auth[0].psk_len == 11 && r->methods == 1 &&
		   r->versions == 1U << 2 && r->id,
	   "with the secret of the first rule");
	policy_put(p);
	p = good("policies: [{name: a, default-response: {psk-file: hex, "
		 "version: 1, esp: aes128-sha256}, qm-limit: 7}]\nassign: a\n");
	r = p->rule;
	ok(p->rules == 1 && r->response && r->auth[0].psk_len == 3 &&
		   r->version == 1 && r->qm_limit == 7,
	   "or its own, and the defaults of the policy");
	policy_put(p);
	p = good("rules: []\ndefault-response: no\n");
	ok(!p->rules, "no is none");
	policy_put(p);
}

static void bound(void)
{
	struct policy *p;

	policy_text_bindings = "me 10.0.0.1 10.1.0.1 fd00::1\n"
			       "gateway 10.0.0.254\n\nwins 10.0.0.8\n"
			       "name:a.example 10.0.0.7 fd00::7\n"
			       "name:old.example! 10.0.0.6\n"
			       "dns\n";
	makes(ONE("filters: [{from: me, to: 10.0.0.0/8}], action: block"),
	      "both block 10.0.0.1 -> 10.0.0.0/8; both block 10.1.0.1 -> "
	      "10.0.0.0/8",
	      "me, of the family of the other side");
	makes(ONE("filters: [{from: me, to: any, proto: icmpv6}], action: "
		  "permit"),
	      "both permit fd00::1 -> any icmpv6", "of the protocol's");
	makes(ONE("filters: [{from: me, to: any, family: 6}], action: permit"),
	      "both permit fd00::1 -> any", "of the one named");
	makes(ONE("filters: [{from: me, to: gateway}], action: permit"),
	      "both permit 10.0.0.1 -> 10.0.0.254; both permit 10.1.0.1 -> "
	      "10.0.0.254",
	      "each with each");
	makes(ONE("filters: [{from: me, to: me}], action: block"), "",
	      "a host and itself never meet on a wire");
	makes(ONE("filters: [{from: any, to: A.Example}, {from: any, to: "
		  "'name:a.example'}], action: block"),
	      "both block any -> 10.0.0.7; both block any -> fd00::7; both "
	      "block any -> 10.0.0.7; both block any -> fd00::7",
	      "a name in any letters");
	makes(ONE("filters: [{from: any, to: dns}, {from: any, to: b.example}]"
		  ", action: block"),
	      "", "what stands for nothing is left out");
	makes(ONE("filters: [{from: any, to: old.example}, {from: any, to: "
		  "old.example, action: permit}], action: block"),
	      "both block any -> 10.0.0.6",
	      "a name that no longer resolves permits nothing");
	makes(ONE("filters: [{from: any, to: wins}], action: permit")
	      "ike: {wins: [10.0.0.9]}\n",
	      "both permit any -> 10.0.0.9", "wins that the policy names");
	p = good(ONE("filters: [{from: me, to: b.example}], psk-file: secret"));
	ok(p->words == 2 && !strcmp(p->word[0], "me") &&
		   !strcmp(p->word[1], "name:b.example"),
	   "the policy tells which words it has");
	ok(p->rules == 1 && p->rule[0].auths == 1 && !p->rule[0].filters,
	   "a rule whose name does not resolve is a rule");
	policy_put(p);
	p = good("policies: [{name: a, rules: [{name: x, filters: [{from: me, "
		 "to: any}], action: block}]}]\n");
	ok(!p->words, "one that is not in force needs none");
	policy_put(p);
}

static const char *const wrong[][3] = {
	{ "neither rules nor policies", "filter-lists: []\n",
	  "0: there is no 'rules:' list; an empty one is written 'rules: []'" },
	{ "rules and policies", "policies: []\nrules: []\n",
	  "2: policies and rules exclude each other; move rules into a "
	  "policy" },
	{ "a default response beside policies",
	  "policies: []\ndefault-response: no\n",
	  "2: policies and default-response exclude each other; move "
	  "default-response into a policy" },
	{ "policies that are a word", "policies: all\n",
	  "1: 'policies' must be a list ('- ...' lines); an empty one is "
	  "written 'policies: []'" },
	{ "assign without policies", "rules: []\nassign: x\n",
	  "2: assign is for one of several policies; remove it, or write "
	  "them under policies" },
	{ "assign of what is not there", "policies: []\nassign: x\n",
	  "2: there is no policy 'x'; add it, or write the name of one that "
	  "is there" },
	{ "assign of a list", "policies: []\nassign: [x]\n",
	  "2: assign is the name of one policy" },
	{ "a policy without a name", "policies:\n  - rules: []\n",
	  "2: the policy has no name; add 'name'" },
	{ "two policies of a name",
	  "policies:\n  - {name: a}\n  - {name: a}\n",
	  "3: the name 'a' is taken by the policy in line 2; give each its "
	  "own" },
	{ "a word of a rule in a policy",
	  "policies:\n  - {name: a, psk-file: secret}\n",
	  "2: unknown word 'psk-file'; known are name, description, rules, "
	  "default-response, version, accept, aggressive, ike, "
	  "ike-lifetime, qm-limit, childless, encap, fragmentation, "
	  "fragment-size, liveness, redirect, ppk, master-pfs, weak" },
	{ "rules of a policy that are none",
	  "policies:\n  - {name: a, rules: x}\n",
	  "2: 'rules' must be a list ('- ...' lines); an empty one is "
	  "written 'rules: []'" },
	{ "a bad rule of a policy that is not assigned",
	  "policies:\n  - name: a\n    rules:\n      - {name: x}\n",
	  "4: rule 'x' is for no traffic; add filters such as [{from: "
	  "10.0.0.1, to: 10.0.0.0/24}]" },
	{ "a bad rule that is not active",
	  "rules:\n  - {name: x, active: no, " FILTERS "}\n",
	  "2: rule 'x' does not say how the peers prove who they are; add "
	  "psk-file or auth" },
	{ "a filter list that is not there",
	  "rules:\n  - {name: x, filter-list: web}\n",
	  "2: there is no filter-list 'web'; add it, or write the name of one "
	  "that is there" },
	{ "filters and a filter list",
	  "rules:\n  - {name: x, filter-list: web, " FILTERS "}\n",
	  "2: filters and filter-list exclude each other; remove one" },
	{ "a filter list without filters",
	  "filter-lists:\n  - {name: web}\nrules: []\n",
	  "2: filter-list 'web' has no filters; add filters" },
	{ "a bad filter in a list that is not used",
	  "rules: []\nfilter-lists:\n  - name: web\n    filters:\n"
	  "      - {from: 10.0.0.300, to: any}\n",
	  "5: from '10.0.0.300': not an IPv4 or IPv6 address; write "
	  "all of it, as 10.0.0.1 or 2001:db8::1" },
	{ "two filter lists of a name",
	  "rules: []\nfilter-lists:\n  - {name: a, " FILTERS "}\n"
	  "  - {name: a, " FILTERS "}\n",
	  "4: the name 'a' is taken by the filter-list in line 3; give each "
	  "its own" },
	{ "a filter action that is not there",
	  "rules:\n  - {name: x, filter-action: drop, " FILTERS "}\n",
	  "2: there is no filter-action 'drop'; add it, or write the name of "
	  "one that is there" },
	{ "a filter action and words of one",
	  "filter-actions: [{name: a}]\nrules:\n  - name: x\n"
	  "    filter-action: a\n    esp: aes256gcm16\n    " FILTERS "\n",
	  "5: esp is for the filter action to say; move it there, or remove "
	  "filter-action" },
	{ "a word of a rule in a filter action",
	  "filter-actions: [{name: a, psk-file: secret}]\nrules: []\n",
	  "1: unknown word 'psk-file'; known are name, description, action, "
	  "in, out, narrow, require, inpass, fast-path, soft, esp, ah, "
	  "methods, lifetime, pfs, idle, replay-window, master-pfs, weak" },
	{ "a bad proposal of an action that is not used",
	  "filter-actions:\n  - {name: a, esp: rot13}\nrules: []\n",
	  "2: unknown algorithm 'rot13'" },
	{ "proposals of an action that negotiates nothing",
	  "filter-actions:\n  - {name: a, action: block, esp: aes256gcm16}\n"
	  "rules: []\n",
	  "2: rule 'a' negotiates nothing; remove esp" },
	{ "in without out", ONE(FILTERS ", in: block"),
	  "1: in and out go together; add 'out'" },
	{ "out without in", ONE(FILTERS ", out: block"),
	  "1: in and out go together; add 'in'" },
	{ "in, out and action",
	  ONE(FILTERS ", in: block, out: block, action: block"),
	  "1: in and out take the place of action and inpass; remove action" },
	{ "in, out and inpass",
	  ONE(FILTERS ", in: request, out: require, inpass: yes"),
	  "1: in and out take the place of action and inpass; remove inpass" },
	{ "soft where nothing is requested",
	  ONE(FILTERS ", in: require, out: require, soft: yes"),
	  "1: soft is for 'out: request'; remove it, or write that" },
	{ "a secret where both directions are plain",
	  ONE(FILTERS ", in: permit, out: block, psk-file: secret"),
	  "1: rule 'x' negotiates nothing; remove psk-file" },
	{ "a tunnel where both directions are plain",
	  ONE(FILTERS ", in: permit, out: block, tunnel: {remote: 1.2.3.4}"),
	  "1: tunnel is for 'action negotiate' only; remove it" },
	{ "an unknown side", ONE(FILTERS ", in: ask, out: block"),
	  "1: unknown in 'ask'; write block, permit, request or require" },
	{ "an unknown connection", ONE(FILTERS ", connection: wlan"),
	  "1: unknown connection 'wlan'; write all, lan or dialup" },
	{ "a connection and an interface",
	  ONE("connection: lan, action: block, filters: [{from: any, to: "
	      "10.0.0.2, iface: eth0}]"),
	  "1: iface and class exclude each other; remove one" },
	{ "a default response of nobody", "rules: []\ndefault-response: yes\n",
	  "2: the default response does not say how the peers prove who they "
	  "are, and no rule does; write {psk-file: ...} or {auth: ...}" },
	{ "a default response of some kind",
	  "rules: []\ndefault-response: sometimes\n",
	  "2: default-response is yes, no, or a map such as {psk-file: FILE}" },
	{ "a default response for filters",
	  "rules: []\ndefault-response: {action: block}\n",
	  "2: unknown word 'action'; known are psk, psk-file, local-id, "
	  "remote-id, auth, version, accept, aggressive, ike, ike-lifetime, "
	  "qm-limit, childless, encap, fragmentation, fragment-size, "
	  "liveness, redirect, ppk, esp, ah, methods, lifetime, pfs, idle, "
	  "replay-window, master-pfs, weak" },
	{ "a rule of that name",
	  "default-response: {psk-file: secret}\n"
	  "rules: [" RULE("default-response") "]\n",
	  "1: the name 'default-response' is taken by the rule in line 2; "
	  "give each its own" },
	{ "an address with a letter",
	  ONE("filters: [{from: 10.0.0.x, to: any}], action: block"),
	  "1: from '10.0.0.x': not an IPv4 or IPv6 address; write "
	  "all of it, as 10.0.0.1 or 2001:db8::1" },
	{ "a number that is no address",
	  ONE("filters: [{from: cafe, to: any}], action: block"),
	  "1: from 'cafe': not an IPv4 or IPv6 address; write "
	  "all of it, as 10.0.0.1 or 2001:db8::1" },
	{ "no name after name:",
	  ONE("filters: [{from: 'name:', to: any}], action: block"),
	  "1: '' is no name of a host; write one such as host.example.org" },
	{ "a name with a blank",
	  ONE("filters: [{from: 'name:a b', to: any}], action: block"),
	  "1: 'a b' is no name of a host; write one such as "
	  "host.example.org" },
	{ "a word of the wrong family",
	  ONE("filters: [{from: me, to: 'fd00::1', family: 4}], action: block"),
	  "1: to is an IPv6 address, but the family so far is 4; use one "
	  "family" },
	{ "a filter of words that is bad",
	  ONE("filters: [{from: me, to: b.example, dport: 80}], action: "
	      "block"),
	  "1: ports need a protocol that has them; add 'proto' tcp, udp, "
	  "sctp, dccp or udplite" },
	{ "a secret that is the bindings",
	  ONE(FILTERS ", psk-file: /"), "1: /: it is a folder" },
	{ "wins that are a word", "ike: {wins: me}\nrules: []\n",
	  "1: 'wins' must be a list ('- ...' lines); an empty one is written "
	  "'wins: []'" },
	{ "wins that are no address", "ike: {wins: [x]}\nrules: []\n",
	  "1: wins: not an IPv4 or IPv6 address; write "
	  "all of it, as 10.0.0.1 or 2001:db8::1" },
};

static void refused(void)
{
	char why[1024];
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct policy *p =
			policy_text(wrong[i][1], why, sizeof(why));

		is(why, wrong[i][2], "%s", wrong[i][0]);
		policy_put(p);
	}
}

int main(void)
{
	ike_crypto_init();
	assigned();
	shared();
	apart();
	soft();
	response();
	bound();
	refused();
	mint_end();
	return tap_done();
}
