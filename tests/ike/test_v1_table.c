// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Version 1: what each message does in each state, in both roles: as the peer
 * sends it, who holds the keys; and the same with a wrong HASH, in clear, or
 * under another message ID, which must do nothing anywhere: what comes
 * afterwards is then the same as if it had not come. Messages that nobody
 * needs keys for are in v1_strangers, too.
 */
#include <stdlib.h>

#include "forge.h"
#include "forge1.h"
#include "mint.h"
#include "names.h"
#include "ocsp.h"
#include "table.h"
#include "table1.h"

#define LATER_MS 5000

static const char *const state_names[] = {
	[SA_SENT] = "main mode: 1 sent, 2 awaited",
	[SA_ANSWERED] = "main mode: 2 sent, 3 awaited",
	[KE_SENT] = "main mode: 3 sent, 4 awaited",
	[KE_ANSWERED] = "main mode: 4 sent, 5 awaited",
	[ID_SENT] = "main mode: 5 sent, 6 awaited",
	[REFUSED] = "main mode: 1 sent, a refusal came in clear",
	[DOUBTED] = "main mode: 5 or 6 came with a wrong proof",
	[OCSP_AWAITED] = "main mode: 5 or 6 came, an OCSP answer awaited",
	[AGGRESSIVE_ANSWERED] = "aggressive mode: 2 sent, 3 awaited",
	[AGGRESSIVE_DONE] = "established by aggressive mode",
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
	[LOST] = "told that the peer does not know it",
	[ENDED] = "deleted here, and not there",
	NULL,
};

static const char *const message_names[] = {
	[MAIN_SA] = "main mode 1 or 2: SA",
	[MAIN_KE] = "main mode 3 or 4: key exchange",
	[MAIN_ID] = "main mode 5 or 6: identity",
	[MAIN_WRONG_ID] = "main mode 5 or 6, with a wrong proof",
	[MAIN_NEW] = "main mode 1 of another SA",
	[AGGRESSIVE_NEW] = "aggressive mode 1 of another SA",
	[AGGRESSIVE_3] = "aggressive mode 3",
	[AGGRESSIVE_WRONG] = "aggressive mode 3, with a wrong proof",
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
	[REFUSAL_CLEAR] = "NO-PROPOSAL-CHOSEN in clear",
	[VERSION_2] = "IKE_SA_INIT of version 2",
	[AGAIN] = "the last message again",
	[OCSP_GOOD] = "an OCSP answer: good",
	[OCSP_REVOKED] = "an OCSP answer: revoked",
	[OCSP_NONE] = "no OCSP answer can be had",
	NULL,
};

/*
 * . nothing; a answered; r refused; n goes on, without an answer; e the SA
 * ends; x answered, and it ends; h told that it is not known.
 */
static const char *const cells[] = {
	[MAIN_SA] = "a....a...............h",
	[MAIN_KE] = ".aa..................h",
	[MAIN_ID] = "...aa.a..............h",
	[MAIN_WRONG_ID] = ".....................h",
	[MAIN_NEW] = "aaaaaaaaaaaaaaaaaaaaaa",
	[AGGRESSIVE_NEW] = "........aa............",
	[AGGRESSIVE_3] = "........n............h",
	[AGGRESSIVE_WRONG] = ".....................h",
	[QUICK_1] = ".........aaaaaaaaa.aah",
	[QUICK_1_OTHER] = ".........rrrrrrrrr.rrh",
	[QUICK_2] = "...........a.........h",
	[QUICK_3] = "............n........h",
	[QUICK_4] = "..........r....nrr.rrh",
	[CONNECTED] = "...............n.....h",
	[R_U_THERE] = "...aa.aaaaaaaaaaaaaaah",
	[R_U_THERE_ACK] = "................n....h",
	[DELETE_CHILD] = "..........nnnnn.n.nnnh",
	[DELETE_CHILD_ACKED] = "...aa.aaaaaaaaaaaaaaah",
	[DELETE_NEW] = "..........n.nnnnn.nnnh",
	[DELETE_SA] = "...ee.eeeeeeeeeeeeeeeh",
	[DELETE_SA_ACKED] = "...xx.xxxxxxxxxxxxxxxh",
	[ACK] = ".................ne..h",
	[REFUSAL] = "n..ee.eee..n...n.....h",
	[OTHER_NOTIFY] = ".....................h",
	[INITIAL_CONTACT] = ".....................h",
	[TRANSACTION] = ".....................h",
	[INVALID_COOKIE] = "n.n.nnNN..AAAAAANA.A..",
	[MS_COOKIE] = "a....a................",
	[REFUSAL_CLEAR] = "n.n.n.NN..............",
	[VERSION_2] = "......................",
	[AGAIN] = " aaaa a.aa..aaaa...a.h",
	[OCSP_GOOD] = "       n              ",
	[OCSP_REVOKED] = "       n              ",
	[OCSP_NONE] = "       n              ",
	NULL,
};

