/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_POLICY_TEXT_H
#define TEST_POLICY_TEXT_H

#include "policy.h"

/*
 * Policies in tests: the files that they name are secret (a secret), empty,
 * hex, bad-hex, key, cert, ca, crl, peer, other-key.
 */
int policy_text_file(void *ctx, const char *name, bool secret,
		     struct ike_blob *blob, struct ipsec_err *err);
/* NULL: it was refused, and why is "LINE: TEXT". */
struct policy *policy_text(const char *yaml, char *why, size_t size);

/* What words in place of addresses stand for. */
extern const char *policy_text_bindings;

#endif
