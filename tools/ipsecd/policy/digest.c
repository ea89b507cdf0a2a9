// SPDX-License-Identifier: GPL-2.0-or-later
/* Tells whether a rule says the same as one of another policy. */
#include <string.h>

#include "build.h"
#include "crypto.h"

/**
 * policy_digest_add() - bytes that the rule depends on
 * @b: the policy so far; its digest goes on from here
 * @data: the bytes
 * @len: how many
 */
void policy_digest_add(struct policy_build *b, const void *data, size_t len)
{
	const uint64_t size = len;
	const struct iovec iov[] = {
		{ b->digest, sizeof(b->digest) },
		{ (void *)&size, sizeof(size) },
		{ (void *)data, len },
	};
	uint8_t out[POLICY_DIGEST_LEN];

	/* Without it no two are the same, which is safe. */
	if (ike_hash(IKE_HASH_SHA2_256, iov, 3, out))
		ike_random(out, sizeof(out));
	memcpy(b->digest, out, sizeof(out));
}

static void add_text(struct policy_build *b, const char *text)
{
	policy_digest_add(b, text ? text : "", text ? strlen(text) : 0);
}

/**
 * policy_digest_node() - words that the rule has
 * @b: the policy so far
 * @n: a node with all below it
 */
void policy_digest_node(struct policy_build *b, const struct ipsec_node *n)
{
	const uint8_t kind = (uint8_t)n->kind, end = 0xff;
	const struct ipsec_node *c;

	if (n->key && !strcmp(n->key, "description"))
		return;
	policy_digest_add(b, &kind, sizeof(kind));
	add_text(b, n->key);
	add_text(b, n->text);
	for (c = n->child; c; c = c->next)
		policy_digest_node(b, c);
	policy_digest_add(b, &end, sizeof(end));
}
