// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages that are lost, come twice, or overtake each other: each message of a
 * life lost so and so often, then everything at random.
 */
#include <stdlib.h>

#include "pair.h"
#include "rnd.h"
#include "tap.h"

#define TIMES_MAX 4
#define MESSAGES_MAX 64
#define RANDOM_RUNS 150

/* Loses one message, the nth that is different from all before, some times. */
struct thief {
	unsigned int nth;
	unsigned int times;
	unsigned int seen;
	struct net_packet *known[MESSAGES_MAX];
};

static struct thief thief;

static bool same(const struct net_packet *a, const struct net_packet *b)
{
	return a->len == b->len && !memcmp(a->data, b->data, a->len);
}

static enum net_verdict steal(struct net *n, struct net_packet *p)
{
	unsigned int i;

	(void)n;
	for (i = 0; i < thief.seen; i++)
		if (same(thief.known[i], p))
			break;
	if (i == thief.seen && i < MESSAGES_MAX) {
		thief.known[i] = malloc(sizeof(*p) + p->len);
		memcpy(thief.known[i], p, sizeof(*p) + p->len);
		thief.seen++;
	}
	if (i != thief.nth || !thief.times)
		return NET_PASS;
	thief.times--;
	return NET_DROP;
}

static void release(void)
{
	while (thief.seen)
		free(thief.known[--thief.seen]);
	memset(&thief, 0, sizeof(thief));
}

/* A short life. NULL, or what went wrong. */
static const char *live(void)
{
	const char *why;

	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 60000);
	why = pair_state();
	if (*why)
		return why;
	net.watch = true;
	pair_soft(red);
	net_run(&net, 60000);
	ike_engine_rekey_ike(blue->engine, "all");
	net_run(&net, 60000);
	pair_soft(blue);
	net_run(&net, 60000);
	ike_engine_check(red->engine, "all");
	net_run(&net, 60000);
	why = pair_state();
	if (*why)
		return why;
	if (net.lost)
		return net.why;
	net.watch = false;
	ike_engine_down(red->engine, "all");
	net_run(&net, 200000);
	fake_drain(&red->driver);
	fake_drain(&blue->driver);
	if (net_sas(red) || net_sas(blue) || red->driver.count ||
	    blue->driver.count)
		return "something is left";
	return NULL;
}

static void each_lost(void)
{
	unsigned int messages = 1, nth, times, tried = 0;
	const char *why = NULL;

	for (nth = 0; !why && nth < messages; nth++) {
		for (times = 1; !why && times <= TIMES_MAX; times++) {
			pair_same("    liveness: 0\n");
			thief.nth = nth;
			thief.times = times;
			net.hook = steal;
			why = live();
			tried++;
			if (thief.seen > messages)
				messages = thief.seen;
			pair_end();
			release();
		}
	}
	ok(!why && messages > 15,
	   "%u messages, each lost 1 to %u times, %u "
	   "lives: %s",
	   messages, TIMES_MAX, tried, why ?: "");
}

static enum net_verdict twice(struct net *n, struct net_packet *p)
{
	(void)n;
	(void)p;
	return NET_TWICE;
}

static void all_twice(void)
{
	const char *why;

	pair_same("    liveness: 0\n");
	net.hook = twice;
	why = live();
	ok(!why, "every message twice: %s", why ?: "");
	ok(red->engine->counters.answered_again +
			   blue->engine->counters.answered_again >
		   4,
	   "each request is answered again");
	pair_end();
}

static enum net_verdict at_random(struct net *n, struct net_packet *p)
{
	(void)n;
	p->due += rnd(300);
	switch (rnd(10)) {
	case 0:
		return NET_DROP;
	case 1:
		return NET_TWICE;
	default:
		return NET_PASS;
	}
}

static void random_lives(const char *more)
{
	const char *why = NULL;
	unsigned int i;

	for (i = 0; !why && i < RANDOM_RUNS; i++) {
		pair_same(more);
		net.hook = at_random;
		net.seed = rnd(UINT32_MAX);
		why = live();
		pair_end();
	}
	ok(!why, "%u lives, a tenth lost, a tenth twice, all late: %s", i,
	   why ?: "");
}

int main(void)
{
	rnd_seed();
	each_lost();
	all_twice();
	random_lives("    liveness: 0\n");
	random_lives("    liveness: 0\n    fragment-size: 576\n    pfs: yes\n"
		     "    ike: aes256-sha512-modp4096\n    local-id: 'CN=a, "
		     "OU=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'\n");
	return tap_done();
}
