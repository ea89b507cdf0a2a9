// SPDX-License-Identifier: GPL-2.0-only
/*
 * All tuples of a classifier share one hash table. A rule is one node in it, or one for
 * each prefix its ranges are cut into. A chain is sorted by rank, so the first rule that
 * matches is the best of its chain, whatever tuple it came from; the tuple only tells
 * which chain to look at, and the full match at the end is what decides.
 *
 * The tuples lie, sorted by the weight of their heaviest rule, in one array for each
 * direction and family. A look-up walks it and ends where no rule can beat the one
 * found. Weight is the upper half of a rank: it depends on the selector alone, so a tuple
 * has rules of few weights, and its heaviest is known from counting them.
 */

#include "classifier.h"

#include <linux/ipsecdrv.h>
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/sort.h>
#include <kunit/visibility.h>

#include "prefix.h"

/* A rule whose ranges make more prefixes than this has some of them enclosed in one. */
#define CLS_NODES_MAX	256
#define CLS_BUCKETS_MIN	64

/**
 * struct cls_mask - what of a key a tuple looks at
 * @src: network mask
 * @dst: network mask
 * @ports: mask of the source port in the upper half, of the destination port in the lower
 * @proto: 0xff or 0
 * @salt: tells tuples apart
 * @top: weight of the heaviest rule
 */
struct cls_mask {
	struct in6_addr src;
	struct in6_addr dst;
	u32 ports;
	u32 proto;
	u32 salt;
	u32 top;
};

/* Heaviest first. */
struct cls_masks {
	struct rcu_head rcu;
	unsigned int n;
	struct cls_mask mask[];
};

/**
 * struct cls_tuple - a combination of masks that has rules; the writers' side
 * @node: in cls->tuples
 * @weights: the rules' weights, struct cls_weight
 * @shape: see cls_shape()
 */
struct cls_tuple {
	struct rb_node node;
	struct rb_root weights;
	u32 shape;
	u32 salt;
};

struct cls_weight {
	struct rb_node node;
	u32 weight;
	u32 count;
};

/**
 * struct cls_node - a rule in the hash table
 * @next: in the chain of a table with that @link, RCU
 */
struct cls_node {
	struct cls_node __rcu *next[2];
	struct ipd_rule *rule;
	struct cls_tuple *tuple;
	u32 hash;
};

/** struct ipd_cls_nodes - all of one rule */
struct ipd_cls_nodes {
	struct rcu_head rcu;
	u32 n;
	bool published;
	struct cls_node node[];
};

/**
 * struct cls_hash - the hash table
 * @link: which of a node's links its chains use. A larger table takes the other one, so
 *	that readers of the smaller are not disturbed.
 */
struct cls_hash {
	struct rcu_head rcu;
	u32 mask;
	u32 link;
	struct cls_node __rcu *bucket[];
};

enum { CLS_LISTS = 4 };

/**
 * struct ipd_cls - a classifier
 * @masks: by cls_list(), NULL if it has no tuple
 * @hash: all nodes that are published
 * @seed: nobody outside knows what collides
 * @addrs: ports are left out
 * @iface_rules: rules that ask for a device
 * @tuples: by shape
 * @nodes: prepared, published or not
 * @dirty: bit mask of the @masks that are not up to date
 * @grown: state of RCU when @hash replaced a smaller one, 0 if it never did
 */
struct ipd_cls {
	struct cls_masks __rcu *masks[CLS_LISTS];
	struct cls_hash __rcu *hash;
	u32 seed;
	bool addrs;
	unsigned int iface_rules;

	struct rb_root tuples;
	unsigned int n_tuples;
	unsigned int nodes;
	u32 salt;
	u8 dirty;
	unsigned long grown;
	struct rcu_head rcu;
};

/* The caller serialises writers; with what is not for us to know. */
#define cls_deref(p) rcu_dereference_protected(p, true)

static unsigned int cls_list(u8 dir, u8 family)
{
	return 2 * dir + (family == AF_INET6);
}

/* --- Tuples --- */

/* Direction and family in the topmost bits: cls_list() of the tuple. */
static u32 cls_shape(unsigned int list, u8 src_plen, u8 dst_plen, bool proto, u8 sport_plen,
		     u8 dport_plen)
{
	return list << 27 | src_plen << 19 | dst_plen << 11 | proto << 10 | sport_plen << 5 |
	       dport_plen;
}

