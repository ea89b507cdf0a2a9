// SPDX-License-Identifier: GPL-2.0-or-later
/* State x message. */
#include "table.h"

#include <ctype.h>
#include <stdlib.h>

#include "mint.h"
#include "net.h"
#include "ocsp.h"
#include "tap.h"

#define GROUP 5

static char wanted(char cell, bool initiator)
{
	if (!isupper((unsigned char)cell))
		return cell;
	return initiator ? (char)tolower((unsigned char)cell) : '.';
}

/* Of one message, in all its variants; how many were sent. */
static unsigned int check_cell(const struct table *t, unsigned int state,
			       bool initiator, unsigned int m,
			       unsigned int *wrong)
{
	unsigned int v, sent = 0;

	for (v = 0; t->variants[v]; v++) {
		char want = v > t->alike ?
				    '.' :
				    wanted(t->cells[m][state], initiator);
		char got = t->run(state, initiator, m, v);

		if (!got)
			continue;
		sent++;
		if (got == want)
			continue;
		++*wrong;
		printf("# %s, %s: %c, not %c\n", t->messages[m], t->variants[v],
		       got, want);
	}
	return sent;
}

/* A cell is blank where there is no such message, and only there. */
static bool check_blank(const struct table *t, unsigned int state,
			unsigned int m, unsigned int sent)
{
	if ((t->cells[m][state] == ' ') == !sent)
		return true;
	printf("# %s, %s: %s\n", t->states[state], t->messages[m],
	       sent ? "is not blank" : "was not tried");
	return false;
}

static void check_state(const struct table *t, unsigned int state)
{
	unsigned int m, role, sent, cells[2] = { 0 }, wrong[2] = { 0 };
	bool whole = true;

	for (m = 0; t->messages[m]; m++) {
		unsigned int all = 0;

		for (role = 0; role < 2; role++) {
			sent = check_cell(t, state, !role, m, &wrong[role]);
			cells[role] += sent;
			all += sent;
		}
		whole &= check_blank(t, state, m, all);
	}
	for (role = 0; role < 2; role++)
		if (cells[role])
			ok(!wrong[role], "%s, as %s: %u cells",
			   t->states[state], role ? "responder" : "initiator",
			   cells[role]);
	ok(whole, "%s: all messages that there are", t->states[state]);
}

/* The columns go in groups of five, each under the number of its first. */
static void print_numbers(const struct table *t, FILE *to, int width)
{
	unsigned int state;

	fprintf(to, "    %*s", width, "");
	for (state = 0; t->states[state]; state++)
		if (state % GROUP == 0)
			fprintf(to, "%*s%2u", state ? GROUP - 1 : 0, "",
				state + 1);
	fprintf(to, "\n");
}

static void print_row(const struct table *t, unsigned int m, FILE *to,
		      int width)
{
	unsigned int state, last = 0;

	for (state = 0; t->states[state]; state++)
		if (t->cells[m][state] != ' ')
			last = state;
	fprintf(to, "    %-*s", width, t->messages[m]);
	for (state = 0; state <= last; state++) {
		char cell = t->cells[m][state];

		if (state % GROUP == 0)
			fputc(' ', to);
		fputc(cell == '.' ? '-' : cell, to);
	}
	fprintf(to, "\n");
}

static void print(const struct table *t, FILE *to)
{
	unsigned int m, state;
	int width = 0;

	for (state = 0; t->states[state]; state++)
		fprintf(to, "%u. %s\n", state + 1, t->states[state]);
	for (m = 0; t->messages[m]; m++)
		if ((int)strlen(t->messages[m]) > width)
			width = (int)strlen(t->messages[m]);
	fprintf(to, "\n::\n\n");
	print_numbers(t, to, width);
	for (m = 0; t->messages[m]; m++)
		print_row(t, m, to, width);
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

/* A row for each message, as long as there are states. */
static void check_rows(const struct table *t)
{
	unsigned int states = 0, m;

	while (t->states[states])
		states++;
	for (m = 0; t->messages[m]; m++)
		if (!t->cells[m] || strlen(t->cells[m]) != states) {
			printf("Bail out! %s: not %u cells\n", t->messages[m],
			       states);
			exit(1);
		}
}

int table_main(const struct table *t, int argc, char **argv)
{
	unsigned int state;
	const char *missing;

	check_rows(t);
	if (argc > 1 && !strcmp(argv[1], "rst")) {
		print(t, stdout);
		return 0;
	}
	ocsp_files();
	for (state = 0; t->states[state]; state++)
		check_state(t, state);
	missing = t->missing();
	net_files_free();
	mint_end();
	ok(!missing, "every state and every message that the code knows: %s",
	   missing ?: "none is missing");
	check_document(t, argv[0]);
	return tap_done();
}
