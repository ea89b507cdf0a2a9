// SPDX-License-Identifier: GPL-2.0-or-later
/* Version 1: which rules the peer's proof is good for, and what it is tried against. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "forge1.h"
#include "mint.h"
#include "pair.h"
#include "v1.h"

#define VERSION_1 "    version: 1\n    ike: aes128-sha256-ecp256\n"
#define RED(proto) \
	"    filters: [{from: 10.0.0.1, to: 10.0.0.2, proto: " proto "}]\n"
#define BLUE(proto) \
	"    filters: [{from: 10.0.0.2, to: 10.0.0.1, proto: " proto "}]\n"
#define CERT(me, ca)                                            \
	"    auth:\n      - cert: " me ".pem\n        key: " me \
	".key\n        ca: " ca ".pem\n        local-id: " me ".example\n"

/* Blue's second rule, for TCP; the first is for UDP. */
#define SECOND "  - name: second\n" BLUE("tcp")

static X509 *ca, *asked;

/* Red's and blue's certificates are of one CA, green's of another. */
static void files(void)
{
	X509 *other = mint_ca("CN=Other", "p256/other", NULL, NULL);

	ca = mint_ca("CN=CA", "p256/ca", NULL, NULL);
	asked = mint_cert(&(struct mint_cert){
		.subject = "CN=asked",
		.key = "p256/asked",
		.issuer = ca,
		.issuer_key = "p256/ca",
		.ext = { "subjectAltName=DNS:asked.example",
			 "authorityInfoAccess=OCSP;URI:http://ocsp.example/" },
	});
	net_file_of("ca.pem", mint_pem_cert(ca));
	net_file_of("other.pem", mint_pem_cert(other));
	net_identity("red", "p256/red", ca, "p256/ca");
	net_identity("blue", "p256/blue", ca, "p256/ca");
	net_identity("green", "p256/green", other, "p256/other");
	net_file_of("eve.pem",
		    mint_pem_cert(mint_leaf("DNS:red.example", "p256/eve",
					    other, "p256/other")));
	net_file_of("eve.key", mint_pem_key("p256/eve"));
	net_file_of("asked.pem", mint_pem_cert(asked));
	net_file_of("asked.key", mint_pem_key("p256/asked"));
}

static void go(const char *more_red, const char *more_blue)
{
	pair_begin(more_red, more_blue);
	net.wall = MINT_NOW;
	pair_acquire(red);
	net_run(&net, 3000);
}

static void carried(const char *name)
{
	const char *why = net_traffic(red, blue);

	ok(!why, "%s: there is a pair (%s)", name, why ? why : "both ways");
	pair_end();
}

static void not_carried(const char *name)
{
	ok(net_sa(blue), "%s: main mode is done", name);
	ok(!red->driver.count && !blue->driver.count, "%s: no pair", name);
	ok(net_logged(blue, "no filter of a rule for this peer"),
	   "%s: no rule for it", name);
	pair_end();
}

/* One certificate of blue's, and whom it believes differs from rule to rule. */
static void trust(void)
{
	go(VERSION_1 RED("tcp") CERT("red", "ca"),
	   VERSION_1 BLUE("udp") CERT("blue", "ca")
		   SECOND VERSION_1 CERT("blue", "ca"));
	carried("two rules, one CA");
	go(VERSION_1 RED("udp") CERT("red", "ca"),
	   VERSION_1 BLUE("udp") CERT("blue", "ca")
		   SECOND VERSION_1 CERT("blue", "other"));
	carried("two rules, two CAs, the one's traffic");
	go(VERSION_1 RED("tcp") CERT("red", "ca"),
	   VERSION_1 BLUE("udp") CERT("blue", "ca")
		   SECOND VERSION_1 CERT("blue", "other"));
	not_carried("two rules, two CAs, the other's traffic");
	go(VERSION_1 RED("tcp") CERT("red", "ca"),
	   VERSION_1 BLUE("udp") CERT("blue", "ca") SECOND VERSION_1 CERT(
		   "blue", "ca") "        crl-check: strict\n");
	not_carried("two rules, one CA, the other checks revocation");
}

#define SECRET "    psk: one secret of both\n"
#define WEAK                              \
	"    version: 1\n    weak: yes\n" \
	"    ike: des-md5-modp768\n" SECRET

#define ALSO(me, ca)                                                         \
	"      - cert: " me ".pem\n        key: " me ".key\n        ca: " ca \
	".pem\n        local-id: " me ".example\n"

