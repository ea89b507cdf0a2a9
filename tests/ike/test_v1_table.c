// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Version 1: what each message does in each state, in both roles: as the peer
 * sends it, who holds the keys; and the same with a wrong HASH, in clear, or
 * under another message ID, which must do nothing anywhere: what comes
 * afterwards is then the same as if it had not come. Messages that nobody
 * needs keys for are in v1_strangers, too.
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "forge.h"
#include "forge1.h"
#include "pair.h"
#include "table.h"
#include "v1_quick.h"

#define QUIET_MS 70000 /* finished quick modes are forgotten */
#define LATER_MS 5000
#define KEPT 64

enum state {
	SA_SENT,
	SA_ANSWERED,
	KE_SENT,
	KE_ANSWERED,
	ID_SENT,
	IDLE,
	QUICK_SENT,
	QUICK_ANSWERED,
	QUICK_SENDER_DONE,
	QUICK_ANSWERER_DONE,
	CONNECTED_AWAITED,
	CHECKING,
	DELETING_CHILD,
	DELETING,
	REPLACED,
	ENDED,
};

static const char *const state_names[] = {
	[SA_SENT] = "main mode: 1 sent, 2 awaited",
	[SA_ANSWERED] = "main mode: 2 sent, 3 awaited",
	[KE_SENT] = "main mode: 3 sent, 4 awaited",
	[KE_ANSWERED] = "main mode: 4 sent, 5 awaited",
	[ID_SENT] = "main mode: 5 sent, 6 awaited",
	[IDLE] = "established",
	[QUICK_SENT] = "quick mode: 1 sent, 2 awaited",
	[QUICK_ANSWERED] = "quick mode: 2 sent, 3 awaited",
	[QUICK_SENDER_DONE] = "quick mode: 3 sent",
	[QUICK_ANSWERER_DONE] = "quick mode: 3 taken",
	[CONNECTED_AWAITED] = "quick mode: 3 sent, 4 awaited (commit bit)",
	[CHECKING] = "R-U-THERE sent",
	[DELETING_CHILD] = "Delete of quick mode sent to a Windows peer",
	[DELETING] = "Delete of main mode sent to a Windows peer",
	[REPLACED] = "replaced by a main mode of the peer's",
	[ENDED] = "deleted here, and not there",
	NULL,
};

enum message {
	MAIN_SA,
	MAIN_KE,
	MAIN_ID,
	MAIN_WRONG_ID,
	MAIN_NEW,
	AGGRESSIVE,
	QUICK_1,
	QUICK_1_OTHER,
	QUICK_2,
	QUICK_3,
	QUICK_4,
	CONNECTED,
	R_U_THERE,
	R_U_THERE_ACK,
	DELETE_CHILD,
	DELETE_CHILD_ACKED,
	DELETE_NEW,
	DELETE_SA,
	DELETE_SA_ACKED,
	ACK,
	REFUSAL,
	OTHER_NOTIFY,
	INITIAL_CONTACT,
	TRANSACTION,
	INVALID_COOKIE,
	MS_COOKIE,
	VERSION_2,
	AGAIN,
};

static const char *const message_names[] = {
	[MAIN_SA] = "main mode 1 or 2: SA",
	[MAIN_KE] = "main mode 3 or 4: key exchange",
	[MAIN_ID] = "main mode 5 or 6: identity",
	[MAIN_WRONG_ID] = "main mode 5 or 6, with a wrong proof",
	[MAIN_NEW] = "main mode 1 of another SA",
	[AGGRESSIVE] = "aggressive mode",
	[QUICK_1] = "quick mode 1",
	[QUICK_1_OTHER] = "quick mode 1, for traffic of no rule",
	[QUICK_2] = "quick mode 2",
	[QUICK_3] = "quick mode 3",
	[QUICK_4] = "quick mode 4: CONNECTED",
	[CONNECTED] = "informational: CONNECTED, of that quick mode",
	[R_U_THERE] = "informational: R-U-THERE",
	[R_U_THERE_ACK] = "informational: R-U-THERE-ACK",
	[DELETE_CHILD] = "informational: Delete of quick mode",
	[DELETE_CHILD_ACKED] =
		"informational: Delete of quick mode, to be acknowledged",
	[DELETE_NEW] = "informational: Delete of the newest quick mode",
	[DELETE_SA] = "informational: Delete of main mode",
	[DELETE_SA_ACKED] =
		"informational: Delete of main mode, to be acknowledged",
	[ACK] = "informational: acknowledgement of a Delete",
	[REFUSAL] = "informational: NO-PROPOSAL-CHOSEN, of that quick mode",
	[OTHER_NOTIFY] = "informational: status and unknown notifies",
	[INITIAL_CONTACT] = "informational: INITIAL-CONTACT",
	[TRANSACTION] = "transaction exchange",
	[INVALID_COOKIE] = "INVALID-COOKIE in clear",
	[MS_COOKIE] = "Windows' cookie in clear",
	[VERSION_2] = "IKE_SA_INIT of version 2",
	[AGAIN] = "the last message again",
	NULL,
};

