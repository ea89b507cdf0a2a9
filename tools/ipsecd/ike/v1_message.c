// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages of version 1 on their way out and in: HASH, encryption with its
 * running IV (RFC 2409 appendix B), and repetition.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sk.h"
#include "v1.h"

#define FIRST_INTERVAL_MS 1000 /* Windows: 1, 2, 4, 8, 16, 16 s */
#define LAST_INTERVAL_MS 16000
#define ANSWERS_MAX 8

int ikev1_bytes_set(struct ikev1_bytes *b, const void *data, size_t len)
{
	uint8_t *copy = malloc(len ?: 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, len);
	ikev1_bytes_free(b);
	b->data = copy;
	b->len = len;
	return 0;
}

void ikev1_bytes_free(struct ikev1_bytes *b)
{
	if (b->data)
		ike_wipe(b->data, b->len);
	free(b->data);
	*b = (struct ikev1_bytes){ 0 };
}

struct ike_blob ikev1_blob(const struct ikev1_bytes *b)
{
	return (struct ike_blob){ b->data, b->len };
}

struct ikev1_out *ikev1_out_new(const struct ike_sa *sa, uint8_t exchange,
				uint32_t id)
{
	struct ikev1_out *out = malloc(sizeof(*out));
	struct ike_header h = {
		.version = IKE_V1,
		.exchange = exchange,
		.id = id,
	};

	if (!out)
		return NULL;
	memcpy(h.spi_i, ike_sa_spi_i(sa), IKE_SPI_LEN);
	memcpy(h.spi_r, ike_sa_spi_r(sa), IKE_SPI_LEN);
	ike_build(&out->b, out->buf, sizeof(out->buf), &h);
	return out;
}

void ikev1_out_free(struct ikev1_out *out)
{
	if (out)
		ike_wipe(out->buf, out->b.w.len);
	free(out);
}

void ikev1_hash_reserve(struct ikev1_out *out, const struct ike_sa *sa)
{
	ipsec_write_room(ike_build_payload(&out->b, IKEV1_HASH),
			 ikev1_of(sa)->keys.len);
}

static int hash(const struct ikev1_keys *k, const struct iovec *head,
		unsigned int n, const void *rest, size_t len, uint8_t *out)
{
	struct iovec iov[6];

	memcpy(iov, head, n * sizeof(*head));
	iov[n] = (struct iovec){ (void *)rest, len };
	return ike_prf(k->prf, k->a, k->len, iov, n + 1, out);
}

int ikev1_hash_fill(struct ikev1_out *out, const struct ike_sa *sa,
		    const struct iovec *head, unsigned int n)
{
	const struct ikev1_keys *k = &ikev1_of(sa)->keys;
	size_t at = IKE_HEADER_LEN + 4, len = ike_build_finish(&out->b);

	if (len < at + k->len)
		return -EMSGSIZE;
	return hash(k, head, n, out->buf + at + k->len, len - at - k->len,
		    out->buf + at);
}

int ikev1_hash_check(const struct ike_sa *sa, const struct ike_message *m,
		     const struct iovec *head, unsigned int n)
{
	const struct ikev1_keys *k = &ikev1_of(sa)->keys;
	const struct ike_payload *first = &m->payload[0], *last;
	uint8_t want[IKE_PRF_MAX];
	const uint8_t *rest;

	if (m->payloads && first->type == IKEV1_HASH && first->len == k->len) {
		last = &m->payload[m->payloads - 1];
		rest = first->data + first->len;
		if (!hash(k, head, n, rest,
			  (size_t)(last->data + last->len - rest), want) &&
		    ike_equal(want, first->data, k->len))
			return 0;
	}
	sa->engine->counters.not_authentic++;
	return -EBADMSG;
}

int ikev1_decrypt_message(struct ike_sa *sa, struct ike_message *m, uint8_t *iv,
			  uint8_t *plain)
{
	const struct ikev1_keys *k = &ikev1_of(sa)->keys;
	size_t len = m->raw_len - IKE_HEADER_LEN, rest;
	uint8_t next[IKE_BLOCK_MAX];

	memcpy(next, iv, sizeof(next));
	memcpy(plain, m->raw + IKE_HEADER_LEN, len);
	m->payloads = 0;
	/* What does not parse was not encrypted by the peer: keep our IV. */
	if (ikev1_decrypt(k, next, plain, len) ||
	    ike_chain_parse(m, m->hdr.next, plain, len, &rest)) {
		sa->engine->counters.not_authentic++;
		return -EBADMSG;
	}
	memcpy(iv, next, sizeof(next));
	return 0;
}

/* Pads to the block and encrypts; the length is in the header. */
static int seal(struct ikev1_out *out, struct ikev1_wire *wire, size_t *len)
{
	const struct ikev1_keys *k = &ikev1_of(wire->sa)->keys;
	size_t body = *len - IKE_HEADER_LEN;
	size_t padded = (body + k->block - 1) / k->block * k->block;

	if (IKE_HEADER_LEN + padded > sizeof(out->buf))
		return -EMSGSIZE;
	memset(out->buf + *len, 0, padded - body);
	*len = IKE_HEADER_LEN + padded;
	ipsec_write_u32_at(&out->b.w, IKE_HEADER_LEN - 4, *len);
	ipsec_write_u8_at(&out->b.w, IKE_HEADER_LEN - 9, IKEV1_FLAG_ENCRYPTED);
	return ikev1_encrypt(k, wire->iv, out->buf + IKE_HEADER_LEN, padded);
}

