// SPDX-License-Identifier: GPL-2.0-or-later
/* Version 1 between two engines: main mode, quick mode, and their ends. */
#include <stdlib.h>

#include "forge.h"
#include "forge1.h"
#include "net.h"
#include "v1.h"

#define POLICY(local, remote)                                \
	"rules:\n"                                           \
	"  - name: v1\n"                                     \
	"    version: 1\n"                                   \
	"    weak: yes\n"                                    \
	"    filters: [{from: " local ", to: " remote "}]\n" \
	"    psk: 0x0102030405060708090a0b0c0d0e0f10\n%s"    \
	"ike:\n"                                             \
	"  log: debug\n"

static struct net net;
static struct net_host *red, *blue;

static struct net_host *host(const char *name, const char *addr,
			     const char *format, const char *more)
{
	char text[2048];

	snprintf(text, sizeof(text), format, more);
	return net_host(&net, name, addr, text);
}

/* more: of both rules */
static void begin(const char *more)
{
	net_init(&net);
	red = host("red", "10.0.0.1", POLICY("10.0.0.1", "10.0.0.2"), more);
	blue = host("blue", "10.0.0.2", POLICY("10.0.0.2", "10.0.0.1"), more);
}

static void begin_apart(const char *red_more, const char *blue_more)
{
	net_init(&net);
	red = host("red", "10.0.0.1", POLICY("10.0.0.1", "10.0.0.2"), red_more);
	blue = host("blue", "10.0.0.2", POLICY("10.0.0.2", "10.0.0.1"),
		    blue_more);
}

static void up(const char *more)
{
	begin(more);
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 2000);
}

static void end(void)
{
	net_free(&net);
}

static void flows(const char *name)
{
	const char *why = net_traffic(red, blue);

	ok(!why, "%s: traffic flows (%s)", name, why ? why : "both ways");
}

static void one_pair(const char *name)
{
	fake_drain(&red->driver);
	fake_drain(&blue->driver);
	ok(red->driver.count == 1 && blue->driver.count == 1,
	   "%s: one pair on each side (%u, %u)", name, red->driver.count,
	   blue->driver.count);
}

/* Suites. */

static void suite(const char *name, const char *more)
{
	up(more);
	flows(name);
	ok(red->sent == 5 && blue->sent == 4, "%s: nine messages (%u and %u)",
	   name, red->sent, blue->sent);
	end();
}

static void suites(void)
{
	suite("defaults", "");
	suite("Windows' first choice",
	      "    ike: 3des-sha1-modp1024\n    esp: 3des-sha1\n");
	suite("DES, MD5, group 1",
	      "    ike: des-md5-modp768\n    esp: des-md5\n");
	suite("AH", "    ah: sha256\n");
	suite("AH over ESP", "    methods: [{ah: sha1, esp: 3des-sha1}]\n");
	suite("ESP without encryption", "    esp: null-sha1\n");
	suite("AES-GCM", "    esp: aes256gcm16\n");
	suite("perfect forward secrecy",
	      "    ike: aes128-sha256-modp2048\n    pfs: yes\n");
	suite("PFS with a group of its own",
	      "    ike: aes128-sha256-modp2048\n"
	      "    esp: aes128-sha256-modp3072\n");
	suite("ECP 384", "    ike: aes256-sha384-ecp384\n");
}

static void tunnel(void)
{
	static const char text[] =
		"rules:\n"
		"  - name: v1\n"
		"    version: 1\n"
		"    filters: [{from: %s, to: %s}]\n"
		"    tunnel: {local: %s, remote: %s}\n"
		"    psk: 0x0102030405060708090a0b0c0d0e0f10\n";
	char one[512], two[512];

	snprintf(one, sizeof(one), text, "10.1.0.0/16", "10.2.0.0/16",
		 "10.0.0.1", "10.0.0.2");
	snprintf(two, sizeof(two), text, "10.2.0.0/16", "10.1.0.0/16",
		 "10.0.0.2", "10.0.0.1");
	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1", one);
	blue = net_host(&net, "blue", "10.0.0.2", two);
	net_acquire(red, "10.1.0.5", "10.2.0.5");
	net_run(&net, 2000);
	flows("tunnel");
	ok(red->driver.count == 1 &&
		   red->driver.pair[0].sa.mode.v == IPSECDRV_MODE_TUNNEL,
	   "tunnel: the mode is right");
	end();
}

