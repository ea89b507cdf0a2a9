/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /sys/kernel/ipsecdrv: what the driver is and can, whatever the namespace.
 */
#ifndef IPD_SYSFS_H
#define IPD_SYSFS_H

int ipd_sysfs_init(void);
void ipd_sysfs_exit(void);

#endif /* IPD_SYSFS_H */
