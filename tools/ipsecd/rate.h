/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_RATE_H
#define IPSECD_RATE_H

#include <stdbool.h>
#include <time.h>

/* Of what a peer can bring about: how often it was in this second. */
struct ipsecd_rate {
	time_t second;
	unsigned int count;
};

/*
 * Once more, at most so often in a second? When another second begins, left_out
 * is how often it was too much in the last one, else 0.
 */
bool ipsecd_rate_take(struct ipsecd_rate *rate, time_t now, unsigned int most,
		      unsigned int *left_out);

#endif
