/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_POLICY_SEEDS_H
#define TEST_POLICY_SEEDS_H

#include <stddef.h>

/* Policies, good ones and such as are refused; files are policy_text.h's. */
typedef void policy_seed_fn(const char *target, const void *head,
			    size_t head_len, const void *data, size_t len);
void policy_seeds(policy_seed_fn *put);

#endif
