// SPDX-License-Identifier: GPL-2.0-or-later
/* Child SAs: selectors, modes, groups, several of them, and what fails. */
#include <errno.h>

#include "forge.h"
#include "pair.h"
#include "tap.h"

#define WIDE "    filters: [{from: 10.0.0.0/16, to: 10.0.0.0/16}]\n"
#define RED_TUNNEL                                          \
	"    tunnel: {local: 10.0.0.1, remote: 10.0.0.2}\n" \
	"    filters: [{from: 10.1.0.0/16, to: 10.2.0.0/16}]\n"
#define BLUE_TUNNEL                                         \
	"    tunnel: {local: 10.0.0.2, remote: 10.0.0.1}\n" \
	"    filters: [{from: 10.2.0.0/16, to: 10.1.0.0/16}]\n"

static const struct ipsec_sa *pair_of(struct net_host *host)
{
	const struct fake_pair *pair = fake_sending(&host->driver);

	return pair ? &pair->sa : NULL;
}

static bool selector_is(struct net_host *host, const char *text)
{
	char buf[IPSEC_SELECTOR_STRLEN];
	const struct ipsec_sa *sa = pair_of(host);

	if (!sa)
		return false;
	ipsec_selector_text(&sa->sel, buf, sizeof(buf));
	if (!strcmp(buf, text))
		return true;
	printf("# %s\n", buf);
	return false;
}

static void tunnel(void)
{
	pair_begin(RED_TUNNEL, BLUE_TUNNEL);
	net_up(red);
	net_run(&net, 2000);
	is(pair_state(), "", "a tunnel");
	ok(pair_of(red)->mode.v == IPSECDRV_MODE_TUNNEL &&
		   selector_is(red, "10.1.0.0/16 -> 10.2.0.0/16"),
	   "between its networks");
	net.watch = true;
	pair_soft(blue);
	net_run(&net, 2000);
	is(pair_state(), "", "rekeyed by the other side");
	ok(selector_is(blue, "10.2.0.0/16 -> 10.1.0.0/16"), "the same one");
	ok(!net.lost, "without a gap");
	pair_end();
}

static void narrowed(void)
{
	pair_begin(RED_TUNNEL,
		   "    tunnel: {local: 10.0.0.2, remote: 10.0.0.1}\n"
		   "    filters: [{from: 10.2.3.0/24, to: 10.1.0.0/16}]\n");
	net_up(red);
	net_run(&net, 2000);
	is(pair_state(), "", "a responder that allows less");
	ok(selector_is(red, "10.1.0.0/16 -> 10.2.3.0/24"), "narrows it");
	pair_end();
	pair_begin("    filters: [{from: 10.0.0.1, to: 10.0.0.2}]\n",
		   "    filters: [{from: 10.0.0.2, to: 10.0.0.1, proto: tcp, "
		   "sport: 80}]\n");
	net_up(red);
	net_run(&net, 2000);
	is(pair_state(), "", "to a port");
	ok(selector_is(red, "10.0.0.1 -> 10.0.0.2 tcp dport 80"), "of ours");
	pair_end();
}

static void fails(const char *name, const char *more_red, const char *more_blue,
		  enum ipsecdrv_refuse_reason reason)
{
	pair_begin(more_red, more_blue);
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 3000);
	ok(!red->driver.count && !blue->driver.count, "%s: no pair", name);
	ok(red->driver.refused == 1 && red->driver.reason == reason,
	   "%s: the packet is refused: %d", name, red->driver.reason);
	ok(pair_established(red) == 1 && pair_established(blue) == 1,
	   "%s: the IKE SA stays", name);
	pair_end();
}