static unsigned int cls_shape_list(u32 shape)
{
	return shape >> 27;
}

static u32 cls_port_mask(u32 plen)
{
	return 0xffff & ~(0xffff >> plen);
}

static void cls_tuple_mask(const struct cls_tuple *tuple, struct cls_mask *mask)
{
	u8 family = cls_shape_list(tuple->shape) & 1 ? AF_INET6 : AF_INET;
	struct rb_node *top = rb_last(&tuple->weights);
	u32 shape = tuple->shape;

	ipd_prefix_mask(&mask->src, shape >> 19 & 0xff, family);
	ipd_prefix_mask(&mask->dst, shape >> 11 & 0xff, family);
	mask->proto = shape & BIT(10) ? 0xff : 0;
	mask->ports = cls_port_mask(shape >> 5 & 0x1f) << 16 | cls_port_mask(shape & 0x1f);
	mask->salt = tuple->salt;
	mask->top = top ? rb_entry(top, struct cls_weight, node)->weight : 0;
}

static int cls_tuple_cmp(const void *shape, const struct rb_node *node)
{
	u32 a = *(const u32 *)shape, b = rb_entry(node, struct cls_tuple, node)->shape;

	return a < b ? -1 : a > b;
}

static bool cls_tuple_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct cls_tuple, node)->shape <
	       rb_entry(b, struct cls_tuple, node)->shape;
}

static int cls_weight_cmp(const void *weight, const struct rb_node *node)
{
	u32 a = *(const u32 *)weight, b = rb_entry(node, struct cls_weight, node)->weight;

	return a < b ? -1 : a > b;
}

static bool cls_weight_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct cls_weight, node)->weight <
	       rb_entry(b, struct cls_weight, node)->weight;
}

static void cls_tuple_drop_if_empty(struct ipd_cls *cls, struct cls_tuple *tuple)
{
	if (!RB_EMPTY_ROOT(&tuple->weights))
		return;
	rb_erase(&tuple->node, &cls->tuples);
	cls->n_tuples--;
	kfree(tuple);
}

static struct cls_tuple *cls_tuple_find_or_add(struct ipd_cls *cls, u32 shape)
{
	struct rb_node *node = rb_find(&shape, &cls->tuples, cls_tuple_cmp);
	struct cls_tuple *tuple;

	if (node)
		return rb_entry(node, struct cls_tuple, node);
	tuple = kmalloc(sizeof(*tuple), GFP_KERNEL_ACCOUNT);
	if (!tuple)
		return NULL;
	tuple->weights = RB_ROOT;
	tuple->shape = shape;
	tuple->salt = cls->salt++;
	rb_add(&tuple->node, &cls->tuples, cls_tuple_less);
	cls->n_tuples++;
	return tuple;
}

/* The tuple of @shape, with one more node of @weight. NULL if there is no memory. */
static struct cls_tuple *cls_tuple_get(struct ipd_cls *cls, u32 shape, u32 weight)
{
	struct cls_tuple *tuple = cls_tuple_find_or_add(cls, shape);
	struct cls_weight *entry;
	struct rb_node *node;

	if (!tuple)
		return NULL;
	node = rb_find(&weight, &tuple->weights, cls_weight_cmp);
	if (node) {
		rb_entry(node, struct cls_weight, node)->count++;
		return tuple;
	}
	entry = kmalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry) {
		cls_tuple_drop_if_empty(cls, tuple);
		return NULL;
	}
	entry->weight = weight;
	entry->count = 1;
	rb_add(&entry->node, &tuple->weights, cls_weight_less);
	if (!rb_next(&entry->node))
		cls->dirty |= BIT(cls_shape_list(shape));
	return tuple;
}

static void cls_tuple_put(struct ipd_cls *cls, struct cls_tuple *tuple, u32 weight)
{
	struct rb_node *node = rb_find(&weight, &tuple->weights, cls_weight_cmp);
	struct cls_weight *entry = rb_entry(node, struct cls_weight, node);

	if (--entry->count)
		return;
	if (!rb_next(node))
		cls->dirty |= BIT(cls_shape_list(tuple->shape));
	rb_erase(node, &tuple->weights);
	kfree(entry);
	cls_tuple_drop_if_empty(cls, tuple);
}

