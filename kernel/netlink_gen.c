// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ipsecdrv.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/ipsecdrv.h>

/* Integer value ranges */
static const struct netlink_range_validation ipsecdrv_a_sa_replay_window_range = {
	.max	= IPSECDRV_REPLAY_WINDOW_MAX,
};

static const struct netlink_range_validation ipsecdrv_a_config_hold_total_range = {
	.max	= 65536ULL,
};

static const struct netlink_range_validation ipsecdrv_a_config_log_interval_range = {
	.min	= 1ULL,
	.max	= 86400ULL,
};

/* Common nested types */
const struct nla_policy ipsecdrv_boot_exemption_nl_policy[IPSECDRV_A_BOOT_EXEMPTION_DIR + 1] = {
	[IPSECDRV_A_BOOT_EXEMPTION_PROTO] = { .type = NLA_U8, },
	[IPSECDRV_A_BOOT_EXEMPTION_SPORT] = { .type = NLA_U16, },
	[IPSECDRV_A_BOOT_EXEMPTION_DPORT] = { .type = NLA_U16, },
	[IPSECDRV_A_BOOT_EXEMPTION_DIR] = NLA_POLICY_MAX(NLA_U8, 1),
};

const struct nla_policy ipsecdrv_boot_exemptions_nl_policy[IPSECDRV_A_BOOT_EXEMPTIONS_EXEMPTION + 1] = {
	[IPSECDRV_A_BOOT_EXEMPTIONS_EXEMPTION] = NLA_POLICY_NESTED(ipsecdrv_boot_exemption_nl_policy),
};

const struct nla_policy ipsecdrv_drop_nl_policy[IPSECDRV_A_DROP_PAD + 1] = {
	[IPSECDRV_A_DROP_REASON] = { .type = NLA_NUL_STRING, },
	[IPSECDRV_A_DROP_PACKETS] = { .type = NLA_U64, },
};

const struct nla_policy ipsecdrv_filter_nl_policy[IPSECDRV_A_FILTER_DROP + 1] = {
	[IPSECDRV_A_FILTER_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPSECDRV_A_FILTER_NAME] = { .type = NLA_NUL_STRING, .len = IPSECDRV_NAME_MAX, },
	[IPSECDRV_A_FILTER_DIR] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPSECDRV_A_FILTER_SELECTOR] = NLA_POLICY_NESTED(ipsecdrv_selector_nl_policy),
	[IPSECDRV_A_FILTER_ACTION] = NLA_POLICY_MAX(NLA_U8, 2),
	[IPSECDRV_A_FILTER_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x7f),
	[IPSECDRV_A_FILTER_TUNNEL_LOCAL] = { .type = NLA_BINARY, },
	[IPSECDRV_A_FILTER_TUNNEL_REMOTE] = { .type = NLA_BINARY, },
	[IPSECDRV_A_FILTER_NARROW] = NLA_POLICY_MAX(NLA_U8, 2),
	[IPSECDRV_A_FILTER_REQUIRE] = NLA_POLICY_MASK(NLA_U32, 0x7),
	[IPSECDRV_A_FILTER_SOFT_REASONS] = { .type = NLA_U32, },
	[IPSECDRV_A_FILTER_SOFT_DELAY] = { .type = NLA_U32, },
	[IPSECDRV_A_FILTER_SOFT_LIFETIME] = { .type = NLA_U32, },
	[IPSECDRV_A_FILTER_COOKIE] = { .type = NLA_U64, },
	[IPSECDRV_A_FILTER_WEIGHT] = { .type = NLA_U32, },
	[IPSECDRV_A_FILTER_SHADOWED_BY] = { .type = NLA_U32, },
	[IPSECDRV_A_FILTER_PACKETS] = { .type = NLA_U64, },
	[IPSECDRV_A_FILTER_BYTES] = { .type = NLA_U64, },
	[IPSECDRV_A_FILTER_DROP] = NLA_POLICY_NESTED(ipsecdrv_drop_nl_policy),
};

