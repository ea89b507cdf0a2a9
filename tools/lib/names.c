// SPDX-License-Identifier: GPL-2.0-or-later
/* Look-ups in the word tables, and the tables that the uapi header lacks. */
#include "names.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/*
 * A fixed table in place of getprotobyname(): a policy must mean the same on
 * every host, whatever its /etc/protocols says. The first name is printed.
 */
const struct ipsec_name ipsec_names_ipproto[] = {
	{ "any", 0 },
	{ "icmp", IPPROTO_ICMP },
	{ "igmp", IPPROTO_IGMP },
	{ "ipip", IPPROTO_IPIP },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "dccp", IPPROTO_DCCP },
	{ "ipv6", IPPROTO_IPV6 },
	{ "gre", IPPROTO_GRE },
	{ "esp", IPPROTO_ESP },
	{ "ah", IPPROTO_AH },
	{ "icmpv6", IPPROTO_ICMPV6 },
	{ "ipv6-icmp", IPPROTO_ICMPV6 },
	{ "ospf", 89 },
	{ "pim", IPPROTO_PIM },
	{ "vrrp", 112 },
	{ "l2tp", 115 },
	{ "sctp", IPPROTO_SCTP },
	{ "mh", IPPROTO_MH },
	{ "udplite", IPPROTO_UDPLITE },
	{ NULL, 0 },
};

const struct ipsec_name ipsec_names_yesno[] = {
	{ "no", 0 },  { "yes", 1 }, { "false", 0 }, { "true", 1 },
	{ "off", 0 }, { "on", 1 },  { NULL, 0 },
};

const char *ipsec_name(const struct ipsec_name *tab, uint64_t value)
{
	for (; tab->name; tab++)
		if (tab->value == value)
			return tab->name;
	return NULL;
}

const char *ipsec_name_text(const struct ipsec_name *tab, uint64_t value)
{
	const char *name = ipsec_name(tab, value);

	return name ? name : "?";
}

bool ipsec_name_value(const struct ipsec_name *tab, const char *word,
		      uint32_t *value)
{
	for (; tab->name; tab++) {
		if (!strcmp(tab->name, word)) {
			*value = tab->value;
			return true;
		}
	}
	return false;
}

const char *ipsec_name_list(const struct ipsec_name *tab, char *buf,
			    size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (; tab->name && len < size; tab++) {
		const char *sep = !len ? "" : tab[1].name ? ", " : " or ";

		len += (size_t)snprintf(buf + len, size - len, "%s%s", sep,
					tab->name);
	}
	return buf;
}
