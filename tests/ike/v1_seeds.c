// SPDX-License-Identifier: GPL-2.0-or-later
/* What fuzz_v1 starts from. */
#include "v1_seeds.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "forge1.h"
#include "pair.h"
#include "sk.h"
#include "v1_states.h"

static v1_seed_fn *emit_to;
static unsigned int between; /* the two of now */

static void emit(struct v1_seed_head *head, const void *data, size_t len)
{
	head->between = (uint8_t)between;
	for (head->state = 0; head->state < V1_STATES; head->state++)
		emit_to("v1", head, sizeof(*head), data, len);
}

/* As fuzz_v1 finds it for itself, but from the receiver of a real one. */
static enum forge1_hash find_iv(const struct ike_sa *sa,
				const struct ike_header *h, uint8_t *iv)
{
	const struct ikev1 *v1 = ikev1_of(sa);
	const struct ikev1_notice *notice;
	const struct ikev1_quick *q;

	memcpy(iv, v1->wire.iv, IKE_BLOCK_MAX);
	if (!h->id)
		return FORGE1_AUTH;
	TAILQ_FOREACH(q, &v1->quicks, link)
		if (q->id == h->id && h->exchange == IKEV1_QUICK_MODE) {
			memcpy(iv, q->wire.iv, IKE_BLOCK_MAX);
			return q->initiator ? FORGE1_HASH2 : FORGE1_HASH3;
		}
	TAILQ_FOREACH(notice, &v1->notices, link)
		if (notice->id == h->id) {
			memcpy(iv, notice->wire.iv, IKE_BLOCK_MAX);
			return FORGE1_ACK;
		}
	ikev1_iv_quick(&v1->keys, v1->last_main, h->id, iv);
	return FORGE1_HASH1;
}

/*
 * The HASH is made anew, for it will be of other keys. Of another type only so
 * many are kept.
 */
static void put_fewer(struct v1_seed_head *head, const struct ike_message *m,
		      uint8_t type, unsigned int keep)
{
	static uint8_t buf[IKE_MESSAGE_MAX];
	struct ike_builder b;
	unsigned int i;

	ike_build_chain(&b, buf, sizeof(buf));
	for (i = 0; i < m->payloads; i++) {
		if (m->payload[i].type == IKEV1_HASH ||
		    (m->payload[i].type == type && !keep))
			continue;
		if (m->payload[i].type == type)
			keep--;
		ike_bytes_write(&b, m->payload[i].type, m->payload[i].data,
				m->payload[i].len);
	}
	head->first = ike_build_first(&b);
	emit(head, buf, ike_build_finish(&b));
}

static void sealed(struct v1_seed_head *head, const struct net_packet *p,
		   struct ike_message *m)
{
	static uint8_t plain[IKE_MESSAGE_MAX];
	const struct ike_sa *sa = ike_engine_find(p->to->engine, m->hdr.spi_r);
	size_t len = m->raw_len - IKE_HEADER_LEN, rest;
	uint8_t iv[IKE_BLOCK_MAX];

	if (!sa || sa->initiator)
		sa = ike_engine_find(p->to->engine, m->hdr.spi_i);
	if (!sa || sa->version != 1 || !ikev1_of(sa)->has_keys)
		return;
	head->hash = find_iv(sa, &m->hdr, iv);
	memcpy(plain, m->raw + IKE_HEADER_LEN, len);
	if (!ikev1_decrypt(&ikev1_of(sa)->keys, iv, plain, len) &&
	    !ike_chain_parse(m, m->hdr.next, plain, len, &rest)) {
		put_fewer(head, m, IKEV1_HASH, 0);
		if (ike_payload_count(m, IKEV1_ID) == 2) {
			put_fewer(head, m, IKEV1_ID, 0);
			put_fewer(head, m, IKEV1_ID, 1);
		}
	}
}

/* Windows with its version, and somebody whom nobody knows. */
static void put_vendors(struct v1_seed_head *head, const struct ike_message *m)
{
	static const uint8_t windows[] = { 0x1e, 0x2b, 0x51, 0x69, 0x05,
					   0x99, 0x1c, 0x7d, 0x7c, 0x96,
					   0xfc, 0xbf, 0xb5, 0x87, 0xe4,
					   0x61, 0,    0,    0,	   4 };
	static uint8_t buf[IKE_MESSAGE_MAX];
	struct ike_builder b;
	unsigned int i;

	ike_build_chain(&b, buf, sizeof(buf));
	for (i = 0; i < m->payloads; i++)
		ike_bytes_write(&b, m->payload[i].type, m->payload[i].data,
				m->payload[i].len);
	ike_bytes_write(&b, IKEV1_VENDOR, windows, sizeof(windows));
	ike_bytes_write(&b, IKEV1_VENDOR, "nobody", 6);
	emit(head, buf, ike_build_finish(&b));
}

static enum net_verdict collect(struct net *n, struct net_packet *p)
{
	struct v1_seed_head head = {
		.flags = p->to == red ? V1_SEED_TO_RED : 0,
		.exchange = p->data[18],
	};
	struct ike_message m;

