/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_WRONG_SEEDS_H
#define TEST_WRONG_SEEDS_H

#include <stddef.h>

/* Words and payloads that have to be refused, or of which a part is not taken. */
typedef void wrong_seed_fn(const char *target, const void *head,
			   size_t head_len, const void *data, size_t len);
void wrong_seeds(wrong_seed_fn *put);

#endif
