// SPDX-License-Identifier: GPL-2.0-only
/*
 * AES-GCM by VAES and VPCLMULQDQ with AVX2: two blocks at a time.
 */
#include "gcm.h"
#include "intrinsics.h"

#ifdef IPD_VECTOR_CODE

#define V			__m256i
#define V_BLOCKS		2
#define V_STEP			8
#define V_LOAD(from)		_mm256_loadu_si256((const __m256i *)(from))
#define V_STORE(to, v)		_mm256_storeu_si256((__m256i *)(to), v)
#define V_REPEAT(block)		_mm256_broadcastsi128_si256(block)
#define V_EXTEND(block)		_mm256_zextsi128_si256(block)
#define V_LOW(v)		_mm256_castsi256_si128(v)
#define V_FOLD(v)		_mm_xor_si128(V_LOW(v), _mm256_extracti128_si256(v, 1))
#define V_XOR(a, b)		_mm256_xor_si256(a, b)
#define V_XOR3(a, b, c)		V_XOR(V_XOR(a, b), c)
#define V_ADD32(a, b)		_mm256_add_epi32(a, b)
#define V_SWAP(v)		_mm256_shuffle_epi8(v, V_REPEAT(GCM_SWAPPED))
#define V_AESENC(v, key)	_mm256_aesenc_epi128(v, key)
#define V_AESENCLAST(v, key)	_mm256_aesenclast_epi128(v, key)
#define V_CLMUL(a, b, which)	_mm256_clmulepi64_epi128(a, b, which)
#define V_FIRST			_mm256_set_epi32(0, 0, 0, 2, 0, 0, 0, 1)
#define V_INCREMENT		_mm256_set_epi32(0, 0, 0, 2, 0, 0, 0, 2)
#define GCM_NAME		ipd_gcm_vaes

#include "gcm_x86.h"

#endif /* IPD_VECTOR_CODE */
