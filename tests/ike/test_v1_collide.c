// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Version 1: both sides begin something, at any moment of the other's
 * exchange, and the messages of the two cross in every order; then again with
 * any one message lost. In the end both have the same SAs, with one pair that
 * works; and where nothing was to end or got lost, one worked all the time.
 *
 * Messages of one side keep their order, as on most paths: version 1 has no
 * numbers by which a peer could tell.
 */
#include <stdlib.h>

#include "order.h"
#include "pair.h"
#include "rnd.h"
#include "tap.h"

#define STEPS_MAX 60
#define RESENT_MS 600 /* a message that was lost is sent again by then */
#define CALM_MS 300000 /* old SAs are gone, dead ones are found */

enum action {
	REKEY_CHILD,
	DELETE_CHILD,
	REKEY_IKE,
	DELETE_IKE,
	NEW_CHILD,
	ACTIONS,
};

static const char *const names[ACTIONS] = {
	[REKEY_CHILD] = "renew quick mode",
	[DELETE_CHILD] = "delete quick mode",
	[REKEY_IKE] = "renew main mode",
	[DELETE_IKE] = "delete main mode",
	[NEW_CHILD] = "new quick mode",
};

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
		/* Only such packets ask for a pair. */
		if (!fake_sending(&host->driver))
			net_acquire(host, local, remote);
		break;
	}
}

/* The first that is on its way to a host; all there are: none. */
static unsigned int first_to(const struct net_host *to)
{
	const struct net_packet *p;
	unsigned int n = 0;

	TAILQ_FOREACH(p, &net.queue, link) {
		if (p->to == to)
			break;
		n++;
	}
	return n;
}

struct run {
	struct order *order;
	enum action action[2]; /* of red, of blue */
	bool begun[2];
	bool established; /* before */
	unsigned int losses; /* that are still to come */
};

/* What may happen next: a delivery, a loss, or one of them begins. */
enum step {
	DELIVER,
	LOSE,
	BEGIN,
};

static bool one_step(struct run *r)
{
	struct net_host *host[2] = { red, blue };
	struct {
		enum step step;
		unsigned int what;
	} option[6];
	unsigned int i, n = 0, pick, first;

	for (i = 0; i < 2; i++) {
		first = first_to(host[i]);
		if (first == net_queued(&net))
			continue;
		option[n].step = DELIVER;
		option[n++].what = first;
		if (!r->losses)
			continue;
		option[n].step = LOSE;
		option[n++].what = first;
	}
	for (i = 0; i < 2; i++) {
		if (r->begun[i])
			continue;
		option[n].step = BEGIN;
		option[n++].what = i;
	}
	if (!n)
		return false;
	pick = order_choose(r->order, n);
	i = option[pick].what;
	switch (option[pick].step) {
	case DELIVER:
		net_deliver(&net, i);
		break;
	case LOSE:
		r->losses--;
		net_lose(&net, i);
		break;
	default:
		r->begun[i] = true;
		act(host[i], r->action[i]);
		break;
	}
	/* What is to be done at once is done. */
	ike_engine_tick(red->engine);
	ike_engine_tick(blue->engine);
	return true;
}

static void all_steps(struct run *r)
{
	unsigned int steps = 0, resent = r->losses;

	net.manual = true;
	while (steps++ < STEPS_MAX) {
		if (one_step(r))
			continue;
		/* What was lost comes again, and may be overtaken as well. */
		if (!resent--)
			break;
		net_run(&net, RESENT_MS);
	}
	net.manual = false;
}

/* Does either side send by it, and the other hear it? */
static bool is_used(const struct net_host *host, const struct net_host *peer,
		    const struct fake_pair *pair)
{
	const struct fake_pair *theirs = fake_sending(&peer->driver);
	const struct ipsec_protection *p;

	if (fake_mismatch(pair, &peer->driver))
		return false;
	if (pair == fake_sending(&host->driver))
		return true;
	if (!theirs)
		return false;
	p = &theirs->sa.protection[0];
	return pair ==
	       fake_by_spi(&host->driver, p->proto.v, (uint32_t)p->spi_out.v);
}

