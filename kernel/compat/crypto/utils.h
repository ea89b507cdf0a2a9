/* SPDX-License-Identifier: GPL-2.0-only */
/* Since 6.4 */
#ifndef IPD_COMPAT_CRYPTO_UTILS_H
#define IPD_COMPAT_CRYPTO_UTILS_H

#if __has_include_next(<crypto/utils.h>)
#include_next <crypto/utils.h>
#else
#include <crypto/algapi.h>
#endif

#endif /* IPD_COMPAT_CRYPTO_UTILS_H */
