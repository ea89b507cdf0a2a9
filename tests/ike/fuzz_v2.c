// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A peer that holds the keys and is mad: one message of its making, in one of
 * the states of an IKE SA; then the two are left alone for a while. The input
 * is struct v2_seed_head, and the payloads that are sealed.
 */
#include "forge.h"
#include "pair.h"
#include "v2_seeds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct forge_chain chain;

/* Up to IKE_AUTH, which is awaited, or sent. */
static void half_open(void)
{
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_deliver(&net, 0);
	net_deliver(&net, 0);
}

static void bring_to(enum v2_seed_state state, struct net_host *host)
{
	bool of_red = host == red;

	if (state == V2_SEED_HALF_OPEN) {
		half_open();
		return;
	}
	net.manual = false;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 100);
	net.manual = true;
	switch (state) {
	case V2_SEED_CREATING:
		net_acquire(host, of_red ? "10.0.0.1" : "10.0.0.2",
			    of_red ? "10.0.0.2" : "10.0.0.1");
		break;
	case V2_SEED_REKEYING_CHILD:
		pair_soft(host);
		break;
	case V2_SEED_REKEYING:
		ike_engine_rekey_ike(host->engine, "all");
		break;
	case V2_SEED_DELETING_CHILD:
		pair_hard(host);
		break;
	default:
		break;
	}
}

static void inject(const struct v2_seed_head *head, struct net_host *target,
		   struct net_host *peer)
{
	struct ike_sa *to = TAILQ_FIRST(&target->engine->list);
	struct ike_sa *from = TAILQ_FIRST(&peer->engine->list);
	const struct ikev2 *v;
	struct ike_header h;

	if (!to || !from || !ikev2_of(from)->keyed)
		return;
	v = ikev2_of(to);
	h = forge_header(from, head->exchange, head->flags & V2_SEED_RESPONSE,
			 head->flags & V2_SEED_RESPONSE ? v->request.id :
							  v->expected);
	forge_send(target, from, &h, &chain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct v2_seed_head head;
	bool of_red;

	if (size < sizeof(head) || size - sizeof(head) > sizeof(chain.data))
		return 0;
	memcpy(&head, data, sizeof(head));
	of_red = head.flags & V2_SEED_TO_RED;
	chain.first = head.first;
	chain.len = size - sizeof(head);
	memcpy(chain.data, data + sizeof(head), chain.len);
	pair_same("    pfs: yes\n    liveness: 0\n");
	red->engine->policy->log_level = IKE_LOG_ERROR;
	blue->engine->policy->log_level = IKE_LOG_ERROR;
	net.manual = true;
	bring_to(head.state % V2_SEED_STATES, of_red ? red : blue);
	inject(&head, of_red ? red : blue, of_red ? blue : red);
	net.manual = false;
	net_run(&net, 30000);
	pair_end();
	return 0;
}
