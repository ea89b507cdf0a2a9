// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The default response: a peer that no rule is for asks for protection, and
 * the filter for it is made, kept while it is used, and taken away.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "pair.h"
#include "policy_text.h"
#include "tap.h"
#include "ts.h"

/* Red has a rule, Blue only the default response and what more says. */
static void begin(unsigned int version, const char *filters, const char *more)
{
	char a[1024], b[1024];

	snprintf(
		a, sizeof(a),
		"rules:\n  - name: all\n    version: %u\n    psk: one secret of "
		"both\n    filters: [%s]\nike: {log: debug}\n",
		version, filters);
	snprintf(
		b, sizeof(b),
		"default-response: {version: %u, psk: one secret of both, idle: "
		"60}\nike: {log: debug}\n%s",
		version, *more ? more : "rules: []\n");
	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1", a);
	blue = net_host(&net, "blue", "10.0.0.2", b);
}

static const struct ipsec_filter *only(void)
{
	return blue->driver.responses == 1 ? &blue->driver.response[0] : NULL;
}

static void log_both(void)
{
	printf("%s%s", red->log, blue->log);
}

static void asks(void)
{
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 3000);
}

/* Exactly what was asked for, between the two hosts. */
static void made(unsigned int version, const char *filters, const char *want)
{
	const struct ipsec_filter *f;
	char text[IPSEC_SELECTOR_STRLEN] = "none";

	begin(version, filters, "");
	asks();
	f = only();
	if (f)
		ipsec_selector_text(&f->sel, text, sizeof(text));
	ok(f && !strcmp(text, want), "version %u: the filter is %s: %s",
	   version, want, text);
	ok(f && f->action.v == IPSECDRV_ACTION_NEGOTIATE &&
		   f->flags.v == IPSECDRV_FILTER_FLAGS_MIRRORED &&
		   !strcmp(f->name, "default-response"),
	   "version %u: it negotiates, both ways, and its name says why",
	   version);
	ok(!net_traffic(red, blue), "version %u: both can send: %s", version,
	   net_traffic(red, blue) ? net_traffic(red, blue) : "yes");
	if (!f)
		log_both();
	pair_end();
}

/* It goes when the last SA has gone and nothing was sent for a while. */
static void goes(unsigned int version)
{
	begin(version, "{from: 10.0.0.1, to: 10.0.0.2}", "");
	asks();
	net_expire(blue, fake_sending(&blue->driver), true,
		   IPSECDRV_EXPIRE_REASON_IDLE);
	net_run(&net, 2000);
	ok(!blue->driver.responses,
	   "version %u: an idle SA takes its filter along", version);
	asks();
	ok(only(), "version %u: it is made again", version);
	ike_engine_down(red->engine, "all");
	net_run(&net, 50000);
	ok(only(), "version %u: after a deletion it stays for a while",
	   version);
	net_run(&net, 15000);
	ok(!blue->driver.responses, "version %u: and then goes", version);
	if (blue->driver.responses)
		log_both();
	pair_end();
}

/* What a rule is for is none of its business. */
static void ruled(unsigned int version, const char *rule, bool may,
		  const char *what)
{
	begin(version, "{from: 10.0.0.1, to: 10.0.0.2}", rule);
	asks();
	ok(blue->driver.responses == may && blue->driver.count == may,
	   "version %u: %s: %s", version, what,
	   may ? "the response answers" : "it does not");
	if (blue->driver.responses != may)
		log_both();
	pair_end();
}

#define BLOCK(filter) "  - {name: no, action: block, filters: [" filter "]}\n"
#define PERMIT(filter) \
	"  - {name: yes, action: permit, filters: [" filter "]}\n"

/* What stays blocked between 10.0.0.2, which is us, and 10.0.0.1. */
static void excepts(const char *rules, const char *want, const char *what)
{
	static const char head[] = "default-response: {psk: x}\nrules:\n";
	struct ipsec_filter f, e[POLICY_EXCEPTIONS_MAX];
	char text[1024], why[256], got[1024] = "";
	const struct policy_rule *by;
	struct ike_ts local, remote;
	unsigned int i, count = 0;
	struct ipsec_selector sel = { .family = { AF_INET, true } };
	struct policy *p;
	int rc;

	snprintf(text, sizeof(text), "%s%s", head, rules);
	p = policy_text(text, why, sizeof(why));
	ipsec_net_parse(&sel.src, "10.0.0.2");
	ipsec_net_parse(&sel.dst, "10.0.0.1");
	ike_ts_from_selector(&sel, AF_INET, &local, &remote);
	rc = p ? policy_response_filter(p, &local, &remote, &f, &by) : -EINVAL;
	if (!rc)
		rc = policy_response_exceptions(p, &f, e, &count);
	for (i = 0; i < count; i++) {
		char one[IPSEC_SELECTOR_STRLEN];

		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
			 i ? "; " : "",
			 ipsec_selector_text(&e[i].sel, one, sizeof(one)));
		if (e[i].action.v != IPSECDRV_ACTION_BLOCK ||
		    e[i].id.v == f.id.v || e[i].cookie.v == f.cookie.v)
			rc = -EPROTO;
	}
	is(!p		 ? why :
	   rc == -ENOENT ? (by ? by->name : "none") :
	   rc		 ? "?" :
			   got,
	   want, "%s", what);
	policy_put(p);
}