/* Two methods of one kind, in one rule or in two. */
static void methods(void)
{
	go(VERSION_1 CERT("red", "ca"),
	   VERSION_1 CERT("blue", "other") ALSO("blue", "ca"));
	carried("the responder's second CA");
	go(VERSION_1 CERT("red", "other") ALSO("red", "ca"),
	   VERSION_1 CERT("blue", "ca"));
	carried("the initiator's second CA");
	go(VERSION_1 CERT("green", "ca"),
	   VERSION_1 CERT("blue", "ca") ALSO("blue", "other"));
	carried("another certificate of the same kind");
	go(VERSION_1 RED("tcp") CERT("red", "ca"),
	   VERSION_1 BLUE("udp") CERT("blue", "other")
		   SECOND VERSION_1 CERT("blue", "ca"));
	carried("the second rule's CA");
	go(VERSION_1 RED("udp") CERT("red", "ca"),
	   VERSION_1 BLUE("udp") CERT("blue", "other")
		   SECOND VERSION_1 CERT("blue", "ca"));
	not_carried("the second rule's CA, the first one's traffic");
}

/* One secret, and main modes of more than one strength. */
static void suites(void)
{
	go(WEAK RED("udp"), WEAK BLUE("udp") SECOND VERSION_1 SECRET);
	carried("a weak main mode, the weak rule's traffic");
	go(WEAK RED("tcp"), WEAK BLUE("udp") SECOND VERSION_1 SECRET);
	not_carried("a weak main mode, a strong rule's traffic");
	go(WEAK RED("tcp"),
	   WEAK BLUE("udp") "    remote-id: a@b.example\n" SECOND VERSION_1
		   SECRET);
	ok(!net_sa(blue) && !blue->driver.count,
	   "a weak main mode of no peer but the strong rule's: refused");
	pair_end();
}

/* One bit of the first of red's, or blue's, encrypted messages of main mode. */
static struct net_host **spoilt;

static enum net_verdict spoil(struct net *n, struct net_packet *p)
{
	(void)n;
	if (!spoilt || p->from != *spoilt || p->data[18] != IKEV1_MAIN_MODE ||
	    !(p->data[19] & IKEV1_FLAG_ENCRYPTED))
		return NET_PASS;
	/* behind the identity */
	p->data[IKE_HEADER_LEN + 16] ^= 1;
	spoilt = NULL;
	return NET_PASS;
}

static void spoilt_proof(const char *name, struct net_host **from)
{
	pair_same(VERSION_1);
	net.hook = spoil;
	spoilt = from;
	pair_acquire(red);
	net_run(&net, 4000);
	ok(!spoilt &&
		   net_logged(from == &red ? blue : red,
			      "a message is ignored: the peer's hash is wrong"),
	   "%s spoilt on its way", name);
	is(pair_state(), "", "%s spoilt on its way: it comes again", name);
	pair_end();
}

/* How it ends when nothing better comes. */
static void never_proven(const char *name, const char *more_red,
			 const char *more_blue, const char *why)
{
	pair_begin(more_red, more_blue);
	net.wall = MINT_NOW;
	pair_acquire(red);
	net_run(&net, 1000);
	ok(!red->driver.refused && net_sas(blue), "%s: another may come", name);
	net_run(&net, 6000);
	ok(!net_sas(red) && red->driver.refused == 1 &&
		   red->driver.reason == IPSECDRV_REFUSE_REASON_AUTH_FAILED,
	   "%s: refused when none does", name);
	/* A responder that was content has been told, and knows no more. */
	ok(net_logged(red, why) || (net_logged(blue, why) && !net_sas(blue)),
	   "%s: %s", name, why);
	ok(red->engine->counters.authentication_failures +
				   blue->engine->counters
					   .authentication_failures ==
			   1 &&
		   !red->engine->counters.invalid_packets &&
		   !blue->engine->counters.invalid_packets,
	   "%s: counted once", name);
	pair_end();
}

/* The last of red's, and how it came. */
static uint8_t kept[IKE_MESSAGE_MAX];
static size_t kept_len;
static struct ike_path kept_path;

static enum net_verdict keep_proof(struct net *n, struct net_packet *p)
{
	(void)n;
	if (p->from != red || p->data[18] != IKEV1_MAIN_MODE ||
	    !(p->data[19] & IKEV1_FLAG_ENCRYPTED))
		return NET_PASS;
	memcpy(kept, p->data, p->len);
	kept_len = p->len;
	kept_path = p->path;
	return NET_PASS;
}

