// SPDX-License-Identifier: GPL-2.0-only
/*
 * See offload.h.
 *
 * A driver wants an xfrm_state, so it gets one for each direction, complete as esp4 or
 * esp6 would have it, but in no table: XFRM cannot find it, and because its state is not
 * valid drops what a driver marks with it and we did not take.
 */

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/dst.h>
#include <net/xfrm.h>

#include "gso.h"
#include "net.h"
#include "netlink.h"
#include "offload.h"
#include "route.h"

/**
 * struct ipd_offload - of a pair that asked for it; goes with the pair
 * @x: by direction, NULL if there is none; stays for a grace period after @state was active
 * @state: enum ipsecdrv_offload_state, written under the mutex
 * @dev: name of the device
 * @reason: why not, empty if it is
 */
struct ipd_offload {
	struct xfrm_state *x[2];
	u8 state;
	char dev[IFNAMSIZ];
	char reason[IPD_OFFLOAD_REASON_LEN];
};

/* Pairs in some device, so that one that goes down need not ask every pair. */
static atomic_t offload_active = ATOMIC_INIT(0);

/* The stack asks this of a marked packet right before it gives it to a device. The packet
 * is in clear: whatever has sent it elsewhere, it must not leave there.
 */
static int offload_xmit(struct xfrm_state *x, struct sk_buff *skb, netdev_features_t features)
{
	return READ_ONCE(x->xso.dev) == skb->dev && features & NETIF_F_HW_ESP ? 0 : -ENODEV;
}

/* XFRM adds no state whose type has no software for the device's kind of offload. */
static const struct xfrm_type_offload offload_type = {
	.owner = THIS_MODULE,
	.proto = IPPROTO_ESP,
	.xmit = offload_xmit,
};

/* Software does it, for the rest of the pair's life. */
static void offload_refuse(struct ipd_pair *pair, const char *reason)
{
	struct ipd_offload *offload = pair->offload;

	strscpy(offload->reason, reason, sizeof(offload->reason));
	WRITE_ONCE(offload->state, IPSECDRV_OFFLOAD_STATE_REFUSED);
	IPD_STAT_INC(pair->net, offload_refused);
}

/* What no driver takes, or what we have no use for there. */
static const char *offload_check(struct ipd_pair *pair)
{
	const struct ipd_sa *sa = ipd_pair_out(pair, 0);

	if (pair->n != 1 || sa->spi.key.proto != IPPROTO_ESP)
		return "only ESP alone can be offloaded";
	if (sa->encr != IPSECDRV_ENCR_AES_GCM_16)
		return "only aes-gcm-16 can be offloaded";
	if (pair->encap_local)
		return "UDP encapsulation cannot be offloaded";
	if (sa->esn)
		return "extended sequence numbers cannot be offloaded";
	/* GRO would take the packets to XFRM, which does not know them. */
	if (!ipd_gso_owns(pair->family))
		return "esp4_offload or esp6_offload is loaded";
	return NULL;
}

static int offload_set_key(struct xfrm_state *x, const struct ipd_protection *prot,
			   unsigned int dir)
{
	x->aead = kzalloc(struct_size(x->aead, alg_key, prot->encr_key_len), GFP_KERNEL_ACCOUNT);
	if (!x->aead)
		return -ENOMEM;
	strscpy(x->aead->alg_name, "rfc4106(gcm(aes))", sizeof(x->aead->alg_name));
	x->aead->alg_key_len = prot->encr_key_len * BITS_PER_BYTE;
	x->aead->alg_icv_len = 128;
	memcpy(x->aead->alg_key, prot->encr_key[dir], prot->encr_key_len);
	x->props.ealgo = SADB_X_EALG_AES_GCM_ICV16;
	x->geniv = "seqiv";
	return 0;
}

static void offload_set_addr(xfrm_address_t *to, const struct in6_addr *from)
{
	to->in6 = *from;
}

/* The last reference frees it in XFRM's own time, which does not wipe the key, and lets go
 * of the device.
 */
static void offload_put_state(struct xfrm_state *x)
{
	if (!x)
		return;
	if (x->aead)
		memzero_explicit(x->aead->alg_key, x->aead->alg_key_len / BITS_PER_BYTE);
	x->km.state = XFRM_STATE_DEAD;
	xfrm_state_put(x);
}

