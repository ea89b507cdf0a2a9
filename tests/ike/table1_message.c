// SPDX-License-Identifier: GPL-2.0-or-later
/* The messages of version 1, as the peer sends them, and otherwise. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "forge.h"
#include "forge1.h"
#include "table1.h"
#include "v1_quick.h"

static const struct kind {
	uint8_t exchange;
	enum forge1_hash hash;
	bool clear; /* by its nature */
	bool of_quick; /* has the message ID of the quick mode, if there is one */
} kinds[] = {
	[MAIN_SA] = { IKEV1_MAIN_MODE, FORGE1_NO_HASH, true },
	[MAIN_KE] = { IKEV1_MAIN_MODE, FORGE1_NO_HASH, true },
	[MAIN_ID] = { IKEV1_MAIN_MODE },
	[MAIN_WRONG_ID] = { IKEV1_MAIN_MODE },
	[MAIN_NEW] = { IKEV1_MAIN_MODE, FORGE1_NO_HASH, true },
	[AGGRESSIVE_NEW] = { IKEV1_AGGRESSIVE, FORGE1_NO_HASH, true },
	[AGGRESSIVE_3] = { IKEV1_AGGRESSIVE },
	[AGGRESSIVE_WRONG] = { IKEV1_AGGRESSIVE },
	[QUICK_1] = { IKEV1_QUICK_MODE, FORGE1_HASH1 },
	[QUICK_1_OTHER] = { IKEV1_QUICK_MODE, FORGE1_HASH1 },
	[QUICK_2] = { IKEV1_QUICK_MODE, FORGE1_HASH2, false, true },
	[QUICK_3] = { IKEV1_QUICK_MODE, FORGE1_HASH3, false, true },
	[QUICK_4] = { IKEV1_QUICK_MODE, FORGE1_HASH1, false, true },
	[CONNECTED] = { IKEV1_INFORMATIONAL, FORGE1_HASH1, false, true },
	[R_U_THERE] = { IKEV1_INFORMATIONAL, FORGE1_HASH1 },
	[R_U_THERE_ACK] = { IKEV1_INFORMATIONAL, FORGE1_HASH1 },
	[DELETE_CHILD] = { IKEV1_INFORMATIONAL, FORGE1_HASH1 },
	[DELETE_CHILD_ACKED] = { IKEV1_INFORMATIONAL, FORGE1_HASH1 },
	[DELETE_NEW] = { IKEV1_INFORMATIONAL, FORGE1_HASH1 },
	[DELETE_SA] = { IKEV1_INFORMATIONAL, FORGE1_HASH1 },
	[DELETE_SA_ACKED] = { IKEV1_INFORMATIONAL, FORGE1_HASH1 },
	[ACK] = { IKEV1_INFORMATIONAL, FORGE1_ACK },
	[REFUSAL] = { IKEV1_INFORMATIONAL, FORGE1_HASH1 },
	[OTHER_NOTIFY] = { IKEV1_INFORMATIONAL, FORGE1_HASH1 },
	[INITIAL_CONTACT] = { IKEV1_INFORMATIONAL, FORGE1_HASH1 },
	[TRANSACTION] = { 6, FORGE1_HASH1 },
	[INVALID_COOKIE] = { IKEV1_INFORMATIONAL, FORGE1_NO_HASH, true },
	[MS_COOKIE] = { IKEV1_INFORMATIONAL, FORGE1_NO_HASH, true },
	[REFUSAL_CLEAR] = { IKEV1_INFORMATIONAL, FORGE1_NO_HASH, true },
	[VERSION_2] = { IKEV2_SA_INIT, FORGE1_NO_HASH, true },
};

static const uint8_t nonce[32] = { 5 };

static struct ikev1_quick *quick_of(const struct ike_sa *sa)
{
	return TAILQ_FIRST(&ikev1_of(sa)->quicks);
}

static void put_offer(struct ike_builder *b)
{
	struct ike_proposals offer = { 0 };

	ikev1_main_offer(&table1_peer->policy->rule[0], &offer);
	ikev1_sa_write(b, true, &offer);
	ike_proposals_free(&offer);
}