/* What must fail, and how it is told. */

static void wrong_secret(void)
{
	begin("");
	net_free(&net);
	net_init(&net);
	red = host("red", "10.0.0.1", POLICY("10.0.0.1", "10.0.0.2"), "");
	blue = net_host(&net, "blue", "10.0.0.2",
			"rules:\n"
			"  - name: v1\n"
			"    version: 1\n"
			"    filters: [{from: 10.0.0.2, to: 10.0.0.1}]\n"
			"    psk: another\n");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 200000);
	ok(!red->driver.count && !blue->driver.count, "wrong key: no pair");
	ok(red->driver.refused == 1, "wrong key: the acquire is refused");
	ok(!net_sas(red) && !net_sas(blue), "wrong key: no SA is left");
	end();
}

/* The peer has the keys, so that its refusal counts at once. */
static void refused(void)
{
	begin_apart("", "    remote-id: somebody@example.org\n");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 500);
	ok(red->driver.refused == 1 &&
		   red->driver.reason == IPSECDRV_REFUSE_REASON_AUTH_FAILED,
	   "another identity: the acquire is refused at once");
	ok(net_logged(red, "the peer refuses main mode"),
	   "another identity: heard");
	ok(!net_sas(red) && !net_sas(blue), "another identity: no SA is left");
	end();
}

static void no_common(void)
{
	begin_apart("    ike: aes128-sha1-modp2048\n",
		    "    ike: aes256-sha256-ecp256\n");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 200000);
	ok(net_logged(blue, "no main-mode proposal"), "no suite: told");
	ok(!net_sas(red) && !net_sas(blue), "no suite: no SA is left");
	end();

	begin_apart("    esp: aes128gcm16\n", "    esp: aes256gcm16\n");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 5000);
	ok(net_logged(blue, "no common security method"), "no method: told");
	ok(net_logged(red, "refuses quick mode"), "no method: heard");
	ok(red->driver.refused == 1 &&
		   red->driver.reason == IPSECDRV_REFUSE_REASON_NO_PROPOSAL,
	   "no method: the acquire is refused");
	ok(net_sa(red) && net_sa(blue), "no method: main mode stays");
	end();
}

static void nobody(void)
{
	begin("");
	blue->down = true;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 200000);
	ok(red->driver.refused == 1 &&
		   red->driver.reason == IPSECDRV_REFUSE_REASON_NO_ANSWER,
	   "no answer: the acquire is refused");
	ok(net_logged(red, "does not answer"), "no answer: told");
	ok(red->sent == 7, "no answer: asked seven times (%u)", red->sent);
	end();
}

/* Loss: each message alone, then pairs of them. */

static enum net_verdict lose(struct net *n, struct net_packet *p)
{
	uint64_t mask = *(uint64_t *)n->hook_data;

	return p->number <= 64 && mask >> (p->number - 1) & 1 ? NET_DROP :
								NET_PASS;
}

static enum net_verdict twice(struct net *n, struct net_packet *p)
{
	(void)n;
	(void)p;
	return NET_TWICE;
}

static void losses(void)
{
	unsigned int i, j, bad = 0, runs = 0;
	uint64_t mask;

	for (i = 0; i < 11; i++)
		for (j = i; j < 11; j++, runs++) {
			begin("");
			mask = 1ULL << i | 1ULL << j;
			net.hook = lose;
			net.hook_data = &mask;
			net_acquire(red, "10.0.0.1", "10.0.0.2");
			net_run(&net, 60000);
			if (net_traffic(red, blue)) {
				printf("# lost %u and %u: %s\n", i + 1, j + 1,
				       net_traffic(red, blue));
				bad++;
			}
			end();
		}
	ok(!bad, "any one or two messages lost: %u runs, %u bad", runs, bad);

	begin("");
	net.hook = twice;
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 60000);
	flows("every message twice");
	one_pair("every message twice");
	end();
}

/* The life of an SA. */

