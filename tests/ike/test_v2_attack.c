// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages that attackers send, without the keys and with them. */
#include <stdlib.h>

#include "forge.h"
#include "pair.h"
#include "rnd.h"
#include "tap.h"
#include "v2_util.h"

#define FUZZ_RUNS 20000

static char before[FORGE_STATE_LEN], after[FORGE_STATE_LEN];
static unsigned int changed, tried;

/* Injects what must do nothing at all. */
static void harmless(struct net_host *to, const struct ike_path *path,
		     const void *data, size_t len)
{
	forge_state(to, before, sizeof(before));
	net_inject(to, path, data, len);
	forge_state(to, after, sizeof(after));
	changed += strcmp(before, after) != 0;
	tried++;
}

static void set_len(uint8_t *data, uint32_t len)
{
	data[24] = (uint8_t)(len >> 24);
	data[25] = (uint8_t)(len >> 16);
	data[26] = (uint8_t)(len >> 8);
	data[27] = (uint8_t)len;
}

/* Every truncation, with and without a length that fits, and false lengths. */
static void cut(const struct net_packet *p)
{
	static const uint32_t lies[] = { 0, 27, 28, 29, 0xffffffff };
	uint8_t *copy = malloc(p->len);
	uint32_t i;

	for (i = 0; i < p->len; i++) {
		memcpy(copy, p->data, p->len);
		harmless(p->to, &p->path, copy, i);
		if (i >= IKE_HEADER_LEN) {
			set_len(copy, i);
			harmless(p->to, &p->path, copy, i);
		}
	}
	for (i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		memcpy(copy, p->data, p->len);
		set_len(copy, lies[i]);
		harmless(p->to, &p->path, copy, p->len);
	}
	free(copy);
}

/*
 * A bit of every byte of a protected message, but of its SPIs: it would be of
 * an IKE SA that is not there, and be told so (test_restart).
 */
static void flip(const struct net_packet *p)
{
	bool clear = p->data[18] == IKEV2_SA_INIT;
	uint8_t *copy = malloc(p->len);
	size_t i, end = clear ? 0 : p->len;

	memcpy(copy, p->data, p->len);
	for (i = 2 * IKE_SPI_LEN; i < end; i++) {
		uint8_t bit = (uint8_t)(1U << rnd(8));

		copy[i] ^= bit;
		harmless(p->to, &p->path, copy, p->len);
		copy[i] ^= bit;
	}
	free(copy);
}

/* At the moment when a message would arrive, its likes come first. */
static void deliver_mutants(void)
{
	struct net_packet *p;

	while ((p = TAILQ_FIRST(&net.queue))) {
		cut(p);
		flip(p);
		net_deliver(&net, 0);
	}
}

static void mutants(void)
{
	changed = tried = 0;
	pair_same(NULL);
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	deliver_mutants();
	pair_soft(red);
	deliver_mutants();
	/* the old one is deleted after a moment */
	net_run(&net, 200);
	deliver_mutants();
	ike_engine_rekey_ike(blue->engine, "all");
	deliver_mutants();
	ike_engine_check(red->engine, "all");
	deliver_mutants();
	is(pair_state(), "", "a life between mutants");
	ok(!changed, "none of %u mutants changed anything: %u did", tried,
	   changed);
	pair_end();
}

/* The peer's own SA, to seal with. */
static struct ike_sa *of(struct net_host *host)
{
	return net_sa(host);
}

static uint32_t next_id(struct net_host *host)
{
	return ikev2_of(of(host))->next_id;
}

/* Red sends a request of its own making; blue's next answer is dropped. */
static void request(uint8_t exchange, const struct forge_chain *c)
{
	struct ike_header h =
		forge_header(of(red), exchange, false, next_id(red));

	forge_send(blue, of(red), &h, c);
	ikev2_of(of(red))->next_id++;
	while (net_queued(&net))
		net_lose(&net, 0);
}

