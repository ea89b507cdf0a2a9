// SPDX-License-Identifier: GPL-2.0-or-later
/* A line as words: what a batch file and the prompt have instead of a shell. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "netsh.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One word. NULL: a quote is open. */
static const char *take_word(const char *p, char **to)
{
	bool quoted = false;

	for (; *p && (quoted || !is_space(*p)); p++) {
		if (*p == '"')
			quoted = !quoted;
		else
			*(*to)++ = *p;
	}
	*(*to)++ = '\0';
	return quoted ? NULL : p;
}

/**
 * netsh_split() - the words of a line
 * @line: of a file, or typed
 * @out: written; free it with netsh_line_free()
 * @err: says what is wrong
 *
 * Return: 0, or a negative errno with the error told.
 */
int netsh_split(const char *line, struct netsh_line *out, struct ipsec_err *err)
{
	size_t len = strlen(line);
	const char *p = line;
	char *to;

	memset(out, 0, sizeof(*out));
	out->text = to = malloc(len + 2);
	out->argv = calloc(len / 2 + 2, sizeof(*out->argv));
	if (!out->text || !out->argv)
		return ipsec_err_code(err, ENOMEM, "out of memory");
	while (p) {
		while (is_space(*p))
			p++;
		if (!*p)
			return 0;
		out->argv[out->argc++] = to;
		p = take_word(p, &to);
	}
	return ipsec_err_at(err, 0, "a quote is not closed");
}

void netsh_line_free(struct netsh_line *line)
{
	free(line->argv);
	free(line->text);
	memset(line, 0, sizeof(*line));
}