/* --- What readers see --- */

static int cls_mask_cmp(const void *a, const void *b)
{
	const struct cls_mask *x = a, *y = b;

	if (x->top != y->top)
		return x->top > y->top ? -1 : 1;
	return x->salt < y->salt ? -1 : 1;
}

/* The array holds copies, so one that is out of date costs probes, but is not wrong as
 * long as it has every tuple, none of them with too low a weight.
 */
static int cls_sync_masks(struct ipd_cls *cls, unsigned int list)
{
	struct cls_masks *masks = NULL, *old = cls_deref(cls->masks[list]);
	struct rb_node *node;
	unsigned int n = 0;

	for (node = rb_first(&cls->tuples); node; node = rb_next(node))
		n += cls_shape_list(rb_entry(node, struct cls_tuple, node)->shape) == list;
	if (n) {
		masks = kvmalloc(struct_size(masks, mask, n), GFP_KERNEL_ACCOUNT);
		if (!masks)
			return -ENOMEM;
		masks->n = 0;
		for (node = rb_first(&cls->tuples); node; node = rb_next(node)) {
			struct cls_tuple *tuple = rb_entry(node, struct cls_tuple, node);

			if (cls_shape_list(tuple->shape) == list)
				cls_tuple_mask(tuple, &masks->mask[masks->n++]);
		}
		sort(masks->mask, n, sizeof(*masks->mask), cls_mask_cmp, NULL);
	}
	rcu_assign_pointer(cls->masks[list], masks);
	cls->dirty &= ~BIT(list);
	kvfree_rcu(old, rcu);
	return 0;
}

static struct cls_hash *cls_hash_alloc(unsigned int buckets, u32 link)
{
	struct cls_hash *hash;

	hash = kvzalloc(struct_size(hash, bucket, buckets), GFP_KERNEL_ACCOUNT);
	if (hash) {
		hash->mask = buckets - 1;
		hash->link = link;
	}
	return hash;
}

/* What a chain is split into keeps its order. A node mostly goes behind the one before. */
static void cls_hash_copy(struct cls_hash *to, const struct cls_hash *from)
{
	struct cls_node *node, *last, *next;
	struct cls_node __rcu **pos;
	unsigned int i;

	for (i = 0; i <= from->mask; i++) {
		last = NULL;
		for (node = cls_deref(from->bucket[i]); node; node = cls_deref(node->next[from->link])) {
			if (last && !((last->hash ^ node->hash) & to->mask))
				pos = &last->next[to->link];
			else
				pos = &to->bucket[node->hash & to->mask];
			while ((next = cls_deref(*pos)))
				pos = &next->next[to->link];
			RCU_INIT_POINTER(node->next[to->link], NULL);
			RCU_INIT_POINTER(*pos, node);
			last = node;
		}
	}
}

/* If there is no memory the chains are longer, that is all. */
static void cls_hash_grow(struct ipd_cls *cls)
{
	struct cls_hash *old = cls_deref(cls->hash), *hash;

	hash = cls_hash_alloc(roundup_pow_of_two(cls->nodes), !old->link);
	if (!hash)
		return;
	/* The table before @old had the links that @hash uses. */
	if (cls->grown)
		cond_synchronize_rcu(cls->grown);
	cls_hash_copy(hash, old);
	rcu_assign_pointer(cls->hash, hash);
	cls->grown = get_state_synchronize_rcu();
	kvfree_rcu(old, rcu);
}

/**
 * ipd_cls_sync() - make room for all rules that were prepared
 * @cls: classifier
 *
 * Return: 0, or -ENOMEM: then a rule prepared since the last success must not be
 * published.
 */
int ipd_cls_sync(struct ipd_cls *cls)
{
	unsigned int list;
	int err = 0;

	for (list = 0; list < CLS_LISTS && !err; list++) {
		if (cls->dirty & BIT(list))
			err = cls_sync_masks(cls, list);
	}
	if (!err && cls->nodes > cls_deref(cls->hash)->mask + 1)
		cls_hash_grow(cls);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_sync);

