// SPDX-License-Identifier: GPL-2.0-or-later
/* IKE_SA_INIT: cookies, groups, refusals, limits, NATs, redirection. */
#include <stdlib.h>

#include "pair.h"
#include "payload.h"
#include "tap.h"

#define EVERY "    ike: aes256gcm16-prfsha256-x25519-ecp256-ecp384\n"

static void go(uint64_t ms)
{
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, ms);
}

static void cookies(void)
{
	pair_same(NULL);
	blue->engine->policy->limits.cookie_threshold = 0;
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_deliver(&net, 0);
	ok(!net_sas(blue) && !blue->engine->half_open,
	   "nothing is kept before the cookie comes back");
	net.manual = false;
	net_run(&net, 2000);
	is(pair_state(), "", "then it goes on");
	ok(blue->engine->counters.cookies_sent == 1 &&
		   net_logged(red, "cookie"),
	   "counted, and told in the log");
	pair_end();
}

static void groups(void)
{
	pair_begin(EVERY, "    ike: aes256gcm16-prfsha256-ecp384\n");
	go(2000);
	is(pair_state(), "", "another group than that of the first KE");
	ok(net.packets == 6, "with one more round: %u", net.packets);
	pair_end();
	pair_begin(EVERY, "    ike: aes256gcm16-prfsha256-ecp384\n");
	blue->engine->policy->limits.cookie_threshold = 0;
	go(2000);
	is(pair_state(), "", "a cookie and another group");
	ok(net.packets <= 10, "in few rounds: %u", net.packets);
	pair_end();
}

static void refused(void)
{
	pair_begin("    ike: aes256gcm16-prfsha256-x25519\n",
		   "    ike: aes128-sha256-ecp256\n");
	go(30000);
	ok(!net_sas(red) && !net_sas(blue), "no common proposal: nothing left");
	ok(red->driver.refused == 1 &&
		   red->driver.reason == IPSECDRV_REFUSE_REASON_NO_PROPOSAL,
	   "the driver is told");
	ok(net_logged(red, "NO_PROPOSAL_CHOSEN") &&
		   net_logged(blue, "no proposal"),
	   "both logs say why");
	pair_end();
}

static void unknown_peer(void)
{
	pair_begin(NULL, "    filters: [{from: 10.0.0.2, to: 10.0.0.9}]\n");
	go(100000);
	ok(!blue->sent, "a peer that no rule names gets no answer");
	ok(net_sas(red) == 1, "the other one tries for long");
	net_run(&net, 100000);
	ok(!net_sas(red) &&
		   red->driver.reason == IPSECDRV_REFUSE_REASON_NO_ANSWER,
	   "and gives up: no answer");
	ok(red->sent == 10, "after %u tries", red->sent);
	pair_end();
}

/* A response to red's first message, of one notify. */
static void forge(uint16_t type, const void *data, size_t len)
{
	const struct ike_sa *sa = TAILQ_FIRST(&red->engine->list);
	struct ike_header h = {
		.version = IKE_V2,
		.exchange = IKEV2_SA_INIT,
		.flags = IKEV2_FLAG_RESPONSE,
	};
	struct ike_path path = sa->path;
	struct ike_builder b;
	uint8_t buf[512];

	memcpy(h.spi_i, sa->our_spi, IKE_SPI_LEN);
	ike_build(&b, buf, sizeof(buf), &h);
	ikev2_notify_write(&b, 0, type, NULL, 0, data, len);
	net_inject(red, &path, buf, ike_build_finish(&b));
}

static void forged(void)
{
	static const uint16_t types[] = {
		IKEV2_NO_PROPOSAL_CHOSEN, IKEV2_AUTHENTICATION_FAILED,
		IKEV2_INVALID_SYNTAX,	  IKEV2_INVALID_IKE_SPI,
		IKEV2_INVALID_MESSAGE_ID, IKEV2_INVALID_MAJOR_VERSION,
		IKEV2_TEMPORARY_FAILURE,  IKEV2_INVALID_KE_PAYLOAD,
		IKEV2_REDIRECT,		  IKEV2_INITIAL_CONTACT,
	};
	static const uint8_t redirect[] = { 1, 4, 10, 0, 0, 9 };
	unsigned int i, sent;

	pair_same(NULL);
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		forge(types[i], redirect, sizeof(redirect));
	ok(net_sas(red) == 1 && red->sent == 1,
	   "no forged refusal ends it or makes it send");
	net.manual = false;
	net_run(&net, 2000);
	is(pair_state(), "", "the true answer counts");
	pair_end();

	pair_same(EVERY);
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	for (i = 0; i < 50; i++) {
		static const uint8_t ecp[] = { 0, IKE_GROUP_ECP256 };
		static const uint8_t x[] = { 0, IKE_GROUP_X25519 };
		uint8_t cookie[24] = { (uint8_t)i };

		forge(IKEV2_COOKIE, cookie, sizeof(cookie));
		forge(IKEV2_INVALID_KE_PAYLOAD, i & 1 ? x : ecp, 2);
	}
	sent = red->sent;
	ok(sent <= 8, "cookies and groups without end: %u messages", sent);
	forge(IKEV2_COOKIE, NULL, 0);
	ok(red->sent == sent, "an empty cookie is none");
	pair_end();
}

