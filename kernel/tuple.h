/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tuples of a classifier: combinations of masks that have rules, and the order to
 * try them in. Each list, for a direction and a family, is an array that readers walk
 * under RCU, sorted by the weight of a tuple's heaviest rule.
 *
 * Weight depends on the selector alone, so a tuple has rules of few weights, and its
 * heaviest is known from counting them.
 */
#ifndef IPD_TUPLE_H
#define IPD_TUPLE_H

#include <linux/in6.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/socket.h>

#define IPD_TUPLE_LISTS	4

/**
 * struct ipd_mask - what of a key a tuple looks at; a copy, for readers
 * @src: network mask
 * @dst: network mask
 * @ports: mask of the source port in the upper half, of the destination port in the lower
 * @top: weight of the heaviest rule
 * @proto: all ones if the protocol is looked at, else 0
 * @salt: random, tells tuples apart
 */
struct ipd_mask {
	struct in6_addr src;
	struct in6_addr dst;
	u32 ports;
	u32 top;
	u64 proto;
	u64 salt;
};

/* Heaviest first. */
struct ipd_masks {
	struct rcu_head rcu;
	unsigned int n;
	struct ipd_mask mask[];
};

/**
 * struct ipd_tuple - a combination of masks; for writers
 * @shape_node: in tuples->by_shape
 * @top_node: in its list's by_top
 * @weights: of the rules, counted
 * @shape: see ipd_tuple_shape()
 * @mask: what readers get
 */
struct ipd_tuple {
	struct rb_node shape_node;
	struct rb_node top_node;
	struct rb_root weights;
	u32 shape;
	struct ipd_mask mask;
};

/**
 * struct ipd_tuple_list - tuples of a direction and family
 * @masks: for readers, RCU; NULL if there are none
 * @by_top: heaviest first
 * @n: their number
 * @dirty: @masks is not up to date
 */
struct ipd_tuple_list {
	struct ipd_masks __rcu *masks;
	struct rb_root by_top;
	unsigned int n;
	bool dirty;
};

/**
 * struct ipd_tuples - of one classifier; writers are serialised by its owner
 * @list: by ipd_tuple_list()
 * @by_shape: all tuples
 * @n: their number
 */
struct ipd_tuples {
	struct ipd_tuple_list list[IPD_TUPLE_LISTS];
	struct rb_root by_shape;
	unsigned int n;
};

static inline unsigned int ipd_tuple_list(u8 dir, u8 family)
{
	return 2 * dir + (family == AF_INET6);
}

u32 ipd_tuple_shape(unsigned int list, u8 src_plen, u8 dst_plen, bool proto, u8 sport_plen,
		    u8 dport_plen);
struct ipd_tuple *ipd_tuples_get(struct ipd_tuples *tuples, u32 shape, u32 weight);
void ipd_tuples_put(struct ipd_tuples *tuples, struct ipd_tuple *tuple, u32 weight);
int ipd_tuples_sync(struct ipd_tuples *tuples);
void ipd_tuples_destroy(struct ipd_tuples *tuples);

#endif /* IPD_TUPLE_H */
