/* SPDX-License-Identifier: GPL-2.0-only */
/* Since 6.3, and it does not include what its macros need. */
#ifndef IPD_COMPAT_KUNIT_VISIBILITY_H
#define IPD_COMPAT_KUNIT_VISIBILITY_H

#include <linux/export.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define VISIBLE_IF_KUNIT static
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#else
#include_next <kunit/visibility.h>
#endif

#endif /* IPD_COMPAT_KUNIT_VISIBILITY_H */