static enum net_verdict reflect(struct net *n, struct net_packet *p)
{
	struct net_host *host = p->to;

	(void)n;
	/* Back to who sent it, as if it came from the other one. */
	p->to = p->from;
	p->path.local = p->from->addr;
	p->path.remote = host->addr;
	return NET_PASS;
}

static void reflection(void)
{
	pair_begin("    remote-id: any\n", NULL);
	net.hook = reflect;
	go(60000);
	ok(net_sas(red) == 1 && !red->driver.count,
	   "messages that come back make nothing");
	ok(!red->engine->half_open, "not even half open");
	pair_end();
}

/* First messages of many initiators at one address. */
static void flood(unsigned int count, uint16_t port)
{
	struct net_packet *p = TAILQ_FIRST(&net.queue);
	struct ike_path path = p->path;
	unsigned int i;

	for (i = 0; i < count; i++) {
		p->data[0] = (uint8_t)(i >> 8);
		p->data[1] = (uint8_t)i;
		p->data[2] ^= 0x5a;
		path.remote_port = port ? port : (uint16_t)(1024 + i);
		net_inject(blue, &path, p->data, p->len);
	}
}

static void limits(void)
{
	pair_same(NULL);
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	flood(200, 0);
	ok(blue->engine->half_open == 35, "35 half open of one address: %u",
	   blue->engine->half_open);
	ok(blue->engine->counters.limited == 165, "the others are counted");
	ok(blue->sent == 35, "and get no answer");
	while (net_queued(&net))
		net_lose(&net, 0);
	net_run(&net, 31000);
	ok(!blue->engine->half_open, "they end by themselves");
	pair_end();
}

static void amplification(void)
{
	size_t in, out = 0;
	struct net_packet *p;

	pair_same(NULL);
	blue->engine->policy->limits.cookie_threshold = 0;
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	p = TAILQ_FIRST(&net.queue);
	in = p->len;
	net_deliver(&net, 0);
	net.manual = true;
	TAILQ_FOREACH(p, &net.queue, link)
		if (p->from == blue)
			out += p->len;
	ok(out && out <= in, "no amplification before the cookie: %zu to %zu",
	   in, out);
	pair_end();
	pair_same(NULL);
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_deliver(&net, 0);
	while (net_queued(&net))
		net_lose(&net, 0);
	out = blue->sent;
	net.manual = false;
	red->down = true;
	net_run(&net, 29000);
	ok(blue->sent == out, "a responder sends nothing again by itself");
	pair_end();
}

static bool is_addr(const struct ipsec_addr *addr, const char *text)
{
	struct ipsec_addr want = net_addr(text);

	return addr->len == want.len && !memcmp(addr->b, want.b, want.len);
}

static void nat(const char *name, const char *more, bool of_red, bool of_blue)
{
	const struct ike_sa *sa;

	pair_same(more);
	if (of_red)
		net_behind_nat(red, "192.0.2.1");
	if (of_blue)
		net_behind_nat(blue, "192.0.2.2");
	net_acquire(red, "10.0.0.1", of_blue ? "192.0.2.2" : "10.0.0.2");
	net_run(&net, 2000);
	is(pair_state(), "", "%s", name);
	sa = net_sa(red);
	ok(sa && sa->nat_local == of_red && sa->nat_remote == of_blue,
	   "%s: who is behind it is known", name);
	ok(sa && sa->encap && sa->path.local_port == IKE_NATT_PORT &&
		   net_sa(blue)->encap,
	   "%s: UDP encapsulation on 4500", name);
	ok(is_addr(&TAILQ_FIRST(&net_sa(blue)->children)->wire_remote,
		   "10.0.0.1"),
	   "%s: the responder remembers how the peer calls itself", name);
	net.watch = true;
	pair_soft(red);
	net_run(&net, 2000);
	pair_soft(blue);
	net_run(&net, 2000);
	ike_engine_rekey_ike(blue->engine, "all");
	net_run(&net, 2000);
	is(pair_state(), "", "%s: rekeys", name);
	ok(!net.lost, "%s: traffic all the time: %s", name, net.why ?: "");
	pair_end();
}

static void nats(void)
{
	static const char wide[] =
		"    filters: [{from: 0.0.0.0/0, to: 0.0.0.0/0}]\n";

	nat("initiator behind a NAT", wide, true, false);
	nat("responder behind a NAT", wide, false, true);
	nat("both behind NATs", wide, true, true);
	pair_same("    encap: no\n    filters: [{from: 0.0.0.0/0, to: "
		  "0.0.0.0/0}]\n");
	net_behind_nat(red, "192.0.2.1");
	go(2000);
	ok(net_sa(red) && !net_sa(red)->encap, "encap: no sees no NAT");
	pair_end();
}

