// SPDX-License-Identifier: GPL-2.0-only
/*
 * ipsecdrv: the IPsec driver. Here is only the order in which its parts begin and end.
 */

#include <linux/module.h>
#include <linux/netdevice.h>

#include "bootmode.h"
#include "cache.h"
#include "cell.h"
#include "crypto.h"
#include "csum.h"
#include "gso.h"
#include "hook.h"
#include "monitor.h"
#include "net.h"
#include "netlink.h"
#include "offload.h"
#include "procfs.h"
#include "sysfs.h"

unsigned int ipd_net_id __read_mostly;

static const struct ipd_config ipd_config_default = {
	.default_action = IPSECDRV_ACTION_PERMIT,
	.padding_check = 1,
	.encap_port = 4500,
	.exemptions = IPSECDRV_EXEMPTIONS_IKE | IPSECDRV_EXEMPTIONS_ND | IPSECDRV_EXEMPTIONS_DHCP |
		      IPSECDRV_EXEMPTIONS_LOOPBACK,
	.hold_per_flow = 16,
	.hold_total = 1024,
	.hold_seconds = 30,
	.filters_max = 1000000,
	.sas_max = 1000000,
	.drain_seconds = 5,
	.log_interval = 3600,
};

static int __net_init ipd_net_init(struct net *net)
{
	struct ipd_net *in = ipd_net(net);
	int err;

	in->net = net;
	in->config = ipd_config_default;
	in->generation = 1;
	mutex_init(&in->mutex);
	INIT_LIST_HEAD(&in->transactions);
	INIT_LIST_HEAD(&in->monitors);
	ipd_log_net_init(in);
	ipd_drop_events_net_init(in);

	in->stats = alloc_percpu(struct ipd_stats);
	if (!in->stats)
		return -ENOMEM;
	err = ipd_flow_net_init(in);
	if (err)
		goto no_flow;
	err = ipd_acquire_net_init(in);
	if (err)
		goto no_acquire;
	err = ipd_sadb_net_init(in);
	if (err)
		goto no_sadb;
	err = ipd_table_net_init(in);
	if (err)
		goto no_table;
	err = ipd_procfs_net_init(in);
	if (err)
		goto no_procfs;
	/* Last: from here on packets come. */
	err = ipd_boot_net_init(in);
	if (err)
		goto no_boot;
	return 0;

no_boot:
	ipd_procfs_net_exit(in);
no_procfs:
	ipd_table_net_exit(in);
no_table:
	ipd_sadb_net_exit(in);
no_sadb:
	ipd_acquire_net_exit(in);
no_acquire:
	ipd_flow_net_exit(in);
no_flow:
	ipd_history_net_exit(in);
	free_percpu(in->stats);
	return err;
}

/* A grace period lies between this and ipd_net_exit(): then no hook runs any more. */
static void __net_exit ipd_net_pre_exit(struct net *net)
{
	struct ipd_net *in = ipd_net(net);

	ipd_procfs_net_exit(in);
	mutex_lock(&in->mutex);
	WRITE_ONCE(in->dying, true);
	ipd_hooks_disable(in);
	mutex_unlock(&in->mutex);
}

static void __net_exit ipd_net_exit(struct net *net)
{
	struct ipd_net *in = ipd_net(net);

	ipd_log_net_exit(in);
	ipd_cells_flush();
	ipd_sadb_net_exit(in);
	ipd_acquire_net_exit(in);
	ipd_table_net_exit(in);
	ipd_flow_net_exit(in);
	ipd_boot_net_exit(in);
	ipd_drop_events_net_exit(in);
	ipd_history_net_exit(in);
	free_percpu(in->stats);
}

static struct pernet_operations ipd_net_ops = {
	.init = ipd_net_init,
	.pre_exit = ipd_net_pre_exit,
	.exit = ipd_net_exit,
	.id = &ipd_net_id,
	.size = sizeof(struct ipd_net),
};

static int ipd_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct ipd_net *in = ipd_net(dev_net(dev));

	/* Held packets point to their device, and those in slots have no reference on it. */
	if (event == NETDEV_DOWN || event == NETDEV_UNREGISTER) {
		mutex_lock(&in->mutex);
		ipd_slots_flush_dev(in, dev);
		ipd_larvals_flush_dev(in, dev);
		ipd_offload_flush_dev(in, dev, "the device went down");
		mutex_unlock(&in->mutex);
	} else if (event == NETDEV_FEAT_CHANGE && !(dev->features & NETIF_F_HW_ESP)) {
		mutex_lock(&in->mutex);
		ipd_offload_flush_dev(in, dev, "esp-hw-offload was switched off");
		mutex_unlock(&in->mutex);
	}
	return NOTIFY_DONE;
}

static struct notifier_block ipd_netdev_notifier = {
	.notifier_call = ipd_netdev_event,
};

static int __init ipd_init(void)
{
	int err;

	if (IPD_VECTORS)
		ipd_csum_init();
	err = ipd_boot_init();
	if (err)
		return err;
	err = ipd_cache_init();
	if (err)
		return err;
	err = ipd_crypto_init();
	if (err)
		goto no_crypto;
	err = ipd_sadb_init();
	if (err)
		goto no_sadb;
	err = ipd_cell_init();
	if (err)
		goto no_cell;
	err = register_pernet_subsys(&ipd_net_ops);
	if (err)
		goto no_net;
	err = register_netdevice_notifier(&ipd_netdev_notifier);
	if (err)
		goto no_notifier;
	err = ipd_monitor_init();
	if (err)
		goto no_monitor;
	err = ipd_gso_init();
	if (err)
		goto no_gso;
	err = ipd_sysfs_init();
	if (err)
		goto no_sysfs;
	err = ipd_netlink_init();
	if (err)
		goto no_netlink;
	return 0;

no_netlink:
	ipd_sysfs_exit();
no_sysfs:
	ipd_gso_exit();
no_gso:
	ipd_monitor_exit();
no_monitor:
	unregister_netdevice_notifier(&ipd_netdev_notifier);
no_notifier:
	unregister_pernet_subsys(&ipd_net_ops);
no_net:
	ipd_cell_exit();
no_cell:
	ipd_sadb_exit();
no_sadb:
	ipd_crypto_exit();
no_crypto:
	ipd_cache_exit();
	return err;
}

static void __exit ipd_exit(void)
{
	ipd_netlink_exit();
	ipd_sysfs_exit();
	ipd_gso_exit();
	ipd_monitor_exit();
	unregister_netdevice_notifier(&ipd_netdev_notifier);
	unregister_pernet_subsys(&ipd_net_ops);
	ipd_cell_exit();
	ipd_sadb_exit();
	ipd_crypto_exit();
	ipd_cache_exit();
}

module_init(ipd_init);
module_exit(ipd_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("IPsec driver: filters, SAs, ESP and AH");
MODULE_VERSION("0.1");
