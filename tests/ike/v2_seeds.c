// SPDX-License-Identifier: GPL-2.0-or-later
/* What fuzz_v2 starts from. */
#include "v2_seeds.h"

#include "forge.h"
#include "pair.h"

static v2_seed_fn *emit_to;
static struct forge_chain chain;

static enum net_verdict collect(struct net *n, struct net_packet *p)
{
	struct v2_seed_head head = {
		.exchange = p->data[18],
		.flags = (p->to == red ? V2_SEED_TO_RED : 0) |
			 (p->data[19] & IKEV2_FLAG_RESPONSE ? V2_SEED_RESPONSE :
							      0),
	};

	(void)n;
	if (!forge_open(p, &chain))
		return NET_PASS;
	head.first = chain.first;
	for (; head.state < V2_SEED_STATES; head.state++)
		emit_to("v2", &head, sizeof(head), chain.data, chain.len);
	return NET_PASS;
}

void v2_seeds(v2_seed_fn *emit)
{
	emit_to = emit;
	pair_same("    pfs: yes\n    liveness: 0\n");
	net.hook = collect;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 1000);
	pair_soft(red);
	net_run(&net, 1000);
	pair_soft(blue);
	net_run(&net, 1000);
	ike_engine_rekey_ike(red->engine, "all");
	net_run(&net, 1000);
	ike_engine_check(blue->engine, "all");
	net_run(&net, 1000);
	pair_hard(red);
	net_run(&net, 1000);
	ike_engine_down(blue->engine, "all");
	net_run(&net, 1000);
	pair_end();
}
