// SPDX-License-Identifier: GPL-2.0-only
#include "sieve.h"

#include <linux/log2.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <kunit/visibility.h>

/** ipd_sieve_alloc() - an empty sieve, or NULL; for kvfree_rcu() */
struct ipd_sieve *ipd_sieve_alloc(unsigned int words)
{
	struct ipd_sieve *sieve = kvzalloc(struct_size(sieve, word, words), GFP_KERNEL_ACCOUNT);

	if (sieve)
		sieve->shift = 32 - ilog2(words);
	return sieve;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sieve_alloc);

/** ipd_sieve_add() - let @hash through from now on */
void ipd_sieve_add(struct ipd_sieve *sieve, u32 hash)
{
	u64 *word = &sieve->word[hash >> sieve->shift];

	WRITE_ONCE(*word, *word | ipd_sieve_bits(hash));
}
EXPORT_SYMBOL_IF_KUNIT(ipd_sieve_add);
