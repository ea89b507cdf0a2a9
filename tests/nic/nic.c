// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two network devices, nic0 and nic1, with a wire between them, that do the AES-GCM of ESP
 * as network cards do: on the way out for packets that are marked for it, on the way in for
 * the SPIs they were given. A packet that came in is handed on as mlx5 does it: in clear
 * between ESP header and ICV, with the SA and what was found in its secpath.
 *
 * They know XFRM's interface and nothing of ipsecdrv, and get their cipher from the kernel:
 * what they say of a packet is so, unless they are told to lie.
 */

#include <crypto/aead.h>
#include <crypto/gcm.h>
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/scatterlist.h>
#include <net/esp.h>
#include <net/gro_cells.h>
#include <net/ip.h>
#include <net/xfrm.h>

/* What is authenticated only, and the IV. */
#define NIC_ESP_HEADER	(sizeof(struct ip_esp_hdr) + GCM_RFC4106_IV_SIZE)

static uint status;
module_param(status, uint, 0644);
MODULE_PARM_DESC(status, "of all packets decrypted (CRYPTO_*), 0 for the right one");

/**
 * struct nic - private part of a device
 * @peer: at the other end of the wire
 * @cells: where packets go on from
 * @lock: of @sas
 * @sas: inbound &struct nic_sa, read under RCU
 */
struct nic {
	struct net_device *peer;
	struct gro_cells cells;
	spinlock_t lock; /* writers of @sas */
	struct list_head sas;
};

/**
 * struct nic_sa - an SA that a device has
 * @list: in &struct nic.sas if it is inbound
 * @x: who gave it; frees this one
 * @aead: synchronous
 */
struct nic_sa {
	struct list_head list;
	struct xfrm_state *x;
	struct crypto_aead *aead;
};

static struct net_device *nics[2];

static int nic_sa_add(struct xfrm_state *x, struct netlink_ext_ack *extack)
{
	struct nic *nic = netdev_priv(x->xso.real_dev);
	struct nic_sa *sa;
	int err;

	if (x->id.proto != IPPROTO_ESP || !x->aead || x->props.flags & XFRM_STATE_ESN ||
	    strcmp(x->aead->alg_name, "rfc4106(gcm(aes))")) {
		NL_SET_ERR_MSG_MOD(extack, "only ESP with AES-GCM, without ESN");
		return -EINVAL;
	}
	sa = kzalloc(sizeof(*sa), GFP_KERNEL);
	if (!sa)
		return -ENOMEM;
	INIT_LIST_HEAD(&sa->list);
	sa->x = x;
	sa->aead = crypto_alloc_aead(x->aead->alg_name, 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(sa->aead)) {
		err = PTR_ERR(sa->aead);
		goto err_free;
	}
	err = crypto_aead_setkey(sa->aead, x->aead->alg_key, x->aead->alg_key_len / BITS_PER_BYTE);
	if (!err)
		err = crypto_aead_setauthsize(sa->aead, x->aead->alg_icv_len / BITS_PER_BYTE);
	if (err)
		goto err_free_aead;

	x->xso.offload_handle = (unsigned long)sa;
	if (x->xso.dir == XFRM_DEV_OFFLOAD_IN) {
		spin_lock_bh(&nic->lock);
		list_add_rcu(&sa->list, &nic->sas);
		spin_unlock_bh(&nic->lock);
	}
	return 0;

err_free_aead:
	crypto_free_aead(sa->aead);
err_free:
	kfree(sa);
	return err;
}

static void nic_sa_delete(struct xfrm_state *x)
{
	struct nic_sa *sa = (struct nic_sa *)x->xso.offload_handle;
	struct nic *nic = netdev_priv(x->xso.real_dev);

	if (x->xso.dir != XFRM_DEV_OFFLOAD_IN)
		return;
	spin_lock_bh(&nic->lock);
	list_del_rcu(&sa->list);
	spin_unlock_bh(&nic->lock);
}