static void settle(void)
{
	while (net_queued(&net))
		net_lose(&net, 0);
}

static void begin(const char *more)
{
	pair_same(more);
	pair_establish();
	net.manual = true;
}

/* What the last message of blue was: its first notify; 0: none of error. */
static uint16_t answer_error(void)
{
	struct net_packet *p = TAILQ_FIRST(&net.queue);
	static struct forge_chain c;
	struct ike_message m = { .hdr = { .version = IKE_V2 } };
	struct ike_notify n;
	size_t rest;

	if (!p || !forge_open(p, &c) ||
	    ike_chain_parse(&m, c.first, c.data, c.len, &rest))
		return 0xffff;
	return ikev2_notify_error(&m, &n);
}

static uint16_t ask(uint8_t exchange, const struct forge_chain *c)
{
	struct ike_header h =
		forge_header(of(red), exchange, false, next_id(red));
	uint16_t error;

	settle();
	forge_send(blue, of(red), &h, c);
	error = answer_error();
	settle();
	if (of(red))
		ikev2_of(of(red))->next_id++;
	return error;
}

static struct forge_chain chain;

static void deletes(void)
{
	struct ike_builder b;
	uint8_t spis[4 * 1000];
	uint32_t i, spi;

	begin(NULL);
	rnd_bytes(spis, sizeof(spis));
	forge_begin(&chain, &b);
	ikev2_delete_write(&b, IKE_PROTO_ESP, 4, 1000, spis);
	forge_end(&chain, &b);
	ok(!ask(IKEV2_INFORMATIONAL, &chain) && blue->driver.count == 1,
	   "a thousand SPIs that are not there");
	/* The same one many times, then notifies and another Delete. */
	spi = htobe32(
		(uint32_t)fake_sending(&red->driver)->sa.protection[0].spi_in.v);
	for (i = 0; i < 1000; i++)
		memcpy(spis + 4 * i, &spi, 4);
	forge_begin(&chain, &b);
	ikev2_delete_write(&b, IKE_PROTO_ESP, 4, 1000, spis);
	ikev2_notify_write(&b, IKE_PROTO_ESP, IKEV2_REKEY_SA, &spi, 4, NULL, 0);
	ikev2_delete_write(&b, IKE_PROTO_ESP, 4, 1, spis);
	forge_end(&chain, &b);
	ok(!ask(IKEV2_INFORMATIONAL, &chain) && !blue->driver.count,
	   "one SPI a thousand times, and again behind a notify");
	forge_begin(&chain, &b);
	ikev2_delete_write(&b, IKE_PROTO_IKE, 0, 0, NULL);
	ikev2_delete_write(&b, IKE_PROTO_ESP, 4, 1000, spis);
	ikev2_delete_write(&b, IKE_PROTO_IKE, 0, 0, NULL);
	forge_end(&chain, &b);
	ask(IKEV2_INFORMATIONAL, &chain);
	ok(!net_sas(blue), "the IKE SA twice, with more behind it");
	pair_end();
}

static void put_child(struct ike_builder *b, uint16_t nonce, unsigned int ts)
{
	struct ike_ts_list list = { .count = ts };
	struct ike_proposals offer = { 0 };
	uint8_t bytes[512];
	unsigned int i;
	struct ike_child *child = TAILQ_FIRST(&of(red)->children);

	for (i = 0; i < ts; i++)
		list.ts[i] = child->local;
	ike_child_offer(child, true, &offer);
	ikev2_sa_write(b, &offer);
	rnd_bytes(bytes, sizeof(bytes));
	ike_bytes_write(b, IKEV2_NONCE, bytes, nonce);
	ikev2_ts_write(b, IKEV2_TSI, &list);
	for (i = 0; i < ts; i++)
		list.ts[i] = child->remote;
	ikev2_ts_write(b, IKEV2_TSR, &list);
	ikev2_notify_write(b, 0, IKEV2_USE_TRANSPORT_MODE, NULL, 0, NULL, 0);
	ike_proposals_free(&offer);
}

