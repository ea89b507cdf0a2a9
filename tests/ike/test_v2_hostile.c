// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who sits between the two, or is one of them, and cheats in the first
 * exchanges: key exchange values, downgrade, identities, certificates' names.
 */
#include <stdlib.h>

#include "forge.h"
#include "pair.h"
#include "tap.h"

/* What is done to a message that passes; once. */
static void (*change)(struct ike_message *m);
static unsigned int direction; /* IKEV2_FLAG_RESPONSE: of the answer */

static enum net_verdict meddle(struct net *n, struct net_packet *p)
{
	struct ike_message m;

	if (p->data[18] != IKEV2_SA_INIT ||
	    (p->data[19] & IKEV2_FLAG_RESPONSE) != direction ||
	    ike_message_parse(&m, p->data, p->len))
		return NET_PASS;
	change(&m);
	(void)n;
	return NET_PASS;
}

static uint8_t *body(struct ike_message *m, uint8_t type)
{
	return (uint8_t *)ike_payload_get(m, type)->data;
}

static size_t body_len(struct ike_message *m, uint8_t type)
{
	return ike_payload_get(m, type)->len;
}

static void ke_zero(struct ike_message *m)
{
	memset(body(m, IKEV2_KE) + 4, 0, body_len(m, IKEV2_KE) - 4);
}

static void ke_one(struct ike_message *m)
{
	ke_zero(m);
	body(m, IKEV2_KE)[body_len(m, IKEV2_KE) - 1] = 1;
}

static void ke_ones(struct ike_message *m)
{
	memset(body(m, IKEV2_KE) + 4, 0xff, body_len(m, IKEV2_KE) - 4);
}

static void ke_group(struct ike_message *m)
{
	body(m, IKEV2_KE)[0] = 0x04;
	body(m, IKEV2_KE)[1] = 0x01; /* 1025, as in CVE-2015-3991 */
}

static void nonce(struct ike_message *m)
{
	body(m, IKEV2_NONCE)[0] ^= 1;
}

static void nat(struct ike_message *m)
{
	const struct ike_payload *p = NULL;
	struct ike_notify n;

	while ((p = ike_payload_next(m, IKEV2_NOTIFY, p)))
		if (!ikev2_notify_read(p, &n) &&
		    n.type == IKEV2_FRAGMENTATION_SUPPORTED)
			((uint8_t *)p->data)[3] ^= 0x40;
}

static void nothing_made(const char *name, const char *more,
			 void (*how)(struct ike_message *m))
{
	for (direction = 0; direction <= IKEV2_FLAG_RESPONSE;
	     direction += IKEV2_FLAG_RESPONSE) {
		pair_same(more);
		change = how;
		net.hook = meddle;
		net_acquire(red, "10.0.0.1", "10.0.0.2");
		net_run(&net, 300000);
		ok(!net_sas(red) && !net_sas(blue) && !red->driver.adds &&
			   !blue->driver.count,
		   "%s in the %s: nothing is made", name,
		   direction ? "answer" : "request");
		pair_end();
	}
}

static void key_exchange(void)
{
	static const char *const groups[] = { "x25519",	  "ecp256", "modp2048",
					      "modp3072", "ecp521", "x448" };
	char more[128], name[64];
	unsigned int i;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		snprintf(more, sizeof(more),
			 "    ike: aes256gcm16-prfsha256-%s\n", groups[i]);
		snprintf(name, sizeof(name), "%s of 0", groups[i]);
		nothing_made(name, more, ke_zero);
		snprintf(name, sizeof(name), "%s of 1", groups[i]);
		nothing_made(name, more, ke_one);
		snprintf(name, sizeof(name), "%s of ones", groups[i]);
		/* X25519 and X448 take any bytes; then AUTH fails. */
		nothing_made(name, more, ke_ones);
	}
	nothing_made("a group for private use", NULL, ke_group);
}

/* Red offers a strong and a weaker suite; the strong one is made unknown. */
static void strip(struct ike_message *m)
{
	uint8_t *sa = body(m, IKEV2_SA);

	/* The id of the first proposal's first transform. */
	sa[8 + 6] = 0x7f;
}

static void downgrade(void)
{
	nothing_made("a stripped proposal",
		     "    ike: [aes256gcm16-prfsha256-x25519, "
		     "aes128-sha256-x25519]\n",
		     strip);
	nothing_made("a changed nonce", NULL, nonce);
	nothing_made("a hidden notify", NULL, nat);
}

