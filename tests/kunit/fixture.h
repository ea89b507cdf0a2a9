/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A namespace's part that no packet reaches but those that a test makes, with a filter
 * for transport and one for tunnel mode; and SA pairs for it.
 */
#ifndef IPD_TEST_FIXTURE_H
#define IPD_TEST_FIXTURE_H

#include <kunit/test.h>

#include "net.h"

#define FILTER_HOSTS	1	/* transport, any host of 192.0.2.0/24 to any other */
#define FILTER_TUNNEL	2	/* tunnel, 198.51.100.0/24 to 203.0.113.0/24, soft allowed */

#define HOST(n)		htonl(0xc0000200 | (n))

static inline struct in6_addr addr4(__be32 addr)
{
	return (struct in6_addr){ .s6_addr32 = { addr } };
}

/* Ends with the test. */
struct ipd_net *ipd_test_net(struct kunit *test);

/* AES-GCM between hosts 1 and 2; @n makes SPIs and keys differ. */
struct ipd_pair_spec *ipd_test_spec(struct kunit *test, u8 n);
struct ipd_pair_spec *ipd_test_tunnel_spec(struct kunit *test, u8 n);
struct ipd_pair *ipd_test_add(struct ipd_net *in, struct ipd_pair_spec *spec);
struct ipd_pair *ipd_test_must_add(struct kunit *test, struct ipd_net *in, u8 n);

/* Pairs and reserved SPIs. */
u32 ipd_test_count(struct ipd_net *in);
bool ipd_test_no_sa(struct ipd_net *in);
/* Wait for it, ten seconds at most. */
bool ipd_test_soon(bool (*is)(struct ipd_net *in), struct ipd_net *in);

#endif /* IPD_TEST_FIXTURE_H */
