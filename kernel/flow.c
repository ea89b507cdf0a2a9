// SPDX-License-Identifier: GPL-2.0-only
#include "flow.h"

#include <linux/cpu.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/topology.h>
#include <kunit/visibility.h>

#include "forward.h"
#include "hash.h"
#include "net.h"

/* A key is read in words. It lies where structures of 32-bit words do. */
typedef u64 __aligned(4) key_dword;

/* Of IPv4 addresses only the first word is in use. */
static __always_inline u32 flow_hash(const struct ipd_key *key, const u64 *factors)
{
	const u32 *w = (const u32 *)key;
	u64 sum = w[0] * factors[0] + w[4] * factors[4] + w[8] * factors[8] +
		  w[9] * factors[9] + w[10] * factors[10];

	BUILD_BUG_ON(sizeof(*key) != IPD_FLOW_WORDS * sizeof(u32));

	if (key->family == AF_INET6) {
		sum += w[1] * factors[1] + w[2] * factors[2] + w[3] * factors[3];
		sum += w[5] * factors[5] + w[6] * factors[6] + w[7] * factors[7];
	}
	return ipd_hash_fold(sum);
}

static __always_inline bool flow_key_equal(const struct ipd_key *a, const struct ipd_key *b)
{
	const key_dword *x = (const key_dword *)a, *y = (const key_dword *)b;

	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) |
		 (x[4] ^ y[4]) | (u32)(a->ifindex ^ b->ifindex));
}

/**
 * ipd_flow_find() - what is known of a packet
 * @net: namespace
 * @key: packet
 * @hash: of @key, for ipd_flow_store()
 *
 * Bottom halves off, RCU.
 *
 * Return: an entry of the generation in force, or NULL.
 */
struct ipd_flow *ipd_flow_find(struct ipd_net *net, const struct ipd_key *key, u32 *hash)
{
	const struct ipd_flow_cache *cache = this_cpu_ptr(net->flows);
	struct ipd_flow (*sets)[IPD_FLOW_WAYS] = READ_ONCE(cache->sets);
	u32 generation = READ_ONCE(net->generation);
	struct ipd_flow *flow, *end;

	*hash = flow_hash(key, cache->factors);
	if (unlikely(!sets))
		return NULL;
	flow = sets[*hash % IPD_FLOW_SETS];
	for (end = flow + IPD_FLOW_WAYS; flow < end; flow++) {
		if (flow->generation == generation && flow_key_equal(&flow->key, key))
			return flow;
	}
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_flow_find);

static void flow_clear(struct ipd_flow *flow)
{
	struct ipd_forward *forward = ipd_flow_forward(flow);

	flow->slot = 0;
	if (unlikely(forward))
		ipd_forward_free(forward);
}

/**
 * ipd_flow_set_forward() - the packets of a flow may take the fast path
 * @flow: an entry that ipd_flow_find() gave
 * @forward: becomes the entry's own; it has the entry's slot
 *
 * Bottom halves off, and the same since ipd_flow_find().
 */
void ipd_flow_set_forward(struct ipd_flow *flow, struct ipd_forward *forward)
{
	flow_clear(flow);
	flow->slot = (unsigned long)forward | IPD_FLOW_FORWARD;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_flow_set_forward);

/**
 * ipd_flow_store() - keep an answer of the classifiers
 * @net: namespace
 * @key: packet
 * @hash: from ipd_flow_find()
 * @generation: read with smp_load_acquire() before the classifiers were asked
 * @filter: the answer
 * @slot: the answer
 *
 * Bottom halves off, and the same since ipd_flow_find(): the same CPU. A way that holds
 * the key or is out of date is taken first, else they take turns.
 */
void ipd_flow_store(struct ipd_net *net, const struct ipd_key *key, u32 hash, u32 generation,
		    struct ipd_filter *filter, struct ipd_slot *slot)
{
	struct ipd_flow_cache *cache = this_cpu_ptr(net->flows);
	struct ipd_flow (*sets)[IPD_FLOW_WAYS] = READ_ONCE(cache->sets);
	struct ipd_flow *set, *flow = NULL;
	unsigned int i;

	BUILD_BUG_ON(IS_ENABLED(CONFIG_64BIT) && sizeof(struct ipd_flow) != 64);

	if (unlikely(!sets))
		return;
	set = sets[hash % IPD_FLOW_SETS];
	for (i = 0; i < IPD_FLOW_WAYS; i++) {
		if (flow_key_equal(&set[i].key, key)) {
			flow = &set[i];
			break;
		}
		if (!flow && set[i].generation != generation)
			flow = &set[i];
	}
	if (!flow)
		flow = &set[cache->victim++ % IPD_FLOW_WAYS];
	flow_clear(flow);
	flow->key = *key;
	flow->generation = generation;
	flow->filter = filter;
	flow->slot = (unsigned long)slot;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_flow_store);

/** ipd_flow_invalidate() - no entry made so far is good any more; see flow.h for when */
void ipd_flow_invalidate(struct ipd_net *net)
{
	u32 generation = net->generation + 1;

	lockdep_assert_held(&net->mutex);
	/* 0 is the generation of an empty entry. */
	smp_store_release(&net->generation, generation ?: 1);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_flow_invalidate);

/**
 * ipd_flow_enable() - get the memory of the cache, if it is not there yet
 * @net: namespace
 *
 * For the CPUs that are online; one that comes later gets its own with the next change
 * of the table. Where there is no memory there is no cache.
 */
void ipd_flow_enable(struct ipd_net *net)
{
	struct ipd_flow_cache *cache;
	struct ipd_flow (*sets)[IPD_FLOW_WAYS];
	int cpu;

	lockdep_assert_held(&net->mutex);
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		cache = per_cpu_ptr(net->flows, cpu);
		if (cache->sets)
			continue;
		sets = kvzalloc_node(IPD_FLOW_SETS * sizeof(*sets),
				     GFP_KERNEL_ACCOUNT | __GFP_NOWARN, cpu_to_node(cpu));
		/* That CPU must see the entries empty. */
		smp_store_release(&cache->sets, sets);
	}
	cpus_read_unlock();
}
EXPORT_SYMBOL_IF_KUNIT(ipd_flow_enable);

/** ipd_flow_net_init() - a cache without memory: 0 or -ENOMEM */
int ipd_flow_net_init(struct ipd_net *net)
{
	struct ipd_flow_cache *cache;
	int cpu;

	net->flows = alloc_percpu(struct ipd_flow_cache);
	if (!net->flows)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		cache = per_cpu_ptr(net->flows, cpu);
		get_random_bytes(cache->factors, sizeof(cache->factors));
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_flow_net_init);

/** ipd_flow_net_exit() - no packet comes any more */
void ipd_flow_net_exit(struct ipd_net *net)
{
	unsigned int i, j;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct ipd_flow (*sets)[IPD_FLOW_WAYS] = per_cpu_ptr(net->flows, cpu)->sets;

		for (i = 0; sets && i < IPD_FLOW_SETS; i++)
			for (j = 0; j < IPD_FLOW_WAYS; j++)
				flow_clear(&sets[i][j]);
		kvfree(sets);
	}
	free_percpu(net->flows);
}
EXPORT_SYMBOL_IF_KUNIT(ipd_flow_net_exit);
