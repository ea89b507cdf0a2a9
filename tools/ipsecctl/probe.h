/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_PROBE_H
#define IPSECCTL_PROBE_H

#include "ctl.h"

/* The address that a packet to the other would have; len 0: none. */
void ctl_source(const struct ipsec_addr *to, struct ipsec_addr *from);

/*
 * Sends one ICMP echo of so many bytes, IP header included, which nobody may
 * fragment, and waits. 1: it was answered, 0: it was not, else a negative
 * errno; -EMSGSIZE: this host knows that it is too big.
 */
int ctl_ping(const struct ipsec_addr *from, const struct ipsec_addr *to,
	     size_t size, int timeout_ms);

/* 1: a TCP port answered, be it by a refusal, 0: it did not. */
int ctl_knock(const struct ipsec_addr *from, const struct ipsec_addr *to,
	      uint16_t port, int timeout_ms);

/*
 * Asks the link of an IPv4 address of this host's networks who has it, as
 * RFC 5227 does it, and waits for all that answer. first is set to the first
 * who does. How many different ones did, without the devices of this host, or
 * -1: it is on no link that can be asked.
 */
#define CTL_MAC_LEN 6
int ctl_arp(const struct ipsec_addr *target, int timeout_ms,
	    uint8_t first[CTL_MAC_LEN]);

/* Has the kernel seen that another host has this IPv6 address? */
bool ctl_dad_failed(const struct ipsec_addr *a);

#endif
