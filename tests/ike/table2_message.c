// SPDX-License-Identifier: GPL-2.0-or-later
/* The messages of version 2, as the peer sends them, and otherwise. */
#include <stdlib.h>

#include "forge.h"
#include "table2.h"
#include "v2_util.h"

#define PARTS_MAX 8

static struct forge_chain chain;

/* One message of the test: its datagrams. */
struct part {
	size_t len;
	uint8_t data[TABLE2_LEN];
};

static struct part part[PARTS_MAX];
static unsigned int parts;

static bool is_response(const struct table2_kept *k)
{
	return k->hdr.flags & IKEV2_FLAG_RESPONSE;
}

/* So long that a first message is answered without a cookie. */
static const uint8_t nonce[200] = { 0 };

static void put_ke(struct ike_builder *b, uint16_t group)
{
	struct ike_dh *dh = ike_dh_new(group);
	const uint8_t *ke;
	size_t len;

	ke = ike_dh_public(dh, &len);
	ikev2_ke_write(b, group, ke, len);
	ike_dh_free(dh);
}

static void put_spi(uint8_t out[4], uint32_t spi)
{
	struct ipsec_writer w;

	ipsec_writer_init(&w, out, 4);
	ipsec_write_u32(&w, spi);
}

/* Of the peer's first Child SA, what it receives by; 7: of none. */
static void put_child_spi(uint8_t out[4], bool there)
{
	const struct ike_child *child = TAILQ_FIRST(&table2_mate->children);

	put_spi(out, there && child ? child->proto[0].spi_in : 7);
}

static void put_child(struct ike_builder *b, enum message message)
{
	bool there = message == REKEY_CHILD;
	struct ike_ts_list list = { .count = 1 };
	struct ike_proposals offer = { 0 };
	struct ike_child *first = TAILQ_FIRST(&table2_mate->children), *child;
	uint8_t spi[4];

	if (!first)
		return;
	child = ike_child_new(table2_mate, table2_mate->rule, true);
	put_child_spi(spi, there);
	if (there || message == REKEY_NO_CHILD)
		ikev2_notify_write(b, IKE_PROTO_ESP, IKEV2_REKEY_SA, spi, 4,
				   NULL, 0);
	ike_child_offer(child, true, &offer);
	ikev2_notify_write(b, 0, IKEV2_USE_TRANSPORT_MODE, NULL, 0, NULL, 0);
	ikev2_sa_write(b, &offer);
	ike_bytes_write(b, IKEV2_NONCE, nonce, sizeof(nonce));
	put_ke(b, message == NEW_CHILD_GROUP ? IKE_GROUP_ECP384 :
					       IKE_GROUP_X25519);
	list.ts[0] = first->local;
	ikev2_ts_write(b, IKEV2_TSI, &list);
	list.ts[0] = first->remote;
	ikev2_ts_write(b, IKEV2_TSR, &list);
	ike_proposals_free(&offer);
	ike_child_free(child);
}

static void put_ike(struct ike_builder *b, bool rekey, uint16_t group)
{
	struct ike_proposal p = table2_peer->policy->rule[0].ike.p[0];
	struct ike_proposals offer = { 1, &p };

	p.proto = IKE_PROTO_IKE;
	p.spi_len = rekey ? IKE_SPI_LEN : 0;
	memset(p.spi, 7, p.spi_len);
	ikev2_sa_write(b, &offer);
	put_ke(b, group);
	ike_bytes_write(b, IKEV2_NONCE, nonce, sizeof(nonce));
}

static void put_group(struct ike_builder *b, uint16_t group)
{
	uint8_t be[2] = { group >> 8, group & 0xff };

	ikev2_notify_put(b, IKEV2_INVALID_KE_PAYLOAD, be, sizeof(be));
}

/* To where it is already, for it must have our nonce. */
static void put_redirect(struct ike_builder *b)
{
	const struct ikev2_nonce *ni = &ikev2_of(table2_sa)->ni;
	uint8_t data[6 + IKEV2_NONCE_MAX] = { 1, 4, 10, 0, 0, 2 };

	memcpy(data + 6, ni->data, ni->len);
	ikev2_notify_put(b, IKEV2_REDIRECT, data, 6 + ni->len);
}

