// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A daemon dies at every message boundary of everything two peers do, in both
 * roles and both versions, and is started anew with what the driver has: within
 * two seconds traffic flows, and in the end each side has the pairs that the
 * other has: one, or two where both began one at once. Its worker dies, and what
 * is on its way waits for the next one; or all of it, and what is sent to it until
 * it is back is lost; or what is on its way from it, too. Then one that is
 * stopped, and what it leaves to the next.
 */
#include <stdlib.h>

#include "net.h"

#define SERVICE_MS 2000
#define AWAY_MS 300 /* until a service manager has started it again */

#define POLICY(version, local, remote)                       \
	"rules:\n"                                           \
	"  - name: peer\n"                                   \
	"    version: " version "\n"                         \
	"    liveness: 10\n"                                 \
	"    filters: [{from: " local ", to: " remote "}]\n" \
	"    psk: secret\n"                                  \
	"ike:\n"                                             \
	"  log: debug\n"

static struct net net;
static struct net_host *red, *blue;
static unsigned int version;

static void begin(void)
{
	bool v1 = version == 1;

	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1",
		       v1 ? POLICY("1", "10.0.0.1", "10.0.0.2") :
			    POLICY("2", "10.0.0.1", "10.0.0.2"));
	blue = net_host(&net, "blue", "10.0.0.2",
			v1 ? POLICY("1", "10.0.0.2", "10.0.0.1") :
			     POLICY("2", "10.0.0.2", "10.0.0.1"));
}

static void up(void)
{
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 1000);
}

/* What they do. */

static void establish(void)
{
	net_acquire(red, "10.0.0.1", "10.0.0.2");
}

static void rekey_child(void)
{
	up();
	ike_engine_rekey_child(red->engine, "peer");
}

static void rekey_ike(void)
{
	up();
	ike_engine_rekey_ike(red->engine, "peer");
}

static void idle(void)
{
	up();
	net_expire(red, fake_sending(&red->driver), true,
		   IPSECDRV_EXPIRE_REASON_IDLE);
}

/* On an IKE SA that has no other. */
static void another(void)
{
	idle();
	net_run(&net, 1000);
	establish();
}

static void check(void)
{
	up();
	ike_engine_check(red->engine, "peer");
}

static void down(void)
{
	up();
	ike_engine_down(red->engine, "peer");
}

static const struct flow {
	const char *name;
	void (*begin)(void);
} flows[] = {
	{ "establishing", establish },
	{ "rekeying the Child SA", rekey_child },
	{ "rekeying the IKE SA", rekey_ike },
	{ "deleting the Child SA", idle },
	{ "making a Child SA on an IKE SA", another },
	{ "checking the peer", check },
	{ "deleting the IKE SA", down },
};

enum death {
	WORKER,
	PARENT,
	MUTE,
	DEATHS,
};

static const char *const deaths[DEATHS] = {
	[WORKER] = "worker dies",
	[PARENT] = "parent dies",
	[MUTE] = "parent dies with its last words",
};

/* Without a word; how long nobody is there. */
static uint64_t die(struct net_host *host, enum death death)
{
	if (death == WORKER) {
		net_restart(host);
		return 0;
	}
	while (death == MUTE && net_queued(&net))
		net_lose(&net, 0);
	ike_engine_free(host->engine);
	host->engine = ike_engine_new(&host->env, host->policy);
	host->down = true;
	net.manual = false;
	net_run(&net, AWAY_MS);
	host->down = false;
	ike_engine_adopt(host->engine);
	return AWAY_MS;
}

/* Packets make acquires where there is no pair, as the driver would. */
static void want(struct net_host *host, const char *local, const char *remote)
{
	if (!fake_sending(&host->driver) && !host->driver.acquires)
		net_acquire(host, local, remote);
}

static bool is_alone(const struct net_host *host, const struct net_host *peer)
{
	unsigned int i;

	for (i = 0; i < host->driver.count; i++)
		if (fake_mismatch(&host->driver.pair[i], &peer->driver))
			return true;
	return false;
}

static const char *settle(uint64_t away)
{
	const char *why;

	want(red, "10.0.0.1", "10.0.0.2");
	net.manual = false;
	net_run(&net, SERVICE_MS - away);
	why = net_traffic(red, blue);
	if (why)
		return why;
	/* Dead IKE SAs are found, and go with what hangs on them. */
	net_run(&net, 400000);
	want(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 2000);
	fake_drain(&red->driver);
	fake_drain(&blue->driver);
	why = net_traffic(red, blue);
	if (why)
		return why;
	return red->driver.count > 2 || is_alone(red, blue) ||
			       is_alone(blue, red) ?
		       "pairs are left over" :
		       NULL;
}

