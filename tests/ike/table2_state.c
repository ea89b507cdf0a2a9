// SPDX-License-Identifier: GPL-2.0-or-later
/* The states of version 2, and how two peers come to each of them. */
#include <stdlib.h>

#include "mint.h"
#include "ocsp.h"
#include "table2.h"
#include "v2.h"

struct net_host *table2_target, *table2_peer;
struct ike_sa *table2_sa, *table2_mate;
uint32_t table2_expected;
struct table2_kept table2_kept[TABLE2_KEPT];
unsigned int table2_kept_count;

static bool no_deletes;

static enum net_verdict keep(struct net *n, struct net_packet *p)
{
	struct table2_kept *k = &table2_kept[table2_kept_count];

	(void)n;
	if (table2_kept_count == TABLE2_KEPT || p->len > TABLE2_LEN ||
	    ike_header_parse(&k->hdr, p->data, p->len))
		abort();
	k->to = p->to;
	k->len = p->len;
	memcpy(k->data, p->data, p->len);
	table2_kept_count++;
	return no_deletes && k->hdr.exchange == IKEV2_INFORMATIONAL ? NET_DROP :
								      NET_PASS;
}

static struct ike_sa *oldest(struct net_host *host)
{
	return TAILQ_FIRST(&host->engine->list);
}

void table2_lose_all(void)
{
	while (net_queued(&net))
		net_lose(&net, 0);
}

/* What both have; the groups are there for others to be asked for. */
#define RULE                                             \
	"    liveness: 0\n    redirect: yes\n"           \
	"    ike: aes256gcm16-prfsha256-x25519-ecp256\n" \
	"    pfs: yes\n    esp: aes256gcm16-x25519-ecp256\n"
#define PSK_RULE RULE "    psk: one\n"
#define OCSP_RULE RULE OCSP_AUTH
/* In transport mode no redirection is followed. */
#define TUNNEL(local, remote) \
	PSK_RULE "    tunnel: {local: " local ", remote: " remote "}\n"

static void begin(const char *more_red, const char *more_blue, bool initiator)
{
	pair_begin(more_red, more_blue);
	net.wall = MINT_NOW;
	net.hook = keep;
	net.manual = true;
	no_deletes = false;
	table2_kept_count = 0;
	table2_target = initiator ? red : blue;
	table2_peer = initiator ? blue : red;
}

static void deliver(unsigned int n)
{
	while (n--)
		net_deliver(&net, 0);
}

/* Until it asks for an OCSP answer. */
static void deliver_until_asked(struct net_host *host)
{
	while (!host->ocsp_asked && net_deliver(&net, 0))
		;
}

static bool of_initiator(enum state state)
{
	return (state >= INIT_SENT && state <= AUTH_TAKEN) || state == SPARE;
}

static bool of_responder(enum state state)
{
	return state <= COOKIES || state == AUTH_AWAITED ||
	       state == AUTH_KEPT || state == FAILED || state == UNDECIDED;
}

/* The first messages, up to the state. */
static void enter_early(enum state state)
{
	if (state == COOKIES)
		blue->engine->policy->limits.cookie_threshold = 0;
	pair_acquire(red);
	switch (state) {
	case NOTHING:
		break;
	case COOKIES:
	case AUTH_AWAITED:
		deliver(2);
		break;
	case AUTH_TAKEN:
		deliver_until_asked(blue);
		ocsp_answer(blue, V_OCSP_CERTSTATUS_GOOD);
		deliver_until_asked(red);
		break;
	case AUTH_KEPT:
		deliver_until_asked(blue);
		break;
	case AUTH_SENT:
	case FAILED:
		deliver(3);
		break;
	default:
		deliver(1);
		break;
	}
	table2_lose_all();
}

