// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A pair is renewed, and the new one ends before the peer has used it: the old
 * one, which sends still, is renewed again and ends with the peer's knowledge.
 */
#include "pair.h"

static unsigned int version;

static void begin(void)
{
	pair_same(version == 1 ? "    version: 1\n" : NULL);
	pair_establish();
}

static struct ike_child *child_of(const struct net_host *host,
				  enum ike_child_state state)
{
	struct ike_child *child, *next;

	HASH_ITER(hh, host->engine->children, child, next)
		if (child->state == state)
			return child;
	return NULL;
}

static unsigned int count(const struct net_host *host)
{
	return HASH_COUNT(host->engine->children);
}

/* No timer runs between the two, so nothing is told to send on the new one. */
static void renew(void)
{
	pair_soft(red);
	net_settle(&net);
}

static void end_new(void)
{
	struct ike_child *child = child_of(red, IKE_CHILD_INSTALLED);
	struct ike_sa *sa = child->sa;

	ike_sa_queue(sa, IKE_TASK_DELETE_CHILD, child);
	sa->ops->kick(sa);
	net_run(&net, 5000);
}

static bool is_one(const struct net_host *host, uint64_t owner)
{
	const struct ike_child *child = child_of(host, IKE_CHILD_INSTALLED);

	return child && count(host) == 1 && child->owner == owner;
}

static void unused(void)
{
	uint64_t ours, theirs;

	begin();
	ours = child_of(red, IKE_CHILD_INSTALLED)->owner;
	theirs = child_of(blue, IKE_CHILD_INSTALLED)->owner;
	renew();
	ok(count(red) == 2 && count(blue) == 2 &&
		   child_of(blue, IKE_CHILD_REPLACED)->owner == theirs,
	   "version %u: a pair is renewed", version);
	end_new();
	ok(is_one(red, ours) && is_one(blue, theirs),
	   "version %u: unused, the new one ends, and the old one goes on",
	   version);
	is(pair_state(), "", "with traffic");
	pair_soft(blue);
	net_run(&net, 5000);
	fake_drain(&red->driver);
	fake_drain(&blue->driver);
	ok(count(blue) == 1 && !is_one(blue, theirs) && !*pair_state(),
	   "version %u: at its soft limit it is renewed", version);
	pair_end();
}

static void ends(void)
{
	begin();
	renew();
	end_new();
	pair_hard(blue);
	net_run(&net, 5000);
	ok(!count(red) && !count(blue) && !red->driver.count,
	   "version %u: at its hard one it ends with the peer's", version);
	pair_end();
}

/* Then the old one sends no more. */
static void used(void)
{
	begin();
	renew();
	fake_heard(&red->driver, &red->driver.pair[1]);
	fake_heard(&blue->driver, &blue->driver.pair[1]);
	ok(pair_live(red) == 1 && pair_live(blue) == 1,
	   "version %u: a new one that is used takes over", version);
	end_new();
	ok(!child_of(red, IKE_CHILD_INSTALLED) &&
		   !child_of(blue, IKE_CHILD_INSTALLED),
	   "version %u: and nothing comes back when it ends", version);
	pair_end();
}

int main(void)
{
	for (version = 1; version <= 2; version++) {
		unused();
		ends();
		used();
	}
	return tap_done();
}
