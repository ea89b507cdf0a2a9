// SPDX-License-Identifier: GPL-2.0-or-later
/* Events of the driver: acquires and expiries. */
#include "events.h"

#include <errno.h>
#include <fcntl.h>

#define AT_ONCE 64

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct ipsecd_events_socket *s = arg;
	struct ipsec_client *c = &s->client;
	ssize_t got;
	int i;

	(void)fd;
	(void)what;
	for (i = 0; i < AT_ONCE; i++) {
		got = c->io.recv(c->io.ctx, c->buf, sizeof(c->buf));
		if (got > 0) {
			s->fn(s->arg, c->buf, (size_t)got);
		} else if (got < 0 && errno == ENOBUFS) {
			s->lost++;
			s->fn(s->arg, NULL, 0);
		} else if (got < 0 && errno != EINTR) {
			return;
		}
	}
}

int ipsecd_events_open(struct ipsecd_events_socket *s, struct event_base *base,
		       struct ipsec_err *err)
{
	int rc = ipsec_open(&s->client, err), fd;

	if (!rc)
		rc = ipsec_join(&s->client, IPSECDRV_MCGRP_ACQUIRE, err);
	if (!rc)
		rc = ipsec_join(&s->client, IPSECDRV_MCGRP_EXPIRE, err);
	if (rc)
		return rc;
	fd = mnl_socket_get_fd(s->client.nl);
	if (fcntl(fd, F_SETFL, O_NONBLOCK))
		return ipsec_err_code(err, errno, "the event socket fails");
	s->ev = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, s);
	return s->ev && !event_add(s->ev, NULL) ?
		       0 :
		       ipsec_err_code(err, ENOMEM, "out of memory");
}
