// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings and counters of a namespace over netlink.
 */

#include <linux/slab.h>

#include "boot_exempt.h"
#include "flowtable.h"
#include "hook.h"
#include "net.h"
#include "netlink_attr.h"

/**
 * struct field - a setting as attribute and as member of struct ipd_config
 * @type: attribute
 * @size: bytes of both
 * @offset: of the member
 */
struct field {
	u8 type;
	u8 size;
	u16 offset;
};

#define FIELD(attr, member) {						\
	.type = IPSECDRV_A_CONFIG_##attr,				\
	.size = sizeof_field(struct ipd_config, member),		\
	.offset = offsetof(struct ipd_config, member),			\
}

static const struct field fields[] = {
	FIELD(DEFAULT_ACTION, default_action),
	FIELD(EXEMPTIONS, exemptions),
	FIELD(HOLD_PER_FLOW, hold_per_flow),
	FIELD(HOLD_TOTAL, hold_total),
	FIELD(HOLD_SECONDS, hold_seconds),
	FIELD(FILTERS_MAX, filters_max),
	FIELD(SAS_MAX, sas_max),
	FIELD(ENCAP_PORT, encap_port),
	FIELD(LEGACY, legacy),
	FIELD(DRAIN_SECONDS, drain_seconds),
	FIELD(PADDING_CHECK, padding_check),
	FIELD(BOOT_MODE, boot_mode),
	FIELD(LOG_LEVEL, log_level),
	FIELD(LOG_INTERVAL, log_interval),
};

static int put_boot_exempt(struct sk_buff *skb, const struct ipd_boot_exempt *exempt)
{
	struct nlattr *nest = nla_nest_start(skb, IPSECDRV_A_BOOT_EXEMPTIONS_EXEMPTION);

	if (!nest ||
	    nla_put_u8(skb, IPSECDRV_A_BOOT_EXEMPTION_PROTO, exempt->proto) ||
	    nla_put_u16(skb, IPSECDRV_A_BOOT_EXEMPTION_SPORT, exempt->sport) ||
	    nla_put_u16(skb, IPSECDRV_A_BOOT_EXEMPTION_DPORT, exempt->dport) ||
	    nla_put_u8(skb, IPSECDRV_A_BOOT_EXEMPTION_DIR, exempt->dir))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_boot_list(struct sk_buff *skb, const struct ipd_net *in)
{
	const struct ipd_boot_list *list;
	struct nlattr *nest;
	unsigned int i;

	list = rcu_dereference_protected(in->boot.list, lockdep_is_held(&in->mutex));
	nest = nla_nest_start(skb, IPSECDRV_A_CONFIG_BOOT_EXEMPTIONS);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < list->n; i++) {
		if (put_boot_exempt(skb, &list->exempt[i]))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_config(struct sk_buff *skb, const struct ipd_config *config)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field *f = &fields[i];

		if (nla_put(skb, f->type, f->size, (const char *)config + f->offset))
			return -EMSGSIZE;
	}
	return 0;
}

int ipsecdrv_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct sk_buff *reply;
	void *hdr;
	int err;

	err = ipd_nl_check_request(info, 0);
	if (err)
		return err;
	reply = ipd_nl_reply_new(info, GENLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&in->mutex);
	err = put_config(reply, &in->config) ?: put_boot_list(reply, in);
	mutex_unlock(&in->mutex);
	return ipd_nl_reply(info, reply, hdr, err);
}

/* The policy has seen to sizes and ranges. */
static int get_config(const struct genl_info *info, struct ipd_config *config)
{
	const struct nlattr *action = info->attrs[IPSECDRV_A_CONFIG_DEFAULT_ACTION];
	unsigned int i;

	if (action && nla_get_u8(action) == IPSECDRV_ACTION_NEGOTIATE) {
		NL_SET_ERR_MSG_ATTR(info->extack, action,
				    "the default action is permit or block: only a filter negotiates");
		return -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field *f = &fields[i];

		if (info->attrs[f->type])
			nla_memcpy((char *)config + f->offset, info->attrs[f->type], f->size);
	}
	return 0;
}

static int get_boot_exempt(const struct nlattr *nest, struct ipd_boot_exempt *exempt,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPSECDRV_A_BOOT_EXEMPTION_MAX + 1];
	const char *wrong;
	int err;

	err = ipd_nl_parse_nest(tb, IPSECDRV_A_BOOT_EXEMPTION_MAX, nest,
				ipsecdrv_boot_exemption_nl_policy, extack);
	if (err)
		return err;
	if (!tb[IPSECDRV_A_BOOT_EXEMPTION_DIR]) {
		IPD_NL_MISSING(extack, nest, IPSECDRV_A_BOOT_EXEMPTION_DIR,
			       "an exemption from boot mode has a direction");
		return -EINVAL;
	}
	exempt->dir = nla_get_u8(tb[IPSECDRV_A_BOOT_EXEMPTION_DIR]);
	if (tb[IPSECDRV_A_BOOT_EXEMPTION_PROTO])
		exempt->proto = nla_get_u8(tb[IPSECDRV_A_BOOT_EXEMPTION_PROTO]);
	if (tb[IPSECDRV_A_BOOT_EXEMPTION_SPORT])
		exempt->sport = nla_get_u16(tb[IPSECDRV_A_BOOT_EXEMPTION_SPORT]);
	if (tb[IPSECDRV_A_BOOT_EXEMPTION_DPORT])
		exempt->dport = nla_get_u16(tb[IPSECDRV_A_BOOT_EXEMPTION_DPORT]);
	wrong = ipd_boot_exempt_check(exempt);
	if (!wrong)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, nest, "boot exemption: %s", wrong);
	return -EINVAL;
}

