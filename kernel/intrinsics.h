/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The compiler's vector intrinsics. The files that include this are compiled with the vector
 * registers allowed (Kbuild); their code may only be called with these saved.
 */
#ifndef IPD_INTRINSICS_H
#define IPD_INTRINSICS_H

#include "vectors.h"

/* Sparse does not know them. */
#if IPD_VECTORS && !defined(__CHECKER__)
#define IPD_VECTOR_CODE

#include <linux/unaligned.h>

/* The compiler's header includes one for malloc(): what gcc and clang know that one by. */
#define _MM_MALLOC_H_INCLUDED
#define __MM_MALLOC_H
#include <immintrin.h>

#endif

#endif /* IPD_INTRINSICS_H */