static void exceptions(void)
{
	excepts(BLOCK("{from: any, to: 10.9.0.1}"), "", "of other hosts");
	excepts(BLOCK("{from: 10.0.0.0/24, to: any, proto: tcp, sport: 80}"),
		"10.0.0.2 -> 10.0.0.1 tcp sport 80", "a port, of all hosts");
	excepts(BLOCK("{from: any, to: any, proto: tcp, dport: 80, family: 4}"),
		"10.0.0.2 -> 10.0.0.1 tcp dport 80", "a port of theirs");
	excepts(BLOCK("{from: any, to: any, proto: udp, family: 4, dir: in, "
		      "mirrored: no}"),
		"10.0.0.1 -> 10.0.0.2 udp", "one direction");
	excepts(BLOCK("{from: any, to: any, proto: icmp, family: 4}"),
		"10.0.0.2 -> 10.0.0.1 icmp", "a protocol");
	excepts(BLOCK("{from: 10.0.0.0/24, to: 10.0.0.0/24}"), "no",
		"nothing is left of it");
	excepts(BLOCK("{from: any, to: any, proto: tcp, dport: 22, family: 4}")
			PERMIT("{from: 10.0.0.0/24, to: any, proto: tcp, dport: "
			       "22}"),
		"", "a more specific filter permits it");
	excepts(BLOCK("{from: any, to: any, proto: tcp, family: 4}") PERMIT(
			"{from: 10.0.0.0/24, to: any, proto: tcp, dport: "
			"22}"),
		"no", "one permits a part of it");
	excepts("  - {name: own, psk: y, filters: [{from: 10.0.0.0/24, to: any, "
		"proto: tcp, dport: 22}]}\n",
		"own", "a rule protects a part of it");
}

static void not_authentic(unsigned int version)
{
	char b[256];

	begin(version, "{from: 10.0.0.1, to: 10.0.0.2}", "");
	snprintf(b, sizeof(b),
		 "default-response: {version: %u, psk: another}\nrules: []\n",
		 version);
	net_reload(blue, b);
	asks();
	ok(!blue->driver.responses && !blue->driver.count,
	   "version %u: nor for a peer that cannot prove who it is", version);
	pair_end();
}

/* A host that never asks first; and one whose driver takes no filter. */
static void limits(unsigned int version)
{
	begin(version, "{from: 10.0.0.1, to: 10.0.0.2}", "");
	blue->driver.fail_filter = 1;
	asks();
	ok(!blue->driver.count && !blue->driver.responses,
	   "version %u: without its filter no SA is made", version);
	blue->driver.fail_filter = 0;
	pair_end();
}

static void reloads(unsigned int version)
{
	char b[512];

	begin(version, "{from: 10.0.0.1, to: 10.0.0.2}", "");
	asks();
	snprintf(
		b, sizeof(b),
		"default-response: {version: %u, psk: one secret of both, idle: "
		"60}\nike: {log: debug}\nrules:\n  - {name: more, action: "
		"block, filters: [{from: 10.9.0.1, to: any}]}\n",
		version);
	net_reload(blue, b);
	net_run(&net, 2000);
	ok(only() && !net_traffic(red, blue),
	   "version %u: a policy that still makes it keeps its SAs", version);
	net_reload(blue, "rules:\n  - {name: more, action: block, filters: "
			 "[{from: 10.9.0.1, to: any}]}\n");
	net_run(&net, 2000);
	ok(!blue->driver.count,
	   "version %u: without a default response they end", version);
	pair_end();
}

int main(void)
{
	unsigned int version;

	exceptions();
	for (version = 1; version <= 2; version++) {
		made(version, "{from: 10.0.0.1, to: 10.0.0.2}",
		     "10.0.0.2 -> 10.0.0.1");
		made(version,
		     "{from: 10.0.0.1, to: 10.0.0.2, proto: tcp, dport: 80}",
		     "10.0.0.2 -> 10.0.0.1 tcp sport 80");
		goes(version);
		ruled(version,
		      "rules:\n  - {name: no, action: block, filters: [{from: "
		      "10.0.0.2, to: any, proto: tcp, sport: 80}]}\n",
		      true, "part of it is blocked by a rule");
		ruled(version,
		      "rules:\n  - {name: no, action: block, filters: [{from: "
		      "10.0.0.0/24, to: any}]}\n",
		      false, "all of it is blocked by a rule");
		ruled(version,
		      "rules:\n  - {name: no, action: block, filters: [{from: "
		      "10.0.0.2, to: 10.0.1.0/24}]}\n",
		      true, "other traffic is blocked");
		ruled(version,
		      "rules:\n  - {name: yes, action: permit, filters: [{family: 4, from: "
		      "any, to: any, proto: icmp}]}\n",
		      true, "part of it is permitted");
		not_authentic(version);
		limits(version);
		reloads(version);
	}
	return tap_done();
}
