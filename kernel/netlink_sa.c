// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands that make, change and delete SAs.
 */

#include <linux/slab.h>

#include "net.h"
#include "netlink_attr.h"

#define SPI_FIRST_DEFAULT	256
#define LARVAL_SECONDS_DEFAULT	30

/* What sa-get-spi asks for. */
struct spi_request {
	struct in6_addr local;
	u32 first;
	u32 last;
	u32 lifetime;
	u32 slot;
	u8 family;
	u8 proto;
};

static int get_spi_request(const struct genl_info *info, struct spi_request *req)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr **tb = info->attrs;

	*req = (struct spi_request){
		.first = SPI_FIRST_DEFAULT,
		.last = U32_MAX,
		.lifetime = LARVAL_SECONDS_DEFAULT,
	};
	if (!tb[IPSECDRV_A_SPI_PROTO]) {
		IPD_NL_MISSING(extack, NULL, IPSECDRV_A_SPI_PROTO,
			       "the protocol of the SPI is missing");
		return -EINVAL;
	}
	req->proto = nla_get_u8(tb[IPSECDRV_A_SPI_PROTO]);
	if (!tb[IPSECDRV_A_SPI_LOCAL]) {
		IPD_NL_MISSING(extack, NULL, IPSECDRV_A_SPI_LOCAL,
			       "the local address of the SPI is missing");
		return -EINVAL;
	}
	if (tb[IPSECDRV_A_SPI_FIRST])
		req->first = nla_get_u32(tb[IPSECDRV_A_SPI_FIRST]);
	if (tb[IPSECDRV_A_SPI_LAST])
		req->last = nla_get_u32(tb[IPSECDRV_A_SPI_LAST]);
	if (tb[IPSECDRV_A_SPI_LIFETIME])
		req->lifetime = nla_get_u32(tb[IPSECDRV_A_SPI_LIFETIME]);
	if (tb[IPSECDRV_A_SPI_SLOT])
		req->slot = nla_get_u32(tb[IPSECDRV_A_SPI_SLOT]);
	if (req->first > req->last) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IPSECDRV_A_SPI_LAST] ?:
					    tb[IPSECDRV_A_SPI_FIRST],
				    "the last SPI is below the first");
		return -EINVAL;
	}
	return ipd_nl_get_addr(tb[IPSECDRV_A_SPI_LOCAL], &req->family, &req->local, extack);
}

static int put_spi(struct sk_buff *skb, const struct spi_request *req, u32 spi)
{
	return nla_put_u8(skb, IPSECDRV_A_SPI_PROTO, req->proto) ?:
	       ipd_nl_put_addr(skb, IPSECDRV_A_SPI_LOCAL, req->family, &req->local) ?:
	       nla_put_u32(skb, IPSECDRV_A_SPI_SPI, spi);
}

int ipsecdrv_nl_sa_get_spi_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct spi_request req;
	struct sk_buff *reply;
	void *hdr;
	u32 spi;
	int err;

	err = ipd_nl_check_request(info, 0) ?: get_spi_request(info, &req);
	if (err)
		return err;
	reply = ipd_nl_reply_new(info, GENLMSG_DEFAULT_SIZE, &hdr);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&in->mutex);
	err = ipd_sadb_get_spi(in, req.proto, req.family, &req.local, req.first, req.last,
			       req.lifetime, req.slot, &spi, info->extack);
	mutex_unlock(&in->mutex);
	return ipd_nl_reply(info, reply, hdr, err ?: put_spi(reply, &req, spi));
}

static int add(struct ipd_net *in, struct genl_info *info, struct ipd_pair_spec *spec,
	       struct sk_buff *reply)
{
	struct ipd_pair *pair;
	int err = 0;

	mutex_lock(&in->mutex);
	pair = ipd_sadb_add(in, spec, info->extack);
	if (IS_ERR(pair))
		err = PTR_ERR(pair);
	else
		err = nla_put_u32(reply, IPSECDRV_A_SA_ID, pair->id) ?:
		      nla_put_u32(reply, IPSECDRV_A_SA_SLOT, pair->slot->id);
	mutex_unlock(&in->mutex);
	return err;
}

