// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A daemon dies at every message boundary, in both roles, and comes back: the
 * service is there again within 2 s, and in the end nothing wrong is left.
 */
#include <stdlib.h>

#include "pair.h"
#include "tap.h"

#define SERVICE_MS 2000
#define CLEAN_MS 1200000

enum phase {
	ESTABLISHING,
	REKEYING_CHILD,
	REKEYING_IKE,
	PHASES,
};

static const char *const names[PHASES] = {
	"while it is established",
	"while the Child SA is rekeyed",
	"while the IKE SA is rekeyed",
};

static void begin(enum phase phase, struct net_host *who)
{
	switch (phase) {
	case ESTABLISHING:
		net_acquire(red, "10.0.0.1", "10.0.0.2");
		break;
	case REKEYING_CHILD:
		pair_soft(who);
		break;
	default:
		ike_engine_rekey_ike(who->engine, "all");
		break;
	}
}

/* Does what the driver has fit to what the engine knows? */
static const char *orphans(const struct net_host *host)
{
	const struct ike_child *child, *next;
	unsigned int i, known;

	for (i = 0; i < host->driver.count; i++) {
		if (host->driver.pair[i].replaced)
			continue;
		known = 0;
		HASH_ITER(hh, host->engine->children, child, next)
			known += child->id == host->driver.pair[i].sa.id.v;
		if (!known)
			return "a pair that nobody knows";
	}
	return NULL;
}

/* What an idle pair of the real driver comes to. */
static void expire_idle(struct net_host *host)
{
	const struct fake_pair *used = fake_sending(&host->driver);
	unsigned int i;

	for (i = 0; i < host->driver.count; i++) {
		const struct fake_pair *pair = &host->driver.pair[i];

		if (pair == used || pair->replaced)
			continue;
		net_expire(host, pair, true, IPSECDRV_EXPIRE_REASON_IDLE);
		i = 0;
		used = fake_sending(&host->driver);
	}
}

static const char *run(enum phase phase, bool red_begins, bool red_dies,
		       unsigned int after, bool *done)
{
	struct net_host *dies;
	const char *why;
	unsigned int i;

	pair_same("    liveness: 30\n");
	if (phase != ESTABLISHING)
		pair_establish();
	dies = red_dies ? red : blue;
	begin(phase, red_begins ? red : blue);
	net.manual = true;
	for (i = 0; i < after && net_deliver(&net, 0); i++)
		;
	*done = i < after;
	net.manual = false;
	net_restart(dies);
	if (!fake_sending(&red->driver))
		net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, SERVICE_MS);
	why = net_traffic(red, blue);
	if (!why) {
		net_run(&net, CLEAN_MS);
		expire_idle(red);
		expire_idle(blue);
		net_run(&net, CLEAN_MS);
		why = net_traffic(red, blue);
	}
	if (!why)
		why = orphans(red);
	if (!why)
		why = orphans(blue);
	if (!why && pair_established(red) != pair_established(blue))
		why = "an IKE SA that only one has";
	if (why && getenv("NET_LOG"))
		printf("# red\n%s# blue\n%s", red->log, blue->log);
	pair_end();
	return why;
}

static void phase(enum phase phase, bool red_begins, bool red_dies)
{
	const char *why = NULL;
	unsigned int after;
	bool done = false;

	for (after = 0; !done && !why; after++)
		why = run(phase, red_begins, red_dies, after, &done);
	ok(!why, "%s begins, %s dies %s: %u boundaries%s%s",
	   red_begins ? "red" : "blue", red_dies ? "red" : "blue", names[phase],
	   after, why ? ": " : "", why ?: "");
}

int main(void)
{
	unsigned int p;

	for (p = 0; p < PHASES; p++) {
		phase(p, true, true);
		phase(p, true, false);
		if (p == ESTABLISHING)
			continue;
		phase(p, false, true);
		phase(p, false, false);
	}
	return tap_done();
}
