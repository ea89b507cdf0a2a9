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
/* Of the worker, as IPSECD_LOG brings it. */
void ipsecd_log_message(const struct ipsecd_message *m);
/* A worker counts its stories from 1; ours go on. */
void ipsecd_log_new_worker(void);
void ipsecd_log_set_level(enum ike_log_level level);
/* The last lines, oldest first. */
json_t *ipsecd_log_json(void);

#endif