/* To find out that it is wrong costs the most of all that a peer may ask for. */
static void again_and_again(void)
{
	unsigned int i;

	pair_begin(VERSION_1 CERT("red", "ca"),
		   VERSION_1 CERT("blue", "other"));
	net.wall = MINT_NOW;
	net.hook = keep_proof;
	pair_acquire(red);
	net_run(&net, 500);
	for (i = 0; i < 20; i++)
		net_inject(blue, &kept_path, kept, kept_len);
	ok(blue->engine->counters.unexpected == 17,
	   "a wrong proof 21 times: 17 are not looked at (%u)",
	   (unsigned int)blue->engine->counters.unexpected);
	net_run(&net, 6000);
	ok(!net_sas(blue) && red->driver.refused == 1,
	   "a wrong proof 21 times: refused in the end");
	pair_end();
}

/* Of a type that is for networks, as RFC 2407 has it for quick mode. */
static void strange_identity(void)
{
	pair_same(VERSION_1);
	red->policy->rule[0].auth[0].local =
		(struct ike_id){ .type = 4, .len = 8, .data = { 10 } };
	pair_acquire(red);
	net_run(&net, 1000);
	ok(net_logged(
		   blue,
		   "the peer's identity cannot be read: it is of type 4, 8 bytes") &&
		   !red->driver.refused,
	   "an identity of another type: said, another may come");
	net_run(&net, 6000);
	ok(!net_sas(red) && !net_sas(blue) &&
		   net_logged(red, "the peer refuses main mode: INVALID-ID"),
	   "an identity of another type: refused when none does");
	pair_end();
}

/* One bit of the certificate in red's first proof. */
static enum net_verdict spoil_cert(struct net *n, struct net_packet *p)
{
	if (p->from != red || p->data[18] != IKEV1_MAIN_MODE ||
	    !(p->data[19] & IKEV1_FLAG_ENCRYPTED))
		return NET_PASS;
	p->data[IKE_HEADER_LEN + 160] ^= 1;
	n->hook = NULL;
	return NET_PASS;
}

/* It waits for the answer longer than a wrong one would. */
static void ocsp_after_doubt(void)
{
	struct mint_ocsp m = {
		.cert = asked,
		.issuer = ca,
		.signer_key = "p256/ca",
		.status = V_OCSP_CERTSTATUS_GOOD,
	};

	pair_begin(
		VERSION_1 "    fragmentation: no\n" CERT("asked", "ca"),
		VERSION_1 CERT(
			"blue",
			"ca") "        ocsp: yes\n        crl-check: strict\n");
	net.wall = MINT_NOW;
	net.hook = spoil_cert;
	pair_acquire(red);
	net_run(&net, 6500);
	ok(net_logged(blue, "a message is ignored: the peer's certificate") &&
		   blue->ocsp_asked && net_sas(blue),
	   "a wrong proof, then one that waits for OCSP: it may");
	ok(blue->engine->fetches == 1,
	   "which is asked once, though the message came again");
	m.request = &blue->ocsp;
	ike_engine_ocsp(blue->engine, blue->ocsp_id, mint_ocsp(&m));
	net_run(&net, 3000);
	ok(pair_established(blue) == 1,
	   "a wrong proof, then one that waits for OCSP: established");
	pair_end();
}

#define BLUE_OF_NAT VERSION_1 "    filters: [{from: 10.0.0.2, to: 192.0.2.1}]\n"

/* Red's proofs are all wrong, or all right. */
static bool spoils;

/* A NAT that forgot port 500 as soon as port 4500 was in use. */
static enum net_verdict forgetful(struct net *n, struct net_packet *p)
{
	bool proof = p->from == red && p->data[18] == IKEV1_MAIN_MODE &&
		     p->data[19] & IKEV1_FLAG_ENCRYPTED;

	(void)n;
	if (p->from == blue && p->data[18] == IKEV1_INFORMATIONAL &&
	    p->path.local_port != IKE_NATT_PORT)
		return NET_DROP;
	/* behind the identity */
	if (proof && spoils)
		p->data[IKE_HEADER_LEN + 16] ^= 1;
	return NET_PASS;
}

static void behind_nat(const char *name, const char *more_red,
		       const char *more_blue, uint64_t ms)
{
	pair_begin(more_red, more_blue);
	net_behind_nat(red, "192.0.2.1");
	net.hook = forgetful;
	pair_acquire(red);
	net_run(&net, ms);
	ok(net_logged(red, "the peer refuses main mode") &&
		   red->driver.refused == 1 && !net_sas(red) && !net_sas(blue),
	   "behind a NAT, %s: it is told", name);
	pair_end();
}

static void nat(void)
{
	behind_nat("another identity", VERSION_1,
		   BLUE_OF_NAT "    remote-id: a@b.example\n", 500);
	spoils = true;
	behind_nat("a wrong proof", VERSION_1 "    fragmentation: no\n",
		   BLUE_OF_NAT, 6000);
	spoils = false;
}