static void put_delete(struct ike_builder *b, bool there)
{
	uint8_t spi[4];

	put_child_spi(spi, there);
	ikev2_delete_write(b, IKE_PROTO_ESP, 4, 1, spi);
}

static void put_notifies(struct ike_builder *b)
{
	static const uint8_t spi[4] = { 0, 0, 0, 7 };

	ikev2_notify_put(b, IKEV2_INVALID_SYNTAX, NULL, 0);
	ikev2_notify_put(b, 50000, "what", 4);
	ikev2_notify_write(b, IKE_PROTO_ESP, IKEV2_INVALID_SPI, spi, 4, NULL,
			   0);
}

static void put_critical(struct ike_builder *b)
{
	struct ipsec_writer *w = &b->w;
	size_t at = w->len;

	ike_bytes_write(b, 200, nonce, 4);
	ipsec_write_u8_at(w, at + 1, 0x80);
}

static void put_request(struct ike_builder *b, enum message message)
{
	switch (message) {
	case INIT_NEW:
	case INIT_SAME_SPI:
	case VERSION_3:
		put_ike(b, false, IKE_GROUP_X25519);
		break;
	case INIT_WRONG_GROUP:
		put_ike(b, false, IKE_GROUP_ECP256);
		break;
	case NEW_CHILD:
	case NEW_CHILD_GROUP:
	case REKEY_CHILD:
	case REKEY_NO_CHILD:
		put_child(b, message);
		break;
	case REKEY_IKE:
		put_ike(b, true, IKE_GROUP_X25519);
		break;
	case REKEY_IKE_GROUP:
		put_ike(b, true, IKE_GROUP_ECP256);
		break;
	case DELETE_CHILD:
		put_delete(b, true);
		break;
	case DELETE_NO_CHILD:
		put_delete(b, false);
		break;
	case DELETE_IKE:
		ikev2_delete_write(b, IKE_PROTO_IKE, 0, 0, NULL);
		break;
	case AUTH_FAILED:
		ikev2_notify_put(b, IKEV2_AUTHENTICATION_FAILED, NULL, 0);
		break;
	case NOTIFY:
		put_notifies(b);
		break;
	case CRITICAL:
		put_critical(b);
		break;
	default:
		break;
	}
}

static void put_answer(struct ike_builder *b, enum message message)
{
	switch (message) {
	case ANSWER_COOKIE:
		ikev2_notify_put(b, IKEV2_COOKIE, nonce, 8);
		break;
	case ANSWER_GROUP:
		put_group(b, IKE_GROUP_ECP256);
		break;
	case ANSWER_NO_GROUP:
		put_group(b, IKE_GROUP_MODP2048);
		break;
	case ANSWER_REDIRECT:
		put_redirect(b);
		break;
	case ANSWER_REFUSED:
		ikev2_notify_put(b, IKEV2_NO_PROPOSAL_CHOSEN, NULL, 0);
		break;
	case ANSWER_LATER:
		ikev2_notify_put(b, IKEV2_TEMPORARY_FAILURE, NULL, 0);
		break;
	case ANSWER_NO_CHILD:
		ikev2_notify_put(b, IKEV2_CHILD_SA_NOT_FOUND, NULL, 0);
		break;
	case ANSWER_AUTH_FAILED:
		ikev2_notify_put(b, IKEV2_AUTHENTICATION_FAILED, NULL, 0);
		break;
	case ANSWER_HINT:
		ikev2_notify_put(b, IKEV2_INVALID_IKE_SPI, NULL, 0);
		break;
	default:
		break;
	}
}

bool table2_is_answer(enum message message)
{
	return message >= ANSWER && message <= ANSWER_HINT;
}

static bool is_init(enum message message)
{
	return message <= INIT_SAME_SPI || message == VERSION_3;
}

bool table2_is_made(enum message message)
{
	return message != NEXT && message != COOKIE_BACK && message != ANSWER &&
	       (message < LAST_AGAIN || message >= VERSION_1);
}

