// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A pair is renewed, and the new one ends before its time. While the old one
 * sends still, another is negotiated at once, whatever the peer has; and nothing
 * is where there is no need. One whose renewal fails is renewed later; and what
 * only the peer has is deleted.
 */
#include "pair.h"

#include <errno.h>
#include <stdlib.h>

static unsigned int version;

static struct ike_child *child_of(const struct net_host *host,
				  enum ike_child_state state)
{
	struct ike_child *child, *next;

	HASH_ITER(hh, host->engine->children, child, next)
		if (child->state == state)
			return child;
	printf("Bail out! %s has no such child\n%s", host->name, host->log);
	exit(1);
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

static void begin(void)
{
	pair_same(version == 1 ? "    version: 1\n" : NULL);
	pair_establish();
	renew();
}

static void ask_end(struct ike_child *child)
{
	struct ike_sa *sa = child->sa;

	ike_sa_queue(sa, IKE_TASK_DELETE_CHILD, child);
	sa->ops->kick(sa);
}

static void end_child(struct ike_child *child)
{
	ask_end(child);
	net_settle(&net);
}

/* And nothing has to be sent by a pair that is not there. */
static bool is_one(void)
{
	fake_drain(&red->driver);
	fake_drain(&blue->driver);
	return count(red) == 1 && count(blue) == 1 && !*pair_state() &&
	       red->driver.count == 1 && blue->driver.count == 1;
}

static void unused(bool ours)
{
	uint64_t old;

	begin();
	old = child_of(red, IKE_CHILD_REPLACED)->owner;
	end_child(child_of(ours ? red : blue, IKE_CHILD_INSTALLED));
	ok(count(red) == 1 && count(blue) == 1 && !net_traffic(red, blue),
	   "version %u: %s ends the new pair, and the old one goes on", version,
	   ours ? "who renewed" : "the peer");
	net_run(&net, 5000);
	ok(is_one() && child_of(red, IKE_CHILD_INSTALLED)->owner != old,
	   "version %u: another takes over", version);
	renew();
	net_run(&net, 5000);
	ok(is_one(), "version %u: and is renewed like any other", version);
	pair_end();
}

/* What the peer has no more would be of no use. */
static void forgotten(void)
{
	begin();
	end_child(child_of(red, IKE_CHILD_INSTALLED));
	ike_child_free(child_of(blue, IKE_CHILD_REPLACED));
	fake_drain(&blue->driver);
	ok(net_traffic(red, blue), "version %u: the old one is one-sided",
	   version);
	net_run(&net, 5000);
	ok(is_one(), "version %u: another takes over", version);
	pair_end();
}

static void take_over(void)
{
	fake_heard(&red->driver, &red->driver.pair[red->driver.count - 1]);
	fake_heard(&blue->driver, &blue->driver.pair[blue->driver.count - 1]);
}

static void used(bool drained)
{
	begin();
	take_over();
	if (drained) {
		fake_drain(&red->driver);
		fake_drain(&blue->driver);
	}
	end_child(child_of(red, IKE_CHILD_INSTALLED));
	net_run(&net, 5000);
	ok(!count(red) && !count(blue) && red->driver.adds == 2,
	   "version %u: nothing follows on one that was used%s", version,
	   drained ? "" : ", though the old one receives yet");
	pair_end();
}

/* The one in the middle ends first. */
static void chain(void)
{
	struct ike_child *middle;

	begin();
	middle = child_of(red, IKE_CHILD_INSTALLED);
	take_over();
	renew();
	ok(middle->state == IKE_CHILD_REPLACED && count(red) == 3,
	   "version %u: a pair is renewed twice", version);
	end_child(middle);
	net_run(&net, 5000);
	ok(is_one() && red->driver.adds == 3,
	   "version %u: and the last one stays", version);
	pair_end();
}

/* Whoever ends both wants none. */
static void both(void)
{
	begin();
	end_child(child_of(blue, IKE_CHILD_INSTALLED));
	end_child(child_of(blue, IKE_CHILD_REPLACED));
	ok(!fake_sending(&red->driver),
	   "version %u: the peer ends both, and nothing sends", version);
	net_run(&net, 5000);
	ok(!count(red) && !count(blue) && red->driver.adds == 2,
	   "version %u: nothing follows", version);
	pair_end();
}

static void limit(void)
{
	begin();
	end_child(child_of(red, IKE_CHILD_INSTALLED));
	pair_hard(blue);
	net_run(&net, 5000);
	ok(!count(red) && !count(blue) && !fake_sending(&red->driver),
	   "version %u: at its hard limit the old one ends with the peer's",
	   version);
	pair_end();
}

/* By a peer that ends each at once. */
static void in_vain(void)
{
	const struct ike_child *child, *next;
	uint64_t end;

	begin();
	for (end = net.now + 65000; net.now < end; net_run(&net, 20)) {
		HASH_ITER(hh, red->engine->children, child, next)
			if (child->state == IKE_CHILD_INSTALLED) {
				end_child(child_of(red, IKE_CHILD_INSTALLED));
				break;
			}
	}
	ok(red->driver.adds >= 4 && red->driver.adds <= 10,
	   "version %u: it is tried %u times in a minute", version,
	   red->driver.adds);
	pair_end();
}

static void refused(void)
{
	pair_same(version == 1 ? "    version: 1\n" : NULL);
	pair_establish();
	red->driver.fail_spi = ENOBUFS;
	pair_soft(red);
	red->driver.fail_spi = 0;
	net_run(&net, 20000);
	ok(is_one() && red->driver.adds == 1,
	   "version %u: a rekey fails, and the pair goes on", version);
	net_run(&net, 20000);
	ok(is_one() && red->driver.adds == 2,
	   "version %u: half a minute later it is tried again", version);
	pair_end();
}

/* The driver does not take what the peer has already. */
static void only_there(void)
{
	pair_same(version == 1 ? "    version: 1\n" : NULL);
	red->driver.fail_add = ENOBUFS;
	pair_acquire(red);
	net_run(&net, 5000);
	ok(!red->driver.fail_add && !count(red) && !count(blue),
	   "version %u: what only the peer has is deleted", version);
	pair_end();
}

/* The same, when the old one has ended meanwhile. */
static void rekeyed_there(void)
{
	pair_same(NULL);
	pair_establish();
	net.manual = true;
	pair_soft(red);
	net_deliver(&net, 0);
	ask_end(child_of(blue, IKE_CHILD_REPLACED));
	net_deliver(&net, 1);
	red->driver.fail_add = ENOBUFS;
	net.manual = false;
	net_run(&net, 5000);
	ok(!red->driver.fail_add && !count(red) && !count(blue),
	   "version 2: what replaced the old one only there is deleted, too");
	pair_end();
}

static enum net_verdict no_quick_mode(struct net *n, struct net_packet *p)
{
	(void)n;
	return p->from == blue && p->data[18] == IKEV1_QUICK_MODE ? NET_DROP :
								    NET_PASS;
}

/* The one to be renewed is of the next main mode by then. */
static void main_mode_ends(void)
{
	struct ike_sa *old;

	pair_same("    version: 1\n");
	pair_establish();
	old = net_sa(blue);
	net.hook = no_quick_mode;
	pair_soft(red);
	ike_engine_rekey_ike(red->engine, "all");
	net_run(&net, 1000);
	ike_sa_queue(old, IKE_TASK_DELETE, NULL);
	old->ops->kick(old);
	net_run(&net, 1000);
	net.hook = NULL;
	ok(net_sas(red) == 1 && count(red) == 1 && red->driver.adds == 1,
	   "version 1: a rekey ends with its main mode");
	net_run(&net, 40000);
	ok(is_one() && red->driver.adds == 2,
	   "version 1: the pair is renewed on the next one");
	pair_end();
}

int main(void)
{
	main_mode_ends();
	rekeyed_there();
	for (version = 1; version <= 2; version++) {
		unused(true);
		unused(false);
		forgotten();
		used(true);
		used(false);
		chain();
		both();
		limit();
		in_vain();
		refused();
		only_there();
	}
	return tap_done();
}
