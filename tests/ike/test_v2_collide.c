// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both sides begin something, at any moment of the other's exchange, and the
 * messages arrive in every order; then again with every message lost once. In
 * the end both agree, with one SA pair that works; and where nothing was to
 * end, one worked all the time.
 */
#include "order.h"
#include <stdlib.h>

#include "pair.h"
#include "rnd.h"
#include "tap.h"

#define SEEDS 6
#define STEPS_MAX 60
#define RESENT_MS 600 /* a request that was lost is sent again by then */

enum action {
	REKEY_CHILD,
	DELETE_CHILD,
	REKEY_IKE,
	DELETE_IKE,
	NEW_CHILD,
	ACTIONS,
};

static const char *const names[ACTIONS] = {
	[REKEY_CHILD] = "rekey Child", [DELETE_CHILD] = "delete Child",
	[REKEY_IKE] = "rekey IKE",     [DELETE_IKE] = "delete IKE",
	[NEW_CHILD] = "new Child",
};

static uint64_t seed = 1; /* of the nonces, which decide who wins */
static unsigned int lost_by[2]; /* by red, by blue */

static void act(struct net_host *host, enum action action)
{
	const char *remote = host == red ? "10.0.0.2" : "10.0.0.1";
	const char *local = host == red ? "10.0.0.1" : "10.0.0.2";

	switch (action) {
	case REKEY_CHILD:
		pair_soft(host);
		break;
	case DELETE_CHILD:
		pair_hard(host);
		break;
	case REKEY_IKE:
		ike_engine_rekey_ike(host->engine, "all");
		break;
	case DELETE_IKE:
		ike_engine_down(host->engine, "all");
		break;
	default:
		net_acquire(host, local, remote);
		break;
	}
}

/* Packets that may be chosen, things that may begin, and what may be lost. */
static bool one_step(struct order *o, enum action a, enum action b,
		     bool begun[2], unsigned int *losses)
{
	unsigned int packets = net_queued(&net), pick;
	unsigned int waiting = !begun[0] + !begun[1];
	unsigned int options = packets + waiting + (*losses ? packets : 0);

	if (!options)
		return false;
	pick = order_choose(o, options);
	if (pick < packets) {
		net_deliver(&net, pick);
		return true;
	}
	pick -= packets;
	if (pick >= waiting) {
		(*losses)--;
		net_lose(&net, pick - waiting);
		return true;
	}
	if (begun[0] || pick) {
		begun[1] = true;
		act(blue, b);
	} else {
		begun[0] = true;
		act(red, a);
	}
	return true;
}

/* Does every pair of one side have its mate, and every child a pair? */
static const char *agree(struct net_host *a, struct net_host *b)
{
	const struct ike_child *child;
	const struct ike_sa *sa;
	const char *why;
	unsigned int i, children = 0;

	for (i = 0; i < a->driver.count; i++) {
		if (a->driver.pair[i].replaced)
			continue;
		why = fake_mismatch(&a->driver.pair[i], &b->driver);
		if (why)
			return why;
	}
	TAILQ_FOREACH(sa, &a->engine->list, link) {
		if (sa->state != IKE_SA_ESTABLISHED)
			return "an IKE SA is left over";
		TAILQ_FOREACH(child, &sa->children, link) {
			children++;
			if (child->state != IKE_CHILD_INSTALLED)
				return "a child is in a wrong state";
		}
	}
	if (children != pair_live(a))
		return "children and pairs do not fit";
	return NULL;
}

static const char *outcome(enum action a, enum action b)
{
	bool ends = a == DELETE_IKE || b == DELETE_IKE;
	const char *why = agree(red, blue);

	if (!why)
		why = agree(blue, red);
	if (why)
		return why;
	if (net_sas(red) != net_sas(blue) || net_sas(red) > 1)
		return "not the same IKE SAs";
	if (pair_live(red) != pair_live(blue))
		return "not the same pairs";
	if (ends)
		return NULL;
	if (!net_sas(red))
		return "no IKE SA is left";
	if (a == DELETE_CHILD || b == DELETE_CHILD)
		return pair_live(red) > 1 ? "more than one pair" : NULL;
	if (a == NEW_CHILD || b == NEW_CHILD)
		return net_traffic(red, blue);
	if (pair_live(red) != 1)
		return "not one pair";
	if (net.lost)
		return net.why;
	return net_traffic(red, blue);
}

