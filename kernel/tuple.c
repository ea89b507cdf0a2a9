// SPDX-License-Identifier: GPL-2.0-only
#include "tuple.h"

#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "prefix.h"

#define SHAPE_LIST	27
#define SHAPE_SRC	19
#define SHAPE_DST	11
#define SHAPE_PROTO	10
#define SHAPE_SPORT	5

/* struct weight - how many nodes of rules of one weight a tuple has */
struct weight {
	struct rb_node node;
	u32 weight;
	u32 count;
};

static struct ipd_tuple *tuple_of(const struct rb_node *node)
{
	return rb_entry(node, struct ipd_tuple, shape_node);
}

static struct ipd_tuple *topped(const struct rb_node *node)
{
	return rb_entry(node, struct ipd_tuple, top_node);
}

static struct weight *weight_of(const struct rb_node *node)
{
	return rb_entry(node, struct weight, node);
}

static int tuple_cmp(const void *shape, const struct rb_node *node)
{
	u32 a = *(const u32 *)shape, b = tuple_of(node)->shape;

	return a < b ? -1 : a > b;
}

static bool tuple_less(struct rb_node *a, const struct rb_node *b)
{
	return tuple_of(a)->shape < tuple_of(b)->shape;
}

static bool top_before(struct rb_node *a, const struct rb_node *b)
{
	return topped(a)->mask.top > topped(b)->mask.top;
}

static int weight_cmp(const void *weight, const struct rb_node *node)
{
	u32 a = *(const u32 *)weight, b = weight_of(node)->weight;

	return a < b ? -1 : a > b;
}

static bool weight_less(struct rb_node *a, const struct rb_node *b)
{
	return weight_of(a)->weight < weight_of(b)->weight;
}

/**
 * ipd_tuple_shape() - the name of a tuple
 * @list: from ipd_tuple_list()
 * @src_plen: source prefix
 * @dst_plen: destination prefix
 * @proto: the protocol is looked at
 * @sport_plen: leading bits of the source port that are
 * @dport_plen: the same of the destination port
 */
u32 ipd_tuple_shape(unsigned int list, u8 src_plen, u8 dst_plen, bool proto, u8 sport_plen,
		    u8 dport_plen)
{
	return list << SHAPE_LIST | src_plen << SHAPE_SRC | dst_plen << SHAPE_DST |
	       proto << SHAPE_PROTO | sport_plen << SHAPE_SPORT | dport_plen;
}

static struct ipd_tuple_list *list_of(struct ipd_tuples *tuples, const struct ipd_tuple *tuple)
{
	return &tuples->list[tuple->shape >> SHAPE_LIST];
}

static u32 port_mask(u32 plen)
{
	return 0xffff & ~(0xffff >> plen);
}

static void mask_init(struct ipd_mask *mask, u32 shape)
{
	u8 family = shape >> SHAPE_LIST & 1 ? AF_INET6 : AF_INET;

	ipd_prefix_mask(&mask->src, shape >> SHAPE_SRC & 0xff, family);
	ipd_prefix_mask(&mask->dst, shape >> SHAPE_DST & 0xff, family);
	mask->proto = shape & BIT(SHAPE_PROTO) ? U64_MAX : 0;
	mask->ports = port_mask(shape >> SHAPE_SPORT & 0x1f) << 16 | port_mask(shape & 0x1f);
	mask->top = 0;
}

/* The heaviest rule is another one, of @top. */
static void tuple_set_top(struct ipd_tuples *tuples, struct ipd_tuple *tuple, u32 top)
{
	struct ipd_tuple_list *list = list_of(tuples, tuple);

	rb_erase(&tuple->top_node, &list->by_top);
	tuple->mask.top = top;
	rb_add(&tuple->top_node, &list->by_top, top_before);
	list->dirty = true;
}

static struct ipd_tuple *tuple_add(struct ipd_tuples *tuples, u32 shape)
{
	struct ipd_tuple *tuple = kmalloc(sizeof(*tuple), GFP_KERNEL_ACCOUNT);
	struct ipd_tuple_list *list;

	if (!tuple)
		return NULL;
	tuple->weights = RB_ROOT;
	tuple->shape = shape;
	mask_init(&tuple->mask, shape);
	tuple->mask.salt = get_random_u64();
	rb_add(&tuple->shape_node, &tuples->by_shape, tuple_less);
	tuples->n++;
	list = list_of(tuples, tuple);
	rb_add(&tuple->top_node, &list->by_top, top_before);
	list->n++;
	list->dirty = true;
	return tuple;
}

