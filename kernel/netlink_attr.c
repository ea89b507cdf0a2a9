// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of requests, checked, and the frames of answers.
 */

#include <linux/ctype.h>
#include <linux/in.h>

#include "drop.h"
#include "netlink_attr.h"

/* nla_parse() keeps the last of several; what was meant is anybody's guess. */
static int check_unique(const struct nlattr *head, int len, u32 multi,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	u32 seen = 0;
	int rem;

	nla_for_each_attr(attr, head, len, rem) {
		u32 bit = BIT(nla_type(attr) & 31);

		if (seen & bit & ~multi) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "attribute given twice: give it once");
			return -EINVAL;
		}
		seen |= bit;
	}
	return 0;
}

/**
 * ipd_nl_check_request() - no attribute twice, and none where the command takes none
 * @info: request that has passed its policy
 * @multi: attributes that may come more than once, BIT(type)
 *
 * Return: 0, or -EINVAL with a text.
 */
int ipd_nl_check_request(const struct genl_info *info, u32 multi)
{
	const struct nlattr *head = genlmsg_data(info->genlhdr);
	int len = genlmsg_len(info->genlhdr);

	/* No set of the family is larger than a word, so types can be counted in one. */
	BUILD_BUG_ON(IPSECDRV_A_SA_MAX > 31 || IPSECDRV_A_FILTER_MAX > 31 ||
		     IPSECDRV_A_SELECTOR_MAX > 31 || IPSECDRV_A_PROTECTION_MAX > 31);

	if (!info->attrs && len > 0) {
		NL_SET_ERR_MSG_ATTR(info->extack, head, "this command takes no attribute");
		return -EINVAL;
	}
	return check_unique(head, len, multi, info->extack);
}

/**
 * ipd_nl_check_dump() - no dump of the family takes an attribute
 * @cb: the dump; only its first batch has an extack, later ones pass
 */
int ipd_nl_check_dump(const struct netlink_callback *cb)
{
	const struct nlmsghdr *nlh = cb->nlh;

	if (nlmsg_len(nlh) <= GENL_HDRLEN)
		return 0;
	NL_SET_ERR_MSG(cb->extack, "this command takes no attribute");
	return -EINVAL;
}

/* As nla_parse_nested(), but an attribute given twice is refused. */
int ipd_nl_parse_nest(struct nlattr **tb, int max, const struct nlattr *nest,
		      const struct nla_policy *policy, struct netlink_ext_ack *extack)
{
	int err;

	err = nla_parse_nested(tb, max, nest, policy, extack);
	if (err)
		return err;
	return check_unique(nla_data(nest), nla_len(nest), 0, extack);
}

/**
 * ipd_nl_get_id() - of a request that names one object and nothing else is repeated
 * @info: request that has passed its policy
 * @type: attribute, of 32 bits
 * @id: on return its value
 *
 * Return: 0, or -EINVAL with a text.
 */
int ipd_nl_get_id(const struct genl_info *info, int type, u32 *id)
{
	int err = ipd_nl_check_request(info, 0);

	if (err)
		return err;
	if (!info->attrs[type]) {
		IPD_NL_MISSING(info->extack, NULL, type, "the id is missing");
		return -EINVAL;
	}
	*id = nla_get_u32(info->attrs[type]);
	return 0;
}

/**
 * ipd_nl_get_addr() - an address of 4 or 16 bytes
 * @attr: attribute
 * @family: AF_INET or AF_INET6 to ask for, 0 for either; on return the address's
 * @addr: on return the address, in the form of struct ipd_selector
 * @extack: where a text goes
 */
int ipd_nl_get_addr(const struct nlattr *attr, u8 *family, struct in6_addr *addr,
		    struct netlink_ext_ack *extack)
{
	u8 got;

