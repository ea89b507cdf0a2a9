// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each message does in each state, in both roles: sent by the peer that
 * holds the keys; and the same message forged, in clear, or with a message ID
 * that is not due, which must do nothing anywhere.
 */
#include <errno.h>
#include <stdlib.h>

#include "forge.h"
#include "pair.h"
#include "table.h"
#include "tap.h"
#include "v2_util.h"

enum state {
	INIT_SENT,
	AUTH_SENT,
	AUTH_AWAITED,
	FAILED,
	IDLE,
	CREATING,
	REKEYING_CHILD,
	REKEYING,
	DELETING_CHILD,
	CHECKING,
	DELETING,
	REPLACED,
};

static const char *const state_names[] = {
	[INIT_SENT] = "IKE_SA_INIT sent",
	[AUTH_SENT] = "IKE_AUTH sent",
	[AUTH_AWAITED] = "IKE_AUTH awaited",
	[FAILED] = "IKE_AUTH failed",
	[IDLE] = "established",
	[CREATING] = "creates a Child SA",
	[REKEYING_CHILD] = "rekeys the Child SA",
	[REKEYING] = "rekeys the IKE SA",
	[DELETING_CHILD] = "deletes the Child SA",
	[CHECKING] = "checks the peer",
	[DELETING] = "deletes the IKE SA",
	[REPLACED] = "replaced",
	NULL,
};

enum message {
	INIT_REQUEST,
	INIT_RESPONSE,
	AUTH_REQUEST,
	NEW_CHILD,
	REKEY_CHILD,
	REKEY_IKE,
	EMPTY,
	DELETE_CHILD,
	DELETE_IKE,
	NOTIFY,
	RESPONSE,
	UNKNOWN,
	VERSION_1,
};

static const char *const message_names[] = {
	[INIT_REQUEST] = "IKE_SA_INIT request, not the same",
	[INIT_RESPONSE] = "IKE_SA_INIT answer",
	[AUTH_REQUEST] = "IKE_AUTH request, without AUTH",
	[NEW_CHILD] = "CREATE_CHILD_SA: new Child SA",
	[REKEY_CHILD] = "CREATE_CHILD_SA: rekey of the Child SA",
	[REKEY_IKE] = "CREATE_CHILD_SA: rekey of the IKE SA",
	[EMPTY] = "INFORMATIONAL, empty",
	[DELETE_CHILD] = "INFORMATIONAL: Delete of the Child SA",
	[DELETE_IKE] = "INFORMATIONAL: Delete of the IKE SA",
	[NOTIFY] = "INFORMATIONAL: error and unknown notifies",
	[RESPONSE] = "the answer awaited, but empty",
	[UNKNOWN] = "request of exchange 240",
	[VERSION_1] = "main mode of version 1",
	NULL,
};

/*
 * . nothing; a answered; t TEMPORARY_FAILURE; f AUTHENTICATION_FAILED and the
 * end; x answered, and the IKE SA ends; e ends; r ours is over.
 */
static const char *const cells[] = {
	/*                    states as above */
	[INIT_REQUEST] = "............", [INIT_RESPONSE] = "............",
	[AUTH_REQUEST] = "..f.........", [NEW_CHILD] = "....aaataatt",
	[REKEY_CHILD] = "....aaattatt",	 [REKEY_IKE] = "....attatatt",
	[EMPTY] = "....aaaaaaaa",	 [DELETE_CHILD] = "....aaaaaaaa",
	[DELETE_IKE] = "....xxxxxxxx",	 [NOTIFY] = "....aaaaaaaa",
	[RESPONSE] = ".e...rrrrre.",	 [UNKNOWN] = "............",
	[VERSION_1] = "............",
};

enum variant {
	AUTHENTIC,
	FORGED,
	CLEAR,
	NEXT_ID,
	LAST_ID,
	FLIPPED,
};

static const char *const variant_names[] = {
	[AUTHENTIC] = "authentic",
	[FORGED] = "with a wrong ICV",
	[CLEAR] = "in clear",
	[NEXT_ID] = "with the next message ID",
	[LAST_ID] = "with the last message ID",
	[FLIPPED] = "with the initiator flag of the other side",
	NULL,
};

/* Who is asked, and who asks; the peer's SA seals. */
static struct net_host *target, *peer;
static struct ike_sa *target_sa, *peer_sa;
static struct forge_chain chain;

static struct ike_sa *oldest(struct net_host *host)
{
	return TAILQ_FIRST(&host->engine->list);
}

static void lose_all(void)
{
	while (net_queued(&net))
		net_lose(&net, 0);
}

