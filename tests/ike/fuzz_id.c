// SPDX-License-Identifier: GPL-2.0-or-later
/* Identities of a peer: type and data; printed, and held against patterns. */
#include <string.h>

#include "bodies.h"
#include "id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const patterns[] = {
		"any",		 "10.0.0.1",	   "*.example.org",
		"*@example.org", "C=*, O=*, CN=*", "keyid:x",
	};
	char text[IKE_ID_STRLEN], again[IKE_ID_STRLEN];
	struct ike_id id, pattern;
	struct ipsec_err err;
	const char *c;
	size_t i;

	if (!size || ike_id_read(&id, data[0], data + 1, size - 1))
		return 0;
	bodies_check(ike_id_equal(&id, &id) && ike_id_match(&id, &id));
	ike_id_text(&id, text, sizeof(text));
	for (c = text; *c; c++)
		bodies_check(*c >= ' ' && *c < 0x7f);
	ike_id_text(&id, again, 1 + size % sizeof(again));
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		bodies_check(!ike_id_parse(&pattern, patterns[i], &err));
		ike_id_match(&pattern, &id);
	}
	/* As a policy would name it: the same identity, or none at all. */
	if (id.len < 200 && id.type != IKE_ID_DN && id.type != IKE_ID_GN &&
	    id.type != IKE_ID_NULL && !strchr(text, '\\') &&
	    !ike_id_parse(&pattern, text, &err))
		bodies_check(ike_id_equal(&pattern, &id));
	return 0;
}
