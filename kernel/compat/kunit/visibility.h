/* SPDX-License-Identifier: GPL-2.0-only */
/* Since 6.3, and it does not include what its macros need. */
#ifndef IPD_COMPAT_KUNIT_VISIBILITY_H
#define IPD_COMPAT_KUNIT_VISIBILITY_H

#include <linux/export.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#include_next <kunit/visibility.h>
#elif IS_ENABLED(CONFIG_KUNIT)
#define VISIBLE_IF_KUNIT
#define EXPORT_SYMBOL_IF_KUNIT(symbol) EXPORT_SYMBOL_NS(symbol, EXPORTED_FOR_KUNIT_TESTING)
#else
#define VISIBLE_IF_KUNIT static
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#endif

#endif /* IPD_COMPAT_KUNIT_VISIBILITY_H */
