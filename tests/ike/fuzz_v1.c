// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Version 1 in its states: one message of a peer that holds the keys and is
 * mad, or of anybody in clear; then the two are left alone for a while. The
 * input is struct v1_seed_head, and the payloads, but for a first HASH.
 */
#include "bodies.h"
#include "forge.h"
#include "forge1.h"
#include "pair.h"
#include "v1_seeds.h"
#include "v1_states.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHAIN_MAX 8192
#define FRAGMENT 64
#define FRESH_ID 7
/* Until what is open is given up; fragments are waited for longer. */
#define SHORT 30000
#define LONG 80000

/* The input. */
static struct v1_seed_head head;
static const uint8_t *chain;
static size_t chain_len;

/* The payload's body; of a chain that cannot be read, what is before the fault. */
static struct ike_blob body_of(uint8_t type)
{
	static struct ike_message m;
	const struct ike_payload *p;
	size_t rest;

	m.hdr.version = IKE_V1;
	m.payloads = 0;
	ike_chain_parse(&m, head.first, chain, chain_len, &rest);
	p = ike_payload_get(&m, type);
	return p ? (struct ike_blob){ p->data, p->len } :
		   (struct ike_blob){ NULL, 0 };
}

static bool is_phase_2(void)
{
	return head.exchange == IKEV1_QUICK_MODE ||
	       head.exchange == IKEV1_INFORMATIONAL;
}

/* Where the exchange is that it could be of; else it begins one. */
static bool find_exchange(struct forge1 *f, const struct ike_sa *sa)
{
	const struct ikev1 *v1 = ikev1_of(sa);
	const struct ikev1_quick *q = TAILQ_FIRST(&v1->quicks);
	const struct ikev1_notice *notice = TAILQ_FIRST(&v1->notices);

	if (!is_phase_2()) {
		f->iv = v1->wire.iv;
		return true;
	}
	if (head.exchange == IKEV1_QUICK_MODE && q && !q->done) {
		f->id = q->id;
		f->iv = q->wire.iv;
		f->ni = ikev1_blob(&q->ni);
		f->nr = ikev1_blob(&q->nr);
		if (q->initiator)
			f->nr = body_of(IKEV1_NONCE);
		return true;
	}
	if (f->hash == FORGE1_ACK && notice) {
		f->id = notice->id;
		f->iv = notice->wire.iv;
		f->ni = ikev1_blob(&notice->ni);
		f->nr = body_of(IKEV1_NONCE);
		return true;
	}
	return false;
}

static bool begin_exchange(struct forge1 *f, const struct ike_sa *sa,
			   uint8_t *iv)
{
	const struct ikev1 *v1 = ikev1_of(sa);

	f->id = FRESH_ID;
	f->iv = iv;
	return f->clear ||
	       !ikev1_iv_quick(&v1->keys,
			       sa->established ? v1->last_main : v1->wire.iv,
			       f->id, iv);
}

static void send_fragments(struct net_host *to, const struct ike_path *path,
			   const uint8_t *msg, size_t len)
{
	uint8_t buf[256], number[4] = { 0, 1, 0, 0 };
	struct ike_header h;
	struct ipsec_writer *w;
	struct ike_builder b;
	size_t n;

	bodies_check(!ike_header_parse(&h, msg, len));
	h.flags = 0;
	for (; len; msg += n, len -= n) {
		n = len < FRAGMENT ? len : FRAGMENT;
		number[2]++;
		number[3] = n == len;
		ike_build(&b, buf, sizeof(buf), &h);
		w = ike_build_payload(&b, IKEV1_FRAGMENT);
		ipsec_write(w, number, sizeof(number));
		ipsec_write(w, msg, n);
		net_inject(to, path, buf, ike_build_finish(&b));
	}
}

/* Of a negotiation that nobody has begun. */
static size_t first_message(uint8_t *buf)
{
	const struct ike_header h = {
		.spi_i = "a cookie",
		.version = IKE_V1,
		.exchange = head.exchange,
	};
	struct ike_builder b;

	ike_build(&b, buf, IKE_MESSAGE_MAX, &h);
	forge_append(&b, head.first, chain, chain_len);
	return ike_build_finish(&b);
}

/* 0: it cannot be. */
static size_t message_of(const struct ike_sa *sa, uint8_t *buf)
{
	struct forge1 f = {
		.sa = sa,
		.initiator = !sa->initiator,
		.exchange = head.exchange,
		.hash = head.hash % (FORGE1_AUTH + 1),
		.clear = head.flags & V1_SEED_CLEAR || !ikev1_of(sa)->has_keys,
	};
	uint8_t iv[IKE_BLOCK_MAX];
	struct ikev1_out *out;

	if (f.clear)
		f.hash = FORGE1_NO_HASH;
	if (!f.clear && f.hash == FORGE1_NO_HASH && !chain_len)
		return 0;
	f.body = body_of(f.hash == FORGE1_ACK ? IKEV1_DELETE : IKEV1_ID);
	if (f.hash == FORGE1_AUTH && ikev1_of(sa)->aggressive)
		f.body = ikev1_blob(&ikev1_of(sa)->id_i);
	if (!find_exchange(&f, sa) && !begin_exchange(&f, sa, iv))
		return 0;
	out = forge1_begin(&f);
	if (head.flags & V1_SEED_COMMIT)
		out->buf[FORGE1_FLAGS] |= IKEV1_FLAG_COMMIT;
	forge_append(&out->b, head.first, chain, chain_len);
	return forge1_end(&f, out, buf);
}

static void inject(struct net_host *to, const struct net_host *from)
{
	static uint8_t buf[IKE_MESSAGE_MAX];
	const struct ike_sa *sa =
		head.flags & V1_SEED_NEWEST ?
			TAILQ_LAST(&to->engine->list, ike_sa_list) :
			TAILQ_FIRST(&to->engine->list);
	struct ike_path path = { to->addr, from->addr, IKE_PORT, IKE_PORT };
	size_t len = sa ? message_of(sa, buf) : first_message(buf);

	if (sa)
		path = sa->path;
	else if (from->nat.len)
		path.remote = from->nat;
	if (!len)
		return;
	if (head.flags & V1_SEED_FRAGMENTS)
		send_fragments(to, &path, buf, len);
	else
		net_inject(to, &path, buf, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct net_host *to;

	if (size < sizeof(head) || size - sizeof(head) > CHAIN_MAX)
		return 0;
	memcpy(&head, data, sizeof(head));
	chain = data + sizeof(head);
	chain_len = size - sizeof(head);
	head.between %= V1_BETWEEN;
	net_keep_policies = true;
	v1_begin(head.between |
		 (head.flags & V1_SEED_COOKIES ? V1_COOKIES : 0));
	v1_bring_to(head.state % V1_STATES, head.between,
		    head.flags & V1_SEED_BLUE_ACTS ? blue : red);
	to = head.flags & V1_SEED_TO_RED ? red : blue;
	inject(to, to == red ? blue : red);
	net.manual = false;
	net_run(&net, head.first == IKEV1_FRAGMENT ? LONG : SHORT);
	pair_end();
	return 0;
}
