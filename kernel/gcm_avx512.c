// SPDX-License-Identifier: GPL-2.0-only
/*
 * AES-GCM by VAES and VPCLMULQDQ with AVX-512: four blocks at a time.
 */
#include "gcm.h"
#include "intrinsics.h"

#ifdef IPD_VECTOR_CODE

#define V			__m512i
#define V_BLOCKS		4
#define V_STEP			4
#define V_LOAD(from)		_mm512_loadu_si512(from)
#define V_STORE(to, v)		_mm512_storeu_si512(to, v)
#define V_REPEAT(block)		_mm512_broadcast_i32x4(block)
#define V_EXTEND(block)		_mm512_zextsi128_si512(block)
#define V_LOW(v)		_mm512_castsi512_si128(v)
#define V_FOLD(v)		gcm_fold512(v)
#define V_XOR(a, b)		_mm512_xor_si512(a, b)
#define V_XOR3(a, b, c)		_mm512_ternarylogic_epi32(a, b, c, 0x96)
#define V_ADD32(a, b)		_mm512_add_epi32(a, b)
#define V_SWAP(v)		_mm512_shuffle_epi8(v, V_REPEAT(GCM_SWAPPED))
#define V_AESENC(v, key)	_mm512_aesenc_epi128(v, key)
#define V_AESENCLAST(v, key)	_mm512_aesenclast_epi128(v, key)
#define V_CLMUL(a, b, which)	_mm512_clmulepi64_epi128(a, b, which)
#define V_FIRST			_mm512_set_epi32(0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1)
#define V_INCREMENT		_mm512_set_epi32(0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4)
#define GCM_NAME		ipd_gcm_avx512

static __always_inline __m128i gcm_fold512(__m512i v)
{
	__m256i half = _mm256_xor_si256(_mm512_castsi512_si256(v),
					_mm512_extracti64x4_epi64(v, 1));

	return _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

#include "gcm_x86.h"

#endif /* IPD_VECTOR_CODE */
