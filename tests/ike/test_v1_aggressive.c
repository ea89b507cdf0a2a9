// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Aggressive mode, RFC 2409 section 5.4, against a responder that allows it.
 * ipsecd never begins one, so red's SA is brought through it here: its main
 * mode goes lost, and what an initiator of aggressive mode sends goes out.
 */
#include <stdlib.h>
#include <string.h>

#include "aggressive.h"

#define POLICY(local, remote)                                \
	"rules:\n"                                           \
	"  - name: v1\n"                                     \
	"    version: 1\n"                                   \
	"    filters: [{from: " local ", to: " remote "}]\n" \
	"    ike: aes128-sha256-modp2048\n"                  \
	"%s"                                                 \
	"ike:\n"                                             \
	"  log: debug\n"

#define SECRET "    psk: 0x0102030405060708090a0b0c0d0e0f10\n"
#define ANOTHER "    psk: 0x1102030405060708090a0b0c0d0e0f10\n"
#define ALLOWED "    aggressive: yes\n"

static struct net net;
static struct net_host *red, *blue;
static uint8_t answer[IKE_MESSAGE_MAX];
static size_t answer_len;

static void must(bool good)
{
	if (!good)
		abort();
}

/* Red's main mode goes lost; the answer in aggressive mode is for the test. */
static enum net_verdict hook(struct net *n, struct net_packet *p)
{
	struct ike_message m;

	if (ike_message_parse(&m, p->data, p->len))
		return NET_PASS;
	if (p->from == red && m.hdr.exchange == IKEV1_MAIN_MODE)
		return NET_DROP;
	if (p->from != n->host[1] || m.hdr.exchange != IKEV1_AGGRESSIVE)
		return NET_PASS;
	memcpy(answer, p->data, p->len);
	answer_len = p->len;
	return NET_DROP;
}

static void host(struct net_host **to, const char *name, const char *addr,
		 const char *format, const char *more)
{
	char text[1024];

	snprintf(text, sizeof(text), format, more);
	*to = net_host(&net, name, addr, text);
}

/* Red's SA, which has sent a first message of main mode. */
static struct ike_sa *begin(const char *blue_more)
{
	net_init(&net);
	host(&red, "red", "10.0.0.1", POLICY("10.0.0.1", "10.0.0.2"),
	     SECRET ALLOWED);
	host(&blue, "blue", "10.0.0.2", POLICY("10.0.0.2", "10.0.0.1"),
	     blue_more);
	net.hook = hook;
	answer_len = 0;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	must(red->engine->sas);
	return red->engine->sas;
}

static void send_first(struct ike_sa *sa)
{
	aggressive_first(sa);
	net_run(&net, 100);
}

static int take_second(struct ike_sa *sa)
{
	return aggressive_second(sa, answer, answer_len);
}

static void end(void)
{
	net_free(&net);
}

static void done(const char *name, enum aggressive_third how)
{
	struct ike_sa *sa = begin(SECRET ALLOWED);
	const char *why;

	send_first(sa);
	ok(answer_len && !take_second(sa), "%s: blue proves who it is", name);
	aggressive_third(sa, how);
	aggressive_done(sa);
	net_run(&net, 2000);
	ok(net_sas(blue) == 1 && net_sa(blue), "%s: blue has the IKE SA", name);
	why = net_traffic(red, blue);
	ok(!why, "%s: quick mode follows, and traffic (%s)", name,
	   why ? why : "both ways");
	ok(red->driver.count == 1 && blue->driver.count == 1,
	   "%s: one pair on each side", name);
	end();
}

/* Red starts anew, and says so. */
static void contact(const char *name, enum aggressive_third how,
		    unsigned int sas)
{
	struct ike_sa *sa = begin(SECRET ALLOWED);

	send_first(sa);
	must(answer_len && !take_second(sa));
	aggressive_third(sa, AGGRESSIVE_ENCRYPTED);
	aggressive_done(sa);
	net_run(&net, 2000);
	must(blue->driver.count == 1);
	ike_engine_free(red->engine);
	red->engine = ike_engine_new(&red->env, red->policy);
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	sa = red->engine->sas;
	send_first(sa);
	must(!take_second(sa));
	aggressive_third(sa, how);
	net_run(&net, 2000);
	ok(net_sas(blue) == sas, "INITIAL-CONTACT %s: %u IKE SAs are left",
	   name, sas);
	end();
}

