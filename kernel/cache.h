/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slab caches for what there are many of: kmalloc's sizes are powers of two, and none of
 * these is one. Their names, as /proc/slabinfo has them, begin with ipd_.
 */
#ifndef IPD_CACHE_H
#define IPD_CACHE_H

#include <linux/slab.h>

/** enum ipd_cache - what a cache has */
enum ipd_cache {
	IPD_CACHE_PAIR,		/* SA pairs of one protocol */
	IPD_CACHE_PAIR2,	/* of two */
	IPD_CACHE_SLOT,
	IPD_CACHE_FILTER,
	IPD_CACHE_GCM128,	/* keys of AES-GCM, by length */
	IPD_CACHE_GCM256,	/* and of 192 bits, which are rare */
	IPD_CACHE_MAX
};

extern struct kmem_cache *ipd_caches[IPD_CACHE_MAX];

static inline void *ipd_cache_zalloc(enum ipd_cache cache, gfp_t gfp)
{
	return kmem_cache_zalloc(ipd_caches[cache], gfp);
}

static inline void ipd_cache_free(enum ipd_cache cache, void *object)
{
	kmem_cache_free(ipd_caches[cache], object);
}

int ipd_cache_init(void);
void ipd_cache_exit(void);

#endif /* IPD_CACHE_H */
