/* SPDX-License-Identifier: GPL-2.0-only */
/* Since 6.2, and in later 6.1 stable kernels. It does not include what its macros need. */
#ifndef IPD_COMPAT_KUNIT_VISIBILITY_H
#define IPD_COMPAT_KUNIT_VISIBILITY_H

#include <linux/export.h>

#if __has_include_next(<kunit/visibility.h>)
#include_next <kunit/visibility.h>
#else
#define VISIBLE_IF_KUNIT static
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#endif

#endif /* IPD_COMPAT_KUNIT_VISIBILITY_H */
