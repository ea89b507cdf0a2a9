// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of a host that name addresses: resolv.conf, hosts, leases. */
#include "hostfiles.h"

#include <string.h>
#include <strings.h>

#define BLANK " \t\r"

bool ipsecd_addrs_has(const struct ipsecd_addrs *set,
		      const struct ipsec_addr *a)
{
	unsigned int i;

	for (i = 0; i < set->count; i++)
		if (ipsec_addr_equal(&set->addr[i], a))
			return true;
	return false;
}

void ipsecd_addrs_add(struct ipsecd_addrs *set, const struct ipsec_addr *a)
{
	if (set->count < POLICY_BIND_ADDRS && !ipsecd_addrs_has(set, a))
		set->addr[set->count++] = *a;
}

/* This host itself, and no host, are nobody's servers. */
static bool is_host(const struct ipsec_addr *a)
{
	static const uint8_t none[15];

	if (a->len == 4)
		return a->b[0] && a->b[0] != 127;
	return memcmp(a->b, none, sizeof(none)) || a->b[15] > 1;
}

/* Addresses between blanks, commas and the like; what is none is left out. */
static void add_all(struct ipsecd_addrs *set, char *text)
{
	struct ipsec_addr a;
	char *save, *word;

	for (word = strtok_r(text, BLANK ",;", &save); word;
	     word = strtok_r(NULL, BLANK ",;", &save)) {
		word[strcspn(word, "%")] = '\0';
		if (!ipsec_addr_parse(&a, word) && is_host(&a))
			ipsecd_addrs_add(set, &a);
	}
}

static char *next_line(char **text)
{
	char *line = *text, *end;

	if (!line)
		return NULL;
	end = strchr(line, '\n');
	if (end)
		*end++ = '\0';
	*text = end;
	return line + strspn(line, BLANK);
}

/* What follows a word at the start of a line; NULL: it is another one. */
static char *after(char *line, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(line, word, len) || !strchr(BLANK "=", line[len]))
		return NULL;
	return line[len] ? line + len + 1 : line + len;
}

void ipsecd_resolv_conf(char *text, struct ipsecd_addrs *dns)
{
	char *line, *rest;

	while ((line = next_line(&text))) {
		rest = after(line, "nameserver");
		if (rest)
			add_all(dns, rest);
	}
}

void ipsecd_hosts_file(char *text, const char *name, struct ipsecd_addrs *of)
{
	char *line, *save, *address, *word;
	struct ipsec_addr a;

	while ((line = next_line(&text))) {
		line[strcspn(line, "#")] = '\0';
		address = strtok_r(line, BLANK, &save);
		if (!address || ipsec_addr_parse(&a, address))
			continue;
		while ((word = strtok_r(NULL, BLANK, &save)))
			if (!strcasecmp(word, name))
				ipsecd_addrs_add(of, &a);
	}
}

/* What a lease says of servers. */
struct lease {
	struct ipsecd_addrs address;
	struct ipsecd_addrs dhcp;
	struct ipsecd_addrs wins;
};

static void take(const struct lease *lease, const struct ipsecd_addrs *own,
		 struct ipsecd_addrs *dhcp, struct ipsecd_addrs *wins)
{
	unsigned int i;

	if (!lease->address.count ||
	    !ipsecd_addrs_has(own, &lease->address.addr[0]))
		return;
	for (i = 0; i < lease->dhcp.count; i++)
		ipsecd_addrs_add(dhcp, &lease->dhcp.addr[i]);
	for (i = 0; i < lease->wins.count; i++)
		ipsecd_addrs_add(wins, &lease->wins.addr[i]);
}

static void read_word(char *line, struct ipsecd_addrs *set, const char *word)
{
	char *rest = after(line, word);

	if (rest)
		add_all(set, rest);
}

void ipsecd_lease(char *text, const struct ipsecd_addrs *own,
		  struct ipsecd_addrs *dhcp, struct ipsecd_addrs *wins)
{
	struct lease lease = { .address = { .count = 0 } };
	char *line;

	while ((line = next_line(&text))) {
		read_word(line, &lease.address, "ADDRESS");
		read_word(line, &lease.dhcp, "SERVER_ADDRESS");
		read_word(line, &lease.wins, "NETBIOS_NAME_SERVERS");
	}
	take(&lease, own, dhcp, wins);
}

/* Each block is a lease; those that are over stay in the file. */
void ipsecd_dhclient(char *text, const struct ipsecd_addrs *own,
		     struct ipsecd_addrs *dhcp, struct ipsecd_addrs *wins)
{
	static const struct lease none;
	struct lease lease = none;
	char *line, *option;

	while ((line = next_line(&text))) {
		if (*line == '}') {
			take(&lease, own, dhcp, wins);
			lease = none;
		}
		read_word(line, &lease.address, "fixed-address");
		option = after(line, "option");
		if (!option)
			continue;
		read_word(option, &lease.dhcp, "dhcp-server-identifier");
		read_word(option, &lease.wins, "netbios-name-servers");
	}
}
