/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_TABLE_H
#define TEST_TABLE_H

#include <stdbool.h>

/*
 * State x message: what each message does in each state, in both roles. The
 * table is what a test expects, and what Documentation/ike-states.rst shows:
 * the test fails where either differs.
 */
struct table {
	/* names, each list with NULL at its end */
	const char *const *states;
	const char *const *messages;
	/* How a message may differ from the peer's, which is the first. */
	const char *const *variants;
	unsigned int alike; /* so many after the first do the same */
	/*
	 * For each message a letter for each state: what the peer's own does,
	 * '.': nothing, as any other variant; a capital: the small letter in the
	 * initiator of the SA, and nothing in the responder; a blank: there is no
	 * such message then.
	 */
	const char *const *cells;
	/* What it did; 0: there is no such state in that role, or variant. */
	char (*run)(unsigned int state, bool initiator, unsigned int message,
		    unsigned int variant);
	/* After all of it: what the code has and no state or message is; NULL. */
	const char *(*missing)(void);
};

/* main() of the test; with the argument "rst" prints what is documented. */
int table_main(const struct table *t, int argc, char **argv);

#endif
