// SPDX-License-Identifier: GPL-2.0-or-later
/* A monitor device for the time of a capture. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"

#define KIND "ipsecdrv"
#define TRIES 16

/* An errno, or 0. */
static int talk(struct mnl_socket *nl, struct nlmsghdr *nlh)
{
	_Alignas(8) char buf[8192];
	ssize_t got;

	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | nlh->nlmsg_flags;
	nlh->nlmsg_seq = (uint32_t)time(NULL);
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return errno;
	got = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	if (got < 0 || mnl_cb_run(buf, (size_t)got, nlh->nlmsg_seq,
				  mnl_socket_get_portid(nl), NULL, NULL) < 0)
		return errno;
	return 0;
}

static int request(uint16_t type, uint16_t flags, const char *name)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	_Alignas(8) char buf[256] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	struct nlattr *info;
	int rc;

	if (!nl)
		return errno;
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	ifi->ifi_flags = type == RTM_NEWLINK ? IFF_UP : 0;
	ifi->ifi_change = ifi->ifi_flags;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, KIND);
	mnl_attr_nest_end(nlh, info);
	rc = talk(nl, nlh);
	mnl_socket_close(nl);
	return rc;
}

int capture_link_add(char name[IFNAMSIZ])
{
	unsigned int pid = (unsigned int)getpid(), i;
	int rc = EEXIST;

	/* A process that was killed may have left one of this number. */
	for (i = 0; rc == EEXIST && i < TRIES; i++) {
		snprintf(name, IFNAMSIZ, "ipsec-%u", pid + i);
		rc = request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, name);
	}
	return rc;
}

void capture_link_del(const char *name)
{
	request(RTM_DELLINK, 0, name);
}
