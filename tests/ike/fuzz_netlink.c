// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Netlink: what the worker asks of the driver through the parent, what the
 * driver says, and what the kernel says of addresses and routes. The first
 * byte is who says the rest.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bodies.h"
#include "driver.h"
#include "host.h"
#include "netlink_seeds.h"
#include "proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The socket of rtnetlink: linked with --wrap. */
struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags);
int __wrap_mnl_socket_bind(struct mnl_socket *nl, unsigned int groups,
			   pid_t pid);
ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
				 size_t size);
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf,
				   size_t size);
int __wrap_mnl_socket_close(struct mnl_socket *nl);
int __wrap_mnl_socket_get_fd(const struct mnl_socket *nl);

#define FAMILY 33

/* What is still to be said, in datagrams; it is said at its place once. */
static const uint8_t *said;
static size_t said_len;

static ssize_t say(void *buf, size_t size)
{
	size_t len = said_len < size ? said_len : size;

	if (!len) {
		errno = EIO;
		return -1;
	}
	memcpy(buf, said, len);
	said_len = 0;
	return (ssize_t)len;
}

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags)
{
	static int socket;

	(void)bus;
	(void)flags;
	return (struct mnl_socket *)&socket;
}

int __wrap_mnl_socket_bind(struct mnl_socket *nl, unsigned int groups,
			   pid_t pid)
{
	(void)nl;
	(void)groups;
	(void)pid;
	return 0;
}

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *nl, const void *req,
				 size_t size)
{
	(void)nl;
	(void)req;
	return (ssize_t)size;
}

ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *nl, void *buf,
				   size_t size)
{
	(void)nl;
	return say(buf, size);
}

int __wrap_mnl_socket_close(struct mnl_socket *nl)
{
	(void)nl;
	return 0;
}

static int changes[2]; /* the daemon's, the kernel's */

int __wrap_mnl_socket_get_fd(const struct mnl_socket *nl)
{
	(void)nl;
	return changes[0];
}

/* The driver that the parent asks: it takes all, and has nothing. */
static unsigned int asked; /* times */
static uint32_t asked_seq;
static bool dumping;

static bool is_host(const struct ipsec_net *net)
{
	return net->first.len && net->plen == net->first.len * 8;
}

static void check_filter(const struct nlmsghdr *nlh)
{
	struct ipsec_filter f = { 0 };
	struct ipsec_err err;

	/* Nothing but what the policy makes of two hosts' traffic. */
	bodies_check(!ipsec_get_msg(nlh, ipsec_filter_message, &f, &err) &&
		     f.cookie.set && is_host(&f.sel.src) &&
		     is_host(&f.sel.dst));
}

static ssize_t kernel_send(void *ctx, const void *buf, size_t len)
{
	const struct nlmsghdr *nlh = buf;
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	(void)ctx;
	asked++;
	asked_seq = nlh->nlmsg_seq;
	dumping = nlh->nlmsg_flags & NLM_F_DUMP;
	if (genl->cmd == IPSECDRV_CMD_FILTER_ADD)
		check_filter(nlh);
	return (ssize_t)len;
}

static ssize_t kernel_recv(void *ctx, void *buf, size_t size)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	(void)ctx;
	bodies_check(size >= 64);
	nlh->nlmsg_type = dumping ? NLMSG_DONE : NLMSG_ERROR;
	nlh->nlmsg_seq = asked_seq;
	nlh->nlmsg_flags = NLM_F_CAPPED;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct nlmsgerr));
	return (ssize_t)nlh->nlmsg_len;
}

static ssize_t parent_send(void *ctx, const void *buf, size_t len)
{
	(void)ctx;
	(void)buf;
	return (ssize_t)len;
}

static ssize_t parent_recv(void *ctx, void *buf, size_t size)
{
	(void)ctx;
	return say(buf, size);
}

static struct ipsec_client kernel;
static struct ipsecd_driver worker;
static struct ipsecd_force force;
static int pair[2]; /* worker, parent */

static void start(void)
{
	static const char text[] =
		"default-response: {psk: secret of all}\n"
		"rules: [{name: no, action: block, filters: [{from: 10.0.0.2, "
		"to: 10.0.0.9}]}, {name: yes, action: permit, filters: [{from: "
		"10.0.0.2, to: 10.0.0.3, proto: tcp, dport: 9}]}]\n";
	const struct ipsec_transport played = { kernel_send, kernel_recv, NULL,
						77 };
	const struct ipsec_transport parent = { parent_send, parent_recv, NULL,
						0 };
	struct ipsec_err err;

	ipsec_open_transport(&kernel, &played, FAMILY);
	ipsec_open_transport(&worker.client, &parent, FAMILY);
	bodies_check(!policy_parse(text, sizeof(text) - 1, NULL, NULL,
				   &force.now.policy, &err));
	bodies_check(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) &&
		     !socketpair(AF_UNIX, SOCK_DGRAM, 0, changes));
}

