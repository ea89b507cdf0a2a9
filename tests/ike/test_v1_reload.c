// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Version 1 after the policy was loaded anew: its rules are others in memory,
 * and by their names the same.
 */
#include "pair.h"

#define RULE "    version: 1\n    ike: aes128-sha256-ecp256\n"

/* Then red makes a new main mode, for blue's new rule. */
static void begin(void)
{
	pair_same(RULE);
	pair_establish();
	pair_reload(blue, RULE);
}

static void main_mode(void)
{
	begin();
	ike_engine_rekey_ike(red->engine, "all");
	net_settle(&net);
	ok(net_sas(blue) == 2 && pair_established(blue) == 1,
	   "the peer's new main mode takes over");
	net_run(&net, 3000);
	is(pair_state(), "", "and stays");
	pair_soft(red);
	net_run(&net, 3000);
	is(pair_state(), "", "quick mode on the new one");
	ok(red->engine->counters.child_rekeys == 1 &&
		   blue->engine->counters.child_rekeys == 1,
	   "it renews what was there, on both sides");
	pair_end();
}

static void orphans(void)
{
	struct ike_sa *sa;

	begin();
	sa = net_sa(blue);
	ike_child_orphan(TAILQ_FIRST(&sa->children));
	ike_sa_free(sa, IPSECDRV_REFUSE_REASON_NO_ANSWER);
	ike_engine_rekey_ike(red->engine, "all");
	net_run(&net, 1000);
	ok(net_sa(blue) && !TAILQ_EMPTY(&net_sa(blue)->children),
	   "the new main mode takes up a pair that had lost its own");
	pair_end();
}

int main(void)
{
	main_mode();
	orphans();
	return tap_done();
}
