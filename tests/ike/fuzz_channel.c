// SPDX-License-Identifier: GPL-2.0-or-later
/* What either process may be sent by the other. */
#include <stdlib.h>
#include <string.h>

#include "bodies.h"
#include "channel.h"
#include "proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was taken goes as it came. */
static void message(const uint8_t *data, size_t size, bool to_worker)
{
	static uint8_t again[IPSECD_MESSAGE_MAX];
	struct ipsecd_message m;
	size_t len;

	if (ipsecd_decode(&m, data, size, to_worker))
		return;
	len = ipsecd_encode(&m, again, sizeof(again));
	bodies_check(len == size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	memcpy(copy, data, size);
	message(copy, size, true);
	message(copy, size, false);
	ipsecd_proxy_allows(copy, size, 33);
	free(copy);
	return 0;
}
