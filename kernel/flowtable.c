// SPDX-License-Identifier: GPL-2.0-only
/*
 * See flowtable.h.
 */

#include "flowtable.h"

#if IS_ENABLED(CONFIG_NF_FLOW_TABLE)

#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/workqueue.h>
#include <net/l3mdev.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_flow_table.h>

#include "classify.h"
#include "net.h"

/**
 * ipd_flowtable_end() - no flow table has any flow for now
 *
 * After a change of what the filters say: what is added from then on was judged after it. This
 * is how the flows of a device end that goes down, and it ends those that hardware has, too. It
 * is for one device or for all, so flows of other namespaces end as well; their next packets have
 * them back.
 *
 * Sleeps for a grace period if there are flow tables. Their module is not loaded for this.
 */
void ipd_flowtable_end(void)
{
	void (*cleanup)(struct net_device *dev) = symbol_get(nf_flow_table_cleanup);

	if (!cleanup)
		return;
	synchronize_rcu();
	cleanup(NULL);
	symbol_put(nf_flow_table_cleanup);
}

static void ipd_flowtable_work_fn(struct work_struct *work)
{
	ipd_flowtable_end();
}

static DECLARE_WORK(ipd_flowtable_work, ipd_flowtable_work_fn);

/* The entry of a packet's connection, if a flow table could have it, NULL if not. The first
 * pointer says whether the code was ever loaded.
 */
static struct nf_conn *ipd_flowtable_ct(const struct ipd_net *in, const struct sk_buff *skb)
{
	struct nf_conn *ct = (struct nf_conn *)skb_nfct(skb);

	if (likely(!READ_ONCE(in->net->ft.stat)) || !ct ||
	    ipd_selector_proto_is_icmp(nf_ct_protonum(ct)))
		return NULL;
	return ct;
}

static void ipd_flowtable_mark(struct ipd_net *in, struct nf_conn *ct)
{
	if (test_and_set_bit(IPS_NAT_CLASH_BIT, &ct->status))
		return;
	IPD_STAT_INC(in, flowtable_refused);
	if (unlikely(test_bit(IPS_OFFLOAD_BIT, &ct->status)))
		queue_work(ipd_wq, &ipd_flowtable_work);
}

void __ipd_flowtable_refuse(struct ipd_net *in, const struct sk_buff *skb)
{
	struct nf_conn *ct = ipd_flowtable_ct(in, skb);

	if (ct && !(ct->status & IPS_NAT_CLASH))
		ipd_flowtable_mark(in, ct);
}

/* Connection tracking expects entries with the mark to end soon, and never takes those of UDP for
 * assured: they were the first to go when its table is full. Ours are to stay as others do.
 */
static void ipd_flowtable_assure(struct nf_conn *ct)
{
	unsigned long flags = IPS_SEEN_REPLY | IPS_ASSURED | IPS_FIXED_TIMEOUT;

	if (nf_ct_protonum(ct) == IPPROTO_UDP && (ct->status & flags) == IPS_SEEN_REPLY &&
	    time_after(jiffies, ct->proto.udp.stream_ts))
		set_bit(IPS_ASSURED_BIT, &ct->status);
}

/* The packets of one direction, as they come in. */
static void ipd_flowtable_key(const struct nf_conntrack_tuple *tuple, struct ipd_key *key)
{
	*key = (struct ipd_key){
		.src = tuple->src.u3.in6,
		.dst = tuple->dst.u3.in6,
		.proto = tuple->dst.protonum,
		.family = tuple->src.l3num,
		.dir = IPSECDRV_DIR_IN,
	};
	if (ipd_selector_proto_has_ports(key->proto)) {
		key->sport = ntohs(tuple->src.u.all);
		key->dport = ntohs(tuple->dst.u.all);
	}
}

static bool ipd_flowtable_is_group(const struct ipd_key *key)
{
	return key->family == AF_INET ? ipv4_is_multicast(key->dst.s6_addr32[0]) :
					ipv6_addr_is_multicast(&key->dst);
}

/* Is what comes in by a device as @tuple says permitted, and what leaves by it as answer? As
 * NAT leaves the two, for the filters see packets before it and after it.
 */
static bool ipd_flowtable_is_permitted(struct ipd_net *in, const struct nf_conntrack_tuple *tuple,
				       const struct net_device *dev)
{
	struct ipd_key key, back;
	struct ipd_match match;

	ipd_flowtable_key(tuple, &key);
	/* A VRF shows packets to the filters twice, and groups are none that flows are for. */
	if (ipd_flowtable_is_group(&key) || netif_is_l3_master(dev) || netif_is_l3_slave(dev))
		return false;
	ipd_key_outbound(&back, &key);
	ipd_classify(in, &key, dev, &match);
	if (!ipd_flowtable_is_for(ipd_verdict_in(in, &match, &key).reason))
		return false;
	ipd_classify(in, &back, dev, &match);
	return ipd_flowtable_is_for(ipd_verdict_out(in, &match, &back).reason);
}

/**
 * ipd_flowtable_judge() - may a flow table have the connection of a packet?
 * @in: namespace
 * @skb: packet at FORWARD, before all that may add it
 * @state: the hook's
 *
 * RCU: until the rules have had their say. Costs little before the module of flow tables is
 * loaded, and for a connection that is marked.
 */
void ipd_flowtable_judge(struct ipd_net *in, const struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct nf_conn *ct = ipd_flowtable_ct(in, skb);
	enum ip_conntrack_info ctinfo;
	bool permitted;
	int dir;

	if (!ct || !nf_ct_is_confirmed(ct))
		return;
	if (ct->status & IPS_NAT_CLASH) {
		ipd_flowtable_assure(ct);
		return;
	}
	nf_ct_get(skb, &ctinfo);
	dir = CTINFO2DIR(ctinfo);
	local_bh_disable();
	permitted = ipd_flowtable_is_permitted(in, &ct->tuplehash[dir].tuple, state->in) &&
		    ipd_flowtable_is_permitted(in, &ct->tuplehash[!dir].tuple, state->out);
	local_bh_enable();
	if (!permitted)
		ipd_flowtable_mark(in, ct);
}

#endif
