// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fallback to clear text: each reason of a failed negotiation, named by the
 * rule or not, in both versions; when it begins, and what ends it.
 */
#include <stdio.h>

#include "pair.h"
#include "tap.h"

static const char *const words[] = {
	[IPSECDRV_REFUSE_REASON_NO_ANSWER] = "no-answer",
	[IPSECDRV_REFUSE_REASON_NO_PROPOSAL] = "no-proposal",
	[IPSECDRV_REFUSE_REASON_AUTH_FAILED] = "auth-failed",
	[IPSECDRV_REFUSE_REASON_POLICY] = "policy",
};

#define REASONS 4

/* The rule of red; the others' texts are what makes it fail. */
static void begin(unsigned int version, const char *soft, const char *red_more,
		  const char *blue_more)
{
	char a[512], b[512];

	snprintf(a, sizeof(a), "    version: %u\n%s%s", version, soft,
		 red_more);
	snprintf(b, sizeof(b), "    version: %u\n%s", version, blue_more);
	pair_begin(a, b);
}

static void silent(void)
{
	blue->down = true;
}

/* A peer that fails for one reason. */
static const struct failure {
	enum ipsecdrv_refuse_reason reason;
	const char *name;
	const char *red_more;
	const char *blue_more;
	void (*prepare)(void);
} failures[] = {
	{ IPSECDRV_REFUSE_REASON_NO_ANSWER, "a silent peer", "", "", silent },
	{ IPSECDRV_REFUSE_REASON_NO_PROPOSAL, "no common proposal of IKE",
	  "    ike: aes256-sha256-modp2048\n",
	  "    ike: aes128-sha256-modp3072\n", NULL },
	{ IPSECDRV_REFUSE_REASON_AUTH_FAILED, "another secret", "",
	  "    psk: quite another secret\n", NULL },
	{ IPSECDRV_REFUSE_REASON_POLICY, "a rule for other traffic there",
	  "    filters: [{from: 10.0.0.1, to: 10.0.0.2, proto: tcp}]\n",
	  "    filters: [{from: 10.0.0.2, to: 10.0.0.1, proto: udp}]\n", NULL },
};

static void fail(const struct failure *f, unsigned int version,
		 const char *soft)
{
	begin(version, soft, f->red_more, f->blue_more);
	if (f->prepare)
		f->prepare();
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 200000);
}

static void soft_text(char *buf, size_t size, unsigned int mask)
{
	unsigned int i;
	size_t len = (size_t)snprintf(buf, size, "    soft: {reasons: [");

	for (i = 0; i < REASONS; i++)
		if (mask & 1U << i)
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						buf[len - 1] == '[' ? "" : ", ",
						words[i]);
	snprintf(buf + len, size - len, "]}\n");
}

/* A failure with a rule that names exactly these reasons. */
static void one(const struct failure *f, unsigned int version,
		unsigned int mask)
{
	bool may = mask & 1U << f->reason;
	char soft[128] = "", list[64];

	if (mask)
		soft_text(soft, sizeof(soft), mask);
	fail(f, version, soft);
	snprintf(list, sizeof(list), "%s, version %u, reasons %x", f->name,
		 version, mask);
	ok(red->driver.reason == f->reason, "%s: it is called %s", list,
	   words[f->reason]);
	ok(red->driver.softs == may && !red->driver.refused == may, "%s: %s",
	   list, may ? "falls back" : "never falls back");
	ok(net_logged(red, "falls back to clear text for 300 s") == may,
	   "%s: the story says so", list);
	if (!may && mask)
		ok(net_logged(red, "which the rule does not name"),
		   "%s: and why not", list);
	ok(red->engine->counters.soft_associations == may &&
		   red->engine->counters.acquire_failures == 1,
	   "%s: counted", list);
	if (red->driver.reason != f->reason || red->driver.softs != may)
		printf("%s", red->log);
	pair_end();
}

static void every_reason(void)
{
	unsigned int i, version, mask;

	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		for (version = 1; version <= 2; version++)
			for (mask = 0; mask < 1U << REASONS; mask++)
				one(&failures[i], version, mask);
}

