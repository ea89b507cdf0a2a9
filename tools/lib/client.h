/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_CLIENT_H
#define IPSEC_CLIENT_H

#include <sys/types.h>

#include "schema.h"

/* How messages travel: a netlink socket, or a test that records them. */
struct ipsec_transport {
	ssize_t (*send)(void *ctx, const void *buf, size_t len);
	/* -1 and errno as recv(2) gives them. */
	ssize_t (*recv)(void *ctx, void *buf, size_t size);
	void *ctx;
	uint32_t portid;
};

#define IPSEC_GROUPS_MAX 8
#define IPSEC_RECV_SIZE 65536

struct ipsec_client {
	struct ipsec_transport io;
	struct mnl_socket *nl;
	uint16_t family;
	uint32_t seq;
	struct {
		char name[16];
		uint32_t id;
	} group[IPSEC_GROUPS_MAX];
	unsigned int groups;
	_Alignas(8) char buf[IPSEC_RECV_SIZE];
};

/* mnl_nlmsg_ok() takes a length above INT_MAX for a negative one, which fits. */
static inline bool ipsec_nlmsg_ok(const struct nlmsghdr *nlh, int len)
{
	return mnl_nlmsg_ok(nlh, len) && nlh->nlmsg_len <= (unsigned int)len;
}

/* Opens a socket and finds the family. */
int ipsec_open(struct ipsec_client *c, struct ipsec_err *err);
/* The same over a transport whose family number is known (tests). */
void ipsec_open_transport(struct ipsec_client *c,
			  const struct ipsec_transport *io, uint16_t family);
void ipsec_close(struct ipsec_client *c);

/* Called for every message of an answer; an error ends the request. */
typedef int ipsec_reply_fn(void *ctx, const struct nlmsghdr *nlh,
			   struct ipsec_err *err);

/*
 * Sends a request and waits for its end. A refusal gives the driver's own
 * text in err, its errno in err->code and the attribute's place in err->offs.
 * -EINTR from a dump: it was not consistent and may be tried again.
 */
int ipsec_request(struct ipsec_client *c, struct ipsec_msg *m,
		  ipsec_reply_fn *fn, void *ctx, struct ipsec_err *err);

/* A request whose answer is at most one object. */
int ipsec_ask(struct ipsec_client *c, struct ipsec_msg *m,
	      const struct ipsec_field *fields, void *obj,
	      struct ipsec_err *err);

/* A whole dump, so that what is shown is one consistent state. */
struct ipsec_dump {
	char *buf;
	size_t len;
	size_t size;
	unsigned int count;
};

int ipsec_dump(struct ipsec_client *c, uint8_t cmd, struct ipsec_dump *d,
	       struct ipsec_err *err);
/* NULL at the end; *pos starts at 0. */
const struct nlmsghdr *ipsec_dump_next(const struct ipsec_dump *d, size_t *pos);
void ipsec_dump_free(struct ipsec_dump *d);

int ipsec_join(struct ipsec_client *c, const char *group,
	       struct ipsec_err *err);
/* Gives each message of one datagram to fn. -ENOBUFS: events were lost. */
int ipsec_events(struct ipsec_client *c, ipsec_reply_fn *fn, void *ctx,
		 struct ipsec_err *err);

#endif
