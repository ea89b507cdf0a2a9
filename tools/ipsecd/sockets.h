/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_SOCKETS_H
#define IPSECD_SOCKETS_H

#include <event2/event.h>

#include "env.h"

/* UDP ports 500 and 4500 of both families. */
struct ipsecd_socket {
	struct ipsecd_sockets *all;
	int fd;
	int family;
	uint16_t port;
	bool marked; /* messages start with the non-ESP marker */
	struct event *ev;
};

#define IPSECD_SOCKETS 4

struct ipsecd_sockets {
	unsigned int count;
	struct ipsecd_socket socket[IPSECD_SOCKETS];
	/* A message, its marker taken off. */
	void (*fn)(void *arg, const struct ike_path *path, const void *data,
		   size_t len);
	void (*failed)(void *arg); /* to receive one */
	void *arg;
	bool waits; /* ipsecd_sockets_wait() */
	uint64_t failures; /* of receiving */
};

/* fn, failed, arg and waits are set. -EADDRINUSE says who may have the port. */
int ipsecd_sockets_open(struct ipsecd_sockets *s, struct event_base *base,
			uint16_t port, uint16_t natt_port,
			struct ipsec_err *err);
void ipsecd_sockets_close(struct ipsecd_sockets *s);
/*
 * While nobody takes them, messages wait in the kernel, as many as its buffers
 * hold: a peer gets its answer as soon as there is one, and need not ask again.
 */
void ipsecd_sockets_wait(struct ipsecd_sockets *s, bool wait);
bool ipsecd_sockets_serve(const struct ipsecd_sockets *s, uint16_t port,
			  uint16_t natt_port);
/* 0, -EINVAL for a port that is not ours, or what sendmsg(2) gives. */
int ipsecd_sockets_send(const struct ipsecd_sockets *s,
			const struct ike_path *path, const void *data,
			size_t len);

#endif