/* Everything that is allowed has one answer; all else ends the worker. */
static void ask(const void *request, size_t len)
{
	struct ipsec_err err;
	char answer[4096];
	bool allowed;
	int rc;

	if (!len || send(pair[0], request, len, MSG_DONTWAIT) < 0)
		return;
	allowed = len <= IPSEC_MSG_SIZE &&
		  ipsecd_proxy_allows(request, len, FAMILY);
	bodies_check(!ipsecd_responses_read(&force.responses, &kernel,
					    force.now.policy, &err));
	asked = 0;
	rc = ipsecd_proxy(&kernel, &force, pair[1]);
	bodies_check(allowed ? !rc : rc == -EBADMSG && !asked);
	bodies_check(allowed ==
		     (recv(pair[0], answer, sizeof(answer), MSG_DONTWAIT) > 0));
	ipsecd_responses_free(&force.responses);
}

static void ask_raw(const uint8_t *data, size_t size)
{
	void *copy = malloc(size + 1);

	memcpy(copy, data, size);
	ask(copy, size);
	free(copy);
}

static void ask_made(const uint8_t *data, size_t size)
{
	struct ipsec_msg m;
	size_t room;

	if (!size)
		return;
	ipsec_msg_init(&m, data[0], 0);
	m.nlh->nlmsg_type = FAMILY;
	m.nlh->nlmsg_flags =
		NLM_F_REQUEST |
		(data[0] == IPSECDRV_CMD_SA_DUMP ||
				 data[0] == IPSECDRV_CMD_ACQUIRE_DUMP ||
				 data[0] == IPSECDRV_CMD_SOFT_DUMP ?
			 NLM_F_DUMP :
			 NLM_F_ACK);
	room = sizeof(m.buf) - m.nlh->nlmsg_len;
	size = size - 1 < room ? size - 1 : room;
	memcpy(m.buf + m.nlh->nlmsg_len, data + 1, size);
	m.nlh->nlmsg_len += (uint32_t)size;
	ask(m.buf, m.nlh->nlmsg_len);
}

static void check_addr(const struct ipsec_addr *a)
{
	bodies_check(!a->len || a->len == 4 || a->len == 16);
}

static void on_sa(void *arg, const struct ipsec_sa *sa)
{
	(void)arg;
	check_addr(&sa->local);
	check_addr(&sa->remote);
}

static void on_acquire(void *arg, const struct ipsec_acquire *acquire)
{
	(void)arg;
	check_addr(&acquire->local);
	check_addr(&acquire->remote);
}

static void on_soft(void *arg, const struct ipsec_soft *soft)
{
	(void)arg;
	(void)soft;
}

static int on_event(void *ctx, const struct nlmsghdr *nlh,
		    struct ipsec_err *err)
{
	struct ipsec_sa sa = { 0 };

	(void)ctx;
	return ipsec_get_msg(nlh, ipsec_sa_fields, &sa, err);
}

static void events(const uint8_t *data, size_t size)
{
	const struct ipsecd_events to = { on_acquire, on_sa, NULL };
	struct ipsec_err err;
	/* As netlink has them; as long as it is. */
	void *copy = malloc(size + 1);

	memcpy(copy, data, size);
	ipsecd_driver_events(&worker, copy, size, &to);
	free(copy);
	/* As the command that follows them has them. */
	said = data;
	said_len = size;
	ipsec_events(&worker.client, on_event, NULL, &err);
}

/* It can be shown; what is written is read, whatever the driver has said it is. */
static void written(const struct ipsec_field *fields, const void *obj,
		    void *again)
{
	struct ipsec_err err;
	struct ipsec_msg m;

	json_decref(ipsec_json(fields, obj, IPSEC_PRINT_ALL));
	ipsec_msg_init(&m, IPSECDRV_CMD_SA_GET, 0);
	if (ipsec_put(&m, fields, obj))
		bodies_check(!ipsec_get_msg(m.nlh, fields, again, &err));
}

static int sa_get(struct ipsec_err *err)
{
	struct ipsec_sa sa = { 0 }, again = { 0 };
	int rc = ipsecd_driver_calls.sa_get(&worker, 7, &sa, err);

	if (!rc)
		written(ipsec_sa_fields, &sa, &again);
	return rc;
}

static int config_get(struct ipsec_err *err)
{
	struct ipsec_config config = { 0 }, again = { 0 };
	struct ipsec_msg m;
	int rc;

	ipsec_msg_init(&m, IPSECDRV_CMD_CONFIG_GET, 0);
	rc = ipsec_ask(&worker.client, &m, ipsec_config_fields, &config, err);
	if (!rc)
		written(ipsec_config_fields, &config, &again);
	return rc;
}

