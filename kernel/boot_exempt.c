// SPDX-License-Identifier: GPL-2.0-only
#include "boot_exempt.h"

#include <linux/kernel.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <kunit/visibility.h>

#include "selector.h"

/* Without these a host has no address and finds nobody: they are never dropped. */
static const struct ipd_boot_exempt dhcp[] = {
	{ 68, 67, IPPROTO_UDP, IPSECDRV_DIR_OUT },
	{ 67, 68, IPPROTO_UDP, IPSECDRV_DIR_OUT },
	{ 68, 67, IPPROTO_UDP, IPSECDRV_DIR_IN },
	{ 67, 68, IPPROTO_UDP, IPSECDRV_DIR_IN },
};

static const struct ipd_boot_exempt dhcp6[] = {
	{ 546, 547, IPPROTO_UDP, IPSECDRV_DIR_OUT },
	{ 547, 546, IPPROTO_UDP, IPSECDRV_DIR_OUT },
	{ 546, 547, IPPROTO_UDP, IPSECDRV_DIR_IN },
	{ 547, 546, IPPROTO_UDP, IPSECDRV_DIR_IN },
};

static bool match_one(const struct ipd_boot_exempt *exempt, const struct ipd_key *key)
{
	if (exempt->dir != key->dir || (exempt->proto && exempt->proto != key->proto))
		return false;
	if (!exempt->sport && !exempt->dport)
		return true;
	if (key->flags & IPD_KEY_NO_PORTS)
		return false;
	return (!exempt->sport || exempt->sport == key->sport) &&
	       (!exempt->dport || exempt->dport == key->dport);
}

static bool match_any(const struct ipd_boot_exempt *exempt, unsigned int n,
		      const struct ipd_key *key)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (match_one(&exempt[i], key))
			return true;
	}
	return false;
}

static bool is_neighbour_discovery(const struct ipd_key *key)
{
	return key->family == AF_INET6 && key->proto == IPPROTO_ICMPV6 &&
	       !(key->flags & IPD_KEY_NO_PORTS) && key->sport >= 133 && key->sport <= 137;
}

/**
 * ipd_boot_exempt_match() - does an exemption let a packet pass?
 * @list: those that were set, or NULL
 * @key: of the packet
 *
 * IPv6 neighbour discovery and DHCP always pass.
 */
bool ipd_boot_exempt_match(const struct ipd_boot_list *list, const struct ipd_key *key)
{
	if (list && match_any(list->exempt, list->n, key))
		return true;
	if (key->family == AF_INET)
		return match_any(dhcp, ARRAY_SIZE(dhcp), key);
	return is_neighbour_discovery(key) || match_any(dhcp6, ARRAY_SIZE(dhcp6), key);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_boot_exempt_match);

/** ipd_boot_exempt_check() - does an exemption make sense? */
const char *ipd_boot_exempt_check(const struct ipd_boot_exempt *exempt)
{
	if ((exempt->sport || exempt->dport) && !ipd_selector_proto_has_ports(exempt->proto))
		return "ports need a protocol that has them, as TCP or UDP; 0 is any port";
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_boot_exempt_check);

static const char *parse_proto(u8 *proto, const char *text)
{
	static const struct {
		const char *name;
		u8 proto;
	} names[] = {
		{ "tcp", IPPROTO_TCP },
		{ "udp", IPPROTO_UDP },
		{ "icmp", IPPROTO_ICMP },
		{ "icmpv6", IPPROTO_ICMPV6 },
		{ "raw", 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcasecmp(names[i].name, text)) {
			*proto = names[i].proto;
			return NULL;
		}
	}
	return kstrtou8(text, 10, proto) ?
	       "the protocol is TCP, UDP, ICMP, ICMPv6, RAW (any) or a number up to 255" : NULL;
}

static const char *parse_dir(u8 *dir, const char *text)
{
	if (!strcasecmp(text, "inbound"))
		*dir = IPSECDRV_DIR_IN;
	else if (!strcasecmp(text, "outbound"))
		*dir = IPSECDRV_DIR_OUT;
	else
		return "the direction is inbound or outbound";
	return NULL;
}

/**
 * ipd_boot_exempt_parse() - read an exemption
 * @exempt: result
 * @text: as "UDP:0:68:inbound"
 *
 * Return: what is wrong, or NULL.
 */
const char *ipd_boot_exempt_parse(struct ipd_boot_exempt *exempt, const char *text)
{
	const char *wrong;
	char *word[4];
	char buf[40];
	char *rest = buf;
	unsigned int i;

	if (strscpy(buf, text, sizeof(buf)) < 0)
		return "it is too long";
	for (i = 0; i < ARRAY_SIZE(word); i++)
		word[i] = strsep(&rest, ":");
	if (!word[3] || rest)
		return "write PROTOCOL:SOURCEPORT:DESTINATIONPORT:DIRECTION, as UDP:0:68:inbound";
	wrong = parse_proto(&exempt->proto, word[0]);
	if (wrong)
		return wrong;
	if (kstrtou16(word[1], 10, &exempt->sport) || kstrtou16(word[2], 10, &exempt->dport))
		return "ports are 0 (any) to 65535";
	return parse_dir(&exempt->dir, word[3]) ?: ipd_boot_exempt_check(exempt);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_boot_exempt_parse);
