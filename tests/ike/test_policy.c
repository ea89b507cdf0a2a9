// SPDX-License-Identifier: GPL-2.0-or-later
/* What a policy means: defaults, numbers, whom a rule is for. */
#include <stdlib.h>

#include "crypto.h"
#include "mint.h"
#include "policy_text.h"
#include "tap.h"
#include "ts.h"

#define NAMED(name, filter)           \
	"  - name: " name "\n"        \
	"    filters: [" filter "]\n" \
	"    psk-file: secret\n"
#define ONE "{from: 10.0.0.1, to: 10.0.0.2}"
#define RULE "rules:\n" NAMED("x", ONE)

static struct policy *good(const char *yaml)
{
	char why[1024];
	struct policy *policy = policy_text(yaml, why, sizeof(why));

	if (policy)
		return policy;
	printf("Bail out! %s\n%s", why, yaml);
	exit(1);
}

static struct ipsec_addr addr(const char *text)
{
	struct ipsec_addr a;

	ipsec_addr_parse(&a, text);
	return a;
}

static void same_text(const struct ike_proposal *p, const char *want,
		      const char *what)
{
	char buf[512];

	is(ike_proposal_text(p, buf, sizeof(buf)), want, "%s", what);
}

static void defaults(void)
{
	struct policy *p = good(RULE);
	const struct policy_rule *r = p->rule;
	const struct policy_method *m = r->method;

	ok(p->rules == 1 && p->port == 500 && p->natt_port == 4500 &&
		   p->keepalive == 20 && !p->keylog[0] && !p->exposed,
	   "settings of the daemon");
	ok(p->limits.per_address == 35 && p->limits.per_port == 5,
	   "limits of Windows Server 2003");
	ok(r->version == 2 && r->versions == 1U << 2 && !r->aggressive &&
		   !r->weak,
	   "IKE version 2 only, nothing weak");
	ok(r->ike_seconds == 28800 && r->idle_seconds == 300 &&
		   r->liveness_seconds == 30 && r->replay_window == 1024,
	   "times");
	ok(r->methods == 1 && m->protos == 1 && m->lifetime.seconds == 3600 &&
		   m->lifetime.bytes == 102400000 && !m->lifetime.packets,
	   "a Child SA lives 3600 s or 100000 KB");
	same_text(&m->proto[0],
		  "AES-GCM-16-256/AES-GCM-16-128/CHACHA20-POLY1305/ESN",
		  "ESP by default");
	ok(r->ike.count == 2 && r->pfs == POLICY_PFS_NO, "AEADs, then CBC");
	ok(r->auths == 1 && r->auth[0].method == IKE_AUTH_PSK &&
		   r->auth[0].psk_len == 11 &&
		   !memcmp(r->auth[0].psk, "open sesame", 11),
	   "the end of the secret's line is not part of it");
	ok(r->remote.first.len == 4 && r->remote.plen == 32 &&
		   r->mode == IPSECDRV_MODE_TRANSPORT && r->remote_port == 500,
	   "the peer is the one that the filter names");
	ok(r->filter[0].flags.v & IPSECDRV_FILTER_FLAGS_MIRRORED &&
		   r->filter[0].cookie.v == r->id && r->id &&
		   !strcmp(r->filter[0].name, "x"),
	   "the filter has the rule's cookie and name");
	policy_put(p);
}

static void words(void)
{
	struct policy *p =
		good(RULE "    version: 1\n    accept: [1, 2]\n    weak: yes\n"
			  "    ike: 3des-sha1-modp1024\n    esp: [3des-sha1]\n"
			  "    lifetime: {bytes: 0}\n    inpass: yes\n"
			  "    ppk: {id: a, file: hex, required: no}\n");
	struct policy_rule *r = p->rule;

	ok(r->version == 1 && r->versions == 6 && r->weak, "versions");
	ok(p->has_driver && p->driver.legacy.v,
	   "weak sets the driver's legacy");
	ok(!r->method->lifetime.bytes && r->method->lifetime.seconds == 3600,
	   "one limit changed");
	ok(r->filter->flags.v & IPSECDRV_FILTER_FLAGS_INPASS,
	   "words of the rule go to its filters");
	ok(r->ppk == POLICY_AUTO && r->ppk_len == 3 && r->ppk_key[1] == 0xff,
	   "a secret in hexadecimal");
	policy_put(p);

	p = good("rules:\n  - name: t\n    filters:\n"
		 "      - {from: 10.1.0.0/16, to: 10.2.0.0/16}\n"
		 "      - {from: 10.1.0.0/16, to: 10.2.0.53, action: permit}\n"
		 "    tunnel: {local: 1.2.3.4, remote: 5.6.7.8}\n"
		 "    psk: word\n    esp: aes128gcm16-x25519\n");
	r = p->rule;
	ok(r->mode == IPSECDRV_MODE_TUNNEL && r->local.b[3] == 4 &&
		   r->remote.first.b[3] == 8,
	   "the tunnel names the peers");
	ok(!(r->filter[1].flags.v & IPSECDRV_FILTER_FLAGS_TUNNEL),
	   "an exception has no tunnel");
	ok(r->pfs == POLICY_PFS_YES, "a group means PFS");
	ok(p->exposed == 7, "a secret in the policy is known by its line");
	policy_put(p);
}

