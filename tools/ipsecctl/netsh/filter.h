/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_FILTER_H
#define IPSECCTL_NETSH_FILTER_H

#include "netsh.h"

/* The parameters of a filter, the same in both contexts. */
#define NETSH_FILTER_PORTS        \
	{ .name = "srcport" },    \
	{                         \
		.name = "dstport" \
	}
#define NETSH_FILTER_MASKS        \
	{ .name = "srcmask" },    \
	{                         \
		.name = "dstmask" \
	}

/*
 * The filters of policy.yaml that match what the words of a netsh filter
 * match: a list of one or two, NULL with the error told. Windows' filters have
 * no side that is this host, ours are written from its side.
 */
json_t *netsh_filters(const struct netsh_values *v, struct ipsec_err *err);
/* Without what only describes it: are they the same? */
bool netsh_same_filter(const json_t *a, const json_t *b);

#endif