static void offload_put_states(struct ipd_offload *offload)
{
	unsigned int dir;

	for (dir = 0; dir < 2; dir++) {
		offload_put_state(offload->x[dir]);
		offload->x[dir] = NULL;
	}
}

static struct xfrm_state *offload_new_state(struct ipd_pair *pair,
					    const struct ipd_pair_spec *spec, unsigned int dir,
					    struct netlink_ext_ack *extack)
{
	bool inbound = dir == IPSECDRV_DIR_IN;
	const struct ipd_sa *sa = inbound ? ipd_pair_in(pair, 0) : ipd_pair_out(pair, 0);
	struct xfrm_state *x = xfrm_state_alloc(pair->net->net);
	int err;

	if (!x)
		return ERR_PTR(-ENOMEM);
	x->id.proto = IPPROTO_ESP;
	x->id.spi = sa->spi.key.spi;
	x->props.family = pair->family;
	x->props.mode = pair->mode == IPSECDRV_MODE_TUNNEL ? XFRM_MODE_TUNNEL :
							     XFRM_MODE_TRANSPORT;
	/* Ours to use: how ipd_offload_rx() finds the pair. */
	x->props.reqid = pair->id;
	offload_set_addr(&x->id.daddr, inbound ? &pair->local : &pair->remote);
	offload_set_addr(&x->props.saddr, inbound ? &pair->remote : &pair->local);

	err = offload_set_key(x, &spec->prot[0], dir);
	if (!err)
		err = __xfrm_init_state(x, true, false, extack);
	if (!err)
		return x;
	offload_put_state(x);
	return ERR_PTR(err);
}

/* Give one state to the device that leads to the peer. Text or NULL. */
static const char *offload_give(struct ipd_pair *pair, struct xfrm_state *x, bool inbound,
				int ifindex, struct netlink_ext_ack *extack)
{
	struct xfrm_user_offload xuo = {
		.ifindex = ifindex,
		.flags = (inbound ? XFRM_OFFLOAD_INBOUND : 0) |
			 (pair->family == AF_INET6 ? XFRM_OFFLOAD_IPV6 : 0),
	};
	int err;

	/* A packet in a queueing discipline needs offload_xmit(); goes with the state. */
	__module_get(THIS_MODULE);
	x->type_offload = &offload_type;
	err = xfrm_dev_state_add(pair->net->net, x, &xuo, extack);
	if (err)
		return extack->_msg ?: "the device refuses the SA";
	if (!x->xso.dev)
		return "the device does not offload IPsec";
	return NULL;
}

static const char *offload_try(struct ipd_pair *pair, const struct ipd_pair_spec *spec,
			       const struct net_device *dev, struct netlink_ext_ack *extack)
{
	struct ipd_offload *offload = pair->offload;
	const char *why = NULL;
	unsigned int dir;

	if (!(dev->features & NETIF_F_HW_ESP))
		return "the device does not offload ESP (esp-hw-offload)";
	for (dir = 0; dir < 2 && !why; dir++) {
		struct xfrm_state *x = offload_new_state(pair, spec, dir, extack);

		if (IS_ERR(x))
			return extack->_msg ?: "esp4 or esp6 refuses the SA";
		offload->x[dir] = x;
		why = offload_give(pair, x, dir == IPSECDRV_DIR_IN, dev->ifindex, extack);
	}
	return why;
}

/* The device forgets the pair; packets on their way in it keep the states. */
static void offload_take_back(struct ipd_offload *offload)
{
	unsigned int dir;

	for (dir = 0; dir < 2; dir++)
		if (offload->x[dir] && offload->x[dir]->xso.dev)
			xfrm_dev_state_delete(offload->x[dir]);
}

/**
 * ipd_offload_add() - hand a new pair to the device that leads to its peer
 * @pair: pair that is published but not in force yet
 * @spec: with its keys
 *
 * The mutex. If it cannot be, the reason is kept for dumps, and software does the work.
 */
