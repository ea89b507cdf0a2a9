// SPDX-License-Identifier: GPL-2.0-or-later
/* State x message. */
#include "table.h"

#include <ctype.h>
#include <stdlib.h>

#include "tap.h"

static char wanted(char cell, bool initiator)
{
	if (!isupper((unsigned char)cell))
		return cell;
	return initiator ? (char)tolower((unsigned char)cell) : '.';
}

static void check_state(const struct table *t, unsigned int state,
			bool initiator)
{
	unsigned int m, v, cells = 0, wrong = 0;

	for (m = 0; t->messages[m]; m++)
		for (v = 0; t->variants[v]; v++) {
			char want = v ? '.' :
					wanted(t->cells[m][state], initiator);
			char got = t->run(state, initiator, m, v);

			if (!got)
				continue;
			cells++;
			if (got == want)
				continue;
			wrong++;
			printf("# %s, %s: %c, not %c\n", t->messages[m],
			       t->variants[v], got, want);
		}
	if (cells)
		ok(!wrong, "%s, as %s: %u cells", t->states[state],
		   initiator ? "initiator" : "responder", cells);
}

static void print(const struct table *t, FILE *to)
{
	unsigned int m, state;

	for (state = 0; t->states[state]; state++)
		fprintf(to, "%u. %s\n", state + 1, t->states[state]);
	fprintf(to,
		"\n.. list-table::\n   :header-rows: 1\n\n   * - message\n");
	for (state = 0; t->states[state]; state++)
		fprintf(to, "     - %u\n", state + 1);
	for (m = 0; t->messages[m]; m++) {
		fprintf(to, "   * - %s\n", t->messages[m]);
		for (state = 0; t->states[state]; state++) {
			char cell = t->cells[m][state];

			fprintf(to, "     - %c\n", cell == '.' ? '-' : cell);
		}
	}
}

static char *document(void)
{
	const char *data = getenv("IPSEC_DATA");
	char path[4096], *text = NULL;
	size_t size = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/../../Documentation/ike-states.rst",
		 data ? data : "tests/data");
	f = fopen(path, "r");
	if (!f || getdelim(&text, &size, '\0', f) < 0) {
		printf("Bail out! cannot read %s\n", path);
		exit(1);
	}
	fclose(f);
	return text;
}

static void check_document(const struct table *t, const char *program)
{
	char *have = document(), *want = NULL;
	size_t size;
	FILE *f = open_memstream(&want, &size);

	print(t, f);
	fclose(f);
	ok(strstr(have, want),
	   "Documentation/ike-states.rst has this table, as '%s rst' prints it",
	   program);
	free(want);
	free(have);
}

int table_main(const struct table *t, int argc, char **argv)
{
	unsigned int state, m;

	for (state = 0; t->states[state];)
		state++;
	for (m = 0; t->messages[m]; m++)
		if (strlen(t->cells[m]) != state)
			abort();
	if (argc > 1 && !strcmp(argv[1], "rst")) {
		print(t, stdout);
		return 0;
	}
	for (state = 0; t->states[state]; state++) {
		check_state(t, state, true);
		check_state(t, state, false);
	}
	check_document(t, argv[0]);
	return tap_done();
}
