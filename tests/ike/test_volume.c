// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits in bytes as version 1 can say them: kilobytes of 32 bits. */
#include "pair.h"

#define TIB4 4398046511104ULL

/* One side has a limit: what the other one, which has none, makes of it. */
static uint64_t learned(bool asks, uint64_t bytes)
{
	static const char none[] =
		"    version: 1\n    lifetime: {seconds: 3600, bytes: 0}\n";
	const struct ike_child *child;
	char limit[128];
	uint64_t got;

	snprintf(limit, sizeof(limit),
		 "    version: 1\n    lifetime: {seconds: 3600, bytes: %llu}\n",
		 (unsigned long long)bytes);
	pair_begin(asks ? limit : none, asks ? none : limit);
	pair_establish();
	child = TAILQ_FIRST(&net_sa(asks ? blue : red)->children);
	got = child->lifetime.bytes;
	pair_end();
	return got;
}

int main(void)
{
	uint64_t told;

	ok(learned(true, 204800) == 204800, "a limit is offered");
	ok(learned(true, TIB4 + 204800) == TIB4 - 1024,
	   "one above 4 TiB as the longest there is");
	ok(learned(false, 204800) == 204800, "a responder tells its own");
	told = learned(false, TIB4 + 204800);
	ok(!told || told == TIB4 - 1024,
	   "one above 4 TiB is not told as a short one");
	return tap_done();
}
