// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filters that netlink messages bring.
 */

#include <linux/sched.h>
#include <linux/slab.h>

#include "hook.h"
#include "net.h"
#include "netlink_attr.h"

/* For an attribute that only answers have. */
static int refuse_computed(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	static const u8 computed[] = {
		IPSECDRV_A_FILTER_WEIGHT, IPSECDRV_A_FILTER_SHADOWED_BY,
		IPSECDRV_A_FILTER_PACKETS, IPSECDRV_A_FILTER_BYTES, IPSECDRV_A_FILTER_DROP,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(computed); i++) {
		if (tb[computed[i]]) {
			NL_SET_ERR_MSG_ATTR(extack, tb[computed[i]],
					    "computed by the driver: leave it out");
			return -EINVAL;
		}
	}
	return 0;
}

static int get_flags(struct nlattr **tb, struct ipd_filter_spec *spec,
		     struct netlink_ext_ack *extack)
{
	const u32 own = IPSECDRV_FILTER_FLAGS_EXEMPT | IPSECDRV_FILTER_FLAGS_SHADOWED;

	if (tb[IPSECDRV_A_FILTER_FLAGS])
		spec->flags = nla_get_u32(tb[IPSECDRV_A_FILTER_FLAGS]);
	if (spec->flags & own) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IPSECDRV_A_FILTER_FLAGS],
				    "exempt and shadowed are set by the driver");
		return -EINVAL;
	}
	if (tb[IPSECDRV_A_FILTER_SOFT_REASONS])
		spec->soft_reasons = nla_get_u32(tb[IPSECDRV_A_FILTER_SOFT_REASONS]);
	if (spec->soft_reasons >= BIT(IPSECDRV_REFUSE_REASON_POLICY + 1)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IPSECDRV_A_FILTER_SOFT_REASONS],
				    "unknown bit in the soft fallback reasons");
		return -EINVAL;
	}
	return 0;
}

static int get_tunnel(struct nlattr **tb, struct ipd_filter_spec *spec,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *remote = tb[IPSECDRV_A_FILTER_TUNNEL_REMOTE];
	const struct nlattr *local = tb[IPSECDRV_A_FILTER_TUNNEL_LOCAL];
	int err = 0;

	if ((local || remote) && !(spec->flags & IPSECDRV_FILTER_FLAGS_TUNNEL)) {
		NL_SET_ERR_MSG_ATTR(extack, local ?: remote,
				    "tunnel endpoints need the flag tunnel");
		return -EINVAL;
	}
	if (local)
		err = ipd_nl_get_addr(local, &spec->tunnel_family, &spec->tunnel_local,
				      extack);
	if (!err && remote)
		err = ipd_nl_get_addr(remote, &spec->tunnel_family, &spec->tunnel_remote,
				      extack);
	return err;
}

static void get_plain(struct nlattr **tb, struct ipd_filter_spec *spec)
{
	spec->action = nla_get_u8(tb[IPSECDRV_A_FILTER_ACTION]);
	if (tb[IPSECDRV_A_FILTER_DIR])
		spec->dir = nla_get_u8(tb[IPSECDRV_A_FILTER_DIR]);
	if (tb[IPSECDRV_A_FILTER_NARROW])
		spec->narrow = nla_get_u8(tb[IPSECDRV_A_FILTER_NARROW]);
	if (tb[IPSECDRV_A_FILTER_REQUIRE])
		spec->require = nla_get_u32(tb[IPSECDRV_A_FILTER_REQUIRE]);
	if (tb[IPSECDRV_A_FILTER_SOFT_DELAY])
		spec->soft_delay = nla_get_u32(tb[IPSECDRV_A_FILTER_SOFT_DELAY]);
	if (tb[IPSECDRV_A_FILTER_SOFT_LIFETIME])
		spec->soft_lifetime = nla_get_u32(tb[IPSECDRV_A_FILTER_SOFT_LIFETIME]);
	if (tb[IPSECDRV_A_FILTER_COOKIE])
		spec->cookie = nla_get_u64(tb[IPSECDRV_A_FILTER_COOKIE]);
}

static int get_body(struct nlattr **tb, const struct nlattr *nest,
		    struct ipd_filter_spec *spec, struct netlink_ext_ack *extack)
{
	int err;

	if (!tb[IPSECDRV_A_FILTER_ACTION]) {
		IPD_NL_MISSING(extack, nest, IPSECDRV_A_FILTER_ACTION, "action is missing");
		return -EINVAL;
	}
	if (!tb[IPSECDRV_A_FILTER_SELECTOR]) {
		IPD_NL_MISSING(extack, nest, IPSECDRV_A_FILTER_SELECTOR,
			       "selector is missing");
		return -EINVAL;
	}
	get_plain(tb, spec);
	err = refuse_computed(tb, extack);
	if (!err && tb[IPSECDRV_A_FILTER_NAME])
		err = ipd_nl_get_string(tb[IPSECDRV_A_FILTER_NAME], spec->name,
					sizeof(spec->name), extack);
	if (!err)
		err = ipd_nl_get_selector(tb[IPSECDRV_A_FILTER_SELECTOR], &spec->sel,
					  extack);
	if (!err)
		err = get_flags(tb, spec, extack);
	if (!err)
		err = get_tunnel(tb, spec, extack);
	return err ?: ipd_filter_check(spec, extack);
}

