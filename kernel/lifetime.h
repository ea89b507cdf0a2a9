/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits of an SA pair: seconds, bytes, packets, idle time (RFC 4301 section 4.4.2.1).
 * Pure arithmetic; sadb reads the clock and acts.
 */
#ifndef IPD_LIFETIME_H
#define IPD_LIFETIME_H

#include <linux/types.h>

/* A sequence number is never used twice: ask for a rekey this many packets before. */
#define IPD_SEQ_MAX		((u64)U32_MAX)
#define IPD_SEQ_SOFT		(IPD_SEQ_MAX - (1U << 24))
#define IPD_SEQ_MAX_ESN		(U64_MAX - 1)
#define IPD_SEQ_SOFT_ESN	(U64_MAX - (1ULL << 32))

/** struct ipd_limits - 0 is no limit */
struct ipd_limits {
	u64 soft_seconds;
	u64 hard_seconds;
	u64 soft_bytes;
	u64 hard_bytes;
	u64 soft_packets;
	u64 hard_packets;
	u32 idle_seconds;
};

/** struct ipd_usage - one direction of a pair, as far as limits go; age in seconds */
struct ipd_usage {
	u64 bytes;
	u64 packets;
	u64 age;
	u32 idle;
};

enum ipd_limit_hit {
	IPD_LIMIT_NONE,
	IPD_LIMIT_SOFT,
	IPD_LIMIT_HARD,
};

/* Why ipd_limits_valid() refuses, for the extack; NULL if it does not. */
const char *ipd_limits_check(const struct ipd_limits *limits);
enum ipd_limit_hit ipd_limits_hit(const struct ipd_limits *limits,
				  const struct ipd_usage *usage, u8 *reason);
bool ipd_limits_next(const struct ipd_limits *limits, u64 age, u32 idle, bool soft_done,
		     u64 *seconds);

#endif /* IPD_LIFETIME_H */
