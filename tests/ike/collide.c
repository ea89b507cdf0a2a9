// SPDX-License-Identifier: GPL-2.0-or-later
/* Exchanges of both sides that cross. */
#include "collide.h"

#include <stdlib.h>

#define STEPS_MAX 60
#define RESENT_MS 600 /* a message that was lost is sent again by then */
#define OPTIONS_MAX 64

static const char *const names[COLLIDE_ACTIONS] = {
	[COLLIDE_REKEY_CHILD] = "rekey child",
	[COLLIDE_DELETE_CHILD] = "delete child",
	[COLLIDE_REKEY_IKE] = "rekey IKE",
	[COLLIDE_DELETE_IKE] = "delete IKE",
	[COLLIDE_NEW_CHILD] = "new child",
};

bool collide_has(const struct collide *c, enum collide_action action)
{
	return c->action[0] == action || c->action[1] == action;
}

static bool is_rekey(enum collide_action action)
{
	return action == COLLIDE_REKEY_CHILD || action == COLLIDE_REKEY_IKE;
}

bool collide_flows(const struct collide *c)
{
	return c->established && !c->losses && is_rekey(c->action[0]) &&
	       is_rekey(c->action[1]);
}

static void act(struct net_host *host, enum collide_action action)
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
	default:
		/* Only packets without a pair ask for one. */
		if (!fake_sending(&host->driver))
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
		act(host[o->what], c->action[o->what]);
		break;
	}
	/* What is to be done at once is done. */
	ike_engine_tick(red->engine);
	ike_engine_tick(blue->engine);
	return true;
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
	   c->established ? "" : "from nothing, ", names[c->action[0]],
	   names[c->action[1]], c->losses ? "one message lost" : "nothing lost",
	   order.runs, why ? ": " : "", why ?: "", why ? " in order " : "",
	   text);
}

void collide_all(struct collide *c)
{
	unsigned int a, b;

	for (c->losses = 0; c->losses < 2; c->losses++)
		for (a = 0; a < COLLIDE_ACTIONS; a++)
			for (b = 0; b < COLLIDE_ACTIONS; b++) {
				c->action[0] = a;
				c->action[1] = b;
				collide_run(c);
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
	collide_run(c);
	return true;
}
