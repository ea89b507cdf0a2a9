// SPDX-License-Identifier: GPL-2.0-or-later
/* Version 1 without memory. */
#include "nomem.h"
#include "pair.h"
#include "v1.h"

#define RULE "    version: 1\n    liveness: 10\n    ike: aes128-sha256-ecp256\n"

/* Deletes are acknowledged then, and awaited. */
static void be_windows(void)
{
	struct net_host *host[] = { red, blue };
	struct ike_sa *sa;
	unsigned int i;

	for (i = 0; i < 2; i++)
		TAILQ_FOREACH(sa, &host[i]->engine->list, link)
			ikev1_of(sa)->vendor |= IKEV1_VENDOR_MICROSOFT;
}

int main(void)
{
	nomem_each("a life", RULE, NULL);
	nomem_each("with PFS", RULE "    pfs: yes\n", NULL);
	nomem_each("with a Microsoft peer", RULE, be_windows);
	nomem_end("version 1", RULE);
	return tap_done();
}