static void enter_late(enum state state)
{
	switch (state) {
	case CREATING:
	case CREATING_GROUP:
		pair_acquire(table2_target);
		break;
	case REKEYING_CHILD:
	case REKEYING_CHILD_BOTH:
	case HELD:
		pair_soft(table2_target);
		break;
	case REKEYING:
	case REKEYING_GROUP:
	case REKEYING_BOTH:
	case UNDECIDED:
		ike_engine_rekey_ike(table2_target->engine, "all");
		break;
	case DELETING_CHILD:
		pair_hard(table2_target);
		break;
	case CHECKING:
		ike_engine_check(table2_target->engine, "all");
		break;
	case DELETING:
		ike_engine_down(table2_target->engine, "all");
		break;
	case REPLACED:
		/* The peer rekeys it, and its Delete is lost. */
		ike_engine_rekey_ike(table2_peer->engine, "all");
		net_deliver(&net, 0);
		break;
	default:
		break;
	}
	table2_lose_all();
}

/* Both begin; the IKE SA of red is the spare one, and blue's Delete is lost. */
static void cross(void)
{
	uint64_t seed = 0;

	for (;;) {
		begin(RULE, RULE, true);
		net.seed = ++seed;
		no_deletes = true;
		pair_acquire(red);
		pair_acquire(blue);
		net.manual = false;
		net_run(&net, 100);
		net.manual = true;
		no_deletes = false;
		if (oldest(red)->spare && oldest(red)->initiator)
			return;
		pair_end();
	}
}

/* What the target is told to come to the state, from the one it has. */
static void go_on(enum state state)
{
	switch (state) {
	case INIT_COOKIE:
		table2_inject(ANSWER_COOKIE);
		break;
	case INIT_REDIRECTED:
		table2_inject(ANSWER_REDIRECT);
		break;
	case INIT_GROUP:
	case CREATING_GROUP:
	case REKEYING_GROUP:
		table2_inject(ANSWER_GROUP);
		/* As if the peer had taken our request, and said so. */
		if (table2_mate->established)
			ikev2_of(table2_mate)->expected++;
		break;
	case REKEYING_CHILD_BOTH:
		table2_inject(REKEY_CHILD);
		break;
	case REKEYING_BOTH:
		table2_inject(REKEY_IKE);
		break;
	case HELD:
		table2_inject(ANSWER_LATER);
		break;
	default:
		break;
	}
	table2_lose_all();
}

/* The mate of the target's. */
static void choose_sas(struct ike_sa *sa)
{
	static const uint8_t none[IKE_SPI_LEN];

	table2_sa = sa;
	if (sa && memcmp(sa->peer_spi, none, IKE_SPI_LEN) != 0)
		table2_mate =
			ike_engine_find(table2_peer->engine, sa->peer_spi);
	else
		table2_mate = oldest(table2_peer);
	table2_expected = sa ? ikev2_of(sa)->expected : 0;
}

/* The peer's new IKE SA, while the target awaits its own. */
static void choose_rival(void)
{
	ike_engine_rekey_ike(table2_peer->engine, "all");
	deliver(2);
	table2_lose_all();
	choose_sas(net_sa(table2_target));
}

static void forget(void)
{
	ike_sa_free(table2_sa, IPSECDRV_REFUSE_REASON_POLICY);
	table2_sa = NULL;
}

static void begin_for(enum state state, bool initiator)
{
	if (state == AUTH_TAKEN || state == AUTH_KEPT)
		begin(OCSP_RULE, OCSP_RULE, initiator);
	else if (state >= INIT_SENT && state <= INIT_REDIRECTED)
		begin(TUNNEL("10.0.0.1", "10.0.0.2"),
		      TUNNEL("10.0.0.2", "10.0.0.1"), initiator);
	else if (state == FAILED)
		begin(PSK_RULE, RULE "    psk: another\n", initiator);
	else
		begin(PSK_RULE, PSK_RULE, initiator);
}

bool table2_set_up(enum state state, bool initiator)
{
	if (initiator ? of_responder(state) : of_initiator(state))
		return false;
	if (state == SPARE) {
		cross();
	} else if (state < IDLE && state != GONE) {
		begin_for(state, initiator);
		enter_early(state);
	} else {
		begin_for(state, initiator);
		net.manual = false;
		pair_establish();
		net.manual = true;
		enter_late(state);
	}
	choose_sas(oldest(table2_target));
	go_on(state);
	choose_sas(oldest(table2_target));
	if (state == UNDECIDED)
		choose_rival();
	if (state == GONE)
		forget();
	return true;
}
