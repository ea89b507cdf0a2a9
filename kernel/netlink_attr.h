/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the handlers of the generic netlink family share: attributes in and out.
 *
 * The generated policy has checked types, sizes of integers, ranges, enums and flag words,
 * nests included, before a handler runs; what it cannot say is checked here. Everything
 * that returns an error has left a text in the extack.
 */
#ifndef IPD_NETLINK_ATTR_H
#define IPD_NETLINK_ATTR_H

#include <net/genetlink.h>

#include "netlink_gen.h"
#include "selector.h"

struct ipd_dropped;
struct ipd_drops;
struct ipd_filter;
struct ipd_filter_spec;
struct ipd_limits;
struct ipd_pair;
struct ipd_pair_spec;
struct ipd_slot;
struct netlink_callback;

/* An attribute that has to be there is not; @nest is NULL at the top. */
#define IPD_NL_MISSING(extack, nest, type, msg) do {	\
	NL_SET_ERR_ATTR_MISS(extack, nest, type);	\
	NL_SET_ERR_MSG(extack, msg);			\
} while (0)

/* Requests. @multi: attributes that may come more than once, BIT(type). */
int ipd_nl_check_request(const struct genl_info *info, u32 multi);
int ipd_nl_get_id(const struct genl_info *info, int type, u32 *id);
int ipd_nl_check_dump(const struct netlink_callback *cb);
int ipd_nl_parse_nest(struct nlattr **tb, int max, const struct nlattr *nest,
		      const struct nla_policy *policy, struct netlink_ext_ack *extack);
int ipd_nl_get_addr(const struct nlattr *attr, u8 *family, struct in6_addr *addr,
		    struct netlink_ext_ack *extack);
int ipd_nl_get_string(const struct nlattr *attr, char *to, size_t size,
		      struct netlink_ext_ack *extack);
int ipd_nl_get_selector(const struct nlattr *nest, struct ipd_selector *sel,
			struct netlink_ext_ack *extack);
int ipd_nl_get_lifetime(const struct nlattr *nest, struct ipd_limits *limits,
			struct netlink_ext_ack *extack);
int ipd_nl_get_pair(const struct genl_info *info, struct ipd_pair_spec *spec);
void ipd_nl_wipe_pair(const struct sk_buff *skb, const struct genl_info *info);

/* Answers. */
struct sk_buff *ipd_nl_reply_new(const struct genl_info *info, size_t size, void **hdr);
int ipd_nl_reply(struct genl_info *info, struct sk_buff *reply, void *hdr, int err);
void *ipd_nl_dump_put(struct sk_buff *skb, const struct netlink_callback *cb);
int ipd_nl_put_addr(struct sk_buff *skb, int type, u8 family, const struct in6_addr *addr);
int ipd_nl_put_selector(struct sk_buff *skb, int type, const struct ipd_selector *sel);
int ipd_nl_put_key(struct sk_buff *skb, int type, const struct ipd_key *key);
int ipd_nl_put_drops(struct sk_buff *skb, int type, const struct ipd_drops *drops);
int ipd_nl_put_filter(struct sk_buff *skb, int type, const struct ipd_filter *filter);
int ipd_nl_put_pair(struct sk_buff *skb, struct ipd_pair *pair);
int ipd_nl_put_dropped(struct sk_buff *skb, u64 number, const struct ipd_dropped *dropped);
int ipd_nl_put_expire(struct sk_buff *skb, struct ipd_pair *pair, u8 reason, bool hard);
int ipd_nl_put_mapping(struct sk_buff *skb, struct ipd_pair *pair);
int ipd_nl_put_pair_event(struct sk_buff *skb, struct ipd_pair *pair);
int ipd_nl_put_offload_event(struct sk_buff *skb, struct ipd_pair *pair);
int ipd_nl_put_endpoints(struct sk_buff *skb, const struct ipd_filter_spec *spec,
			 const struct ipd_key *packet, int to_local, int to_remote);
int ipd_nl_put_acquire(struct sk_buff *skb, struct ipd_slot *slot);
int ipd_nl_dump_slots(struct sk_buff *skb, struct netlink_callback *cb,
		      bool (*wanted)(const struct ipd_slot *slot),
		      int (*put)(struct sk_buff *skb, struct ipd_slot *slot));
int ipd_nl_put_soft(struct sk_buff *skb, struct ipd_slot *slot, bool ended);

#endif /* IPD_NETLINK_ATTR_H */
