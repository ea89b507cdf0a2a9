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

int main(void)
{
	under_load();
	return tap_done();
}