uint8_t table2_exchange_of(enum message message)
{
	if (table2_is_answer(message))
		return ikev2_of(table2_sa)->request.exchange;
	switch (message) {
	case INIT_NEW:
	case INIT_WRONG_GROUP:
	case INIT_SAME_SPI:
	case VERSION_3:
		return IKEV2_SA_INIT;
	case AUTH_REQUEST:
		return IKEV2_AUTH;
	case NEW_CHILD:
	case NEW_CHILD_GROUP:
	case REKEY_CHILD:
	case REKEY_NO_CHILD:
	case REKEY_IKE:
	case REKEY_IKE_GROUP:
		return IKEV2_CREATE_CHILD_SA;
	case UNKNOWN:
		return 240;
	case VERSION_1:
		return IKEV1_MAIN_MODE;
	default:
		return IKEV2_INFORMATIONAL;
	}
}

static struct ike_header header(enum message message, enum variant variant)
{
	bool answer = table2_is_answer(message);
	struct ike_header h = forge_header(
		table2_mate, table2_exchange_of(message), answer,
		answer ? ikev2_of(table2_sa)->request.id : table2_expected);

	if (variant == NEXT_ID)
		h.id++;
	if (variant == LAST_ID)
		h.id--;
	if (is_init(message)) {
		h.id = 0;
		memset(h.spi_r, 0, IKE_SPI_LEN);
		h.flags = IKEV2_FLAG_INITIATOR;
	}
	if (is_init(message) && message != INIT_SAME_SPI)
		memset(h.spi_i, 9, IKE_SPI_LEN);
	if (answer && h.exchange == IKEV2_SA_INIT) {
		memcpy(h.spi_i, table2_sa->our_spi, IKE_SPI_LEN);
		memset(h.spi_r, 0, IKE_SPI_LEN);
		h.flags = IKEV2_FLAG_RESPONSE;
	}
	if (message == VERSION_1)
		h.version = IKE_V1;
	if (message == VERSION_3)
		h.version = 0x30;
	if (variant == FLIPPED)
		h.flags ^= IKEV2_FLAG_INITIATOR;
	return h;
}

/* Of what has a right form that can be spoilt. */
static bool is_sealed(enum message message)
{
	if (!ikev2_of(table2_mate)->keyed || is_init(message) ||
	    message == VERSION_1 || message == ANSWER_HINT)
		return false;
	return !table2_is_answer(message) ||
	       ikev2_of(table2_sa)->request.exchange != IKEV2_SA_INIT;
}

static void put(struct ike_builder *b, enum message message)
{
	if (table2_is_answer(message))
		put_answer(b, message);
	else
		put_request(b, message);
}

static void make_clear(enum message message, const struct ike_header *h)
{
	struct ike_builder b;

	ike_build(&b, part[0].data, TABLE2_LEN, h);
	put(&b, message);
	part[0].len = ike_build_finish(&b);
	parts = 1;
}

static void make_sealed(enum message message, const struct ike_header *h,
			enum variant variant)
{
	bool fragments = variant == FRAGMENTS || variant == FIRST_FRAGMENT;
	struct ike_builder b;
	size_t half;

	forge_begin(&chain, &b);
	put(&b, message);
	forge_end(&chain, &b);
	parts = 1;
	if (!fragments) {
		part[0].len = forge_seal(table2_mate, h, &chain, part[0].data,
					 TABLE2_LEN);
		if (variant == FORGED)
			part[0].data[part[0].len - 1] ^= 1;
		return;
	}
	half = chain.len / 2;
	part[0].len = forge_fragment(table2_mate, h, 1, 2, chain.first,
				     chain.data, half, part[0].data,
				     TABLE2_LEN);
	part[1].len = forge_fragment(table2_mate, h, 2, 2, IKE_NONE,
				     chain.data + half, chain.len - half,
				     part[1].data, TABLE2_LEN);
	parts += variant == FRAGMENTS;
}

static void add_part(const void *data, size_t len)
{
	if (parts == PARTS_MAX || len > TABLE2_LEN)
		abort();
	memcpy(part[parts].data, data, len);
	part[parts++].len = len;
}

