/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_BOX_H
#define IPSEC_BOX_H

#include "model.h"

/*
 * What one direction of a filter matches, as bounds: a box with a side for each
 * of addresses and ports. Absent is all there is. A packet is a box, too.
 */
struct ipsec_box {
	uint8_t dir;
	uint8_t family;
	uint8_t proto; /* 0: any */
	uint8_t iface_class; /* 0: any */
	char ifname[16];
	uint8_t len; /* of an address */
	uint8_t addr[2][2][16]; /* source and destination, first and last */
	uint16_t port[2][2]; /* or ICMP type and code */
};

void ipsec_box_init(struct ipsec_box *box, const struct ipsec_selector *sel,
		    uint8_t dir);
/* Is all of the other in it? */
bool ipsec_box_has(const struct ipsec_box *box, const struct ipsec_box *other);
bool ipsec_box_same(const struct ipsec_box *a, const struct ipsec_box *b);
/* Does it fix as many bits of each as the other? */
bool ipsec_box_alike(const struct ipsec_box *a, const struct ipsec_box *b);
/* The reverse that a mirrored filter has, too; its weight follows, if it is known. */
void ipsec_filter_mirror(struct ipsec_filter *f,
			 const struct ipsec_filter *from);
/* By which the more specific filter is found, see ipsecctl-driver(8). */
uint32_t ipsec_box_weight(const struct ipsec_box *box, bool mirror);

#endif