int ipsecdrv_nl_sa_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct sk_buff *reply = NULL;
	struct ipd_pair_spec *spec;
	void *hdr;
	int err;

	spec = kzalloc(sizeof(*spec), GFP_KERNEL);
	if (!spec) {
		NL_SET_ERR_MSG(info->extack, "no memory for the pair");
		err = -ENOMEM;
	} else {
		err = ipd_nl_check_request(info, BIT(IPSECDRV_A_SA_PROTECTION)) ?:
		      ipd_nl_get_pair(info, spec);
	}
	ipd_nl_wipe_pair(skb, info);
	if (!err) {
		reply = ipd_nl_reply_new(info, GENLMSG_DEFAULT_SIZE, &hdr);
		err = reply ? add(in, info, spec, reply) : -ENOMEM;
	}
	kfree_sensitive(spec);
	return reply ? ipd_nl_reply(info, reply, hdr, err) : err;
}

static int get_update(const struct genl_info *info, struct ipd_pair_update *update)
{
	struct nlattr **tb = info->attrs;
	unsigned int type;
	int err = 0;

	memset(update, 0, sizeof(*update));
	for (type = IPSECDRV_A_SA_ID + 1; type <= IPSECDRV_A_SA_OWNER; type++) {
		if (tb[type])
			update->set |= BIT(type);
	}
	if (!update->set) {
		NL_SET_ERR_MSG(info->extack, "there is nothing to change");
		return -EINVAL;
	}
	if (tb[IPSECDRV_A_SA_ENCAP_REMOTE])
		update->encap_remote = nla_get_u16(tb[IPSECDRV_A_SA_ENCAP_REMOTE]);
	if (tb[IPSECDRV_A_SA_KEEPALIVE])
		update->keepalive = nla_get_u16(tb[IPSECDRV_A_SA_KEEPALIVE]);
	if (tb[IPSECDRV_A_SA_FLAGS])
		update->flags = nla_get_u32(tb[IPSECDRV_A_SA_FLAGS]);
	if (tb[IPSECDRV_A_SA_OWNER])
		update->owner = nla_get_u64(tb[IPSECDRV_A_SA_OWNER]);
	if (tb[IPSECDRV_A_SA_REMOTE])
		err = ipd_nl_get_addr(tb[IPSECDRV_A_SA_REMOTE], &update->family,
				      &update->remote, info->extack);
	if (!err && tb[IPSECDRV_A_SA_LIFETIME])
		err = ipd_nl_get_lifetime(tb[IPSECDRV_A_SA_LIFETIME], &update->limits,
					  info->extack);
	return err;
}

int ipsecdrv_nl_sa_update_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct ipd_pair_update update;
	u32 id;
	int err;

	err = ipd_nl_get_id(info, IPSECDRV_A_SA_ID, &id) ?: get_update(info, &update);
	if (err)
		return err;
	mutex_lock(&in->mutex);
	err = ipd_sadb_update(in, id, &update, info->extack);
	mutex_unlock(&in->mutex);
	return err;
}

int ipsecdrv_nl_sa_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct ipd_pair *pair;
	u32 id;
	int err;

	err = ipd_nl_get_id(info, IPSECDRV_A_SA_ID, &id);
	if (err)
		return err;
	mutex_lock(&in->mutex);
	pair = ipd_sadb_find(in, id);
	if (pair) {
		ipd_sadb_remove(pair, IPSECDRV_EXPIRE_REASON_POLICY, true);
	} else {
		NL_SET_ERR_MSG_ATTR_FMT(info->extack, info->attrs[IPSECDRV_A_SA_ID],
					"there is no SA pair %u", id);
		err = -ENOENT;
	}
	mutex_unlock(&in->mutex);
	return err;
}

int ipsecdrv_nl_sa_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ipd_net *in = ipd_net(genl_info_net(info));
	struct nlattr **tb = info->attrs;
	struct in6_addr remote;
	u32 filter = 0;
	u64 owner = 0;
	u8 family = 0;
	int err;

	err = ipd_nl_check_request(info, 0);
	if (!err && tb[IPSECDRV_A_SA_REMOTE])
		err = ipd_nl_get_addr(tb[IPSECDRV_A_SA_REMOTE], &family, &remote,
				      info->extack);
	if (err)
		return err;
	if (tb[IPSECDRV_A_SA_FILTER])
		filter = nla_get_u32(tb[IPSECDRV_A_SA_FILTER]);
	if (tb[IPSECDRV_A_SA_OWNER])
		owner = nla_get_u64(tb[IPSECDRV_A_SA_OWNER]);
	mutex_lock(&in->mutex);
	ipd_sadb_flush(in, tb[IPSECDRV_A_SA_FILTER] ? &filter : NULL,
		       tb[IPSECDRV_A_SA_OWNER] ? &owner : NULL, family ? &remote : NULL,
		       family);
	mutex_unlock(&in->mutex);
	return 0;
}
