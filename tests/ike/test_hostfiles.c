// SPDX-License-Identifier: GPL-2.0-or-later
/* Files of a host that name addresses. */
#include "hostfiles.h"

#include <stdio.h>
#include <stdlib.h>

#include "tap.h"

static struct ipsecd_addrs dhcp, wins;

static const char *text_of(const struct ipsecd_addrs *set)
{
	static char buf[1024];
	char one[IPSEC_NET_STRLEN];
	unsigned int i;

	*buf = '\0';
	for (i = 0; i < set->count; i++) {
		ipsec_addr_print(&set->addr[i], one, sizeof(one));
		strcat(strcat(buf, i ? " " : ""), one);
	}
	return buf;
}

static void own(struct ipsecd_addrs *set)
{
	struct ipsec_addr a;

	set->count = 0;
	ipsec_addr_parse(&a, "10.0.0.5");
	ipsecd_addrs_add(set, &a);
	ipsecd_addrs_add(set, &a);
	ok(set->count == 1, "a set has each once");
}

static void resolv(const char *text, const char *want, const char *what)
{
	char *copy = strdup(text);

	dhcp.count = 0;
	ipsecd_resolv_conf(copy, &dhcp);
	is(text_of(&dhcp), want, "resolv.conf: %s", what);
	free(copy);
}

static void hosts(const char *text, const char *name, const char *want)
{
	char *copy = strdup(text);

	dhcp.count = 0;
	ipsecd_hosts_file(copy, name, &dhcp);
	is(text_of(&dhcp), want, "hosts: %s", name);
	free(copy);
}

static void leases(void (*fn)(char *text, const struct ipsecd_addrs *own,
			      struct ipsecd_addrs *dhcp,
			      struct ipsecd_addrs *wins),
		   const char *text, const char *want_dhcp,
		   const char *want_wins, const char *what)
{
	struct ipsecd_addrs of;
	char *copy = strdup(text);

	own(&of);
	dhcp.count = wins.count = 0;
	fn(copy, &of, &dhcp, &wins);
	is(text_of(&dhcp), want_dhcp, "%s: DHCP", what);
	is(text_of(&wins), want_wins, "%s: WINS", what);
	free(copy);
}

#define BLOCK(address, server)                                     \
	"lease {\n  interface \"eth0\";\n  fixed-address " address \
	";\n  option dhcp-server-identifier " server ";\n"         \
	"  option netbios-name-servers 10.0.0.8,10.0.0.9;\n}\n"

int main(void)
{
	resolv("nameserver 10.0.0.1\n nameserver\tfd00::1 # x\r\n"
	       "#nameserver 10.0.0.2\nnameservers 10.0.0.3\n",
	       "10.0.0.1 fd00::1", "two of four");
	resolv("nameserver 127.0.0.53\nnameserver ::1\nnameserver 0.0.0.0\n",
	       "", "none that is this host");
	resolv("nameserver fe80::1%eth0", "fe80::1", "of a link");
	resolv("", "", "empty");
	resolv("nameserver", "", "half a line");
	hosts("10.0.0.1 a b.example # c\nfd00::1\tB.example\nx b.example\n",
	      "b.example", "10.0.0.1 fd00::1");
	hosts("10.0.0.1 a b.example # c\n", "c", "");
	hosts("10.0.0.1 10.0.0.2\n", "10.0.0.2", "10.0.0.1");
	leases(ipsecd_lease,
	       "# private\nADDRESS=10.0.0.5\nNETMASK=255.255.255.0\n"
	       "SERVER_ADDRESS=10.0.0.67\nNETBIOS_NAME_SERVERS=10.0.0.8\n",
	       "10.0.0.67", "10.0.0.8", "a lease");
	leases(ipsecd_lease, "ADDRESS=10.0.0.6\nSERVER_ADDRESS=10.0.0.67\n", "",
	       "", "one of another address");
	leases(ipsecd_lease, "SERVER_ADDRESS=10.0.0.67\n", "", "",
	       "one of none");
	leases(ipsecd_dhclient,
	       BLOCK("10.0.0.4", "10.0.0.1") BLOCK("10.0.0.5", "10.0.0.2"),
	       "10.0.0.2", "10.0.0.8 10.0.0.9", "dhclient");
	leases(ipsecd_dhclient, "lease {\n  fixed-address 10.0.0.5;\n", "", "",
	       "dhclient, cut short");
	return tap_done();
}
