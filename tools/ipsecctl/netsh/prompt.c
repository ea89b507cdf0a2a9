// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl without words: a prompt with completion, by libedit */
#include <editline/readline.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "store.h"

static struct netsh_session session;

/* The candidates of the word being typed, for libedit. */
struct candidates {
	char **list;
	size_t count;
};

static void add_candidate(void *ctx, const char *text)
{
	struct candidates *c = ctx;
	char **list = realloc(c->list, (c->count + 2) * sizeof(*list));

	if (!list)
		return;
	c->list = list;
	list[c->count++] = strdup(text);
	list[c->count] = NULL;
}

static struct candidates candidates;

static void free_candidates(void)
{
	size_t i;

	for (i = 0; i < candidates.count; i++)
		free(candidates.list[i]);
	free(candidates.list);
	candidates.list = NULL;
	candidates.count = 0;
}

/* The words up to the cursor; a space begins another one. */
static void find_candidates(int end)
{
	char *text = strndup(rl_line_buffer, (size_t)end);
	const struct ctl_command *from = ctl_root();
	struct ipsec_err err = { 0 };
	struct netsh_line words;
	char empty[] = "";

	free_candidates();
	if (!text)
		return;
	if (!netsh_split(text, &words, &err)) {
		if (session.context &&
		    !(words.argc > 1 &&
		      netsh_command(from->sub, words.argv[0]) &&
		      !netsh_command(session.context->sub, words.argv[0])))
			from = session.context;
		if (!words.argc || text[strlen(text) - 1] == ' ')
			words.argv[words.argc++] = empty;
		netsh_complete(from, words.argc, words.argv, add_candidate,
			       &candidates);
	}
	netsh_line_free(&words);
	free(text);
}

static char *next_candidate(const char *text, int state)
{
	static size_t at;

	(void)text;
	if (!state)
		at = 0;
	return at < candidates.count ? strdup(candidates.list[at++]) : NULL;
}

static char **complete(const char *text, int start, int end)
{
	size_t len;

	(void)start;
	rl_attempted_completion_over = 1;
	find_candidates(end);
	if (!candidates.count)
		return NULL;
	len = strlen(candidates.list[0]);
	rl_completion_append_character =
		candidates.list[0][len - 1] == '=' ? '\0' : ' ';
	return rl_completion_matches(text, next_candidate);
}

/* A line with a key is not kept. */
static bool has_secret(const char *line)
{
	return strcasestr(line, "psk");
}

int ctl_prompt(void)
{
	char prompt[64];
	char *line;
	int rc = CTL_OK;

	rl_readline_name = "ipsecctl";
	rl_attempted_completion_function = complete;
	rl_completer_word_break_characters = " \t";
	using_history();
	while (!session.ended) {
		snprintf(prompt, sizeof(prompt), "ipsecctl%s%s> ",
			 session.context ? " " : "",
			 session.context ? session.context->name : "");
		line = readline(prompt);
		if (!line)
			break;
		if (*line && !has_secret(line))
			add_history(line);
		rc = netsh_session_line(&session, line);
		fflush(stdout);
		explicit_bzero(line, strlen(line));
		free(line);
	}
	free_candidates();
	return netsh_store_batch(false) ? CTL_FAILED : rc;
}
