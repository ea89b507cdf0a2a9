/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_TAP_H
#define UNIT_TAP_H

#include <stdio.h>
#include <string.h>

/* Results as TAP; a test ends with "return tap_done();". */
/* Weak: the files of a test count together. */
__attribute__((weak)) int tap_count, tap_failed;

#define ok(cond, ...)                                                       \
	do {                                                                \
		int tap_good = !!(cond);                                    \
		tap_failed += !tap_good;                                    \
		printf("%sok %d - ", tap_good ? "" : "not ", ++tap_count);  \
		printf(__VA_ARGS__);                                        \
		putchar('\n');                                              \
		if (!tap_good)                                              \
			printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond); \
	} while (0)

#define is(got, want, ...)                                                   \
	do {                                                                 \
		const char *tap_got = (got), *tap_want = (want);             \
		ok(!strcmp(tap_got, tap_want), __VA_ARGS__);                 \
		if (strcmp(tap_got, tap_want))                               \
			printf("# got  %s\n# want %s\n", tap_got, tap_want); \
	} while (0)

static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