/* The peer's answer to what the target awaits one to. */
static void make_answer(void)
{
	struct ike_path path = { table2_peer->addr, table2_target->addr,
				 IKE_PORT, IKE_PORT };
	const struct ikev2_request *r = &ikev2_of(table2_sa)->request;
	const struct net_packet *p;
	unsigned int i, before = table2_kept_count;

	/* It may know another first message of ours. */
	if (r->exchange == IKEV2_SA_INIT)
		ike_sa_free(table2_mate, IPSECDRV_REFUSE_REASON_POLICY);
	for (i = 0; i < before; i++)
		if (table2_kept[i].to == table2_peer &&
		    !is_response(&table2_kept[i]) &&
		    table2_kept[i].hdr.id == r->id &&
		    !memcmp(table2_kept[i].data, r->packets.packet[0].data,
			    IKE_HEADER_LEN))
			net_inject(table2_peer, &path, table2_kept[i].data,
				   table2_kept[i].len);
	TAILQ_FOREACH(p, &net.queue, link)
		if (p->to == table2_target && p->data[19] & IKEV2_FLAG_RESPONSE)
			add_part(p->data, p->len);
	table2_lose_all();
	if (r->exchange == IKEV2_SA_INIT)
		table2_mate = TAILQ_FIRST(&table2_peer->engine->list);
}

static bool is_awaited(const struct table2_kept *k)
{
	return table2_sa && ikev2_of(table2_sa)->request.kind &&
	       ikev2_of(table2_sa)->request.id == k->hdr.id;
}

/* What the peer sent, the last that fits. */
static void make_again(enum message message)
{
	bool response = message == OLD_ANSWER;
	uint32_t back = message == OLDER_AGAIN ? 2 :
			message == LAST_AGAIN  ? 1 :
						 0;
	unsigned int i, found = table2_kept_count;

	for (i = 0; i < table2_kept_count; i++) {
		if (table2_kept[i].to != table2_target ||
		    is_response(&table2_kept[i]) != response)
			continue;
		if (response && is_awaited(&table2_kept[i]))
			continue;
		if (!response &&
		    table2_kept[i].hdr.id + back != table2_expected)
			continue;
		/* Of fragments and of two with and without a cookie the first. */
		if (found == table2_kept_count || response ||
		    message == COOKIE_BACK)
			found = i;
	}
	if (found < table2_kept_count)
		add_part(table2_kept[found].data, table2_kept[found].len);
}

static void make_sent(enum message message)
{
	switch (message) {
	case ANSWER:
		make_answer();
		break;
	case NEXT:
		if (!table2_mate->established)
			make_again(message);
		break;
	case COOKIE_BACK:
		if (!table2_sa && blue->engine->counters.cookies_sent)
			make_again(message);
		break;
	default:
		make_again(message);
		break;
	}
}

bool table2_make(enum message message, enum variant variant)
{
	struct ike_header h;

	parts = 0;
	if (table2_is_answer(message) &&
	    (!table2_sa || !ikev2_of(table2_sa)->request.kind))
		return false;
	if (message >= OCSP_GOOD && message <= OCSP_NONE)
		return variant == AUTHENTIC && table2_target->ocsp_asked;
	if (!table2_is_made(message)) {
		if (variant == AUTHENTIC)
			make_sent(message);
		return parts;
	}
	if (variant != AUTHENTIC && (!table2_sa || !is_sealed(message)))
		return false;
	h = header(message, variant);
	if (variant == CLEAR || !is_sealed(message))
		make_clear(message, &h);
	else
		make_sealed(message, &h, variant);
	return true;
}

void table2_send(void)
{
	struct ike_path path = { table2_target->addr, table2_peer->addr,
				 IKE_PORT, IKE_PORT };
	unsigned int i;

	for (i = 0; i < parts; i++)
		net_inject(table2_target, &path, part[i].data, part[i].len);
}

void table2_inject(enum message message)
{
	struct table2_kept *k = &table2_kept[table2_kept_count++];

	if (!table2_make(message, AUTHENTIC) ||
	    ike_header_parse(&k->hdr, part[0].data, part[0].len))
		abort();
	k->to = table2_target;
	k->len = part[0].len;
	memcpy(k->data, part[0].data, part[0].len);
	table2_send();
}