/*
 * . nothing; a answered; r refused; n goes on, without an answer; e the SA
 * ends; x answered, and it ends; h told that it is not known.
 */
static const char *const cells[] = {
	[MAIN_SA] = "a..............h",
	[MAIN_KE] = ".aa............h",
	[MAIN_ID] = "...aa..........h",
	[MAIN_WRONG_ID] = "...............h",
	[MAIN_NEW] = "aaaaaaaaaaaaaaaa",
	[AGGRESSIVE] = "...............h",
	[QUICK_1] = ".....aaaaaaaa.ah",
	[QUICK_1_OTHER] = ".....rrrrrrrr.rh",
	[QUICK_2] = "......a........h",
	[QUICK_3] = ".......n.......h",
	[QUICK_4] = ".....r....nrr.rh",
	[CONNECTED] = "..........n....h",
	[R_U_THERE] = "...aaaaaaaaaaaah",
	[R_U_THERE_ACK] = "...........n...h",
	[DELETE_CHILD] = ".....nnnnn.n.nnh",
	[DELETE_CHILD_ACKED] = "...aaaaaaaaaaaah",
	[DELETE_NEW] = ".....n.nnnnn.nnh",
	[DELETE_SA] = "...eeeeeeeeeeeeh",
	[DELETE_SA_ACKED] = "...xxxxxxxxxxxxh",
	[ACK] = "............ne.h",
	[REFUSAL] = "...ee.n...n....h",
	[OTHER_NOTIFY] = "...............h",
	[INITIAL_CONTACT] = "...............h",
	[TRANSACTION] = "...............h",
	[INVALID_COOKIE] = ".....AAAAAA.A.A.",
	[MS_COOKIE] = "a...............",
	[VERSION_2] = "................",
	[AGAIN] = ".aaaa..aaaa...ah",
	NULL,
};

enum variant {
	AUTHENTIC,
	FORGED,
	CLEAR,
	MARKED,
	OTHER_ID,
};

static const char *const variant_names[] = {
	[AUTHENTIC] = "authentic",
	[FORGED] = "changed on its way",
	[CLEAR] = "in clear",
	[MARKED] = "in clear, but marked as encrypted",
	[OTHER_ID] = "under another message ID",
	NULL,
};

/* Who gets it, and who sends it; SAs of both, NULL: it has ended. */
static struct net_host *target, *peer;
static struct ike_sa *target_sa, *peer_sa;
static uint32_t peer_spi; /* of the peer's first pair */
static int due; /* the message that is on its way, -1: none */

struct kept {
	unsigned int count; /* to the target so far */
	size_t len[KEPT];
	uint8_t data[KEPT][2048];
};
static struct kept kept;

static enum net_verdict keep(struct net *n, struct net_packet *p)
{
	unsigned int i = kept.count % KEPT;

	(void)n;
	if (p->to != target || p->len > sizeof(kept.data[0]))
		return NET_PASS;
	memcpy(kept.data[i], p->data, p->len);
	kept.len[i] = p->len;
	kept.count++;
	return NET_PASS;
}

/* The responder of a quick mode asks for the fourth message. */
static enum net_verdict commit(struct net *n, struct net_packet *p)
{
	if (p->from == peer && p->data[18] == IKEV1_QUICK_MODE)
		p->data[FORGE1_FLAGS] |= IKEV1_FLAG_COMMIT;
	return keep(n, p);
}

static void deliver(unsigned int n)
{
	while (n--)
		net_deliver(&net, 0);
}

static void begin(bool initiator)
{
	pair_same("    version: 1\n    liveness: 0\n"
		  "    ike: aes128-sha256-ecp256\n");
	target = initiator ? red : blue;
	peer = initiator ? blue : red;
	kept.count = 0;
	net.hook = keep;
	due = -1;
}

/* Main mode, up to the state. False: there is none in that role. */
static bool set_up_main(enum state state, bool initiator)
{
	bool of_initiator = state == SA_SENT || state == KE_SENT ||
			    state == ID_SENT;

	if (initiator != of_initiator)
		return false;
	begin(initiator);
	net.manual = true;
	pair_acquire(red);
	deliver(state + 1);
	due = state == SA_SENT	  ? MAIN_SA :
	      state < KE_ANSWERED ? MAIN_KE :
				    MAIN_ID;
	return true;
}