static void nonces(void)
{
	static const uint16_t lens[] = { 0, 15, 16, 256, 257, 512 };
	struct ike_builder b;
	unsigned int i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		bool good = lens[i] >= 16 && lens[i] <= 256;
		uint16_t error;

		begin(NULL);
		forge_begin(&chain, &b);
		put_child(&b, lens[i], 1);
		forge_end(&chain, &b);
		error = ask(IKEV2_CREATE_CHILD_SA, &chain);
		ok(error == (good ? 0 : IKEV2_INVALID_SYNTAX),
		   "a nonce of %u bytes: %u", lens[i], error);
		ok(blue->driver.count == (good ? 2 : 1),
		   "a nonce of %u bytes: %s", lens[i],
		   good ? "taken" : "nothing is made");
		pair_end();
	}
}

static void children(void)
{
	struct ike_builder b;
	unsigned int i;
	uint16_t error = 0;

	begin(NULL);
	blue->policy->limits.children = 10;
	for (i = 0; i < 20 && !error; i++) {
		forge_begin(&chain, &b);
		put_child(&b, 32, 1);
		forge_end(&chain, &b);
		error = ask(IKEV2_CREATE_CHILD_SA, &chain);
	}
	ok(error == IKEV2_NO_ADDITIONAL_SAS && blue->driver.count == 10,
	   "Child SAs without end: %u", blue->driver.count);
	pair_end();
}

static void rekey_of(const char *name, uint8_t proto, size_t spi_len,
		     uint16_t want)
{
	struct ike_builder b;
	uint8_t spi[8] = { 1, 2, 3, 4 };
	uint16_t error;

	begin(NULL);
	forge_begin(&chain, &b);
	ikev2_notify_write(&b, proto, IKEV2_REKEY_SA, spi, spi_len, NULL, 0);
	put_child(&b, 32, 1);
	forge_end(&chain, &b);
	error = ask(IKEV2_CREATE_CHILD_SA, &chain);
	ok(error == want && blue->driver.count == 1, "REKEY_SA of %s: %u", name,
	   error);
	pair_end();
}

static void critical(void)
{
	struct ike_builder b;
	uint16_t error;

	begin(NULL);
	forge_begin(&chain, &b);
	ike_bytes_write(&b, 200, "x", 1);
	forge_end(&chain, &b);
	ok(!ask(IKEV2_INFORMATIONAL, &chain), "an unknown payload is passed "
					      "over");
	chain.data[1] |= 0x80;
	error = ask(IKEV2_INFORMATIONAL, &chain);
	ok(error == IKEV2_UNSUPPORTED_CRITICAL_PAYLOAD,
	   "a critical one is refused: %u", error);
	ok(net_sas(blue) == 1, "the IKE SA goes on");
	pair_end();
}

static void malformed(void)
{
	uint16_t error;

	begin(NULL);
	chain = (struct forge_chain){ .first = IKEV2_NOTIFY, .len = 4 };
	chain.data[3] = 200;
	error = ask(IKEV2_INFORMATIONAL, &chain);
	ok(error == IKEV2_INVALID_SYNTAX && net_sas(blue) == 1,
	   "payloads that do not fit: %u", error);
	chain = (struct forge_chain){ .first = IKEV2_SK, .len = 8 };
	chain.data[3] = 8;
	error = ask(IKEV2_INFORMATIONAL, &chain);
	ok(error == IKEV2_INVALID_SYNTAX, "SK in SK: %u", error);
	pair_end();
}

