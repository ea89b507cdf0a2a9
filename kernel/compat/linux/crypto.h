/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Since 6.3 the callback of a request gets its data, before that the request. The names
 * are those of the kernel's own transition.
 */
#ifndef IPD_COMPAT_LINUX_CRYPTO_H
#define IPD_COMPAT_LINUX_CRYPTO_H

#include <linux/version.h>
#include_next <linux/crypto.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
typedef struct crypto_async_request crypto_completion_data_t;
#define crypto_get_completion_data(req) ((req)->data)
#else
typedef void crypto_completion_data_t;
#define crypto_get_completion_data(data) (data)
#endif

#endif /* IPD_COMPAT_LINUX_CRYPTO_H */
