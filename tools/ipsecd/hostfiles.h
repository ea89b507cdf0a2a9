/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_HOSTFILES_H
#define IPSECD_HOSTFILES_H

#include "policy.h"

/* A set of addresses; what does not fit is left out. */
struct ipsecd_addrs {
	unsigned int count;
	struct ipsec_addr addr[POLICY_BIND_ADDRS];
};

bool ipsecd_addrs_has(const struct ipsecd_addrs *set,
		      const struct ipsec_addr *a);
void ipsecd_addrs_add(struct ipsecd_addrs *set, const struct ipsec_addr *a);

/* The files of a host that name addresses, as texts. */
void ipsecd_resolv_conf(char *text, struct ipsecd_addrs *dns);
void ipsecd_hosts_file(char *text, const char *name, struct ipsecd_addrs *of);
/*
 * A lease of systemd-networkd or NetworkManager, and leases of dhclient. One of
 * an address that is not among own is over.
 */
void ipsecd_lease(char *text, const struct ipsecd_addrs *own,
		  struct ipsecd_addrs *dhcp, struct ipsecd_addrs *wins);
void ipsecd_dhclient(char *text, const struct ipsecd_addrs *own,
		     struct ipsecd_addrs *dhcp, struct ipsecd_addrs *wins);

/* The same of this host, from where Linux has them. */
extern const char *const ipsecd_host_paths[]; /* what may change; NULL */
void ipsecd_host_dns(struct ipsecd_addrs *dns);
void ipsecd_host_leases(const struct ipsecd_addrs *own,
			struct ipsecd_addrs *dhcp, struct ipsecd_addrs *wins);
void ipsecd_host_named(const char *name, struct ipsecd_addrs *of);

#endif