/* A message has many filters; the text has to tell which one is wrong. */
static void name_filter(struct netlink_ext_ack *extack, const struct nlattr *nest, u32 id)
{
	char text[NETLINK_MAX_FMTMSG_LEN - sizeof("filter 4294967295: ") + 1];

	if (!extack)
		return;
	if (!extack->bad_attr)
		NL_SET_BAD_ATTR(extack, nest);
	if (!extack->_msg || !strncmp(extack->_msg, "filter ", 7))
		return;
	strscpy(text, extack->_msg, sizeof(text));
	NL_SET_ERR_MSG_FMT(extack, "filter %u: %s", id, text);
}

static int get_filter(const struct nlattr *nest, struct ipd_filter_spec *spec,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPSECDRV_A_FILTER_MAX + 1];
	int err;

	memset(spec, 0, sizeof(*spec));
	err = ipd_nl_parse_nest(tb, IPSECDRV_A_FILTER_MAX, nest,
				ipsecdrv_filter_nl_policy, extack);
	if (err)
		return err;
	if (!tb[IPSECDRV_A_FILTER_ID]) {
		IPD_NL_MISSING(extack, nest, IPSECDRV_A_FILTER_ID, "a filter needs an id");
		return -EINVAL;
	}
	spec->id = nla_get_u32(tb[IPSECDRV_A_FILTER_ID]);
	err = get_body(tb, nest, spec, extack);
	if (err)
		name_filter(extack, nest, spec->id);
	return err;
}

/* The filters of a message. The message bounds their number. */
static struct ipd_filter_spec *get_filters(const struct genl_info *info, unsigned int *n)
{
	const struct nlattr *head = genlmsg_data(info->genlhdr);
	int len = genlmsg_len(info->genlhdr), rem, err = 0;
	struct ipd_filter_spec *specs;
	const struct nlattr *attr;
	unsigned int max = 0;

	nla_for_each_attr(attr, head, len, rem)
		max += nla_type(attr) == IPSECDRV_A_TABLE_FILTER;
	if (!max) {
		IPD_NL_MISSING(info->extack, NULL, IPSECDRV_A_TABLE_FILTER,
			       "there is no filter to add");
		return ERR_PTR(-EINVAL);
	}
	specs = kvmalloc_array(max, sizeof(*specs), GFP_KERNEL_ACCOUNT);
	if (!specs) {
		NL_SET_ERR_MSG(info->extack, "no memory for the filters");
		return ERR_PTR(-ENOMEM);
	}
	*n = 0;
	nla_for_each_attr(attr, head, len, rem) {
		if (nla_type(attr) != IPSECDRV_A_TABLE_FILTER)
			continue;
		err = get_filter(attr, &specs[(*n)++], info->extack);
		if (err)
			break;
		cond_resched();
	}
	if (!err)
		return specs;
	kvfree(specs);
	return ERR_PTR(err);
}

/* What the table refuses ends the transaction, so that no part of a message stays in it. */
static int add_to_transaction(struct ipd_net *in, struct genl_info *info,
			      const struct ipd_filter_spec *specs, unsigned int n)
{
	u32 id = nla_get_u32(info->attrs[IPSECDRV_A_TABLE_TRANSACTION]);
	struct ipd_transaction *trans;
	unsigned int i;
	int err;

	trans = ipd_transaction_find(in, info->snd_portid, id);
	if (!trans) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[IPSECDRV_A_TABLE_TRANSACTION],
				    "no such transaction of this socket: begin one");
		return -ENOENT;
	}
	for (i = 0; i < n; i++) {
		err = ipd_transaction_add(trans, &specs[i], info->extack);
		if (err) {
			name_filter(info->extack, NULL, specs[i].id);
			ipd_transaction_abort(trans);
			return err;
		}
	}
	return 0;
}

int ipsecdrv_nl_filter_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct ipd_filter_spec *specs;
	unsigned int n;
	int err;

	err = ipd_nl_check_request(info, BIT(IPSECDRV_A_TABLE_FILTER));
	if (err)
		return err;
	specs = get_filters(info, &n);
	if (IS_ERR(specs))
		return PTR_ERR(specs);

	mutex_lock(&in->mutex);
	if (info->attrs[IPSECDRV_A_TABLE_TRANSACTION])
		err = add_to_transaction(in, info, specs, n);
	else
		err = ipd_hooks_enable(in, info->extack) ?:
		      ipd_table_add(in, specs, n, info->extack);
	mutex_unlock(&in->mutex);
	kvfree(specs);
	return err;
}

int ipsecdrv_nl_filter_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	u32 id;
	int err;

	err = ipd_nl_get_id(info, IPSECDRV_A_TABLE_ID, &id);
	if (err)
		return err;
	mutex_lock(&in->mutex);
	err = ipd_table_del(in, id, info->extack);
	mutex_unlock(&in->mutex);
	return err;
}