static void failures(void)
{
	fails("other selectors",
	      "    filters: [{from: 10.0.0.1, to: 10.0.0.2, proto: tcp}]\n",
	      "    filters: [{from: 10.0.0.2, to: 10.0.0.1, proto: udp}]\n",
	      IPSECDRV_REFUSE_REASON_POLICY);
	fails("tunnel against transport",
	      "    filters: [{from: 10.0.0.1, to: 10.0.0.2}]\n"
	      "    tunnel: {local: 10.0.0.1, remote: 10.0.0.2}\n",
	      NULL, IPSECDRV_REFUSE_REASON_POLICY);
	fails("transport against tunnel", NULL,
	      "    filters: [{from: 10.0.0.2, to: 10.0.0.1}]\n"
	      "    tunnel: {local: 10.0.0.2, remote: 10.0.0.1}\n",
	      IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
	fails("other algorithms", "    esp: aes128-sha256\n",
	      "    esp: aes256gcm16\n", IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
	fails("AH against ESP", "    ah: sha256\n", "    esp: aes256gcm16\n",
	      IPSECDRV_REFUSE_REASON_NO_PROPOSAL);
}

/* The driver takes no pair. */
static void driver_fails(void)
{
	pair_same(NULL);
	blue->driver.fail_add = ENOBUFS;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 10000);
	is(pair_state(), "", "a driver that is full for a moment");
	pair_end();
	pair_same(NULL);
	red->driver.fail_add = ENOBUFS;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 10000);
	ok(!red->driver.count && !blue->driver.count,
	   "when the initiator's fails, the peer's pair is deleted");
	ok(red->driver.refused == 1, "and the packet is refused");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 10000);
	is(pair_state(), "", "the next one succeeds");
	pair_end();
	pair_same(NULL);
	pair_establish();
	red->driver.fail_spi = ENOSPC;
	pair_soft(red);
	net_run(&net, 10000);
	is(pair_state(), "", "no SPI for a rekey: the old pair goes on");
	red->driver.fail_spi = 0;
	pair_soft(red);
	net_run(&net, 10000);
	is(pair_state(), "", "the next rekey succeeds");
	ok(red->engine->counters.child_rekeys == 1, "once");
	pair_end();
}

#define GROUPS_RED "    pfs: yes\n    esp: aes256gcm16-x25519-ecp256\n"
#define GROUPS_BLUE "    pfs: yes\n    esp: aes256gcm16-ecp256\n"

static void groups(void)
{
	unsigned int before;

	pair_begin(GROUPS_RED, GROUPS_BLUE);
	pair_establish();
	net.watch = true;
	before = net.packets;
	pair_soft(red);
	net_run(&net, 2000);
	is(pair_state(), "", "PFS in a group that the peer asks for");
	ok(net.packets == before + 6, "one round more: %u",
	   net.packets - before);
	ok(!net.lost, "without a gap");
	pair_end();
	pair_begin("    pfs: yes\n", "    pfs: no\n");
	pair_establish();
	pair_soft(red);
	net_run(&net, 5000);
	ok(pair_live(red) == 1 && !net_traffic(red, blue),
	   "PFS that only one wants: the old pair goes on");
	ok(net_logged(red, "refuses the Child SA"), "and the log tells");
	pair_end();
}

/* Several Child SAs on one IKE SA. */
static void several(void)
{
	unsigned int i;

	pair_same(NULL);
	pair_establish();
	for (i = 0; i < 5; i++)
		net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 5000);
	ok(pair_established(red) == 1 && pair_live(red) == 6 &&
		   pair_live(blue) == 6,
	   "six Child SAs on one IKE SA: %u", pair_live(red));
	ike_engine_rekey_child(red->engine, "all");
	net_run(&net, 10000);
	ok(pair_live(red) == 6 && pair_live(blue) == 6 &&
		   red->engine->counters.child_rekeys == 6,
	   "all rekeyed: %u", (unsigned int)red->engine->counters.child_rekeys);
	ike_engine_rekey_ike(blue->engine, "all");
	net_run(&net, 10000);
	ok(pair_established(red) == 1 && pair_live(red) == 6, "moved to a new "
							      "IKE SA");
	ike_engine_rekey_child(blue->engine, "all");
	net_run(&net, 10000);
	ok(pair_live(red) == 6 && pair_live(blue) == 6, "and rekeyed there");
	pair_end();
}

