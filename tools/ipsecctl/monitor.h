/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_MONITOR_H
#define IPSECCTL_MONITOR_H

#include "event.h"

/* monitor_text.c: an event as aligned text of at most 80 columns. */
void ctl_monitor_text(const struct ctl_event *e);
/* The same of one of ipsecd's, or of our own. */
void ctl_monitor_json_text(const json_t *event);

#endif