const struct nla_policy ipsecdrv_lifetime_nl_policy[IPSECDRV_A_LIFETIME_PAD + 1] = {
	[IPSECDRV_A_LIFETIME_SOFT_SECONDS] = { .type = NLA_U64, },
	[IPSECDRV_A_LIFETIME_HARD_SECONDS] = { .type = NLA_U64, },
	[IPSECDRV_A_LIFETIME_SOFT_BYTES] = { .type = NLA_U64, },
	[IPSECDRV_A_LIFETIME_HARD_BYTES] = { .type = NLA_U64, },
	[IPSECDRV_A_LIFETIME_SOFT_PACKETS] = { .type = NLA_U64, },
	[IPSECDRV_A_LIFETIME_HARD_PACKETS] = { .type = NLA_U64, },
	[IPSECDRV_A_LIFETIME_IDLE_SECONDS] = { .type = NLA_U32, },
};

const struct nla_policy ipsecdrv_protection_nl_policy[IPSECDRV_A_PROTECTION_PAD + 1] = {
	[IPSECDRV_A_PROTECTION_PROTO] = NLA_POLICY_RANGE(NLA_U8, 50, 51),
	[IPSECDRV_A_PROTECTION_SPI_IN] = NLA_POLICY_MIN(NLA_U32, 256),
	[IPSECDRV_A_PROTECTION_SPI_OUT] = NLA_POLICY_MIN(NLA_U32, 256),
	[IPSECDRV_A_PROTECTION_ENCR] = NLA_POLICY_MAX(NLA_U8, 13),
	[IPSECDRV_A_PROTECTION_INTEG] = NLA_POLICY_MAX(NLA_U8, 7),
	[IPSECDRV_A_PROTECTION_ENCR_KEY_IN] = { .type = NLA_BINARY, },
	[IPSECDRV_A_PROTECTION_ENCR_KEY_OUT] = { .type = NLA_BINARY, },
	[IPSECDRV_A_PROTECTION_INTEG_KEY_IN] = { .type = NLA_BINARY, },
	[IPSECDRV_A_PROTECTION_INTEG_KEY_OUT] = { .type = NLA_BINARY, },
	[IPSECDRV_A_PROTECTION_ENCR_KEY_LEN] = { .type = NLA_U32, },
	[IPSECDRV_A_PROTECTION_INTEG_KEY_LEN] = { .type = NLA_U32, },
	[IPSECDRV_A_PROTECTION_SEQ_OUT] = { .type = NLA_U64, },
	[IPSECDRV_A_PROTECTION_SEQ_IN] = { .type = NLA_U64, },
	[IPSECDRV_A_PROTECTION_ALGORITHM] = { .type = NLA_NUL_STRING, },
};