static void master_pfs(void)
{
	pair_same("    master-pfs: yes\n");
	pair_establish();
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 3000);
	ok(pair_established(red) == 2 && pair_established(blue) == 2,
	   "master PFS: an IKE SA for each: %u", pair_established(red));
	pair_end();
}

/* Many are asked for before the IKE SA is there. */
static void waiting(void)
{
	unsigned int i;

	pair_same(NULL);
	for (i = 0; i < 4; i++)
		net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 5000);
	ok(pair_established(red) == 1 && pair_live(red) == 4 &&
		   !red->driver.refused,
	   "what waits for the IKE SA is made after it");
	pair_end();
}

/* Who lost its pairs answers that it has none. */
static void not_found(void)
{
	struct ike_child *child;

	pair_same(NULL);
	pair_establish();
	child = TAILQ_FIRST(&net_sa(blue)->children);
	ike_child_free(child);
	pair_soft(red);
	net_run(&net, 5000);
	is(pair_state(), "", "CHILD_SA_NOT_FOUND: a new one is negotiated");
	pair_end();
}

static void rekey_without_end(void)
{
	unsigned int i;

	pair_same(NULL);
	pair_establish();
	net.watch = true;
	for (i = 0; i < 1000; i++) {
		pair_soft(i % 3 ? red : blue);
		net_run(&net, 200 + i % 7 * 10);
		fake_drain(&red->driver);
		fake_drain(&blue->driver);
		if (i % 100 == 50)
			ike_engine_rekey_ike(red->engine, "all");
	}
	net_run(&net, 5000);
	is(pair_state(), "", "a thousand rekeys");
	ok(!net.lost, "without a gap: %s", net.why ?: "");
	ok(red->engine->counters.child_rekeys >= 900, "%u of them",
	   (unsigned int)red->engine->counters.child_rekeys);
	pair_end();
}

/* The responder knows the rule's other name for the traffic. */
static void many_rules(void)
{
	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1",
		       "rules:\n"
		       "  - name: tcp\n    psk: s\n    filters: [{from: "
		       "10.0.0.1, to: 10.0.0.2, proto: tcp}]\n"
		       "  - name: udp\n    psk: s\n    filters: [{from: "
		       "10.0.0.1, to: 10.0.0.2, proto: udp}]\n");
	blue = net_host(&net, "blue", "10.0.0.2",
			"rules:\n"
			"  - name: udp\n    psk: s\n    filters: [{from: "
			"10.0.0.2, to: 10.0.0.1, proto: udp}]\n"
			"  - name: tcp\n    psk: s\n    filters: [{from: "
			"10.0.0.2, to: 10.0.0.1, proto: tcp}]\n");
	ok(!ike_engine_up(red->engine, "tcp") &&
		   !ike_engine_up(red->engine, "udp"),
	   "two rules are asked for");
	net_run(&net, 3000);
	ok(pair_live(red) == 2 && pair_live(blue) == 2, "two pairs: %u",
	   pair_live(blue));
	pair_end();
}

/* Five seconds are the least that a policy may say. */
static void short_lives(void)
{
	static const char *const seconds[] = { "5", "9", "10", "60" };
	unsigned int i;

	for (i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		const struct ipsec_lifetime *life;
		char rule[64];

		snprintf(rule, sizeof(rule), "    lifetime: {seconds: %s}\n",
			 seconds[i]);
		pair_begin(rule, rule);
		net_up(red);
		net_run(&net, 2000);
		is(pair_state(), "", "a lifetime of %s seconds", seconds[i]);
		life = &pair_of(red)->lifetime;
		ok(life->soft_seconds.v < life->hard_seconds.v,
		   "is over before it ends");
		pair_end();
	}
}

int main(void)
{
	tunnel();
	short_lives();
	narrowed();
	failures();
	driver_fails();
	groups();
	several();
	master_pfs();
	waiting();
	not_found();
	many_rules();
	rekey_without_end();
	return tap_done();
}
