// SPDX-License-Identifier: GPL-2.0-or-later
/* Version 1 under load: cookies, and how much one peer may have. */
#include <stdlib.h>

#include "pair.h"
#include "v1.h"

#define RULE "    version: 1\n    ike: aes128-sha256-ecp256\n"

static const uint8_t windows[20] = { 0x1e, 0x2b, 0x51, 0x69, 0x05, 0x99, 0x1c,
				     0x7d, 0x7c, 0x96, 0xfc, 0xbf, 0xb5, 0x87,
				     0xe4, 0x61, 0x00, 0x00, 0x00, 0x04 };

/* Red's first message has the vendor ID of Windows Server 2003, too. */
static enum net_verdict be_windows(struct net *n, struct net_packet *p)
{
	uint8_t buf[1024] = { 0 }, *next = buf + 16;
	size_t at = IKE_HEADER_LEN;

	if (p->from != red || p->data[18] != IKEV1_MAIN_MODE ||
	    p->data[16] != IKEV1_SA)
		return NET_PASS;
	memcpy(buf, p->data, p->len);
	while (*next) {
		next = buf + at;
		at += (size_t)buf[at + 2] << 8 | buf[at + 3];
	}
	*next = IKEV1_VENDOR;
	buf[at + 3] = 4 + sizeof(windows);
	memcpy(buf + at + 4, windows, sizeof(windows));
	at += 4 + sizeof(windows);
	buf[26] = at >> 8;
	buf[27] = at & 0xff;
	net_instead(n, p, buf, at);
	return NET_DROP;
}

static void begin(void)
{
	pair_same(RULE);
	blue->engine->policy->limits.cookie_threshold = 0;
}

static void go(const char *name, unsigned int cookies)
{
	pair_acquire(red);
	net_run(&net, 3000);
	ok(blue->engine->counters.cookies_sent == cookies,
	   "%s: %u cookies sent", name, cookies);
	is(pair_state(), "", "%s: established", name);
	pair_end();
}

/* A first message of red's, as often as wanted, of as many negotiations. */
static void flood(unsigned int count)
{
	static uint8_t first[1024];
	struct ike_path path = { blue->addr, red->addr, IKE_PORT, IKE_PORT };
	struct net_packet *p;
	size_t len;

	net.manual = true;
	pair_acquire(red);
	p = TAILQ_FIRST(&net.queue);
	len = p->len;
	memcpy(first, p->data, len);
	for (; count; count--) {
		first[0]++;
		net_inject(blue, &path, first, len);
	}
}

static void under_load(void)
{
	begin();
	go("under load, a peer that knows no cookies", 0);
	begin();
	net.hook = be_windows;
	go("under load, a Microsoft peer", 1);
	begin();
	flood(60);
	ok(blue->engine->half_open == 35 &&
		   blue->engine->counters.limited == 25,
	   "under load, 60 from one address: %u are let in",
	   blue->engine->half_open);
	pair_end();

	begin();
	blue->engine->policy->limits.half_open = 3;
	flood(1);
	net.manual = false;
	net_run(&net, 40000);
	ok(blue->engine->counters.cookies_sent == 1,
	   "half of the room is used up: a cookie for all");
	is(pair_state(), "", "which ipsecd gives back");
	pair_end();
}

#define FILTERS(from, to)                                  \
	"    filters:\n"                                   \
	"    - {from: " from ", to: " to ", proto: tcp}\n" \
	"    - {from: " from ", to: " to ", proto: udp}\n" \
	"    - {from: " from ", to: " to ", proto: icmp}\n"

/* Only blue has the word, so that red asks for more than it may. */
static void filters(const char *version, const char *more_blue)
{
	char text[2][1024];

	snprintf(text[0], sizeof(text[0]), "%s" FILTERS("10.0.0.1", "10.0.0.2"),
		 version);
	snprintf(text[1], sizeof(text[1]),
		 "%s%s" FILTERS("10.0.0.2", "10.0.0.1"), version, more_blue);
	pair_begin(text[0], text[1]);
	pair_acquire(red);
	net_run(&net, 2000);
}

static void one_by_one(const char *name, unsigned int max)
{
	unsigned int i;

	for (i = 1; i < 3; i++) {
		pair_ask(i);
		net_run(&net, 5000);
	}
	ok(pair_live(red) == max && pair_live(blue) == max,
	   "%s: %u pairs (%u, %u)", name, max, pair_live(red), pair_live(blue));
	ok(blue->engine->counters.limited >= 3 - max, "%s: counted", name);
	pair_soft(red);
	net_run(&net, 5000);
	ok(blue->engine->counters.child_rekeys == 1 && pair_live(red) == max,
	   "%s: what is there is renewed", name);
	ok(!net_traffic(red, blue), "%s: and carries traffic", name);
	pair_end();
}

/* It goes on with the new one at once, and the old one is left as it is. */
static void never_delete(struct net_host *host)
{
	struct ike_child *child;

	TAILQ_FOREACH(child, &net_sa(host)->children, link) {
		if (child->state != IKE_CHILD_REPLACED)
			continue;
		ike_timer_stop(&host->engine->timers, &child->renew);
		ike_child_hand_over(child);
	}
}

static void renewals(const char *name, const char *version)
{
	unsigned int i;

	filters(version, "");
	blue->engine->policy->limits.children = 3;
	for (i = 0; i < 10; i++) {
		pair_soft(red);
		/* Done, but not yet so long that the old one would go. */
		net_run(&net, 50);
		never_delete(red);
		net_traffic(red, blue);
	}
	ok(blue->engine->counters.child_rekeys == 10 &&
		   HASH_COUNT(red->engine->children) == 11,
	   "%s: one is renewed ten times, and none deleted (%u)", name,
	   HASH_COUNT(red->engine->children));
	ok(HASH_COUNT(blue->engine->children) == 4,
	   "%s: the last three are remembered, and that in use (%u)", name,
	   HASH_COUNT(blue->engine->children));
	ok(!net_traffic(red, blue), "%s: which carries traffic", name);
	pair_ask(1);
	net_run(&net, 5000);
	ok(pair_live(blue) == 2, "%s: there may be another one (%u)", name,
	   pair_live(blue));
	pair_end();
}

static void children(void)
{
	static const char *const versions[] = { RULE, "    version: 2\n" };
	size_t i;

	for (i = 0; i < 2; i++) {
		renewals(i ? "version 2, renewals" : "renewals", versions[i]);
		filters(versions[i], "    qm-limit: 2\n");
		one_by_one(i ? "version 2, qm-limit" : "qm-limit", 2);
		filters(versions[i], "    master-pfs: yes\n");
		one_by_one(i ? "version 2, master-pfs" : "master-pfs", 1);
		filters(versions[i], "");
		blue->engine->policy->limits.children = 2;
		one_by_one(i ? "version 2, limits" : "limits", 2);
	}
}

/* Two packets at once, and one quick mode to a main mode on both sides. */
static void waiting(void)
{
	pair_same(RULE "    qm-limit: 1\n");
	pair_acquire(red);
	pair_acquire(red);
	net_run(&net, 3000);
	ok(!red->driver.refused && red->driver.adds == 2 &&
		   red->engine->counters.main_modes == 2,
	   "what waits for main mode counts: %u of them",
	   (unsigned int)red->engine->counters.main_modes);
	pair_end();
}

int main(void)
{
	under_load();
	children();
	waiting();
	return tap_done();
}
