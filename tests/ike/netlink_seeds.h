/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_NETLINK_SEEDS_H
#define TEST_NETLINK_SEEDS_H

#include <stddef.h>

/* Who says the rest of an input of fuzz_netlink: its first byte. */
enum netlink_speaker {
	NETLINK_WORKER, /* messages as they come, here and below */
	NETLINK_WORKER_MADE, /* a command, and the attributes of its message */
	NETLINK_EVENTS, /* of the driver */
	NETLINK_ANSWERS, /* the number of a call, and what the driver says */
	NETLINK_ADDRESSES,
	NETLINK_ROUTES,
	NETLINK_CHANGES, /* of both */
	NETLINK_SPEAKERS,
};

/* What the driver is asked, whose answer is NETLINK_ANSWERS' second byte on. */
enum netlink_call {
	NETLINK_CALL_SPI,
	NETLINK_CALL_SA_ADD,
	NETLINK_CALL_SA_DEL,
	NETLINK_CALL_SA_GET,
	NETLINK_CALL_SA_DUMP,
	NETLINK_CALL_ACQUIRE_DUMP,
	NETLINK_CALL_SOFT_DUMP,
	NETLINK_CALL_CONFIG_GET,
	NETLINK_CALL_FILTER_DUMP,
	NETLINK_CALLS,
};

typedef void netlink_seed_fn(const char *target, const void *head,
			     size_t head_len, const void *data, size_t len);
void netlink_seeds(netlink_seed_fn *put);

#endif
