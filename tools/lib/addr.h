/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_ADDR_H
#define IPSEC_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Two addresses of 45 characters, a dash and the final NUL. */
#define IPSEC_NET_STRLEN 96

struct ipsec_addr {
	uint8_t len; /* 0 (none), 4 or 16 */
	uint8_t b[16];
};

/* A prefix (last.len == 0) or a range; first.len == 0 is any address. */
struct ipsec_net {
	struct ipsec_addr first;
	struct ipsec_addr last;
	uint8_t plen;
};

/* The parsers return NULL, or what is wrong and what to write instead. */
const char *ipsec_addr_parse(struct ipsec_addr *a, const char *text);
const char *ipsec_net_parse(struct ipsec_net *n, const char *text);

const char *ipsec_addr_print(const struct ipsec_addr *a, char *buf,
			     size_t size);
const char *ipsec_net_print(const struct ipsec_net *n, char *buf, size_t size);

/* AF_INET, AF_INET6 or 0. */
int ipsec_addr_family(const struct ipsec_addr *a);
bool ipsec_addr_equal(const struct ipsec_addr *a, const struct ipsec_addr *b);
struct ipsec_net ipsec_net_host(const struct ipsec_addr *a);
/* One address, not a prefix of many or a range? */
bool ipsec_net_is_host(const struct ipsec_net *n);

#endif
