// SPDX-License-Identifier: GPL-2.0-or-later
/* Tells whether a rule says the same as one of another policy. */
#include <string.h>

#include "build.h"
#include "crypto.h"

/* What waits goes into the digest; it may be a secret. */
static void flush(struct policy_digest *d)
{
	const struct iovec iov[] = {
		{ d->value, sizeof(d->value) },
		{ d->text, d->len },
	};
	uint8_t out[POLICY_DIGEST_LEN];

	if (!d->len)
		return;
	/* Without it no two are the same, which is safe. */
	if (ike_hash(IKE_HASH_SHA2_256, iov, 2, out))
		ike_random(out, sizeof(out));
	memcpy(d->value, out, sizeof(out));
	explicit_bzero(d->text, d->len);
	d->len = 0;
}

/**
 * policy_digest_begin() - another digest, within the one so far
 * @b: the policy so far
 * @outer: takes the one so far, for policy_digest_end()
 */
void policy_digest_begin(struct policy_build *b,
			 uint8_t outer[POLICY_DIGEST_LEN])
{
	flush(&b->digest);
	memcpy(outer, b->digest.value, POLICY_DIGEST_LEN);
	memset(b->digest.value, 0, POLICY_DIGEST_LEN);
}

/**
 * policy_digest_end() - the digest of all since policy_digest_begin()
 * @b: the policy so far
 * @outer: what that wrote; it goes on from there
 * @value: written
 */
void policy_digest_end(struct policy_build *b,
		       const uint8_t outer[POLICY_DIGEST_LEN],
		       uint8_t value[POLICY_DIGEST_LEN])
{
	flush(&b->digest);
	memcpy(value, b->digest.value, POLICY_DIGEST_LEN);
	memcpy(b->digest.value, outer, POLICY_DIGEST_LEN);
}

static void add_bytes(struct policy_digest *d, const uint8_t *data, size_t len)
{
	while (len) {
		size_t room = sizeof(d->text) - d->len;
		size_t now = len < room ? len : room;

		memcpy(d->text + d->len, data, now);
		d->len += now;
		data += now;
		len -= now;
		if (d->len == sizeof(d->text))
			flush(d);
	}
}

/**
 * policy_digest_add() - bytes that the rule depends on
 * @b: the policy so far; its digest goes on from here
 * @data: the bytes
 * @len: how many
 */
void policy_digest_add(struct policy_build *b, const void *data, size_t len)
{
	const uint64_t size = len;

	add_bytes(&b->digest, (const uint8_t *)&size, sizeof(size));
	if (len)
		add_bytes(&b->digest, data, len);
}

void policy_digest_text(struct policy_build *b, const char *text)
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
	policy_digest_text(b, n->key);
	policy_digest_text(b, n->text);
	for (c = n->child; c; c = c->next)
		policy_digest_node(b, c);
	policy_digest_add(b, &end, sizeof(end));
}
