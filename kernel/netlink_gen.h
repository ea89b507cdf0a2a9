/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ipsecdrv.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_IPSECDRV_GEN_H
#define _LINUX_IPSECDRV_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/ipsecdrv.h>

/* Common nested types */
extern const struct nla_policy ipsecdrv_boot_exemption_nl_policy[IPSECDRV_A_BOOT_EXEMPTION_DIR + 1];
extern const struct nla_policy ipsecdrv_boot_exemptions_nl_policy[IPSECDRV_A_BOOT_EXEMPTIONS_EXEMPTION + 1];
extern const struct nla_policy ipsecdrv_drop_nl_policy[IPSECDRV_A_DROP_PAD + 1];
extern const struct nla_policy ipsecdrv_filter_nl_policy[IPSECDRV_A_FILTER_DROP + 1];
extern const struct nla_policy ipsecdrv_lifetime_nl_policy[IPSECDRV_A_LIFETIME_PAD + 1];
extern const struct nla_policy ipsecdrv_protection_nl_policy[IPSECDRV_A_PROTECTION_PAD + 1];
extern const struct nla_policy ipsecdrv_selector_nl_policy[IPSECDRV_A_SELECTOR_IFNAME + 1];

int ipsecdrv_nl_table_begin_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_table_commit_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_table_abort_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_table_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_filter_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_filter_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_filter_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_filter_dump_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int ipsecdrv_nl_sa_get_spi_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_sa_add_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_sa_update_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_sa_del_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_sa_flush_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_sa_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_sa_dump_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int ipsecdrv_nl_acquire_dump_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb);
int ipsecdrv_nl_acquire_refuse_doit(struct sk_buff *skb,
				    struct genl_info *info);
int ipsecdrv_nl_drop_dump_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int ipsecdrv_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_explain_doit(struct sk_buff *skb, struct genl_info *info);
int ipsecdrv_nl_soft_dump_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);

enum {
	IPSECDRV_NLGRP_ACQUIRE,
	IPSECDRV_NLGRP_EXPIRE,
	IPSECDRV_NLGRP_TABLE,
	IPSECDRV_NLGRP_SOFT,
	IPSECDRV_NLGRP_SA,
	IPSECDRV_NLGRP_OFFLOAD,
	IPSECDRV_NLGRP_DROP,
};

extern struct genl_family ipsecdrv_nl_family;

#endif /* _LINUX_IPSECDRV_GEN_H */
