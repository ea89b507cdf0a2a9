/* SPDX-License-Identifier: GPL-2.0-only */
/* <net/gso.h> came with 6.5; before, its functions were in <linux/netdevice.h>. */
#ifndef IPD_COMPAT_NET_GSO_H
#define IPD_COMPAT_NET_GSO_H

#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include_next <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

#endif /* IPD_COMPAT_NET_GSO_H */
