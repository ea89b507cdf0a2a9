// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fragments, one after the other, four bytes of each: message, number, total
 * and last, length.
 */
#include "bodies.h"
#include "frag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each byte is there to be read. */
static void whole(const uint8_t *message, size_t len)
{
	unsigned int sum = 0;

	bodies_check(message && len <= IKE_FRAG_BYTES_MAX);
	while (len--)
		sum += message[len];
	bodies_check(sum <= 255 * IKE_FRAG_BYTES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ike_frag *set = NULL;
	uint8_t first;
	size_t len;

	while (size > 4) {
		uint8_t id = data[0], number = data[1], total = data[2];
		int rc;

		len = (size_t)data[3] << (id & 3) * 2;
		data += 4;
		size -= 4;
		if (len > size)
			len = size;
		rc = ike_frag_add(&set, id >> 2, number, id & 1 ? total : 0,
				  total & 1, id, data, len);
		data += len;
		size -= len;
		bodies_check(rc != IKE_FRAG_NOMEM);
		bodies_check(rc != IKE_FRAG_BAD || !set);
		bodies_check(rc != IKE_FRAG_MORE || set);
		if (rc != IKE_FRAG_DONE)
			continue;
		whole(ike_frag_data(set, &len, &first), len);
		if (number & 1)
			ike_frag_free(&set);
	}
	ike_frag_free(&set);
	return 0;
}