static void nic_sa_free(struct xfrm_state *x)
{
	struct nic_sa *sa = (struct nic_sa *)x->xso.offload_handle;

	synchronize_rcu();
	crypto_free_aead(sa->aead);
	kfree(sa);
}

static const struct xfrmdev_ops nic_xfrmdev_ops = {
	.xdo_dev_state_add	= nic_sa_add,
	.xdo_dev_state_delete	= nic_sa_delete,
	.xdo_dev_state_free	= nic_sa_free,
};

/* From the ESP header to the ICV, NULL if it is no whole ESP packet. @skb is linear. */
static struct ip_esp_hdr *nic_find_esp(struct sk_buff *skb, unsigned int *len)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int room = skb_tail_pointer(skb) - skb_network_header(skb);
	unsigned int hlen, total;

	if (skb->protocol == htons(ETH_P_IP) && room >= sizeof(*iph)) {
		hlen = iph->ihl * 4;
		total = ntohs(iph->tot_len);
		if (iph->protocol != IPPROTO_ESP || ip_is_fragment(iph))
			return NULL;
	} else if (skb->protocol == htons(ETH_P_IPV6) && room >= sizeof(*ip6h)) {
		hlen = sizeof(*ip6h);
		total = hlen + ntohs(ip6h->payload_len);
		if (ip6h->nexthdr != IPPROTO_ESP)
			return NULL;
	} else {
		return NULL;
	}
	if (total > room || total < hlen + NIC_ESP_HEADER)
		return NULL;
	*len = total - hlen;
	return (struct ip_esp_hdr *)(skb_network_header(skb) + hlen);
}

static int nic_crypt(const struct nic_sa *sa, struct ip_esp_hdr *esp, unsigned int len,
		     int (*crypt)(struct aead_request *req))
{
	unsigned int cryptlen = len - NIC_ESP_HEADER;
	u8 iv[GCM_RFC4106_IV_SIZE];
	struct aead_request *req;
	struct scatterlist sg;
	int err;

	if (cryptlen < crypto_aead_authsize(sa->aead))
		return -EINVAL;
	if (crypt == crypto_aead_encrypt)
		cryptlen -= crypto_aead_authsize(sa->aead);
	req = aead_request_alloc(sa->aead, GFP_ATOMIC);
	if (!req)
		return -ENOMEM;
	memcpy(iv, esp->enc_data, sizeof(iv));
	sg_init_one(&sg, esp, len);
	aead_request_set_callback(req, 0, NULL, NULL);
	aead_request_set_ad(req, NIC_ESP_HEADER);
	aead_request_set_crypt(req, &sg, &sg, cryptlen, iv);
	err = crypt(req);
	aead_request_free(req);
	return err;
}

/* Encrypt what is marked for it. */
static int nic_tx(struct sk_buff *skb)
{
	struct ip_esp_hdr *esp;
	unsigned int len;

	if (!xfrm_offload(skb))
		return 0;
	esp = nic_find_esp(skb, &len);
	if (!esp)
		return -EINVAL;
	return nic_crypt((struct nic_sa *)xfrm_input_state(skb)->xso.offload_handle, esp, len,
			 crypto_aead_encrypt);
}

static struct nic_sa *nic_find_sa(struct nic *nic, const struct sk_buff *skb, __be32 spi)
{
	struct nic_sa *sa;

	list_for_each_entry_rcu(sa, &nic->sas, list) {
		const xfrm_address_t *daddr = &sa->x->id.daddr;

		if (sa->x->id.spi != spi)
			continue;
		if (skb->protocol == htons(ETH_P_IP) ? ip_hdr(skb)->daddr == daddr->a4 :
						       ipv6_addr_equal(&ipv6_hdr(skb)->daddr,
								       &daddr->in6))
			return sa;
	}
	return NULL;
}

static u32 nic_status(const struct xfrm_state *x, int err)
{
	if (status)
		return status;
	if (!err)
		return CRYPTO_SUCCESS;
	if (err != -EBADMSG)
		return CRYPTO_GENERIC_ERROR;
	return x->props.mode == XFRM_MODE_TUNNEL ? CRYPTO_TUNNEL_ESP_AUTH_FAILED :
						   CRYPTO_TRANSPORT_ESP_AUTH_FAILED;
}

