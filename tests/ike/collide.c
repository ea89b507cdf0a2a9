// SPDX-License-Identifier: GPL-2.0-or-later
/* Exchanges of both sides that cross. */
#include "collide.h"

#include <stdlib.h>

#define STEPS_MAX 60
#define RESENT_MS 600 /* a message that was lost is sent again by then */
#define QUIET_MS 70000 /* finished exchanges are forgotten */
#define OPTIONS_MAX 64

static const char *const names[COLLIDE_ACTIONS] = {
	[COLLIDE_REKEY_CHILD] = "rekey child",
	[COLLIDE_DELETE_CHILD] = "delete child",
	[COLLIDE_REKEY_IKE] = "rekey IKE",
	[COLLIDE_DELETE_IKE] = "delete IKE",
	[COLLIDE_NEW_CHILD] = "new child",
	[COLLIDE_CHECK] = "check",
};

bool collide_has(const struct collide *c, enum collide_action action)
{
	return c->action[0] == action || c->action[1] == action;
}

/* Nothing ends by it. */
static bool goes_on(enum collide_action action)
{
	return action == COLLIDE_REKEY_CHILD || action == COLLIDE_REKEY_IKE ||
	       action == COLLIDE_CHECK;
}

bool collide_flows(const struct collide *c)
{
	return c->established && !c->bare && !c->losses &&
	       goes_on(c->action[0]) && goes_on(c->action[1]);
}

void collide_act(struct net_host *host, enum collide_action action)
{
	switch (action) {
	case COLLIDE_REKEY_CHILD:
		pair_soft(host);
		break;
	case COLLIDE_DELETE_CHILD:
		pair_hard(host);
		break;
	case COLLIDE_REKEY_IKE:
		ike_engine_rekey_ike(host->engine, "all");
		break;
	case COLLIDE_DELETE_IKE:
		ike_engine_down(host->engine, "all");
		break;
	case COLLIDE_CHECK:
		ike_engine_check(host->engine, "all");
		break;
	default:
		/* Only packets without a pair ask for one, always by one slot. */
		host->slots = 0;
		if (!fake_sending(&host->driver) && !host->driver.acquires)
			pair_acquire(host);
		break;
	}
}

enum step {
	DELIVER,
	LOSE,
	BEGIN,
};

struct option {
	enum step step;
	unsigned int what; /* which packet, or which side */
};

/* Is one to the same host before it in the queue? */
static bool overtakes(const struct net_packet *p)
{
	const struct net_packet *before = p;

	while ((before = TAILQ_PREV(before, net_packets, link)))
		if (before->to == p->to)
			return true;
	return false;
}

/* What may happen next. */
static unsigned int list(const struct collide *c, const bool begun[2],
			 unsigned int losses, struct option *option)
{
	const struct net_packet *p;
	unsigned int n = 0, i = 0;

	TAILQ_FOREACH(p, &net.queue, link) {
		if (n + 4 > OPTIONS_MAX)
			abort();
		if (!c->in_order || !overtakes(p)) {
			option[n++] = (struct option){ DELIVER, i };
			if (losses)
				option[n++] = (struct option){ LOSE, i };
		}
		i++;
	}
	for (i = 0; i < 2; i++)
		if (!begun[i])
			option[n++] = (struct option){ BEGIN, i };
	return n;
}

static bool step(struct order *order, const struct collide *c, bool begun[2],
		 unsigned int *losses)
{
	struct net_host *host[2] = { red, blue };
	struct option option[OPTIONS_MAX], *o;
	unsigned int n = list(c, begun, *losses, option);

	if (!n)
		return false;
	o = &option[order_choose(order, n)];
	switch (o->step) {
	case DELIVER:
		net_deliver(&net, o->what);
		break;
	case LOSE:
		--*losses;
		net_lose(&net, o->what);
		break;
	default:
		begun[o->what] = true;
		collide_act(host[o->what], c->action[o->what]);
		break;
	}
	/* What comes one after the other does not come at once. */
	net.now++;
	/* What is to be done at once is done. */
	ike_engine_tick(red->engine);
	ike_engine_tick(blue->engine);
	return true;
}

void collide_establish(const struct collide *c)
{
	pair_establish();
	if (!c->bare)
		return;
	pair_hard(red);
	net_run(&net, QUIET_MS);
}

void collide_cross(struct order *order, const struct collide *c)
{
	unsigned int steps = 0, losses = c->losses, resent = c->losses;
	bool begun[2] = { false, false };

	net.watch = collide_flows(c);
	net.manual = true;
	while (steps++ < STEPS_MAX) {
		if (step(order, c, begun, &losses))
			continue;
		/* What was lost comes again, and may be overtaken as well. */
		if (!resent--)
			break;
		net_run(&net, RESENT_MS);
	}
	net.manual = false;
}

void collide_run(const struct collide *c)
{
	char text[ORDER_STEPS_MAX + 1] = "";
	struct order order = { 0 };
	const char *why;

	do {
		why = c->play(&order, c);
		if (why)
			order_text(&order, text, sizeof(text));
		if (why && getenv("NET_LOG"))
			printf("# red\n%s# blue\n%s", red->log, blue->log);
		pair_end();
	} while (!why && order_next(&order));
	ok(!why, "%s%s against %s, %s: %lu orders%s%s%s%s",
	   !c->established ? "from nothing, " :
	   c->bare	   ? "without a pair, " :
			     "",
	   names[c->action[0]], names[c->action[1]],
	   c->losses ? "one message lost" : "nothing lost", order.runs,
	   why ? ": " : "", why ?: "", why ? " in order " : "", text);
}

/* Is it there to be asked for, and a new pair only where there is none? */
static bool is_possible(const struct collide *c)
{
	if (c->bare)
		return collide_has(c, COLLIDE_NEW_CHILD);
	return !collide_has(c, COLLIDE_NEW_CHILD) ||
	       collide_has(c, COLLIDE_DELETE_CHILD) ||
	       collide_has(c, COLLIDE_DELETE_IKE);
}

static void against_each(struct collide *c)
{
	unsigned int a, b;

	for (a = 0; a < COLLIDE_ACTIONS; a++)
		for (b = 0; b < COLLIDE_ACTIONS; b++) {
			c->action[0] = a;
			c->action[1] = b;
			if (is_possible(c))
				collide_run(c);
		}
}

void collide_all(struct collide *c)
{
	for (c->losses = 0; c->losses < 2; c->losses++) {
		c->bare = false;
		against_each(c);
		c->bare = true;
		against_each(c);
	}
}

bool collide_args(struct collide *c, int argc, char **argv)
{
	if (argc < 4)
		return false;
	c->action[0] = (enum collide_action)atoi(argv[1]);
	c->action[1] = (enum collide_action)atoi(argv[2]);
	c->losses = (unsigned int)atoi(argv[3]);
	c->established = argc == 4 || atoi(argv[4]);
	c->bare = argc > 5 && atoi(argv[5]);
	collide_run(c);
	return true;
}
