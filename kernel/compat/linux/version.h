/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernels this driver is built and tested on. A header in this folder stands before
 * the kernel's own of the same path, includes it, and gives what an older one lacks under
 * upstream's name; nothing else in the driver looks at the kernel's version.
 */
#ifndef IPD_COMPAT_LINUX_VERSION_H
#define IPD_COMPAT_LINUX_VERSION_H

#include_next <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "ipsecdrv needs Linux 6.1 or newer"
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#error "ipsecdrv has not been ported to kernels after 6.12"
#endif

#endif /* IPD_COMPAT_LINUX_VERSION_H */
