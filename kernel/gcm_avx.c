// SPDX-License-Identifier: GPL-2.0-only
/*
 * AES-GCM by AES-NI, PCLMULQDQ and AVX: a block at a time.
 */
#include "gcm.h"
#include "intrinsics.h"

#ifdef IPD_VECTOR_CODE

#define V			__m128i
#define V_BLOCKS		1
#define V_STEP			8
#define V_LOAD(from)		gcm_load(from)
#define V_STORE(to, v)		_mm_storeu_si128((__m128i *)(to), v)
#define V_REPEAT(block)		(block)
#define V_EXTEND(block)		(block)
#define V_LOW(v)		(v)
#define V_FOLD(v)		(v)
#define V_XOR(a, b)		_mm_xor_si128(a, b)
#define V_XOR3(a, b, c)		_mm_xor_si128(_mm_xor_si128(a, b), c)
#define V_ADD32(a, b)		_mm_add_epi32(a, b)
#define V_SWAP(v)		gcm_swap(v)
#define V_AESENC(v, key)	_mm_aesenc_si128(v, key)
#define V_AESENCLAST(v, key)	_mm_aesenclast_si128(v, key)
#define V_CLMUL(a, b, which)	_mm_clmulepi64_si128(a, b, which)
#define V_FIRST			_mm_cvtsi32_si128(1)
#define V_INCREMENT		_mm_cvtsi32_si128(1)
#define GCM_NAME		ipd_gcm_avx

#include "gcm_x86.h"

/**
 * ipd_gcm_avx_setup() - the powers of the hash key
 * @key: has its round keys
 */
void ipd_gcm_avx_setup(struct ipd_gcm_key *key)
{
	__m128i hash = gcm_swap(gcm_aes_one(key, _mm_setzero_si128())), power;
	u64 lo = _mm_cvtsi128_si64(hash), hi = _mm_extract_epi64(hash, 1);
	u64 carry = -(hi >> 63);
	unsigned int i;

	hash = _mm_set_epi64x((hi << 1 | lo >> 63) ^ (carry & 0xc200000000000000),
			      lo << 1 ^ (carry & 1));
	power = hash;
	for (i = IPD_GCM_POWERS; i--; power = gcm_multiply(power, hash))
		_mm_storeu_si128((__m128i *)key->powers[i], power);
}

#endif /* IPD_VECTOR_CODE */
