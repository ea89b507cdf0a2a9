// SPDX-License-Identifier: GPL-2.0-only
/*
 * The filter table over netlink: transactions, and what is in force.
 */

#include "filter_cursor.h"
#include "hook.h"
#include "net.h"
#include "netlink_attr.h"

static int put_numbers(struct sk_buff *skb, const struct ipd_filter *filter)
{
	const struct ipd_filter_spec *spec = &filter->spec;
	u64 packets, bytes;
	u32 flags = spec->flags;

	if (filter->shadowed_by)
		flags |= IPSECDRV_FILTER_FLAGS_SHADOWED;
	ipd_filter_sum(filter, &packets, &bytes);

	if (nla_put_u32(skb, IPSECDRV_A_FILTER_FLAGS, flags) ||
	    nla_put_u32(skb, IPSECDRV_A_FILTER_WEIGHT, filter->weight) ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_FILTER_PACKETS, packets,
			      IPSECDRV_A_FILTER_PAD) ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_FILTER_BYTES, bytes, IPSECDRV_A_FILTER_PAD) ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_FILTER_COOKIE, spec->cookie,
			      IPSECDRV_A_FILTER_PAD))
		return -EMSGSIZE;
	if (filter->shadowed_by &&
	    nla_put_u32(skb, IPSECDRV_A_FILTER_SHADOWED_BY, filter->shadowed_by))
		return -EMSGSIZE;
	return 0;
}

static int put_negotiate(struct sk_buff *skb, const struct ipd_filter_spec *spec)
{
	if (spec->action != IPSECDRV_ACTION_NEGOTIATE)
		return 0;
	if (nla_put_u8(skb, IPSECDRV_A_FILTER_NARROW, spec->narrow) ||
	    nla_put_u32(skb, IPSECDRV_A_FILTER_REQUIRE, spec->require) ||
	    nla_put_u32(skb, IPSECDRV_A_FILTER_SOFT_REASONS, spec->soft_reasons) ||
	    nla_put_u32(skb, IPSECDRV_A_FILTER_SOFT_DELAY, spec->soft_delay) ||
	    nla_put_u32(skb, IPSECDRV_A_FILTER_SOFT_LIFETIME, spec->soft_lifetime))
		return -EMSGSIZE;
	if (!ipv6_addr_any(&spec->tunnel_local) &&
	    ipd_nl_put_addr(skb, IPSECDRV_A_FILTER_TUNNEL_LOCAL, spec->tunnel_family,
			    &spec->tunnel_local))
		return -EMSGSIZE;
	if (!ipv6_addr_any(&spec->tunnel_remote) &&
	    ipd_nl_put_addr(skb, IPSECDRV_A_FILTER_TUNNEL_REMOTE, spec->tunnel_family,
			    &spec->tunnel_remote))
		return -EMSGSIZE;
	return 0;
}

/** ipd_nl_put_filter() - a filter as filter-add takes it, and what the driver adds */
int ipd_nl_put_filter(struct sk_buff *skb, int type, const struct ipd_filter *filter)
{
	const struct ipd_filter_spec *spec = &filter->spec;
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put_u32(skb, IPSECDRV_A_FILTER_ID, spec->id) ||
	    nla_put_u8(skb, IPSECDRV_A_FILTER_DIR, spec->dir) ||
	    nla_put_u8(skb, IPSECDRV_A_FILTER_ACTION, spec->action) ||
	    ipd_nl_put_selector(skb, IPSECDRV_A_FILTER_SELECTOR, &spec->sel) ||
	    put_negotiate(skb, spec) ||
	    put_numbers(skb, filter) ||
	    ipd_nl_put_drops(skb, IPSECDRV_A_FILTER_DROP, READ_ONCE(filter->drops)))
		return -EMSGSIZE;
	if (spec->name[0] && nla_put_string(skb, IPSECDRV_A_FILTER_NAME, spec->name))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static struct ipd_table *table_locked(const struct ipd_net *in)
{
	return rcu_dereference_protected(in->table, lockdep_is_held(&in->mutex));
}

int ipsecdrv_nl_filter_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	const struct ipd_filter *filter;
	struct sk_buff *reply;
	void *hdr;
	u32 id;
	int err;

	err = ipd_nl_get_id(info, IPSECDRV_A_TABLE_ID, &id);
	if (err)
		return err;
	reply = ipd_nl_reply_new(info, GENLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;

	mutex_lock(&in->mutex);
	filter = ipd_table_find(table_locked(in), id);
	if (filter) {
		err = ipd_nl_put_filter(reply, IPSECDRV_A_TABLE_FILTER, filter);
	} else {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[IPSECDRV_A_TABLE_ID],
					"there is no filter %u in force", id);
		err = -ENOENT;
	}
	mutex_unlock(&in->mutex);
	return ipd_nl_reply(info, reply, hdr, err);
}

