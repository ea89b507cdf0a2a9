// SPDX-License-Identifier: GPL-2.0-only
/*
 * The built-in exemptions: what must pass so that anything can be negotiated at all.
 * They are filters like others, but with the highest weight and without an id.
 */

#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/rculist.h>
#include <linux/string.h>

#include "net.h"
#include "table.h"

/**
 * struct exemption - outbound; the mirror image is exempt too
 * @name: of the filter
 * @bit: IPSECDRV_EXEMPTIONS_*
 * @family: AF_INET or AF_INET6
 * @proto: IP protocol or 0
 * @iface_class: enum ipsecdrv_iface_class
 * @sport: first source port or ICMP type; 0 is any
 * @sport_last: last one
 * @dport: destination port; 0 is any
 * @group_only: multicast and broadcast destinations
 */
struct exemption {
	const char *name;
	u32 bit;
	u8 family;
	u8 proto;
	u8 iface_class;
	u16 sport;
	u16 sport_last;
	u16 dport;
	bool group_only;
};

#define EXEMPT_PORTS(text, flag, fam, from, to) {				\
	.name = text, .bit = IPSECDRV_EXEMPTIONS_##flag, .family = fam,		\
	.proto = IPPROTO_UDP, .sport = from, .sport_last = from, .dport = to }

#define EXEMPT_KERBEROS(fam, ipproto, from, to) {				\
	.name = "Kerberos", .bit = IPSECDRV_EXEMPTIONS_KERBEROS, .family = fam,	\
	.proto = ipproto, .sport = from, .sport_last = from, .dport = to }

#define EXEMPT_RSVP(fam) {							\
	.name = "RSVP", .bit = IPSECDRV_EXEMPTIONS_RSVP, .family = fam,		\
	.proto = IPPROTO_RSVP }

#define EXEMPT_MULTICAST(fam) {							\
	.name = "multicast and broadcast", .bit = IPSECDRV_EXEMPTIONS_MULTICAST,	\
	.family = fam, .group_only = true }

#define EXEMPT_LOOPBACK(fam) {							\
	.name = "loopback", .bit = IPSECDRV_EXEMPTIONS_LOOPBACK, .family = fam,	\
	.iface_class = IPSECDRV_IFACE_CLASS_LOOPBACK }

/* IKE is what our side sends from and receives at the key daemon's ports. The peer's port
 * is any: behind a NAT it is not the one it uses. DHCP is exempt between the two ports
 * it has, in both roles. Of broadcast addresses only the packet tells which they are.
 */
static const struct exemption exemptions_all[] = {
	EXEMPT_PORTS("IKE", IKE, AF_INET, 500, 0),
	EXEMPT_PORTS("IKE behind NAT", IKE, AF_INET, 4500, 0),
	EXEMPT_PORTS("IKE", IKE, AF_INET6, 500, 0),
	EXEMPT_PORTS("IKE behind NAT", IKE, AF_INET6, 4500, 0),
	{
		.name = "neighbour discovery", .bit = IPSECDRV_EXEMPTIONS_ND,
		.family = AF_INET6, .proto = IPPROTO_ICMPV6, .sport = 133, .sport_last = 137,
	},
	EXEMPT_PORTS("DHCP client", DHCP, AF_INET, 68, 67),
	EXEMPT_PORTS("DHCP server", DHCP, AF_INET, 67, 68),
	EXEMPT_PORTS("DHCPv6 client", DHCP, AF_INET6, 546, 547),
	EXEMPT_PORTS("DHCPv6 server", DHCP, AF_INET6, 547, 546),
	EXEMPT_LOOPBACK(AF_INET),
	EXEMPT_LOOPBACK(AF_INET6),
	EXEMPT_MULTICAST(AF_INET),
	EXEMPT_MULTICAST(AF_INET6),
	EXEMPT_RSVP(AF_INET),
	EXEMPT_RSVP(AF_INET6),
	EXEMPT_KERBEROS(AF_INET, IPPROTO_TCP, 88, 0),
	EXEMPT_KERBEROS(AF_INET, IPPROTO_TCP, 0, 88),
	EXEMPT_KERBEROS(AF_INET, IPPROTO_UDP, 88, 0),
	EXEMPT_KERBEROS(AF_INET, IPPROTO_UDP, 0, 88),
	EXEMPT_KERBEROS(AF_INET6, IPPROTO_TCP, 88, 0),
	EXEMPT_KERBEROS(AF_INET6, IPPROTO_TCP, 0, 88),
	EXEMPT_KERBEROS(AF_INET6, IPPROTO_UDP, 88, 0),
	EXEMPT_KERBEROS(AF_INET6, IPPROTO_UDP, 0, 88),
};

static void exempt_spec(const struct exemption *exemption, struct ipd_filter_spec *spec)
{
	struct ipd_selector *sel = &spec->sel;

	memset(spec, 0, sizeof(*spec));
	strscpy(spec->name, exemption->name, sizeof(spec->name));
	spec->action = IPSECDRV_ACTION_PERMIT;
	spec->dir = IPSECDRV_DIR_OUT;
	spec->flags = IPSECDRV_FILTER_FLAGS_EXEMPT | IPSECDRV_FILTER_FLAGS_MIRRORED;
	spec->group_only = exemption->group_only;

	sel->family = exemption->family;
	sel->proto = exemption->proto;
	sel->iface_class = exemption->iface_class;
	ipd_selector_prefix(&sel->src, &sel->src_last, sel->family, &in6addr_any, 0);
	ipd_selector_prefix(&sel->dst, &sel->dst_last, sel->family, &in6addr_any, 0);
	sel->sport = exemption->sport;
	sel->sport_last = exemption->sport_last ?: U16_MAX;
	sel->dport = exemption->dport;
	sel->dport_last = exemption->dport ?: U16_MAX;
}

/**
 * ipd_exempt_add() - add the exemptions to a table
 * @net: namespace
 * @table: in force or to be
 * @exemptions: which, IPSECDRV_EXEMPTIONS_*
 *
 * Return: 0, or -ENOMEM with nothing changed.
 */
int ipd_exempt_add(struct ipd_net *net, struct ipd_table *table, u32 exemptions)
{
	struct ipd_filter *filter, *next;
	struct ipd_filter_spec spec;
	LIST_HEAD(filters);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(exemptions_all); i++) {
		if (!(exemptions & exemptions_all[i].bit))
			continue;
		exempt_spec(&exemptions_all[i], &spec);
		filter = ipd_filter_create(&spec);
		if (!filter)
			goto no_memory;
		list_add_tail(&filter->list, &filters);
	}
	return ipd_table_add_all(net, table, &filters, NULL);

no_memory:
	list_for_each_entry_safe(filter, next, &filters, list)
		ipd_filter_free(filter);
	return -ENOMEM;
}

/**
 * ipd_exempt_del() - delete exemptions from a table
 * @table: in force or to be
 * @order: only those that came before this one
 *
 * They are the first of all.
 */
void ipd_exempt_del(struct ipd_table *table, u32 order)
{
	struct ipd_filter *filter, *next;

	list_for_each_entry_safe(filter, next, &table->filters, list) {
		if (!ipd_filter_is_exempt(filter))
			break;
		if (filter->order >= order)
			continue;
		ipd_table_unlink(table, filter);
		ipd_table_leave(table, filter);
		ipd_filter_free_rcu(filter);
	}
}