static void rekey(void)
{
	unsigned int i, broken = 0;

	up("");
	for (i = 0; i < 20; i++) {
		struct net_host *who = i & 1 ? blue : red;

		net_expire(who, fake_sending(&who->driver), false,
			   IPSECDRV_EXPIRE_REASON_TIME);
		while (net_queued(&net)) {
			net_deliver(&net, 0);
			broken += net_traffic(red, blue) != NULL;
		}
		/* The old one ends after a second. */
		net_run(&net, 1200);
	}
	ok(!broken, "rekey: traffic flows after every message");
	ok(red->driver.adds == 21 && blue->driver.adds == 21,
	   "rekey: twenty new pairs (%u, %u)", red->driver.adds - 1,
	   blue->driver.adds - 1);
	one_pair("rekey");
	end();
}

static void rekey_both(void)
{
	up("");
	net_expire(red, fake_sending(&red->driver), false,
		   IPSECDRV_EXPIRE_REASON_TIME);
	net_expire(blue, fake_sending(&blue->driver), false,
		   IPSECDRV_EXPIRE_REASON_TIME);
	net_run(&net, 2000);
	flows("rekey by both at once");
	one_pair("rekey by both at once");
	end();
}

static void main_rekey(void)
{
	struct ike_sa *old;
	uint8_t spi[IKE_SPI_LEN];

	up("");
	old = net_sa(red);
	memcpy(spi, old->our_spi, sizeof(spi));
	ok(!ike_engine_rekey_ike(red->engine, "v1"), "main mode anew");
	net_run(&net, 3000);
	flows("main mode anew");
	one_pair("main mode anew");
	ok(net_sas(red) == 1 && net_sas(blue) == 1,
	   "main mode anew: one SA on each side");
	ok(net_sa(red) && memcmp(net_sa(red)->our_spi, spi, sizeof(spi)) != 0,
	   "main mode anew: another one");
	ok(!ike_engine_rekey_child(red->engine, "v1"), "then quick mode");
	net_run(&net, 3000);
	flows("then quick mode");
	one_pair("then quick mode");
	end();
}

/* Replaced ones of either side: red has made one, blue another one after it. */
static void replaced(void)
{
	up("");
	ike_engine_rekey_ike(red->engine, "v1");
	net_settle(&net);
	ike_engine_rekey_ike(blue->engine, "v1");
	net_settle(&net);
}

static void ends_replaced(void)
{
	replaced();
	ok(net_sas(red) > 1 && net_sas(blue) > 1,
	   "replaced: old ones are left (%u, %u)", net_sas(red), net_sas(blue));
	ok(!ike_engine_down(red->engine, "v1"), "replaced: down");
	net_run(&net, 1000);
	ok(!net_sas(red) && !net_sas(blue),
	   "replaced: none is left on either side (%u, %u)", net_sas(red),
	   net_sas(blue));
	ok(!red->driver.count && !blue->driver.count,
	   "replaced: no pair either (%u, %u)", red->driver.count,
	   blue->driver.count);
	end();
}

static void stops_with_replaced(void)
{
	replaced();
	ike_engine_shutdown(red->engine);
	net_run(&net, 1000);
	ok(ike_engine_idle(red->engine) && !net_sas(blue),
	   "a daemon that stops ends those that were replaced");
	end();
}

/* Windows acknowledges deletes; this one does not, for longer than main modes retire. */
static void deletes_unanswered(void)
{
	struct ike_sa *sa;

	up("");
	ike_engine_rekey_ike(red->engine, "v1");
	net_settle(&net);
	TAILQ_FOREACH(sa, &red->engine->list, link)
		ikev1_of(sa)->vendor |= IKEV1_VENDOR_MICROSOFT;
	blue->down = true;
	ike_engine_down(red->engine, "v1");
	net_run(&net, 3000);
	ok(net_sas(red) == 2 && !net_sa(red),
	   "an unanswered delete: both wait, neither is in use again");
	net_run(&net, 60000);
	ok(!net_sas(red), "an unanswered delete: in the end they are gone");
	end();
}

/* Only main mode, as Windows does it: its quick modes go on. */
static void delete_main(struct ikev1_out *out)
{
	ikev1_delete_write(&out->b, IKE_PROTO_IKE, 2 * IKE_SPI_LEN, 1,
			   out->buf);
}

