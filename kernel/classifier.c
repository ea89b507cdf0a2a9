// SPDX-License-Identifier: GPL-2.0-only
/*
 * All tuples of a classifier share one hash table. A rule is one node in it, or one for
 * each combination of prefixes that its ranges are cut into. A chain is sorted by rank,
 * so the first rule that matches is the best of its chain, whatever tuple it came from;
 * the tuple only tells which chain to look at, and the full match at the end decides. A
 * look-up walks the tuples and ends where none can have a rule to beat the one found.
 *
 * Most tuples have no rule for a packet. To find that out in the hash table costs a cache
 * miss for each where there are many rules, and another for a node that happens to be in
 * the bucket. So a sieve of a sixteenth of the table's size is asked first.
 */

#include "classifier.h"

#include <linux/ipsecdrv.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <kunit/visibility.h>

#include "cut.h"
#include "hash.h"
#include "sieve.h"
#include "tuple.h"

#define BUCKETS_MIN	64
/* That share a word of the sieve. */
#define SIEVE_BUCKETS	16

/**
 * struct cls_node - a rule in the hash table
 * @next: in the chain of a table with that @link, RCU
 * @rule: the rule
 * @tuple: that it is counted in
 * @hash: of the masked key
 */
struct cls_node {
	struct cls_node __rcu *next[2];
	struct ipd_rule *rule;
	struct ipd_tuple *tuple;
	u32 hash;
};

/**
 * struct ipd_cls_nodes - all of one rule
 * @rcu: to free them
 * @n: their number
 * @published: they are in the hash table
 * @node: one for each combination of prefixes
 */
struct ipd_cls_nodes {
	struct rcu_head rcu;
	u32 n;
	bool published;
	struct cls_node node[];
};

/**
 * struct cls_hash - the hash table
 * @rcu: to free it
 * @mask: number of buckets less one
 * @link: which of a node's links its chains use. A larger table takes the other one, so
 *	that readers of the smaller are not disturbed.
 * @sieve: has the nodes, and some that have gone; RCU
 * @bucket: chains, highest rank first
 */
struct cls_hash {
	struct rcu_head rcu;
	u32 mask;
	u32 link;
	struct ipd_sieve __rcu *sieve;
	struct cls_node __rcu *bucket[];
};

/**
 * struct cls_factors - of the hash, which is a sum of 64-bit products, see ipd_hash_fold()
 * @src: for the words of the source address
 * @dst: for those of the destination address
 * @ports: for both
 * @proto: for the protocol
 * @scope: for the scope
 *
 * Random factors that nobody outside knows make it strongly universal (Lemire, Kaser:
 * Strongly universal string hashing is fast).
 */
struct cls_factors {
	u64 src[4];
	u64 dst[4];
	u64 ports;
	u64 proto;
	u64 scope;
};

/**
 * struct ipd_cls - a classifier
 * @tuples: of all rules that are prepared
 * @hash: nodes of all that are published
 * @factors: of the hash
 * @addrs: ports are left out
 * @iface_rules: rules that ask for a device
 * @nodes: of all rules that are prepared
 * @gone: nodes that were taken out since the sieve was made
 * @grown: state of RCU when @hash replaced a smaller one, 0 if it never did
 * @rcu: to free it
 */
struct ipd_cls {
	struct ipd_tuples tuples;
	struct cls_hash __rcu *hash;
	struct cls_factors factors;
	bool addrs;
	unsigned int iface_rules;
	unsigned int nodes;
	unsigned int gone;
	unsigned long grown;
	struct rcu_head rcu;
};

/**
 * struct cls_words - what is hashed of a key
 * @src: source address
 * @dst: destination address
 * @ports: as in struct ipd_mask
 * @proto: times its factor
 * @scope: times its factor
 */
struct cls_words {
	const __be32 *src;
	const __be32 *dst;
	u32 ports;
	u64 proto;
	u64 scope;
};

/* The caller serialises writers, with what is not for us to know. */
#define cls_deref(p) rcu_dereference_protected(p, true)

static struct cls_hash *cls_hash_alloc(unsigned int buckets, u32 link)
{
	struct ipd_sieve *sieve = ipd_sieve_alloc(buckets / SIEVE_BUCKETS);
	struct cls_hash *hash;

