// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl -f FILE: commands line by line */
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../../lib/input.h"
#include "store.h"

#define SCRIPT_MAX (16U << 20)
#define WORDS_MAX 256

const struct ctl_command *netsh_command(const struct ctl_command *list,
					const char *word)
{
	const struct ctl_command *c, *found = NULL;

	for (c = list; c && c->name; c++) {
		if (!strcasecmp(c->name, word))
			return c;
		if (!*word || strncasecmp(c->name, word, strlen(word)) != 0)
			continue;
		if (found)
			return NULL;
		found = c;
	}
	return found;
}

static bool is_word(const char *word, const char *a, const char *b,
		    const char *c)
{
	return !strcasecmp(word, a) || (b && !strcasecmp(word, b)) ||
	       (c && !strcasecmp(word, c));
}

/* Words that scripts for netsh, and lines from a shell, begin with. */
static void skip_program(int *argc, char ***argv)
{
	while (*argc && is_word((*argv)[0], "netsh", "ipsec", "ipsecctl")) {
		(*argc)--;
		(*argv)++;
	}
}

/* "static", "..", "exit": lines that run nothing. */
static bool move(struct netsh_session *s, int argc, char **argv)
{
	const struct ctl_command *c;

	if (argc != 1)
		return !argc;
	if (is_word(argv[0], "exit", "quit", "bye")) {
		s->ended = true;
		return true;
	}
	if (!strcmp(argv[0], "..")) {
		s->context = NULL;
		return true;
	}
	c = netsh_command(ctl_root()->sub, argv[0]);
	if (!c || !c->sub ||
	    (s->context && netsh_command(s->context->sub, argv[0])))
		return false;
	s->context = c;
	return true;
}

int netsh_session_words(struct netsh_session *s, int argc, char **argv)
{
	char *words[WORDS_MAX + 1];
	int i, n = 0;

	skip_program(&argc, &argv);
	if (move(s, argc, argv))
		return CTL_OK;
	if (argc >= WORDS_MAX) {
		fputs("ipsecctl: too many words\n", stderr);
		return CTL_USAGE;
	}
	if (s->context && (netsh_command(s->context->sub, argv[0]) ||
			   !netsh_command(ctl_root()->sub, argv[0])))
		words[n++] = (char *)s->context->name;
	for (i = 0; i < argc; i++)
		words[n++] = argv[i];
	words[n] = NULL;
	return ctl_run(n, words);
}

int netsh_session_line(struct netsh_session *s, const char *line)
{
	struct ipsec_err err = { 0 };
	struct netsh_line words;
	int rc = CTL_OK;

	line += strspn(line, " \t");
	if (*line == '#')
		return CTL_OK;
	if (netsh_split(line, &words, &err))
		rc = ctl_fail(&err);
	else
		rc = netsh_session_words(s, words.argc, words.argv);
	netsh_line_free(&words);
	return rc;
}

/* A line that ends in ^, or \, goes on in the next. */
static bool goes_on(char *line)
{
	size_t len = strlen(line);

	if (len && line[len - 1] == '\r')
		line[--len] = '\0';
	if (!len || (line[len - 1] != '^' && line[len - 1] != '\\'))
		return false;
	line[len - 1] = ' ';
	return true;
}

static int each(char *text, netsh_line_fn *fn, void *ctx)
{
	unsigned int number = 0, first;
	char *line, *rest = text, *next;
	int rc = CTL_OK;

	while (!rc && (line = strsep(&rest, "\n"))) {
		first = ++number;
		while (goes_on(line) && rest) {
			next = strsep(&rest, "\n");
			number++;
			memmove(line + strlen(line), next, strlen(next) + 1);
		}
		rc = fn(ctx, line, first);
	}
	return rc;
}

int netsh_each_line(const char *path, netsh_line_fn *fn, void *ctx)
{
	struct ipsec_err err = { .file = path };
	struct ipsec_input in = { 0 };
	char *text, *start;
	int rc;

	if (ipsec_input_read(&in, path, SCRIPT_MAX, &err))
		return ctl_fail(&err);
	if (memchr(in.text, '\0', in.len)) {
		ipsec_input_free(&in);
		ipsec_err_at(&err, 0, "it holds NUL bytes; save it as UTF-8");
		return ctl_fail(&err);
	}
	text = strndup(in.text, in.len);
	ipsec_input_free(&in);
	if (!text)
		return CTL_FAILED;
	start = strncmp(text, "\xef\xbb\xbf", 3) ? text : text + 3;
	rc = each(start, fn, ctx);
	explicit_bzero(text, strlen(text));
	free(text);
	return rc;
}

struct batch {
	struct netsh_session session;
	const char *path;
};

static int batch_line(void *ctx, const char *line, unsigned int number)
{
	struct batch *b = ctx;
	int rc;

	if (b->session.ended)
		return CTL_OK;
	rc = netsh_session_line(&b->session, line);
	if (rc) {
		fflush(stdout);
		fprintf(stderr,
			"%s:%u: error: this command failed; those after it "
			"were not run\n",
			b->path, number);
	}
	return rc;
}

int ctl_batch(const char *path)
{
	struct batch b = { .path = strcmp(path, "-") ? path :
						       "standard input" };

	int rc = netsh_each_line(path, batch_line, &b);

	/* In batch mode all of it is done, or nothing. */
	return rc ? rc : netsh_store_batch(false);
}
