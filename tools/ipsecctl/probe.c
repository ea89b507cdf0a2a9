// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions to the network: routes, echoes, TCP ports, and who has an address. */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DISCARD_PORT 9
#define ECHO_MAX 65535
#define ANSWERS_MAX 8

union any {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t to_sockaddr(union any *to, const struct ipsec_addr *a,
			     uint16_t port)
{
	memset(to, 0, sizeof(*to));
	if (a->len == 4) {
		to->in.sin_family = AF_INET;
		to->in.sin_port = htons(port);
		memcpy(&to->in.sin_addr, a->b, 4);
		return sizeof(to->in);
	}
	to->in6.sin6_family = AF_INET6;
	to->in6.sin6_port = htons(port);
	memcpy(&to->in6.sin6_addr, a->b, 16);
	return sizeof(to->in6);
}

void ctl_source(const struct ipsec_addr *to, struct ipsec_addr *from)
{
	int fd = socket(ipsec_addr_family(to), SOCK_DGRAM | SOCK_CLOEXEC, 0);
	union any a;
	socklen_t len = to_sockaddr(&a, to, DISCARD_PORT);

	*from = (struct ipsec_addr){ 0 };
	/* Of a datagram socket, which sends nothing by that. */
	if (fd >= 0 && !connect(fd, &a.sa, len) &&
	    !getsockname(fd, &a.sa, &len)) {
		from->len = to->len;
		if (to->len == 4)
			memcpy(from->b, &a.in.sin_addr, 4);
		else
			memcpy(from->b, &a.in6.sin6_addr, 16);
	}
	if (fd >= 0)
		close(fd);
}

/* A socket between the two; -1 and errno. */
static int open_between(const struct ipsec_addr *from,
			const struct ipsec_addr *to, int type, int proto,
			uint16_t port)
{
	int fd = socket(ipsec_addr_family(to), type | SOCK_CLOEXEC, proto);
	union any a, b;
	socklen_t a_len = to_sockaddr(&a, from, 0);
	socklen_t b_len = to_sockaddr(&b, to, port);
	int code;

	if (fd < 0)
		return -1;
	if (!bind(fd, &a.sa, a_len) &&
	    (!connect(fd, &b.sa, b_len) || errno == EINPROGRESS))
		return fd;
	code = errno;
	close(fd);
	errno = code;
	return -1;
}

static int forbid_fragments(int fd, bool six)
{
	int how = six ? IPV6_PMTUDISC_DO : IP_PMTUDISC_DO;

	return setsockopt(fd, six ? IPPROTO_IPV6 : IPPROTO_IP,
			  six ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, &how,
			  sizeof(how));
}

static uint16_t checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	if (len & 1)
		sum += (uint32_t)(p[len - 1] << 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* The first eight bytes are enough to know the answer by. */
static void make_echo(uint8_t *p, size_t len, bool six, uint16_t seq)
{
	uint16_t id = (uint16_t)getpid(), sum;

	memset(p, 0, len);
	p[0] = six ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	p[4] = (uint8_t)(id >> 8);
	p[5] = (uint8_t)id;
	p[6] = (uint8_t)(seq >> 8);
	p[7] = (uint8_t)seq;
	sum = six ? 0 : checksum(p, len); /* of version 6 the kernel makes it */
	p[2] = (uint8_t)(sum >> 8);
	p[3] = (uint8_t)sum;
}

static bool is_answer(const uint8_t *p, ssize_t len, bool six,
		      const uint8_t *echo)
{
	size_t head = six || len < 20 ? 0 : (size_t)(p[0] & 15) * 4;

	return len >= (ssize_t)head + 8 &&
	       p[head] == (six ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) &&
	       !memcmp(p + head + 4, echo + 4, 4);
}

static int wait_answer(int fd, bool six, const uint8_t *echo, int timeout_ms)
{
	int64_t end = ctl_now_ms() + timeout_ms, left;
	struct pollfd p = { fd, POLLIN, 0 };
	uint8_t buf[128];
	ssize_t len;

	while ((left = end - ctl_now_ms()) >= 0) {
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		len = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (is_answer(buf, len, six, echo))
			return 1;
	}
	return 0;
}

int ctl_ping(const struct ipsec_addr *from, const struct ipsec_addr *to,
	     size_t size, int timeout_ms)
{
	bool six = to->len == 16;
	size_t head = six ? 40 : 20;
	static uint8_t echo[ECHO_MAX];
	static uint16_t seq;
	int fd, rc;

	if (size < head + 8 || size > sizeof(echo))
		return -EINVAL;
	fd = open_between(from, to, SOCK_RAW,
			  six ? IPPROTO_ICMPV6 : IPPROTO_ICMP, 0);
	if (fd < 0)
		return -errno;
	make_echo(echo, size - head, six, ++seq);
	rc = forbid_fragments(fd, six);
	if (!rc && send(fd, echo, size - head, 0) < 0)
		rc = -1;
	rc = rc ? -errno : wait_answer(fd, six, echo, timeout_ms);
	close(fd);
	return rc;
}

int ctl_knock(const struct ipsec_addr *from, const struct ipsec_addr *to,
	      uint16_t port, int timeout_ms)
{
	int fd = open_between(from, to, SOCK_STREAM | SOCK_NONBLOCK, 0, port);
	struct pollfd p = { fd, POLLOUT, 0 };
	socklen_t len = sizeof(int);
	int code = 0, rc;

	if (fd < 0)
		return errno == ECONNREFUSED ? 1 : -errno;
	rc = poll(&p, 1, timeout_ms);
	if (rc > 0)
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &len);
	close(fd);
	return rc > 0 && (!code || code == ECONNREFUSED);
}

/* Where an IPv4 address is a neighbour. */
struct link {
	int index;
	uint8_t mac[CTL_MAC_LEN];
};

static bool is_ethernet(const struct ifaddrs *i)
{
	const struct sockaddr_ll *ll = (const void *)i->ifa_addr;

	return ll && ll->sll_family == AF_PACKET &&
	       ll->sll_hatype == ARPHRD_ETHER;
}

static bool same_net(const struct ifaddrs *i, const struct ipsec_addr *a)
{
	uint32_t addr, mask, target;

	if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET ||
	    !i->ifa_netmask || !(i->ifa_flags & IFF_UP))
		return false;
	addr = ((const struct sockaddr_in *)i->ifa_addr)->sin_addr.s_addr;
	mask = ((const struct sockaddr_in *)i->ifa_netmask)->sin_addr.s_addr;
	memcpy(&target, a->b, 4);
	return mask != UINT32_MAX && (addr & mask) == (target & mask);
}

