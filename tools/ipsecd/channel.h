/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_CHANNEL_H
#define IPSECD_CHANNEL_H

#include "env.h"

/*
 * Messages between the two processes, over a socket that keeps their borders.
 * Both ends check everything; the privileged one takes the other for hostile.
 */
enum ipsecd_type {
	/* to the worker */
	IPSECD_FILE = 1, /* part of a file: name, bytes; FLAG_LAST */
	IPSECD_LOAD, /* make the policy of the files sent before, id: its number */
	IPSECD_DATAGRAM, /* path, bytes; also from the worker */
	IPSECD_EVENT, /* of the driver: a netlink datagram */
	IPSECD_RESYNC, /* events were lost */
	IPSECD_CONTROL, /* id, JSON */
	IPSECD_FETCHED, /* id, DER; empty: nothing came */
	IPSECD_RESPONSE, /* a filter of the default response; FLAG_LAST */
	IPSECD_UNSENT, /* a datagram could not be sent */
	IPSECD_UNREAD, /* a datagram could not be received */
	IPSECD_LISTEN, /* FLAG_LAST: events are wanted whatever the level */
	IPSECD_STOP, /* delete all, then go; FLAG_LAST: go at once */
	/* to the parent */
	IPSECD_READY, /* confined */
	IPSECD_LOADED, /* id; line in story, file, text; FLAG_LAST: it is good */
	/* level in flags, story, peer, rule, text; FLAG_LAST. Of an event also
	 * what is told (told.h), and a reason.
	 */
	IPSECD_LOG,
	IPSECD_KEYLOG, /* id: enum ike_keylog, line */
	IPSECD_ANSWER, /* id, part of JSON; FLAG_LAST */
	IPSECD_FETCH, /* id, URL, DER */
	IPSECD_STOPPED,
	IPSECD_TYPES,
};

#define IPSECD_FLAG_LAST 0x80
#define IPSECD_PARTS 5
#define IPSECD_BYTES_MAX 65536 /* of the parts of a message */
#define IPSECD_MESSAGE_MAX (IPSECD_BYTES_MAX + 128)

struct ipsecd_message {
	enum ipsecd_type type;
	uint8_t flags;
	uint32_t id;
	uint64_t story;
	struct ike_path path;
	struct ike_blob part[IPSECD_PARTS];
};

/* A part that is text. */
struct ike_blob ipsecd_text(const char *text);

/*
 * 0, or -EAGAIN when the other end does not keep up (flags MSG_DONTWAIT),
 * or what sendmsg(2) gives.
 */
int ipsecd_send(int fd, const struct ipsecd_message *m, int flags);
/* Bytes of a message as they travel. 0: it is too large. */
size_t ipsecd_encode(const struct ipsecd_message *m, void *buf, size_t size);
/*
 * A message from its bytes; its parts point into them. to_worker says which end
 * this is. 0, -EBADMSG.
 */
int ipsecd_decode(struct ipsecd_message *m, const void *buf, size_t len,
		  bool to_worker);
/* Wipes the parts of a message that was received: they had secrets in them. */
void ipsecd_forget(const struct ipsecd_message *m);
/* A message from the socket. -EAGAIN: none waits; -EPIPE: the other end is gone. */
int ipsecd_receive(int fd, void *buf, size_t size, struct ipsecd_message *m,
		   bool to_worker, int flags);

#endif