static void put_ke(struct ike_builder *b)
{
	struct ike_dh *dh = ike_dh_new(IKE_GROUP_ECP256);
	const uint8_t *ke;
	size_t len;

	ke = ike_dh_public(dh, &len);
	ike_bytes_write(b, IKEV1_KE, ke, len);
	ike_bytes_write(b, IKEV1_NONCE, nonce, sizeof(nonce));
	ike_dh_free(dh);
}

static void put_wrong_id(struct ike_builder *b)
{
	uint8_t id[8] = { IKE_ID_IPV4 }, hash[32] = { 7 };

	memcpy(id + 4, table1_peer->addr.b, 4);
	ike_bytes_write(b, IKEV1_ID, id, sizeof(id));
	ike_bytes_write(b, IKEV1_HASH, hash, sizeof(hash));
}

static struct ike_ts host_ts(struct ipsec_addr addr)
{
	return (struct ike_ts){
		.port = { 0, UINT16_MAX },
		.addr = { addr, addr },
	};
}

static void put_quick(struct ikev1_out *out, struct ipsec_addr remote)
{
	struct ike_child *child =
		ike_child_new(table1_mate, &table1_peer->policy->rule[0], true);
	struct ikev1_quick q = { .sa = table1_mate, .child = child };

	child->mode = child->rule->mode;
	child->local = host_ts(table1_peer->addr);
	child->remote = host_ts(remote);
	ikev1_quick_offer(&q);
	ikev1_sa_write(&out->b, false, &q.offer);
	ike_bytes_write(&out->b, IKEV1_NONCE, nonce, sizeof(nonce));
	ikev1_ids_write(out, child);
	ike_proposals_free(&q.offer);
	ike_child_free(child);
}

static uint32_t newest_spi(void)
{
	struct ike_child *child;
	uint32_t spi = table1_spi;

	TAILQ_FOREACH(child, &table1_mate->children, link)
		if (child->id)
			spi = child->proto[0].spi_in;
	return spi;
}

static void put_nonce(struct ikev1_out *out)
{
	ike_bytes_write(&out->b, IKEV1_NONCE, nonce, sizeof(nonce));
}

static void put_delete_child(struct ikev1_out *out, uint32_t spi)
{
	uint32_t be = htonl(spi);

	ikev1_delete_write(&out->b, IKE_PROTO_ESP, sizeof(be), 1, &be);
}

static void put_delete_sa(struct ikev1_out *out)
{
	ikev1_delete_write(&out->b, IKE_PROTO_IKE, 2 * IKE_SPI_LEN, 1,
			   out->buf);
}

static void put_notify(struct ikev1_out *out, uint16_t type, uint32_t number)
{
	uint32_t be = htonl(number);

	ikev1_notify_write(&out->b, IKE_PROTO_IKE, type, out->buf,
			   2 * IKE_SPI_LEN, &be, sizeof(be));
}

