// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Version 2 in its states: one message of a peer that holds the keys and is
 * mad, or of anybody in clear; then the two are left alone for a while. The
 * input is struct v2_seed_head, and the payloads.
 */
#include "forge.h"
#include "pair.h"
#include "v2_seeds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHAIN_MAX 8192
#define FRAGMENT 64

static struct forge_chain chain;

/* After two that arrived IKE_AUTH is awaited, or sent. */
static void half_open(unsigned int arrived)
{
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	while (arrived--)
		net_deliver(&net, 0);
}

static void bring_to(enum v2_seed_state state, struct net_host *host)
{
	bool of_red = host == red;

	if (state == V2_SEED_NOTHING)
		return;
	if (state == V2_SEED_HALF_OPEN || state == V2_SEED_ASKED) {
		half_open(state == V2_SEED_HALF_OPEN ? 2 : 0);
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

/* One after the other; the first comes again before the last. */
static void in_fragments(struct net_host *target, const struct ike_sa *from,
			 const struct ike_header *h)
{
	static uint8_t out[FRAGMENT + 256];
	const struct ike_path path = forge_path(from);
	unsigned int total = chain.len / FRAGMENT + 1, i;
	size_t at, n, len;

	for (i = 0; i <= total; i++) {
		unsigned int number = i + 1 < total ? i + 1 :
				      i < total	    ? 1 :
						      total;

		at = (number - 1) * FRAGMENT;
		n = chain.len - at < FRAGMENT ? chain.len - at : FRAGMENT;
		len = forge_fragment(from, h, number, total,
				     number == 1 ? chain.first : IKE_NONE,
				     chain.data + at, n, out, sizeof(out));
		if (len)
			net_inject(target, &path, out, len);
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
	if (head->flags & V2_SEED_FRAGMENTS)
		in_fragments(target, from, &h);
	else
		forge_send(target, from, &h, &chain);
}

/* A first request, or an answer to what red has asked. */
static void in_clear(const struct v2_seed_head *head, struct net_host *target,
		     struct net_host *peer)
{
	static uint8_t buf[IKE_MESSAGE_MAX];
	const struct ike_sa *to = TAILQ_FIRST(&target->engine->list);
	struct ike_path path = { target->addr, peer->addr, IKE_PORT, IKE_PORT };
	struct ike_header h = {
		.spi_i = "an SPI",
		.version = IKE_V2,
		.exchange = head->exchange,
		.flags = IKEV2_FLAG_INITIATOR,
	};
	struct ike_builder b;

	if (head->flags & V2_SEED_RESPONSE) {
		h.flags = IKEV2_FLAG_RESPONSE;
		memcpy(h.spi_r, "another", IKE_SPI_LEN);
	}
	if (head->flags & V2_SEED_RESPONSE && to)
		memcpy(h.spi_i, ike_sa_spi_i(to), IKE_SPI_LEN);
	ike_build(&b, buf, sizeof(buf), &h);
	forge_append(&b, head->first, chain.data, chain.len);
	net_inject(target, &path, buf, ike_build_finish(&b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct v2_seed_head head;
	bool of_red;

	if (size < sizeof(head) || size - sizeof(head) > CHAIN_MAX)
		return 0;
	memcpy(&head, data, sizeof(head));
	of_red = head.flags & V2_SEED_TO_RED;
	chain.first = head.first;
	chain.len = size - sizeof(head);
	memcpy(chain.data, data + sizeof(head), chain.len);
	net_keep_policies = true;
	if (head.flags & V2_SEED_TUNNEL)
		pair_begin(V2_SEED_TUNNEL_RULE("10.0.0.1", "10.0.0.2"),
			   V2_SEED_TUNNEL_RULE("10.0.0.2", "10.0.0.1"));
	else
		pair_begin(V2_SEED_RULE, head.flags & V2_SEED_COOKIES ?
						 V2_SEED_COOKIE_RULE :
						 V2_SEED_RULE);
	net.manual = true;
	bring_to(head.state % V2_SEED_STATES, of_red ? red : blue);
	if (head.flags & V2_SEED_CLEAR)
		in_clear(&head, of_red ? red : blue, of_red ? blue : red);
	else
		inject(&head, of_red ? red : blue, of_red ? blue : red);
	net.manual = false;
	net_run(&net, 30000);
	pair_end();
	return 0;
}