static void deleted_while_retiring(void)
{
	up("");
	ikev1_of(net_sa(red))->vendor |= IKEV1_VENDOR_MICROSOFT;
	net_up(red);
	net_run(&net, 500);
	ok(red->driver.count == 2,
	   "a second pair for the same: the first has a second left");
	forge1_tell(blue, red, delete_main);
	net_run(&net, 5000);
	ok(!net_sas(red) && red->driver.count == 2,
	   "the peer ends main mode meanwhile: its pairs stay");
	end();
}

static void lifetime(void)
{
	up("    ike-lifetime: 300\n");
	net_run(&net, 400000);
	flows("main mode's lifetime");
	ok(net_sas(red) == 1 && net_sas(blue) == 1,
	   "main mode's lifetime: one SA on each side");
	end();
}

static void deletes(void)
{
	up("");
	net_expire(red, fake_sending(&red->driver), true,
		   IPSECDRV_EXPIRE_REASON_IDLE);
	net_run(&net, 1000);
	ok(!red->driver.count && !blue->driver.count,
	   "idle: the pair is gone on both sides");
	ok(net_sa(red) && net_sa(blue), "idle: main mode stays");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
	net_run(&net, 1000);
	flows("new traffic on the living SA");
	ok(net_sas(red) == 1, "new traffic: no new main mode");
	ok(!ike_engine_down(blue->engine, "v1"), "down");
	net_run(&net, 1000);
	ok(!red->driver.count && !blue->driver.count && !net_sas(red) &&
		   !net_sas(blue),
	   "down: nothing is left on either side");
	end();
}

static void dead_peer(void)
{
	up("    liveness: 5\n");
	net_run(&net, 20000);
	ok(net_sa(red) && net_sa(blue), "liveness: the peers live");
	blue->down = true;
	net_run(&net, 30000);
	ok(!net_sas(red) && !red->driver.count,
	   "liveness: a dead peer's SAs are gone");
	ok(red->engine->counters.dead_peers == 1, "liveness: counted");
	end();
}

static void restart(void)
{
	up("");
	net_restart(blue);
	flows("a daemon dies: its pair stays");
	net_run(&net, 2000);
	flows("it starts anew");
	one_pair("it starts anew");
	end();
}

/* Decrypted, it is padding alone: there is no HASH, and nothing else. */
static void empty(uint8_t exchange, const char *name)
{
	static uint8_t buf[IKE_MESSAGE_MAX];
	static const uint8_t padding[16];
	uint8_t iv[IKE_BLOCK_MAX];
	struct forge1 f = { .exchange = exchange, .id = 7, .iv = iv };
	struct ikev1_out *out;
	struct ike_path path;

	up("");
	f.sa = net_sa(blue);
	path = f.sa->path;
	if (ikev1_iv_quick(&ikev1_of(f.sa)->keys, ikev1_of(f.sa)->last_main,
			   f.id, iv))
		abort();
	out = forge1_begin(&f);
	forge_append(&out->b, IKE_NONE, padding, sizeof(padding));
	net_inject(blue, &path, buf, forge1_end(&f, out, buf));
	ok(blue->engine->counters.not_authentic == 1,
	   "%s without any payload is not authentic", name);
	flows(name);
	end();
}

static void nat_begin(void)
{
	net_init(&net);
	red = host("red", "10.0.0.1", POLICY("10.0.0.1", "10.0.0.2"), "");
	blue = host("blue", "10.0.0.2", POLICY("10.0.0.2", "192.0.2.1"), "");
	net_behind_nat(red, "192.0.2.1");
	net_acquire(red, "10.0.0.1", "10.0.0.2");
}

static void nat6_begin(void)
{
	net_init(&net);
	red = host("red", "fd00::1", POLICY("fd00::1", "fd00::2"), "");
	blue = host("blue", "fd00::2", POLICY("fd00::2", "2001:db8::1"), "");
	net_behind_nat(red, "2001:db8::1");
	net_acquire(red, "fd00::1", "fd00::2");
}