/* The first messages, up to the state. False: there is none in that role. */
static bool set_up_early(enum state state, bool initiator)
{
	bool of_initiator = state == INIT_SENT || state == AUTH_SENT;

	if (initiator != of_initiator)
		return false;
	if (state == FAILED)
		pair_begin("    psk: one\n", "    psk: another\n");
	else
		pair_same(NULL);
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_deliver(&net, 0);
	if (state == INIT_SENT) {
		lose_all();
		return true;
	}
	net_deliver(&net, 0);
	if (state != AUTH_AWAITED)
		net_deliver(&net, 0);
	lose_all();
	return true;
}

static void choose_sides(bool initiator)
{
	target = initiator ? red : blue;
	peer = initiator ? blue : red;
}

static void set_up_late(enum state state, bool initiator)
{
	pair_same("    liveness: 0\n");
	choose_sides(initiator);
	pair_establish();
	net.manual = true;
	switch (state) {
	case CREATING:
		pair_acquire(target);
		break;
	case REKEYING_CHILD:
		pair_soft(target);
		break;
	case REKEYING:
		ike_engine_rekey_ike(target->engine, "all");
		break;
	case DELETING_CHILD:
		pair_hard(target);
		break;
	case CHECKING:
		ike_engine_check(target->engine, "all");
		break;
	case DELETING:
		ike_engine_down(target->engine, "all");
		break;
	case REPLACED:
		/* The peer rekeys it, and its Delete is lost. */
		ike_engine_rekey_ike(peer->engine, "all");
		net_deliver(&net, 0);
		break;
	default:
		break;
	}
	lose_all();
}

static bool set_up(enum state state, bool initiator)
{
	if (state >= IDLE)
		set_up_late(state, initiator);
	else if (!set_up_early(state, initiator))
		return false;
	choose_sides(initiator);
	target_sa = oldest(target);
	peer_sa = oldest(peer);
	return true;
}

static void put_child(struct ike_builder *b, bool rekey)
{
	struct ike_ts_list list = { .count = 1 };
	struct ike_proposals offer = { 0 };
	struct ike_child *child = ike_child_new(peer_sa, peer_sa->rule, true);
	uint8_t nonce[32] = { 0 }, spi[4];
	struct ipsec_writer w;

	ipsec_writer_init(&w, spi, sizeof(spi));
	ipsec_write_u32(&w, TAILQ_FIRST(&peer_sa->children)->proto[0].spi_in);
	if (rekey)
		ikev2_notify_write(b, IKE_PROTO_ESP, IKEV2_REKEY_SA, spi, 4,
				   NULL, 0);
	ike_child_offer(child, true, &offer);
	ikev2_notify_write(b, 0, IKEV2_USE_TRANSPORT_MODE, NULL, 0, NULL, 0);
	ikev2_sa_write(b, &offer);
	ike_bytes_write(b, IKEV2_NONCE, nonce, sizeof(nonce));
	list.ts[0] = TAILQ_FIRST(&peer_sa->children)->local;
	ikev2_ts_write(b, IKEV2_TSI, &list);
	list.ts[0] = TAILQ_FIRST(&peer_sa->children)->remote;
	ikev2_ts_write(b, IKEV2_TSR, &list);
	ike_proposals_free(&offer);
	ike_child_free(child);
}

static void put_rekey(struct ike_builder *b)
{
	struct ike_proposal p = peer_sa->rule->ike.p[0];
	struct ike_proposals offer = { 1, &p };
	struct ike_dh *dh = ike_dh_new(IKE_GROUP_X25519);
	uint8_t nonce[32] = { 0 };
	const uint8_t *ke;
	size_t len;

	p.proto = IKE_PROTO_IKE;
	p.spi_len = IKE_SPI_LEN;
	memset(p.spi, 7, IKE_SPI_LEN);
	ikev2_sa_write(b, &offer);
	ike_bytes_write(b, IKEV2_NONCE, nonce, sizeof(nonce));
	ke = ike_dh_public(dh, &len);
	ikev2_ke_write(b, IKE_GROUP_X25519, ke, len);
	ike_dh_free(dh);
}

static void put(struct ike_builder *b, enum message message)
{
	uint8_t spi[4] = { 0 };
	struct ipsec_writer w;

	switch (message) {
	case NEW_CHILD:
	case REKEY_CHILD:
		if (TAILQ_FIRST(&peer_sa->children))
			put_child(b, message == REKEY_CHILD);
		break;
	case REKEY_IKE:
		if (peer_sa->rule)
			put_rekey(b);
		break;
	case DELETE_CHILD:
		ipsec_writer_init(&w, spi, sizeof(spi));
		if (TAILQ_FIRST(&peer_sa->children))
			ipsec_write_u32(&w, TAILQ_FIRST(&peer_sa->children)
						    ->proto[0]
						    .spi_in);
		ikev2_delete_write(b, IKE_PROTO_ESP, 4, 1, spi);
		break;
	case DELETE_IKE:
		ikev2_delete_write(b, IKE_PROTO_IKE, 0, 0, NULL);
		break;
	case NOTIFY:
		ikev2_notify_write(b, 0, IKEV2_INVALID_SYNTAX, NULL, 0, NULL,
				   0);
		ikev2_notify_write(b, 0, 50000, NULL, 0, "what", 4);
		ikev2_notify_write(b, IKE_PROTO_ESP, IKEV2_INVALID_SPI, spi, 4,
				   NULL, 0);
		break;
	default:
		break;
	}
}