static void put(struct ikev1_out *out, enum message message, uint32_t quick)
{
	switch (message) {
	case MAIN_SA:
	case MAIN_NEW:
	case VERSION_2:
		put_offer(&out->b);
		break;
	case AGGRESSIVE_NEW:
		put_offer(&out->b);
		put_ke(&out->b);
		put_wrong_id(&out->b);
		break;
	case MAIN_KE:
		put_ke(&out->b);
		break;
	case MAIN_ID:
	case AGGRESSIVE_3:
		if (ikev1_of(table1_mate)->has_keys)
			ikev1_auth_write(out, table1_mate);
		break;
	case MAIN_WRONG_ID:
	case AGGRESSIVE_WRONG:
		put_wrong_id(&out->b);
		break;
	case QUICK_1:
	case QUICK_2:
		put_quick(out, table1_target->addr);
		break;
	case QUICK_1_OTHER:
		put_quick(out, net_addr("10.9.9.9"));
		break;
	case QUICK_4:
	case CONNECTED:
		put_notify(out, IKEV1_CONNECTED, 0);
		break;
	case R_U_THERE:
		put_notify(out, IKEV1_R_U_THERE, 17);
		break;
	case R_U_THERE_ACK:
		put_notify(out, IKEV1_R_U_THERE_ACK, 17);
		break;
	case DELETE_CHILD_ACKED:
		put_nonce(out);
		put_delete_child(out, table1_spi);
		break;
	case DELETE_CHILD:
		put_delete_child(out, table1_spi);
		break;
	case DELETE_NEW:
		put_delete_child(out, newest_spi());
		break;
	case DELETE_SA_ACKED:
		put_nonce(out);
		put_delete_sa(out);
		break;
	case DELETE_SA:
		put_delete_sa(out);
		break;
	case ACK:
		put_delete_child(out, table1_spi);
		put_nonce(out);
		break;
	case REFUSAL:
		put_notify(out, IKEV1_NO_PROPOSAL_CHOSEN, quick);
		break;
	case OTHER_NOTIFY:
		put_notify(out, IKEV1_REPLAY_STATUS, 0);
		put_notify(out, 50000, 0);
		break;
	case INITIAL_CONTACT:
		put_notify(out, IKEV1_INITIAL_CONTACT, 0);
		break;
	case REFUSAL_CLEAR:
		put_notify(out, IKEV1_NO_PROPOSAL_CHOSEN, 0);
		break;
	case INVALID_COOKIE:
		put_notify(out, IKEV1_INVALID_COOKIE, 0);
		break;
	case MS_COOKIE:
		ikev1_notify_write(&out->b, IKE_PROTO_IKE, IKEV1_MS_DOS_COOKIE,
				   NULL, 0, nonce, IKE_SPI_LEN);
		break;
	default:
		break;
	}
}

/* What the target takes for the last block of main mode, if it has keys. */
static const uint8_t *main_iv(void)
{
	struct ike_sa *sa = table1_sa && ikev1_of(table1_sa)->has_keys ?
				    table1_sa :
				    table1_mate;

	return sa->established ? ikev1_of(sa)->last_main :
				 ikev1_of(sa)->wire.iv;
}

static size_t craft(enum message message, bool clear, uint8_t *out)
{
	static const struct ike_blob any = { nonce, sizeof(nonce) };
	const struct kind *kind = &kinds[message];
	const struct ikev1 *v1 = ikev1_of(table1_mate);
	const struct ikev1_quick *q = quick_of(table1_mate);
	uint8_t iv[IKE_BLOCK_MAX];
	struct forge1 f = {
		.sa = table1_mate,
		.exchange = kind->exchange,
		.id = kind->of_quick && q ? q->id : 0x77777777,
		.hash = v1->has_keys ? kind->hash : FORGE1_NO_HASH,
		.ni = q ? ikev1_blob(&q->ni) : any,
		.nr = q ? ikev1_blob(&q->nr) : any,
		.clear = clear || kind->clear || !v1->has_keys,
		.iv = iv,
	};
	struct ikev1_out *o;

	memcpy(iv, main_iv(), sizeof(iv));
	if (kind->exchange == IKEV1_MAIN_MODE ||
	    kind->exchange == IKEV1_AGGRESSIVE)
		f.id = 0;
	else if (kind->exchange == IKEV1_QUICK_MODE && kind->of_quick && q)
		f.iv = q->wire.iv;
	else if (v1->has_keys)
		ikev1_iv_quick(&v1->keys, main_iv(), f.id, iv);
	o = forge1_begin(&f);
	put(o, message, q ? q->id : 0);
	return forge1_end(&f, o, out);
}

/* The first message of a negotiation that is not this one. */
static void make_new(enum message message, uint8_t *out)
{
	memset(out, 9, IKE_SPI_LEN);
	memset(out + IKE_SPI_LEN, 0, IKE_SPI_LEN);
	if (message != VERSION_2)
		return;
	out[17] = IKE_V2;
	out[FORGE1_FLAGS] = IKEV2_FLAG_INITIATOR;
}

static unsigned int queued_to_target(void)
{
	const struct net_packet *p;
	unsigned int n = 0;

	TAILQ_FOREACH(p, &net.queue, link)
		n += p->to == table1_target;
	return n;
}