/* A request that comes again with other contents is not answered. */
static void changed_repetition(void)
{
	struct ike_header h;
	struct ike_builder b;
	unsigned int sent;

	begin(NULL);
	forge_begin(&chain, &b);
	forge_end(&chain, &b);
	request(IKEV2_INFORMATIONAL, &chain);
	sent = blue->sent;
	forge_begin(&chain, &b);
	ikev2_delete_write(&b, IKE_PROTO_IKE, 0, 0, NULL);
	forge_end(&chain, &b);
	h = forge_header(of(red), IKEV2_INFORMATIONAL, false, next_id(red) - 1);
	forge_send(blue, of(red), &h, &chain);
	ok(net_sas(blue) == 1 && blue->sent == sent,
	   "a repetition with other contents is dropped");
	pair_end();
}

static void message_ids(void)
{
	static const int64_t ids[] = { -2, -1, 1, 2, 100, 0xffffffff };
	struct ike_header h;
	struct ike_builder b;
	unsigned int i;

	begin(NULL);
	forge_begin(&chain, &b);
	ikev2_delete_write(&b, IKE_PROTO_IKE, 0, 0, NULL);
	forge_end(&chain, &b);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		h = forge_header(of(red), IKEV2_INFORMATIONAL, false,
				 (uint32_t)(next_id(red) + ids[i]));
		forge_send(blue, of(red), &h, &chain);
		h = forge_header(of(red), IKEV2_INFORMATIONAL, true,
				 (uint32_t)(next_id(red) + ids[i]));
		forge_send(blue, of(red), &h, &chain);
	}
	ok(net_sas(blue) == 1 && !net_queued(&net),
	   "message IDs that are not due: nothing");
	h = forge_header(of(red), IKEV2_INFORMATIONAL, true, next_id(red));
	forge_send(blue, of(red), &h, &chain);
	ok(net_sas(blue) == 1 && !net_queued(&net),
	   "an answer to nothing: nothing");
	pair_end();
}

/* Red's own messages come back to it. */
static void reflected(void)
{
	struct net_packet *p;
	struct ike_path path;

	begin(NULL);
	changed = tried = 0;
	ike_engine_check(red->engine, "all");
	p = TAILQ_FIRST(&net.queue);
	path = of(red)->path;
	harmless(red, &path, p->data, p->len);
	p->data[19] ^= IKEV2_FLAG_RESPONSE;
	harmless(red, &path, p->data, p->len);
	p->data[19] ^= IKEV2_FLAG_INITIATOR;
	harmless(red, &path, p->data, p->len);
	p->data[19] ^= IKEV2_FLAG_RESPONSE;
	harmless(red, &path, p->data, p->len);
	ok(!changed, "messages that come back, with flags of all kinds");
	pair_end();
}

static uint8_t packet[IKE_MESSAGE_MAX];

static void fragment(unsigned int number, unsigned int total, const void *data,
		     size_t len, bool forged)
{
	struct ike_header h =
		forge_header(of(red), IKEV2_INFORMATIONAL, false, next_id(red));
	struct ike_path path = forge_path(of(red));
	size_t n = forge_fragment(of(red), &h, number, total,
				  number == 1 ? IKEV2_DELETE : IKE_NONE, data,
				  len, packet, sizeof(packet));

	if (!n)
		return;
	if (forged)
		packet[n - 1] ^= 1;
	net_inject(blue, &path, packet, n);
}

static void fragments(void)
{
	static const uint8_t del[8] = { 0, 0, 0, 8, IKE_PROTO_IKE, 0, 0, 0 };
	unsigned int i;

	begin(NULL);
	fragment(1, 2, del, 4, true);
	fragment(2, 2, del + 4, 4, true);
	ok(net_sas(blue) == 1, "forged fragments: nothing");
	fragment(1, 2, del, 4, false);
	fragment(2, 2, "wrong", 4, true);
	fragment(2, 1, del + 4, 4, false);
	fragment(1, 2, "xxxx", 4, false);
	for (i = 0; i < 1000; i++)
		fragment(2, 2, "ugly", 4, true);
	ok(net_sas(blue) == 1 && !net_queued(&net), "no message yet");
	fragment(2, 2, del + 4, 4, false);
	ok(!net_sas(blue) && net_queued(&net) == 1,
	   "the true ones make it, whatever came between");
	pair_end();

	begin("    fragmentation: no\n");
	fragment(1, 2, del, 4, false);
	fragment(2, 2, del + 4, 4, false);
	ok(net_sas(blue) == 1, "fragments that were not agreed on: nothing");
	pair_end();
}

