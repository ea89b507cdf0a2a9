// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests of the worker to the driver. */
#include "proxy.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>
#include <sys/socket.h>

/* SAs and acquires, in ways that the engine needs; of the table only filters
 * of the default response, see responses.h.
 */
static const struct {
	uint8_t cmd;
	bool dump;
} allowed[] = {
	{ IPSECDRV_CMD_SA_GET_SPI, false },
	{ IPSECDRV_CMD_SA_ADD, false },
	{ IPSECDRV_CMD_SA_UPDATE, false },
	{ IPSECDRV_CMD_SA_DEL, false },
	{ IPSECDRV_CMD_SA_GET, false },
	{ IPSECDRV_CMD_SA_DUMP, true },
	{ IPSECDRV_CMD_ACQUIRE_DUMP, true },
	{ IPSECDRV_CMD_ACQUIRE_REFUSE, false },
	{ IPSECDRV_CMD_SOFT_DUMP, true },
	{ IPSECDRV_CMD_FILTER_ADD, false },
	{ IPSECDRV_CMD_FILTER_DEL, false },
};

bool ipsecd_proxy_allows(const void *request, size_t len, uint16_t family)
{
	const struct nlmsghdr *nlh = request;
	const struct genlmsghdr *genl;
	uint16_t flags;
	size_t i;

	if (len < MNL_NLMSG_HDRLEN + sizeof(*genl) || nlh->nlmsg_len != len ||
	    nlh->nlmsg_type != family)
		return false;
	genl = mnl_nlmsg_get_payload(nlh);
	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
		if (allowed[i].cmd != genl->cmd)
			continue;
		flags = NLM_F_REQUEST |
			(allowed[i].dump ? NLM_F_DUMP : NLM_F_ACK);
		return nlh->nlmsg_flags == flags;
	}
	return false;
}

static bool is_end(const void *data, size_t len, uint32_t seq)
{
	const struct nlmsghdr *nlh = data;
	int left = (int)len;

	for (; ipsec_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		if (nlh->nlmsg_seq == seq && (nlh->nlmsg_type == NLMSG_DONE ||
					      nlh->nlmsg_type == NLMSG_ERROR))
			return true;
	return false;
}

static bool is_of(const void *data, size_t len, uint32_t seq)
{
	const struct nlmsghdr *nlh = data;

	return ipsec_nlmsg_ok(nlh, (int)len) && nlh->nlmsg_seq == seq;
}

/* After an answer that cannot be passed on, what is left of it is read. */
static int relay(struct ipsec_client *driver, int fd, uint32_t seq)
{
	bool end = false;
	int rc = 0;

	while (!end) {
		ssize_t got = driver->io.recv(driver->io.ctx, driver->buf,
					      sizeof(driver->buf));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!is_of(driver->buf, (size_t)got, seq))
			continue;
		end = is_end(driver->buf, (size_t)got, seq);
		if (!rc && send(fd, driver->buf, (size_t)got, MSG_NOSIGNAL) < 0)
			rc = -errno;
	}
	return rc;
}

/* What the driver was not asked: said as the driver would. */
static int answer_error(int fd, const struct nlmsghdr *request, int code)
{
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
	} answer = { 0 };

	answer.nlh.nlmsg_len = sizeof(answer);
	answer.nlh.nlmsg_type = NLMSG_ERROR;
	answer.nlh.nlmsg_flags = NLM_F_CAPPED;
	answer.nlh.nlmsg_seq = request->nlmsg_seq;
	answer.err.error = -code;
	answer.err.msg = *request;
	return send(fd, &answer, sizeof(answer), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* One filter, of which only the traffic counts, or the id of one. */
static int ask_filter(struct ipsec_client *driver, struct ipsecd_force *force,
		      const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct ipsec_filter f = { 0 };
	struct ipsec_table t = { 0 };
	struct ipsec_err err = { 0 };

	if (genl->cmd == IPSECDRV_CMD_FILTER_DEL)
		return ipsec_get_msg(nlh, ipsec_table_fields, &t, &err) ?
			       -EINVAL :
			       ipsecd_responses_del(&force->responses, driver,
						    force->now.policy,
						    (uint32_t)t.id.v);
	return ipsec_get_msg(nlh, ipsec_filter_message, &f, &err) ?
		       -EINVAL :
		       ipsecd_responses_add(&force->responses, driver,
					    force->now.policy, &f);
}

static bool is_filter(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	return genl->cmd == IPSECDRV_CMD_FILTER_ADD ||
	       genl->cmd == IPSECDRV_CMD_FILTER_DEL;
}

int ipsecd_proxy(struct ipsec_client *driver, struct ipsecd_force *force,
		 int fd)
{
	_Alignas(8) static char request[IPSEC_MSG_SIZE];
	struct nlmsghdr *nlh = (void *)request;
	ssize_t got =
		recv(fd, request, sizeof(request), MSG_DONTWAIT | MSG_TRUNC);
	uint32_t seq;
	int rc;

	if (got <= 0)
		return got ? -errno : -EPIPE;
	if ((size_t)got > sizeof(request) ||
	    !ipsecd_proxy_allows(request, (size_t)got, driver->family))
		return -EBADMSG;
	if (is_filter(nlh))
		return answer_error(fd, nlh, -ask_filter(driver, force, nlh));
	/* One numbering for all who use the socket. */
	seq = nlh->nlmsg_seq;
	driver->seq = seq;
	nlh->nlmsg_pid = driver->io.portid;
	if (driver->io.send(driver->io.ctx, request, (size_t)got) < 0)
		rc = answer_error(fd, nlh, errno);
	else
		rc = relay(driver, fd, seq);
	explicit_bzero(request, (size_t)got);
	return rc;
}
