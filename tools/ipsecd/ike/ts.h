/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_TS_H
#define IKE_TS_H

#include "id.h"
#include "message.h"
#include "model.h"

#define IKE_TS_MAX 16 /* selectors of one payload; others are not looked at */

/*
 * One traffic selector, RFC 7296 section 3.13.1. Ports from 65535 to 0 are
 * OPAQUE. For ICMP the port is type and code.
 */
struct ike_ts {
	uint8_t proto; /* 0: any */
	uint16_t port[2];
	struct ipsec_addr addr[2];
};

struct ike_ts_list {
	unsigned int count;
	struct ike_ts ts[IKE_TS_MAX];
};

/*
 * 0, -EBADMSG. Selectors of an unknown type are skipped, so that a list may
 * come out empty; one that ends before it starts is -EBADMSG, as is a payload
 * without any, or with another number of them than it says.
 */
int ikev2_ts_read(const struct ike_payload *p, struct ike_ts_list *list);
void ikev2_ts_write(struct ike_builder *b, uint8_t type,
		    const struct ike_ts_list *list);

/* What both allow; false when nothing is. */
bool ike_ts_intersect(const struct ike_ts *a, const struct ike_ts *b,
		      struct ike_ts *out);
bool ike_ts_contains(const struct ike_ts *a, const struct ike_ts *b);
bool ike_ts_equal(const struct ike_ts *a, const struct ike_ts *b);

/*
 * The two sides of a selector of the driver, taken in the outbound sense. Where
 * it has no address it is any of its family, or else of family, AF_INET or
 * AF_INET6. An ICMP type and
 * code is on both sides (RFC 4301 section 4.4.1.1 has only one port there).
 */
void ike_ts_from_selector(const struct ipsec_selector *sel, int family,
			  struct ike_ts *local, struct ike_ts *remote);
/*
 * -EINVAL for a pair that the driver cannot hold in one selector: two families
 * or protocols, OPAQUE ports, ports of a protocol without them, codes of
 * several ICMP types.
 */
int ike_ts_to_selector(const struct ike_ts *local, const struct ike_ts *remote,
		       struct ipsec_selector *sel);

/*
 * Identities of quick mode (RFC 2407 section 4.6.2) as selectors; 0 or
 * -EBADMSG, -EOPNOTSUPP for a type that names no addresses.
 */
int ikev1_ts_read(const struct ike_payload *p, struct ike_ts *ts);
/* One port or all: the message of any other range fails (ike_build_finish). */
void ikev1_ts_write(struct ike_builder *b, const struct ike_ts *ts);

/* A range as a prefix, if it is one, else as a range. */
void ike_ts_net(const struct ike_ts *ts, struct ipsec_net *net);
bool ike_ts_all_ports(const struct ike_ts *ts);

#define IKE_TS_STRLEN 160
/* "10.0.0.0/24 tcp 443", for logs. */
const char *ike_ts_text(const struct ike_ts *ts, char *buf, size_t size);

#endif