void ipd_offload_add(struct ipd_pair *pair, const struct ipd_pair_spec *spec)
{
	struct netlink_ext_ack extack = {};
	struct ipd_offload *offload;
	struct dst_entry *dst;
	const char *why;

	lockdep_assert_held(&pair->net->mutex);

	offload = kzalloc(sizeof(*offload), GFP_KERNEL_ACCOUNT);
	if (!offload)
		return;
	pair->offload = offload;
	why = offload_check(pair);
	if (why) {
		offload_refuse(pair, why);
		return;
	}
	dst = ipd_route_lookup(pair);
	if (IS_ERR(dst)) {
		offload_refuse(pair, "no route to the peer");
		return;
	}
	strscpy(offload->dev, dst->dev->name, sizeof(offload->dev));
	why = offload_try(pair, spec, dst->dev, &extack);
	dst_release(dst);
	if (why) {
		offload_refuse(pair, why);
		offload_take_back(offload);
		offload_put_states(offload);
		return;
	}
	atomic_inc(&offload_active);
	IPD_STAT_INC(pair->net, qm_offloaded);
	WRITE_ONCE(offload->state, IPSECDRV_OFFLOAD_STATE_ACTIVE);
}

static void offload_stop(struct ipd_pair *pair, const char *reason)
{
	struct ipd_offload *offload = pair->offload;

	lockdep_assert_held(&pair->net->mutex);

	if (!offload || offload->state != IPSECDRV_OFFLOAD_STATE_ACTIVE)
		return;
	offload_refuse(pair, reason);
	offload_take_back(offload);
	atomic_dec(&offload_active);
	IPD_STAT_DEC(pair->net, qm_offloaded);
	if (pair->state != IPSECDRV_SA_STATE_DEAD)
		ipd_event_offload(pair);
}

/** ipd_offload_del() - the pair ends, or changes in a way the device cannot know */
void ipd_offload_del(struct ipd_pair *pair)
{
	offload_stop(pair, "the pair has changed");
	if (pair->offload && pair->state == IPSECDRV_SA_STATE_DEAD)
		IPD_STAT_DEC(pair->net, offload_refused);
}

/* Pairs of @family, if it is not 0, and in @dev, if it is not NULL. Sleeps, if there was any,
 * for a grace period, so that the states that hold the device can go.
 */
static void offload_flush(struct ipd_net *in, u8 family, const struct net_device *dev,
			  const char *reason)
{
	struct ipd_offload *offload;
	struct ipd_pair *pair;
	bool any = false;

	lockdep_assert_held(&in->mutex);

	list_for_each_entry(pair, &in->sadb.pairs, list) {
		offload = pair->offload;
		if (!offload || offload->state != IPSECDRV_OFFLOAD_STATE_ACTIVE ||
		    (family && pair->family != family) ||
		    (dev && offload->x[IPSECDRV_DIR_OUT]->xso.dev != dev))
			continue;
		offload_stop(pair, reason);
		any = true;
	}
	if (!any)
		return;
	synchronize_rcu();
	list_for_each_entry(pair, &in->sadb.pairs, list)
		if (pair->offload && pair->offload->state != IPSECDRV_OFFLOAD_STATE_ACTIVE)
			offload_put_states(pair->offload);
}

/**
 * ipd_offload_flush_dev() - software takes over from a device, for the rest of each pair's life
 * @in: namespace
 * @dev: the device
 * @reason: why, for dumps
 *
 * The mutex.
 */
void ipd_offload_flush_dev(struct ipd_net *in, const struct net_device *dev, const char *reason)
{
	if (atomic_read(&offload_active))
		offload_flush(in, 0, dev, reason);
}

/**
 * ipd_offload_flush_family() - the same from all devices of all namespaces
 * @family: of the outer addresses; the driver's slot of it is given up
 */
void ipd_offload_flush_family(u8 family)
{
	struct ipd_net *in;
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net) {
		in = ipd_net(net);
		mutex_lock(&in->mutex);
		offload_flush(in, family, NULL, "esp4_offload or esp6_offload is loaded");
		mutex_unlock(&in->mutex);
	}
	up_read(&net_rwsem);
}

/** ipd_offload_free() - the states go when the last packet in a device's queue has gone */
void ipd_offload_free(struct ipd_pair *pair)
{
	if (!pair->offload)
		return;
	offload_put_states(pair->offload);
	kfree(pair->offload);
}

