// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What goes on over a reload keeps its rule until it is renewed: an IKE SA and
 * its Child SAs may follow rules of different policies, and a policy ends with
 * the last that follows it. Whoever holds another one is found by the address
 * sanitizer, for in the end every rule is used once more.
 */
#include "net.h"

#define POLICY(version, local, remote)                       \
	"rules:\n"                                           \
	"  - name: peer\n"                                   \
	"    version: " version "\n"                         \
	"    filters: [{from: " local ", to: " remote "}]\n" \
	"    psk: secret\n"                                  \
	"ike:\n"                                             \
	"  log: debug\n"

static const char *const policy_red[] = {
	POLICY("1", "10.0.0.1", "10.0.0.2"),
	POLICY("2", "10.0.0.1", "10.0.0.2"),
};
static const char *const policy_blue[] = {
	POLICY("1", "10.0.0.2", "10.0.0.1"),
	POLICY("2", "10.0.0.2", "10.0.0.1"),
};

static struct net net;
static struct net_host *red, *blue;
static unsigned int version;

static void acquire(void)
{
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 3000);
}

static void begin(void)
{
	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1", policy_red[version - 1]);
	blue = net_host(&net, "blue", "10.0.0.2", policy_blue[version - 1]);
	acquire();
}

/* The same words, as when an address of the host has changed. */
static void reload(void)
{
	net_reload(red, policy_red[version - 1]);
}

/* The pairs but the one in force: what they hold is let go. */
static void end_older(void)
{
	const struct fake_driver *d = &red->driver;
	unsigned int i;

	/* A pair that the peer began is sent on once it was heard on it. */
	net_traffic(red, blue);
	fake_drain(&red->driver);
	for (i = 0; i < d->count;)
		if (&d->pair[i] == fake_sending(d))
			i++;
		else
			net_expire(red, &d->pair[i], true,
				   IPSECDRV_EXPIRE_REASON_IDLE);
	net_run(&net, 3000);
}

/* Every SA that is left renews, by its rule. */
static void use(void)
{
	const char *why;

	ike_engine_rekey_child(red->engine, "peer");
	net_run(&net, 3000);
	ike_engine_rekey_ike(red->engine, "peer");
	net_run(&net, 70000);
	fake_drain(&red->driver);
	fake_drain(&blue->driver);
	why = net_traffic(red, blue);
	ok(!why, "version %u: all goes on: %s", version, why ?: "to and fro");
	net_free(&net);
}

/* The one that came last follows a rule of the policy in force. Version 1 ends the other one. */
static bool has_new_child(const struct ike_sa *sa)
{
	const struct ike_child *child =
		TAILQ_LAST(&sa->children, ike_child_list);

	return child && child->rule->policy == red->policy &&
	       sa->rule->policy != red->policy;
}

/* A new rule's Child SA on an IKE SA that follows the old one. */
static void asked_again(bool up)
{
	const struct ike_sa *sa;

	begin();
	sa = net_sa(red);
	reload();
	if (up) {
		net_up(red);
		net_run(&net, 3000);
	} else {
		acquire();
	}
	ok(net_sas(red) == 1 && net_sa(red) == sa && has_new_child(sa),
	   "version %u: after a reload the same IKE SA has the Child SA of %s",
	   version, up ? "a request" : "an acquire");
	reload();
	end_older();
	use();
}

static bool follows_new(const struct ike_sa *sa)
{
	return sa && sa->rule->policy == red->policy;
}

/* By the new policy, and then only its Child SA follows the old one. */
static void ike_renewed(void)
{
	const struct ike_sa *sa;

	begin();
	sa = net_sa(red);
	reload();
	ike_engine_rekey_ike(red->engine, "peer");
	net_run(&net, 70000);
	ok(net_sas(red) == 1 && net_sa(red) != sa && follows_new(net_sa(red)),
	   "version %u: after a reload the IKE SA is renewed by the policy in force",
	   version);
	acquire();
	end_older();
	reload();
	use();
}

static bool child_is_new(struct net_host *host)
{
	const struct ike_child *child =
		TAILQ_LAST(&net_sa(host)->children, ike_child_list);

	return child && child->rule->policy == host->policy;
}

/* In version 1 a responder takes the rule from among those of its main mode. */
static void child_renewed(void)
{
	begin();
	reload();
	net_reload(blue, policy_blue[version - 1]);
	if (version == 1) {
		ike_engine_rekey_ike(red->engine, "peer");
		net_run(&net, 70000);
	}
	ike_engine_rekey_child(red->engine, "peer");
	net_run(&net, 3000);
	ok(child_is_new(red) && child_is_new(blue) &&
		   red->engine->counters.child_rekeys == 1,
	   "version %u: after a reload a Child SA is renewed by the policy in force",
	   version);
	end_older();
	reload();
	use();
}

/* The peer has lost its memory. */
static void begun_anew(void)
{
	unsigned int before;

	begin();
	reload();
	before = red->engine->counters.restarts;
	ike_sa_free(net_sa(blue), IPSECDRV_REFUSE_REASON_POLICY);
	ike_engine_check(red->engine, "peer");
	net_run(&net, 60000);
	ok(follows_new(net_sa(red)) &&
		   red->engine->counters.restarts == before + 1,
	   "version %u: after a reload what the peer forgot is begun anew by the policy in force",
	   version);
	end_older();
	reload();
	use();
}

/* A restarted daemon has pairs to renew when its policy is read anew. */
static void adopted(void)
{
	begin();
	net_restart(red);
	ok(!TAILQ_EMPTY(&red->engine->adopted),
	   "version %u: a new daemon adopts", version);
	reload();
	net_run(&net, 3000);
	ok(net_sas(red) == 1 && TAILQ_EMPTY(&red->engine->adopted),
	   "and renews after a reload");
	end_older();
	reload();
	use();
}

/* Its Delete waits for the answer to another request. */
static void asked_at_the_end(void)
{
	begin();
	net.manual = true;
	ike_engine_check(red->engine, "peer");
	ike_engine_down(red->engine, "peer");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net.manual = false;
	net_run(&net, 3000);
	ok(!red->driver.refused && !net_traffic(red, blue) && net_sas(red) == 1,
	   "version %u: an IKE SA that is to end gets nothing new", version);
	net_free(&net);
}

/* Its Delete waits for the answer of a peer that has forgotten it meanwhile. */
static void lost_at_the_end(bool by_reload)
{
	begin();
	net.manual = true;
	ike_engine_check(red->engine, "peer");
	if (by_reload)
		net_reload(red,
			   "rules:\n"
			   "  - name: other\n"
			   "    filters: [{from: 10.0.0.1, to: 10.0.0.9}]\n"
			   "    psk: secret\n");
	else
		ike_engine_down(red->engine, "peer");
	net_expire(blue, fake_sending(&blue->driver), true,
		   IPSECDRV_EXPIRE_REASON_IDLE);
	while (net_queued(&net) > 1)
		net_lose(&net, 1);
	net_restart(blue);
	net.manual = false;
	net_run(&net, 60000);
	ok(!red->engine->counters.restarts && !net_sas(red) && !net_sas(blue) &&
		   !red->driver.count,
	   "version %u: what is to end by %s is not begun anew", version,
	   by_reload ? "a reload" : "a request");
	net_free(&net);
}

int main(void)
{
	for (version = 1; version <= 2; version++) {
		asked_again(false);
		asked_again(true);
		ike_renewed();
		child_renewed();
		begun_anew();
		adopted();
		asked_at_the_end();
		lost_at_the_end(false);
		lost_at_the_end(true);
	}
	return tap_done();
}
