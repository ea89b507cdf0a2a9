// SPDX-License-Identifier: GPL-2.0-or-later
/* Two peers of version 1 in any state, for what is sent into it. */
#include "v1_states.h"

#include "aggressive.h"
#include "pair.h"
#include "v1.h"

#define WORDS                                             \
	"    version: 1\n    ike: aes128-sha256-ecp256\n" \
	"    pfs: yes\n    aggressive: yes\n    liveness: 0\n"
#define LOG "ike: {log: error}\n"
#define COOKIES "ike: {log: error, limits: {cookie-threshold: 0}}\n"
/* What blue sees of red. */
#define OUTSIDE "192.0.2.1"
#define BEHIND "    filters: [{from: 10.0.0.2, to: " OUTSIDE "}]\n"

#define VENDOR_LEN 16

static const uint8_t rfc3947[VENDOR_LEN] = { 0x4a, 0x13, 0x1c, 0x81, 0x07, 0x03,
					     0x58, 0x45, 0x5c, 0x57, 0x28, 0xf2,
					     0x0e, 0x95, 0x45, 0x2f };
static const uint8_t microsoft[VENDOR_LEN] = { 0x1e, 0x2b, 0x51, 0x69,
					       0x05, 0x99, 0x1c, 0x7d,
					       0x7c, 0x96, 0xfc, 0xbf,
					       0xb5, 0x87, 0xe4, 0x61 };

/* So that NAT traversal is by the draft. */
static enum net_verdict be_windows(struct net *n, struct net_packet *p)
{
	uint8_t *at = memmem(p->data, p->len, rfc3947, VENDOR_LEN);

	(void)n;
	if (at)
		memcpy(at, microsoft, VENDOR_LEN);
	return NET_PASS;
}

/* A responder does not say that it is one. */
static void know_windows(struct net_host *host)
{
	struct ike_sa *sa = net_sa(host);

	if (sa)
		ikev1_of(sa)->vendor |= IKEV1_VENDOR_MICROSOFT;
}

void v1_begin(unsigned int between)
{
	bool cookies = between & V1_COOKIES;

	if (between & V1_NAT) {
		pair_begin(WORDS LOG,
			   cookies ? WORDS BEHIND COOKIES : WORDS BEHIND LOG);
		net_behind_nat(red, OUTSIDE);
	} else {
		pair_begin(WORDS LOG, cookies ? WORDS COOKIES : WORDS LOG);
	}
	if (between & V1_WINDOWS)
		net.hook = be_windows;
}

static void main_mode(unsigned int arrived)
{
	pair_acquire(red);
	while (arrived--)
		net_deliver(&net, 0);
}

static void aggressive(void)
{
	pair_acquire(red);
	net_lose(&net, 0);
	aggressive_first(TAILQ_FIRST(&red->engine->list));
	net_deliver(&net, 0);
	net_lose(&net, 0);
}

static void establish(unsigned int between)
{
	net.manual = false;
	pair_acquire(red);
	net_run(&net, 100);
	net.manual = true;
	if (!(between & V1_WINDOWS))
		return;
	know_windows(red);
	know_windows(blue);
}

static void act(enum v1_state state, struct net_host *host)
{
	switch (state) {
	case V1_QUICK:
	case V1_QUICK_ANSWERED:
		if (host == blue && red->nat.len)
			net_acquire(blue, "10.0.0.2", OUTSIDE);
		else
			pair_acquire(host);
		break;
	case V1_RENEWING_CHILD:
		pair_soft(host);
		break;
	case V1_RENEWING:
		ike_engine_rekey_ike(host->engine, "all");
		break;
	case V1_PROBING:
		ike_engine_check(host->engine, "all");
		break;
	case V1_DELETING:
		ike_engine_down(host->engine, "all");
		break;
	default:
		break;
	}
	if (state == V1_QUICK_ANSWERED)
		net_deliver(&net, 0);
}

void v1_bring_to(enum v1_state state, unsigned int between,
		 struct net_host *host)
{
	net.manual = true;
	if (state == V1_NOTHING)
		return;
	if (state < V1_AGGRESSIVE) {
		main_mode(state - V1_MAIN);
	} else if (state == V1_AGGRESSIVE) {
		aggressive();
	} else {
		establish(between);
		act(state, host);
	}
}
