/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef IPD_COMPAT_LINUX_NETLINK_H
#define IPD_COMPAT_LINUX_NETLINK_H

#include <linux/version.h>
#include_next <linux/netlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#include <linux/atomic.h>
#include <linux/kernel.h>

#define NETLINK_MAX_FMTMSG_LEN	80

/*
 * struct netlink_ext_ack has no room for a formatted text yet. It is read once more after
 * the handler has returned, when the answer is made, so it comes from a ring that is
 * larger than the number of refusals that can be on their way.
 */
static inline char *ipd_extack_text(void)
{
	static char ring[64][NETLINK_MAX_FMTMSG_LEN];
	static atomic_t next;

	return ring[(unsigned int)atomic_inc_return(&next) % ARRAY_SIZE(ring)];
}

#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {				\
	struct netlink_ext_ack *__extack = (extack);				\
	char *__text = ipd_extack_text();					\
										\
	if (!__extack)								\
		break;								\
	snprintf(__text, NETLINK_MAX_FMTMSG_LEN, "%s" fmt "%s", "", ##args, "");	\
	__extack->_msg = __text;						\
} while (0)

#define NL_SET_ERR_MSG_ATTR_FMT(extack, attr, fmt, args...) do {		\
	NL_SET_BAD_ATTR(extack, attr);						\
	NL_SET_ERR_MSG_FMT(extack, fmt, ##args);				\
} while (0)
#endif /* before 6.2 */

#endif /* IPD_COMPAT_LINUX_NETLINK_H */