static bool one(const struct flow *flow, unsigned int messages, bool red_dies,
		enum death death, unsigned int *bad)
{
	unsigned int done = 0;
	const char *why;

	begin();
	flow->begin();
	net.manual = true;
	while (done < messages && net_deliver(&net, 0))
		done++;
	why = settle(die(red_dies ? red : blue, death));
	if (why) {
		printf("# %s, %s's %s after %u messages: %s (%u and %u pairs)\n",
		       flow->name, red_dies ? "red" : "blue", deaths[death],
		       done, why, red->driver.count, blue->driver.count);
		++*bad;
		if (getenv("NET_LOG"))
			printf("# red\n%s# blue\n%s", red->log, blue->log);
	}
	net_free(&net);
	return done == messages;
}

static void every_boundary(const struct flow *flow, bool red_dies,
			   enum death death)
{
	unsigned int n = 0, bad = 0;

	while (one(flow, n, red_dies, death, &bad) && n < 40)
		n++;
	ok(!bad, "version %u, %s, of who %s the %s: %u boundaries, %u bad",
	   version, flow->name, red_dies ? "asks" : "answers", deaths[death],
	   n + 1, bad);
}

static void stopped(void)
{
	const struct fake_pair *pair;

	begin();
	up();
	pair = fake_sending(&red->driver);
	ike_engine_shutdown(red->engine);
	ok(red->driver.count == 1 && pair->replaced &&
		   pair->sa.flags.v & IPSECDRV_SA_FLAGS_DRAIN,
	   "version %u, stopped: its pair sends no more before the peer knows",
	   version);
	ok(net_queued(&net) && blue->driver.count == 1, "which is told");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_settle(&net);
	ok(!blue->driver.count, "version %u: and has no pair any more", version);
	ok(ike_engine_idle(red->engine) && red->driver.count == 1,
	   "what is on its way is still received");
	net_acquire(blue, "10.0.0.2", "10.0.0.1");
	net_settle(&net);
	ok(ike_engine_idle(red->engine) && red->driver.acquires == 1 &&
		   !red->driver.refused,
	   "version %u: what either side begins waits for the next one",
	   version);
	net_restart(red);
	net_run(&net, 2000);
	ok(fake_by_spi(&red->driver, pair->sa.protection[0].proto.v,
		       (uint32_t)pair->sa.protection[0].spi_in.v) == pair &&
		   pair->replaced,
	   "version %u: which does not adopt it", version);
	fake_drain(&red->driver);
	ok(!net_traffic(red, blue) && !red->driver.acquires &&
		   !blue->driver.acquires,
	   "version %u: and talks to the peer again", version);
	net_free(&net);
}

/* Nobody says anything by the new pair that the old one could be let go for. */
static void silent(void)
{
	begin();
	up();
	net_restart(blue);
	net_run(&net, SERVICE_MS);
	fake_drain(&blue->driver);
	ok(!net_traffic(red, blue),
	   "version %u, restarted: the peer sends by the new pair before the old one goes",
	   version);
	net_free(&net);
}

/* Its end is not heard of, by which the peer's pair would end. */
static void unheard(void)
{
	begin();
	up();
	net.manual = true;
	ike_engine_down(red->engine, "peer");
	ok(!fake_sending(&red->driver) && net_queued(&net),
	   "version %u, ended: its pair sends no more before the peer knows",
	   version);
	while (net_queued(&net))
		net_lose(&net, 0);
	net.manual = false;
	want(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 400);
	ok(!net_traffic(red, blue) && !red->driver.refused,
	   "version %u: what is to be sent is by another one, whatever the peer has heard",
	   version);
	net_free(&net);
}

int main(void)
{
	unsigned int i;
	int death;

	for (version = 1; version <= 2; version++)
		for (i = 0; i < sizeof(flows) / sizeof(flows[0]); i++)
			for (death = WORKER; death < DEATHS; death++) {
				every_boundary(&flows[i], true, death);
				every_boundary(&flows[i], false, death);
			}
	for (version = 1; version <= 2; version++) {
		stopped();
		silent();
		unheard();
	}
	return tap_done();
}