/* Decrypt what is of an SA, and say so. */
static void nic_rx(struct nic *nic, struct sk_buff *skb)
{
	struct xfrm_offload *xo;
	struct ip_esp_hdr *esp;
	struct sec_path *sp;
	struct nic_sa *sa;
	unsigned int len;

	esp = nic_find_esp(skb, &len);
	sa = esp ? nic_find_sa(nic, skb, esp->spi) : NULL;
	if (!sa || !refcount_inc_not_zero(&sa->x->refcnt))
		return;
	sp = secpath_set(skb);
	if (!sp) {
		xfrm_state_put(sa->x);
		return;
	}
	sp->xvec[sp->len++] = sa->x;
	sp->olen++;
	xo = xfrm_offload(skb);
	xo->flags = CRYPTO_DONE;
	xo->status = nic_status(sa->x, nic_crypt(sa, esp, len, crypto_aead_decrypt));
}

static netdev_tx_t nic_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev), *peer = netdev_priv(nic->peer);

	if (skb_linearize_cow(skb) || nic_tx(skb)) {
		dev_core_stats_tx_dropped_inc(dev);
		kfree_skb(skb);
		return NETDEV_TX_OK;
	}
	/* The wire: nothing but the bytes goes over it. */
	skb_orphan(skb);
	if (__dev_forward_skb(nic->peer, skb))
		return NETDEV_TX_OK;
	skb_reset_network_header(skb);
	nic_rx(peer, skb);
	gro_cells_receive(&peer->cells, skb);
	return NETDEV_TX_OK;
}

static int nic_init(struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);

	return gro_cells_init(&nic->cells, dev);
}

static void nic_uninit(struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);

	gro_cells_destroy(&nic->cells);
}

static const struct net_device_ops nic_ops = {
	.ndo_init	= nic_init,
	.ndo_uninit	= nic_uninit,
	.ndo_start_xmit	= nic_xmit,
};

static void nic_setup(struct net_device *dev)
{
	struct nic *nic = netdev_priv(dev);

	ether_setup(dev);
	eth_hw_addr_random(dev);
	dev->netdev_ops = &nic_ops;
	dev->xfrmdev_ops = &nic_xfrmdev_ops;
	dev->features |= NETIF_F_HW_ESP;
	dev->hw_features |= NETIF_F_HW_ESP;
	dev->hw_enc_features |= NETIF_F_HW_ESP;
	spin_lock_init(&nic->lock);
	INIT_LIST_HEAD(&nic->sas);
}

static int __init nic_module_init(void)
{
	struct nic *nic;
	int i, err;

	for (i = 0; i < 2; i++) {
		nics[i] = alloc_netdev(sizeof(*nic), "nic%d", NET_NAME_ENUM, nic_setup);
		if (!nics[i]) {
			err = -ENOMEM;
			goto err_free;
		}
	}
	for (i = 0; i < 2; i++) {
		nic = netdev_priv(nics[i]);
		nic->peer = nics[!i];
	}
	err = register_netdev(nics[0]);
	if (err)
		goto err_free;
	err = register_netdev(nics[1]);
	if (!err)
		return 0;
	unregister_netdev(nics[0]);
err_free:
	for (i = 0; i < 2; i++)
		if (nics[i])
			free_netdev(nics[i]);
	return err;
}
module_init(nic_module_init);

static void __exit nic_module_exit(void)
{
	int i;

	/* Each sends to the other, so neither is freed before both are down. */
	for (i = 0; i < 2; i++)
		unregister_netdev(nics[i]);
	for (i = 0; i < 2; i++)
		free_netdev(nics[i]);
}
module_exit(nic_module_exit);

MODULE_DESCRIPTION("Two network devices that do ESP, for tests of ipsecdrv");
MODULE_LICENSE("GPL");
