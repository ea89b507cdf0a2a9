// SPDX-License-Identifier: GPL-2.0-only
/*
 * See cache.h.
 */

#include <linux/init.h>

#include "acquire.h"
#include "cache.h"
#include "filter.h"
#include "gcm.h"
#include "sadb.h"

struct kmem_cache *ipd_caches[IPD_CACHE_MAX];

static const struct {
	const char *name;
	unsigned int size;
	unsigned int align;
} ipd_cache_kinds[IPD_CACHE_MAX] = {
#define PAIR(n) offsetof(struct ipd_pair, sas[2 * (n)]), __alignof__(struct ipd_pair)
#define GCM(rounds) ipd_gcm_key_size(rounds), __alignof__(struct ipd_gcm_key)
	[IPD_CACHE_PAIR] = { "ipd_pair", PAIR(1) },
	[IPD_CACHE_PAIR2] = { "ipd_pair2", PAIR(2) },
	[IPD_CACHE_SLOT] = { "ipd_slot", sizeof(struct ipd_slot), SMP_CACHE_BYTES },
	[IPD_CACHE_FILTER] = { "ipd_filter", sizeof(struct ipd_filter), 0 },
	[IPD_CACHE_GCM128] = { "ipd_gcm128", GCM(10) },
	[IPD_CACHE_GCM256] = { "ipd_gcm256", GCM(14) },
#undef PAIR
#undef GCM
};

/** ipd_cache_exit() - after the last object, and rcu_barrier() */
void ipd_cache_exit(void)
{
	unsigned int i;

	for (i = 0; i < IPD_CACHE_MAX; i++) {
		kmem_cache_destroy(ipd_caches[i]);
		ipd_caches[i] = NULL;
	}
}

/** ipd_cache_init() - 0 or -ENOMEM */
int __init ipd_cache_init(void)
{
	unsigned int i;

	/* Not merged, so that keys are among keys, and slabinfo tells what is whose. */
	for (i = 0; i < IPD_CACHE_MAX; i++) {
		ipd_caches[i] = kmem_cache_create(ipd_cache_kinds[i].name, ipd_cache_kinds[i].size,
						  ipd_cache_kinds[i].align, SLAB_NO_MERGE, NULL);
		if (!ipd_caches[i]) {
			ipd_cache_exit();
			return -ENOMEM;
		}
	}
	return 0;
}
