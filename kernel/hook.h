/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Netfilter in, verdict out.
 */
#ifndef IPD_HOOK_H
#define IPD_HOOK_H

struct ipd_net;
struct netlink_ext_ack;

int ipd_hooks_enable(struct ipd_net *in, struct netlink_ext_ack *extack);
void ipd_hooks_disable(struct ipd_net *in);

#endif /* IPD_HOOK_H */
