// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pairs that a daemon before this one has left are renewed until it is done,
 * also with a peer behind a NAT, which is reached only on the way that it has
 * opened itself.
 */
#include "pair.h"

static unsigned int version;

static void begin(bool nat)
{
	const char *blues = nat ? "    filters: [{from: 10.0.0.2, to: "
				  "192.0.2.1}]\n" :
				  "";
	char more[128];

	snprintf(more, sizeof(more), "    version: %u\n%s", version, blues);
	pair_begin(version == 1 ? "    version: 1\n" : NULL, more);
	if (nat)
		net_behind_nat(red, "192.0.2.1");
}

static enum net_verdict closed(struct net *n, struct net_packet *p)
{
	(void)n;
	return p->to == red && p->path.local_port == IKE_PORT ? NET_DROP :
								NET_PASS;
}

static void behind_nat(void)
{
	begin(true);
	pair_acquire(red);
	net_run(&net, 3000);
	ok(pair_live(blue) == 1 && blue->driver.pair[0].sa.encap_local.set,
	   "version %u: a peer behind a NAT has a pair", version);
	net.hook = closed;
	net_restart(blue);
	net_run(&net, 5000);
	ok(net_sas(blue) == 1 && TAILQ_EMPTY(&blue->engine->adopted),
	   "version %u: adopted, it is renewed on the way that is open",
	   version);
	ok(!net_traffic(blue, red), "version %u: and works", version);
	pair_end();
}

#define HOST(from, to, proto)                                           \
	"rules:\n  - name: all\n    version: %u\n    psk: one of all\n" \
	"    filters:\n    - {from: " from ", to: " to ", proto: " proto "}\n"

static struct net_host *host(const char *name, const char *addr,
			     const char *text)
{
	char yaml[512];

	snprintf(yaml, sizeof(yaml), text, version);
	return net_host(&net, name, addr, yaml);
}

/* Blue's IKE SA that is sent to by the port of this host's. */
static bool has_sa(const struct net_host *with)
{
	const struct ike_sa *sa;

	TAILQ_FOREACH(sa, &blue->engine->list, link)
		if (sa->path.remote_port == IKE_NATT_PORT + with->nat_port)
			return sa->state == IKE_SA_ESTABLISHED &&
			       !TAILQ_EMPTY(&sa->children);
	return false;
}

static void two_behind_nat(void)
{
	struct net_host *green;

	net_init(&net);
	red = host("red", "10.0.0.1", HOST("10.0.0.1", "10.0.0.2", "tcp"));
	blue = host(
		"blue", "10.0.0.2",
		HOST("10.0.0.2", "192.0.2.1",
		     "tcp") "    - {from: 10.0.0.2, to: 192.0.2.1, proto: udp}\n");
	green = host("green", "10.0.0.3", HOST("10.0.0.3", "10.0.0.2", "udp"));
	net_behind_nat(red, "192.0.2.1");
	net_behind_nat(green, "192.0.2.1");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_acquire(green, "10.0.0.3", "10.0.0.2");
	net_run(&net, 3000);
	ok(has_sa(red) && has_sa(green),
	   "version %u: two peers behind a NAT have pairs", version);
	net_restart(blue);
	net_run(&net, 5000);
	ok(has_sa(red) && has_sa(green) && net_sas(blue) == 2 &&
		   TAILQ_EMPTY(&blue->engine->adopted),
	   "version %u: adopted, each is renewed with its peer", version);
	net_free(&net);
}

static void silent(void)
{
	begin(false);
	pair_establish();
	red->down = true;
	net_restart(blue);
	net_run(&net, 400000);
	ok(!net_sas(blue) || pair_established(blue) == 0,
	   "version %u: a peer does not answer", version);
	ok(!TAILQ_EMPTY(&blue->engine->adopted) && blue->driver.count == 1,
	   "version %u: the adopted pair goes on", version);
	red->down = false;
	net_run(&net, 60000);
	ok(pair_established(blue) == 1 && TAILQ_EMPTY(&blue->engine->adopted),
	   "version %u: and is renewed when the peer is back", version);
	pair_end();
}

/* Its rekey finds that the peer has started anew, and has no pair of it. */
static void forgotten(void)
{
	struct ipsec_err err = { 0 };

	begin(false);
	pair_establish();
	blue->env.driver.sa_del(blue, (uint32_t)blue->driver.pair[0].sa.id.v,
				&err);
	net_restart(blue);
	pair_soft(red);
	net_run(&net, 5000);
	ok(!net_traffic(red, blue) && TAILQ_EMPTY(&red->engine->adopted),
	   "version %u: who has forgotten a pair gets another one soon",
	   version);
	pair_end();
}

/* Only the secret of the new policy is right. */
static void other_policy(void)
{
	static const char text[] =
		"rules:\n  - name: all\n    version: %u\n    filters: [{from: "
		"'%s', to: '%s'}]\n    psk: another\nike: {log: debug}\n";
	char reds[256], blues[256];

	begin(false);
	pair_establish();
	snprintf(reds, sizeof(reds), text, version, "10.0.0.1", "10.0.0.2");
	snprintf(blues, sizeof(blues), text, version, "10.0.0.2", "10.0.0.1");
	net_restart(red);
	net_restart(blue);
	net_reload(red, reds);
	net_reload(blue, blues);
	net_run(&net, 5000);
	ok(pair_established(blue) && !net_traffic(red, blue) &&
		   TAILQ_EMPTY(&blue->engine->adopted),
	   "version %u: what is adopted is renewed by the policy in force",
	   version);
	pair_end();
}

int main(void)
{
	for (version = 1; version <= 2; version++) {
		behind_nat();
		two_behind_nat();
		silent();
		forgotten();
		other_policy();
	}
	return tap_done();
}
