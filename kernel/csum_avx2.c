// SPDX-License-Identifier: GPL-2.0-only
/*
 * A copy that is summed, by AVX2.
 */
#include "csum.h"
#include "intrinsics.h"

#ifdef IPD_VECTOR_CODE

/* 16-bit words are multiplied by one and added in pairs, as numbers with a sign: so they are made
 * smaller by 2^15 before, and the sum larger by as much afterwards.
 */
static __always_inline __m256i csum_step(u8 *to, const u8 *from, __m256i sum)
{
	__m256i words = _mm256_loadu_si256((const __m256i *)from);

	_mm256_storeu_si256((__m256i *)to, words);
	words = _mm256_xor_si256(words, _mm256_set1_epi16(-0x8000));
	return _mm256_add_epi32(sum, _mm256_madd_epi16(words, _mm256_set1_epi16(1)));
}

/* What is left, less than a step. */
static __always_inline u32 csum_rest(u8 *to, const u8 *from, unsigned int len)
{
	u32 sum = 0;
	u16 word;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		word = get_unaligned((const u16 *)from);
		put_unaligned(word, (u16 *)to);
		sum += word;
		from += sizeof(word);
		to += sizeof(word);
	}
	/* The last byte is the first one of a word whose second is 0. */
	if (len) {
		word = *from;
		*to = word;
		sum += word;
	}
	return sum;
}

/**
 * ipd_csum_avx2() - copy and sum
 * @to: does not overlap @from
 * @from: need not be aligned, nor @to
 * @len: at most 64 KiB, or the sum would not fit
 *
 * Return: sum of the 16-bit words in the processor's order.
 */
u32 ipd_csum_avx2(u8 *to, const u8 *from, unsigned int len)
{
	unsigned int whole = round_down(len, 32), i, left;
	__m256i sum = _mm256_setzero_si256();
	__m128i half;

	for (left = whole; left >= 256; left -= 256, to += 256, from += 256)
#pragma GCC unroll 8
		for (i = 0; i < 256; i += 32)
			sum = csum_step(to + i, from + i, sum);
	for (; left; left -= 32, to += 32, from += 32)
		sum = csum_step(to, from, sum);

	half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
	half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
	half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
	return _mm_cvtsi128_si32(half) + whole / 2 * 0x8000 + csum_rest(to, from, len - whole);
}

#endif /* IPD_VECTOR_CODE */
