/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 6.5 has SLAB_NO_MERGE. Before, caches of one size may share their slabs.
 */
#ifndef IPD_COMPAT_LINUX_SLAB_H
#define IPD_COMPAT_LINUX_SLAB_H

#include_next <linux/slab.h>

#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE 0
#endif

#endif /* IPD_COMPAT_LINUX_SLAB_H */
