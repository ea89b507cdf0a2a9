// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * State x message, version 1: at every message boundary of a negotiation each
 * kind of message that the peer did not send comes to either side. The cell
 * says which counter grows; the negotiation then ends as if nothing had come.
 *
 * Columns are the messages delivered so far: 0 to 5 of main mode, 6 to 8 of
 * quick mode, 9 when all is done.
 */
#include <stdlib.h>

#include "net.h"
#include "payload.h"

#define STATES 10
#define BODY_MAX 512

static const char red_policy[] =
	"rules:\n"
	"  - name: v1\n"
	"    version: 1\n"
	"    filters: [{from: 10.0.0.1, to: 10.0.0.2}]\n"
	"    psk: secret\n"
	"ike:\n"
	"  log: debug\n";

static const char blue_policy[] =
	"rules:\n"
	"  - name: v1\n"
	"    version: 1\n"
	"    filters: [{from: 10.0.0.2, to: 10.0.0.1}]\n"
	"    psk: secret\n"
	"ike:\n"
	"  log: debug\n";

enum content {
	NOTHING,
	NOTIFY, /* NO-PROPOSAL-CHOSEN */
	DELETE_SA,
	KE, /* a key exchange and a nonce */
	SAME_SA, /* the initiator's proposal */
	GARBAGE,
	FRAGMENT,
};

struct kind {
	const char *name;
	uint8_t exchange;
	uint8_t flags;
	uint32_t id;
	enum content content;
	/* For each state, to red and to blue:
	 * . nothing is counted, i invalid packet, u unexpected, a not
	 * authentic, c no such SA, f fragment dropped
	 */
	const char *red;
	const char *blue;
};

#define ENC IKEV1_FLAG_ENCRYPTED

static const struct kind kinds[] = {
#include "v1_strangers.inc"
};

static struct net net;
static struct net_host *red, *blue;

static void begin(void)
{
	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1", red_policy);
	blue = net_host(&net, "blue", "10.0.0.2", blue_policy);
	net.manual = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
}

static struct ike_sa *any_sa(struct net_host *host)
{
	return TAILQ_FIRST(&host->engine->list);
}

static void add_content(struct ike_builder *b, enum content content)
{
	uint8_t bytes[64] = { 1, 2, 3 }, cookies[16] = { 0 };

	switch (content) {
	case NOTHING:
		return;
	case NOTIFY:
		ikev1_notify_write(b, IKE_PROTO_IKE, IKEV1_NO_PROPOSAL_CHOSEN,
				   NULL, 0, NULL, 0);
		return;
	case DELETE_SA:
		ikev1_delete_write(b, IKE_PROTO_IKE, sizeof(cookies), 1,
				   cookies);
		return;
	case KE:
		ike_bytes_write(b, IKEV1_KE, bytes, sizeof(bytes));
		ike_bytes_write(b, IKEV1_NONCE, bytes, 16);
		return;
	case SAME_SA:
		ike_bytes_write(b, IKEV1_SA, bytes, 8);
		return;
	case GARBAGE:
		ike_bytes_write(b, 200, bytes, sizeof(bytes));
		return;
	case FRAGMENT:
		ike_bytes_write(b, IKEV1_FRAGMENT, bytes, 20);
		return;
	}
}

static void inject(const struct kind *k, struct net_host *to)
{
	struct net_host *from = to == red ? blue : red;
	struct ike_sa *sa = any_sa(to) ?: any_sa(from);
	struct ike_header h = {
		.version = IKE_V1,
		.exchange = k->exchange,
		.flags = 0,
		.id = k->id,
	};
	struct ike_path path = {
		.local = to->addr,
		.remote = from->addr,
		.local_port = IKE_PORT,
		.remote_port = IKE_PORT,
	};
	uint8_t buf[BODY_MAX];
	struct ike_builder b;
	size_t len;

	memcpy(h.spi_i, ike_sa_spi_i(sa), IKE_SPI_LEN);
	memcpy(h.spi_r, ike_sa_spi_r(sa), IKE_SPI_LEN);
	ike_build(&b, buf, sizeof(buf), &h);
	add_content(&b, k->content);
	len = ike_build_finish(&b);
	buf[IKE_HEADER_LEN - 9] = k->flags;
	net_inject(to, &path, buf, len);
}

/* Which counter grew by the message. */
static char verdict(const struct ike_counters *before,
		    const struct ike_counters *after)
{
	if (after->fragments_dropped > before->fragments_dropped)
		return 'f';
	if (after->not_authentic > before->not_authentic)
		return 'a';
	if (after->invalid_packets > before->invalid_packets)
		return 'i';
	if (after->unexpected > before->unexpected)
		return 'u';
	if (after->invalid_cookies > before->invalid_cookies)
		return 'c';
	return '.';
}

