// SPDX-License-Identifier: GPL-2.0-or-later
/* A decrypted chain: version, first payload, and what was in SK or behind HDR*. */
#include "bodies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ike_message m = { .payloads = 0 };
	size_t rest;
	int rc;

	if (size < 2)
		return 0;
	m.hdr.version = data[0] & 1 ? IKE_V2 : IKE_V1;
	rc = ike_chain_parse(&m, data[1], data + 2, size - 2, &rest);
	bodies_check(m.payloads <= IKE_PAYLOADS_MAX);
	bodies_check(rest <= size - 2);
	bodies_check(rc || m.hdr.version == IKE_V1 || !rest);
	bodies_check(!ike_payload_get(&m, IKEV2_SK) || m.hdr.version == IKE_V1);
	bodies_read(&m);
	return 0;
}
