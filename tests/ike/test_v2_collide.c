// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both sides begin something, at any moment of the other's exchange, and the
 * messages arrive in every order; then again with every message lost once. In
 * the end both agree, with one IKE SA and one SA pair that works, even if both
 * began with nothing; and where nothing was to end, one worked all the time.
 */
#include "collide.h"
#include "rnd.h"

#define SEEDS 6
#define CALM_MS 600000

static uint64_t seed = 1; /* of the nonces, which decide who wins */
static unsigned int lost_by[2]; /* by red, by blue */
static const char *more = ""; /* of the rule */

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

static const char *outcome(const struct collide *c)
{
	const char *why = agree(red, blue);

	if (!why)
		why = agree(blue, red);
	if (why)
		return why;
	if (net_sas(red) != net_sas(blue) || net_sas(red) > 1)
		return "not the same IKE SAs";
	if (pair_live(red) != pair_live(blue) || pair_live(red) > 1)
		return "not the same pairs";
	if (collide_has(c, COLLIDE_DELETE_IKE))
		return NULL;
	if (!net_sas(red))
		return "no IKE SA is left";
	if (collide_has(c, COLLIDE_DELETE_CHILD) && !pair_live(red))
		return NULL;
	if (net.lost)
		return net.why;
	return net_traffic(red, blue);
}

static const char *play(struct order *order, const struct collide *c)
{
	char rule[128];

	snprintf(rule, sizeof(rule), "    liveness: %u\n%s",
		 c->established ? 0 : 10, more);
	pair_same(rule);
	net.seed = seed;
	if (c->established)
		collide_establish(c);
	collide_cross(order, c);
	net_run(&net, CALM_MS);
	lost_by[0] += net_logged(red, "and its Child SA stays");
	lost_by[1] += net_logged(blue, "and its Child SA stays");
	return outcome(c);
}

/* Which side wins is a matter of the nonces. */
static void either_wins(struct collide *c)
{
	static const enum collide_action rekeys[] = { COLLIDE_REKEY_CHILD,
						      COLLIDE_REKEY_IKE };
	unsigned int i;

	for (seed = 1; seed <= SEEDS; seed++)
		for (i = 0; i < 2; i++) {
			c->action[0] = c->action[1] = rekeys[i];
			collide_run(c);
		}
	seed = 1;
	ok(lost_by[0] && lost_by[1], "either side lost: red %u, blue %u times",
	   lost_by[0], lost_by[1]);
}

static void both_begin(struct collide *c)
{
	c->action[0] = c->action[1] = COLLIDE_NEW_CHILD;
	for (seed = 1; seed <= SEEDS; seed++)
		for (c->losses = 0; c->losses < 2; c->losses++)
			collide_run(c);
	seed = 1;
}

int main(int argc, char **argv)
{
	struct collide c = { .play = play };

	rnd_seed();
	if (collide_args(&c, argc, argv))
		return tap_done();
	both_begin(&c);
	more = "    childless: yes\n";
	both_begin(&c);
	more = "";
	c.losses = 0;
	c.established = true;
	either_wins(&c);
	collide_all(&c);
	return tap_done();
}
