// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses: whether they are this host's, a neighbour's, and whose else. */
#include <string.h>

#include "diag.h"
#include "own.h"
#include "probe.h"

#define ARP_MS 200

static void add_duplicate(struct diag *d, const struct ipsec_addr *a, bool ours,
			  const uint8_t *mac)
{
	char text[64], who[32] = "another host";

	if (mac)
		snprintf(who, sizeof(who), "%02x:%02x:%02x:%02x:%02x:%02x",
			 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	ipsec_addr_print(a, text, sizeof(text));
	if (ours)
		diag_add(d, DIAG_DUPLICATE, DIAG_ERROR,
			 "give one of the two another address",
			 "%s, the address of this host, is that of %s too",
			 text, who);
	else
		/* A host with two devices on one link answers for both. */
		diag_add(d, DIAG_DUPLICATE, DIAG_WARNING,
			 "if they are not of one host, give one of them "
			 "another address; 'arping' shows them",
			 "%s, the address of the peer, is that of several "
			 "devices, one of them %s",
			 text, who);
}

static void check_own(struct diag *d)
{
	uint8_t mac[CTL_MAC_LEN];

	if (d->local.len == 16) {
		if (ctl_dad_failed(&d->local))
			add_duplicate(d, &d->local, true, NULL);
	} else if (ctl_arp(&d->local, ARP_MS, mac) > 0) {
		add_duplicate(d, &d->local, true, mac);
	}
}

static void check_peer(struct diag *d)
{
	uint8_t mac[CTL_MAC_LEN];
	int count = ctl_arp(&d->remote, ARP_MS, mac);

	if (count > 1)
		add_duplicate(d, &d->remote, false, mac);
	else
		d->silent = !count;
}

void diag_link(struct diag *d)
{
	char rule[1200], text[64];

	if (!d->local.len || !d->from.len) {
		diag_add(d, DIAG_UNREACHABLE, DIAG_ERROR,
			 "see 'ip route get'; the host needs an address and a "
			 "route",
			 "there is no route to %s",
			 ipsec_addr_print(&d->to, text, sizeof(text)));
		return;
	}
	if (!ctl_own_has(&d->local)) {
		diag_add(d, DIAG_TUNNEL_END, DIAG_ERROR,
			 "give the rule an address that this host has",
			 "%s, the local end of the tunnel of %s, is no address "
			 "of this host",
			 ipsec_addr_print(&d->local, text, sizeof(text)),
			 diag_rule_text(d, rule, sizeof(rule)));
		return;
	}
	check_own(d);
	check_peer(d);
	diag_checked(d, "addresses");
}