static const char *const variant_names[] = {
	[AUTHENTIC] = "authentic",
	[FRAGMENTS] = "in fragments",
	[FORGED] = "changed on its way",
	[CLEAR] = "in clear",
	[MARKED] = "in clear, but marked as encrypted",
	[OTHER_ID] = "under another message ID",
	[FIRST_FRAGMENT] = "of two fragments the first",
	NULL,
};

/* What the target sent last, because of a message of an exchange. */
static char answer(uint8_t exchange)
{
	const struct net_packet *p = TAILQ_LAST(&net.queue, net_packets);

	if (p->data[18] != IKEV1_INFORMATIONAL)
		return 'a';
	if (!table1_sa)
		return 'h';
	return exchange == IKEV1_INFORMATIONAL ? 'a' : 'r';
}

static void act(enum message message, const struct ike_path *path,
		const uint8_t *out, size_t len)
{
	switch (message) {
	case OCSP_GOOD:
		ocsp_answer(table1_target, V_OCSP_CERTSTATUS_GOOD);
		break;
	case OCSP_REVOKED:
		ocsp_answer(table1_target, V_OCSP_CERTSTATUS_REVOKED);
		break;
	case OCSP_NONE:
		ocsp_answer(table1_target, -1);
		break;
	default:
		net_inject(table1_target, path, out, len);
		if (table1_second_len)
			net_inject(table1_target, path, table1_second,
				   table1_second_len);
		break;
	}
}

static char verdict(enum message message, const uint8_t *out, size_t len)
{
	static char before[FORGE_STATE_LEN], after[FORGE_STATE_LEN];
	struct ike_path path = forge_path(table1_mate);
	unsigned int count = table1_target->sent;
	uint8_t spi[IKE_SPI_LEN] = { 0 };
	bool there = table1_sa;

	if (there)
		memcpy(spi, table1_sa->our_spi, sizeof(spi));
	forge_state(table1_target, before, sizeof(before));
	act(message, &path, out, len);
	ike_engine_tick(table1_target->engine);
	forge_state(table1_target, after, sizeof(after));
	if (!strcmp(before, after))
		return '.';
	if (getenv("NET_LOG"))
		printf("# %s\n# %s\n", before, after);
	if (there && !ike_engine_find(table1_target->engine, spi))
		return table1_target->sent != count ? 'x' : 'e';
	return table1_target->sent != count ? answer(out[18]) : 'n';
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
		table1_set_up(state, initiator);
		later(want);
	}
	return !strcmp(got[0], want[0]) && !strcmp(got[1], want[1]);
}

/* What of the code has been seen: bits by value, or by what is there at all. */
enum trait {
	AGGRESSIVE_MODE,
	REFUSED_IN_CLEAR,
	WRONG_PROOF,
	OCSP_FETCH,
	NOT_KNOWN,
	PROBE,
	NOTICE,
	LAST_NOTICE,
	TRAITS,
};

/* A quick mode is ours or the peer's, done or not, or waits for the fourth. */
enum quick_trait {
	OURS,
	OURS_DONE,
	OURS_WAITS,
	PEERS,
	PEERS_DONE,
	QUICK_TRAITS,
};

static unsigned int seen_expect, seen_sa, seen_child, seen_trait, seen_quick;

static void see_quick(const struct ikev1_quick *q)
{
	if (!q->initiator)
		seen_quick |= 1U << (q->done ? PEERS_DONE : PEERS);
	else
		seen_quick |= 1U << (q->done	       ? OURS_DONE :
				     q->wait_connected ? OURS_WAITS :
							 OURS);
}

