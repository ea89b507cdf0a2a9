/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 6.12 has fragments without memory of the host, and a function that tells.
 */
#ifndef IPD_COMPAT_LINUX_SKBUFF_H
#define IPD_COMPAT_LINUX_SKBUFF_H

#include_next <linux/skbuff.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
static inline bool skb_frags_readable(const struct sk_buff *skb)
{
	return true;
}
#endif

#endif /* IPD_COMPAT_LINUX_SKBUFF_H */
