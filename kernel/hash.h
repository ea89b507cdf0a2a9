/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef IPD_HASH_H
#define IPD_HASH_H

#include <linux/types.h>

/**
 * ipd_hash_fold() - a hash of a sum of products with random factors
 * @sum: of 64-bit products, each of a word of the key and a factor
 *
 * The upper half of the sum is strongly universal: who does not know the factors cannot
 * aim at a bucket. But of keys in a row, such as addresses, the sums are a row, too, and
 * some factors put it into few buckets; so it is mixed before.
 */
static __always_inline u32 ipd_hash_fold(u64 sum)
{
	sum ^= sum >> 32;
	return (sum * 0x9fb21c651e98df25ULL) >> 32;
}

#endif /* IPD_HASH_H */
