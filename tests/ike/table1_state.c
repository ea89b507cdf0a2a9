// SPDX-License-Identifier: GPL-2.0-or-later
/* The states of version 1, and how two peers come to each of them. */
#include <stdlib.h>

#include "aggressive.h"
#include "forge1.h"
#include "mint.h"
#include "ocsp.h"
#include "table1.h"

#define QUIET_MS 70000 /* finished quick modes are forgotten */

struct net_host *table1_target, *table1_peer;
struct ike_sa *table1_sa, *table1_mate;
uint32_t table1_spi;
int table1_due;
struct table1_kept table1_kept;

static enum net_verdict keep(struct net *n, struct net_packet *p)
{
	unsigned int i = table1_kept.count % TABLE1_KEPT;

	(void)n;
	if (p->to != table1_target || p->len > sizeof(table1_kept.data[0]))
		return NET_PASS;
	memcpy(table1_kept.data[i], p->data, p->len);
	table1_kept.len[i] = p->len;
	table1_kept.count++;
	return NET_PASS;
}

/* The responder of a quick mode asks for the fourth message. */
static enum net_verdict commit(struct net *n, struct net_packet *p)
{
	if (p->from == table1_peer && p->data[18] == IKEV1_QUICK_MODE)
		p->data[FORGE1_FLAGS] |= IKEV1_FLAG_COMMIT;
	return keep(n, p);
}

static void deliver(unsigned int n)
{
	while (n--)
		net_deliver(&net, 0);
}

#define RULE                                \
	"    version: 1\n    liveness: 0\n" \
	"    ike: aes128-sha256-ecp256\n"
/* Proofs that fit into one datagram are no concern here. */
#define OCSP_RULE RULE "    fragmentation: no\n" OCSP_AUTH

static void begin(const char *rule, bool initiator)
{
	pair_same(rule);
	net.wall = MINT_NOW;
	table1_target = initiator ? red : blue;
	table1_peer = initiator ? blue : red;
	table1_kept.count = 0;
	net.hook = keep;
	table1_due = -1;
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

static bool of_initiator(enum state state)
{
	return state == SA_SENT || state == KE_SENT || state == ID_SENT ||
	       state == REFUSED || state == LOST;
}

static bool of_responder(enum state state)
{
	return state == SA_ANSWERED || state == KE_ANSWERED ||
	       state == AGGRESSIVE_ANSWERED || state == AGGRESSIVE_DONE;
}

/* Main mode, up to the state. */
static void set_up_main(enum state state, bool initiator)
{
	enum state at = state == DOUBTED ? (initiator ? ID_SENT : KE_ANSWERED) :
			state == REFUSED ? SA_SENT :
					   state;

	begin(RULE, initiator);
	net.manual = true;
	pair_acquire(red);
	deliver(at + 1);
	table1_due = at == SA_SENT    ? MAIN_SA :
		     at < KE_ANSWERED ? MAIN_KE :
					MAIN_ID;
}

/* Nobody else tells what an OCSP answer was awaited for: it comes again. */
static void set_up_ocsp(bool initiator)
{
	begin(OCSP_RULE, initiator);
	net.manual = true;
	pair_acquire(red);
	deliver(5);
	if (!initiator)
		return;
	ocsp_answer(blue, V_OCSP_CERTSTATUS_GOOD);
	net_run(&net, 1000);
	deliver(2);
}

static void set_up_aggressive(enum state state)
{
	struct net_packet *p;

	begin(RULE "    aggressive: yes\n", false);
	net.manual = true;
	pair_acquire(red);
	lose_all();
	table1_kept.count = 0;
	aggressive_first(oldest(red));
	deliver(1);
	p = TAILQ_FIRST(&net.queue);
	if (aggressive_second(oldest(red), p->data, p->len))
		abort();
	lose_all();
	aggressive_third(oldest(red), AGGRESSIVE_ENCRYPTED);
	table1_due = AGGRESSIVE_3;
	if (state == AGGRESSIVE_ANSWERED)
		return;
	deliver(1);
	table1_due = -1;
	aggressive_done(oldest(red));
	lose_all();
}

static void be_windows(struct net_host *host)
{
	ikev1_of(oldest(host))->vendor |= IKEV1_VENDOR_MICROSOFT;
}

static void await_connected(void)
{
	pair_hard(table1_target);
	deliver(1);
	net.hook = commit;
	pair_acquire(table1_target);
	deliver(3);
}

static void enter(enum state state)
{
	switch (state) {
	case QUICK_SENT:
		pair_soft(table1_target);
		deliver(1);
		table1_due = QUICK_2;
		break;
	case QUICK_ANSWERED:
		pair_soft(table1_peer);
		deliver(2);
		table1_due = QUICK_3;
		break;
	case QUICK_SENDER_DONE:
	case QUICK_ANSWERER_DONE:
		pair_soft(state == QUICK_SENDER_DONE ? table1_target :
						       table1_peer);
		deliver(3);
		break;
	case CONNECTED_AWAITED:
		await_connected();
		break;
	case CHECKING:
		ike_engine_check(table1_target->engine, "all");
		deliver(1);
		table1_due = R_U_THERE_ACK;
		break;
	case DELETING_CHILD:
		be_windows(table1_target);
		pair_hard(table1_target);
		deliver(1);
		table1_due = ACK;
		break;
	case DELETING:
		/* The quick mode's Delete is acknowledged already. */
		be_windows(table1_target);
		ike_engine_down(table1_target->engine, "all");
		net_deliver(&net, 0);
		net_deliver(&net, 1);
		net_deliver(&net, 0);
		table1_due = ACK;
		break;
	case REPLACED:
		ike_engine_rekey_ike(table1_peer->engine, "all");
		deliver(6);
		break;
	case ENDED:
		ike_engine_down(table1_target->engine, "all");
		ike_engine_tick(table1_target->engine);
		lose_all();
		break;
	default:
		break;
	}
}

static void set_up_late(enum state state, bool initiator)
{
	begin(RULE, initiator);
	pair_establish();
	table1_spi =
		TAILQ_FIRST(&oldest(table1_peer)->children)->proto[0].spi_in;
	net_run(&net, QUIET_MS);
	net.manual = true;
	enter(state);
}

bool table1_set_up(enum state state, bool initiator)
{
	if (initiator ? of_responder(state) : of_initiator(state))
		return false;
	if (state == OCSP_AWAITED)
		set_up_ocsp(initiator);
	else if (state < AGGRESSIVE_ANSWERED)
		set_up_main(state, initiator);
	else if (state < IDLE)
		set_up_aggressive(state);
	else
		set_up_late(state, initiator);
	table1_sa = oldest(table1_target);
	table1_mate = oldest(table1_peer);
	if (state == DOUBTED)
		table1_inject(MAIN_WRONG_ID);
	if (state == REFUSED)
		table1_inject(REFUSAL_CLEAR);
	if (state == LOST)
		table1_inject(INVALID_COOKIE);
	return true;
}