/* Deletes are not acknowledged: when one was lost, a pair is left. */
static void expire_idle(struct net_host *host, struct net_host *peer)
{
	unsigned int i = 0;

	while (i < host->driver.count) {
		const struct fake_pair *pair = &host->driver.pair[i++];

		if (pair->replaced || is_used(host, peer, pair))
			continue;
		net_expire(host, pair, true, IPSECDRV_EXPIRE_REASON_IDLE);
		net_run(&net, 1000);
		i = 0;
	}
}

/* Every pair has a child, and every child of a living SA a pair. */
static const char *fits(const struct net_host *host)
{
	const struct ike_child *child, *next;
	unsigned int children = 0;

	HASH_ITER(hh, host->engine->children, child, next) {
		/* Receives until the driver ends it. */
		if (child->state == IKE_CHILD_REPLACED)
			continue;
		if (child->state != IKE_CHILD_INSTALLED)
			return "a child is in a wrong state";
		children++;
	}
	return children == pair_live(host) ? NULL :
					     "children and pairs do not fit";
}

static const char *outcome(const struct run *r)
{
	bool ends = r->action[0] == DELETE_IKE || r->action[1] == DELETE_IKE;
	bool empty = r->action[0] == DELETE_CHILD ||
		     r->action[1] == DELETE_CHILD;
	/* Two that crossed may both stay. */
	unsigned int mains = r->established && (r->action[0] != REKEY_IKE ||
						r->action[1] != REKEY_IKE) ?
				     1 :
				     2;
	const char *why = fits(red);

	if (!why)
		why = fits(blue);
	if (why)
		return why;
	if (pair_established(red) != net_sas(red) ||
	    pair_established(blue) != net_sas(blue))
		return "an SA is left over";
	if (net_sas(red) != net_sas(blue) || net_sas(red) > mains)
		return "not the same main-mode SAs";
	if (pair_live(red) != pair_live(blue) || pair_live(red) > 1)
		return "not the same pairs";
	if (net.lost)
		return net.why;
	if (!pair_live(red))
		return ends || empty ? NULL : "no pair is left";
	return net_traffic(red, blue);
}

static const char *play(struct order *o, enum action a, enum action b,
			unsigned int losses, bool established)
{
	struct run r = {
		.order = o,
		.action = { a, b },
		.established = established,
		.losses = losses,
	};
	const char *why;

	pair_same("    version: 1\n    liveness: 60\n");
	if (established)
		pair_establish();
	net.watch = established && !losses &&
		    (a == REKEY_CHILD || a == REKEY_IKE) &&
		    (b == REKEY_CHILD || b == REKEY_IKE);
	all_steps(&r);
	net_run(&net, CALM_MS);
	net.watch = false;
	/* What is used is used by both, and the rest ends. */
	net_traffic(red, blue);
	fake_drain(&red->driver);
	fake_drain(&blue->driver);
	expire_idle(red, blue);
	expire_idle(blue, red);
	net_run(&net, CALM_MS);
	why = outcome(&r);
	if (why && getenv("NET_LOG"))
		printf("# red\n%s# blue\n%s", red->log, blue->log);
	pair_end();
	return why;
}

static void scenario(enum action a, enum action b, unsigned int losses,
		     bool established)
{
	struct order o = { 0 };
	const char *why;
	char text[ORDER_STEPS_MAX + 1] = "";

	do {
		why = play(&o, a, b, losses, established);
		if (why)
			order_text(&o, text, sizeof(text));
	} while (!why && order_next(&o));
	ok(!why, "%s%s against %s, %s: %lu orders%s%s%s%s",
	   established ? "" : "from nothing, ", names[a], names[b],
	   losses ? "one message lost" : "nothing lost", o.runs,
	   why ? ": " : "", why ?: "", why ? " in order " : "", text);
}

int main(int argc, char **argv)
{
	unsigned int losses, a, b;

	rnd_seed();
	if (argc == 5) {
		scenario((enum action)atoi(argv[1]), (enum action)atoi(argv[2]),
			 (unsigned int)atoi(argv[3]), atoi(argv[4]) != 0);
		return tap_done();
	}
	for (losses = 0; losses < 2; losses++) {
		scenario(NEW_CHILD, NEW_CHILD, losses, false);
		for (a = 0; a < ACTIONS; a++)
			for (b = a; b < ACTIONS; b++)
				scenario(a, b, losses, true);
	}
	return tap_done();
}