/* --- Rules --- */

static __always_inline u32 cls_key_hash(const struct ipd_cls *cls, const struct cls_mask *mask,
					const struct ipd_key *key, u32 scope, bool v6)
{
	const __be32 *src = key->src.s6_addr32, *smask = mask->src.s6_addr32;
	const __be32 *dst = key->dst.s6_addr32, *dmask = mask->dst.s6_addr32;
	u32 ports = ((u32)key->sport << 16 | key->dport) & mask->ports;
	u32 a = cls->seed, b = cls->seed + mask->salt, c = cls->seed;

	if (v6) {
		a += (__force u32)(src[0] & smask[0]);
		b += (__force u32)(src[1] & smask[1]);
		c += (__force u32)(src[2] & smask[2]);
		__jhash_mix(a, b, c);
		a += (__force u32)(src[3] & smask[3]);
		b += (__force u32)(dst[1] & dmask[1]);
		c += (__force u32)(dst[2] & dmask[2]);
		__jhash_mix(a, b, c);
		a += (__force u32)(dst[3] & dmask[3]);
		b += (__force u32)(dst[0] & dmask[0]);
	} else {
		a += (__force u32)(src[0] & smask[0]);
		b += (__force u32)(dst[0] & dmask[0]);
	}
	c += ports;
	__jhash_mix(a, b, c);
	a += key->proto & mask->proto;
	b += scope;
	__jhash_final(a, b, c);
	return c;
}

enum cls_field { CLS_SRC, CLS_DST, CLS_SPORT, CLS_DPORT, CLS_FIELDS };

/**
 * struct cls_cut - a rule's ranges on their way to prefixes
 * @whole: range of a field
 * @rest: what is not cut off yet
 * @prefix: the one at hand
 * @more: @rest is not empty
 */
struct cls_cut {
	struct ipd_span whole[CLS_FIELDS];
	struct ipd_span rest[CLS_FIELDS];
	struct ipd_prefix prefix[CLS_FIELDS];
	bool more[CLS_FIELDS];
};

static void cls_cut_field(struct cls_cut *cut, unsigned int i)
{
	cut->more[i] = ipd_span_cut(&cut->rest[i], &cut->prefix[i]);
}

static void cls_cut_start(struct cls_cut *cut, unsigned int i)
{
	cut->rest[i] = cut->whole[i];
	cls_cut_field(cut, i);
}

/* On to the next combination of prefixes. */
static bool cls_cut_next(struct cls_cut *cut)
{
	unsigned int i;

	for (i = 0; i < CLS_FIELDS; i++) {
		if (cut->more[i]) {
			cls_cut_field(cut, i);
			return true;
		}
		cls_cut_start(cut, i);
	}
	return false;
}

/* How many combinations there are, after enclosing fields until they are not too many:
 * ports first, for rules tend to differ in their addresses.
 */
static unsigned int cls_cut_fit(struct cls_cut *cut)
{
	unsigned int n[CLS_FIELDS], i;

	for (i = 0; i < CLS_FIELDS; i++)
		n[i] = ipd_span_count(cut->whole[i]);
	while (n[CLS_SRC] * n[CLS_DST] * n[CLS_SPORT] * n[CLS_DPORT] > CLS_NODES_MAX) {
		if (n[CLS_SPORT] * n[CLS_DPORT] > 1)
			i = n[CLS_SPORT] > n[CLS_DPORT] ? CLS_SPORT : CLS_DPORT;
		else
			i = n[CLS_SRC] > n[CLS_DST] ? CLS_SRC : CLS_DST;
		ipd_span_enclose(&cut->whole[i]);
		n[i] = 1;
	}
	return n[CLS_SRC] * n[CLS_DST] * n[CLS_SPORT] * n[CLS_DPORT];
}