/** ipd_offload_fill() - for dumps; the mutex */
void ipd_offload_fill(const struct ipd_pair *pair, struct ipd_offload_info *info)
{
	const struct ipd_offload *offload = pair->offload;

	*info = (struct ipd_offload_info){ .state = IPSECDRV_OFFLOAD_STATE_OFF };
	if (!offload)
		return;
	info->state = offload->state;
	strscpy(info->dev, offload->dev, sizeof(info->dev));
	if (offload->reason[0])
		info->reason = offload->reason;
}

/** ipd_offload_is_active() - does a device have the pair, which asked for that? */
bool ipd_offload_is_active(const struct ipd_pair *pair)
{
	return READ_ONCE(pair->offload->state) == IPSECDRV_OFFLOAD_STATE_ACTIVE;
}

/* A driver may refuse some packets, those with IP options for one. */
static bool offload_dev_ok(const struct net_device *dev, struct sk_buff *skb, struct xfrm_state *x)
{
#ifdef CONFIG_XFRM_OFFLOAD
	const struct xfrmdev_ops *ops = dev->xfrmdev_ops;

	return ops && (!ops->xdo_dev_offload_ok || ops->xdo_dev_offload_ok(skb, x));
#else
	return false;
#endif
}

/**
 * ipd_offload_tx() - have the device encrypt a packet
 * @pair: the pair
 * @skb: complete but for cipher and ICV: headers, sequence number, room for the IV,
 *	payload, trailer, room for the ICV; not GSO
 * @dev: that it goes out through
 * @seq: its sequence number
 * @nexthdr: of the trailer
 *
 * Return: false if software has to. Else @skb is marked for the driver, and
 * offload_xmit() lets it pass.
 */
bool ipd_offload_tx(struct ipd_pair *pair, struct sk_buff *skb, const struct net_device *dev,
		    u64 seq, u8 nexthdr)
{
	struct xfrm_offload *xo;
	struct xfrm_state *x;
	struct sec_path *sp;

	if (!ipd_offload_is_active(pair))
		return false;
	x = pair->offload->x[IPSECDRV_DIR_OUT];
	if (READ_ONCE(x->xso.dev) != dev || !(dev->features & NETIF_F_HW_ESP) ||
	    !offload_dev_ok(dev, skb, x))
		return false;

	/* Drivers look at one state, and it is ours. */
	secpath_reset(skb);
	sp = secpath_set(skb);
	if (!sp)
		return false;
	xfrm_state_hold(x);
	sp->xvec[sp->len++] = x;
	xo = &sp->ovec[sp->olen++];
	memset(xo, 0, sizeof(*xo));
	xo->seq.low = lower_32_bits(seq);
	xo->seq.hi = upper_32_bits(seq);
	xo->proto = nexthdr;
	return true;
}

/**
 * ipd_offload_rx() - did a device decrypt this packet with a key of ours?
 * @in: namespace
 * @skb: inbound packet
 * @err: what came of it: 0, -EBADMSG if it is not authentic, -EIO for whatever else
 *
 * Return: the SA, or NULL if no device did: then the packet is as it was on the wire. The
 * caller compares the SPI and drops the secpath.
 */
struct ipd_sa *ipd_offload_rx(struct ipd_net *in, struct sk_buff *skb, int *err)
{
	const struct xfrm_offload *xo = xfrm_offload(skb);
	const struct xfrm_state *x;
	struct ipd_pair *pair;

	if (likely(!xo) || !(xo->flags & CRYPTO_DONE))
		return NULL;
	x = xfrm_input_state(skb);
	pair = ipd_sadb_find(in, x->props.reqid);
	if (!pair || !pair->offload || pair->offload->x[IPSECDRV_DIR_IN] != x)
		return NULL;
	if (xo->status & CRYPTO_SUCCESS)
		*err = 0;
	else if (xo->status & (CRYPTO_TRANSPORT_ESP_AUTH_FAILED | CRYPTO_TUNNEL_ESP_AUTH_FAILED))
		*err = -EBADMSG;
	else
		*err = -EIO;
	return ipd_pair_in(pair, 0);
}
