// SPDX-License-Identifier: GPL-2.0-or-later
/* The UDP sockets that IKE is spoken on. */
#include "sockets.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 32
#define MESSAGE_MAX 65535
#define BUFFER (4 << 20)
#define BATCHES_MAX 4 /* before other events get their turn */

union any_addr {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

union control {
	char v4[CMSG_SPACE(sizeof(struct in_pktinfo))];
	char v6[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct cmsghdr align;
};

static const int one = 1;

static int set_options(int fd, int family)
{
	int pmtu = family == AF_INET ? IP_PMTUDISC_DONT : IPV6_PMTUDISC_DONT;
	int size = BUFFER;

	/* Bursts come when a peer with many SAs restarts. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (family == AF_INET)
		return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one,
				  sizeof(one)) ||
		       setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &pmtu,
				  sizeof(pmtu));
	return setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)) ||
	       setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one,
			  sizeof(one)) ||
	       setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &pmtu,
			  sizeof(pmtu));
}

static int bind_port(int fd, int family, uint16_t port)
{
	union any_addr a = { 0 };

	if (family == AF_INET) {
		a.v4.sin_family = AF_INET;
		a.v4.sin_port = htons(port);
		return bind(fd, &a.sa, sizeof(a.v4));
	}
	a.v6.sin6_family = AF_INET6;
	a.v6.sin6_port = htons(port);
	return bind(fd, &a.sa, sizeof(a.v6));
}

static int open_failed(struct ipsec_err *err, uint16_t port)
{
	if (errno == EADDRINUSE)
		return ipsec_err_code(err, EADDRINUSE,
				      "UDP port %u is taken, probably by "
				      "another IKE daemon ('ss -lunp sport = "
				      ":%u' shows which); stop it",
				      port, port);
	return ipsec_err_code(err, errno, "UDP port %u: %s", port,
			      strerror(errno));
}

/* -EAFNOSUPPORT: this host has not that family, which is no error. */
static int open_one(int family, uint16_t port, struct ipsec_err *err)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int rc;

	if (fd < 0 && errno == EAFNOSUPPORT)
		return -EAFNOSUPPORT;
	if (fd >= 0 && !set_options(fd, family) && !bind_port(fd, family, port))
		return fd;
	rc = open_failed(err, port);
	if (fd >= 0)
		close(fd);
	return rc;
}

static void path_of(const struct ipsecd_socket *s, struct msghdr *msg,
		    struct ike_path *path)
{
	const union any_addr *from = msg->msg_name;
	struct cmsghdr *c;

	memset(path, 0, sizeof(*path));
	path->local_port = s->port;
	path->local.len = path->remote.len = s->family == AF_INET ? 4 : 16;
	if (s->family == AF_INET) {
		path->remote_port = ntohs(from->v4.sin_port);
		memcpy(path->remote.b, &from->v4.sin_addr, 4);
	} else {
		path->remote_port = ntohs(from->v6.sin6_port);
		memcpy(path->remote.b, &from->v6.sin6_addr, 16);
	}
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		struct in6_pktinfo in6;
		struct in_pktinfo in;

		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&in, CMSG_DATA(c), sizeof(in));
			memcpy(path->local.b, &in.ipi_addr, 4);
		}
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&in6, CMSG_DATA(c), sizeof(in6));
			memcpy(path->local.b, &in6.ipi6_addr, 16);
		}
	}
}

/* RFC 3948: behind a marker of zeros is IKE, one byte 0xff is a keepalive. */
static void deliver(const struct ipsecd_socket *s, struct msghdr *msg,
		    const uint8_t *data, size_t len)
{
	static const uint8_t marker[IKE_MARKER_LEN];
	struct ike_path path;

	if (msg->msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return;
	if (s->marked) {
		if (len < sizeof(marker) ||
		    memcmp(data, marker, sizeof(marker)))
			return;
		data += sizeof(marker);
		len -= sizeof(marker);
	}
	path_of(s, msg, &path);
	if (path.remote_port)
		s->all->fn(s->all->arg, &path, data, len);
}

static int read_batch(struct ipsecd_socket *s)
{
	static uint8_t data[BATCH][MESSAGE_MAX];
	static union control control[BATCH];
	static union any_addr from[BATCH];
	struct mmsghdr msg[BATCH] = { 0 };
	struct iovec iov[BATCH];
	int i, got;

	for (i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ data[i], MESSAGE_MAX };
		msg[i].msg_hdr = (struct msghdr){
			.msg_name = &from[i],
			.msg_namelen = sizeof(from[i]),
			.msg_iov = &iov[i],
			.msg_iovlen = 1,
			.msg_control = &control[i],
			.msg_controllen = sizeof(control[i]),
		};
	}
	got = recvmmsg(s->fd, msg, BATCH, MSG_DONTWAIT, NULL);
	if (got < 0 && errno != EAGAIN && errno != EINTR) {
		s->all->failures++;
		s->all->failed(s->all->arg);
	}
	for (i = 0; i < got; i++)
		deliver(s, &msg[i].msg_hdr, data[i], msg[i].msg_len);
	return got;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	int i;

	(void)fd;
	(void)what;
	for (i = 0; i < BATCHES_MAX; i++)
		if (read_batch(arg) < BATCH)
			break;
}

static int listen_to(const struct ipsecd_socket *s)
{
	return s->all->waits ? event_del(s->ev) : event_add(s->ev, NULL);
}

