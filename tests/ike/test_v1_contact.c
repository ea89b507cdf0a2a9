// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * INITIAL-CONTACT of version 1: a peer that lost its memory has none of the
 * pairs that it had, whichever main mode they are kept by here. And of both
 * versions: what it was asked for before, and has forgotten, it is asked again.
 */
#include <stdlib.h>

#include "forge1.h"
#include "pair.h"

#define TWO(from, to)                                      \
	"    filters:\n"                                   \
	"    - {from: " from ", to: " to ", proto: tcp}\n" \
	"    - {from: " from ", to: " to ", proto: udp}\n"
#define FILTERS(from, to) \
	"    version: 1\n    ike: aes128-sha256-ecp256\n" TWO(from, to)

static void begin(void)
{
	pair_begin(FILTERS("10.0.0.1", "10.0.0.2"),
		   FILTERS("10.0.0.2", "10.0.0.1"));
	pair_acquire(red);
	net_run(&net, 1000);
	pair_ask(1);
	net_run(&net, 500);
	if (red->driver.count == 2 && blue->driver.count == 2)
		return;
	printf("Bail out! no two pairs\n%s%s", red->log, blue->log);
	exit(1);
}

/* Without a word, and with nothing left in the driver. */
static void reboot(struct net_host *host)
{
	ike_engine_free(host->engine);
	fake_driver_free(&host->driver);
	fake_driver_init(&host->driver, 0x7000000);
	host->engine = ike_engine_new(&host->env, host->policy);
}

static void one_left(const char *name)
{
	const char *why = net_traffic(red, blue);

	ok(pair_live(blue) == 1, "%s: no pair of before is left (%u)", name,
	   pair_live(blue));
	ok(!why, "%s: the new one carries traffic (%s)", name,
	   why ? why : "both ways");
	ok(net_sas(blue) == 1, "%s: one main mode", name);
	pair_end();
}

static void in_main_mode(void)
{
	begin();
	reboot(red);
	net_run(&net, 1000);
	pair_acquire(red);
	net_run(&net, 1000);
	one_left("in main mode");
}

/* Main mode was ended by the peer, as Windows does, before it was rebooted. */
static void lose_main(void)
{
	struct ike_sa *sa;

	begin();
	sa = net_sa(blue);
	while (!TAILQ_EMPTY(&sa->children))
		ike_child_orphan(TAILQ_FIRST(&sa->children));
	ike_sa_free(sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
	reboot(red);
	net_run(&net, 1000);
}

static void orphans(void)
{
	lose_main();
	pair_acquire(red);
	net_run(&net, 1000);
	one_left("with pairs of no main mode");
}

/* Another host behind the same NAT, by the same rule. */
static void of_another(void)
{
	lose_main();
	pair_reload(red, FILTERS("10.0.0.1",
				 "10.0.0.2") "    local-id: other.example\n");
	pair_acquire(red);
	net_run(&net, 1000);
	ok(pair_live(blue) == 3,
	   "of another at the same address: what was there stays (%u)",
	   pair_live(blue));
	ok(net_sa(blue) &&
		   TAILQ_FIRST(&net_sa(blue)->children) ==
			   TAILQ_LAST(&net_sa(blue)->children, ike_child_list),
	   "and is not the other's");
	pair_end();
}

/* Others send it in an exchange of its own when main mode is done. */
static void initial_contact(struct ikev1_out *out)
{
	ikev1_notify_write(&out->b, IKE_PROTO_IKE, IKEV1_INITIAL_CONTACT,
			   out->buf, 2 * IKE_SPI_LEN, NULL, 0);
}

/* A main mode more, without the word. */
static void by_itself(void)
{
	begin();
	ike_engine_rekey_ike(red->engine, "all");
	net_run(&net, 500);
	ok(blue->driver.count == 2 && net_sa(blue)->established,
	   "by itself: a second main mode has the pairs of the first");
	pair_ask(0);
	net_run(&net, 500);
	forge1_tell(red, blue, initial_contact);
	net_run(&net, 5000);
	one_left("by itself");
}

/* It begins itself, before it is asked once more. */
static void asked_before(unsigned int version)
{
	if (version == 1)
		pair_begin(FILTERS("10.0.0.1", "10.0.0.2"),
			   FILTERS("10.0.0.2", "10.0.0.1"));
	else
		pair_begin(TWO("10.0.0.1", "10.0.0.2"),
			   TWO("10.0.0.2", "10.0.0.1"));
	pair_acquire(red);
	net_run(&net, 1000);
	reboot(blue);
	net.manual = true;
	pair_ask(1);
	while (net_queued(&net))
		net_lose(&net, 0);
	net.manual = false;
	pair_acquire(blue);
	net_run(&net, 450);
	ok(pair_live(red) == 2 && pair_live(blue) == 2,
	   "version %u: what it was asked for before it is asked again (%u and %u pairs)",
	   version, pair_live(red), pair_live(blue));
	ok(net_sas(red) == 1 && net_sas(blue) == 1,
	   "version %u: on the one IKE SA", version);
	pair_end();
}

int main(void)
{
	asked_before(1);
	asked_before(2);
	in_main_mode();
	orphans();
	of_another();
	by_itself();
	return tap_done();
}