	if (!sieve)
		return NULL;
	hash = kvzalloc(struct_size(hash, bucket, buckets), GFP_KERNEL_ACCOUNT);
	if (!hash) {
		kvfree(sieve);
		return NULL;
	}
	hash->mask = buckets - 1;
	hash->link = link;
	RCU_INIT_POINTER(hash->sieve, sieve);
	return hash;
}

static void cls_hash_free_rcu(struct cls_hash *hash)
{
	struct ipd_sieve *sieve = cls_deref(hash->sieve);

	kvfree_rcu(sieve, rcu);
	kvfree_rcu(hash, rcu);
}

/* What a chain is split into keeps its order. A node mostly goes behind the one before. */
static void cls_hash_copy(struct cls_hash *to, const struct cls_hash *from)
{
	struct ipd_sieve *sieve = cls_deref(to->sieve);
	struct cls_node *node, *last, *next;
	struct cls_node __rcu **pos;
	unsigned int i;

	for (i = 0; i <= from->mask; i++) {
		last = NULL;
		for (node = cls_deref(from->bucket[i]); node;
		     node = cls_deref(node->next[from->link])) {
			if (last && !((last->hash ^ node->hash) & to->mask))
				pos = &last->next[to->link];
			else
				pos = &to->bucket[node->hash & to->mask];
			while ((next = cls_deref(*pos)))
				pos = &next->next[to->link];
			RCU_INIT_POINTER(node->next[to->link], NULL);
			RCU_INIT_POINTER(*pos, node);
			ipd_sieve_add(sieve, node->hash);
			last = node;
		}
	}
}

/* If there is no memory the chains are longer, that is all. */
static void cls_hash_grow(struct ipd_cls *cls)
{
	struct cls_hash *old = cls_deref(cls->hash), *hash;

	hash = cls_hash_alloc(roundup_pow_of_two(cls->nodes) * 2, !old->link);
	if (!hash)
		return;
	/* The table before @old had the links that @hash uses. */
	if (cls->grown)
		cond_synchronize_rcu(cls->grown);
	cls_hash_copy(hash, old);
	rcu_assign_pointer(cls->hash, hash);
	cls->gone = 0;
	cls->grown = get_state_synchronize_rcu();
	cls_hash_free_rcu(old);
}

/* If there is no memory more gets through, that is all. */
static void cls_sieve_renew(struct ipd_cls *cls)
{
	struct cls_hash *hash = cls_deref(cls->hash);
	struct ipd_sieve *old = cls_deref(hash->sieve), *sieve;
	const struct cls_node *node;
	unsigned int i;

	sieve = ipd_sieve_alloc((hash->mask + 1) / SIEVE_BUCKETS);
	if (!sieve)
		return;
	for (i = 0; i <= hash->mask; i++) {
		for (node = cls_deref(hash->bucket[i]); node;
		     node = cls_deref(node->next[hash->link]))
			ipd_sieve_add(sieve, node->hash);
	}
	rcu_assign_pointer(hash->sieve, sieve);
	cls->gone = 0;
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
	int err = ipd_tuples_sync(&cls->tuples);
	u32 mask = cls_deref(cls->hash)->mask;

	/* Chains are to be short, and most probes are to end at the sieve. */
	if (!err && cls->nodes > (mask + 1) / 2)
		cls_hash_grow(cls);
	else if (!err && cls->gone > mask / 4)
		cls_sieve_renew(cls);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_sync);

/* What all tuples hash of a key, before they mask it. */
static __always_inline void cls_words_init(struct cls_words *words, const struct ipd_cls *cls,
					   const struct ipd_key *key, u32 scope)
{
	words->src = key->src.s6_addr32;
	words->dst = key->dst.s6_addr32;
	words->ports = (u32)key->sport << 16 | key->dport;
	words->proto = key->proto * cls->factors.proto;
	words->scope = scope * cls->factors.scope;
}

static __always_inline u64 cls_addr_sum(const __be32 *addr, const struct in6_addr *mask,
					const u64 *factor, bool v6)
{
	const __be32 *m = mask->s6_addr32;
	u64 sum = (__force u32)(addr[0] & m[0]) * factor[0];

	if (v6) {
		sum += (__force u32)(addr[1] & m[1]) * factor[1];
		sum += (__force u32)(addr[2] & m[2]) * factor[2];
		sum += (__force u32)(addr[3] & m[3]) * factor[3];
	}
	return sum;
}