	(void)n;
	if (ike_message_parse(&m, p->data, p->len))
		return NET_PASS;
	if (m.hdr.flags & IKEV1_FLAG_ENCRYPTED) {
		sealed(&head, p, &m);
		return NET_PASS;
	}
	head.flags |= V1_SEED_CLEAR;
	head.first = m.hdr.next;
	emit(&head, p->data + IKE_HEADER_LEN, p->len - IKE_HEADER_LEN);
	if (ike_payload_get(&m, IKEV1_VENDOR))
		put_vendors(&head, &m);
	head.flags |= V1_SEED_FRAGMENTS;
	emit(&head, p->data + IKE_HEADER_LEN, p->len - IKE_HEADER_LEN);
	head.flags ^= V1_SEED_FRAGMENTS | V1_SEED_COOKIES;
	emit(&head, p->data + IKE_HEADER_LEN, p->len - IKE_HEADER_LEN);
	return NET_PASS;
}

/* Both what the two need of each other, and what is to be collected. */
static enum net_verdict (*between_hook)(struct net *net, struct net_packet *p);

static enum net_verdict both(struct net *n, struct net_packet *p)
{
	if (between_hook)
		between_hook(n, p);
	return collect(n, p);
}

static void begin(void)
{
	v1_begin(between);
	between_hook = net.hook;
	net.hook = both;
}

static void life(void)
{
	begin();
	v1_bring_to(V1_IDLE, between, red);
	net.manual = false;
	pair_soft(blue);
	net_run(&net, 1000);
	ike_engine_check(red->engine, "all");
	net_run(&net, 1000);
	ike_engine_rekey_ike(blue->engine, "all");
	net_run(&net, 5000);
	pair_hard(red);
	net_run(&net, 1000);
	ike_engine_down(blue->engine, "all");
	net_run(&net, 1000);
	pair_end();
	begin();
	v1_bring_to(V1_AGGRESSIVE, between, red);
	pair_end();
}

static void put_notify(uint8_t flags, uint16_t type, const void *data,
		       size_t len)
{
	struct v1_seed_head head = {
		.flags = flags,
		.exchange = IKEV1_INFORMATIONAL,
		.hash = FORGE1_HASH1,
		.first = IKEV1_NOTIFY,
	};
	struct ike_builder b;
	uint8_t buf[128];

	ike_build_chain(&b, buf, sizeof(buf));
	ikev1_notify_write(&b, IKE_PROTO_IKE, type, NULL, 0, data, len);
	len = ike_build_finish(&b);
	emit(&head, buf, len);
	head.flags ^= V1_SEED_TO_RED;
	emit(&head, buf, len);
}

/* Padding alone. */
static void put_nothing(uint8_t exchange)
{
	static const uint8_t zeros[16];
	struct v1_seed_head head = {
		.exchange = exchange,
		.first = IKE_NONE,
	};

	emit(&head, zeros, sizeof(zeros));
	head.flags = V1_SEED_TO_RED;
	emit(&head, zeros, sizeof(zeros));
}

/* One without a number, one that is not alone, one whose others are lost. */
static void put_fragments(void)
{
	static const char first[] = "\0\0\0\x09\0\1\1\0x";
	static const char bad[] = "\0\0\0\x09\0\1\0\1x";
	static const char two[] = "\x84\0\0\x09\0\1\1\0x"
				  "\0\0\0\x09\0\1\2\1y";
	struct v1_seed_head head = {
		.flags = V1_SEED_CLEAR,
		.exchange = IKEV1_MAIN_MODE,
		.first = IKEV1_FRAGMENT,
	};

	emit(&head, bad, sizeof(bad) - 1);
	emit(&head, two, sizeof(two) - 1);
	emit(&head, first, sizeof(first) - 1);
}

/* What neither of the two would say to the other. */
static void unsaid(void)
{
	static const uint8_t lifetime[] = { 0x80, 1, 0, 1, 0x80, 2, 0, 100 };

	put_notify(V1_SEED_CLEAR, IKEV1_MS_DOS_COOKIE, "a cookie", 8);
	put_notify(V1_SEED_CLEAR, IKEV1_INVALID_COOKIE, NULL, 0);
	put_notify(V1_SEED_CLEAR, IKEV1_NO_PROPOSAL_CHOSEN, NULL, 0);
	put_notify(0, IKEV1_NO_PROPOSAL_CHOSEN, "\0\0\0\7", 4);
	put_notify(0, IKEV1_CONNECTED, NULL, 0);
	put_notify(0, IKEV1_RESPONDER_LIFETIME, lifetime, sizeof(lifetime));
	put_notify(0, IKEV1_R_U_THERE, "\0\0\0\1", 4);
	put_notify(0, IKEV1_INITIAL_CONTACT, NULL, 0);
	put_notify(V1_SEED_FRAGMENTS, IKEV1_R_U_THERE, "\0\0\0\1", 4);
	put_fragments();
	put_nothing(IKEV1_MAIN_MODE);
	put_nothing(IKEV1_QUICK_MODE);
	put_nothing(IKEV1_INFORMATIONAL);
}

void v1_seeds(v1_seed_fn *emit_fn)
{
	emit_to = emit_fn;
	for (between = 0; between < V1_BETWEEN; between++)
		life();
	between = 0;
	unsaid();
}