static bool find_link(const struct ipsec_addr *a, struct link *link)
{
	struct ifaddrs *list, *i, *net = NULL;
	bool found = false;

	if (a->len != 4 || getifaddrs(&list))
		return false;
	for (i = list; i && !net; i = i->ifa_next)
		net = same_net(i, a) ? i : NULL;
	for (i = list; net && i && !found; i = i->ifa_next) {
		const struct sockaddr_ll *ll = (const void *)i->ifa_addr;

		if (!is_ethernet(i) || strcmp(i->ifa_name, net->ifa_name))
			continue;
		link->index = ll->sll_ifindex;
		memcpy(link->mac, ll->sll_addr, CTL_MAC_LEN);
		found = true;
	}
	freeifaddrs(list);
	return found;
}

/* Another device of this host on the link answers for its addresses, too. */
static bool is_own_mac(const uint8_t *mac)
{
	struct ifaddrs *list, *i;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (i = list; i && !found; i = i->ifa_next) {
		const struct sockaddr_ll *ll = (const void *)i->ifa_addr;

		found = is_ethernet(i) &&
			!memcmp(ll->sll_addr, mac, CTL_MAC_LEN);
	}
	freeifaddrs(list);
	return found;
}

static int open_arp(const struct link *link)
{
	const struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = link->index,
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && !bind(fd, (const struct sockaddr *)&at, sizeof(at)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The sender has no address yet: nobody is to learn anything from it. */
static bool send_arp(int fd, const struct link *link,
		     const struct ipsec_addr *target)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
		.sll_ifindex = link->index,
		.sll_halen = CTL_MAC_LEN,
	};
	struct ether_arp arp = {
		.ea_hdr = { htons(ARPHRD_ETHER), htons(ETH_P_IP), CTL_MAC_LEN,
			    4, htons(ARPOP_REQUEST) },
	};

	memset(to.sll_addr, 0xff, CTL_MAC_LEN);
	memcpy(arp.arp_sha, link->mac, CTL_MAC_LEN);
	memcpy(arp.arp_tpa, target->b, 4);
	return sendto(fd, &arp, sizeof(arp), 0, (struct sockaddr *)&to,
		      sizeof(to)) == sizeof(arp);
}

static bool is_known(uint8_t (*mac)[CTL_MAC_LEN], int count, const uint8_t *one)
{
	while (count--)
		if (!memcmp(mac[count], one, CTL_MAC_LEN))
			return true;
	return false;
}

int ctl_arp(const struct ipsec_addr *target, int timeout_ms,
	    uint8_t first[CTL_MAC_LEN])
{
	uint8_t mac[ANSWERS_MAX][CTL_MAC_LEN];
	int64_t end = ctl_now_ms() + timeout_ms, left;
	struct pollfd p = { -1, POLLIN, 0 };
	struct ether_arp arp;
	struct link link;
	int count = 0;

	if (!find_link(target, &link))
		return -1;
	p.fd = open_arp(&link);
	if (p.fd < 0)
		return -1;
	send_arp(p.fd, &link, target);
	while ((left = end - ctl_now_ms()) > 0 && count < ANSWERS_MAX) {
		if (poll(&p, 1, (int)left) <= 0 ||
		    recv(p.fd, &arp, sizeof(arp), MSG_DONTWAIT) !=
			    sizeof(arp) ||
		    memcmp(arp.arp_spa, target->b, 4) ||
		    is_known(mac, count, arp.arp_sha) ||
		    is_own_mac(arp.arp_sha))
			continue;
		memcpy(mac[count++], arp.arp_sha, CTL_MAC_LEN);
	}
	close(p.fd);
	if (count)
		memcpy(first, mac[0], CTL_MAC_LEN);
	return count;
}

bool ctl_dad_failed(const struct ipsec_addr *a)
{
	FILE *file = fopen("/proc/net/if_inet6", "re");
	char hex[33], text[33];
	unsigned int flags;
	bool failed = false;
	int i;

	for (i = 0; i < 16; i++)
		snprintf(text + 2 * i, 3, "%02x", a->b[i]);
	while (file && !failed &&
	       fscanf(file, "%32s %*x %*x %*x %x %*s", hex, &flags) == 2)
		failed = a->len == 16 && flags & 0x08 && !strcmp(hex, text);
	if (file)
		fclose(file);
	return failed;
}
