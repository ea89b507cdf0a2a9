// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What messages cost that prove nothing: no more than one that does, however
 * often they come, and whatever the policy has.
 */
#include "mint.h"
#include "pair.h"
#include "payload.h"

#define TIMES 20

struct ike_dh *__real_ike_dh_new(uint16_t group);
struct ike_dh *__wrap_ike_dh_new(uint16_t group);
enum ike_trust_result __real_ike_trust_check(const struct ike_trust *trust,
					     const struct ike_peer_certs *certs,
					     const struct ike_id *id,
					     int64_t now,
					     struct ike_peer_key **key,
					     struct ike_ocsp *ocsp);
enum ike_trust_result __wrap_ike_trust_check(const struct ike_trust *trust,
					     const struct ike_peer_certs *certs,
					     const struct ike_id *id,
					     int64_t now,
					     struct ike_peer_key **key,
					     struct ike_ocsp *ocsp);

static unsigned int keys, chains; /* made, and looked at */

struct ike_dh *__wrap_ike_dh_new(uint16_t group)
{
	keys++;
	return __real_ike_dh_new(group);
}

enum ike_trust_result __wrap_ike_trust_check(const struct ike_trust *trust,
					     const struct ike_peer_certs *certs,
					     const struct ike_id *id,
					     int64_t now,
					     struct ike_peer_key **key,
					     struct ike_ocsp *ocsp)
{
	chains++;
	return __real_ike_trust_check(trust, certs, id, now, key, ocsp);
}

/* Message 3 with a number that is of no group. */
static void bad_key_exchange(void)
{
	const struct ike_payload *ke;
	const struct net_packet *p;
	uint8_t wrong[4096];
	struct ike_message m;
	unsigned int i;

	pair_same("    version: 1\n    ike: aes128-sha256-ecp256\n");
	net.manual = true;
	pair_acquire(red);
	net_deliver(&net, 0);
	net_deliver(&net, 0);
	p = TAILQ_FIRST(&net.queue);
	memcpy(wrong, p->data, p->len);
	ke = ike_message_parse(&m, wrong, p->len) ?
		     NULL :
		     ike_payload_get(&m, IKEV1_KE);
	ok(ke, "version 1: the initiator's key exchange is on its way");
	if (!ke)
		return;
	memset((uint8_t *)ke->data, 0, ke->len);
	keys = 0;
	for (i = 0; i < TIMES; i++)
		net_inject(blue, &p->path, wrong, p->len);
	ok(keys == 1, "version 1: %u wrong ones cost %u keys", TIMES, keys);
	net.manual = false;
	net_run(&net, 3000);
	is(pair_state(), "", "version 1: and its own is taken");
	pair_end();
}

#define CERT(me, ca)                                            \
	"    auth:\n      - cert: " me ".pem\n        key: " me \
	".key\n        ca: " ca ".pem\n        local-id: " me ".example\n"

static void files(void)
{
	X509 *ca = mint_ca("CN=CA", "p256/ca", NULL, NULL);
	X509 *other = mint_ca("CN=Other", "p256/other", NULL, NULL);

	net_file_of("ca.pem", mint_pem_cert(ca));
	net_file_of("other.pem", mint_pem_cert(other));
	net_identity("red", "p256/red", ca, "p256/ca");
	net_identity("blue", "p256/blue", ca, "p256/ca");
}

/* Of many rules for its address, all with one CA. */
static void unknown_chain(void)
{
	char more[8192] =
		"    filters: [{from: 10.0.0.2, to: 10.0.0.1}]\n" CERT("blue",
								       "other");
	size_t len = strlen(more);
	unsigned int i;

	for (i = 0; i < TIMES; i++)
		len += (size_t)snprintf(
			more + len, sizeof(more) - len,
			"  - name: rule%u\n    filters: [{from: 10.0.0.2, to: "
			"10.0.0.1, proto: %u}]\n" CERT("blue", "other"),
			i, 100 + i);
	pair_begin(CERT("red", "ca"), more);
	net.wall = MINT_NOW;
	chains = 0;
	pair_acquire(red);
	net_run(&net, 3000);
	ok(blue->engine->counters.authentication_failures == 1 && chains == 1,
	   "version 2: a chain that no rule of %u takes is looked at %u times",
	   TIMES + 1, chains);
	pair_end();
}

int main(void)
{
	bad_key_exchange();
	files();
	unknown_chain();
	net_files_free();
	mint_end();
	return tap_done();
}