static void signatures(void)
{
	static const char yaml[] =
		"rules:\n  - name: a\n    filters: [" ONE "]\n    auth:\n"
		"      - {key: key, cert: cert, ca: [ca], crl: crl,\n"
		"         remote: '*.example.org'}\n"
		"      - {key: other-key, peer-key: peer, remote-id: blue}\n"
		"      - {psk-file: secret, local-id: red}\n"
		"  - name: b\n    filters: [{from: 10.0.0.1, to: 10.0.0.3}]\n"
		"    auth: {key: key, cert: cert, ca: [ca], crl: crl,\n"
		"      remote: other}\n";
	struct policy *p = good(yaml);
	const struct policy_auth *a = p->rule[0].auth;

	ok(p->rule[0].auths == 3 && a[0].method == IKE_AUTH_ECDSA &&
		   a[1].method == IKE_AUTH_ED25519 &&
		   a[2].method == IKE_AUTH_PSK,
	   "methods in their order, named by their keys");
	ok(a[0].remote.type == IKE_ID_FQDN && a[2].local.type == IKE_ID_FQDN,
	   "identities");
	ok(p->rule[1].auth[0].credential == a[0].credential &&
		   p->rule[1].auth[0].trust == a[0].trust,
	   "rules that name the same files share what is in them");
	policy_put(p);
}

/* Ids and digests stay while what they stand for does. */
static void numbers(void)
{
	struct policy *one = good(RULE);
	struct policy *two =
		good("rules:\n" NAMED("y", "{from: 10.0.0.1, to: 10.0.0.9}")
			     NAMED("x", ONE));
	struct policy *other =
		good("rules:\n" NAMED("x", ONE "") "    liveness: 31\n");
	struct policy *twice = good("rules:\n" NAMED("x", ONE ", " ONE));

	ok(one->rule[0].id == two->rule[1].id &&
		   one->rule[0].filter[0].id.v == two->rule[1].filter[0].id.v,
	   "a rule before another leaves its ids as they were");
	ok(!memcmp(one->rule[0].digest, two->rule[1].digest, POLICY_DIGEST_LEN),
	   "and its digest");
	ok(memcmp(one->rule[0].digest, other->rule[0].digest,
		  POLICY_DIGEST_LEN) != 0,
	   "a change is seen in the digest");
	ok(one->rule[0].filter[0].id.v == other->rule[0].filter[0].id.v,
	   "a change that is not the filter's leaves its id");
	ok(twice->rule[0].filter[0].id.v != twice->rule[0].filter[1].id.v,
	   "two filters never have one id");
	ok(policy_rule_by_id(two, one->rule[0].id) == &two->rule[1] &&
		   !policy_rule_by_id(two, 0),
	   "a rule is found by its id");
	policy_put(one);
	policy_put(two);
	policy_put(other);
	policy_put(twice);
}

static const char *meant(const struct policy *p, const char *local,
			 const char *remote, unsigned int version)
{
	struct ipsec_addr a = addr(local), b = addr(remote);
	const struct policy_rule *r = NULL;
	static char names[256];

	names[0] = '\0';
	while ((r = policy_rule_next(p, r, &a, &b, version)))
		strcat(strcat(names, r->name), " ");
	return names;
}