static struct ike_sa *sa_with(const struct net_host *host,
			      const struct net_host *peer)
{
	struct ike_sa *sa;

	TAILQ_FOREACH(sa, &host->engine->list, link)
		if (ipsec_addr_equal(&sa->path.remote, &peer->addr))
			break;
	return sa;
}

/* A Delete of the pair that blue has with red. */
static void delete_reds(struct ikev1_out *out)
{
	const struct ike_sa *theirs = sa_with(blue, red);
	const struct ike_child *child = TAILQ_FIRST(&theirs->children);
	uint32_t spi = htonl(child->proto[0].spi_out);

	ikev1_delete_write(&out->b, IKE_PROTO_ESP, sizeof(spi), 1, &spi);
}

/* By who has keys of main mode. */
static void delete_as(struct net_host *eve)
{
	const struct ikev1 *v1 = ikev1_of(sa_with(blue, eve));

	forge1_tell_as(sa_with(eve, blue),
		       v1->sa->established ? v1->last_main : v1->wire.iv, eve,
		       blue, delete_reds);
}

#define EVE                                                        \
	"rules:\n  - name: all\n" VERSION_1                        \
	"    filters: [{from: 10.0.0.3, to: 10.0.0.2}]\n"          \
	"    auth:\n      - cert: eve.pem\n        key: eve.key\n" \
	"        ca: ca.pem\n        local-id: red.example\n"

/* Red has a pair, and eve a main mode, which she has proven her identity on, or not. */
static struct net_host *begin_eve(const char *blues, bool proven)
{
	struct net_host *eve;
	struct ike_sa *sa;

	go(VERSION_1 CERT("red", "ca"), blues);
	is(pair_state(), "", "red has a pair with blue");
	eve = net_host(&net, "eve", "10.0.0.3", EVE);
	net_acquire(eve, "10.0.0.3", "10.0.0.2");
	net_run(&net, 1000);
	sa = sa_with(blue, eve);
	ok(sa && !sa->established == !proven &&
		   ike_id_equal(&sa->remote_id, &sa_with(blue, red)->remote_id),
	   "eve says to be red, and %s it",
	   proven ? "has proven" : "cannot prove");
	return sa ? eve : NULL;
}

/* Whom it only says to be it may not speak for. */
static void says_to_be_red(void)
{
	struct net_host *eve = begin_eve(
		VERSION_1
		"    filters: [{from: 10.0.0.2, to: 10.0.0.0/24}]\n" CERT(
			"blue", "ca"),
		false);

	if (eve)
		delete_as(eve);
	ok(!blue->engine->counters.not_authentic && blue->driver.count == 1 &&
		   !net_traffic(red, blue),
	   "she has keys of main mode, but may not delete red's pair");
	pair_end();
}

/* To another rule's CA she is. */
static void is_another_red(void)
{
	struct net_host *eve = begin_eve(
		VERSION_1
		"    filters: [{from: 10.0.0.2, to: 10.0.0.1}]\n" CERT(
			"blue",
			"ca") "  - name: second\n" VERSION_1
			      "    filters: [{from: 10.0.0.2, to: 10.0.0.3}]\n" CERT(
				      "blue", "other"),
		true);
	const struct ike_sa *theirs = sa_with(blue, red);

	if (eve)
		delete_as(eve);
	ok(!blue->engine->counters.not_authentic && blue->driver.count == 2 &&
		   !TAILQ_EMPTY(&theirs->children),
	   "she has the name by another CA, and may not delete red's pair");
	pair_end();
}

static void proofs(void)
{
	says_to_be_red();
	is_another_red();
	spoilt_proof("message 5", &red);
	spoilt_proof("message 6", &blue);
	never_proven("the responder's CA", VERSION_1 CERT("red", "ca"),
		     VERSION_1 CERT("blue", "other"),
		     "no chain of certificates leads to a trusted CA");
	never_proven("the initiator's CA", VERSION_1 CERT("red", "other"),
		     VERSION_1 CERT("blue", "ca"),
		     "no chain of certificates leads to a trusted CA");
	again_and_again();
	strange_identity();
	ocsp_after_doubt();
	never_proven("the peer's name", VERSION_1 CERT("red", "ca"),
		     VERSION_1 CERT("blue",
				    "ca") "        remote-id: green.example\n",
		     "no rule takes the peer's identity red.example");
}

int main(void)
{
	files();
	trust();
	methods();
	suites();
	proofs();
	nat();
	net_files_free();
	mint_end();
	return tap_done();
}