/* Through a NAT: red's rule is as ever, blue's is for what it sees. */
static void nat(const char *name, void (*start)(void))
{
	start();
	net_run(&net, 3000);
	flows(name);
	ok(net_logged(red, "NAT found: we are behind it") &&
		   net_logged(blue, "NAT found: the peer is behind it"),
	   "%s: both know it", name);
	ok(red->driver.pair[0].sa.encap_local.v == IKE_NATT_PORT &&
		   blue->driver.pair[0].sa.encap_remote.v == 24500,
	   "%s: the pairs are encapsulated", name);
	net_expire(blue, fake_sending(&blue->driver), false,
		   IPSECDRV_EXPIRE_REASON_TIME);
	net_run(&net, 3000);
	flows("rekey through it");
	one_pair("rekey through it");
	net_run(&net, 120000);
	ok(net_sa(red) && net_sa(blue), "%s: it lives on", name);
	end();
}

/* To blue, by a hook: the last of red's informational exchanges. */
static struct net_packet *recorded;

static enum net_verdict record(struct net *n, struct net_packet *p)
{
	(void)n;
	if (p->from != red || p->data[18] != IKEV1_INFORMATIONAL)
		return NET_PASS;
	free(recorded);
	recorded = malloc(sizeof(*p) + p->len);
	memcpy(recorded, p, sizeof(*p) + p->len);
	return NET_PASS;
}

static void from_77(const char *name, struct net_host *host, uint8_t *data,
		    size_t len, bool yes)
{
	struct ike_path path = net_sa(host)->path;

	path.remote.b[3] = 77;
	net_inject(host, &path, data, len);
	ok((net_sa(host)->path.remote.b[3] == 77) == yes, "%s: %s", name,
	   yes ? "followed" : "not followed");
}

/* The NAT forgets, and gives red another address. */
static void rebinding(void)
{
	unsigned int changes, ids;

	nat_begin();
	net_run(&net, 3000);
	net.hook = record;
	ike_engine_check(red->engine, "v1");
	net_run(&net, 1000);
	from_77("an old message from elsewhere", blue, recorded->data,
		recorded->len, false);
	ids = ikev1_of(net_sa(blue))->ids.count;
	net_inject(blue, &recorded->path, recorded->data, recorded->len);
	ok(ids && ikev1_of(net_sa(blue))->ids.count == ids,
	   "nor is it remembered anew, or answered by one that is");
	ike_engine_check(blue->engine, "v1");
	from_77("our own message back", blue, TAILQ_FIRST(&net.queue)->data,
		TAILQ_FIRST(&net.queue)->len, false);
	net_run(&net, 3000);
	red->nat = net_addr("192.0.2.78");
	changes = blue->engine->counters.pair_changes;
	ike_engine_check(red->engine, "v1");
	net_run(&net, 1000);
	ok(net_sa(blue)->path.remote.b[3] == 78 &&
		   blue->engine->counters.pair_changes == changes + 1,
	   "another address: followed, and so does the pair");
	red->nat = net_addr("192.0.2.79");
	net_expire(red, fake_sending(&red->driver), false,
		   IPSECDRV_EXPIRE_REASON_TIME);
	net_run(&net, 3000);
	flows("another address, rekeyed by red");
	one_pair("another address, rekeyed by red");
	ok(net_sa(blue)->path.remote.b[3] == 79, "another address: followed");
	red->down = true;
	red->nat = net_addr("192.0.2.80");
	ike_engine_check(blue->engine, "v1");
	net_run(&net, 3000);
	red->down = false;
	ike_engine_check(red->engine, "v1");
	net_run(&net, 30000);
	ok(net_sa(blue) && net_sa(red),
	   "a check on its way is answered from the other address");
	free(recorded);
	recorded = NULL;
	end();
}

static void forced(void)
{
	up("    encap: yes\n");
	flows("encapsulation without a NAT");
	ok(red->driver.pair[0].sa.encap_local.set,
	   "encapsulation without a NAT: it is on");
	end();
}

int main(void)
{
	suites();
	tunnel();
	wrong_secret();
	refused();
	no_common();
	nobody();
	losses();
	rekey();
	rekey_both();
	main_rekey();
	ends_replaced();
	stops_with_replaced();
	deletes_unanswered();
	deleted_while_retiring();
	lifetime();
	deletes();
	empty(IKEV1_QUICK_MODE, "quick mode");
	empty(IKEV1_INFORMATIONAL, "an informational exchange");
	dead_peer();
	restart();
	nat("NAT, RFC 3947", nat_begin);
	nat("NAT, IPv6", nat6_begin);
	rebinding();
	forced();
	return tap_done();
}
