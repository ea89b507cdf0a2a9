/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exemptions from boot mode: what passes though boot mode would drop it. Each is of one
 * direction. In text PROTOCOL:SOURCEPORT:DESTINATIONPORT:DIRECTION, as Windows has them.
 *
 * Pure: no skb, no lock.
 */
#ifndef IPD_BOOT_EXEMPT_H
#define IPD_BOOT_EXEMPT_H

#include <linux/ipsecdrv.h>
#include <linux/types.h>

struct ipd_key;

/**
 * struct ipd_boot_exempt - one exemption
 * @sport: source port, 0 is any
 * @dport: destination port, 0 is any
 * @proto: IP protocol, 0 is any
 * @dir: enum ipsecdrv_dir
 */
struct ipd_boot_exempt {
	u16 sport;
	u16 dport;
	u8 proto;
	u8 dir;
};

/**
 * struct ipd_boot_list - all of a namespace
 * @rcu: packets may still read it
 * @n: their number
 * @exempt: the exemptions
 */
struct ipd_boot_list {
	struct rcu_head rcu;
	unsigned int n;
	struct ipd_boot_exempt exempt[IPSECDRV_BOOT_EXEMPTIONS_MAX];
};

/* These return what is wrong, or NULL. */
const char *ipd_boot_exempt_check(const struct ipd_boot_exempt *exempt);
const char *ipd_boot_exempt_parse(struct ipd_boot_exempt *exempt, const char *text);

bool ipd_boot_exempt_match(const struct ipd_boot_list *list, const struct ipd_key *key);

#endif /* IPD_BOOT_EXEMPT_H */
