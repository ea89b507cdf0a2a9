// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each message does in each state, in both roles: sent by the peer that
 * holds the keys, whole or in fragments; and the same message forged, in clear,
 * with a message ID that is not due, or only a part of it, which must do nothing
 * anywhere but be counted.
 */
#include <stdlib.h>

#include "forge.h"
#include "mint.h"
#include "names.h"
#include "ocsp.h"
#include "table.h"
#include "table2.h"
#include "v2_util.h"

static const char *const state_names[] = {
	[NOTHING] = "no IKE SA",
	[COOKIES] = "no IKE SA, and cookies are demanded",
	[GONE] = "ended here, and not there",
	[INIT_SENT] = "IKE_SA_INIT sent",
	[INIT_COOKIE] = "IKE_SA_INIT sent again with a cookie",
	[INIT_GROUP] = "IKE_SA_INIT sent again with another group",
	[INIT_REDIRECTED] = "IKE_SA_INIT sent again after a redirection",
	[AUTH_SENT] = "IKE_AUTH sent",
	[AUTH_TAKEN] = "IKE_AUTH answered, an OCSP answer awaited",
	[AUTH_AWAITED] = "IKE_AUTH awaited",
	[AUTH_KEPT] = "IKE_AUTH came, an OCSP answer awaited",
	[FAILED] = "IKE_AUTH failed",
	[IDLE] = "established",
	[CREATING] = "creates a Child SA",
	[CREATING_GROUP] = "creates a Child SA, with another group",
	[REKEYING_CHILD] = "rekeys the Child SA",
	[REKEYING_CHILD_BOTH] = "rekeys the Child SA, as the peer does",
	[REKEYING] = "rekeys the IKE SA",
	[REKEYING_GROUP] = "rekeys the IKE SA, with another group",
	[REKEYING_BOTH] = "rekeys the IKE SA, as the peer does",
	[UNDECIDED] = "made by the peer that rekeys, as we do",
	[HELD] = "waits after TEMPORARY_FAILURE",
	[DELETING_CHILD] = "deletes the Child SA",
	[CHECKING] = "checks the peer",
	[DELETING] = "deletes the IKE SA",
	[REPLACED] = "replaced",
	[SPARE] = "crossed with one of the peer's, which stays",
	NULL,
};

static const char *const message_names[] = {
	[INIT_NEW] = "IKE_SA_INIT request of another IKE SA",
	[INIT_WRONG_GROUP] =
		"IKE_SA_INIT request with another group than is chosen",
	[INIT_SAME_SPI] = "IKE_SA_INIT request, not the same",
	[NEXT] = "IKE_SA_INIT or IKE_AUTH request that is due",
	[COOKIE_BACK] = "IKE_SA_INIT request with the cookie",
	[AUTH_REQUEST] = "IKE_AUTH request, without AUTH",
	[NEW_CHILD] = "CREATE_CHILD_SA: new Child SA",
	[NEW_CHILD_GROUP] = "CREATE_CHILD_SA: new Child SA, another group",
	[REKEY_CHILD] = "CREATE_CHILD_SA: rekey of the Child SA",
	[REKEY_NO_CHILD] = "CREATE_CHILD_SA: rekey of one that is not there",
	[REKEY_IKE] = "CREATE_CHILD_SA: rekey of the IKE SA",
	[REKEY_IKE_GROUP] =
		"CREATE_CHILD_SA: rekey of the IKE SA, another group",
	[EMPTY] = "INFORMATIONAL, empty",
	[DELETE_CHILD] = "INFORMATIONAL: Delete of the Child SA",
	[DELETE_NO_CHILD] = "INFORMATIONAL: Delete of one that is not there",
	[DELETE_IKE] = "INFORMATIONAL: Delete of the IKE SA",
	[AUTH_FAILED] = "INFORMATIONAL: AUTHENTICATION_FAILED",
	[NOTIFY] = "INFORMATIONAL: other error and unknown notifies",
	[CRITICAL] = "INFORMATIONAL with an unknown critical payload",
	[UNKNOWN] = "request of exchange 240",
	[ANSWER] = "the answer awaited",
	[ANSWER_EMPTY] = "the answer awaited, but empty",
	[ANSWER_COOKIE] = "the answer awaited: COOKIE",
	[ANSWER_GROUP] =
		"the answer awaited: INVALID_KE_PAYLOAD, a group offered",
	[ANSWER_NO_GROUP] =
		"the answer awaited: INVALID_KE_PAYLOAD, a group not offered",
	[ANSWER_REDIRECT] = "the answer awaited: REDIRECT",
	[ANSWER_REFUSED] = "the answer awaited: NO_PROPOSAL_CHOSEN",
	[ANSWER_LATER] = "the answer awaited: TEMPORARY_FAILURE",
	[ANSWER_NO_CHILD] = "the answer awaited: CHILD_SA_NOT_FOUND",
	[ANSWER_AUTH_FAILED] = "the answer awaited: AUTHENTICATION_FAILED",
	[ANSWER_HINT] = "the answer awaited: INVALID_IKE_SPI in clear",
	[LAST_AGAIN] = "the last request again",
	[OLDER_AGAIN] = "the request before the last one again",
	[OLD_ANSWER] = "the last answer again",
	[OCSP_GOOD] = "an OCSP answer: good",
	[OCSP_REVOKED] = "an OCSP answer: revoked",
	[OCSP_NONE] = "no OCSP answer can be had",
	[VERSION_1] = "main mode of version 1",
	[VERSION_3] = "IKE_SA_INIT of version 3",
	NULL,
};