	switch (nla_len(attr)) {
	case sizeof(struct in_addr):
		got = AF_INET;
		break;
	case sizeof(struct in6_addr):
		got = AF_INET6;
		break;
	default:
		NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 or 16 bytes");
		return -EINVAL;
	}
	if (*family && *family != got) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "address of the other IP version");
		return -EINVAL;
	}
	*family = got;
	memset(addr, 0, sizeof(*addr));
	nla_memcpy(addr, attr, sizeof(*addr));
	return 0;
}

/**
 * ipd_nl_get_string() - a name: no NUL but the last byte, no control characters
 * @attr: attribute, NUL-terminated by its policy
 * @to: buffer, filled to its end
 * @size: of @to
 * @extack: where a text goes
 */
int ipd_nl_get_string(const struct nlattr *attr, char *to, size_t size,
		      struct netlink_ext_ack *extack)
{
	const char *text = nla_data(attr);
	size_t len = strnlen(text, nla_len(attr));
	size_t i;

	if (len + 1 != nla_len(attr) || len >= size) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "a name ends with its only NUL");
		return -EINVAL;
	}
	for (i = 0; i < len; i++) {
		if (iscntrl(text[i])) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a name has no control characters");
			return -EINVAL;
		}
	}
	memset(to, 0, size);
	memcpy(to, text, len);
	return 0;
}

/**
 * ipd_nl_reply_new() - start the answer to a request
 * @info: request
 * @size: of the attributes to come
 * @hdr: on return, for ipd_nl_reply()
 *
 * Made before anything is changed, so that no change goes unanswered.
 *
 * Return: the message, or NULL with a text.
 */
struct sk_buff *ipd_nl_reply_new(const struct genl_info *info, size_t size, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);

	if (skb) {
		*hdr = genlmsg_put(skb, info->snd_portid, info->snd_seq, &ipsecdrv_nl_family,
				   0, info->genlhdr->cmd);
		if (*hdr)
			return skb;
		nlmsg_free(skb);
	}
	NL_SET_ERR_MSG(info->extack, "no memory for the answer");
	return NULL;
}

/**
 * ipd_nl_reply() - send the answer, or give it up
 * @info: request
 * @reply: from ipd_nl_reply_new(), consumed
 * @hdr: the same
 * @err: of what filled @reply; the answer is sent if it is 0
 *
 * Return: @err, or the error of sending.
 */
int ipd_nl_reply(struct genl_info *info, struct sk_buff *reply, void *hdr, int err)
{
	if (!err) {
		genlmsg_end(reply, hdr);
		return genlmsg_reply(reply, info);
	}
	nlmsg_free(reply);
	if (err == -EMSGSIZE)
		NL_SET_ERR_MSG(info->extack, "the answer does not fit a message");
	return err;
}

/** ipd_nl_dump_put() - start one message of a dump; NULL if the batch is full */
void *ipd_nl_dump_put(struct sk_buff *skb, const struct netlink_callback *cb)
{
	const struct genlmsghdr *genlhdr = nlmsg_data(cb->nlh);

	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &ipsecdrv_nl_family, NLM_F_MULTI, genlhdr->cmd);
}

static int put_drop(struct sk_buff *skb, int type, const char *reason, u64 packets)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put_string(skb, IPSECDRV_A_DROP_REASON, reason) ||
	    nla_put_u64_64bit(skb, IPSECDRV_A_DROP_PACKETS, packets, IPSECDRV_A_DROP_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/** ipd_nl_put_drops() - a nest for each reason that occurred; @drops may be NULL */
int ipd_nl_put_drops(struct sk_buff *skb, int type, const struct ipd_drops *drops)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < IPD_DROP_MAX && !err; i++) {
		u64 packets = ipd_drops_read(drops, i);

		if (packets)
			err = put_drop(skb, type, ipd_drop_info(i)->name, packets);
	}
	return err;
}

/** ipd_nl_put_addr() - 4 or 16 bytes */
int ipd_nl_put_addr(struct sk_buff *skb, int type, u8 family, const struct in6_addr *addr)
{
	if (family == AF_INET)
		return nla_put_in_addr(skb, type, addr->s6_addr32[0]);
	return nla_put_in6_addr(skb, type, addr);
}