static bool has_id(const struct ikev1_out *out, size_t len)
{
	struct ike_message m;
	const struct ike_payload *p;

	if (ike_message_parse(&m, out->buf, len))
		return false;
	p = ike_payload_get(&m, IKEV1_ID);
	return p != NULL;
}

int ikev1_out_send(struct ikev1_out *out, struct ikev1_wire *wire, bool encrypt,
		   unsigned int tries_max)
{
	struct ike_engine *engine = wire->sa->engine;
	size_t len = ike_build_finish(&out->b);
	int err = len ? 0 : -EMSGSIZE;

	if (!err) {
		wire->has_id = has_id(out, len);
		if (encrypt)
			err = seal(out, wire, &len);
	}
	if (!err)
		err = ikev1_bytes_set(&wire->sent, out->buf, len);
	ikev1_out_free(out);
	if (err)
		return err;
	wire->tries = 1;
	wire->tries_max = tries_max;
	wire->answers = 0;
	ike_timer_stop(&engine->timers, &wire->timer);
	if (tries_max)
		ike_timer_set(&engine->timers, &wire->timer,
			      ike_now(engine) + FIRST_INTERVAL_MS);
	ikev1_transmit(wire->sa, wire, ikev1_of(wire->sa)->fragment);
	return 0;
}

static uint64_t interval(unsigned int tries)
{
	uint64_t ms = FIRST_INTERVAL_MS << (tries < 5 ? tries : 5);

	return ms < LAST_INTERVAL_MS ? ms : LAST_INTERVAL_MS;
}

/* MS-IKEE 3.3: after two intervals a message with an identity goes in pieces. */
static void lost_again(const struct ikev1_wire *wire, unsigned int times)
{
	struct ikev1 *v1 = ikev1_of(wire->sa);

	if (times >= 2 && wire->has_id &&
	    v1->vendor & IKEV1_VENDOR_FRAGMENTATION &&
	    wire->sa->rule->fragmentation != POLICY_NO)
		v1->fragment = true;
}

static void resend_due(struct ike_timer *timer)
{
	struct ikev1_wire *wire =
		ike_container(timer, struct ikev1_wire, timer);
	struct ikev1 *v1 = ikev1_of(wire->sa);
	struct ike_engine *engine = wire->sa->engine;

	if (wire->tries >= wire->tries_max) {
		wire->given_up(wire);
		return;
	}
	lost_again(wire, wire->tries);
	engine->counters.retransmitted++;
	ike_timer_set(&engine->timers, &wire->timer,
		      ike_now(engine) + interval(wire->tries));
	wire->tries++;
	ikev1_transmit(wire->sa, wire, v1->fragment);
}

void ikev1_wire_init(struct ikev1_wire *wire, struct ike_sa *sa,
		     void (*given_up)(struct ikev1_wire *wire))
{
	*wire = (struct ikev1_wire){
		.sa = sa,
		.timer.fn = resend_due,
		.given_up = given_up,
	};
}

void ikev1_wire_free(struct ikev1_wire *wire)
{
	ikev1_wire_answered(wire);
	ikev1_bytes_free(&wire->sent);
	ike_wipe(wire->iv, sizeof(wire->iv));
}

void ikev1_wire_answered(struct ikev1_wire *wire)
{
	ike_timer_stop(&wire->sa->engine->timers, &wire->timer);
}

static int digest(const struct ike_message *m, uint8_t *out)
{
	struct iovec iov = { (void *)m->raw, m->raw_len };

	return ike_hash(IKE_HASH_SHA2_256, &iov, 1, out);
}

bool ikev1_wire_duplicate(struct ikev1_wire *wire, const struct ike_message *m)
{
	struct ike_sa *sa = wire->sa;
	uint8_t now[IKEV1_SEEN_LEN];

	if (!wire->has_seen || digest(m, now) ||
	    memcmp(now, wire->seen, sizeof(now)))
		return false;
	/* Not for ever: whoever repeats it need not be the peer. */
	if (wire->sent.len && wire->answers < ANSWERS_MAX) {
		wire->answers++;
		/* Its sender runs the same timer. */
		lost_again(wire, wire->answers);
		sa->engine->counters.answered_again++;
		ikev1_transmit(sa, wire, ikev1_of(sa)->fragment);
	}
	return true;
}

void ikev1_wire_seen(struct ikev1_wire *wire, const struct ike_message *m)
{
	wire->has_seen = !digest(m, wire->seen);
}

uint32_t ikev1_fresh_id(struct ike_sa *sa)
{
	const struct ike_env *env = sa->engine->env;
	uint32_t id = 0;

	while (!id && !env->random(env->ctx, &id, sizeof(id)))
		;
	ikev1_id_used(sa, id);
	return id;
}
