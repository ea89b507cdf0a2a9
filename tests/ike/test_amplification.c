// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whoever sends a first message may have written another's address into it, so
 * no answer is longer than that, nor is a key made before it is known that one
 * is sent: first messages of both versions with all sets of their payloads, down
 * to the header alone. Aggressive mode, which a rule has to allow, is the
 * exception: its answer has a proof in it.
 */
#include "pair.h"
#include "payload.h"
#include "v2_util.h"

struct ike_dh *__real_ike_dh_new(uint16_t group);
struct ike_dh *__wrap_ike_dh_new(uint16_t group);

static unsigned int version, serial;
static unsigned int keys; /* that were made */
static struct ike_path path;
static uint8_t first[4096];
static struct ike_message m;

struct ike_dh *__wrap_ike_dh_new(uint16_t group)
{
	keys++;
	return __real_ike_dh_new(group);
}

/* With one proposal, so that there is little to be longer than. */
static void begin(void)
{
	const struct net_packet *p;

	pair_same(version == 1 ?
			  "    version: 1\n    ike: aes128-sha256-modp2048\n" :
			  "    ike: aes256gcm16-prfsha256-x25519\n");
	net.manual = true;
	pair_acquire(red);
	p = TAILQ_FIRST(&net.queue);
	path = p->path;
	memcpy(first, p->data, p->len);
	ike_message_parse(&m, first, p->len);
	net_lose(&net, 0);
}

static const struct net_packet *answer(void)
{
	return TAILQ_FIRST(&net.queue);
}

/* Those payloads of the real one, and what else is to be put before. */
static size_t ask(uint32_t set, const void *more, size_t len)
{
	struct ike_header h = m.hdr;
	uint8_t buf[4096];
	struct ike_builder b;
	unsigned int i;
	size_t size;

	while (net_queued(&net))
		net_lose(&net, 0);
	h.spi_i[0] = 1;
	h.spi_i[1] = serial >> 8;
	h.spi_i[2] = serial++;
	ike_build(&b, buf, sizeof(buf), &h);
	if (more)
		ikev2_notify_put(&b, IKEV2_COOKIE, more, len);
	for (i = 0; i < m.payloads; i++)
		if (set & 1U << i)
			ike_bytes_write(&b, m.payload[i].type,
					m.payload[i].data, m.payload[i].len);
	size = ike_build_finish(&b);
	net_inject(blue, &path, buf, size);
	return size;
}

static void sets(void)
{
	unsigned int longer = 0, answered = 0;
	size_t size;
	uint32_t set;

	begin();
	blue->engine->policy->limits.per_address = 1U << 20;
	blue->engine->policy->limits.cookie_threshold = 1U << 20;
	for (set = 0; set < 1U << m.payloads; set++) {
		size = ask(set, NULL, 0);
		if (!answer())
			continue;
		answered++;
		if (answer()->len <= size)
			continue;
		longer++;
		printf("# payloads 0x%x of %u: %zu bytes, answer %zu\n", set,
		       m.payloads, size, answer()->len);
	}
	ok(answered && !longer,
	   "version %u: %u sets of %u payloads, %u answers, %u longer", version,
	   set, m.payloads, answered, longer);
	pair_end();
}

/* Also when all are to send one: in version 1 when there is no room else. */
static void cookies(void)
{
	unsigned int longer = 0;
	size_t size;
	uint32_t set;

	begin();
	blue->engine->policy->limits.cookie_threshold = 0;
	if (version == 1)
		blue->engine->policy->limits.half_open = 1;
	for (set = 0; set < 1U << m.payloads; set++) {
		size = ask(set, NULL, 0);
		longer += answer() && answer()->len > size;
	}
	ok(blue->engine->counters.cookies_sent && !longer,
	   "version %u: nor of %u by which a cookie is asked for: %u longer",
	   version, (unsigned int)blue->engine->counters.cookies_sent, longer);
	pair_end();
}

static uint32_t needed(void)
{
	uint32_t set = 0;
	unsigned int i;

	for (i = 0; i < m.payloads; i++)
		if (m.payload[i].type == IKEV2_SA ||
		    m.payload[i].type == IKEV2_KE ||
		    m.payload[i].type == IKEV2_NONCE)
			set |= 1U << i;
	return set;
}

/* Who says little is served once it has sent the cookie back. */
static void short_request(void)
{
	struct ike_message reply;
	struct ike_notify n = { 0 };
	uint8_t cookie[64];
	uint32_t set;

	begin();
	set = needed();
	keys = 0;
	ask(set, NULL, 0);
	ok(answer() &&
		   !ike_message_parse(&reply, answer()->data, answer()->len) &&
		   ikev2_notify_find(&reply, IKEV2_COOKIE, &n) &&
		   n.len <= sizeof(cookie) && !blue->engine->half_open,
	   "version 2: a short request is asked for a cookie");
	ok(!keys, "version 2: for which no key is made");
	memcpy(cookie, n.data, n.len);
	/* The same SPI: the cookie is for that. */
	serial--;
	ask(set, cookie, n.len);
	ok(answer() &&
		   !ike_message_parse(&reply, answer()->data, answer()->len) &&
		   ike_payload_get(&reply, IKEV2_KE) &&
		   blue->engine->half_open == 1 && keys == 1,
	   "version 2: and answered with it, and one key");
	pair_end();
}

int main(void)
{
	for (version = 1; version <= 2; version++) {
		sets();
		cookies();
	}
	version = 2;
	short_request();
	return tap_done();
}
