/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * Frames of a monitor device of ipsecdrv (ip link add type ipsecdrv): a packet in clear
 * behind an Ethernet header whose addresses tell what the driver does with it.
 *
 * tcpdump -e has it as "02:01:00:00:00:03 > 02:00:c0:ff:ee:01": protected, by interface 3,
 * outbound, SPI 0xc0ffee01. The packet types of packet(7) have the direction, too.
 */
#ifndef _UAPI_LINUX_IPSECDRV_MONITOR_H
#define _UAPI_LINUX_IPSECDRV_MONITOR_H

#include <linux/types.h>

/* What both addresses begin with: administered locally, of one station. */
#define IPSECDRV_MONITOR_OUI	0x02

/**
 * enum ipsecdrv_monitor_verdict - what becomes of a packet
 * @IPSECDRV_MONITOR_PERMIT: passes in clear, a filter permits it
 * @IPSECDRV_MONITOR_PROTECT: goes through the SA, or came through the SA that it should
 * @IPSECDRV_MONITOR_DEFAULT: passes in clear, no filter matches
 * @IPSECDRV_MONITOR_INPASS: came in clear, and the filter accepts that
 * @IPSECDRV_MONITOR_SOFT: passes in clear under a soft SA
 * @IPSECDRV_MONITOR_BOOT: passes in clear, for boot mode lets it
 * @IPSECDRV_MONITOR_DROP: plus n: is dropped for the n-th reason, from 0, of the counters
 *	of stats-get that are drops
 */
enum ipsecdrv_monitor_verdict {
	IPSECDRV_MONITOR_PERMIT,
	IPSECDRV_MONITOR_PROTECT,
	IPSECDRV_MONITOR_DEFAULT,
	IPSECDRV_MONITOR_INPASS,
	IPSECDRV_MONITOR_SOFT,
	IPSECDRV_MONITOR_BOOT,
	IPSECDRV_MONITOR_DROP = 0x80,
};

/**
 * struct ipsecdrv_monitor_frame - in place of an Ethernet header
 * @dst_oui: IPSECDRV_MONITOR_OUI
 * @dir: enum ipsecdrv_dir
 * @spi: of the outermost SA, or that of a protected packet that is dropped; 0 is none
 * @src_oui: IPSECDRV_MONITOR_OUI
 * @verdict: enum ipsecdrv_monitor_verdict
 * @ifindex: of the interface that the packet comes or goes by, 0 is unknown
 * @proto: ETH_P_IP or ETH_P_IPV6
 *
 * All in network byte order.
 */
struct ipsecdrv_monitor_frame {
	__u8 dst_oui;
	__u8 dir;
	__u8 spi[4];
	__u8 src_oui;
	__u8 verdict;
	__u8 ifindex[4];
	__be16 proto;
};

#endif /* _UAPI_LINUX_IPSECDRV_MONITOR_H */
