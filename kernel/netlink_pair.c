// SPDX-License-Identifier: GPL-2.0-only
/*
 * An SA pair as a request describes it.
 *
 * Keys are wiped wherever they were: in the specification, which is on the heap, and in
 * the request itself as soon as it has been read, so that the echo of a refused request
 * and freed memory hold none. A request that is shared with a netlink tap (nlmon) is left
 * as it is: the tap has its own reference to the same bytes. So is one that the policy
 * refuses before a handler sees it; its sender gets it back.
 */

#include <linux/string.h>

#include "net.h"
#include "netlink_attr.h"

#define REPLAY_WINDOW_DEFAULT	64
#define IDLE_SECONDS_DEFAULT	300

static void wipe_keys(const struct nlattr *prot)
{
	struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, prot, rem) {
		switch (nla_type(attr)) {
		case IPSECDRV_A_PROTECTION_ENCR_KEY_IN:
		case IPSECDRV_A_PROTECTION_ENCR_KEY_OUT:
		case IPSECDRV_A_PROTECTION_INTEG_KEY_IN:
		case IPSECDRV_A_PROTECTION_INTEG_KEY_OUT:
			memzero_explicit(nla_data(attr), nla_len(attr));
		}
	}
}

/**
 * ipd_nl_wipe_pair() - wipe the keys in a request, once they have been read
 * @skb: the request
 * @info: the same
 */
void ipd_nl_wipe_pair(const struct sk_buff *skb, const struct genl_info *info)
{
	const struct nlattr *head = genlmsg_data(info->genlhdr);
	const struct nlattr *attr;
	int rem;

	if (skb_cloned(skb))
		return;
	nla_for_each_attr(attr, head, genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) == IPSECDRV_A_SA_PROTECTION)
			wipe_keys(attr);
	}
}

/* The same key of both directions; @len is 0 if there is none. */
static int get_keys(struct nlattr **tb, int in, int out, u8 (*keys)[IPSECDRV_KEY_MAX],
		    u16 *len, struct netlink_ext_ack *extack)
{
	const struct nlattr *attr[] = {
		[IPSECDRV_DIR_OUT] = tb[out],
		[IPSECDRV_DIR_IN] = tb[in],
	};
	unsigned int i;

	*len = 0;
	if (!attr[0] && !attr[1])
		return 0;
	if (!attr[0] || !attr[1]) {
		NL_SET_ERR_MSG_ATTR(extack, attr[0] ?: attr[1],
				    "a key for one direction only: give both");
		return -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(attr); i++) {
		if (!nla_len(attr[i]) || nla_len(attr[i]) > IPSECDRV_KEY_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr[i],
					    "a key has 1 to 128 bytes, its salt included");
			return -EINVAL;
		}
	}
	if (nla_len(attr[0]) != nla_len(attr[1])) {
		NL_SET_ERR_MSG_ATTR(extack, attr[1],
				    "the keys of the two directions differ in length");
		return -EINVAL;
	}
	*len = nla_len(attr[0]);
	for (i = 0; i < ARRAY_SIZE(attr); i++)
		nla_memcpy(keys[i], attr[i], *len);
	return 0;
}

static int refuse_computed(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	static const u8 computed[] = {
		IPSECDRV_A_PROTECTION_ENCR_KEY_LEN, IPSECDRV_A_PROTECTION_INTEG_KEY_LEN,
		IPSECDRV_A_PROTECTION_SEQ_OUT, IPSECDRV_A_PROTECTION_SEQ_IN,
		IPSECDRV_A_PROTECTION_ALGORITHM,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(computed); i++) {
		if (tb[computed[i]]) {
			NL_SET_ERR_MSG_ATTR(extack, tb[computed[i]],
					    "told by the driver, not to it: leave it out");
			return -EINVAL;
		}
	}
	return 0;
}