/* One filter per message. -EMSGSIZE when the batch is full. */
static int dump_filter(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct ipd_filter *filter)
{
	void *hdr = ipd_nl_dump_put(skb, cb);

	if (!hdr)
		return -EMSGSIZE;
	if (ipd_nl_put_filter(skb, IPSECDRV_A_TABLE_FILTER, filter)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

int ipsecdrv_nl_filter_dump_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct ipd_filter_cursor *cursor = (struct ipd_filter_cursor *)cb->ctx;
	struct ipd_net *in = ipd_net(sock_net(skb->sk));
	const struct ipd_filter *filter;
	const struct ipd_table *table;
	int err;

	BUILD_BUG_ON(sizeof(*cursor) > sizeof(cb->ctx));

	err = ipd_nl_check_dump(cb);
	if (err)
		return err;
	mutex_lock(&in->mutex);
	table = table_locked(in);
	/* 0 would say nothing. */
	cb->seq = table->generation + 1;
	while ((filter = ipd_filter_cursor_next(table, cursor))) {
		err = dump_filter(skb, cb, filter);
		if (err)
			break;
		ipd_filter_cursor_seen(cursor, table, filter);
	}
	mutex_unlock(&in->mutex);
	/* A full batch is sent; an error with an empty one would end the dump. */
	return skb->len ?: err;
}

static int put_table(struct sk_buff *skb, const struct ipd_net *in)
{
	const struct ipd_table *table = table_locked(in);

	if (nla_put_u32(skb, IPSECDRV_A_TABLE_GENERATION, table->generation) ||
	    nla_put_u32(skb, IPSECDRV_A_TABLE_FILTERS, table->count) ||
	    nla_put_u32(skb, IPSECDRV_A_TABLE_TUPLES, ipd_cls_tuples(table->cls)))
		return -EMSGSIZE;
	if (in->boot.agent && nla_put_flag(skb, IPSECDRV_A_TABLE_AGENT))
		return -EMSGSIZE;
	return 0;
}

int ipsecdrv_nl_table_get_doit(struct sk_buff *skb, struct genl_info *info)
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
	err = put_table(reply, in);
	mutex_unlock(&in->mutex);
	return ipd_nl_reply(info, reply, hdr, err);
}

static int begin(struct ipd_net *in, struct genl_info *info, struct sk_buff *reply)
{
	struct ipd_transaction *trans;

	trans = ipd_transaction_begin(in, info->snd_portid, info->extack);
	if (IS_ERR(trans))
		return PTR_ERR(trans);
	return nla_put_u32(reply, IPSECDRV_A_TABLE_TRANSACTION, ipd_transaction_id(trans)) ?:
	       put_table(reply, in);
}

int ipsecdrv_nl_table_begin_doit(struct sk_buff *skb, struct genl_info *info)
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
	err = begin(in, info, reply);
	mutex_unlock(&in->mutex);
	return ipd_nl_reply(info, reply, hdr, err);
}

/* The transaction that the request names, of the socket that sends it. The mutex. */
static struct ipd_transaction *find_transaction(struct ipd_net *in,
						const struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[IPSECDRV_A_TABLE_TRANSACTION];
	struct ipd_transaction *trans;

	if (!attr) {
		IPD_NL_MISSING(info->extack, NULL, IPSECDRV_A_TABLE_TRANSACTION,
			       "the transaction is missing");
		return ERR_PTR(-EINVAL);
	}
	trans = ipd_transaction_find(in, info->snd_portid, nla_get_u32(attr));
	if (trans)
		return trans;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "no such transaction: it ended, or is another socket's");
	return ERR_PTR(-ENOENT);
}

static int commit(struct ipd_net *in, struct genl_info *info, struct sk_buff *reply)
{
	const struct nlattr *attr = info->attrs[IPSECDRV_A_TABLE_GENERATION];
	bool agent = nla_get_flag(info->attrs[IPSECDRV_A_TABLE_AGENT]);
	struct ipd_transaction *trans = find_transaction(in, info);
	u32 generation = attr ? nla_get_u32(attr) : 0;
	int err = 0;

	if (IS_ERR(trans))
		return PTR_ERR(trans);
	if (agent)
		err = ipd_boot_may_be_agent(in, info->snd_portid, info->extack);
	if (!err)
		err = ipd_transaction_commit(trans, attr ? &generation : NULL, info->extack);
	if (!err && agent)
		ipd_boot_agent(in, info->snd_portid);
	return err ?: put_table(reply, in);
}

int ipsecdrv_nl_table_commit_doit(struct sk_buff *skb, struct genl_info *info)
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
	err = ipd_hooks_enable(in, info->extack) ?: commit(in, info, reply);
	mutex_unlock(&in->mutex);
	return ipd_nl_reply(info, reply, hdr, err);
}

int ipsecdrv_nl_table_abort_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct ipd_transaction *trans;
	int err;

	err = ipd_nl_check_request(info, 0);
	if (err)
		return err;
	mutex_lock(&in->mutex);
	trans = find_transaction(in, info);
	if (!IS_ERR(trans))
		ipd_transaction_abort(trans);
	mutex_unlock(&in->mutex);
	return PTR_ERR_OR_ZERO(trans);
}