/* Whoever saw the first two can send it, before the peer does. */
static void forged(void)
{
	struct ike_sa *sa = begin(SECRET ALLOWED);

	send_first(sa);
	must(answer_len && !take_second(sa));
	aggressive_third(sa, AGGRESSIVE_FORGED);
	net_run(&net, 1000);
	ok(!net_sa(blue), "a third message with another HASH: no IKE SA");
	aggressive_third(sa, AGGRESSIVE_CLEAR);
	net_run(&net, 1000);
	ok(net_sa(blue), "then the right one: the IKE SA");
	end();

	sa = begin(SECRET ALLOWED);
	send_first(sa);
	must(answer_len && !take_second(sa));
	aggressive_third(sa, AGGRESSIVE_FORGED);
	net_run(&net, 6000);
	ok(!net_sas(blue) && !blue->driver.count,
	   "nothing but the wrong one: it ends, no pair");
	ok(blue->engine->counters.authentication_failures == 1,
	   "which is counted");
	end();
}

static void other_secret(void)
{
	struct ike_sa *sa = begin(ANOTHER ALLOWED);

	send_first(sa);
	ok(answer_len && take_second(sa),
	   "another secret: blue's answer proves nothing");
	end();
}

static void not_allowed(void)
{
	struct ike_sa *sa = begin(SECRET);

	send_first(sa);
	ok(!answer_len && !net_sas(blue),
	   "a rule without the word: no answer, no state");
	ok(blue->engine->counters.no_rule == 1, "which is counted");
	end();
}

#define TWO(more)                                         \
	"  - name: two\n"                                 \
	"    version: 1\n"                                \
	"    filters: [{from: 10.0.0.2, to: 10.0.0.1}]\n" \
	"    ike: aes128-sha256-modp2048\n" SECRET more

/* Two rules of one secret, and only one of them allows it. */
static void one_of_two(void)
{
	struct ike_sa *sa = begin(SECRET TWO(ALLOWED));

	send_first(sa);
	ok(answer_len &&
		   !strcmp(TAILQ_FIRST(&blue->engine->list)->rule->name, "two"),
	   "the second rule allows it: answered by that");
	end();

	sa = begin(SECRET ALLOWED "    remote-id: a@b.example\n" TWO(""));
	send_first(sa);
	must(answer_len && !take_second(sa));
	aggressive_third(sa, AGGRESSIVE_CLEAR);
	net_run(&net, 2000);
	ok(!net_sa(blue), "the first does, for another identity: no IKE SA");
	ok(net_logged(red,
		      "the peer refuses main mode: INVALID-ID-INFORMATION"),
	   "which the peer is told");
	end();
}

static void other_rule(void)
{
	struct ike_sa *sa =
		begin(SECRET ALLOWED "    esp: aes256-sha512\n" TWO(""));

	send_first(sa);
	must(answer_len && !take_second(sa));
	aggressive_third(sa, AGGRESSIVE_CLEAR);
	aggressive_done(sa);
	net_run(&net, 2000);
	ok(net_sa(blue) && !blue->driver.count &&
		   net_logged(blue, "no common security method"),
	   "no quick mode of a rule without the word");
	end();
}

/* What comes again is answered again, and what comes too late is not. */
static void again(void)
{
	struct ike_sa *sa = begin(SECRET ALLOWED);
	size_t first;

	send_first(sa);
	first = answer_len;
	answer_len = 0;
	ikev1_transmit(sa, &ikev1_of(sa)->wire, false);
	net_run(&net, 100);
	ok(first && answer_len == first && net_sas(blue) == 1,
	   "the first message again: the same answer, one SA");
	net_run(&net, 120000);
	ok(!net_sas(blue), "no third message: the SA goes");
	end();
}

/* A key of ours was made for it, so it is not as if it had not come. */
static void bad_key(void)
{
	struct ike_sa *sa = begin(SECRET ALLOWED);
	struct ikev1 *v1 = ikev1_of(sa);

	sa->chosen = v1->offer.p[0];
	must(!ikev1_ke_make(sa));
	memset(v1->ke_i.data, 0, v1->ke_i.len);
	send_first(sa);
	ok(!answer_len && net_sas(blue) == 1 && blue->engine->half_open == 1,
	   "a value that is of no group: no answer, but it counts as begun");
	net_run(&net, 31000);
	ok(!net_sas(blue) && !blue->engine->half_open, "and ends like others");
	end();
}

int main(void)
{
	bad_key();
	done("third message in clear", AGGRESSIVE_CLEAR);
	done("third message encrypted", AGGRESSIVE_ENCRYPTED);
	contact("encrypted", AGGRESSIVE_CONTACT, 1);
	contact("in clear", AGGRESSIVE_CONTACT_CLEAR, 2);
	forged();
	other_secret();
	not_allowed();
	one_of_two();
	other_rule();
	again();
	return tap_done();
}