static int get_boot_exempts(const struct nlattr *nest, struct ipd_boot_list *list,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, err;

	nla_for_each_nested(attr, nest, rem) {
		if (list->n == IPSECDRV_BOOT_EXEMPTIONS_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "too many exemptions from boot mode");
			return -EINVAL;
		}
		err = get_boot_exempt(attr, &list->exempt[list->n++], extack);
		if (err)
			return err;
	}
	return 0;
}

/* The exemptions of a request, NULL if it has none. */
static struct ipd_boot_list *get_boot_list(const struct genl_info *info)
{
	const struct nlattr *nest = info->attrs[IPSECDRV_A_CONFIG_BOOT_EXEMPTIONS];
	struct ipd_boot_list *list;
	int err;

	if (!nest)
		return NULL;
	list = kzalloc(sizeof(*list), GFP_KERNEL_ACCOUNT);
	if (!list) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "no memory for the exemptions");
		return ERR_PTR(-ENOMEM);
	}
	err = get_boot_exempts(nest, list, info->extack);
	if (!err)
		return list;
	kfree(list);
	return ERR_PTR(err);
}

/* Packets read single settings without a lock, so each is written in one go. */
static void write_config(struct ipd_config *to, const struct ipd_config *from)
{
	WRITE_ONCE(to->default_action, from->default_action);
	WRITE_ONCE(to->exemptions, from->exemptions);
	WRITE_ONCE(to->hold_per_flow, from->hold_per_flow);
	WRITE_ONCE(to->hold_total, from->hold_total);
	WRITE_ONCE(to->hold_seconds, from->hold_seconds);
	WRITE_ONCE(to->filters_max, from->filters_max);
	WRITE_ONCE(to->sas_max, from->sas_max);
	WRITE_ONCE(to->encap_port, from->encap_port);
	WRITE_ONCE(to->legacy, from->legacy);
	WRITE_ONCE(to->drain_seconds, from->drain_seconds);
	WRITE_ONCE(to->padding_check, from->padding_check);
}

/* All or nothing: the exemptions are what can fail, for want of memory. The built-in
 * filters are made from the settings, of which the port is one.
 */
static int set_config(struct ipd_net *in, const struct genl_info *info,
		      struct ipd_boot_list *boot_list)
{
	struct ipd_config old = in->config, new = in->config;
	int err;

	err = get_config(info, &new);
	if (err)
		return err;
	err = ipd_boot_prepare(in, new.boot_mode);
	if (err) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[IPSECDRV_A_CONFIG_BOOT_MODE],
				    "no memory for boot mode stateful; nothing was changed");
		return err;
	}
	write_config(&in->config, &new);
	if (new.exemptions != old.exemptions || new.encap_port != old.encap_port)
		err = ipd_table_set_exemptions(in, new.exemptions);
	if (!err) {
		if (new.default_action != old.default_action)
			ipd_flowtable_end();
		ipd_boot_set(in, new.boot_mode, boot_list);
		ipd_log_set(in, new.log_level, new.log_interval);
		return 0;
	}
	write_config(&in->config, &old);
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[IPSECDRV_A_CONFIG_EXEMPTIONS],
			    "the exemptions could not be changed; nothing was");
	return err;
}

int ipsecdrv_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct ipd_boot_list *boot_list;
	int err;

	err = ipd_nl_check_request(info, 0);
	if (err)
		return err;
	boot_list = get_boot_list(info);
	if (IS_ERR(boot_list))
		return PTR_ERR(boot_list);
	mutex_lock(&in->mutex);
	err = ipd_hooks_enable(in, info->extack) ?: set_config(in, info, boot_list);
	mutex_unlock(&in->mutex);
	if (err)
		kfree(boot_list);
	return err;
}

static int put_stat(struct sk_buff *skb, const struct ipd_net *in, enum ipd_stat stat)
{
	struct nlattr *nest = nla_nest_start(skb, IPSECDRV_A_STATS_STAT);
	const struct ipd_stat_info *info = &ipd_stat_infos[stat];

	if (!nest ||
	    nla_put_string(skb, IPSECDRV_A_STAT_NAME, info->name) ||
	    nla_put_string(skb, IPSECDRV_A_STAT_TEXT, info->text) ||
	    nla_put_u8(skb, IPSECDRV_A_STAT_KIND, info->kind) ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_STAT_VALUE, ipd_stat_sum(in, stat),
			      IPSECDRV_A_STAT_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static size_t stats_size(void)
{
	size_t size = 0;
	unsigned int i;

	for (i = 0; i < IPD_STAT_MAX; i++)
		size += nla_total_size(nla_total_size(strlen(ipd_stat_infos[i].name) + 1) +
				       nla_total_size(strlen(ipd_stat_infos[i].text) + 1) +
				       nla_total_size(sizeof(u8)) +
				       nla_total_size_64bit(sizeof(u64)));
	return size;
}

int ipsecdrv_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct sk_buff *reply;
	unsigned int i;
	void *hdr;
	int err;

	err = ipd_nl_check_request(info, 0);
	if (err)
		return err;
	reply = ipd_nl_reply_new(info, stats_size(), &hdr);
	if (!reply)
		return -ENOMEM;
	for (i = 0; i < IPD_STAT_MAX && !err; i++)
		err = put_stat(reply, in, i);
	return ipd_nl_reply(info, reply, hdr, err);
}
