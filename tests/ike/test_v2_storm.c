// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both sides begin this and that, at any moment and on top of each other, while
 * messages are lost, come twice and overtake each other. Whatever the order: in
 * the end there are one IKE SA and one SA pair, and both sides use them.
 *
 * $RUNS orders (300) from $SEED on; one that fails is had again by its own seed.
 */
#include <stdlib.h>

#include "collide.h"
#include "rnd.h"

#define RUNS 300
#define STEPS 80
#define ACTIONS_MAX 10
#define PAUSE_MS 700 /* a message that was lost is sent again by then */
#define CALM_MS 600000
#define SERVICE_MS 60000

static const char *const rules[] = {
	"    liveness: 10\n",
	"    liveness: 10\n    pfs: yes\n",
	"    liveness: 10\n    childless: yes\n",
	"    liveness: 10\n    fragment-size: 576\n",
};

/* What is left of it in this run. */
static unsigned int actions, losses;

/* Deletes seldom, for nothing crosses with what is not there. */
static enum collide_action any_action(void)
{
	static const enum collide_action often[] = {
		COLLIDE_REKEY_CHILD,
		COLLIDE_REKEY_IKE,
		COLLIDE_NEW_CHILD,
		COLLIDE_CHECK,
	};

	if (!rnd(6))
		return (enum collide_action)rnd(COLLIDE_ACTIONS);
	return often[rnd(sizeof(often) / sizeof(often[0]))];
}

static void step(void)
{
	unsigned int queued = net_queued(&net), what = rnd(10);

	net.now++;
	if (actions && (what < 2 || !queued)) {
		actions--;
		collide_act(rnd(2) ? red : blue, any_action());
	} else if (!queued || what == 2) {
		net_run(&net, rnd(PAUSE_MS));
	} else if (losses && what == 3) {
		losses--;
		net_lose(&net, rnd(queued));
	} else {
		/* Most come in their order. */
		net_deliver(&net, what < 6 ? rnd(queued) : 0);
	}
	ike_engine_tick(red->engine);
	ike_engine_tick(blue->engine);
}

static enum net_verdict twice(struct net *n, struct net_packet *p)
{
	(void)n;
	(void)p;
	return rnd(12) ? NET_PASS : NET_TWICE;
}

static const char *side(const struct net_host *host)
{
	if (net_sas(host) != 1 || pair_established(host) != 1)
		return "not one IKE SA";
	if (pair_live(host) != 1)
		return "not one SA pair";
	return NULL;
}

static const char *outcome(void)
{
	const char *why = side(red) ?: side(blue);

	return why ?: net_traffic(red, blue);
}

/* What was deleted is asked for again, by both at once. */
static void serve(void)
{
	collide_act(red, COLLIDE_NEW_CHILD);
	collide_act(blue, COLLIDE_NEW_CHILD);
	net_run(&net, SERVICE_MS);
}

static const char *run(uint64_t seed)
{
	unsigned int i;
	const char *why;

	rnd_begin(seed);
	pair_same(rules[rnd(sizeof(rules) / sizeof(rules[0]))]);
	net.seed = rnd(UINT32_MAX);
	actions = 1 + rnd(ACTIONS_MAX);
	losses = rnd(4);
	if (rnd(3))
		pair_establish();
	else
		collide_act(rnd(2) ? red : blue, COLLIDE_NEW_CHILD);
	net.hook = twice;
	net.manual = true;
	for (i = 0; i < STEPS; i++)
		step();
	net.manual = false;
	net_run(&net, CALM_MS);
	serve();
	fake_drain(&red->driver);
	fake_drain(&blue->driver);
	why = outcome();
	if (why && getenv("NET_LOG"))
		printf("# red\n%s# blue\n%s", red->log, blue->log);
	pair_end();
	return why;
}

int main(void)
{
	const char *text = getenv("RUNS"), *why = NULL;
	unsigned long runs = text ? strtoul(text, NULL, 0) : RUNS, i;
	uint64_t first = rnd_seed();

	for (i = 0; i < runs && !why; i++)
		why = run(first + i);
	ok(!why, "%lu orders: %s", i, why ?: "one IKE SA, one SA pair");
	if (why)
		printf("# again by: SEED=%llu RUNS=1\n",
		       (unsigned long long)(first + i - 1));
	return tap_done();
}
