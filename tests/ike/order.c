// SPDX-License-Identifier: GPL-2.0-or-later
/* Every order of choices. */
#include "order.h"

#include <stdio.h>
#include <stdlib.h>

unsigned int order_choose(struct order *o, unsigned int options)
{
	if (o->step == ORDER_STEPS_MAX)
		abort();
	if (o->step == o->steps) {
		o->choice[o->steps] = 0;
		o->steps++;
	}
	o->options[o->step] = (unsigned char)options;
	return o->choice[o->step++];
}

bool order_next(struct order *o)
{
	o->steps = o->step;
	o->step = 0;
	o->runs++;
	while (o->steps) {
		unsigned int last = o->steps - 1;

		if (++o->choice[last] < o->options[last])
			return true;
		o->steps--;
	}
	return false;
}

const char *order_text(const struct order *o, char *buf, unsigned int size)
{
	unsigned int i, n = 0;

	buf[0] = '\0';
	for (i = 0; i < o->step && n + 4 < size; i++)
		n += (unsigned int)snprintf(buf + n, size - n, "%u",
					    o->choice[i]);
	return buf;
}
