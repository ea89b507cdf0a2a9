// SPDX-License-Identifier: GPL-2.0-or-later
/* A datagram as it comes: header, chain and bodies of either version. */
#include "bodies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ike_message m;
	int rc = ike_message_parse(&m, data, size);

	bodies_check(m.payloads <= IKE_PAYLOADS_MAX);
	for (unsigned int i = 0; i < m.payloads; i++)
		bodies_check(m.payload[i].data + m.payload[i].len <=
			     data + size);
	bodies_check(rc || m.hdr.len == size);
	bodies_read(&m);
	return 0;
}
