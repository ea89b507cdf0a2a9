// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family: registration, who may listen, and what ends with a socket.
 *
 * The commands are in netlink_*.c and explain.c, what they share in netlink_attr.c. All
 * need CAP_NET_ADMIN in the initial user namespace (GENL_ADMIN_PERM) and act on the
 * namespace of the socket. They run in parallel, each takes the namespace's mutex.
 *
 * There is no MODULE_ALIAS_GENL_FAMILY(): whoever may ask for a family by name must not
 * load the driver by that.
 */

#include <linux/netlink.h>
#include <linux/notifier.h>

#include "bootmode.h"
#include "net.h"
#include "netlink.h"
#include "netlink_attr.h"

/* The generated groups, which cannot say who may listen: CAP_NET_ADMIN over the namespace. */
static struct genl_multicast_group groups[IPSECDRV_NLGRP_DROP + 1] __ro_after_init;

/* A transaction ends with the socket that began it, and so does the agent. */
static int netlink_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct netlink_notify *notify = ptr;
	struct ipd_net *in;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	in = ipd_net(notify->net);
	mutex_lock(&in->mutex);
	ipd_transaction_release(in, notify->portid);
	ipd_boot_agent_gone(in, notify->portid);
	mutex_unlock(&in->mutex);
	return NOTIFY_DONE;
}

static struct notifier_block netlink_notifier = {
	.notifier_call = netlink_event,
};

/** ipd_netlink_init() - after everything that a command may ask for is there */
int __init ipd_netlink_init(void)
{
	unsigned int i;
	int err;

	/* A group that the spec has got is not forgotten here. */
	if (WARN_ON(ipsecdrv_nl_family.n_mcgrps != ARRAY_SIZE(groups)))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		groups[i] = ipsecdrv_nl_family.mcgrps[i];
		groups[i].flags = GENL_MCAST_CAP_NET_ADMIN;
	}
	ipsecdrv_nl_family.mcgrps = groups;

	err = netlink_register_notifier(&netlink_notifier);
	if (err)
		return err;
	err = genl_register_family(&ipsecdrv_nl_family);
	if (err) {
		netlink_unregister_notifier(&netlink_notifier);
		return err;
	}
	ipd_events_enable(true);
	return 0;
}

/** ipd_netlink_exit() - no command and no dump runs any more when this returns */
void ipd_netlink_exit(void)
{
	ipd_events_enable(false);
	genl_unregister_family(&ipsecdrv_nl_family);
	netlink_unregister_notifier(&netlink_notifier);
}
