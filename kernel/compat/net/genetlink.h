/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef IPD_COMPAT_NET_GENETLINK_H
#define IPD_COMPAT_NET_GENETLINK_H

#include <linux/version.h>
#include_next <net/genetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
/* The generated table has one entry per command, so it also is one of the older kind. */
#define genl_split_ops	genl_ops
#define split_ops	ops
#define n_split_ops	n_ops
#endif

#endif /* IPD_COMPAT_NET_GENETLINK_H */