static void see_sa(const struct ike_sa *sa)
{
	const struct ikev1 *v1 = ikev1_of(sa);
	const struct ikev1_notice *notice;
	const struct ike_child *child;
	const struct ikev1_quick *q;

	seen_sa |= 1U << sa->state;
	seen_expect |= 1U << v1->expect;
	seen_trait |= v1->aggressive << AGGRESSIVE_MODE |
		      (v1->refused != 0) << REFUSED_IN_CLEAR |
		      (v1->doubt.notify != 0) << WRONG_PROOF |
		      (sa->fetch != 0) << OCSP_FETCH | sa->lost << NOT_KNOWN |
		      (v1->dpd_tries != 0) << PROBE;
	TAILQ_FOREACH(notice, &v1->notices, link)
		seen_trait |= 1U << (notice->last ? LAST_NOTICE : NOTICE);
	TAILQ_FOREACH(q, &v1->quicks, link)
		see_quick(q);
	TAILQ_FOREACH(child, &sa->children, link)
		seen_child |= 1U << child->state;
}

static void see(const struct net_host *host)
{
	const struct ike_sa *sa;

	TAILQ_FOREACH(sa, &host->engine->list, link)
		see_sa(sa);
}

static bool all_seen(unsigned int seen, unsigned int count, unsigned int but)
{
	return (seen | but) == (1U << count) - 1;
}

/* Is there a message of each exchange that has a name in version 1? */
static bool all_exchanges(void)
{
	unsigned int number, m;

	for (number = 0; number < IKEV2_SA_INIT; number++) {
		if (!strcmp(ike_exchange_name((uint8_t)number), "unknown"))
			continue;
		for (m = 0; m < AGAIN; m++)
			if (table1_exchange_of(m) == number)
				break;
		if (m == AGAIN)
			return false;
	}
	return true;
}

static const char *missing(void)
{
	/* The first message is awaited by no SA. */
	if (!all_seen(seen_expect, 7, 1U << 1))
		return "a step of main mode";
	if (!all_seen(seen_trait, TRAITS, 0) ||
	    !all_seen(seen_quick, QUICK_TRAITS, 0))
		return "something that an SA may be about";
	if (!all_seen(seen_sa, IKE_SA_STATES, 0))
		return "a state of an SA";
	/* The peer is told of its end, and it is gone. */
	if (!all_seen(seen_child, IKE_CHILD_STATES, 1U << IKE_CHILD_DELETING))
		return "a state of a quick-mode SA";
	return all_exchanges() ? NULL : "an exchange";
}

/*
 * What did nothing leaves the state for the next variant; that it goes on as if
 * nothing had come is looked at after the last one. Of wrong proofs only a few
 * are looked at.
 */
static char run(unsigned int state, bool initiator, unsigned int message,
		unsigned int variant)
{
	static uint8_t out[IKE_MESSAGE_MAX];
	static int of_state = -1, of_role;
	static bool came;
	size_t len;
	char got = 0;
	bool last;

	if (of_state != (int)state || of_role != initiator) {
		if (of_state >= 0)
			pair_end();
		of_state = -1;
		came = false;
		if (!table1_set_up(state, initiator))
			return 0;
		see(table1_target);
		of_state = (int)state;
		of_role = initiator;
	}
	table1_second_len = 0;
	len = table1_make(message, false, out);
	if (len && table1_vary(message, variant, out, &len))
		got = verdict(message, out, len);
	came |= got == '.';
	last = !variant_names[variant + 1] || message == MAIN_WRONG_ID ||
	       message == AGGRESSIVE_WRONG;
	if ((!got || got == '.') && (!came || !last))
		return got;
	if (!got || got == '.')
		got = goes_on(state, initiator) ? '.' : '!';
	pair_end();
	of_state = -1;
	return got;
}

int main(int argc, char **argv)
{
	static const struct table states = {
		.states = state_names,
		.messages = message_names,
		.variants = variant_names,
		.alike = FRAGMENTS,
		.cells = cells,
		.run = run,
		.missing = missing,
	};

	return table_main(&states, argc, argv);
}
