/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ORDER_H
#define TEST_ORDER_H

#include <stdbool.h>

/*
 * Every order of choices, one run after the other: a test makes a run, asks at
 * each step which of so many things happens, and is run again until all
 * combinations have been. When there are more than $ORDERS (120; 0: no limit),
 * half of that many are taken in turn, and half at random (rnd_seed()).
 *
 *	struct order order = { 0 };
 *
 *	do
 *		run(&order); // calls order_choose() again and again
 *	while (order_next(&order));
 */
#define ORDER_STEPS_MAX 128

struct order {
	unsigned int step;
	unsigned int steps; /* that are given */
	unsigned char choice[ORDER_STEPS_MAX];
	unsigned char options[ORDER_STEPS_MAX];
	unsigned long runs;
	bool random;
};

/* One of 0 to options - 1. */
unsigned int order_choose(struct order *o, unsigned int options);
/* Prepares the next run; false: there is none. */
bool order_next(struct order *o);
/* The choices of the run, to be shown with a failure. */
const char *order_text(const struct order *o, char *buf, unsigned int size);

#endif
