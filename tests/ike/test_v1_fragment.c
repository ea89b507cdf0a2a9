// SPDX-License-Identifier: GPL-2.0-or-later
/* Fragments of version 1, MS-IKEE 3.3: when they begin, and when one waits in vain. */
#include <stdlib.h>

#include "mint.h"
#include "pair.h"
#include "v1.h"

#define PACKET_MAX 1200 /* of the network that loses larger ones */
#define RULE(me)                                                \
	"    version: 1\n    ike: aes128-sha256-ecp256\n"       \
	"    fragment-size: 1200\n    auth:\n      - cert: " me \
	".pem\n        key: " me ".key\n        ca: ca.pem\n"   \
	"        local-id: " me ".example\n"

/* Blue has many names. */
static void files(void)
{
	X509 *ca = mint_ca("CN=CA", "p256/ca", NULL, NULL);
	char names[2048] = "subjectAltName=DNS:blue.example";
	const struct mint_cert blue_cert = {
		.subject = "CN=blue",
		.key = "p256/blue",
		.issuer = ca,
		.issuer_key = "p256/ca",
		.ext = { names },
	};
	size_t len = strlen(names);
	int i;

	for (i = 0; i < 60; i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len,
					",DNS:name%02d.blue.example", i);
	net_file_of("ca.pem", mint_pem_cert(ca));
	net_identity("red", "p256/red", ca, "p256/ca");
	net_file_of("blue.pem", mint_pem_cert(mint_cert(&blue_cert)));
	net_file_of("blue.key", mint_pem_key("p256/blue"));
}

static unsigned int large[2]; /* of red's, of blue's */

static enum net_verdict lose_large(struct net *n, struct net_packet *p)
{
	(void)n;
	if (p->len <= PACKET_MAX)
		return NET_PASS;
	large[p->from == blue]++;
	return NET_DROP;
}

static void begin(void)
{
	pair_begin(RULE("red"), RULE("blue"));
	net.wall = MINT_NOW;
	net.hook = lose_large;
	large[0] = large[1] = 0;
	pair_acquire(red);
}

static void responder(void)
{
	begin();
	net_run(&net, 10000);
	ok(!large[0] && large[1] == 2,
	   "the responder's message is too large, twice (%u, %u)", large[0],
	   large[1]);
	ok(red->engine->counters.fragments >= 2 &&
		   !blue->engine->counters.fragments,
	   "the third time it comes in fragments, and the initiator's did not");
	is(pair_state(), "", "the responder's identity arrives");
	ok(!ikev1_of(net_sa(red))->frag, "and its fragments are not kept");
	pair_end();
}

/* One fragment of more. */
static void waits(void)
{
	struct ike_path path = { 0 };
	struct ike_header h = {
		.version = IKE_V1,
		.exchange = IKEV1_MAIN_MODE,
	};
	uint8_t buf[256], data[100] = { 0, 9, 1, 0 };
	struct ike_builder b;
	struct ike_sa *sa;
	size_t len;

	pair_same("    version: 1\n");
	pair_establish();
	sa = net_sa(blue);
	path = sa->path;
	memcpy(h.spi_i, ike_sa_spi_i(sa), IKE_SPI_LEN);
	memcpy(h.spi_r, ike_sa_spi_r(sa), IKE_SPI_LEN);
	ike_build(&b, buf, sizeof(buf), &h);
	ike_bytes_write(&b, IKEV1_FRAGMENT, data, sizeof(data));
	len = ike_build_finish(&b);
	net_inject(blue, &path, buf, len);
	net_run(&net, 69000);
	ok(sa->ops->kept(sa) == 1, "a fragment waits for the rest");
	net_run(&net, 2000);
	ok(!sa->ops->kept(sa), "but no longer than 70 s");
	ok(blue->engine->counters.fragments_dropped == 1, "it is counted");
	pair_end();
}

int main(void)
{
	files();
	responder();
	waits();
	net_files_free();
	mint_end();
	return tap_done();
}