static int get_spis(struct nlattr **tb, const struct nlattr *nest,
		    struct ipd_protection *prot, struct netlink_ext_ack *extack)
{
	if (!tb[IPSECDRV_A_PROTECTION_PROTO]) {
		IPD_NL_MISSING(extack, nest, IPSECDRV_A_PROTECTION_PROTO,
			       "the protocol of a protection is missing");
		return -EINVAL;
	}
	if (!tb[IPSECDRV_A_PROTECTION_SPI_IN]) {
		IPD_NL_MISSING(extack, nest, IPSECDRV_A_PROTECTION_SPI_IN,
			       "the inbound SPI is missing");
		return -EINVAL;
	}
	if (!tb[IPSECDRV_A_PROTECTION_SPI_OUT]) {
		IPD_NL_MISSING(extack, nest, IPSECDRV_A_PROTECTION_SPI_OUT,
			       "the outbound SPI is missing");
		return -EINVAL;
	}
	prot->proto = nla_get_u8(tb[IPSECDRV_A_PROTECTION_PROTO]);
	prot->spi[IPSECDRV_DIR_IN] = nla_get_u32(tb[IPSECDRV_A_PROTECTION_SPI_IN]);
	prot->spi[IPSECDRV_DIR_OUT] = nla_get_u32(tb[IPSECDRV_A_PROTECTION_SPI_OUT]);
	return 0;
}

static int get_protection(const struct nlattr *nest, struct ipd_protection *prot,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPSECDRV_A_PROTECTION_MAX + 1];
	int err;

	err = ipd_nl_parse_nest(tb, IPSECDRV_A_PROTECTION_MAX, nest,
				ipsecdrv_protection_nl_policy, extack);
	if (!err)
		err = refuse_computed(tb, extack);
	if (!err)
		err = get_spis(tb, nest, prot, extack);
	if (err)
		return err;
	if (tb[IPSECDRV_A_PROTECTION_ENCR])
		prot->encr = nla_get_u8(tb[IPSECDRV_A_PROTECTION_ENCR]);
	if (tb[IPSECDRV_A_PROTECTION_INTEG])
		prot->integ = nla_get_u8(tb[IPSECDRV_A_PROTECTION_INTEG]);
	err = get_keys(tb, IPSECDRV_A_PROTECTION_ENCR_KEY_IN,
		       IPSECDRV_A_PROTECTION_ENCR_KEY_OUT, prot->encr_key,
		       &prot->encr_key_len, extack);
	return err ?: get_keys(tb, IPSECDRV_A_PROTECTION_INTEG_KEY_IN,
			       IPSECDRV_A_PROTECTION_INTEG_KEY_OUT, prot->integ_key,
			       &prot->integ_key_len, extack);
}

static int get_protections(const struct genl_info *info, struct ipd_pair_spec *spec)
{
	const struct nlattr *head = genlmsg_data(info->genlhdr);
	struct netlink_ext_ack *extack = info->extack;
	const struct nlattr *attr;
	int rem, err;

	nla_for_each_attr(attr, head, genlmsg_len(info->genlhdr), rem) {
		if (nla_type(attr) != IPSECDRV_A_SA_PROTECTION)
			continue;
		if (spec->n == IPSECDRV_PROTOS_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "more protections than ESP and AH over it");
			return -EINVAL;
		}
		err = get_protection(attr, &spec->prot[spec->n++], extack);
		if (err)
			return err;
	}
	if (!spec->n) {
		IPD_NL_MISSING(extack, NULL, IPSECDRV_A_SA_PROTECTION,
			       "a pair needs a protection");
		return -EINVAL;
	}
	if (spec->n == 2 && (spec->prot[0].proto != IPSECDRV_PROTO_ESP ||
			     spec->prot[1].proto != IPSECDRV_PROTO_AH)) {
		NL_SET_ERR_MSG_ATTR(extack, info->attrs[IPSECDRV_A_SA_PROTECTION],
				    "two protections are ESP first, then AH");
		return -EINVAL;
	}
	return 0;
}