static unsigned int cls_cut_init(struct cls_cut *cut, const struct ipd_selector *sel,
				 bool addrs)
{
	unsigned int n, i;

	cut->whole[CLS_SRC] = ipd_span_addrs(&sel->src, &sel->src_last, sel->family);
	cut->whole[CLS_DST] = ipd_span_addrs(&sel->dst, &sel->dst_last, sel->family);
	cut->whole[CLS_SPORT] = ipd_span_ports(0, U16_MAX);
	cut->whole[CLS_DPORT] = cut->whole[CLS_SPORT];
	if (!addrs) {
		cut->whole[CLS_SPORT] = ipd_span_ports(sel->sport, sel->sport_last);
		cut->whole[CLS_DPORT] = ipd_span_ports(sel->dport, sel->dport_last);
	}
	n = cls_cut_fit(cut);
	for (i = 0; i < CLS_FIELDS; i++)
		cls_cut_start(cut, i);
	return n;
}

static u32 cls_rule_weight(const struct ipd_rule *rule)
{
	return rule->rank >> 32;
}

static int cls_node_init(struct ipd_cls *cls, struct cls_node *node, struct ipd_rule *rule,
			 const struct cls_cut *cut)
{
	const struct ipd_selector *sel = rule->sel;
	const struct ipd_prefix *prefix = cut->prefix;
	struct ipd_key key = { .proto = sel->proto };
	struct cls_mask mask;
	u32 shape;

	shape = cls_shape(cls_list(rule->dir, sel->family), prefix[CLS_SRC].plen,
			  prefix[CLS_DST].plen, sel->proto, prefix[CLS_SPORT].plen,
			  prefix[CLS_DPORT].plen);
	node->tuple = cls_tuple_get(cls, shape, cls_rule_weight(rule));
	if (!node->tuple)
		return -ENOMEM;
	node->rule = rule;

	ipd_prefix_addr(&key.src, &prefix[CLS_SRC], sel->family);
	ipd_prefix_addr(&key.dst, &prefix[CLS_DST], sel->family);
	key.sport = prefix[CLS_SPORT].first.lo;
	key.dport = prefix[CLS_DPORT].first.lo;
	cls_tuple_mask(node->tuple, &mask);
	node->hash = cls_key_hash(cls, &mask, &key, rule->scope, sel->family == AF_INET6);
	return 0;
}

static void cls_nodes_free(struct ipd_cls *cls, struct ipd_cls_nodes *nodes)
{
	unsigned int i;

	for (i = 0; i < nodes->n; i++)
		cls_tuple_put(cls, nodes->node[i].tuple, cls_rule_weight(nodes->node[i].rule));
	cls->nodes -= nodes->n;
	kfree_rcu(nodes, rcu);
}

/**
 * ipd_cls_prepare() - get all that a rule needs, so that publishing it cannot fail
 * @cls: classifier
 * @rule: rule
 *
 * Return: 0, or -ENOMEM with nothing changed.
 */
int ipd_cls_prepare(struct ipd_cls *cls, struct ipd_rule *rule)
{
	struct ipd_cls_nodes *nodes;
	struct cls_cut cut;
	unsigned int n;

	n = cls_cut_init(&cut, rule->sel, cls->addrs);
	nodes = kmalloc(struct_size(nodes, node, n), GFP_KERNEL_ACCOUNT);
	if (!nodes)
		return -ENOMEM;
	nodes->published = false;
	nodes->n = 0;
	do {
		if (cls_node_init(cls, &nodes->node[nodes->n], rule, &cut)) {
			cls_nodes_free(cls, nodes);
			return -ENOMEM;
		}
		nodes->n++;
		cls->nodes++;
	} while (cls_cut_next(&cut));

	if (ipd_selector_has_iface(rule->sel))
		WRITE_ONCE(cls->iface_rules, cls->iface_rules + 1);
	rule->nodes = nodes;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_prepare);

/**
 * ipd_cls_publish() - let packets see a rule
 * @cls: classifier, synced since the rule was prepared
 * @rule: rule, prepared; nothing is done if it is published
 *
 * Rules are published fastest in the order of their ranks, lowest first.
 */
void ipd_cls_publish(struct ipd_cls *cls, struct ipd_rule *rule)
{
	struct cls_hash *hash = cls_deref(cls->hash);
	struct ipd_cls_nodes *nodes = rule->nodes;
	struct cls_node __rcu **pos;
	struct cls_node *next;
	unsigned int i;

	if (nodes->published)
		return;
	for (i = 0; i < nodes->n; i++) {
		pos = &hash->bucket[nodes->node[i].hash & hash->mask];
		while ((next = cls_deref(*pos)) && next->rule->rank > rule->rank)
			pos = &next->next[hash->link];
		/* A reader may still be here, if the rule was published before. What it
		 * goes on to has lower ranks, then as now.
		 */
		rcu_assign_pointer(nodes->node[i].next[hash->link], next);
		rcu_assign_pointer(*pos, &nodes->node[i]);
	}
	nodes->published = true;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_publish);

