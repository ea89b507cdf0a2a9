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
	FILE_PERSISTENT,
	FILE_DYNAMIC,
	FILE_BINDINGS,
	FILE_PSK,
	FILE_KINDS,
};

/* Of which fuzz_control asks. */
#define CONTROL_POLICY                                                 \
	"rules:\n- {name: x, filters: [{from: 10.0.0.1, to: "          \
	"10.0.0.2}], psk: open sesame}\n- {name: y, filters: [{from: " \
	"10.0.0.1, to: 10.1.0.0/16}], psk: open sesame}\n"

/* What the targets of all but IKE and certificates start from. */
typedef void daemon_seed_fn(const char *target, const void *head,
			    size_t head_len, const void *data, size_t len);
void daemon_seeds(daemon_seed_fn *put);

#endif
