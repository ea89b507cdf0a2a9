// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain: what the driver would do with a packet, by the functions that do it.
 */

#include <linux/netdevice.h>
#include <net/route.h>

#include "net.h"
#include "netlink_attr.h"
#include "packet.h"
#include "verdict.h"

/**
 * struct question - what explain is asked
 * @key: of the packet
 * @packet: the same as a selector, which has the interface
 * @sa: id of the pair it came through
 * @is_protected: it came through a pair
 */
struct question {
	struct ipd_key key;
	struct ipd_selector packet;
	u32 sa;
	bool is_protected;
};

static int get_key(const struct genl_info *info, const struct ipd_selector *sel,
		   struct ipd_key *key)
{
	const struct nlattr *packet = info->attrs[IPSECDRV_A_EXPLAIN_PACKET];
	bool ports = ipd_selector_proto_has_ports(sel->proto) ||
		     ipd_selector_proto_is_icmp(sel->proto);

	if (ipd_addr_cmp(&sel->src, &sel->src_last) || ipd_addr_cmp(&sel->dst, &sel->dst_last)) {
		NL_SET_ERR_MSG_ATTR(info->extack, packet,
				    "a packet has one source and one destination address");
		return -EINVAL;
	}
	if (!sel->proto) {
		IPD_NL_MISSING(info->extack, packet, IPSECDRV_A_SELECTOR_PROTO,
			       "a packet has a protocol");
		return -EINVAL;
	}
	memset(key, 0, sizeof(*key));
	key->src = sel->src;
	key->dst = sel->dst;
	key->proto = sel->proto;
	key->family = sel->family;
	if (!ports)
		return 0;
	/* Both or none: a fragment has none. */
	if (sel->sport != sel->sport_last && sel->dport != sel->dport_last) {
		key->flags |= IPD_KEY_NO_PORTS;
		return 0;
	}
	if (sel->sport != sel->sport_last || sel->dport != sel->dport_last) {
		NL_SET_ERR_MSG_ATTR(info->extack, packet,
				    "give both ports, or ICMP type and code, or none for a fragment");
		return -EINVAL;
	}
	key->sport = sel->sport;
	key->dport = sel->dport;
	return 0;
}

static bool is_group(struct net *net, const struct ipd_key *key)
{
	unsigned int type;

	if (key->family == AF_INET6)
		return ipv6_addr_is_multicast(&key->dst);
	type = inet_addr_type(net, key->dst.s6_addr32[0]);
	return type == RTN_BROADCAST || type == RTN_MULTICAST;
}

static int get_sa(const struct genl_info *info, struct question *q)
{
	const struct nlattr *sa = info->attrs[IPSECDRV_A_EXPLAIN_SA];

	q->sa = 0;
	q->is_protected = nla_get_flag(info->attrs[IPSECDRV_A_EXPLAIN_PROTECTED]);
	if (!q->is_protected && !sa)
		return 0;
	if (!q->is_protected || !sa || q->key.dir != IPSECDRV_DIR_IN) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    sa ?: info->attrs[IPSECDRV_A_EXPLAIN_PROTECTED],
				    "protected and sa go together, with an inbound packet");
		return -EINVAL;
	}
	q->sa = nla_get_u32(sa);
	return 0;
}

static int get_question(struct ipd_net *in, const struct genl_info *info, struct question *q)
{
	struct nlattr **tb = info->attrs;
	int err;

	if (!tb[IPSECDRV_A_EXPLAIN_PACKET]) {
		IPD_NL_MISSING(info->extack, NULL, IPSECDRV_A_EXPLAIN_PACKET,
			       "the packet to explain is missing");
		return -EINVAL;
	}
	err = ipd_nl_get_selector(tb[IPSECDRV_A_EXPLAIN_PACKET], &q->packet, info->extack);
	if (!err)
		err = get_key(info, &q->packet, &q->key);
	if (err)
		return err;
	if (tb[IPSECDRV_A_EXPLAIN_DIR])
		q->key.dir = nla_get_u8(tb[IPSECDRV_A_EXPLAIN_DIR]);
	if (is_group(in->net, &q->key))
		q->key.flags |= IPD_KEY_GROUP;
	return get_sa(info, q);
}

