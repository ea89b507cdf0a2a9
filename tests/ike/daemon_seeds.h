/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_DAEMON_SEEDS_H
#define TEST_DAEMON_SEEDS_H

#include <stddef.h>

/* Which file the rest of an input of fuzz_files is: its first byte. */
enum file_kind {
	FILE_RESOLV_CONF,
	FILE_HOSTS,
	FILE_NETWORKD,
	FILE_DHCLIENT,
	FILE_PACKED, /* without the hash at its end */
	FILE_PENDING,
	FILE_NAMES,
	FILE_CREDENTIAL,
	FILE_TRUST,
	FILE_HIDDEN,
	FILE_BINDINGS,
	FILE_PSK,
	FILE_KINDS,
};

/* What the targets of all but IKE and certificates start from. */
typedef void daemon_seed_fn(const char *target, const void *head,
			    size_t head_len, const void *data, size_t len);
void daemon_seeds(daemon_seed_fn *put);

#endif
