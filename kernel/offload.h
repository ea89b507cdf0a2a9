/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handing SAs to a network device, by way of xfrm_states that XFRM's tables never see.
 *
 * Only the cipher moves: headers, trailer, sequence numbers, window and filters stay
 * here. What a device refuses or loses is done in software, from one packet to the next.
 */
#ifndef IPD_OFFLOAD_H
#define IPD_OFFLOAD_H

#include <linux/if.h>
#include <linux/types.h>

struct ipd_net;
struct ipd_pair;
struct ipd_pair_spec;
struct ipd_sa;
struct net_device;
struct sk_buff;

#define IPD_OFFLOAD_REASON_LEN	80

/**
 * struct ipd_offload_info - for dumps
 * @state: enum ipsecdrv_offload_state
 * @dev: name of the device, empty if there is none
 * @reason: why it was refused, or NULL; valid as long as the pair is
 */
struct ipd_offload_info {
	u8 state;
	char dev[IFNAMSIZ];
	const char *reason;
};

/* The packet path, RCU, bottom halves off; if the pair has an @offload. */
bool ipd_offload_is_active(const struct ipd_pair *pair);
bool ipd_offload_tx(struct ipd_pair *pair, struct sk_buff *skb, const struct net_device *dev,
		    u64 seq, u8 nexthdr);
struct ipd_sa *ipd_offload_rx(struct ipd_net *in, struct sk_buff *skb, int *err);

/* The control path, the mutex. */
void ipd_offload_add(struct ipd_pair *pair, const struct ipd_pair_spec *spec);
void ipd_offload_del(struct ipd_pair *pair);
void ipd_offload_flush_dev(struct ipd_net *in, const struct net_device *dev, const char *reason);
void ipd_offload_fill(const struct ipd_pair *pair, struct ipd_offload_info *info);
/* Any process. */
void ipd_offload_flush_family(u8 family);
/* When nobody has the pair any more. */
void ipd_offload_free(struct ipd_pair *pair);

#endif /* IPD_OFFLOAD_H */