static struct ike_sa *oldest(struct net_host *host)
{
	return TAILQ_FIRST(&host->engine->list);
}

static void lose_all(void)
{
	while (net_queued(&net))
		net_lose(&net, 0);
}

static void be_windows(struct net_host *host)
{
	ikev1_of(oldest(host))->vendor |= IKEV1_VENDOR_MICROSOFT;
}

static void await_connected(void)
{
	pair_hard(target);
	deliver(1);
	net.hook = commit;
	pair_acquire(target);
	deliver(3);
}

static void enter(enum state state)
{
	switch (state) {
	case QUICK_SENT:
		pair_soft(target);
		deliver(1);
		due = QUICK_2;
		break;
	case QUICK_ANSWERED:
		pair_soft(peer);
		deliver(2);
		due = QUICK_3;
		break;
	case QUICK_SENDER_DONE:
	case QUICK_ANSWERER_DONE:
		pair_soft(state == QUICK_SENDER_DONE ? target : peer);
		deliver(3);
		break;
	case CONNECTED_AWAITED:
		await_connected();
		break;
	case CHECKING:
		ike_engine_check(target->engine, "all");
		deliver(1);
		due = R_U_THERE_ACK;
		break;
	case DELETING_CHILD:
		be_windows(target);
		pair_hard(target);
		deliver(1);
		due = ACK;
		break;
	case DELETING:
		/* The quick mode's Delete is acknowledged already. */
		be_windows(target);
		ike_engine_down(target->engine, "all");
		net_deliver(&net, 0);
		net_deliver(&net, 1);
		net_deliver(&net, 0);
		due = ACK;
		break;
	case REPLACED:
		ike_engine_rekey_ike(peer->engine, "all");
		deliver(6);
		break;
	case ENDED:
		ike_engine_down(target->engine, "all");
		ike_engine_tick(target->engine);
		lose_all();
		break;
	default:
		break;
	}
}

static void set_up_late(enum state state, bool initiator)
{
	begin(initiator);
	pair_establish();
	peer_spi = TAILQ_FIRST(&oldest(peer)->children)->proto[0].spi_in;
	net_run(&net, QUIET_MS);
	net.manual = true;
	enter(state);
}

static bool set_up(enum state state, bool initiator)
{
	if (state >= IDLE)
		set_up_late(state, initiator);
	else if (!set_up_main(state, initiator))
		return false;
	target_sa = oldest(target);
	peer_sa = oldest(peer);
	return true;
}

/* What the peer sends. */

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
	[AGGRESSIVE] = { IKEV1_AGGRESSIVE, FORGE1_NO_HASH, true },
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

	ikev1_main_offer(&peer->policy->rule[0], &offer);
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

	memcpy(id + 4, peer->addr.b, 4);
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
		ike_child_new(peer_sa, &peer->policy->rule[0], true);
	struct ikev1_quick q = { .sa = peer_sa, .child = child };

	child->mode = child->rule->mode;
	child->local = host_ts(peer->addr);
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
	uint32_t spi = peer_spi;

	TAILQ_FOREACH(child, &peer_sa->children, link)
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
	case AGGRESSIVE:
		put_offer(&out->b);
		put_ke(&out->b);
		put_wrong_id(&out->b);
		break;
	case MAIN_KE:
		put_ke(&out->b);
		break;
	case MAIN_ID:
		if (ikev1_of(peer_sa)->has_keys)
			ikev1_auth_write(out, peer_sa);
		break;
	case MAIN_WRONG_ID:
		put_wrong_id(&out->b);
		break;
	case QUICK_1:
	case QUICK_2:
		put_quick(out, target->addr);
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
		put_delete_child(out, peer_spi);
		break;
	case DELETE_CHILD:
		put_delete_child(out, peer_spi);
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
		put_delete_child(out, peer_spi);
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
	struct ike_sa *sa = target_sa && ikev1_of(target_sa)->has_keys ?
				    target_sa :
				    peer_sa;

	return sa->established ? ikev1_of(sa)->last_main :
				 ikev1_of(sa)->wire.iv;
}