static uint8_t exchange_of(enum message message)
{
	switch (message) {
	case INIT_REQUEST:
	case INIT_RESPONSE:
		return IKEV2_SA_INIT;
	case AUTH_REQUEST:
		return IKEV2_AUTH;
	case NEW_CHILD:
	case REKEY_CHILD:
	case REKEY_IKE:
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
	const struct ikev2 *v = ikev2_of(target_sa);
	bool response = message == RESPONSE || message == INIT_RESPONSE;
	uint32_t id = response ? v->request.id : v->expected;
	struct ike_header h;

	/* A target that had its answer already expects it no more. */
	if (message == RESPONSE && !v->request.kind)
		id = v->next_id;
	if (variant == NEXT_ID)
		id++;
	if (variant == LAST_ID)
		id--;
	h = forge_header(peer_sa,
			 message == RESPONSE ? v->request.exchange :
					       exchange_of(message),
			 response, id);
	if (message == INIT_REQUEST)
		memset(h.spi_r, 0, IKE_SPI_LEN);
	if (message == VERSION_1)
		h.version = IKE_V1;
	if (variant == FLIPPED)
		h.flags ^= IKEV2_FLAG_INITIATOR;
	return h;
}

/* A whole message; its length. */
static size_t make(enum message message, enum variant variant, uint8_t *out,
		   size_t size)
{
	bool clear = variant == CLEAR || message == INIT_REQUEST ||
		     message == INIT_RESPONSE || message == VERSION_1;
	struct ike_header h = header(message, variant);
	struct ike_builder b;
	size_t len;

	if (clear || !ikev2_of(peer_sa)->keyed) {
		ike_build(&b, out, size, &h);
		put(&b, message);
		return ike_build_finish(&b);
	}
	forge_begin(&chain, &b);
	put(&b, message);
	forge_end(&chain, &b);
	len = forge_seal(peer_sa, &h, &chain, out, size);
	if (variant == FORGED)
		out[len - 1] ^= 1;
	return len;
}

/* The error notify of the answer; 0xffff: there is no answer. */
static uint16_t answer(void)
{
	struct net_packet *p = TAILQ_FIRST(&net.queue);
	struct ike_message m = { .hdr = { .version = IKE_V2 } };
	struct ike_notify n;
	size_t rest;

	if (!p)
		return 0xffff;
	if (!forge_open(p, &chain) ||
	    ike_chain_parse(&m, chain.first, chain.data, chain.len, &rest))
		return 0;
	return ikev2_notify_error(&m, &n);
}

static char verdict(enum message message, enum variant variant)
{
	static char before[FORGE_STATE_LEN], after[FORGE_STATE_LEN];
	static uint8_t out[IKE_MESSAGE_MAX];
	struct ike_path path = forge_path(peer_sa);
	uint8_t spi[IKE_SPI_LEN];
	size_t len = make(message, variant, out, sizeof(out));
	struct ike_sa *sa;
	uint16_t error;
	bool ended;

	memcpy(spi, target_sa->our_spi, sizeof(spi));
	forge_state(target, before, sizeof(before));
	net_inject(target, &path, out, len);
	error = answer();
	sa = ike_engine_find(target->engine, spi);
	ended = !sa || ikev2_of(sa)->state == IKEV2_FAILED;
	forge_state(target, after, sizeof(after));
	if (!strcmp(before, after))
		return '.';
	if (message == RESPONSE)
		return ended ? 'e' : 'r';
	if (error == IKEV2_AUTHENTICATION_FAILED)
		return 'f';
	if (error == IKEV2_TEMPORARY_FAILURE)
		return 't';
	if (error)
		return '?';
	return ended ? 'x' : 'a';
}

static char run(unsigned int state, bool initiator, unsigned int message,
		unsigned int variant)
{
	char got;

	if (!set_up(state, initiator))
		return 0;
	got = verdict(message, variant);
	pair_end();
	return got;
}

int main(int argc, char **argv)
{
	static const struct table states = {
		.states = state_names,
		.messages = message_names,
		.variants = variant_names,
		.cells = cells,
		.run = run,
	};

	return table_main(&states, argc, argv);
}
