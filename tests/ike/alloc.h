/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_ALLOC_H
#define TEST_ALLOC_H

#include <stdbool.h>

/*
 * An allocation that fails, in the tests for which the Makefile has them come
 * here: while it is armed they are counted from 1, those of net.c's peers, and
 * the one with the number fails; 0: none.
 */
struct alloc_fault {
	unsigned int count;
	unsigned int fail;
	bool armed;
};

extern struct alloc_fault alloc_fault;

#endif
