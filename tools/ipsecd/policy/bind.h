/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICY_BIND_H
#define POLICY_BIND_H

#include "build.h"

/* A word for addresses, and what it stands for on this host. */
struct policy_binding {
	UT_hash_handle hh;
	bool needed; /* by the policy in force */
	bool stale; /* a name that does not resolve any more */
	unsigned int count;
	struct ipsec_addr *addr;
	char word[]; /* "me", "name:host.example" */
};

/* What the text of a filter's from or to is. */
enum policy_word {
	POLICY_WORD_NONE, /* an address, or nothing that is known */
	POLICY_WORD_SET,
	POLICY_WORD_NAME,
};

enum policy_word policy_word(const char *text);
int policy_bind(struct policy_build *b, const char *text, unsigned int line,
		const struct policy_binding **binding);
int policy_binding_set(struct policy_build *b, const char *word,
		       const struct ipsec_addr *addr, unsigned int count);
void policy_bindings_free(struct policy_build *b);

#endif