static __always_inline u32 cls_hash(const struct cls_factors *factors,
				    const struct cls_words *words, const struct ipd_mask *mask,
				    bool v6)
{
	u64 sum = mask->salt + words->scope + (words->proto & mask->proto);

	sum += cls_addr_sum(words->src, &mask->src, factors->src, v6);
	sum += cls_addr_sum(words->dst, &mask->dst, factors->dst, v6);
	sum += (words->ports & mask->ports) * factors->ports;
	return ipd_hash_fold(sum);
}

static u32 cls_rule_weight(const struct ipd_rule *rule)
{
	return rule->rank >> 32;
}

static int cls_node_init(struct ipd_cls *cls, struct cls_node *node, struct ipd_rule *rule,
			 const struct ipd_cut *cut)
{
	const struct ipd_selector *sel = rule->sel;
	const struct ipd_prefix *prefix = cut->prefix;
	unsigned int list = ipd_tuple_list(rule->dir, sel->family);
	struct ipd_key key = { .proto = sel->proto };
	struct cls_words words;
	u32 shape;

	shape = ipd_tuple_shape(list, prefix[IPD_CUT_SRC].plen, prefix[IPD_CUT_DST].plen,
				sel->proto, prefix[IPD_CUT_SPORT].plen,
				prefix[IPD_CUT_DPORT].plen);
	node->tuple = ipd_tuples_get(&cls->tuples, shape, cls_rule_weight(rule));
	if (!node->tuple)
		return -ENOMEM;
	node->rule = rule;

	ipd_prefix_addr(&key.src, &prefix[IPD_CUT_SRC], sel->family);
	ipd_prefix_addr(&key.dst, &prefix[IPD_CUT_DST], sel->family);
	key.sport = prefix[IPD_CUT_SPORT].first.lo;
	key.dport = prefix[IPD_CUT_DPORT].first.lo;
	cls_words_init(&words, cls, &key, rule->scope);
	node->hash = cls_hash(&cls->factors, &words, &node->tuple->mask,
			      sel->family == AF_INET6);
	return 0;
}

static void cls_nodes_free(struct ipd_cls *cls, struct ipd_cls_nodes *nodes)
{
	const struct cls_node *node;
	unsigned int i;

	for (i = 0; i < nodes->n; i++) {
		node = &nodes->node[i];
		ipd_tuples_put(&cls->tuples, node->tuple, cls_rule_weight(node->rule));
	}
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
	struct ipd_cut cut;
	unsigned int n;

	n = ipd_cut_start(&cut, rule->sel, !cls->addrs);
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
	} while (ipd_cut_next(&cut));

	if (ipd_selector_has_iface(rule->sel))
		WRITE_ONCE(cls->iface_rules, cls->iface_rules + 1);
	rule->nodes = nodes;
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_prepare);

/**
 * ipd_cls_publish() - let packets see a rule
 * @cls: classifier, synced since the rule was prepared
 * @rule: rule, prepared
 *
 * Many rules are published fastest in the order of their ranks, lowest first.
 */
void ipd_cls_publish(struct ipd_cls *cls, struct ipd_rule *rule)
{
	struct cls_hash *hash = cls_deref(cls->hash);
	struct ipd_sieve *sieve = cls_deref(hash->sieve);
	struct ipd_cls_nodes *nodes = rule->nodes;
	struct cls_node __rcu **pos;
	struct cls_node *next;
	unsigned int i;

	for (i = 0; i < nodes->n; i++) {
		pos = &hash->bucket[nodes->node[i].hash & hash->mask];
		while ((next = cls_deref(*pos)) && next->rule->rank > rule->rank)
			pos = &next->next[hash->link];
		RCU_INIT_POINTER(nodes->node[i].next[hash->link], next);
		rcu_assign_pointer(*pos, &nodes->node[i]);
		ipd_sieve_add(sieve, nodes->node[i].hash);
	}
	nodes->published = true;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_publish);

