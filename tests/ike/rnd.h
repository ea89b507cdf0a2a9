/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_RND_H
#define TEST_RND_H

#include <stddef.h>
#include <stdint.h>

/* From $SEED, or the clock; printed, so that a failure can be repeated. */
uint64_t rnd_seed(void);
/* The same again, from this one. */
void rnd_begin(uint64_t seed);
/* Below limit; 0 for a limit of 0. */
uint32_t rnd(uint32_t limit);
void rnd_bytes(void *buf, size_t len);

#endif
