/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Code for the vector registers of x86, where the kernel has some of its own
 * (CONFIG_CRYPTO_AES_NI_INTEL) and the compiler knows VAES. It may only be called between
 * kernel_fpu_begin() and kernel_fpu_end().
 */
#ifndef IPD_VECTORS_H
#define IPD_VECTORS_H

#include <linux/kconfig.h>

/* What is behind `if (IPD_VECTORS)` elsewhere is left out by the compiler. */
#if IS_ENABLED(CONFIG_X86_64) && IS_ENABLED(CONFIG_CRYPTO_AES_NI_INTEL) && \
	(IS_ENABLED(CONFIG_CC_IS_CLANG) || CONFIG_GCC_VERSION >= 80000)
#define IPD_VECTORS 1
#else
#define IPD_VECTORS 0
#endif

#endif /* IPD_VECTORS_H */
