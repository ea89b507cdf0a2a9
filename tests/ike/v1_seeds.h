/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_V1_SEEDS_H
#define TEST_V1_SEEDS_H

#include <stddef.h>
#include <stdint.h>

enum v1_seed_flags {
	V1_SEED_TO_RED = 1,
	V1_SEED_CLEAR = 2,
	V1_SEED_COMMIT = 4, /* the bit of the header */
	V1_SEED_FRAGMENTS = 8, /* the message comes in such */
	V1_SEED_NEWEST = 16, /* of the IKE SAs; else the oldest */
	V1_SEED_BLUE_ACTS = 32, /* in the state; else red */
	V1_SEED_COOKIES = 64, /* blue wants them */
};

/* What comes before the payloads in an input of fuzz_v1. */
struct v1_seed_head {
	uint8_t state; /* enum v1_state */
	uint8_t between; /* enum v1_between */
	uint8_t flags;
	uint8_t exchange;
	uint8_t hash; /* enum forge1_hash: the payload before the others */
	uint8_t first; /* of the others */
};

/* The messages of lives of two peers, each as it would be in every state. */
typedef void v1_seed_fn(const char *target, const void *head, size_t head_len,
			const void *data, size_t len);
void v1_seeds(v1_seed_fn *emit);

#endif
