// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE_AUTH: every method, whose rule it is, and what must not pass. */
#include <stdlib.h>

#include "mint.h"
#include "ocsp.h"
#include "pair.h"
#include "tap.h"
#include "v2_proof.h"

static void begin(const char *more_red, const char *more_blue)
{
	pair_begin(more_red, more_blue);
	net.wall = MINT_NOW;
}

static void go(void)
{
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 3000);
}

/* The end of an attempt that failed. */
static void nothing_left(const char *name)
{
	net_run(&net, 200000);
	ok(!net_sas(red) && !net_sas(blue), "%s: no IKE SA is left", name);
	/* A responder has one until the initiator tells it that it failed. */
	ok(!red->driver.adds && !blue->driver.count, "%s: no pair is left",
	   name);
	ok(red->driver.refused == 1 &&
		   red->driver.reason == IPSECDRV_REFUSE_REASON_AUTH_FAILED,
	   "%s: the driver is told", name);
}

/* Two hosts with certificates of one CA, and a third of another. */
static void make_files(const char *key)
{
	char red_key[32], blue_key[32], ca_key[32], other_key[32];
	X509 *ca, *other;

	snprintf(red_key, sizeof(red_key), "%s/red", key);
	snprintf(blue_key, sizeof(blue_key), "%s/blue", key);
	snprintf(ca_key, sizeof(ca_key), "%s/ca", key);
	snprintf(other_key, sizeof(other_key), "%s/other", key);
	ca = mint_ca("CN=CA", ca_key, NULL, NULL);
	other = mint_ca("CN=Other", other_key, NULL, NULL);
	net_file_of("ca.pem", mint_pem_cert(ca));
	net_file_of("other.pem", mint_pem_cert(other));
	net_identity("red", red_key, ca, ca_key);
	net_identity("blue", blue_key, ca, ca_key);
	net_file_of("red.pub", mint_pem_public(red_key));
	net_file_of("blue.pub", mint_pem_public(blue_key));
}

#define CERT(me, peer, more)                            \
	"    auth:\n      - cert: " me ".pem\n"         \
	"        key: " me ".key\n        ca: ca.pem\n" \
	"        local-id: " me ".example\n"            \
	"        remote-id: " peer ".example\n" more

static void certificates(const char *key)
{
	make_files(key);
	begin(CERT("red", "blue", ""), CERT("blue", "red", ""));
	go();
	is(pair_state(), "", "%s", key);
	ok(net_sa(red) && net_sa(red)->remote_id.type == IKE_ID_FQDN,
	   "%s: the identity is a name", key);
	pair_soft(red);
	net_run(&net, 2000);
	is(pair_state(), "", "%s: rekeyed", key);
	pair_end();

	begin(CERT("red", "blue", "    fragmentation: no\n"),
	      CERT("blue", "red", ""));
	go();
	is(pair_state(), "", "%s, one does no fragments", key);
	ok(!red->engine->counters.fragments, "%s: so there are none", key);
	pair_end();

	begin(CERT("red", "blue", ""), CERT("blue", "red", ""));
	go();
	ok(red->engine->counters.fragments || !strncmp(key, "ed", 2) ||
		   !strncmp(key, "p", 1),
	   "%s: fragments where they are needed", key);
	pair_end();

	begin(CERT("red", "green", ""), CERT("blue", "red", ""));
	go();
	nothing_left("not who the initiator wants");
	pair_end();

	begin(CERT("red", "blue", ""), CERT("blue", "green", ""));
	go();
	nothing_left("not who the responder wants");
	pair_end();

	begin("    auth:\n      - cert: red.pem\n        key: red.key\n"
	      "        ca: other.pem\n        local-id: red.example\n",
	      CERT("blue", "red", ""));
	go();
	nothing_left("a CA that the initiator does not trust");
	pair_end();
	net_files_free();
	mint_end();
}

#define RAW(me, peer)                          \
	"    auth:\n      - key: " me ".key\n" \
	"        peer-key: " peer ".pub\n"     \
	"        local-id: " me ".example\n"   \
	"        remote-id: " peer ".example\n"

static void raw_keys(void)
{
	make_files("ed25519");
	begin(RAW("red", "blue"), RAW("blue", "red"));
	go();
	is(pair_state(), "", "bare keys");
	pair_end();
	begin(RAW("red", "blue"), RAW("blue", "blue"));
	go();
	nothing_left("another bare key");
	pair_end();
	net_files_free();
	mint_end();
}

