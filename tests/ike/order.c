// SPDX-License-Identifier: GPL-2.0-or-later
/* Every order of choices. */
#include "order.h"

#include <stdio.h>
#include <stdlib.h>

#include "rnd.h"

#define ORDERS 120

unsigned int order_choose(struct order *o, unsigned int options)
{
	if (o->step == ORDER_STEPS_MAX)
		abort();
	if (o->step == o->steps) {
		o->choice[o->steps] = o->random ? (unsigned char)rnd(options) :
						  0;
		o->steps++;
	}
	o->options[o->step] = (unsigned char)options;
	return o->choice[o->step++];
}

static unsigned long most(void)
{
	const char *text = getenv("ORDERS");

	return text ? strtoul(text, NULL, 0) : ORDERS;
}

bool order_next(struct order *o)
{
	unsigned long limit = most();

	o->steps = o->step;
	o->step = 0;
	o->runs++;
	if (limit && o->runs >= limit / 2) {
		o->random = true;
		o->steps = 0;
		return o->runs < limit;
	}
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
