/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Algorithms and cipher requests.
 *
 * The table of algorithms is fixed: user space names an entry, never a string. A request
 * object belongs to a CPU and is used with bottom halves off, so the usual case, an
 * implementation that answers at once, allocates nothing. When the implementation says
 * -EINPROGRESS the object stays with it and the CPU gets a new one.
 */
#ifndef IPD_CRYPTO_H
#define IPD_CRYPTO_H

#include <crypto/aead.h>
#include <crypto/hash.h>
#include <linux/ipsecdrv.h>
#include <linux/scatterlist.h>

struct ipd_sa;
struct netlink_ext_ack;
struct sk_buff;

/**
 * ipd_done_t - a transform that said -EINPROGRESS has ended
 * @sa: the SA, which stays until this returns (its pair and namespace do too)
 * @skb: the packet
 * @err: 0, -EBADMSG if it is not authentic, or another error
 *
 * Called with bottom halves off, under RCU, in any context the implementation chose.
 */
typedef void (*ipd_done_t)(struct ipd_sa *sa, struct sk_buff *skb, int err);

/**
 * struct ipd_protection - the algorithms and keys of one protocol of an SA pair
 *
 * Index 0 of keys is outbound, 1 inbound. Wiped by the caller.
 */
struct ipd_protection {
	u8 proto;
	u8 encr;
	u8 integ;
	u32 spi[2];
	u8 encr_key[2][IPSECDRV_KEY_MAX];
	u8 integ_key[2][IPSECDRV_KEY_MAX];
	u16 encr_key_len;
	u16 integ_key_len;
};

/* Algorithms and key lengths, before anything is allocated. */
int ipd_protection_check(const struct ipd_protection *prot, bool esn, bool legacy,
			 struct netlink_ext_ack *extack);
/* Allocates the transform of @sa with the keys of direction @dir. May sleep. */
int ipd_sa_crypto_init(struct ipd_sa *sa, const struct ipd_protection *prot,
		       unsigned int dir, struct netlink_ext_ack *extack);
/* Waits for operations in flight: a grace period after the SA could be found, may sleep. */
void ipd_sa_crypto_free(struct ipd_sa *sa);
const char *ipd_sa_crypto_name(const struct ipd_sa *sa);
/* The kernel's names of the algorithms in the table, NULL for what is not in it. */
const char *ipd_crypto_encr(u8 encr, bool *aead);
const char *ipd_crypto_integ(u8 integ);

int ipd_crypto_init(void);
void ipd_crypto_exit(void);

#if IS_ENABLED(CONFIG_KUNIT)
extern unsigned int ipd_force_async;
#endif

#endif /* IPD_CRYPTO_H */
