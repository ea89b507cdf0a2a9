/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The compiler's vector intrinsics. The files that include this are compiled with the vector
 * registers allowed (Kbuild); their code may only be called with these saved.
 */
#ifndef IPD_GCM_INTRINSICS_H
#define IPD_GCM_INTRINSICS_H

#include "gcm.h"

/* Sparse does not know them. */
#if IPD_GCM && !defined(__CHECKER__)
#define IPD_GCM_CODE

#include <linux/unaligned.h>

/* The compiler's header includes one for malloc(): what gcc and clang know that one by. */
#define _MM_MALLOC_H_INCLUDED
#define __MM_MALLOC_H
#include <immintrin.h>

/* The bytes of a block in the other order, for a shuffle. */
#define GCM_SWAPPED \
	_mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

#endif

#endif /* IPD_GCM_INTRINSICS_H */