static void peers(void)
{
	struct policy *p = good(
		"rules:\n" NAMED("net", "{from: 10.0.0.0/24, to: 10.0.0.0/24}") NAMED(
			"range", "{from: 10.0.0.1, to: "
				 "10.0.0.5-10.0.0.7}")
			NAMED("old", ONE) "    version: 1\n" NAMED(
				"in", "{dir: in, from: 10.0.0.2, to: "
				      "10.0.0.1}")
				NAMED("gate",
				      "{from: 10.1.0.0/16, to: "
				      "10.2.0.0/16}") "    tunnel: "
						      "{remote: "
						      "1.2.3.4}\n"
						      "  - name: free\n    filters: [" ONE
						      "]\n"
						      "    action: permit\n");

	is(meant(p, "10.0.0.1", "10.0.0.6", 2), "net range ", "subnet, range");
	is(meant(p, "10.0.0.1", "10.0.0.2", 2), "net in ", "inbound");
	is(meant(p, "10.0.0.1", "10.0.0.2", 1), "old ", "by version");
	is(meant(p, "10.0.0.1", "10.0.1.2", 2), "", "nobody");
	is(meant(p, "10.0.0.1", "1.2.3.4", 2), "gate ", "a gateway");
	is(meant(p, "::1", "::2", 2), "", "of another family");
	policy_put(p);
}

static struct ike_ts ts(const char *first, const char *last, int proto,
			int port)
{
	return (struct ike_ts){
		.proto = (uint8_t)proto,
		.port = { (uint16_t)port, port ? (uint16_t)port : UINT16_MAX },
		.addr = { addr(first), addr(last) },
	};
}

static void narrowed(const struct policy_rule *rule,
		     const struct ike_ts_list *local,
		     const struct ike_ts_list *remote, int filter,
		     const char *want, const char *what)
{
	char a[IKE_TS_STRLEN], b[IKE_TS_STRLEN], got[3 * IKE_TS_STRLEN];
	const struct ipsec_filter *f;
	struct ike_ts l, r;

	f = policy_rule_narrow(rule, local, remote, &l, &r);
	ok((f ? (int)(f - rule->filter) : -1) == filter, "%s: the filter",
	   what);
	snprintf(got, sizeof(got), "%s -> %s",
		 f ? ike_ts_text(&l, a, sizeof(a)) : "",
		 f ? ike_ts_text(&r, b, sizeof(b)) : "");
	is(got, want, "%s: what is left", what);
}

static void narrow(void)
{
	struct policy *p = good("rules:\n" NAMED(
		"x", "{from: 10.0.0.0/24, to: 10.1.0.0/24}, "
		     "{from: 10.0.0.0/24, to: 10.1.0.0/24, proto: tcp, "
		     "dport: 443}, {from: 10.5.0.1, to: 10.5.0.2, action: "
		     "block}"));
	struct ike_ts_list l = { 1,
				 { ts("0.0.0.0", "255.255.255.255", 0, 0) } };
	struct ike_ts_list r = l;

	narrowed(p->rule, &l, &r, 0, "10.0.0.0/24 -> 10.1.0.0/24", "all");
	l.ts[0] = ts("10.0.0.1", "10.0.0.1", 6, 0);
	r.ts[0] = ts("10.1.0.1", "10.1.0.1", 6, 443);
	narrowed(p->rule, &l, &r, 1, "10.0.0.1 tcp -> 10.1.0.1 tcp 443",
		 "what an inner filter holds");
	l = (struct ike_ts_list){ 2,
				  { ts("10.0.0.1", "10.0.0.1", 17, 0),
				    ts("10.0.0.0", "10.0.0.255", 0, 0) } };
	r = (struct ike_ts_list){ 2,
				  { ts("10.1.0.1", "10.1.0.1", 17, 53),
				    ts("10.1.0.0", "10.1.0.255", 0, 0) } };
	narrowed(p->rule, &l, &r, 0, "10.0.0.0/24 -> 10.1.0.0/24",
		 "a packet, and more than it");
	l = (struct ike_ts_list){ 1, { ts("10.5.0.1", "10.5.0.1", 0, 0) } };
	r = (struct ike_ts_list){ 1, { ts("10.5.0.2", "10.5.0.2", 0, 0) } };
	narrowed(p->rule, &l, &r, -1, " -> ", "what is blocked");
	policy_put(p);
}

int main(void)
{
	ike_crypto_init();
	defaults();
	words();
	signatures();
	numbers();
	peers();
	narrow();
	mint_end();
	return tap_done();
}