static const char *run(struct order *o, enum action a, enum action b,
		       unsigned int losses)
{
	bool begun[2] = { false, false };
	unsigned int steps = 0, resent = losses;
	const char *why;

	pair_same("    liveness: 0\n");
	net.seed = seed;
	pair_establish();
	net.watch = a == REKEY_CHILD || a == REKEY_IKE;
	net.watch &= b == REKEY_CHILD || b == REKEY_IKE;
	net.manual = true;
	while (steps++ < STEPS_MAX) {
		if (one_step(o, a, b, begun, &losses))
			continue;
		/* What was lost comes again, and may be overtaken as well. */
		if (!resent--)
			break;
		net_run(&net, RESENT_MS);
	}
	net.manual = false;
	net_run(&net, 600000);
	why = outcome(a, b);
	lost_by[0] += net_logged(red, "and its Child SA stays");
	lost_by[1] += net_logged(blue, "and its Child SA stays");
	if (why && getenv("NET_LOG"))
		printf("# red\n%s# blue\n%s", red->log, blue->log);
	pair_end();
	return why;
}

static void scenario(enum action a, enum action b, unsigned int losses)
{
	struct order o = { 0 };
	const char *why = NULL;
	char text[ORDER_STEPS_MAX + 1] = "";

	do {
		why = run(&o, a, b, losses);
		if (why)
			order_text(&o, text, sizeof(text));
	} while (!why && order_next(&o));
	ok(!why, "%s against %s, %s: %lu orders%s%s%s%s", names[a], names[b],
	   losses ? "one message lost" : "nothing lost", o.runs,
	   why ? ": " : "", why ?: "", why ? " in order " : "", text);
}

/* Both begin with nothing: two IKE SAs may be the outcome, but both work. */
static const char *run_both(struct order *o, unsigned int losses)
{
	bool begun[2] = { false, false };
	unsigned int steps = 0, resent = losses;
	const char *why;

	pair_same("    liveness: 10\n");
	net.manual = true;
	while (steps++ < STEPS_MAX) {
		if (one_step(o, NEW_CHILD, NEW_CHILD, begun, &losses))
			continue;
		if (!resent--)
			break;
		net_run(&net, RESENT_MS);
	}
	net.manual = false;
	net_run(&net, 10000);
	why = agree(red, blue);
	if (!why)
		why = agree(blue, red);
	if (!why)
		why = net_traffic(red, blue);
	if (why && getenv("NET_LOG"))
		printf("# red\n%s# blue\n%s", red->log, blue->log);
	pair_end();
	return why;
}

static void both(unsigned int losses)
{
	struct order o = { 0 };
	const char *why;

	do
		why = run_both(&o, losses);
	while (!why && order_next(&o));
	ok(!why, "both establish, %s: %lu orders%s%s",
	   losses ? "one message lost" : "nothing lost", o.runs,
	   why ? ": " : "", why ?: "");
}

int main(int argc, char **argv)
{
	unsigned int losses, a, b;

	rnd_seed();
	if (argc == 2) {
		both((unsigned int)atoi(argv[1]));
		return tap_done();
	}

	if (argc == 4) {
		scenario((enum action)atoi(argv[1]), (enum action)atoi(argv[2]),
			 (unsigned int)atoi(argv[3]));
		return tap_done();
	}
	both(0);
	both(1);
	for (seed = 1; seed <= SEEDS; seed++) {
		scenario(REKEY_CHILD, REKEY_CHILD, 0);
		scenario(REKEY_IKE, REKEY_IKE, 0);
	}
	seed = 1;
	ok(lost_by[0] && lost_by[1], "either side lost: red %u, blue %u times",
	   lost_by[0], lost_by[1]);
	for (losses = 0; losses < 2; losses++)
		for (a = 0; a < ACTIONS; a++)
			for (b = a; b < ACTIONS; b++)
				scenario(a, b, losses);
	return tap_done();
}