static void secrets(void)
{
	begin("    psk: this one\n", "    psk: that one\n");
	go();
	nothing_left("another secret");
	ok(red->engine->counters.authentication_failures == 1 &&
		   blue->engine->counters.authentication_failures == 1,
	   "another secret: counted");
	ok(net_logged(red, "AUTHENTICATION_FAILED") &&
		   net_logged(blue, "not authenticated"),
	   "another secret: both logs tell");
	pair_end();
	begin("    local-id: red.example\n", "    remote-id: green.example\n");
	go();
	nothing_left("another identity");
	pair_end();
	begin("    remote-id: green.example\n", "    local-id: blue.example\n");
	go();
	nothing_left("a responder of another identity");
	pair_end();
	begin("    local-id: red.example\n    remote-id: '*.example'\n",
	      "    local-id: blue.example\n    remote-id: '*.example'\n");
	go();
	is(pair_state(), "", "patterns");
	pair_end();
}

/* Two rules for one peer's address: the identity decides. */
static void two_rules(void)
{
	static const char rules[] =
		"rules:\n"
		"  - name: first\n    psk: first secret\n"
		"    remote-id: first.example\n"
		"    filters: [{from: 10.0.0.2, to: 10.0.0.1, proto: tcp}]\n"
		"  - name: second\n    psk: second secret\n"
		"    remote-id: second.example\n"
		"    filters: [{from: 10.0.0.2, to: 10.0.0.1}]\n"
		"ike: {log: debug}\n";

	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1",
		       "rules:\n  - name: all\n    psk: second secret\n"
		       "    local-id: second.example\n"
		       "    filters: [{from: 10.0.0.1, to: 10.0.0.2}]\n");
	blue = net_host(&net, "blue", "10.0.0.2", rules);
	go();
	is(pair_state(), "", "the identity leads to the second rule");
	ok(net_sa(blue) && !strcmp(net_sa(blue)->rule->name, "second"),
	   "by its name");
	pair_end();
}

/* Two rules that both fit the identity: the traffic decides. */
static void two_filters(void)
{
	static const char rules[] =
		"rules:\n"
		"  - name: first\n    psk: secret\n"
		"    filters: [{from: 10.0.0.2, to: 10.0.0.1, proto: tcp}]\n"
		"  - name: second\n    psk: secret\n"
		"    filters: [{from: 10.0.0.2, to: 10.0.0.1, proto: udp}]\n"
		"ike: {log: debug}\n";

	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1",
		       "rules:\n  - name: all\n    psk: secret\n    filters: "
		       "[{from: 10.0.0.1, to: 10.0.0.2, proto: udp}]\n");
	blue = net_host(&net, "blue", "10.0.0.2", rules);
	net_up(red);
	net_run(&net, 2000);
	is(pair_state(), "", "the traffic leads to the second rule");
	ok(net_sa(blue) && !strcmp(net_sa(blue)->rule->name, "second"),
	   "by its name");
	pair_end();
}

static void next_method(void)
{
	make_files("p256");
	begin("    auth:\n      - psk: nobody knows it\n"
	      "      - cert: red.pem\n        key: red.key\n"
	      "        ca: ca.pem\n        local-id: red.example\n",
	      CERT("blue", "red", ""));
	go();
	net_run(&net, 30000);
	is(pair_state(), "", "the second method, when the first is refused");
	ok(!red->driver.refused, "the packet waits for it");
	pair_end();
	net_files_free();
	mint_end();
}

#define PPK(id, file, required) \
	"    ppk: {id: " id ", file: " file ", required: " required "}\n"

static void ppk(const char *name, const char *more_red, const char *more_blue,
		bool established, bool mixed)
{
	begin(more_red, more_blue);
	go();
	if (established) {
		is(pair_state(), "", "PPK: %s", name);
		ok(net_logged(red, ", PPK") == mixed &&
			   net_logged(blue, ", PPK") == mixed,
		   "PPK: %s: %s", name, mixed ? "used" : "not used");
		pair_soft(blue);
		net_run(&net, 1000);
		is(pair_state(), "", "PPK: %s: rekeyed", name);
	} else {
		net_run(&net, 200000);
		ok(!net_sas(red) && !net_sas(blue) && !red->driver.adds &&
			   !blue->driver.adds,
		   "PPK: %s: nothing is made", name);
	}
	pair_end();
}

