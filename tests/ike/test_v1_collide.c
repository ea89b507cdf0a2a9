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
#include "collide.h"
#include "rnd.h"

#define CALM_MS 300000 /* old SAs are gone, dead ones are found */

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

static const char *outcome(const struct collide *c)
{
	bool ends = collide_has(c, COLLIDE_DELETE_IKE) ||
		    collide_has(c, COLLIDE_DELETE_CHILD);
	/* Two that crossed may both stay. */
	unsigned int mains =
		c->established && (c->action[0] != COLLIDE_REKEY_IKE ||
				   c->action[1] != COLLIDE_REKEY_IKE) ?
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
		return ends ? NULL : "no pair is left";
	return net_traffic(red, blue);
}

static const char *play(struct order *order, const struct collide *c)
{
	pair_same("    version: 1\n    liveness: 60\n");
	if (c->established)
		collide_establish(c);
	collide_cross(order, c);
	net_run(&net, CALM_MS);
	net.watch = false;
	/* What is used is used by both, and the rest ends. */
	net_traffic(red, blue);
	fake_drain(&red->driver);
	fake_drain(&blue->driver);
	expire_idle(red, blue);
	expire_idle(blue, red);
	net_run(&net, CALM_MS);
	return outcome(c);
}

int main(int argc, char **argv)
{
	struct collide c = { .in_order = true, .play = play };

	rnd_seed();
	if (collide_args(&c, argc, argv))
		return tap_done();
	c.action[0] = c.action[1] = COLLIDE_NEW_CHILD;
	for (; c.losses < 2; c.losses++)
		collide_run(&c);
	c.established = true;
	collide_all(&c);
	return tap_done();
}