/**
 * ipd_cls_withdraw() - hide a rule from packets
 * @cls: classifier
 * @rule: rule; nothing is done if it is not published
 *
 * Packets that are on their way may see it until a grace period has passed.
 */
void ipd_cls_withdraw(struct ipd_cls *cls, struct ipd_rule *rule)
{
	struct cls_hash *hash = cls_deref(cls->hash);
	struct ipd_cls_nodes *nodes = rule->nodes;
	struct cls_node __rcu **pos;
	unsigned int i;

	if (!nodes->published)
		return;
	for (i = 0; i < nodes->n; i++) {
		pos = &hash->bucket[nodes->node[i].hash & hash->mask];
		while (cls_deref(*pos) != &nodes->node[i])
			pos = &cls_deref(*pos)->next[hash->link];
		rcu_assign_pointer(*pos, cls_deref(nodes->node[i].next[hash->link]));
	}
	nodes->published = false;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_withdraw);

/**
 * ipd_cls_release() - give back what ipd_cls_prepare() got
 * @cls: classifier
 * @rule: rule, withdrawn; nothing is done if it is in no classifier
 */
void ipd_cls_release(struct ipd_cls *cls, struct ipd_rule *rule)
{
	if (!rule->nodes)
		return;
	if (ipd_selector_has_iface(rule->sel))
		WRITE_ONCE(cls->iface_rules, cls->iface_rules - 1);
	cls_nodes_free(cls, rule->nodes);
	rule->nodes = NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_release);

/** ipd_cls_forget() - free what @rule has of a classifier that was destroyed */
void ipd_cls_forget(struct ipd_rule *rule)
{
	kfree(rule->nodes);
	rule->nodes = NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_forget);

/**
 * ipd_cls_insert() - prepare and publish one rule
 * @cls: classifier
 * @rule: rule
 *
 * Return: 0, or -ENOMEM with nothing changed.
 */
int ipd_cls_insert(struct ipd_cls *cls, struct ipd_rule *rule)
{
	int err = ipd_cls_prepare(cls, rule);

	if (err)
		return err;
	err = ipd_cls_sync(cls);
	if (err) {
		ipd_cls_release(cls, rule);
		return err;
	}
	ipd_cls_publish(cls, rule);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_insert);

/**
 * ipd_cls_remove() - withdraw and release one rule
 * @cls: classifier
 * @rule: rule; may be freed after a grace period
 */
void ipd_cls_remove(struct ipd_cls *cls, struct ipd_rule *rule)
{
	ipd_cls_withdraw(cls, rule);
	ipd_cls_release(cls, rule);
	/* Drops tuples that are no more; without memory they stay until the next change. */
	ipd_cls_sync(cls);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_remove);

/* --- Look-up --- */

static __always_inline struct ipd_rule *
cls_walk(const struct ipd_cls *cls, const struct ipd_key *key, u32 scope,
	 const struct ipd_iface *iface, bool v6)
{
	const struct cls_masks *masks = rcu_dereference(cls->masks[cls_list(key->dir, key->family)]);
	const struct cls_hash *hash = rcu_dereference(cls->hash);
	bool no_ports = key->flags & IPD_KEY_NO_PORTS && !cls->addrs;
	const struct cls_mask *mask, *end;
	struct ipd_rule *rule, *best = NULL;
	const struct cls_node *node;
	u32 best_weight = 0, value;

	if (!masks)
		return NULL;
	end = masks->mask + masks->n;
	for (mask = masks->mask; mask < end && mask->top >= best_weight; mask++) {
		if (unlikely(no_ports) && mask->ports)
			continue;
		value = cls_key_hash(cls, mask, key, scope, v6);
		for (node = rcu_dereference(hash->bucket[value & hash->mask]); node;
		     node = rcu_dereference(node->next[hash->link])) {
			if (likely(node->hash != value))
				continue;
			rule = node->rule;
			if (best && rule->rank < best->rank)
				break;
			if (rule->scope != scope || rule->dir != key->dir ||
			    (!rule->group && key->flags & IPD_KEY_GROUP))
				continue;
			if (cls->addrs ? !ipd_selector_match_addrs(rule->sel, key) ||
					 !ipd_selector_match_iface(rule->sel, iface) :
					 !ipd_selector_match(rule->sel, key, iface))
				continue;
			best = rule;
			best_weight = cls_rule_weight(rule);
			break;
		}
	}
	return best;
}