/* The device if there is one of that name, else what was asked for, else some LAN. */
static void get_iface(struct net *net, const struct ipd_selector *packet,
		      struct ipd_iface *iface)
{
	const struct net_device *dev;

	iface->name = packet->ifname;
	iface->class = packet->iface_class ?: IPSECDRV_IFACE_CLASS_LAN;
	dev = packet->ifname[0] ? dev_get_by_name_rcu(net, packet->ifname) : NULL;
	if (dev)
		ipd_packet_iface(dev, iface);
}

static int put_soft(struct sk_buff *skb, struct ipd_slot *slot)
{
	struct ipd_soft_state soft;

	ipd_soft_look(slot, &soft);
	return nla_put_u32(skb, IPSECDRV_A_EXPLAIN_SLOT, slot->id) ?:
	       nla_put_u8(skb, IPSECDRV_A_EXPLAIN_SOFT_REASON, soft.reason) ?:
	       nla_put_u64_64bit(skb, IPSECDRV_A_EXPLAIN_SOFT_LEFT, soft.left,
				 IPSECDRV_A_EXPLAIN_PAD);
}

static int put_answer(struct sk_buff *skb, const struct ipd_match *match,
		      const struct ipd_verdict *v, u32 sa)
{
	if (match->filter &&
	    (ipd_nl_put_filter(skb, IPSECDRV_A_EXPLAIN_FILTER, match->filter) ||
	     nla_put_u8(skb, IPSECDRV_A_EXPLAIN_ACTION, match->filter->spec.action)))
		return -EMSGSIZE;
	if (nla_put_string(skb, IPSECDRV_A_EXPLAIN_VERDICT, ipd_decision_name(v->decision)) ||
	    nla_put_string(skb, IPSECDRV_A_EXPLAIN_REASON, ipd_reason_text(v->reason)))
		return -EMSGSIZE;
	if (v->reason == IPD_REASON_SOFT && put_soft(skb, match->slot))
		return -EMSGSIZE;
	if (v->pair)
		sa = v->pair->id;
	return sa ? nla_put_u32(skb, IPSECDRV_A_EXPLAIN_SA, sa) : 0;
}

static int answer(struct ipd_net *in, const struct genl_info *info, const struct question *q,
		  struct sk_buff *reply)
{
	struct ipd_verdict v;
	struct ipd_match match;
	struct ipd_iface iface;
	struct ipd_pair *pair = NULL;

	if (q->is_protected) {
		pair = ipd_sadb_find(in, q->sa);
		if (!pair) {
			NL_SET_ERR_MSG_ATTR_FMT(info->extack,
						info->attrs[IPSECDRV_A_EXPLAIN_SA],
						"there is no SA pair %u", q->sa);
			return -ENOENT;
		}
	}
	get_iface(in->net, &q->packet, &iface);
	ipd_match(in, &q->key, &iface, &match);
	if (pair)
		v = ipd_verdict_in_pair(&match, pair, &q->key, &iface);
	else if (q->key.dir == IPSECDRV_DIR_IN)
		v = ipd_verdict_in(in, &match, &q->key);
	else
		v = ipd_verdict_out(in, &match, &q->key);
	return put_answer(reply, &match, &v, q->sa);
}

int ipsecdrv_nl_explain_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct sk_buff *reply;
	struct question q;
	void *hdr;
	int err;

	err = ipd_nl_check_request(info, 0) ?: get_question(in, info, &q);
	if (err)
		return err;
	reply = ipd_nl_reply_new(info, GENLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	/* As a packet does it. */
	local_bh_disable();
	rcu_read_lock();
	err = answer(in, info, &q, reply);
	rcu_read_unlock();
	local_bh_enable();
	return ipd_nl_reply(info, reply, hdr, err);
}
