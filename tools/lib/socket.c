// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink socket, and the family's number and groups. */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "client.h"

/* Events come in bursts when a peer dies; a datagram lost is a rekey lost. */
#define EVENT_BUFFER (4 << 20)

static ssize_t nl_send(void *ctx, const void *buf, size_t len)
{
	return mnl_socket_sendto(ctx, buf, len);
}

static ssize_t nl_recv(void *ctx, void *buf, size_t size)
{
	return mnl_socket_recvfrom(ctx, buf, size);
}

static void read_group(struct ipsec_client *c, const struct nlattr *group)
{
	const char *name = NULL;
	const struct nlattr *attr;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			name = mnl_attr_get_str(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(attr);
	}
	if (!name || c->groups == IPSEC_GROUPS_MAX)
		return;
	snprintf(c->group[c->groups].name, sizeof(c->group[0].name), "%s",
		 name);
	c->group[c->groups++].id = id;
}

static int read_family(void *ctx, const struct nlmsghdr *nlh,
		       struct ipsec_err *err)
{
	const struct nlattr *attr, *group;
	struct ipsec_client *c = ctx;

	(void)err;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			c->family = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(group, attr)
				read_group(c, group);
	}
	return 0;
}

static int find_family(struct ipsec_client *c, struct ipsec_err *err)
{
	struct ipsec_msg m;
	int rc;

	ipsec_msg_init(&m, CTRL_CMD_GETFAMILY, 0);
	m.nlh->nlmsg_type = GENL_ID_CTRL;
	mnl_attr_put_strz(m.nlh, CTRL_ATTR_FAMILY_NAME, IPSECDRV_FAMILY_NAME);
	rc = ipsec_request(c, &m, read_family, c, err);
	if (rc == -ENOENT)
		return ipsec_err_code(err, ENOENT,
				      "the ipsecdrv driver is not loaded: run "
				      "'modprobe ipsecdrv' or "
				      "'insmod ipsecdrv.ko'");
	return rc;
}

void ipsec_open_transport(struct ipsec_client *c,
			  const struct ipsec_transport *io, uint16_t family)
{
	memset(c, 0, offsetof(struct ipsec_client, buf));
	c->io = *io;
	c->family = family;
}

int ipsec_open(struct ipsec_client *c, struct ipsec_err *err)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	struct ipsec_transport io = { nl_send, nl_recv, nl, 0 };
	int one = 1, rc;

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0) {
		rc = ipsec_err_code(err, errno, "cannot open netlink: %s",
				    strerror(errno));
		if (nl)
			mnl_socket_close(nl);
		return rc;
	}
	/* Each only improves the errors; the kernels supported have all. */
	mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(nl, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	io.portid = mnl_socket_get_portid(nl);
	ipsec_open_transport(c, &io, 0);
	c->nl = nl;
	rc = find_family(c, err);
	if (rc)
		ipsec_close(c);
	return rc;
}

void ipsec_close(struct ipsec_client *c)
{
	if (c->nl)
		mnl_socket_close(c->nl);
	c->nl = NULL;
}

int ipsec_join(struct ipsec_client *c, const char *group, struct ipsec_err *err)
{
	int size = EVENT_BUFFER, fd = mnl_socket_get_fd(c->nl);
	unsigned int i;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	for (i = 0; i < c->groups; i++)
		if (!strcmp(c->group[i].name, group))
			break;
	if (i == c->groups)
		return ipsec_err_code(err, ENOENT,
				      "the driver has no event group '%s'",
				      group);
	if (mnl_socket_setsockopt(c->nl, NETLINK_ADD_MEMBERSHIP,
				  &c->group[i].id, sizeof(uint32_t)) < 0)
		return ipsec_err_code(err, errno,
				      "cannot listen to '%s' events: %s%s",
				      group, strerror(errno),
				      errno == EPERM ? "; run it as root" : "");
	return 0;
}
