// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests of the control socket: each has an answer. */
#include <stdlib.h>
#include <string.h>

#include "bodies.h"
#include "daemon_seeds.h"
#include "net.h"
#include "request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct net net;
	uint8_t *copy = malloc(size + 1);
	struct net_host *red;
	char *answer;

	memcpy(copy, data, size);
	ike_crypto_init();
	net_init(&net);
	red = net_host(&net, "red", "10.0.0.1", CONTROL_POLICY);
	answer = ipsecd_request_run(red->engine,
				    (struct ike_blob){ copy, size });
	bodies_check(answer && !strchr(answer, '\n'));
	free(answer);
	net_free(&net);
	free(copy);
	return 0;
}
