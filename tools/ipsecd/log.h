/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_LOG_H
#define IPSECD_LOG_H

#include <jansson.h>

#include "channel.h"

/* Where lines go, and the last ones, for those who ask later. */
void ipsecd_log_init(bool to_syslog);
/* Of the daemon itself; at level IKE_LOG_DEBUG only when verbose. */
void ipsecd_log_line(enum ike_log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for an error, with its place. */
void ipsecd_log_error(const struct ipsec_err *err);
/* What became of the policy: a line of level notice that is an event, too. */
void ipsecd_log_policy(const char *action, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Of the worker, as IPSECD_LOG brings it. 0, or -EBADMSG: it is none. */
int ipsecd_log_message(const struct ipsecd_message *m);
/* Who is told of each event, whatever the level, as long as he wants to be. */
void ipsecd_log_watch(bool (*wants)(void *arg),
		      void (*fn)(void *arg, const json_t *event), void *arg);
/* A worker counts its stories from 1; ours go on. */
void ipsecd_log_new_worker(void);
void ipsecd_log_set_level(enum ike_log_level level);
/* The last lines, oldest first. */
json_t *ipsecd_log_json(void);

#endif