/* After the delay, and not before; the negotiation goes on. */
static void delay(unsigned int version)
{
	begin(version, "    soft: {reasons: [no-answer], delay: 700}\n", "",
	      "");
	silent();
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 690);
	ok(!red->driver.softs, "version %u: nothing before the delay", version);
	net_run(&net, 20);
	ok(red->driver.softs == 1 && red->driver.soft_slot,
	   "version %u: in clear after 700 ms", version);
	blue->down = false;
	net_run(&net, 10000);
	ok(!*pair_state(), "version %u: a later answer replaces it: %s",
	   version, pair_state());
	ok(!red->driver.soft_slot && !red->driver.refused,
	   "version %u: the pair is the slot's", version);
	ok(net_logged(red, "clear text ends"), "version %u: the story says so",
	   version);
	pair_end();
}

/* The first answer forbids it (once any reply was received). */
static enum net_verdict only_one(struct net *n, struct net_packet *p)
{
	unsigned int *answers = n->hook_data;

	return p->from == blue && ++*answers > 1 ? NET_DROP : NET_PASS;
}

static void answered(unsigned int version)
{
	unsigned int answers = 0;

	begin(version, "    soft: {reasons: [no-answer], delay: 3000}\n", "",
	      "");
	net.hook = only_one;
	net.hook_data = &answers;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 200000);
	ok(!red->driver.softs && red->driver.refused == 1,
	   "version %u: silence after an answer is no reason", version);
	ok(net_logged(red, "no fallback to clear text"),
	   "version %u: the story says so", version);
	pair_end();
}

/* Nor is that of a peer that has made an IKE SA with us. */
static void established(unsigned int version)
{
	begin(version, "    soft: {reasons: [no-answer], delay: 500}\n", "",
	      "");
	net_acquire(blue, "10.0.0.2", "10.0.0.1");
	net_run(&net, 2000);
	ok(!*pair_state(), "version %u: Blue begins", version);
	silent();
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 20000);
	ok(!red->driver.softs, "version %u: its silence is no reason", version);
	pair_end();
}

/* It turns out that the peer is there and refuses: what went in clear ends. */
static void refused_later(unsigned int version)
{
	begin(version, "    soft: no-answer\n", "",
	      "    psk: quite another secret\n");
	silent();
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 4000);
	ok(red->driver.soft_slot, "version %u: in clear", version);
	blue->down = false;
	net_run(&net, 200000);
	ok(!red->driver.soft_slot && red->driver.refused == 1 &&
		   red->driver.reason == IPSECDRV_REFUSE_REASON_AUTH_FAILED,
	   "version %u: a refusal that the rule does not name ends it",
	   version);
	ok(net_logged(red, "the fallback to clear text ends: auth-failed"),
	   "version %u: the story says so", version);
	pair_end();
}

/* The driver has the last word, and asks again when the time is over. */
static void drivers_word(void)
{
	begin(2, "    soft: {reasons: [no-answer], lifetime: 5}\n", "", "");
	silent();
	red->driver.no_soft = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 200000);
	ok(!red->driver.softs && red->driver.refused == 1,
	   "a filter in force that allows none: refused");
	pair_end();

	begin(2, "    soft: {reasons: [no-answer], lifetime: 5}\n", "", "");
	silent();
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 8000);
	red->slots--; /* the same slot asks again */
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 2900);
	ok(red->driver.softs == 1, "asked again: the delay again");
	net_run(&net, 200);
	ok(red->driver.softs == 2, "and in clear again");
	pair_end();
}

/* Neither an administrator nor a new policy is a failure. */
static void ended(void)
{
	begin(2, "    soft: {reasons: [policy, no-answer], delay: 9000}\n", "",
	      "");
	silent();
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 1000);
	ike_engine_down(red->engine, "all");
	ok(!red->driver.softs && red->driver.refused == 1,
	   "ipsecctl ike down does not fall back");
	pair_end();
}

int main(void)
{
	unsigned int version;

	every_reason();
	for (version = 1; version <= 2; version++) {
		delay(version);
		answered(version);
		established(version);
		refused_later(version);
	}
	drivers_word();
	ended();
	return tap_done();
}