/*
 * . nothing; a answered; p answered, and there is a pair more; m answered, and
 * one less; i answered, and there is an IKE SA more; t TEMPORARY_FAILURE; k
 * INVALID_KE_PAYLOAD; n CHILD_SA_NOT_FOUND; u UNSUPPORTED_CRITICAL_PAYLOAD; c
 * COOKIE; l told that it is not known; f AUTHENTICATION_FAILED and the end; x
 * answered, and the IKE SA ends; e ends; b ends, and is begun anew; r our
 * request is over; s sent anew; g goes on, without an answer; h the wait for the
 * answer is shorter.
 */
static const char *const cells[] = {
	[INIT_NEW] = "iciiiiiiiiiiiiiiiiiiiiiiiii",
	[INIT_WRONG_GROUP] = "kckkkkkkkkkkkkkkkkkkkkkkkkk",
	[INIT_SAME_SPI] = "ici.................i......",
	[NEXT] = "ic       p                 ",
	[COOKIE_BACK] = " i                         ",
	[AUTH_REQUEST] = "..l......f.................",
	[NEW_CHILD] = "..l.........ppppptttppppttp",
	[NEW_CHILD_GROUP] = "..l.........kkkkktttkkkkttk",
	[REKEY_CHILD] = "..l.........ppppttttpptpttp",
	[REKEY_NO_CHILD] = "..l.........ntttttttnnnnttn",
	[REKEY_IKE] = "..l.........ittttiitiititti",
	[REKEY_IKE_GROUP] = "..l.........kttttkktkktkttk",
	[EMPTY] = "..l.........aaaaaaaaaaaaaaa",
	[DELETE_CHILD] = "..l.........mmmmammmmmammam",
	[DELETE_NO_CHILD] = "..l.........aaaaaaaaaaaaaaa",
	[DELETE_IKE] = "..l.........xxxxxxxxxxxxxxx",
	[AUTH_FAILED] = "..l.........xxxxxxxxxxxxxxx",
	[NOTIFY] = "..l.........aaaaaaaaaaaaaaa",
	[CRITICAL] = "..l.........uuuuuuuuuuuuuuu",
	[UNKNOWN] = "..l........................",
	[ANSWER] = "   rrsrr     rsrrrsr  rre  ",
	[ANSWER_EMPTY] = "   ....e     rrrrrrr  rre  ",
	[ANSWER_COOKIE] = "   sssse     rrrrrrr  rre  ",
	[ANSWER_GROUP] = "   sshse     srsssrs  rre  ",
	[ANSWER_NO_GROUP] = "   hhhhe     rrrrrrr  rre  ",
	[ANSWER_REDIRECT] = "   sssse     rrrrrrr  rre  ",
	[ANSWER_REFUSED] = "   hhhhe     rrrrrrr  rre  ",
	[ANSWER_LATER] = "   hhhhe     rrrrrrr  rre  ",
	[ANSWER_NO_CHILD] = "   hhhhe     rrrrrrr  rre  ",
	[ANSWER_AUTH_FAILED] = "   hhhhe     rrrrrrr  rre  ",
	[ANSWER_HINT] = "   hhhhb     sssssss  sss  ",
	[LAST_AGAIN] = "  l      a.faaaaaaaa aaaaa ",
	[OLDER_AGAIN] = "  i       .......... ..... ",
	[OLD_ANSWER] = "  .    ..   ........ ......",
	[OCSP_GOOD] = "        g p                ",
	[OCSP_REVOKED] = "        x f                ",
	[OCSP_NONE] = "        x f                ",
	[VERSION_1] = "...........................",
	[VERSION_3] = "...........................",
};