/* What the peer sent and is (or was last) on its way; its length, 0: none. */
static size_t sent(bool delivered, uint8_t *out)
{
	unsigned int waiting = delivered ? queued_to_target() : 0, i;

	if (table1_kept.count <= waiting)
		return 0;
	i = (table1_kept.count - 1 - waiting) % TABLE1_KEPT;
	memcpy(out, table1_kept.data[i], table1_kept.len[i]);
	return table1_kept.len[i];
}

size_t table1_make(enum message message, bool clear, uint8_t *out)
{
	uint64_t seed = net.seed;
	size_t len;

	if (message == AGAIN)
		return sent(true, out);
	if (message >= OCSP_GOOD)
		return table1_target->ocsp_asked;
	if ((int)message == table1_due && !clear)
		return sent(false, out);
	len = craft(message, clear, out);
	if (message == MAIN_NEW || message == AGGRESSIVE_NEW ||
	    message == VERSION_2)
		make_new(message, out);
	net.seed = seed;
	return len;
}

uint8_t table1_second[IKE_MESSAGE_MAX];
size_t table1_second_len;

static size_t fragment(uint8_t *to, const uint8_t *out, size_t len,
		       unsigned int number)
{
	size_t half = len / 2, at = number == 1 ? 0 : half;
	struct ike_builder b;
	struct ipsec_writer *w;
	struct ike_header h;

	if (ike_header_parse(&h, out, len))
		abort();
	h.flags &= ~IKEV1_FLAG_ENCRYPTED;
	ike_build(&b, to, IKE_MESSAGE_MAX, &h);
	w = ike_build_payload(&b, IKEV1_FRAGMENT);
	ipsec_write_u16(w, 77);
	ipsec_write_u8(w, number);
	ipsec_write_u8(w, number == 2);
	ipsec_write(w, out + at, number == 1 ? half : len - half);
	return ike_build_finish(&b);
}

static void make_fragments(uint8_t *out, size_t *len)
{
	uint8_t whole[IKE_MESSAGE_MAX];

	memcpy(whole, out, *len);
	table1_second_len = fragment(table1_second, whole, *len, 2);
	*len = fragment(out, whole, *len, 1);
}

/* Of no SA here, or of none that can be spoilt. */
static bool is_stray(enum message message)
{
	return message == MAIN_NEW || message == AGGRESSIVE_NEW ||
	       (message >= INVALID_COOKIE && message <= VERSION_2);
}

bool table1_vary(enum message message, enum variant variant, uint8_t *out,
		 size_t *len)
{
	bool secret = out[FORGE1_FLAGS] & IKEV1_FLAG_ENCRYPTED;

	if (variant == AUTHENTIC)
		return *len != 0;
	if (message >= AGAIN || is_stray(message) || !table1_sa)
		return false;
	/* In clear it has a meaning of its own. */
	if (message == REFUSAL && variant != FRAGMENTS &&
	    (!secret || variant == CLEAR))
		return false;
	switch (variant) {
	case FRAGMENTS:
	case FIRST_FRAGMENT:
		make_fragments(out, len);
		if (variant == FIRST_FRAGMENT)
			table1_second_len = 0;
		return true;
	case FORGED:
		/* In the HASH, or where an identity begins. */
		out[IKE_HEADER_LEN + (message <= AGGRESSIVE_3 ? 0 : 16)] ^= 1;
		return secret;
	case CLEAR:
		/* It may be so. */
		if (message == AGGRESSIVE_3)
			return false;
		*len = table1_make(message, true, out);
		return secret;
	case MARKED:
		out[FORGE1_FLAGS] |= IKEV1_FLAG_ENCRYPTED;
		return !secret;
	default:
		out[FORGE1_ID] ^= 1;
		return true;
	}
}

void table1_inject(enum message message)
{
	static uint8_t out[IKE_MESSAGE_MAX];
	struct ike_path path = forge_path(table1_mate);

	net_inject(table1_target, &path, out, table1_make(message, false, out));
}

uint8_t table1_exchange_of(enum message message)
{
	return kinds[message].exchange;
}