static int filter_dump(struct ipsec_err *err)
{
	const struct nlmsghdr *nlh;
	struct ipsec_dump d = { 0 };
	struct ipsec_err why;
	size_t pos = 0;
	int rc;

	rc = ipsec_dump(&worker.client, IPSECDRV_CMD_FILTER_DUMP, &d, err);
	while (!rc && (nlh = ipsec_dump_next(&d, &pos))) {
		struct ipsec_filter f = { 0 }, again = { 0 };

		if (!ipsec_get_msg(nlh, ipsec_filter_message, &f, &why))
			written(ipsec_filter_message, &f, &again);
	}
	ipsec_dump_free(&d);
	return rc;
}

/* The first byte is what was asked. */
static void answers(const uint8_t *data, size_t size)
{
	const struct ike_driver *d = &ipsecd_driver_calls;
	const struct ipsec_addr local = { 4, { 10, 0, 0, 1 } };
	struct ipsec_err err = { .text = "" };
	struct ipsec_sa sa = {
		.sel = { .dport = { { 9, true }, { 9, true } } },
		.protections = 2,
		.protection = { { .encr_key_in = { 16, { 1 } } } },
	};
	uint32_t spi;
	int rc;

	if (!size)
		return;
	said = data + 1;
	said_len = size - 1;
	worker.client.seq = 0;
	switch (data[0] % NETLINK_CALLS) {
	case NETLINK_CALL_SPI:
		rc = d->get_spi(&worker, IPSECDRV_PROTO_ESP, &local, 1, &spi,
				&err);
		break;
	case NETLINK_CALL_SA_ADD:
		rc = d->sa_add(&worker, &sa, &err);
		break;
	case NETLINK_CALL_SA_DEL:
		rc = d->sa_del(&worker, 7, &err);
		break;
	case NETLINK_CALL_SA_GET:
		rc = sa_get(&err);
		break;
	case NETLINK_CALL_SA_DUMP:
		rc = d->sa_dump(&worker, on_sa, NULL, &err);
		break;
	case NETLINK_CALL_ACQUIRE_DUMP:
		rc = d->acquire_dump(&worker, on_acquire, NULL, &err);
		break;
	case NETLINK_CALL_CONFIG_GET:
		rc = config_get(&err);
		break;
	case NETLINK_CALL_FILTER_DUMP:
		rc = filter_dump(&err);
		break;
	default:
		rc = d->soft_dump(&worker, on_soft, NULL, &err);
		break;
	}
	bodies_check(rc <= 0 && (!rc || *err.text));
}

/* No kernel says it, and mnl_cb_run() does not stand it; or too much. */
static bool is_endless(const uint8_t *data, size_t size)
{
	_Alignas(8) char buf[4096];
	const struct nlmsghdr *nlh = (const void *)buf;
	int left = (int)size;

	if (size > sizeof(buf))
		return true;
	memcpy(buf, data, size);
	while (ipsec_nlmsg_ok(nlh, left))
		nlh = mnl_nlmsg_next(nlh, &left);
	return mnl_nlmsg_ok(nlh, left);
}

static void of_host(const uint8_t *data, size_t size, bool routes)
{
	struct ipsecd_addrs set = { .count = 0 };
	unsigned int i;

	if (is_endless(data, size))
		return;
	said = data;
	said_len = size;
	if (routes)
		ipsecd_host_gateways(&set);
	else
		ipsecd_host_own(&set);
	bodies_check(set.count <= POLICY_BIND_ADDRS);
	for (i = 0; i < set.count; i++)
		check_addr(&set.addr[i]);
}

static void changed(void *arg)
{
	++*(unsigned int *)arg;
}

/* One datagram: it is looked at again once, or not at all. */
static void host_changes(const uint8_t *data, size_t size)
{
	static struct event_base *base;
	unsigned int times = 0;
	struct ipsecd_host host = { .changed = changed, .arg = &times };

	if (is_endless(data, size))
		return;
	if (!base)
		base = event_base_new();
	bodies_check(!ipsecd_host_watch(&host, base) &&
		     send(changes[1], data, size, MSG_DONTWAIT) ==
			     (ssize_t)size);
	event_base_loop(base, EVLOOP_NONBLOCK);
	bodies_check(times <= 1);
	ipsecd_host_unwatch(&host);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!kernel.family)
		start();
	if (!size)
		return 0;
	switch (data[0] % NETLINK_SPEAKERS) {
	case NETLINK_WORKER:
		ask_raw(data + 1, size - 1);
		break;
	case NETLINK_WORKER_MADE:
		ask_made(data + 1, size - 1);
		break;
	case NETLINK_EVENTS:
		events(data + 1, size - 1);
		break;
	case NETLINK_ANSWERS:
		answers(data + 1, size - 1);
		break;
	case NETLINK_ADDRESSES:
		of_host(data + 1, size - 1, false);
		break;
	case NETLINK_ROUTES:
		of_host(data + 1, size - 1, true);
		break;
	case NETLINK_CHANGES:
		host_changes(data + 1, size - 1);
		break;
	}
	return 0;
}