static const char *const variant_names[] = {
	[AUTHENTIC] = "authentic",
	[FRAGMENTS] = "in fragments",
	[FORGED] = "with a wrong ICV",
	[CLEAR] = "in clear",
	[NEXT_ID] = "with the next message ID",
	[LAST_ID] = "with the last message ID",
	[FLIPPED] = "with the initiator flag of the other side",
	[FIRST_FRAGMENT] = "of two fragments the first",
	NULL,
};

static void act(enum message message)
{
	switch (message) {
	case OCSP_GOOD:
		ocsp_answer(table2_target, V_OCSP_CERTSTATUS_GOOD);
		break;
	case OCSP_REVOKED:
		ocsp_answer(table2_target, V_OCSP_CERTSTATUS_REVOKED);
		break;
	case OCSP_NONE:
		ocsp_answer(table2_target, -1);
		break;
	default:
		table2_send();
		break;
	}
}

/* What it did. */

/* The notify of the answer that says no; 0: it says yes, or is none. */
static uint16_t refusal(void)
{
	static struct forge_chain chain;
	struct ike_message m, inner = { .hdr = { .version = IKE_V2 } };
	struct net_packet *p = TAILQ_FIRST(&net.queue);
	struct ike_notify n;
	size_t rest;

	if (!p || ike_message_parse(&m, p->data, p->len))
		return 0;
	if (ikev2_notify_find(&m, IKEV2_COOKIE, &n))
		return IKEV2_COOKIE;
	if (!forge_open(p, &chain))
		return ikev2_notify_error(&m, &n);
	if (ike_chain_parse(&inner, chain.first, chain.data, chain.len, &rest))
		return 0;
	return ikev2_notify_error(&inner, &n);
}

static char refusal_letter(uint16_t type)
{
	switch (type) {
	case IKEV2_COOKIE:
		return 'c';
	case IKEV2_AUTHENTICATION_FAILED:
		return 'f';
	case IKEV2_TEMPORARY_FAILURE:
		return 't';
	case IKEV2_INVALID_KE_PAYLOAD:
		return 'k';
	case IKEV2_CHILD_SA_NOT_FOUND:
		return 'n';
	case IKEV2_UNSUPPORTED_CRITICAL_PAYLOAD:
		return 'u';
	case IKEV2_INVALID_IKE_SPI:
		return 'l';
	default:
		return '?';
	}
}

/* Of who is judged, as it was before. */
struct before {
	unsigned int sent;
	unsigned int pairs;
	unsigned int sas;
	enum ikev2_kind kind;
	uint64_t dropped;
	bool failed;
};

/* Messages that were counted for doing nothing. */
static uint64_t dropped(void)
{
	const struct ike_counters *c = &table2_target->engine->counters;

	return c->invalid_cookies + c->invalid_packets + c->not_authentic +
	       c->wrong_id + c->wrong_version + c->unexpected + c->no_rule +
	       c->hints + c->fragments;
}

static void look(struct before *b)
{
	*b = (struct before){
		.sent = table2_target->sent,
		.pairs = table2_target->driver.count,
		.sas = net_sas(table2_target),
		.kind = table2_sa ? ikev2_of(table2_sa)->request.kind :
				    IKEV2_NOTHING,
		.dropped = dropped(),
		.failed = table2_sa &&
			  ikev2_of(table2_sa)->state == IKEV2_FAILED,
	};
}

