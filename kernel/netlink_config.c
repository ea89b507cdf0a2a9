// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings and counters of a namespace over netlink.
 */

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
};

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
	err = put_config(reply, &in->config);
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
static int set_config(struct ipd_net *in, struct genl_info *info)
{
	struct ipd_config old = in->config, new = in->config;
	int err;

	err = get_config(info, &new);
	if (err)
		return err;
	write_config(&in->config, &new);
	if (new.exemptions == old.exemptions && new.encap_port == old.encap_port)
		return 0;
	err = ipd_table_set_exemptions(in, new.exemptions);
	if (!err)
		return 0;
	write_config(&in->config, &old);
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[IPSECDRV_A_CONFIG_EXEMPTIONS],
			    "the exemptions could not be changed; nothing was");
	return err;
}

int ipsecdrv_nl_config_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	int err;

	err = ipd_nl_check_request(info, 0);
	if (err)
		return err;
	mutex_lock(&in->mutex);
	err = ipd_hooks_enable(in, info->extack) ?: set_config(in, info);
	mutex_unlock(&in->mutex);
	return err;
}

static int put_stat(struct sk_buff *skb, const struct ipd_net *in, enum ipd_stat stat)
{
	struct nlattr *nest = nla_nest_start(skb, IPSECDRV_A_STATS_STAT);

	if (!nest ||
	    nla_put_string(skb, IPSECDRV_A_STAT_NAME, ipd_stat_names[stat]) ||
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
		size += nla_total_size(nla_total_size(strlen(ipd_stat_names[i]) + 1) +
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