static char cell(const struct kind *k, bool to_red, unsigned int state)
{
	struct net_host *to;
	struct ike_counters before;
	unsigned int i;
	char got;

	begin();
	to = to_red ? red : blue;
	for (i = 0; i < state; i++)
		net_deliver(&net, 0);
	before = to->engine->counters;
	inject(k, to);
	got = verdict(&before, &to->engine->counters);
	net.manual = false;
	net_run(&net, 3000);
	if (net_traffic(red, blue) || red->driver.count != 1 ||
	    blue->driver.count != 1 || net_sas(red) != 1 || net_sas(blue) != 1)
		got = 'X';
	net_free(&net);
	return got;
}

static void row(const struct kind *k, bool to_red, const char *want)
{
	char got[STATES + 1] = { 0 };
	unsigned int state;

	for (state = 0; state < STATES; state++)
		got[state] = cell(k, to_red, state);
	is(got, want, "%s to %s", k->name,
	   to_red ? "the initiator" : "the responder");
}

/* Every message of the negotiation once more, at every later moment. */
struct record {
	unsigned int count;
	struct {
		struct net_host *to;
		struct ike_path path;
		uint8_t data[2048];
		size_t len;
	} msg[32];
};

static enum net_verdict keep(struct net *n, struct net_packet *p)
{
	struct record *r = n->hook_data;

	if (r->count < 32 && p->len <= sizeof(r->msg[0].data)) {
		r->msg[r->count].to = p->to;
		r->msg[r->count].path = p->path;
		r->msg[r->count].len = p->len;
		memcpy(r->msg[r->count++].data, p->data, p->len);
	}
	return NET_PASS;
}

static void replays(void)
{
	static struct record record;
	unsigned int state, i, bad = 0, cells = 0;

	for (state = 1; state < STATES; state++)
		for (i = 0; i < state; i++, cells++) {
			unsigned int n;

			net_init(&net);
			record.count = 0;
			red = net_host(&net, "red", "10.0.0.1", red_policy);
			blue = net_host(&net, "blue", "10.0.0.2", blue_policy);
			net.manual = true;
			net.hook = keep;
			net.hook_data = &record;
			net_acquire(red, "10.0.0.1", "10.0.0.2");
			for (n = 0; n < state; n++)
				net_deliver(&net, 0);
			net_inject(record.msg[i].to, &record.msg[i].path,
				   record.msg[i].data, record.msg[i].len);
			net.manual = false;
			net_run(&net, 3000);
			if (net_traffic(red, blue) || red->driver.count != 1 ||
			    blue->driver.count != 1) {
				printf("# message %u again after %u: %s\n",
				       i + 1, state,
				       net_traffic(red, blue) ?: "pairs");
				bad++;
			}
			net_free(&net);
		}
	ok(!bad, "replays: %u cells, %u bad", cells, bad);
}

/* Every bit of every message wrong once: nothing but a delay comes of it. */
static unsigned int flip_message, flip_bit;

static enum net_verdict flip(struct net *n, struct net_packet *p)
{
	(void)n;
	if (p->number == flip_message && flip_bit / 8 < p->len)
		p->data[flip_bit / 8] ^= 1 << flip_bit % 8;
	return NET_PASS;
}

static void tampered(void)
{
	unsigned int bad = 0, runs = 0;

	for (flip_message = 1; flip_message <= 9; flip_message++)
		for (flip_bit = 0; flip_bit < 8 * 160; flip_bit += 13, runs++) {
			begin();
			net.manual = false;
			net.hook = flip;
			/* It was sent before there was the hook. */
			if (flip_message == 1)
				TAILQ_FIRST(&net.queue)->data[flip_bit / 8] ^=
					1 << flip_bit % 8;
			net_run(&net, 250000);
			/* Either it stands, or nothing is left of it. */
			if (red->driver.count != blue->driver.count ||
			    (red->driver.count && net_traffic(red, blue))) {
				printf("# bit %u of message %u: %u and %u pairs, %s\n",
				       flip_bit, flip_message,
				       red->driver.count, blue->driver.count,
				       net_traffic(red, blue) ?: "traffic");
				bad++;
			}
			net_free(&net);
		}
	ok(!bad, "tampered messages: %u runs, %u bad", runs, bad);
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		row(&kinds[i], true, kinds[i].red);
		row(&kinds[i], false, kinds[i].blue);
	}
	replays();
	tampered();
	return tap_done();
}