static char after_answer(const struct ike_sa *sa, const struct before *b)
{
	const struct ikev2_request *r = &ikev2_of(sa)->request;

	if (r->kind != b->kind)
		return 'r';
	return table2_target->sent != b->sent ? 's' : 'h';
}

static char after_request(const struct before *b, bool ended)
{
	uint16_t no = refusal();

	if (table2_target->sent == b->sent)
		return ended ? 'e' : 'g';
	if (no)
		return refusal_letter(no);
	if (ended)
		return 'x';
	if (table2_target->driver.count != b->pairs)
		return table2_target->driver.count > b->pairs ? 'p' : 'm';
	return net_sas(table2_target) > b->sas ? 'i' : 'a';
}

static char verdict(enum message message)
{
	static char was[FORGE_STATE_LEN], is[FORGE_STATE_LEN];
	uint8_t spi[IKE_SPI_LEN] = { 0 };
	struct before before;
	struct ike_sa *sa;
	bool ended;

	look(&before);
	if (table2_sa)
		memcpy(spi, table2_sa->our_spi, sizeof(spi));
	forge_state(table2_target, was, sizeof(was));
	act(message);
	sa = ike_engine_find(table2_target->engine, spi);
	ended = table2_sa && !before.failed &&
		(!sa || ikev2_of(sa)->state == IKEV2_FAILED);
	forge_state(table2_target, is, sizeof(is));
	if (getenv("NET_LOG"))
		printf("# %s\n# %s\n", was, is);
	if (!strcmp(was, is))
		return dropped() > before.dropped ? '.' : '!';
	if (!table2_is_answer(message))
		return after_request(&before, ended);
	if (!ended)
		return after_answer(sa, &before);
	return net_sas(table2_target) < before.sas ? 'e' : 'b';
}

/* What of the code has been seen: bits by value. */
static unsigned int seen_state, seen_kind, seen_sa, seen_child;

static void see(const struct net_host *host)
{
	const struct ike_child *child;
	const struct ike_sa *sa;

	TAILQ_FOREACH(sa, &host->engine->list, link) {
		seen_sa |= 1U << sa->state;
		seen_state |= 1U << ikev2_of(sa)->state;
		seen_kind |= 1U << ikev2_of(sa)->request.kind;
		TAILQ_FOREACH(child, &sa->children, link)
			seen_child |= 1U << child->state;
	}
}

static char run(unsigned int state, bool initiator, unsigned int message,
		unsigned int variant)
{
	/* What did nothing leaves it for the next one. */
	static int of_state = -1, of_role;
	char got = 0;

	if (of_state != (int)state || of_role != initiator) {
		if (of_state >= 0)
			pair_end();
		of_state = -1;
		if (!table2_set_up(state, initiator))
			return 0;
		see(table2_target);
		of_state = (int)state;
		of_role = initiator;
	}
	if (table2_make(message, variant))
		got = verdict(message);
	table2_lose_all();
	if (!got || (got == '.' && variant != FIRST_FRAGMENT))
		return got;
	pair_end();
	of_state = -1;
	return got;
}

/* Every value but those of which nothing ever waits. */
static bool all_seen(unsigned int seen, unsigned int count, unsigned int but)
{
	return (seen | but) == (1U << count) - 1;
}

/* Is there a message of each exchange that has a name in version 2? */
static bool all_exchanges(void)
{
	unsigned int number, m;

	for (number = IKEV2_SA_INIT; number < 240; number++) {
		if (!strcmp(ike_exchange_name((uint8_t)number), "unknown"))
			continue;
		for (m = 0; message_names[m]; m++)
			if (!table2_is_answer(m) && table2_is_made(m) &&
			    table2_exchange_of(m) == number)
				break;
		if (!message_names[m])
			return false;
	}
	return true;
}

static const char *missing(void)
{
	if (!all_seen(seen_state, IKEV2_STATES, 1U << IKEV2_NEW))
		return "a state of version 2";
	if (!all_seen(seen_kind, IKEV2_KINDS, 0))
		return "a request of ours";
	if (!all_seen(seen_sa, IKE_SA_STATES, 0))
		return "a state of an IKE SA";
	if (!all_seen(seen_child, IKE_CHILD_STATES, 0))
		return "a state of a Child SA";
	return all_exchanges() ? NULL : "an exchange";
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
