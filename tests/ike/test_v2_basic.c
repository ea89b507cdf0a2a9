// SPDX-License-Identifier: GPL-2.0-or-later
/* What two peers do on a good day: establish, rekey, check, delete. */
#include "pair.h"
#include "tap.h"

static void establish(const char *name, const char *more, unsigned int messages)
{
	pair_same(more);
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 2000);
	is(pair_state(), "", "%s", name);
	ok(net.packets == messages, "%s: %u messages", name, net.packets);
	ok(!red->driver.refused, "%s: nothing was refused", name);
	pair_end();
}

static void establish_all(void)
{
	establish("defaults", NULL, 4);
	establish("a filter for many",
		  "    filters: [{from: 10.0.0.0/24, to: 10.0.0.0/24}]\n", 4);
	establish("CBC",
		  "    ike: aes128-sha256-ecp256\n    esp: aes128-sha256\n", 4);
	establish("AH", "    ah: sha256\n", 4);
	establish("PFS", "    pfs: yes\n", 4);
	establish("encapsulated", "    encap: yes\n", 4);
	establish("childless", "    childless: yes\n", 6);
	establish("ChaCha20",
		  "    ike: chacha20poly1305-prfsha256-x25519\n"
		  "    esp: chacha20poly1305\n",
		  4);
}

static void rekey_child(const char *name, const char *more,
			struct net_host **who)
{
	uint32_t spi;

	pair_same(more);
	pair_establish();
	net.watch = true;
	spi = (uint32_t)fake_sending(&red->driver)->sa.protection[0].spi_in.v;
	pair_soft(*who);
	net_run(&net, 2000);
	is(pair_state(), "", "%s", name);
	ok(!net.lost, "%s: traffic never stops: %s", name, net.why ?: "");
	ok(fake_sending(&red->driver)->sa.protection[0].spi_in.v != spi,
	   "%s: the pair is another", name);
	ok(red->engine->counters.child_rekeys == 1 &&
		   blue->engine->counters.child_rekeys == 1,
	   "%s: counted", name);
	pair_end();
}

static void rekey_ike(const char *name, const char *more, struct net_host **who)
{
	uint8_t spi[IKE_SPI_LEN];

	pair_same(more);
	pair_establish();
	net.watch = true;
	memcpy(spi, net_sa(red)->our_spi, sizeof(spi));
	ok(!ike_engine_rekey_ike((*who)->engine, "all"), "%s: asked", name);
	net_run(&net, 2000);
	is(pair_state(), "", "%s", name);
	ok(!net.lost, "%s: traffic never stops: %s", name, net.why ?: "");
	ok(memcmp(spi, net_sa(red)->our_spi, sizeof(spi)),
	   "%s: the IKE SA is another", name);
	pair_soft(red);
	net_run(&net, 2000);
	is(pair_state(), "", "%s: then a Child SA", name);
	ok(!ike_engine_rekey_ike((*who)->engine, "all"), "%s: again", name);
	net_run(&net, 2000);
	is(pair_state(), "", "%s: twice", name);
	pair_end();
}

static void rekeys(void)
{
	rekey_child("Child SA, by who began", NULL, &red);
	rekey_child("Child SA, by the other", NULL, &blue);
	rekey_child("Child SA with PFS", "    pfs: yes\n", &red);
	rekey_child("Child SA with PFS, by the other", "    pfs: yes\n", &blue);
	rekey_ike("IKE SA, by who began", NULL, &red);
	rekey_ike("IKE SA, by the other", NULL, &blue);
}

static void liveness(void)
{
	unsigned int before;

	pair_begin("    liveness: 10\n", "    liveness: 0\n");
	pair_establish();
	before = net.packets;
	net_run(&net, 9000);
	ok(net.packets == before + 2, "a check and its answer: %u",
	   net.packets - before);
	is(pair_state(), "", "it lives");
	blue->down = true;
	net_run(&net, 200000);
	ok(!net_sas(red), "a peer that is gone is found out");
	ok(!red->driver.count, "its pair is deleted");
	ok(red->engine->counters.dead_peers == 1, "and counted");
	pair_end();
}

static void ipv6(void)
{
	net_init(&net);
	red = net_host(&net, "red", "2001:db8::1",
		       "rules:\n  - name: all\n    psk: six\n    filters: "
		       "[{from: '2001:db8::1', to: '2001:db8::2'}]\n");
	blue = net_host(&net, "blue", "2001:db8::2",
			"rules:\n  - name: all\n    psk: six\n    filters: "
			"[{from: '2001:db8::2', to: '2001:db8::1'}]\n");
	net_acquire(red, "2001:db8::1", "2001:db8::2");
	net_run(&net, 2000);
	is(pair_state(), "", "IPv6");
	net.watch = true;
	pair_soft(blue);
	net_run(&net, 2000);
	ike_engine_rekey_ike(red->engine, "all");
	net_run(&net, 2000);
	is(pair_state(), "", "IPv6: rekeys");
	ok(!net.lost, "IPv6: without a gap: %s", net.why ?: "");
	pair_end();
}

static void deletion(void)
{
	pair_same(NULL);
	pair_establish();
	pair_hard(red);
	net_run(&net, 2000);
	ok(!red->driver.count && !blue->driver.count,
	   "a Child SA that ends is deleted on both sides");
	ok(pair_established(red) == 1 && pair_established(blue) == 1,
	   "the IKE SA stays");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 2000);
	is(pair_state(), "", "new traffic makes a new one on it");
	ok(!ike_engine_down(blue->engine, "all"), "down");
	net_run(&net, 2000);
	ok(!net_sas(red) && !net_sas(blue) && !red->driver.count &&
		   !blue->driver.count,
	   "an IKE SA that ends takes all with it");
	pair_end();
}

static void addresses(void)
{
	pair_same("    filters: [{from: 10.0.0.0/24, to: 10.0.0.0/24}]\n");
	pair_establish();
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 100);
	ok(net_sas(red) == 1, "the same two hosts have one IKE SA");
	net_acquire(red, "10.0.0.9", "10.0.0.2");
	net_run(&net, 100);
	ok(net_sas(red) == 2, "another address of ours has one of its own");
	pair_end();
}

static bool tells(const char *more)
{
	bool told;

	pair_same(more);
	red->env.listens = false;
	pair_establish();
	told = strstr(red->log, "established");
	pair_end();
	return told;
}

static void events(void)
{
	ok(!tells("ike: {log: error}\n"), "nobody is told of an event");
	ok(tells("ike: {log: notice}\n"), "the log is");
	ok(tells("ike: {log: error, audit: yes}\n"), "the audit log is");
}

static void lifetime(void)
{
	pair_same("    ike-lifetime: 300\n    liveness: 0\n");
	pair_establish();
	net.watch = true;
	net_run(&net, 3600000);
	is(pair_state(), "", "an hour of IKE SAs of five minutes");
	ok(red->engine->counters.ike_rekeys > 10, "rekeyed %u times",
	   (unsigned int)red->engine->counters.ike_rekeys);
	ok(!net.lost, "traffic never stopped: %s", net.why ?: "");
	pair_end();
}

int main(void)
{
	establish_all();
	rekeys();
	liveness();
	deletion();
	ipv6();
	addresses();
	events();
	lifetime();
	return tap_done();
}
