/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sieve: tells of most hashes that are not in a hash table that they are not, from less
 * memory than the table's. A Bloom filter whose two bits for a hash share a word, so that
 * asking is one access. What was added stays; who takes much out makes a new one.
 */
#ifndef IPD_SIEVE_H
#define IPD_SIEVE_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

/**
 * struct ipd_sieve - for 32-bit hashes whose bits are all as good as random
 * @rcu: to free it
 * @shift: what it leaves of a hash is the number of its word
 * @word: bits
 */
struct ipd_sieve {
	struct rcu_head rcu;
	u32 shift;
	u64 word[];
};

/* A power of two, 2 or more, of words; 4 to 8 hashes each are a good load. */
struct ipd_sieve *ipd_sieve_alloc(unsigned int words);
/* A writer at a time; readers need not be kept out. */
void ipd_sieve_add(struct ipd_sieve *sieve, u32 hash);

static inline u64 ipd_sieve_bits(u32 hash)
{
	return BIT_ULL(hash & 63) | BIT_ULL(hash >> 6 & 63);
}

/* If not, @hash was never added. */
static __always_inline bool ipd_sieve_has(const struct ipd_sieve *sieve, u32 hash)
{
	return !(ipd_sieve_bits(hash) & ~READ_ONCE(sieve->word[hash >> sieve->shift]));
}

#endif /* IPD_SIEVE_H */
