// SPDX-License-Identifier: GPL-2.0-or-later
/* Main mode and quick mode between two engines. */
#include "net.h"

#define POLICY(local, remote, more)                                   \
	"rules:\n"                                                    \
	"  - name: v1\n"                                              \
	"    version: 1\n"                                            \
	"    weak: yes\n"                                             \
	"    filters: [{from: " local ", to: " remote "}]\n"          \
	"    psk: 0x0102030405060708090a0b0c0d0e0f10\n" more "ike:\n" \
	"  log: debug\n"

#define RED(more) POLICY("10.0.0.1", "10.0.0.2", more)
#define BLUE(more) POLICY("10.0.0.2", "10.0.0.1", more)

static struct net net;
static struct net_host *red, *blue;

static void begin(const char *red_policy, const char *blue_policy)
{
	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1", red_policy);
	blue = net_host(&net, "blue", "10.0.0.2", blue_policy);
}

static void end(void)
{
	net_free(&net);
}

static void both_ways(const char *name)
{
	const char *why = net_traffic(red, blue);

	ok(!why, "%s: traffic flows (%s)", name, why ? why : "both ways");
}

static void suite(const char *name, const char *more)
{
	char red_text[1024], blue_text[1024];

	snprintf(red_text, sizeof(red_text), RED("%s"), more);
	snprintf(blue_text, sizeof(blue_text), BLUE("%s"), more);
	begin(red_text, blue_text);
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 2000);
	both_ways(name);
	ok(red->sent == 5 && blue->sent == 4, "%s: nine messages (%u and %u)",
	   name, red->sent, blue->sent);
	end();
}

int main(void)
{
	suite("defaults", "");
	suite("3DES, SHA-1, group 2",
	      "    ike: 3des-sha1-modp1024\n    esp: 3des-sha1\n");
	return tap_done();
}