/* The NAT forgets and gives another port. */
static void rebinding(void)
{
	pair_same("    filters: [{from: 0.0.0.0/0, to: 0.0.0.0/0}]\n");
	net_behind_nat(red, "192.0.2.1");
	go(2000);
	is(pair_state(), "", "established behind a NAT");
	red->nat = net_addr("192.0.2.77");
	ike_engine_check(red->engine, "all");
	net_run(&net, 2000);
	ok(net_sa(blue)->path.remote.b[3] == 77,
	   "an authentic message from another address is followed");
	ok(blue->engine->counters.pair_changes == 1, "and so is its pair");
	is(pair_state(), "", "all goes on");
	pair_end();
}

/* Answers red's first message by a redirection with its nonce. */
static enum net_verdict send_away(struct net *n, struct net_packet *p)
{
	struct ike_path path = p->path;
	const struct ike_payload *nonce;
	struct ike_message m;
	uint8_t data[2 + 4 + 256] = { 1, 4, 10, 0, 0, 3 };
	struct ike_builder b;
	struct ike_header h = {
		.version = IKE_V2,
		.exchange = IKEV2_SA_INIT,
		.flags = IKEV2_FLAG_RESPONSE,
	};
	uint8_t buf[512];

	(void)n;
	if (p->to != blue)
		return NET_PASS;
	ike_message_parse(&m, p->data, p->len);
	nonce = ike_payload_get(&m, IKEV2_NONCE);
	memcpy(data + 6, nonce->data, nonce->len);
	memcpy(h.spi_i, m.hdr.spi_i, IKE_SPI_LEN);
	ike_build(&b, buf, sizeof(buf), &h);
	ikev2_notify_write(&b, 0, IKEV2_REDIRECT, NULL, 0, data,
			   6 + nonce->len);
	path.local = red->addr;
	path.remote = blue->addr;
	n->hook_data = memcpy(malloc(512), buf, 512);
	n->hook = NULL;
	p->to = red;
	p->path = path;
	p->len = ike_build_finish(&b);
	memcpy(p->data, buf, p->len);
	return NET_PASS;
}

static void redirection(const char *more)
{
	struct net_host *third;

	pair_begin(more, NULL);
	third = net_host(&net, "third", "10.0.0.3",
			 "rules:\n  - name: all\n    psk: one secret of both\n"
			 "    filters: [{from: 0.0.0.0/0, to: 10.0.0.1}]\n");
	net.hook = send_away;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 400);
	free(net.hook_data);
	ok(!third->sent, "redirection is ignored");
	net_run(&net, 3000);
	ok(pair_established(blue) == 1, "and the peer is asked again");
	pair_end();
}

#define TUNNEL(local, remote) \
	"    tunnel: {local: " local ", remote: " remote "}\n"
#define RED_NETS "    filters: [{from: 10.1.0.0/16, to: 10.2.0.0/16}]\n"
#define BLUE_NETS "    filters: [{from: 10.2.0.0/16, to: 10.1.0.0/16}]\n"

static void is_at(struct net_host *third, const char *name)
{
	const char *why = net_traffic(red, third);

	ok(!why && net_sas(red) == 1 && !blue->driver.count &&
		   !red->driver.refused,
	   "redirection: %s (%s)", name, why ? why : "both ways");
}

/* To a gateway that is not the one of the filter. */
static void followed(void)
{
	struct net_host *third;

	pair_begin("    redirect: yes\n    encap: no\n" TUNNEL(
			   "10.0.0.1", "10.0.0.2") RED_NETS,
		   NULL);
	third = net_host(
		&net, "third", "10.0.0.3",
		"rules:\n  - name: all\n    psk: one secret of both\n" TUNNEL(
			"10.0.0.3", "10.0.0.1") BLUE_NETS);
	net.hook = send_away;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 3000);
	free(net.hook_data);
	is_at(third, "a tunnel to the other gateway");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 3000);
	is_at(third, "other traffic takes the same IKE SA");
	ike_engine_rekey_ike(red->engine, "all");
	net_run(&net, 3000);
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 3000);
	is_at(third, "and that which it is rekeyed by");
	pair_soft(red);
	net_run(&net, 3000);
	is_at(third, "and the pair is rekeyed");
	pair_end();
}

/* Nor is a peer that its NAT has moved where the filter says. */
static void moved_tunnel(void)
{
	pair_begin(TUNNEL("10.0.0.1", "10.0.0.2") RED_NETS,
		   TUNNEL("10.0.0.2", "192.0.2.1") BLUE_NETS);
	net_behind_nat(red, "192.0.2.1");
	go(2000);
	is(pair_state(), "", "a tunnel through a NAT");
	red->nat = net_addr("192.0.2.77");
	ike_engine_check(red->engine, "all");
	net_run(&net, 2000);
	pair_soft(blue);
	net_run(&net, 3000);
	is(pair_state(), "", "which has moved: it is rekeyed");
	ok(blue->driver.adds == 2 &&
		   fake_sending(&blue->driver)->sa.remote.b[3] == 77,
	   "to where the peer is now");
	pair_end();
}

int main(void)
{
	cookies();
	groups();
	refused();
	unknown_peer();
	forged();
	reflection();
	limits();
	amplification();
	nats();
	rebinding();
	redirection(NULL);
	redirection("    redirect: yes\n    encap: no\n");
	followed();
	moved_tunnel();
	return tap_done();
}
