// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "env.h"

static bool addr_equal(const struct ipsec_addr *a, const struct ipsec_addr *b)
{
	return a->len == b->len && !memcmp(a->b, b->b, a->len);
}

bool ike_path_equal(const struct ike_path *a, const struct ike_path *b)
{
	return addr_equal(&a->local, &b->local) &&
	       addr_equal(&a->remote, &b->remote) &&
	       a->local_port == b->local_port &&
	       a->remote_port == b->remote_port;
}

const char *ike_path_text(const struct ike_path *path, char *buf, size_t size)
{
	char local[48], remote[48];

	snprintf(buf, size,
		 path->remote_port == IKE_PORT ? "%s -> %s" :
						 "%s -> %s port %u",
		 ipsec_addr_print(&path->local, local, sizeof(local)),
		 ipsec_addr_print(&path->remote, remote, sizeof(remote)),
		 path->remote_port);
	return buf;
}
