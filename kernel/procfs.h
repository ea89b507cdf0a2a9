/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/net/ipsecdrv: what a namespace has and did, for people and scripts.
 */
#ifndef IPD_PROCFS_H
#define IPD_PROCFS_H

struct ipd_net;

int ipd_procfs_net_init(struct ipd_net *in);
void ipd_procfs_net_exit(struct ipd_net *in);

#endif /* IPD_PROCFS_H */