/**
 * ipd_nl_get_lifetime() - the limits of a pair, absent ones at their defaults
 * @nest: attribute, or NULL
 * @limits: filled in, whole
 * @extack: where a text goes
 */
int ipd_nl_get_lifetime(const struct nlattr *nest, struct ipd_limits *limits,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[IPSECDRV_A_LIFETIME_MAX + 1];
	u64 *const to[IPSECDRV_A_LIFETIME_MAX + 1] = {
		[IPSECDRV_A_LIFETIME_SOFT_SECONDS] = &limits->soft_seconds,
		[IPSECDRV_A_LIFETIME_HARD_SECONDS] = &limits->hard_seconds,
		[IPSECDRV_A_LIFETIME_SOFT_BYTES] = &limits->soft_bytes,
		[IPSECDRV_A_LIFETIME_HARD_BYTES] = &limits->hard_bytes,
		[IPSECDRV_A_LIFETIME_SOFT_PACKETS] = &limits->soft_packets,
		[IPSECDRV_A_LIFETIME_HARD_PACKETS] = &limits->hard_packets,
	};
	const char *why;
	unsigned int i;
	int err;

	memset(limits, 0, sizeof(*limits));
	limits->idle_seconds = IDLE_SECONDS_DEFAULT;
	if (!nest)
		return 0;
	err = ipd_nl_parse_nest(tb, IPSECDRV_A_LIFETIME_MAX, nest,
				ipsecdrv_lifetime_nl_policy, extack);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(to); i++) {
		if (to[i] && tb[i])
			*to[i] = nla_get_u64(tb[i]);
	}
	if (tb[IPSECDRV_A_LIFETIME_IDLE_SECONDS])
		limits->idle_seconds = nla_get_u32(tb[IPSECDRV_A_LIFETIME_IDLE_SECONDS]);
	why = ipd_limits_check(limits);
	if (!why)
		return 0;
	NL_SET_ERR_MSG_ATTR_FMT(extack, nest, "%s", why);
	return -EINVAL;
}

static int get_addrs(struct nlattr **tb, struct ipd_pair_spec *spec,
		     struct netlink_ext_ack *extack)
{
	int err;

	if (!tb[IPSECDRV_A_SA_LOCAL]) {
		IPD_NL_MISSING(extack, NULL, IPSECDRV_A_SA_LOCAL,
			       "the local address of the pair is missing");
		return -EINVAL;
	}
	if (!tb[IPSECDRV_A_SA_REMOTE]) {
		IPD_NL_MISSING(extack, NULL, IPSECDRV_A_SA_REMOTE,
			       "the remote address of the pair is missing");
		return -EINVAL;
	}
	err = ipd_nl_get_addr(tb[IPSECDRV_A_SA_LOCAL], &spec->family, &spec->local, extack);
	return err ?: ipd_nl_get_addr(tb[IPSECDRV_A_SA_REMOTE], &spec->family, &spec->remote,
				      extack);
}

static int get_encap(struct nlattr **tb, struct ipd_pair_spec *spec,
		     struct netlink_ext_ack *extack)
{
	if (tb[IPSECDRV_A_SA_ENCAP_LOCAL])
		spec->encap_local = nla_get_u16(tb[IPSECDRV_A_SA_ENCAP_LOCAL]);
	if (tb[IPSECDRV_A_SA_ENCAP_REMOTE])
		spec->encap_remote = nla_get_u16(tb[IPSECDRV_A_SA_ENCAP_REMOTE]);
	if (tb[IPSECDRV_A_SA_KEEPALIVE])
		spec->keepalive = nla_get_u16(tb[IPSECDRV_A_SA_KEEPALIVE]);
	if (!spec->encap_local != !spec->encap_remote) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IPSECDRV_A_SA_ENCAP_LOCAL] ?:
					    tb[IPSECDRV_A_SA_ENCAP_REMOTE],
				    "UDP encapsulation needs both ports");
		return -EINVAL;
	}
	if (spec->keepalive && !spec->encap_local) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IPSECDRV_A_SA_KEEPALIVE],
				    "keepalives are for UDP encapsulation");
		return -EINVAL;
	}
	return 0;
}

