// SPDX-License-Identifier: GPL-2.0-or-later
/* What fuzz_v2 starts from. */
#include "v2_seeds.h"

#include <string.h>

#include "forge.h"
#include "pair.h"

static v2_seed_fn *emit_to;
static struct forge_chain chain;

/* What is said before there are keys; later it is a stranger's. */
static void emit_clear(struct v2_seed_head *head, const void *data, size_t len)
{
	static const uint8_t states[] = { V2_SEED_NOTHING, V2_SEED_ASKED,
					  V2_SEED_HALF_OPEN, V2_SEED_IDLE };
	size_t i;

	head->flags |= V2_SEED_CLEAR;
	for (i = 0; i < sizeof(states); i++) {
		head->state = states[i];
		emit_to("v2", head, sizeof(*head), data, len);
		head->flags ^= V2_SEED_COOKIES;
		emit_to("v2", head, sizeof(*head), data, len);
		head->flags ^= V2_SEED_COOKIES;
	}
}

/* Without a word of NATs, fragments, hashes. */
static void emit_bare(struct v2_seed_head *head, const struct net_packet *p)
{
	static uint8_t buf[IKE_MESSAGE_MAX];
	struct ike_message m;
	struct ike_builder b;
	unsigned int i;

	if (ike_message_parse(&m, p->data, p->len))
		return;
	ike_build_chain(&b, buf, sizeof(buf));
	for (i = 0; i < m.payloads; i++)
		if (m.payload[i].type != IKEV2_NOTIFY)
			ike_bytes_write(&b, m.payload[i].type,
					m.payload[i].data, m.payload[i].len);
	head->first = ike_build_first(&b);
	emit_clear(head, buf, ike_build_finish(&b));
}

static enum net_verdict collect(struct net *n, struct net_packet *p)
{
	struct v2_seed_head head = {
		.exchange = p->data[18],
		.flags = (p->to == red ? V2_SEED_TO_RED : 0) |
			 (p->data[19] & IKEV2_FLAG_RESPONSE ? V2_SEED_RESPONSE :
							      0),
	};

	(void)n;
	if (head.exchange == IKEV2_SA_INIT) {
		head.first = p->data[16];
		emit_clear(&head, p->data + IKE_HEADER_LEN,
			   p->len - IKE_HEADER_LEN);
		emit_bare(&head, p);
	}
	if (!forge_open(p, &chain))
		return NET_PASS;
	head.first = chain.first;
	for (; head.state < V2_SEED_STATES; head.state++) {
		emit_to("v2", &head, sizeof(head), chain.data, chain.len);
		head.flags ^= V2_SEED_FRAGMENTS;
		emit_to("v2", &head, sizeof(head), chain.data, chain.len);
		head.flags ^= V2_SEED_FRAGMENTS;
	}
	return NET_PASS;
}

/* What a responder may answer in place of its own IKE_SA_INIT. */
static void put_notify(uint16_t type, uint8_t flags, const void *data,
		       size_t len)
{
	struct v2_seed_head head = {
		.flags = V2_SEED_TO_RED | V2_SEED_RESPONSE | flags,
		.exchange = IKEV2_SA_INIT,
		.first = IKEV2_NOTIFY,
	};
	struct ike_builder b;
	uint8_t buf[256];

	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_notify_write(&b, 0, type, NULL, 0, data, len);
	emit_clear(&head, buf, ike_build_finish(&b));
}

/* To which its nonce belongs. */
static void put_redirect(const struct ikev2 *v)
{
	uint8_t data[2 + 4 + sizeof(v->ni.data)] = { 1, 4, 10, 0, 0, 3 };

	memcpy(data + 6, v->ni.data, v->ni.len);
	put_notify(IKEV2_REDIRECT, V2_SEED_TUNNEL, data, 6 + v->ni.len);
}

static void answers(void)
{
	put_notify(IKEV2_COOKIE, 0, "a cookie", 8);
	put_notify(IKEV2_INVALID_KE_PAYLOAD, 0, "\0\x13", 2);
	put_notify(IKEV2_NO_PROPOSAL_CHOSEN, 0, NULL, 0);
	put_redirect(ikev2_of(TAILQ_FIRST(&red->engine->list)));
}

void v2_seeds(v2_seed_fn *emit)
{
	emit_to = emit;
	pair_same(V2_SEED_RULE);
	net.hook = collect;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	answers();
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
