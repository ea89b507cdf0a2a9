/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_KEYLOG_H
#define IKE_KEYLOG_H

#include "child.h"
#include "keys.h"

/*
 * Keys as Wireshark's tables take them (ikev2_decryption_table,
 * ikev1_decryption_table, esp_sa), written only where the policy names a
 * folder for them. All do nothing otherwise.
 */
void ikev2_keylog(const struct ike_sa *sa, const struct ikev2_keys *keys);
void ikev1_keylog(const struct ike_sa *sa, const struct ikev1_keys *keys);
void ike_keylog_child(const struct ike_child *child,
		      const struct ipsec_sa *pair);

#endif
