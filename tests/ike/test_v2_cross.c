// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What v2_collide and v2_storm have found, each by itself: ways to two IKE SAs,
 * or two SA pairs, that nobody ends.
 */
#include "pair.h"
#include "tap.h"

#define SEEDS 8 /* of the nonces, which say who ends his own */
#define CALM_MS 60000

static void settle(void)
{
	net.manual = false;
	net_run(&net, CALM_MS);
	fake_drain(&red->driver);
	fake_drain(&blue->driver);
}

static void deliver_last(void)
{
	net.now++;
	net_deliver(&net, net_queued(&net) - 1);
}

/*
 * Red's first message is late: blue's IKE SA has been rekeyed by then, and its
 * Child SA is gone, so that only red's carries something.
 */
static void late(uint64_t seed)
{
	pair_same("    liveness: 0\n");
	net.seed = seed;
	net.manual = true;
	pair_acquire(red);
	pair_acquire(blue);
	while (net_queued(&net) > 1)
		deliver_last();
	ike_engine_rekey_ike(blue->engine, "all");
	while (net_queued(&net) > 1)
		deliver_last();
	pair_hard(blue);
	while (net_queued(&net) > 1)
		deliver_last();
	settle();
	is(pair_state(), "",
	   "a first contact that is late, seed %u: one IKE SA, one SA pair",
	   (unsigned int)seed);
	ok(red->engine->counters.main_modes == 3,
	   "there were two, and one was rekeyed");
	pair_end();
}

/* What red asks for is there when its turn comes. */
static void served(void)
{
	pair_same("    liveness: 0\n");
	pair_establish();
	net.manual = true;
	pair_soft(red);
	pair_hard(red);
	pair_acquire(red);
	settle();
	is(pair_state(), "",
	   "a new one is asked for while the rekey is under way: one pair");
	ok(red->driver.adds == 2, "the rekey has made it");
	pair_end();
}

/*
 * Blue's packet has asked, then red's pair is there, and only then is the
 * acquire read. One that asks after that is negotiated for.
 */
static void read_late(const char *version, const char *extra)
{
	struct fake_driver *d;

	pair_same(extra);
	d = &blue->driver;
	pair_establish();
	d->late = FAKE_ANSWERED;
	pair_acquire(blue);
	settle();
	is(pair_state(), "",
	   "version %s, an acquire that is read late: one pair", version);
	d->late = FAKE_WAITS;
	pair_acquire(blue);
	ok(!d->acquires, "a slot that waits for ours has to wait no more");
	settle();
	is(pair_state(), "", "one pair");
	ok(d->adds == 1 && blue->engine->counters.total_acquires == 2,
	   "nothing was negotiated");
	d->late = FAKE_IN_TIME;
	pair_acquire(blue);
	settle();
	ok(d->adds == 2, "what asks beside a pair gets its own");
	pair_end();
}

/* It listens still, as long as no packet has come by it. */
static void unused_successor(void)
{
	const struct fake_pair *last;

	pair_same("    liveness: 0\n");
	pair_establish();
	net.manual = true;
	pair_soft(red);
	deliver_last();
	deliver_last();
	last = &red->driver.pair[red->driver.count - 1];
	net_expire(red, last, true, IPSECDRV_EXPIRE_REASON_TIME);
	settle();
	is(pair_state(), "", "a successor that ends unused: one pair");
	ok(red->driver.adds == 3, "which is a new one");
	pair_end();
}

/* Red's request is lost, and it is told to rekey what blue has made. */
static void undecided(void)
{
	pair_same("    liveness: 0\n");
	pair_establish();
	net.manual = true;
	ike_engine_rekey_ike(red->engine, "all");
	net_lose(&net, 0);
	ike_engine_rekey_ike(blue->engine, "all");
	deliver_last();
	deliver_last();
	ike_engine_rekey_ike(red->engine, "all");
	deliver_last();
	deliver_last();
	net.watch = true;
	settle();
	is(pair_state(), "", "rekey of an IKE SA that is not decided on: one");
	ok(!net.lost, "and its pair goes on: %s", net.why ?: "");
	pair_end();
}

/* Blue gives up and begins anew while its IKE_AUTH is on its way. */
static void forgotten(void)
{
	pair_same("    liveness: 0\n");
	net.manual = true;
	pair_acquire(blue);
	net_deliver(&net, 0);
	net_deliver(&net, 0);
	ike_engine_down(blue->engine, "all");
	pair_acquire(blue);
	deliver_last();
	net_deliver(&net, 0);
	net.manual = false;
	net_run(&net, 2000);
	ok(net_sas(red) == 2 && net_sas(blue) == 1, "red has one more");
	ike_engine_check(red->engine, "all");
	settle();
	is(pair_state(), "",
	   "what blue has forgotten ends, and nothing begins");
	ok(!red->engine->counters.restarts, "for there is one already");
	pair_end();
}

int main(void)
{
	uint64_t seed;

	for (seed = 1; seed <= SEEDS; seed++)
		late(seed);
	served();
	read_late("2", "");
	read_late("1", "    version: 1\n");
	unused_successor();
	undecided();
	forgotten();
	return tap_done();
}
