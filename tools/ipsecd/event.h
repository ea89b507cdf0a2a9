/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_EVENT_H
#define IPSECD_EVENT_H

#include <jansson.h>

#include "channel.h"
#include "told.h"

/*
 * An event as JSON, as those who listen on the control socket are sent it; its
 * members are also the fields of the journal. NULL: no memory.
 */
json_t *ipsecd_event_sa(const struct ike_told *told,
			const struct ipsecd_message *m);
json_t *ipsecd_event_policy(const char *action, const char *text);
/* For the journal, that such events are found by. */
const char *ipsecd_event_id(const json_t *event);

#endif