/* Junk with the right SPIs, while IKE_AUTH is awaited. */
static void junk(void)
{
	struct net_packet *p;
	uint8_t *copy;
	unsigned int i;

	pair_same(NULL);
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_deliver(&net, 0);
	net_deliver(&net, 0);
	p = TAILQ_FIRST(&net.queue);
	copy = malloc(p->len);
	for (i = 0; i < 2000; i++) {
		memcpy(copy, p->data, p->len);
		copy[p->len - 1 - i % 16] ^= (uint8_t)(1 + i % 255);
		net_inject(blue, &p->path, copy, p->len);
	}
	free(copy);
	ok(net_sas(blue) == 1 && blue->sent == 1 &&
		   blue->engine->counters.not_authentic == 2000,
	   "IKE_AUTH without integrity, 2000 times: counted");
	net.manual = false;
	net_run(&net, 2000);
	is(pair_state(), "", "the true one is taken");
	pair_end();
}

/* Another peer at the address, with an identity of its own. */
static void initial_contact(void)
{
	static const char rules[] =
		"rules:\n"
		"  - name: a\n    psk: a\n    remote-id: a.example\n"
		"    filters: [{from: 10.0.0.2, to: 10.0.0.0/24}]\n"
		"  - name: b\n    psk: b\n    remote-id: b.example\n"
		"    filters: [{from: 10.0.0.2, to: 10.0.0.0/24, proto: "
		"tcp}]\n";
	struct net_host *other;

	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1",
		       "rules:\n  - name: all\n    psk: a\n    local-id: "
		       "a.example\n    filters: [{from: 10.0.0.1, to: "
		       "10.0.0.2}]\n");
	blue = net_host(&net, "blue", "10.0.0.2", rules);
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 2000);
	other = net_host(&net, "other", "10.0.0.3",
			 "rules:\n  - name: all\n    psk: b\n    local-id: "
			 "b.example\n    filters: [{from: 10.0.0.3, to: "
			 "10.0.0.2, proto: tcp}]\n");
	net_acquire(other, "10.0.0.3", "10.0.0.2");
	net_run(&net, 2000);
	ok(pair_established(blue) == 2 && pair_established(other) == 1,
	   "INITIAL_CONTACT of one ends nothing of another");
	/* It has the key of b, and says that it is a. */
	net_reload(other, "rules:\n  - name: all\n    psk: b\n    local-id: "
			  "a.example\n    filters: [{from: 10.0.0.3, to: "
			  "10.0.0.2, proto: tcp}]\n");
	net_run(&net, 2000);
	net_acquire(other, "10.0.0.3", "10.0.0.2");
	net_run(&net, 2000);
	ok(net_sa(red) && pair_established(blue) == 1 &&
		   !pair_established(other),
	   "another's identity cannot be taken with one's own key");
	pair_end();
}

/* What a log line shows of a peer has no line ends and no escape codes. */
static void log_lines(void)
{
	const char *p;
	bool clean = true;

	pair_begin("    local-id: 'keyid:0x410a1b5b324a42'\n", NULL);
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 2000);
	is(pair_state(), "", "an identity with control characters");
	for (p = blue->log; *p; p++)
		clean &= *p != 0x1b;
	ok(clean && !net_logged(blue, "A\n"), "is escaped in the log");
	pair_end();
}

/* The same refusal, whatever it was (D-15). */
static void no_oracle(void)
{
	static const struct {
		const char *red;
		const char *blue;
	} t[] = {
		{ "    psk: wrong\n", NULL },
		{ "    local-id: nobody.example\n",
		  "    remote-id: somebody.example\n" },
		{ "    psk: wrong\n    local-id: nobody.example\n",
		  "    remote-id: somebody.example\n" },
	};
	size_t len[3] = { 0 };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct net_packet *p;

		pair_begin(t[i].red, t[i].blue);
		net.manual = true;
		net_acquire(red, "10.0.0.1", "10.0.0.2");
		net_deliver(&net, 0);
		net_deliver(&net, 0);
		net_deliver(&net, 0);
		p = TAILQ_FIRST(&net.queue);
		len[i] = p ? p->len : 0;
		pair_end();
	}
	ok(len[0] && len[0] == len[1] && len[1] == len[2],
	   "a wrong key and a wrong identity get the same answer");
}

int main(void)
{
	key_exchange();
	downgrade();
	junk();
	initial_contact();
	log_lines();
	no_oracle();
	return tap_done();
}