/**
 * ipd_cls_lookup() - the rule that acts on a packet
 * @cls: classifier
 * @key: packet
 * @scope: of the rules that are meant
 * @iface: the packet's device, NULL if ipd_cls_uses_iface() says that no rule asks for it
 *
 * Return: the rule of highest rank that matches, or NULL. Valid under RCU.
 */
struct ipd_rule *ipd_cls_lookup(const struct ipd_cls *cls, const struct ipd_key *key,
				u32 scope, const struct ipd_iface *iface)
{
	if (key->family == AF_INET)
		return cls_walk(cls, key, scope, iface, false);
	return cls_walk(cls, key, scope, iface, true);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_lookup);

/**
 * ipd_cls_lookup_addrs() - the best rule that a packet could be meant by, its ports not
 *	being known
 * @cls: classifier made by ipd_cls_create_addrs(), scope 0
 * @key: packet
 * @iface: as above
 *
 * Return: the rule of highest rank whose addresses, protocol and device match, or NULL.
 * Valid under RCU.
 */
struct ipd_rule *ipd_cls_lookup_addrs(const struct ipd_cls *cls, const struct ipd_key *key,
				      const struct ipd_iface *iface)
{
	return ipd_cls_lookup(cls, key, 0, iface);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_lookup_addrs);

/** ipd_cls_tuples() - probes of the longest look-up, in all directions and families */
unsigned int ipd_cls_tuples(const struct ipd_cls *cls)
{
	return READ_ONCE(cls->n_tuples);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_tuples);

/** ipd_cls_uses_iface() - does any rule ask for a device? */
bool ipd_cls_uses_iface(const struct ipd_cls *cls)
{
	return READ_ONCE(cls->iface_rules);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_uses_iface);

static struct ipd_cls *cls_create(bool addrs)
{
	struct ipd_cls *cls = kzalloc(sizeof(*cls), GFP_KERNEL_ACCOUNT);
	struct cls_hash *hash;

	if (!cls)
		return NULL;
	hash = cls_hash_alloc(CLS_BUCKETS_MIN, 0);
	if (!hash) {
		kfree(cls);
		return NULL;
	}
	RCU_INIT_POINTER(cls->hash, hash);
	cls->tuples = RB_ROOT;
	cls->seed = get_random_u32();
	cls->addrs = addrs;
	return cls;
}

/** ipd_cls_create() - an empty classifier, or NULL */
struct ipd_cls *ipd_cls_create(void)
{
	return cls_create(false);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_create);

/** ipd_cls_create_addrs() - the same for rules whose ports do not count, or NULL */
struct ipd_cls *ipd_cls_create_addrs(void)
{
	return cls_create(true);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_create_addrs);

/**
 * ipd_cls_destroy() - free a classifier after a grace period
 * @cls: classifier; rules that are still in it want ipd_cls_forget() after one, too
 */
void ipd_cls_destroy(struct ipd_cls *cls)
{
	struct cls_weight *weight, *next_weight;
	struct cls_tuple *tuple, *next;
	unsigned int list;

	rbtree_postorder_for_each_entry_safe(tuple, next, &cls->tuples, node) {
		rbtree_postorder_for_each_entry_safe(weight, next_weight, &tuple->weights, node)
			kfree(weight);
		kfree(tuple);
	}
	for (list = 0; list < CLS_LISTS; list++)
		kvfree_rcu(cls_deref(cls->masks[list]), rcu);
	kvfree_rcu(cls_deref(cls->hash), rcu);
	kfree_rcu(cls, rcu);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_destroy);
