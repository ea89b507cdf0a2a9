// SPDX-License-Identifier: GPL-2.0-or-later
/* The addresses of this host. */
#include "own.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

static bool is_same(const struct sockaddr *sa, const struct ipsec_addr *a)
{
	const void *b;

	if (!sa || sa->sa_family != ipsec_addr_family(a))
		return false;
	b = sa->sa_family == AF_INET ?
		    (const void *)&((const struct sockaddr_in *)sa)->sin_addr :
		    &((const struct sockaddr_in6 *)sa)->sin6_addr;
	return !memcmp(b, a->b, a->len);
}

static bool find(const struct ipsec_addr *a, bool broadcast)
{
	struct ifaddrs *list, *i;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (i = list; i && !found; i = i->ifa_next)
		if (!broadcast)
			found = is_same(i->ifa_addr, a);
		else if (i->ifa_flags & IFF_BROADCAST)
			/* Without one glibc gives the address itself. */
			found = is_same(i->ifa_broadaddr, a) &&
				!is_same(i->ifa_addr, a);
	freeifaddrs(list);
	return found;
}

bool ctl_own_has(const struct ipsec_addr *a)
{
	return find(a, false);
}

bool ctl_own_is_group(const struct ipsec_addr *a)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	if (a->len == 16)
		return a->b[0] == 0xff;
	return a->b[0] >> 4 == 14 || !memcmp(a->b, all, 4) || find(a, true);
}