const struct nla_policy ipsecdrv_selector_nl_policy[IPSECDRV_A_SELECTOR_IFNAME + 1] = {
	[IPSECDRV_A_SELECTOR_FAMILY] = { .type = NLA_U8, },
	[IPSECDRV_A_SELECTOR_SRC] = { .type = NLA_BINARY, },
	[IPSECDRV_A_SELECTOR_SRC_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[IPSECDRV_A_SELECTOR_SRC_LAST] = { .type = NLA_BINARY, },
	[IPSECDRV_A_SELECTOR_DST] = { .type = NLA_BINARY, },
	[IPSECDRV_A_SELECTOR_DST_PLEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[IPSECDRV_A_SELECTOR_DST_LAST] = { .type = NLA_BINARY, },
	[IPSECDRV_A_SELECTOR_PROTO] = { .type = NLA_U8, },
	[IPSECDRV_A_SELECTOR_SPORT] = { .type = NLA_U16, },
	[IPSECDRV_A_SELECTOR_SPORT_LAST] = { .type = NLA_U16, },
	[IPSECDRV_A_SELECTOR_DPORT] = { .type = NLA_U16, },
	[IPSECDRV_A_SELECTOR_DPORT_LAST] = { .type = NLA_U16, },
	[IPSECDRV_A_SELECTOR_ICMP_TYPE] = { .type = NLA_U8, },
	[IPSECDRV_A_SELECTOR_ICMP_TYPE_LAST] = { .type = NLA_U8, },
	[IPSECDRV_A_SELECTOR_ICMP_CODE] = { .type = NLA_U8, },
	[IPSECDRV_A_SELECTOR_ICMP_CODE_LAST] = { .type = NLA_U8, },
	[IPSECDRV_A_SELECTOR_IFACE_CLASS] = NLA_POLICY_MAX(NLA_U8, 3),
	[IPSECDRV_A_SELECTOR_IFNAME] = { .type = NLA_NUL_STRING, .len = 15, },
};

/* IPSECDRV_CMD_TABLE_COMMIT - do */
static const struct nla_policy ipsecdrv_table_commit_nl_policy[IPSECDRV_A_TABLE_AGENT + 1] = {
	[IPSECDRV_A_TABLE_TRANSACTION] = { .type = NLA_U32, },
	[IPSECDRV_A_TABLE_GENERATION] = { .type = NLA_U32, },
	[IPSECDRV_A_TABLE_AGENT] = { .type = NLA_FLAG, },
};

/* IPSECDRV_CMD_TABLE_ABORT - do */
static const struct nla_policy ipsecdrv_table_abort_nl_policy[IPSECDRV_A_TABLE_TRANSACTION + 1] = {
	[IPSECDRV_A_TABLE_TRANSACTION] = { .type = NLA_U32, },
};

/* IPSECDRV_CMD_FILTER_ADD - do */
static const struct nla_policy ipsecdrv_filter_add_nl_policy[IPSECDRV_A_TABLE_FILTER + 1] = {
	[IPSECDRV_A_TABLE_TRANSACTION] = { .type = NLA_U32, },
	[IPSECDRV_A_TABLE_FILTER] = NLA_POLICY_NESTED(ipsecdrv_filter_nl_policy),
};

/* IPSECDRV_CMD_FILTER_DEL - do */
static const struct nla_policy ipsecdrv_filter_del_nl_policy[IPSECDRV_A_TABLE_ID + 1] = {
	[IPSECDRV_A_TABLE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* IPSECDRV_CMD_FILTER_GET - do */
static const struct nla_policy ipsecdrv_filter_get_nl_policy[IPSECDRV_A_TABLE_ID + 1] = {
	[IPSECDRV_A_TABLE_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* IPSECDRV_CMD_SA_GET_SPI - do */
static const struct nla_policy ipsecdrv_sa_get_spi_nl_policy[IPSECDRV_A_SPI_SLOT + 1] = {
	[IPSECDRV_A_SPI_PROTO] = NLA_POLICY_RANGE(NLA_U8, 50, 51),
	[IPSECDRV_A_SPI_LOCAL] = { .type = NLA_BINARY, },
	[IPSECDRV_A_SPI_FIRST] = NLA_POLICY_MIN(NLA_U32, 256),
	[IPSECDRV_A_SPI_LAST] = NLA_POLICY_MIN(NLA_U32, 256),
	[IPSECDRV_A_SPI_LIFETIME] = NLA_POLICY_RANGE(NLA_U32, 1, 3600),
	[IPSECDRV_A_SPI_SLOT] = { .type = NLA_U32, },
};

/* IPSECDRV_CMD_SA_ADD - do */
static const struct nla_policy ipsecdrv_sa_add_nl_policy[IPSECDRV_A_SA_REPLACES + 1] = {
	[IPSECDRV_A_SA_SLOT] = { .type = NLA_U32, },
	[IPSECDRV_A_SA_FILTER] = { .type = NLA_U32, },
	[IPSECDRV_A_SA_SELECTOR] = NLA_POLICY_NESTED(ipsecdrv_selector_nl_policy),
	[IPSECDRV_A_SA_MODE] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPSECDRV_A_SA_LOCAL] = { .type = NLA_BINARY, },
	[IPSECDRV_A_SA_REMOTE] = { .type = NLA_BINARY, },
	[IPSECDRV_A_SA_ENCAP_LOCAL] = { .type = NLA_U16, },
	[IPSECDRV_A_SA_ENCAP_REMOTE] = { .type = NLA_U16, },
	[IPSECDRV_A_SA_KEEPALIVE] = { .type = NLA_U16, },
	[IPSECDRV_A_SA_PROTECTION] = NLA_POLICY_NESTED(ipsecdrv_protection_nl_policy),
	[IPSECDRV_A_SA_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1ff),
	[IPSECDRV_A_SA_REPLAY_WINDOW] = NLA_POLICY_FULL_RANGE(NLA_U32, &ipsecdrv_a_sa_replay_window_range),
	[IPSECDRV_A_SA_LIFETIME] = NLA_POLICY_NESTED(ipsecdrv_lifetime_nl_policy),
	[IPSECDRV_A_SA_OWNER] = { .type = NLA_U64, },
	[IPSECDRV_A_SA_REPLACES] = { .type = NLA_U32, },
};

/* IPSECDRV_CMD_SA_UPDATE - do */
static const struct nla_policy ipsecdrv_sa_update_nl_policy[IPSECDRV_A_SA_OWNER + 1] = {
	[IPSECDRV_A_SA_ID] = { .type = NLA_U32, },
	[IPSECDRV_A_SA_REMOTE] = { .type = NLA_BINARY, },
	[IPSECDRV_A_SA_ENCAP_REMOTE] = { .type = NLA_U16, },
	[IPSECDRV_A_SA_KEEPALIVE] = { .type = NLA_U16, },
	[IPSECDRV_A_SA_LIFETIME] = NLA_POLICY_NESTED(ipsecdrv_lifetime_nl_policy),
	[IPSECDRV_A_SA_OWNER] = { .type = NLA_U64, },
	[IPSECDRV_A_SA_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1ff),
};

/* IPSECDRV_CMD_SA_DEL - do */
static const struct nla_policy ipsecdrv_sa_del_nl_policy[IPSECDRV_A_SA_ID + 1] = {
	[IPSECDRV_A_SA_ID] = { .type = NLA_U32, },
};

/* IPSECDRV_CMD_SA_FLUSH - do */
static const struct nla_policy ipsecdrv_sa_flush_nl_policy[IPSECDRV_A_SA_OWNER + 1] = {
	[IPSECDRV_A_SA_FILTER] = { .type = NLA_U32, },
	[IPSECDRV_A_SA_OWNER] = { .type = NLA_U64, },
	[IPSECDRV_A_SA_REMOTE] = { .type = NLA_BINARY, },
};

/* IPSECDRV_CMD_SA_GET - do */
static const struct nla_policy ipsecdrv_sa_get_nl_policy[IPSECDRV_A_SA_ID + 1] = {
	[IPSECDRV_A_SA_ID] = { .type = NLA_U32, },
};

/* IPSECDRV_CMD_ACQUIRE_REFUSE - do */
static const struct nla_policy ipsecdrv_acquire_refuse_nl_policy[IPSECDRV_A_ACQUIRE_SOFT + 1] = {
	[IPSECDRV_A_ACQUIRE_SLOT] = { .type = NLA_U32, },
	[IPSECDRV_A_ACQUIRE_REASON] = NLA_POLICY_MAX(NLA_U8, 3),
	[IPSECDRV_A_ACQUIRE_SOFT] = { .type = NLA_FLAG, },
};

/* IPSECDRV_CMD_CONFIG_SET - do */
static const struct nla_policy ipsecdrv_config_set_nl_policy[IPSECDRV_A_CONFIG_LOG_INTERVAL + 1] = {
	[IPSECDRV_A_CONFIG_DEFAULT_ACTION] = NLA_POLICY_MAX(NLA_U8, 2),
	[IPSECDRV_A_CONFIG_EXEMPTIONS] = NLA_POLICY_MASK(NLA_U32, 0x7f),
	[IPSECDRV_A_CONFIG_HOLD_PER_FLOW] = NLA_POLICY_MAX(NLA_U32, 1024),
	[IPSECDRV_A_CONFIG_HOLD_TOTAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ipsecdrv_a_config_hold_total_range),
	[IPSECDRV_A_CONFIG_HOLD_SECONDS] = NLA_POLICY_RANGE(NLA_U32, 1, 300),
	[IPSECDRV_A_CONFIG_FILTERS_MAX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPSECDRV_A_CONFIG_SAS_MAX] = NLA_POLICY_MIN(NLA_U32, 1),
	[IPSECDRV_A_CONFIG_ENCAP_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[IPSECDRV_A_CONFIG_LEGACY] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPSECDRV_A_CONFIG_DRAIN_SECONDS] = NLA_POLICY_RANGE(NLA_U32, 1, 600),
	[IPSECDRV_A_CONFIG_PADDING_CHECK] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPSECDRV_A_CONFIG_BOOT_MODE] = NLA_POLICY_MAX(NLA_U8, 2),
	[IPSECDRV_A_CONFIG_BOOT_EXEMPTIONS] = NLA_POLICY_NESTED(ipsecdrv_boot_exemptions_nl_policy),
	[IPSECDRV_A_CONFIG_LOG_LEVEL] = NLA_POLICY_MASK(NLA_U8, 0x7),
	[IPSECDRV_A_CONFIG_LOG_INTERVAL] = NLA_POLICY_FULL_RANGE(NLA_U32, &ipsecdrv_a_config_log_interval_range),
};

/* IPSECDRV_CMD_EXPLAIN - do */
static const struct nla_policy ipsecdrv_explain_nl_policy[IPSECDRV_A_EXPLAIN_SA + 1] = {
	[IPSECDRV_A_EXPLAIN_DIR] = NLA_POLICY_MAX(NLA_U8, 1),
	[IPSECDRV_A_EXPLAIN_PACKET] = NLA_POLICY_NESTED(ipsecdrv_selector_nl_policy),
	[IPSECDRV_A_EXPLAIN_PROTECTED] = { .type = NLA_FLAG, },
	[IPSECDRV_A_EXPLAIN_SA] = { .type = NLA_U32, },
};

/* Ops table for ipsecdrv */
static const struct genl_split_ops ipsecdrv_nl_ops[] = {
	{
		.cmd	= IPSECDRV_CMD_TABLE_BEGIN,
		.doit	= ipsecdrv_nl_table_begin_doit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_TABLE_COMMIT,
		.doit		= ipsecdrv_nl_table_commit_doit,
		.policy		= ipsecdrv_table_commit_nl_policy,
		.maxattr	= IPSECDRV_A_TABLE_AGENT,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_TABLE_ABORT,
		.doit		= ipsecdrv_nl_table_abort_doit,
		.policy		= ipsecdrv_table_abort_nl_policy,
		.maxattr	= IPSECDRV_A_TABLE_TRANSACTION,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= IPSECDRV_CMD_TABLE_GET,
		.doit	= ipsecdrv_nl_table_get_doit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_FILTER_ADD,
		.doit		= ipsecdrv_nl_filter_add_doit,
		.policy		= ipsecdrv_filter_add_nl_policy,
		.maxattr	= IPSECDRV_A_TABLE_FILTER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_FILTER_DEL,
		.doit		= ipsecdrv_nl_filter_del_doit,
		.policy		= ipsecdrv_filter_del_nl_policy,
		.maxattr	= IPSECDRV_A_TABLE_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_FILTER_GET,
		.doit		= ipsecdrv_nl_filter_get_doit,
		.policy		= ipsecdrv_filter_get_nl_policy,
		.maxattr	= IPSECDRV_A_TABLE_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= IPSECDRV_CMD_FILTER_DUMP,
		.dumpit	= ipsecdrv_nl_filter_dump_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPSECDRV_CMD_SA_GET_SPI,
		.doit		= ipsecdrv_nl_sa_get_spi_doit,
		.policy		= ipsecdrv_sa_get_spi_nl_policy,
		.maxattr	= IPSECDRV_A_SPI_SLOT,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_SA_ADD,
		.doit		= ipsecdrv_nl_sa_add_doit,
		.policy		= ipsecdrv_sa_add_nl_policy,
		.maxattr	= IPSECDRV_A_SA_REPLACES,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_SA_UPDATE,
		.doit		= ipsecdrv_nl_sa_update_doit,
		.policy		= ipsecdrv_sa_update_nl_policy,
		.maxattr	= IPSECDRV_A_SA_OWNER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_SA_DEL,
		.doit		= ipsecdrv_nl_sa_del_doit,
		.policy		= ipsecdrv_sa_del_nl_policy,
		.maxattr	= IPSECDRV_A_SA_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_SA_FLUSH,
		.doit		= ipsecdrv_nl_sa_flush_doit,
		.policy		= ipsecdrv_sa_flush_nl_policy,
		.maxattr	= IPSECDRV_A_SA_OWNER,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_SA_GET,
		.doit		= ipsecdrv_nl_sa_get_doit,
		.policy		= ipsecdrv_sa_get_nl_policy,
		.maxattr	= IPSECDRV_A_SA_ID,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= IPSECDRV_CMD_SA_DUMP,
		.dumpit	= ipsecdrv_nl_sa_dump_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= IPSECDRV_CMD_ACQUIRE_DUMP,
		.dumpit	= ipsecdrv_nl_acquire_dump_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= IPSECDRV_CMD_ACQUIRE_REFUSE,
		.doit		= ipsecdrv_nl_acquire_refuse_doit,
		.policy		= ipsecdrv_acquire_refuse_nl_policy,
		.maxattr	= IPSECDRV_A_ACQUIRE_SOFT,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= IPSECDRV_CMD_DROP_DUMP,
		.dumpit	= ipsecdrv_nl_drop_dump_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= IPSECDRV_CMD_STATS_GET,
		.doit	= ipsecdrv_nl_stats_get_doit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= IPSECDRV_CMD_CONFIG_GET,
		.doit	= ipsecdrv_nl_config_get_doit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_CONFIG_SET,
		.doit		= ipsecdrv_nl_config_set_doit,
		.policy		= ipsecdrv_config_set_nl_policy,
		.maxattr	= IPSECDRV_A_CONFIG_LOG_INTERVAL,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= IPSECDRV_CMD_EXPLAIN,
		.doit		= ipsecdrv_nl_explain_doit,
		.policy		= ipsecdrv_explain_nl_policy,
		.maxattr	= IPSECDRV_A_EXPLAIN_SA,
		.flags		= GENL_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= IPSECDRV_CMD_SOFT_DUMP,
		.dumpit	= ipsecdrv_nl_soft_dump_dumpit,
		.flags	= GENL_ADMIN_PERM | GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group ipsecdrv_nl_mcgrps[] = {
	[IPSECDRV_NLGRP_ACQUIRE] = { "acquire", },
	[IPSECDRV_NLGRP_EXPIRE] = { "expire", },
	[IPSECDRV_NLGRP_TABLE] = { "table", },
	[IPSECDRV_NLGRP_SOFT] = { "soft", },
	[IPSECDRV_NLGRP_SA] = { "sa", },
	[IPSECDRV_NLGRP_OFFLOAD] = { "offload", },
	[IPSECDRV_NLGRP_DROP] = { "drop", },
};

struct genl_family ipsecdrv_nl_family __ro_after_init = {
	.name		= IPSECDRV_FAMILY_NAME,
	.version	= IPSECDRV_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= ipsecdrv_nl_ops,
	.n_split_ops	= ARRAY_SIZE(ipsecdrv_nl_ops),
	.mcgrps		= ipsecdrv_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(ipsecdrv_nl_mcgrps),
};
