/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_EVENT_H
#define IPSEC_EVENT_H

#include <jansson.h>
#include <time.h>

/* "2026-11-30T07:45:25.123Z" */
struct ipsec_when {
	char text[32];
};

/* In UTC, to the millisecond (ISO 8601). */
struct ipsec_when ipsec_when(struct timespec time);
/* Text of a member of a JSON object, "": it has none. */
const char *ipsec_member(const json_t *map, const char *key);
/* The head of an event as JSON, whoever tells it: version, time, event, action. */
json_t *ipsec_event_json(const char *event, const char *action);

#endif
