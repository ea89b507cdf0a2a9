/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_CONTROL_H
#define IPSECD_CONTROL_H

#include <event2/event.h>
#include <jansson.h>

#include "keys.h"

/*
 * The control socket: a request is one line of JSON, and so is its answer.
 * Only root is listened to. A connection has one request at a time.
 */
#define IPSECD_REQUEST_MAX 65536
#define IPSECD_FORWARD_MAX 4096 /* of one for the worker */
#define IPSECD_ANSWER_MAX (64U << 20)
#define IPSECD_CONNECTIONS_MAX 32
#define IPSECD_EVENTS_MAX (256U << 10) /* bytes kept for one who is slow */

struct ipsecd_control;

struct ipsecd_control_ops {
	/* An answer (malloc), or NULL: ipsecd_control_answer() will bring it. */
	char *(*request)(void *arg, uint32_t id, const char *line, size_t len);
	void *arg;
};

/* NULL with the error told. */
struct ipsecd_control *ipsecd_control_open(struct event_base *base,
					   const char *path,
					   const struct ipsecd_control_ops *ops,
					   struct ipsec_err *err);
void ipsecd_control_close(struct ipsecd_control *control);
/* Part of the answer to a request; the last one ends the line. */
void ipsecd_control_answer(struct ipsecd_control *control, uint32_t id,
			   struct ike_blob part, bool last);
/*
 * After its answer whoever sent the request gets events, one a line, until he
 * sends another one: that is refused, and ends the connection. Nobody is waited
 * for: one that is slow loses events, and is told how many.
 */
void ipsecd_control_subscribe(struct ipsecd_control *control, uint32_t id);
/* Is there anybody to tell? */
bool ipsecd_control_heard(const struct ipsecd_control *control);
void ipsecd_control_tell(struct ipsecd_control *control, const json_t *event);
/* All requests that wait get this answer. */
void ipsecd_control_fail(struct ipsecd_control *control, const char *line);

#endif
