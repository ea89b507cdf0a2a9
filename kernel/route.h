/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The outer route of a pair.
 */
#ifndef IPD_ROUTE_H
#define IPD_ROUTE_H

struct dst_entry;
struct ipd_pair;

struct dst_entry *ipd_route_lookup(const struct ipd_pair *pair);
struct dst_entry *ipd_route_get(struct ipd_pair *pair);

#endif /* IPD_ROUTE_H */
