// SPDX-License-Identifier: GPL-2.0-or-later
/* Random numbers that can be had again (xorshift64*). */
#include "rnd.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t state = 1;

void rnd_begin(uint64_t seed)
{
	state = seed ?: 1;
}

uint64_t rnd_seed(void)
{
	const char *text = getenv("SEED");
	uint64_t seed = text ? strtoull(text, NULL, 0) : (uint64_t)time(NULL);

	printf("# SEED=%llu\n", (unsigned long long)seed);
	rnd_begin(seed);
	return seed;
}

static uint32_t next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)(state * 0x2545f4914f6cdd1d >> 32);
}

uint32_t rnd(uint32_t limit)
{
	return limit ? (uint32_t)((uint64_t)next() * limit >> 32) : 0;
}

void rnd_bytes(void *buf, size_t len)
{
	uint8_t *p = buf;

	while (len--)
		*p++ = (uint8_t)next();
}
