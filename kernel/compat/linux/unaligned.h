/* SPDX-License-Identifier: GPL-2.0-only */
/* Since 6.12 */
#ifndef IPD_COMPAT_LINUX_UNALIGNED_H
#define IPD_COMPAT_LINUX_UNALIGNED_H

#if __has_include_next(<linux/unaligned.h>)
#include_next <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#endif /* IPD_COMPAT_LINUX_UNALIGNED_H */
