// SPDX-License-Identifier: GPL-2.0-or-later
/* What of the network of this host is read by rtnetlink. */
#include "host.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define AT_ONCE 64
#define DUMPS 3 /* tries, when changes come in between */

static bool attr_addr(const struct nlattr *attr, struct ipsec_addr *a)
{
	unsigned int len = mnl_attr_get_payload_len(attr);

	if (len != 4 && len != 16)
		return false;
	a->len = (uint8_t)len;
	memcpy(a->b, mnl_attr_get_payload(attr), len);
	return true;
}

static int on_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct ipsec_addr local = { 0 }, address = { 0 };
	uint32_t flags = ifa->ifa_flags;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		if (mnl_attr_get_type(attr) == IFA_LOCAL)
			attr_addr(attr, &local);
		else if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			attr_addr(attr, &address);
		else if (mnl_attr_get_type(attr) == IFA_FLAGS)
			flags = mnl_attr_get_u32(attr);
	}
	/* Of a point-to-point link the other one is the peer's. */
	if (!local.len)
		local = address;
	if (local.len && ifa->ifa_scope != RT_SCOPE_HOST &&
	    !(flags & IFA_F_DADFAILED))
		ipsecd_addrs_add(data, &local);
	return MNL_CB_OK;
}

/* A gateway of the other family is RTA_VIA: its family, then the address. */
static void add_gateway(const struct nlattr *attr, struct ipsecd_addrs *set)
{
	const uint8_t *via = mnl_attr_get_payload(attr);
	unsigned int len = mnl_attr_get_payload_len(attr);
	struct ipsec_addr a = { 0 };

	if (mnl_attr_get_type(attr) == RTA_GATEWAY && attr_addr(attr, &a)) {
		ipsecd_addrs_add(set, &a);
	} else if (mnl_attr_get_type(attr) == RTA_VIA &&
		   (len == 6 || len == 18)) {
		a.len = (uint8_t)(len - 2);
		memcpy(a.b, via + 2, a.len);
		ipsecd_addrs_add(set, &a);
	}
}

static void add_hops(const struct nlattr *hops, struct ipsecd_addrs *set)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(hops);
	size_t left = mnl_attr_get_payload_len(hops), all;
	const struct nlattr *attr;

	while (left >= sizeof(*hop) && hop->rtnh_len >= sizeof(*hop) &&
	       hop->rtnh_len <= left) {
		mnl_attr_for_each_payload((const void *)(hop + 1),
					  hop->rtnh_len - sizeof(*hop))
			add_gateway(attr, set);
		all = (size_t)RTNH_ALIGN(hop->rtnh_len);
		if (all > left)
			return;
		left -= all;
		hop = RTNH_NEXT(hop);
	}
}

static bool is_default(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	return !rtm->rtm_dst_len && rtm->rtm_table == RT_TABLE_MAIN &&
	       rtm->rtm_type == RTN_UNICAST;
}

static int on_route(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;

	if (!is_default(nlh))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(struct rtmsg)) {
		if (mnl_attr_get_type(attr) == RTA_MULTIPATH)
			add_hops(attr, data);
		else
			add_gateway(attr, data);
	}
	return MNL_CB_OK;
}

/* -1 with errno EINTR: it was changed meanwhile. */
static int read_all(struct mnl_socket *nl, mnl_cb_t cb,
		    struct ipsecd_addrs *set)
{
	static _Alignas(8) char buf[65536];
	int rc = MNL_CB_OK;
	ssize_t got;

	while (rc > MNL_CB_STOP) {
		got = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (got < 0)
			return -1;
		rc = mnl_cb_run(buf, (size_t)got, 0, 0, cb, set);
	}
	return rc;
}

/* Of what there is something is better than nothing. */
static void dump(uint16_t type, mnl_cb_t cb, struct ipsecd_addrs *set)
{
	_Alignas(8) char buf[64];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	int tries = DUMPS, rc = -1;
	struct mnl_socket *nl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	/* As large as an ifaddrmsg or more, and all zero: every family. */
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct rtmsg));
	while (rc && tries--) {
		nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
		if (!nl)
			return;
		set->count = 0;
		if (!mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) &&
		    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) > 0)
			rc = read_all(nl, cb, set);
		mnl_socket_close(nl);
	}
}

void ipsecd_host_own(struct ipsecd_addrs *own)
{
	dump(RTM_GETADDR, on_address, own);
}

void ipsecd_host_gateways(struct ipsecd_addrs *gateways)
{
	dump(RTM_GETROUTE, on_route, gateways);
}

static int on_event(const struct nlmsghdr *nlh, void *data)
{
	bool *relevant = data;

	if (nlh->nlmsg_type == RTM_NEWADDR || nlh->nlmsg_type == RTM_DELADDR)
		*relevant = true;
	else if (nlh->nlmsg_type == RTM_NEWROUTE ||
		 nlh->nlmsg_type == RTM_DELROUTE)
		*relevant |= is_default(nlh);
	return MNL_CB_OK;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	static _Alignas(8) char buf[65536];
	struct ipsecd_host *host = arg;
	bool relevant = false;
	ssize_t got;
	int i;

	(void)what;
	for (i = 0; i < AT_ONCE; i++) {
		got = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (got < 0 && errno != EINTR) {
			/* Of those that were lost nothing is known. */
			relevant |= errno == ENOBUFS;
			break;
		}
		if (got > 0)
			mnl_cb_run(buf, (size_t)got, 0, 0, on_event, &relevant);
	}
	if (relevant)
		host->changed(host->arg);
}

int ipsecd_host_watch(struct ipsecd_host *host, struct event_base *base)
{
	const unsigned int groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR |
				    RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;

	host->nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!host->nl)
		return -errno;
	if (!mnl_socket_bind(host->nl, groups, MNL_SOCKET_AUTOPID))
		host->ev = event_new(base, mnl_socket_get_fd(host->nl),
				     EV_READ | EV_PERSIST, on_readable, host);
	if (host->ev && !event_add(host->ev, NULL))
		return 0;
	ipsecd_host_unwatch(host);
	return -ENOMEM;
}

void ipsecd_host_unwatch(struct ipsecd_host *host)
{
	if (host->ev)
		event_free(host->ev);
	if (host->nl)
		mnl_socket_close(host->nl);
	host->ev = NULL;
	host->nl = NULL;
}