/* Authentic, but its payloads are damaged at random. */
static void damage(struct forge_chain *c)
{
	unsigned int n = 1 + rnd(4);

	while (n--) {
		size_t at = rnd((uint32_t)c->len);

		switch (rnd(5)) {
		case 0:
			c->data[at] = (uint8_t)rnd(256);
			break;
		case 1:
			c->data[at] ^= (uint8_t)(1U << rnd(8));
			break;
		case 2:
			c->data[at] = rnd(2) ? 0 : 0xff;
			break;
		case 3:
			c->len = at ? at : 1;
			break;
		default:
			c->first = (uint8_t)(IKEV2_SA + rnd(21));
			break;
		}
	}
}

static struct forge_chain *corpus[16];
static uint8_t corpus_exchange[16];
static unsigned int corpus_size;

static enum net_verdict collect(struct net *n, struct net_packet *p)
{
	(void)n;
	if (corpus_size < 16 && forge_open(p, &chain)) {
		corpus[corpus_size] = malloc(sizeof(chain));
		*corpus[corpus_size] = chain;
		corpus_exchange[corpus_size++] = p->data[18];
	}
	return NET_PASS;
}

static void collect_corpus(void)
{
	pair_same("    pfs: yes\n");
	net.hook = collect;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 2000);
	pair_soft(red);
	net_run(&net, 2000);
	ike_engine_rekey_ike(red->engine, "all");
	net_run(&net, 2000);
	pair_hard(red);
	net_run(&net, 2000);
	ike_engine_down(red->engine, "all");
	net_run(&net, 2000);
	pair_end();
}

/* A peer that is authenticated and mad. */
static void madness(bool responses)
{
	unsigned int i, begun = 0, id;

	pair_same("    pfs: yes\n");
	for (i = 0; i < FUZZ_RUNS; i++) {
		unsigned int pick = rnd(corpus_size);
		struct ike_header h;

		if (!of(red) || !of(blue) || of(red)->initiator == false ||
		    net_sas(blue) != 1 || !of(blue)->peer_spi[0] ||
		    i % 200 == 0) {
			net.manual = false;
			pair_end();
			pair_same("    pfs: yes\n");
			pair_establish();
			net.manual = true;
			begun++;
		}
		chain = *corpus[pick];
		damage(&chain);
		if (responses && !ikev2_of(of(blue))->request.kind) {
			switch (rnd(3)) {
			case 0:
				pair_soft(blue);
				break;
			case 1:
				ike_engine_rekey_ike(blue->engine, "all");
				break;
			default:
				net_acquire(blue, "10.0.0.2", "10.0.0.1");
				break;
			}
		}
		id = responses ? ikev2_of(of(blue))->request.id :
				 ikev2_of(of(blue))->expected;
		h = forge_header(of(red),
				 responses ?
					 ikev2_of(of(blue))->request.exchange :
				 rnd(8) ? corpus_exchange[pick] :
					  (uint8_t)rnd(256),
				 responses, id);
		forge_send(blue, of(red), &h, &chain);
		settle();
		net_run(&net, rnd(20));
	}
	ok(1, "%u damaged %s of an authentic peer survived, %u lives",
	   FUZZ_RUNS, responses ? "answers" : "requests", begun);
	pair_end();
}

static void release_corpus(void)
{
	while (corpus_size)
		free(corpus[--corpus_size]);
}