static void tuple_del(struct ipd_tuples *tuples, struct ipd_tuple *tuple)
{
	struct ipd_tuple_list *list = list_of(tuples, tuple);

	rb_erase(&tuple->top_node, &list->by_top);
	list->n--;
	list->dirty = true;
	rb_erase(&tuple->shape_node, &tuples->by_shape);
	tuples->n--;
	kfree(tuple);
}

/**
 * ipd_tuples_get() - count a node of a rule into its tuple
 * @tuples: of the classifier
 * @shape: of the tuple
 * @weight: of the rule
 *
 * Return: the tuple, NULL if there is no memory.
 */
struct ipd_tuple *ipd_tuples_get(struct ipd_tuples *tuples, u32 shape, u32 weight)
{
	struct rb_node *node = rb_find(&shape, &tuples->by_shape, tuple_cmp);
	struct ipd_tuple *tuple = node ? tuple_of(node) : tuple_add(tuples, shape);
	struct weight *entry;

	if (!tuple)
		return NULL;
	node = rb_find(&weight, &tuple->weights, weight_cmp);
	if (node) {
		weight_of(node)->count++;
		return tuple;
	}
	entry = kmalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry) {
		if (RB_EMPTY_ROOT(&tuple->weights))
			tuple_del(tuples, tuple);
		return NULL;
	}
	entry->weight = weight;
	entry->count = 1;
	rb_add(&entry->node, &tuple->weights, weight_less);
	if (weight > tuple->mask.top)
		tuple_set_top(tuples, tuple, weight);
	return tuple;
}

/** ipd_tuples_put() - undo ipd_tuples_get(); @tuple may be gone */
void ipd_tuples_put(struct ipd_tuples *tuples, struct ipd_tuple *tuple, u32 weight)
{
	struct rb_node *node = rb_find(&weight, &tuple->weights, weight_cmp);
	struct weight *entry = weight_of(node);

	if (--entry->count)
		return;
	rb_erase(node, &tuple->weights);
	kfree(entry);
	node = rb_last(&tuple->weights);
	if (!node)
		tuple_del(tuples, tuple);
	else if (weight > weight_of(node)->weight)
		tuple_set_top(tuples, tuple, weight_of(node)->weight);
}

static int sync_list(struct ipd_tuple_list *list)
{
	struct ipd_masks *old = rcu_dereference_protected(list->masks, true);
	struct ipd_masks *masks = NULL;
	struct rb_node *node;

	if (list->n) {
		masks = kvmalloc(struct_size(masks, mask, list->n), GFP_KERNEL_ACCOUNT);
		if (!masks)
			return -ENOMEM;
		masks->n = 0;
		for (node = rb_first(&list->by_top); node; node = rb_next(node))
			masks->mask[masks->n++] = topped(node)->mask;
	}
	rcu_assign_pointer(list->masks, masks);
	list->dirty = false;
	kvfree_rcu(old, rcu);
	return 0;
}

/**
 * ipd_tuples_sync() - bring the readers' lists up to date
 * @tuples: of the classifier
 *
 * A list that has tuples too many, or too early, costs probes and nothing else. So only
 * a rule that comes has to wait for this, not one that goes.
 *
 * Return: 0 or -ENOMEM.
 */
int ipd_tuples_sync(struct ipd_tuples *tuples)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < IPD_TUPLE_LISTS && !err; i++) {
		if (tuples->list[i].dirty)
			err = sync_list(&tuples->list[i]);
	}
	return err;
}

/** ipd_tuples_destroy() - free all, the readers' lists after a grace period */
void ipd_tuples_destroy(struct ipd_tuples *tuples)
{
	struct weight *weight, *next_weight;
	struct ipd_tuple *tuple, *next;
	struct ipd_masks *masks;
	unsigned int i;

	rbtree_postorder_for_each_entry_safe(tuple, next, &tuples->by_shape, shape_node) {
		rbtree_postorder_for_each_entry_safe(weight, next_weight, &tuple->weights, node)
			kfree(weight);
		kfree(tuple);
	}
	for (i = 0; i < IPD_TUPLE_LISTS; i++) {
		masks = rcu_dereference_protected(tuples->list[i].masks, true);
		kvfree_rcu(masks, rcu);
	}
}
