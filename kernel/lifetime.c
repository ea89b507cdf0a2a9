// SPDX-License-Identifier: GPL-2.0-only
/*
 * See lifetime.h. A limit is reached when the usage equals it.
 */
#include <linux/ipsecdrv.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include <kunit/visibility.h>

#include "lifetime.h"

/**
 * ipd_limits_check() - are limits consistent?
 * @limits: as user space gave them
 *
 * A soft limit equal to the hard one is useless but means what it says.
 *
 * Return: text for the extack, or NULL if they are.
 */
const char *ipd_limits_check(const struct ipd_limits *limits)
{
	if (limits->hard_seconds && limits->soft_seconds > limits->hard_seconds)
		return "soft-seconds is above hard-seconds";
	if (limits->hard_bytes && limits->soft_bytes > limits->hard_bytes)
		return "soft-bytes is above hard-bytes";
	if (limits->hard_packets && limits->soft_packets > limits->hard_packets)
		return "soft-packets is above hard-packets";
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_limits_check);

static bool ipd_reached(u64 used, u64 limit, u8 what, u8 *reason)
{
	if (likely(!limit || used < limit))
		return false;
	*reason = what;
	return true;
}

/**
 * ipd_limits_hit() - has a limit been reached?
 * @limits: of the pair
 * @usage: of one of its directions
 * @reason: enum ipsecdrv_expire_reason, set if one has
 *
 * A hard limit counts before a soft one; idling is a hard limit. That each is told once
 * is the caller's care.
 */
enum ipd_limit_hit ipd_limits_hit(const struct ipd_limits *limits,
				  const struct ipd_usage *usage, u8 *reason)
{
	if (ipd_reached(usage->age, limits->hard_seconds,
			IPSECDRV_EXPIRE_REASON_TIME, reason) ||
	    ipd_reached(usage->bytes, limits->hard_bytes,
			IPSECDRV_EXPIRE_REASON_BYTES, reason) ||
	    ipd_reached(usage->packets, limits->hard_packets,
			IPSECDRV_EXPIRE_REASON_PACKETS, reason) ||
	    ipd_reached(usage->idle, limits->idle_seconds,
			IPSECDRV_EXPIRE_REASON_IDLE, reason))
		return IPD_LIMIT_HARD;

	if (ipd_reached(usage->age, limits->soft_seconds,
			IPSECDRV_EXPIRE_REASON_TIME, reason) ||
	    ipd_reached(usage->bytes, limits->soft_bytes,
			IPSECDRV_EXPIRE_REASON_BYTES, reason) ||
	    ipd_reached(usage->packets, limits->soft_packets,
			IPSECDRV_EXPIRE_REASON_PACKETS, reason))
		return IPD_LIMIT_SOFT;

	return IPD_LIMIT_NONE;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_limits_hit);

/* Lower *@next to when @used runs into @limit. False if there is no limit. */
static bool ipd_sooner(u64 *next, u64 used, u64 limit)
{
	if (!limit)
		return false;
	*next = min(*next, limit > used ? limit - used : 0);
	return true;
}

/**
 * ipd_limits_next() - when the clock can next reach a limit
 * @limits: of the pair
 * @age: its age in seconds
 * @idle: seconds since its last packet
 * @soft_done: its soft limit was reached before and does not count any more
 * @seconds: from now, 0 if it has been reached; set if there is a limit
 *
 * Return: false if time does not limit the pair.
 */
bool ipd_limits_next(const struct ipd_limits *limits, u64 age, u32 idle, bool soft_done,
		     u64 *seconds)
{
	u64 next = U64_MAX;
	bool limited = false;

	if (!soft_done)
		limited |= ipd_sooner(&next, age, limits->soft_seconds);
	limited |= ipd_sooner(&next, age, limits->hard_seconds);
	limited |= ipd_sooner(&next, idle, limits->idle_seconds);
	if (limited)
		*seconds = next;
	return limited;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_limits_next);
