// SPDX-License-Identifier: GPL-2.0-only
/*
 * sa-get, and sa-dump: the pairs, then the SPIs that wait for their keys, then the slots
 * that pass in clear under a soft SA.
 */

#include <linux/idr.h>

#include "net.h"
#include "netlink_attr.h"

enum phase {
	PAIRS,
	LARVALS,
	SOFT,
	END,
};

/**
 * struct sa_dump - where a dump is; zero is the start
 * @phase: enum phase
 * @next: id of a pair or slot to go on from, or number of larval SPIs seen
 */
struct sa_dump {
	u32 phase;
	u32 next;
};

int ipsecdrv_nl_sa_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct sk_buff *reply;
	struct ipd_pair *pair;
	void *hdr;
	u32 id;
	int err;

	err = ipd_nl_get_id(info, IPSECDRV_A_SA_ID, &id);
	if (err)
		return err;
	reply = ipd_nl_reply_new(info, GENLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&in->mutex);
	pair = ipd_sadb_find(in, id);
	if (pair) {
		err = ipd_nl_put_pair(reply, pair);
	} else {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[IPSECDRV_A_SA_ID],
					"there is no SA pair %u", id);
		err = -ENOENT;
	}
	mutex_unlock(&in->mutex);
	return ipd_nl_reply(info, reply, hdr, err);
}

static int put_larval(struct sk_buff *skb, const struct ipd_larval *larval)
{
	const struct ipd_spi_key *key = &larval->spi.key;
	struct nlattr *nest;

	if (nla_put_u8(skb, IPSECDRV_A_SA_STATE, IPSECDRV_SA_STATE_LARVAL) ||
	    ipd_nl_put_addr(skb, IPSECDRV_A_SA_LOCAL, key->family, &key->daddr))
		return -EMSGSIZE;
	if (larval->slot && nla_put_u32(skb, IPSECDRV_A_SA_SLOT, larval->slot))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, IPSECDRV_A_SA_PROTECTION);
	if (!nest ||
	    nla_put_u8(skb, IPSECDRV_A_PROTECTION_PROTO, key->proto) ||
	    nla_put_u32(skb, IPSECDRV_A_PROTECTION_SPI_IN, ntohl(key->spi)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_soft(struct sk_buff *skb, const struct ipd_slot *slot)
{
	return nla_put_u8(skb, IPSECDRV_A_SA_STATE, IPSECDRV_SA_STATE_SOFT) ?:
	       nla_put_u32(skb, IPSECDRV_A_SA_SLOT, slot->id) ?:
	       nla_put_u32(skb, IPSECDRV_A_SA_FILTER, slot->filter_id) ?:
	       ipd_nl_put_selector(skb, IPSECDRV_A_SA_SELECTOR, &slot->sel);
}

/* One object of the phase as one message. -EMSGSIZE when the batch is full. */
static int dump_one(struct sk_buff *skb, struct netlink_callback *cb, enum phase phase,
		    void *object)
{
	void *hdr = ipd_nl_dump_put(skb, cb);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	if (phase == PAIRS)
		err = ipd_nl_put_pair(skb, object);
	else if (phase == LARVALS)
		err = put_larval(skb, object);
	else
		err = put_soft(skb, object);
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

static int dump_pairs(struct ipd_net *in, struct sk_buff *skb, struct netlink_callback *cb,
		      struct sa_dump *dump)
{
	struct ipd_pair *pair;
	int id = dump->next;
	int err;

	for (; (pair = idr_get_next(&in->sadb.ids, &id)); id++) {
		dump->next = id;
		err = dump_one(skb, cb, PAIRS, pair);
		if (err)
			return err;
	}
	return 0;
}

static int dump_larvals(struct ipd_net *in, struct sk_buff *skb, struct netlink_callback *cb,
			struct sa_dump *dump)
{
	struct ipd_larval *larval;
	u32 n = 0;
	int err;

	list_for_each_entry(larval, &in->sadb.larvals, list) {
		if (n++ < dump->next)
			continue;
		err = dump_one(skb, cb, LARVALS, larval);
		if (err)
			return err;
		dump->next = n;
	}
	return 0;
}

static int dump_soft(struct ipd_net *in, struct sk_buff *skb, struct netlink_callback *cb,
		     struct sa_dump *dump)
{
	struct ipd_slot *slot;
	int id = dump->next;
	int err;

	for (; (slot = idr_get_next(&in->acquires.ids, &id)); id++) {
		dump->next = id;
		err = ipd_slot_soft(slot) ? dump_one(skb, cb, SOFT, slot) : 0;
		if (err)
			return err;
	}
	return 0;
}

int ipsecdrv_nl_sa_dump_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	static int (*const phases[])(struct ipd_net *in, struct sk_buff *skb,
				     struct netlink_callback *cb, struct sa_dump *dump) = {
		[PAIRS] = dump_pairs,
		[LARVALS] = dump_larvals,
		[SOFT] = dump_soft,
	};
	struct ipd_net *in = ipd_net(sock_net(skb->sk));
	struct sa_dump *dump = (struct sa_dump *)cb->ctx;
	int err;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));

	err = ipd_nl_check_dump(cb);
	if (err)
		return err;
	mutex_lock(&in->mutex);
	for (; dump->phase < END && !err; dump->phase += !err) {
		err = phases[dump->phase](in, skb, cb, dump);
		if (!err)
			dump->next = 0;
	}
	mutex_unlock(&in->mutex);
	return skb->len ?: err;
}
