// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netfilter in, verdict out.
 *
 * A namespace gets its hooks with its first filter, SA or change of a setting, or at once
 * where boot mode is to drop packets; until then the driver costs it nothing. Four places:
 *
 *   PRE_ROUTING before defragmentation	fragments that came through an SA
 *   PRE_ROUTING after it			ESP, AH and UDP encapsulation, and all the rest
 *   FORWARD before all others		connections that flow tables may not have
 *   POST_ROUTING last but conntrack	outbound, after NAT
 */

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/netlink.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "enforce.h"
#include "flowtable.h"
#include "hook.h"
#include "net.h"
#include "output.h"

static unsigned int ipd_hook_fragment(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	return ipd_enforce_fragment(ipd_net(state->net), skb, state);
}

static unsigned int ipd_hook_in(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	return ipd_enforce(ipd_net(state->net), skb, state);
}

#if IS_ENABLED(CONFIG_NF_FLOW_TABLE)
static unsigned int ipd_hook_forward(void *priv, struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	ipd_flowtable_judge(ipd_net(state->net), skb, state);
	return NF_ACCEPT;
}

#endif

static unsigned int ipd_hook_out(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	return ipd_output(ipd_net(state->net), skb, state);
}

#define IPD_HOOKS(family)						\
	{								\
		.hook = ipd_hook_fragment,				\
		.pf = family,						\
		.hooknum = NF_INET_PRE_ROUTING,				\
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG - 1,		\
	}, {								\
		.hook = ipd_hook_in,					\
		.pf = family,						\
		.hooknum = NF_INET_PRE_ROUTING,				\
		.priority = NF_IP_PRI_CONNTRACK_DEFRAG + 1,		\
	}, {								\
		.hook = ipd_hook_out,					\
		.pf = family,						\
		.hooknum = NF_INET_POST_ROUTING,			\
		.priority = NF_IP_PRI_LAST - 1,				\
	}

#define IPD_HOOK_FORWARD(family)					\
	{								\
		.hook = ipd_hook_forward,				\
		.pf = family,						\
		.hooknum = NF_INET_FORWARD,				\
		.priority = NF_IP_PRI_FIRST,				\
	}

static const struct nf_hook_ops ipd_hooks[] = {
	IPD_HOOKS(NFPROTO_IPV4),
	IPD_HOOKS(NFPROTO_IPV6),
#if IS_ENABLED(CONFIG_NF_FLOW_TABLE)
	IPD_HOOK_FORWARD(NFPROTO_IPV4),
	IPD_HOOK_FORWARD(NFPROTO_IPV6),
#endif
};

/**
 * ipd_hooks_enable() - let the driver see a namespace's packets
 * @in: namespace, its mutex held
 * @extack: for a refusal
 *
 * Reassembly comes with it: filters look at ports, and ESP and AH are verified whole.
 *
 * Return: 0 or a negative error.
 */
int ipd_hooks_enable(struct ipd_net *in, struct netlink_ext_ack *extack)
{
	int err;

	lockdep_assert_held(&in->mutex);
	if (in->hooked)
		return 0;

	err = ipd_history_enable(in);
	if (err)
		goto no_defrag4;
	err = nf_defrag_ipv4_enable(in->net);
	if (err)
		goto no_defrag4;
	err = nf_defrag_ipv6_enable(in->net);
	if (err)
		goto no_defrag6;
	err = nf_register_net_hooks(in->net, ipd_hooks, ARRAY_SIZE(ipd_hooks));
	if (err)
		goto no_hooks;
	in->hooked = true;
	return 0;

no_hooks:
	nf_defrag_ipv6_disable(in->net);
no_defrag6:
	nf_defrag_ipv4_disable(in->net);
no_defrag4:
	NL_SET_ERR_MSG(extack, "the namespace's netfilter hooks cannot be set");
	return err;
}

/**
 * ipd_hooks_disable() - the driver sees no more packets of a namespace
 * @in: namespace that ends
 *
 * Hooks may still run until the grace period that follows.
 */
void ipd_hooks_disable(struct ipd_net *in)
{
	if (!in->hooked)
		return;
	nf_unregister_net_hooks(in->net, ipd_hooks, ARRAY_SIZE(ipd_hooks));
	nf_defrag_ipv6_disable(in->net);
	nf_defrag_ipv4_disable(in->net);
	in->hooked = false;
}
