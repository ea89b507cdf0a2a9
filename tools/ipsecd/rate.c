// SPDX-License-Identifier: GPL-2.0-or-later
/* A peer must not be able to fill the disk. */
#include "rate.h"

bool ipsecd_rate_take(struct ipsecd_rate *rate, time_t now, unsigned int most,
		      unsigned int *left_out)
{
	*left_out = 0;
	if (now != rate->second) {
		if (rate->count > most)
			*left_out = rate->count - most;
		*rate = (struct ipsecd_rate){ .second = now };
	}
	return rate->count++ < most;
}
