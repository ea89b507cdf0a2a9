// SPDX-License-Identifier: GPL-2.0-or-later
/* A datagram as it comes: header, chain and bodies of either version. */
#include "bodies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Written from what was read, it is the same message. */
static void again(const struct ike_message *m)
{
	static uint8_t buf[IKE_MESSAGE_MAX];
	struct ike_message copy;
	struct ike_builder b;
	unsigned int i;
	size_t len;

	ike_build(&b, buf, sizeof(buf), &m->hdr);
	for (i = 0; i < m->payloads; i++)
		ipsec_write(ike_build_payload(&b, m->payload[i].type),
			    m->payload[i].data, m->payload[i].len);
	len = ike_build_finish(&b);
	bodies_check(len && len <= m->raw_len &&
		     !ike_message_parse(&copy, buf, len) &&
		     copy.payloads == m->payloads);
	for (i = 0; i < m->payloads; i++)
		bodies_check(
			copy.payload[i].type == m->payload[i].type &&
			copy.payload[i].len == m->payload[i].len &&
			ike_payload_count(&copy, copy.payload[i].type) ==
				ike_payload_count(m, copy.payload[i].type));
}

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
	if (!rc && !ike_payload_get(&m, IKEV2_SK) &&
	    !ike_payload_get(&m, IKEV2_SKF))
		again(&m);
	return 0;
}