static int add(struct ipsecd_sockets *s, struct event_base *base, int family,
	       uint16_t port, bool marked, struct ipsec_err *err)
{
	struct ipsecd_socket *one_more = &s->socket[s->count];
	int fd = open_one(family, port, err);

	if (fd < 0)
		return fd == -EAFNOSUPPORT && family == AF_INET6 ? 0 : fd;
	*one_more = (struct ipsecd_socket){ s, fd, family, port, marked, NULL };
	s->count++;
	one_more->ev = event_new(base, fd, EV_READ | EV_PERSIST, on_readable,
				 one_more);
	if (!one_more->ev || listen_to(one_more))
		return ipsec_err_code(err, ENOMEM, "out of memory");
	return 0;
}

int ipsecd_sockets_open(struct ipsecd_sockets *s, struct event_base *base,
			uint16_t port, uint16_t natt_port,
			struct ipsec_err *err)
{
	int rc;

	s->count = 0;
	rc = add(s, base, AF_INET, port, false, err);
	if (!rc)
		rc = add(s, base, AF_INET, natt_port, true, err);
	if (!rc)
		rc = add(s, base, AF_INET6, port, false, err);
	if (!rc)
		rc = add(s, base, AF_INET6, natt_port, true, err);
	if (rc)
		ipsecd_sockets_close(s);
	return rc;
}

void ipsecd_sockets_close(struct ipsecd_sockets *s)
{
	while (s->count) {
		struct ipsecd_socket *last = &s->socket[--s->count];

		if (last->ev)
			event_free(last->ev);
		close(last->fd);
	}
}

void ipsecd_sockets_wait(struct ipsecd_sockets *s, bool wait)
{
	unsigned int i;

	s->waits = wait;
	for (i = 0; i < s->count; i++)
		listen_to(&s->socket[i]);
}

bool ipsecd_sockets_serve(const struct ipsecd_sockets *s, uint16_t port,
			  uint16_t natt_port)
{
	unsigned int i;

	for (i = 0; i < s->count; i++)
		if (s->socket[i].port !=
		    (s->socket[i].marked ? natt_port : port))
			return false;
	return s->count;
}

static const struct ipsecd_socket *find(const struct ipsecd_sockets *s,
					const struct ike_path *path)
{
	int family = ipsec_addr_family(&path->local);
	unsigned int i;

	for (i = 0; i < s->count; i++)
		if (s->socket[i].family == family &&
		    s->socket[i].port == path->local_port)
			return &s->socket[i];
	return NULL;
}

/* A link-local address says nothing without its link. */
static uint32_t scope_of(const struct ipsec_addr *local)
{
	struct ifaddrs *list, *i;
	uint32_t scope = 0;

	if (getifaddrs(&list))
		return 0;
	for (i = list; i && !scope; i = i->ifa_next) {
		const struct sockaddr_in6 *sin6 = (const void *)i->ifa_addr;

		if (sin6 && sin6->sin6_family == AF_INET6 &&
		    !memcmp(&sin6->sin6_addr, local->b, 16))
			scope = sin6->sin6_scope_id;
	}
	freeifaddrs(list);
	return scope;
}

static void add_control(struct msghdr *msg, union control *control, int level,
			int type, const void *info, size_t len)
{
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	msg->msg_control = control;
	msg->msg_controllen = CMSG_SPACE(len);
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), info, len);
}

static void address(struct msghdr *msg, const struct ike_path *path,
		    union any_addr *to, union control *control)
{
	struct in6_pktinfo in6 = { 0 };
	struct in_pktinfo in = { 0 };

	memset(to, 0, sizeof(*to));
	msg->msg_name = to;
	if (path->local.len == 4) {
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = htons(path->remote_port);
		memcpy(&to->v4.sin_addr, path->remote.b, 4);
		memcpy(&in.ipi_spec_dst, path->local.b, 4);
		msg->msg_namelen = sizeof(to->v4);
		add_control(msg, control, IPPROTO_IP, IP_PKTINFO, &in,
			    sizeof(in));
		return;
	}
	to->v6.sin6_family = AF_INET6;
	to->v6.sin6_port = htons(path->remote_port);
	memcpy(&to->v6.sin6_addr, path->remote.b, 16);
	memcpy(&in6.ipi6_addr, path->local.b, 16);
	if (IN6_IS_ADDR_LINKLOCAL(&to->v6.sin6_addr))
		to->v6.sin6_scope_id = in6.ipi6_ifindex =
			scope_of(&path->local);
	msg->msg_namelen = sizeof(to->v6);
	add_control(msg, control, IPPROTO_IPV6, IPV6_PKTINFO, &in6,
		    sizeof(in6));
}

int ipsecd_sockets_send(const struct ipsecd_sockets *s,
			const struct ike_path *path, const void *data,
			size_t len)
{
	static const uint8_t marker[IKE_MARKER_LEN];
	const struct ipsecd_socket *from = find(s, path);
	struct iovec iov[2] = { { (void *)marker, sizeof(marker) },
				{ (void *)data, len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	union control control;
	union any_addr to;

	if (!from)
		return -EINVAL;
	/* RFC 3948 section 2.3: a keepalive is one byte, without a marker. */
	if (!from->marked || len == 1) {
		msg.msg_iov = iov + 1;
		msg.msg_iovlen = 1;
	}
	address(&msg, path, &to, &control);
	return sendmsg(from->fd, &msg, MSG_DONTWAIT) < 0 ? -errno : 0;
}
