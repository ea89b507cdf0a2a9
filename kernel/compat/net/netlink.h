/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef IPD_COMPAT_NET_NETLINK_H
#define IPD_COMPAT_NET_NETLINK_H

#include <linux/version.h>
#include_next <net/netlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
/* struct nla_policy does not promise to leave the range alone yet, though it does. */
#undef NLA_POLICY_FULL_RANGE
#define NLA_POLICY_FULL_RANGE(tp, _range) {				\
	.type = NLA_ENSURE_UINT_OR_BINARY_TYPE(tp),			\
	.validation_type = NLA_VALIDATE_RANGE_PTR,			\
	.range = (struct netlink_range_validation *)(_range),		\
}
#endif

#endif /* IPD_COMPAT_NET_NETLINK_H */