static int get_flags(struct nlattr **tb, struct ipd_pair_spec *spec,
		     struct netlink_ext_ack *extack)
{
	const u32 df = IPSECDRV_SA_FLAGS_COPY_DF | IPSECDRV_SA_FLAGS_SET_DF;

	if (tb[IPSECDRV_A_SA_FLAGS])
		spec->flags = nla_get_u32(tb[IPSECDRV_A_SA_FLAGS]);
	spec->replay_window = REPLAY_WINDOW_DEFAULT;
	if (tb[IPSECDRV_A_SA_REPLAY_WINDOW])
		spec->replay_window = nla_get_u32(tb[IPSECDRV_A_SA_REPLAY_WINDOW]);
	if ((spec->flags & df) == df) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IPSECDRV_A_SA_FLAGS],
				    "copy-df and set-df exclude each other");
		return -EINVAL;
	}
	/* RFC 4303 section 3.3.3 */
	if (spec->flags & IPSECDRV_SA_FLAGS_ESN && !spec->replay_window) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IPSECDRV_A_SA_REPLAY_WINDOW],
				    "extended sequence numbers need a replay window");
		return -EINVAL;
	}
	return 0;
}

static int get_scope(struct nlattr **tb, struct ipd_pair_spec *spec,
		     struct netlink_ext_ack *extack)
{
	if (tb[IPSECDRV_A_SA_SLOT])
		spec->slot = nla_get_u32(tb[IPSECDRV_A_SA_SLOT]);
	if (tb[IPSECDRV_A_SA_FILTER])
		spec->filter_id = nla_get_u32(tb[IPSECDRV_A_SA_FILTER]);
	if (!spec->slot && !spec->filter_id) {
		IPD_NL_MISSING(extack, NULL, IPSECDRV_A_SA_FILTER,
			       "a pair serves a slot or a filter: name one");
		return -EINVAL;
	}
	spec->has_sel = tb[IPSECDRV_A_SA_SELECTOR];
	if (!spec->has_sel)
		return 0;
	return ipd_nl_get_selector(tb[IPSECDRV_A_SA_SELECTOR], &spec->sel, extack);
}

/**
 * ipd_nl_get_pair() - read a request to install a pair
 * @info: request that has passed its policy
 * @spec: zeroed; filled in, and wiped by the caller whatever this returns
 *
 * Algorithms and their key lengths are ipd_protection_check()'s.
 *
 * Return: 0, or -EINVAL with a text.
 */
int ipd_nl_get_pair(const struct genl_info *info, struct ipd_pair_spec *spec)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr **tb = info->attrs;
	int err;

	if (tb[IPSECDRV_A_SA_MODE])
		spec->mode = nla_get_u8(tb[IPSECDRV_A_SA_MODE]);
	if (tb[IPSECDRV_A_SA_OWNER])
		spec->owner = nla_get_u64(tb[IPSECDRV_A_SA_OWNER]);
	if (tb[IPSECDRV_A_SA_REPLACES])
		spec->replaces = nla_get_u32(tb[IPSECDRV_A_SA_REPLACES]);
	err = get_scope(tb, spec, extack);
	if (!err)
		err = get_addrs(tb, spec, extack);
	if (!err)
		err = get_encap(tb, spec, extack);
	if (!err)
		err = get_flags(tb, spec, extack);
	if (!err)
		err = ipd_nl_get_lifetime(tb[IPSECDRV_A_SA_LIFETIME], &spec->limits, extack);
	return err ?: get_protections(info, spec);
}