/* With a PRF that fails: what it was to be mixed into does not stay behind. */
static void ppk_fails(void)
{
	static const struct ikev2_keys none;
	uint8_t key[32] = { 1 };
	const struct policy_rule rule = { .ppk_key = key,
					  .ppk_len = sizeof(key) };
	struct ikev2_keys mixed;

	pair_same(NULL);
	pair_establish();
	ikev2_of(net_sa(red))->keys.prf = 0;
	ok(!ikev2_ppk_mix(net_sa(red), &rule, &mixed) &&
		   !memcmp(&mixed, &none, sizeof(mixed)),
	   "PPK: one that cannot be mixed in leaves no key");
	pair_end();
}

static void ppks(void)
{
	ppk_fails();
	net_file("a", "0123456789abcdef0123456789abcdef", 32);
	net_file("b", "fedcba9876543210fedcba9876543210", 32);
	ppk("both have it", PPK("x", "a", "yes"), PPK("x", "a", "yes"), true,
	    true);
	ppk("both may", PPK("x", "a", "no"), PPK("x", "a", "no"), true, true);
	ppk("another one", PPK("x", "a", "yes"), PPK("x", "b", "yes"), false,
	    false);
	ppk("another name", PPK("x", "a", "yes"), PPK("y", "a", "yes"), false,
	    false);
	ppk("another name, both may", PPK("x", "a", "no"), PPK("y", "a", "no"),
	    true, false);
	ppk("only the initiator must", PPK("x", "a", "yes"), NULL, false,
	    false);
	ppk("only the responder must", NULL, PPK("x", "a", "yes"), false,
	    false);
	ppk("only the initiator may", PPK("x", "a", "no"), NULL, true, false);
	ppk("only the responder may", NULL, PPK("x", "a", "no"), true, false);
	net_files_free();
}

static void initial_contact(void)
{
	begin(NULL, NULL);
	pair_establish();
	/* Red loses its memory and comes again. */
	ike_sa_free(net_sa(red), IPSECDRV_REFUSE_REASON_POLICY);
	go();
	is(pair_state(), "", "a peer that starts anew ends what it had");
	ok(net_logged(blue, "started anew"), "the log tells");
	pair_end();
}

/* status < 0: no answer comes. */
static void answer(struct net_host *host, int status)
{
	if (!host->ocsp_asked)
		return;
	ocsp_answer(host, status);
	net_run(&net, 3000);
}

/* First the responder asks for the initiator's certificate, then this one. */
static void ocsp(const char *name, bool of_initiator, int status)
{
	struct net_host *asks;

	ocsp_files();
	begin(OCSP_AUTH, OCSP_AUTH);
	asks = of_initiator ? red : blue;
	go();
	if (of_initiator)
		answer(blue, V_OCSP_CERTSTATUS_GOOD);
	ok(asks->ocsp_asked && !pair_established(asks), "OCSP: %s: waits",
	   name);
	answer(asks, status);
	if (!of_initiator)
		answer(red, V_OCSP_CERTSTATUS_GOOD);
	if (status == V_OCSP_CERTSTATUS_GOOD)
		is(pair_state(), "", "OCSP: %s", name);
	else
		ok(!net_sa(asks) && !asks->driver.count, "OCSP: %s", name);
	pair_end();
	net_files_free();
	mint_end();
}

static void ocsps(void)
{
	ocsp("the initiator is good", false, V_OCSP_CERTSTATUS_GOOD);
	ocsp("the initiator is revoked", false, V_OCSP_CERTSTATUS_REVOKED);
	ocsp("no answer of the initiator", false, -1);
	ocsp("the responder is good", true, V_OCSP_CERTSTATUS_GOOD);
	ocsp("the responder is revoked", true, V_OCSP_CERTSTATUS_REVOKED);
	ocsp("no answer of the responder", true, -1);
}

int main(void)
{
	secrets();
	two_rules();
	two_filters();
	next_method();
	certificates("rsa2048");
	certificates("p256");
	certificates("p384");
	certificates("ed25519");
	raw_keys();
	ppks();
	initial_contact();
	ocsps();
	return tap_done();
}