static void cls_withdraw(struct ipd_cls *cls, struct ipd_cls_nodes *nodes)
{
	struct cls_hash *hash = cls_deref(cls->hash);
	struct cls_node __rcu **pos;
	struct cls_node *node;
	unsigned int i;

	for (i = 0; i < nodes->n; i++) {
		node = &nodes->node[i];
		pos = &hash->bucket[node->hash & hash->mask];
		while (cls_deref(*pos) != node)
			pos = &cls_deref(*pos)->next[hash->link];
		rcu_assign_pointer(*pos, cls_deref(node->next[hash->link]));
	}
	cls->gone += nodes->n;
}

/**
 * ipd_cls_release() - take a rule out
 * @cls: classifier
 * @rule: rule, published or only prepared; nothing is done if it is in no classifier
 *
 * Packets that are on their way may see it until a grace period has passed. The next
 * ipd_cls_sync() drops what is no longer needed to find it.
 */
void ipd_cls_release(struct ipd_cls *cls, struct ipd_rule *rule)
{
	if (!rule->nodes)
		return;
	if (rule->nodes->published)
		cls_withdraw(cls, rule->nodes);
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
 * ipd_cls_remove() - release one rule
 * @cls: classifier
 * @rule: rule; may be freed after a grace period
 */
void ipd_cls_remove(struct ipd_cls *cls, struct ipd_rule *rule)
{
	ipd_cls_release(cls, rule);
	/* Without memory what can be dropped stays until the next change. */
	ipd_cls_sync(cls);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_remove);

static __always_inline bool cls_rule_match(const struct ipd_cls *cls,
					   const struct ipd_rule *rule,
					   const struct ipd_key *key, u32 scope,
					   const struct ipd_iface *iface)
{
	if (rule->scope != scope || rule->dir != key->dir ||
	    (key->flags & IPD_KEY_GROUP ? !rule->group : rule->group_only))
		return false;
	if (unlikely(cls->addrs))
		return ipd_selector_match_addrs(rule->sel, key) &&
		       ipd_selector_match_iface(rule->sel, iface);
	return ipd_selector_match(rule->sel, key, iface);
}

static __always_inline struct ipd_rule *
cls_walk(const struct ipd_cls *cls, const struct ipd_key *key, u32 scope,
	 const struct ipd_iface *iface, bool v6)
{
	unsigned int list = ipd_tuple_list(key->dir, key->family);
	const struct ipd_masks *masks = rcu_dereference(cls->tuples.list[list].masks);
	const struct cls_hash *hash = rcu_dereference(cls->hash);
	bool no_ports = key->flags & IPD_KEY_NO_PORTS && !cls->addrs;
	const struct ipd_sieve *sieve = rcu_dereference(hash->sieve);
	const struct ipd_mask *mask, *end;
	struct ipd_rule *rule, *best = NULL;
	const struct cls_node *node;
	u32 best_weight = 0, value;
	struct cls_words words;

	if (!masks)
		return NULL;
	cls_words_init(&words, cls, key, scope);
	end = masks->mask + masks->n;
	for (mask = masks->mask; mask < end && mask->top >= best_weight; mask++) {
		if (unlikely(no_ports) && mask->ports)
			continue;
		value = cls_hash(&cls->factors, &words, mask, v6);
		if (likely(!ipd_sieve_has(sieve, value)))
			continue;
		for (node = rcu_dereference(hash->bucket[value & hash->mask]); node;
		     node = rcu_dereference(node->next[hash->link])) {
			if (likely(node->hash != value))
				continue;
			rule = node->rule;
			if (best && rule->rank < best->rank)
				break;
			if (!cls_rule_match(cls, rule, key, scope, iface))
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
	return READ_ONCE(cls->tuples.n);
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
	hash = cls_hash_alloc(BUCKETS_MIN, 0);
	if (!hash) {
		kfree(cls);
		return NULL;
	}
	RCU_INIT_POINTER(cls->hash, hash);
	cls->tuples.by_shape = RB_ROOT;
	get_random_bytes(&cls->factors, sizeof(cls->factors));
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
	ipd_tuples_destroy(&cls->tuples);
	cls_hash_free_rcu(cls_deref(cls->hash));
	kfree_rcu(cls, rcu);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cls_destroy);
