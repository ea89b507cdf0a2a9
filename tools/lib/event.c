// SPDX-License-Identifier: GPL-2.0-or-later
/* What all events have, those of the driver and those of the daemon. */
#include "event.h"

#include <stdio.h>

struct ipsec_when ipsec_when(struct timespec time)
{
	struct ipsec_when when;
	struct tm tm;
	size_t len;

	gmtime_r(&time.tv_sec, &tm);
	len = strftime(when.text, sizeof(when.text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(when.text + len, sizeof(when.text) - len, ".%03ldZ",
		 time.tv_nsec / 1000000);
	return when;
}

json_t *ipsec_event_json(const char *event, const char *action)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return json_pack("{s:i, s:s, s:s, s:s}", "version", 1, "time",
			 ipsec_when(now).text, "event", event, "action",
			 action);
}

const char *ipsec_member(const json_t *map, const char *key)
{
	const char *value = json_string_value(json_object_get(map, key));

	return value ? value : "";
}
