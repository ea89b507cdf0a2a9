// SPDX-License-Identifier: GPL-2.0-or-later
/* Post-quantum preshared keys, RFC 8784. */
#include "v2_util.h"
#include "v2_proof.h"

#include <string.h>

#define PPK_ID_FIXED 2

/* Keys with the rule's PPK in them; the caller wipes them. */
bool ikev2_ppk_mix(const struct ike_sa *sa, const struct policy_rule *rule,
		   struct ikev2_keys *mixed)
{
	struct ike_blob ppk = { rule->ppk_key, rule->ppk_len };

	if (!ppk.len)
		return false;
	*mixed = ikev2_of(sa)->keys;
	if (!ikev2_keys_ppk(mixed, ppk))
		return true;
	ike_wipe(mixed, sizeof(*mixed));
	return false;
}

void ikev2_ppk_write_id(const struct policy_rule *rule, struct ike_builder *b)
{
	uint8_t data[1 + POLICY_NAME_MAX] = { PPK_ID_FIXED };
	size_t len = strlen(rule->ppk_id);

	memcpy(data + 1, rule->ppk_id, len);
	ikev2_notify_put(b, IKEV2_PPK_IDENTITY, data, 1 + len);
}

/* Does the peer name the PPK of this rule? */
bool ikev2_ppk_named(const struct policy_rule *rule,
		     const struct ike_message *m)
{
	size_t len = strlen(rule->ppk_id);
	struct ike_notify n;

	return rule->ppk != POLICY_NO && rule->ppk_len &&
	       ikev2_notify_find(m, IKEV2_PPK_IDENTITY, &n) &&
	       n.len == 1 + len && n.data[0] == PPK_ID_FIXED &&
	       !memcmp(n.data + 1, rule->ppk_id, len);
}
