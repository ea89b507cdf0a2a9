/* SPDX-License-Identifier: GPL-2.0-only */
/* Before 6.12 it was asm/unaligned.h. */
#ifndef IPD_COMPAT_LINUX_UNALIGNED_H
#define IPD_COMPAT_LINUX_UNALIGNED_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include_next <linux/unaligned.h>
#endif

#endif /* IPD_COMPAT_LINUX_UNALIGNED_H */