/* First messages that are damaged. */
static void mad_strangers(void)
{
	struct net_packet *p, *first;
	unsigned int i;

	pair_same(NULL);
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	p = TAILQ_FIRST(&net.queue);
	first = malloc(sizeof(*p) + p->len);
	memcpy(first, p, sizeof(*p) + p->len);
	for (i = 0; i < FUZZ_RUNS; i++) {
		uint8_t *copy = malloc(first->len);
		size_t len = first->len;
		unsigned int n = 1 + rnd(4);

		memcpy(copy, first->data, len);
		rnd_bytes(copy, 8);
		while (n--)
			copy[IKE_HEADER_LEN - 12 +
			     rnd((uint32_t)(len - IKE_HEADER_LEN + 12))] =
				(uint8_t)rnd(256);
		if (!rnd(4))
			len = rnd((uint32_t)len);
		if (len >= IKE_HEADER_LEN)
			set_len(copy, (uint32_t)len);
		net_inject(blue, &first->path, copy, len);
		free(copy);
		settle();
		if (!(i % 20)) {
			net.manual = true;
			net_run(&net, 31000);
			settle();
		}
	}
	net_run(&net, 60000);
	ok(!blue->engine->half_open && !net_sas(blue),
	   "%u damaged first messages leave nothing", FUZZ_RUNS);
	free(first);
	pair_end();
}

static enum net_verdict other_method(struct net *n, struct net_packet *p)
{
	static const uint8_t methods[] = { 0, 1, 3, 9, 12, 13, 14, 201 };
	unsigned int pick = *(unsigned int *)n->hook_data;
	const struct ike_payload *auth;
	struct ike_message m = { .hdr = { .version = IKE_V2 } };
	struct ike_header h;
	size_t rest;

	if (p->to != blue || p->data[18] != IKEV2_AUTH ||
	    !forge_open(p, &chain) ||
	    ike_chain_parse(&m, chain.first, chain.data, chain.len, &rest))
		return NET_PASS;
	auth = ike_payload_get(&m, IKEV2_AUTH_PAYLOAD);
	if (pick < sizeof(methods))
		chain.data[auth->data - chain.data] = methods[pick];
	else
		chain.data[auth->data - chain.data + 4 + pick % 16] ^= 1;
	ike_header_parse(&h, p->data, p->len);
	p->len = forge_seal(TAILQ_FIRST(&red->engine->list), &h, &chain,
			    p->data, p->len);
	return NET_PASS;
}

static void methods(void)
{
	unsigned int pick, passed = 0;

	for (pick = 0; pick < 16; pick++) {
		pair_same(NULL);
		net.hook = other_method;
		net.hook_data = &pick;
		net_acquire(red, "10.0.0.1", "10.0.0.2");
		net_run(&net, 2000);
		passed += pair_established(blue) || blue->driver.adds ||
			  !net_logged(red, "AUTHENTICATION_FAILED");
		pair_end();
	}
	ok(!passed, "AUTH of another method, or damaged: always the same "
		    "refusal");
}

int main(void)
{
	rnd_seed();
	mutants();
	deletes();
	nonces();
	children();
	rekey_of("an SPI that is not there", IKE_PROTO_ESP, 4,
		 IKEV2_CHILD_SA_NOT_FOUND);
	rekey_of("protocol 0", 0, 4, IKEV2_CHILD_SA_NOT_FOUND);
	rekey_of("protocol IKE", IKE_PROTO_IKE, 8, IKEV2_CHILD_SA_NOT_FOUND);
	rekey_of("protocol 255", 255, 4, IKEV2_CHILD_SA_NOT_FOUND);
	rekey_of("no SPI", IKE_PROTO_ESP, 0, IKEV2_CHILD_SA_NOT_FOUND);
	critical();
	malformed();
	changed_repetition();
	message_ids();
	reflected();
	fragments();
	methods();
	collect_corpus();
	madness(false);
	madness(true);
	release_corpus();
	mad_strangers();
	return tap_done();
}