static size_t craft(enum message message, bool clear, uint8_t *out)
{
	static const struct ike_blob any = { nonce, sizeof(nonce) };
	const struct kind *kind = &kinds[message];
	const struct ikev1 *v1 = ikev1_of(peer_sa);
	const struct ikev1_quick *q = quick_of(peer_sa);
	uint8_t iv[IKE_BLOCK_MAX];
	struct forge1 f = {
		.sa = peer_sa,
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
	if (kind->exchange == IKEV1_MAIN_MODE)
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
		n += p->to == target;
	return n;
}

/* What the peer sent and is (or was last) on its way; its length, 0: none. */
static size_t sent(bool delivered, uint8_t *out)
{
	unsigned int waiting = delivered ? queued_to_target() : 0, i;

	if (kept.count <= waiting)
		return 0;
	i = (kept.count - 1 - waiting) % KEPT;
	memcpy(out, kept.data[i], kept.len[i]);
	return kept.len[i];
}

static size_t make(enum message message, bool clear, uint8_t *out)
{
	uint64_t seed = net.seed;
	size_t len;

	if (message == AGAIN)
		return sent(true, out);
	if ((int)message == due && !clear)
		return sent(false, out);
	len = craft(message, clear, out);
	if (message == MAIN_NEW || message == VERSION_2)
		make_new(message, out);
	net.seed = seed;
	return len;
}

/* False: the message cannot be so. */
static bool vary(enum message message, enum variant variant, uint8_t *out,
		 size_t *len)
{
	bool secret = out[FORGE1_FLAGS] & IKEV1_FLAG_ENCRYPTED;

	if (variant == AUTHENTIC)
		return *len != 0;
	/* What is of no SA here has no right form. */
	if (message >= INVALID_COOKIE || message == MAIN_NEW || !target_sa)
		return false;
	switch (variant) {
	case FORGED:
		/* In the HASH, or where an identity begins. */
		out[IKE_HEADER_LEN + (message <= MAIN_NEW ? 0 : 16)] ^= 1;
		return secret;
	case CLEAR:
		*len = make(message, true, out);
		return secret;
	case MARKED:
		out[FORGE1_FLAGS] |= IKEV1_FLAG_ENCRYPTED;
		return !secret;
	default:
		out[FORGE1_ID] ^= 1;
		return true;
	}
}

/* What the target sent last, because of a message of an exchange. */
static char answer(uint8_t exchange)
{
	const struct net_packet *p = TAILQ_LAST(&net.queue, net_packets);

	if (p->data[18] != IKEV1_INFORMATIONAL)
		return 'a';
	if (!target_sa)
		return 'h';
	return exchange == IKEV1_INFORMATIONAL ? 'a' : 'r';
}

static char verdict(const uint8_t *out, size_t len)
{
	static char before[FORGE_STATE_LEN], after[FORGE_STATE_LEN];
	struct ike_path path = forge_path(peer_sa);
	unsigned int count = target->sent;
	uint8_t spi[IKE_SPI_LEN] = { 0 };
	bool there = target_sa;

	if (there)
		memcpy(spi, target_sa->our_spi, sizeof(spi));
	forge_state(target, before, sizeof(before));
	net_inject(target, &path, out, len);
	ike_engine_tick(target->engine);
	forge_state(target, after, sizeof(after));
	if (!strcmp(before, after))
		return '.';
	if (getenv("NET_LOG"))
		printf("# %s\n# %s\n", before, after);
	if (there && !ike_engine_find(target->engine, spi))
		return target->sent != count ? 'x' : 'e';
	return target->sent != count ? answer(out[18]) : 'n';
}

/* How it goes on: what both are like a while later. */
static void later(char text[2][FORGE_STATE_LEN])
{
	net.manual = false;
	net_run(&net, LATER_MS);
	forge_state(red, text[0], FORGE_STATE_LEN);
	forge_state(blue, text[1], FORGE_STATE_LEN);
}

/* As if the message had not come? */
static bool goes_on(enum state state, bool initiator)
{
	static char want[2][FORGE_STATE_LEN], got[2][FORGE_STATE_LEN];
	static int of_state = -1, of_role;

	later(got);
	if (of_state != (int)state || of_role != initiator) {
		of_state = (int)state;
		of_role = initiator;
		pair_end();
		set_up(state, initiator);
		later(want);
	}
	return !strcmp(got[0], want[0]) && !strcmp(got[1], want[1]);
}

static char run(unsigned int state, bool initiator, unsigned int message,
		unsigned int variant)
{
	static uint8_t out[IKE_MESSAGE_MAX];
	size_t len;
	char got = 0;

	if (!set_up(state, initiator))
		return 0;
	len = make(message, false, out);
	if (len && vary(message, variant, out, &len)) {
		got = verdict(out, len);
		if (got == '.' && !goes_on(state, initiator))
			got = '!';
	}
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
